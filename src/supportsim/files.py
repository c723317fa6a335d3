"""Folders of results and single files, written whole or not at all."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import signal
import tempfile
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from supportsim.errors import InputError

_LOG = logging.getLogger(__name__)

MANIFEST = "manifest.json"
STUDY = "study.json"
"""What a sweep keeps from its beginning; the manifest of any study comes at its end."""

TEMPORARY = ".supportsim-"
"""What the names of temporary directories in a folder begin with."""

TABLES = {
    "run": ("measures.csv", "tickets.csv", "staff.csv"),
    "compare": ("comparison.csv", "verdicts.csv"),
    "sweep": ("sweep.csv", "sensitivity.csv"),
    "plan": ("staffing.csv", "targets.csv", "neighbours.csv"),
    "calibrate": ("parameters.csv", "figures.csv"),
    "verify": ("verification.csv",),
}
"""The tables of each study; in a folder that holds data, one of that name may be somebody's own."""

_HEAD = 4096
"""Bytes of a file by which it is told what it is."""


def path_of(path: Any, name: str) -> Path:
    """Return an argument as a path.

    Parameters
    ----------
    path
        What was given.
    name
        What the argument is called.

    Raises
    ------
    InputError
        If it is something else than a path, as only Python can give.
    """
    if not isinstance(path, str | os.PathLike):
        raise InputError(f"{name}: give the path of a file or folder, not {path!r}")
    return Path(path)


def check_writable(folder: Path | str, study: str = "") -> None:
    """Make sure that results can be written to a folder, and leave no trace of the attempt.

    Parameters
    ----------
    folder
        The folder; it need not exist.
    study
        The study whose results they are. Those of another one are not replaced.

    Raises
    ------
    InputError
        If something that is not a folder is in the way, writing is not permitted, or the folder
        holds the results of another study or somebody else's table where one has to go.
    """
    folder = path_of(folder, "folder")
    other = _study_in(folder)
    if study and other not in ("", study):
        raise InputError(f"{folder}: holds the results of {other}; give another folder")
    _check_own(folder, TABLES.get(study, ()))
    with _reporting(folder):
        missing = _make(folder)
        try:
            with tempfile.TemporaryDirectory(dir=folder, prefix=TEMPORARY):
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
    all others are left alone, and a table that no earlier manifest names is not replaced.

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
        If the folder cannot be written, or somebody else's table is where one has to go.
    """
    folder = Path(folder)
    with _reporting(folder):
        missing = _make(folder)
        try:
            with tempfile.TemporaryDirectory(dir=folder, prefix=TEMPORARY) as name:
                new, old = Path(name) / "new", Path(name) / "old"
                new.mkdir()
                old.mkdir()
                write(new)
                names = sorted(path.name for path in new.iterdir())
                digests = {name: _digest(new / name) for name in names}
                (new / MANIFEST).write_text(
                    to_json({**about, "files": digests}), encoding="utf-8", newline="\n"
                )
                _check_own(folder, [name for name in names if name.endswith(".csv")], new)
                names.append(MANIFEST)
                _swap(folder, new, old, names, _outdated(folder, names))
                _LOG.info("wrote %s: %s", folder, ", ".join(names))
        except BaseException:
            _remove(missing)
            raise


def remove_listed(folder: Path) -> None:
    """Remove the files that a folder's manifest names, if nobody has changed them, and itself."""
    if _listed(folder):
        for name in [*_outdated(folder, []), MANIFEST]:
            (folder / name).unlink()


def check_file_writable(
    path: Path,
    *sources: Path,
    is_one: Callable[[bytes], bool],
    kind: str,
    overwrite: bool = False,
) -> None:
    """Make sure that a file can be written, before anything is simulated for it.

    Parameters
    ----------
    path
        The file; an earlier one of the same kind is replaced.
    sources
        Files that the results are made from, which may not be replaced.
    is_one, kind
        See `_check_replaceable`.
    overwrite
        Whether a file of any kind is replaced, unless it is a source.

    Raises
    ------
    InputError
        If it is a folder, a source or of another kind, or in a folder that does not exist or is
        read-only.
    """
    if path.is_dir():
        raise InputError(f"{path}: is a folder; name a file in it")
    if not path.parent.is_dir():
        raise InputError(f"{path}: cannot be written: there is no folder {path.parent}")
    # A file is replaced, which takes a right to its folder; what is no file is written to.
    place = path if path.exists() and not path.is_file() else path.parent
    if not os.access(place, os.W_OK):
        raise InputError(f"{path}: cannot be written: permission denied")
    if path.exists() and any(source.exists() and path.samefile(source) for source in sources):
        raise InputError(f"{path}: is what the results are made from; name another file")
    if not overwrite:
        _check_replaceable(path, is_one, kind)


def _check_replaceable(path: Path, is_one: Callable[[bytes], bool], kind: str) -> None:
    """Make sure that a file that exists and is to be replaced is empty, or an earlier one.

    Parameters
    ----------
    path
        The file; what is no regular file, such as a pipe, is written to and never replaced.
    is_one
        Whether a file that begins so, unpacked, is of the kind to be written.
    kind
        The kind, as in ``report``.

    Raises
    ------
    InputError
        If it is of another kind, or cannot be read to tell.
    """
    if not path.is_file():
        return
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error
    if head.startswith(b"\x1f\x8b"):  # packed by gzip
        with suppress(zlib.error):
            head = zlib.decompressobj(31).decompress(head, _HEAD)
    if head and not is_one(head):
        raise InputError(
            f"{path}: is there already and is no {kind}; name another file, or remove it"
        )


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file that appears whole, and on the disk, or not at all.

    What is there and no regular file, such as a pipe, is written to as it is.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as file:
                yield file
            return
        # Not a file of `tempfile`, which nobody else may read.
        temporary = path.with_name(f".{path.name}-{os.getpid()}")
        try:
            with temporary.open("wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
            _LOG.info("wrote %s", path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from error


def write_whole(path: Path, text: str) -> None:
    """Write a text file whole, and on the disk, or not at all.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    with whole_file(path) as file:
        file.write(text.encode())


def to_json(document: Mapping[str, Any]) -> str:
    """Return a document as JSON text that is the same for the same document.

    Raises
    ------
    ValueError
        If it holds a number that JSON does not know: NaN or infinity.
    """
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _study_in(folder: Path) -> str:
    """Return the study whose results a folder holds; empty if that is not known."""
    if (folder / STUDY).exists():
        return "sweep"
    try:
        return str(json.loads((folder / MANIFEST).read_text(encoding="utf-8")).get("study", ""))
    except (OSError, ValueError, AttributeError):
        return ""  # no manifest, or none of ours


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
    return [
        name
        for name, digest in _listed(folder).items()
        if name not in names
        and Path(name).name == name
        and (folder / name).is_file()
        and not (folder / name).is_symlink()
        and _digest(folder / name) == digest
    ]


def _listed(folder: Path) -> dict[str, Any]:
    """Return the files that a manifest names, with their digests; none if it is not one of ours."""
    try:
        return dict(json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"].items())
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return {}


def _check_own(folder: Path, tables: Iterable[str], new: Path | None = None) -> None:
    """Make sure that no table is replaced but an earlier study's, or one that is the same as new.

    Raises
    ------
    InputError
        If one would be.
    """
    listed = _listed(folder)
    for name in tables:
        path = folder / name
        if name in listed or not path.is_file():
            continue
        if new is None or _digest(path) != _digest(new / name):
            raise InputError(
                f"{path}: is there already and is of no earlier study; give another folder, or "
                "move the file"
            )


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
