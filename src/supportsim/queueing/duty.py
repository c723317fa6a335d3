"""A queue whose agents come and go on a repeating timetable, solved without simulation.

The number of tickets is a birth-death chain whose rates are constant on each piece of the
timetable, so a matrix exponential carries it over a piece exactly. The only approximation is a
largest number of tickets, and what it loses is checked.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from supportsim.queueing._checks import not_negative, positive, share, vectors, whole
from supportsim.queueing._pieces import IN_SYSTEM, IN_WORK, LOST, WAITING, Piece, Step, piece_step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from supportsim.tables import Floats


@dataclass(frozen=True)
class PeriodicQueue:
    """Periodic steady state of a queue with duty hours.

    Attributes
    ----------
    mean_in_system
        Time-average number of tickets waiting, in work or stopped.
    mean_in_work
        Time-average number of tickets that an agent works on at the moment.
    mean_waiting
        Time-average number of tickets whose work has not begun. NaN where the number of agents
        on duty takes several values, as it then depends on which agent left.
    arrivals, served, abandoned
        Expected tickets per period.
    mean_time
        Mean time from arrival to end or giving up, over all tickets.
    mean_wait
        Mean time from arrival to the first work or giving up, over all tickets; NaN where
        `mean_waiting` is.
    """

    mean_in_system: float
    mean_in_work: float
    mean_waiting: float
    arrivals: float
    served: float
    abandoned: float
    mean_time: float
    mean_wait: float


def periodic_queue(
    rates: Sequence[float] | Floats,
    agents: Sequence[int],
    durations: Sequence[float] | Floats,
    service_rate: float,
    abandonment_rate: float = 0.0,
    *,
    tail: float = 1e-12,
    most_tickets: int = 2000,
) -> PeriodicQueue:
    """Solve a queue with Poisson arrivals, exponential work and a repeating timetable of agents.

    Work stops when its agent's duty ends and goes on at the next duty. A ticket whose work has
    begun has no patience any more; one whose work has not may give up at any hour.

    Where the number of agents on duty takes several values above 0, a stopped ticket is taken
    over by any agent on duty, and patience is not supported: who may give up would depend on
    which agents left. One crew that comes and goes together, so that the timetable holds 0 and
    one other number, is exact in every respect.

    Parameters
    ----------
    rates
        Arrivals per unit of time on each piece of the period, shape (pieces,).
    agents
        Agents on duty on each piece, shape (pieces,); 0 outside duty hours.
    durations
        Length of each piece, shape (pieces,), above 0.
    service_rate
        Tickets that one busy agent finishes per unit of time.
    abandonment_rate
        One over the mean patience; 0 for customers who never give up.
    tail
        Largest share of the arrivals that the cut at a largest number of tickets may turn away,
        above 0 and below 1.
    most_tickets
        Give up rather than follow more waiting tickets than this; time grows with its cube.

    Raises
    ------
    ValueError
        If an input is out of range or differs in length, nobody ever arrives, the agents cannot
        carry the load and nobody gives up, there is patience with several crew sizes, or
        `most_tickets` are too few for `tail`.

    Notes
    -----
    Numbers over a piece are integrated by the block exponential of C. Van Loan (1978), "Computing
    integrals involving the matrix exponential"; times follow from numbers by J. D. C. Little
    (1961), "A proof for the queuing formula: L = λW".
    """
    positive(service_rate=service_rate)
    share(tail=tail)
    not_negative(abandonment_rate=abandonment_rate)
    most_tickets = whole("most_tickets", most_tickets, 1)
    crew = [whole("agents", number) for number in agents]
    rate, count, length = vectors(rates=rates, agents=crew, durations=durations)
    if not (length > 0).all():
        raise ValueError(f"durations must be above 0, not {length.tolist()}")
    one_crew = len(set(crew) - {0}) <= 1
    if abandonment_rate > 0 and not one_crew:
        raise ValueError(
            f"agents {crew}: with an abandonment_rate, all numbers above 0 must be the same"
        )
    arrivals, period = float(rate @ length), float(length.sum())
    if arrivals == 0:
        raise ValueError("rates are all 0: no ticket ever arrives")
    carried = service_rate * float(count @ length)
    if abandonment_rate == 0 and arrivals >= carried:
        raise ValueError(
            f"unstable: {arrivals:g} tickets a period, of which the agents can carry {carried:g}"
        )
    pieces = [Piece(*row) for row in zip(rate.tolist(), crew, length.tolist(), strict=True)]
    totals = _period_totals(pieces, service_rate, abandonment_rate, tail * arrivals, most_tickets)
    waiting = totals[WAITING] if one_crew else math.nan
    return PeriodicQueue(
        mean_in_system=totals[IN_SYSTEM] / period,
        mean_in_work=totals[IN_WORK] / period,
        mean_waiting=waiting / period,
        arrivals=arrivals,
        served=service_rate * totals[IN_WORK],
        abandoned=abandonment_rate * waiting if abandonment_rate > 0 else 0.0,
        mean_time=totals[IN_SYSTEM] / arrivals,
        mean_wait=waiting / arrivals,
    )


def _period_totals(
    pieces: list[Piece], service_rate: float, abandonment_rate: float, loss: float, most: int
) -> list[float]:
    """Return the integrals over a period in periodic steady state, losing `loss` at most."""
    largest = max(piece.agents for piece in pieces)
    # Begin with a duty, so that the started tickets of a night are those of the duty before it.
    first = next((i for i, piece in enumerate(pieces) if piece.agents), 0)
    turned = pieces[first:] + pieces[:first]
    stages = [tuple(run) for _, run in groupby(turned, key=lambda piece: piece.agents > 0)]
    room = _first_guess(pieces, service_rate, abandonment_rate, loss)
    while True:
        room = min(room, most)
        steps = {  # the days of a week are often alike: each stage once
            stage: _run_step(stage, largest + room, service_rate, abandonment_rate)
            if stage[0].agents
            else _night_step(stage, largest, room, abandonment_rate)
            for stage in dict.fromkeys(stages)
        }
        whole_period = _composed([steps[stage] for stage in stages])
        totals = _stationary(whole_period.moves) @ whole_period.sums
        if abs(totals[LOST]) <= loss:
            return [float(total) for total in totals]
        if room == most:
            raise ValueError(
                f"more than {most} tickets may be waiting: the load is too close to what the "
                "agents can carry, or the period too long; raise most_tickets or tail"
            )
        room = room * 3 // 2


def _first_guess(
    pieces: list[Piece], service_rate: float, abandonment_rate: float, loss: float
) -> int:
    """Return about how many waiting tickets need room: the fluid's peak and a tail."""
    backlog = peak = 0.0
    for piece in pieces * 2:
        drift = piece.rate - service_rate * piece.agents
        backlog = max(0.0, backlog + drift * piece.duration)
        peak = max(peak, backlog)
    arrivals = sum(piece.rate * piece.duration for piece in pieces)
    carried = service_rate * sum(piece.agents * piece.duration for piece in pieces)
    # Patient customers: the tail of a periodic queue falls by the mean load for each ticket.
    tails = []
    if arrivals < carried:
        tails.append(math.log(arrivals / loss) / math.log1p((carried - arrivals) / arrivals))
    if abandonment_rate > 0:
        alone = max(piece.rate for piece in pieces) / abandonment_rate  # were nobody served
        peak = min(peak, alone)
        tails.append(8 * math.sqrt(alone))
    return math.ceil(peak + 6 * math.sqrt(peak) + min(tails)) + 10


def _run_step(
    run: Sequence[Piece], largest: int, service_rate: float, abandonment_rate: float
) -> Step:
    """Carry the numbers 0 … largest of tickets over several pieces."""
    return _composed([piece_step(piece, largest, service_rate, abandonment_rate) for piece in run])


def _night_step(run: Sequence[Piece], crew: int, room: int, abandonment_rate: float) -> Step:
    """Carry the numbers 0 … crew + room of tickets over the time between two duties.

    The tickets whose work has begun, as many as the crew can hold, stand still; only those
    waiting come and go.
    """
    alone = _run_step(run, room, 0.0, abandonment_rate)  # of the waiting, nobody on duty
    n = np.arange(crew + room + 1)
    started = np.minimum(n, crew)
    moves = np.zeros((len(n), len(n)))
    for number, stopped in zip(n, started, strict=True):
        moves[number, stopped : stopped + room + 1] = alone.moves[number - stopped]
    sums = alone.sums[n - started]
    sums[:, IN_SYSTEM] += started * sum(piece.duration for piece in run)
    return Step(moves, sums)


def _composed(steps: list[Step]) -> Step:
    """Return what several steps do one after another."""
    moves, sums = steps[0]
    for step in steps[1:]:
        moves, sums = moves @ step.moves, sums + moves @ step.sums
    return Step(moves, sums)


def _stationary(moves: Floats) -> Floats:
    """Return the distribution that a stochastic matrix leaves as it is."""
    size = len(moves)
    system = (moves - np.eye(size)).T
    system[-1] = 1.0  # one balance equation follows from the others; the total replaces it
    right = np.zeros(size)
    right[-1] = 1.0
    return np.asarray(np.linalg.solve(system, right), dtype=np.float64)
