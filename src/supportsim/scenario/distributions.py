"""Distributions of durations, each a model of the scenario file and a quantile function.

A distribution is given by its mean and coefficient of variation, or by its usual parameters.
Samples are made by inversion, one uniform number for each: change a parameter, and every sample
moves with it while its uniform number stays the same.
"""

import math
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, model_validator
from scipy import special
from scipy.optimize import brentq

from supportsim.scenario.csv_files import read_durations
from supportsim.scenario.fields import Duration, Model, Row, T, shown
from supportsim.tables import Floats
from supportsim.units import MINUTES, WEEK

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


class _Distribution(Model):
    """What all distributions share: exactly one of two ways to give the parameters."""

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


class Constant(_Distribution):
    """Always the same duration; a bare duration such as `"3min"` is short for it."""

    dist: Literal["constant"]
    """A duration that is always the same."""
    value: Time | None = None
    """The duration."""
    mean: Time | None = None
    """The same by another name."""
    cv: float | None = None
    """0, if it is given."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.cv not in (None, 0):
            raise ValueError(f"a constant has cv = 0, not {self.cv:g}; give another dist")
        self._one_way(("value",), ("mean",), ("mean", "cv"))
        return self

    @property
    def average(self) -> float:
        """Mean, minutes."""
        return self.value if self.value is not None else _known(self.mean)

    def quantile(self, u: Floats) -> Floats:
        """Return the value itself, for every `u`."""
        return np.full_like(u, self.average)


class Exponential(_Distribution):
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
        return self.mean if self.mean is not None else MINUTES["h"] / _known(self.rate_per_hour)

    def quantile(self, u: Floats) -> Floats:
        """Return −mean · ln(1 − u)."""
        return -self.average * np.log1p(-u)


class Gamma(_Distribution):
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
    def average(self) -> float:
        """Mean, minutes."""
        return self.mean if self.mean is not None else _known(self.shape) * _known(self.scale)

    def quantile(self, u: Floats) -> Floats:
        """Return scale · P⁻¹(shape, u), P being the regularised incomplete gamma function."""
        if self.cv == 0:
            return np.full_like(u, self.average)
        shape = self.shape if self.shape is not None else _known(self.cv) ** -2
        standard = np.asarray(special.gammaincinv(shape, u), dtype=np.float64)
        return standard * (self.average / shape)


class Lognormal(_Distribution):
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
        return self.sigma if self.sigma is not None else math.sqrt(math.log1p(_known(self.cv) ** 2))

    @property
    def average(self) -> float:
        """Mean, minutes."""
        if self.mean is not None:
            return self.mean
        return _known(self.median) * math.exp(self._log_sd**2 / 2)

    def quantile(self, u: Floats) -> Floats:
        """Return median · exp(sigma · Φ⁻¹(u))."""
        if self._log_sd == 0:  # 0 · Φ⁻¹(0) would be NaN
            return np.full_like(u, self.average)
        median = self.average * math.exp(-(self._log_sd**2) / 2)
        normal: Floats = special.ndtri(u)
        return median * np.exp(self._log_sd * normal)


class Weibull(_Distribution):
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
        return self.shape if self.shape is not None else weibull_shape(_known(self.cv))

    @property
    def average(self) -> float:
        """Mean, minutes."""
        if self.mean is not None:
            return self.mean
        return _known(self.scale) * math.gamma(1 + 1 / self._shape)

    def quantile(self, u: Floats) -> Floats:
        """Return scale · (−ln(1 − u)) ** (1 / shape)."""
        if self.cv == 0:
            return np.full_like(u, self.average)
        shape = self._shape
        scale = self.average / math.gamma(1 + 1 / shape)
        return scale * (-np.log1p(-u)) ** (1 / shape)


class Triangular(_Distribution):
    """Triangular, by low, mode and high, or symmetric by mean and cv."""

    dist: Literal["triangular"]
    """Triangular: a rough guess from the smallest, most likely and largest value."""
    low: Time | None = None
    """Smallest value."""
    mode: Time | None = None
    """Most likely value."""
    high: Time | None = None
    """Largest value."""
    mean: Time | None = None
    """Mean."""
    cv: Spread | None = None
    """Coefficient of variation: standard deviation over mean."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        self._one_way(("low", "mode", "high"), ("mean", "cv"))
        low, mode, high = self._corners
        if not 0 <= low <= mode <= high:
            raise ValueError(
                "low, mode and high have to be in this order"
                if self.mean is None
                else f"a symmetric triangular distribution with cv = {self.cv:g}, above 0.408, "
                "goes below 0; lower the cv"
            )
        return self

    @property
    def _corners(self) -> tuple[float, float, float]:
        if self.mean is None:
            return _known(self.low), _known(self.mode), _known(self.high)
        reach = math.sqrt(6) * _known(self.cv) * self.mean
        return self.mean - reach, self.mean, self.mean + reach

    @property
    def average(self) -> float:
        """Mean, minutes."""
        return sum(self._corners) / 3

    def quantile(self, u: Floats) -> Floats:
        """Return the inverse of two parabolas that meet at the mode."""
        low, mode, high = self._corners
        if high == low:
            return np.full_like(u, low)
        below = low + np.sqrt(u * (high - low) * (mode - low))
        above = high - np.sqrt((1 - u) * (high - low) * (high - mode))
        return np.where(u < (mode - low) / (high - low), below, above)


class Uniform(_Distribution):
    """Uniform, by low and high or by mean and cv."""

    dist: Literal["uniform"]
    """Uniform: every value between two is as likely."""
    low: Time | None = None
    """Smallest value."""
    high: Time | None = None
    """Largest value."""
    mean: Time | None = None
    """Mean."""
    cv: Spread | None = None
    """Coefficient of variation: standard deviation over mean."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        self._one_way(("low", "high"), ("mean", "cv"))
        low, high = self._ends
        if not 0 <= low <= high:
            raise ValueError(
                "low has to be at most high"
                if self.mean is None
                else f"a uniform distribution with cv = {self.cv:g}, above 0.577, "
                "goes below 0; lower the cv"
            )
        return self

    @property
    def _ends(self) -> tuple[float, float]:
        if self.mean is None:
            return _known(self.low), _known(self.high)
        reach = math.sqrt(3) * _known(self.cv) * self.mean
        return self.mean - reach, self.mean + reach

    @property
    def average(self) -> float:
        """Mean, minutes."""
        return sum(self._ends) / 2

    def quantile(self, u: Floats) -> Floats:
        """Return low + u · (high − low)."""
        low, high = self._ends
        return low + u * (high - low)


class Empirical(_Distribution):
    """Values that were measured, each as likely as the others.

    They stand in the scenario itself (`values`) or in a column of a CSV file beside it (`csv` and
    `column`, as durations, or as numbers in `unit`), and may be scaled to another mean and cv.
    """

    dist: Literal["empirical"]
    """Empirical: values that were measured."""
    values: Annotated[Row[Time], Field(min_length=1)] | None = None
    """The values."""
    csv: str | None = None
    """A CSV file, beside the scenario."""
    column: str | None = None
    """A column of it."""
    unit: Literal["s", "min", "h", "d", "w"] | None = None
    """Unit of the column's bare numbers; min if it is left out."""
    mean: Time | None = None
    """Mean."""
    cv: Spread | None = None
    """Coefficient of variation: standard deviation over mean."""

    @model_validator(mode="before")
    @classmethod
    def _read_csv(cls, given: Any, info: ValidationInfo) -> Any:
        if not isinstance(given, dict) or "csv" not in given or "values" in given:
            return given
        name, column, unit = given["csv"], given.get("column"), given.get("unit", "min")
        if not (isinstance(name, str) and isinstance(column, str)):
            raise ValueError("csv has to name a file, and column one of its columns")
        if not (isinstance(unit, str) and unit in MINUTES):
            raise ValueError(f"unit has to be one of {', '.join(MINUTES)}, not {shown(unit)}")
        folder = Path((info.context or {}).get("folder", "."))
        rest = {key: given[key] for key in given if key not in ("csv", "column", "unit")}
        return {**rest, "values": read_durations(folder / name, column, unit)}

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.values is None or self.csv is not None or self.column is not None:
            raise ValueError("give values, or csv and column")
        if self.unit is not None:
            raise ValueError("unit is for the numbers of a csv; values are durations")
        if (self.mean is None) != (self.cv is None):
            raise ValueError("to scale the values, give mean and cv both")
        if self.cv and np.std(self.values) == 0:
            raise ValueError("values that are all equal cannot be given a cv")
        values = self._scaled
        if values[0] < -1e-9 * values.mean():  # not just rounding
            raise ValueError("scaled to this mean and cv some values fall below 0; lower the cv")
        return self

    @property
    def _scaled(self) -> Floats:
        """The values in order, scaled to the mean and cv."""
        values = np.sort(np.array(_known(self.values), dtype=np.float64))
        if self.mean is None or self.cv is None:
            return values
        spread = np.std(values) or 1.0
        scaled: Floats = self.mean + (values - values.mean()) * (self.cv * self.mean / spread)
        return scaled

    @property
    def average(self) -> float:
        """Mean, minutes."""
        return float(np.mean(self._scaled))

    def quantile(self, u: Floats) -> Floats:
        """Return the inverse of the step function that rises by 1/n at each of the n values."""
        values = np.maximum(self._scaled, 0)
        return values[np.minimum((u * len(values)).astype(np.intp), len(values) - 1)]


def _bare_duration(given: Any) -> Any:
    if isinstance(given, str):
        return {"dist": "constant", "value": given}
    if not isinstance(given, dict | Model):
        wanted = 'has to be a duration such as "3min" or a table { dist = "gamma", ... }'
        raise ValueError(f"{wanted}, not {shown(given)}")
    return given


AnyDistribution = Annotated[
    Constant | Exponential | Gamma | Lognormal | Weibull | Triangular | Uniform | Empirical,
    Field(discriminator="dist"),
]
Distribution = Annotated[
    AnyDistribution,
    BeforeValidator(_bare_duration, json_schema_input_type=Duration | AnyDistribution),
]


def weibull_shape(cv: float) -> float:
    """Return the shape of the Weibull distribution whose coefficient of variation is `cv`."""

    def excess(log_shape: float) -> float:
        k = math.exp(log_shape)
        return special.gammaln(1 + 2 / k) - 2 * special.gammaln(1 + 1 / k) - math.log1p(cv**2)

    return math.exp(float(brentq(excess, math.log(0.1), math.log(1000), xtol=1e-14)))


def _known(parameter: T | None) -> T:
    """Return a parameter whose presence validation has made sure of."""
    assert parameter is not None
    return parameter
