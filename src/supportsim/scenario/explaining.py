"""What pydantic finds wrong with a scenario, said in the words of the scenario file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, TypedDict

from supportsim.errors import choices, nearest, quoted
from supportsim.scenario.fields import shown
from supportsim.scenario.model import Scenario
from supportsim.units import format_duration

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError
    from pydantic_core import ErrorDetails

Key = tuple[str | int, ...]

_BOUNDS = {
    "greater_than": "more than",
    "greater_than_equal": "at least",
    "less_than": "less than",
    "less_than_equal": "at most",
}


class Explanation(TypedDict):
    """The parts of a `ScenarioError` that say what is wrong."""

    reason: str
    key: str
    hint: str


def explain(
    error: ValidationError, document: Mapping[str, Any], model: type[BaseModel] = Scenario
) -> Explanation:
    """Return the first thing that is wrong with a document of a model, and what would be right."""
    errors = error.errors(include_url=False)
    # An unknown key explains why another is missing, not the other way round.
    first = next((e for e in errors if e["type"] == "extra_forbidden"), errors[0])
    key = _key(first, document)
    here = [e for e in errors if _key(e, document) == key]
    reasons = dict.fromkeys(map(_reason, here))
    # Members of a union each say what they would take: "has to be A, not X", "has to be B, not X".
    begin, end = "has to be ", f", not {shown(first['input'])}"
    if all(reason.startswith(begin) and reason.endswith(end) for reason in reasons):
        wanted = [reason.removeprefix(begin).removesuffix(end) for reason in reasons]
        reason = f"{begin}{' or '.join(wanted)}{end}"
    else:
        reason = next(iter(reasons))
    hint = next(filter(None, (_hint(e, key, document, model) for e in here)), "")
    return Explanation(reason=reason, key=dotted(key), hint=hint)


def dotted(key: Key) -> str:
    """Return a key as TOML writes it, in quotes where it has to be."""
    parts = map(str, key)
    return ".".join(p if re.fullmatch("[A-Za-z0-9_-]{1,60}", p) else quoted(p) for p in parts)


def _key(error: ErrorDetails, document: Mapping[str, Any]) -> Key:
    """Return the error's place as the user wrote it, without pydantic's names of union members."""
    node: Any = document
    key: list[str | int] = []
    for part in error["loc"]:
        if isinstance(node, Mapping) and part in node:
            key.append(part)
            node = node[part]
        elif isinstance(node, list | tuple) and isinstance(part, int):
            key.append(part)
            node = node[part] if part < len(node) else None
    if error["type"] == "missing":
        key.append(error["loc"][-1])
    return tuple(key)


def _reason(error: ErrorDetails) -> str:
    context: dict[str, Any] = error.get("ctx", {})
    given = shown(error["input"])
    match error["type"]:
        case "extra_forbidden":
            return "there is no such key"
        case "missing":
            return "is missing"
        case "value_error":
            return str(context["error"])
        case "union_tag_not_found":
            return 'has to say which distribution it is, as in dist = "gamma"'
        case "union_tag_invalid":
            tag = error["input"]["dist"]
            if isinstance(tag, str):
                return f"there is no distribution {quoted(tag)}"
            return f"dist has to be a text, not {shown(tag)}"
        case "literal_error":
            expected = context["expected"].replace("'", '"')
            return f"has to be {expected}, not {given}"
        case "int_type" | "int_from_float":
            return f"has to be a whole number, not {given}"
        case "float_type" | "finite_number":
            return f"has to be a finite number, not {given}"
        case "bool_type":
            return f"has to be true or false, not {given}"
        case "string_type":
            return f"has to be a text, not {given}"
        case "date_type" | "date_from_datetime_inexact" | "date_from_datetime_parsing":
            return f"has to be a date such as 2026-01-05, without quotes, not {given}"
        case "tuple_type":
            return f"has to be an array [...], not {given}"
        case "dict_type" | "model_type" | "model_attributes_type":
            return f"has to be a table {{...}}, not {given}"
        case "greater_than" | "greater_than_equal" | "less_than" | "less_than_equal":
            bound = next(iter(context.values()))
            is_duration = isinstance(error["input"], str)
            limit = quoted(format_duration(bound)) if is_duration else str(bound).removesuffix(".0")
            return f"has to be {_BOUNDS[error['type']]} {limit}, not {given}"
        case "string_pattern_mismatch":
            return f"{given} is not a name: use letters, digits, - and _, and begin with a letter"
        case "too_short" | "too_long":
            wanted = context.get("min_length", context.get("max_length"))
            bound = "at least" if error["type"] == "too_short" else "at most"
            items = "item" if wanted == 1 else "items"
            return f"has to have {bound} {wanted} {items}, not {context['actual_length']}"
        case "string_too_short":
            return "has to be a text that is not empty"
        case "string_too_long":
            return f"has to be a text of at most {context['max_length']} characters"
        case _:
            message = error["msg"]
            return message[:1].lower() + message[1:]


def _hint(
    error: ErrorDetails, key: Key, document: Mapping[str, Any], model: type[BaseModel]
) -> str:
    if error["type"] == "extra_forbidden":
        known = keys_at(key[:-1], document, model)
        return choices(str(key[-1]), known, "the keys here are")
    if error["type"] == "union_tag_invalid":
        tag = error["input"]["dist"]
        return choices(tag if isinstance(tag, str) else "", distributions())
    if error["type"] == "union_tag_not_found":
        return choices("", distributions())
    if error["type"] == "literal_error" and isinstance(error["input"], str):
        return nearest(error["input"], re.findall("'(.*?)'", error["ctx"]["expected"]))
    return ""


@cache
def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema(by_alias=True)


def distributions() -> list[str]:
    """Return the names of the distributions."""
    kinds = (definition.get("properties", {}) for definition in _schema(Scenario)["$defs"].values())
    return [properties["dist"]["const"] for properties in kinds if "dist" in properties]


def keys_at(key: Key, document: Mapping[str, Any], model: type[BaseModel] = Scenario) -> list[str]:
    """Return the keys that a document of a model may have at a place."""
    node: Any = document
    places = list(_alternatives(_schema(model), node, model))
    for part in key:
        node = node[part]
        below = [_below(place, part) for place in places]
        places = [
            place for schema in below if schema for place in _alternatives(schema, node, model)
        ]
    return [name for place in places for name in place.get("properties", {})]


def _below(schema: Mapping[str, Any], part: str | int) -> dict[str, Any] | None:
    if isinstance(part, int):
        found = schema.get("items")
    else:
        found = schema.get("properties", {}).get(part) or schema.get("additionalProperties")
        found = found or next(iter(schema.get("patternProperties", {}).values()), None)
    return found if isinstance(found, dict) else None


def _alternatives(
    schema: Mapping[str, Any], node: Any, model: type[BaseModel]
) -> Iterable[Mapping[str, Any]]:
    """Yield the schemas behind references and unions that a table of this `dist` may follow."""
    if "$ref" in schema:
        schema = _schema(model)["$defs"][schema["$ref"].rsplit("/", 1)[1]]
    members = [*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())]
    for member in members:
        yield from _alternatives(member, node, model)
    const = schema.get("properties", {}).get("dist", {}).get("const")
    if not members and (const is None or (isinstance(node, Mapping) and node.get("dist") == const)):
        yield schema
