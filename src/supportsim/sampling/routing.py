"""Who serves what: the scenario's channels and teams as the engine's queues."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from supportsim.scenario.calendar import days_off, spans_until, within
from supportsim.scenario.hours import Hours
from supportsim.scenario.model import Scenario
from supportsim.tables import Floats, Routing
from supportsim.units import DAY


def routing(scenario: Scenario) -> Routing:
    """Return the scenario's routing.

    The first queues are its channels, in the order of the file. A channel whose transfers go to a
    team has another queue, its second tier, which that team serves right before the channel
    itself, or before everything else if it does not serve the channel.
    """
    channels = list(scenario.channels.values())
    queue_of = {name: number for number, name in enumerate(scenario.channels)}
    tiers = tier_queues(scenario)
    serves = []
    for team_name, team in scenario.teams.items():
        second = {name: queue for name, (queue, to) in tiers.items() if to == team_name}
        first = [queue for name, queue in second.items() if name not in team.serves]
        for name in team.serves:
            first += [second[name]] if name in second else []
            first.append(queue_of[name])
        serves.append(tuple(first))
    channel = (*queue_of.values(), *(queue_of[name] for name in tiers))
    # Limits and hours are for those who knock at the door; a second tier has no door.
    no_door = len(tiers)
    return Routing(
        serves=tuple(serves),
        occupies=tuple(channels[number].occupies for number in channel),
        deferrable=tuple(not channels[number].live for number in channel),
        unlimited=tuple(team.agents == "unlimited" for team in scenario.teams.values()),
        interrupts=tuple(team.interrupts for team in scenario.teams.values()),
        lines=(*(_limit(one.lines) for one in channels), *(math.inf,) * no_door),
        places=(*(_limit(one.places) for one in channels), *(math.inf,) * no_door),
        opening=(
            *(
                opening_hours(scenario, one.opening.hours) if one.opening else None
                for one in channels
            ),
            *(None,) * no_door,
        ),
        waits_outside=(
            *(one.opening is not None and one.opening.outside == "wait" for one in channels),
            *(False,) * no_door,
        ),
        channel=channel,
    )


def tier_queues(scenario: Scenario) -> dict[str, tuple[int, str]]:
    """Return the queue of the second tier, and its team, of each channel that has one."""
    tiers = [
        (name, channel.transfers.to_team)
        for name, channel in scenario.channels.items()
        if channel.transfers and channel.transfers.to_team
    ]
    first = len(scenario.channels)
    return {name: (first + number, team) for number, (name, team) in enumerate(tiers)}


def _limit(count: int | None) -> float:
    return math.inf if count is None else float(count)


@lru_cache(maxsize=16)  # every ticket's script and the routing ask for the same ones
def opening_hours(scenario: Scenario, hours: tuple[Hours, ...]) -> Floats:
    """Return opening hours as spans of the scenario's time; on the calendar's holidays none.

    Returns
    -------
    float64, shape (spans, 2)
        Begin and end, minutes, in order; some may touch.
    """
    spans = spans_until(hours, scenario, scenario.run.horizon + 1)
    off = np.flatnonzero(days_off(scenario)) * DAY
    edges = np.unique(np.concatenate([spans.ravel(), off, off + DAY]))
    middle = (edges[:-1] + edges[1:]) / 2
    kept = within(middle, spans) & ~np.isin(middle // DAY * DAY, off)
    return np.column_stack([edges[:-1][kept], edges[1:][kept]])
