"""Which parameters of a sweep drive which measure, and so which benchmark."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from supportsim.errors import InputError, choices
from supportsim.stats import Indices, grid_indices, saltelli_indices
from supportsim.studies.sweeping.sweep import Result, Sweep
from supportsim.tables import Floats


@dataclass(frozen=True)
class Drive:
    """How much a parameter drives a measure, over the values that the sweep gave it.

    Attributes
    ----------
    parameter
        The key of the scenario.
    measure, unit
        The measure's id, and the unit in which it varies.
    figures
        The ids of the published figures that it is judged by.
    first, first_low, first_high
        First-order Sobol index with its 95 % interval: the share of the measure's variance that is
        the parameter's alone. NaN if nothing can be said.
    total, total_low, total_high
        Total index, likewise: with what it does together with other parameters.
    note
        Why nothing can be said; empty otherwise.
    """

    parameter: str
    measure: str
    unit: str
    figures: tuple[str, ...]
    first: float
    first_low: float
    first_high: float
    total: float
    total_low: float
    total_high: float
    note: str = ""


def sensitivity(sweep: Sweep, measures: Iterable[str] | None = None) -> tuple[Drive, ...]:
    """Return how much each parameter drives each measure, the strongest first.

    Parameters
    ----------
    sweep
        A sweep over a grid or a Saltelli design.
    measures
        Ids of the measures; by default those that published figures judge, in the order of the
        figures, or all if there are none; those of which nothing can be said come last.

    Raises
    ------
    InputError
        If the design cannot tell, or a measure was not kept.
    """
    if sweep.design not in ("grid", "saltelli"):
        raise InputError(
            f"sensitivity: a design of kind {sweep.design} cannot tell the parameters apart; sweep "
            "with the design saltelli, or over a grid"
        )
    judging: dict[str, list[str]] = {}
    for figure in sweep.figures:
        if figure.measure is not None and figure.measure in sweep.asked:
            judging.setdefault(figure.measure, []).append(figure.id)
    names = list(judging or sweep.asked) if measures is None else list(measures)
    rows: list[Drive] = []
    for name in names:
        if name not in sweep.asked:
            raise InputError(
                f"sensitivity: {name} is not a measure of this sweep; {choices(name, sweep.asked)}"
            )
        rows += _drives(sweep, name, tuple(judging.get(name, ())))
    return tuple(rows if measures else sorted(rows, key=lambda row: bool(row.note)))


def _drives(sweep: Sweep, name: str, figures: tuple[str, ...]) -> list[Drive]:
    """Return how much each parameter drives one measure, by the total index."""
    results = [point.results[name] for point in sweep.points]
    unknown = sum(math.isnan(one.mean) for one in results)
    blank = np.full((len(sweep.parameters), 3), math.nan)
    found = Indices(blank, blank) if unknown else _indices(sweep, results)
    note = ""
    if unknown:
        note = f"unknown at {unknown} of {len(results)} points"
    elif np.isnan(found.total[:, 0]).all():
        note = "does not vary more than by chance"
    unit = sweep.asked[name].measure.unit
    drives = []
    for number in np.argsort(-found.total[:, 0], kind="stable").tolist():
        first, first_low, first_high = found.first[number].tolist()
        total, total_low, total_high = found.total[number].tolist()
        drives.append(
            Drive(
                parameter=sweep.parameters[number],
                measure=name,
                unit=unit,
                figures=figures,
                first=first,
                first_low=first_low,
                first_high=first_high,
                total=total,
                total_low=total_low,
                total_high=total_high,
                note=note,
            )
        )
    return drives


def _indices(sweep: Sweep, results: list[Result]) -> Indices:
    means = np.array([one.mean for one in results])
    drawn = _influences(results)
    if sweep.design == "saltelli":
        shape: tuple[int, ...] = (len(sweep.parameters) + 2, -1)
        return saltelli_indices(means.reshape(shape), drawn.reshape(len(drawn), *shape))
    # The last parameter of a grid changes first.
    shape = tuple(len({repr(p.values[key]) for p in sweep.points}) for key in sweep.parameters)
    return grid_indices(means.reshape(shape), drawn.reshape(len(drawn), *shape))


def _influences(results: list[Result]) -> Floats:
    """Return the influences of each replication on all points: shape (replications, points).

    A point that has fewer replications than others gets influences of 0 for the rest, and larger
    ones instead, so that each point keeps its variance.
    """
    most = max(one.replications for one in results)
    drawn = np.zeros((most, len(results)))
    for column, one in enumerate(results):
        own = one.replications
        weight = math.sqrt(most * (most - 1) / (own * (own - 1))) if own > 1 else math.nan
        drawn[:own, column] = weight * np.array(one.influences)
    return drawn
