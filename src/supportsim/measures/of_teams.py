"""Measures of teams, and of the whole desk: who works, how much, and what that costs."""

from __future__ import annotations

import numpy as np

from supportsim.measures.labour import labour_cost
from supportsim.measures.measure import (
    Measure,
    Needs,
    all_of,
    average,
    mean,
    per_day,
    teams_say,
)
from supportsim.measures.scopes import Observation, Scope
from supportsim.tables import Floats
from supportsim.units import YEAR

_AGENTS = "the team's agents"
_PEOPLE = "the people whom the team employs"
_PAID = "the team's paid time"
_POSITIONS = "the team's positions"


def _on_duty(scope: Scope, _: float) -> Observation:
    begin, end = scope.facts.window
    minutes = scope.of_teams(scope.facts.on_duty)
    return Observation(minutes / (end - begin) * scope.days, scope.days)


def _occupancy(scope: Scope, _: float) -> Observation:
    on_time, _over = scope.facts.worked
    return Observation(scope.of_teams(on_time), scope.of_teams(scope.facts.on_duty))


def _overtime(scope: Scope, _: float) -> Observation:
    _on_time, over = scope.facts.worked
    return per_day(scope.of_teams(over), scope)


def _headcount(scope: Scope, _: float) -> Observation:
    return average(scope.facts.staff.headcount(scope.teams, scope.edges), scope)


def _vacancies(scope: Scope, _: float) -> Observation:
    return average(scope.facts.staff.vacant(scope.teams, scope.edges), scope)


def _capacity(scope: Scope, _: float) -> Observation:
    return average(scope.facts.staff.capacity(scope.teams, scope.edges), scope)


def _turnover(scope: Scope, _: float) -> Observation:
    begin, end = scope.facts.window
    headcount = float(scope.facts.staff.headcount(scope.teams, scope.edges)[0])
    leavers = scope.of_teams(scope.facts.staff.leavers(scope.facts.window))
    return Observation(leavers, headcount * (end - begin) / YEAR)


def _time_to_fill(scope: Scope, _: float) -> Observation:
    return mean(scope.facts.staff.gaps(scope.teams, scope.facts.window))


def _shrinkage(scope: Scope, _: float) -> Observation:
    paid, duty = scope.facts.staff.paid(scope.facts.window)
    return Observation(scope.of_teams(paid - duty), scope.of_teams(paid))


def _paid_hours(scope: Scope, _: float) -> Observation:
    paid, _duty = scope.facts.staff.paid(scope.facts.window)
    return per_day(scope.of_teams(paid) / 60, scope)


def _labour_cost(scope: Scope, _: float) -> Observation:
    return per_day(labour_cost(scope.facts, scope.team), scope)


def _replacing(scope: Scope) -> Floats:
    """Return what it costs to replace those who left each team in the window."""
    turnovers = [team.turnover for team in scope.scenario.teams.values()]
    replaces = [one if one and one.hiring != "freeze" else None for one in turnovers]
    each = np.array([one.cost_per_leaver if one else 0.0 for one in replaces])
    cost: Floats = scope.facts.staff.leavers(scope.facts.window) * each
    return cost


def _labour_cost_per_ticket(scope: Scope, _: float) -> Observation:
    cost = labour_cost(scope.facts) + scope.of_teams(_replacing(scope))
    return Observation(cost, float(np.count_nonzero(scope.resolved)))


_HAS_AGENTS: Needs = teams_say(lambda t: t.agents != "unlimited", "agents, other than unlimited")
_HAS_COSTS: Needs = teams_say(lambda t: t.cost_per_hour, "cost_per_hour")
_CHANGES: Needs = teams_say(lambda t: t.turnover or t.hires, "turnover or hires")
_TURNOVER: Needs = teams_say(lambda t: t.turnover, "turnover")
_REPLACES: Needs = teams_say(
    lambda t: t.turnover and t.turnover.hiring != "freeze", "turnover with hiring"
)
_SHRINKS: Needs = teams_say(
    lambda t: (
        t.breaks
        or t.holidays
        or t.absence.planned
        or t.absence.unplanned
        or ((t.turnover or t.hires) and t.onboarding.training)
    ),
    "breaks, holidays, absence, or training of new agents",
)

OF_TEAMS: tuple[Measure, ...] = (
    Measure(
        "headcount_on_duty",
        "team",
        "agents on duty",
        "agents",
        _AGENTS,
        "calendar",
        "∫ agents on duty dt / length of the window",
        _on_duty,
        "time average",
        needs=_HAS_AGENTS,
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
        needs=_HAS_AGENTS,
    ),
    Measure(
        "overtime",
        "team",
        "work after the end of duty",
        "min per day",
        _AGENTS,
        "calendar",
        "Σ agent minutes of work off duty, weighted by what a contact occupies / days of the "
        "window",
        _overtime,
        needs=_HAS_AGENTS,
    ),
    Measure(
        "headcount",
        "team",
        "people employed",
        "agents",
        _PEOPLE,
        "calendar",
        "∫ people employed dt / length of the window",
        _headcount,
        "time average",
        needs=_CHANGES,
    ),
    Measure(
        "vacancies",
        "team",
        "positions vacant",
        "positions",
        _POSITIONS,
        "calendar",
        "∫ positions whose holder has left and whose successor has not begun dt / length of the "
        "window",
        _vacancies,
        "time average",
        needs=_TURNOVER,
    ),
    Measure(
        "effective_capacity",
        "team",
        "trained agents, weighted by their speed",
        "agents",
        _PEOPLE,
        "calendar",
        "∫ Σ speed of the people employed whose training is over dt / length of the window",
        _capacity,
        "time average",
        needs=_CHANGES,
    ),
    Measure(
        "agent_turnover",
        "team",
        "agents who leave in a year",
        "share",
        _PEOPLE,
        "calendar",
        "people who left in the window / (mean headcount × length of the window in years)",
        _turnover,
        needs=_TURNOVER,
    ),
    Measure(
        "time_to_fill",
        "team",
        "time until a vacant position is filled",
        "min",
        "positions left in the window, but those that are never filled",
        "calendar",
        "Σ (successor's first day − leaving, at least 0) / positions",
        _time_to_fill,
        needs=_REPLACES,
    ),
    Measure(
        "shrinkage",
        "team",
        "paid time off duty",
        "share",
        _PAID,
        "agent",
        "1 − minutes of duty / paid minutes",
        _shrinkage,
        needs=_SHRINKS,
    ),
    Measure(
        "paid_hours",
        "team",
        "hours paid",
        "hours per day",
        _PAID,
        "calendar",
        "Σ hours paid as planned, duty and shrinkage alike, overtime apart / days of the window",
        _paid_hours,
        needs=_HAS_AGENTS,
    ),
    Measure(
        "labour_cost",
        "team",
        "cost of the time paid, overtime included",
        "currency per day",
        "the team's paid time, and work beyond it; for a team without limit its work",
        "calendar",
        "(hours paid as planned + hours in which agents worked besides, however many contacts at "
        "once) × cost of an hour / days of the window; for a team without limit Σ hours of work × "
        "share of an agent taken × cost of an hour / days of the window",
        _labour_cost,
        needs=_HAS_COSTS,
    ),
    Measure(
        "turnover_cost",
        "team",
        "cost of replacing those who leave",
        "currency per day",
        _PEOPLE,
        "calendar",
        "people who left in the window × cost of replacing one / days of the window; 0 for a team "
        'with hiring = "freeze", which replaces nobody',
        lambda scope, _: per_day(scope.of_teams(_replacing(scope)), scope),
        needs=teams_say(
            lambda t: t.turnover and t.turnover.cost_per_leaver, "turnover.cost_per_leaver"
        ),
    ),
    Measure(
        "labour_cost_per_ticket",
        "desk",
        "cost of the desk for a resolved ticket",
        "currency",
        "all paid time and work in the window, and tickets that arrived in it",
        "calendar",
        "(cost of the time paid, overtime and teams without limit included + cost of replacing "
        "those who leave) / resolved tickets",
        _labour_cost_per_ticket,
        needs=all_of(_HAS_AGENTS, _HAS_COSTS),
    ),
)
