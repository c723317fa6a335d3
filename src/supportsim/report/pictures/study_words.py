"""What the pictures of comparisons, sweeps, plans and calibrations show, in words with numbers."""

from __future__ import annotations

import math
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from supportsim.report.calibrating.documents import parameter_rows
from supportsim.report.comparing.tables import bottom_line, cells_of
from supportsim.report.numbers import (
    format_estimate,
    format_interval,
    format_published_and_accepted,
    format_value,
    readable,
)
from supportsim.report.pictures.words import listed, sentences
from supportsim.units import DAY, WEEKDAYS, format_clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from supportsim.studies import Comparison
    from supportsim.studies.calibrating import Calibration
    from supportsim.studies.planning.scheduled import DutyWeek
    from supportsim.studies.sweeping import Drive, Point, Sweep


def of_differences(comparison: Comparison) -> str:
    """Return in words what the plot of a comparison shows."""
    parts = []
    for name in comparison.alternatives:
        differing = [
            cells_of(comparison, one)
            for one in comparison.differences
            if one.alternative == name and one.difference.differs
        ]
        told = listed([f"{row.title} {row.difference}" for row in differing]) or "nothing differs"
        parts.append(f"alternative {name}: {told}")
    return sentences(
        f"Differences from {comparison.base.scenario.name} with their intervals, a panel for each "
        f"measure and a row for each alternative: {bottom_line(comparison)}",
        *parts,
    )


def of_sweep(sweep: Sweep, measure: str) -> str:
    """Return in words what the plot of a measure of a sweep shows."""
    asked = sweep.asked[measure]
    known = [point for point in sweep.points if math.isfinite(point.results[measure].mean)]
    told = [
        f"the {word} is {_value(sweep, point, measure)}, at {_where(point)}"
        for word, point in (
            ("highest", max(known, key=lambda p: p.results[measure].mean, default=None)),
            ("lowest", min(known, key=lambda p: p.results[measure].mean, default=None)),
        )
        if point
    ]
    judging = [figure for figure in sweep.figures if figure.measure == measure]
    for figure in judging:
        counts = Counter(point.verdicts[figure.id] for point in sweep.points)
        answers = ", ".join(f"{answer} at {count}" for answer, count in counts.items())
        told.append(f"published {format_published_and_accepted(figure)}: {answers} of the points")
    return sentences(
        f"{asked.measure.title} ({asked.owner}) over {' and '.join(sweep.parameters)}, at "
        f"{len(sweep.points)} points, with 95 % intervals",
        *told,
    )


def of_sensitivity(drives: Sequence[Drive]) -> str:
    """Return in words what the plot of what drives what shows."""
    parts = []
    for measure, group in groupby(drives, key=lambda drive: drive.measure):
        known = [drive for drive in group if not drive.note]
        told = [f"{d.parameter} {format_value(d.first, 'share')} alone" for d in known]
        parts.append(f"measure {measure}: {listed(told) or 'nothing can be said'}")
    return sentences(
        "Bars of the share of each measure's variance over the sweep that each parameter drives",
        *parts,
    )


def of_required(week: DutyWeek) -> str:
    """Return in words what the map of agents required and on duty shows."""
    slots = week.required.shape[1]
    lacking = [
        f"{WEEKDAYS[day]} {format_clock(slot * DAY / slots)}"
        for day, slot in np.argwhere(week.short).tolist()
    ]
    return sentences(
        f"Map of the agents of {week.team} required by theory and on duty, by weekday and time",
        f"at most {week.required.max()} are required and {week.scheduled.max():.1f} on duty",
        f"more than half an agent is short at {len(lacking)} times: {listed(lacking)}"
        if lacking
        else "no time is short by more than half an agent",
    )


def of_parameters(calibration: Calibration) -> str:
    """Return in words what the plot of fitted parameters shows."""
    told = []
    for number, row in enumerate(parameter_rows(calibration)):
        parameter = calibration.problem.parameters[number]
        share = 100 * float(calibration.fit.trial.point[number])
        told.append(
            f"parameter {row['key']} = {row['value']}, {share:.0f} % of the way through its bounds "
            f"{parameter.bounds}"
        )
    return sentences(
        f"The fitted parameters of {calibration.scenario.name} within their bounds", *told
    )


def of_figures(calibration: Calibration) -> str:
    """Return in words what the plot of a calibration's figures shows."""
    told = []
    for verdict in calibration.verdicts:
        figure = verdict.figure
        checked = format_estimate(verdict.simulated, verdict.low, verdict.high, figure.unit)
        published = format_published_and_accepted(figure)
        told.append(
            f"{figure.title} {checked} in the check, published {published}: {verdict.answer}"
        )
    return sentences(
        f"How far the figures that {calibration.scenario.name} was fitted to are from what was "
        "published, in the fit and in the check",
        *told,
    )


def _value(sweep: Sweep, point: Point, measure: str) -> str:
    """Return what a point says of a measure, with its interval."""
    result, unit = point.results[measure], sweep.asked[measure].measure.unit
    factor = 1.0
    if unit == "min":
        factor, unit = readable(result.mean)
    low, high = factor * result.low, factor * result.high
    text = format_value(factor * result.mean, unit, (high - low) / 2)
    return text + (f" ({format_interval(low, high, unit)})" if math.isfinite(low) else "")


def _where(point: Point) -> str:
    return ", ".join(f"{key} = {value}" for key, value in point.values.items())
