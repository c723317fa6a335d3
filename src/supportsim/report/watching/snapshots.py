"""A watched day as plain text: the queues and the agents at regular times."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from supportsim.report.page import Page
from supportsim.report.watching.words import (
    LEGEND,
    QUEUE_HEADS,
    clock,
    queue_cells,
    shortened,
)
from supportsim.studies.moments import AgentNow, Doing, Moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console
    from rich.table import Table

    from supportsim.studies.days import Day
    from supportsim.studies.moments import Span

_AGENT_HEADS = ("At work", "Contacts", "Idle", "Break", "Away", "Off duty", "Vacant")
_AWAY = (Doing.HOLIDAY, Doing.LEAVE, Doing.ABSENT, Doing.TRAINING)
_LEAST_NAME = 8
"""Characters of a name that are shown however narrow the page is."""
_Row = tuple[str, str, tuple[str, ...]]
"""The time, the name of a channel or team, and the numbers."""


def print_day(
    span: Span,
    day: Day,
    console: Console,
    *,
    every: float,
    begins: float | None = None,
    about: str = "",
) -> None:
    """Print the queues and the agents of a day at regular times.

    Parameters
    ----------
    span
        The day's stretch of a replication.
    day
        The day.
    console
        Where to print; 80 columns are enough.
    every
        Minutes between two times. The end of the day is always shown.
    begins
        Minute of the first of them; left out, the beginning of the day.
    about
        What else to say in the heading.
    """
    page = Page(console)
    scenario = span.facts.scenario
    page.write(scenario.name, "bold")
    page.write(f"{day.title}{about}")
    page.write()
    times = _times(span, span.begin if begins is None else begins, every)
    moments = [(label, span.at(time)) for label, time in times]
    channels, teams = list(scenario.channels), list(scenario.teams)
    queues = [
        (label, channels[one.channel], queue_cells(one))
        for label, moment in moments
        for one in moment.channels
    ]
    agents = [
        (label, teams[team], cells)
        for label, moment in moments
        for team, cells in _teams(moment, len(teams))
    ]
    page.write_table(_table(page, "Queues", QUEUE_HEADS, queues))
    page.write(LEGEND)
    page.write()
    page.write_table(_table(page, "Agents", _AGENT_HEADS, agents))
    page.write(
        "At work: agents with contacts in hand, wrap-up included; a team without limit has no "
        "agents. Away: on holiday or leave, absent, or in training. Vacant: positions."
    )


def _table(page: Page, title: str, heads: Sequence[str], rows: Sequence[_Row]) -> Table:
    """Return a table with a line for each row: names are cut where there is no room for them."""
    columns = zip(heads, *(cells for _label, _name, cells in rows), strict=True)
    widths = [max(map(len, column)) for column in columns]
    room = page.width - len("00:00 ") - sum(widths) - len(widths)
    table = page.table(title, *heads)
    # Between two columns there is a space, and one more unless a name needs it.
    if max((len(name) for _label, name, _cells in rows), default=0) > room - len(widths):
        table.padding = 0
    for label, name, cells in rows:
        table.add_row(f"{label} {shortened(name, max(room, _LEAST_NAME))}", *cells)
    return table


def _times(span: Span, begins: float, every: float) -> list[tuple[str, float]]:
    """Return the times to show, with what to call them; the last is right before the end."""
    count = math.ceil((span.end - begins) / every - 1e-9)
    times = [begins + number * every for number in range(count)]
    last = span.end - span.begin
    ends = "24:00" if last == 24 * 60 else clock(last)
    return [
        *((clock(time - span.begin), time) for time in times),
        (ends, float(np.nextafter(span.end, span.begin))),
    ]


def _teams(moment: Moment, teams: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield how many of each team do what."""
    by_team: dict[int, list[AgentNow]] = {team: [] for team in range(teams)}
    for one in moment.agents:
        by_team[one.team].append(one)
    for team, members in by_team.items():
        doing = Counter(one.doing for one in members if one.number >= 0)
        counts = (
            doing[Doing.WORK] + doing[Doing.WRAP_UP],
            sum(len(one.contacts) for one in members),
            doing[Doing.IDLE],
            doing[Doing.BREAK],
            sum(doing[each] for each in _AWAY),
            doing[Doing.OFF_DUTY],
            doing[Doing.VACANT],
        )
        yield team, tuple(f"{count:,}" for count in counts)
