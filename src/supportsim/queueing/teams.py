"""Two classes of customers and teams of agents, as Markov chains.

Rates are per any one unit of time; times come back in that unit. Numbers for the two classes come
as pairs, and as arrays of shape (2,).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from supportsim.queueing._chain import steady_state
from supportsim.queueing._checks import positive, vectors, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from supportsim.tables import Floats

Pair = tuple[float, float]

_Order = tuple[str, int, int, int]
_Numbers = tuple[int, int, int, int, int]


@dataclass(frozen=True)
class NModel:
    """Steady state of the N-model; all but `helped` as arrays of shape (2,).

    Attributes
    ----------
    rejected
        For each class, the probability that an arrival finds its queue full and is lost.
    delay_probability
        For each class, the probability that who is let in has to wait.
    abandonment
        For each class, the probability that who is let in gives up.
    mean_wait
        For each class, the mean wait of those let in, until service or giving up.
    mean_queue
        For each class, the time-average number waiting.
    occupancy
        For each team, the time-average share of its agents who are busy.
    helped
        Share of the first class's served customers whom the second team served.
    """

    rejected: Floats
    delay_probability: Floats
    abandonment: Floats
    mean_wait: Floats
    mean_queue: Floats
    occupancy: Floats
    helped: float


def n_model(
    arrival_rates: Pair,
    service_rates: Pair,
    agents: tuple[int, int],
    places: tuple[int, int],
    abandonment_rates: Pair = (0.0, 0.0),
    *,
    urgent: int = 0,
) -> NModel:
    """Solve two classes and two teams: the first serves the first class, the second both.

    A customer goes to the agent who has been idle longest, whatever the team. To know that, it is
    enough to know the teams of the idle agents in the order in which they became idle: the state
    is that order, how many of the second team serve the second class, and both queues.

    Parameters
    ----------
    arrival_rates
        Arrivals of each class per unit of time; above 0.
    service_rates
        Customers of each class whom one busy agent serves per unit of time; above 0.
    agents
        Agents of each team, 0 or more and 1 or more; a few, as the orders are many.
    places
        Places to wait for each class; who finds them taken is lost.
    abandonment_rates
        One over the mean patience of each class; 0 for customers who never give up.
    urgent
        Which class the second team prefers if both wait, 0 or 1.

    Raises
    ------
    ValueError
        If an input is out of range.

    Notes
    -----
    Source: O. Garnett and A. Mandelbaum (2000), "An introduction to skills-based routing and its
    operational complexities". The generator is written from the rules above.
    """
    arrive, served, impatient = _pairs(arrival_rates, service_rates, abandonment_rates)
    first_team, second_team = whole("agents", agents[0]), whole("agents", agents[1], 1)
    room = [whole("places", number) for number in places]
    if urgent not in (0, 1):
        raise ValueError(f"urgent must be 0 or 1, not {urgent}")

    def moves(state: _Order) -> Iterator[tuple[float, _Order]]:
        idle, second, *queues = state
        one, two = queues
        # Arrivals: to the agent idle longest, to wait, or away.
        if idle:
            yield arrive[0], (idle[1:], second, one, two)
        elif one < room[0]:
            yield arrive[0], (idle, second, one + 1, two)
        if "2" in idle:
            yield arrive[1], (idle.replace("2", "", 1), second + 1, one, two)
        elif two < room[1]:
            yield arrive[1], (idle, second, one, two + 1)
        # An agent of the first team is done, then one of the second with either class.
        busy = first_team - idle.count("1")
        yield busy * served[0], ((idle, second, one - 1, two) if one else (idle + "1", *state[1:]))
        helping = second_team - idle.count("2") - second
        for number, left in ((helping, second), (second, second - 1)):
            rate = number * served[0 if left == second else 1]
            waiting = [taken for taken in (urgent, 1 - urgent) if queues[taken]]
            if not waiting:
                yield rate, (idle + "2", left, one, two)
            elif waiting[0] == 0:
                yield rate, (idle, left, one - 1, two)
            else:
                yield rate, (idle, left + 1, one, two - 1)
        # Somebody gives up.
        if one:
            yield one * impatient[0], (idle, second, one - 1, two)
        if two:
            yield two * impatient[1], (idle, second, one, two - 1)

    states, shares = steady_state(("1" * first_team + "2" * second_team, 0, 0, 0), moves)
    idle = np.array([[state[0].count(team) for team in "12"] for state in states])
    second = np.array([state[1] for state in states])
    queues = np.array([state[2:] for state in states])
    free = np.stack((idle.sum(axis=1) > 0, idle[:, 1] > 0), axis=1)
    busy = shares @ (np.array(agents) - idle)
    helping = busy[1] - shares @ second
    rejected = shares @ ((queues == room) & ~free)
    queue = shares @ queues
    entered = 1 - rejected
    return NModel(
        rejected=rejected,
        delay_probability=1 - shares @ free / entered,
        abandonment=impatient * queue / (arrive * entered),
        mean_wait=queue / (arrive * entered),
        mean_queue=queue,
        occupancy=np.divide(busy, agents, out=np.full(2, np.nan), where=np.array(agents) > 0),
        helped=float(helping / (busy[0] + helping)),
    )


@dataclass(frozen=True)
class InterruptingTeam:
    """Steady state of a team that stops less urgent work, arrays of shape (2,), urgent first.

    Attributes
    ----------
    rejected
        Probability that an arrival finds its queue full and is lost.
    mean_wait
        Mean wait of those let in, until an agent begins.
    mean_time
        Mean time of those let in, until the work is done, stops included.
    mean_queue
        Time-average number that no agent has begun.
    mean_stopped
        Time-average number of those begun and stopped; 0 for the urgent class.
    """

    rejected: Floats
    mean_wait: Floats
    mean_time: Floats
    mean_queue: Floats
    mean_stopped: Floats


def interrupting_team(
    arrival_rates: Pair, service_rates: Pair, agents: int, places: tuple[int, int]
) -> InterruptingTeam:
    """Solve a team whose agents stop less urgent work for an urgent customer, and resume it.

    Work that an agent has stopped stays with that agent, who goes on with it before beginning
    anything else of its class; an agent who is idle does not take it over. Hence for more than one
    agent this is not the preemptive priority of the textbooks.

    Parameters
    ----------
    arrival_rates
        Arrivals of each class per unit of time, urgent first; above 0.
    service_rates
        Services of one busy agent per unit of time; above 0.
    agents
        Number of agents, 1 or more.
    places
        Places to wait for those not yet begun; who finds them taken is lost.

    Raises
    ------
    ValueError
        If an input is out of range.

    Notes
    -----
    The generator is written from the rules above. The state is the number of agents with an
    urgent customer, those among them with stopped work, those with less urgent work, and both
    queues. For one agent and all the room in the world see `preemptive_mean_times`.
    """
    arrive, served, _ = _pairs(arrival_rates, service_rates)
    agents = whole("agents", agents, 1)
    room = [whole("places", number) for number in places]

    def moves(state: _Numbers) -> Iterator[tuple[float, _Numbers]]:
        urgent, stopped, other, one, two = state
        if urgent + other < agents:
            yield arrive[0], (urgent + 1, stopped, other, one, two)
            yield arrive[1], (urgent, stopped, other + 1, one, two)
        elif other:
            yield arrive[0], (urgent + 1, stopped + 1, other - 1, one, two)
        elif one < room[0]:
            yield arrive[0], (urgent, stopped, other, one + 1, two)
        if urgent + other == agents and two < room[1]:
            yield arrive[1], (urgent, stopped, other, one, two + 1)
        if one:
            yield urgent * served[0], (urgent, stopped, other, one - 1, two)
        else:
            yield stopped * served[0], (urgent - 1, stopped - 1, other + 1, one, two)
            free = (urgent - 1, stopped, other, one, two)
            taking = (urgent - 1, stopped, other + 1, one, two - 1)
            yield (urgent - stopped) * served[0], (taking if two else free)
        left = (other, one, two - 1) if two else (other - 1, one, two)
        yield other * served[1], (urgent, stopped, *left)

    states, shares = steady_state((0, 0, 0, 0, 0), moves)
    urgent, stopped, other, one, two = np.array(states).T
    queues = np.stack((one, two), axis=1)
    takes = np.stack((urgent < agents, urgent + other < agents), axis=1)
    rejected = shares @ ((queues == room) & ~takes)
    entered = arrive * (1 - rejected)
    queue = shares @ queues
    still = np.array([0.0, shares @ stopped])
    in_work = np.array([shares @ urgent, shares @ other])
    return InterruptingTeam(
        rejected=rejected,
        mean_wait=queue / entered,
        mean_time=(queue + still + in_work) / entered,
        mean_queue=queue,
        mean_stopped=still,
    )


def _pairs(arrivals: Pair, services: Pair, patience: Pair = (0.0, 0.0)) -> tuple[Floats, ...]:
    """Return the rates of both classes as arrays, checked."""
    arrays = vectors(arrival_rates=arrivals, service_rates=services, abandonment_rates=patience)
    if len(arrays[0]) != 2:
        raise ValueError(f"two classes are meant, not {len(arrays[0])}")
    for name, rates in zip(("arrival", "service"), arrays, strict=False):
        positive(**{f"{name}_rates": float(rates.min())})
    return tuple(arrays)
