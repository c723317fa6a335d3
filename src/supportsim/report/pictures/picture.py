"""A picture: a plot with its title, what it shows in words, and the numbers behind it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from matplotlib.axes import Axes

_LONGEST_STEM = 200
"""Bytes; with an ending that is less than the 255 of a file's name."""


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
    """Return the name of a file that is made of some texts, which may hold anything.

    A long one is cut, and ends with a hash of the texts, by which it differs from others.
    """
    stem = "_".join(re.sub(r"[^\w.-]+", "_", part) for part in parts)
    letters = stem.encode()
    if len(letters) <= _LONGEST_STEM:
        return stem
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:8]
    return f"{letters[: _LONGEST_STEM - 9].decode(errors='ignore')}_{digest}"
