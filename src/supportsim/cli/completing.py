"""What the shell offers where the Tab key is pressed; nothing where anything is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

import typer

MOST = 200
"""Offers that are looked for."""


def scenario_files(incomplete: str) -> list[str]:
    """Return the TOML files that begin so, and those in folders that do."""
    start = Path(incomplete)
    folder, stem = (start, "") if incomplete.endswith("/") else (start.parent, start.name)
    found: list[str] = []
    with suppress(OSError):
        for path in sorted(folder.iterdir()):
            if not path.name.startswith(stem) or (path.name.startswith(".") and not stem):
                continue
            if path.is_dir():
                found += map(str, sorted(islice(path.glob("*.toml"), MOST)))
            elif path.suffix == ".toml":
                found.append(str(path))
    lead = "./" if incomplete.startswith("./") else ""
    return [f"{lead}{one}" for one in found[:MOST]]


def changes(context: typer.Context, incomplete: str) -> list[str]:
    """Return the keys of the scenario on the command line, ready for their values."""
    return [f"{key}=" for key in keys(context, incomplete)]


def keys(context: typer.Context, incomplete: str) -> list[str]:
    """Return the dotted keys in the scenario on the command line that begin so."""
    return [key for key in _keys_of(_document(context)) if key.startswith(incomplete)][:MOST]


def teams(context: typer.Context, incomplete: str) -> list[str]:
    """Return the teams of the scenario on the command line that begin so."""
    return [name for name in _document(context).get("teams", {}) if name.startswith(incomplete)]


def measures(context: typer.Context, incomplete: str) -> list[str]:
    """Return the ids of the scenario's measures that begin so."""
    path = _path(context)
    if path is None:
        return []
    from supportsim.errors import InputError
    from supportsim.measures import measures_of
    from supportsim.scenario import load

    with suppress(InputError):
        return [one.id for one in measures_of(load(path)) if one.id.startswith(incomplete)]
    return []


def figures(incomplete: str) -> list[str]:
    """Return the ids of the built-in published figures that begin so."""
    from supportsim.benchmarks import load_registry

    return [name for name in load_registry() if name.startswith(incomplete)]


def channels(incomplete: str) -> list[str]:
    """Return the channels of the built-in published figures that begin so."""
    from supportsim.benchmarks import load_registry

    names = sorted({figure.channel for figure in load_registry().values()})
    return [name for name in names if name.startswith(incomplete)]


def _path(context: typer.Context) -> Path | None:
    """Return the path of the scenario: the first word of the command line that is a file.

    What comes before an option without its value is not parsed yet.
    """
    given = [context.params.get(name) for name in ("scenario", "base")]
    words = (Path(word) for word in (*given, *context.args) if word)
    return next((path for path in words if path.is_file()), None)


def _document(context: typer.Context) -> dict[str, Any]:
    """Return the tables of the scenario file; those of the scenario that a study file names."""
    import tomllib

    path = _path(context)
    with suppress(OSError, ValueError):
        document = tomllib.loads(path.read_text(encoding="utf-8-sig")) if path else {}
        named = document.get("scenario")
        if path and isinstance(named, str):
            text = (path.parent / named).read_text(encoding="utf-8-sig")
            document = tomllib.loads(text)
        return document
    return {}


def _keys_of(table: dict[str, Any], above: str = "") -> Iterator[str]:
    for name, value in table.items():
        key = f"{above}{name}"
        if isinstance(value, dict):
            yield from _keys_of(value, f"{key}.")
        elif isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
            for number, one in enumerate(value):
                yield from _keys_of(one, f"{key}.{number}.")
        else:
            yield key
