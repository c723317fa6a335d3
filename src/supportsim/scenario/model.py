"""The scenario: what the user writes, validated and frozen.

These models are the single source of the loader, its error messages, the JSON Schema and the
reference of the keys.
"""

import datetime as dt
from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from supportsim.scenario.channel import Arrivals, Channel, Satisfaction
from supportsim.scenario.fields import Duration, Model, Named, Row, Share, plain, written
from supportsim.scenario.hours import Holidays, Hours, Shift
from supportsim.scenario.team import Team
from supportsim.units import WEEK

__all__ = [
    "Arrivals",
    "Calendar",
    "Channel",
    "Customers",
    "Hours",
    "Run",
    "Scenario",
    "SelfService",
    "Shift",
    "Team",
]


class Calendar(Model):
    """What counts as business hours."""

    business_hours: Row[Hours] = written([{"days": "Mon-Fri", "from": "09:00", "to": "17:00"}])
    """The hours that the business-hours clock counts, and the base of `business_hours_share`."""
    holidays: Holidays | None = None
    """Public holidays, on which there are no business hours. Teams have holidays of their own."""


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


class Forum(Model):
    """Customers who ask other customers."""

    asked: Share
    """Share of those whom no article answered who ask in the forum."""
    answered: Share
    """How often the forum answers them."""


class SelfService(Model):
    """Articles and forums that answer customers before they write or call.

    With it, the arrivals of a channel are customers with a question: those whom self-service
    answers never become tickets.
    """

    channels: Row[str] = ()
    """Channels whose customers may try it; all of them if left out."""
    tried_first: Share
    """Share of customers who try it before they contact support."""
    answered: Share
    """How often an article in the customer's language answers the question."""
    own_language: Share = 1.0
    """Share of customers who find articles in their language."""
    answered_otherwise: Share = 0.0
    """How often an article in another language answers the question."""
    forum: Forum | None = None
    """A forum, for those whom no article answered."""


class Expectation(Model):
    """Customers who expect a reply within some time."""

    within: Annotated[Duration, Field(gt=0)]
    """The time."""
    share: Share
    """Share of all customers who expect a reply within it; those who expect it sooner count too."""


class Customers(Model):
    """What customers expect, and what becomes of those who are disappointed."""

    expectations: Row[Expectation] = ()
    """Expected times to a first response, the shortest first. Customers beyond the last share
    only expect an answer."""
    leave_after_bad_experience: Share = 0.0
    """Share of customers who leave the company after a bad experience: a first response later than
    they expected, or none, or no resolution."""
    value: Annotated[float, Field(ge=0)] = 0.0
    """What a customer is worth, in the currency of the benchmarks."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        for one, following in pairwise(self.expectations):
            if following.within <= one.within or following.share < one.share:
                raise ValueError(
                    "expectations have to go forward: each time after the last, each share no less"
                )
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
    self_service: SelfService | None = None
    """Articles and forums ahead of the channels."""
    customers: Customers = Customers()
    """What customers expect."""
    satisfaction: Satisfaction = Satisfaction()
    """What customers say in surveys."""
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
