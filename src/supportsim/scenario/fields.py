"""The kinds of value that scenario keys take: durations, times of day, shares, rows."""

from collections.abc import Mapping
from typing import Annotated, Any, NoReturn, TypeVar

import numpy as np
from frozendict import frozendict
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)

from supportsim.errors import quoted
from supportsim.units import (
    CLOCK_PATTERN,
    DURATION_PATTERN,
    format_clock,
    format_duration,
    parse_clock,
    parse_duration,
    parse_weekdays,
)

T = TypeVar("T")

NAME_PATTERN = r"^[A-Za-z][A-Za-z0-9_-]*$"


class Model(BaseModel):
    """A frozen table of the scenario: no unknown key, no value of another type."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
        validate_default=True,
    )


def written(default: Any) -> Any:
    """Return a default as the user would write it; validation turns it into the key's type."""
    return default


def _duration(given: Any) -> Any:
    return parse_duration(given) if isinstance(given, str) else _refuse(given, '"95min" or "6h"')


def _clock(given: Any) -> Any:
    return parse_clock(given) if isinstance(given, str) else _refuse(given, '"09:00"')


def _weekdays(given: Any) -> Any:
    return parse_weekdays(given) if isinstance(given, str) else _refuse(given, '"Mon-Fri"')


def _refuse(given: Any, example: str) -> NoReturn:
    raise ValueError(f"has to be a text such as {example}, not {shown(given)}")


def shown(value: Any) -> str:
    """Return a value as TOML would write it, shortened."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return quoted(value)
        case int() if value.bit_length() > 128:
            return "so large a number"
        case Mapping():
            return "a table"
        case list() | tuple():
            return "an array"
        case _:
            return str(value)


def plain(node: Any) -> Any:
    """Return a copy of nested tables and arrays, made of dictionaries and lists alone.

    Numbers and arrays of NumPy become those of Python.
    """
    if isinstance(node, np.generic | np.ndarray):
        return node.tolist()
    if isinstance(node, Mapping):
        return {key: plain(value) for key, value in node.items()}
    return [plain(item) for item in node] if isinstance(node, list | tuple) else node


def _row(given: Any) -> Any:
    return tuple(given) if isinstance(given, list) else given


Duration = Annotated[
    float,
    BeforeValidator(_duration),
    PlainSerializer(format_duration),
    WithJsonSchema(
        {"type": "string", "pattern": DURATION_PATTERN, "examples": ["95min", "6h", "3.4d", "2w"]}
    ),
]
"""A duration in minutes, written with its unit; the key's owner sets the bounds."""

ClockTime = Annotated[
    float,
    BeforeValidator(_clock),
    PlainSerializer(format_clock),
    WithJsonSchema({"type": "string", "pattern": CLOCK_PATTERN, "examples": ["09:00"]}),
]
"""A time of day in minutes after midnight."""

_DAYS = "Mon|Tue|Wed|Thu|Fri|Sat|Sun"

Weekdays = Annotated[
    tuple[int, ...],
    BeforeValidator(_weekdays),
    PlainSerializer(lambda days: ",".join(_DAYS.split("|")[day] for day in days)),
    WithJsonSchema({"type": "string", "examples": ["Mon-Fri", "Sat,Sun"]}),
]
"""Numbers of weekdays, Monday being 0."""

Share = Annotated[float, Field(ge=0, le=1)]
"""A probability or a share, 0 to 1."""


def _freeze(tables: Mapping[str, T]) -> Mapping[str, T]:
    return frozendict(tables)


Row = Annotated[tuple[T, ...], BeforeValidator(_row)]
"""An array of the file; a tuple here, so that it cannot change."""

Name = Annotated[str, Field(pattern=NAME_PATTERN)]
Named = Annotated[Mapping[Name, T], AfterValidator(_freeze)]
"""Tables that the user names, such as channels; they cannot change either."""
