"""Sweeps that are stopped in every way, and go on where they were."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from small_runs import document
from supportsim import files
from supportsim.errors import InputError
from supportsim.report import write_sweep
from supportsim.scenario.loading import validate
from supportsim.studies.sweeping import SweepSettings, store, study, sweep
from supportsim.studies.sweeping import sweep as sweep_study

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from supportsim.scenario import Scenario
    from supportsim.studies.sweeping import Sweep

AGENTS, PER_DAY = "teams.desk.agents", "channels.portal.arrivals.per_day"
MEASURES = ("portal.backlog_open", "portal.response_rate")


@cache
def tiny_scenario() -> Scenario:
    """Return a desk that is simulated in a few milliseconds."""
    run = {"warm_up": "0d", "window": "1w", "follow_up": "0d", "replications": 2, "seed": 3}
    return validate(document(run=run))


SETTINGS = SweepSettings(vary={AGENTS: "1:3", PER_DAY: [3, 8]}, measures=MEASURES)


def tables(made: Sweep, folder: Path) -> None:
    """Write what is quick to write."""
    from supportsim.report.frames import write_csv
    from supportsim.report.sweeping.frames import sweep_frame

    files.write_together(
        folder, lambda new: write_csv(sweep_frame(made), new / "sweep.csv", index=False), {}
    )


def swept(out: Path, scenario: Scenario | None = None, **options: Any) -> Sweep:
    settings = options.pop("settings", SETTINGS)
    options = {"workers": 1, "finish": tables, **options}
    return sweep(scenario or tiny_scenario(), settings, out=out, **options)


def contents(folder: Path) -> dict[str, bytes | None]:
    """Return everything below a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes | None]:
    """Return the folder of a sweep that nothing has stopped."""
    folder = tmp_path_factory.mktemp("whole")
    swept(folder)
    return contents(folder)


@pytest.fixture
def simulated(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the numbers of the points that are simulated from now on."""
    numbers: list[int] = []
    simulate = study.simulate_point

    def counted(number: int, *rest: Any) -> Any:
        numbers.append(number)
        return simulate(number, *rest)

    monkeypatch.setattr(study, "simulate_point", counted)
    return numbers


class Stop(Exception):  # noqa: N818  # not an error
    pass


def stop_at(number: int) -> Callable[[int, int], None]:
    """Return a progress that stops when so many points are done."""

    def progress(done: int, _total: int) -> None:
        if done == number:
            raise Stop

    return progress


class TestGoesOn:
    """Only what is missing is simulated, and the bytes are those of a sweep that ran through."""

    def test_after_each_point(
        self, tmp_path: Path, whole: dict[str, bytes | None], simulated: list[int]
    ) -> None:
        for done in range(1, 6):
            with pytest.raises(Stop):
                swept(tmp_path, progress=stop_at(done))
            assert len(list((tmp_path / "points").iterdir())) == done
            assert not (tmp_path / "sweep.csv").exists()
        swept(tmp_path)
        assert simulated == list(range(6))
        assert contents(tmp_path) == whole

    def test_when_nothing_is_missing(
        self, tmp_path: Path, whole: dict[str, bytes | None], simulated: list[int]
    ) -> None:
        first = swept(tmp_path)
        again = swept(tmp_path)
        assert len(simulated) == 6
        assert repr(first.points) == repr(again.points)
        assert contents(tmp_path) == whole

    def test_with_other_workers(self, tmp_path: Path, whole: dict[str, bytes | None]) -> None:
        with pytest.raises(Stop):
            swept(tmp_path, progress=stop_at(2))
        swept(tmp_path, workers=2)
        assert contents(tmp_path) == whole

    def test_whatever_the_order_in_which_points_are_ready(
        self, tmp_path: Path, whole: dict[str, bytes | None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def backwards(function: Any, calls: Any, *_rest: Any) -> Iterator[Any]:
            yield from [function(*arguments) for arguments in calls][::-1]

        monkeypatch.setattr(study, "as_ready", backwards)
        with pytest.raises(Stop):
            swept(tmp_path, progress=stop_at(2))
        assert {path.name for path in (tmp_path / "points").iterdir()} == {
            "00004.json",
            "00005.json",
        }
        swept(tmp_path)
        assert contents(tmp_path) == whole

    def test_numbers_that_are_not_known_or_not_finite_are_kept(self, tmp_path: Path) -> None:
        nan, inf = float("nan"), float("inf")
        odd = study.Result(nan, -inf, 0.1 + 0.2, 3, (1e-320, -0.0, nan))
        with store.open_store(tmp_path, {"sweep": {}}) as kept:
            kept.keep(7, study.Outcome({"one": odd}, {"a.b": "matches"}))
            found = kept.load(7)
            assert kept.load(6) is None
        assert repr(found) == repr(study.Outcome({"one": odd}, {"a.b": "matches"}))


class TestDamage:
    """Files that are not as they were written are made again."""

    @pytest.mark.parametrize(
        "damage",
        [
            lambda text: text[: len(text) // 2],
            lambda _text: "",
            lambda _text: "null",
            lambda _text: "[1, 2]",
            lambda text: text.replace("0", "1", 1),
            lambda text: text.replace('"replications"', '"replicas"').replace("matches", "misses"),
            lambda _text: '{"sha256": "0", "point": {}}',
        ],
        ids=["torn", "empty", "null", "list", "digit", "words", "foreign"],
    )
    def test_of_a_point(
        self,
        tmp_path: Path,
        whole: dict[str, bytes | None],
        simulated: list[int],
        damage: Callable[[str], str],
    ) -> None:
        swept(tmp_path)
        path = tmp_path / "points" / "00004.json"
        text = path.read_text("utf-8")
        damaged = damage(text)
        assert damaged != text
        path.write_text(damaged, "utf-8")
        del simulated[:]
        swept(tmp_path)
        assert simulated == [4]
        assert contents(tmp_path) == whole

    def test_points_that_have_changed_places(
        self, tmp_path: Path, whole: dict[str, bytes | None], simulated: list[int]
    ) -> None:
        swept(tmp_path)
        one, other = (tmp_path / "points" / f"0000{number}.json" for number in (1, 2))
        shutil.copy(one, other)
        del simulated[:]
        swept(tmp_path)
        assert simulated == [2]
        assert contents(tmp_path) == whole

    def test_what_a_killed_sweep_was_writing_is_removed(
        self, tmp_path: Path, whole: dict[str, bytes | None]
    ) -> None:
        with pytest.raises(Stop):
            swept(tmp_path, progress=stop_at(3))
        (tmp_path / ".study.json-123").write_text("{")
        (tmp_path / "points" / ".00003.json-123").write_text('{"sha')
        (tmp_path / ".supportsim-abc" / "new").mkdir(parents=True)
        (tmp_path / ".supportsim-abc" / "new" / "sweep.csv").write_text("point")
        swept(tmp_path)
        assert contents(tmp_path) == whole

    def test_files_of_others_stay(self, tmp_path: Path, whole: dict[str, bytes | None]) -> None:
        (tmp_path / "points").mkdir()
        mine = {"notes.txt": b"mine", "points/notes.json": b"mine", "points/7.json": b"{}"}
        for name, data in mine.items():
            (tmp_path / name).write_bytes(data)
        swept(tmp_path)
        swept(tmp_path, fresh=True)
        assert contents(tmp_path) == {**whole, **mine}


class TestAnotherStudy:
    """A folder that holds something else is refused, and stays as it is."""

    @pytest.mark.parametrize(
        ("scenario", "settings", "said"),
        [
            ({"run.seed": 4}, {}, "scenario.run.seed is 3 there and 4 here"),
            (
                {"channels.portal.work": "4min"},
                {},
                "scenario.channels.portal.work",
            ),
            ({}, {"vary": {AGENTS: "1:4", PER_DAY: [3, 8]}}, f'sweep.vary.{AGENTS} is "1:3" there'),
            ({}, {"vary": {PER_DAY: [3, 8], AGENTS: "1:3"}}, "parameters is"),
            ({}, {"measures": MEASURES[:1]}, "sweep.measures is"),
            (
                {},
                {"vary": {AGENTS: "1:3"}, "design": "lhs", "points": 6},
                'sweep.design is "grid" there and "lhs" here',
            ),
        ],
    )
    def test_in_one_message(
        self,
        tmp_path: Path,
        whole: dict[str, bytes | None],
        scenario: dict[str, Any],
        settings: dict[str, Any],
        said: str,
    ) -> None:
        swept(tmp_path)
        other = SweepSettings(**{**dict(SETTINGS), **settings})
        changed = tiny_scenario().replace(scenario)
        with pytest.raises(InputError) as caught:
            swept(tmp_path, changed, settings=other)
        message = str(caught.value)
        assert f"{tmp_path}: holds another sweep: " in message
        assert said in message
        assert "give another folder, or start anew there with --fresh" in message
        assert "\n" not in message
        assert "fingerprint" not in message
        assert contents(tmp_path) == whole

    def test_another_order_of_teams(self, tmp_path: Path) -> None:
        desk = tiny_scenario().to_dict()["teams"]["desk"]
        both = [{"desk": desk, "more": desk}, {"more": desk, "desk": desk}]
        one, other = (validate({**tiny_scenario().to_dict(), "teams": teams}) for teams in both)
        swept(tmp_path, one)
        with pytest.raises(InputError, match="holds another sweep: fingerprint is"):
            swept(tmp_path, other)

    def test_another_version(
        self, tmp_path: Path, whole: dict[str, bytes | None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        swept(tmp_path)
        now = study.made_with()
        monkeypatch.setattr(study, "made_with", lambda: {**now, "numpy": "9.9"})
        with pytest.raises(InputError, match=r'made_with.numpy is ".*" there and "9.9" here'):
            swept(tmp_path)
        assert contents(tmp_path) == whole

    def test_other_benchmarks(self, tmp_path: Path) -> None:
        from supportsim.studies import figures_of

        figures = figures_of(tiny_scenario())
        swept(tmp_path, figures=figures)
        tolerance = figures[0].tolerance.model_copy(update={"low": 0.01})
        changed = figures[0].model_copy(update={"tolerance": tolerance})
        with pytest.raises(InputError, match=rf"figures.{figures[0].id}.tolerance.low is .* 0.01"):
            swept(tmp_path, figures=[changed, *figures[1:]])

    def test_the_results_of_a_run(self, tmp_path: Path) -> None:
        files.write_together(tmp_path, lambda new: (new / "a.csv").touch(), {})
        before = contents(tmp_path)
        with pytest.raises(InputError, match="holds the results of another study"):
            swept(tmp_path)
        assert contents(tmp_path) == before

    @pytest.mark.parametrize("text", ["", "{", "[]", '{"mine": 1}'])
    def test_a_file_of_the_user_with_the_same_name(self, tmp_path: Path, text: str) -> None:
        (tmp_path / "study.json").write_text(text)
        for fresh in (False, True):
            with pytest.raises(InputError, match=r"study.json: is not that of a sweep"):
                swept(tmp_path, fresh=fresh)
        assert (tmp_path / "study.json").read_text() == text

    def test_a_file_in_the_way(self, tmp_path: Path) -> None:
        (tmp_path / "out").write_text("mine")
        with pytest.raises(InputError, match="is a file, not a folder"):
            swept(tmp_path / "out")

    def test_fresh_starts_anew_and_leaves_only_the_new_sweep(
        self, tmp_path: Path, whole: dict[str, bytes | None]
    ) -> None:
        more = SweepSettings(vary={AGENTS: "1:9"}, measures=MEASURES)
        swept(tmp_path, settings=more)
        swept(tmp_path, fresh=True)
        assert contents(tmp_path) == whole

    def test_two_at_once(self, tmp_path: Path, whole: dict[str, bytes | None]) -> None:
        def second(done: int, _total: int) -> None:
            if done == 2:
                with pytest.raises(InputError, match="another sweep is writing there"):
                    swept(tmp_path)

        swept(tmp_path, progress=second)
        assert contents(tmp_path) == whole


class TestFullDisk:
    """One message that says how far it came, and nothing torn."""

    def test_while_points_are_kept(
        self, tmp_path: Path, whole: dict[str, bytes | None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        written = 0
        sync = os.fsync

        def full(handle: int) -> None:
            nonlocal written
            written += 1
            if written > 4:  # study.json and three points
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            sync(handle)

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(InputError) as caught:
            swept(tmp_path)
        message = str(caught.value)
        assert "00003.json: cannot be written: No space left on device" in message
        assert "3 of 6 points are done and kept: once there is room, the same command" in message
        assert sorted(path.name for path in (tmp_path / "points").iterdir()) == [
            f"0000{number}.json" for number in range(3)
        ]
        monkeypatch.setattr(os, "fsync", sync)
        swept(tmp_path)
        assert contents(tmp_path) == whole

    def test_while_tables_are_written(self, tmp_path: Path, whole: dict[str, bytes | None]) -> None:
        def full(_made: Sweep, folder: Path) -> None:
            def write(new: Path) -> None:
                (new / "sweep.csv").write_text("point,")
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

            files.write_together(folder, write, {})

        with pytest.raises(InputError, match="No space left on device; 6 of 6 points are done"):
            swept(tmp_path, finish=full)
        swept(tmp_path)
        assert contents(tmp_path) == whole

    def test_of_a_real_small_disk(self, tmp_path: Path, whole: dict[str, bytes | None]) -> None:
        disk = tmp_path / "disk"
        disk.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=48k", "tmpfs", str(disk)]
        if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
            pytest.skip("file systems cannot be mounted here")
        try:
            with pytest.raises(InputError, match="No space left on device") as caught:
                swept(disk / "out")
            done = len(list((disk / "out" / "points").glob("*.json")))
            assert f"{done} of 6 points are done and kept" in str(caught.value)
            assert not list((disk / "out").rglob(".*"))
            bigger = ["mount", "-o", "remount,size=1m", str(disk)]
            subprocess.run(bigger, check=True, capture_output=True)
            swept(disk / "out")
            assert contents(disk / "out") == whole
        finally:
            subprocess.run(["umount", str(disk)], check=True)


DRIVER = """
import os, random, signal, sys, time
from pathlib import Path

import test_sweep_resume as tests

settings = tests.SweepSettings(vary={tests.AGENTS: "1:60"}, measures=tests.MEASURES)


def start(out):
    child = os.fork()
    if not child:
        tests.swept(out, settings=settings)
        os._exit(0)
    return child


def ends(child):
    assert os.waitpid(child, 0)[1] == 0


tests.swept(Path(sys.argv[1]) / "warm")
begin = time.monotonic()
ends(start(Path(sys.argv[1]) / "whole"))
lasts = time.monotonic() - begin
rng = random.Random(1)
out = Path(sys.argv[1]) / "killed"
for _ in range(10):
    child = start(out)
    time.sleep(rng.uniform(0, lasts / 6))
    os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    done = len(list(out.glob("points/*.json")))
    print(done)
    assert not (out / "sweep.csv").exists()
ends(start(out))
"""


def test_killed_ten_times_at_random(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    driven = subprocess.run(
        [sys.executable, "-c", DRIVER, str(tmp_path)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert driven.returncode == 0, driven.stderr
    done = list(map(int, driven.stdout.split()))
    assert len(done) == 10
    assert done == sorted(done)
    assert len(set(done)) > 4  # it went on, and was stopped at different points
    assert 10 < done[-1] < 60
    assert contents(tmp_path / "killed") == contents(tmp_path / "whole")


SCENARIO = textwrap.dedent(
    """
    name = "small"
    [run]
    warm_up = "0d"
    window = "4w"
    follow_up = "0d"
    replications = 2
    [channels.portal]
    arrivals = { per_day = 10 }
    patience = { dist = "gamma", mean = "3d", cv = 0.5 }
    work = "3min"
    [teams.desk]
    agents = 2
    serves = ["portal"]
    shifts = [{ days = "Mon-Fri", from = "09:00", to = "17:00" }]
    """
)


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGINT])
def test_the_command_stopped_and_given_again(tmp_path: Path, sent: signal.Signals) -> None:
    scenario = tmp_path / "small.toml"
    scenario.write_text(SCENARIO, encoding="utf-8")
    out = tmp_path / "out"
    command = [sys.executable, "-m", "supportsim", "sweep", str(scenario), "--workers", "2"]
    command += ["--vary", f"{AGENTS}=1:24", "--measure", "portal.backlog_open", "--out", str(out)]
    with (tmp_path / "said").open("w+") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, start_new_session=True)
        deadline = time.monotonic() + 60
        while len(list(out.glob("points/*.json"))) < 3 and time.monotonic() < deadline:
            time.sleep(0.005)
        process.send_signal(sent)
        process.wait(60)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # workers whose parent was killed
    done = len(list(out.glob("points/[0-9]*.json")))
    assert 3 <= done < 24
    if sent == signal.SIGINT:
        assert process.returncode == 130
        assert (tmp_path / "said").read_text() == "interrupted\n"
        assert not list(out.rglob(".*"))
    assert not (out / "sweep.csv").exists()

    from supportsim.scenario import load

    loaded = load(scenario)
    settings = SweepSettings(vary={AGENTS: "1:24"}, measures=("portal.backlog_open",))
    sweep_study(loaded, settings, workers=1, out=out, finish=write_sweep)
    sweep_study(loaded, settings, workers=1, out=tmp_path / "whole", finish=write_sweep)
    assert contents(out) == contents(tmp_path / "whole")
    table = (out / "sweep.csv").read_text("utf-8").splitlines()
    assert len(table) == 25
    assert json.loads((out / "study.json").read_text("utf-8"))["points"] == 24
