"""Who is employed, who is paid for what, and who is on duty when."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from supportsim.sampling.attendance import attend, draw_absences
from supportsim.sampling.people import (
    Person,
    Position,
    draw_people,
    own_speeds,
    positions_of,
)
from supportsim.sampling.shifts import Stretches, lay_out, part_of_each, with_breaks
from supportsim.sampling.streams import Streams
from supportsim.scenario.hours import each_agents_shifts
from supportsim.tables import Activity, Attendance, Employment, Roster
from supportsim.units import WEEK

if TYPE_CHECKING:
    import datetime as dt

    from supportsim.scenario.model import Scenario
    from supportsim.scenario.team import PartTime, Team
    from supportsim.tables import Codes, Floats


@dataclass(frozen=True)
class Staff:
    """The people of one replication.

    Attributes
    ----------
    employment
        Who is employed when.
    attendance
        What they are paid for.
    roster
        When they are on duty: the rows of the attendance that are duty, with speeds.
    """

    employment: Employment
    attendance: Attendance
    roster: Roster


def draw_roster(scenario: Scenario, replication: int = 0) -> Roster:
    """Return every agent's stretches of duty, as `draw_staff` draws them."""
    return draw_staff(scenario, replication).roster


def draw_staff(scenario: Scenario, replication: int) -> Staff:
    """Return the people of one replication, up to a week beyond the scenario's horizon.

    Agents are numbered from 0: first those who were there from the start, team by team in the
    order of the file; then successors and hires, team by team, by their first day. Where nothing
    of a team is random, its roster is the plain shift plan in every replication.

    Parameters
    ----------
    scenario
        The desk.
    replication
        Number of the replication, from 0. It can be drawn alone: no other one matters.
    """
    streams = Streams(scenario.run.seed, replication)
    start, horizon = scenario.run.start, scenario.run.horizon
    # A week beyond the horizon, so that nobody seems to have left for good when the run ends.
    until = horizon + WEEK
    agents: list[_Agent] = []
    for number, (name, team) in enumerate(scenario.teams.items()):
        if team.agents == "unlimited":
            continue
        key = f"team.{name}"
        positions = positions_of(team, start)
        hours = _hours(team, positions, start, until)
        away = draw_absences(team, positions, streams, key, start, horizon)
        for person in draw_people(team, positions, streams, key, until):
            place = person.position
            agents.append(_Agent(number, person, hours[place], away[place]))
    agents.sort(key=lambda agent: agent.person.joined)
    employment = _employment(agents, list(scenario.teams.values()), until)
    attendance, speed = attend(
        employment,
        np.array([agent.person.ready for agent in agents], np.float64),
        [agent.hours for agent in agents],
        [agent.away for agent in agents],
        [team.onboarding.ramp_up for team in scenario.teams.values()],
        horizon,
        until,
    )
    return Staff(employment, attendance, _roster(attendance, speed))


@dataclass(frozen=True, eq=False)
class _Agent:
    """A person, with the team's number and what belongs to the position: its hours, its days."""

    team: int
    person: Person
    hours: Stretches
    away: Codes


def _hours(team: Team, positions: list[Position], start: dt.date, until: float) -> list[Stretches]:
    """Return the paid stretches of each position, breaks among them."""
    plans = [lay_out(shifts, start, until) for shifts in each_agents_shifts(team.shifts)]
    made: dict[tuple[int, bool | None, float], Stretches] = {}
    hours = []
    for number, position in enumerate(positions):
        turn = position.turn if team.breaks else 0.0
        works_end = _works_end(team.part_time, number)
        key = (position.group, works_end, turn)
        if key not in made:
            plan = plans[position.group]
            if team.part_time is not None and works_end is not None:
                plan = part_of_each(plan, team.part_time.hours, end=works_end)
            made[key] = with_breaks(plan, team.breaks, turn)
        hours.append(made[key])
    return hours


def _works_end(part_time: PartTime | None, position: int) -> bool | None:
    """Return whether a position is part-time and works the end of its shifts; None: full-time.

    Part-time positions are spread evenly: of the first n positions, share·n are part-time, rounded
    to whole ones, for every n. The first of them works the beginning of every shift, the second the
    end, and so on in turn.
    """
    if part_time is None:
        return None
    before = math.floor(part_time.share * position + 0.5)
    after = math.floor(part_time.share * (position + 1) + 0.5)
    return before % 2 == 1 if after > before else None


def _employment(agents: list[_Agent], teams: list[Team], until: float) -> Employment:
    """Return the table of the people, in the order of their numbers."""
    people = [agent.person for agent in agents]
    team = np.array([agent.team for agent in agents], np.int8)
    hired, ready, left, filled, luck = (
        np.array([getattr(person, name) for person in people], np.float64)
        for name in ("hired", "ready", "left", "filled", "luck")
    )
    speed = np.ones(len(people))
    for number in np.unique(team):
        speed[team == number] = own_speeds(teams[number], luck[team == number])
    return Employment(
        agent=np.arange(len(people), dtype=np.int32),
        team=team,
        position=np.array([person.position for person in people], np.int32),
        vacant=np.array([person.vacant for person in people], np.float64),
        hired=hired,
        trained=np.maximum(hired, ready),
        left=np.where(left < until, left, np.inf),
        filled=np.where(left < until, filled, np.nan),
        speed=speed,
    )


def _roster(attendance: Attendance, speed: Floats) -> Roster:
    """Return the rows of the attendance that are duty."""
    duty = attendance.activity == Activity.DUTY
    return Roster(
        agent=attendance.agent[duty],
        team=attendance.team[duty],
        on=attendance.begin[duty],
        off=attendance.end[duty],
        speed=speed[duty],
    )
