"""What became of each ticket, read off the log of its contacts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from supportsim.tables import (
    NOBODY,
    Codes,
    ContactLog,
    Flags,
    Floats,
    Integers,
    Kind,
    Outcome,
    Routing,
    Table,
    Workload,
)


@dataclass(frozen=True, eq=False)
class Tickets(Table):
    """What became of each ticket: a row a ticket, by its number.

    Attributes
    ----------
    channel : int8
        The channel of its first contact, to which it belongs wherever it goes on.
    opened : float64
        When it arrived, minutes; before 0 for those that were open when the scenario started.
    answered : float64
        When its customer got the first response; NaN if never. The response is the end of the work
        on a deferrable channel, where the answer goes out then, and its start on a live one.
    resolved : float64
        When it was resolved for the last time; NaN if it was not, or came back since and was not
        resolved again.
    closed : float64
        When nothing was left to do or to wait for; NaN if that did not happen during the run.
    abandoned : bool
        Whether its customer gave up, was turned away or found the lines busy, did not try again,
        and never got a response.
    contacts : int32
        Contacts served.
    transfers, replies, reopenings, retries, escalations, follow_ups : int32
        How many contacts of each kind became ready.
    switches, voicemails : int32
        How often the customer tried another channel, and left a message for another channel
        because the first one was closed.
    handled, wrap_up : float64
        Agent minutes spent on it, and how many of them after its customer had been released.
    taken : float64
        Handled minutes, each as the share of an agent that it took.
    cost : float64
        Those minutes times the agent's cost.
    """

    channel: Codes
    opened: Floats
    answered: Floats
    resolved: Floats
    closed: Floats
    abandoned: Flags
    contacts: Integers
    transfers: Integers
    replies: Integers
    reopenings: Integers
    retries: Integers
    escalations: Integers
    follow_ups: Integers
    switches: Integers
    voicemails: Integers
    handled: Floats
    wrap_up: Floats
    taken: Floats
    cost: Floats

    _times: ClassVar[tuple[str, ...]] = ("opened", "answered", "resolved", "closed")

    @property
    def queue(self) -> Codes:
        """The queue of its first contact; the first queues are the channels."""
        return self.channel


def tickets_of(
    workload: Workload,
    log: ContactLog,
    routing: Routing,
    *,
    handled: Floats,
    wrapped_up: Floats,
    taken: Floats,
    cost: Floats,
) -> Tickets:
    """Return what became of each ticket.

    Parameters
    ----------
    workload, log, routing
        What was asked, and what happened.
    handled, wrapped_up, taken, cost : shape (contacts,)
        What each contact took.
    """
    count = int(workload.ticket.max()) + 1 if len(workload) else 0
    first = np.full(count, -1, dtype=np.intp)
    initial = np.flatnonzero(workload.kind == Kind.INITIAL)
    first[workload.ticket[initial[::-1]]] = initial[::-1]
    served = log.outcome == Outcome.SERVED
    joined = ~np.isnan(log.ready)
    last = closing(workload, log)

    def at(chosen: Flags, times: Floats, pick: np.ufunc, empty: float) -> Floats:
        found = np.full(count, empty)
        pick.at(found, workload.ticket[chosen], times[chosen])
        return np.where(np.isinf(found), np.nan, found)

    def number(chosen: Flags) -> Integers:
        return np.bincount(workload.ticket[chosen], minlength=count).astype(np.int32)

    def total(minutes: Floats) -> Floats:
        sums = np.bincount(workload.ticket, weights=minutes, minlength=count)
        return sums.astype(np.float64)

    cells = workload.ticket[joined].astype(np.intp) * len(Kind) + workload.kind[joined]
    by_kind = np.bincount(cells, minlength=count * len(Kind)).reshape(count, len(Kind))
    of_kind = np.ascontiguousarray(by_kind.T, dtype=np.int32)
    voicemails = number(left_messages(workload, log))
    responses = responded(workload, log, routing)
    answered = at(~np.isnan(responses), responses, np.minimum, np.inf)
    resolved = at(served & workload.resolves, log.end, np.maximum, -np.inf)
    came_back = at(joined & (workload.kind == Kind.REOPEN), log.ready, np.maximum, -np.inf)
    resolved[came_back >= resolved] = np.nan
    return Tickets(
        channel=np.array(routing.channel, dtype=np.int8)[workload.queue[first]],
        opened=log.ready[first],
        answered=answered,
        resolved=resolved,
        closed=at(last, log.end, np.maximum, -np.inf),
        abandoned=(number(last & ~served) > 0) & np.isnan(answered),
        contacts=number(served),
        transfers=of_kind[Kind.TRANSFER],
        replies=of_kind[Kind.REPLY],
        reopenings=of_kind[Kind.REOPEN],
        retries=of_kind[Kind.RETRY],
        escalations=of_kind[Kind.ESCALATION],
        follow_ups=of_kind[Kind.FOLLOW_UP],
        switches=of_kind[Kind.SWITCH] - voicemails,
        voicemails=voicemails,
        handled=total(handled),
        wrap_up=total(wrapped_up),
        taken=total(taken),
        cost=total(cost),
    )


def closing(workload: Workload, log: ContactLog) -> Flags:
    """Return which contacts were the last of their ticket: nothing follows from their outcome."""
    last = np.zeros(len(log), dtype=np.bool_)
    for outcome, following in (
        (Outcome.SERVED, workload.next_if_served),
        (Outcome.ABANDONED, workload.next_if_abandoned),
        (Outcome.REJECTED, workload.next_if_abandoned),
        (Outcome.TURNED_AWAY, workload.next_if_turned_away),
    ):
        last |= (log.outcome == outcome) & (following == NOBODY)
    return last


def left_messages(workload: Workload, log: ContactLog) -> Flags:
    """Return which contacts are messages of customers who found another channel closed."""
    away = (log.outcome == Outcome.TURNED_AWAY) & (workload.next_if_turned_away != NOBODY)
    messages = np.zeros(len(log), dtype=np.bool_)
    messages[workload.next_if_turned_away[away]] = True  # at once: the run does not end in between
    return messages


def responded(workload: Workload, log: ContactLog, routing: Routing) -> Floats:
    """Return when each contact gave its customer a response; NaN for none."""
    live = ~np.array(routing.deferrable, dtype=np.bool_)[workload.queue]
    served = log.outcome == Outcome.SERVED
    return np.where(live, log.start, np.where(served, log.end, np.nan))
