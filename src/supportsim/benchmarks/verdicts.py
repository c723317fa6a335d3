"""Verdicts: whether a simulated interval lies within the tolerance of a published figure."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from supportsim.benchmarks.registry import Figure, load_registry
from supportsim.errors import BenchmarkError
from supportsim.measures import Asked, lacks
from supportsim.scenario import Scenario
from supportsim.stats import Estimate
from supportsim.units import MINUTES

Answer = Literal["matches", "misses", "undecided", "not simulated"]
Role = Literal["input", "fitted", "predicted", "none"]


@dataclass(frozen=True)
class Verdict:
    """What the simulation says about one published figure, in the figure's own unit.

    Attributes
    ----------
    figure
        The published figure.
    answer
        `matches` if the 95 % interval lies within the tolerance, `misses` if the two have nothing
        in common, `undecided` otherwise, and `not simulated` where there is nothing to compare.
    role
        `fitted` if a parameter was fitted to it, or to another figure of the same measure, `input`
        if the scenario sets it, `predicted` if it came out; `none` if it is not simulated.
    simulated, low, high
        The estimate and its interval; NaN if there is none.
    replications
        For `undecided`, about how many replications would settle it; None if no number would.
    reason
        Why nothing was simulated.
    """

    figure: Figure
    answer: Answer
    role: Role
    simulated: float = math.nan
    low: float = math.nan
    high: float = math.nan
    replications: int | None = None
    reason: str = ""

    @property
    def clock(self) -> str:
        """The clock on which the figure was judged."""
        return self.figure.judged_clock or self.figure.clock


def judge(
    figures: Iterable[Figure],
    estimates: Mapping[str, Estimate],
    asked: Mapping[str, Asked],
    scenario: Scenario,
) -> tuple[Verdict, ...]:
    """Return a verdict on each figure, in their order.

    Parameters
    ----------
    figures
        The published figures.
    estimates, asked
        Estimates, and the measures that they are of, by measure id.
    scenario
        The scenario that was simulated: it says what was put in and what was fitted.
    """
    figures = tuple(figures)
    fitted = _fitted_measures(figures, scenario)
    return tuple(_verdict(figure, estimates, asked, scenario, fitted) for figure in figures)


def _verdict(
    figure: Figure,
    estimates: Mapping[str, Estimate],
    asked: Mapping[str, Asked],
    scenario: Scenario,
    fitted: Collection[str],
) -> Verdict:
    if figure.measure is None:
        reason = f"{figure.status}: {figure.reason}" if figure.reason else figure.status
        return Verdict(figure, "not simulated", "none", reason=reason)
    if figure.measure not in estimates:
        reason = lacks(figure.measure, scenario) or f"{figure.measure} was not asked for"
        return Verdict(figure, "not simulated", "none", reason=reason)
    estimate = estimates[figure.measure]
    per = unit_factor(figure, asked[figure.measure].measure.unit)
    mean, low, high = estimate.mean * per, estimate.low * per, estimate.high * per
    answer = compare(low, high, figure.tolerance.low, figure.tolerance.high)
    needed = None
    if answer == "undecided":
        bounds = (figure.tolerance.low, figure.tolerance.high)
        needed = replications_to_settle(mean, (high - low) / 2, bounds, estimate.replications)
    role = "fitted" if figure.measure in fitted else _role(figure, scenario)
    return Verdict(figure, answer, role, mean, low, high, needed)


def compare(low: float, high: float, tolerance_low: float, tolerance_high: float) -> Answer:
    """Return the answer for an interval [low, high] and a tolerance, both with their ends.

    A rounding error of 1e-9 of the tolerance's size does not turn a match into anything else.
    """
    slack = 1e-9 * max(abs(tolerance_low), abs(tolerance_high))
    if math.isnan(low) or math.isnan(high):
        return "undecided"
    if tolerance_low - slack <= low and high <= tolerance_high + slack:
        return "matches"
    if high < tolerance_low - slack or low > tolerance_high + slack:
        return "misses"
    return "undecided"


def replications_to_settle(
    mean: float, half_width: float, tolerance: tuple[float, float], replications: int
) -> int | None:
    """Return about how many replications would decide an undecided verdict.

    The half-width shrinks with the square root of their number; it has to fall below the distance
    of the mean to the nearest end of the tolerance. None if the mean sits on that end, or if there
    is no interval yet.
    """
    distance = min(abs(mean - end) for end in tolerance if math.isfinite(end))
    if math.isnan(half_width) or distance <= 1e-12 * abs(mean):
        return None
    return max(replications + 1, math.ceil(replications * (half_width / distance) ** 2))


def unit_factor(figure: Figure, measured: str) -> float:
    """Return the factor from a measure's unit to a figure's.

    Raises
    ------
    BenchmarkError
        If the two cannot be compared.
    """
    if measured == figure.unit:
        return 1.0
    if measured in MINUTES and figure.unit in MINUTES:
        return MINUTES[measured] / MINUTES[figure.unit]
    raise BenchmarkError(
        f"benchmark {figure.id}: its unit is {figure.unit!r}, and that of its measure "
        f"{figure.measure} is {measured!r}"
    )


def _fitted_measures(figures: Iterable[Figure], scenario: Scenario) -> set[str]:
    """Return the measures that the scenario fitted, to figures by which it is judged or not."""
    if not scenario.benchmarks.fitted:
        return set()
    groups = tuple(f"{name}." for name in scenario.benchmarks.fitted)
    known = (*figures, *load_registry().values())
    return {one.measure for one in known if one.measure and f"{one.id}.".startswith(groups)}


def _role(figure: Figure, scenario: Scenario) -> Role:
    return "input" if is_input(figure, scenario) else "predicted"


def is_input(figure: Figure, scenario: Scenario) -> bool:
    """Return whether a scenario sets a figure, so that simulating it only repeats it."""
    return any(_is_set(key, scenario) for key in figure.set_by)


def _is_set(pattern: str, scenario: Scenario) -> bool:
    """Return whether the scenario sets a key; `*` stands for any one part of it."""
    nodes: list[object] = [scenario.to_dict()]
    for part in pattern.split("."):
        below: list[object] = []
        for node in nodes:
            if isinstance(node, Mapping):
                below += node.values() if part == "*" else [node[part]] if part in node else []
        nodes = below
    return bool(nodes)
