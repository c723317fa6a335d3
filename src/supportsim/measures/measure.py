"""What a measure declares, and what it may need of a scenario."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from supportsim.measures.scopes import ALL, Observation, Scope, channels_of, teams_of
from supportsim.scenario import Channel, Scenario, Team
from supportsim.tables import Flags, Floats

Owner = Literal["channel", "team", "desk"]
Clock = Literal["calendar", "business hours", "agent", "none"]
Estimator = Literal["ratio", "time average", "quantile"]

Observe = Callable[[Scope, float], Observation]
"""From a scope, and what the measure's name says more closely, to an observation."""

Needs = Callable[[Scenario, str, float], str]
"""From a scenario, an owner and what the name says more closely to what the scenario would have to
say for the measure to mean anything; empty if it does."""

Details = Callable[[Channel], Iterable[Any]]
"""What a channel asks for that a measure's name can say more closely."""


def _nothing(_scenario: Scenario, _owner: str, _detail: float) -> str:
    return ""


def _none(_channel: Channel) -> Iterable[Any]:
    return ()


@dataclass(frozen=True)
class Measure:
    """One measure.

    Attributes
    ----------
    name
        Last part of its id. `{time}` at its end stands for a duration, as in
        `answered_within_24h`, `{channel}` for another channel, `{device}` for a device.
    owner
        What it is measured for: a channel, or all of them together; a team, or all of them; or the
        whole desk only, as `all`.
    title, unit, population, clock, formula
        What it is, in which unit, of whom, on which clock, and how, in words.
    observe
        From a scope (and what the name says more closely) to an observation.
    estimator
        How replications are put together: a ratio of expectations, an average of time averages
        (a ratio whose denominator is the window), or a quantile.
    level
        A quantile's level.
    needs
        What a scenario has to say for it to mean anything.
    details
        For which times, channels or devices it is measured unless others are asked for.
    by_arrival
        Whether it says something of each ticket or contact, so that it can be restricted to those
        of tickets that arrived at some times of the day, the week or the year.
    more_agents
        Whether more agents raise it or lower it; empty where neither is sure.
    """

    name: str
    owner: Owner
    title: str
    unit: str
    population: str
    clock: Clock
    formula: str
    observe: Observe
    estimator: Estimator = "ratio"
    level: float = np.nan
    needs: Needs = _nothing
    details: Details = _none
    by_arrival: bool = True
    more_agents: Literal["raise", "lower", ""] = ""

    @property
    def not_by_times(self) -> str:
        """Why it cannot be restricted to times of arrival; empty if it can."""
        if self.owner != "channel":
            return "it is about agents"
        if self.estimator == "time average":
            return "it is an average over time"
        if self.unit.endswith("per day"):
            return "it is a number a day"
        return "" if self.by_arrival else f"it is about {self.population}"

    @property
    def stem(self) -> str:
        """Its name up to what can be said more closely."""
        return self.name.partition("{")[0]

    @property
    def placeholder(self) -> str:
        """What its name says more closely: time, channel or device; empty for nothing."""
        return self.name.partition("{")[2].removesuffix("}")

    def __reduce__(self) -> tuple[Callable[..., Measure], tuple[str, str]]:
        # Functions without a name cannot be pickled; the registry has them.
        return _from_registry, (self.name, self.title)


def _from_registry(name: str, title: str) -> Measure:
    from supportsim.measures.registry import MEASURES  # it is made of measures

    return replace(next(m for m in MEASURES if m.name == name), title=title)


# --- Observations --------------------------------------------------------------------------------


def share(flags: Flags) -> Observation:
    """Return the share of true ones."""
    return Observation(float(np.count_nonzero(flags)), float(len(flags)))


def share_of(part: Flags, whole: Flags) -> Observation:
    """Return how many of a whole are in a part of it."""
    return Observation(float(np.count_nonzero(part & whole)), float(np.count_nonzero(whole)))


def mean(values: Floats) -> Observation:
    """Return the mean of those that are known."""
    known = values[~np.isnan(values)]
    return Observation(float(known.sum()), float(len(known)))


def mean_of_parts(parts: Iterable[Floats]) -> Observation:
    """Return the mean of several arrays together."""
    parts = list(parts)
    return Observation(float(sum(p.sum() for p in parts)), float(sum(map(len, parts))))


def sample(parts: tuple[Floats, ...]) -> Observation:
    """Return the values of which a quantile is wanted."""
    return Observation(np.nan, np.nan, parts)


def per_day(total: float, scope: Scope) -> Observation:
    """Return a total of the window as a number a day."""
    return Observation(float(total), scope.days)


def average(by_stretch: Floats, scope: Scope) -> Observation:
    """Return an average over the window, given as an array of one."""
    return Observation(float(by_stretch[0]) * scope.days, scope.days)


# --- Needs ---------------------------------------------------------------------------------------


def channels_say(said: Callable[[Channel], object], key: str) -> Needs:
    """Need a key that says something in the channel or, for all of them, in any."""

    def needs(scenario: Scenario, owner: str, _detail: float) -> str:
        some = any(said(channel) for channel in channels_of(scenario, owner).values())
        return "" if some else f"channels.{'*' if owner == ALL else owner}.{key}"

    return needs


def teams_say(said: Callable[[Team], object], key: str) -> Needs:
    """Need a key that says something in the team or, for all of them, in any."""

    def needs(scenario: Scenario, owner: str, _detail: float) -> str:
        some = any(said(team) for team in teams_of(scenario, owner).values())
        return "" if some else f"teams.{'*' if owner == ALL else owner}.{key}"

    return needs


def scenario_says(said: Callable[[Scenario], object], key: str) -> Needs:
    """Need a key of the whole scenario that says something."""
    return lambda scenario, _owner, _detail: "" if said(scenario) else key


def all_of(*needs: Needs) -> Needs:
    """Need several things."""

    def every(scenario: Scenario, owner: str, detail: float) -> str:
        return next(filter(None, (one(scenario, owner, detail) for one in needs)), "")

    return every
