"""How soon tickets get a first response."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import PercentFormatter

from supportsim.report.numbers import format_estimate
from supportsim.report.plots.style import (
    BLACK,
    BLUE,
    finish,
    new_axes,
    set_title,
    styled,
    with_notes,
)
from supportsim.report.published import figures_on, in_measures_unit, note_on
from supportsim.report.responses import answered_within, longest_time, published_bands
from supportsim.units import DAY, MINUTES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from supportsim.benchmarks import Figure
    from supportsim.studies import Run

SIZE = (7.0, 4.4)
_OTHERS = ("service_level_", "first_response_time_median", "first_response_time_p90", "unanswered")
"""How the names of measures of the same begin that are no points of the curve."""


@styled
def plot_first_response(run: Run, channel: str, ax: Axes | None = None) -> Axes:
    """Draw the share of a channel's tickets that are answered within each time.

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
        Time on the calendar clock, up to one and a half of the channel's longest response band, and
        the share of the tickets that arrived in the window; the band is the 95 % interval, the
        markers are the published figures with what they accept. Published service levels, medians
        and the like are named below the axis.
    """
    ax = new_axes(*SIZE) if ax is None else ax
    published = published_bands(run, channel)
    longest = longest_time(run, channel)
    unit = "h" if longest >= MINUTES["h"] else "min"
    times = np.linspace(0, longest / MINUTES[unit], 289)
    mean, low, high = answered_within(run, channel, MINUTES[unit] * times)
    ax.fill_between(times, low, high, color=BLUE, alpha=0.25, linewidth=0, label="95 % interval")
    ax.plot(times, mean, "-", color=BLUE, linewidth=1.8, label="simulated")
    rate = run.estimates[f"{channel}.response_rate"]
    text = format_estimate(rate.mean, rate.low, rate.high, "share")
    ax.axhline(
        rate.mean, color=BLACK, linestyle="--", linewidth=1, label=f"ever answered: {text} %"
    )
    if published:
        _draw_bands(ax, [(time / MINUTES[unit], figure) for time, figure in published])
    for figure in figures_on(run, f"{channel}.response_rate"):
        _draw_rate(ax, times[-1], in_measures_unit(run, figure))
    ax.set(xlim=(0, times[-1]), ylim=(0, 1.02))
    set_title(ax, f"First response on {channel}")
    others = tuple(f"{channel}.{name}" for name in _OTHERS)
    notes = note_on(run, *(name for name in run.asked if name.startswith(others)))
    ax.set_xlabel(with_notes(f"time since arrival ({unit}, calendar clock)", notes))
    ax.set_ylabel("tickets answered (%)")
    if longest >= DAY:
        ax.set_xticks(np.arange(0, times[-1] + 1, 12 if longest <= 5 * DAY else 24))
    ax.yaxis.set_major_formatter(PercentFormatter(1.0, symbol=""))
    finish(ax, loc="best")
    return ax


def _draw_rate(ax: Axes, end: float, published: tuple[float, float, float]) -> None:
    """Draw what was published of the share that is ever answered, at the end of the curve."""
    middle, low, high = published
    ax.errorbar(
        [0.99 * end],
        [middle],
        yerr=[[middle - low], [high - middle]],
        fmt="s",
        color=BLACK,
        markerfacecolor="white",
        markersize=5,
        capsize=4,
        linewidth=1.2,
        label="published, ever answered",
        zorder=3,
    )


def _draw_bands(ax: Axes, published: list[tuple[float, Figure]]) -> None:
    times = [time for time, _ in published]
    figures = [figure for _, figure in published]
    middle = np.array([sum(figure.published) / 2 for figure in figures])
    ends = np.array([(figure.tolerance.low, figure.tolerance.high) for figure in figures])
    ax.errorbar(
        times,
        middle,
        yerr=np.abs(ends.T - middle),
        fmt="D",
        color=BLACK,
        markersize=5,
        capsize=4,
        linewidth=1.2,
        label="published, with what is accepted",
        zorder=3,
    )
