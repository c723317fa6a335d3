"""Measures of contacts: getting through to an agent, and what the agent's work costs."""

from __future__ import annotations

import numpy as np

from supportsim.errors import quoted
from supportsim.measures.measure import Measure, channels_say, mean, share_of
from supportsim.measures.of_tickets import TICKETS
from supportsim.measures.scopes import ALL, Observation, Scope, channels_of
from supportsim.measures.timing import ROUNDING
from supportsim.scenario import Scenario
from supportsim.tables import Outcome

_SERVED = "served contacts in the channel, of tickets that arrived in the window"
_KNOCKED = (
    "customers' attempts to reach the channel (first, repeated, escalated or from another one), "
    "for tickets that arrived in the window"
)
_OFFERED = "those of customers' attempts to reach the channel that were let into the queue"


def _service_level(scope: Scope, time: float, *, lenient: bool) -> Observation:
    answered = np.count_nonzero(scope.waits <= time + ROUNDING)
    short = np.count_nonzero(scope.waits_in_vain <= time + ROUNDING)
    if lenient:
        return Observation(float(answered + short), float(len(scope.waits)))
    return Observation(float(answered), float(len(scope.waits) - short))


def _ended(scope: Scope, outcome: Outcome, *, of_offered: bool = False) -> Observation:
    whole = scope.offered if of_offered else scope.knocked
    return share_of(scope.facts.log.outcome == outcome, whole)


def _escalated(scope: Scope, to: float) -> Observation:
    ended, onward = scope.facts.passed_on
    return share_of(onward == int(to), ended & scope.contacts)


def _names_the_channel(scenario: Scenario, owner: str, detail: float) -> str:
    to = list(scenario.channels)[int(detail)]
    ways = [way for one in channels_of(scenario, owner).values() for way in one.escalation]
    if any(way.to == to for way in ways):
        return ""
    return f"channels.{'*' if owner == ALL else owner}.escalation to {quoted(to)}"


def _wait(scope: Scope, _: float) -> Observation:
    log = scope.facts.log
    return mean((log.start - log.ready)[scope.served])


def _cost_per_ticket(scope: Scope, _: float) -> Observation:
    return Observation(float(scope.tickets.cost.sum()), float(np.count_nonzero(scope.resolved)))


def _cost_per_minute(scope: Scope, _: float) -> Observation:
    return Observation(float(scope.tickets.cost.sum()), float(scope.tickets.taken.sum()))


def has_costs(scenario: Scenario, _owner: str, _detail: float) -> str:
    """Need what an hour of any agent costs."""
    some = any(team.cost_per_hour for team in scenario.teams.values())
    return "" if some else "teams.*.cost_per_hour"


OF_CONTACTS: tuple[Measure, ...] = (
    Measure(
        "service_level_{time}",
        "channel",
        "service level, {time}",
        "share",
        f"{_OFFERED}, but for those given up within the time",
        "calendar",
        "attempts that reached an agent within the time / (attempts − those given up within it)",
        lambda scope, time: _service_level(scope, time, lenient=False),
        details=lambda channel: channel.answer_targets,
        more_agents="raise",
    ),
    Measure(
        "service_level_lenient_{time}",
        "channel",
        "service level, {time}, short abandons met",
        "share",
        _OFFERED,
        "calendar",
        "attempts that reached an agent, or were given up, within the time / attempts",
        lambda scope, time: _service_level(scope, time, lenient=True),
        details=lambda channel: channel.answer_targets,
        more_agents="raise",
    ),
    Measure(
        "abandonment_of_contacts",
        "channel",
        "attempts given up in the queue",
        "share",
        _OFFERED,
        "none",
        "attempts given up / attempts",
        lambda scope, _: _ended(scope, Outcome.ABANDONED, of_offered=True),
        needs=channels_say(lambda c: c.patience or c.switching, "patience or switching"),
        more_agents="lower",
    ),
    Measure(
        "blocked",
        "channel",
        "attempts that found the lines busy",
        "share",
        _KNOCKED,
        "none",
        "attempts rejected as busy / attempts",
        lambda scope, _: _ended(scope, Outcome.REJECTED),
        needs=channels_say(
            lambda c: c.lines is not None or c.places is not None, "lines or places"
        ),
    ),
    Measure(
        "turned_away",
        "channel",
        "attempts that found the channel closed",
        "share",
        _KNOCKED,
        "none",
        "attempts outside the opening hours / attempts",
        lambda scope, _: _ended(scope, Outcome.TURNED_AWAY),
        needs=channels_say(lambda c: c.opening and c.opening.outside != "wait", "opening.outside"),
    ),
    Measure(
        "escalated_to_{channel}",
        "channel",
        "conversations that go on by {channel}",
        "share",
        "conversations that came to their end in the channel, of tickets that arrived in the "
        "window",
        "none",
        "those that went on in the other channel / conversations: served contacts, but for "
        "replies, reopenings, and what was transferred or taken up once more",
        _escalated,
        needs=_names_the_channel,
        details=lambda channel: [way.to for way in channel.escalation],
    ),
    Measure(
        "wait",
        "channel",
        "wait of a contact in its queue, mean",
        "min",
        _SERVED,
        "calendar",
        "Σ (start − ready) / served contacts",
        _wait,
        more_agents="lower",
    ),
    Measure(
        "handling_time",
        "channel",
        "agent time on a contact, mean",
        "min",
        _SERVED,
        "agent",
        "Σ agent minutes of work and wrap-up / served contacts",
        lambda scope, _: mean(scope.facts.handled[scope.served]),
    ),
    Measure(
        "wrap_up",
        "channel",
        "agent time after the answer, mean",
        "min",
        _SERVED,
        "agent",
        "Σ agent minutes after the customer's release / served contacts",
        lambda scope, _: mean(scope.facts.wrapped_up[scope.served]),
    ),
    Measure(
        "cost_per_contact",
        "channel",
        "cost of handling a contact",
        "currency",
        _SERVED,
        "agent",
        "Σ agent minutes × share of an agent taken × cost of a minute / served contacts",
        lambda scope, _: mean(scope.facts.cost[scope.served]),
    ),
    Measure(
        "cost_per_ticket",
        "channel",
        "cost of handling a ticket until it is resolved",
        "currency",
        TICKETS,
        "agent",
        "Σ agent minutes of the tickets × share of an agent taken × cost of a minute / resolved "
        "tickets",
        _cost_per_ticket,
        needs=has_costs,
    ),
    Measure(
        "cost_per_minute",
        "channel",
        "cost of a minute of an agent's handling",
        "currency",
        TICKETS,
        "agent",
        "handling cost of the tickets / Σ their agent minutes × share of an agent taken",
        _cost_per_minute,
        needs=has_costs,
    ),
)
