"""The settings of a plan, as on the command line and in the table ``[plan]`` of a study file."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from supportsim.scenario.fields import Duration, Model, Row


class PlanSettings(Model):
    """What a plan is for, and how sure it has to be."""

    targets: Annotated[Row[str], Field(min_length=1)]
    """What has to hold, as in `"phone.answered_within_20s>=0.8"`."""
    confidence: Annotated[float, Field(ge=0.5, lt=1)] = 0.95
    """Probability with which what the plan says to be shown is true."""
    teams: Annotated[Row[str], Field(min_length=1)] | None = None
    """Teams to plan; without it those that serve a channel of a target."""
    precision: Annotated[float, Field(gt=0, lt=1)] | None = None
    """Margin below which a target may be judged either way: of shares absolute, of all else
    relative to the target's value. Without it 0.01 and 0.02; where a margin is closer than that,
    it is narrowed as far as the replications allow."""
    max_replications: Annotated[int, Field(ge=4, le=1_000_000)] | None = None
    """Most replications of a staffing. Without it as many as simulate about 10 million contacts,
    at least 40 and at most 2000."""
    every: Annotated[Duration, Field(gt=0)] | None = None
    """Every target has to hold in each stretch of the day of this length, as in `"30min"`."""
    most: str | None = None
    """Instead of a plan, the most tickets a day that the desk as it is can take: of a channel, as
    in `"channels.phone.arrivals.per_day"`, or of `"all"` channels by the same factor."""
    hire: str | None = None
    """Instead of a plan, the latest date by which to hire: for which team, as in `"desk"` or, for
    two agents, `"desk=2"`."""
    growth: str | None = None
    """Instead of one plan, one for each month of a growing volume: its growth a month, as in
    `"2%"`, or how many times the tickets of now each month has, as in `"1, 1.1, 1.3"`."""
    months: Annotated[int, Field(ge=1, le=120)] | None = None
    """With a growth in per cent: how many months to plan for after the first; 12 unless given."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        asked = [name for name in ("most", "hire", "growth") if getattr(self, name) is not None]
        if len(asked) > 1:
            raise ValueError(f"{' and '.join(asked)} are different questions; ask one at a time")
        if self.months is not None and (self.growth is None or "%" not in self.growth):
            raise ValueError('months go with a growth in per cent, as in "2%"')
        if self.hire is not None:
            _ = self.team_to_hire
        if self.growth is not None:
            _ = self.factors
        return self

    @property
    def study(self) -> str:
        """What is asked for: a plan, or one of the reverse questions."""
        asked = [name for name in ("most", "hire", "growth") if getattr(self, name) is not None]
        return " --".join(["plan", *asked])

    @property
    def is_reverse(self) -> bool:
        """Whether something else than one plan is asked for."""
        return self.study != "plan"

    @property
    def team_to_hire(self) -> tuple[str, int]:
        """The team of `hire`, and how many agents."""
        team, equals, number = (self.hire or "").partition("=")
        if equals and not (number.strip().isdecimal() and int(number) > 0):
            raise ValueError(
                f'hire = "{self.hire}": write a team and a whole number, as in "desk=2"'
            )
        return team.strip(), int(number) if equals else 1

    @property
    def factors(self) -> tuple[float, ...]:
        """How many times the tickets of now each month of `growth` has."""
        text = (self.growth or "").strip()
        try:
            if not text.endswith("%"):
                factors = tuple(float(part) for part in text.split(","))
            else:
                rate = 1 + float(text.removesuffix("%")) / 100
                factors = tuple(rate**month for month in range((self.months or 12) + 1))
        except (ValueError, OverflowError):
            factors = ()
        if not factors or not all(0 < factor < 1e6 for factor in factors):
            raise ValueError(
                f'growth = "{text}": write growth a month, above -100%, as in "2%", or factors '
                'above 0, as in "1, 1.1, 1.3"'
            )
        return factors
