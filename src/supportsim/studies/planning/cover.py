"""From the agents that are needed at each time of the week to the heads that cover them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from supportsim.sampling.shifts import lay_out, with_breaks
from supportsim.units import DAY, WEEK, YEAR

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from supportsim.scenario import Scenario, Team
    from supportsim.scenario.hours import Shift
    from supportsim.studies.planning.staffing import Position
    from supportsim.tables import Floats, Integers

_TURNS = 12
"""Agents with turns from the first to the last, of whose breaks a mean is taken."""
_SECONDS = 20.0
"""How long the cheapest cover is looked for; then the best one found has to do."""


def cover(
    required: Floats,
    presence: Floats,
    costs: Sequence[float] | Floats,
    capacity: tuple[Floats, float] | None = None,
    bounds: tuple[Floats, Floats] | None = None,
) -> Integers | None:
    """Return the cheapest whole numbers of heads who are present as much as is required.

    Minimise costs · heads, subject to presence · heads ≥ required: the set-covering model of
    shift scheduling (Dantzig 1954), solved by branch and bound.

    Parameters
    ----------
    required : shape (slots,)
        Agents needed in each slot.
    presence : shape (slots, shifts)
        How much of a slot a head of each shift is there.
    costs : shape (shifts,)
        Cost of a head of each shift, 0 or more.
    capacity
        Minutes that a head of each shift works, and the least sum of them; None for no such need.
    bounds
        The fewest and the most heads of each shift; 0 and any number if left out.

    Returns
    -------
    int32, shape (shifts,)
        None if no numbers within the bounds are enough.
    """
    rows = np.unique(np.column_stack([presence, required]), axis=0)
    matrix, least = rows[:, :-1], rows[:, -1]
    if capacity is not None:
        matrix = np.vstack([matrix, capacity[0]])
        least = np.append(least, capacity[1])
    count = presence.shape[1]
    low, high = bounds or (np.zeros(count), np.full(count, np.inf))
    found = milp(
        np.asarray(costs, dtype=np.float64),
        # A rounding error must not ask for another head.
        constraints=LinearConstraint(matrix, lb=least - 1e-9 * np.maximum(least, 1)),
        integrality=np.ones(count, dtype=np.int8),
        bounds=Bounds(low, high),
        options={"time_limit": _SECONDS, "mip_rel_gap": 0.0},
    )
    return None if found.x is None else np.rint(found.x).astype(np.int32)


def presence_of(
    scenario: Scenario, positions: Sequence[Position], slots: int
) -> tuple[Floats, Floats]:
    """Return how much heads of some positions are there in a week: as planned, and at work.

    Parameters
    ----------
    positions
        Positions of one team.
    slots
        Slots of a day.

    Returns
    -------
    planned : float64, shape (7 · slots, positions)
        The part of each slot that lies within the hours of the shift, breaks and all.
    present : float64, shape (7 · slots, positions)
        The same less breaks, and the mean absence and vacancies of the team. Who is on duty a part
        of every hour is taken to be there.
    """
    planned, present = [], []
    for position in positions:
        team = scenario.teams[position.team]
        shifts = [
            shift.model_copy(update={"each_hour": None})
            for shift in _shifts(team, position)
            if shift.date is None
        ]
        share = availability(team)
        planned.append(_by_slot(shifts, team, scenario.run.start, slots, breaks=False))
        present.append(_by_slot(shifts, team, scenario.run.start, slots, breaks=True) * share)
    return np.array(planned).T, np.array(present).T


def minutes_of(scenario: Scenario, position: Position) -> float:
    """Return the minutes a week that a head of a position is on duty, on average."""
    team = scenario.teams[position.team]
    shifts = [shift for shift in _shifts(team, position) if shift.date is None]
    by_day = _by_slot(shifts, team, scenario.run.start, 24, breaks=True)
    return float(by_day.sum()) * 60 * availability(team)


def availability(team: Team) -> float:
    """Return the mean share of a position's duty on which somebody is there.

    Less than 1 for leave, illness, part-time, and positions that stand empty until a successor
    has been found.
    """
    there = (1 - team.absence.planned) * (1 - team.absence.unplanned)
    if team.part_time:
        there *= 1 - team.part_time.share * (1 - team.part_time.hours)
    turnover = team.turnover
    if turnover and turnover.hiring == "replace" and turnover.per_year:
        empty = max(turnover.time_to_hire.average - turnover.notice, 0.0)
        empty += team.onboarding.training
        held = YEAR / turnover.per_year
        there *= held / (held + empty)
    return there


def _shifts(team: Team, position: Position) -> Sequence[Shift]:
    return team.shifts if position.shift is None else [team.shifts[position.shift]]


def _by_slot(
    shifts: Sequence[Shift], team: Team, start: dt.date, slots: int, *, breaks: bool
) -> Floats:
    """Return the share of each slot of the week for which an agent is on duty, on average."""
    if not shifts:
        return np.zeros(7 * slots)
    turns = np.linspace(0, 1, _TURNS) if breaks and team.breaks else np.zeros(1)
    # A week from a Monday on that is whole: the shifts of the day before it are laid out as well.
    monday = WEEK + (7 - start.weekday()) % 7 * DAY
    plan = lay_out(shifts, start, monday + WEEK)
    edges = monday + np.arange(7 * slots + 1) * (DAY / slots)
    total = np.zeros(7 * slots)
    for turn in turns:
        laid = with_breaks(plan, team.breaks, float(turn)) if breaks else plan
        begin, end = laid.begin[~laid.rest], laid.end[~laid.rest]
        total += np.diff([np.clip(edge - begin, 0, end - begin).sum() for edge in edges])
    return total / (len(turns) * (DAY / slots))
