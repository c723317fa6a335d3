"""Reading scenarios, changing single keys of them, and saying clearly what is wrong with them."""

from __future__ import annotations

import hashlib
import json
import logging
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from supportsim.errors import ScenarioError, choices, nearest, quoted
from supportsim.files import path_of
from supportsim.scenario.explaining import explain
from supportsim.scenario.fields import plain
from supportsim.scenario.model import Scenario
from supportsim.scenario.references import check_references

if TYPE_CHECKING:
    from collections.abc import Mapping

_LOG = logging.getLogger(__name__)

USER_NAMED = ("channels", "teams")


def load(path: str | Path, changes: Mapping[str, Any] | None = None) -> Scenario:
    """Read a scenario file.

    Parameters
    ----------
    path
        A TOML file; CSV files that it names are looked for beside it.
    changes
        Values to use instead of the file's, by dotted path.

    Raises
    ------
    ScenarioError
        If the file cannot be read or is not a valid scenario: one sentence with the file, the key,
        what is wrong and what would be right.
    """
    path = path_of(path, "scenario")
    document = read_toml(path)
    return validate(changed(document, changes or {}, str(path)), str(path), path.parent)


def read_toml(path: Path) -> dict[str, Any]:
    """Return the tables of a TOML file, or raise `ScenarioError`."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        _LOG.info("read %s", path)
    except OSError as error:
        hint = ""
        if isinstance(error, FileNotFoundError) and path.parent.is_dir():
            hint = nearest(path.name, (other.name for other in path.parent.glob("*.toml")))
        reason = f"cannot be read: {error.strerror or error}"
        raise ScenarioError(reason, file=str(path), hint=hint) from error
    except UnicodeDecodeError as error:
        raise ScenarioError("is not UTF-8 text", file=str(path)) from error
    except ValueError as error:  # a null character in the path
        raise ScenarioError(f"cannot be read: {error}", file=str(path)) from error
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise ScenarioError("is nested too deeply", file=str(path)) from error
    except ValueError as error:  # not only TOMLDecodeError: also from numbers of too many digits
        raise ScenarioError(f"is not valid TOML: {error}", file=str(path)) from error


def validate(document: Mapping[str, Any], file: str = "", folder: Path | None = None) -> Scenario:
    """Return the scenario that a nested dictionary describes.

    Raises
    ------
    ScenarioError
        If the dictionary is not a valid scenario.
    """
    try:
        scenario = Scenario.model_validate(
            dict(document), context={"folder": folder or Path(), "file": file}
        )
    except ValidationError as error:
        raise ScenarioError(**explain(error, document), file=file) from error
    except RecursionError as error:
        raise ScenarioError("is nested too deeply", file=file) from error
    try:
        check_references(scenario)
    except ScenarioError as error:
        raise ScenarioError(error.reason, key=error.key, file=file, hint=error.hint) from error
    return scenario


def changed(
    document: Mapping[str, Any], changes: Mapping[str, Any], file: str = ""
) -> dict[str, Any]:
    """Return a copy of a nested dictionary with values set at dotted paths.

    Raises
    ------
    ScenarioError
        If a path leads through a value, or through a channel or team that does not exist.
    """
    try:
        result: dict[str, Any] = plain(document)
    except RecursionError as error:
        raise ScenarioError("is nested too deeply", file=file) from error
    for path, value in changes.items():
        node: Any = result
        parts = path.split(".")
        if "" in parts:
            reason = f"{quoted(path)} is not a path of keys"
            hint = 'write it as in "channels.portal.work"'
            raise ScenarioError(reason, file=file, hint=hint)
        for depth, part in enumerate(parts):
            last = depth == len(parts) - 1
            if isinstance(node, list):
                if part not in map(str, range(len(node))):
                    reason = f"there is no item {part}; there are {len(node)}, counted from 0"
                    raise ScenarioError(reason, key=path, file=file)
                index: Any = int(part)
            elif isinstance(node, dict):
                index = part
                named = depth == 1 and parts[0] in USER_NAMED
                if named and not last and part not in node:
                    reason = f"there is no {parts[0][:-1]} {quoted(part)}"
                    hint = choices(part, node)
                    raise ScenarioError(reason, key=path, file=file, hint=hint)
                if not last:
                    node.setdefault(part, {})
            else:
                above = ".".join(parts[:depth])
                reason = f"{above} is a single value and has no key {quoted(part)}"
                raise ScenarioError(reason, key=path, file=file, hint=f"set {above} as a whole")
            if last:
                node[index] = plain(value)
            else:
                node = node[index]
    return result


def fingerprint(scenario: Scenario) -> str:
    """Return a SHA-256 that is equal if and only if two scenarios say the same in the same order.

    Defaults may be spelled out or left out and durations written in any unit. The order of
    channels and teams counts: agents are numbered in it.
    """
    text = json.dumps(scenario.model_dump(mode="json", by_alias=True))
    return hashlib.sha256(text.encode()).hexdigest()


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of scenario files."""
    schema = _tidied(Scenario.model_json_schema(by_alias=True))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


_LENGTHS = {
    ("array", "minLength"): "minItems",
    ("array", "maxLength"): "maxItems",
    ("object", "minLength"): "minProperties",
    ("object", "maxLength"): "maxProperties",
}


def _tidied(node: Any) -> Any:
    """Return pydantic's schema in the terms of TOML: no null, no key beside the patterns."""
    if isinstance(node, list):
        return [_tidied(item) for item in node]
    if not isinstance(node, dict):
        return node
    kind = node.get("type")
    result = {
        _LENGTHS.get((kind, key), key) if isinstance(kind, str) else key: _tidied(value)
        for key, value in node.items()
        if not (key == "title" and isinstance(value, str))  # only says the key again
    }
    if "patternProperties" in result:
        result["additionalProperties"] = False
    members = result.get("anyOf")
    if isinstance(members, list) and {"type": "null"} in members:
        result["anyOf"] = [member for member in members if member != {"type": "null"}]
        result.pop("default")
        if len(result["anyOf"]) == 1:
            (member,) = result.pop("anyOf")
            result = {**member, **result}
    return result
