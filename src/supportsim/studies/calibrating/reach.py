"""What the tolerances leave open: how far each parameter can go while all the figures hold.

A profile: one parameter goes as far as it can, and the others follow so that the figures hold. In
each step the figures are taken to change in proportion, so that a linear programme tells how far it
is, and another where the others are best. That point is simulated: if the figures hold there, the
next step begins there, and if not, a step half as long is tried. So every range that is told has
been seen, and it may be longer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

from supportsim.studies.calibrating.fit import Fit
from supportsim.studies.calibrating.objective import Objective, Trial
from supportsim.tables import Floats

ROUNDS = 6
"""Steps outward, or back, that are simulated for each end."""

LONGEST = 0.35
"""Part of their ranges that parameters go in one step at most."""

SHORTEST = 0.01
"""Part of their ranges below which a step is not worth a trial."""

SHORT = 0.95
"""Part of the way to the furthest point that is gone: at its end some figure would just hold."""

SLACK = 1e-9
"""Rounding error, in tolerances, by which a figure may lie outside."""


@dataclass(frozen=True)
class Reach:
    """How far a parameter can go while all the figures hold, in the unit of its range.

    Attributes
    ----------
    low, high
        The furthest values at which that was simulated.
    low_is_bound, high_is_bound
        Whether these are the bounds of the parameter.
    """

    low: float
    high: float
    low_is_bound: bool
    high_is_bound: bool

    @property
    def everything(self) -> bool:
        """Whether the parameter can go through its whole range."""
        return self.low_is_bound and self.high_is_bound


def reaches(fit: Fit, objective: Objective) -> tuple[Reach, ...]:
    """Return how far each parameter can go while all the figures hold.

    A figure holds within its tolerance, on the replications of the fit; one that misses at the fit
    already holds if it becomes no worse.
    """
    low, high = _limits(fit)
    parameters = fit.problem.parameters
    ends = [(number, side) for number in range(len(parameters)) for side in (-1, 1)]
    reached = [fit.trial] * len(ends)
    longest = np.full(len(ends), LONGEST)
    for _ in range(ROUNDS):
        going = [n for n in range(len(ends)) if longest[n] > SHORTEST]
        points = [
            _furthest(fit, reached[n].point, reached[n].simulated, (low, high), ends[n], longest[n])
            for n in going
        ]
        trials = objective.trials(points, len(fit.trial.noise))
        for n, trial in zip(going, trials, strict=True):
            if _all_hold(trial, low, high):
                reached[n] = trial
                longest[n] = min(2 * longest[n], LONGEST)
            else:
                longest[n] = float(np.max(np.abs(trial.point - reached[n].point))) / 2
    found = []
    for number, parameter in enumerate(parameters):
        down, up = (float(reached[2 * number + n].point[number]) for n in (0, 1))
        at = (down <= SLACK, up >= 1 - SLACK)
        found.append(Reach(parameter.number(down), parameter.number(up), *at))
    return tuple(found)


def _limits(fit: Fit) -> tuple[Floats, Floats]:
    """Return the lowest and the highest value at which each figure holds."""
    tolerances = [target.figure.tolerance for target in fit.problem.targets]
    simulated = fit.trial.simulated
    low = np.fmin([tolerance.low for tolerance in tolerances], simulated)
    high = np.fmax([tolerance.high for tolerance in tolerances], simulated)
    return low, high


def _all_hold(trial: Trial, low: Floats, high: Floats) -> bool:
    slack = SLACK * np.maximum(np.abs(low), np.abs(high))
    return bool(np.all((trial.simulated >= low - slack) & (trial.simulated <= high + slack)))


def _furthest(
    fit: Fit,
    start: Floats,
    simulated: Floats,
    limits: tuple[Floats, Floats],
    end: tuple[int, int],
    longest: float,
) -> Floats:
    """Return the point at which a parameter is furthest to a side, if all is proportional.

    Parameters
    ----------
    fit
        The fit, with its derivatives.
    start, simulated
        Where to start, and the figures there.
    limits
        The lowest and highest value at which each figure holds.
    end
        Number of the parameter, and −1 or 1 for the side.
    longest
        Largest change of any parameter, as a part of its range.
    """
    slopes = fit.jacobian.simulated
    size = np.max(np.abs(slopes), axis=1, initial=0.0)
    moving = np.isfinite(simulated) & (size > 0)
    scaled = slopes[moving] / size[moving, np.newaxis]
    down, up = ((limit - simulated)[moving] / size[moving] for limit in limits)
    rows, room = np.vstack([scaled, -scaled]), np.concatenate([up, -down])
    steps = list(zip(np.maximum(-start, -longest), np.minimum(1 - start, longest), strict=True))
    furthest = np.zeros(len(start) + 1)
    furthest[end[0]] = -end[1]
    # The last unknown is the part of the tolerances that is used up, at most all of it.
    used = np.tile((up - down) / 2, 2)
    table = np.column_stack([rows, -used])
    first = linprog(furthest, A_ub=table, b_ub=room - used, bounds=[*steps, (0, 1)])
    if first.x is None:
        return start
    gone = float(first.x[end[0]])
    if SLACK < start[end[0]] + gone < 1 - SLACK:
        gone *= SHORT
    steps[end[0]] = (gone, gone)
    least = np.append(np.zeros(len(start)), 1.0)
    second = linprog(least, A_ub=table, b_ub=room - used, bounds=[*steps, (0, 1)])
    found = first.x if second.x is None else second.x
    return np.clip(start + np.asarray(found[:-1], np.float64), 0.0, 1.0)
