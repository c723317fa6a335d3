"""Calls that the workers of a cluster do in tests; they import no more than these need."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING, Any

from small_runs import small_scenario
from supportsim.errors import ScenarioError
from supportsim.measures import measures_of
from supportsim.studies.run import replicate

if TYPE_CHECKING:
    from pathlib import Path

    from supportsim.studies.run import Replication


def own_id(_number: int) -> int:
    return os.getpid()


def refuse(number: int) -> int:
    if number == 3:
        raise ScenarioError("is wrong", key="teams.desk", hint="write it otherwise")
    return number


def die(_number: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def wait_forever(folder: Path, number: int) -> None:
    (folder / f"{number}-{os.getpid()}").touch()
    time.sleep(60)


def simulate(folder: Path, number: int) -> dict[str, tuple[Any, ...]]:
    """Simulate a replication; the first worker to have number 2 has it until it is killed."""
    (folder / f"{number}-{os.getpid()}").touch()
    if number == 2 and len(list(folder.glob("2-*"))) == 1:
        time.sleep(60)
    return kept_of(replicate(small_scenario(), number, measures_of(small_scenario())))


def kept_of(replication: Replication) -> dict[str, tuple[Any, ...]]:
    """Return every number of a replication, to the last bit."""
    return {
        name: (one.numerator.hex(), one.denominator.hex(), one.sample.tobytes())
        for name, one in replication.observations.items()
    }
