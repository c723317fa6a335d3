"""Distributions without a largest value: exponential, gamma, lognormal, Weibull."""

import math
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator
from scipy import special
from scipy.optimize import brentq

from supportsim.scenario.law import Law, Scale, Spread, Time, WideSpread, known, shares_beyond
from supportsim.tables import Floats
from supportsim.units import MINUTES


class Exponential(Law):
    """Exponential: the time to an event that may happen at any moment."""

    dist: Literal["exponential"]
    """Exponential, by mean or by rate."""
    mean: Time | None = None
    """Mean."""
    cv: float | None = None
    """1, if it is given."""
    rate_per_hour: Annotated[float, Field(ge=1e-6, le=1e6)] | None = None
    """Events an hour: 60min over the mean."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.cv not in (None, 1):
            raise ValueError(
                f"an exponential has cv = 1, not {self.cv:g}; "
                "a gamma, lognormal or weibull may have it"
            )
        self._one_way(("mean",), ("mean", "cv"), ("rate_per_hour",))
        return self

    @property
    def average(self) -> float:
        """Mean, minutes."""
        return self.mean if self.mean is not None else MINUTES["h"] / known(self.rate_per_hour)

    def quantile(self, u: Floats) -> Floats:
        """Return −mean · ln(1 − u)."""
        return -self.average * np.log1p(-u)

    def _beyond(self, ages: Floats, u: Floats) -> Floats:
        return ages + self.quantile(u)  # it has no memory


class Gamma(Law):
    """Gamma, by mean and cv or by shape and scale."""

    dist: Literal["gamma"]
    """Gamma: the sum of a few exponential stages has this form."""
    mean: Time | None = None
    """Mean."""
    cv: WideSpread | None = None
    """Coefficient of variation: standard deviation over mean; 0, or at least 0.01."""
    shape: Annotated[float, Field(ge=0.0025, le=10_000)] | None = None
    """Shape, without a unit."""
    scale: Scale | None = None
    """Scale."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        self._one_way(("mean", "cv"), ("shape", "scale"))
        return self

    @property
    def _shape(self) -> float:
        return self.shape if self.shape is not None else known(self.cv) ** -2

    @property
    def average(self) -> float:
        """Mean, minutes."""
        return self.mean if self.mean is not None else known(self.shape) * known(self.scale)

    def quantile(self, u: Floats) -> Floats:
        """Return scale · P⁻¹(shape, u), P being the regularised incomplete gamma function."""
        if self.cv == 0:
            return np.full_like(u, self.average)
        standard = np.asarray(special.gammaincinv(self._shape, u), dtype=np.float64)
        return standard * (self.average / self._shape)

    def _beyond(self, ages: Floats, u: Floats) -> Floats:
        shape, scale = self._shape, self.average / self._shape
        x = ages / scale
        p, q = shares_beyond(special.gammainc(shape, x), special.gammaincc(shape, x), u)
        below, above = special.gammaincinv(shape, p), special.gammainccinv(shape, q)
        return np.where(q > 0, scale * np.where(p < q, below, above), ages)


class Lognormal(Law):
    """Lognormal, by mean and cv or by median and sigma (of the logarithm)."""

    dist: Literal["lognormal"]
    """Lognormal: what people take for a task mostly has this form."""
    mean: Time | None = None
    """Mean."""
    cv: Spread | None = None
    """Coefficient of variation: standard deviation over mean."""
    median: Time | None = None
    """Median."""
    sigma: Annotated[float, Field(ge=0, le=10)] | None = None
    """Standard deviation of the logarithm."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        self._one_way(("mean", "cv"), ("median", "sigma"))
        return self

    @property
    def _log_sd(self) -> float:
        return self.sigma if self.sigma is not None else math.sqrt(math.log1p(known(self.cv) ** 2))

    @property
    def _median(self) -> float:
        return self.average * math.exp(-(self._log_sd**2) / 2)

    @property
    def average(self) -> float:
        """Mean, minutes."""
        if self.mean is not None:
            return self.mean
        return known(self.median) * math.exp(self._log_sd**2 / 2)

    def quantile(self, u: Floats) -> Floats:
        """Return median · exp(sigma · Φ⁻¹(u))."""
        if self._log_sd == 0:  # 0 · Φ⁻¹(0) would be NaN
            return np.full_like(u, self.average)
        normal: Floats = special.ndtri(u)
        return self._median * np.exp(self._log_sd * normal)

    def _beyond(self, ages: Floats, u: Floats) -> Floats:
        with np.errstate(divide="ignore"):  # at age 0
            z = np.log(ages / self._median) / self._log_sd
        p, q = shares_beyond(special.ndtr(z), special.ndtr(-z), u)
        z = np.where(p < q, special.ndtri(p), -special.ndtri(q))
        return np.where(q > 0, self._median * np.exp(self._log_sd * z), ages)


class Weibull(Law):
    """Weibull, by mean and cv or by shape and scale."""

    dist: Literal["weibull"]
    """Weibull: the time to an event that grows likelier (shape above 1) or less likely."""
    mean: Time | None = None
    """Mean."""
    cv: WideSpread | None = None
    """Coefficient of variation: standard deviation over mean; 0, or at least 0.01."""
    shape: Annotated[float, Field(ge=0.1, le=1000)] | None = None
    """Shape, without a unit."""
    scale: Scale | None = None
    """Scale."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        self._one_way(("mean", "cv"), ("shape", "scale"))
        return self

    @property
    def _shape(self) -> float:
        return self.shape if self.shape is not None else weibull_shape(known(self.cv))

    @property
    def _scale(self) -> float:
        return self.average / math.gamma(1 + 1 / self._shape)

    @property
    def average(self) -> float:
        """Mean, minutes."""
        if self.mean is not None:
            return self.mean
        return known(self.scale) * math.gamma(1 + 1 / self._shape)

    def quantile(self, u: Floats) -> Floats:
        """Return scale · (−ln(1 − u)) ** (1 / shape)."""
        if self.cv == 0:
            return np.full_like(u, self.average)
        return self._scale * (-np.log1p(-u)) ** (1 / self._shape)

    def _beyond(self, ages: Floats, u: Floats) -> Floats:
        # Add an exponential to (age / scale) ** shape, in logarithms: a power may be too large.
        with np.errstate(divide="ignore"):  # at age 0, and for the number 0
            begin, more = self._shape * np.log(ages / self._scale), np.log(-np.log1p(-u))
        beyond: Floats = self._scale * np.exp(np.logaddexp(begin, more) / self._shape)
        return beyond


def weibull_shape(cv: float) -> float:
    """Return the shape of the Weibull distribution whose coefficient of variation is `cv`."""

    def excess(log_shape: float) -> float:
        k = math.exp(log_shape)
        return special.gammaln(1 + 2 / k) - 2 * special.gammaln(1 + 1 / k) - math.log1p(cv**2)

    return math.exp(float(brentq(excess, math.log(0.1), math.log(1000), xtol=1e-14)))
