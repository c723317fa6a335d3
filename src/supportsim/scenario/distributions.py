"""Distributions of durations, each a model of the scenario file and a quantile function.

A distribution is given by its mean and coefficient of variation, or by its usual parameters.
Samples are made by inversion, one uniform number for each: change a parameter, and every sample
moves with it while its uniform number stays the same.
"""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import BeforeValidator, Field, ValidationInfo, model_validator
from scipy import special
from scipy.optimize import brentq

from supportsim.scenario.fields import Duration, Model, Row, T
from supportsim.tables import Floats
from supportsim.units import MINUTES, parse_duration

Spread = Annotated[
    float, Field(ge=0, le=20, description="Coefficient of variation: standard deviation over mean.")
]
Shape = Annotated[float, Field(gt=0, le=1000, description="Shape, without a unit.")]
Scale = Annotated[Duration, Field(gt=0, description="Scale.")]
Mean = Annotated[Duration, Field(description="Mean.")]


class _Distribution(Model):
    """What all distributions share: exactly one of two ways to give the parameters."""

    def _one_way(self, *ways: tuple[str, ...]) -> None:
        given = {name for name in type(self).model_fields if getattr(self, name) is not None}
        given.discard("dist")
        if given not in [set(way) for way in ways]:
            options = " or ".join(" and ".join(way) for way in ways)
            got = " and ".join(sorted(given)) or "nothing"
            raise ValueError(f"give {options}, not {got}")

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
    value: Duration

    @property
    def average(self) -> float:
        return self.value

    def quantile(self, u: Floats) -> Floats:
        return np.full_like(u, self.value)


class Exponential(_Distribution):
    """Exponential: the time to an event that may happen at any moment."""

    dist: Literal["exponential"]
    mean: Mean

    @property
    def average(self) -> float:
        return self.mean

    def quantile(self, u: Floats) -> Floats:
        return -self.mean * np.log1p(-u)


class Gamma(_Distribution):
    """Gamma, by mean and cv or by shape and scale."""

    dist: Literal["gamma"]
    mean: Mean | None = None
    cv: Spread | None = None
    shape: Shape | None = None
    scale: Scale | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        self._one_way(("mean", "cv"), ("shape", "scale"))
        return self

    @property
    def average(self) -> float:
        return self.mean if self.mean is not None else _known(self.shape) * _known(self.scale)

    def quantile(self, u: Floats) -> Floats:
        if self.cv == 0 or self.average == 0:
            return np.full_like(u, self.average)
        shape = self.shape if self.shape is not None else _known(self.cv) ** -2
        return np.asarray(special.gammaincinv(shape, u)) * (self.average / shape)


class Lognormal(_Distribution):
    """Lognormal, by mean and cv or by median and sigma (of the logarithm)."""

    dist: Literal["lognormal"]
    mean: Mean | None = None
    cv: Spread | None = None
    median: Annotated[Duration, Field(description="Median.")] | None = None
    sigma: (
        Annotated[float, Field(ge=0, le=10, description="Standard deviation of the logarithm.")]
        | None
    ) = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        self._one_way(("mean", "cv"), ("median", "sigma"))
        return self

    @property
    def _log_sd(self) -> float:
        return self.sigma if self.sigma is not None else math.sqrt(math.log1p(_known(self.cv) ** 2))

    @property
    def average(self) -> float:
        if self.mean is not None:
            return self.mean
        return _known(self.median) * math.exp(self._log_sd**2 / 2)

    def quantile(self, u: Floats) -> Floats:
        median = self.average * math.exp(-(self._log_sd**2) / 2)
        return median * np.exp(self._log_sd * np.asarray(special.ndtri(u)))


class Weibull(_Distribution):
    """Weibull, by mean and cv or by shape and scale."""

    dist: Literal["weibull"]
    mean: Mean | None = None
    cv: Annotated[float, Field(ge=0.01, le=20, description="Coefficient of variation.")] | None = (
        None
    )
    shape: Annotated[float, Field(ge=0.1, le=1000, description="Shape, without a unit.")] | None = (
        None
    )
    scale: Scale | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        self._one_way(("mean", "cv"), ("shape", "scale"))
        return self

    @property
    def _shape(self) -> float:
        return self.shape if self.shape is not None else weibull_shape(_known(self.cv))

    @property
    def average(self) -> float:
        if self.mean is not None:
            return self.mean
        return _known(self.scale) * math.gamma(1 + 1 / self._shape)

    def quantile(self, u: Floats) -> Floats:
        shape = self._shape
        scale = self.average / math.gamma(1 + 1 / shape)
        return scale * (-np.log1p(-u)) ** (1 / shape)


class Triangular(_Distribution):
    """Triangular, by low, mode and high, or symmetric by mean and cv."""

    dist: Literal["triangular"]
    low: Annotated[Duration, Field(description="Smallest value.")] | None = None
    mode: Annotated[Duration, Field(description="Most likely value.")] | None = None
    high: Annotated[Duration, Field(description="Largest value.")] | None = None
    mean: Mean | None = None
    cv: Spread | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        self._one_way(("low", "mode", "high"), ("mean", "cv"))
        low, mode, high = self._corners
        if not 0 <= low <= mode <= high:
            raise ValueError(
                "low, mode and high have to be in this order"
                if self.mean is None
                else "a symmetric triangular distribution with this cv, above 0.408, goes below 0"
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
        return sum(self._corners) / 3

    def quantile(self, u: Floats) -> Floats:
        low, mode, high = self._corners
        if high == low:
            return np.full_like(u, low)
        below = low + np.sqrt(u * (high - low) * (mode - low))
        above = high - np.sqrt((1 - u) * (high - low) * (high - mode))
        return np.where(u < (mode - low) / (high - low), below, above)


class Uniform(_Distribution):
    """Uniform, by low and high or by mean and cv."""

    dist: Literal["uniform"]
    low: Annotated[Duration, Field(description="Smallest value.")] | None = None
    high: Annotated[Duration, Field(description="Largest value.")] | None = None
    mean: Mean | None = None
    cv: Spread | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        self._one_way(("low", "high"), ("mean", "cv"))
        low, high = self._ends
        if not 0 <= low <= high:
            raise ValueError(
                "low has to be at most high"
                if self.mean is None
                else "a uniform distribution with this cv, above 0.577, goes below 0"
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
        return sum(self._ends) / 2

    def quantile(self, u: Floats) -> Floats:
        low, high = self._ends
        return low + u * (high - low)


class Empirical(_Distribution):
    """Values that were measured, each as likely as the others.

    They stand in the scenario itself (`values`) or in a column of a CSV file beside it (`csv` and
    `column`, as durations, or as numbers in `unit`), and may be scaled to another mean and cv.
    """

    dist: Literal["empirical"]
    values: Annotated[Row[Duration], Field(min_length=1, description="The values.")] | None = None
    csv: Annotated[str, Field(description="A CSV file, beside the scenario.")] | None = None
    column: Annotated[str, Field(description="A column of it.")] | None = None
    unit: Annotated[Literal["s", "min", "h", "d", "w"], Field(description="Of bare numbers.")] = (
        "min"
    )
    mean: Mean | None = None
    cv: Spread | None = None

    @model_validator(mode="before")
    @classmethod
    def _read_csv(cls, given: Any, info: ValidationInfo) -> Any:
        if not isinstance(given, dict) or "csv" not in given or "values" in given:
            return given
        name, column, unit = given["csv"], given.get("column"), given.get("unit", "min")
        if not (isinstance(name, str) and isinstance(column, str) and unit in MINUTES):
            raise ValueError("csv has to name a file, column one of its columns, unit a unit")
        folder = Path((info.context or {}).get("folder", "."))
        rest = {key: given[key] for key in given if key not in ("csv", "column", "unit")}
        return {**rest, "values": read_durations(folder / name, column, unit)}

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.values is None or self.csv is not None or self.column is not None:
            raise ValueError("give either values, or csv and column")
        if (self.mean is None) != (self.cv is None):
            raise ValueError("to scale the values, give mean and cv both")
        if self.cv and np.std(self.values) == 0:
            raise ValueError("values that are all equal cannot be given a cv")
        if np.any(self._sorted < 0):
            raise ValueError("scaled to this mean and cv some values fall below 0; lower the cv")
        return self

    @property
    def _sorted(self) -> Floats:
        values = np.sort(np.array(_known(self.values), dtype=np.float64))
        if self.mean is None or self.cv is None:
            return values
        spread = np.std(values) or 1.0
        return self.mean + (values - np.mean(values)) * (self.cv * self.mean / spread)

    @property
    def average(self) -> float:
        return float(np.mean(self._sorted))

    def quantile(self, u: Floats) -> Floats:
        values = self._sorted
        return values[np.minimum((u * len(values)).astype(np.intp), len(values) - 1)]


def _bare_duration(given: Any) -> Any:
    return {"dist": "constant", "value": given} if isinstance(given, str) else given


AnyDistribution = Annotated[
    Constant
    | Exponential
    | Gamma
    | Lognormal
    | Weibull
    | Triangular
    | Uniform
    | Empirical,
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


def read_durations(path: Path, column: str, unit: str) -> list[str]:
    """Return the durations in one column of a CSV file with a header.

    A cell is a duration such as ``95min``, or a number of `unit`. Empty lines are skipped.

    Raises
    ------
    ValueError
        If the file cannot be read, lacks the column, or a cell is not a duration: the message
        names the file, the line and the column.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file, strict=True)
            if column not in (reader.fieldnames or []):
                known = ", ".join(reader.fieldnames or []) or "none"
                raise ValueError(f"{path} has no column {column!r}; it has: {known}")
            texts = [(reader.line_num, (row[column] or "").strip()) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ValueError(f"{path} cannot be read: {reason}") from error
    for line, text in texts:
        try:
            parse_duration(text if not _is_number(text) else text + unit)
        except ValueError as error:
            raise ValueError(f"{path}, line {line}, column {column!r}: {error}") from error
    if not texts:
        raise ValueError(f"{path} has no row below its header")
    return [text if not _is_number(text) else text + unit for _, text in texts]


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text)) and not text.startswith(("-", "+"))
    except ValueError:
        return False


def _known(parameter: T | None) -> T:
    """Return a parameter whose presence validation has made sure of."""
    assert parameter is not None
    return parameter
