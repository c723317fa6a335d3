"""Sweeps whose outputs are made up, so that what is said of them is known."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from small_runs import small_scenario
from supportsim.benchmarks.verdicts import compare, unit_factor
from supportsim.measures import measures_of
from supportsim.studies import figures_of
from supportsim.studies.sweeping import Point, Result, Sweep, SweepSettings
from supportsim.studies.sweeping.design import as_numbers, design_points

if TYPE_CHECKING:
    from collections.abc import Callable

    from supportsim.tables import Floats

REPLICATIONS = 8

Output = Callable[..., float] if TYPE_CHECKING else Any


def made_sweep(
    vary: dict[str, Any],
    outputs: dict[str, Output],
    *,
    half_width: float = 0.0,
    noise: Callable[[int], Floats] | None = None,
    **settings: Any,
) -> Sweep:
    """Return a sweep in which each measure is a function of the parameters as numbers.

    Parameters
    ----------
    vary
        What was varied.
    outputs
        The mean of each measure, by id, as a function of the parameters.
    half_width
        Of the intervals.
    noise
        From a point's number to its influences; zeros by default.
    """
    scenario = small_scenario()
    asked = {one.id: one for one in measures_of(scenario, list(outputs))}
    asked = {name: asked[name] for name in outputs}
    figures = tuple(one for one in figures_of(scenario) if one.measure in asked)
    chosen = SweepSettings(vary=vary, **settings)
    points = []
    for number, values in enumerate(design_points(chosen, seed=3)):
        numbers = as_numbers(values)
        drawn = np.zeros(REPLICATIONS) if noise is None else noise(number)
        results = {}
        for name, output in outputs.items():
            mean = output(*numbers.values())
            known = not math.isnan(mean)
            reach = half_width if known else math.nan
            results[name] = Result(
                mean, mean - reach, mean + reach, len(drawn) if known else 0, tuple(drawn.tolist())
            )
        verdicts = {}
        for figure in figures:
            one = results[str(figure.measure)]
            factor = unit_factor(figure, asked[str(figure.measure)].measure.unit)
            verdicts[figure.id] = compare(
                factor * one.low, factor * one.high, figure.tolerance.low, figure.tolerance.high
            )
        points.append(Point(results, verdicts, number, values, numbers))
    return Sweep(scenario, chosen, tuple(points), figures, asked)
