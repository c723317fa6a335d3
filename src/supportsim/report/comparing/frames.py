"""A comparison as pandas frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from supportsim.studies import Comparison

COLUMNS = [
    *("alternative", "measure", "title", "unit", "base", "mean", "difference", "low", "high"),
    *("p_value", "differs", "variance_reduction", "reason"),
]


def differences_frame(comparison: Comparison) -> pd.DataFrame:
    """Return a row for each alternative and measure.

    Returns
    -------
    DataFrame
        The base's estimate and the alternative's `mean`; their difference with its simultaneous
        interval (low, high); the p value, adjusted by Holm; whether it differs (NA if unknown);
        by what factor pairing has reduced the variance (inf where it left none, NaN where there
        was none); and the reason why something is not known.
    """
    rows = [
        {
            "alternative": one.alternative,
            "measure": one.asked.id,
            "title": one.asked.measure.title,
            "unit": one.asked.measure.unit,
            "base": one.difference.pair.base,
            "mean": one.difference.pair.alternative,
            "difference": one.difference.pair.difference,
            "low": one.difference.low,
            "high": one.difference.high,
            "p_value": one.difference.p_value,
            "differs": one.difference.differs,
            "variance_reduction": one.difference.pair.variance_reduction,
            "reason": one.reason,
        }
        for one in comparison.differences
    ]
    return pd.DataFrame(rows, columns=COLUMNS).astype({"differs": "boolean"})


def side_by_side_frame(comparison: Comparison) -> pd.DataFrame:
    """Return a row for each published figure, by its id, in the figure's own unit.

    Returns
    -------
    DataFrame
        Title, unit and what is accepted; then, for the base and each alternative, the verdict in a
        column of its name, and what was simulated in a column of its name and ``simulated``.
    """
    figures = [verdict.figure for verdict in comparison.base.verdicts]
    columns: dict[str, list[object]] = {
        "title": [figure.title for figure in figures],
        "unit": [figure.unit for figure in figures],
        "tolerance_low": [figure.tolerance.low for figure in figures],
        "tolerance_high": [figure.tolerance.high for figure in figures],
    }
    for name, run in comparison.runs.items():
        columns[name] = [verdict.answer for verdict in run.verdicts]
        columns[f"{name} simulated"] = [verdict.simulated for verdict in run.verdicts]
    ids = pd.Index([figure.id for figure in figures], name="id", dtype="str")
    return pd.DataFrame(columns, index=ids)
