"""The pictures of comparisons, sweeps, plans and calibrations."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from supportsim.report.calibrating.documents import figures_frame, parameters_frame
from supportsim.report.comparing.frames import differences_frame
from supportsim.report.pictures import study_words
from supportsim.report.pictures.picture import Picture, stem_of
from supportsim.report.plots.calibrating import (
    figures_size,
    parameters_size,
    plot_figures,
    plot_parameters,
)
from supportsim.report.plots.comparing import differences_size, plot_differences
from supportsim.report.plots.planning import plot_required, required_size
from supportsim.report.plots.sensitivity import plot_sensitivity, sensitivity_size
from supportsim.report.plots.sweeping import plot_sweep, sweep_size
from supportsim.report.sweeping.frames import sensitivity_frame, sweep_frame
from supportsim.report.sweeping.tables import telling_measures
from supportsim.studies.planning.scheduled import duty_weeks
from supportsim.studies.sweeping import sensitivity
from supportsim.units import DAY, WEEKDAYS, format_clock

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from supportsim.studies import Comparison
    from supportsim.studies.calibrating import Calibration
    from supportsim.studies.planning.plan import Plan
    from supportsim.studies.planning.scheduled import DutyWeek
    from supportsim.studies.sweeping import Sweep

MOST_PLOTS = 6
"""Measures of a sweep that get a plot."""


def pictures_of_comparison(comparison: Comparison) -> list[Picture]:
    """Return the picture of a comparison: all differences with their intervals."""
    return [
        Picture(
            "differences",
            f"Differences from {comparison.base.scenario.name}",
            study_words.of_differences(comparison),
            differences_size(comparison),
            lambda ax: plot_differences(comparison, ax),
            lambda: differences_frame(comparison),
        )
    ]


def pictures_of_sweep(sweep: Sweep) -> list[Picture]:
    """Return the pictures of a sweep: the measures that tell the points apart best, and why."""
    measures = telling_measures(sweep, MOST_PLOTS)
    pictures = [
        Picture(
            stem_of(measure),
            f"{sweep.asked[measure].measure.title} ({sweep.asked[measure].owner})",
            study_words.of_sweep(sweep, measure),
            sweep_size(sweep),
            partial(_draw_sweep, sweep, measure),
            partial(_measure_frame, sweep, measure),
        )
        for measure in measures
    ]
    drives = sensitivity(sweep, measures) if sweep.tells_drivers else ()
    if drives:
        sensitive = Picture(
            "sensitivity",
            "Which parameter drives which measure",
            study_words.of_sensitivity(drives),
            sensitivity_size(drives),
            lambda ax: plot_sensitivity(drives, ax),
            lambda: sensitivity_frame(sweep, measures),
        )
        pictures.insert(0, sensitive)
    return pictures


def pictures_of_plan(plan: Plan) -> list[Picture]:
    """Return the pictures of a plan: the week of each planned team."""
    return [
        Picture(
            f"required-{week.team}",
            f"Agents of {week.team}: required and on duty",
            study_words.of_required(week),
            required_size(week),
            partial(plot_required, week),
            partial(week_frame, week),
            f"team.{week.team}",
        )
        for week in duty_weeks(plan)
    ]


def pictures_of_calibration(calibration: Calibration) -> list[Picture]:
    """Return the pictures of a calibration: its parameters and its figures."""
    return [
        Picture(
            "parameters",
            f"Fitted parameters of {calibration.scenario.name}",
            study_words.of_parameters(calibration),
            parameters_size(calibration),
            lambda ax: plot_parameters(calibration, ax),
            lambda: parameters_frame(calibration),
        ),
        Picture(
            "figures",
            f"Figures that {calibration.scenario.name} was fitted to",
            study_words.of_figures(calibration),
            figures_size(calibration),
            lambda ax: plot_figures(calibration, ax),
            lambda: figures_frame(calibration),
        ),
    ]


def _draw_sweep(sweep: Sweep, measure: str, ax: Axes) -> Axes:
    return plot_sweep(sweep, measure, ax=ax)


def _measure_frame(sweep: Sweep, measure: str) -> pd.DataFrame:
    """Return a row for each point with what it says of one measure."""
    frame = sweep_frame(sweep)
    return frame[frame["measure"] == measure].drop(columns="measure").set_index("point")


def week_frame(week: DutyWeek) -> pd.DataFrame:
    """Return a row for each time of the day, a column for each weekday: required / on duty."""
    slots = week.required.shape[1]
    times = pd.Index([format_clock(slot * DAY / slots) for slot in range(slots)], name="from")
    columns = {
        name: [week.cell(day, slot) for slot in range(slots)] for day, name in enumerate(WEEKDAYS)
    }
    return pd.DataFrame(columns, index=times)
