"""What a log says about tickets, contacts and agents, before anything is averaged."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from supportsim.measures.staff import Staff, nobody_employed, nothing_paid
from supportsim.measures.tickets import Tickets, closing, tickets_of
from supportsim.measures.timing import ROUNDING, minutes_on_duty, overlaps
from supportsim.scenario.calendar import business_clock
from supportsim.tables import (
    BEGUN_BY_CUSTOMER,
    NOBODY,
    Attendance,
    Codes,
    ContactLog,
    Customers,
    Employment,
    Flags,
    Floats,
    Integers,
    Kind,
    Messages,
    Outcome,
    Roster,
    Routing,
    Visits,
    Workload,
)

if TYPE_CHECKING:
    from supportsim.scenario import Scenario
    from supportsim.scenario.calendar import Rate

_SEARCHING = (*BEGUN_BY_CUSTOMER, Kind.TRANSFER, Kind.FOLLOW_UP)
"""The kinds of contact that a conversation is made of until it has found its agent."""


def no_visits() -> Visits:
    """Return the visits to self-service where there is none."""
    return Visits(np.zeros(0, np.int8), np.zeros(0), np.zeros(0, np.int8))


def no_messages() -> Messages:
    """Return the further messages of customers who write none."""
    return Messages(np.zeros(0, np.int32), np.zeros(0))


@dataclass(frozen=True, eq=False)
class Facts:
    """Everything that measures are made of, for one run.

    Attributes
    ----------
    scenario
        The scenario: it names channels and teams, and says what is expected, and what is paid.
    workload, log, roster, routing
        What was asked, what happened, and who was there.
    employment, attendance
        Who was employed, and what they were paid for; nobody and nothing if left out.
    customers
        What is known of each ticket's customer; None for nothing.
    visits
        Visits to self-service; none if left out.
    further
        What customers write further until they get a response; nothing if left out.
    """

    scenario: Scenario
    workload: Workload
    log: ContactLog
    roster: Roster
    routing: Routing
    employment: Employment = field(default_factory=nobody_employed)
    attendance: Attendance = field(default_factory=nothing_paid)
    customers: Customers | None = None
    visits: Visits = field(default_factory=no_visits)
    further: Messages = field(default_factory=no_messages)

    @property
    def window(self) -> tuple[float, float]:
        """Start and end of the measured time, minutes."""
        return self.scenario.run.window_edges

    @cached_property
    def clock(self) -> Rate:
        """The business-hours clock."""
        return business_clock(self.scenario)

    @cached_property
    def staff(self) -> Staff:
        """Who was employed, and what they were paid for, by team."""
        return Staff(self.scenario, self.employment, self.attendance)

    @cached_property
    def tickets(self) -> Tickets:
        """What became of each ticket."""
        return tickets_of(
            self.workload,
            self.log,
            self.routing,
            handled=self.handled,
            wrapped_up=self.wrapped_up,
            taken=self.taken,
            cost=self.cost,
        )

    # --- Contacts --------------------------------------------------------------------------------

    @cached_property
    def channel(self) -> Codes:
        """The channel of each contact."""
        return np.array(self.routing.channel, dtype=np.int8)[self.workload.queue]

    @cached_property
    def knocked(self) -> Flags:
        """Which contacts were attempts of a customer to get into a queue."""
        begun: Flags = np.isin(self.workload.kind, BEGUN_BY_CUSTOMER) & ~np.isnan(self.log.ready)
        return begun

    @cached_property
    def passed_on(self) -> tuple[Flags, Codes]:
        """Conversations that came to their end in their channel, by the contact that ended them.

        Returns
        -------
        ended : bool
            Whether the contact was served, and neither transferred nor to be taken up once more
            by the agent; replies and reopenings are no conversations of their own.
        onward : int8
            The channel in which the conversation goes on; −1 if in none.
        """
        work = self.workload
        following = work.next_if_served
        kind = np.where(following == NOBODY, NOBODY, work.kind[following])
        ended = (self.log.outcome == Outcome.SERVED) & np.isin(work.kind, _SEARCHING)
        ended &= ~np.isin(kind, (Kind.TRANSFER, Kind.FOLLOW_UP))
        onward = np.where(kind == Kind.ESCALATION, self.channel[following], NOBODY)
        return ended, onward.astype(np.int8)

    # --- Work ------------------------------------------------------------------------------------

    @cached_property
    def handled(self) -> Floats:
        """Agent minutes spent on each contact, work and wrap-up."""
        return self._per_contact(self.log.stints.end - self.log.stints.begin)

    @cached_property
    def wrapped_up(self) -> Floats:
        """Agent minutes spent on each contact after its customer's release."""
        stints = self.log.stints
        released = self.log.end[stints.contact]
        after = np.clip(stints.end - np.fmax(stints.begin, released), 0, None)
        return self._per_contact(np.where(np.isnan(released), 0.0, after))

    @cached_property
    def taken(self) -> Floats:
        """Agent minutes spent on each contact, as the share of an agent that it took."""
        stints = self.log.stints
        return self._per_contact((stints.end - stints.begin) * self.stint_share)

    @cached_property
    def cost(self) -> Floats:
        """Cost of each contact: of the share of an agent that it took, for as long as it did."""
        stints = self.log.stints
        per_hour = [team.cost_per_hour for team in self.scenario.teams.values()]
        rate = np.array([*per_hour, 0.0])[self.stint_team] / 60
        return self._per_contact((stints.end - stints.begin) * self.stint_share * rate)

    def _per_contact(self, minutes: Floats) -> Floats:
        contact = self.log.stints.contact
        return np.bincount(contact, weights=minutes, minlength=len(self.log)).astype(np.float64)

    @cached_property
    def stint_share(self) -> Floats:
        """The share of an agent that each stint takes."""
        return np.array(self.routing.occupies)[self.workload.queue[self.log.stints.contact]]

    @cached_property
    def stint_team(self) -> Integers:
        """The team of the agent of each stint."""
        agents = max(int(self.roster.agent.max(initial=-1)), 0) + 2
        team = np.full(agents, NOBODY, dtype=np.int32)
        team[self.roster.agent] = self.roster.team
        endless = np.full(len(self.routing.occupies), NOBODY, dtype=np.int32)
        for number, unlimited in reversed(list(enumerate(self.routing.unlimited))):
            if unlimited:
                endless[list(self.routing.serves[number])] = number
        agent = self.log.stints.agent
        queue = self.workload.queue[self.log.stints.contact]
        return np.where(agent == NOBODY, endless[queue], team[agent])

    @cached_property
    def on_duty(self) -> Floats:
        """Agent minutes on duty in the window, by team."""
        spans = overlaps(self.roster.on, self.roster.off, self.window)
        return self._per_team(self.roster.team, spans)

    @cached_property
    def worked(self) -> tuple[Floats, Floats]:
        """Agent minutes of work in the window, by team: on duty, and in overtime.

        A contact that takes half an agent counts half its minutes.
        """
        begin, end = self.stint_times
        of_team = self.stint_team != NOBODY
        team, share = self.stint_team[of_team], self.stint_share[of_team]
        over = self.stint_over[of_team]
        on_time = (end - begin)[of_team] - over
        return self._per_team(team, share * on_time), self._per_team(team, share * over)

    @cached_property
    def stint_times(self) -> tuple[Floats, Floats]:
        """When each stint began and ended, as far as it lies in the window."""
        stints = self.log.stints
        return np.clip(stints.begin, *self.window), np.clip(stints.end, *self.window)

    @cached_property
    def stint_over(self) -> Floats:
        """Minutes of each stint in the window that were overtime."""
        stints, (begin, end) = self.log.stints, self.stint_times
        # Deferrable work stops with its duty; only live work can run over.
        over = np.zeros(len(stints))
        queue = self.workload.queue[stints.contact]
        live = ~np.array(self.routing.deferrable)[queue] & (stints.agent != NOBODY)
        on_duty = minutes_on_duty(self.roster, stints.agent[live], begin[live], end[live])
        over[live] = end[live] - begin[live] - on_duty
        over[over < ROUNDING] = 0.0
        return over

    def _per_team(self, team: Integers | Codes, minutes: Floats) -> Floats:
        teams = len(self.scenario.teams)
        return np.bincount(team, weights=minutes, minlength=teams).astype(np.float64)

    # --- Tickets ---------------------------------------------------------------------------------

    @cached_property
    def backlog(self) -> Flags:
        """Which tickets were open when the scenario started."""
        tickets = self.tickets
        has_one = np.array([c.backlog is not None for c in self.scenario.channels.values()])
        # One that arrived at minute 0 belongs to them: no other ticket arrives just then.
        begun: Flags = (tickets.opened < 0) | ((tickets.opened == 0) & has_one[tickets.channel])
        return begun

    @cached_property
    def in_window(self) -> Flags:
        """Which tickets arrived in the window."""
        begin, end = self.window
        opened = self.tickets.opened
        arrived: Flags = (opened >= begin) & (opened < end) & ~self.backlog
        return arrived

    @cached_property
    def responses(self) -> tuple[Floats, ...]:
        """By channel, the minutes from arrival to first response of the window's tickets."""
        return self.responses_of(self.in_window)

    @cached_property
    def business_responses(self) -> tuple[Floats, ...]:
        """The same in business minutes; nothing where the calendar has no business hours."""
        return self.business_responses_of(self.in_window)

    def responses_of(self, chosen: Flags) -> tuple[Floats, ...]:
        """Return, by channel, the minutes from arrival to first response of some tickets."""
        answered = chosen & ~np.isnan(self.tickets.answered)
        return self._by_channel(answered, self.tickets.answered - self.tickets.opened)

    def business_responses_of(self, chosen: Flags) -> tuple[Floats, ...]:
        """Return the same in business minutes."""
        answered = chosen & ~np.isnan(self.tickets.answered) & (self.clock.total > 0)
        minutes = np.zeros(len(answered))
        begins, ends = self.tickets.opened[answered], self.tickets.answered[answered]
        minutes[answered] = self.clock.cumulative(ends) - self.clock.cumulative(begins)
        return self._by_channel(answered, minutes)

    def _by_channel(self, chosen: Flags, minutes: Floats) -> tuple[Floats, ...]:
        channel = np.where(chosen, self.tickets.channel, NOBODY)
        return tuple(minutes[channel == number] for number in range(len(self.scenario.channels)))

    def spells(self, channel: int | None, *, awaiting: bool) -> tuple[Floats, Floats]:
        """Return when the number of tickets in a state rises and falls.

        Parameters
        ----------
        channel
            Count tickets of this channel only; None for all.
        awaiting
            Count tickets that await a first response, rather than those that are open: neither
            resolved nor given up, or reopened since.

        Returns
        -------
        up, down : float64
            Times, not ordered, NaN left out.
        """
        work, log, tickets = self.workload, self.log, self.tickets
        if awaiting:
            mine = slice(None) if channel is None else tickets.channel == channel
            up, down = tickets.opened[mine], self.first_wait_over[mine]
        else:
            of_channel = True if channel is None else tickets.channel[work.ticket] == channel
            opens = of_channel & ((work.kind == Kind.INITIAL) | (work.kind == Kind.REOPEN))
            served = log.outcome == Outcome.SERVED
            shuts = of_channel & (closing(work, log) | (served & work.resolves))
            up, down = log.ready[opens], log.end[shuts]
        return up[~np.isnan(up)], down[~np.isnan(down)]

    @cached_property
    def first_wait_over(self) -> Floats:
        """When each ticket was answered or given up; NaN for neither."""
        tickets = self.tickets
        gave_up = np.where(tickets.abandoned, tickets.closed, np.nan)
        return np.fmin(tickets.answered, gave_up)

    # --- Customers -------------------------------------------------------------------------------

    @cached_property
    def messages(self) -> Floats:
        """How many messages each customer sent before the first response; NaN without one.

        The first one, and all further ones for which there was no response yet.
        """
        waited = self.tickets.answered - self.tickets.opened
        sent = self.further.ticket[self.further.after < waited[self.further.ticket]]
        more = np.bincount(sent, minlength=len(waited)).astype(np.float64)
        return np.where(np.isnan(waited), np.nan, 1.0 + more)

    @cached_property
    def met(self) -> Floats:
        """The chance that each ticket's first response came when its customer expected it."""
        expected = self.scenario.customers.expectations
        within = np.array([one.within for one in expected]) + ROUNDING
        # Customers who expected a response sooner than it came; the rest only expect one.
        sooner = np.array([0.0, *(one.share for one in expected)])
        waited = self.tickets.answered - self.tickets.opened
        chance = 1 - sooner[np.searchsorted(within, waited)]
        return np.where(np.isnan(waited), 0.0, chance)

    @cached_property
    def bad(self) -> Floats:
        """The chance that each ticket was a bad experience: late, unanswered or unresolved."""
        return np.where(np.isnan(self.tickets.resolved), 1.0, 1 - self.met)

    @cached_property
    def experience(self) -> Floats:
        """How good an experience each ticket was, from 0 to 1, as its channel says."""
        tickets = self.tickets
        channels = [channel.experience for channel in self.scenario.channels.values()]

        def factor(key: str) -> Floats:
            return np.array([getattr(one, key) for one in channels])[tickets.channel]

        halved_by = np.array([one.halved_by_wait or np.inf for one in channels])[tickets.channel]
        index = np.exp2(-(tickets.answered - tickets.opened) / halved_by)
        index = np.where(np.isnan(index), factor("if_unanswered"), index)
        index *= np.where(np.isnan(tickets.resolved), factor("if_unresolved"), 1.0)
        index *= factor("per_transfer") ** tickets.transfers
        effort = tickets.replies + tickets.reopenings + tickets.retries + tickets.escalations
        effort += tickets.switches + tickets.voicemails
        index *= factor("per_contact") ** effort
        return index
