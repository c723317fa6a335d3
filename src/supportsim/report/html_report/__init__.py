"""Results as one HTML file each, to read, print and forward."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from supportsim.report.html_report.content import Report
    from supportsim.studies import Comparison, Run
    from supportsim.studies.calibrating import Calibration
    from supportsim.studies.planning.growth import Month
    from supportsim.studies.planning.hiring import LatestHire
    from supportsim.studies.planning.most import Most
    from supportsim.studies.planning.plan import Plan
    from supportsim.studies.sweeping import Sweep

    Found = Run | Comparison | Sweep | Plan | Most | LatestHire | Sequence[Month] | Calibration

__all__ = ["report_of", "write_html"]


def report_of(found: Found, command: str = "") -> Report:
    """Return the report of what any study found.

    Parameters
    ----------
    found
        What it found; of a growing volume its months.
    command
        The command that found it; empty if there was none.
    """
    from supportsim.report.html_report.of_calibration import calibration_report
    from supportsim.report.html_report.of_comparison import comparison_report
    from supportsim.report.html_report.of_plan import (
        growth_report,
        hire_report,
        most_report,
        plan_report,
    )
    from supportsim.report.html_report.of_run import run_report
    from supportsim.report.html_report.of_sweep import sweep_report
    from supportsim.studies import Comparison, Run
    from supportsim.studies.planning.hiring import LatestHire
    from supportsim.studies.planning.most import Most
    from supportsim.studies.planning.plan import Plan
    from supportsim.studies.sweeping import Sweep

    match found:
        case Run():
            return run_report(found, command)
        case Comparison():
            return comparison_report(found, command)
        case Sweep():
            return sweep_report(found, command)
        case Plan():
            return plan_report(found, command)
        case Most():
            return most_report(found, command)
        case LatestHire():
            return hire_report(found, command)
        case Sequence():
            return growth_report(found, command)
        case _:
            return calibration_report(found, command)


def write_html(found: Found, path: Path, command: str = "", *, overwrite: bool = False) -> None:
    """Write the report of what a study found as one HTML file, whole or not at all.

    The same result gives the same bytes.

    Parameters
    ----------
    found, command
        See `report_of`.
    path
        The file; an earlier report is replaced.
    overwrite
        Whether a file that is no report may be replaced, too.

    Raises
    ------
    InputError
        If it cannot be written, or something would be lost.
    """
    from supportsim.report.html_report.writing import check_report, write_report

    check_report(path, overwrite=overwrite)
    write_report(report_of(found, command), path)
