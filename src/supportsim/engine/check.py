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
        If a contact has times that its outcome forbids, starts before it is ready, was served
        without getting the work it needed, if an agent holds more than a share of 1 or works off
        duty (but for live overtime), or if Little's law does not hold.
    """
    _outcomes_and_times_agree(log)
    _order_of_times_holds(log)
    _work_is_done(workload, roster, routing, log)
    _nobody_is_overloaded(workload, routing, log)
    _nobody_works_off_duty(workload, roster, routing, log)
    _littles_law_holds(log, until)


def _demand(holds: Flags | bool, law: str) -> None:
    if not np.all(holds):
        rows = np.flatnonzero(~np.atleast_1d(holds))[:5]
        raise ConservationError(f"{law} (rows {rows.tolist()})")


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
    _demand(
        np.isnan(log.freed) | (log.outcome == Outcome.SERVED), "an unserved contact was finished"
    )


def _order_of_times_holds(log: ContactLog) -> None:
    columns = [log.ready, log.start, log.end, log.freed]
    for earlier, later in ((0, 1), (1, 2), (0, 2), (2, 3)):
        early, late = columns[earlier], columns[later]
        _demand(np.isnan(early) | np.isnan(late) | (early <= late), "times are out of order")


def _work_is_done(workload: Workload, roster: Roster, routing: Routing, log: ContactLog) -> None:
    """Where all agents work at one speed, finished contacts got exactly the minutes they needed."""
    speeds = np.unique(roster.speed)
    if len(speeds) > 1 or (len(speeds) == 1 and any(routing.unlimited) and speeds[0] != 1):
        return
    stints = log.stints
    got = np.bincount(stints.contact, weights=stints.end - stints.begin, minlength=len(log))
    needed = (workload.work + workload.wrap_up) / (speeds[0] if len(speeds) else 1.0)
    done = ~np.isnan(log.freed)
    _demand(np.abs(got - needed)[done] <= SLACK, "a contact did not get the work it needed")


def _nobody_is_overloaded(workload: Workload, routing: Routing, log: ContactLog) -> None:
    stints = log.stints
    mine = stints.agent != NOBODY
    agent, begin, end = stints.agent[mine], stints.begin[mine], stints.end[mine]
    share = np.array(routing.occupies)[workload.queue[stints.contact[mine]]]
    # At one instant what ends makes room for what begins; stints of no length hold nobody.
    lasting = end > begin
    agents = np.concatenate([agent[lasting]] * 2)
    times = np.concatenate([begin[lasting], end[lasting]])
    change = np.concatenate([share[lasting], -share[lasting]])
    order = np.lexsort((change, times, agents))
    load = np.cumsum(change[order])
    # Every agent's changes add up to 0, so that one running sum serves them all.
    _demand(load <= 1 + SLACK, "an agent held more than a share of 1")


def _nobody_works_off_duty(
    workload: Workload, roster: Roster, routing: Routing, log: ContactLog
) -> None:
    stints = log.stints
    mine = stints.agent != NOBODY
    agent, begin, end = stints.agent[mine], stints.begin[mine], stints.end[mine]
    if not len(agent):
        return
    order = np.lexsort((roster.on, roster.agent))
    # The agent's latest duty that began by then; stable sorting puts duties before stints at ties.
    owner = np.concatenate([roster.agent[order], agent])
    since = np.concatenate([roster.on[order], begin])
    is_stint = np.concatenate([np.zeros(len(order)), np.ones(len(agent))])
    both = np.lexsort((is_stint, since, owner))
    latest = np.maximum.accumulate(np.where(both < len(order), both, -1))[is_stint[both] == 1]
    stint = both[is_stint[both] == 1] - len(order)
    _demand(latest >= 0, "somebody worked who was never on duty")
    off = roster.off[order][latest]
    _demand(roster.agent[order][latest] == agent[stint], "somebody worked before coming on duty")
    _demand(begin[stint] <= off, "work was begun off duty")
    deferrable = np.array(routing.deferrable)[workload.queue[stints.contact[mine]]][stint]
    _demand(~deferrable | (end[stint] <= off), "deferrable work went on after the end of duty")


def _littles_law_holds(log: ContactLog, until: float) -> None:
    """Compare the area under the number waiting with the sum of the waits, to a relative 1e-9."""
    joined = log.ready[~np.isnan(log.ready)]
    if not len(joined):
        return
    left = np.fmin(log.start, np.where(log.outcome == Outcome.ABANDONED, log.end, np.nan))
    left = left[~np.isnan(log.ready)]
    close = until if math.isfinite(until) else float(np.nanmax(np.concatenate([joined, left])))
    waits = np.where(np.isnan(left), close, left) - joined
    area = _area(joined, left[~np.isnan(left)], close)
    _demand(
        abs(area - waits.sum()) <= 1e-9 * max(1.0, abs(waits.sum())), "Little's law does not hold"
    )


def _area(up: Floats, down: Floats, close: float) -> float:
    """Return the area under a number that rises and falls by one, event by event until `close`."""
    times = np.concatenate([up, down])
    order = np.argsort(times, kind="stable")
    number = np.cumsum(np.concatenate([np.ones(len(up)), -np.ones(len(down))])[order])
    return float(np.sum(number * np.diff(np.append(times[order], close))))
