"""Who is on duty when, and who serves what."""

from __future__ import annotations

import numpy as np

from supportsim.scenario.calendar import spans_until
from supportsim.scenario.model import Scenario
from supportsim.tables import Roster, Routing
from supportsim.units import WEEK


def draw_roster(scenario: Scenario) -> Roster:
    """Return every agent's stretches of duty up to a week beyond the scenario's horizon.

    Agents are numbered from 0, team by team in the order of the file. Shifts do not vary between
    replications.
    """
    parts: list[tuple[int, int, float, np.ndarray[tuple[int, int], np.dtype[np.float64]]]] = []
    agents = 0
    for number, team in enumerate(scenario.teams.values()):
        if team.agents == "unlimited":
            continue
        # A week beyond the horizon, so that nobody seems to have left for good when the run ends.
        spans = spans_until(team.shifts, scenario, scenario.run.horizon + WEEK)
        for _ in range(team.agents):
            parts.append((agents, number, team.speed, spans))
            agents += 1
    lengths = [len(spans) for *_, spans in parts]
    spans = np.concatenate([np.zeros((0, 2)), *(spans for *_, spans in parts)])
    return Roster(
        agent=np.repeat(np.array([agent for agent, *_ in parts], np.int32), lengths),
        team=np.repeat(np.array([team for _, team, *_ in parts], np.int8), lengths),
        on=spans[:, 0],
        off=spans[:, 1],
        speed=np.repeat(np.array([speed for *_, speed, _ in parts], np.float64), lengths),
    )


def routing(scenario: Scenario) -> Routing:
    """Return the scenario's routing: queues are its channels, in the order of the file."""
    queue = {name: number for number, name in enumerate(scenario.channels)}
    return Routing(
        serves=tuple(
            tuple(queue[name] for name in team.serves) for team in scenario.teams.values()
        ),
        occupies=tuple(channel.occupies for channel in scenario.channels.values()),
        deferrable=tuple(not channel.live for channel in scenario.channels.values()),
        unlimited=tuple(team.agents == "unlimited" for team in scenario.teams.values()),
    )
