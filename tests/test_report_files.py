"""Results on disk: all of them or none, and the same bytes every time."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from matplotlib.figure import Figure as Canvas

from larger_runs import changing_run
from made_runs import made_comparison
from small_runs import small_run, two_channel_run
from supportsim import __version__
from supportsim.errors import InputError
from supportsim.files import TABLES, check_writable, to_json
from supportsim.report import run_document
from supportsim.report.comparing.files import write_comparison
from supportsim.report.files import write_run
from supportsim.scenario import fingerprint
from supportsim.scenario.loading import validate
from supportsim.studies import run

if TYPE_CHECKING:
    from collections.abc import Callable

PLOTS_OF_CHANNELS = ("first_response", "wait", "backlog", "arrivals")
NAMES = {
    *("verdicts.json", "measures.csv", "tickets.csv", "manifest.json"),
    *("verdicts.png", "costs.png", "unit_costs.png", "occupancy_desk.png", "duty_desk.png"),
    *(f"{plot}_portal.png" for plot in PLOTS_OF_CHANNELS),
}


def contents(folder: Path) -> dict[str, bytes | None]:
    """Return everything below a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def test_writes_every_file_and_a_true_manifest(tmp_path: Path) -> None:
    result = small_run()
    folder = tmp_path / "missing" / "results"
    write_run(result, folder)
    assert {path.name for path in folder.iterdir()} == NAMES
    assert (folder / "verdicts.json").read_text("utf-8") == to_json(run_document(result))
    tickets = pd.read_csv(folder / "tickets.csv")
    assert tickets["in_window"].sum() == result.replications[0].tickets
    assert list(pd.read_csv(folder / "measures.csv")["id"]) == list(result.estimates)

    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert set(manifest["files"]) == NAMES - {"manifest.json"}
    for name, digest in manifest["files"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    assert manifest["version"] == __version__
    assert {"python", "numpy", "scipy", "simpy", "engine"} <= set(manifest)
    assert (manifest["seed"], manifest["replications"]) == (3, 2)
    assert manifest["fingerprint"] == fingerprint(result.scenario)


def test_the_manifest_is_enough_to_run_it_again(tmp_path: Path) -> None:
    write_run(small_run(), tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_text("utf-8"))
    again = validate(manifest["scenario"])
    assert fingerprint(again) == manifest["fingerprint"]
    assert run(again, workers=1).estimates == small_run().estimates


def test_the_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    again = run(small_run().scenario, workers=1)
    write_run(small_run(), tmp_path / "one")
    write_run(again, tmp_path / "two")
    write_run(again, tmp_path / "two")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_plots_of_every_channel_and_foreign_files_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "verdicts.json").write_text("old")
    write_run(two_channel_run(), tmp_path)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == NAMES | {"notes.txt", *(f"{plot}_phone.png" for plot in PLOTS_OF_CHANNELS)}
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert (tmp_path / "verdicts.json").read_text("utf-8") != "old"


def test_a_team_that_people_leave_has_a_plot_and_a_table(tmp_path: Path) -> None:
    write_run(changing_run(), tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == NAMES | {"staff.csv", "staff_desk.png"}
    staff = pd.read_csv(tmp_path / "staff.csv", parse_dates=["day"])
    assert list(staff.columns) == ["day", "team", "measure", "mean", "low", "high"]
    assert len(staff) == 3 * 42
    assert (tmp_path / "staff.csv").read_text("utf-8").splitlines()[1].startswith("2026-01-05,desk")


def test_files_of_a_channel_that_is_gone_are_removed_if_nobody_changed_them(
    tmp_path: Path,
) -> None:
    write_run(two_channel_run(), tmp_path)
    mine = tmp_path / "backlog_phone.png"
    mine.write_bytes(mine.read_bytes() + b"my notes")
    (tmp_path / "backlog_chat.png").write_bytes(b"not of any run")
    write_run(small_run(), tmp_path)
    left = {path.name for path in tmp_path.iterdir()}
    assert left == NAMES | {"backlog_phone.png", "backlog_chat.png"}
    assert mine.read_bytes().endswith(b"my notes")


@pytest.mark.parametrize(
    "manifest",
    [
        "",
        "[]",
        '{"files": []}',
        '{"files": {"notes.txt": "wrong", "../secret.txt": "DIGEST", "folder": "DIGEST"}}',
        '{"files": {"notes.txt": 7, "/secret.txt": null, "": "", ".": "", "..": ""}}',
    ],
)
def test_a_manifest_that_is_not_ours_removes_nothing(tmp_path: Path, manifest: str) -> None:
    folder = tmp_path / "results"
    (folder / "folder").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "notes.txt").write_text("mine")
    digest = hashlib.sha256(b"secret").hexdigest()
    (folder / "manifest.json").write_text(manifest.replace("DIGEST", digest))
    write_run(small_run(), folder)
    assert {path.name for path in folder.iterdir()} == NAMES | {"notes.txt", "folder"}
    assert (tmp_path / "secret.txt").read_text() == "secret"


@pytest.mark.parametrize("error", [OSError("lost the disk"), KeyboardInterrupt()])
def test_a_failure_while_removing_puts_everything_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    write_run(two_channel_run(), tmp_path)
    before = contents(tmp_path)
    unlink, calls = Path.unlink, []

    def broken(path: Path, *arguments: Any) -> None:
        calls.append(path)
        if len(calls) == 2:
            raise error
        unlink(path, *arguments)

    monkeypatch.setattr(Path, "unlink", broken)
    with pytest.raises((InputError, KeyboardInterrupt)):
        write_run(small_run(), tmp_path)
    assert len(calls) == 2
    assert contents(tmp_path) == before


def failing(error: BaseException, after: int) -> Callable[..., Any]:
    """Return a method that works a few times and then fails."""
    calls = []
    savefig = Canvas.savefig

    def method(self: Canvas, *args: Any, **options: Any) -> Any:
        calls.append(1)
        if len(calls) > after:
            raise error
        return savefig(self, *args, **options)

    return method


@pytest.mark.parametrize(
    "error", [RuntimeError("no ink"), KeyboardInterrupt(), OSError("disk full")]
)
def test_a_failure_while_writing_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    folder = tmp_path / "results"
    write_run(small_run(), folder)
    (folder / "notes.txt").write_text("mine")
    before = contents(tmp_path)
    monkeypatch.setattr(Canvas, "savefig", failing(error, after=1))
    expected = InputError if isinstance(error, OSError) else type(error)
    with pytest.raises(expected):
        write_run(two_channel_run(), folder)
    assert contents(tmp_path) == before
    with pytest.raises(expected):
        write_run(two_channel_run(), tmp_path / "new" / "results")
    assert contents(tmp_path) == before


@pytest.mark.parametrize("error", [OSError("lost the disk"), KeyboardInterrupt()])
def test_a_failure_between_two_renames_puts_everything_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    write_run(small_run(), tmp_path)
    (tmp_path / "tickets.csv").unlink()
    before = contents(tmp_path)
    replace, calls = os.replace, []

    def broken(source: Any, target: Any) -> None:
        calls.append(target)
        if len(calls) == 5:
            raise error
        replace(source, target)

    monkeypatch.setattr(os, "replace", broken)
    with pytest.raises((InputError, KeyboardInterrupt)):
        write_run(two_channel_run(), tmp_path)
    assert len(calls) >= 5
    assert contents(tmp_path) == before


def test_ctrl_c_waits_for_the_renames(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_run(small_run(), tmp_path / "expected")
    replace = os.replace

    def interrupted(source: Any, target: Any) -> None:
        signal.raise_signal(signal.SIGINT)
        replace(source, target)

    monkeypatch.setattr(os, "replace", interrupted)
    handler = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        write_run(small_run(), tmp_path / "results")
    assert signal.getsignal(signal.SIGINT) is handler
    assert contents(tmp_path / "results") == contents(tmp_path / "expected")


def test_another_thread_can_write(tmp_path: Path) -> None:
    small_run()
    thread = threading.Thread(target=write_run, args=(small_run(), tmp_path))
    thread.start()
    thread.join()
    assert {path.name for path in tmp_path.iterdir()} == NAMES


def test_a_folder_in_the_place_of_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "measures.csv").mkdir()
    before = contents(tmp_path)
    with pytest.raises(InputError, match=r"measures\.csv is a folder"):
        write_run(small_run(), tmp_path)
    assert contents(tmp_path) == before


def test_check_writable_leaves_nothing_behind(tmp_path: Path) -> None:
    check_writable(tmp_path / "a" / "b" / "c")
    check_writable(str(tmp_path))
    assert contents(tmp_path) == {}
    (tmp_path / "kept").mkdir()
    check_writable(tmp_path / "kept")
    check_writable(tmp_path / "kept" / "new")
    assert contents(tmp_path) == {"kept": None}


def test_check_writable_says_what_is_in_the_way(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    for folder in (file, file / "below", file / "far" / "below"):
        with pytest.raises(InputError, match=r"results cannot be written there.*file is a file"):
            check_writable(folder)
        with pytest.raises(InputError, match=r"results cannot be written there.*file is a file"):
            write_run(small_run(), folder)
    assert contents(tmp_path) == {"file": b"mine"}


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a folder that nobody can write")
def test_check_writable_refuses_where_writing_is_not_permitted() -> None:
    for folder in ("/proc", "/proc/results"):
        with pytest.raises(InputError, match=f"{folder}: results cannot be written there: "):
            check_writable(folder)


class TestFilesOfOthers:
    """A table that no earlier study has written is never replaced."""

    def test_it_is_told_of_before_anything_is_simulated(self, tmp_path: Path) -> None:
        (tmp_path / "tickets.csv").write_text("years of work")
        (tmp_path / "notes.txt").write_text("mine")
        before = contents(tmp_path)
        with pytest.raises(
            InputError, match=r"tickets\.csv: is there already and is of no earlier"
        ):
            check_writable(tmp_path, "run")
        check_writable(tmp_path, "plan")
        assert contents(tmp_path) == before

    @pytest.mark.parametrize("name", ["tickets.csv", "measures.csv"])
    def test_nor_when_it_appears_meanwhile(self, tmp_path: Path, name: str) -> None:
        (tmp_path / name).write_text("{}")
        before = contents(tmp_path)
        with pytest.raises(InputError, match=f"{name}: is there already"):
            write_run(small_run(), tmp_path)
        assert contents(tmp_path) == before

    def test_the_same_bytes_are_nobody_elses(self, tmp_path: Path) -> None:
        write_run(small_run(), tmp_path)
        before = contents(tmp_path)
        (tmp_path / "manifest.json").unlink()  # as after a process that was killed
        write_run(small_run(), tmp_path)
        assert contents(tmp_path) == before

    @pytest.mark.parametrize(
        ("study", "write"),
        [
            ("run", lambda folder: write_run(small_run(), folder)),
            ("compare", lambda folder: write_comparison(made_comparison(), folder)),
        ],
    )
    def test_every_table_of_a_study_is_known(
        self, study: str, write: Callable[[Path], None], tmp_path: Path
    ) -> None:
        write(tmp_path)
        written = {path.name for path in tmp_path.glob("*.csv")}
        assert written | {"staff.csv"} == {*TABLES[study], "staff.csv"}
