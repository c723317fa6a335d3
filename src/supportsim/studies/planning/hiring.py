"""The latest date by which to hire, so that the targets hold all year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from supportsim.errors import InputError
from supportsim.measures import find
from supportsim.measures.times import MARK
from supportsim.studies.planning.most import targets_of
from supportsim.studies.planning.required import check_team
from supportsim.studies.planning.targets import Target
from supportsim.studies.planning.trying import Line, Tried
from supportsim.units import DAY

if TYPE_CHECKING:
    from supportsim.scenario import Scenario
    from supportsim.studies.planning.settings import PlanSettings
    from supportsim.studies.run import Progress

_NEVER = np.inf


@dataclass(frozen=True, eq=False)
class LatestHire:
    """The latest first day of more agents.

    Attributes
    ----------
    scenario
        The desk.
    team, agents
        How many more agents of which team.
    targets
        The targets, those on tickets month by month.
    confidence
        Probability with which all that is said of them is true.
    without
        What is known of the desk that hires nobody.
    holds, fails
        The latest first day, in days since the start, from which on all targets are shown to
        hold, and the earliest from which on they are not; None where there is none.
    tried
        All that was tried, in order.
    """

    scenario: Scenario
    team: str
    agents: int
    targets: tuple[Target, ...]
    confidence: float
    without: Tried
    holds: Tried | None
    fails: Tried | None
    tried: tuple[Tried, ...]

    @property
    def first_day(self) -> dt.date | None:
        """The latest first day; None if nobody has to be hired, or no day is early enough."""
        return None if self.holds is None else day(self.scenario, self.holds.at)

    @property
    def search_begins(self) -> dt.date | None:
        """When to begin to search, so that the mean time to hire is over by the first day.

        None if there is no first day, or the team's turnover does not say how long it takes to
        hire.
        """
        turnover, first = self.scenario.teams[self.team].turnover, self.first_day
        if turnover is None or first is None:
            return None
        return first - dt.timedelta(days=float(np.ceil(turnover.time_to_hire.average / DAY)))

    @property
    def search_to_be_sure(self) -> dt.date | None:
        """The same for the time to hire that nine of ten searches keep."""
        turnover, first = self.scenario.teams[self.team].turnover, self.first_day
        if turnover is None or first is None:
            return None
        (long,) = turnover.time_to_hire.quantile(np.array([0.9]))
        return first - dt.timedelta(days=float(np.ceil(long / DAY)))

    @property
    def answer(self) -> str:
        """The answer, in a sentence."""
        who = f"{self.agents} more agent{'s' if self.agents > 1 else ''} for {self.team}"
        if self.without.answer == "meets":
            return "nobody has to be hired: the targets hold all the time as it is"
        if self.holds is None:
            return f"no first day of {who} is early enough: hire more, or lower the targets"
        told = f"{who}: first day {self.first_day} at the latest"
        if self.search_begins is not None:
            told += f"; begin to search by {self.search_begins} (mean time to hire)"
            told += f", or by {self.search_to_be_sure} for nine searches of ten"
        return told


def latest_hire(
    scenario: Scenario,
    team: str,
    agents: int,
    settings: PlanSettings,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> LatestHire:
    """Find the latest first day of more agents such that the targets hold all the time.

    A target on tickets has to hold in each calendar month of the window, for the tickets that
    arrived in it; any other over the whole window. Later is taken never to be better. The first
    day is found to the day, by bisection between one so early that training and ramp-up are over
    when the window begins, and the end of the window.

    Parameters
    ----------
    scenario
        The desk, with its staffing, turnover and onboarding.
    team
        Name of the team.
    agents
        How many more, 1 or more.
    settings
        The targets, and how sure to be; the teams that it names do not matter.
    workers, progress
        As for a plan.

    Raises
    ------
    InputError
        If the team cannot hire, or a target or a number cannot be used.
    """
    check_team(scenario, team)
    if agents < 1:
        raise InputError(f"hire: has to be 1 agent or more, not {agents}")
    if any(
        shift.agents is not None or shift.agent is not None for shift in scenario.teams[team].shifts
    ):
        raise InputError(
            f"teams.{team}.hires: they are for teams whose agents all work the same shifts; give "
            "the shifts of this team no agents of their own"
        )
    targets = by_month(targets_of(scenario, settings), scenario)
    line = Line(lambda at: hired(scenario, team, agents, at), targets, settings, workers, progress)
    low, high = _earliest(scenario, team), np.ceil(scenario.run.window_edges[1] / DAY)
    settled = line.holds(_NEVER) or not line.holds(low)
    while not settled and high - low > 1:
        middle = float((low + high) // 2)
        if line.holds(middle):
            low = middle
        else:
            high = middle
    known = {one.at: one for one in line.tried}
    needed = known[_NEVER].answer != "meets"
    fails = known.get(high, known[_NEVER]) if needed else None
    holds = known[low] if needed and known[low].answer == "meets" else None
    return LatestHire(
        scenario,
        team,
        agents,
        targets,
        settings.confidence,
        known[_NEVER],
        holds,
        fails,
        tuple(line.tried),
    )


def by_month(targets: Iterable[Target], scenario: Scenario) -> tuple[Target, ...]:
    """Return the targets for each calendar month of the window, those on tickets."""
    begin, end = scenario.run.window_edges
    days = np.datetime64(scenario.run.start, "D") + np.arange(
        begin // DAY, np.ceil(end / DAY)
    ).astype(int)
    months = [str(month) for month in np.unique(days.astype("datetime64[M]"))]
    made: list[Target] = []
    for target in targets:
        asked = find(target.measure, scenario)
        if asked.measure.not_by_times or (asked.times is not None and asked.times.month):
            made.append(target)
            continue
        mark = " " if MARK in target.measure else MARK
        for month in months:
            measure = f"{target.measure}{mark}{month}"
            text = target.text.replace(target.measure, measure, 1)
            made.append(Target(measure, target.comparison, target.value, text))
    return tuple(made)


def hired(scenario: Scenario, team: str, agents: int, at: float) -> Scenario:
    """Return a scenario in which more agents have their first day so many days after the start."""
    if at == _NEVER:
        return scenario
    hires: list[dict[str, Any]] = [
        {"date": hire.date, "agents": hire.agents} for hire in scenario.teams[team].hires
    ]
    return scenario.replace(
        {f"teams.{team}.hires": [*hires, {"date": day(scenario, at), "agents": agents}]}
    )


def day(scenario: Scenario, at: float) -> dt.date:
    """Return the date of so many days after the start."""
    return scenario.run.start + dt.timedelta(days=at)


def _earliest(scenario: Scenario, team: str) -> float:
    """Return a first day so early that training and ramp-up are over when the window begins."""
    onboarding = scenario.teams[team].onboarding
    ramp = onboarding.ramp_up[-1].until if onboarding.ramp_up else 0.0
    begin = scenario.run.window_edges[0]
    return float(np.floor(min(0.0, begin - onboarding.training - ramp) / DAY))
