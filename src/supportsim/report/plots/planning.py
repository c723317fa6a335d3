"""Plots of a plan: the agents required and on duty, by hour and weekday."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.patches import Rectangle

from supportsim.report.plots.style import draw_cells, new_axes, set_title, styled
from supportsim.units import DAY, WEEKDAYS, format_clock

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from supportsim.studies.planning.scheduled import DutyWeek


def required_size(week: DutyWeek) -> tuple[float, float]:
    """Return the width and height in inches of a figure for `plot_required`."""
    first, last = week.hours
    return 7.5, 1.6 + 0.3 * max(last - first, 3)


@styled
def plot_required(week: DutyWeek, ax: Axes | None = None) -> Axes:
    """Draw the agents that theory asks for, against those on duty, by hour and weekday.

    Each cell says how many are required / on duty on average. Hatched cells, with bold numbers,
    have too few; the darker a cell, the more agents are required.

    Parameters
    ----------
    week
        The week of a team.
    ax
        Where to draw; without it a new figure is made.

    Returns
    -------
    Axes
        A column for each weekday; times of the day at which nobody ever is on duty, before the
        first shift and after the last, are left out.
    """
    slots = week.required.shape[1]
    first, last = week.hours
    shown = range(first, last)
    if ax is None:
        ax = new_axes(*required_size(week))
    required, short = week.required.T, week.short.T
    most = max(int(required.max()), 1)
    draw_cells(ax, required[first:last].astype(float), cmap="Greys", vmin=0, vmax=2.5 * most)
    ax.set_ylim(len(shown) - 0.5, -0.5)
    for row, slot in enumerate(shown):
        for day in range(7):
            lacking = bool(short[slot, day])
            if lacking:
                corner = (day - 0.5, row - 0.5)
                ax.add_patch(
                    Rectangle(corner, 1, 1, fill=False, hatch="////", edgecolor="0.25", lw=0)
                )
            ax.text(
                day,
                row,
                week.cell(day, slot),
                ha="center",
                va="center",
                fontsize="small",
                fontweight="bold" if lacking else "normal",
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.2} if lacking else None,
            )
    ax.set_xticks(range(7), WEEKDAYS)
    ax.set_yticks(range(len(shown)), [format_clock(slot * DAY / slots) for slot in shown])
    ax.set_xticks(np.arange(8) - 0.5, minor=True)
    ax.set_yticks(np.arange(len(shown) + 1) - 0.5, minor=True)
    ax.grid(visible=True, which="minor", color="white", linewidth=1)
    ax.tick_params(which="both", length=0)
    ax.spines[:].set_visible(False)
    set_title(ax, f"Agents of {week.team}: required / on duty", loc="left")
    outside = f"\nat other times of the day up to {week.outside} required" if week.outside else ""
    ax.set_xlabel(f"hatched, bold: short by more than half an agent (required: by theory){outside}")
    ax.set_ylabel("beginning of the hour" if slots == 24 else "time of day")
    return ax
