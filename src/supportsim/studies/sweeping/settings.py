"""What can be asked of a sweep: on the command line, in a study file and in Python."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from supportsim.scenario.fields import Model, Row, plain, shown

Design = Literal["grid", "lhs", "sobol", "saltelli"]


def _flat(given: Any) -> Any:
    """Return the keys of nested tables joined by dots, as TOML reads `teams.desk.agents = …`."""
    if not isinstance(given, Mapping):
        return given
    found: dict[str, Any] = {}
    for key, value in _leaves(given, ""):
        if key in found:
            raise ValueError(f"{key} is there twice")
        found[key] = value
    return found


def _leaves(table: Mapping[str, Any], above: str) -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        key = f"{above}{name}"
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{key}.")
        else:
            yield key, value


def _values(given: Any) -> Any:
    """Return values as a tuple, or a range as a text."""
    if isinstance(given, str):
        return given
    values = plain(list(given) if isinstance(given, range) else given)
    if isinstance(given, tuple):
        if len(values) not in (2, 3):
            raise ValueError(
                "a tuple is a range, (low, high) or (low, high, step); give values as a list"
            )
        return ":".join(map(str, values))
    if not isinstance(values, list):
        raise ValueError(
            f'has to be values or a range, as in [1, 2, 4] or "1:6", not {shown(given)}'
        )
    return tuple(values)


class SweepSettings(Model):
    """The table `[sweep]` of a study file."""

    vary: Annotated[
        Mapping[str, Annotated[str | tuple[Any, ...], BeforeValidator(_values)]],
        BeforeValidator(_flat),
    ] = {}  # pydantic copies it
    """What to vary: by dotted key of the scenario its values, as in `[1, 2, 4]`, or a range, as in
    `"1:6"`, `"1d:8d"` or, with a step, `"0.1:0.5:0.1"`."""
    design: Design = "grid"
    """How to choose the points: `grid` takes every combination; `lhs` (Latin hypercube) and `sobol`
    spread `points` of them over the ranges; `saltelli` takes those that Sobol indices need."""
    points: Annotated[int, Field(ge=1)] | None = None
    """How many points a design that is not a grid has; for `saltelli` its base points, of which
    each takes as many points as there are parameters, and two."""
    log: Row[str] = ()
    """Keys whose ranges are divided into equal factors rather than equal steps."""
    measures: Row[str] = ()
    """Ids of the measures to keep; all if left out."""
