"""Money: what the teams cost by kind, and what a contact, a ticket or a minute does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

from supportsim.benchmarks import unit_factor
from supportsim.report.money import KINDS, UnitCost, costs_of_teams, unit_costs
from supportsim.report.numbers import format_estimate, format_number
from supportsim.report.plots.style import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    SKY,
    finish,
    in_lines,
    literal,
    new_axes,
    styled,
)
from supportsim.report.published import in_measures_unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from supportsim.studies import Run

_FACES = {
    "contacts": (BLUE, ""),
    "idle": ("white", "...."),
    "off_duty": (SKY, "////"),
    "overtime": (ORANGE, "xxxx"),
    "replacing": (GREEN, "\\\\\\\\"),
}
"""Face and hatching of each kind of cost."""
_WIDE = 20.0
"""Ratio of the largest cost to the smallest from which on their axis is logarithmic."""


@styled
def plot_costs(run: Run, ax: Axes | None = None) -> Axes:
    """Draw what each team costs a day, and on what the money is spent.

    Parameters
    ----------
    run
        The run.
    ax
        Where to draw; without it a new figure is made.

    Returns
    -------
    Axes
        A bar for each team that costs something, with a part for each kind of cost, and the sum at
        its end; in the currency of the scenario's costs.
    """
    teams = costs_of_teams(run)
    ax = new_axes(*costs_size(run)) if ax is None else ax
    rows = np.arange(len(teams))
    begin = np.zeros(len(teams))
    for kind, name in KINDS.items():
        cost = np.array([by_kind[kind] for by_kind in teams.values()])
        if cost.any():
            face, hatch = _FACES[kind]
            ax.barh(
                rows, cost, left=begin, height=0.6, color=face, edgecolor=BLACK, linewidth=0.8,
                hatch=hatch, label=name,
            )  # fmt: skip
            begin = begin + cost
    for row, total in enumerate(begin):
        text = f" {format_number(total, 'currency')}"
        ax.text(total, row, text, va="center", fontsize="small")
    ax.set(xlim=(0, 1.15 * max(begin, default=1.0)), ylim=(len(teams) - 0.4, -0.6))
    ax.set_yticks(rows, [in_lines(name, 30) for name in teams])
    ax.set_ylabel("team")
    ax.set_title("What the teams cost, by what the money is spent on")
    ax.set_xlabel("cost per day, in the scenario's currency")
    finish(ax, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    ax.grid(visible=False, axis="y")
    return ax


def costs_size(run: Run) -> tuple[float, float]:
    """Return the width and height, in inches, that the plot of the teams' costs needs."""
    return 8.0, 1.6 + 0.45 * max(len(costs_of_teams(run)), 2)


@styled
def plot_unit_costs(run: Run, ax: Axes | None = None) -> Axes:
    """Draw what a contact, a ticket or a minute costs, beside what was published of it.

    Parameters
    ----------
    run
        The run.
    ax
        Where to draw; without it a new figure is made.

    Returns
    -------
    Axes
        A row for each cost, with its 95 % interval and in words; the published figure is a diamond
        on a bar of what is accepted, or one at each end of what was published. The axis is
        logarithmic where costs differ much.
    """
    costs = unit_costs(run)
    ax = new_axes(*unit_costs_size(run)) if ax is None else ax
    for row, cost in enumerate(costs):
        one = cost.estimate
        for figure in cost.figures:
            _middle, low, high = in_measures_unit(run, figure)
            ax.barh(row, high - low, left=low, height=0.7, facecolor="0.85", edgecolor="0.5")
            factor = unit_factor(figure, run.asked[cost.measure].measure.unit)
            ends = np.unique(figure.published) / factor
            ax.plot(ends, np.full(len(ends), row - 0.17), "D", color=BLACK, zorder=3)
        place = row + 0.17
        ax.plot([one.low, one.high], [place, place], "-", color=BLUE, linewidth=2.4, zorder=4)
        ax.plot([one.mean], [place], "o", color=BLUE, markeredgecolor="white", zorder=5)
    published = any(cost.figures for cost in costs)
    if published:
        ax.barh([0], [0], height=0, facecolor="0.85", edgecolor="0.5", label="accepted")
        ax.plot([], [], "D", color=BLACK, label="published")
    ax.plot([], [], "o-", color=BLUE, markeredgecolor="white", label="simulated (95 % interval)")
    shown = [end for cost in costs for end in _ends(run, cost)]
    if shown and min(shown) > 0 and max(shown) / min(shown) > _WIDE:
        ax.set_xscale("log")
        ax.set_xlim(0.7 * min(shown), 1.4 * max(shown))
        ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        ax.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        ax.xaxis.set_minor_formatter(NullFormatter())
    else:
        ax.set_xlim(0, 1.1 * max(shown, default=1.0))
    ax.set_ylim(len(costs) - 0.4, -0.6)
    ax.set_yticks(range(len(costs)), list(map(_told, costs)), fontsize="small")
    ax.set_ylabel("whose cost of what")
    ax.set_title("What a contact or a ticket costs")
    ax.set_xlabel("cost, in the scenario's currency")
    finish(ax, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return ax


def unit_costs_size(run: Run) -> tuple[float, float]:
    """Return the width and height, in inches, that the plot of costs of one thing needs."""
    return 9.5, 1.4 + 0.55 * max(len(unit_costs(run)), 2)


def _ends(run: Run, cost: UnitCost) -> list[float]:
    """Return the numbers of a row, between which its axis has to reach."""
    one = cost.estimate
    published = [end for figure in cost.figures for end in in_measures_unit(run, figure)]
    return [end for end in (one.mean, one.low, one.high, *published) if np.isfinite(end)]


def _told(cost: UnitCost) -> str:
    """Return what a row shows, with its number."""
    one = cost.estimate
    number = format_estimate(one.mean, one.low, one.high, "currency")
    return f"{in_lines(cost.title, 44, most=3)}\n{literal(number)}"
