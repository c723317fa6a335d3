"""A finished sweep: what was varied, and what came out at each point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from supportsim.benchmarks import Figure
from supportsim.benchmarks.verdicts import Answer
from supportsim.measures import Asked
from supportsim.scenario import Scenario
from supportsim.studies.sweeping.settings import Design, SweepSettings


@dataclass(frozen=True)
class Result:
    """What the simulation of a point says about one measure.

    Attributes
    ----------
    mean, low, high
        The estimate and its 95 % interval, in the unit of the measure; NaN where unknown.
    replications
        How many replications it is made of; 0 if the point's scenario does not have the measure.
    influences
        How far each replication draws the estimate to its side, see `stats.influences`; as many as
        replications.
    """

    mean: float
    low: float
    high: float
    replications: int
    influences: tuple[float, ...]


@dataclass(frozen=True)
class Outcome:
    """What came out at a point.

    Attributes
    ----------
    results
        By measure id; every measure of the sweep.
    verdicts
        By the id of each published figure.
    warnings
        What a reader of the point's results should know.
    """

    results: Mapping[str, Result]
    verdicts: Mapping[str, Answer]
    warnings: tuple[str, ...] = field(default=(), kw_only=True)


@dataclass(frozen=True)
class Point(Outcome):
    """One point of a sweep.

    Attributes
    ----------
    number
        Its place in the design, from 0.
    values
        What each parameter was set to, by its key, as the scenario file writes it.
    numbers
        The same as numbers, durations in minutes; NaN for what is neither, such as a text.
    """

    number: int
    values: Mapping[str, Any]
    numbers: Mapping[str, float]

    @property
    def judged(self) -> tuple[Answer, ...]:
        """The verdicts on simulated figures."""
        return tuple(answer for answer in self.verdicts.values() if answer != "not simulated")

    @property
    def all_match(self) -> bool:
        """Whether every simulated figure matches; False if none is simulated."""
        return bool(self.judged) and all(answer == "matches" for answer in self.judged)


@dataclass(frozen=True, eq=False)
class Sweep:
    """A scenario, simulated at each point of a design.

    Attributes
    ----------
    scenario
        The scenario that was varied.
    settings
        What was asked.
    points
        The points in the order of the design. A grid's last parameter changes first. Those of a
        Saltelli design of n base points and d parameters are the matrices A, B, AB_1 … AB_d one
        after the other, n points each; AB_i is A with the i-th column of B.
    figures
        The published figures by which each point was judged.
    asked
        The measures, by id.
    """

    scenario: Scenario
    settings: SweepSettings
    points: tuple[Point, ...]
    figures: tuple[Figure, ...]
    asked: Mapping[str, Asked]

    @property
    def parameters(self) -> tuple[str, ...]:
        """The keys of the scenario that were varied."""
        return tuple(self.settings.vary)

    @property
    def design(self) -> Design:
        """How the points were chosen: grid, lhs, sobol or saltelli."""
        return self.settings.design

    @cached_property
    def matching(self) -> tuple[Point, ...]:
        """The points at which every simulated figure matches."""
        return tuple(point for point in self.points if point.all_match)

    @property
    def tells_drivers(self) -> bool:
        """Whether the design tells how much each of several parameters drives a measure."""
        return len(self.parameters) > 1 and self.design in ("grid", "saltelli")
