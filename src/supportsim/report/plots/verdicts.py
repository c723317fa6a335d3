"""Each simulated figure against what is accepted of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from supportsim.report.grouping import has_several_channels, judged_by_channel, judged_of
from supportsim.report.plots.style import (
    BLACK,
    GREEN,
    ORANGE,
    finish,
    in_lines,
    new_axes,
    set_title,
    styled,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from supportsim.benchmarks import Verdict
    from supportsim.studies import Run


FURTHEST = 4.0
"""How many half-widths of the tolerance from its middle a verdict is drawn at most."""
_MARKERS = {"matches": ("o", GREEN), "misses": ("X", ORANGE), "undecided": ("D", "white")}


@styled
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
    ax.set_yticks(range(len(judged)), [in_lines(title, 72) for title in titles])
    ax.set_xticks(range(-4, 5))
    set_title(ax, f"Simulated figures of {run.scenario.name}, 95 % intervals")
    ax.set_ylabel("figure (role)")
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
    ax.plot([low, high], [row, row], "-", color=BLACK, linewidth=1.4, zorder=2)
    ax.plot([mean], [row], marker, color=BLACK, markerfacecolor=face, markersize=7, zorder=3)
    ends = (np.array(sorted(set(verdict.figure.published))) - middle) / half
    ax.plot(ends, np.full(len(ends), row), "|", color=BLACK, markersize=11, zorder=1)
