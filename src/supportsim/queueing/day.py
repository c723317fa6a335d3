"""A live queue over one day: arrivals and staffing change, shifts begin and end.

Between two changes the number of customers is a birth-death chain with constant rates, which a
matrix exponential carries over exactly. See `duty` for work that stops at the end of duty.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import hypergeom

from supportsim.queueing._checks import not_negative, positive, share, vectors, whole
from supportsim.queueing._pieces import (
    ALL_BUSY,
    IN_WORK,
    LOST,
    WAITING,
    Piece,
    Step,
    piece_step,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from supportsim.tables import Floats


@dataclass(frozen=True)
class DayQueue:
    """Expectations on each piece of a day, arrays of shape (pieces,).

    Attributes
    ----------
    arrivals, served, abandoned
        Customers who arrive, whose service ends, and who give up on this piece.
    delay_probability
        Probability that who arrives on this piece finds no agent free and has to wait.
    mean_waiting
        Time-average number waiting.
    mean_in_work
        Time-average number of customers whom an agent on duty serves.
    into_overtime
        Customers whom agents have in hand as they leave, at the start of the piece.
    mean_in_overtime
        Time-average number of customers whom an agent serves to the end after duty.
    present_at_end
        Number waiting or in service, overtime included, at the end of the piece.
    """

    arrivals: Floats
    served: Floats
    abandoned: Floats
    delay_probability: Floats
    mean_waiting: Floats
    mean_in_work: Floats
    into_overtime: Floats
    mean_in_overtime: Floats
    present_at_end: Floats


def day_queue(
    rates: Sequence[float] | Floats,
    agents: Sequence[int],
    durations: Sequence[float] | Floats,
    service_rate: float,
    abandonment_rate: float = 0.0,
    *,
    leaving: Sequence[int] | None = None,
    tail: float = 1e-12,
    most_customers: int = 2000,
) -> DayQueue:
    """Solve M_t/M/s(t)+M from an empty start, by its forward equations.

    An agent whose duty ends serves the customer in hand to the end, in overtime, and takes nobody
    new. Of the agents on duty, those who leave are drawn at random, so that how many of them are
    busy is hypergeometric; this is exact whenever all leave, and whenever who leaves is drawn
    without regard to who is busy. Those who begin come after those who leave.

    Parameters
    ----------
    rates
        Arrivals per unit of time on each piece of the day, shape (pieces,).
    agents
        Agents on duty on each piece, shape (pieces,).
    durations
        Length of each piece, shape (pieces,), above 0.
    service_rate
        Customers whom one busy agent serves per unit of time; above 0.
    abandonment_rate
        One over the mean patience; 0 for customers who never give up.
    leaving
        How many of the agents before leave at the start of each piece, shape (pieces,); 0 for the
        first. The rest of the change are agents who begin. Left out: as many as the change needs.
    tail
        Largest share of the arrivals that the cut at a largest number of customers may turn away,
        above 0 and below 1.
    most_customers
        Give up rather than follow more customers than this; time grows with its cube.

    Raises
    ------
    ValueError
        If an input is out of range or differs in length, nobody ever arrives, more agents leave
        than are there or too few for the change, or `most_customers` are too few for `tail`.

    Notes
    -----
    Sources: A. Ingolfsson (2005), "Modeling the M(t)/M/s(t) queue with an exhaustive discipline",
    and A. Ingolfsson et al. (2007), "A survey and experimental comparison of service-level-
    approximation methods for nonstationary M(t)/M/s(t) queueing systems". How customers in
    overtime become fewer is an exponential: each is served by an agent of their own.
    """
    positive(service_rate=service_rate)
    not_negative(abandonment_rate=abandonment_rate)
    share(tail=tail)
    most_customers = whole("most_customers", most_customers, 1)
    crew = [whole("agents", number) for number in agents]
    rate, _, length = vectors(rates=rates, agents=crew, durations=durations)
    if not (length > 0).all():
        raise ValueError(f"durations must be above 0, not {length.tolist()}")
    arrivals = rate * length
    if arrivals.sum() == 0:
        raise ValueError("rates are all 0: nobody ever arrives")
    gone = _leaving(crew, leaving)
    pieces = [Piece(*row) for row in zip(rate.tolist(), crew, length.tolist(), strict=True)]
    largest = max(crew) + 2 * math.ceil(rate.max() / service_rate) + 20
    while True:
        largest = min(largest, most_customers)
        sums, at_end, overtime = _day(pieces, gone, largest, service_rate, abandonment_rate)
        if sums[:, LOST].sum() <= tail * arrivals.sum():
            break
        if largest == most_customers:
            raise ValueError(
                f"more than {most_customers} customers may be there at once; raise "
                "most_customers or tail"
            )
        largest = largest * 3 // 2
    return DayQueue(
        arrivals=arrivals,
        served=service_rate * (sums[:, IN_WORK] + overtime[:, 1]),
        abandoned=abandonment_rate * sums[:, WAITING],
        delay_probability=sums[:, ALL_BUSY] / length,
        mean_waiting=sums[:, WAITING] / length,
        mean_in_work=sums[:, IN_WORK] / length,
        into_overtime=overtime[:, 0],
        mean_in_overtime=overtime[:, 1] / length,
        present_at_end=at_end + overtime[:, 2],
    )


def _leaving(crew: list[int], leaving: Sequence[int] | None) -> list[int]:
    """Return how many agents leave at the start of each piece, checked."""
    falls = [0, *(max(before - after, 0) for before, after in pairwise(crew))]
    if leaving is None:
        return falls
    gone = [whole("leaving", number) for number in leaving]
    if len(gone) != len(crew):
        raise ValueError(f"leaving has {len(gone)} numbers but agents {len(crew)}")
    for number, fall, before in zip(gone, falls, [0, *crew[:-1]], strict=True):
        if not fall <= number <= before:
            raise ValueError(f"leaving must be {fall} to {before} here, not {number}")
    return gone


def _day(
    pieces: list[Piece],
    gone: list[int],
    largest: int,
    service_rate: float,
    abandonment_rate: float,
) -> tuple[Floats, Floats, Floats]:
    """Follow a day with 0 … `largest` customers who wait or are served by an agent on duty.

    Returns the integrals over each piece, shape (pieces, 5); the expected number of customers at
    the end of each; and for overtime the expected number taken into it at the start, its
    integral, and the expected number at the end, shape (pieces, 3).
    """
    steps: dict[Piece, Step] = {}
    n = np.arange(largest + 1)
    now = np.zeros(largest + 1)
    now[0] = 1.0
    before, in_overtime = 0, 0.0
    sums, at_end, overtime = [], [], []
    for piece, leaving in zip(pieces, gone, strict=True):
        taken = 0.0
        if leaving:
            after = now @ after_leaving(before, leaving, largest)
            taken = float((now - after) @ n)
            now = after
        in_overtime += taken
        if piece not in steps:
            steps[piece] = piece_step(piece, largest, service_rate, abandonment_rate)
        sums.append(now @ steps[piece].sums)
        now = now @ steps[piece].moves
        at_end.append(float(now @ n))
        ended = -in_overtime * math.expm1(-service_rate * piece.duration)
        in_overtime -= ended
        overtime.append((taken, ended / service_rate, in_overtime))
        before = piece.agents
    return np.array(sums), np.array(at_end), np.array(overtime)


def after_leaving(agents: int, leaving: int, largest: int) -> Floats:
    """Return how the number of customers falls as some agents take theirs into overtime."""
    moves = np.zeros((largest + 1, largest + 1))
    for number in range(largest + 1):
        taken = np.arange(min(number, leaving) + 1)
        moves[number, number - taken] = hypergeom.pmf(taken, agents, min(number, agents), leaving)
    return moves
