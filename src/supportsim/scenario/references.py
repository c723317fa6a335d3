"""What must hold between the parts of a scenario: names lead somewhere, tickets come to an end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse.csgraph import connected_components

from supportsim.errors import ScenarioError, choices, quoted
from supportsim.scenario.calendar import arrival_rate
from supportsim.scenario.flows import FOR_EVER, messages_left, passed_on

if TYPE_CHECKING:
    from supportsim.scenario.channel import Channel
    from supportsim.scenario.model import Scenario
    from supportsim.tables import Floats

RESERVED = ("all", "team")


def check_references(scenario: Scenario) -> None:
    """Refuse names that lead nowhere, tickets that never end, and desks where nobody is on duty.

    Raises
    ------
    ScenarioError
        With the key, what is wrong and what would be right; the file is for the caller to add.
    """
    for name in RESERVED:
        if name in scenario.channels:
            reason = f"a channel cannot be named {quoted(name)}: measures are named so"
            raise ScenarioError(reason, key=f"channels.{name}")
    _check_teams(scenario)
    for name, channel in scenario.channels.items():
        _check_channel(scenario, name, channel)
    if scenario.self_service:
        for name in scenario.self_service.channels:
            _check_channel_exists(scenario, name, "self_service.channels")
    _check_tickets_end(scenario)


def _check_teams(scenario: Scenario) -> None:
    tiers = {c.transfers.to_team for c in scenario.channels.values() if c.transfers}
    for name, team in scenario.teams.items():
        if name == "all":
            reason = 'a team cannot be named "all": measures of all teams are named so'
            raise ScenarioError(reason, key="teams.all")
        for channel in team.serves:
            _check_channel_exists(scenario, channel, f"teams.{name}.serves")
        if not team.serves and name not in tiers:
            reason = "has to name at least 1 channel, as nobody transfers to this team"
            raise ScenarioError(reason, key=f"teams.{name}.serves")


def _check_channel(scenario: Scenario, name: str, channel: Channel) -> None:
    key = f"channels.{name}"
    for below, other in _channels_named(channel):
        _check_channel_exists(scenario, other, f"{key}.{below}")
        if other == name:
            reason = "leads back to the same channel"
            hint = "use transfers" if below.startswith("escalation") else ""
            raise ScenarioError(reason, key=f"{key}.{below}", hint=hint)
    if channel.arrivals.on_holidays != 1 and scenario.calendar.holidays is None:
        reason = "there are no holidays"
        hint = 'give calendar.holidays, as in { country = "DE" }'
        raise ScenarioError(reason, key=f"{key}.arrivals.on_holidays", hint=hint)
    to_team = channel.transfers.to_team if channel.transfers else None
    if to_team is not None:
        if to_team not in scenario.teams:
            reason = f"there is no team {quoted(to_team)}"
            hint = choices(to_team, scenario.teams)
            raise ScenarioError(reason, key=f"{key}.transfers.to_team", hint=hint)
        if _is_empty(scenario, to_team):
            reason = f"the team {quoted(to_team)} has no agents: nobody would take the transfers"
            raise ScenarioError(reason, key=f"{key}.transfers.to_team")
    teams = [team for team, one in scenario.teams.items() if name in one.serves]
    if not teams:
        hint = f'add "{name}" to the serves of a team ({", ".join(scenario.teams)})'
        raise ScenarioError("no team serves this channel", key=key, hint=hint)
    if all(_is_empty(scenario, team) for team in teams):
        reason = f"the roster is empty: nobody would ever serve the channel {quoted(name)}"
        hint = "give the team at least 1 agent"
        raise ScenarioError(reason, key=f"teams.{teams[0]}.agents", hint=hint)
    try:
        arrival_rate(scenario, channel.arrivals)
    except ValueError as error:
        share = channel.arrivals.business_hours_share is not None
        below = "arrivals.business_hours_share" if share else "arrivals"
        raise ScenarioError(str(error), key=f"{key}.{below}") from error


def _channels_named(channel: Channel) -> Iterator[tuple[str, str]]:
    """Yield the keys of a channel that name another one, and the name."""
    several = len(channel.escalation) > 1
    for number, way in enumerate(channel.escalation):
        yield f"escalation.{number}.to" if several else "escalation.to", way.to
    if channel.switching:
        yield "switching.to", channel.switching.to
    if channel.opening and channel.opening.voicemail_to is not None:
        yield "opening.voicemail_to", channel.opening.voicemail_to


def _check_channel_exists(scenario: Scenario, name: str, key: str) -> None:
    if name not in scenario.channels:
        hint = choices(name, scenario.channels)
        raise ScenarioError(f"there is no channel {quoted(name)}", key=key, hint=hint)


def _is_empty(scenario: Scenario, team: str) -> bool:
    one = scenario.teams[team]
    return one.agents != "unlimited" and not one.size and not one.hires


def _check_tickets_end(scenario: Scenario) -> None:
    """Refuse tickets that go from channel to channel for ever."""
    names = list(scenario.channels)
    # A customer who finds a channel closed leaves a message; at worst all of them do.
    messages, escalations = messages_left(scenario), passed_on(scenario)
    for onward, what, key in (
        (messages, "messages would go round for ever", "opening.voicemail_to"),
        (escalations, "tickets would escalate for ever", "escalation.probability"),
        (
            np.maximum(messages, escalations),
            "tickets would go round for ever, as escalations to a closed channel and as messages",
            "escalation.probability",
        ),
    ):
        ring = _endless_ring(onward)
        if ring:
            loop = [names[number] for number in ring]
            escalates = key.startswith("escalation")
            at = next(n for n in loop if not escalates or scenario.channels[n].escalation)
            hint = "lower one of the probabilities" if escalates else ""
            reason = f"{what}: {' to '.join(loop)}"
            raise ScenarioError(reason, key=f"channels.{at}.{key}", hint=hint)


def _endless_ring(onward: Floats) -> list[int]:
    """Return a way from channel to channel that ends where it began and is not left; or nothing.

    Parameters
    ----------
    onward : float64, shape (channels, channels)
        The chance of going on from the row's channel to the column's.
    """
    count, part_of = connected_components(onward > 0, connection="strong")
    for part in range(count):
        inside = np.flatnonzero(part_of == part)
        among = onward[np.ix_(inside, inside)]
        if float(np.max(np.abs(np.linalg.eigvals(among)))) < FOR_EVER:
            continue
        at, path = 0, list[int]()
        while at not in path:
            path.append(at)
            at = int(np.argmax(among[at]))
        return [int(inside[number]) for number in (*path[path.index(at) :], at)]
    return []
