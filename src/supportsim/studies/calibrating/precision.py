"""How well the figures pin the parameters down: by the noise of the fit, and by direction."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from supportsim.stats.estimates import CONFIDENCE
from supportsim.studies.calibrating.objective import Jacobian, Trial
from supportsim.tables import Floats

ALIKE = 1e-3
"""Directions that move the figures less than this part of the steepest one do not move them."""

INVOLVED = 0.1
"""Share of a direction from which on a parameter has part in it."""


@dataclass(frozen=True, eq=False)
class Precision:
    """What the noise of the simulation leaves open.

    Attributes
    ----------
    errors : shape (parameters,)
        Standard error of each parameter, as a share of the way through its range; NaN at a bound
        and infinite where the figures do not tell.
    reach : float
        Factor from a standard error to half of the 95 % interval.
    directions : shape (directions, parameters)
        Directions of length 1 in the box, those that the figures tell least first.
    effects : shape (directions, targets)
        What going the whole way in each of them does to the residuals.
    flat : shape (directions,)
        Whether that cannot be told from nothing.
    """

    errors: Floats
    reach: float
    directions: Floats
    effects: Floats
    flat: tuple[bool, ...]


def precision_at(
    trial: Trial, slopes: Floats, jacobian: Jacobian, at_bounds: tuple[int, ...]
) -> Precision:
    """Return the precision of a least-squares fit to simulated figures.

    At the fit Jᵀr = 0. Each replication draws the residuals r and the derivatives J to its side,
    and so the fit by −(JᵀJ)⁻¹(Jᵀδr + δJᵀr): the sandwich estimate of its covariance (Huber 1967),
    with (JᵀJ)⁻¹ taken over the directions that the figures tell. Parameters at a bound stay there.

    Parameters
    ----------
    trial, slopes, jacobian
        The fit, the slopes of its residuals, and the derivatives there.
    at_bounds
        Not 0 for parameters at a bound.
    """
    inside = np.array([side == 0 for side in at_bounds])
    count = len(trial.noise)
    matrix, drawn = jacobian.residuals[:, inside], jacobian.noise[:, :, inside]
    _, sizes, rows = np.linalg.svd(matrix, full_matrices=True)
    sizes = np.concatenate([sizes, np.zeros(len(rows) - len(sizes))])
    # What a direction does to the figures is known with this standard error.
    noise = np.sqrt(np.sum(np.var(drawn @ rows.T, axis=0, ddof=1), axis=0) / count)
    flat = sizes <= np.maximum(noise, ALIKE * np.max(sizes, initial=0.0))
    told = rows[~flat]
    inverse = told.T @ (told / sizes[~flat, np.newaxis] ** 2)
    score = np.nan_to_num(trial.noise * slopes) @ matrix
    score += np.einsum("nmp,m->np", drawn, trial.residuals)
    spread = inverse @ (score.T @ score / (count - 1) / count) @ inverse
    found = np.sqrt(np.diag(spread))
    found[np.any(np.abs(rows[flat]) > INVOLVED, axis=0)] = math.inf
    errors = np.full(len(inside), math.nan)
    errors[inside] = found
    directions = np.zeros((len(rows), len(inside)))
    directions[:, inside] = rows
    order = np.argsort(sizes, kind="stable")
    return Precision(
        errors,
        float(stats.t.ppf((1 + CONFIDENCE) / 2, count - 1)),
        directions[order],
        (rows @ matrix.T)[order],
        tuple(map(bool, flat[order])),
    )
