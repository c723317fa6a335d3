"""By the hour of the week: waits, arrivals, occupancy, and the agents on duty and required."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np

from supportsim.report.by_week import (
    arrivals_by_hour,
    by_day,
    duty_by_hour,
    intended_arrivals,
    occupancy_by_hour,
    required_for,
    wait_by_hour,
)
from supportsim.report.numbers import format_estimate, format_published_and_accepted, readable
from supportsim.report.plots.style import (
    BLACK,
    BLUE,
    ORANGE,
    draw_cells,
    draw_levels,
    finish,
    new_axes,
    set_title,
    styled,
    with_notes,
)
from supportsim.report.published import figures_on, in_measures_unit, note_on
from supportsim.scenario.calendar import weekly_spans
from supportsim.units import DAY, MINUTES, WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from supportsim.benchmarks import Figure
    from supportsim.report.series import Band
    from supportsim.studies import Run
    from supportsim.tables import Floats

MAP_SIZE = (8.0, 3.4)
WEEK_SIZE = (8.0, 4.4)
_HOURS = np.arange(169)
_ENDINGS = ("", "_business", "_business_median", "_business_p90")
"""Of the names of measures of the wait of which a map says what was published."""


@styled
def plot_wait(run: Run, channel: str, ax: Axes | None = None) -> Axes:
    """Draw how long tickets wait for a first response, by the hour of the week of their arrival.

    Parameters
    ----------
    run
        The run.
    channel
        Name of the channel.
    ax
        Where to draw; without it a new figure is made.

    Returns
    -------
    Axes
        A row for each weekday and a column for each hour: the darker, the longer tickets that
        arrive then wait on average, on the calendar clock. Hours without tickets are hatched. A
        published mean is a line in the scale of the shades, where it is of the same clock.
    """
    ax = new_axes(*MAP_SIZE) if ax is None else ax
    mean, _low, _high = wait_by_hour(run, channel)
    factor, unit = readable(float(np.nanmax(mean, initial=0.0)))
    notes = note_on(run, *(f"{channel}.first_response_time{ending}" for ending in _ENDINGS))
    _draw_map(
        ax,
        factor * mean,
        f"mean time to first response ({unit})",
        published=[factor * level for level in _levels(run, f"{channel}.first_response_time")],
    )
    set_title(ax, f"Wait for a first response on {channel}, calendar clock")
    ax.set_xlabel(with_notes("hour of arrival (h)", notes))
    return ax


@styled
def plot_arrivals(run: Run, channel: str, ax: Axes | None = None) -> Axes:
    """Draw how many tickets arrive in each hour of the week, against what the scenario asks for.

    Parameters
    ----------
    run
        The run.
    channel
        Name of the channel.
    ax
        Where to draw; without it a new figure is made.

    Returns
    -------
    Axes
        The hours of the mean week of the window, and tickets an hour: as simulated, with the 95 %
        interval, and as intended. Business hours are shaded. Drawn in as well are the published
        number of tickets, as an hourly mean, and the published peak hour of each day.
    """
    ax = new_axes(*WEEK_SIZE) if ax is None else ax
    mean, low, high = arrivals_by_hour(run, channel)
    _shade_business_hours(ax, run)
    _steps(ax, (mean, low, high), BLUE, "-", "simulated, 95 % interval")
    intended = intended_arrivals(run, channel)
    ax.stairs(intended, _HOURS, color=ORANGE, linestyle=(0, (2, 1)), linewidth=1.6, zorder=3,
              baseline=None, label="intended")  # fmt: skip
    published = [(f, level / 24) for f, level in _figures(run, f"{channel}.arrivals_per_day")]
    levels = [level for _figure, level in published]
    most = max(float(np.nanmax([*mean, *intended, *levels], initial=0.0)), 1e-9)
    # Intervals of few replications may be so wide that they would hide everything else.
    top = 1.18 * min(float(np.nanmax(high, initial=most)), 2 * most)
    for figure, level in published:
        label = f"published {format_published_and_accepted(figure)} a day, hourly mean"
        ax.axhline(level, color=BLACK, linestyle="--", linewidth=1.2, label=label)
    for figure, peak in _figures(run, f"{channel}.peak_hour"):
        hours = peak + 24 * _working_days(run)
        label = f"published peak: {format_published_and_accepted(figure)}"
        ax.plot(hours, np.full(len(hours), 0.97 * top), "v", color=BLACK, label=label)
    ax.set_ylim(0, 1.25 * top)
    set_title(ax, f"Arrivals on {channel} over the mean week, by the hour")
    ax.set_ylabel("tickets per hour")
    _finish_week(ax, note_on(run, f"{channel}.business_hours_share"))
    return ax


@styled
def plot_occupancy(run: Run, team: str, ax: Axes | None = None) -> Axes:
    """Draw how busy a team is at each hour of the week.

    Parameters
    ----------
    run
        The run.
    team
        Name of the team, which has a number of agents.
    ax
        Where to draw; without it a new figure is made.

    Returns
    -------
    Axes
        A row for each weekday and a column for each hour: the darker, the larger the share of duty
        that is spent on contacts. Hours without duty are hatched. A published share is a line in
        the scale of the shades.
    """
    ax = new_axes(*MAP_SIZE) if ax is None else ax
    mean, _low, _high = occupancy_by_hour(run, team)
    measure = f"team.{team}.occupancy"
    _draw_map(
        ax, 100 * mean, "share of duty on contacts (%)", most=100.0,
        published=[100 * level for level in _levels(run, measure)],
    )  # fmt: skip
    rate = run.estimates[measure]
    set_title(ax, f"Occupancy of {team}")
    whole = f"all hours: {format_estimate(rate.mean, rate.low, rate.high, 'share')} %"
    ax.set_xlabel(with_notes("hour of the day (h)", [whole, *note_on(run, measure)]))
    return ax


@styled
def plot_duty(run: Run, team: str, ax: Axes | None = None) -> Axes:
    """Draw a team's agents on duty, required and busy over the hours of the week.

    Parameters
    ----------
    run
        The run.
    team
        Name of the team, which has a number of agents.
    ax
        Where to draw; without it a new figure is made.

    Returns
    -------
    Axes
        The hours of the mean week of the window, and agents, as averages over the hour: on duty
        and busy as simulated, with 95 % intervals, and those that theory asks for (a first
        guess; see `studies.planning.required`). Hours that lack more than half an agent are
        hatched.
    """
    ax = new_axes(*WEEK_SIZE) if ax is None else ax
    duty = duty_by_hour(run, team)
    _steps(ax, duty.on_duty, BLUE, "-", "on duty")
    _steps(ax, duty.busy, ORANGE, "-.", "busy with contacts")
    ax.stairs(
        duty.required,
        _HOURS,
        color=BLACK,
        linestyle="--",
        linewidth=1.4,
        label="required, by theory",
    )
    if duty.short.any():
        ax.stairs(
            np.where(duty.short, duty.required, np.nan), _HOURS,
            baseline=np.where(duty.short, duty.on_duty[0], np.nan), fill=True, facecolor="none",
            edgecolor="0.4", hatch="////", linewidth=0, label="short by more than half an agent",
        )  # fmt: skip
    top = max(float(np.nanmax([*duty.on_duty[0], *duty.busy[0], *duty.required])), 0.1)
    ax.set_ylim(0, 1.35 * top)
    set_title(ax, f"Agents of {team} over the mean week, averages of the hour")
    ax.set_ylabel("agents")
    _finish_week(ax, [f"Required: {required_for(run, team, duty)}"])
    return ax


# --- Weeks as lines ------------------------------------------------------------------------------


def _steps(ax: Axes, band: Band, colour: str, line: Any, label: str) -> None:
    """Draw a number of each hour as a line of steps, and its interval as a band."""
    mean, low, high = band
    known = np.where(np.isnan(low), mean, low), np.where(np.isnan(high), mean, high)
    ax.stairs(known[1], _HOURS, baseline=known[0], fill=True, color=colour, alpha=0.25, linewidth=0)
    ax.stairs(mean, _HOURS, color=colour, linestyle=line, linewidth=1.6, label=label, baseline=None)


def _shade_business_hours(ax: Axes, run: Run) -> None:
    spans = weekly_spans(run.scenario.calendar.business_hours)
    for number, (begin, end) in enumerate(spans / MINUTES["h"]):
        ax.axvspan(
            begin, end, facecolor="0.93", edgecolor="none", zorder=0,
            label=None if number else "business hours",
        )  # fmt: skip


def _working_days(run: Run) -> Floats:
    """Return the numbers of the weekdays with business hours; of all where there are none."""
    spans = weekly_spans(run.scenario.calendar.business_hours)
    return np.unique(spans[:, 0] // DAY) if len(spans) else np.arange(7.0)


def _finish_week(ax: Axes, notes: Sequence[str]) -> None:
    ax.set_xlim(0, 168)
    ax.set_xticks(24 * np.arange(8), [""] * 8)
    ax.set_xticks(24 * np.arange(7) + 12, WEEKDAYS, minor=True)
    ax.tick_params(axis="x", which="minor", length=0)
    ax.set_xlabel(with_notes("hour of the week (a grid line every 24 h, at midnight)", notes))
    finish(ax, loc="upper center", ncols=3)


# --- Weeks as maps -------------------------------------------------------------------------------


def _draw_map(
    ax: Axes,
    hours: Floats,
    label: str,
    *,
    published: Sequence[float],
    most: float | None = None,
) -> None:
    """Draw a number of each hour of the week as shades, darker for more, with their scale."""
    ax.patch.set(facecolor="white", edgecolor="0.6", hatch="////", linewidth=0)
    top = most or max([float(np.nanmax(hours, initial=0.0)), *published]) or 1.0
    shades = draw_cells(ax, by_day(hours), cmap="cividis_r", vmin=0, vmax=top)
    ax.set_ylim(6.5, -0.5)
    ax.set_xticks(np.arange(0, 25, 3) - 0.5, map(str, range(0, 25, 3)))
    ax.set_yticks(range(7), WEEKDAYS)
    ax.tick_params(axis="y", length=0)
    ax.set_ylabel("day of the week")
    ax.grid(visible=False)
    figure = ax.get_figure(root=False)
    assert figure is not None
    label += "; line: published" if published else ""
    bar = figure.colorbar(shades, ax=ax, label=textwrap.fill(label, 30), pad=0.01)
    draw_levels(bar, published)


def _figures(run: Run, measure: str) -> list[tuple[Figure, float]]:
    """Return the published figures on a measure, with their middle in its unit."""
    return [(figure, in_measures_unit(run, figure)[0]) for figure in figures_on(run, measure)]


def _levels(run: Run, measure: str) -> list[float]:
    return [level for _figure, level in _figures(run, measure)]
