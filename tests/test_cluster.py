"""A real Dask scheduler and real workers on loopback, which die as they please."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from cluster_calls import die, own_id, refuse, simulate, wait_forever
from small_runs import small_scenario
from supportsim.api import sweep
from supportsim.errors import InputError, ScenarioError
from supportsim.studies import cluster as of_cluster
from supportsim.studies.workers import in_order
from supportsim.versions import made_with

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LONG = 60.0
"""Seconds after which something that should have happened has not."""


# --- The cluster ---------------------------------------------------------------------------------


class Cluster:
    """A scheduler, and workers that are started as they are needed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workers: list[subprocess.Popen[bytes]] = []
        self._processes: list[subprocess.Popen[bytes]] = []
        self._names: dict[int, str] = {}
        file = folder / "scheduler.json"
        arguments = ["--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file)]
        # A call that has ended two workers is not given to a third.
        self.scheduler = self._start(
            "dask_scheduler", *arguments, DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="1"
        )
        until(lambda: file.exists() and file.read_text())
        self.address: str = json.loads(file.read_text())["address"]

    def _start(self, command: str, *arguments: str, before: str = "", **env: str) -> Any:
        code = f"{before}\nfrom distributed.cli.{command} import main; main()"
        path = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
        with (self.folder / f"{command}-{len(self._processes)}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-c", code, *arguments, "--no-dashboard"],
                env={**os.environ, "PYTHONPATH": path, **env},
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )
        self._processes.append(process)
        return process

    def start_worker(self, before: str = "") -> subprocess.Popen[bytes]:
        """Start a worker of one thread, which nobody starts again when it dies."""
        options = ("--nthreads", "1", "--no-nanny", "--local-directory", str(self.folder))
        name = ("--name", f"worker-{len(self._processes)}")
        worker: subprocess.Popen[bytes] = self._start(
            "dask_worker", self.address, *options, *name, before=before
        )
        self._names[worker.pid] = name[1]
        self.workers.append(worker)
        return worker

    def have(self, count: int) -> None:
        """See to it that there are so many workers, and that the scheduler knows."""
        self.workers = [worker for worker in self.workers if worker.poll() is None]
        if len(self.workers) > count:
            self.kill_workers(self.workers[count:])
        while len(self.workers) < count:
            self.start_worker()
        until(lambda: self.asked("workers") == count)

    def kill_workers(self, which: list[subprocess.Popen[bytes]] | None = None) -> None:
        """Kill some workers, or all."""
        for worker in list(self.workers if which is None else which):
            worker.kill()
            worker.wait()
            self.workers.remove(worker)
        until(lambda: self.asked("workers") == len(self.workers))

    def asked(self, what: str) -> int:
        """Return how many `workers` or `tasks` the scheduler has."""
        return len(self._told(_workers if what == "workers" else _tasks))

    def is_busy(self, worker: subprocess.Popen[bytes]) -> bool:
        """Return whether the scheduler waits for a worker."""
        return bool(self._told(_workers)[self._names[worker.pid]])

    def _told(self, by: Callable[..., Any]) -> Any:
        from distributed import Client

        with Client(self.address, set_as_default=False) as client:
            return client.run_on_scheduler(by)

    def end(self) -> None:
        for process in self._processes:
            process.kill()
            process.wait()


def _workers(dask_scheduler: Any) -> dict[str, int]:
    """Return how many tasks each worker has, by its name."""
    return {one.name: len(one.processing) for one in dask_scheduler.workers.values()}


def _tasks(dask_scheduler: Any) -> list[str]:
    return list(map(str, dask_scheduler.tasks))


def until(true: Callable[[], Any]) -> None:
    end = time.monotonic() + LONG
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    made = Cluster(tmp_path_factory.mktemp("cluster"))
    try:
        yield made
    finally:
        made.end()


@pytest.fixture(autouse=True)
def _nothing_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    assert [record.getMessage() for record in caplog.get_records("call")] == []


# --- Tests, in an order in which few workers have to be started ----------------------------------


def test_the_work_of_a_killed_worker_is_done_again_to_the_last_bit(
    running: Cluster, tmp_path: Path
) -> None:
    running.have(2)
    calls = [(tmp_path, number) for number in range(6)]
    arriving = in_order(simulate, calls, 1, running.address)
    results = [next(arriving), next(arriving)]
    until(lambda: list(tmp_path.glob("2-*")))
    (started,) = tmp_path.glob("2-*")
    killed = int(started.name.partition("-")[2])
    assert killed in {worker.pid for worker in running.workers}
    os.kill(killed, signal.SIGKILL)
    results += arriving
    assert len(list(tmp_path.glob("2-*"))) == 2
    assert len({file.name.partition("-")[2] for file in tmp_path.iterdir()}) == 2
    assert results == list(in_order(simulate, calls, 1))
    assert len({str(one) for one in results}) == 6


def test_a_sweep_survives_a_killed_worker_to_the_last_bit(running: Cluster, tmp_path: Path) -> None:
    running.have(2)
    victim, had_work = running.workers[0], []

    def strike() -> None:
        until(lambda: list((tmp_path / "there" / "points").glob("*.json")))
        while not had_work:
            victim.send_signal(signal.SIGSTOP)  # what it has now, it will never finish
            if running.is_busy(victim):
                victim.kill()
                had_work.append(victim.pid)
            else:
                victim.send_signal(signal.SIGCONT)
                time.sleep(0.02)

    vary = {"teams.desk.agents": "1:4", "channels.portal.arrivals.per_day": "4:7"}
    kept = ["portal.response_rate", "portal.first_response_time_median"]
    striking = threading.Thread(target=strike)
    striking.start()
    there = sweep(
        small_scenario(), vary, measures=kept, cluster=running.address, out=tmp_path / "there"
    )
    striking.join()
    here = sweep(small_scenario(), vary, measures=kept, workers=1)
    assert had_work
    assert victim.wait() == -signal.SIGKILL
    assert there.to_json() == here.to_json()
    assert len(here.to_dict()["points"]) == 16


def test_a_single_worker_does_the_work_and_not_this_process(running: Cluster) -> None:
    running.have(1)
    done_by = set(in_order(own_id, [(number,) for number in range(4)], 1, running.address))
    assert done_by == {running.workers[0].pid}


def test_no_calls_give_no_results(running: Cluster) -> None:
    running.have(1)
    assert list(in_order(own_id, [], 1, running.address)) == []


def test_an_error_in_a_call_arrives_as_itself(running: Cluster) -> None:
    running.have(1)
    arriving = in_order(refuse, [(number,) for number in range(6)], 1, running.address)
    with pytest.raises(ScenarioError, match=r"^teams\.desk: is wrong; write it otherwise$"):
        list(arriving)


def test_results_that_nobody_wants_any_more_are_cancelled(
    running: Cluster, recwarn: pytest.WarningsRecorder
) -> None:
    running.have(1)
    arriving = in_order(own_id, [(number,) for number in range(50)], 1, running.address)
    next(arriving)
    arriving.close()
    assert [str(one.message) for one in recwarn] == []
    until(lambda: running.asked("tasks") == 0)


INTERRUPTED = """
import sys
from pathlib import Path
from supportsim.cli import app
from supportsim.studies.workers import in_order
from cluster_calls import wait_forever

@app.command()
def wait(folder: Path, address: str) -> None:
    list(in_order(wait_forever, [(folder, number) for number in range(20)], 1, address))

app()
"""


def test_ctrl_c_cancels_the_work(running: Cluster, tmp_path: Path) -> None:
    running.have(1)
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", INTERRUPTED, "wait", str(tmp_path), running.address],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    until(lambda: list(tmp_path.iterdir()))
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=LONG)
    assert (process.returncode, stdout, stderr) == (130, "", "interrupted\n")
    until(lambda: running.asked("tasks") == 0)


def test_another_version_is_refused(running: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    running.kill_workers()
    running.have(1)
    wanted = {**made_with(), "numpy": "1.2.3"}
    monkeypatch.setattr(of_cluster, "made_with", lambda: wanted)
    there = made_with()["numpy"]
    told = f"the worker at tcp://.* has numpy {there} instead of 1.2.3, with which numbers may"
    with pytest.raises(InputError, match=told):
        list(in_order(own_id, [(1,)], 1, running.address))


def test_all_workers_dying_is_no_hang(
    running: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(of_cluster, "ALONE", 1.0)
    running.have(1)

    def calls() -> Iterator[tuple[Path, int]]:
        for number in range(3):
            yield tmp_path, number
        until(lambda: list(tmp_path.iterdir()))
        running.kill_workers()

    with pytest.raises(InputError, match=r"^cluster: the scheduler at tcp://.* has no worker left"):
        list(in_order(wait_forever, calls(), 1, running.address))
    with pytest.raises(InputError, match="has no worker; start some with dask worker tcp://"):
        list(in_order(own_id, [(1,)], 1, running.address))


WITHOUT_SUPPORTSIM = """
from importlib import metadata

def version(name, known=metadata.version):
    return known(name if name != "supportsim" else "supportsim-that-nobody-has")

metadata.version = version
"""


def test_a_worker_without_supportsim(running: Cluster) -> None:
    running.kill_workers()
    running.start_worker(WITHOUT_SUPPORTSIM)
    running.have(1)
    with pytest.raises(InputError, match=r"the worker at tcp://.* has no supportsim; install"):
        list(in_order(own_id, [(1,)], 1, running.address))
    assert running.workers[0].poll() is None
    running.kill_workers()


def test_a_worker_that_cannot_be_reached_is_left_to_dask() -> None:
    def asked(of: dict[str, object]) -> Any:
        return SimpleNamespace(run=lambda *_args, **_options: of)

    of_cluster._check_installed(asked({"tcp://1": "0.1.0", "tcp://2": OSError("timed out")}))
    with pytest.raises(InputError, match=r"the worker at tcp://2 cannot tell its version .*: odd"):
        of_cluster._check_installed(asked({"tcp://1": "0.1.0", "tcp://2": ValueError("odd")}))


def test_a_call_that_ends_its_workers(running: Cluster) -> None:
    running.kill_workers()
    running.have(2)
    with pytest.raises(
        InputError, match=r"of the same call, the last one at tcp://127[\d.]+:\d+; see"
    ):
        list(in_order(die, [(1,)], 1, running.address))


def test_a_scheduler_that_dies(running: Cluster, tmp_path: Path) -> None:
    running.have(1)

    def calls() -> Iterator[tuple[Path, int]]:
        yield tmp_path, 0
        yield tmp_path, 1
        until(lambda: list(tmp_path.iterdir()))
        running.scheduler.kill()

    with pytest.raises(InputError, match=r"^cluster: the scheduler at tcp://.* is gone$"):
        list(in_order(wait_forever, calls(), 1, running.address))


def test_no_scheduler(running: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    running.scheduler.kill()
    running.scheduler.wait()
    monkeypatch.setattr(of_cluster, "PATIENCE", 1.0)
    begun = time.monotonic()
    with pytest.raises(InputError, match=r"^cluster: no Dask scheduler answers at tcp://127"):
        list(in_order(own_id, [(1,)], 1, running.address))
    assert time.monotonic() - begun < 10
