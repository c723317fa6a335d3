"""How many servers a service level needs: exactly, and by the square-root rule."""

import math
from bisect import bisect_left

from scipy.optimize import brentq

from supportsim.queueing._checks import not_negative, positive, share
from supportsim.queueing.erlang import erlang_c_service_level
from supportsim.queueing.patience import erlang_a


def agents_needed(
    arrival_rate: float,
    service_rate: float,
    within: float,
    target: float,
    abandonment_rate: float = 0.0,
) -> int:
    """Return the fewest servers that serve a share `target` of all customers `within` a wait.

    Parameters
    ----------
    arrival_rate, service_rate
        Arrivals, and services of one busy server, per unit of time; above 0.
    within
        Longest wait that counts, 0 or more.
    target
        Share of all customers, above 0 and below 1; who gives up does not count as served.
    abandonment_rate
        One over the mean patience; 0 for customers who never give up.

    Raises
    ------
    ValueError
        If an input is out of range.

    Notes
    -----
    Erlang C without abandonment, Erlang A with it; in both, the level rises with each server.
    """
    positive(arrival_rate=arrival_rate, service_rate=service_rate)
    not_negative(within=within, abandonment_rate=abandonment_rate)
    share(target=target)

    def enough(servers: int) -> bool:
        if abandonment_rate > 0:
            result = erlang_a(arrival_rate, service_rate, servers, abandonment_rate)
            return result.service_level(within) >= target
        return erlang_c_service_level(arrival_rate, service_rate, servers, within) >= target

    # Start below the answer, or a small one would be missed.
    fewest = 0 if abandonment_rate > 0 else math.floor(arrival_rate / service_rate) + 1
    width = 1
    while not enough(fewest + width - 1):
        width *= 2
    return fewest + bisect_left(range(fewest, fewest + width), True, key=enough)


def square_root_servers(load: float, delay_probability: float) -> int:
    """Return about how many servers keep the probability of waiting at `delay_probability`.

    The load R plus a safety margin of β√R, where β solves
    delay_probability = 1 / (1 + β Φ(β) / φ(β)).

    Parameters
    ----------
    load
        Offered load in erlangs, above 0.
    delay_probability
        Share of customers who wait, above 0 and below 1.

    Raises
    ------
    ValueError
        If an input is out of range.

    Notes
    -----
    Source: S. Halfin and W. Whitt (1981), "Heavy-traffic limits for queues with many exponential
    servers". Exact as the load grows, and within a server or so even for a small one.
    """
    positive(load=load)
    share(delay_probability=delay_probability)

    def excess(beta: float) -> float:
        density = math.exp(-beta * beta / 2) / math.sqrt(2 * math.pi)
        below = math.erfc(-beta / math.sqrt(2)) / 2
        return density / (density + beta * below) - delay_probability

    beta: float = brentq(excess, 0.0, 40.0)
    return max(math.ceil(load + beta * math.sqrt(load)), math.floor(load) + 1)
