"""Measures on a terminal: the most useful ones, or every one, of channels and teams."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rich.cells import cell_len

from supportsim.measures import ALL, Asked, Measure
from supportsim.report.grouping import judged_of
from supportsim.report.numbers import format_interval, format_value, readable
from supportsim.report.page import NARROW, Page
from supportsim.report.verdict_tables import shortened
from supportsim.stats import Estimate

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from supportsim.studies import Run

_OF_ONE = (
    "first_response_time",
    "first_response_time_median",
    "first_response_time_p90",
    "first_response_time_business_median",
    "first_response_time_business_p90",
    "service_level_{time}",
    "blocked",
    "abandonment",
    "first_contact_resolution",
    "wait",
    "handling_time",
    "cost_per_ticket",
    "deflection",
    "headcount_on_duty",
    "occupancy",
    "overtime",
    "headcount",
    "vacancies",
    "effective_capacity",
    "agent_turnover",
    "shrinkage",
)
"""Measures that are shown of a desk of one channel and one team, unless all are asked for."""
_OF_CHANNELS = (
    "arrivals_per_day",
    "first_response_time_median",
    "service_level_{time}",
    "abandonment",
    "first_contact_resolution",
    "resolution_time",
    "handling_time",
    "cost_per_ticket",
    "backlog_open",
)
"""Measures that are shown of several channels, unless all are asked for."""
_OF_TEAMS = {
    "occupancy": "Occupied",
    "headcount_on_duty": "On duty 24/7",
    "headcount": "Employed",
    "vacancies": "Vacant",
    "effective_capacity": "Capacity",
    "agent_turnover": "Turnover",
    "shrinkage": "Shrinkage",
    "labour_cost": "Cost a day",
}
"""Measures that are shown of several teams, unless all are asked for, and heads of columns."""
_CELL = 8
"""Characters that a column of a table of several channels takes at least."""
_TITLE = 30
"""Characters left for titles in such a table."""
_LEAST_TITLE = 22
"""Characters for titles below which they are not shortened but broken into lines."""


def write_measures(page: Page, run: Run, *, every: bool) -> None:
    """Write tables of measures: of channels, then of teams, or of both in one if that is all.

    Parameters
    ----------
    page, run
        Where to write, and what.
    every
        Whether to write every measure. Without it those are left out that published figures judge,
        that nothing is known of, or that few people ask for.
    """
    channels, teams = [*run.scenario.channels], [f"team.{name}" for name in run.scenario.teams]
    if len(channels) == len(teams) == 1:
        _write_list(page, run, None if every else _OF_ONE)
        return
    of_channels = _rows(run, ("channel", "desk"), None if every else _OF_CHANNELS)
    of_teams = _rows(run, ("team",), None if every else _OF_TEAMS)
    _write_matrices(page, run, _with_all(channels), of_channels, whole=every)
    if every:
        _write_matrices(page, run, _with_all(teams), of_teams, whole=True)
    else:
        _write_teams(page, run, of_teams)
    more = "" if every else "More measures: --measures. "
    page.write(f"{more}95 % intervals: --json, or measures.csv of --out.", "dim")
    page.write()


def _with_all(owners: list[str]) -> list[str]:
    return [*owners, ALL] if len(owners) > 1 else owners


def _write_list(page: Page, run: Run, useful: Collection[str] | None) -> None:
    """Write a table with a row for each measure, of a desk of one channel and one team."""
    table = page.table(
        "Measures" if useful is None else "Other measures", "Simulated", "95 % interval"
    )
    judged = _judged(run)
    mine = [one for one in run.asked.values() if one.owner != ALL or one.measure.owner == "desk"]
    chosen = [
        one
        for one in mine
        if useful is None
        or (one.measure.name in useful and one.id not in judged and _is_known(run, one))
    ]
    for one in chosen:
        estimate, unit = _as_read(run.estimates[one.id], one.measure.unit)
        table.add_row(
            page.text(title_of(one.measure)),
            page.text(format_value(estimate.mean, unit, estimate.half_width)),
            page.text(format_interval(estimate.low, estimate.high, unit)),
        )
    hidden = useful is not None and len(chosen) + len(judged) < len(mine)
    page.write_table(table, gap=not hidden)
    if hidden:
        page.write("More measures: --measures", "dim")
        page.write()


Rows = dict[str, dict[str, Asked]]
"""Measures by the last part of their ids, and by owner."""


def _rows(run: Run, kinds: Collection[str], useful: Collection[str] | None) -> Rows:
    """Return the measures of channels (and of the desk), or of teams, that are to be shown.

    All are in the order of the registry, the useful ones in their own.
    """
    rows: Rows = {}
    channels = list(run.scenario.channels)
    for one in run.asked.values():
        if one.measure.owner in kinds:
            # What is measured of the whole desk stands with its only channel.
            alone = one.measure.owner == "desk" and len(channels) == 1
            rows.setdefault(_name(one), {})[channels[0] if alone else one.owner] = one
    if useful is None:
        return rows
    judged = _judged(run)
    order = list(useful)
    shown = [
        (order.index(measure), name)
        for name, row in rows.items()
        if (measure := next(iter(row.values())).measure.name) in order
        and not judged.issuperset(one.id for one in row.values())
        and any(_is_known(run, one) for one in row.values())
    ]
    return {name: rows[name] for _, name in sorted(shown, key=lambda one: one[0])}


def _write_teams(page: Page, run: Run, rows: Rows) -> None:
    """Write a table with a row for each team and a column for each measure that has room."""
    table_of = {
        head: [
            _cell(run, rows[name][f"team.{team}"]) if f"team.{team}" in rows[name] else ""
            for team in run.scenario.teams
        ]
        for name, head in _OF_TEAMS.items()
        if name in rows
    }
    room = page.width - max(map(cell_len, ["Team", *run.scenario.teams]))
    for head, cells in list(table_of.items()):
        room -= 2 + max(map(cell_len, [head, *cells]))
        if room < 0:
            del table_of[head]
    if not table_of:
        return
    table = page.table("Team", *table_of)
    table.columns[0].min_width = None
    for number, team in enumerate(run.scenario.teams):
        table.add_row(page.text(team), *(page.text(cells[number]) for cells in table_of.values()))
    page.write_table(table, gap=False)


def _write_matrices(
    page: Page, run: Run, owners: Sequence[str], rows: Rows, *, whole: bool
) -> None:
    """Write as many tables as the owners take, with a column for each of them.

    Parameters
    ----------
    page, run, owners, rows
        Where to write, and what.
    whole
        Whether to write titles out and break them into lines, rather than to shorten them.
    """
    cell = max(_CELL, *(cell_len(owner.removeprefix("team.")) for owner in owners))
    per_table = max(1, (page.width - _TITLE) // (cell + 2))
    for first in range(0, len(owners), per_table):
        _write_matrix(page, run, owners[first : first + per_table], rows, whole=whole)


def _write_matrix(page: Page, run: Run, owners: Sequence[str], rows: Rows, *, whole: bool) -> None:
    """Write a table with a row for each measure and a column for each channel or team."""
    lines = []
    for row in rows.values():
        if not row.keys().isdisjoint(owners):
            measure = next(iter(row.values())).measure
            unit = f" ({measure.unit})" if " per " in f" {measure.unit}" else ""
            cells = [_cell(run, row[owner]) if owner in row else "" for owner in owners]
            lines.append((title_of(measure) + unit, cells))
    heads = [page.plain(owner.removeprefix("team.")) for owner in owners]
    columns = zip(heads, *(cells for _, cells in lines), strict=True)
    widths = [max(map(cell_len, column)) for column in columns]
    room = page.width - sum(widths) - 2 * len(widths)
    whole = whole or page.width < NARROW or room < _LEAST_TITLE
    table = page.table("Team" if owners[0].startswith("team.") else "Channel", *heads)
    for title, cells in lines:
        shown = title if whole else shortened(page, title, room)
        table.add_row(page.text(shown), *map(page.text, cells))
    page.write_table(table)


def _cell(run: Run, one: Asked) -> str:
    estimate, unit = _as_read(run.estimates[one.id], one.measure.unit)
    if math.isnan(estimate.mean):
        return ""  # nobody of whom to measure it, such as the tickets of a channel without any
    return format_value(estimate.mean, unit, estimate.half_width, short=True, most=3)


def _name(one: Asked) -> str:
    return one.id.removeprefix(f"{one.owner}.")


def _is_known(run: Run, one: Asked) -> bool:
    return not math.isnan(run.estimates[one.id].mean)


def _judged(run: Run) -> set[str]:
    return {one.figure.measure for one in judged_of(run) if one.figure.measure}


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
