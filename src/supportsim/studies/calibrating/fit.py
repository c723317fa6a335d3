"""The fit: many starts, the best of them polished by least squares, the best of those finished."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import least_squares
from scipy.stats import qmc

from supportsim.errors import InputError
from supportsim.sampling.streams import Streams
from supportsim.studies.calibrating.objective import Jacobian, Objective, Trial
from supportsim.studies.calibrating.precision import Precision, precision_at
from supportsim.studies.calibrating.problem import Parameter, Problem
from supportsim.tables import Floats

SCREENING, POLISHING = 8, 4
"""The parts of the replications, one in so many, that trials of starts and of polishing take."""

FEWEST = 4
"""Replications that any trial takes at least."""

EVALUATIONS = 15
"""Trials, without those for derivatives, after which a polish ends."""

NEAR = 0.005
"""Part of its range from a bound at which a parameter is taken to be at the bound."""

SAME_PLACE = 0.05
"""Part of the ranges within which two fits are the same."""

AS_GOOD = 0.25
"""Difference of the root mean square residuals of fits that are as good as each other."""

ROUNDED = 0.01
"""What rounding a fitted value may move any figure by, in tolerances."""


@dataclass(frozen=True, eq=False)
class Fit:
    """Where the search ended.

    Attributes
    ----------
    problem
        The problem.
    values
        The fitted values as the scenario file writes them, rounded, by key.
    trial
        What the fit's replications say at exactly these values.
    jacobian
        Derivatives there.
    precision
        What the noise of the simulation leaves open.
    at_bounds
        For each parameter −1 at its lower bound, 1 at its upper, otherwise 0.
    moves : shape (targets,)
        Whether any parameter moves the figure at all.
    polished, agreeing
        Polished starts, and how many of them ended where the best of them did.
    elsewhere
        Values at which others ended that fit about as well, so far as polishing tells.
    """

    problem: Problem
    values: dict[str, Any]
    trial: Trial
    jacobian: Jacobian
    precision: Precision
    at_bounds: tuple[int, ...]
    moves: tuple[bool, ...]
    polished: int
    agreeing: int
    elsewhere: tuple[dict[str, Any], ...]

    @property
    def numbers(self) -> tuple[float, ...]:
        """The fitted values, each in the unit of its range."""
        pairs = zip(self.problem.parameters, self.trial.point, strict=True)
        return tuple(parameter.number(float(share)) for parameter, share in pairs)


def planned(problem: Problem) -> int:
    """Return about how many replications a fit will take, with its ranges."""
    full, screened, polished = _sizes(problem)
    settings, free = problem.settings, len(problem.parameters)
    # Four steps of each polish, two of the last, derivatives to both sides, ends of the ranges.
    count = settings.starts * screened + 2 * full * (1 + free) + 8 * free * full
    if settings.starts > 1 and settings.polished > 1:
        count += 4 * min(settings.polished, settings.starts) * polished * (1 + free)
    return count


def fit(objective: Objective) -> Fit:
    """Return the point of the box at which the figures come closest to the published ones.

    Raises
    ------
    InputError
        If none of the figures depends on what is free.
    """
    problem = objective.problem
    settings = problem.settings
    full, screened, polished = _sizes(problem)
    points = _starts(problem)
    if len(points) > 1:
        tried = objective.trials(points, screened)
        _check_that_something_moves(problem, _moves(tried))
        points = [trial.point for trial in sorted(tried, key=lambda one: one.cost)]
        points = points[: settings.polished]
    ends = [points[0]]
    if len(points) > 1:
        ends = [_polished(objective, point, polished) for point in points]
    costs = [trial.cost for trial in objective.trials(ends, polished)]
    order = np.argsort(costs, kind="stable")
    winner = ends[order[0]]
    best = _snapped(_polished(objective, winner, full))
    jacobian = objective.jacobian(best, full, both_sides=True)
    at_bounds = tuple(int(share >= 1) - int(share <= 0) for share in best)
    there = objective.trial(best, full)
    precision = precision_at(there, objective.slopes(there), jacobian, at_bounds)
    trial = objective.trial(_rounded(problem, best, jacobian, precision), full)
    moves = _moves(objective.all_trials(full))
    _check_that_something_moves(problem, moves)
    same = [bool(np.all(np.abs(end - winner) <= SAME_PLACE)) for end in ends]
    limit = math.sqrt(min(costs) / len(problem.targets)) + AS_GOOD
    elsewhere = [
        problem.written(end)
        for end, here, cost in zip(ends, same, costs, strict=True)
        if not here and math.sqrt(cost / len(problem.targets)) <= limit
    ]
    return Fit(
        problem,
        problem.written(trial.point),
        trial,
        jacobian,
        precision,
        at_bounds,
        tuple(map(bool, moves)),
        len(ends),
        sum(same),
        tuple(elsewhere),
    )


def _sizes(problem: Problem) -> tuple[int, int, int]:
    """Return the replications of a trial at the end, of the starts, and while polishing."""
    full = problem.settings.replications
    return full, max(full // SCREENING, FEWEST), max(full // POLISHING, FEWEST)


def _starts(problem: Problem) -> list[Floats]:
    """Return the points to begin with: the scenario as it is, and a Latin hypercube."""
    own = np.array([_own_share(parameter) for parameter in problem.parameters])
    rng = Streams(problem.seed, 0).generator("calibrate/starts")
    design = qmc.LatinHypercube(len(own), rng=rng)
    return [own, *design.random(problem.settings.starts - 1)]


def _own_share(parameter: Parameter) -> float:
    """Return where the scenario's own value lies, or the middle if it says none."""
    if math.isnan(parameter.own):
        return 0.5
    return min(max(parameter.share(parameter.own), 0.0), 1.0)


def _polished(objective: Objective, start: Floats, replications: int) -> Floats:
    """Return where least squares leads from a start."""

    def residuals(point: Floats) -> Floats:
        return objective.trial(point, replications).residuals

    def derivatives(point: Floats) -> Floats:
        return objective.jacobian(point, replications, both_sides=False).residuals

    found = least_squares(
        residuals,
        start,
        jac=derivatives,
        bounds=(0.0, 1.0),
        xtol=5e-4,
        ftol=1e-6,
        gtol=1e-6,
        max_nfev=EVALUATIONS,
    )
    return np.asarray(found.x, np.float64)


def _snapped(point: Floats) -> Floats:
    """Return a point with what is next to a bound put on it: least squares stays inside."""
    return np.where(point < NEAR, 0.0, np.where(point > 1 - NEAR, 1.0, point))


def _rounded(problem: Problem, point: Floats, jacobian: Jacobian, precision: Precision) -> Floats:
    """Return the point with every value rounded to the digits that mean something.

    Rounding moves no value by more than a tenth of its standard error, and no figure by more than
    a hundredth of its tolerance.
    """
    shares = []
    for number, parameter in enumerate(problem.parameters):
        share = float(point[number])
        steepest = float(np.max(np.abs(jacobian.residuals[:, number])))
        room = [ROUNDED / steepest] if steepest else []
        if 0 < precision.errors[number] < math.inf:
            room.append(float(precision.errors[number]) / 10)
        exact = parameter.number(share)
        step = min([*room, 0.005])
        around = parameter.number(min(share + step, 1)) - parameter.number(max(share - step, 0))
        decimals = -math.floor(math.log10(around)) if 0 < share < 1 else 12
        shares.append(min(max(parameter.share(round(exact, decimals)), 0.0), 1.0))
    return np.array(shares)


def _moves(trials: list[Trial]) -> Floats:
    """Return for each figure whether it differs between trials of the same replications."""
    simulated = np.array([trial.simulated for trial in trials])
    spread = np.ptp(np.nan_to_num(simulated, nan=math.inf), axis=0)
    moves: Floats = ~(spread <= 1e-9 * np.max(np.abs(np.nan_to_num(simulated)), axis=0))
    return moves


def _check_that_something_moves(problem: Problem, moves: Floats) -> None:
    if not np.any(moves):
        figures = ", ".join(target.figure.id for target in problem.targets)
        raise InputError(f"none of the free parameters changes anything about {figures}")
