"""Tables of keys, made from the JSON Schema of what users write: scenarios and study files."""

from collections.abc import Iterator
from typing import Any

from making.notes import NOTE
from supportsim.scenario import json_schema
from supportsim.units import CLOCK_PATTERN, DURATION_PATTERN

DISTRIBUTIONS = "Durations and distributions"

Schema = dict[str, Any]


def scenario_page() -> str:
    """Return the reference of the scenario keys."""
    schema = json_schema()
    tables = schema["$defs"]
    places = _places(schema)
    distributions = [name for name in tables if _is_distribution(tables[name])]
    lines = [
        "# Scenario keys",
        "",
        NOTE,
        "A key without a default has to be given, unless it is a table or may be left out. `NAME`",
        "stands for a name of your own: there may be several channels, teams and peaks. Tables are",
        "written under the headings given here, or in line, as in",
        '`patience = { dist = "gamma", mean = "3d", cv = 0.5 }`.',
        "",
        "## Scenario",
        *_section(schema, tables, []),
    ]
    for name, where in places.items():
        if name not in distributions:
            lines += ["", f"## {name}", *_section(tables[name], tables, where)]
    lines += [
        "",
        f"## {DISTRIBUTIONS}",
        "",
        'A duration is a text: numbers, each with a unit s, min, h, d or w, as in `"95min"`,',
        '`"1h30min"` or `"3.4d"`. Where a distribution may stand, it means always the same time; a',
        "distribution is a table whose `dist` says which it is.",
    ]
    for name in distributions:
        lines += ["", f"### {name}", *_section(tables[name], tables, [])]
    return "\n".join(lines) + "\n"


def _section(table: Schema, tables: Schema, where: list[str]) -> Iterator[str]:
    """Yield the lines on one table: what it is, where it stands, and its keys."""
    if described := _one_line(table.get("description", "")):
        yield from ("", described)
    if where:
        yield from ("", f"In the file: {', '.join(f'`{place}`' for place in where)}.")
    yield from ("", "| key | value | default | meaning |", "| --- | --- | --- | --- |")
    for key, value in table["properties"].items():
        below = tables.get(_name(value), {})
        default = _toml(value["default"], value) if "default" in value and not below else ""
        meaning = _one_line(value.get("description", below.get("description", "")))
        yield f"| `{key}` | {_kind(value)} | {default and f'`{default}`'} | {meaning} |"


def _places(schema: Schema) -> dict[str, list[str]]:
    """Return where each table stands in a scenario, as its heading in TOML, from the top down."""
    places: dict[str, list[str]] = {}

    def walk(node: Schema, path: str, heading: str) -> None:
        name = _name(node)
        if name:
            places.setdefault(name, []).append(heading)
            if not _is_distribution(schema["$defs"][name]):
                table(schema["$defs"][name], path)
        for union in ("anyOf", "oneOf"):
            for member in node.get(union, ()):
                walk(member, path, heading)
        if "items" in node:
            walk(node["items"], path, f"[[{path}]]")
        for member in node.get("patternProperties", {}).values():
            walk(member, f"{path}.NAME", f"[{path}.NAME]")

    def table(node: Schema, path: str) -> None:
        for key, value in node["properties"].items():
            below = f"{path}.{key}" if path else key
            walk(value, below, f"[{below}]")

    table(schema, "")
    return {name: list(dict.fromkeys(found)) for name, found in places.items()}


def _name(value: Schema) -> str:
    """Return the name of the table that a key refers to; empty if it does not."""
    return str(value.get("$ref", "")).rpartition("/")[2]


def _is_distribution(table: Schema) -> bool:
    return "dist" in table["properties"]


def _kind(value: Schema, *, plural: bool = False) -> str:
    """Return in words what a key takes."""
    if name := _name(value):
        return _link(name, name)
    for union in ("anyOf", "oneOf"):
        if union in value:
            return _either(value[union], plural=plural)
    if "const" in value:
        return f"`{_toml(value['const'])}`"
    if "enum" in value:
        return " or ".join(f"`{_toml(choice)}`" for choice in value["enum"])
    s = "s" * plural
    match value.get("type"):
        case "array":
            exact = value.get("minItems") == value.get("maxItems", 0)
            count = f"{value['minItems']} " if exact else ""
            return f"array{s} of {count}{_kind(value.get('items', {}), plural=True)}"
        case "object":
            (member,) = value["patternProperties"].values()
            return f"{_kind(member, plural=True)}, by name"
        case "string":
            return _text(value, s)
        case "integer":
            return f"whole number{s}{_bounds(value)}"
        case "number":
            return f"number{s}{_bounds(value)}"
        case "boolean":
            return "`true` or `false`"
        case kind:
            return str(kind or "")


def _either(members: list[Schema], *, plural: bool) -> str:
    """Return in words what a key takes that takes several kinds of value."""
    kinds = [_kind(member, plural=plural) for member in members]
    if any("discriminator" in member for member in members):
        return _link(f"duration{'s' * plural} or distribution", DISTRIBUTIONS)
    return " or ".join(dict.fromkeys(kinds))


def _text(value: Schema, s: str) -> str:
    if value.get("format") == "date":
        return f"date{s} such as `2026-01-05`"
    if value.get("pattern") == DURATION_PATTERN:
        return _link(f"duration{s}", DISTRIBUTIONS) + _bounds(value)
    if value.get("pattern") == CLOCK_PATTERN:
        return f'time{s} of day such as `"09:00"`'
    such = f" such as `{_toml(value['examples'][0])}`" if "examples" in value else ""
    return f"text{s}{such}"


def _link(text: str, heading: str) -> str:
    return f"[{text}](#{heading.lower().replace(' ', '-')})"


def _bounds(value: Schema) -> str:
    words = {
        "minimum": "at least",
        "exclusiveMinimum": "above",
        "maximum": "at most",
        "exclusiveMaximum": "below",
    }
    parts = [f"{word} {value[key]}" for key, word in words.items() if key in value]
    return f", {', '.join(parts)}" if parts else ""


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _toml(value: Any, schema: Schema | None = None) -> str:
    """Return a value as TOML writes it in line; nothing for none."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case str():
            return value if (schema or {}).get("format") == "date" else f'"{value}"'
        case list():
            return f"[{', '.join(map(_toml, value))}]"
        case dict():
            keys = ", ".join(f"{key} = {_toml(member)}" for key, member in value.items())
            return f"{{ {keys} }}" if keys else "{}"
        case _:
            return str(value)
