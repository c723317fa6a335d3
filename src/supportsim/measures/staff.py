"""Who was employed, how fast they worked, which positions were vacant, and what was paid for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from supportsim.measures.timing import overlaps, time_average
from supportsim.tables import Activity, Attendance, Codes, Employment, Flags, Floats
from supportsim.units import DAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from supportsim.scenario import Scenario


def nobody_employed() -> Employment:
    """Return the table of a desk whose people are not known."""
    none, never = np.zeros(0, np.int32), np.zeros(0)
    team = np.zeros(0, np.int8)
    return Employment(none, team, none, never, never, never, never, never, never)


def nothing_paid() -> Attendance:
    """Return the table of a desk whose paid time is not known."""
    never = np.zeros(0)
    return Attendance(
        np.zeros(0, np.int32), np.zeros(0, np.int8), never, never, np.zeros(0, np.int8)
    )


class Vacancies(NamedTuple):
    """Positions that somebody left, a row each.

    `team` is whose position, `since` when it was left, `until` when a successor begins, perhaps
    beyond the run: at once for one who had begun before, inf for nobody.
    """

    team: Codes
    since: Floats
    until: Floats


class Spells(NamedTuple):
    """Stretches of time in which a trained agent worked at one speed, a row each."""

    team: Codes
    begin: Floats
    end: Floats
    speed: Floats


@dataclass(frozen=True, eq=False)
class Staff:
    """The people of a desk.

    Attributes
    ----------
    scenario
        The scenario that they belong to.
    employment, attendance
        Who was employed, and what they were paid for.
    """

    scenario: Scenario
    employment: Employment
    attendance: Attendance

    @cached_property
    def vacancies(self) -> Vacancies:
        """The positions that somebody left."""
        people = self.employment
        gone = np.isfinite(people.left)
        return Vacancies(people.team[gone], people.left[gone], people.filled[gone])

    @cached_property
    def spells(self) -> Spells:
        """When agents worked at which speed, from the end of their training until they left."""
        parts = []
        for number, team in enumerate(self.scenario.teams.values()):
            mine = self.employment.team == number
            begin = -np.inf
            for until, speed in [(s.until, s.speed) for s in team.onboarding.ramp_up] + [
                (np.inf, 1)
            ]:
                parts.append(self._spell(mine, begin, until, speed))
                begin = until
        return Spells(*(np.concatenate(column) for column in zip(*parts, strict=True)))

    def _spell(self, who: Flags, begin: float, end: float, speed: float) -> Spells:
        """Return when some people were at some time after training, while they were employed."""
        people = self.employment
        since, trained, left = self._ready[who], people.trained[who], people.left[who]
        begins = np.minimum(np.maximum(since + begin, trained), left)
        ends = left if end == np.inf else np.minimum(since + end, left)
        return Spells(people.team[who], begins, np.maximum(begins, ends), speed * people.speed[who])

    @cached_property
    def _ready(self) -> Floats:
        """When each person's training was over and the speed began to ramp up.

        −inf for the first agents, who have long been at their speed; before 0 for hires whose
        first day was so long before the start.
        """
        people = self.employment
        ready = people.trained.copy()
        first = np.isnan(people.vacant)
        for number, team in enumerate(self.scenario.teams.values()):
            days = [(hire.date - self.scenario.run.start).days for hire in team.hires]
            hired = np.repeat(
                np.array(days, np.float64) * DAY, [hire.agents for hire in team.hires]
            )
            of_position = np.append(np.full(team.size, -np.inf), hired + team.onboarding.training)
            mine = first & (people.team == number)
            ready[mine] = of_position[people.position[mine]]
        return ready

    def headcount(self, teams: Sequence[int], edges: Floats) -> Floats:
        """Return how many people some teams employed on average between consecutive edges."""
        mine = np.isin(self.employment.team, teams)
        return time_average(self.employment.hired[mine], self.employment.left[mine], edges)

    def vacant(self, teams: Sequence[int], edges: Floats) -> Floats:
        """Return how many of their positions were vacant."""
        mine = np.isin(self.vacancies.team, teams)
        return time_average(self.vacancies.since[mine], self.vacancies.until[mine], edges)

    def capacity(self, teams: Sequence[int], edges: Floats) -> Floats:
        """Return the sum of the speeds of their trained agents."""
        spells = self.spells
        mine = np.isin(spells.team, teams)
        speed = spells.speed[mine]
        return time_average(spells.begin[mine], spells.end[mine], edges, speed, speed)

    def leavers(self, window: tuple[float, float]) -> Floats:
        """Return how many people left in the window, by team."""
        begin, end = window
        gone = (self.employment.left >= begin) & (self.employment.left < end)
        return np.bincount(self.employment.team[gone], minlength=len(self.scenario.teams)).astype(
            np.float64
        )

    def gaps(self, teams: Sequence[int], window: tuple[float, float]) -> Floats:
        """Return how long the positions that were left in the window are vacant.

        All of them but those that are never filled; the first days of successors are known even
        where they lie beyond the run.
        """
        begin, end = window
        team, since, until = self.vacancies
        mine = np.isin(team, teams) & (since >= begin) & (since < end) & np.isfinite(until)
        return (until - since)[mine]

    def paid(self, window: tuple[float, float]) -> tuple[Floats, Floats]:
        """Return the paid minutes in the window, by team: in all, and on duty."""
        table = self.attendance
        minutes = overlaps(table.begin, table.end, window)
        duty = np.where(table.activity == Activity.DUTY, minutes, 0.0)
        count = len(self.scenario.teams)
        return (
            np.bincount(table.team, weights=minutes, minlength=count).astype(np.float64),
            np.bincount(table.team, weights=duty, minlength=count).astype(np.float64),
        )
