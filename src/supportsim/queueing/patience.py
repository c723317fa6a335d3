"""Many equal servers and customers who give up: Erlang A, that is M/M/c+M.

Rates are per any one unit of time; times come back in that unit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit, logsumexp

from supportsim.queueing._checks import not_negative, positive, whole
from supportsim.queueing.erlang import erlang_b

if TYPE_CHECKING:
    from supportsim.tables import Floats

_NEGLIGIBLE = 45.0
"""Terms below exp(-45), 3e-20, of the largest are left out."""

_MOST_TERMS = 10_000_000


@dataclass(frozen=True)
class ErlangA:
    """Steady state of M/M/c+M, first come, first served.

    Attributes
    ----------
    arrival_rate, service_rate, servers, abandonment_rate
        The inputs of `erlang_a`.
    delay_probability
        Probability that an arrival finds no free server.
    abandonment_probability
        Probability that a customer gives up.
    mean_wait
        Mean wait over all customers, until service or giving up.
    mean_wait_served
        Mean wait of those served; NaN without servers.
    mean_queue
        Time-average number waiting.
    occupancy
        Time-average share of the servers that are busy; NaN without servers.
    """

    arrival_rate: float
    service_rate: float
    servers: int
    abandonment_rate: float
    delay_probability: float
    abandonment_probability: float
    mean_wait: float
    mean_wait_served: float
    mean_queue: float
    occupancy: float

    def service_level(self, within: float) -> float:
        """Return P(wait <= within and served), a share of all customers.

        Divide by ``1 - abandonment_probability`` for the share of those served.

        Raises
        ------
        ValueError
            If `within` is negative or not finite.
        """
        late = self._offered_beyond(within, and_served=True)
        if self.servers == 0:
            return 0.0
        return max(0.0, 1.0 - self.abandonment_probability - late)

    def wait_within(self, within: float) -> float:
        """Return P(wait <= within) over all customers, whether served or given up.

        Raises
        ------
        ValueError
            If `within` is negative or not finite.
        """
        offered = self._offered_beyond(within, and_served=False)
        return 1.0 - math.exp(-self.abandonment_rate * within) * offered

    def _offered_beyond(self, within: float, *, and_served: bool) -> float:
        """Return the probability of an offered wait above `within` (of a patient enough customer).

        The offered wait has density proportional to exp(λ(1 - exp(-θx))/θ - cμx) (Baccelli and
        Hebuterne 1981); being served multiplies it by exp(-θx). Its integral from t on is the one
        from 0 on with λ exp(-θt) for λ, times the density at t; and the latter is the series of
        `_log_weights` over cμ.
        """
        not_negative(within=within)
        theta, full = self.abandonment_rate, self.servers * self.service_rate
        rate = full + theta if and_served else full
        density = -self.arrival_rate * math.expm1(-theta * within) / theta - rate * within
        rest = logsumexp(_log_weights(self.arrival_rate * math.exp(-theta * within), rate, theta))
        whole_sum = logsumexp(_log_weights(self.arrival_rate, full, theta))
        share = full / rate if and_served else 1.0
        return self.delay_probability * share * math.exp(density + float(rest - whole_sum))


def erlang_a(
    arrival_rate: float, service_rate: float, servers: int, abandonment_rate: float
) -> ErlangA:
    """Return the steady state of M/M/c+M: exponential patience while waiting.

    Parameters
    ----------
    arrival_rate, service_rate
        Arrivals, and services of one busy server, per unit of time; above 0.
    servers
        Number of servers, 0 or more.
    abandonment_rate
        One over the mean patience; above 0 (without patience use the Erlang C functions).

    Raises
    ------
    ValueError
        If an input is out of range, or patience is so long under overload that ten million
        states would not hold the queue.

    Notes
    -----
    Source: C. Palm (1957), "Research on telephone traffic carried by full availability groups";
    A. Mandelbaum and S. Zeltyn (2007), "Service engineering in action: the Palm/Erlang-A queue".
    """
    positive(
        arrival_rate=arrival_rate, service_rate=service_rate, abandonment_rate=abandonment_rate
    )
    servers = whole("servers", servers)
    full = servers * service_rate
    logs = _log_weights(arrival_rate, full, abandonment_rate)
    total = float(logsumexp(logs))
    share = np.exp(logs - total)  # of the queue lengths 0, 1, … once all servers are busy
    length = np.arange(len(share))
    delay = _delay_probability(erlang_b(servers, arrival_rate / service_rate), total)
    queue = delay * float(share @ length)
    lost = abandonment_rate * queue / arrival_rate
    served_wait = occupancy = math.nan
    if servers > 0:
        # Whoever finds j waiting is served after exponential stages of rate cμ, cμ+θ … cμ+jθ, if
        # an exponential patience outlasts them all; stage i given that has rate cμ+(i+1)θ.
        stages = full + abandonment_rate * (length + 1)
        late = delay * float(share @ (full / stages * np.cumsum(1.0 / stages)))
        served = 1.0 - delay + delay * float(share @ (full / stages))
        served_wait = late / served
        occupancy = arrival_rate * served / full
    return ErlangA(
        arrival_rate=arrival_rate,
        service_rate=service_rate,
        servers=servers,
        abandonment_rate=abandonment_rate,
        delay_probability=delay,
        abandonment_probability=lost,
        mean_wait=queue / arrival_rate,
        mean_wait_served=served_wait,
        mean_queue=queue,
        occupancy=occupancy,
    )


def _delay_probability(blocking: float, log_total: float) -> float:
    """Weigh the states with all servers busy against the others, without overflow.

    With the state "all busy, none waiting" at weight 1, the busy states weigh exp(log_total) and
    the states with a free server 1/B - 1, by the definition of Erlang's B.
    """
    if blocking in (0.0, 1.0):
        return blocking
    return float(expit(log_total - math.log1p(-blocking) + math.log(blocking)))


def _log_weights(birth: float, base: float, step: float) -> Floats:
    """Return the log weight of each queue length from 0 on, all servers busy, relative to length 0.

    Element j is the sum over k = 1 … j of log(birth / (base + k step)), cut where the weights are
    negligible. With y = birth/step and a = base/step the largest is at j* = max(0, y - a), and
    the one d later is smaller by exp(-d²/(2(y + d))) or more, as v - log(1 + v) >= v²/(2(1 + v));
    where a > y, also by (y/a)^d. From there on they fall faster than a geometric series.
    """
    if birth <= 0.0:  # exp(-θt) underflows for long waits
        return np.zeros(1)
    mean = birth / step
    beyond = _NEGLIGIBLE + math.sqrt(_NEGLIGIBLE**2 + 2 * _NEGLIGIBLE * mean)
    if base > birth:
        beyond = min(beyond, _NEGLIGIBLE / math.log1p((base - birth) / birth))
    terms = max(0.0, (birth - base) / step) + beyond + 2
    if terms > _MOST_TERMS:
        raise ValueError(
            f"abandonment_rate {step:g} is so low that {terms:.2g} customers may wait: "
            "too many to add up"
        )
    k = np.arange(1, int(terms) + 1)
    return np.concatenate(([0.0], np.cumsum(np.log(birth / (base + k * step)))))
