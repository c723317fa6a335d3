"""The plots: functions that take a result and an Axes, draw on it and return it.

None touches anything global: each draws in the style sheet beside this file, and a plot without an
Axes gets a figure of its own that pyplot does not know, so that nothing stays open. What tells
lines apart is their style or marker; colour only helps.
"""

from supportsim.report.plots.by_week import (
    plot_arrivals,
    plot_duty,
    plot_occupancy,
    plot_wait,
)
from supportsim.report.plots.money import plot_costs, plot_unit_costs
from supportsim.report.plots.over_time import plot_backlog, plot_staff
from supportsim.report.plots.responses import plot_first_response
from supportsim.report.plots.style import house_style
from supportsim.report.plots.verdicts import plot_verdicts, verdicts_size

__all__ = [
    "house_style",
    "plot_arrivals",
    "plot_backlog",
    "plot_costs",
    "plot_duty",
    "plot_first_response",
    "plot_occupancy",
    "plot_staff",
    "plot_unit_costs",
    "plot_verdicts",
    "plot_wait",
    "verdicts_size",
]
