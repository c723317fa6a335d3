"""Distributions with a largest value: constant, triangular, uniform, and measured values."""

import math
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import Field, ValidationInfo, model_validator

from supportsim.scenario.csv_files import read_durations
from supportsim.scenario.fields import Row, shown
from supportsim.scenario.law import Law, Spread, Time, known, shares_beyond
from supportsim.tables import Floats
from supportsim.units import MINUTES


class Constant(Law):
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
        return self.value if self.value is not None else known(self.mean)

    def quantile(self, u: Floats) -> Floats:
        """Return the value itself, for every `u`."""
        return np.full_like(u, self.average)


class Triangular(Law):
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
            return known(self.low), known(self.mode), known(self.high)
        reach = math.sqrt(6) * known(self.cv) * self.mean
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

    def _beyond(self, ages: Floats, u: Floats) -> Floats:
        low, mode, high = self._corners
        rising, falling = (mode - low) * (high - low), (high - mode) * (high - low)
        begin = np.clip(ages, low, high)
        below, above = (begin - low) ** 2 / (rising or 1.0), (high - begin) ** 2 / (falling or 1.0)
        is_early = begin < mode
        p, q = shares_beyond(
            np.where(is_early, below, 1 - above), np.where(is_early, 1 - below, above), u
        )
        is_early = p < (mode - low) / (high - low)
        return np.where(is_early, low + np.sqrt(rising * p), high - np.sqrt(falling * q))


class Uniform(Law):
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
            return known(self.low), known(self.high)
        reach = math.sqrt(3) * known(self.cv) * self.mean
        return self.mean - reach, self.mean + reach

    @property
    def average(self) -> float:
        """Mean, minutes."""
        return sum(self._ends) / 2

    def quantile(self, u: Floats) -> Floats:
        """Return low + u · (high − low)."""
        low, high = self._ends
        return low + u * (high - low)

    def _beyond(self, ages: Floats, u: Floats) -> Floats:
        low, high = self._ends
        begin = np.maximum(ages, low)
        return begin + u * (high - begin)


class Empirical(Law):
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
        values = np.sort(np.array(known(self.values), dtype=np.float64))
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

    def _beyond(self, ages: Floats, u: Floats) -> Floats:
        """Choose one of the values that are not below the age."""
        values = np.maximum(self._scaled, 0)
        first = np.searchsorted(values, ages, side="left")
        chosen = first + (u * (len(values) - first)).astype(np.intp)
        return np.where(first < len(values), values[np.minimum(chosen, len(values) - 1)], ages)
