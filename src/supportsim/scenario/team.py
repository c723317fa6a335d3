"""A team: its agents, when they are on duty, and how they come and go."""

import datetime as dt
from collections.abc import Iterable
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from supportsim.scenario.distributions import Distribution, WideSpread
from supportsim.scenario.fields import Duration, Model, Row, Share, written
from supportsim.scenario.hours import (
    Break,
    Holidays,
    Shift,
    ShiftTable,
    each_agents_shifts,
    overlapping,
    shifts_given,
)
from supportsim.units import DAY, format_duration


class Absence(Model):
    """Paid time away from work; with breaks and holidays, the shrinkage."""

    planned: Share = 0.0
    """Share of the weeks that an agent is on leave."""
    unplanned: Annotated[float, Field(ge=0, lt=1)] = 0.0
    """Share of the days that an agent is ill or otherwise away."""
    spell: Annotated[Duration, Field(ge=DAY)] = written("3d")
    """Mean length of an unplanned absence, in calendar days."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        # Spells of illness are apart: the mean one between two of absence lasts a day or longer.
        longest = self.unplanned / (1 - self.unplanned) * DAY
        if self.spell < longest * (1 - 1e-9):
            needed = format_duration(round(longest, 3))
            raise ValueError(
                f"for so large a share of unplanned absence, spell has to be at least {needed}"
            )
        return self


class PartTime(Model):
    """Agents who work a part of every shift."""

    share: Share
    """Share of the team's agents who do, rounded to whole agents."""
    hours: Annotated[float, Field(gt=0, lt=1)]
    """The part of every shift that they work: in turn its beginning and its end."""


class RampStep(Model):
    """A time in which a new agent works at some speed."""

    until: Annotated[Duration, Field(gt=0)]
    """Time since the end of training up to which the speed holds."""
    speed: Annotated[float, Field(gt=0, le=100)]
    """Work done in a minute, relative to the agent's own speed later on."""


class Onboarding(Model):
    """How new agents begin."""

    training: Duration = written("0d")
    """Paid time from the first day to the first duty."""
    ramp_up: Row[RampStep] = ()
    """Speed after training, step by step; full speed after the last one."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        for step, following in pairwise(self.ramp_up):
            if following.until <= step.until:
                raise ValueError("ramp_up has to go forward in time: each until after the last")
        return self


class Turnover(Model):
    """Agents leave and are replaced."""

    per_year: Annotated[float, Field(ge=0, le=50)]
    """Agents who leave in a year, over the mean headcount: each leaves at this rate."""
    notice: Duration = written("0d")
    """Time between giving notice and leaving; at most the time since the first day."""
    hiring: Literal["replace", "ahead", "freeze"] = "replace"
    """When the search for a successor begins: when notice is given; so long before, from a pool of
    candidates, that the successor is trained on the day that the other leaves; or never."""
    time_to_hire: Distribution = written("0d")
    """Time from the beginning of the search to the successor's first day, which is never before
    the other has left (but with "ahead")."""
    cost_per_leaver: Annotated[float, Field(ge=0)] = 0.0
    """Cost of replacing an agent: search, hiring, and training beyond paid time."""


class Hire(Model):
    """Agents who join the team beyond its first agents."""

    date: dt.date
    """Their first day."""
    agents: Annotated[int, Field(ge=1, le=10_000)]
    """How many."""


class Team(Model):
    """Agents with the same skills, who share shifts or divide them up."""

    agents: Annotated[int, Field(ge=0, le=10_000)] | Literal["unlimited"] | None = None
    """Number of agents; `"unlimited"` serves every contact at once, day and night. It may be left
    out where the shifts name their agents or say how many they are."""
    serves: Row[str] = ()
    """Channels that the team serves, most urgent first. Only a team to which others transfer may
    do without."""
    interrupts: bool = False
    """Whether a call or chat may interrupt less urgent work that can be put off (email, portal)."""
    shifts: Annotated[
        Row[Shift],
        BeforeValidator(shifts_given, json_schema_input_type=Row[Shift] | ShiftTable),
    ] = ()
    """Hours in which agents are on duty. In a file: `shifts = { csv = "shifts.csv" }`, with the
    columns agent, day (weekdays or a date), from, to."""
    breaks: Row[Break] = ()
    """Breaks from duty, which are paid."""
    holidays: Holidays | None = None
    """Public holidays, on which nobody is on duty; they are paid."""
    absence: Absence = Absence()
    """Leave and illness."""
    part_time: PartTime | None = None
    """Agents who work a part of every shift."""
    speed: Annotated[float, Field(gt=0, le=100)] = 1.0
    """Work done in a minute: 0.5 takes twice as long as normal."""
    speed_cv: Annotated[WideSpread, Field(le=1)] = 0.0
    """Coefficient of variation of the agents' own speeds around it (gamma); 0, or at least 0.01."""
    turnover: Turnover | None = None
    """Agents who leave and are replaced; without it nobody does."""
    onboarding: Onboarding = Onboarding()
    """Training and ramp-up of agents who join after the start of the scenario."""
    hires: Row[Hire] = ()
    """Agents who join beyond the first ones."""
    cost_per_hour: Annotated[float, Field(ge=0)] = 0.0
    """Cost of an hour of an agent's time, in the currency of the benchmarks."""

    @property
    def size(self) -> int:
        """Agents at the start; 0 for a team without limit."""
        if isinstance(self.agents, int):
            return self.agents
        return 0 if self.agents == "unlimited" else _said_by(self.shifts)

    @model_validator(mode="after")
    def _check(self) -> Self:
        if len(set(self.serves)) < len(self.serves):
            raise ValueError("serves names a channel twice")
        if self.agents == "unlimited":
            self._check_unlimited()
            return self
        kinds = {(shift.agents is None, shift.agent is None) for shift in self.shifts}
        if len(kinds) > 1:
            raise ValueError("give every shift its agents, or its agent, or none of them")
        said = None if kinds <= {(True, True)} else _said_by(self.shifts)
        if self.agents is None and said is None:
            raise ValueError("agents is missing: how many are there?")
        if (self.agents or self.hires) and not self.shifts:
            raise ValueError(
                "shifts is missing: when are the agents on duty? For around the clock "
                'write [{ days = "Mon-Sun", from = "00:00", to = "24:00" }]'
            )
        if said is not None and self.agents not in (None, said):
            raise ValueError(f"agents is {self.agents}, but the shifts are for {said}")
        if said is not None and self.hires:
            raise ValueError("hires are for teams whose agents all work the same shifts")
        for shifts in each_agents_shifts(self.shifts):
            if overlapping(shifts):
                who = f" of agent {shifts[0].agent}" if shifts[0].agent else ""
                raise ValueError(f"shifts{who} overlap")
        return self

    def _check_unlimited(self) -> None:
        for name in ("shifts", "breaks", "holidays", "part_time", "turnover", "hires", "speed_cv"):
            if getattr(self, name):
                raise ValueError(f"a team without limit has no {name}")
        if self.speed != 1 or self.absence != Absence() or self.onboarding != Onboarding():
            raise ValueError(
                "a team without limit has normal speed, no onboarding, and is never absent"
            )


def _said_by(shifts: Iterable[Shift]) -> int:
    """Return how many agents shifts count or name."""
    counted = sum(shift.agents or 0 for shift in shifts)
    return counted or len({shift.agent for shift in shifts if shift.agent is not None})
