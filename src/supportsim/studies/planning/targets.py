"""Targets: what a measure has to reach, and what one replication says about it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from supportsim.errors import InputError, quoted
from supportsim.measures import find
from supportsim.measures.timing import ROUNDING
from supportsim.units import parse_duration

if TYPE_CHECKING:
    from supportsim.measures import Asked, Observation
    from supportsim.scenario import Scenario

Comparison = Literal[">=", "<="]

_FORM = re.compile(r"([^<>=≤≥]*)(>=|<=|=>|=<|≥|≤|>|<)([^<>=≤≥]*)")
_COMPARISONS: dict[str, Comparison] = {">=": ">=", "=>": ">=", "≥": ">=", ">": ">="}
_COMPARISONS |= {"<=": "<=", "=<": "<=", "≤": "<=", "<": "<="}


@dataclass(frozen=True)
class Target:
    """A bound on a measure.

    Attributes
    ----------
    measure
        Id of the measure.
    comparison
        Whether it has to be at least or at most the value.
    value
        The bound in the measure's unit: a share from 0 to 1, a time in minutes.
    text
        The target as it was written.
    """

    measure: str
    comparison: Comparison
    value: float
    text: str


def read_target(text: str, scenario: Scenario) -> Target:
    """Return the target that a text such as ``phone.answered_within_20s>=0.8`` describes.

    Parameters
    ----------
    text
        A measure, one of >= and <=, and a bound: a share (``0.8`` or ``80%``), a duration with its
        unit (``6h``), or a number. Measures take any value between others, so that > means >=.
    scenario
        The scenario that has the measure.

    Raises
    ------
    InputError
        If the text is not a comparison, the scenario has no such measure, or the bound is not one
        in the measure's unit.
    """
    form = _FORM.fullmatch(text.strip())
    if form is None or not form[1].strip() or not form[3].strip():
        raise InputError(
            f"target {quoted(text)} is not a comparison; write a measure, >= or <=, and a value, "
            'as in "phone.answered_within_20s>=0.8"'
        )
    asked = find(form[1].strip(), scenario)
    try:
        value = _bound(form[3].strip(), asked.measure.unit)
    except ValueError as error:
        raise InputError(f"target {quoted(text)}: {error}") from error
    return Target(asked.id, _COMPARISONS[form[2]], value, text.strip())


def _bound(text: str, unit: str) -> float:
    """Return a bound in a measure's unit."""
    if unit == "min":
        try:
            return parse_duration(text)
        except ValueError as error:
            raise ValueError(f"the measure is a time; {error}") from error
    percent = text.endswith("%")
    try:
        value = float(text.removesuffix("%"))
    except ValueError:
        value = math.nan
    if unit == "share":
        value = value / 100 if percent else value
        if not 0 <= value <= 1:
            hint = f'; did you mean "{text}%"?' if 1 < value <= 100 else ""
            raise ValueError(
                f'{quoted(text)} is not a share: write it as "0.8" or "80%", from 0 to 1{hint}'
            )
    elif percent or not math.isfinite(value):
        raise ValueError(f"{quoted(text)} is not a number of the measure's unit, {unit}")
    return value


def statement(target: Target, asked: Asked, observation: Observation) -> float:
    """Return by how much one replication is on the right side of a target.

    The target holds if and only if the expectation of this number is 0 or more. It is linear in
    the observation, so that its mean over replications is without bias, which a ratio's is not.

    Parameters
    ----------
    target
        The target.
    asked
        Its measure.
    observation
        What the replication says of the measure.

    Returns
    -------
    float
        For a ratio measure ±(numerator − value × denominator); for a quantile of level p that is to
        be at most a value, the number of values up to it, less p times the number of values.

    Notes
    -----
    Divided by the mean `weight`, it is the margin in the measure's unit, or for a quantile in
    shares of its values.
    """
    sign = 1.0 if target.comparison == ">=" else -1.0
    if asked.measure.estimator != "quantile":
        return sign * (observation.numerator - target.value * observation.denominator)
    sample, level = observation.sample, asked.measure.level
    if target.comparison == "<=":
        return float(np.count_nonzero(sample <= target.value + ROUNDING) - level * len(sample))
    return float(level * len(sample) - np.count_nonzero(sample < target.value - ROUNDING))


def weight(asked: Asked, observation: Observation) -> float:
    """Return of how much a replication's statement is made: its denominator, or its sample's size.

    With a weight of 0 nothing was measured, and no target holds.
    """
    if asked.measure.estimator == "quantile":
        return float(len(observation.sample))
    return observation.denominator
