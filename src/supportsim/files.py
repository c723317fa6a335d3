"""Folders of results and single files, written whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from supportsim.errors import InputError

MANIFEST = "manifest.json"


def check_writable(folder: Path | str) -> None:
    """Make sure that results can be written to a folder, and leave no trace of the attempt.

    Raises
    ------
    InputError
        If something that is not a folder is in the way, or writing is not permitted.
    """
    folder = Path(folder)
    with _reporting(folder):
        missing = _make(folder)
        try:
            with tempfile.TemporaryDirectory(dir=folder):
                pass
        finally:
            _remove(missing)


def write_together(
    folder: Path | str, write: Callable[[Path], None], about: Mapping[str, Any]
) -> None:
    """Write several files to a folder, with a manifest: all of them or none.

    The files are made in a temporary directory on the same file system and moved into place when
    all of them are there: after a failure or an interruption the folder is as it was. Files that
    an earlier manifest names and this one does not are removed if nobody has changed them since;
    all others are left alone.

    Parameters
    ----------
    folder
        Where to write; made if it does not exist.
    write
        Writes the files into the empty directory that it is given.
    about
        What the manifest says beside the names and hashes of the files.

    Raises
    ------
    InputError
        If the folder cannot be written.
    """
    folder = Path(folder)
    with _reporting(folder):
        missing = _make(folder)
        try:
            with tempfile.TemporaryDirectory(dir=folder, prefix=".supportsim-") as name:
                new, old = Path(name) / "new", Path(name) / "old"
                new.mkdir()
                old.mkdir()
                write(new)
                names = sorted(path.name for path in new.iterdir())
                digests = {name: _digest(new / name) for name in names}
                (new / MANIFEST).write_text(
                    to_json({**about, "files": digests}), encoding="utf-8", newline="\n"
                )
                names.append(MANIFEST)
                _swap(folder, new, old, names, _outdated(folder, names))
        except BaseException:
            _remove(missing)
            raise


def write_whole(path: Path, text: str) -> None:
    """Write a text file whole, and on the disk, or not at all.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from error


def to_json(document: Mapping[str, Any]) -> str:
    """Return a document as JSON text that is the same for the same document.

    Raises
    ------
    ValueError
        If it holds a number that JSON does not know: NaN or infinity.
    """
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _make(folder: Path) -> list[Path]:
    """Make a folder and its parents, and return those that were missing, the innermost first."""
    missing = []
    for path in (folder, *folder.parents):
        if path.is_dir():
            break
        missing.append(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except BaseException:
        _remove(missing)
        raise
    return missing


def _remove(folders: list[Path]) -> None:
    """Remove folders that are empty."""
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()


@contextmanager
def _reporting(folder: Path) -> Iterator[None]:
    """Say which folder it was that could not be written."""
    try:
        yield
    except OSError as error:
        in_the_way = next((p for p in (folder, *folder.parents) if p.exists()), None)
        if in_the_way is not None and not in_the_way.is_dir():
            reason = f"{in_the_way} is a file, not a folder"
        else:
            reason = error.strerror or str(error)
        raise InputError(f"{folder}: results cannot be written there: {reason}") from error


def _outdated(folder: Path, names: list[str]) -> list[str]:
    """Return the files of an earlier run that are not among `names` and are as it wrote them."""
    try:
        written = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"].items()
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return []  # no manifest, or none of ours
    return [
        name
        for name, digest in written
        if name not in names
        and Path(name).name == name
        and (folder / name).is_file()
        and not (folder / name).is_symlink()
        and _digest(folder / name) == digest
    ]


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _swap(folder: Path, new: Path, old: Path, names: list[str], outdated: list[str]) -> None:
    """Move files into place one by one and remove the outdated ones; if one cannot be, undo all."""
    for name in outdated:
        shutil.copy2(folder / name, old / name)
    for name in names:
        if (folder / name).is_dir():
            raise IsADirectoryError(0, f"{folder / name} is a folder")
        if (folder / name).exists():
            shutil.copy2(folder / name, old / name)
    with _uninterrupted():
        done: list[str] = []
        try:
            for name in names:
                (new / name).replace(folder / name)
                done.append(name)
            for name in outdated:
                (folder / name).unlink()
                done.append(name)
        except BaseException:
            for name in done:
                if (old / name).exists():
                    (old / name).replace(folder / name)
                else:
                    (folder / name).unlink()
            raise


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Hold back Ctrl-C until the end; only the main thread gets it, and can."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    held: list[int] = []
    previous = signal.signal(signal.SIGINT, lambda number, _frame: held.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL if previous is None else previous)
        if held:
            signal.raise_signal(held[0])
