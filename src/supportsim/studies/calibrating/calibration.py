"""The study: fit, find what is pinned down, and check on random numbers the fit never saw."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from supportsim.benchmarks import Verdict, load_registry
from supportsim.scenario import Scenario
from supportsim.studies.calibrating.fit import Fit, fit, planned
from supportsim.studies.calibrating.objective import Objective
from supportsim.studies.calibrating.problem import Problem
from supportsim.studies.calibrating.reach import Reach, reaches
from supportsim.studies.run import Progress, Run, run
from supportsim.studies.workers import check_workers
from supportsim.tables import Floats

HALF = 0.5
"""Part of its range that a loosely held parameter may go for a tolerance."""

NAMED, FOLLOWS = 0.3, 0.02
"""Parts of a direction, to its longest one, from which on a parameter is named, and counted."""

SHOWN = 0.1
"""Part of its range that is shown of a direction in which nothing changes."""


@dataclass(frozen=True, eq=False)
class Calibration:
    """A calibrated scenario.

    Attributes
    ----------
    fit
        Where the search ended.
    reaches
        How far each parameter can go while all the figures hold.
    scenario
        The scenario with the fitted values and the names of the figures that they were fitted to.
    check
        Its run with its own seed and replications, which the fit never saw.
    spent
        Replications that the fit took, without the check.
    """

    fit: Fit
    reaches: tuple[Reach, ...]
    scenario: Scenario
    check: Run
    spent: int

    @property
    def problem(self) -> Problem:
        """What was asked."""
        return self.fit.problem

    @property
    def fitted_ids(self) -> tuple[str, ...]:
        """Ids of the figures that pulled."""
        pairs = zip(self.problem.targets, self.fit.moves, strict=True)
        return tuple(target.figure.id for target, moves in pairs if moves)

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """What the check says about each figure that was to be matched."""
        judged = {verdict.figure.id: verdict for verdict in self.check.verdicts}
        return tuple(judged[target.figure.id] for target in self.problem.targets)

    @property
    def all_match(self) -> bool:
        """Whether every figure that was fitted matches in the check."""
        return all(verdict.answer == "matches" for verdict in self.verdicts)

    def interval(self, number: int) -> tuple[float, float]:
        """Return the 95 % interval of a parameter, from the noise of the fit, within its bounds.

        NaN for a parameter at a bound, or that the figures do not tell.
        """
        precision = self.fit.precision
        half = precision.reach * float(precision.errors[number])
        if not math.isfinite(half):
            return math.nan, math.nan
        share = float(self.fit.trial.point[number])
        parameter = self.problem.parameters[number]
        low, high = np.clip([share - half, share + half], 0, 1)
        return parameter.number(float(low)), parameter.number(float(high))

    @property
    def not_pinned_down(self) -> tuple[str, ...]:
        """What the figures leave open, a sentence for each direction or parameter."""
        return tuple(_open_directions(self.fit)) or tuple(
            f"{parameter.key} can go through its whole range if the others follow"
            for parameter, reach in zip(self.problem.parameters, self.reaches, strict=True)
            if reach.everything
        )

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader of the result should know."""
        return (*self.problem.warnings, *_warnings(self.fit))


def calibrate(
    problem: Problem,
    *,
    folder: Path | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Calibration:
    """Find the free parameters under which the simulated figures match the published ones.

    Parameters
    ----------
    problem
        What is free, and what to match.
    folder
        Where the scenario's own benchmark files are.
    workers
        Processes to use; −1 for all cores, which is the default. The result does not depend on it.
    progress
        Called after each replication of the fit, with the number done and about how many there
        will be.
    """
    check_workers(workers)
    workers = -1 if workers is None else workers
    spent, expected = 0, planned(problem)

    def advance() -> None:
        nonlocal spent
        spent += 1
        if progress:
            progress(spent, max(spent, expected))

    objective = Objective(problem, workers, advance)
    found = fit(objective)
    open_ = reaches(found, objective)
    scenario = problem.scenario.replace({**found.values, "benchmarks.fitted": fitted_names(found)})
    files = [(folder or Path()) / name for name in scenario.benchmarks.files]
    names = [*scenario.benchmarks.use, *(target.figure.id for target in problem.targets)]
    figures = load_registry(files).select(names)
    return Calibration(
        found, open_, scenario, run(scenario, figures=figures, workers=workers), spent
    )


def fitted_names(found: Fit) -> list[str]:
    """Return what `[benchmarks] fitted` is to say: what it said, and the figures that pulled."""
    before = list(found.problem.scenario.benchmarks.fitted)
    pulled = [
        t.figure.id for t, moves in zip(found.problem.targets, found.moves, strict=True) if moves
    ]
    covered = tuple(f"{name}." for name in before)
    return before + [name for name in pulled if not f"{name}.".startswith(covered or ("\n",))]


def _open_directions(found: Fit) -> Iterator[str]:
    """Yield the directions in which half a range of a parameter moves no figure by a tolerance."""
    precision = found.precision
    for direction, effect, flat in zip(
        precision.directions, precision.effects, precision.flat, strict=True
    ):
        longest = float(np.max(np.abs(direction), initial=0.0))
        strongest = float(np.max(np.abs(effect), initial=0.0))
        if longest and (flat or HALF * strongest / longest < 1):
            yield _told(found, direction / longest, strongest / longest)


def _told(found: Fit, direction: Floats, effect: float) -> str:
    """Return a direction, and what going a part of it does, in words."""
    point, parameters = found.trial.point, found.problem.parameters
    moving = [n for n in np.argsort(-np.abs(direction)) if abs(direction[n]) > NAMED]
    # The way on which all of them have more room.
    ahead = min(
        (1 - point[n] if direction[n] > 0 else point[n]) / abs(direction[n]) for n in moving
    )
    back = min((point[n] if direction[n] > 0 else 1 - point[n]) / abs(direction[n]) for n in moving)
    step = min(SHOWN, ahead) if ahead >= back else -min(SHOWN, back)
    changes = []
    for n in moving:
        there = parameters[n].number(float(np.clip(point[n] + step * direction[n], 0, 1)))
        value = parameters[n].bounds.written(float(f"{there:.3g}"))
        changes.append(f"{parameters[n].key} from {found.values[parameters[n].key]} to {value}")
    told = f"moves no figure by more than {abs(step) * effect:.2g} tolerances"
    others = int(np.count_nonzero(np.abs(direction) > FOLLOWS)) - len(moving)
    following = f" ({others} other{'s' * (others > 1)} following a little)" if others else ""
    if len(moving) == 1:
        return f"{parameters[moving[0]].key} not by itself: {changes[0]}{following} {told}"
    keys = " and ".join(parameters[n].key for n in moving)
    return f"{keys} only together: {', with '.join(changes)}{following}, {told}"


def _warnings(found: Fit) -> Iterator[str]:
    parameters = found.problem.parameters
    for parameter, side in zip(parameters, found.at_bounds, strict=True):
        if side:
            bound = "upper" if side > 0 else "lower"
            yield (
                f"{parameter.key} is at its {bound} bound, beyond which the figures might come "
                "closer"
            )
    for target, moves in zip(found.problem.targets, found.moves, strict=True):
        if not moves:
            yield f"{target.figure.id} is moved by none of the free parameters, and did not pull"
    for other in found.elsewhere:
        values = ", ".join(f"{key} = {value}" for key, value in other.items())
        yield f"another start led to a place that fits about as well: {values}"
