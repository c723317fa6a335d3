"""What all distributions of durations share.

A distribution is given by its mean and coefficient of variation, or by its usual parameters.
Samples are made by inversion, one uniform number for each: change a parameter, and every sample
moves with it while its uniform number stays the same.
"""

from typing import Annotated

import numpy as np
import numpy.typing as npt
from pydantic import AfterValidator, Field

from supportsim.scenario.fields import Duration, Model, T
from supportsim.tables import Floats
from supportsim.units import WEEK

SMALLEST_CV = 0.01
"""Of gamma and Weibull, unless it is 0: below it their quantiles lose digits."""


def _wide_enough(cv: float) -> float:
    if 0 < cv < SMALLEST_CV:
        raise ValueError(f"has to be 0 or at least {SMALLEST_CV}, not {cv}")
    return cv


Time = Annotated[Duration, Field(le=5200 * WEEK)]
Spread = Annotated[float, Field(ge=0, le=20)]
WideSpread = Annotated[Spread, AfterValidator(_wide_enough)]
Scale = Annotated[Time, Field(gt=0)]


class Law(Model):
    """A distribution: exactly one of some ways to give its parameters, and its quantiles."""

    def _one_way(self, *ways: tuple[str, ...]) -> None:
        names = [name for name in type(self).model_fields if name != "dist"]
        given = [name for name in names if getattr(self, name) is not None]
        if set(given) not in [set(way) for way in ways]:
            options = ", or ".join(" and ".join(way) for way in ways)
            but = f", not {' and '.join(given)}" if given else ""
            raise ValueError(f"give {options}{but}")

    @property
    def average(self) -> float:
        """Mean, minutes."""
        raise NotImplementedError

    def quantile(self, u: Floats) -> Floats:
        """Return the values below which shares `u` of the distribution lie, minutes."""
        raise NotImplementedError

    def quantile_beyond(self, ages: Floats, u: Floats) -> Floats:
        """Return the values below which shares `u` of what is no less than the ages lie, minutes.

        These are the quantiles on the condition that an age was reached; at age 0 they are those
        of the distribution. Where an age cannot be reached, it is returned itself: beyond the
        largest value of a distribution that has one, and where the chance of it is so small, some
        1e-308, that it counts as 0.

        Parameters
        ----------
        ages : float64, shape (n,)
            Minutes, none below 0.
        u : float64, shape (n,)
            From 0 up to but not including 1.
        """
        varies = np.ptp(self.quantile(np.array([0.0, np.nextafter(1.0, 0.0)]))) > 0
        beyond = self._beyond(ages, u) if varies else self.quantile(u)
        return np.maximum(beyond, ages)

    def _beyond(self, ages: Floats, u: Floats) -> Floats:
        """Return the same for a distribution that varies; an age out of reach may give less.

        The quantile function alone would not do: beside 1, where long ages lie, there are too few
        numbers.
        """
        raise NotImplementedError


def shares_beyond(below: npt.ArrayLike, above: npt.ArrayLike, u: Floats) -> tuple[Floats, Floats]:
    """Return the chances to fall below and above a value beyond an age that has such chances."""
    below, above = np.asarray(below, np.float64), np.asarray(above, np.float64)
    return below + above * u, above * (1 - u)


def known(parameter: T | None) -> T:
    """Return a parameter whose presence validation has made sure of."""
    assert parameter is not None
    return parameter
