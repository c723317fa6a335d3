"""The laws that every run must obey; a run that breaks one is a defect of the engine."""

from __future__ import annotations

import math

import numpy as np

from supportsim.engine.check_agents import (
    agents_serve_their_queues,
    live_contacts_interrupt,
    nobody_is_overloaded,
    nobody_works_off_duty,
    work_is_done,
    work_stops_for_a_reason,
)
from supportsim.engine.check_doors import doors_are_kept
from supportsim.engine.demand import demand
from supportsim.tables import (
    NOBODY,
    ContactLog,
    Flags,
    Floats,
    Outcome,
    Roster,
    Routing,
    Workload,
)


def check(
    workload: Workload,
    roster: Roster,
    routing: Routing,
    log: ContactLog,
    until: float = math.inf,
) -> None:
    """Prove that a log obeys the laws of conservation.

    Raises
    ------
    ConservationError
        If a contact has times that its outcome forbids, became ready at another time than its
        script says, started before it was ready, gave up at another time than its patience says,
        was or was not let in against opening hours and limits, or was released without the work
        it needed; if log and stints disagree; if an agent worked on a queue that its team does not
        serve, held more than a share of 1, worked off duty but for live overtime, or stopped or
        went on with work against the rules; or if Little's law does not hold.
    """
    _outcomes_and_times_agree(log)
    ready = _ready_as_scripted(workload, log, until)
    demand(_same(log.ready, ready), "a contact became ready at another time than its script says")
    _order_of_times_holds(log)
    _patience_is_kept(workload, log, until)
    begun = _stints_agree(log, until)
    work_is_done(workload, roster, routing, log)
    nobody_is_overloaded(workload, routing, log.stints)
    nobody_works_off_duty(workload, roster, routing, log.stints)
    agents_serve_their_queues(workload, roster, routing, log.stints)
    work_stops_for_a_reason(workload, roster, routing, log, until)
    live_contacts_interrupt(workload, roster, routing, log, until)
    doors_are_kept(workload, roster, routing, log)
    gave_up = np.where(log.outcome == Outcome.ABANDONED, ready + workload.patience, np.nan)
    gone = np.where(_was_refused(log), ready, gave_up)
    _littles_law_holds(log, ready, np.fmin(begun, gone), until)


def _was_refused(log: ContactLog) -> Flags:
    refused: Flags = np.isin(log.outcome, (Outcome.REJECTED, Outcome.TURNED_AWAY))
    return refused


def _same(times: Floats, others: Floats) -> Flags:
    same: Flags = (times == others) | (np.isnan(times) & np.isnan(others))
    return same


def _outcomes_and_times_agree(log: ContactLog) -> None:
    known = [~np.isnan(times) for times in (log.ready, log.start, log.end)]
    pattern = known[0] * 4 + known[1] * 2 + known[2]
    expected = np.full(len(Outcome), -1)
    for outcome, times in {
        Outcome.UNTRIGGERED: 0b000,
        Outcome.WAITING: 0b100,
        Outcome.IN_PROGRESS: 0b110,
        Outcome.SERVED: 0b111,
        Outcome.ABANDONED: 0b101,
        Outcome.REJECTED: 0b101,
        Outcome.TURNED_AWAY: 0b101,
    }.items():
        expected[outcome] = times
    demand(pattern == expected[log.outcome], "an outcome and its times disagree")
    refused = _was_refused(log)
    demand(~refused | (log.end == log.ready), "somebody who was not let in stayed")
    unserved = log.outcome != Outcome.SERVED
    demand(np.isnan(log.freed) | ~unserved, "an unserved contact was finished")


def _ready_as_scripted(workload: Workload, log: ContactLog, until: float) -> Floats:
    """Return when each contact had to become ready, given what became of those before it."""
    ready = workload.ready.copy()
    times = np.isfinite(ready).astype(np.int64)
    at_once = np.zeros(len(log))
    for outcome, following, delay in (
        (Outcome.SERVED, workload.next_if_served, workload.delay_if_served),
        (Outcome.ABANDONED, workload.next_if_abandoned, workload.delay_if_abandoned),
        (Outcome.REJECTED, workload.next_if_abandoned, workload.delay_if_abandoned),
        (Outcome.TURNED_AWAY, workload.next_if_turned_away, at_once),
    ):
        rows = np.flatnonzero((log.outcome == outcome) & (following != NOBODY))
        ready[following[rows]] = log.end[rows] + delay[rows]
        times += np.bincount(following[rows], minlength=len(log))
    demand(times <= 1, "a contact became ready twice")
    ready[ready > until] = np.nan
    return ready


def _order_of_times_holds(log: ContactLog) -> None:
    columns = [log.ready, log.start, log.end, log.freed]
    for earlier, later in ((0, 1), (1, 2), (0, 2), (2, 3)):
        early, late = columns[earlier], columns[later]
        demand(np.isnan(early) | np.isnan(late) | (early <= late), "times are out of order")


def _patience_is_kept(workload: Workload, log: ContactLog, until: float) -> None:
    deadline = log.ready + workload.patience
    gone = log.outcome == Outcome.ABANDONED
    demand(~gone | (log.end == deadline), "somebody gave up at another time than patience says")
    demand(~gone | (log.end <= until), "somebody gave up after the end of the run")
    waiting = log.outcome == Outcome.WAITING
    demand(~waiting | (deadline > until) | np.isinf(deadline), "somebody waited past all patience")
    started = ~np.isnan(log.start)
    demand(~started | (log.start <= deadline), "somebody was served after giving up")


def _stints_agree(log: ContactLog, until: float) -> Floats:
    """Compare log and stints, and return when work on each contact began according to these."""
    stints = log.stints
    contacts, first, count = np.unique(stints.contact, return_index=True, return_counts=True)
    last = first + count - 1
    demand(np.diff(stints.contact) >= 0, "stints are not ordered by contact")
    demand(stints.begin <= stints.end, "a stint ends before it begins")
    follows = np.diff(stints.contact) == 0
    after = stints.begin[1:] >= stints.end[:-1]
    demand(~follows | after, "a contact had two agents at once")
    begun = np.full(len(log), np.nan)
    begun[contacts] = stints.begin[first]
    demand(_same(log.start, begun), "a contact started at another time than its first stint")
    ended = np.full(len(log), np.nan)
    ended[contacts] = stints.end[last]
    finished = ~np.isnan(log.freed)
    demand(~finished | (log.freed == ended), "a contact was finished after its last stint")
    demand(np.isnan(ended) | (ended <= until), "a stint goes on after the end of the run")
    # The agent is who released the customer, in a stint that reaches the release: more than one
    # can, if work stopped at that very instant. If nobody has, it is the latest to work on it.
    released = log.end[stints.contact]
    holds = (stints.begin <= released) & (released <= stints.end)
    holds[last] |= np.isnan(log.end[contacts])
    agrees = log.agent == NOBODY
    agrees[contacts] = False
    agrees[stints.contact[holds & (stints.agent == log.agent[stints.contact])]] = True
    demand(agrees, "a contact has another agent than its stints")
    return begun


def _littles_law_holds(log: ContactLog, ready: Floats, left: Floats, until: float) -> None:
    """Compare the time-integral of the number waiting with the sum of the waits, to 1e-9.

    The number waiting is counted event by event from scripts and stints, the waits are the log's:
    a contact that the log lost, or noted twice or at a wrong time, shows.
    """
    joined = ~np.isnan(ready)
    if not np.any(joined):
        return
    left = left[joined]
    close = until if math.isfinite(until) else float(np.nanmax(np.append(left, ready[joined])))
    times = np.concatenate([ready[joined], left[~np.isnan(left)]])
    change = np.concatenate([np.ones(np.sum(joined)), -np.ones(len(times) - np.sum(joined))])
    order = np.argsort(times, kind="stable")
    area = float(np.sum(np.cumsum(change[order]) * np.diff(np.append(times[order], close))))
    over = np.fmin(log.start, log.end)
    waits = float(np.nansum(np.where(np.isnan(over), close, over) - log.ready))
    demand(abs(area - waits) <= 1e-9 * max(1.0, abs(waits)), "Little's law does not hold")
