"""A plot of which parameters drive which measure."""

from __future__ import annotations

import textwrap
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from supportsim.report.plots.style import in_lines, literal, new_axes, styled
from supportsim.report.plots.sweeping import legend_below

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from supportsim.studies.sweeping import Drive

_BARS = {
    "first": ("alone (first-order index)", "0.35", ""),
    "total": ("with others (total index)", "white", "////"),
}
"""Name, face and hatching of the bars."""
_HEIGHT = 0.38


@styled
def plot_sensitivity(drives: Sequence[Drive], ax: Axes | None = None) -> Axes:
    """Draw how much of each measure's variance each parameter drives.

    Parameters
    ----------
    drives
        What `studies.sweeping.sensitivity` has found.
    ax
        Where to draw; without it a new figure is made.

    Returns
    -------
    Axes
        Below the id of each measure two bars for each parameter, with their 95 % intervals. The
        measures of which nothing can be said are named below the axis.
    """
    rows: list[Drive | str] = []
    for measure, group in groupby(drives, key=lambda drive: drive.measure):
        known = [drive for drive in group if not drive.note]
        rows += [measure, *known] if known else []
    ax = new_axes(*sensitivity_size(drives)) if ax is None else ax
    bars = [(place, row) for place, row in enumerate(rows) if not isinstance(row, str)]
    for kind, (told, face, hatch) in _BARS.items():
        index, low, high = (
            np.array([getattr(drive, kind + end) for _, drive in bars], dtype=np.float64)
            for end in ("", "_low", "_high")
        )
        reach = np.array([index - low, high - index])
        side = -_HEIGHT / 2 if kind == "first" else _HEIGHT / 2
        ax.barh(
            [place + side for place, _ in bars],
            index,
            height=_HEIGHT,
            color=face,
            edgecolor="black",
            linewidth=0.8,
            hatch=hatch,
            xerr=np.where(np.isnan(reach), 0, reach),
            error_kw={"ecolor": "black", "elinewidth": 1.1, "capsize": 2.5},
            label=told,
        )
    labels = [in_lines(row if isinstance(row, str) else row.parameter, 48) for row in rows]
    for tick, row in zip(ax.set_yticks(range(len(rows)), labels), rows, strict=True):
        tick.label1.set_fontweight("bold" if isinstance(row, str) else "normal")
    ax.tick_params(axis="y", length=0)
    ax.set(xlim=(0, 1.02), ylim=(max(len(rows), 1) - 0.4, -0.6))
    ax.set_ylabel("measure and parameter")
    ax.set_title("Which parameter drives which measure,\nwith 95 % intervals")
    ax.set_xlabel("\n".join(["share of the variance over the sweep", *_notes(drives)]))
    ax.grid(visible=True, axis="x", color="0.85", linewidth=0.6)
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
    if bars:
        legend_below(ax, ax.get_legend_handles_labels()[0], columns=2)
    return ax


def sensitivity_size(drives: Sequence[Drive]) -> tuple[float, float]:
    """Return the width and height, in inches, that the plot needs."""
    known = [drive for drive in drives if not drive.note]
    rows = len(known) + len({drive.measure for drive in known})
    return 8.0, 2.0 + 0.36 * max(rows, 2) + 0.2 * len(_notes(drives))


def _notes(drives: Sequence[Drive]) -> list[str]:
    """Return lines that say of which measures nothing can be said, and why."""
    found: dict[str, dict[str, None]] = {}
    for drive in drives:
        if drive.note:
            found.setdefault(drive.note, {})[drive.measure] = None
    texts = [f"{note}: {', '.join(measures)}" for note, measures in found.items()]
    return [literal(line) for text in texts for line in textwrap.wrap(text, 64)]
