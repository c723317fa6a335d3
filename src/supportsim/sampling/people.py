"""Positions of a team, and the people who fill them one after another.

A position is a place in the shift plan. Whoever leaves it may be followed by a successor, who takes
over its shifts, breaks and part-time. Everything that is drawn for a position has a stream of its
own, from which each person takes the next number: other positions, and other keys of the scenario,
do not matter.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from supportsim.scenario.hours import each_agents_shifts
from supportsim.units import DAY, YEAR

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from supportsim.sampling.streams import Streams
    from supportsim.scenario.team import Onboarding, Team, Turnover
    from supportsim.tables import Floats

SLOWEST = 0.01
"""Least speed of an agent, relative to the team's: nobody takes for ever."""


@dataclass(frozen=True)
class Position:
    """A place in a team's shift plan.

    Attributes
    ----------
    name
        What its streams are called by: the number of an agent within the team, the name of a named
        one, the number within a shift that says how many they are (after the number of the shift,
        so that its hours may change, and others be added below it), or the number among the hires
        of a date. Adding an agent renames no other.
    group
        Which of `each_agents_shifts` are its shifts.
    turn
        When its break begins among those who take turns, from 0 (first) to 1 (last).
    opens
        When it is filled first, minutes; None if it was filled before the start.
    """

    name: str
    group: int
    turn: float
    opens: float | None = None


@dataclass(frozen=True)
class Person:
    """Somebody who fills a position; see `supportsim.tables.Employment` for the times.

    `ready` is when training is over, before which there is no duty and after which speed ramps up;
    −inf for those to whom neither applies. `left`, and `filled`, when a successor is there, may lie
    beyond the run. `luck` is the uniform number behind the person's own speed.
    """

    position: int
    vacant: float
    hired: float
    ready: float
    left: float
    filled: float
    luck: float
    joined: bool


def positions_of(team: Team, start: dt.date) -> list[Position]:
    """Return the positions of a team with agents: the first agents', then those of its hires.

    The agents who share a shift that says how many they are take turns with their breaks; others
    take turns with all of their team. Hires take the same turns over again, in the order of the
    file.
    """
    groups = each_agents_shifts(team.shifts)
    positions = []
    for group, (shift, *_) in enumerate(groups):
        if shift.agent is not None:
            positions.append(Position(f"agent/{shift.agent}", group, _turn(group, len(groups))))
            continue
        shared = shift.agents is None
        size, name = (team.size, "") if shared else (shift.agents or 0, f"shift/{group}/")
        positions += [Position(f"{name}{k}", group, _turn(k, size)) for k in range(size)]
    joining = [hire.date for hire in team.hires for _ in range(hire.agents)]
    on_day: defaultdict[dt.date, Iterator[int]] = defaultdict(count)
    for number, date in enumerate(joining):
        turn = _turn(number, team.size or len(joining))
        opens = (date - start).days * DAY
        positions.append(Position(f"hire/{date}/{next(on_day[date])}", 0, turn, opens))
    return positions


def _turn(k: int, count: int) -> float:
    return k % count / (count - 1) if count > 1 else 0.0


def draw_people(
    team: Team, positions: list[Position], streams: Streams, name: str, until: float
) -> list[Person]:
    """Return everybody who is hired before `until`: the first agents, then others by first day.

    Each leaves after an exponential time: from the start for the first agents and for hires who
    joined before it, from the first day for others. Times are continuous: people come and go at
    any time of day, so that leavers over mean headcount is the rate exactly. See `_first_day` for
    who follows whom.

    Parameters
    ----------
    positions
        As from `positions_of`.
    streams, name
        The replication's streams, and what those of the team begin with.
    until
        Minutes.
    """
    people = [
        person
        for number, position in enumerate(positions)
        for person in _fill(team, number, position, streams, f"{name}/{position.name}", until)
    ]
    return sorted(people, key=lambda person: (person.joined, person.hired if person.joined else 0))


def _fill(
    team: Team, number: int, position: Position, streams: Streams, name: str, until: float
) -> Iterator[Person]:
    """Yield those who fill a position, one after another."""
    turnover = team.turnover
    rate = turnover.per_year / YEAR if turnover else 0.0
    leaving = streams.generator(f"{name}/leaving") if rate else None
    hiring = streams.generator(f"{name}/hiring") if rate else None
    speed = streams.generator(f"{name}/speed") if team.speed_cv else None
    vacant, opens = math.nan, -math.inf if position.opens is None else position.opens
    joined = position.opens is not None
    hired = max(opens, 0.0)
    while hired < until:
        left = hired - math.log1p(-leaving.random()) / rate if leaving else math.inf
        luck = speed.random() if speed else math.nan
        ready = opens + team.onboarding.training
        after = math.inf
        if turnover and hiring:
            after = _first_day(turnover, team.onboarding, hired, ready, left, hiring.random())
        yield Person(number, vacant, hired, ready, left, max(left, after), luck, joined)
        vacant, hired, opens, joined = left, after, after, True


def _first_day(
    turnover: Turnover,
    onboarding: Onboarding,
    hired: float,
    ready: float,
    left: float,
    luck: float,
) -> float:
    """Return when the successor begins of somebody who was hired, was trained and left; inf: never.

    "replace": the search begins when notice is given, and takes `time_to_hire`; the successor
    begins when it is over, but not before the other has left. Nobody gives notice before being
    hired. "ahead": the successor begins so early as to be trained when the other leaves, but not
    before the other began; who leaves during training was not foreseen, and is followed at once.
    """
    match turnover.hiring:
        case "freeze":
            return math.inf
        case "ahead":
            return max(hired, left - onboarding.training) if left >= ready else left
        case "replace":
            search = max(hired, left - turnover.notice)
            return max(left, search + float(turnover.time_to_hire.quantile(np.array([luck]))[0]))


def own_speeds(team: Team, luck: Floats) -> Floats:
    """Return agents' own speeds: gamma, with the team's speed as mean and `speed_cv`.

    Nobody is slower than a hundredth of the team's speed.
    """
    if not team.speed_cv:
        return np.full(len(luck), team.speed)
    shape = team.speed_cv**-2
    factors = np.asarray(special.gammaincinv(shape, luck), dtype=np.float64) / shape
    return team.speed * np.maximum(factors, SLOWEST)
