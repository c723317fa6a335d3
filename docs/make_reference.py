"""Write the pages that are made from the code: measures, scenario keys, and the JSON Schema.

    python docs/make_reference.py

A test compares them with what the code says.
"""

from pathlib import Path
from typing import Any

from supportsim.measures import MEASURES
from supportsim.report import to_json
from supportsim.scenario import json_schema

FOLDER = Path(__file__).parent
NOTE = "This page is made by `docs/make_reference.py`; do not edit it.\n"


def pages() -> dict[str, str]:
    """Return the text of every page by file name."""
    return {
        "measures.md": measures_page(),
        "scenario.md": scenario_page(),
        "scenario.schema.json": to_json(json_schema()),
    }


def measures_page() -> str:
    """Return the reference of the measures."""
    lines = [
        "# Measures",
        "",
        NOTE,
        "Ids read `<channel>.<measure>`, `all.<measure>` for all channels together, and",
        "`team.<name>.<measure>`. `{time}` stands for any duration, as in `answered_within_24h`.",
        "Times are in minutes. All measures are over tickets that arrived in the measured window",
        "and were followed to their end, or over the window itself.",
    ]
    for owner, title in (("channel", "Of channels"), ("team", "Of teams")):
        lines += ["", f"## {title}"]
        for measure in MEASURES:
            if measure.owner == owner:
                lines += [
                    "",
                    f"### `{measure.name}`",
                    "",
                    f"{measure.title[:1].upper()}{measure.title[1:]}.",
                    "",
                    "| unit | population | clock | estimator | formula |",
                    "| --- | --- | --- | --- | --- |",
                    f"| {measure.unit} | {measure.population} | {measure.clock} | "
                    f"{measure.estimator} | {measure.formula} |",
                ]
    return "\n".join(lines) + "\n"


def scenario_page() -> str:
    """Return the reference of the scenario keys."""
    schema = json_schema()
    lines = [
        "# Scenario keys",
        "",
        NOTE,
        "A key without a default has to be given, unless it is a table or may be left out.",
        "`[channels.NAME]` and `[teams.NAME]` stand for as many channels and teams as there are,",
        "under names of your own.",
    ]
    for name, table in {"Scenario": schema, **schema["$defs"]}.items():
        if "properties" not in table:
            continue
        description = table.get("description", "").replace("\n", " ")
        lines += ["", f"## {name}", "", description, ""]
        lines += ["| key | value | default | meaning |", "| --- | --- | --- | --- |"]
        for key, value in table["properties"].items():
            below = schema["$defs"].get(value.get("$ref", "").rsplit("/", 1)[-1], {})
            default = _code(value["default"]) if "default" in value and not below else ""
            meaning = value.get("description", below.get("description", "")).replace("\n", " ")
            lines.append(f"| `{key}` | {_kind(value)} | {default} | {meaning} |")
    return "\n".join(lines) + "\n"


def _kind(value: dict[str, Any]) -> str:
    """Return in words what a key takes."""
    if "$ref" in value:
        name = value["$ref"].rsplit("/", 1)[1]
        return f"[{name}](#{name.lower()})"
    for union in ("anyOf", "oneOf"):
        if union in value:
            kinds = [_kind(member) for member in value[union] if member.get("type") != "null"]
            return " or ".join(dict.fromkeys(kinds))
    if "const" in value:
        return _code(value["const"])
    if "enum" in value:
        return " or ".join(_code(choice) for choice in value["enum"])
    match value.get("type"):
        case "array":
            return f"array of {_kind(value.get('items', {}))}"
        case "object":
            members = [
                value.get("additionalProperties"),
                *value.get("patternProperties", {}).values(),
            ]
            kinds = [_kind(member) for member in members if isinstance(member, dict)]
            return f"tables of {kinds[0]}" if kinds else "table"
        case "string":
            return f"text such as {_code(value['examples'][0])}" if "examples" in value else "text"
        case "integer":
            return "whole number" + _bounds(value)
        case "number":
            return "number" + _bounds(value)
        case "boolean":
            return "true or false"
        case kind:
            return str(kind or "")


def _bounds(value: dict[str, Any]) -> str:
    words = {
        "minimum": "at least",
        "exclusiveMinimum": "above",
        "maximum": "at most",
        "exclusiveMaximum": "below",
    }
    parts = [f"{word} {value[key]}" for key, word in words.items() if key in value]
    return f", {', '.join(parts)}" if parts else ""


def _code(value: Any) -> str:
    """Return a value as TOML writes it."""
    if value is None:
        return ""
    text = to_json(value).strip() if not isinstance(value, str) else f'"{value}"'
    return f"`{' '.join(text.split())}`"


if __name__ == "__main__":
    for file, text in pages().items():
        (FOLDER / file).write_text(text, encoding="utf-8")
