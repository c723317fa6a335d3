"""When customers come, who is there already, and how long those will still wait."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy import special

from supportsim.sampling.streams import Streams
from supportsim.scenario.calendar import Rate, arrival_rate
from supportsim.scenario.distributions import AnyDistribution
from supportsim.scenario.model import Channel, Scenario
from supportsim.tables import Floats
from supportsim.units import DAY

JUST_NOW = 1e-9
"""Least age of a ticket that is open at the start, minutes."""


def draw_arrivals(scenario: Scenario, name: str, streams: Streams) -> Floats:
    """Return the times at which a channel's customers come, in order, before any self-service.

    Parameters
    ----------
    scenario
        The desk.
    name
        The channel; its streams are ``name/arrivals`` and, for busy days, ``name/busyness``.
    streams
        The random numbers of the replication.

    Returns
    -------
    float64, shape (customers,)
        Minutes, from the scenario's start to its horizon.
    """
    arrivals = scenario.channels[name].arrivals
    rate = arrival_rate(scenario, arrivals)
    if arrivals.busyness_cv:
        days = math.ceil(scenario.run.horizon / DAY)
        uniforms = streams.uniforms(f"{name}/busyness", days)
        rate = rate.times(_busyness(arrivals.busyness_cv, uniforms))
    return poisson_times(rate, streams, f"{name}/arrivals")


def poisson_times(rate: Rate, streams: Streams, name: str) -> Floats:
    """Return the times, in order, of a Poisson process whose random numbers are the stream `name`.

    A process of unit rate is drawn and its times are mapped through the inverse of the cumulative
    rate (Çinlar 1975), which is exact for any rate and keeps ticket i the same ticket when the
    rate changes.
    """
    expected = rate.total
    generator = streams.generator(name)
    chunk = int(expected + 6 * np.sqrt(expected)) + 16
    gaps = [-np.log1p(-generator.random(chunk))]
    while (events := np.cumsum(np.concatenate(gaps)))[-1] <= expected:
        gaps.append(-np.log1p(-generator.random(chunk)))
    return rate.inverse(events[events <= expected]) if expected else events[:0]


def _busyness(cv: float, uniforms: Floats) -> Floats:
    """Return gamma factors with mean 1 and a coefficient of variation, by inversion."""
    standard = np.asarray(special.gammaincinv(cv**-2, uniforms), dtype=np.float64)
    return standard * cv**2


def draw_backlog(
    channel: Channel, name: str, streams: Streams
) -> tuple[Floats, npt.NDArray[np.intp]]:
    """Return when the tickets arrived that are open at the start, in order, and which each one is.

    Where only their number is given, their ages are drawn from the stream ``name/backlog_age``.

    Returns
    -------
    times : float64, shape (tickets,)
        Minutes, all below 0, as those who are there at the start are past every door; nothing for
        a channel without a backlog.
    who : shape (tickets,)
        Number of the ticket: the row of its age, given or drawn. One that is added after the
        others leaves them their numbers, however old it is.
    """
    backlog = channel.backlog
    if backlog is None:
        return np.zeros(0), np.zeros(0, np.intp)
    if backlog.ages is not None:
        ages = np.array(backlog.ages, dtype=np.float64)
    else:
        uniforms = streams.uniforms(f"{name}/backlog_age", backlog.size)
        ages = backlog.age.quantile(uniforms)
    who = np.argsort(-ages, kind="stable")
    return np.minimum(-ages[who], -JUST_NOW), who


def patience_beyond(distribution: AnyDistribution, ages: Floats, uniforms: Floats) -> Floats:
    """Return how long customers wait, since they came, who have waited for some time already.

    Those give up at once, so that their patience is their age, who waited longer than anybody
    could; see `supportsim.scenario.law.Law.quantile_beyond`.
    """
    return distribution.quantile_beyond(ages, uniforms)
