"""The report of a run on a terminal: verdicts, other measures, warnings, and the bottom line."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from supportsim.measures import ALL, Asked, Measure
from supportsim.report.catalogues import print_figures, print_findings, print_measures
from supportsim.report.numbers import (
    format_estimate,
    format_interval,
    format_published,
    format_tolerance,
    format_value,
    readable,
)
from supportsim.report.page import Page
from supportsim.stats import Estimate
from supportsim.units import format_duration

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from supportsim.benchmarks import Verdict
    from supportsim.studies import Run

__all__ = ["print_figures", "print_findings", "print_measures", "print_run", "summary"]

ROLES = {
    "predicted": "came out of the simulation",
    "fitted": "a parameter was fitted to it",
    "input": "the scenario sets it",
}
_STYLES = {"matches": "green", "misses": "bold red", "undecided": "yellow"}
_CELL = 8
"""Characters that a column of a table of several channels takes at least."""
_TITLE = 30
"""Characters left for titles in such a table."""


def print_run(run: Run, console: Console) -> None:
    """Print what a run says: its verdicts, the measures without one, and what to know of them.

    Parameters
    ----------
    run
        The run.
    console
        Where to print; colour is used only if it is a terminal, and never carries the meaning.
    """
    page = Page(console)
    _write_heading(page, run)
    if any(verdict.answer != "not simulated" for verdict in run.verdicts):
        page.write_table(_verdict_table(page, run))
        _write_roles(page, run)
        _write_undecided(page, run)
    _write_not_simulated(page, run.verdicts)
    _write_measures(page, run)
    for warning in run.warnings:
        page.write(warning, lead="Warning: ")
    if run.stopped:
        page.write(run.stopped, lead="Replications: ")
    if run.warnings or run.stopped:
        page.write()
    page.write(summary(run), "bold")


def summary(run: Run) -> str:
    """Return one line on the verdicts, such as ``"14 of 14 simulated figures match"``."""
    answers = [v.answer for v in run.verdicts if v.answer != "not simulated"]
    if not answers:
        return "No published figure is simulated by this scenario"
    count = len(answers)
    matching = answers.count("matches")
    text = f"{matching} of {count} simulated figure{'s' * (count != 1)} match{'es' * (count == 1)}"
    rest = []
    if misses := answers.count("misses"):
        rest.append(f"{misses} miss{'es' * (misses == 1)}")
    if undecided := [v for v in run.verdicts if v.answer == "undecided"]:
        rest.append(f"{len(undecided)} undecided ({_settling(undecided, len(run.replications))})")
    return text + (f": {', '.join(rest)}" if rest else "")


def _settling(undecided: Sequence[Verdict], done: int) -> str:
    """Return what would settle undecided verdicts."""
    them = "it" if len(undecided) == 1 else "them"
    if done < 2:
        return "one replication gives no interval: ask for more"
    needed = [v.replications for v in undecided if v.replications is not None]
    if not needed:
        return f"more replications may not settle {them}"
    if len(needed) < len(undecided):
        them = f"{len(needed)} of them"
    return f"about {_rounded_up(max(needed)):,} replications would settle {them}"


def _rounded_up(count: int) -> int:
    """Return a number with its first two digits only."""
    unit = int(10 ** max(0, len(str(count)) - 2))
    return -(-count // unit) * unit


def _write_heading(page: Page, run: Run) -> None:
    settings, count = run.scenario.run, len(run.replications)
    page.write(run.scenario.name, "bold")
    page.write(
        f"{count} replication{'s' * (count != 1)} of {_span(settings.window)} from "
        f"{settings.start}, after {_span(settings.warm_up)} of warm-up; seed {settings.seed}"
    )
    page.write()


def _span(minutes: float) -> str:
    weeks = minutes / 10080
    if weeks != int(weeks):
        return format_duration(minutes)
    return f"{int(weeks)} week{'s' * (weeks != 1)}"


def _verdict_table(page: Page, run: Run) -> Table:
    """Return the simulated figures by channel and, within it, by role."""
    table = page.table("Figure", "Published", "Accepted", "Simulated (95 %)", "Verdict", numbers=3)
    roles = list(ROLES)
    judged = [verdict for verdict in run.verdicts if verdict.answer != "not simulated"]
    channels = list(dict.fromkeys(verdict.figure.channel for verdict in judged))
    judged.sort(key=lambda v: (channels.index(v.figure.channel), roles.index(v.role)))
    for (channel, role), verdicts in groupby(judged, lambda v: (v.figure.channel, v.role)):
        if table.row_count:
            table.add_row()
        table.add_row(page.text(f"{channel}, {role}:", "bold"))
        for verdict in verdicts:
            table.add_row(*_verdict_row(page, verdict))
    return table


def _verdict_row(page: Page, verdict: Verdict) -> Iterator[Text]:
    figure = verdict.figure
    clock = ", business hours" if verdict.clock == "business hours" else ""
    yield page.text(figure.title + clock)
    yield page.text(format_published(figure, short=True))
    yield page.text(format_tolerance(figure))
    yield page.text(format_estimate(verdict.simulated, verdict.low, verdict.high, figure.unit))
    yield page.text(verdict.answer, _STYLES[verdict.answer])


def _write_roles(page: Page, run: Run) -> None:
    present = {verdict.role for verdict in run.verdicts}
    told = [f"{role}: {meaning}" for role, meaning in ROLES.items() if role in present]
    page.write("; ".join(told), "dim")
    page.write()


def _write_undecided(page: Page, run: Run) -> None:
    undecided = [verdict for verdict in run.verdicts if verdict.answer == "undecided"]
    if not undecided:
        return
    page.write("Undecided: the interval reaches over the edge of what is accepted", "bold")
    for verdict in undecided:
        page.write(
            f"{verdict.figure.title}: {_settling([verdict], len(run.replications))}", indent=2
        )
    page.write()


def _write_not_simulated(page: Page, verdicts: Sequence[Verdict]) -> None:
    """Write the figures that were not simulated, by why not."""
    several = len({verdict.figure.channel for verdict in verdicts}) > 1
    groups: dict[str, list[str]] = {}
    for verdict in verdicts:
        if verdict.answer == "not simulated":
            figure = verdict.figure
            elsewhere = figure.status == "simulated"
            why = "not in this scenario" if elsewhere else str(figure.status)
            why = f"{why.capitalize()}, {figure.channel}" if several else why.capitalize()
            groups.setdefault(why, []).append(f"{figure.title} {format_published(figure)}")
    for why, figures in groups.items():
        page.write("; ".join(figures), lead=f"{why}: ")
    if groups:
        page.write()


def _write_measures(page: Page, run: Run) -> None:
    """Write tables of the measures that no figure judges: of channels, then of teams."""
    channels = [*run.scenario.channels]
    if len(channels) > 1:
        channels.append(ALL)
    teams = [f"team.{name}" for name in run.scenario.teams]
    if len(channels) == len(teams) == 1:
        page.write_table(_list(page, run, [*channels, *teams]))
        return
    for owners in (channels, teams):
        cell = max(_CELL, *(len(owner.removeprefix("team.")) for owner in owners))
        per_table = max(1, (page.width - _TITLE) // (cell + 2))
        for first in range(0, len(owners), per_table):
            page.write_table(_matrix(page, run, owners[first : first + per_table]))
    page.write("The 95 % intervals are in the JSON document and in measures.csv.", "dim")
    page.write()


def _list(page: Page, run: Run, owners: Sequence[str]) -> Table:
    """Return a table with a row for each measure that no figure judges."""
    table = page.table("Other measures", "Simulated", "95 % interval")
    judged = _judged(run)
    for one in run.asked.values():
        if one.owner in owners and one.id not in judged:
            estimate, unit = _as_read(run.estimates[one.id], one.measure.unit)
            table.add_row(
                page.text(title_of(one.measure)),
                page.text(format_value(estimate.mean, unit, estimate.half_width)),
                page.text(format_interval(estimate.low, estimate.high, unit)),
            )
    return table


def _matrix(page: Page, run: Run, owners: Sequence[str]) -> Table:
    """Return a table with a row for each measure and a column for each channel or team."""
    of_teams = owners[0].startswith("team.")
    heads = [owner.removeprefix("team.") for owner in owners]
    table = page.table(f"Other measures of {'teams' if of_teams else 'channels'}", *heads)
    judged = _judged(run)
    rows: dict[str, dict[str, Asked]] = {}
    for one in run.asked.values():
        if one.owner in owners:
            rows.setdefault(one.id.rpartition(".")[2], {})[one.owner] = one
    for row in rows.values():
        if judged.issuperset(one.id for one in row.values()):
            continue
        measure = next(iter(row.values())).measure
        cells = [_cell(run, row[owner]) if owner in row else "" for owner in owners]
        unit = f" ({measure.unit})" if " per " in f" {measure.unit}" else ""
        table.add_row(page.text(title_of(measure) + unit), *map(page.text, cells))
    return table


def _cell(run: Run, one: Asked) -> str:
    estimate, unit = _as_read(run.estimates[one.id], one.measure.unit)
    return format_value(estimate.mean, unit, estimate.half_width, short=True)


def _judged(run: Run) -> set[str]:
    verdicts = (verdict for verdict in run.verdicts if verdict.answer != "not simulated")
    return {verdict.figure.measure for verdict in verdicts if verdict.figure.measure}


def _as_read(estimate: Estimate, unit: str) -> tuple[Estimate, str]:
    """Return an estimate in the unit in which it reads best, and that unit."""
    if unit != "min":
        return estimate, unit
    per, unit = readable(estimate.mean)
    low, high = estimate.low * per, estimate.high * per
    return Estimate(estimate.mean * per, low, high, estimate.replications), unit


def title_of(measure: Measure) -> str:
    """Return a measure's title with its clock, where that is not the calendar."""
    clock = ", business hours" if measure.clock == "business hours" else ""
    return measure.title[:1].upper() + measure.title[1:] + clock
