"""The published figures on a measure, where a plot or a text wants them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supportsim.benchmarks import unit_factor
from supportsim.report.numbers import format_estimate, format_published_and_accepted
from supportsim.report.verdict_tables import title_of

if TYPE_CHECKING:
    from supportsim.benchmarks import Figure, Verdict
    from supportsim.studies import Run


def figures_on(run: Run, measure: str) -> list[Figure]:
    """Return the published figures by which a run judges a measure."""
    return [figure for figure in run.figures if figure.measure == measure and measure in run.asked]


def in_measures_unit(run: Run, figure: Figure) -> tuple[float, float, float]:
    """Return the middle of what was published and the ends of what is accepted.

    In the unit of the measure: times in minutes, shares from 0 to 1.
    """
    factor = unit_factor(figure, run.asked[figure.measure or ""].measure.unit)
    tolerance = figure.tolerance
    return (
        sum(figure.published) / 2 / factor,
        tolerance.low / factor,
        tolerance.high / factor,
    )


def note_on(run: Run, *measures: str) -> list[str]:
    """Return a line for each published figure on some measures: what it is and what was simulated.

    Such as ``"Tickets per day: published 5 (4.75–5.25), simulated 5.016 (4.995–5.036)"``.
    """
    return [
        f"{title_of(verdict)}: published {format_published_and_accepted(verdict.figure)}, "
        f"simulated {_simulated(verdict)}"
        for verdict in run.verdicts
        if verdict.figure.measure in measures and verdict.answer != "not simulated"
    ]


def _simulated(verdict: Verdict) -> str:
    return format_estimate(verdict.simulated, verdict.low, verdict.high, verdict.figure.unit)
