"""The laws that every run must obey; a run that breaks one is a defect of the engine."""

from __future__ import annotations

import math

import numpy as np

from supportsim.errors import ConservationError
from supportsim.tables import (
    NOBODY,
    ContactLog,
    Flags,
    Floats,
    Outcome,
    Roster,
    Routing,
    Stints,
    Workload,
)

SLACK = 1e-6
"""Minutes by which sums of rounded times may differ."""


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
        or was released without the work it needed; if log and stints disagree; if an agent worked
        on a queue that its team does not serve, held more than a share of 1, or worked off duty
        but for live overtime; or if Little's law does not hold.
    """
    _outcomes_and_times_agree(log)
    ready = _ready_as_scripted(workload, log, until)
    _demand(_same(log.ready, ready), "a contact became ready at another time than its script says")
    _order_of_times_holds(log)
    _patience_is_kept(workload, log, until)
    begun = _stints_agree(log, until)
    _work_is_done(workload, roster, routing, log)
    _nobody_is_overloaded(workload, routing, log.stints)
    _nobody_works_off_duty(workload, roster, routing, log.stints)
    _agents_serve_their_queues(workload, roster, routing, log.stints)
    gave_up = np.where(log.outcome == Outcome.ABANDONED, ready + workload.patience, np.nan)
    _littles_law_holds(log, ready, np.fmin(begun, gave_up), until)


def _demand(holds: Flags | bool, law: str) -> None:
    if not np.all(holds):
        rows = np.flatnonzero(~np.atleast_1d(holds))[:5]
        raise ConservationError(f"{law} (rows {rows.tolist()})")


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
    }.items():
        expected[outcome] = times
    _demand(pattern == expected[log.outcome], "an outcome and its times disagree")
    unserved = log.outcome != Outcome.SERVED
    _demand(np.isnan(log.freed) | ~unserved, "an unserved contact was finished")


def _ready_as_scripted(workload: Workload, log: ContactLog, until: float) -> Floats:
    """Return when each contact had to become ready, given what became of those before it."""
    ready = workload.ready.copy()
    for outcome, following, delay in (
        (Outcome.SERVED, workload.next_if_served, workload.delay_if_served),
        (Outcome.ABANDONED, workload.next_if_abandoned, workload.delay_if_abandoned),
    ):
        rows = np.flatnonzero((log.outcome == outcome) & (following != NOBODY))
        ready[following[rows]] = log.end[rows] + delay[rows]
    ready[ready > until] = np.nan
    return ready


def _order_of_times_holds(log: ContactLog) -> None:
    columns = [log.ready, log.start, log.end, log.freed]
    for earlier, later in ((0, 1), (1, 2), (0, 2), (2, 3)):
        early, late = columns[earlier], columns[later]
        _demand(np.isnan(early) | np.isnan(late) | (early <= late), "times are out of order")


def _patience_is_kept(workload: Workload, log: ContactLog, until: float) -> None:
    deadline = log.ready + workload.patience
    gone = log.outcome == Outcome.ABANDONED
    _demand(~gone | (log.end == deadline), "somebody gave up at another time than patience says")
    _demand(~gone | (log.end <= until), "somebody gave up after the end of the run")
    waiting = log.outcome == Outcome.WAITING
    _demand(~waiting | (deadline > until) | np.isinf(deadline), "somebody waited past all patience")
    started = ~np.isnan(log.start)
    _demand(~started | (log.start <= deadline), "somebody was served after giving up")


def _stints_agree(log: ContactLog, until: float) -> Floats:
    """Compare log and stints, and return when work on each contact began according to these."""
    stints = log.stints
    contacts, first, count = np.unique(stints.contact, return_index=True, return_counts=True)
    last = first + count - 1
    _demand(np.diff(stints.contact) >= 0, "stints are not ordered by contact")
    _demand(stints.begin <= stints.end, "a stint ends before it begins")
    follows = np.diff(stints.contact) == 0
    after = stints.begin[1:] >= stints.end[:-1]
    _demand(~follows | after, "a contact had two agents at once")
    begun = np.full(len(log), np.nan)
    begun[contacts] = stints.begin[first]
    _demand(_same(log.start, begun), "a contact started at another time than its first stint")
    ended = np.full(len(log), np.nan)
    ended[contacts] = stints.end[last]
    finished = ~np.isnan(log.freed)
    _demand(~finished | (log.freed == ended), "a contact was finished after its last stint")
    _demand(np.isnan(ended) | (ended <= until), "a stint goes on after the end of the run")
    # The agent is who released the customer: the first stint that reaches the release. If nobody
    # has, it is the latest to work on the contact.
    holding = np.full(len(log), NOBODY, dtype=np.int64)
    holding[contacts] = stints.agent[last]
    reach = stints.end >= log.end[stints.contact]
    rows = np.flatnonzero(reach)[::-1]
    holding[stints.contact[rows]] = stints.agent[rows]
    _demand(log.agent == holding, "a contact has another agent than its stints")
    return begun


def _work_is_done(workload: Workload, roster: Roster, routing: Routing, log: ContactLog) -> None:
    """Where all agents work at one speed, contacts got exactly the minutes that they needed."""
    speeds = np.unique(roster.speed)
    if len(speeds) > 1 or (len(speeds) == 1 and any(routing.unlimited) and speeds[0] != 1):
        return
    speed = float(speeds[0]) if len(speeds) else 1.0
    stints = log.stints
    lengths = stints.end - stints.begin
    got = np.bincount(stints.contact, weights=lengths, minlength=len(log))
    needed = (workload.work + workload.wrap_up) / speed
    done = ~np.isnan(log.freed)
    _demand(np.abs(got - needed)[done] <= SLACK, "a contact did not get the work it needed")
    before = np.clip(np.fmin(stints.end, log.end[stints.contact]) - stints.begin, 0, None)
    got = np.bincount(stints.contact, weights=before, minlength=len(log))
    served = log.outcome == Outcome.SERVED
    released = np.abs(got - workload.work / speed)[served] <= SLACK
    _demand(released, "a customer was released before or after the work was done")


def _agents_serve_their_queues(
    workload: Workload, roster: Roster, routing: Routing, stints: Stints
) -> None:
    serves = np.zeros((len(routing.serves), len(routing.occupies)), dtype=np.bool_)
    for number, queues in enumerate(routing.serves):
        serves[number, list(queues)] = True
    # The last row is that of the agent without a number, whom the teams without limit share.
    agents = int(max(roster.agent.max(initial=0), stints.agent.max(initial=0))) + 2
    may = np.zeros((agents, len(routing.occupies)), dtype=np.bool_)
    may[roster.agent] = serves[roster.team]
    may[NOBODY] = np.any(serves[np.flatnonzero(routing.unlimited)], axis=0)
    queue = workload.queue[stints.contact]
    _demand(may[stints.agent, queue], "somebody worked on a queue that the team does not serve")


def _nobody_is_overloaded(workload: Workload, routing: Routing, stints: Stints) -> None:
    mine = (stints.agent != NOBODY) & (stints.end > stints.begin)
    share = np.array(routing.occupies)[workload.queue[stints.contact[mine]]]
    agents = np.concatenate([stints.agent[mine]] * 2)
    times = np.concatenate([stints.begin[mine], stints.end[mine]])
    change = np.concatenate([share, -share])
    # At one instant what ends makes room for what begins.
    order = np.lexsort((change, times, agents))
    # Every agent's changes add up to 0, so that one running sum serves them all.
    _demand(np.cumsum(change[order]) <= 1 + SLACK, "an agent held more than a share of 1")


def _nobody_works_off_duty(
    workload: Workload, roster: Roster, routing: Routing, stints: Stints
) -> None:
    mine = stints.agent != NOBODY
    agent, begin, end = stints.agent[mine], stints.begin[mine], stints.end[mine]
    if not len(agent):
        return
    order = np.lexsort((roster.on, roster.agent))
    # Find each stint's latest duty by sorting duties and stints together, duties first at ties.
    owner = np.concatenate([roster.agent[order], agent])
    since = np.concatenate([roster.on[order], begin])
    is_stint = np.arange(len(owner)) >= len(order)
    both = np.lexsort((is_stint, since, owner))
    of_stint = is_stint[both]
    latest = np.maximum.accumulate(np.where(of_stint, -1, both))[of_stint]
    stint = both[of_stint] - len(order)
    _demand(latest >= 0, "somebody worked who was never on duty")
    _demand(roster.agent[order][latest] == agent[stint], "somebody worked before coming on duty")
    off = roster.off[order][latest]
    _demand(begin[stint] <= off, "work was begun off duty")
    deferrable = np.array(routing.deferrable)[workload.queue[stints.contact[mine]]][stint]
    _demand(~deferrable | (end[stint] <= off), "deferrable work went on after the end of duty")


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
    over = np.where(log.outcome == Outcome.ABANDONED, log.end, log.start)
    waits = float(np.nansum(np.where(np.isnan(over), close, over) - log.ready))
    _demand(abs(area - waits) <= 1e-9 * max(1.0, abs(waits)), "Little's law does not hold")
