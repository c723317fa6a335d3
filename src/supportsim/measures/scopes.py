"""What a measure looks at, and what it says of one replication."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from supportsim.measures.facts import Facts
from supportsim.measures.tickets import Tickets
from supportsim.measures.times import Times
from supportsim.scenario import Channel, Scenario, Team
from supportsim.tables import Flags, Floats, Outcome, Visit
from supportsim.units import DAY

ALL = "all"
"""The owner of what is measured for all channels, or all teams, together."""


@dataclass(frozen=True, eq=False)
class Observation:
    """What one replication says about one measure.

    Attributes
    ----------
    numerator, denominator
        Their ratio is the measure's value in this replication.
    parts
        For a quantile, the values of which it is taken: an array, or several. Measures may share
        them, as the mean of all channels shares those of each, so that they are kept once.
    """

    numerator: float
    denominator: float
    parts: Floats | tuple[Floats, ...] = ()

    @property
    def sample(self) -> Floats:
        """The values of which a quantile is taken; none for a ratio."""
        if isinstance(self.parts, np.ndarray):
            return self.parts
        return self.parts[0] if len(self.parts) == 1 else np.concatenate([*self.parts, np.zeros(0)])


@dataclass(frozen=True, eq=False)
class Scope:
    """What a measure looks at: one channel, one team, or all of them, of one replication.

    Attributes
    ----------
    facts
        The replication.
    channel, team
        Number of the channel, or of the team; None otherwise.
    times
        Times at which the tickets arrived that count; None for the whole window.
    """

    facts: Facts
    channel: int | None = None
    team: int | None = None
    times: Times | None = None

    @property
    def scenario(self) -> Scenario:
        """The scenario."""
        return self.facts.scenario

    @property
    def days(self) -> float:
        """Length of the window, days."""
        begin, end = self.facts.window
        return (end - begin) / DAY

    @property
    def edges(self) -> Floats:
        """Start and end of the window, minutes."""
        return np.array(self.facts.window)

    # --- Channels --------------------------------------------------------------------------------

    @property
    def channels(self) -> Sequence[int]:
        """Numbers of the channels looked at."""
        return range(len(self.scenario.channels)) if self.channel is None else (self.channel,)

    @cached_property
    def arrived(self) -> Flags:
        """Which tickets of whatever channel arrived in the window, at the times looked at."""
        mine = self.facts.in_window
        if self.times is None:
            return mine
        return mine & self.times.hold(self.facts.tickets.opened, self.scenario.run.start)

    @cached_property
    def chosen(self) -> Flags:
        """Which tickets count: those of the channels looked at."""
        mine = self.arrived
        return mine if self.channel is None else mine & (self.facts.tickets.channel == self.channel)

    @cached_property
    def tickets(self) -> Tickets:
        """The tickets that count."""
        columns = self.facts.tickets.columns()
        return Tickets(**{name: column[self.chosen] for name, column in columns.items()})

    @cached_property
    def resolved(self) -> Flags:
        """Which of these tickets were resolved."""
        return ~np.isnan(self.tickets.resolved)

    @cached_property
    def contacts(self) -> Flags:
        """Which contacts count: those in this channel, of any ticket that arrived in the window."""
        mine = self.arrived[self.facts.workload.ticket]
        return mine if self.channel is None else mine & (self.facts.channel == self.channel)

    @cached_property
    def served(self) -> Flags:
        """Which of these contacts were served."""
        served: Flags = self.contacts & (self.facts.log.outcome == Outcome.SERVED)
        return served

    @cached_property
    def knocked(self) -> Flags:
        """Which of them were attempts of a customer to get into the queue."""
        return self.contacts & self.facts.knocked

    @cached_property
    def offered(self) -> Flags:
        """Which of those were let in."""
        outcome = self.facts.log.outcome
        shut_out = (outcome == Outcome.REJECTED) | (outcome == Outcome.TURNED_AWAY)
        let_in: Flags = self.knocked & ~shut_out
        return let_in

    @cached_property
    def waits(self) -> Floats:
        """How long the contacts that were let in waited for an agent; inf if in vain."""
        log = self.facts.log
        minutes = (log.start - log.ready)[self.offered]
        return np.where(np.isnan(minutes), np.inf, minutes)

    @cached_property
    def waits_in_vain(self) -> Floats:
        """How long those of them waited whose customers gave up."""
        log = self.facts.log
        gone = self.offered & (log.outcome == Outcome.ABANDONED)
        minutes: Floats = (log.end - log.ready)[gone]
        return minutes

    @property
    def responses(self) -> tuple[Floats, ...]:
        """Minutes from arrival to first response of the tickets that got one, by channel."""
        facts = self.facts
        parts = facts.responses if self.times is None else facts.responses_of(self.arrived)
        return tuple(parts[number] for number in self.channels)

    @property
    def business_responses(self) -> tuple[Floats, ...]:
        """The same in business minutes."""
        facts = self.facts
        whole = self.times is None
        parts = facts.business_responses if whole else facts.business_responses_of(self.arrived)
        return tuple(parts[number] for number in self.channels)

    @cached_property
    def visits(self) -> Flags:
        """Which visits to self-service count: those in the window."""
        visits = self.facts.visits
        begin, end = self.facts.window
        mine: Flags = (visits.time >= begin) & (visits.time < end)
        return mine if self.channel is None else mine & (visits.channel == self.channel)

    def visits_that(self, *came_to: Visit) -> int:
        """Return how many of these visits came to something."""
        return int(np.count_nonzero(np.isin(self.facts.visits.came_to[self.visits], came_to)))

    # --- Teams -----------------------------------------------------------------------------------

    @property
    def teams(self) -> Sequence[int]:
        """Numbers of the teams looked at; teams without limit only if they are asked for."""
        if self.team is not None:
            return (self.team,)
        unlimited = self.facts.routing.unlimited
        return tuple(number for number, endless in enumerate(unlimited) if not endless)

    def of_teams(self, by_team: Floats) -> float:
        """Return the sum of a number over the teams looked at."""
        return float(by_team[list(self.teams)].sum())


def channels_of(scenario: Scenario, owner: str) -> dict[str, Channel]:
    """Return the channels of an owner: one, or all of them."""
    named = dict(scenario.channels)
    return named if owner == ALL else {owner: named[owner]}


def teams_of(scenario: Scenario, owner: str) -> dict[str, Team]:
    """Return the teams of an owner: one, or all of them."""
    named = dict(scenario.teams)
    return named if owner == ALL else {owner: named[owner]}
