"""Queues with many equal servers and patient customers: Erlang B, Erlang C and M/M/c/K.

Rates are per any one unit of time; times come back in that unit. `load` is the arrival rate over
the service rate of one server, in erlangs.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from supportsim.queueing._checks import not_negative, positive, whole


def erlang_b(servers: int, load: float) -> float:
    """Return the probability that an arrival is lost in M/G/c/c.

    Computed by the recurrence B(n) = a B(n-1) / (n + a B(n-1)), which adds only positive numbers
    and so is stable for any number of servers.

    Parameters
    ----------
    servers
        Number of servers, 0 or more.
    load
        Offered load in erlangs, 0 or more.

    Raises
    ------
    ValueError
        If `servers` is not an int of 0 or more, or `load` is negative or not finite.

    Notes
    -----
    Source: A. K. Erlang (1917), "Solution of some problems in the theory of probabilities of
    significance in automatic telephone exchanges".
    """
    servers = whole("servers", servers)
    not_negative(load=load)
    blocking = 1.0
    for n in range(1, servers + 1):
        blocking = load * blocking / (n + load * blocking)
    return blocking


def erlang_c(servers: int, load: float) -> float:
    """Return the probability that an arrival must wait in M/M/c; 1.0 when load >= servers.

    Parameters
    ----------
    servers
        Number of servers, 0 or more.
    load
        Offered load in erlangs, 0 or more.

    Raises
    ------
    ValueError
        If `servers` is not an int of 0 or more, or `load` is negative or not finite.

    Notes
    -----
    Source: A. K. Erlang (1917), as above.
    """
    blocking = erlang_b(servers, load)
    if load >= servers:
        return 1.0
    return servers * blocking / (servers - load * (1.0 - blocking))


def erlang_c_mean_wait(arrival_rate: float, service_rate: float, servers: int) -> float:
    """Return the mean wait before service in M/M/c, over all customers.

    Parameters
    ----------
    arrival_rate, service_rate
        Arrivals, and services of one busy server, per unit of time.
    servers
        Number of servers.

    Raises
    ------
    ValueError
        If an input is out of range, or the load is not below the number of servers.

    Notes
    -----
    Source: A. K. Erlang (1917), as above.
    """
    spare = _spare_rate(arrival_rate, service_rate, servers)
    return erlang_c(servers, arrival_rate / service_rate) / spare


def erlang_c_mean_queue(arrival_rate: float, service_rate: float, servers: int) -> float:
    """Return the time-average number waiting, not in service, in M/M/c.

    Parameters and errors are those of `erlang_c_mean_wait`.

    Notes
    -----
    Source: J. D. C. Little (1961), "A proof for the queuing formula: L = λW".
    """
    return arrival_rate * erlang_c_mean_wait(arrival_rate, service_rate, servers)


def erlang_c_service_level(
    arrival_rate: float, service_rate: float, servers: int, within: float
) -> float:
    """Return the probability that the wait before service in M/M/c is at most `within`.

    Parameters
    ----------
    arrival_rate, service_rate
        Arrivals, and services of one busy server, per unit of time.
    servers
        Number of servers.
    within
        Longest wait that counts, 0 or more.

    Raises
    ------
    ValueError
        If an input is out of range, or the load is not below the number of servers.

    Notes
    -----
    First come, first served. Source: A. K. Erlang (1917), as above.
    """
    spare = _spare_rate(arrival_rate, service_rate, servers)
    not_negative(within=within)
    return 1.0 - erlang_c(servers, arrival_rate / service_rate) * math.exp(-spare * within)


def _spare_rate(arrival_rate: float, service_rate: float, servers: int) -> float:
    """Return how much faster all servers work than customers arrive, checked to be above 0."""
    not_negative(arrival_rate=arrival_rate)
    positive(service_rate=service_rate)
    servers = whole("servers", servers)
    spare = servers * service_rate - arrival_rate
    # Both tests, for rounding may let the two disagree at the very boundary.
    if spare <= 0 or arrival_rate / service_rate >= servers:
        raise ValueError(
            f"unstable: a load of {arrival_rate / service_rate:g} needs more than {servers} servers"
        )
    return spare


@dataclass(frozen=True)
class FiniteQueue:
    """Steady state of M/M/c/K.

    Attributes
    ----------
    blocking
        Probability that an arrival finds all places taken and is lost.
    delay_probability
        Probability that an accepted customer must wait.
    mean_wait
        Mean wait before service of the accepted.
    mean_queue
        Time-average number waiting.
    occupancy
        Time-average share of the servers that are busy.
    """

    blocking: float
    delay_probability: float
    mean_wait: float
    mean_queue: float
    occupancy: float


def finite_queue(
    arrival_rate: float, service_rate: float, servers: int, capacity: int
) -> FiniteQueue:
    """Return the steady state of M/M/c/K: arrivals that find `capacity` customers are lost.

    Parameters
    ----------
    arrival_rate, service_rate
        Arrivals, and services of one busy server, per unit of time; above 0.
    servers
        Number of servers, 1 or more.
    capacity
        Places for customers waiting and in service, `servers` or more.

    Raises
    ------
    ValueError
        If an input is out of range.

    Notes
    -----
    Source: D. Gross and C. M. Harris (1974), "Fundamentals of Queueing Theory", truncated
    queues M/M/c/K.
    """
    positive(arrival_rate=arrival_rate, service_rate=service_rate)
    servers = whole("servers", servers, 1)
    capacity = whole("capacity", capacity, servers)
    n = np.arange(capacity + 1)
    waiting = np.maximum(n - servers, 0)
    # In logarithms, because powers and factorials of a few hundred overflow.
    logs = (
        n * math.log(arrival_rate / service_rate)
        - gammaln(np.minimum(n, servers) + 1.0)
        - waiting * math.log(servers)
    )
    share = np.exp(logs - logs.max())
    share /= share.sum()
    entered = float(share[:-1].sum())
    queue = float(share @ waiting)
    return FiniteQueue(
        blocking=float(share[-1]),
        delay_probability=float(share[servers:-1].sum()) / entered,
        mean_wait=queue / (arrival_rate * entered),
        mean_queue=queue,
        occupancy=float(share @ (n - waiting)) / servers,
    )
