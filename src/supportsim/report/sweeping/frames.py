"""A sweep as pandas frames."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd

from supportsim.benchmarks import unit_factor
from supportsim.studies.sweeping.sensitivity import sensitivity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from supportsim.benchmarks import Figure
    from supportsim.studies.sweeping import Sweep

RESULTS = [
    *("measure", "unit", "mean", "ci95_low", "ci95_high", "replications"),
    *("benchmark", "published", "verdict"),
]


def sweep_frame(sweep: Sweep) -> pd.DataFrame:
    """Return a row for each point and measure.

    Returns
    -------
    DataFrame
        The number of the point; a column for each parameter, by its key; the measure, its unit,
        mean, 95 % interval (NaN where unknown) and replications; the published figure that judges
        it, what was published in the unit of the measure, and the verdict, empty if there is none.
        Several figures that judge one measure stand in one row with semicolons between them.
    """
    judges = {name: _judges(sweep, name) for name in sweep.asked}
    rows = [
        [
            point.number,
            *(cell(value) for value in point.values.values()),
            name,
            sweep.asked[name].measure.unit,
            *(result.mean, result.low, result.high, result.replications),
            "; ".join(figure.id for figure in judges[name]),
            "; ".join(
                _published(figure, sweep.asked[name].measure.unit) for figure in judges[name]
            ),
            "; ".join(point.verdicts[figure.id] for figure in judges[name]),
        ]
        for point in sweep.points
        for name, result in point.results.items()
    ]
    return pd.DataFrame(rows, columns=["point", *sweep.parameters, *RESULTS])


def pivot_frame(sweep: Sweep, measure: str) -> pd.DataFrame:
    """Return the means of one measure by the values of the parameters.

    Returns
    -------
    DataFrame
        The last parameter across, the others down; of a single parameter, a column called as the
        measure.
    """
    *down, across = sweep.parameters
    if not down:
        values = [cell(point.values[across]) for point in sweep.points]
        means = [point.results[measure].mean for point in sweep.points]
        return pd.DataFrame({measure: means}, index=pd.Index(values, name=across))
    table: dict[Any, dict[Any, float]] = {}
    for point in sweep.points:
        row = tuple(cell(point.values[key]) for key in down)
        column = table.setdefault(cell(point.values[across]), {})
        column[row if len(row) > 1 else row[0]] = point.results[measure].mean
    return pd.DataFrame(table).rename_axis(index=down, columns=across)


def sensitivity_frame(sweep: Sweep, measures: Iterable[str] | None = None) -> pd.DataFrame:
    """Return how much each parameter drives each measure, the strongest first.

    Returns
    -------
    DataFrame
        A row for each measure and parameter: the figures that judge the measure, the first-order
        and the total Sobol index, each with its 95 % interval (NaN where nothing can be said), and
        why nothing can be said. See `studies.sweeping.sensitivity`.

    Raises
    ------
    InputError
        If the design cannot tell, or a measure was not kept.
    """
    rows = [
        {
            "measure": drive.measure,
            "parameter": drive.parameter,
            "first_order": drive.first,
            "first_order_low": drive.first_low,
            "first_order_high": drive.first_high,
            "total": drive.total,
            "total_low": drive.total_low,
            "total_high": drive.total_high,
            "benchmark": "; ".join(drive.figures),
            "note": drive.note,
        }
        for drive in sensitivity(sweep, measures)
    ]
    return pd.DataFrame(rows)


def cell(value: Any) -> Any:
    """Return a value of a parameter as a table can hold it: a number or a text."""
    return value if isinstance(value, int | float | str) else json.dumps(value, default=str)


def _judges(sweep: Sweep, measure: str) -> list[Figure]:
    """Return the figures that judge a measure."""
    return [figure for figure in sweep.figures if figure.measure == measure]


def _published(figure: Figure, unit: str) -> str:
    """Return what was published in the unit of the measure: ``"0.94"``, ``"7 to 13"``."""
    factor = unit_factor(figure, unit)
    low, high = (f"{end / factor:.12g}" for end in figure.published)
    return low if low == high else f"{low} to {high}"
