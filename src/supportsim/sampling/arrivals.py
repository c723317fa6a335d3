"""When customers come, who is there already, and how long those will still wait."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy import special

from supportsim.sampling.streams import Streams
from supportsim.scenario.calendar import Rate, arrival_rate
from supportsim.scenario.distributions import (
    AnyDistribution,
    Empirical,
    Exponential,
    Gamma,
    Lognormal,
    Triangular,
    Uniform,
    Weibull,
)
from supportsim.scenario.model import Channel, Scenario
from supportsim.tables import Floats
from supportsim.units import DAY


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


def draw_backlog(channel: Channel, name: str, streams: Streams) -> Floats:
    """Return when the tickets arrived that are open at the start, in order.

    Where only their number is given, their ages are drawn from the stream ``name/backlog_age``.

    Returns
    -------
    float64, shape (tickets,)
        Minutes, none above 0; nothing for a channel without a backlog.
    """
    backlog = channel.backlog
    if backlog is None:
        return np.zeros(0)
    if backlog.ages is not None:
        ages = np.array(backlog.ages, dtype=np.float64)
    else:
        uniforms = streams.uniforms(f"{name}/backlog_age", backlog.size)
        ages = backlog.age.quantile(uniforms)
    return np.sort(0.0 - ages)


def patience_beyond(distribution: AnyDistribution, ages: Floats, uniforms: Floats) -> Floats:
    """Return how long customers wait before they give up who have waited for some time already.

    That is a sample of the distribution on the condition that it is no less than the age, by
    inversion: at age 0 it is the quantile. Customers give up at once, so that their patience is
    their age, where nobody could have waited so long: beyond the largest value of a distribution
    that has one, and where the chance of it is so small, some 1e-308, that it counts as 0.

    Parameters
    ----------
    distribution
        The patience of customers who have just come.
    ages : float64, shape (customers,)
        Minutes for which each of these has waited.
    uniforms : float64, shape (customers,)
        A number for each of them, uniform on [0, 1).

    Returns
    -------
    float64, shape (customers,)
        Minutes since each of them came, at least the age.
    """
    if isinstance(distribution, Empirical):
        beyond = _measured_beyond(distribution, ages, uniforms)
    elif np.ptp(distribution.quantile(np.array([0.25, 0.75]))) == 0:  # it does not vary
        beyond = distribution.quantile(uniforms)
    else:
        beyond = _beyond(distribution, ages, uniforms)
    return np.maximum(beyond, ages)


def _measured_beyond(distribution: Empirical, ages: Floats, uniforms: Floats) -> Floats:
    count = len(distribution.values or ())
    values = distribution.quantile((np.arange(count) + 0.5) / count)
    first = np.searchsorted(values, ages, side="left")
    chosen = first + (uniforms * (count - first)).astype(np.intp)
    return np.where(first < count, values[np.minimum(chosen, count - 1)], ages)


def _beyond(distribution: AnyDistribution, ages: Floats, uniforms: Floats) -> Floats:
    """Invert a distribution with a density from the chance to exceed the age.

    The quantile function alone would not do: beside 1, where the ages of long waits lie, there are
    too few numbers.
    """
    match distribution:
        case Exponential():  # it has no memory
            return ages + distribution.quantile(uniforms)
        case Weibull():
            return _weibull_beyond(distribution, ages, uniforms)
        case Gamma():
            shape = distribution.shape or (distribution.cv or 1.0) ** -2
            scale = distribution.average / shape
            p, q = _shares(
                special.gammainc(shape, ages / scale),
                special.gammaincc(shape, ages / scale),
                uniforms,
            )
            below, above = special.gammaincinv(shape, p), special.gammainccinv(shape, q)
            return np.where(q > 0, scale * np.where(p < q, below, above), ages)
        case Lognormal():
            median = distribution.quantile(np.array(0.5))
            with np.errstate(divide="ignore"):  # at age 0
                z = np.log(ages / median) / distribution._log_sd
            p, q = _shares(special.ndtr(z), special.ndtr(-z), uniforms)
            z = np.where(p < q, special.ndtri(p), -special.ndtri(q))
            return np.where(q > 0, median * np.exp(distribution._log_sd * z), ages)
        case Uniform():
            low, high = distribution.quantile(np.array([0.0, 1.0]))
            begin = np.maximum(ages, low)
            beyond: Floats = begin + uniforms * (high - begin)
            return beyond
        case Triangular():
            return _triangular_beyond(distribution, ages, uniforms)
    raise TypeError(f"{type(distribution).__name__} has no density")


def _shares(below: npt.ArrayLike, above: npt.ArrayLike, uniforms: Floats) -> tuple[Floats, Floats]:
    """Return the chances to fall below and above a sample beyond an age that has such chances."""
    below, above = np.asarray(below, np.float64), np.asarray(above, np.float64)
    return below + above * uniforms, above * (1 - uniforms)


def _weibull_beyond(distribution: Weibull, ages: Floats, uniforms: Floats) -> Floats:
    """Add an exponential to (age / scale) ** shape, in logarithms: a power may be too large."""
    shape = distribution._shape
    scale = distribution.average / math.gamma(1 + 1 / shape)
    with np.errstate(divide="ignore"):  # at age 0, and for the number 0
        begin, more = shape * np.log(ages / scale), np.log(-np.log1p(-uniforms))
    beyond: Floats = scale * np.exp(np.logaddexp(begin, more) / shape)
    return beyond


def _triangular_beyond(distribution: Triangular, ages: Floats, uniforms: Floats) -> Floats:
    low, high = distribution.quantile(np.array([0.0, 1.0]))
    mode = distribution.average if distribution.mode is None else distribution.mode
    rising, falling = (mode - low) * (high - low), (high - mode) * (high - low)
    begin = np.clip(ages, low, high)
    below, above = (begin - low) ** 2 / (rising or 1.0), (high - begin) ** 2 / (falling or 1.0)
    is_early = begin < mode
    p, q = _shares(
        np.where(is_early, below, 1 - above), np.where(is_early, 1 - below, above), uniforms
    )
    is_early = p < (mode - low) / (high - low)
    beyond: Floats = np.where(is_early, low + np.sqrt(rising * p), high - np.sqrt(falling * q))
    return beyond
