"""A run as a folder of files, written whole or not at all."""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
import signal
import tempfile
import threading
from contextlib import contextmanager, suppress
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from supportsim.errors import InputError
from supportsim.report.documents import engine, run_document, to_json, version
from supportsim.report.grouping import teams_that_change
from supportsim.scenario import fingerprint
from supportsim.studies import Run, simulate_once

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes

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


def write_run(run: Run, folder: Path | str) -> None:
    """Write a run's verdicts, measures, tickets, staff and plots to a folder, with a manifest.

    The files are made in a temporary directory on the same file system and moved into place when
    all of them are there: after a failure or an interruption the folder is as it was. Files that an
    earlier run wrote and this one does not have, such as the plots of a channel that is gone, are
    removed if nobody has changed them since; all others are left alone. The same run gives the
    same bytes.

    Parameters
    ----------
    run
        The run.
    folder
        Where to write; made if it does not exist.

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
                names = _write_all(run, new)
                _swap(folder, new, old, names, _outdated(folder, names))
        except BaseException:
            _remove(missing)
            raise


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


def _write_all(run: Run, folder: Path) -> list[str]:
    """Write all files of a run to an empty folder and return their names, the manifest last."""
    from supportsim.report.frames import measures_frame, staff_frame, tickets_frame, write_csv

    (folder / "verdicts.json").write_text(
        to_json(run_document(run)), encoding="utf-8", newline="\n"
    )
    write_csv(measures_frame(run), folder / "measures.csv", index=True)
    tickets = tickets_frame(simulate_once(run.scenario, 0), run.scenario)
    write_csv(tickets, folder / "tickets.csv", index=False)
    if teams_that_change(run.scenario):
        write_csv(staff_frame(run), folder / "staff.csv", index=False)
    for stem, ax in _plots(run):
        figure = ax.get_figure(root=True)
        assert figure is not None
        # Without the metadata the bytes do not depend on matplotlib's version string.
        figure.savefig(folder / f"{stem}.png", dpi=150, metadata={"Software": None})
    names = sorted(path.name for path in folder.iterdir())
    manifest = to_json(_manifest(run, folder, names))
    (folder / MANIFEST).write_text(manifest, encoding="utf-8", newline="\n")
    return [*names, MANIFEST]


def _plots(run: Run) -> Iterator[tuple[str, Axes]]:
    """Yield each plot of a run, with the name of its file."""
    from supportsim.report.plots import plot_backlog, plot_first_response, plot_staff

    for channel in run.scenario.channels:
        if not run.estimates[f"{channel}.arrivals_per_day"].mean:
            continue  # a channel that only others escalate to has no tickets of its own
        yield f"first_response_{channel}", plot_first_response(run, channel)
        yield f"backlog_{channel}", plot_backlog(run, channel)
    for team in teams_that_change(run.scenario):
        yield f"staff_{team}", plot_staff(run, team)


def _manifest(run: Run, folder: Path, names: list[str]) -> dict[str, Any]:
    """Return what is needed to make the files again, and their hashes; nothing that changes."""
    return {
        "version": version(),
        "engine": engine(),
        "python": platform.python_version(),
        **{name: metadata.version(name) for name in ("numpy", "scipy", "simpy")},
        "seed": run.scenario.run.seed,
        "replications": len(run.replications),
        "fingerprint": fingerprint(run.scenario),
        "scenario": run.scenario.model_dump(mode="json", by_alias=True, exclude_unset=True),
        "files": {name: _digest(folder / name) for name in names},
    }


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
