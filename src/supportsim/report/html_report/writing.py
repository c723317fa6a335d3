"""A report as one HTML file that needs nothing else: rendered, and written whole."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from supportsim.files import check_file_writable, write_whole
from supportsim.report.html_report import bars
from supportsim.versions import version

if TYPE_CHECKING:
    from pathlib import Path

    from supportsim.report.html_report.content import Report

GENERATOR = "supportsim report"
"""How a report says what made it; files that do not say so are not replaced."""
_MARK = f'<meta name="generator" content="{GENERATOR} '.encode()


def check_report(path: Path, *sources: Path, overwrite: bool = False) -> None:
    """Make sure that a report can be written to a file, before anything is simulated for it.

    An earlier report is replaced, another file only if that is asked for, and never a source.

    Parameters
    ----------
    path
        The file.
    sources
        Files that the report is made from.
    overwrite
        Whether the file may be one that is no report.

    Raises
    ------
    InputError
        If it cannot be written, or something would be lost.
    """
    check_file_writable(
        path,
        *sources,
        is_one=lambda head: _MARK in head,
        kind="report",
        overwrite=overwrite,
    )


def write_report(report: Report, path: Path) -> None:
    """Write a report whole or not at all. The same report gives the same bytes.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    write_whole(path, render(report))


def render(report: Report) -> str:
    """Return a report as HTML, with every text in it escaped."""
    style = resources.files(__package__).joinpath("templates/report.css").read_text("utf-8")
    page = _environment().get_template("report.html")
    return page.render(
        report=report,
        style=Markup(style),
        generator=f"{GENERATOR} {version()}",
        bar_width=bars.WIDTH,
        bar_height=bars.HEIGHT,
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("supportsim.report.html_report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def shown(value: object) -> object:
    """Return a value with control characters, which no page may hold, taken out of its text."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return "".join(
        one if one.isprintable() or one == "\n" else "\N{REPLACEMENT CHARACTER}" for one in value
    )
