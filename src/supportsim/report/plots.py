"""Plots of a run: responses over time, the backlog, the staff, and the verdicts.

Each takes an Axes to draw on, or makes a Figure of its own that pyplot does not know, so that
nothing stays open. What tells lines apart is their style or marker; colour only helps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import dates as mdates
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import PercentFormatter

from supportsim.report.grouping import has_several_channels, judged_by_channel, judged_of
from supportsim.report.numbers import format_estimate, format_published, format_tolerance
from supportsim.report.series import STAFF, Band, of_periods, ratios, staff_by_day
from supportsim.units import DAY, MINUTES, WEEK, parse_duration

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from supportsim.benchmarks import Figure, Verdict
    from supportsim.studies import Run
    from supportsim.tables import Floats

# Okabe and Ito's colours, which people with any colour vision tell apart.
BLUE, ORANGE, GREEN, BLACK = "#0072B2", "#D55E00", "#009E73", "#000000"
_LONGEST_BAND = 2 * DAY
"""Stands for the longest response band of a channel that has none."""
_LONG = 20 * WEEK
_PERIODS = {1: "daily", 7: "weekly"}
FURTHEST = 4.0
"""How many half-widths of the tolerance from its middle a verdict is drawn at most."""
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
_MARKERS = {"matches": ("o", GREEN), "misses": ("X", ORANGE), "undecided": ("D", "white")}


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
        markers are the published figures with what they accept.
    """
    ax = new_axes(7.0, 4.4) if ax is None else ax
    published = [
        (parse_duration(figure.within), figure)
        for figure in run.figures
        if figure.within and (figure.measure or "").startswith(f"{channel}.answered_within_")
    ]
    bands = run.scenario.channels[channel].response_bands
    longest = max([1.5 * max(bands, default=_LONGEST_BAND), *(1.1 * time for time, _ in published)])
    unit = "h" if longest >= MINUTES["h"] else "min"
    times = np.linspace(0, longest / MINUTES[unit], 289)
    mean, low, high = _answered_within(run, channel, MINUTES[unit] * times)
    ax.fill_between(times, low, high, color=BLUE, alpha=0.25, linewidth=0, label="95 % interval")
    ax.plot(times, mean, color=BLUE, linewidth=1.8, label="simulated")
    rate = run.estimates[f"{channel}.response_rate"]
    text = format_estimate(rate.mean, rate.low, rate.high, "share")
    ax.axhline(
        rate.mean, color=BLACK, linestyle="--", linewidth=1, label=f"ever answered: {text} %"
    )
    if published:
        _draw_bands(ax, [(time / MINUTES[unit], figure) for time, figure in published])
    ax.set(xlim=(0, times[-1]), ylim=(0, 1.02))
    ax.set_title(f"First response on {channel}")
    ax.set_xlabel(f"time since arrival ({unit}, calendar clock)")
    ax.set_ylabel("tickets answered (%)")
    if longest >= DAY:
        ax.set_xticks(np.arange(0, times[-1] + 1, 12 if longest <= 5 * DAY else 24))
    ax.yaxis.set_major_formatter(PercentFormatter(1.0, symbol=""))
    finish(ax, loc="lower right")
    return ax


def _answered_within(run: Run, channel: str, minutes: Floats) -> Band:
    """Return the share answered within each time, and its interval."""
    answered = np.array(
        [
            np.searchsorted(np.sort(one.responses(channel)), minutes, side="right")
            for one in run.replications
        ],
        dtype=np.float64,
    )
    name = f"{channel}.response_rate"
    tickets = np.array([one.observations[name].denominator for one in run.replications])
    return ratios(answered, tickets)


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
    ax = new_axes(8.0, 4.4) if ax is None else ax
    days = 7 if run.scenario.run.window_edges[1] > _LONG else 1
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
    ax.set_title(f"Backlog on {channel}: {_PERIODS[days]} mean with 95 % interval")
    ax.set_ylabel("tickets")
    _finish_dates(ax, run)
    return ax


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
        Dates, and the average number of agents of each day with its 95 % interval. The effective
        capacity counts trained agents by their speed: a new agent at half speed counts as a half.
        The warm-up is shaded.
    """
    ax = new_axes(8.0, 4.4) if ax is None else ax
    _shade_warm_up(ax, run)
    for name, (mean, low, high) in staff_by_day(run, team).items():
        colour, line = _STAFF_LINES[name]
        dates = _day(run, DAY / 2) + np.arange(len(mean))
        ax.fill_between(dates, low, high, color=colour, alpha=0.25, linewidth=0)
        ax.plot(dates, mean, color=colour, linestyle=line, linewidth=1.6, label=STAFF[name])
    ax.set_title(f"Staff of {team}: daily mean with 95 % interval")
    ax.set_ylabel("agents")
    _finish_dates(ax, run)
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


def _finish_dates(ax: Axes, run: Run) -> None:
    """Give an axis of dates its ends, its labels and, above the lines, its legend."""
    ax.set_xlim(_day(run, 0), _day(run, run.scenario.run.window_edges[1]))
    ax.set_ylim(bottom=0, top=1.25 * ax.get_ylim()[1])
    ax.set_xlabel("date")
    locator = mdates.AutoDateLocator()  # type: ignore[no-untyped-call]
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(mdates.ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
    finish(ax, loc="upper right", ncols=2)


def _day(run: Run, minutes: float) -> float:
    """Return a time as matplotlib counts days."""
    return float(mdates.date2num(run.scenario.run.start)) + minutes / DAY  # type: ignore[no-untyped-call]


def plot_verdicts(run: Run, ax: Axes | None = None) -> Axes:
    """Draw the interval of each simulated figure against what is accepted of it.

    Parameters
    ----------
    run
        The run.
    ax
        Where to draw; without it a new figure is made.

    Returns
    -------
    Axes
        A row for each figure, scaled so that −1 and 1 are the ends of what is accepted; intervals
        far outside are drawn at the edge, with an arrow.
    """
    groups = judged_by_channel(run) if has_several_channels(run.scenario) else {"": judged_of(run)}
    judged = [verdict for verdicts in groups.values() for verdict in verdicts]
    ax = new_axes(*verdicts_size(run)) if ax is None else ax
    ax.axvspan(-1, 1, facecolor="0.9", edgecolor="0.6", label="accepted", zorder=0)
    for row, verdict in enumerate(judged):
        _draw_verdict(ax, row, verdict)
    ax.plot([], [], "|", color=BLACK, markersize=11, label="published")
    for answer, (marker, face) in _MARKERS.items():
        if any(verdict.answer == answer for verdict in judged):
            ax.plot([], [], marker, color=BLACK, markerfacecolor=face, label=answer)
    ax.set(xlim=(-FURTHEST - 0.3, FURTHEST + 0.3), ylim=(len(judged) - 0.4, -0.6))
    titles = [
        (f"{channel}: " if channel else "") + f"{verdict.figure.title} ({verdict.role})"
        for channel, verdicts in groups.items()
        for verdict in verdicts
    ]
    ax.set_yticks(range(len(judged)), list(map(literal, titles)))
    ax.set_xticks(range(-4, 5))
    ax.set_title(literal(f"Simulated figures of {run.scenario.name}, 95 % intervals"))
    ax.set_xlabel("from the lowest (−1) to the highest (1) accepted value")
    finish(ax, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return ax


def verdicts_size(run: Run) -> tuple[float, float]:
    """Return the width and height, in inches, that the plot of the verdicts needs."""
    return 9.5, 1.5 + 0.32 * max(len(judged_of(run)), 1)


def _draw_verdict(ax: Axes, row: int, verdict: Verdict) -> None:
    tolerance = verdict.figure.tolerance
    middle = (tolerance.low + tolerance.high) / 2
    half = (tolerance.high - tolerance.low) / 2 or abs(middle) / 100 or 1.0
    numbers = (verdict.simulated, verdict.low, verdict.high)
    mean, low, high = np.clip((np.array(numbers) - middle) / half, -FURTHEST, FURTHEST)
    marker, face = _MARKERS[verdict.answer]
    if abs(mean) == FURTHEST:
        marker = "<" if mean < 0 else ">"
    ax.plot([low, high], [row, row], color=BLACK, linewidth=1.4, zorder=2)
    ax.plot([mean], [row], marker, color=BLACK, markerfacecolor=face, markersize=7, zorder=3)
    ends = (np.array(sorted(set(verdict.figure.published))) - middle) / half
    ax.plot(ends, np.full(len(ends), row), "|", color=BLACK, markersize=11, zorder=1)


def literal(text: str) -> str:
    """Return a text in which matplotlib finds neither a formula nor a control character."""
    return "".join(letter for letter in text if letter.isprintable()).replace("$", r"\$")


def new_axes(width: float, height: float) -> Axes:
    """Return the axes of a new figure of a size in inches."""
    return Canvas(figsize=(width, height), layout="constrained").add_subplot()


def finish(ax: Axes, **legend: Any) -> None:
    """Give axes their grid and their legend."""
    ax.grid(visible=True, color="0.85", linewidth=0.6)
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(fontsize="small", framealpha=0.9, **legend)
