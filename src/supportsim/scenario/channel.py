"""A channel: how its tickets arrive, what their customers do, and what they ask of agents."""

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BeforeValidator,
    Field,
    SerializerFunctionWrapHandler,
    field_serializer,
    model_validator,
)

from supportsim.scenario.csv_files import MOST_TICKETS, Ages, Counts
from supportsim.scenario.distributions import Distribution, WideSpread
from supportsim.scenario.fields import (
    ClockTime,
    Duration,
    Model,
    Named,
    Row,
    Share,
    written,
)
from supportsim.scenario.hours import Hours
from supportsim.units import DAY, WEEK

Weights = Annotated[float, Field(ge=0)]
MORE_THAN_ALL = 1 + 1e-9
"""What shares may add up to: the excess forgives rounding."""


def add_up(name: str, shares: "list[float]") -> None:
    """Raise ValueError if shares of one whole add up to more than it."""
    if sum(shares) > MORE_THAN_ALL:
        raise ValueError(f"{name} add up to {sum(shares):g}, more than 1")


SHAPES = ("by_hour", "by_hour_of_week", "peaks")
"""The keys that say how a day's tickets are spread over it, whatever their number."""


class Peak(Model):
    """Hours of every day in which more tickets arrive."""

    from_: ClockTime = Field(alias="from")
    """Time of day at which the peak begins."""
    to: ClockTime
    """Time of day at which it ends."""
    factor: Annotated[float, Field(ge=0, le=1000)]
    """How many times as high the rate is in these hours as the rest of the profile says; `per_day`
    stays the mean of all days. Where peaks overlap, their factors are multiplied."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.to <= self.from_:
            raise ValueError("to has to be later than from; split a peak that runs over midnight")
        return self


class Arrivals(Model):
    """When tickets arrive: a Poisson process whose rate follows the hour, day and season.

    With `self_service`, these are customers with a question, ahead of it.
    """

    per_day: Annotated[float, Field(ge=0, le=MOST_TICKETS)] | None = None
    """Mean number of tickets a day, over the seven days of a week that is not touched by
    `by_month`, `growth_per_year` and `on_holidays`."""
    counts: Counts | None = None
    """Instead of `per_day` and the keys that say how the rate varies: expected tickets in each
    interval of `every`, from the start of the scenario; spread evenly over it, or as `by_hour`,
    `by_hour_of_week` and `peaks` say. Counts of whole weeks are repeated up to the end of the run;
    others have to reach it. In a file: `counts = { csv = "calls.csv", column = "calls" }`."""
    every: Annotated[Duration, Field(ge=1)] = written("1d")
    """Length of the intervals of `counts`; it has to go into a week a whole number of times."""
    business_hours_share: Share | None = None
    """Share that arrives in business hours; without it the profile alone decides. Over a run of
    whole weeks it holds exactly, whatever season, growth and holidays do."""
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
    peaks: Annotated[Named[Peak], Field(max_length=24)] = written({})
    """Peaks of the day, as in `{ noon = { from = "11:00", to = "15:00", factor = 2 } }`."""
    by_month: Annotated[Row[Weights], Field(min_length=12, max_length=12)] | None = None
    """Relative rate of each month, January first: 12 numbers. Their mean counts as 1."""
    growth_per_year: Annotated[float, Field(gt=-1, le=100)] = 0.0
    """Growth from the start of the scenario: 0.2 makes the rate 1.2-fold after a year (365.25
    days), little by little."""
    on_holidays: Annotated[float, Field(ge=0, le=1000)] = 1.0
    """Relative rate on the public holidays of the calendar."""
    busyness_cv: WideSpread = 0.0
    """Coefficient of variation of the day's busyness, a gamma factor that all the tickets of a day
    share: 0 for a Poisson process, 0.1 to 0.3 as commonly found in call centres."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.per_day is None) == (self.counts is None):
            raise ValueError("give per_day, the tickets of a mean day, or counts")
        if self.by_hour_of_week is not None and (self.by_weekday or self.by_hour):
            raise ValueError("give by_hour_of_week, or by_weekday and by_hour, not both")
        for name in ("by_weekday", "by_hour", "by_month"):
            if getattr(self, name) is not None and not any(getattr(self, name)):
                raise ValueError(f"{name} has to have a weight above 0")
        if self.by_hour_of_week is not None and not any(map(any, self.by_hour_of_week)):
            raise ValueError("by_hour_of_week has to have a weight above 0")
        if self.counts is None:
            if self.every != DAY:
                raise ValueError("every is the length of the intervals of counts; give counts")
            return self
        for name, field in type(self).model_fields.items():
            is_for_both = name in ("per_day", "counts", "every", "busyness_cv", *SHAPES)
            if not is_for_both and getattr(self, name) != field.default:
                raise ValueError(f"counts say all that {name} would; leave one of them out")
        if abs(math.remainder(WEEK, self.every)) > WEEK * 1e-9:
            raise ValueError("every has to go into a week a whole number of times")
        return self

    @property
    def has_shape(self) -> bool:
        """Whether a profile says how the tickets of a day are spread over it."""
        return any(getattr(self, name) for name in SHAPES)


class Backlog(Model):
    """Tickets that are open, and not answered yet, when the scenario starts."""

    tickets: Annotated[int, Field(ge=0, le=MOST_TICKETS)] | None = None
    """How many; or give their `ages`."""
    age: Distribution = written("0min")
    """How long ago they arrived, with `tickets`."""
    ages: Ages | None = None
    """How long ago each of them arrived. In a file: `ages = { csv = "open.csv", column = "age" }`,
    a duration a row, or a number of `unit = "h"`."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.tickets is None) == (self.ages is None):
            raise ValueError("give either tickets, their number, or ages")
        if self.ages is not None and self.age.average > 0:
            raise ValueError(
                "age is for tickets of which only the number is given; drop age or ages"
            )
        return self

    @property
    def size(self) -> int:
        """Number of tickets."""
        return (self.tickets or 0) if self.ages is None else len(self.ages)


class Opening(Model):
    """When a channel is open, and what becomes of customers who come when it is not."""

    hours: Annotated[Row[Hours], Field(min_length=1)]
    """The hours in which it is open, but for the holidays of the calendar."""
    outside: Literal["wait", "voicemail", "turned away"] = "wait"
    """What happens outside them: customers wait until it opens, leave a message, which becomes a
    contact of another channel, or go."""
    voicemail_to: str | None = None
    """The channel of the message."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.outside == "voicemail") != (self.voicemail_to is not None):
            raise ValueError('voicemail_to belongs to outside = "voicemail", and has to be given')
        return self


class Redial(Model):
    """Customers who gave up, or found the lines busy, try again."""

    probability: Share
    """Chance of another attempt after each failed one."""
    delay: Distribution
    """Time until then."""
    at_most: Annotated[int, Field(ge=1, le=50)] = 5
    """Most attempts after the first."""


class Switching(Model):
    """Customers who wait too long try another channel."""

    to: str
    """The other channel."""
    probability: Share
    """Share of customers who switch when they have waited so long."""
    after: Annotated[Duration, Field(gt=0)]
    """How long they wait before they do; where the channel is busy they switch at once."""


class Bumps(Model):
    """Customers write again while their ticket is unanswered; the messages are read as one."""

    probability: Annotated[float, Field(ge=0, lt=1)]
    """Chance that the customer writes once more; asked again after each time."""
    delay: Distribution
    """Time since the customer's last message."""


class Tools(Model):
    """Systems that get in an agent's way."""

    slowed: Share = 0.0
    """Share of contacts for which the agent has to look in several systems."""
    slowdown: Annotated[float, Field(ge=1, le=100)] = 1.0
    """How many times as long the work on those takes."""
    blocked: Annotated[float, Field(ge=0, lt=1)] = 0.0
    """Chance that a ticket cannot be resolved at once for want of connected systems, and the agent
    has to take it up once more."""
    delay: Distribution = written("0min")
    """Time until then."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.slowed and self.slowdown == 1:
            raise ValueError("slowdown is missing: how many times as long does slowed work take?")
        return self


class Escalation(Model):
    """Conversations that go on in another channel."""

    to: str
    """The other channel."""
    probability: Share
    """Chance that a conversation which has found its agent goes on there."""
    delay: Distribution = written("0min")
    """Time until it does."""


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
    to_team: str | None = None
    """The team that it goes to (a second tier); without it any other agent of the channel."""


class Reopening(Model):
    """Resolved tickets that come back."""

    probability: Annotated[float, Field(ge=0, lt=1)]
    """Chance that a resolved ticket is reopened; asked again after every resolution."""
    delay: Distribution
    """Time from the resolution to the reopening."""


class Experience(Model):
    """What makes an experience worse: each factor is multiplied with the others, from 1 down."""

    halved_by_wait: Annotated[Duration, Field(gt=0)] | None = None
    """Wait for the first response that halves it; without it waiting does not matter."""
    if_unresolved: Share = 1.0
    """Factor for a ticket that was not resolved."""
    per_transfer: Share = 1.0
    """Factor for each transfer."""
    per_contact: Share = 1.0
    """Factor for each further contact that the customer had to make: effort."""
    if_unanswered: Share = 0.0
    """Factor for a ticket without any response."""


class Satisfaction(Model):
    """What customers say in surveys, from the worst experience (0) to the best (1)."""

    csat: Annotated[Row[Share], Field(min_length=2, max_length=2)] | None = None
    """Share who are satisfied after the worst and after the best experience."""
    nps: (
        Annotated[Row[Annotated[float, Field(ge=-100, le=100)]], Field(min_length=2, max_length=2)]
        | None
    ) = None
    """Net promoter score after the worst and after the best experience, −100 to 100."""
    ces: Annotated[Row[float], Field(min_length=2, max_length=2)] | None = None
    """Customer effort score after the worst and after the best experience, on any scale."""
    source: Annotated[str, Field(min_length=1)] = "assumed"
    """Where the numbers come from."""


def _several(given: Any) -> Any:
    """Let a single table stand for an array of one."""
    return (given,) if isinstance(given, Mapping) else given


def _one_or_several(schema: dict[str, Any]) -> None:
    """Say the same in a field's JSON Schema."""
    array = {key: schema.pop(key) for key in ("type", "items")}
    schema["anyOf"] = [array["items"], array]


class Channel(Model):
    """One way in which customers reach support, with a queue of its own."""

    live: bool = False
    """Whether the customer is there while an agent works (phone, chat): work is then finished in
    overtime instead of stopping at the end of duty, and the response is the start of the work."""
    occupies: Annotated[float, Field(gt=0, le=1)] = 1.0
    """Share of an agent that one contact takes: 0.5 for two at a time."""
    arrivals: Arrivals
    """When tickets arrive."""
    backlog: Backlog | None = None
    """Tickets that wait when the scenario starts."""
    priorities: Row[Share] = ()
    """Shares of customers who are served before the others, the most urgent class first, as in
    `[0.05]` for 5 % of VIP customers; the rest of the customers comes last."""
    devices: Named[Share] = written({})
    """Share of tickets from each device, as in `{ desktop = 0.6, mobile = 0.4 }`."""
    opening: Opening | None = None
    """When the channel is open; without it always."""
    lines: Annotated[int, Field(ge=0)] | None = None
    """Customers who can be in the channel at once, waiting or served (telephone trunks); others
    find it busy."""
    places: Annotated[int, Field(ge=0)] | None = None
    """Customers who can wait at once; others find it busy."""
    patience: Distribution | None = None
    """Longest wait in the queue before the customer gives up; without it nobody does. It does not
    apply to replies, transfers and whatever else goes on with a conversation."""
    redial: Redial | None = None
    """Further attempts of customers who gave up or found the channel busy."""
    switching: Switching | None = None
    """Customers who try another channel when they have waited too long."""
    bumps: Bumps | None = None
    """Further messages of customers who have no answer yet."""
    work: Distribution
    """Agent time on a contact until the answer is out, at normal speed."""
    wrap_up: Distribution = written("0min")
    """Agent time on a contact after the answer, at normal speed."""
    tools: Tools | None = None
    """Systems that slow agents down, or keep them from resolving."""
    replies: Replies | None = None
    """Customers' replies to an answer."""
    transfers: Transfers | None = None
    """Transfers to another agent or team."""
    escalation: Annotated[
        Row[Escalation],
        BeforeValidator(_several),
        Field(json_schema_extra=_one_or_several),
    ] = ()
    """Conversations that go on in another channel: a table, or an array of tables."""
    resolution: Share = 1.0
    """Chance that a ticket that was served to its end is resolved."""
    reopening: Reopening | None = None
    """Reopening of resolved tickets."""
    response_bands: Row[Annotated[Duration, Field(gt=0)]] = written(["1h", "24h", "48h"])
    """Times within which the share of tickets with a first response is measured."""
    answer_targets: Row[Annotated[Duration, Field(gt=0)]] = ()
    """Waits in the queue for which the service level of contacts is measured, as in `["20s"]`."""
    experience: Experience = Experience()
    """How waiting, transfers and effort spoil an experience with this channel."""
    satisfaction: Satisfaction | None = None
    """What customers of this channel say in surveys, where it is not as in the whole desk."""

    @field_serializer("escalation", mode="wrap")
    def _as_table(self, ways: Any, write: SerializerFunctionWrapHandler) -> Any:
        """Write a single escalation as a table, so that its keys have paths of their own."""
        written_out = write(ways)
        return written_out[0] if len(written_out) == 1 else written_out

    @model_validator(mode="after")
    def _check(self) -> Self:
        for name in ("response_bands", "answer_targets"):
            times = getattr(self, name)
            if len(set(times)) < len(times):
                raise ValueError(f"{name} names a time twice")
        add_up("the shares of priorities", [*self.priorities])
        add_up("the shares of devices", [*self.devices.values()])
        add_up("the probabilities of escalation", [e.probability for e in self.escalation])
        if len({e.to for e in self.escalation}) < len(self.escalation):
            raise ValueError("escalation names a channel twice")
        if self.redial and self.patience is None and self.lines is None and self.places is None:
            raise ValueError("nobody would redial: give patience, lines or places")
        return self
