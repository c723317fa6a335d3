"""Results for people and programs: terminal, JSON, frames, plots, HTML and files.

Names are imported when they are first used, so that a terminal report does without matplotlib
and pandas.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from supportsim.report.catalogues import print_figures, print_findings, print_measures
    from supportsim.report.documents import (
        figures_document,
        findings_document,
        measures_document,
        run_document,
    )
    from supportsim.report.files import write_run
    from supportsim.report.html import run_html
    from supportsim.report.terminal import print_run

_HOME = {
    "figures_document": "documents",
    "findings_document": "documents",
    "measures_document": "documents",
    "print_figures": "catalogues",
    "print_findings": "catalogues",
    "print_measures": "catalogues",
    "print_run": "terminal",
    "run_document": "documents",
    "run_html": "html",
    "write_run": "files",
}

__all__ = [
    "figures_document",
    "findings_document",
    "measures_document",
    "print_figures",
    "print_findings",
    "print_measures",
    "print_run",
    "run_document",
    "run_html",
    "write_run",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
