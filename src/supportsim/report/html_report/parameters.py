"""Every parameter of a scenario by its dotted key, with its unit and what it means."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from supportsim.report.html_report.content import Block, Code, Column, Fold, Group, Table, Text
from supportsim.scenario import json_schema
from supportsim.units import CLOCK_PATTERN, DURATION_PATTERN

if TYPE_CHECKING:
    from supportsim.scenario import Scenario

LONGEST = 400
"""Characters of a value that are shown; longer ones are series of counts from a file."""
UNITS = {
    "agents": "agents",
    "at_most": "attempts",
    "by_hour": "relative",
    "by_hour_of_week": "relative",
    "by_month": "relative",
    "by_weekday": "relative",
    "busyness_cv": "standard deviation / mean",
    "ces": "score",
    "cost_per_hour": "currency an hour",
    "cost_per_leaver": "currency",
    "counts": "tickets an interval",
    "cv": "standard deviation / mean",
    "factor": "times",
    "growth_per_year": "share a year",
    "lines": "customers",
    "max_replications": "replications",
    "nps": "score",
    "on_holidays": "times",
    "per_day": "tickets a day",
    "per_year": "share a year",
    "places": "customers",
    "rate_per_hour": "events an hour",
    "replications": "replications",
    "seed": "none",
    "shape": "none",
    "sigma": "of the logarithm",
    "slowdown": "times",
    "speed": "times normal",
    "speed_cv": "standard deviation / mean",
    "tickets": "tickets",
    "value": "currency a customer",
}
"""Units of numbers by the last part of their keys; all others are shares."""

Schema = Mapping[str, Any]
_DURATION = re.compile(r"([0-9]+\.[0-9]+)([a-z]+)")


def parameters_of(scenario: Scenario) -> list[Block]:
    """Return tables of every parameter: those that the scenario sets, and those at their defaults.

    A key that is left out and has no default means nothing in the scenario, and is not listed.
    """
    chosen = dict(flat(scenario.model_dump(mode="json", by_alias=True, exclude_unset=True)))
    every = dict(flat(scenario.model_dump(mode="json", by_alias=True)))
    kinds = {key.removesuffix(".dist"): every[key] for key in every if key.endswith(".dist")}
    tables = [
        _table(title, [(key, every[key]) for key in every if (key in chosen) is own], kinds)
        for title, own in (("Set by the scenario", True), ("At their defaults", False))
    ]
    return [
        Text(
            "Keys are written as --set takes them. Durations and times of day carry their units "
            "with them: s, min, h, d and w (weeks of seven days)."
        ),
        tables[0],
        Fold(tables[1].caption, [tables[1]]),
        Fold("The scenario as a file, to run it again", [Code(as_toml(scenario))]),
    ]


def as_toml(scenario: Scenario) -> str:
    """Return the text of a file that says the same as a scenario."""
    import tomlkit

    return tomlkit.dumps(scenario.to_dict())


def _table(title: str, pairs: list[tuple[str, Any]], kinds: Mapping[str, str]) -> Table:
    columns = [Column("Key"), Column("Value"), Column("Unit"), Column("Meaning")]
    rows = []
    for key, value in pairs:
        unit, meaning = described(key, kinds)
        rows.append((key, shortened(written(value)), unit, meaning))
    return Table(f"{title}: {len(rows)} keys", columns, [Group("", rows)], stacked=True)


def flat(node: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the values in nested tables by dotted key; arrays of plain values are values."""
    if isinstance(node, Mapping):
        for name, below in node.items():
            yield from flat(below, f"{key}.{name}" if key else str(name))
    elif isinstance(node, list) and any(isinstance(one, Mapping) for one in node):
        for number, below in enumerate(node):
            yield from flat(below, f"{key}.{number}")
    elif node is not None:
        yield key, node


def written(value: Any) -> str:
    """Return a value as TOML writes it, but for the quotes around a text."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        inner = (f'"{one}"' if isinstance(one, str) else written(one) for one in value)
        return f"[{', '.join(inner)}]"
    if isinstance(value, float):
        return f"{value:.12g}"
    duration = _DURATION.fullmatch(str(value))
    return f"{float(duration[1]):.12g}{duration[2]}" if duration else str(value)


def shortened(text: str) -> str:
    """Return a text that is no longer than a table can show, and says how much is left out."""
    if len(text) <= LONGEST:
        return text
    return f"{text[:LONGEST]}… ({len(text) - LONGEST:,} more characters)"


@cache
def _whole_schema() -> Schema:
    return json_schema()


def described(key: str, kinds: Mapping[str, str]) -> tuple[str, str]:
    """Return the unit and the meaning of a dotted key; what is in an array, those of the array.

    Parameters
    ----------
    key
        The key.
    kinds
        The distribution that each key with one has.
    """
    places = [_whole_schema()]
    found: Schema = {}
    so_far: list[str] = []
    for part in key.split("."):
        so_far.append(part)
        below = [one for place in places for one in _below(place, part)]
        kind = kinds.get(".".join(so_far))
        places = [
            one
            for schema in below
            for one in _resolved(schema)
            if kind is None or kind == one.get("properties", {}).get("dist", {}).get("const")
        ]
        found = next((one for one in below if "description" in one), found)
    name = next((part for part in reversed(key.split(".")) if not part.isdigit()), "")
    meaning = " ".join(found.get("description", "").split())
    return _unit(name, places), meaning.replace("`", "")


def _below(schema: Schema, part: str) -> Iterator[Schema]:
    """Yield the schemas of a key, or of a place in an array."""
    if part.isdigit() and "items" in schema:
        yield schema["items"]
    elif part in schema.get("properties", {}):
        yield schema["properties"][part]
    else:
        yield from schema.get("patternProperties", {}).values()


def _resolved(schema: Schema) -> Iterator[Schema]:
    """Yield the schemas behind references and unions."""
    if "$ref" in schema:
        yield from _resolved(_whole_schema()["$defs"][schema["$ref"].rpartition("/")[2]])
        return
    members = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
    for member in members:
        yield from _resolved(member)
    if not members:
        yield schema


def _unit(name: str, places: list[Schema]) -> str:
    """Return the unit of a key by its name and what it may hold."""
    leaves = [leaf for place in places for leaf in _leaves(place)]
    if any(leaf.get("pattern") == DURATION_PATTERN for leaf in leaves):
        return "duration"
    if any(leaf.get("pattern") == CLOCK_PATTERN for leaf in leaves):
        return "time of day"
    if any(leaf.get("format") == "date" for leaf in leaves):
        return "date"
    if any(leaf.get("type") in ("number", "integer") for leaf in leaves):
        return UNITS.get(name, "share, 0 to 1")
    return "yes or no" if any(leaf.get("type") == "boolean" for leaf in leaves) else "text"


def _leaves(schema: Schema) -> Iterator[Schema]:
    """Yield what the innermost arrays of a schema hold."""
    if "items" in schema:
        for member in _resolved(schema["items"]):
            yield from _leaves(member)
    else:
        yield schema
