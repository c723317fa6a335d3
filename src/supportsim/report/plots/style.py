"""What all plots share: the house style, colours, texts and axes."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import numpy as np
from matplotlib import style
from matplotlib.figure import Figure as Canvas
from matplotlib.font_manager import findfont, get_font

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import QuadMesh
    from matplotlib.colorbar import Colorbar

    from supportsim.tables import Floats

# Okabe and Ito's colours, which people with any colour vision tell apart. In grey some are alike:
# dashes, markers and hatching tell apart what is drawn together.
BLUE, ORANGE, GREEN, SKY, BLACK = "#0072B2", "#D55E00", "#009E73", "#56B4E9", "#000000"
STYLE = "supportsim.report.plots.supportsim"
"""Name of the style sheet, which `matplotlib.style.use` takes too."""
_WIDEST = 90
"""Letters of a line below an axis."""

_Asked = ParamSpec("_Asked")
_Drawn = TypeVar("_Drawn")


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in the project's style, whatever the settings outside are, and leave those alone."""
    with style.context(["default", STYLE]):
        yield


def styled(draw: Callable[_Asked, _Drawn]) -> Callable[_Asked, _Drawn]:
    """Return a function that draws in the project's style."""

    @wraps(draw)
    def drawing(*args: _Asked.args, **options: _Asked.kwargs) -> _Drawn:
        with house_style():
            return draw(*args, **options)

    return drawing


def literal(text: str) -> str:
    """Return a text in which matplotlib finds neither a formula nor a control character.

    Letters that the font does not have are replaced, so that nobody is warned of each of them.
    """
    known = _letters()
    kept = "".join(
        letter if ord(letter) in known else "\N{REPLACEMENT CHARACTER}"
        for letter in text
        if letter.isprintable()
    )
    return kept.replace("$", r"\$")


@cache
def _letters() -> frozenset[int]:
    """Return the letters of the font of the style, which comes with matplotlib."""
    return frozenset(get_font(findfont("DejaVu Sans")).get_charmap())


def draw_cells(ax: Axes, numbers: Floats, **shading: Any) -> QuadMesh:
    """Draw a table of numbers as shaded cells around whole numbers, the first row at 0.

    Cells as shapes stay sharp in whatever size a page shows them, unlike those of an image.
    """
    edges = [np.arange(size + 1) - 0.5 for size in numbers.shape]
    return ax.pcolormesh(edges[1], edges[0], np.ma.masked_invalid(numbers), zorder=0, **shading)


def draw_levels(bar: Colorbar, levels: Sequence[float]) -> None:
    """Draw levels in the scale of shades, white beside black, which shows on any shade."""
    for level in levels:
        bar.ax.axhline(level, color="white", linewidth=4)
        bar.ax.axhline(level, color=BLACK, linewidth=1.8)


def set_title(ax: Axes, *parts: str, **looks: Any) -> None:
    """Set the title of an Axes: parts as they are, each in lines as long as there is room for."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    width = max(40, int(9 * figure.get_figwidth()))
    lines = [line for part in parts for line in textwrap.wrap(part, width)]
    ax.set_title("\n".join(map(literal, lines)), **looks)


def in_lines(text: str, width: int, most: int = 2) -> str:
    """Return a text that names a row or an axis in so many lines at most; a long one is cut."""
    lines = textwrap.wrap(text, width, max_lines=most, placeholder="…")
    return "\n".join(map(literal, lines))


def with_notes(label: str, notes: Sequence[str]) -> str:
    """Return the label of an axis with notes in lines below it."""
    lines = [line for note in notes for line in textwrap.wrap(note, _WIDEST)]
    return "\n".join(map(literal, [label, *lines]))


@styled
def new_axes(width: float, height: float) -> Axes:
    """Return the axes of a new figure of a size in inches."""
    return Canvas(figsize=(width, height), layout="constrained").add_subplot()


def finish(ax: Axes, **legend: Any) -> None:
    """Give axes their grid and their legend."""
    ax.grid(visible=True, color="0.85", linewidth=0.6)
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(fontsize="small", framealpha=0.9, **legend)
