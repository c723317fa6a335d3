"""Sharing work among processes of this machine, or of a cluster, with results in order."""

from __future__ import annotations

import re
import signal
import threading
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any, TypeVar

from joblib import Parallel, delayed

from supportsim.errors import InputError, quoted

T = TypeVar("T")


def check_workers(workers: int | None) -> None:
    """Make sure that a number of processes can be used.

    Raises
    ------
    InputError
        If it is 0 or below −1, or no whole number.
    """
    if workers is not None and (not isinstance(workers, int) or workers == 0 or workers < -1):
        raise InputError(f"workers: give 1 or more, or -1 for all cores, not {workers!r}")


def check_cluster(address: str | None) -> None:
    """Make sure that work can be sent to a scheduler; whether it answers is not tried.

    Raises
    ------
    InputError
        If the address is not one, or the extra `cluster` is not installed.
    """
    if address is None:
        return
    form = re.fullmatch(r"(?:tcp|tls)://(?:[\w.-]+|\[[0-9a-fA-F:.]+\]):([0-9]{1,5})", str(address))
    if form is None or not 0 < int(form[1]) < 2**16:
        raise InputError(
            f"cluster: {quoted(address)} is not the address of a Dask scheduler; write "
            "tcp://HOST:PORT, as in tcp://127.0.0.1:8786"
        )
    if find_spec("distributed") is None:
        raise InputError(
            "cluster: Dask is not installed here; run pip install 'supportsim[cluster]'"
        )


def in_order(
    function: Callable[..., T],
    calls: Iterable[tuple[Any, ...]],
    workers: int,
    cluster: str | None = None,
) -> Generator[T]:
    """Yield what a function returns for each tuple of arguments, in their order, as it is ready.

    Parameters
    ----------
    function
        A function of a module: workers import it by its name.
    calls
        The arguments of each call; taken as they are needed, a few ahead.
    workers
        Processes to use; 1 for none but this one, −1 for all cores.
    cluster
        Address of a Dask scheduler whose workers do the calls instead.

    Raises
    ------
    InputError
        If the cluster cannot do them.
    """
    return _results(function, calls, workers, cluster, "generator")


def as_ready(
    function: Callable[..., T],
    calls: Iterable[tuple[Any, ...]],
    workers: int,
    cluster: str | None = None,
) -> Generator[T]:
    """Yield what a function returns as soon as it is ready, in any order; else as `in_order`."""
    return _results(function, calls, workers, cluster, "generator_unordered")


def _results(
    function: Callable[..., T],
    calls: Iterable[tuple[Any, ...]],
    workers: int,
    cluster: str | None,
    return_as: str,
) -> Generator[T]:
    if cluster is not None:
        check_cluster(cluster)
        from supportsim.studies.cluster import on_cluster  # it takes a second to import

        yield from on_cluster(function, calls, cluster, return_as)
        return
    if workers == 1:
        for arguments in calls:
            yield function(*arguments)
        return
    # A worker that has grown, or was idle for long, is replaced; that is nothing to tell a user.
    warnings.filterwarnings("ignore", "A worker stopped while some jobs were given", UserWarning)
    parallel = Parallel(n_jobs=workers, return_as=return_as, pre_dispatch="2*n_jobs")
    with _workers_deaf_to_interrupts():
        results = parallel(delayed(function)(*arguments) for arguments in calls)
    with ended_quietly(results):
        # `yield from` would tell joblib itself that no more is wanted, and it would warn.
        for result in results:  # noqa: UP028
            yield result


@contextmanager
def ended_quietly(results: Generator[Any]) -> Iterator[None]:
    """End the making of results with this context, without joblib's warning if some are left."""
    try:
        yield
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            results.close()


@contextmanager
def _workers_deaf_to_interrupts() -> Iterator[None]:
    """Ignore Ctrl-C while processes start: they inherit that, and leave it to this one.

    A terminal sends Ctrl-C to all of them. This process alone says that it was interrupted, and
    ends the others. Only the main thread may set this, and only it is interrupted.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL if before is None else before)
