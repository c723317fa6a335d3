"""Sharing work among the workers of a Dask cluster, through joblib's backend for Dask."""

from __future__ import annotations

import asyncio
import logging
import pickle
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import contextmanager
from importlib import metadata
from typing import Any, TypeVar

from distributed import Client, KilledWorker, Security, get_worker
from distributed.core import rpc
from distributed.versions import VersionMismatchWarning
from joblib import Parallel, delayed
from joblib._dask import DaskDistributedBackend

from supportsim.errors import InputError
from supportsim.studies.workers import ended_quietly
from supportsim.versions import made_with, version

T = TypeVar("T")

PATIENCE = 10.0
"""Seconds to wait for the scheduler."""

ALONE = 30.0
"""Seconds to wait for a worker where there is none: one that has died may be started again."""

_LOGGERS = (
    *("distributed", "distributed.client", "distributed.gc"),
    *("tornado.application", "asyncio"),  # of what is cut off when the client is closed
)


def on_cluster(
    function: Callable[..., T],
    calls: Iterable[tuple[Any, ...]],
    address: str,
    return_as: str = "generator",
) -> Iterator[T]:
    """Yield what a function returns for each tuple of arguments, in their order, as it is ready.

    The calls of a worker that dies are done again by others. Work that is no longer wanted is
    cancelled.

    Parameters
    ----------
    function
        A function of a module: workers import it by its name.
    calls
        The arguments of each call; taken as they are needed, a few ahead.
    address
        Address of the scheduler, as in ``tcp://127.0.0.1:8786``.
    return_as
        How joblib is to return results: ``generator_unordered`` for those first that are ready.

    Raises
    ------
    InputError
        If the scheduler or its workers are not there, or not any more, or if a worker would not
        come to the same numbers because something else is installed there.
    """
    with _quiet_dask(), _connected(address) as client:
        backend = _Backend(client, address)
        backend.effective_n_jobs(-1)  # waits for a worker
        _check_installed(client)
        parallel = Parallel(
            n_jobs=-1,
            backend=backend,
            return_as=return_as,
            batch_size=1,
            pre_dispatch="2*n_jobs",
        )
        here = made_with()
        results = parallel(delayed(_serve)(pickle.dumps((function, a)), here) for a in calls)
        with ended_quietly(results):
            for result in results:
                yield pickle.loads(result)


def _check_installed(client: Client) -> None:
    """Make sure that the workers have supportsim: a call that one cannot read would end it.

    A worker that cannot be reached is left to Dask, which gives its calls to others.
    """
    for worker, found in client.run(metadata.version, "supportsim", on_error="return").items():
        if isinstance(found, metadata.PackageNotFoundError):
            raise InputError(
                f"cluster: the worker at {worker} has no supportsim; install version {version()} "
                "there, as here"
            )
        if isinstance(found, Exception) and not isinstance(found, OSError):
            raise InputError(
                f"cluster: the worker at {worker} cannot tell its version of supportsim: {found}"
            )


def _serve(call: bytes, wanted: Mapping[str, str]) -> bytes:
    """Do a call on a worker, if it is like the computer that asks for it.

    The call comes pickled, because only what is alike can be sure to read it; and because joblib
    would entrust other large arguments to one worker, with whom they would be lost.
    """
    here = made_with()
    if here != wanted:
        differences = ", ".join(
            f"{name} {here[name]} instead of {wanted[name]}"
            for name in wanted
            if here[name] != wanted[name]
        )
        raise InputError(
            f"cluster: the worker at {get_worker().address} has {differences}, with which numbers "
            "may differ; install the same there as here"
        )
    function, arguments = pickle.loads(call)
    return pickle.dumps(function(*arguments))


class _Backend(DaskDistributedBackend):  # type: ignore[misc]  # joblib has no types
    """Joblib's backend for Dask, but never waiting for what will not come.

    Parameters
    ----------
    client
        The connection to the scheduler.
    address
        Where that is, for messages.
    """

    def __init__(self, client: Client, address: str) -> None:
        super().__init__(client=client, wait_for_workers_timeout=ALONE)
        self._address = address
        self._waiting: dict[Future[Any], Callable[[Any], None]] = {}

    def effective_n_jobs(self, n_jobs: int) -> int:
        """Return how many calls can be done at the same time, at least 2."""
        try:
            cores: int = super().effective_n_jobs(n_jobs)
        except TimeoutError:
            raise InputError(
                f"cluster: the scheduler at {self._address} has no worker; start some with "
                f"dask worker {self._address}"
            ) from None
        return max(2, cores)  # for 1, joblib would do the work in this process

    def start_call(self) -> None:
        """Begin to look for results, and after the workers."""
        super().start_call()
        self.client.loop.add_callback(self._watch)

    def submit(self, func: Callable[[], Any], callback: Callable[[Any], None]) -> Future[Any]:
        """Send a batch of calls to the scheduler."""
        job: Future[Any] = super().submit(func, callback)
        self._waiting[job] = callback
        job.add_done_callback(self._settle)
        return job

    def _settle(self, job: Future[Any]) -> None:
        """Pass on that a job is lost, which joblib does not do."""
        callback = self._waiting.pop(job)
        error = job.exception()
        if isinstance(error, KilledWorker):
            error = InputError(
                "cluster: workers died one after the other of the same call, the last one at "
                f"{error.last_worker.address}; see their logs, and whether they have memory enough"
            )
        if error is not None:
            callback(error)

    def retrieve_result_callback(self, out: Any) -> Any:
        """Return what a batch of calls has returned, or raise what it has raised."""
        if isinstance(out, CancelledError):
            raise InputError(f"cluster: the scheduler at {self._address} is gone")
        return super().retrieve_result_callback(out)

    async def _watch(self) -> None:
        """Give up when there has been no worker for too long."""
        last = time.monotonic()
        while True:
            await asyncio.sleep(1)
            if not self._continue:
                return  # all is done, and the client may be closed
            try:
                if await self.client.scheduler.ncores(workers=None):
                    last = time.monotonic()
            except OSError:
                return  # Dask itself notices that the scheduler is gone
            if time.monotonic() - last > ALONE and self._waiting:
                error = InputError(f"cluster: the scheduler at {self._address} has no worker left")
                next(iter(self._waiting.values()))(error)
                return


@contextmanager
def _connected(address: str) -> Iterator[Client]:
    """Connect to a scheduler."""
    try:
        # A client that meets something else than a scheduler would not come to an end. Asked by
        # another thread, because in a notebook this one has a loop of events running already.
        with ThreadPoolExecutor(1) as asking:
            asking.submit(asyncio.run, _find(address)).result()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", VersionMismatchWarning)  # calls see to the versions
            client = Client(address, timeout=PATIENCE, set_as_default=False)
    except Exception:  # whatever is there may answer anything
        raise InputError(
            f"cluster: no Dask scheduler answers at {address}; start one with dask scheduler"
        ) from None
    with client:
        yield client


async def _find(address: str) -> None:
    """Make sure that a scheduler answers.

    Raises
    ------
    Exception
        Of any kind if not.
    """
    how = Security().get_connection_args("client")
    async with rpc(address, timeout=PATIENCE, connection_args=how) as scheduler:
        found = await asyncio.wait_for(scheduler.identity(), PATIENCE)
        if found["type"] != "Scheduler":
            raise ValueError(f"a {found['type']} answers")


@contextmanager
def _quiet_dask() -> Iterator[None]:
    """Keep Dask from logging what is reported otherwise."""
    levels = {name: logging.getLogger(name).level for name in _LOGGERS}
    try:
        for name in levels:
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        yield
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
