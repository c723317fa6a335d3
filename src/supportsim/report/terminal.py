"""The report of a run on a terminal: verdicts, measures, warnings, and the bottom line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supportsim.report.catalogues import print_figures, print_findings, print_measures
from supportsim.report.measure_tables import write_measures
from supportsim.report.numbers import format_span
from supportsim.report.page import Page
from supportsim.report.verdict_tables import (
    summary,
    write_bottom_line,
    write_not_simulated,
    write_verdicts,
)

if TYPE_CHECKING:
    from rich.console import Console

    from supportsim.studies import Run

__all__ = ["print_figures", "print_findings", "print_measures", "print_run", "summary"]


def print_run(run: Run, console: Console, *, every_measure: bool = False) -> None:
    """Print what a run says: its verdicts, its measures, and what to know of them.

    Parameters
    ----------
    run
        The run.
    console
        Where to print; colour is used only if it is a terminal, and never carries the meaning.
    every_measure
        Whether to print all measures rather than the most useful ones.
    """
    page = Page(console)
    _write_heading(page, run)
    write_verdicts(page, run)
    write_not_simulated(page, run)
    write_measures(page, run, every=every_measure)
    for warning in run.warnings:
        page.write(warning, lead="Warning: ")
    if run.stopped:
        page.write(run.stopped, lead="Replications: ")
    if run.warnings or run.stopped:
        page.write()
    write_bottom_line(page, run)


def _write_heading(page: Page, run: Run) -> None:
    page.write(run.scenario.name, "bold")
    page.write(what_was_run(run))
    page.write()


def what_was_run(run: Run) -> str:
    """Return what was simulated: how often, how long, from when, and with which seed."""
    settings, count = run.scenario.run, len(run.replications)
    return (
        f"{count} replication{'s' * (count != 1)} of {format_span(settings.window)} from "
        f"{settings.start}, after {format_span(settings.warm_up)} of warm-up; seed {settings.seed}"
    )
