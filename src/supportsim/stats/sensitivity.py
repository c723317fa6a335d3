"""Which parameters drive an output: Sobol indices, with intervals (Sobol 1993).

The first-order index of a parameter is the share of the output's variance that would go if the
parameter were known; its total index is the share that would be left if all others were. The total
index is the larger one by what the parameter does together with others.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import stats

from supportsim.stats.estimates import CONFIDENCE, ratio_estimate
from supportsim.tables import Floats

_ROUNDING = 1e-12
"""Standard deviation, over the size of the output, up to which the output is constant."""


@dataclass(frozen=True, eq=False)
class Indices:
    """The indices of an output.

    Attributes
    ----------
    first, total : shape (parameters, 3)
        The indices of each parameter, and the lower and upper ends of their 95 % intervals, all of
        them 0 to 1. NaN if the output does not vary more than chance makes it.
    """

    first: Floats
    total: Floats


def grid_indices(means: Floats, influences: Floats) -> Indices:
    """Return the indices of an output that is known at every combination of some values.

    Each value of a parameter has the same weight, whereby the variance over the grid decomposes
    exactly (functional analysis of variance). What is uncertain is only the output itself: the
    interval is that of the jackknife over replications.

    Parameters
    ----------
    means : shape (values of the first parameter, values of the second, …)
        The output at each point.
    influences : shape (replications, values of the first parameter, …)
        How far each replication draws the output to its side, see `stats.influences`; zeros if the
        output is exact, NaN if nothing is known about that, and then there are no intervals.

    Notes
    -----
    Source: Efron & Stein (1981), "The jackknife estimate of variance"; Sobol (1993), "Sensitivity
    estimates for nonlinear mathematical models".
    """
    return _indices(_grid_parts, means, influences, np.zeros(2 * means.ndim))


def saltelli_indices(means: Floats, influences: Floats) -> Indices:
    """Return the indices of an output that is known at the points of a Saltelli design.

    The interval allows for the choice of the base points, by the delta method as for any ratio,
    and for the uncertain output, by the jackknife over replications. Points of a Sobol sequence lie
    more evenly than chance puts them, so that the first part is rather too wide.

    Parameters
    ----------
    means : shape (2 + parameters, base points)
        The output at the points of the matrices A, B, AB_1, AB_2 …, of which AB_i is A with the
        i-th column of B.
    influences : shape (replications, 2 + parameters, base points)
        As for `grid_indices`.

    Notes
    -----
    Source: Saltelli et al. (2010), "Variance based sensitivity analysis of model output", table 2,
    (b) and (f), of the output less its mean.
    """
    *numerators, variances = _saltelli_terms(means)
    chosen = np.array([ratio_estimate(one, variances).half_width for one in numerators])
    return _indices(_saltelli_parts, means, influences, chosen)


Parts = Callable[[Floats], Floats]
"""From an output to the variances that are divided by each other: shape (2 · parameters + 1,), the
numerators of the first-order indices, of the total indices, and the variance of the output."""


def _grid_parts(output: Floats) -> Floats:
    axes = range(output.ndim)
    others = [tuple(axis for axis in axes if axis != one) for one in axes]
    first = [output.mean(axis=rest).var() for rest in others]
    total = [output.var(axis=one).mean() for one in axes]
    return np.array([*first, *total, output.var()])


def _saltelli_terms(output: Floats) -> Floats:
    """Return what each base point adds to the parts: shape (2 · parameters + 1, base points)."""
    a, b, *mixed = output - output[:2].mean()
    first = [b * (one - a) for one in mixed]
    total = [(a - one) ** 2 / 2 for one in mixed]
    return np.array([*first, *total, (a**2 + b**2) / 2])


def _saltelli_parts(output: Floats) -> Floats:
    parts: Floats = _saltelli_terms(output).mean(axis=1)
    return parts


def _indices(parts: Parts, means: Floats, influences: Floats, chosen: Floats) -> Indices:
    """Return the indices.

    Parameters
    ----------
    parts
        The parts of the indices, as quadratic forms of the output.
    means, influences
        The output and its influences.
    chosen : shape (2 · parameters,)
        Half-widths that come from the choice of the points.
    """
    count, known = len(influences), not np.isnan(influences).any()
    # What chance adds to the output raises a quadratic form by the same form of itself, on average.
    raised = sum(map(parts, influences)) / (count * (count - 1)) if count > 1 and known else 0.0
    fair = parts(means) - raised
    parameters = len(chosen) // 2
    if not fair[-1] > (_ROUNDING * np.abs(means).max()) ** 2:
        unknown = np.full((parameters, 3), math.nan)
        return Indices(unknown, unknown)
    index = fair[:-1] / fair[-1]
    reach = np.full(2 * parameters, math.nan)
    if count > 1:
        left_out = np.array([parts(means - one / (count - 1)) - raised for one in influences])
        moved = left_out[:, :-1] / left_out[:, -1:]
        error = np.sqrt((count - 1) / count * ((moved - moved.mean(axis=0)) ** 2).sum(axis=0))
        reach = np.hypot(chosen, stats.t.ppf((1 + CONFIDENCE) / 2, count - 1) * error)
    rows = np.clip(np.column_stack([index, index - reach, index + reach]), 0, 1)
    return Indices(rows[:parameters], rows[parameters:])
