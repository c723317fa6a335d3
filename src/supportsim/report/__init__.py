"""Results for people and programs: terminal, JSON, frames, plots, HTML and files.

Names are imported when they are first used, so that a terminal report does without matplotlib
and pandas.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from supportsim.report.calibrating.documents import calibration_document, write_calibration
    from supportsim.report.calibrating.tables import print_calibration
    from supportsim.report.catalogues import print_figures, print_findings, print_measures
    from supportsim.report.comparing.documents import comparison_document
    from supportsim.report.comparing.files import write_comparison
    from supportsim.report.comparing.notebook import comparison_html
    from supportsim.report.comparing.tables import print_comparison
    from supportsim.report.documents import (
        figures_document,
        findings_document,
        measures_document,
        run_document,
    )
    from supportsim.report.files import write_run
    from supportsim.report.html import run_html
    from supportsim.report.planning.documents import plan_document, write_plan
    from supportsim.report.planning.tables import print_plan
    from supportsim.report.sweeping.documents import sweep_document
    from supportsim.report.sweeping.files import write_sweep
    from supportsim.report.sweeping.notebook import sweep_html
    from supportsim.report.sweeping.tables import print_sweep
    from supportsim.report.terminal import print_run
    from supportsim.report.verifying.documents import cases_document, verification_document
    from supportsim.report.verifying.files import write_verification
    from supportsim.report.verifying.markup import verification_html, verification_markdown
    from supportsim.report.verifying.tables import print_cases, print_verification

_HOME = {
    "calibration_document": "calibrating.documents",
    "cases_document": "verifying.documents",
    "comparison_document": "comparing.documents",
    "comparison_html": "comparing.notebook",
    "figures_document": "documents",
    "findings_document": "documents",
    "measures_document": "documents",
    "plan_document": "planning.documents",
    "print_calibration": "calibrating.tables",
    "print_cases": "verifying.tables",
    "print_comparison": "comparing.tables",
    "print_figures": "catalogues",
    "print_findings": "catalogues",
    "print_measures": "catalogues",
    "print_plan": "planning.tables",
    "print_run": "terminal",
    "print_sweep": "sweeping.tables",
    "print_verification": "verifying.tables",
    "run_document": "documents",
    "run_html": "html",
    "sweep_document": "sweeping.documents",
    "sweep_html": "sweeping.notebook",
    "verification_document": "verifying.documents",
    "verification_html": "verifying.markup",
    "verification_markdown": "verifying.markup",
    "write_calibration": "calibrating.documents",
    "write_comparison": "comparing.files",
    "write_plan": "planning.documents",
    "write_run": "files",
    "write_sweep": "sweeping.files",
    "write_verification": "verifying.files",
}

__all__ = [
    "calibration_document",
    "cases_document",
    "comparison_document",
    "comparison_html",
    "figures_document",
    "findings_document",
    "measures_document",
    "plan_document",
    "print_calibration",
    "print_cases",
    "print_comparison",
    "print_figures",
    "print_findings",
    "print_measures",
    "print_plan",
    "print_run",
    "print_sweep",
    "print_verification",
    "run_document",
    "run_html",
    "sweep_document",
    "sweep_html",
    "verification_document",
    "verification_html",
    "verification_markdown",
    "write_calibration",
    "write_comparison",
    "write_plan",
    "write_run",
    "write_sweep",
    "write_verification",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
