"""Pictures as data URIs of SVG, with the tables of what they show."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING
from urllib.parse import quote

import pandas as pd
from markupsafe import Markup
from matplotlib.backends.backend_svg import FigureCanvasSVG

from supportsim.report.html_report.content import Column, Group, Plot, Table
from supportsim.report.plots.style import house_style, new_axes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from supportsim.report.pictures import Picture

PIXELS = 96
"""CSS pixels in an inch."""
_NOISE = re.compile(r"<metadata>.*?</metadata>|<!--.*?-->|<\?xml.*?\?>|<!DOCTYPE.*?>", re.DOTALL)
_NUMBER = re.compile(r"-?\d+\.\d{2,}")
_PATH = re.compile(r'(?<= d=")[^"]*')
_STYLE = re.compile(r'(?<= style=")[^"]*')
_AS_IT_IS = "!$'()*+,/:;=?@"
"""Beside letters and digits, what may stand in a URI and needs no escape in a page."""
_SPACE = re.compile(r"\s+")


def plots_of(pictures: Iterable[Picture]) -> list[Plot]:
    """Return pictures as a page can hold them."""
    return [plot_of(picture) for picture in pictures]


def plot_of(picture: Picture) -> Plot:
    """Return a picture as a page can hold it; the same picture gives the same text."""
    width, height = picture.size
    return Plot(
        title=picture.title,
        alt=picture.alt,
        # Neither a quote nor an ampersand is left in it, so that a page needs no escape for it. It
        # is shorter than base64, since there is little in SVG that has to be quoted.
        source=Markup(f"data:image/svg+xml,{_quoted(_svg(picture))}"),
        width=round(PIXELS * width),
        height=round(PIXELS * height),
        table=table_of(picture.table(), picture.title),
    )


def _svg(picture: Picture) -> str:
    """Return a picture as SVG without a background, and with no more digits than can be seen."""
    ax = picture.draw(new_axes(*picture.size))
    figure = ax.get_figure(root=True)
    assert figure is not None
    file = io.StringIO()
    with house_style():
        # Once is enough; savefig would lay it out again and go through all of it twice.
        layout = figure.get_layout_engine()
        if layout is not None:
            layout.execute(figure)
            figure.set_layout_engine("none")
        figure.set_facecolor("none")
        canvas = FigureCanvasSVG(figure)
        canvas.print_svg(file, metadata={"Date": None, "Creator": None})  # type: ignore[no-untyped-call]
    svg = _NUMBER.sub(_shorter, _NOISE.sub("", file.getvalue()))
    svg = _PATH.sub(lambda found: re.sub(r",?([A-Za-z]),?", r"\1", _SPACE.sub(",", found[0])), svg)
    svg = _STYLE.sub(lambda found: found[0].replace(": ", ":").replace("; ", ";"), svg)
    return _SPACE.sub(" ", svg).replace("> <", "><").strip()


def _quoted(svg: str) -> str:
    """Return SVG as a URI can hold it, with no address in it, not even those of its namespaces."""
    return quote(svg, safe=_AS_IT_IS).replace("http:", "http%3A")


def _shorter(found: re.Match[str]) -> str:
    """Return a number with one decimal, or three digits where it is a scale below 1."""
    number = float(found[0])
    return f"{number:.3g}" if abs(number) < 1 else f"{number:.1f}".removesuffix(".0")


def table_of(frame: pd.DataFrame, caption: str) -> Table:
    """Return a frame as a table; its index, where it has a name, comes first."""
    if any(name is not None for name in frame.index.names):
        frame = frame.reset_index()
    cells = [_column(frame.iloc[:, place]) for place in range(frame.shape[1])]
    columns = [
        Column(str(head).replace("_", " "), pd.api.types.is_numeric_dtype(frame.iloc[:, place]))
        for place, head in enumerate(frame.columns)
    ]
    return Table(caption, columns, [Group("", list(zip(*cells, strict=True)))])


def _column(values: pd.Series) -> list[str]:
    """Return the cells of a column."""
    if pd.api.types.is_datetime64_any_dtype(values):
        whole = bool((values.dropna() == values.dropna().dt.normalize()).all())
        return [str(one.date() if whole else one) for one in values]
    return [_text(one) for one in values]


def _text(value: object) -> str:
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return "" if pd.isna(value) else f"{value:.4g}"
    return str(value)
