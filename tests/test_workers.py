"""Work shared among processes: in order, quietly given up, and addresses checked before."""

from __future__ import annotations

import os
import time

import pytest

from supportsim.errors import InputError
from supportsim.studies import workers
from supportsim.studies.workers import as_ready, check_cluster, check_workers, in_order


def slower_first(number: int) -> tuple[int, int]:
    time.sleep(0.2 if number == 0 else 0)
    return number, os.getpid()


def fail(number: int) -> int:
    if number == 2:
        raise InputError("teams.desk: is wrong")
    return number


@pytest.mark.parametrize("count", [1, 2])
def test_results_come_in_order(count: int) -> None:
    results = list(in_order(slower_first, [(number,) for number in range(8)], count))
    assert [number for number, _ in results] == list(range(8))
    here = os.getpid() in {process for _, process in results}
    assert here == (count == 1)


@pytest.mark.parametrize("count", [1, 2])
def test_what_is_ready_need_not_wait(count: int) -> None:
    results = list(as_ready(slower_first, [(number,) for number in range(8)], count))
    numbers = [number for number, _ in results]
    assert sorted(numbers) == list(range(8))
    assert (numbers[0] == 0) == (count == 1)


def test_what_is_not_wanted_any_more_ends_without_a_warning(
    recwarn: pytest.WarningsRecorder,
) -> None:
    arriving = in_order(slower_first, [(number,) for number in range(50)], 2)
    next(arriving)
    arriving.close()
    assert [str(one.message) for one in recwarn] == []
    assert next(in_order(slower_first, [(7,)], 2))[0] == 7


@pytest.mark.parametrize("count", [1, 2])
def test_an_error_arrives_as_itself(count: int) -> None:
    with pytest.raises(InputError, match=r"^teams\.desk: is wrong$"):
        list(in_order(fail, [(number,) for number in range(5)], count))


@pytest.mark.parametrize("count", [0, -2])
def test_numbers_of_workers_that_make_no_sense(count: int) -> None:
    with pytest.raises(InputError, match="give 1 or more, or -1 for all cores"):
        check_workers(count)


@pytest.mark.parametrize(
    "address",
    ["tcp://127.0.0.1:8786", "tls://host.example.com:1", "tcp://[::1]:8786", "tcp://a-b_c:65535"],
)
def test_addresses_of_schedulers(address: str) -> None:
    check_cluster(address)
    check_cluster(None)


@pytest.mark.parametrize(
    "address",
    [
        *("", "127.0.0.1:8786", "tcp://127.0.0.1", "tcp://:8786", "http://127.0.0.1:8786"),
        *("tcp://a b:1", "tcp://a:1/", "tcp://a:b", "tcp://a:-1", "tcp://a:123456", "tcp://a:1\n"),
        *("tcp://a:0", "tcp://a:65536"),
    ],
)
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(InputError, match=r"^cluster: .*; write tcp://HOST:PORT, as in tcp://127"):
        check_cluster(address)
    with pytest.raises(InputError, match="is not the address of a Dask scheduler"):
        list(in_order(fail, [(1,)], 1, address))


def test_without_dask_a_message_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "find_spec", lambda _name: None)
    with pytest.raises(InputError, match=r"run pip install 'supportsim\[cluster\]'$"):
        check_cluster("tcp://127.0.0.1:8786")
