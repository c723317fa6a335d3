"""A folder in which a sweep keeps each finished point, so that it can be stopped and go on.

`study.json` says what the sweep is, and `points/00007.json` what came out at a point. Each file is
written whole, so that whatever ends the process leaves only finished points behind.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from supportsim.errors import InputError
from supportsim.files import (
    MANIFEST,
    STUDY,
    TEMPORARY,
    check_writable,
    remove_listed,
    to_json,
    write_whole,
)
from supportsim.studies.sweeping.sweep import Outcome, Result

POINTS = "points"
MOST_TOLD = 3
"""Differences between two sweeps that a message tells."""


class Store:
    """The finished points of one sweep in a folder; see `open_store`.

    Parameters
    ----------
    folder
        Where `study.json` is.
    digest
        What its points carry, so that those of another sweep are told from them.
    """

    def __init__(self, folder: Path, digest: str) -> None:
        self.folder, self._digest = folder, digest

    def load(self, number: int) -> Outcome | None:
        """Return what came out at a point; None if it is not there, or not as it was written."""
        document = _read(self._path(number))
        body: Any = document.get("point")
        if document.get("sha256") != self._seal(number, body):
            return None
        results = {
            name: Result(
                *(_number(mean), _number(low), _number(high)),
                replications,
                tuple(map(_number, influences)),
            )
            for name, (mean, low, high, replications, influences) in body["results"].items()
        }
        return Outcome(results, body["verdicts"], warnings=tuple(body.get("warnings", ())))

    def keep(self, number: int, outcome: Outcome) -> None:
        """Write what came out at a point.

        Raises
        ------
        InputError
            If it cannot be written.
        """
        results = {
            name: [
                *(_plain(one.mean), _plain(one.low), _plain(one.high)),
                one.replications,
                [_plain(influence) for influence in one.influences],
            ]
            for name, one in outcome.results.items()
        }
        body = {
            "results": results,
            "verdicts": dict(outcome.verdicts),
            "warnings": list(outcome.warnings),
        }
        document = {"sha256": self._seal(number, body), "point": body}
        write_whole(self._path(number), json.dumps(document, allow_nan=False) + "\n")

    def _path(self, number: int) -> Path:
        return self.folder / POINTS / f"{number:05d}.json"

    def _seal(self, number: int, body: Any) -> str:
        return _sha256(f"{self._digest}/{number}/{json.dumps(body)}")


@contextmanager
def open_store(folder: Path, about: Mapping[str, Any], *, fresh: bool = False) -> Iterator[Store]:
    """Open the folder of a sweep for as long as it lasts, and keep other sweeps out of it.

    What a sweep that was killed has left half-written is removed.

    Parameters
    ----------
    folder
        Where to keep the points; made if it does not exist.
    about
        What the sweep is: everything that its results depend on, as JSON can hold it.
    fresh
        Whether to remove what another sweep has written there, as far as nobody changed it.

    Raises
    ------
    InputError
        If the folder holds something else, is in use, or cannot be written.
    """
    check_writable(folder)
    text = to_json(about)
    with _locked(folder):
        try:
            _tidy(folder)
            if fresh:
                _clear(folder)
                check_writable(folder, "sweep")  # files that somebody has changed are still there
            _check_same(folder, json.loads(text))
            (folder / POINTS).mkdir(exist_ok=True)
            if not (folder / STUDY).exists():
                write_whole(folder / STUDY, text)
        except OSError as error:
            raise InputError(f"{folder}: cannot be used: {error.strerror or error}") from error
        yield Store(folder, _sha256(json.dumps(about, sort_keys=True)))


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Make a folder and lock it; the lock goes with the process, however that ends."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        import fcntl

        handle = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):
        yield  # a system that cannot lock folders
        return
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(
                f"{folder}: another sweep is writing there; let it end first"
            ) from None
        except OSError:
            pass  # a file system without locks
        yield
    finally:
        os.close(handle)


def _check_same(folder: Path, about: Mapping[str, Any]) -> None:
    """Make sure that a folder holds no study, or this one."""
    remedy = "give another folder, or start anew there with --fresh, in Python fresh=True"
    if not (folder / STUDY).exists():
        if (folder / MANIFEST).exists():
            raise InputError(f"{folder}: holds the results of another study; {remedy}")
        return
    there = _read(folder / STUDY)
    if "sweep" not in there:
        raise InputError(f"{folder / STUDY}: is not that of a sweep; {remedy}")
    if there != about:
        told = list(_differences(there, about))
        told = [one for one in told if not one.startswith("fingerprint ")] or told
        more = f" and {len(told) - MOST_TOLD} more" if len(told) > MOST_TOLD else ""
        raise InputError(
            f"{folder}: holds another sweep: {', '.join(told[:MOST_TOLD])}{more}; {remedy}"
        )


def _differences(there: Any, here: Any, key: str = "") -> Iterator[str]:
    """Yield what differs between two documents, the first of them the one that was found."""
    if isinstance(there, dict) and isinstance(here, dict):
        for name in dict.fromkeys([*here, *there]):
            below = f"{key}.{name}" if key else name
            yield from _differences(there.get(name), here.get(name), below)
    elif there != here:
        yield f"{key} is {_short(there)} there and {_short(here)} here"


def _short(value: Any) -> str:
    text = "not set" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else f"{text[:37]}..."


def _tidy(folder: Path) -> None:
    """Remove what was being written when a sweep was killed."""
    for path in [*folder.glob(f".{STUDY}-*"), *folder.glob(f"{POINTS}/.[0-9]*.json-*")]:
        path.unlink()
    for path in folder.glob(f"{TEMPORARY}*"):
        shutil.rmtree(path)


def _clear(folder: Path) -> None:
    """Remove the files that a sweep has written to a folder, and no others."""
    remove_listed(folder)
    for path in folder.glob(f"{POINTS}/[0-9]*.json"):
        if {"sha256", "point"} == set(_read(path)):
            path.unlink()
    if "sweep" in _read(folder / STUDY):
        (folder / STUDY).unlink()


def _read(path: Path) -> dict[str, Any]:
    """Return a document; an empty one if there is none."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(number: float) -> float | str | None:
    """Return a number as JSON can hold it: null for NaN, a text for infinity."""
    return number if math.isfinite(number) else None if math.isnan(number) else str(number)


def _number(plain: float | str | None) -> float:
    return math.nan if plain is None else float(plain)
