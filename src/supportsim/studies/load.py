"""The work that arrives, against the work that can be done."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from supportsim.sampling import draw_staff, routing
from supportsim.sampling.routing import opening_hours
from supportsim.scenario import Channel, Scenario
from supportsim.scenario.calendar import arrival_rate, mean_per_week
from supportsim.scenario.flows import (
    contacts_of_conversation,
    conversations_per_ticket,
    deflected,
    messages_left,
)
from supportsim.tables import Floats
from supportsim.units import WEEK


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


def expected_contacts(scenario: Scenario) -> dict[str, float]:
    """Return about how many contacts a replication has in each channel, needed or not.

    Every way that a ticket may take counts: redials, switches to other channels, messages left.
    """
    channels = list(scenario.channels.values())
    weeks = scenario.run.horizon / WEEK
    tickets = _tickets(scenario) * weeks
    there = np.array([channel.backlog.size if channel.backlog else 0 for channel in channels])
    onward = conversations_per_ticket(scenario)
    switched = (tickets + there) @ onward @ _switches(scenario)
    messages = (tickets @ onward * _closed_shares(scenario)) @ messages_left(scenario)
    conversations = (tickets + there + switched + messages) @ onward
    contacts = {}
    for (name, channel), count in zip(scenario.channels.items(), conversations, strict=True):
        attempts = 1.0
        if channel.redial:
            chances = channel.redial.probability ** np.arange(1, channel.redial.at_most + 1)
            attempts += float(chances.sum())
        in_all, _ = contacts_of_conversation(channel)
        contacts[name] = float(count) * (in_all - 1 + attempts)
    return contacts


def offered_loads(scenario: Scenario) -> tuple[Load, ...]:
    """Return the offered load of each group of teams and channels that share work.

    A group's channels are looked at in every combination, against the teams that serve any of
    them, and the highest utilisation counts: a channel may be too much for the only team that
    serves it, although others of the group are idle. Groups of more than 12 channels are looked at
    channel by channel and as a whole. Nobody is taken to give up or to find the lines busy, and
    agents are on duty as in the first replication.
    """
    routes = routing(scenario)
    demand = _minutes_asked(scenario, routes.channel)
    supply = _minutes_worked(scenario)
    names = list(scenario.channels)
    loads = []
    for group in _groups(routes.serves, len(routes.channel)):
        sizes = range(1, len(group) + 1) if len(group) <= 12 else (1, len(group))
        found = []
        for chosen in (chosen for size in sizes for chosen in combinations(group, size)):
            teams = [
                t for t, queues in enumerate(routes.serves) if not set(chosen).isdisjoint(queues)
            ]
            asked = math.fsum(demand[queue] for queue in chosen)
            worked = math.fsum(supply[team] for team in teams)
            if math.isfinite(worked):
                channels = dict.fromkeys(names[routes.channel[queue]] for queue in chosen)
                of_teams = tuple(name for t, name in enumerate(scenario.teams) if t in teams)
                found.append(
                    Load(tuple(channels), of_teams, asked / worked if worked else math.inf)
                )
        if found:
            loads.append(max(found, key=lambda load: (load.utilisation, len(load.channels))))
    return tuple(loads)


def _tickets(scenario: Scenario) -> Floats:
    """Return the expected tickets a week of each channel, those that self-service leaves over."""
    return np.array(
        [
            mean_per_week(scenario, channel.arrivals) * (1 - deflected(scenario, name))
            for name, channel in scenario.channels.items()
        ]
    )


def _conversations(scenario: Scenario) -> Floats:
    """Return the expected conversations a week in each channel.

    Tickets that find their channel closed have none there, but in the channel to which a message
    goes. Messages and escalations are taken to find it open.
    """
    tickets = _tickets(scenario)
    closed = tickets * _closed_shares(scenario)
    begun = tickets - closed + closed @ messages_left(scenario)
    conversations: Floats = begun @ conversations_per_ticket(scenario)
    return conversations


def _switches(scenario: Scenario) -> Floats:
    """Return the chance that a customer of the row's channel would switch to the column's."""
    names = list(scenario.channels)
    would = np.zeros((len(names), len(names)))
    for row, channel in enumerate(scenario.channels.values()):
        if channel.switching:
            would[row, names.index(channel.switching.to)] = channel.switching.probability
    return would


def _closed_shares(scenario: Scenario) -> Floats:
    """Return the share of each channel's tickets that find it closed and do not wait."""
    return np.array([_closed(scenario, channel) for channel in scenario.channels.values()])


def _closed(scenario: Scenario, channel: Channel) -> float:
    rate = arrival_rate(scenario, channel.arrivals)
    if channel.opening is None or channel.opening.outside == "wait" or not rate.total:
        return 0.0
    spans = opening_hours(scenario, channel.opening.hours)
    let_in = np.sum(rate.cumulative(spans[:, 1]) - rate.cumulative(spans[:, 0]))
    return float(np.clip(1 - let_in / rate.total, 0, 1))


def _minutes_worked(scenario: Scenario) -> list[float]:
    """Return the minutes at normal speed that each team is on duty in a week."""
    horizon = scenario.run.horizon
    roster = draw_staff(scenario, 0).roster
    minutes = np.clip(roster.off, 0, horizon) - np.clip(roster.on, 0, horizon)
    totals = np.bincount(roster.team, weights=minutes * roster.speed, minlength=len(scenario.teams))
    return [
        math.inf if team.agents == "unlimited" else float(total) * WEEK / horizon
        for team, total in zip(scenario.teams.values(), totals, strict=True)
    ]


def _minutes_asked(scenario: Scenario, channel_of: tuple[int, ...]) -> list[float]:
    """Return the agent minutes that each queue asks for in a week.

    A conversation that was transferred to a second tier stays there.
    """
    channels = list(scenario.channels.values())
    conversations = _conversations(scenario)
    contacts = contacts_by_queue(scenario, channel_of)
    return [
        float(conversations[number]) * contacts[queue] * handling(channels[number])
        for queue, number in enumerate(channel_of)
    ]


def contacts_by_queue(scenario: Scenario, channel_of: tuple[int, ...]) -> list[float]:
    """Return the expected contacts in each queue of a conversation in the queue's channel.

    Parameters
    ----------
    channel_of
        The channel of each queue: the channels themselves first, and then their second tiers.
    """
    channels = list(scenario.channels.values())
    found = []
    for queue, number in enumerate(channel_of):
        channel = channels[number]
        contacts, moved = contacts_of_conversation(channel)
        if number in channel_of[len(channels) :]:
            assert channel.transfers is not None
            in_tier = moved + channel.transfers.probability * (contacts - 1 - moved)
            contacts = in_tier if queue >= len(channels) else contacts - in_tier
        found.append(contacts)
    return found


def handling(channel: Channel) -> float:
    """Return the agent minutes of a contact, with as many of them at once as an agent can hold."""
    work = channel.work.average
    if channel.tools:
        work *= 1 + channel.tools.slowed * (channel.tools.slowdown - 1)
    return (work + channel.wrap_up.average) / at_once(channel)


def at_once(channel: Channel) -> int:
    """Return how many contacts of a channel an agent can hold at once."""
    return math.floor((1 + 1e-9) / channel.occupies)


def _groups(serves: tuple[tuple[int, ...], ...], queues: int) -> list[list[int]]:
    """Return the queues in groups such that no team serves queues of two groups."""
    groups = [{queue} for queue in range(queues)]
    for served in serves:
        touched = [group for group in groups if group & set(served)]
        groups = [group for group in groups if group not in touched]
        groups.append(set().union(*touched))
    return [sorted(group) for group in groups if group]
