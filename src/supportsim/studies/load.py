"""The work that arrives, against the work that can be done."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from supportsim.scenario import Channel, Scenario, Team
from supportsim.scenario.calendar import weekly_spans


@dataclass(frozen=True)
class Load:
    """The offered load of teams and channels that depend on each other.

    Attributes
    ----------
    channels, teams
        Their names.
    utilisation
        Agent minutes of work that arrive, over agent minutes of duty; above 1 the backlog grows
        until customers give up.
    """

    channels: tuple[str, ...]
    teams: tuple[str, ...]
    utilisation: float


def contacts_per_ticket(channel: Channel) -> float:
    """Return the expected contacts of a ticket whose customer does not give up.

    A first or transferred contact is passed on with probability q. Otherwise, as after any other
    contact, another one follows with probability c: a reply, or a resolution that is reopened.
    """
    q = channel.transfers.probability if channel.transfers else 0.0
    p = channel.replies.probability if channel.replies else 0.0
    reopened = channel.reopening.probability if channel.reopening else 0.0
    c = p + (1 - p) * channel.resolution * reopened
    return (1 + (1 - q) * c / (1 - c)) / (1 - q)


def offered_loads(scenario: Scenario) -> tuple[Load, ...]:
    """Return the offered load of each group of teams and channels that share work.

    A group's channels are looked at in every combination, against the teams that serve any of
    them, and the highest utilisation counts: a channel may be too much for the only team that
    serves it, although others of the group are idle. Groups of more than 12 channels are looked at
    channel by channel and as a whole.
    """
    demand = {name: _minutes_asked(channel) for name, channel in scenario.channels.items()}
    supply = {name: _minutes_worked(team) for name, team in scenario.teams.items()}
    loads = []
    for group in _groups(scenario):
        channels = [name for name in scenario.channels if name in group]
        sizes = range(1, len(channels) + 1) if len(channels) <= 12 else (1, len(channels))
        found = []
        for chosen in (chosen for size in sizes for chosen in combinations(channels, size)):
            teams = [n for n, t in scenario.teams.items() if not set(chosen).isdisjoint(t.serves)]
            asked = math.fsum(demand[name] for name in chosen)
            worked = math.fsum(supply[name] for name in teams)
            if math.isfinite(worked):
                found.append(Load(chosen, tuple(teams), asked / worked if worked else math.inf))
        if found:
            loads.append(max(found, key=lambda load: (load.utilisation, len(load.channels))))
    return tuple(loads)


def _minutes_worked(team: Team) -> float:
    """Return the minutes at normal speed that a team is on duty in a week."""
    if team.agents == "unlimited":
        return math.inf
    return team.agents * team.speed * float(np.diff(weekly_spans(team.shifts)).sum())


def _minutes_asked(channel: Channel) -> float:
    """Return the agent minutes that a channel's tickets ask for in a week."""
    handling = channel.work.average + channel.wrap_up.average
    tickets = 7 * channel.arrivals.per_day
    at_once = math.floor((1 + 1e-9) / channel.occupies)
    return tickets * contacts_per_ticket(channel) * handling / at_once


def _groups(scenario: Scenario) -> list[set[str]]:
    """Return the channels in groups such that no team serves channels of two groups."""
    groups = [{name} for name in scenario.channels]
    for team in scenario.teams.values():
        touched = [group for group in groups if group & set(team.serves)]
        groups = [group for group in groups if group not in touched]
        groups.append(set().union(*touched))
    return groups
