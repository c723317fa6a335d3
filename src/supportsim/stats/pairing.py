"""Differences of estimates from the same random numbers, many of them at once.

Two scenarios that are run with the same seed have the same tickets in each replication, so that
most of the noise cancels in the difference of a pair of replications (common random numbers, Law
2015, section 11.2). Why intervals and tests of many differences are made as they are is in
docs/decisions/0007-comparisons.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from supportsim.measures import Measure, Observation
from supportsim.stats.estimates import estimate, influences
from supportsim.tables import Floats

ROUNDING = 1e-12
"""Differences and errors below this share of the estimates are rounding errors: they count as 0."""


@dataclass(frozen=True)
class Pair:
    """The difference of two estimates that come from the same replications.

    Attributes
    ----------
    base, alternative
        The two estimates; NaN where nothing is known.
    difference
        The alternative's minus the base's.
    error
        Standard error of the difference; 0 if it is the same in every replication, NaN with fewer
        than two.
    independent
        The standard error that it would have if the two were independent.
    replications
        How many pairs of replications it is made of.
    """

    base: float
    alternative: float
    difference: float
    error: float
    independent: float
    replications: int

    @property
    def variance_reduction(self) -> float:
        """The variance with independent replications over that of the pairs.

        Infinite if pairs leave no variance at all; NaN if there was none to begin with.
        """
        if self.error == 0:
            return math.inf if self.independent else math.nan
        return (self.independent / self.error) ** 2

    @property
    def p_value(self) -> float:
        """The p value of no difference, two-sided, by Student's t."""
        if self.error == 0:
            return 0.0 if self.difference else 1.0
        return float(2 * stats.t.sf(abs(self.difference) / self.error, self.replications - 1))


@dataclass(frozen=True)
class Difference:
    """A difference among several, with what may be said of all of them at once.

    Attributes
    ----------
    pair
        The difference alone.
    low, high
        Its simultaneous interval: with the confidence asked for, all of the intervals hold.
    p_value
        Its p value, adjusted by Holm.
    differs
        Whether Holm's test tells it from 0; None if nothing is known.
    """

    pair: Pair
    low: float
    high: float
    p_value: float
    differs: bool | None


def pair_of(
    measure: Measure, base: Sequence[Observation], alternative: Sequence[Observation]
) -> Pair:
    """Return the difference that an alternative makes to the estimate of a measure.

    Its standard error is that of the differences of the influences of each pair of replications,
    which for a mean are the differences of its values (paired t test).

    Parameters
    ----------
    measure
        The measure.
    base, alternative
        Its observations in the same replications of both, in their order.

    Raises
    ------
    ValueError
        If they do not come in pairs.
    """
    count = len(base)
    if count != len(alternative):
        raise ValueError(f"{count} and {len(alternative)} replications do not come in pairs")
    first, second = estimate(measure, base).mean, estimate(measure, alternative).mean
    difference = second - first
    if count < 2:
        return Pair(first, second, difference, math.nan, math.nan, count)
    drawn = _drawn(measure, base), _drawn(measure, alternative)
    noise = ROUNDING * max(abs(first), abs(second))
    errors = [_standard_error(one) for one in (drawn[1] - drawn[0], *drawn)]
    error, *alone = (0.0 if one <= noise else one for one in errors)
    if error == 0 and abs(difference) <= noise:
        difference = 0.0
    return Pair(first, second, difference, error, math.hypot(*alone), count)


def _drawn(measure: Measure, observations: Sequence[Observation]) -> Floats:
    """Return the influences on an estimate; of a quantile by the longer side of its interval.

    Next to a gap in the values, as between those of the day and of the night, a quantile may as
    well lie beyond it: its interval is long to that side alone, and half of its width too little.
    """
    influence, known = influences(measure, observations), estimate(measure, observations)
    if measure.estimator != "quantile" or not known.half_width > 0:
        return influence
    longer = max(known.high - known.mean, known.mean - known.low)
    return influence * (longer / known.half_width)


def _standard_error(influence: Floats) -> float:
    count = len(influence)
    return math.sqrt(float(np.sum(influence**2)) / (count - 1) / count)


def simultaneous(pairs: Sequence[Pair], confidence: float) -> tuple[Difference, ...]:
    """Return differences with intervals and tests that hold for all of them at once.

    All intervals together hold with the confidence asked for, whatever the differences depend on
    each other (Bonferroni: each has 1 − (1 − confidence) / n); and with it no difference is told
    from 0 that is 0 (Holm 1979). Where an interval leaves out 0, the test tells the difference
    from 0; the test, which has less to say, tells some more.

    Parameters
    ----------
    pairs
        The differences, also those of which nothing is known: they were asked for.
    confidence
        The joint confidence, 0 to 1.
    """
    level = 1 - confidence
    adjusted = holm(np.array([pair.p_value for pair in pairs]))
    differences = []
    for pair, p_value in zip(pairs, adjusted.tolist(), strict=True):
        reach = 0.0
        if pair.error != 0:
            reach = pair.error * float(stats.t.isf(level / (2 * len(pairs)), pair.replications - 1))
        low, high = pair.difference - reach, pair.difference + reach
        differs = None if math.isnan(p_value) else p_value <= level
        differences.append(Difference(pair, low, high, p_value, differs))
    return tuple(differences)


def holm(p_values: Floats) -> Floats:
    """Return p values adjusted for their number by Holm's step-down procedure.

    The smallest of n is multiplied by n, the next by n − 1, and so on; none is less than the one
    before it, nor more than 1 (Holm 1979).

    Parameters
    ----------
    p_values : shape (n,)
        NaN where nothing is known; it counts in n, and stays NaN.

    Returns
    -------
    float64, shape (n,)
    """
    known = np.nan_to_num(p_values, nan=1.0)
    order = np.argsort(known, kind="stable")
    factors = np.arange(len(known), 0, -1)
    adjusted = np.empty(len(known))
    adjusted[order] = np.minimum(np.maximum.accumulate(factors * known[order]), 1)
    return np.where(np.isnan(p_values), math.nan, adjusted)
