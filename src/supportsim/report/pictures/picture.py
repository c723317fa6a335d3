"""A picture: a plot with its title, what it shows in words, and the numbers behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class Picture:
    """A plot as reports and folders of files show it.

    Attributes
    ----------
    stem
        Name of its file, without an ending.
    title
        What it is of, in a few words, as text: names in it may hold anything.
    alt
        What it shows, in words with numbers, for those who do not see it; as text, likewise.
    size
        Width and height in inches.
    draw
        Draws it on an Axes and returns that.
    table
        Makes the numbers behind it: columns say their units, shares are percentages.
    about
        What it is about: the name of a channel, ``team.<name>``, or nothing in particular.
    """

    stem: str
    title: str
    alt: str
    size: tuple[float, float]
    draw: Callable[[Axes], Axes]
    table: Callable[[], pd.DataFrame]
    about: str = ""


def stem_of(*parts: str) -> str:
    """Return the name of a file that is made of some texts, which may hold anything."""
    return "_".join(re.sub(r"[^\w.-]+", "_", part) for part in parts)
