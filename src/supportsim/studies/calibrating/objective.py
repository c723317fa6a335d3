"""Trials: the simulated figures at points of the box, all on the same random streams."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from supportsim.measures import Asked, Observation
from supportsim.scenario import Scenario
from supportsim.stats import estimate, influences
from supportsim.studies.calibrating.problem import Problem
from supportsim.studies.run import replicate
from supportsim.studies.workers import in_order
from supportsim.tables import Floats

UNKNOWN = 100.0
"""Residual of a figure that has no value at a point, as where no ticket was answered."""

STEP = 0.04
"""Part of a parameter's range by which it is changed for a derivative.

Wide against the noise that remains under common random numbers, narrow against the range.
"""


@dataclass(frozen=True, eq=False)
class Trial:
    """What was simulated at a point.

    Attributes
    ----------
    point : shape (parameters,)
        The point of the box.
    simulated : shape (targets,)
        Each figure, in its own unit.
    noise : shape (replications, targets)
        How far each replication draws it to its side; see `stats.influences`.
    residuals : shape (targets,)
        Distances from what was published, in tolerances.
    """

    point: Floats
    simulated: Floats
    noise: Floats
    residuals: Floats

    @property
    def cost(self) -> float:
        """Sum of the squared residuals."""
        return float(np.sum(self.residuals**2))


@dataclass(frozen=True, eq=False)
class Jacobian:
    """Derivatives at a point, by the share of each parameter's way.

    Attributes
    ----------
    simulated : shape (targets, parameters)
        Of the simulated figures.
    residuals : shape (targets, parameters)
        Of their residuals.
    noise : shape (replications, targets, parameters)
        How far each replication draws the derivatives of the residuals to its side.
    """

    simulated: Floats
    residuals: Floats
    noise: Floats


class Objective:
    """Simulates points of a problem, and counts what that took.

    Parameters
    ----------
    problem
        The problem.
    workers
        Processes to share replications among.
    advance
        Called after each replication.
    """

    def __init__(self, problem: Problem, workers: int, advance: Callable[[], None]) -> None:
        self.problem = problem
        self.workers = workers
        self._advance = advance
        self._done: dict[tuple[int, bytes], Trial] = {}

    def trial(self, point: Floats, replications: int) -> Trial:
        """Return what is simulated at one point."""
        return self.trials([point], replications)[0]

    def trials(self, points: Sequence[Floats], replications: int) -> list[Trial]:
        """Return what is simulated at several points, each with the same replications.

        Points that were simulated before are not simulated again.
        """
        keys = [(replications, np.asarray(point, np.float64).tobytes()) for point in points]
        new = {key: point for key, point in zip(keys, points, strict=True) if key not in self._done}
        asked = tuple({one.asked.id: one.asked for one in self.problem.targets}.values())
        calls = (
            (scenario, number, asked)
            for scenario in map(self.problem.trial, new.values())
            for number in range(replications)
        )
        # To its end, so that the processes stay for the next trials.
        observed = []
        for one in in_order(_observe, calls, self.workers):
            observed.append(one)
            self._advance()
        for number, (key, point) in enumerate(new.items()):
            own = observed[number * replications : (number + 1) * replications]
            self._done[key] = self._judged(point, own)
        return [self._done[key] for key in keys]

    def all_trials(self, replications: int) -> list[Trial]:
        """Return all trials so far with a number of replications."""
        return [trial for (count, _), trial in self._done.items() if count == replications]

    def _judged(self, point: Floats, observed: list[dict[str, Observation]]) -> Trial:
        """Return a trial made of the observations of its replications."""
        targets = self.problem.targets
        simulated, noise = np.empty(len(targets)), np.empty((len(observed), len(targets)))
        for number, target in enumerate(targets):
            own = [one[target.asked.id] for one in observed]
            simulated[number] = target.factor * estimate(target.asked.measure, own).mean
            noise[:, number] = target.factor * influences(target.asked.measure, own)
        pairs = zip(targets, simulated, strict=True)
        residuals = np.array([target.residual(float(value)) for target, value in pairs])
        return Trial(point, simulated, noise, np.nan_to_num(residuals, nan=UNKNOWN))

    def jacobian(self, point: Floats, replications: int, *, both_sides: bool) -> Jacobian:
        """Return the derivatives at a point.

        Parameters
        ----------
        point
            The point.
        replications
            Replications of each trial.
        both_sides
            Whether to step to both sides, which leaves out the curvature, or, for half as many
            trials, to the side of the box that is further away.
        """
        low, high = np.tile(point, (len(point), 1)), np.tile(point, (len(point), 1))
        for number, share in enumerate(point):
            up = share <= 0.5
            if up or both_sides:
                high[number, number] = min(share + STEP, 1.0)
            if not up or both_sides:
                low[number, number] = max(share - STEP, 0.0)
        trials = self.trials([*low, *high], replications)
        below, above = trials[: len(point)], trials[len(point) :]
        steps = np.diag(high - low)
        slopes = self.slopes(self.trial(point, replications))

        def derivative(of: Callable[[Trial], Floats]) -> Floats:
            pairs = zip(above, below, strict=True)
            return np.stack([of(one) - of(other) for one, other in pairs], axis=-1) / steps

        simulated = np.nan_to_num(derivative(lambda trial: trial.simulated))
        return Jacobian(
            simulated,
            derivative(lambda trial: trial.residuals),
            np.nan_to_num(derivative(lambda trial: trial.noise)) * slopes[:, np.newaxis],
        )

    def slopes(self, trial: Trial) -> Floats:
        """Return how much each residual changes with its simulated figure."""
        pairs = zip(self.problem.targets, trial.simulated, strict=True)
        return np.array([target.slope(float(value)) for target, value in pairs])


def _observe(
    scenario: Scenario, replication: int, asked: tuple[Asked, ...]
) -> dict[str, Observation]:
    return replicate(scenario, replication, asked).observations
