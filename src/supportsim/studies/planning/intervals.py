"""Targets for every interval of the day."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from supportsim.errors import InputError
from supportsim.measures import ALL, find
from supportsim.measures.times import MARK, Times
from supportsim.scenario.calendar import weekly_spans
from supportsim.studies.planning.demand import part_of_slots, slots_of_day, typical_week
from supportsim.studies.planning.targets import Target
from supportsim.units import DAY

if TYPE_CHECKING:
    from supportsim.scenario import Channel, Scenario
    from supportsim.tables import Flags


def expand(targets: Iterable[Target], every: str, scenario: Scenario) -> tuple[Target, ...]:
    """Return the targets for every interval of the day, one by one.

    A target on a live channel becomes one for each interval in which, on the same day of the
    week, customers come, the channel is open, and somebody who serves it may be on duty; on the
    days on which that is so. Other targets stay as they are: those on channels whose work can be
    put off, on what is no matter of tickets, and those that name their times.

    Parameters
    ----------
    targets
        The targets.
    every
        Length of the intervals, as in ``"30min"``.
    scenario
        The scenario.

    Raises
    ------
    InputError
        If the length does not go into a day a whole number of times, or no target can be asked for
        in intervals.
    """
    slots, given = slots_of_day(every), tuple(targets)
    made: list[Target] = []
    for target in given:
        made += _of_intervals(target, slots, scenario) or [target]
    if tuple(made) == given:
        raise InputError(
            f"every: no target is on a live channel such as phone or chat, so that none can be "
            f"asked for every {every}"
        )
    return tuple(made)


def _of_intervals(target: Target, slots: int, scenario: Scenario) -> list[Target]:
    """Return a target for each interval of the day in which it has a meaning."""
    asked = find(target.measure, scenario)
    names = [asked.owner] if asked.owner != ALL else list(scenario.channels)
    live = [name for name in names if name in scenario.channels and scenario.channels[name].live]
    if asked.times is not None or asked.measure.not_by_times or not live:
        return []
    coming, served = np.zeros((2, 7, slots), dtype=np.bool_)
    for name in live:
        comes = _comes(scenario, name, slots)
        coming |= comes
        served |= comes & _serving(scenario, name, slots)
    made = []
    for slot in np.flatnonzero(served.any(axis=0)):
        days = tuple(np.flatnonzero(served[:, slot]).tolist())
        everywhen = len(days) == coming[:, slot].sum()
        begin, end = slot * DAY / slots, (slot + 1) * DAY / slots
        times = Times(begin, end) if everywhen else Times(begin, end, days)
        measure = f"{target.measure}{MARK}{times}"
        text = target.text.replace(target.measure, measure, 1)
        made.append(Target(measure, target.comparison, target.value, text))
    return made


def _comes(scenario: Scenario, name: str, slots: int) -> Flags:
    """Return in which slots customers of a channel come, shape (7, slots)."""
    tickets = typical_week(scenario)[list(scenario.channels).index(name)]
    events = np.concatenate([[0.0], np.cumsum(tickets)])
    edges = np.linspace(0, len(tickets), 7 * slots + 1)
    some: Flags = np.diff(np.interp(edges, np.arange(len(events)), events)) > 1e-12 * events[-1]
    return some.reshape(7, slots)


def _serving(scenario: Scenario, name: str, slots: int) -> Flags:
    """Return in which slots a channel is open and somebody may be on duty, shape (7, slots)."""
    channel: Channel = scenario.channels[name]
    served = np.zeros(7 * slots, dtype=np.bool_)
    for team in scenario.teams.values():
        if name in team.serves:
            served |= team.agents == "unlimited" or part_of_slots(
                weekly_spans(team.shifts), slots
            ).astype(np.bool_)
    if channel.opening is not None:
        served &= part_of_slots(weekly_spans(channel.opening.hours), slots) > 0
    return served.reshape(7, slots)
