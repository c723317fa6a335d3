"""The report of a sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supportsim.report.html_report.content import Block, Plots, Report, Section, Text, text_table
from supportsim.report.html_report.plots import plots_of
from supportsim.report.html_report.reproducing import closing_sections
from supportsim.report.sweeping.tables import (
    overview,
    replications_told,
    short_names,
    summary_lines,
)

if TYPE_CHECKING:
    from supportsim.studies.sweeping import Sweep

WIDTH = 145
"""Characters that a line of the table of the points may take."""


def sweep_report(sweep: Sweep, command: str = "") -> Report:
    """Return the report of a sweep.

    Parameters
    ----------
    sweep
        The sweep.
    command
        The command that made it; empty if there was none.
    """
    from supportsim.report.pictures import pictures_of_sweep

    lines = summary_lines(sweep)
    count, seed = len(sweep.points), sweep.scenario.run.seed
    plots = plots_of(pictures_of_sweep(sweep))
    judged = any(point.judged for point in sweep.points)
    return Report(
        name=sweep.scenario.name,
        study="Sweep",
        answer=f"{lines[0]}.",
        tone=("good" if sweep.matching else "open") if judged else "plain",
        about=f"{count} point{'s' * (count != 1)} ({sweep.design}), {replications_told(sweep)}; "
        f"seed {seed}, the same random numbers at every point.",
        description=sweep.scenario.description,
        notes=[Text(f"{line}.") for line in lines[1:]],
        sections=[
            Section("What was varied", [_varied(sweep)]),
            Section("Points", _points(sweep)),
            *([Section("Pictures", [Plots(plots)])] if plots else []),
            *closing_sections(
                sweep.scenario, command, replications=str(sweep.scenario.run.replications)
            ),
        ],
    )


def _varied(sweep: Sweep) -> Block:
    rows = []
    for key, name in short_names(sweep.parameters).items():
        values = dict.fromkeys(str(point.values[key]) for point in sweep.points)
        shown = list(values) if len(values) <= 12 else [*list(values)[:5], "…", list(values)[-1]]
        rows.append((key, name, ", ".join(shown)))
    return text_table("The keys that were varied", ("Key", "Called here", "Values"), rows)


def _points(sweep: Sweep) -> list[Block]:
    """Return the table of the points, or of the best of many, with those that match marked."""
    seen = overview(sweep, WIDTH)
    rows = [
        (f"{cells[0]}{' ✓' if point.all_match else ''}", *cells[1:])
        for cells, point in zip(seen.rows, seen.shown, strict=True)
    ]
    heads = [head.replace("\n", " ") for head in seen.heads]
    table = text_table("Points and what came out", heads, rows, numbers=range(1, len(heads)))
    told = "±: half of the 95 % interval. ✓: every simulated figure matches."
    if len(seen.shown) < len(sweep.points):
        told += (
            f" These are the {len(seen.shown)} of {len(sweep.points)} points at which most figures "
            "match, or else the first."
        )
    return [table, Text(told, aside=True)]
