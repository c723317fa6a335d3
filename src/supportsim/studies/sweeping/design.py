"""The points of a sweep: which values the parameters take together."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import combinations, product
from typing import Any

import numpy as np
from scipy.stats import qmc

from supportsim.errors import InputError, choices
from supportsim.sampling.streams import Streams
from supportsim.studies.ranges import Range, Scale, read_values
from supportsim.studies.sweeping.settings import Design, SweepSettings
from supportsim.tables import Floats
from supportsim.units import parse_duration

MOST_POINTS = 20_000
"""Points that a sweep may have; more would not end in the lifetime of its question."""

Values = Range | tuple[Any, ...]


def design_points(settings: SweepSettings, seed: int) -> list[dict[str, Any]]:
    """Return the values of each point, by parameter.

    Parameters
    ----------
    settings
        What to vary, and how. A list of values in a design that is not a grid has the same part of
        the points for each of its values.
    seed
        Seed of the scenario: it decides a random design too.

    Raises
    ------
    InputError
        If there is nothing to vary, or too much, or the settings contradict each other.
    """
    parameters = _parameters(settings)
    if settings.design == "grid":
        if settings.points is not None:
            raise InputError(
                "points: a grid has as many points as its values combine to; leave it out, or "
                "choose another design: lhs, sobol or saltelli"
            )
        lists = [_grid(key, values) for key, values in parameters.items()]
        _check_count(math.prod(map(len, lists)))
        combined = product(*lists)
        return [dict(zip(parameters, values, strict=True)) for values in combined]
    if settings.points is None:
        raise InputError(f"points: say how many a design of kind {settings.design} is to have")
    count = settings.points
    _check_count(count * (len(parameters) + 2) if settings.design == "saltelli" else count)
    shares = _shares(settings.design, count, len(parameters), seed)
    columns = [
        _spread(values, column)
        for values, column in zip(parameters.values(), shares.T, strict=True)
    ]
    return [dict(zip(parameters, values, strict=True)) for values in zip(*columns, strict=True)]


def as_numbers(values: Mapping[str, Any]) -> dict[str, float]:
    """Return the values of a point as numbers: durations in minutes, NaN for what is neither."""
    return {key: _number(value) for key, value in values.items()}


def _number(value: Any) -> float:
    if isinstance(value, str):
        try:
            return parse_duration(value)
        except ValueError:
            return math.nan
    counts = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if counts else math.nan


def _parameters(settings: SweepSettings) -> dict[str, Values]:
    """Return what each parameter may be."""
    keys = list(settings.vary)
    if not keys:
        raise InputError("vary: name a key of the scenario and its values: teams.desk.agents=1:6")
    for one, other in combinations(sorted(keys), 2):
        if other.startswith(f"{one}."):
            raise InputError(f"vary: {other} is a part of {one}; only one of them can be varied")
    for key in settings.log:
        if key not in keys:
            raise InputError(f"log: {key} is not varied; {choices(key, keys)}")
    found = {}
    for key, given in settings.vary.items():
        scale: Scale = "log" if key in settings.log else "linear"
        values = read_values(given, key, scale)
        if scale == "log" and not isinstance(values, Range):
            raise InputError(f"log: {key} has a list of values; only a range has a scale")
        found[key] = values
    return found


def _check_count(count: int) -> None:
    if count > MOST_POINTS:
        raise InputError(f"the sweep would have {count:,} points, more than {MOST_POINTS:,}")


def _grid(key: str, values: Values) -> list[Any]:
    if not isinstance(values, Range):
        return list(values)
    try:
        return [values.written(number) for number in values.grid()]
    except InputError as error:
        raise InputError(f"{key}: {error}") from error


def _spread(values: Values, shares: Floats) -> Iterator[Any]:
    """Yield the values at some shares of the way through a range or a list."""
    if isinstance(values, Range):
        return (values.written(number) for number in values.at(shares))
    return (values[int(share * len(values))] for share in shares)


def _shares(design: Design, count: int, parameters: int, seed: int) -> Floats:
    """Return how far along its way each parameter is at each point, 0 to 1.

    Saltelli's matrices A and B are the halves of one Sobol sequence of twice the dimensions, and
    AB_i is A with the i-th column of B, as `scipy.stats.sobol_indices` takes them (Saltelli et al.
    2010, table 2).

    Returns
    -------
    float64, shape (points, parameters)
    """
    rng = Streams(seed, 0).generator("sweep/design")
    if design == "lhs":
        return np.asarray(qmc.LatinHypercube(parameters, rng=rng).random(count))
    power = math.ceil(math.log2(count))
    if design == "sobol":
        return np.asarray(qmc.Sobol(parameters, rng=rng).random_base2(power)[:count])
    if count != 2**power:
        raise InputError(
            f"points: a saltelli design takes a power of 2, as Sobol sequences do: "
            f"{2 ** (power - 1)} or {2**power}, not {count}"
        )
    both = qmc.Sobol(2 * parameters, rng=rng).random_base2(power)
    a, b = both[:, :parameters], both[:, parameters:]
    mixed = [np.where(np.arange(parameters) == column, b, a) for column in range(parameters)]
    return np.concatenate([a, b, *mixed])
