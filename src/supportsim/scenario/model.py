"""The scenario: what the user writes, validated and frozen.

These models are the single source of the loader, its error messages, the JSON Schema and the
reference of the keys.
"""

import datetime as dt
import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from supportsim.scenario.distributions import Distribution
from supportsim.scenario.fields import (
    ClockTime,
    Duration,
    Model,
    Named,
    Row,
    Share,
    Weekdays,
    plain,
    written,
)
from supportsim.units import MINUTES, WEEK

Weights = Annotated[float, Field(ge=0)]


class Hours(Model):
    """The same hours on some days of every week."""

    days: Weekdays
    """Weekdays, as in `"Mon-Fri"` or `"Sat,Sun"`."""
    from_: ClockTime = Field(alias="from")
    """Time of day at which they begin."""
    to: ClockTime
    """Time of day at which they end, up to `"24:00"`."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.to <= self.from_:
            raise ValueError("to has to be later than from; split hours that run over midnight")
        return self

    def stretches(self) -> list[tuple[float, float]]:
        """Return the stretches of a day, minutes after midnight."""
        return [(self.from_, self.to)]


class Shift(Hours):
    """Hours of duty, whole or a part of every hour."""

    each_hour: Annotated[Duration, Field(ge=MINUTES["s"], lt=60)] | None = None
    """For agents who give support a part of their time: how long of every hour, counted from the
    beginning of the shift, they are on duty."""

    def stretches(self) -> list[tuple[float, float]]:
        """Return the stretches of duty of a day, minutes after midnight."""
        if self.each_hour is None:
            return super().stretches()
        starts = range(math.ceil((self.to - self.from_) / 60))
        begins = [self.from_ + 60.0 * hour for hour in starts]
        return [(begin, min(begin + self.each_hour, self.to)) for begin in begins]


class Calendar(Model):
    """What counts as business hours."""

    business_hours: Row[Hours] = written([{"days": "Mon-Fri", "from": "09:00", "to": "17:00"}])
    """The hours that the business-hours clock counts, and the base of `business_hours_share`."""


class Run(Model):
    """How long and how often to simulate."""

    start: dt.date = dt.date(2026, 1, 5)
    """The first day; minute 0 is its midnight."""
    warm_up: Annotated[Duration, Field(le=520 * WEEK)] = written("8w")
    """Time at the start that is simulated but not measured."""
    window: Annotated[Duration, Field(gt=0, le=1040 * WEEK)] = written("52w")
    """Measured time, after the warm-up."""
    follow_up: Annotated[Duration, Field(le=520 * WEEK)] = written("8w")
    """Time after the window in which its tickets are followed to their end, while others come."""
    replications: Annotated[int, Field(ge=1, le=100_000)] | Literal["auto"] = 20
    """Independent repetitions; `"auto"` adds them until `precision` is reached."""
    precision: Annotated[float, Field(gt=0, lt=1)] = 0.05
    """With `"auto"`: half-width of the 95 % interval of every judged measure over its mean."""
    max_replications: Annotated[int, Field(ge=3, le=100_000)] = 200
    """With `"auto"`: how many replications may be spent."""
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 1
    """Seed of all random numbers."""

    @property
    def window_edges(self) -> tuple[float, float]:
        """Start and end of the measured window, minutes."""
        return self.warm_up, self.warm_up + self.window

    @property
    def horizon(self) -> float:
        """End of the simulated time, minutes."""
        return self.warm_up + self.window + self.follow_up


class Arrivals(Model):
    """When tickets arrive: a Poisson process whose rate repeats every week."""

    per_day: Annotated[float, Field(ge=0, le=1_000_000)]
    """Mean number of tickets a day, over all seven days of the week."""
    business_hours_share: Share | None = None
    """Share that arrives in business hours; without it the profile alone decides."""
    by_weekday: Annotated[Row[Weights], Field(min_length=7, max_length=7)] | None = None
    """Relative rate of each day, Monday first: 7 numbers."""
    by_hour: Annotated[Row[Weights], Field(min_length=24, max_length=24)] | None = None
    """Relative rate of each hour of the day, from midnight: 24 numbers."""
    by_hour_of_week: (
        Annotated[
            Row[Annotated[Row[Weights], Field(min_length=24, max_length=24)]],
            Field(min_length=7, max_length=7),
        ]
        | None
    ) = None
    """Relative rate of each hour of the week: 7 rows, Monday first, of 24 numbers."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.by_hour_of_week is not None and (self.by_weekday or self.by_hour):
            raise ValueError("give by_hour_of_week, or by_weekday and by_hour, not both")
        for name in ("by_weekday", "by_hour"):
            if getattr(self, name) is not None and not any(getattr(self, name)):
                raise ValueError(f"{name} has to have a weight above 0")
        if self.by_hour_of_week is not None and not any(map(any, self.by_hour_of_week)):
            raise ValueError("by_hour_of_week has to have a weight above 0")
        return self


class Replies(Model):
    """What customers do after an answer: write back."""

    probability: Annotated[float, Field(ge=0, lt=1)]
    """Chance that the customer replies to an answer; asked again after every answer."""
    delay: Distribution
    """Time until the customer replies, on the calendar clock."""
    same_agent: bool = True
    """Whether the reply waits for the agent who answered, if that agent is due back."""


class Transfers(Model):
    """Agents pass a ticket on to a colleague until it has found the right one."""

    probability: Annotated[float, Field(ge=0, lt=1)]
    """Chance that the first contact, and each transferred one, is passed on: p/(1−p) a ticket."""
    delay: Distribution = written("0min")
    """Time until the transferred contact joins the queue."""


class Reopening(Model):
    """Resolved tickets that come back."""

    probability: Annotated[float, Field(ge=0, lt=1)]
    """Chance that a resolved ticket is reopened; asked again after every resolution."""
    delay: Distribution
    """Time from the resolution to the reopening."""


class Channel(Model):
    """One way in which customers reach support, with a queue of its own."""

    live: bool = False
    """Whether the customer is there while an agent works (phone, chat): work is then finished in
    overtime instead of stopping at the end of duty, and the response is the start of the work."""
    occupies: Annotated[float, Field(gt=0, le=1)] = 1.0
    """Share of an agent that one contact takes: 0.5 for two at a time."""
    arrivals: Arrivals
    """When tickets arrive."""
    patience: Distribution | None = None
    """Longest wait for the first contact before the customer gives up; without it nobody does."""
    work: Distribution
    """Agent time on a contact until the answer is out, at normal speed."""
    wrap_up: Distribution = written("0min")
    """Agent time on a contact after the answer, at normal speed."""
    replies: Replies | None = None
    """Customers' replies to an answer."""
    transfers: Transfers | None = None
    """Transfers to another agent."""
    resolution: Share = 1.0
    """Chance that a ticket that was served to its end is resolved."""
    reopening: Reopening | None = None
    """Reopening of resolved tickets."""
    response_bands: Row[Annotated[Duration, Field(gt=0)]] = written(["1h", "24h", "48h"])
    """Times within which the share of tickets with a first response is measured."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if len(set(self.response_bands)) < len(self.response_bands):
            raise ValueError("response_bands names a time twice")
        return self


class Team(Model):
    """Agents with the same skills and shifts."""

    agents: Annotated[int, Field(ge=0, le=10_000)] | Literal["unlimited"]
    """Number of agents; `"unlimited"` serves every contact at once, day and night."""
    serves: Annotated[Row[str], Field(min_length=1)]
    """Channels that the team serves, most urgent first."""
    shifts: Row[Shift] = ()
    """Hours in which all the team's agents are on duty."""
    speed: Annotated[float, Field(gt=0, le=100)] = 1.0
    """Work done in a minute: 0.5 takes twice as long as normal."""
    cost_per_hour: Annotated[float, Field(ge=0)] = 0.0
    """Cost of an hour of an agent's time, in the currency of the benchmarks."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if len(set(self.serves)) < len(self.serves):
            raise ValueError("serves names a channel twice")
        if self.agents == "unlimited":
            if self.shifts or self.speed != 1:
                raise ValueError("a team without limit has no shifts and normal speed")
        elif self.agents and not self.shifts:
            raise ValueError(
                "shifts is missing: when are the agents on duty? For around the clock "
                'write [{ days = "Mon-Sun", from = "00:00", to = "24:00" }]'
            )
        spans = sorted(
            (day, begin, end)
            for shift in self.shifts
            for day in shift.days
            for begin, end in shift.stretches()
        )
        for (day, _, end), (other, begin, _) in pairwise(spans):
            if day == other and begin < end:
                raise ValueError("shifts overlap")
        return self


class Benchmarks(Model):
    """Published figures to judge the result by."""

    use: Row[str] = ()
    """Ids of benchmarks, or the first part of them for all such, as in `"portal"`."""
    files: Row[str] = ()
    """Your own benchmark files, beside the scenario."""
    fitted: Row[str] = ()
    """Ids of the benchmarks to which parameters of this scenario were fitted."""


class Scenario(Model):
    """A support desk to simulate; see `load` for reading one from a file."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    """Name shown in reports."""
    description: str = ""
    """What the scenario is about."""
    run: Run = Run()
    """How long and how often to simulate."""
    calendar: Calendar = Calendar()
    """Business hours."""
    channels: Annotated[Named[Channel], Field(min_length=1, max_length=100)]
    """The channels, by name."""
    teams: Annotated[Named[Team], Field(min_length=1, max_length=100)]
    """The teams, by name."""
    benchmarks: Benchmarks = Benchmarks()
    """Published figures to judge the result by."""

    def replace(self, changes: Mapping[str, Any]) -> "Scenario":
        """Return a copy with some keys changed, validated again.

        Parameters
        ----------
        changes
            New values by dotted path, such as ``{"channels.portal.arrivals.per_day": 8}``, as they
            would be written in the file.

        Raises
        ------
        ScenarioError
            If a path does not exist or the changed scenario is not valid.
        """
        from supportsim.scenario.loading import changed, validate

        return validate(changed(self.to_dict(), changes))

    def to_dict(self) -> dict[str, Any]:
        """Return the scenario as the nested dictionary that would be written in the file.

        Keys left at their defaults are left out; CSV files stand in it as values.
        """
        tables: dict[str, Any] = plain(self.model_dump(by_alias=True, exclude_unset=True))
        return tables
