"""The offered load of a rate that varies over time: how many servers would be busy if all came in.

With as many servers as there are customers, the number of busy ones at a time t is Poisson
distributed if arrivals are (M_t/G/∞); its mean is the load that staffing by the hour has to meet.
It lags behind the rate, by about the service times of those who are served.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from supportsim.queueing._checks import vectors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from supportsim.tables import Floats


def offered_load(
    edges: Sequence[float] | Floats,
    rates: Sequence[float] | Floats,
    service_times: Sequence[float] | Floats,
    times: Sequence[float] | Floats,
) -> Floats:
    """Return the expected number of busy servers in M_t/G/∞ at some times.

    m(t) = ∫ λ(u) P(S > t − u) du = E[Λ(t) − Λ(t − S)], where Λ is the integral of the rate λ.

    Parameters
    ----------
    edges
        Edges of the pieces on which the rate is constant, from 0, increasing, shape (pieces + 1,);
        the last is the period after which the rate repeats itself, as it has done for ever.
    rates
        Arrivals per unit of time on each piece, shape (pieces,), 0 or more.
    service_times
        Service times that are equally likely, shape (n,): measured ones, or quantiles at the
        middles of n equal shares of a distribution.
    times
        Shape (m,), 0 or more.

    Returns
    -------
    float64, shape (m,)

    Raises
    ------
    ValueError
        If an input is out of range, empty or of another length.

    Notes
    -----
    Source: S. G. Eick, W. A. Massey and W. Whitt (1993), "The physics of the M_t/G/∞ queue",
    theorem 1. Exact for the service times given; the cost is that of m · n look-ups.
    """
    (rate,), (edge,) = vectors(rates=rates), vectors(edges=edges)
    (service,), (time,) = vectors(service_times=service_times), vectors(times=times)
    if len(edge) != len(rate) + 1:
        raise ValueError(f"edges must be one more than rates: {len(rate) + 1}, not {len(edge)}")
    if edge[0] != 0 or not (np.diff(edge) > 0).all():
        raise ValueError("edges must begin at 0 and increase")
    events = np.concatenate([[0.0], np.cumsum(rate * np.diff(edge))])

    def cumulative(at: Floats) -> Floats:
        periods = np.floor(at / edge[-1])
        counted: Floats = periods * events[-1] + np.interp(at - periods * edge[-1], edge, events)
        return counted

    # Customers who are still there at t came in the time that their service takes.
    before = cumulative((time[:, None] - service).ravel()).reshape(len(time), len(service))
    load: Floats = cumulative(time) - before.mean(axis=1)
    return load
