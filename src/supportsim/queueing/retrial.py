"""Customers who find the line engaged, or give up, and call again.

Rates are per any one unit of time; times come back in that unit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from supportsim.queueing._chain import steady_state
from supportsim.queueing._checks import not_negative, positive, share, whole

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class RetrialQueue:
    """Steady state of M/M/c/K+M whose lost customers try again.

    Attributes
    ----------
    blocking
        Probability that a customer finds all places taken at the first attempt.
    retry_blocking
        The same for all later attempts; NaN where there are none.
    attempts
        Attempts per customer, the first included.
    served
        Probability that a customer is served in the end.
    mean_orbit
        Time-average number of customers who mean to try again.
    mean_queue
        Time-average number waiting.
    mean_busy
        Time-average number of busy servers.
    """

    blocking: float
    retry_blocking: float
    attempts: float
    served: float
    mean_orbit: float
    mean_queue: float
    mean_busy: float


def retrial_queue(
    arrival_rate: float,
    service_rate: float,
    servers: int,
    capacity: int,
    retry_rate: float,
    persistence: float,
    abandonment_rate: float = 0.0,
    *,
    tail: float = 1e-12,
    most_in_orbit: int = 5000,
) -> RetrialQueue:
    """Solve M/M/c/K with redialling: the chain of customers at the servers and in orbit.

    Whoever is blocked, or gives up waiting, tries again with probability `persistence`, after an
    exponential time, as often as it takes. So the number of further attempts that a customer is
    ready to make is geometric, and drawn anew at each attempt or once for all, which is the same.

    Parameters
    ----------
    arrival_rate, service_rate
        First attempts, and services of one busy server, per unit of time; above 0.
    servers
        Number of servers, 1 or more.
    capacity
        Places for customers waiting and in service, `servers` or more.
    retry_rate
        One over the mean time until the next attempt; above 0.
    persistence
        Probability of another attempt, 0 to 1.
    abandonment_rate
        One over the mean patience; 0 for customers who never give up.
    tail
        Largest share of the arrivals that the cut at a largest number in orbit may lose, above 0
        and below 1.
    most_in_orbit
        Give up rather than follow more customers in orbit than this.

    Raises
    ------
    ValueError
        If an input is out of range, all persist though the servers cannot carry the load, or
        `most_in_orbit` are too few for `tail`.

    Notes
    -----
    Source: G. I. Falin and J. G. C. Templeton (1997), "Retrial Queues", sections 1.1 and 2.7.
    """
    positive(arrival_rate=arrival_rate, service_rate=service_rate, retry_rate=retry_rate)
    not_negative(abandonment_rate=abandonment_rate)
    share(tail=tail)
    servers = whole("servers", servers, 1)
    capacity = whole("capacity", capacity, servers)
    most_in_orbit = whole("most_in_orbit", most_in_orbit, 1)
    if not 0 <= persistence <= 1:
        raise ValueError(f"persistence must be 0 to 1, not {persistence}")
    load = arrival_rate / service_rate
    if persistence == 1 and load >= servers:
        raise ValueError(f"unstable: all persist, and a load of {load:g} needs more servers")

    def moves(state: tuple[int, int]) -> Iterator[tuple[float, tuple[int, int]]]:
        inside, orbit = state
        more = min(orbit + 1, largest)
        if inside < capacity:
            yield arrival_rate, (inside + 1, orbit)
            yield orbit * retry_rate, (inside + 1, orbit - 1)
        else:
            yield arrival_rate * persistence * (more > orbit), (inside, more)
            yield orbit * retry_rate * (1 - persistence), (inside, orbit - 1)
        yield min(inside, servers) * service_rate, (inside - 1, orbit)
        giving_up = max(inside - servers, 0) * abandonment_rate
        yield giving_up * persistence, (inside - 1, more)
        yield giving_up * (1 - persistence), (inside - 1, orbit)

    largest = math.ceil(load + 8 * math.sqrt(load)) + 10
    while True:
        largest = min(largest, most_in_orbit)
        states, shares = steady_state((0, 0), moves)
        inside, orbit = np.array(states).T
        queue = np.maximum(inside - servers, 0)
        full = inside == capacity
        leaving = full * arrival_rate + queue * abandonment_rate
        lost = persistence * float(shares @ (leaving * (orbit == largest)))
        if lost <= tail * arrival_rate:
            break
        if largest == most_in_orbit:
            raise ValueError(
                f"more than {most_in_orbit} customers may be in orbit; raise most_in_orbit or tail"
            )
        largest = largest * 3 // 2
    mean_orbit = float(shares @ orbit)
    busy = float(shares @ np.minimum(inside, servers))
    return RetrialQueue(
        blocking=float(shares @ full),
        retry_blocking=float(shares @ (orbit * full)) / mean_orbit if mean_orbit else math.nan,
        attempts=1 + retry_rate * mean_orbit / arrival_rate,
        served=service_rate * busy / arrival_rate,
        mean_orbit=mean_orbit,
        mean_queue=float(shares @ queue),
        mean_busy=busy,
    )
