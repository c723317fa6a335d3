"""What a study may set a key of the scenario to: values, or a range between two."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from supportsim.errors import InputError, quoted
from supportsim.tables import Floats
from supportsim.units import MINUTES

Scale = Literal["linear", "log"]

MOST_STEPS = 10_000
"""Steps that a range may be divided into."""

_NUMBER = r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
_BOUND = re.compile(rf"({_NUMBER})\s*({'|'.join(MINUTES)}|)")
_RANGE = re.compile(r"([^:]*):([^:]*)(?::([^:]*))?")


@dataclass(frozen=True)
class Range:
    """The values between two bounds, with both of them.

    Attributes
    ----------
    low, high
        The bounds, in their unit.
    unit
        Unit of time that follows each value in the file; empty for plain numbers.
    whole
        Whether only whole numbers are meant: so if they are written without a point.
    scale
        Whether equal parts of it are equal steps or equal factors.
    step
        Distance, or on a logarithmic scale factor, of neighbours in a grid; None if not said.
    """

    low: float
    high: float
    unit: str = ""
    whole: bool = False
    scale: Scale = "linear"
    step: float | None = None

    def at(self, shares: Floats) -> Floats:
        """Return the numbers at some shares of the way from the lower bound to the upper one.

        Each whole number has the same part of the way if the scale is linear.

        Parameters
        ----------
        shares : shape (n,)
            0 to 1.
        """
        # A whole number stands for itself and for what lies half a step around it.
        margin = 0.5 if self.whole else 0.0
        low, high = self.low - margin, self.high + margin
        if self.scale == "log":
            numbers = low * (high / low) ** np.asarray(shares)
        else:
            numbers = low + (high - low) * np.asarray(shares)
        clipped: Floats = np.clip(np.round(numbers) if self.whole else numbers, self.low, self.high)
        return clipped

    def grid(self) -> Floats:
        """Return the numbers of a grid: in steps from the lower bound, as far as the upper one.

        Raises
        ------
        InputError
            If no step was given and numbers are not whole, or there are too many.
        """
        step = self.step
        if step is None:
            if not self.whole or self.scale == "log":
                quarter = f"{(self.high - self.low) / 4:g}{self.unit}"
                example = f"{self}:{'2' if self.scale == 'log' else quarter}"
                raise InputError(
                    f"the range {self} says no step; add one for a grid, as in {example}, or list "
                    "the values"
                )
            if self.high - self.low > MOST_STEPS:
                raise InputError(f"the range {self} has more than {MOST_STEPS} steps")
            step = 1.0
        numbers: Floats
        if self.scale == "log":
            count = math.log(self.high / self.low) / math.log(step)
            numbers = self.low * np.power(step, np.arange(math.floor(count + 1e-9) + 1.0))
        else:
            count = (self.high - self.low) / step
            numbers = self.low + step * np.arange(math.floor(count + 1e-9) + 1.0)
        return np.rint(numbers) if self.whole else numbers

    def written(self, number: float) -> Any:
        """Return a number as the scenario file writes it, with six significant digits."""
        if self.whole:
            return f"{number:.0f}{self.unit}" if self.unit else int(number)
        rounded = float(f"{number:.6g}")
        return f"{rounded:.12g}{self.unit}" if self.unit else rounded

    def __str__(self) -> str:
        step = "" if self.step is None else f":{self.step:g}{self.unit}"
        return f"{self.low:g}{self.unit}:{self.high:g}{self.unit}{step}"


def read_range(text: str, key: str, scale: Scale = "linear") -> Range:
    """Return the range that a text such as ``1:6``, ``1d:8d`` or ``0.1:0.5:0.1`` describes.

    Parameters
    ----------
    text
        Lower bound, upper bound and perhaps a step, with colons between them.
    key
        The key of the scenario that it is for, which messages name.
    scale
        Its scale; a logarithmic step is a factor.

    Raises
    ------
    InputError
        If it is not a range, or is empty or reversed.
    """
    form = _RANGE.fullmatch(text.strip())
    if form is None:
        raise InputError(f"{key}: {quoted(text)} is not a range; write two bounds, as in 1:6")
    low, unit, low_whole = _bound(form[1], key)
    high, high_unit, high_whole = _bound(form[2], key)
    if unit != high_unit:
        raise InputError(f"{key}: {quoted(text)}: both bounds have to be in the same unit")
    if low > high:
        raise InputError(f"{key}: the range {quoted(text)} is reversed; write {form[2]}:{form[1]}")
    if low == high:
        raise InputError(f"{key}: the range {quoted(text)} is empty: its bounds are the same")
    if scale == "log" and low <= 0:
        raise InputError(f"{key}: a logarithmic range has to begin above 0, not at {form[1]}")
    whole = low_whole and high_whole and not unit
    if form[3] is None:
        return Range(low, high, unit, whole, scale)
    step, step_unit, step_whole = _bound(form[3], key)
    if scale == "log":
        if step_unit or step <= 1:
            raise InputError(f"{key}: {quoted(text)}: the step has to be a factor above 1")
        steps = math.log(high / low) / math.log(step)
    else:
        if step_unit != unit or step <= 0:
            raise InputError(f"{key}: {quoted(text)}: the step has to be above 0, in the same unit")
        steps = (high - low) / step
    if steps > MOST_STEPS:
        raise InputError(f"{key}: {quoted(text)} has more than {MOST_STEPS} steps")
    return Range(low, high, unit, whole and step_whole, scale, step)


def _bound(text: str, key: str) -> tuple[float, str, bool]:
    """Return the number of a bound, its unit, and whether it is written as a whole number."""
    form = _BOUND.fullmatch(text.strip())
    number = float(form[1]) if form else math.nan
    if form is None or not math.isfinite(number):
        raise InputError(
            f"{key}: {quoted(text)} is not a bound; write a number, or a duration in one unit, "
            "as in 1:6 or 1d:8d"
        )
    return number, form[2], form[1].lstrip("+-").isdigit()


def read_values(
    given: str | Sequence[Any], key: str, scale: Scale = "linear"
) -> Range | tuple[Any, ...]:
    """Return the range or the values that a key is to take.

    Parameters
    ----------
    given
        A range as text, values with commas between them as text, or a sequence of values.
    key
        The key of the scenario.
    scale
        The scale of a range.

    Raises
    ------
    InputError
        If it is neither, or there is no value, or one comes twice.
    """
    if isinstance(given, str):
        if ":" in given and not given.lstrip().startswith(("[", "{", '"', "'")):
            return read_range(given, key, scale)
        given = _listed(given)
    values = tuple(given)
    if not values:
        raise InputError(f"{key}: there is no value to set it to")
    for number, value in enumerate(values):
        if value in values[:number]:
            raise InputError(f"{key}: the value {value} is there twice")
    return values


def _listed(text: str) -> list[Any]:
    """Return the values of a text, read as an array of TOML or else one by one."""
    try:
        return list(tomllib.loads(f"values = [{text}]")["values"])
    except (ValueError, RecursionError):
        return [read_value(part.strip()) for part in text.split(",") if part.strip()]


def read_value(text: str) -> Any:
    """Return a value as TOML would read it; what TOML cannot read is a text without quotes."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError):
        return text
