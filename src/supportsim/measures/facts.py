"""What a log says about tickets, queues and agents, before anything is averaged."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from supportsim.scenario.calendar import WeeklyRate
from supportsim.tables import (
    NOBODY,
    ContactLog,
    Flags,
    Floats,
    Integers,
    Kind,
    Outcome,
    Roster,
    Routing,
    Table,
    Workload,
)

ROUNDING = 1e-6
"""Minutes that are nothing but the rounding of times."""


@dataclass(frozen=True, eq=False)
class Tickets(Table):
    """What became of each ticket: a row a ticket, by its number.

    Attributes
    ----------
    queue : int8
        Queue of its first contact.
    opened : float64
        When it arrived, minutes.
    answered : float64
        When its customer got the first response; NaN if never. The response is the end of the work
        on a deferrable channel, where the answer goes out then, and its start on a live one.
    resolved : float64
        When it was resolved for the last time; NaN if it was not, or came back since and was not
        resolved again.
    closed : float64
        When nothing was left to do or to wait for; NaN if that did not happen during the run.
    abandoned : bool
        Whether its customer gave up before a first response.
    contacts, transfers, replies, reopenings : int32
        Contacts served, and how many of each kind joined a queue.
    handled, wrap_up : float64
        Agent minutes spent on it, and how many of them after its customer had been released.
    cost : float64
        Handled minutes, as the share of an agent that they took, times the agent's cost.
    """

    queue: Integers
    opened: Floats
    answered: Floats
    resolved: Floats
    closed: Floats
    abandoned: Flags
    contacts: Integers
    transfers: Integers
    replies: Integers
    reopenings: Integers
    handled: Floats
    wrap_up: Floats
    cost: Floats

    _times: ClassVar[tuple[str, ...]] = ("opened", "answered", "resolved", "closed")


@dataclass(frozen=True, eq=False)
class Facts:
    """Everything that measures are made of, for one run.

    Attributes
    ----------
    workload, log, roster, routing
        What was asked, what happened, and who was there.
    window
        Start and end of the measured time, minutes.
    clock
        The business-hours clock.
    cost_per_hour
        Cost of an agent hour in each team.
    """

    workload: Workload
    log: ContactLog
    roster: Roster
    routing: Routing
    window: tuple[float, float]
    clock: WeeklyRate
    cost_per_hour: tuple[float, ...]

    @cached_property
    def tickets(self) -> Tickets:
        """What became of each ticket."""
        work, log = self.workload, self.log
        count = int(work.ticket.max()) + 1 if len(work) else 0
        first = np.full(count, -1, dtype=np.intp)
        initial = np.flatnonzero(work.kind == Kind.INITIAL)
        first[work.ticket[initial[::-1]]] = initial[::-1]
        served = log.outcome == Outcome.SERVED
        live = ~np.array(self.routing.deferrable)[work.queue]
        response = np.where(live, log.start, np.where(served, log.end, np.nan))

        def at(chosen: Flags, times: Floats, pick: np.ufunc, empty: float) -> Floats:
            found = np.full(count, empty)
            pick.at(found, work.ticket[chosen], times[chosen])
            return np.where(np.isinf(found), np.nan, found)

        def number(chosen: Flags) -> Integers:
            return np.bincount(work.ticket[chosen], minlength=count).astype(np.int32)

        def total(minutes: Floats) -> Floats:
            return np.bincount(work.ticket, weights=minutes, minlength=count).astype(np.float64)

        joined = ~np.isnan(log.ready)
        responded = ~np.isnan(response)
        answered = at(responded, response, np.minimum, np.inf)
        resolved = at(served & work.resolves, log.end, np.maximum, -np.inf)
        came_back = at(joined & (work.kind == Kind.REOPEN), log.ready, np.maximum, -np.inf)
        resolved[came_back >= resolved] = np.nan
        return Tickets(
            queue=work.queue[first].astype(np.int32),
            opened=log.ready[first],
            answered=answered,
            resolved=resolved,
            closed=at(self.closing, log.end, np.maximum, -np.inf),
            abandoned=(number(log.outcome == Outcome.ABANDONED) > 0) & np.isnan(answered),
            contacts=number(served),
            transfers=number(joined & (work.kind == Kind.TRANSFER)),
            replies=number(joined & (work.kind == Kind.REPLY)),
            reopenings=number(joined & (work.kind == Kind.REOPEN)),
            handled=total(self.handled),
            wrap_up=total(self.wrapped_up),
            cost=total(self.cost),
        )

    @cached_property
    def closing(self) -> Flags:
        """Which contacts were the last of their ticket."""
        served = self.log.outcome == Outcome.SERVED
        abandoned = self.log.outcome == Outcome.ABANDONED
        last_if_served = self.workload.next_if_served == NOBODY
        last_if_abandoned = self.workload.next_if_abandoned == NOBODY
        closing: Flags = (served & last_if_served) | (abandoned & last_if_abandoned)
        return closing

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
    def cost(self) -> Floats:
        """Cost of each contact: of the share of an agent that it took, for as long as it did."""
        stints = self.log.stints
        rate = np.array([*self.cost_per_hour, 0.0])[self.stint_team] / 60
        share = np.array(self.routing.occupies)[self.workload.queue[stints.contact]]
        return self._per_contact((stints.end - stints.begin) * share * rate)

    def _per_contact(self, minutes: Floats) -> Floats:
        contact = self.log.stints.contact
        return np.bincount(contact, weights=minutes, minlength=len(self.log)).astype(np.float64)

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

    def spells(self, queue: int | None, *, awaiting: bool) -> tuple[Floats, Floats]:
        """Return when the number of tickets in a state rises and falls.

        Parameters
        ----------
        queue
            Count tickets of this queue only; None for all.
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
            mine = slice(None) if queue is None else tickets.queue == queue
            over = np.fmin(tickets.answered, np.where(tickets.abandoned, tickets.closed, np.nan))
            up, down = tickets.opened[mine], over[mine]
        else:
            of_queue = True if queue is None else tickets.queue[work.ticket] == queue
            opens = of_queue & ((work.kind == Kind.INITIAL) | (work.kind == Kind.REOPEN))
            served = log.outcome == Outcome.SERVED
            shuts = of_queue & (self.closing | (served & work.resolves))
            up, down = log.ready[opens], log.end[shuts]
        return up[~np.isnan(up)], down[~np.isnan(down)]

    def duty_minutes(self, team: int, begin: float, end: float) -> float:
        """Return the agent minutes on duty of a team between two times."""
        mine = self.roster.team == team
        spans = np.clip(self.roster.off[mine], begin, end) - np.clip(
            self.roster.on[mine], begin, end
        )
        return float(spans.sum())

    def worked_minutes(self, team: int, begin: float, end: float) -> tuple[float, float]:
        """Return a team's agent minutes of work on duty, and in overtime, between two times.

        A contact that takes half an agent counts half its minutes.
        """
        stints = self.log.stints
        mine = np.flatnonzero(self.stint_team == team)
        begins = np.clip(stints.begin[mine], begin, end)
        ends = np.clip(stints.end[mine], begin, end)
        queue = self.workload.queue[stints.contact[mine]]
        occupies = np.array(self.routing.occupies)[queue]
        # Deferrable work stops with its duty; only live work can run over.
        over = np.zeros(len(mine))
        live = ~np.array(self.routing.deferrable)[queue] & (stints.agent[mine] != NOBODY)
        on_duty = minutes_on_duty(self.roster, stints.agent[mine][live], begins[live], ends[live])
        over[live] = ends[live] - begins[live] - on_duty
        over[over < ROUNDING] = 0.0
        return (
            float((occupies * (ends - begins - over)).sum()),
            float((occupies * over).sum()),
        )


def minutes_on_duty(roster: Roster, agent: Integers, begin: Floats, end: Floats) -> Floats:
    """Return how much of each stretch [begin, end] its agent was on duty.

    Parameters
    ----------
    agent, begin, end : shape (stretches,)
        Agents of the roster, and minutes.

    Returns
    -------
    float64, shape (stretches,)
    """
    if not len(agent) or not len(roster):
        return np.zeros(len(agent))
    order = np.lexsort((roster.on, roster.agent))
    # All agents' duties on one axis, one agent's after another's: a cumulative sum over it can then
    # be read off for all stretches at once.
    low = min(float(roster.on.min()), float(begin.min()))
    span = max(float(roster.off.max()), float(end.max())) - low + 1
    base = roster.agent[order] * span - low
    edges = np.column_stack([roster.on[order] + base, roster.off[order] + base]).ravel()
    lengths = np.column_stack([np.zeros(len(order)), roster.off[order] - roster.on[order]]).ravel()
    cumulated = np.cumsum(lengths)
    shift = agent * span - low
    minutes: Floats = np.interp(end + shift, edges, cumulated)
    minutes -= np.interp(begin + shift, edges, cumulated)
    return minutes


def time_average(up: Floats, down: Floats, edges: Floats) -> Floats:
    """Return the average number present between consecutive edges.

    The integral over time is exact: each arrival before t adds, and each departure subtracts,
    the time from it to t.

    Parameters
    ----------
    up, down : float64
        Times at which the number rises, and falls, by one.
    edges : float64, shape (n + 1,)
        Increasing times, minutes.

    Returns
    -------
    float64, shape (n,)
    """

    def integral(times: Floats) -> Floats:
        times = np.sort(times)
        before = np.searchsorted(times, edges)
        sums = np.concatenate([[0.0], np.cumsum(times)])
        area: Floats = before * edges - sums[before]
        return area

    return np.diff(integral(up) - integral(down)) / np.diff(edges)
