"""What a case of the exact-result suite is, and the small desks that cases are made of."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from supportsim.scenario import Scenario
from supportsim.scenario.loading import validate
from supportsim.units import DAY

REPLICATIONS = 200
"""Of each case: many and short ones, for an interval of few would be wide at this confidence."""

SEEDS = 2**30
"""How many seeds of the suite there are."""

ALWAYS = [{"days": "Mon-Sun", "from": "00:00", "to": "24:00"}]

Table = dict[str, Any]
Pair = tuple[float, float]


@dataclass(frozen=True)
class Case:
    """A scenario of which theory knows some measures exactly.

    Attributes
    ----------
    id
        A short name, such as ``erlang-c``.
    title
        What the scenario is, in a sentence without a full stop.
    formula
        What gives the exact values.
    source
        Where that was published.
    document
        The scenario, as its file would say it; the seed is the suite's.
    solve
        Returns the exact value of each measure that is compared, by measure id.
    quick
        Whether it is a part of the quick suite.
    """

    id: str
    title: str
    formula: str
    source: str
    document: Mapping[str, Any]
    solve: Callable[[], Mapping[str, float]]
    quick: bool = False

    @cached_property
    def exact(self) -> dict[str, float]:
        """The exact value of each measure that is compared, by measure id."""
        return {name: float(value) for name, value in self.solve().items()}

    def scenario(self, seed: int = 1) -> Scenario:
        """Return the scenario for a seed of the suite.

        The cases have different random numbers, for what happens by chance should not happen to
        many of them; the seed of a case does not depend on which others there are.
        """
        own = seed * 2**32 + zlib.crc32(self.id.encode())
        run = {**self.document["run"], "seed": own}
        return validate({**self.document, "run": run})


def desk(
    channels: Table,
    teams: Table,
    *,
    window: str,
    edges: str = "6h",
    replications: int = REPLICATIONS,
) -> Table:
    """Return the scenario of a desk, its warm-up and follow-up both as long as `edges`."""
    return {
        "name": "exact",
        "run": {
            "warm_up": edges,
            "window": window,
            "follow_up": edges,
            "replications": replications,
        },
        "channels": channels,
        "teams": teams,
    }


def team(agents: int, *serves: str, **more: Any) -> Table:
    """Return a team that is always on duty unless `more` says otherwise."""
    return {"agents": agents, "serves": list(serves), "shifts": ALWAYS, **more}


def channel(per_day: float, work: Table | str, **more: Any) -> Table:
    """Return a channel whose work can be put off unless `more` says otherwise."""
    return {"arrivals": {"per_day": per_day}, "work": work, **more}


def live(per_day: float, work: Table | str, **more: Any) -> Table:
    """Return a channel whose customers are there while an agent works for them."""
    return channel(per_day, work, live=True, **more)


def exponential(minutes: float) -> Table:
    """Return an exponential distribution of this mean."""
    return {"dist": "exponential", "mean": f"{minutes!r}min"}


def law(dist: str, minutes: float, cv: float) -> Table:
    """Return a distribution of this mean and coefficient of variation."""
    return {"dist": dist, "mean": f"{minutes!r}min", "cv": cv}


def per_minute(per_day: float) -> float:
    """Return a rate of so many a day, a minute."""
    return per_day / DAY
