"""The measures: each declares in one place what it is, of whom, on which clock, and how it is made.

A measure takes the facts of one replication and returns an `Observation`: a numerator and a
denominator, so that replications can be put together as a ratio of expectations, or the sample of
which a quantile is wanted. `supportsim measures` prints this registry.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from supportsim.measures.facts import time_average
from supportsim.measures.scopes import Observation, Scope
from supportsim.tables import Flags, Floats
from supportsim.units import DAY

Clock = Literal["calendar", "business hours", "agent", "none"]
Estimator = Literal["ratio", "time average", "quantile"]


Observe = Callable[[Scope, float], Observation]


@dataclass(frozen=True)
class Measure:
    """One measure.

    Attributes
    ----------
    name
        Last part of its id; `{time}` stands for a duration, as in `answered_within_24h`.
    owner
        What it is measured for: a channel (or all of them together) or a team.
    title, unit, population, clock, formula
        What it is, in which unit, of whom, on which clock, and how, in words.
    observe
        From a scope (and the duration in its name) to an observation.
    estimator
        How replications are put together: a ratio of expectations, an average of time averages
        (a ratio whose denominator is the window), or a quantile.
    level
        A quantile's level.
    """

    name: str
    owner: Literal["channel", "team"]
    title: str
    unit: str
    population: str
    clock: Clock
    formula: str
    observe: Observe
    estimator: Estimator = "ratio"
    level: float = np.nan

    def __reduce__(self) -> tuple[Callable[..., Measure], tuple[str, str]]:
        # Functions without a name cannot be pickled; the registry has them.
        return _from_registry, (self.name, self.title)


def _from_registry(name: str, title: str) -> Measure:
    return replace(next(m for m in MEASURES if m.name == name), title=title)


def _share(flags: Flags) -> Observation:
    return Observation(float(np.count_nonzero(flags)), float(len(flags)))


def _mean(values: Floats) -> Observation:
    known = values[~np.isnan(values)]
    return Observation(float(known.sum()), float(len(known)))


def _sample(values: Floats) -> Observation:
    return Observation(np.nan, np.nan, values)


def _arrivals(scope: Scope, _: float) -> Observation:
    return Observation(float(len(scope.tickets)), scope.days)


def _within(scope: Scope, time: float) -> Observation:
    return Observation(float(np.count_nonzero(scope.response <= time)), float(len(scope.tickets)))


def _in_business_hours(scope: Scope, _: float) -> Observation:
    return _share(scope.facts.clock.at(scope.tickets.opened) > 0)


def _first_contact_resolution(scope: Scope, _: float) -> Observation:
    tickets = scope.tickets
    once = (tickets.contacts == 1) & (tickets.transfers + tickets.replies + tickets.reopenings == 0)
    return _share((once & ~np.isnan(tickets.resolved))[~np.isnan(tickets.answered)])


def _transfers(scope: Scope, _: float) -> Observation:
    resolved = ~np.isnan(scope.tickets.resolved)
    return _mean(scope.tickets.transfers[resolved].astype(np.float64))


def _wait(scope: Scope, _: float) -> Observation:
    log = scope.facts.log
    return _mean((log.start - log.ready)[scope.served])


def _backlog(scope: Scope, *, awaiting: bool) -> Observation:
    begin, end = scope.facts.window
    up, down = scope.facts.spells(scope.queue, awaiting=awaiting)
    average = time_average(up, down, np.array([begin, end]))
    return Observation(float(average[0]) * scope.days, scope.days)


def _team(scope: Scope) -> tuple[int, float, float]:
    assert scope.team is not None
    return scope.team, *scope.facts.window


def _on_duty(scope: Scope, _: float) -> Observation:
    team, begin, end = _team(scope)
    return Observation(scope.facts.duty_minutes(team, begin, end) / DAY, scope.days)


def _occupancy(scope: Scope, _: float) -> Observation:
    team, begin, end = _team(scope)
    worked, _over = scope.facts.worked_minutes(team, begin, end)
    return Observation(worked, scope.facts.duty_minutes(team, begin, end))


def _overtime(scope: Scope, _: float) -> Observation:
    _worked, over = scope.facts.worked_minutes(*_team(scope))
    return Observation(over, scope.days)


_TICKETS = "tickets that arrived in the window"
_ANSWERED = "those of them with a first response"
_CONTACTS = "served contacts of tickets that arrived in the window"

MEASURES: tuple[Measure, ...] = (
    Measure(
        "arrivals_per_day",
        "channel",
        "tickets arriving",
        "per day",
        _TICKETS,
        "calendar",
        "tickets / days of the window",
        _arrivals,
    ),
    Measure(
        "business_hours_share",
        "channel",
        "arrivals in business hours",
        "share",
        _TICKETS,
        "calendar",
        "tickets that arrived in business hours / tickets",
        _in_business_hours,
    ),
    Measure(
        "answered_within_{time}",
        "channel",
        "answered within {time}",
        "share",
        _TICKETS,
        "calendar",
        "tickets whose first response came within the time / tickets",
        lambda scope, time: _within(scope, time),
    ),
    Measure(
        "first_response_time",
        "channel",
        "time to first response, mean",
        "min",
        _ANSWERED,
        "calendar",
        "Σ (first response − arrival) / tickets with a first response",
        lambda scope, _: _mean(scope.response),
    ),
    Measure(
        "first_response_time_median",
        "channel",
        "time to first response, median",
        "min",
        _ANSWERED,
        "calendar",
        "median of first response − arrival",
        lambda scope, _: _sample(scope.response),
        "quantile",
        0.5,
    ),
    Measure(
        "first_response_time_p90",
        "channel",
        "time to first response, 90th percentile",
        "min",
        _ANSWERED,
        "calendar",
        "90th percentile of first response − arrival",
        lambda scope, _: _sample(scope.response),
        "quantile",
        0.9,
    ),
    Measure(
        "first_response_time_business",
        "channel",
        "time to first response, mean",
        "min",
        _ANSWERED,
        "business hours",
        "Σ business minutes from arrival to first response / tickets with one",
        lambda scope, _: _mean(scope.business_response),
    ),
    Measure(
        "first_response_time_business_median",
        "channel",
        "time to first response, median",
        "min",
        _ANSWERED,
        "business hours",
        "median of business minutes from arrival to first response",
        lambda scope, _: _sample(scope.business_response),
        "quantile",
        0.5,
    ),
    Measure(
        "first_response_time_business_p90",
        "channel",
        "time to first response, 90th percentile",
        "min",
        _ANSWERED,
        "business hours",
        "90th percentile of business minutes from arrival to first response",
        lambda scope, _: _sample(scope.business_response),
        "quantile",
        0.9,
    ),
    Measure(
        "response_rate",
        "channel",
        "tickets with a first response",
        "share",
        _TICKETS,
        "none",
        "tickets with a first response / tickets",
        lambda scope, _: _share(~np.isnan(scope.tickets.answered)),
    ),
    Measure(
        "abandonment",
        "channel",
        "tickets given up before a response",
        "share",
        _TICKETS,
        "none",
        "tickets whose customer gave up before a first response / tickets",
        lambda scope, _: _share(scope.tickets.abandoned),
    ),
    Measure(
        "resolution_time",
        "channel",
        "time from arrival to resolution, mean",
        "min",
        "those of them that were resolved",
        "calendar",
        "Σ (last resolution − arrival) / resolved tickets",
        lambda scope, _: _mean(scope.tickets.resolved - scope.tickets.opened),
    ),
    Measure(
        "resolution_rate",
        "channel",
        "tickets resolved",
        "share",
        _TICKETS,
        "none",
        "resolved tickets / tickets",
        lambda scope, _: _share(~np.isnan(scope.tickets.resolved)),
    ),
    Measure(
        "first_contact_resolution",
        "channel",
        "resolved by the first contact",
        "share",
        _ANSWERED,
        "none",
        "tickets resolved by their only contact / tickets with a first response",
        _first_contact_resolution,
    ),
    Measure(
        "transfers",
        "channel",
        "transfers before resolution",
        "per ticket",
        "those of them that were resolved",
        "none",
        "transferred contacts / resolved tickets",
        _transfers,
    ),
    Measure(
        "wait",
        "channel",
        "wait of a contact in its queue, mean",
        "min",
        _CONTACTS,
        "calendar",
        "Σ (start − ready) / served contacts",
        _wait,
    ),
    Measure(
        "handling_time",
        "channel",
        "agent time on a contact, mean",
        "min",
        _CONTACTS,
        "agent",
        "Σ agent minutes of work and wrap-up / served contacts",
        lambda scope, _: _mean(scope.facts.handled[scope.served]),
    ),
    Measure(
        "wrap_up",
        "channel",
        "agent time after the answer, mean",
        "min",
        _CONTACTS,
        "agent",
        "Σ agent minutes after the customer's release / served contacts",
        lambda scope, _: _mean(scope.facts.wrapped_up[scope.served]),
    ),
    Measure(
        "cost_per_contact",
        "channel",
        "cost of handling a contact",
        "currency",
        _CONTACTS,
        "agent",
        "Σ agent minutes × share of an agent taken × cost of a minute / served contacts",
        lambda scope, _: _mean(scope.facts.cost[scope.served]),
    ),
    Measure(
        "backlog_open",
        "channel",
        "open tickets",
        "tickets",
        "all tickets",
        "calendar",
        "∫ tickets neither resolved nor given up dt / length of the window",
        lambda scope, _: _backlog(scope, awaiting=False),
        "time average",
    ),
    Measure(
        "backlog_awaiting",
        "channel",
        "tickets awaiting a first response",
        "tickets",
        "all tickets",
        "calendar",
        "∫ tickets neither answered nor given up dt / length of the window",
        lambda scope, _: _backlog(scope, awaiting=True),
        "time average",
    ),
    Measure(
        "headcount_on_duty",
        "team",
        "agents on duty",
        "agents",
        "the team's agents",
        "calendar",
        "∫ agents on duty dt / length of the window",
        _on_duty,
        "time average",
    ),
    Measure(
        "occupancy",
        "team",
        "share of duty spent on contacts",
        "share",
        "the team's duty",
        "agent",
        "Σ agent minutes of work on duty, weighted by what a contact occupies / minutes of duty",
        _occupancy,
    ),
    Measure(
        "overtime",
        "team",
        "work after the end of duty",
        "min per day",
        "the team's agents",
        "calendar",
        "Σ agent minutes of work off duty / days of the window",
        _overtime,
    ),
)
