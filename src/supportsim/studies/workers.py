"""Sharing work among processes of this machine, or of a cluster, with results in order."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from joblib import Parallel, delayed

from supportsim.errors import InputError

T = TypeVar("T")


def check_workers(workers: int | None) -> None:
    """Make sure that a number of processes can be used.

    Raises
    ------
    InputError
        If it is 0 or below −1.
    """
    if workers is not None and (workers == 0 or workers < -1):
        raise InputError(f"workers: give 1 or more, or -1 for all cores, not {workers}")


def in_order(
    function: Callable[..., T], calls: Iterable[tuple[Any, ...]], workers: int
) -> Iterator[T]:
    """Yield what a function returns for each tuple of arguments, in their order, as it is ready.

    Parameters
    ----------
    function
        A function of a module: workers import it by its name.
    calls
        The arguments of each call; taken as they are needed, a few ahead.
    workers
        Processes to use; 1 for none but this one, −1 for all cores.
    """
    if workers == 1:
        for arguments in calls:
            yield function(*arguments)
        return
    parallel = Parallel(n_jobs=workers, return_as="generator", pre_dispatch="2*n_jobs")
    with _workers_deaf_to_interrupts():
        results = parallel(delayed(function)(*arguments) for arguments in calls)
    yield from results


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
