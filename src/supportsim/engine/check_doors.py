"""The laws about doors: who is let in to a queue, who is turned away and who is rejected."""

from typing import Literal

import numpy as np

from supportsim.engine.demand import demand
from supportsim.tables import (
    BEGUN_BY_CUSTOMER,
    NOBODY,
    ContactLog,
    Flags,
    Floats,
    Integers,
    Outcome,
    Roster,
    Routing,
    Workload,
)

Stays = tuple[Integers, Floats, Floats]
"""Who is where: contacts, when each comes and when it goes, inf for never."""


def doors_are_kept(workload: Workload, roster: Roster, routing: Routing, log: ContactLog) -> None:
    """Those who knock are let in if the queue is open and has room for them, and only then."""
    here = ~np.isnan(log.ready)
    knocks = np.isin(workload.kind, BEGUN_BY_CUSTOMER) & here & ~(workload.ready < 0)
    turned_away = log.outcome == Outcome.TURNED_AWAY
    rejected = log.outcome == Outcome.REJECTED
    demand(~(turned_away | rejected) | knocks, "somebody who did not knock was not let in")
    is_open = _is_open(workload, routing, log.ready)
    demand(~turned_away | ~is_open, "somebody was turned away from an open queue")
    waits_outside = np.array(routing.waits_outside, dtype=np.bool_)[workload.queue]
    demand(~turned_away | ~waits_outside, "somebody was turned away who could wait outside")
    demand(
        ~knocks | turned_away | waits_outside | is_open, "a closed queue did not turn somebody away"
    )
    taken_from = ready_inside(workload, routing, log)
    demand(np.isnan(log.start) | (log.start >= taken_from), "somebody was taken in from outside")
    let_in = here & ~turned_away & ~rejected
    _limits_are_kept(workload, roster, routing, log, let_in, knocks & let_in)


def ready_inside(workload: Workload, routing: Routing, log: ContactLog) -> Floats:
    """Return from when on each contact may be taken: later than ready for those who wait outside.

    Inf for those whose queue never opens again, NaN for those that never became ready.
    """
    times = log.ready.copy()
    knocks = np.isin(workload.kind, BEGUN_BY_CUSTOMER) & ~(workload.ready < 0)
    for queue, opening in enumerate(routing.opening):
        if opening is not None and routing.waits_outside[queue]:
            rows = np.flatnonzero((workload.queue == queue) & knocks & ~np.isnan(log.ready))
            changes = np.searchsorted(opening.ravel(), log.ready[rows], "right")
            closed = changes % 2 == 0
            opens = np.append(opening[:, 0], np.inf)
            times[rows[closed]] = opens[changes[closed] // 2]
    return times


def _limits_are_kept(
    workload: Workload,
    roster: Roster,
    routing: Routing,
    log: ContactLog,
    let_in: Flags,
    knocked: Flags,
) -> None:
    """Compare how many were in a queue with how many may be, for those let in and those rejected.

    Several things can happen at the instant of a decision, and times do not tell which came first:
    so there is a least and a most that can have been in the queue.
    """
    inside = np.flatnonzero(let_in).astype(np.int32)
    stands = inside, log.ready[inside], _or_never(log.end[inside])
    lines = np.array(routing.lines)[workload.queue]
    least, standing = _numbers_inside(stands, workload, lines, log.ready)
    demand(~knocked | (least < lines), "somebody was let in to a full queue")

    contact, since, until = _returned(roster, log)
    waits = (
        np.append(inside, contact),
        np.append(log.ready[inside], since),
        np.append(_or_never(np.fmin(log.start, log.end)[inside]), until),
    )
    places = np.array(routing.places)[workload.queue]
    least, waiting = _numbers_inside(waits, workload, places, log.ready)
    waited = knocked & ~(log.start <= log.ready)
    demand(~waited | (least < places), "somebody waited without a place")

    has_room = (standing < lines) & (waiting < places)
    rejected = log.outcome == Outcome.REJECTED
    demand(~rejected | ~has_room, "somebody was rejected though there was room")


def _or_never(times: Floats) -> Floats:
    return np.where(np.isnan(times), np.inf, times)


def _is_open(workload: Workload, routing: Routing, times: Floats) -> Flags:
    """Return whether each contact's queue is open at a time."""
    is_open = np.ones(len(times), dtype=np.bool_)
    for queue, opening in enumerate(routing.opening):
        if opening is not None:
            rows = np.flatnonzero(workload.queue == queue)
            changes = np.searchsorted(opening.ravel(), times[rows], "right")
            is_open[rows] = changes % 2 == 1
    return is_open


def _numbers_inside(
    stays: Stays, workload: Workload, limit: Floats, times: Floats
) -> tuple[Floats, Floats]:
    """Return how many stay in each contact's queue at a time, at least and at most.

    Only queues with a limit are counted, elsewhere it is 0. Who comes or goes at that very time is
    counted in the second number alone.
    """
    least, most = np.zeros(len(times)), np.zeros(len(times))
    contact, comes, goes = stays
    for queue in np.unique(workload.queue[np.isfinite(limit)]):
        rows = np.flatnonzero(workload.queue == queue)
        inside = workload.queue[contact] == queue
        most[rows] = _count(comes[inside], times[rows], "right")
        most[rows] -= _count(goes[inside], times[rows], "left")
        inside &= comes < goes
        least[rows] = _count(comes[inside], times[rows], "left")
        least[rows] -= _count(goes[inside], times[rows], "right")
    return least, most


def _count(events: Floats, times: Floats, side: Literal["left", "right"]) -> Integers:
    """Return how many events lie before each time, or, on the right side, not after it."""
    return np.searchsorted(np.sort(events), times, side).astype(np.int32)


def _returned(roster: Roster, log: ContactLog) -> Stays:
    """Return who waits in a queue for what remains of the work, because an agent left."""
    stints = log.stints
    left = np.full(int(roster.agent.max(initial=0)) + 2, -np.inf)
    np.maximum.at(left, roster.agent, roster.off)
    another = np.diff(stints.contact, append=NOBODY) != 0
    unfinished = np.isnan(log.freed[stints.contact]) & another
    agent, begin = np.append(stints.agent[1:], NOBODY), np.append(stints.begin[1:], np.inf)
    rows = np.flatnonzero(unfinished | ~another & (stints.agent != agent[: len(stints)]))
    again = np.where(unfinished, np.inf, begin[: len(stints)])[rows]
    since = np.fmax(stints.end, left[stints.agent])[rows]
    return stints.contact[rows], since, again
