"""Agents on duty at each time of a typical week, against those that theory asks for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from supportsim.measures.timing import time_average
from supportsim.sampling import draw_staff
from supportsim.scenario.calendar import weekly_spans
from supportsim.studies.planning.demand import part_of_slots, slots_of_day
from supportsim.studies.planning.required import check_team, required_agents
from supportsim.units import DAY

if TYPE_CHECKING:
    from supportsim.scenario import Scenario
    from supportsim.studies.planning.plan import Plan
    from supportsim.studies.planning.targets import Target
    from supportsim.tables import Flags, Floats, Integers

ROSTERS = 10
"""Replications of which the mean roster is taken."""


@dataclass(frozen=True, eq=False)
class DutyWeek:
    """A typical week of a team.

    Attributes
    ----------
    team
        Its name.
    required : int32, shape (7, slots)
        Agents that theory asks for, from Monday on.
    scheduled : float64, shape (7, slots)
        Agents on duty on average, less breaks, leave, illness and vacancies.
    """

    team: str
    required: Integers
    scheduled: Floats

    @property
    def hours(self) -> tuple[int, int]:
        """The first slot of the day in which anybody is on duty, and the one after the last.

        All of the day if nobody ever is.
        """
        busy = np.flatnonzero((self.scheduled > 0.05).any(axis=0))
        return (int(busy[0]), int(busy[-1]) + 1) if len(busy) else (0, self.required.shape[1])

    @property
    def outside(self) -> int:
        """The most agents required at other times of the day."""
        first, last = self.hours
        return int(np.delete(self.required, range(first, last), axis=1).max(initial=0))

    def cell(self, day: int, slot: int) -> str:
        """Return what is required and on duty, as in ``"5/4.6"``; empty for neither."""
        required, there = int(self.required[day, slot]), round(float(self.scheduled[day, slot]), 1)
        return f"{required}/{there:g}" if required or there else ""

    @property
    def short(self) -> Flags:
        """Where fewer are on duty than required, rounded to whole agents."""
        missing: Flags = self.scheduled < self.required - 0.5
        return missing


def duty_week(
    scenario: Scenario, targets: Iterable[Target], team: str, step: str = "1h"
) -> DutyWeek:
    """Return the agents required and on duty at each time of a typical week.

    Raises
    ------
    InputError
        If there is no such team, it is without limit, or the step does not go into a day.
    """
    return DutyWeek(
        team, required_agents(scenario, targets, team, step), scheduled(scenario, team, step)
    )


def duty_weeks(plan: Plan) -> tuple[DutyWeek, ...]:
    """Return the week of each team of a plan, with the planned agents or else those of now."""
    scenario = plan.scenario if plan.possible else plan.given
    teams = dict.fromkeys(position.team for position in plan.positions)
    return tuple(duty_week(scenario, plan.targets, team) for team in teams)


def scheduled(scenario: Scenario, team: str, step: str = "1h") -> Floats:
    """Return how many agents of a team are on duty at each time of the window's mean week.

    Parameters
    ----------
    scenario
        The scenario.
    team
        Name of the team.
    step
        Length of a slot.

    Returns
    -------
    float64, shape (7, slots)
        Monday first; the mean over that part of a slot which lies in the hours of some shift, so
        that two agents with nine minutes of every hour are two. 0 for times that the window does
        not have.

    Raises
    ------
    InputError
        If there is no such team, it is without limit, or the step does not go into a day.
    """
    check_team(scenario, team)
    slots, number = slots_of_day(step), list(scenario.teams).index(team)
    length = DAY / slots
    begin, end = scenario.run.window_edges
    # Whole slots, from the first one of the window on.
    edges = np.arange(np.ceil(begin / length), np.floor(end / length) + 1) * np.float64(length)
    if len(edges) < 2:
        return np.zeros((7, slots))
    mean = np.zeros(len(edges) - 1)
    for replication in range(ROSTERS):
        roster = draw_staff(scenario, replication).roster
        mine = roster.team == number
        mean += time_average(roster.on[mine], roster.off[mine], edges) / ROSTERS
    first = np.rint(edges[:-1] / length).astype(np.intp) + scenario.run.start.weekday() * slots
    slot = first % (7 * slots)
    total = np.bincount(slot, weights=mean, minlength=7 * slots)
    seen = np.bincount(slot, minlength=7 * slots)
    week = np.divide(total, seen, out=np.zeros(7 * slots), where=seen > 0)
    part = part_of_slots(weekly_spans(scenario.teams[team].shifts), slots)
    at_once: Floats = np.divide(week, part, out=week, where=part > 0)
    return at_once.reshape(7, slots)
