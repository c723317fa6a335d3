"""From day to day: the backlog and the staff."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import dates as mdates

from supportsim.report.numbers import format_published, format_tolerance
from supportsim.report.plots.style import (
    BLACK,
    BLUE,
    ORANGE,
    finish,
    new_axes,
    set_title,
    styled,
    with_notes,
)
from supportsim.report.published import note_on
from supportsim.report.series import STAFF, days_of_period, of_periods, staff_of
from supportsim.units import DAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from supportsim.studies import Run


SIZE = (8.0, 4.4)
_PERIODS = {1: "daily", 7: "weekly"}
_STATES = {
    "open": ("open", BLUE, "-", (0, (6, 2))),
    "awaiting": ("awaiting a first response", ORANGE, "-.", (0, (1, 1.5))),
}
"""Name, colour, line of the simulated backlog, line of the published one."""
_STAFF_LINES: dict[str, tuple[str, Any]] = {
    "headcount": (BLACK, "-"),
    "vacancies": (ORANGE, (0, (1, 1.5))),
    "effective_capacity": (BLUE, (0, (6, 2))),
}
"""Colour and line of each measure of staff."""


@styled
def plot_backlog(run: Run, channel: str, ax: Axes | None = None) -> Axes:
    """Draw a channel's backlog from day to day: open tickets, and those without a response.

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
        Dates, and the average number of tickets of each day with its 95 % interval; over more than
        20 weeks of each week, since weekends would hide everything else. The published levels are
        drawn in and the warm-up is shaded.
    """
    ax = new_axes(*SIZE) if ax is None else ax
    days = days_of_period(run)
    series = [one.backlog for one in run.replications]
    _shade_warm_up(ax, run)
    for state, (name, colour, line, published_line) in _STATES.items():
        measure = f"{channel}.backlog_{state}"
        mean, low, high = of_periods(series, measure, days)
        dates = _day(run, days * DAY / 2) + days * np.arange(len(mean))
        ax.fill_between(dates, low, high, color=colour, alpha=0.25, linewidth=0)
        ax.plot(
            dates, mean, color=colour, linestyle=line, linewidth=1.6, label=f"{name}, simulated"
        )
        for figure in run.figures:
            if figure.measure == measure:
                level = f"{format_published(figure, short=True)} ({format_tolerance(figure)})"
                ax.axhline(
                    sum(figure.published) / 2,
                    color=BLACK,
                    linestyle=published_line,
                    linewidth=1.3,
                    label=f"{name}, published {level}",
                )
    set_title(ax, f"Backlog on {channel}: {_PERIODS[days]} mean with 95 % interval")
    ax.set_ylabel("tickets")
    _finish_dates(ax, run)
    return ax


@styled
def plot_staff(run: Run, team: str, ax: Axes | None = None) -> Axes:
    """Draw a team's headcount, vacancies and effective capacity from day to day.

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
        Dates, and the average number of agents of each day with its 95 % interval; over more than
        20 weeks of each week. The effective capacity counts trained agents by their speed: a new
        agent at half speed counts as a half. The warm-up is shaded.
    """
    ax = new_axes(*SIZE) if ax is None else ax
    days = days_of_period(run)
    _shade_warm_up(ax, run)
    for name, (mean, low, high) in staff_of(run, team, days).items():
        colour, line = _STAFF_LINES[name]
        dates = _day(run, days * DAY / 2) + days * np.arange(len(mean))
        ax.fill_between(dates, low, high, color=colour, alpha=0.25, linewidth=0)
        ax.plot(dates, mean, color=colour, linestyle=line, linewidth=1.6, label=STAFF[name])
    set_title(ax, f"Staff of {team}: {_PERIODS[days]} mean with 95 % interval")
    ax.set_ylabel("agents")
    turnover = note_on(run, f"team.{team}.agent_turnover", "all.agent_turnover")
    _finish_dates(ax, run, turnover)
    return ax


def _shade_warm_up(ax: Axes, run: Run) -> None:
    warm_up, _ = run.scenario.run.window_edges
    if warm_up:
        ax.axvspan(
            _day(run, 0),
            _day(run, warm_up),
            facecolor="0.93",
            edgecolor="0.8",
            hatch="//",
            linewidth=0,
            label="warm-up, not measured",
            zorder=0,
        )


def _finish_dates(ax: Axes, run: Run, notes: Sequence[str] = ()) -> None:
    """Give an axis of dates its ends, its labels and, above the lines, its legend."""
    ax.set_xlim(_day(run, 0), _day(run, run.scenario.run.window_edges[1]))
    ax.set_ylim(bottom=0, top=1.25 * ax.get_ylim()[1])
    ax.set_xlabel(with_notes("date", notes))
    locator = mdates.AutoDateLocator()  # type: ignore[no-untyped-call]
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(mdates.ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
    finish(ax, loc="upper right", ncols=2)


def _day(run: Run, minutes: float) -> float:
    """Return a time as matplotlib counts days."""
    return float(mdates.date2num(run.scenario.run.start)) + minutes / DAY  # type: ignore[no-untyped-call]
