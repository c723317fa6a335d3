"""What a measure looks at, and what it says of one replication."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from supportsim.measures.facts import Facts, Tickets
from supportsim.tables import Flags, Floats, Outcome
from supportsim.units import DAY


@dataclass(frozen=True, eq=False)
class Observation:
    """What one replication says about one measure.

    Attributes
    ----------
    numerator, denominator
        Their ratio is the measure's value in this replication.
    sample : float64
        For a quantile, the values of which it is taken; otherwise empty.
    """

    numerator: float
    denominator: float
    sample: Floats = field(default_factory=lambda: np.zeros(0))


@dataclass(frozen=True, eq=False)
class Scope:
    """What a measure looks at: one channel, one team, or all channels, of one replication.

    Attributes
    ----------
    facts
        The replication.
    queue, team
        Number of the channel's queue, or of the team; None otherwise.
    """

    facts: Facts
    queue: int | None = None
    team: int | None = None

    @cached_property
    def chosen(self) -> Flags:
        """Which tickets count: those that arrived in the window."""
        tickets = self.facts.tickets
        begin, end = self.facts.window
        mine: Flags = (tickets.opened >= begin) & (tickets.opened < end)
        if self.queue is not None:
            mine = mine & (tickets.queue == self.queue)
        return mine

    @cached_property
    def tickets(self) -> Tickets:
        """The tickets that count."""
        columns = self.facts.tickets.columns()
        return Tickets(**{name: column[self.chosen] for name, column in columns.items()})

    @cached_property
    def served(self) -> Flags:
        """Which contacts count: those of these tickets that were served."""
        served: Flags = self.facts.log.outcome == Outcome.SERVED
        served &= self.chosen[self.facts.workload.ticket]
        return served

    @cached_property
    def response(self) -> Floats:
        """Minutes from arrival to first response of the tickets that got one."""
        minutes = self.tickets.answered - self.tickets.opened
        return minutes[~np.isnan(minutes)]

    @cached_property
    def business_response(self) -> Floats:
        """The same in business minutes; nothing where the calendar has no business hours."""
        clock = self.facts.clock
        answered = ~np.isnan(self.tickets.answered) & (clock.per_week > 0)
        ends = clock.cumulative(self.tickets.answered[answered])
        return ends - clock.cumulative(self.tickets.opened[answered])

    @property
    def days(self) -> float:
        """Length of the window, days."""
        begin, end = self.facts.window
        return (end - begin) / DAY
