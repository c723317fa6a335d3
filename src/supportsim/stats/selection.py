"""Fully sequential procedures: is a mean above 0, and which of several systems has the largest.

Both watch a sum of observations until it leaves a triangle that narrows with every observation
(Kim and Nelson 2001), so that a clear case is settled at once and a close one in bounded time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from supportsim.tables import Floats


@dataclass(frozen=True)
class Triangle:
    """The region in which a sum of observations leaves the question of its sign open.

    Attributes
    ----------
    height
        How far from 0 the region reaches before the first observation.
    slope
        How much closer it ends after each further one.
    """

    height: float
    slope: float

    @property
    def end(self) -> float:
        """Observations after which the region is closed, and the sign alone decides."""
        return self.height / self.slope

    def open_at(self, count: float) -> float:
        """Return how far from 0 the region reaches after a number of observations."""
        return max(self.height - self.slope * count, 0.0)


def triangle(variance: float, first_stage: int, indifference: float, error: float) -> Triangle:
    """Return the continuation region of Kim and Nelson, their constant c being 1.

    Parameters
    ----------
    variance
        Sample variance of the first observations.
    first_stage
        How many they were, 2 or more.
    indifference
        Smallest mean, above 0, that the sign of the sum has to tell from one below 0.
    error
        Probability with which it may be wrong about such a mean, above 0 and below 0.5.

    Notes
    -----
    Of normal observations with a mean of `indifference` or more, the sum leaves the region below
    with at most the probability `error`. Source: S.-H. Kim and B. L. Nelson (2001), "A fully
    sequential procedure for indifference-zone selection in simulation", ACM Transactions on
    Modeling and Computer Simulation 11(3).
    """
    eta = ((2 * error) ** (-2 / (first_stage - 1)) - 1) / 2
    height = eta * (first_stage - 1) * variance / indifference
    return Triangle(height, indifference / 2)


@dataclass(frozen=True)
class Sign:
    """What is known of the sign of a mean.

    Attributes
    ----------
    sign
        1 for above 0, −1 for below, 0 for not yet known.
    after
        Observations after which that was settled; so far, if it is not.
    needed
        About how many observations would settle it; never more than close the region.
    """

    sign: int
    after: int
    needed: int


def sign_of_mean(values: Floats, indifference: float, error: float, first_stage: int) -> Sign:
    """Return whether a mean is above or below 0, as far as its observations tell.

    Parameters
    ----------
    values : shape (n,)
        Independent observations, in their order, `first_stage` or more. More may follow: the first
        answer other than 0 stands whatever they are.
    indifference, error, first_stage
        As for `triangle`.

    Notes
    -----
    If the mean is `indifference` or more from 0, the answer is wrong with at most the probability
    `error`, for normal observations; if it is closer, either answer counts as right. This is the
    test of feasibility of S. Andradóttir and S.-H. Kim (2010), "Fully sequential procedures for
    comparing constrained systems via simulation", Naval Research Logistics 57(5).
    """
    variance = float(np.var(values[:first_stage], ddof=1))
    region = triangle(variance, first_stage, indifference, error)
    sums = np.cumsum(values).tolist()
    for count in range(first_stage, len(values) + 1):
        if abs(sums[count - 1]) >= region.open_at(count):
            return Sign(1 if sums[count - 1] >= 0 else -1, count, count)
    drift = abs(sums[-1]) / len(values)
    needed = math.ceil(region.height / (drift + region.slope))
    return Sign(0, len(values), min(max(needed, len(values) + 1), math.ceil(region.end)))


@dataclass(frozen=True)
class Selection:
    """The system that was selected.

    Attributes
    ----------
    best
        Its number.
    sure
        Whether the guarantee holds; False if the observations ended before others were eliminated.
    observations
        Of how many observations of each system, the last ones still compared, it is made.
    left
        Numbers of the systems that were not eliminated.
    """

    best: int
    sure: bool
    observations: int
    left: tuple[int, ...]


def kim_nelson(
    draw: Callable[[int, int], float],
    systems: int,
    indifference: float,
    error: float,
    first_stage: int,
    most: int,
) -> Selection:
    """Select the system with the largest mean.

    Parameters
    ----------
    draw
        From the number of a system, and of an observation from 0, to the observation. Observations
        of the same number may depend on each other, as with common random numbers; those of
        different numbers are independent.
    systems
        How many there are, 1 or more.
    indifference
        By how much the largest mean exceeds all others at least, above 0, for the guarantee.
    error
        Probability with which another system may be selected then, above 0 and below 0.5.
    first_stage
        Observations of each system before any is eliminated, 2 or more.
    most
        Most observations of each system.

    Notes
    -----
    If the largest mean exceeds all others by `indifference`, and observations are normal, its
    system is selected with a probability of at least 1 − `error`; else one of those within
    `indifference` of it tends to be. Source: as for `triangle`.
    """
    left = list(range(systems))
    if systems == 1:
        return Selection(0, True, 0, (0,))
    values = np.array([[draw(system, n) for n in range(first_stage)] for system in left])
    regions = {
        (one, other): triangle(
            float(np.var(values[one] - values[other], ddof=1)),
            first_stage,
            indifference,
            error / (systems - 1),
        )
        for one in left
        for other in left
        if one != other
    }
    sums, count = values.sum(axis=1), first_stage
    while True:
        left = _not_eliminated(sums, left, regions, count)
        if len(left) == 1 or count >= most:
            break
        for system in left:
            sums[system] += draw(system, count)
        count += 1
    best = max(left, key=lambda system: sums[system])
    return Selection(best, len(left) == 1, count, tuple(left))


def _not_eliminated(
    sums: Floats, left: Sequence[int], regions: dict[tuple[int, int], Triangle], count: int
) -> list[int]:
    """Return the systems whose sum no other one exceeds by more than leaves the question open."""
    kept = [
        one
        for one in left
        if all(
            sums[one] >= sums[other] - regions[one, other].open_at(count)
            for other in left
            if other != one
        )
    ]
    # Of equal sums, once the region is closed, the first will do.
    closed = all(count >= regions[one, kept[0]].end for one in kept[1:])
    return kept[:1] if closed and len(kept) > 1 else kept
