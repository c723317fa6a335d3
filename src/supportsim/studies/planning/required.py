"""First guesses by theory: agents needed at each time of the week, and heads that provide them.

No promise: theory knows one kind of customer, who waits for any of many equal agents, and a load
that changes slowly. What comes out of it is where a search by simulation begins.
"""

from __future__ import annotations

import datetime as dt
import math
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from supportsim.errors import InputError, choices, quoted
from supportsim.measures import find
from supportsim.measures.times import Times
from supportsim.queueing import (
    erlang_a,
    erlang_c_mean_wait,
    erlang_c_service_level,
    square_root_servers,
)
from supportsim.sampling import routing
from supportsim.scenario.calendar import weekly_spans
from supportsim.studies.load import at_once, handling
from supportsim.studies.planning.cover import cover, minutes_of, presence_of
from supportsim.studies.planning.demand import part_of_slots, queue_loads, slots_of_day
from supportsim.studies.planning.staffing import MOST_AGENTS, Position, teams_of_target
from supportsim.units import DAY

if TYPE_CHECKING:
    from supportsim.measures import Asked
    from supportsim.scenario import Scenario
    from supportsim.studies.planning.targets import Target
    from supportsim.tables import Floats, Integers

DELAY_PROBABILITY = 0.2
"""Share of customers who have to wait, to which the square-root rule staffs where no formula says
what a target needs."""

STEP = "30min"
"""Length of a slot."""

_WHOLE = 1 - 1e-9
"""The least part of a slot that a shift has to last for the slot to ask for anybody."""


@dataclass(frozen=True)
class _Steady:
    """The steady state of a queue, as far as targets speak of it.

    Attributes
    ----------
    within, gone
        From a time to the shares of customers who are served, and who have given up, within it.
    abandonment
        Share of customers who give up.
    wait
        Mean wait of those served.
    """

    within: Callable[[float], float]
    gone: Callable[[float], float]
    abandonment: float
    wait: float


_THEORY: dict[str, Callable[[_Steady, float], float]] = {
    "service_level_": lambda queue, time: queue.within(time) / (1 - queue.gone(time)),
    "service_level_lenient_": lambda queue, time: queue.within(time) + queue.gone(time),
    "answered_within_": lambda queue, time: queue.within(time),
    "abandonment_of_contacts": lambda queue, _: queue.abandonment,
    "abandonment": lambda queue, _: queue.abandonment,
    "response_rate": lambda queue, _: 1 - queue.abandonment,
    "unanswered": lambda queue, _: queue.abandonment,
    "wait": lambda queue, _: queue.wait,
    "first_response_time": lambda queue, _: queue.wait,
}
"""By their stems, the measures of live channels of which there is a theory."""


def has_theory(asked: Asked) -> bool:
    """Return whether theory tells how many agents of a live channel a measure asks for."""
    return asked.measure.stem in _THEORY


@dataclass(frozen=True, eq=False)
class Requirement:
    """What a team needs in a typical week, by theory.

    Attributes
    ----------
    live : int32, shape (7 · slots,)
        Agents who keep the targets on live channels, in each slot of the week from Monday on.
    busy : float64, shape (7 · slots,)
        How many of them are busy with live work, on average: where some customers give up, no more
        than there are.
    later
        Minutes of work a week that asks for no time in particular.
    """

    live: Integers
    busy: Floats
    later: float


def required_agents(
    scenario: Scenario, targets: Iterable[Target], team: str, step: str = STEP
) -> Integers:
    """Return the fewest agents that a team needs at each time of a typical week, by theory.

    A first guess, no promise: Erlang A or C with the modified offered load of the slot, all live
    channels of the team together, for service levels, waits and abandonment on these; else the
    square-root rule. Work that can be put off asks for no time in particular: only for as many
    more agents, at all times of duty alike, as it takes to get it done in the week.

    Parameters
    ----------
    scenario
        The scenario.
    targets
        The targets; those on channels that the team does not serve do not matter.
    team
        Name of the team.
    step
        Length of a slot.

    Returns
    -------
    int32, shape (7, slots)
        Monday first.

    Raises
    ------
    InputError
        If there is no such team, it is without limit, or the step does not go into a day.
    """
    check_team(scenario, team)
    slots = slots_of_day(step)
    need = requirement(scenario, targets, team, slots)
    on_duty = part_of_slots(weekly_spans(scenario.teams[team].shifts), slots)
    more = more_for_later(need, on_duty)
    return (need.live + np.where(on_duty > 0, more, 0)).astype(np.int32).reshape(7, slots)


def more_for_later(need: Requirement, on_duty: Floats) -> int:
    """Return how many agents more, at all times of duty, get the work done that can be put off.

    Parameters
    ----------
    need
        What the team needs.
    on_duty : float64, shape (7 · slots,)
        The part of each slot of the week in which the team is on duty.
    """
    minutes = 7 * DAY / len(on_duty) * on_duty
    missing = need.later - float(minutes @ (need.live - need.busy))
    return math.floor(missing / minutes.sum()) + 1 if missing > 0 and minutes.any() else 0


def first_guess(
    scenario: Scenario, targets: Iterable[Target], positions: Sequence[Position]
) -> dict[str, int]:
    """Return the cheapest heads that theory takes to be enough, by the key of their position.

    A first guess, no promise; see `required_agents`. Heads are more than agents on duty: some are
    away, on leave or on a break. Slots which no shift lasts through ask for nobody.
    """
    targets, slots = list(targets), slots_of_day(STEP)
    guess: dict[str, int] = {}
    for team in dict.fromkeys(position.team for position in positions):
        mine = [position for position in positions if position.team == team]
        need = requirement(scenario, targets, team, slots)
        planned, present = presence_of(scenario, mine, slots)
        asked = (planned.max(axis=1) >= _WHOLE) & (need.live > 0)
        minutes = np.array([minutes_of(scenario, position) for position in mine])
        bounds = tuple(np.array([getattr(p, end) for p in mine], float) for end in ("low", "high"))
        heads = cover(
            need.live[asked].astype(np.float64),
            present[asked],
            [position.cost or position.hours or 1.0 for position in mine],
            (minutes, need.later + float(need.busy[asked].sum()) * DAY / slots),
            (bounds[0], bounds[1]),
        )
        found = [position.now for position in mine] if heads is None else heads.tolist()
        guess |= {position.key: number for position, number in zip(mine, found, strict=True)}
    return guess


def check_team(scenario: Scenario, team: str) -> None:
    """Make sure that there is such a team, and that its agents can be counted.

    Raises
    ------
    InputError
        If not.
    """
    if team not in scenario.teams:
        raise InputError(f"there is no team {quoted(team)}; {choices(team, scenario.teams)}")
    if scenario.teams[team].agents == "unlimited":
        raise InputError(f"the team {quoted(team)} is without limit: nobody is counted")


def requirement(
    scenario: Scenario, targets: Iterable[Target], team: str, slots: int
) -> Requirement:
    """Return what a team needs in a typical week, with so many slots a day.

    Live work counts with that which can be put off where no target asks for it to be done at once.
    """
    channels, routes = list(scenario.channels.values()), routing(scenario)
    share = _shares(scenario, routes.serves)[list(scenario.teams).index(team)]
    speed = scenario.teams[team].speed
    loads = queue_loads(scenario, slots) * (share / speed)[:, None]
    live = [q for q, number in enumerate(routes.channel) if channels[number].live and share[q]]
    needed = np.zeros(7 * slots, dtype=np.int32)
    if live and loads[live].any():
        served = [channels[routes.channel[queue]] for queue in live]
        # Contacts of which an agent holds several at once come to as many servers.
        places = {at_once(channel) for channel in served}
        each = places.pop() if len(places) == 1 else 1
        by_queue = loads[live].sum(axis=1)
        contacts = sum(
            load * speed / handling(channel)
            for load, channel in zip(by_queue, served, strict=True)
            if load
        )
        minutes = each * float(by_queue.sum() / contacts)
        erlangs = loads[live].sum(axis=0) * each
        names = list(dict.fromkeys(list(scenario.channels)[routes.channel[q]] for q in live))
        for target in targets:
            if team in teams_of_target(scenario, target):
                servers = _servers_for(scenario, target, names, erlangs, minutes)
                needed = np.maximum(needed, -(-servers // each))
    load = loads[live].sum(axis=0)
    later = loads.sum() - (load.sum() if needed.any() else 0.0)
    return Requirement(needed, np.minimum(load, needed), float(later) * DAY / slots)


def _servers_for(
    scenario: Scenario, target: Target, live: Sequence[str], erlangs: Floats, minutes: float
) -> Integers:
    """Return the servers that a target needs in each slot.

    Parameters
    ----------
    live
        The team's live channels.
    erlangs : shape (7 · slots,)
        Their offered load.
    minutes
        Mean service time.
    """
    asked = find(target.measure, scenario)
    needed = np.zeros(len(erlangs), dtype=np.int32)
    if asked.owner in scenario.channels and asked.owner not in live:
        return needed
    of = [scenario.channels[name] for name in ([asked.owner] if asked.owner in live else live)]
    patience = next((c.patience.average for c in of if c.patience), math.inf)
    theory = _THEORY.get(asked.measure.stem)
    times = asked.times
    chosen = erlangs > 0
    if times is not None:
        middles = (np.arange(len(erlangs)) + 0.5) * np.float64(7 * DAY / len(erlangs))
        of_week = Times(times.begin, times.end, times.days)
        chosen &= of_week.hold(middles, dt.date(2024, 1, 1))  # any Monday will do

    def servers_for(load: float) -> int:
        def enough(servers: int) -> bool:
            queue = _steady(load / minutes, minutes, servers, patience)
            if queue is None or theory is None:
                return False
            level = theory(queue, asked.detail)
            return level >= target.value if target.comparison == ">=" else level <= target.value

        found = _fewest(enough) if theory else None
        return square_root_servers(load, DELAY_PROBABILITY) if found is None else found

    # Many slots are alike but for rounding.
    loads, slot = np.unique([float(f"{load:.9g}") for load in erlangs[chosen]], return_inverse=True)
    needed[chosen] = np.array([servers_for(float(load)) for load in loads], np.int32)[slot]
    return needed


def _fewest(enough: Callable[[int], bool]) -> int | None:
    """Return the fewest servers that are enough; None if not even the most agents are."""
    width = 1
    while not enough(width - 1):
        if width > MOST_AGENTS:
            return None
        width *= 2
    return bisect_left(range(width - 1), True, key=enough)


def _steady(rate: float, minutes: float, servers: int, patience: float) -> _Steady | None:
    """Return the steady state of Erlang A, or C without patience; None if it has none."""
    if math.isfinite(patience) and patience > 0:
        queue = erlang_a(rate, 1 / minutes, servers, 1 / patience)
        return _Steady(
            queue.service_level,
            lambda time: queue.wait_within(time) - queue.service_level(time),
            queue.abandonment_probability,
            queue.mean_wait_served,
        )
    if rate * minutes >= servers:
        return None
    return _Steady(
        lambda time: erlang_c_service_level(rate, 1 / minutes, servers, time),
        lambda _: 0.0,
        0.0,
        erlang_c_mean_wait(rate, 1 / minutes, servers),
    )


def _shares(scenario: Scenario, serves: Sequence[Sequence[int]]) -> Floats:
    """Return the share of each queue's work that each team is taken to do, shape (teams, queues).

    In proportion to their heads; a team without limit does all of it.
    """
    teams = list(scenario.teams.values())
    queues = 1 + max(max(row, default=0) for row in serves)
    weights, endless = np.zeros((2, len(teams), queues))
    for number, (team, row) in enumerate(zip(teams, serves, strict=True)):
        if team.agents == "unlimited":
            endless[number, list(row)] = 1.0
        else:  # where nobody is there yet, all have the same share
            weights[number, list(row)] = team.size + 1e-9
    weights = np.where(endless.any(axis=0), endless, weights)
    total = weights.sum(axis=0)
    shares: Floats = np.divide(weights, total, out=np.zeros_like(weights), where=total > 0)
    return shares
