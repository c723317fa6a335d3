"""Plots of a calibration: the parameters within their bounds, and the figures' residuals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from supportsim.report.plots.style import (
    BLACK,
    BLUE,
    ORANGE,
    finish,
    in_lines,
    new_axes,
    set_title,
    styled,
)
from supportsim.report.plots.verdicts import FURTHEST

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from supportsim.studies.calibrating import Calibration


@styled
def plot_parameters(calibration: Calibration, ax: Axes | None = None) -> Axes:
    """Draw each fitted parameter within its bounds.

    Parameters
    ----------
    calibration
        The calibration.
    ax
        Where to draw; without it a new figure is made.

    Returns
    -------
    Axes
        A row for each parameter, from its lower bound (0) to its upper (1) on its scale: how far
        the figures hold as a wide grey bar, the 95 % interval of the fit's noise as a line, the
        fitted value as a circle, and the value before as a cross.
    """
    parameters = calibration.problem.parameters
    ax = new_axes(*parameters_size(calibration)) if ax is None else ax
    labels = []
    for row, (parameter, reach) in enumerate(zip(parameters, calibration.reaches, strict=True)):
        ends = [parameter.share(reach.low), parameter.share(reach.high)]
        ax.plot(
            ends, [row, row], "-", color="0.75", linewidth=9, solid_capstyle="butt",
            label="all figures hold" if row == 0 else None, zorder=1,
        )  # fmt: skip
        low, high = calibration.interval(row)
        if math.isfinite(low):
            ax.plot(
                [parameter.share(low), parameter.share(high)], [row, row], "-", color=BLACK,
                linewidth=2, zorder=2,
            )  # fmt: skip
        share = float(calibration.fit.trial.point[row])
        ax.plot([share], [row], "o", color=BLUE, markeredgecolor=BLACK, markersize=4, zorder=4)
        if not math.isnan(parameter.own):
            before = float(np.clip(parameter.share(parameter.own), 0, 1))
            ax.plot([before], [row], "x", color=ORANGE, markeredgewidth=2, markersize=8, zorder=3)
        value = calibration.fit.values[parameter.key]
        labels.append(in_lines(f"{parameter.key} = {value}  ({parameter.bounds})", 60))
    ax.plot([], [], "-", color=BLACK, linewidth=2, label="95 % interval, noise of the fit")
    ax.plot([], [], "o", color=BLUE, markeredgecolor=BLACK, label="fitted")
    ax.plot([], [], "x", color=ORANGE, markeredgewidth=2, markersize=8, label="before")
    ax.set(xlim=(-0.02, 1.02), ylim=(len(parameters) - 0.4, -0.6))
    ax.set_yticks(range(len(parameters)), labels)
    ax.set_xticks([0, 0.5, 1], ["lower bound", "middle", "upper bound"])
    ax.set_xlabel("place between its bounds, on the scale of each parameter")
    ax.set_ylabel("parameter")
    set_title(ax, f"Fitted parameters of {calibration.scenario.name}")
    finish(ax, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return ax


def parameters_size(calibration: Calibration) -> tuple[float, float]:
    """Return the width and height, in inches, that the plot of the parameters needs."""
    return 11.0, 1.6 + 0.36 * len(calibration.problem.parameters)


@styled
def plot_figures(calibration: Calibration, ax: Axes | None = None) -> Axes:
    """Draw how far each figure is from what was published, in the fit and in the check.

    Parameters
    ----------
    calibration
        The calibration.
    ax
        Where to draw; without it a new figure is made.

    Returns
    -------
    Axes
        A row for each figure, in tolerances: 0 is the middle of what was published, −1 and 1 are
        the ends of what is accepted. The fit is a circle, the check on fresh random numbers a
        diamond with its 95 % interval; what is far outside is drawn at the edge.
    """
    problem, trial = calibration.problem, calibration.fit.trial
    ax = new_axes(*figures_size(calibration)) if ax is None else ax
    ax.axvspan(-1, 1, facecolor="0.9", edgecolor="0.6", label="accepted", zorder=0)
    for row, (target, verdict) in enumerate(
        zip(problem.targets, calibration.verdicts, strict=True)
    ):
        ends = [target.residual(one) for one in (verdict.low, verdict.simulated, verdict.high)]
        low, checked, high = np.clip(ends, -FURTHEST, FURTHEST)
        fitted = np.clip(trial.residuals[row], -FURTHEST, FURTHEST)
        ax.plot([low, high], [row, row], "-", color=BLACK, linewidth=1.4, zorder=2)
        ax.plot([checked], [row], "D", color=BLACK, markerfacecolor="white", zorder=3)
        ax.plot([fitted], [row], "o", color=BLUE, markeredgecolor=BLACK, zorder=4)
    ax.plot([], [], "o", color=BLUE, markeredgecolor=BLACK, label="fit")
    ax.plot([], [], "D", color=BLACK, markerfacecolor="white", label="check, fresh numbers")
    count = len(problem.targets)
    ax.set(xlim=(-FURTHEST - 0.3, FURTHEST + 0.3), ylim=(count - 0.4, -0.6))
    ax.set_yticks(range(count), [in_lines(target.figure.title, 60) for target in problem.targets])
    set_title(ax, f"Figures that {calibration.scenario.name} was fitted to")
    ax.set_ylabel("figure")
    ax.set_xlabel("distance from what was published, in tolerances")
    finish(ax, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return ax


def figures_size(calibration: Calibration) -> tuple[float, float]:
    """Return the width and height, in inches, that the plot of the figures needs."""
    return 9.5, 1.6 + 0.36 * len(calibration.problem.targets)
