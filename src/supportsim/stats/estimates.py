"""From numbers over replications to estimates with confidence intervals.

Replications are independent, contacts within one are not: every interval here is made of
replications, never of contacts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import stats

from supportsim.measures import Measure, Observation
from supportsim.tables import Floats

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Estimate:
    """A mean with its confidence interval.

    Attributes
    ----------
    mean
        The estimate; NaN if no replication says anything about it.
    low, high
        The 95 % confidence interval; NaN with fewer than two replications.
    replications
        How many replications it is made of.
    """

    mean: float
    low: float
    high: float
    replications: int

    @property
    def half_width(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2


def estimate(measure: Measure, observations: Sequence[Observation]) -> Estimate:
    """Return the estimate of a measure, as its estimator says."""
    if measure.estimator == "quantile":
        return quantile_estimate([one.sample for one in observations], measure.level)
    numerators = np.array([one.numerator for one in observations])
    denominators = np.array([one.denominator for one in observations])
    return ratio_estimate(numerators, denominators)


def influences(measure: Measure, observations: Sequence[Observation]) -> Floats:
    """Return how far each replication draws the estimate of a measure to its side.

    They add up to 0, and their standard error is that of the estimate; so the difference of two
    estimates from the same replications has that of the differences of their influences. For a
    ratio they are its residuals over the mean denominator (delta method); for a quantile those of
    the share below it, times the slope of the quantile at its level.

    Returns
    -------
    float64, shape (replications,)
        NaN where there is no interval either.
    """
    known = estimate(measure, observations)
    if math.isnan(known.half_width):
        return np.full(len(observations), math.nan)
    if measure.estimator != "quantile":
        numerators = np.array([one.numerator for one in observations])
        denominators = np.array([one.denominator for one in observations])
        influence: Floats = (numerators - known.mean * denominators) / denominators.mean()
        return influence
    samples = [one.sample for one in observations]
    counts, sizes = _counts_up_to(samples, known.mean, measure.level)
    share = ratio_estimate(counts, sizes)
    slope = known.half_width / share.half_width if share.half_width else 0.0
    drawn: Floats = (share.mean * sizes - counts) / sizes.mean() * slope
    return drawn


def ratio_estimate(
    numerators: Floats, denominators: Floats, confidence: float = CONFIDENCE
) -> Estimate:
    """Return the estimate of a ratio of expectations, E[numerator] / E[denominator].

    The variance is that of the residuals numerator − ratio × denominator (delta method, Law 2015,
    section 9.4); with a constant denominator this is the ordinary t interval of the mean.

    Parameters
    ----------
    numerators, denominators : shape (replications,)
        One pair for each replication.
    """
    count = len(numerators)
    total = float(np.sum(denominators))
    if total == 0 or count == 0:
        return Estimate(math.nan, math.nan, math.nan, count)
    ratio = float(np.sum(numerators)) / total
    if count < 2:
        return Estimate(ratio, math.nan, math.nan, count)
    residuals = numerators - ratio * denominators
    error = math.sqrt(float(np.sum(residuals**2)) / (count - 1) / count) / (total / count)
    return _t_interval(ratio, error, count, confidence)


def quantile_estimate(
    samples: Sequence[Floats], level: float, confidence: float = CONFIDENCE
) -> Estimate:
    """Return the estimate of a quantile of the values of all replications together.

    The share of values below the quantile is a ratio over replications, with an interval as for
    any ratio; the quantiles at the ends of that interval are the ends of this one (Woodruff 1952).

    Parameters
    ----------
    samples : sequence of arrays
        The values of each replication.
    level
        Level of the quantile, 0 to 1.
    """
    count = len(samples)
    pooled = np.concatenate([*samples, np.zeros(0)])
    if not len(pooled):
        return Estimate(math.nan, math.nan, math.nan, count)
    quantile = float(np.quantile(pooled, level))
    reach = ratio_estimate(*_counts_up_to(samples, quantile, level), confidence).half_width
    if math.isnan(reach):
        return Estimate(quantile, math.nan, math.nan, count)
    low, high = np.quantile(pooled, np.clip([level - reach, level + reach], 0, 1))
    return Estimate(quantile, float(low), float(high), count)


def _counts_up_to(
    samples: Sequence[Floats], quantile: float, level: float
) -> tuple[Floats, Floats]:
    """Return how many values of each replication lie up to a quantile, and how many there are."""
    sizes = np.array([len(sample) for sample in samples], np.float64)
    up_to = np.array([np.count_nonzero(sample <= quantile) for sample in samples], np.float64)
    if level < 1:
        # Of values that repeat, such as whole hours, all may lie up to the quantile, and yet many
        # below it: the share that varies more is the one that tells.
        below = np.array([np.count_nonzero(sample < quantile) for sample in samples], np.float64)
        if ratio_estimate(below, sizes).half_width > ratio_estimate(up_to, sizes).half_width:
            return below, sizes
    return up_to, sizes


def _t_interval(mean: float, error: float, count: int, confidence: float) -> Estimate:
    reach = _t_quantile((1 + confidence) / 2, count - 1) * error
    return Estimate(mean, mean - reach, mean + reach, count)


@cache
def _t_quantile(level: float, degrees: int) -> float:
    """Return a quantile of Student's t; curves ask for the same one at each of their points."""
    return float(stats.t.ppf(level, degrees))
