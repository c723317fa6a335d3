"""Values of the formulas that others have published, to as many digits as they printed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from scipy.optimize import brentq

from supportsim.queueing import (
    ErlangA,
    erlang_a,
    erlang_b,
    erlang_c_mean_queue,
    erlang_c_mean_wait,
    erlang_c_service_level,
)

GARNETT = (
    'O. Garnett, A. Mandelbaum and M. Reiman (2002), "Designing a call center with impatient '
    'customers", table 1'
)
TABLES = "traffic tables of Erlang B: the load, in erlangs, at a blocking of 1 %"


@dataclass(frozen=True)
class Published:
    """A published number that a formula has to give.

    Attributes
    ----------
    id
        A short name.
    title
        What the number is.
    source
        Where it was published.
    value
        The number as it was printed.
    decimals
        How many decimals were printed.
    compute
        Returns what the formula gives.
    """

    id: str
    title: str
    source: str
    value: float
    decimals: int
    compute: Callable[[], float]

    @property
    def agrees(self) -> bool:
        """Whether the formula gives the number that was printed, once rounded like it."""
        return abs(self.compute() - self.value) <= 0.5 * 10.0**-self.decimals * (1 + 1e-9)


def _load_at_one_percent(servers: int) -> float:
    """Return the load of which so many lines turn 1 % away."""
    return _zero(lambda load: erlang_b(servers, load) - 0.01, float(servers))


def _p90(within: Callable[[float], float]) -> float:
    """Return the 90th percentile, in seconds, of waits of which a share is within some minutes."""
    return 60 * _zero(lambda minutes: within(minutes) - 0.9, 10.0)


def _zero(function: Callable[[float], float], high: float) -> float:
    """Return where a function that rises from below 0, at 0, to above it, at `high`, is 0."""
    return float(brentq(function, 0.0, high))


_CENTRE = "50 agents, 48 calls a minute of a minute each"
_IMPATIENT = f"{_CENTRE}, patience of two minutes"
_CALLS, _SERVED, _AGENTS = 48.0, 1.0, 50

PUBLISHED = (
    *(
        Published(
            f"erlang-b-{servers}",
            f"load at which {servers} lines block 1 % of calls, erlangs",
            TABLES,
            load,
            2,
            partial(_load_at_one_percent, servers),
        )
        for servers, load in ((10, 4.46), (20, 12.03), (100, 84.06))
    ),
    Published(
        "erlang-c-wait",
        f"{_CENTRE}: mean wait, s",
        GARNETT,
        20.8,
        1,
        lambda: 60 * erlang_c_mean_wait(_CALLS, _SERVED, _AGENTS),
    ),
    Published(
        "erlang-c-p90",
        f"{_CENTRE}: 90th percentile of the wait, s",
        GARNETT,
        58.1,
        1,
        lambda: _p90(lambda t: erlang_c_service_level(_CALLS, _SERVED, _AGENTS, t)),
    ),
    Published(
        "erlang-c-queue",
        f"{_CENTRE}: calls waiting",
        GARNETT,
        17,
        0,
        lambda: erlang_c_mean_queue(_CALLS, _SERVED, _AGENTS),
    ),
    Published(
        "erlang-a-given-up",
        f"{_IMPATIENT}: given up, %",
        GARNETT,
        3.1,
        1,
        lambda: 100 * _impatient().abandonment_probability,
    ),
    Published(
        "erlang-a-wait",
        f"{_IMPATIENT}: mean wait, s",
        GARNETT,
        3.7,
        1,
        lambda: 60 * _impatient().mean_wait,
    ),
    Published(
        "erlang-a-queue",
        f"{_IMPATIENT}: calls waiting",
        GARNETT,
        3,
        0,
        lambda: _impatient().mean_queue,
    ),
    Published(
        "erlang-a-occupancy",
        f"{_IMPATIENT}: occupancy, %",
        GARNETT,
        93,
        0,
        lambda: 100 * _impatient().occupancy,
    ),
)


def _impatient() -> ErlangA:
    return erlang_a(_CALLS, _SERVED, _AGENTS, 1 / 2)
