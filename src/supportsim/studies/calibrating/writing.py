"""The fitted scenario as a file: the original with some values changed, and all else as it was."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit import TOMLDocument
from tomlkit.items import AoT, Array, InlineTable, Item, Table

from supportsim.errors import InputError
from supportsim.files import write_whole
from supportsim.scenario.loading import changed, load, validate

FITTED = "benchmarks.fitted"


@dataclass(frozen=True)
class Draft:
    """A fitted scenario's file to be, made sure of before the fit.

    Attributes
    ----------
    path
        Where to write it.
    source
        The file of the scenario.
    text
        What that said when the fit began.
    changes
        Values that the scenario was fitted with instead of the file's own.
    """

    path: Path
    source: Path
    text: str
    changes: Mapping[str, Any]

    def write(self, values: Mapping[str, Any], fitted: Sequence[str]) -> None:
        """Write the file with fitted values and the ids of the figures they were fitted to.

        Raises
        ------
        InputError
            If it cannot be written, or would take the place of what was changed meanwhile.
        """
        if _same(self.path, self.source) and _read(self.source) != self.text:
            found = ", ".join(f"{key} = {value}" for key, value in values.items())
            raise InputError(
                f"{self.path}: was changed while the fit ran, and is left as it is; the fitted "
                f"values are {found}"
            )
        try:
            write_whole(self.path, self.rendered(values, fitted))
        except InputError as error:
            found = ", ".join(f"{key} = {value}" for key, value in values.items())
            raise InputError(f"{error}; the fitted values are {found}") from error

    def rendered(self, values: Mapping[str, Any], fitted: Sequence[str]) -> str:
        """Return the text of the file, made sure of: it says exactly the values, and is valid.

        Raises
        ------
        InputError
            If the values cannot be put into the file without changing anything else.
        """
        everything = {**self.changes, **values, **({FITTED: list(fitted)} if fitted else {})}
        text = with_values(self.text, everything, str(self.source))
        validate(tomllib.loads(text.lstrip("\ufeff")), str(self.path), self.path.parent)
        return text


def draft(path: Path, source: Path, changes: Mapping[str, Any], *, overwrite: bool) -> Draft:
    """Return the file to be, once it is clear that it can be written.

    Parameters
    ----------
    path
        Where to write it.
    source
        The file of the scenario.
    changes
        Values that the scenario is fitted with instead of the file's own.
    overwrite
        Whether any file may be replaced, the scenario too; else only an earlier fit of it is.

    Raises
    ------
    InputError
        If the folder cannot be written, if the scenario itself or another file would be lost, or if
        a file that the scenario names is not found from there.
    """
    if _same(path, source) and not overwrite:
        raise InputError(
            f"{path}: is the scenario itself; write to another file, or say --overwrite"
        )
    if path.is_dir():
        raise InputError(f"{path}: is a folder; name a file, as in {path / 'fitted.toml'}")
    if not path.parent.is_dir():
        raise InputError(f"{path}: cannot be written: there is no folder {path.parent}")
    if not os.access(path.parent, os.W_OK):
        raise InputError(f"{path}: cannot be written: the folder {path.parent} is read-only")
    made = Draft(path, source, _read(source), changes)
    text = made.rendered({}, load(source).benchmarks.fitted)
    if path.is_file() and not overwrite and not _is_fit(path, text):
        raise InputError(
            f"{path}: is there already and is no fit of this scenario; write to another file, or "
            "say --overwrite"
        )
    named = tomllib.loads(text.lstrip("\ufeff")).get("benchmarks", {}).get("files", ())
    missing = [name for name in named if not (path.parent / name).exists()]
    if missing:
        raise InputError(
            f"{path}: the scenario names {missing[0]}, which is not beside it; write the fitted "
            f"scenario to {source.parent}"
        )
    return made


def with_values(text: str, values: Mapping[str, Any], file: str = "") -> str:
    """Return a TOML text with values set at dotted paths; all other lines stay as they are.

    Parameters
    ----------
    text
        The text.
    values
        Values by dotted path; numbers in a path count the items of an array, from 0. Arrays that
        only become longer keep their layout.
    file
        Its name, for messages.

    Raises
    ------
    InputError
        If a value cannot be put there.
    """
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    body = text.removeprefix(mark)
    windows = "\r\n" in body and body.count("\r\n") == body.count("\n")
    document = tomlkit.parse(body.replace("\r\n", "\n") if windows else body)
    for path, value in values.items():
        _set(document, path.split("."), value)
    result = tomlkit.dumps(document)
    result = result.replace("\n", "\r\n") if windows else result
    wanted = changed(tomllib.loads(body), values, file)
    try:
        said = tomllib.loads(result)
    except ValueError:
        said = {}
    if said != wanted:
        keys = ", ".join(values)
        raise InputError(
            f"{file}: {keys} cannot be set without changing other lines; give them values there "
            "first, each in a line of its own"
        )
    return mark + result


def _read(path: Path) -> str:
    """Return a text with its line ends as they are."""
    return path.read_bytes().decode("utf-8")


def _is_fit(path: Path, text: str) -> bool:
    """Return whether a file is empty, or a fitted scenario of the same name as that of a text."""
    try:
        there = _read(path).lstrip("\ufeff")
        said, ours = tomllib.loads(there), tomllib.loads(text.lstrip("\ufeff"))
        is_fit = bool(said["benchmarks"]["fitted"]) and said.get("name") == ours.get("name")
    except (OSError, ValueError, LookupError, TypeError):
        return not path.stat().st_size
    return is_fit or not there


def _same(path: Path, other: Path) -> bool:
    return path.exists() and path.samefile(other)


def _set(document: Any, path: list[str], value: Any) -> None:
    """Set a value at a path of tables and arrays that tomlkit has read."""
    node = home = document
    begin = 0  # of the path below the table that has a heading, or braces, of its own
    for depth, part in enumerate(path):
        if not isinstance(node, list) and part not in node:
            _add(home, path[begin:], value)
            return
        index: Any = int(part) if isinstance(node, list) else part
        if depth < len(path) - 1:
            if not _is_dotted(node, part):
                home, begin = node[index], depth + 1
            node = node[index]
        elif isinstance(node[index], Array) and _continues(value, node[index].unwrap()):
            node[index].extend(value[len(node[index]) :])
        elif node[index] != value:
            node[index] = _item(value)


def _is_dotted(node: Any, part: str) -> bool:
    """Return whether a key of a table is written as in `part.of = 1`."""
    return any(key and key.key == part and key.is_dotted() for key, _ in _body(node))


def _body(node: Any) -> list[Any]:
    """Return the lines of a table with a heading, or of a document; none of anything else."""
    container = node if isinstance(node, TOMLDocument) else getattr(node, "value", None)
    return list(getattr(container, "body", ()))


def _continues(value: Any, before: list[Any]) -> bool:
    return isinstance(value, list) and value[: len(before)] == before


def _add(node: Any, path: list[str], value: Any) -> None:
    """Add a key to a table, after the last one there and ahead of the comments that follow it."""
    at_the_end = isinstance(node, TOMLDocument) and path[0] not in node
    last = None if at_the_end or isinstance(node, InlineTable) else _last_line(node)
    if last is not None:
        key = ".".join(tomlkit.key(part).as_string() for part in path)
        end = "" if last.trivia.trail.endswith("\n") else "\n"
        last.trivia.trail += f"{end}{last.trivia.indent}{key} = {_item(value).as_string()}\n"
        return
    for part in reversed(path[1:]):
        value = {part: value}
    if isinstance(node, TOMLDocument) and isinstance(value, dict):
        table = tomlkit.table()
        for key, inner in value.items():
            table.append(key, _item(inner))
        node.add(tomlkit.nl())
        node.append(path[0], table)
        return
    item = _item(value)
    if isinstance(node, InlineTable) and node.as_string().endswith(" }"):
        item.trivia.trail = " "
    node[path[0]] = item


def _last_line(table: Any) -> Item | None:
    """Return the last value that stands under a table's own heading; None if there is none."""
    for key, item in reversed(_body(table)):
        if key is None:
            continue
        if isinstance(item, Table) and key.is_dotted():
            return _last_line(item)
        if isinstance(item, Item) and not isinstance(item, Table | AoT):
            return item
    return None


def _item(value: Any) -> Item:
    """Return a value as it stands in one line, or, an array of more than two texts, in several."""
    if isinstance(value, dict):
        table = tomlkit.inline_table()
        for key, inner in value.items():
            table.append(key, _item(inner))
        return table
    item: Item = tomlkit.item(value)
    if isinstance(item, Array) and len(value) > 2 and all(isinstance(one, str) for one in value):
        item.multiline(True)
    return item
