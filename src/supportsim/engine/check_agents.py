"""The laws about agents: who works when, on what, how long, and when that work stops."""

import numpy as np
import numpy.typing as npt

from supportsim.engine.check_doors import ready_inside
from supportsim.engine.demand import SLACK, demand
from supportsim.tables import (
    NOBODY,
    Affinity,
    ContactLog,
    Floats,
    Integers,
    Outcome,
    Roster,
    Routing,
    Stints,
    Workload,
)


def work_is_done(workload: Workload, roster: Roster, routing: Routing, log: ContactLog) -> None:
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
    demand(np.abs(got - needed)[done] <= SLACK, "a contact did not get the work it needed")
    before = np.clip(np.fmin(stints.end, log.end[stints.contact]) - stints.begin, 0, None)
    got = np.bincount(stints.contact, weights=before, minlength=len(log))
    served = log.outcome == Outcome.SERVED
    released = np.abs(got - workload.work / speed)[served] <= SLACK
    demand(released, "a customer was released before or after the work was done")


def agents_serve_their_queues(
    workload: Workload, roster: Roster, routing: Routing, stints: Stints
) -> None:
    """Nobody works on a queue that the team does not serve."""
    serves = np.zeros((len(routing.serves), len(routing.occupies)), dtype=np.bool_)
    for number, queues in enumerate(routing.serves):
        serves[number, list(queues)] = True
    # The last row is that of the agent without a number, whom the teams without limit share.
    agents = int(max(roster.agent.max(initial=0), stints.agent.max(initial=0))) + 2
    may = np.zeros((agents, len(routing.occupies)), dtype=np.bool_)
    may[roster.agent] = serves[roster.team]
    may[NOBODY] = np.any(serves[np.flatnonzero(routing.unlimited)], axis=0)
    queue = workload.queue[stints.contact]
    demand(may[stints.agent, queue], "somebody worked on a queue that the team does not serve")


def nobody_is_overloaded(workload: Workload, routing: Routing, stints: Stints) -> None:
    """No agent holds more than a share of 1 at any time."""
    mine = (stints.agent != NOBODY) & (stints.end > stints.begin)
    share = np.array(routing.occupies)[workload.queue[stints.contact[mine]]]
    agents = np.concatenate([stints.agent[mine]] * 2)
    times = np.concatenate([stints.begin[mine], stints.end[mine]])
    change = np.concatenate([share, -share])
    # At one instant what ends makes room for what begins.
    order = np.lexsort((change, times, agents))
    # Every agent's changes add up to 0, so that one running sum serves them all.
    demand(np.cumsum(change[order]) <= 1 + SLACK, "an agent held more than a share of 1")


def nobody_works_off_duty(
    workload: Workload, roster: Roster, routing: Routing, stints: Stints
) -> None:
    """Work begins on duty, and only live work goes on after it."""
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
    demand(latest >= 0, "somebody worked who was never on duty")
    demand(roster.agent[order][latest] == agent[stint], "somebody worked before coming on duty")
    off = roster.off[order][latest]
    demand(begin[stint] <= off, "work was begun off duty")
    deferrable = np.array(routing.deferrable)[workload.queue[stints.contact[mine]]][stint]
    demand(~deferrable | (end[stint] <= off), "deferrable work went on after the end of duty")


def work_stops_for_a_reason(
    workload: Workload, roster: Roster, routing: Routing, log: ContactLog, until: float
) -> None:
    """Only deferrable work stops: when a duty ends, or when its agent takes a live contact."""
    stints = log.stints
    live = ~np.array(routing.deferrable, dtype=np.bool_)[workload.queue[stints.contact]]
    goes_on = np.diff(stints.contact, append=NOBODY) == 0
    stopped = goes_on | np.isnan(log.freed[stints.contact]) & (stints.end < until)
    demand(~(live & stopped), "live work was stopped")
    if not np.any(stopped):
        return
    interrupts = np.zeros(int(roster.agent.max(initial=0)) + 2, dtype=np.bool_)
    interrupts[roster.agent] = np.array(routing.interrupts, dtype=np.bool_)[roster.team]
    calls = live & interrupts[stints.agent]
    reasons = np.concatenate(
        [_pairs(roster.agent, roster.off), _pairs(stints.agent[calls], stints.begin[calls])]
    )
    stopped[stopped] = ~np.isin(_pairs(stints.agent[stopped], stints.end[stopped]), reasons)
    demand(~stopped, "work was stopped for no reason")


def _pairs(agents: Integers, times: Floats) -> npt.NDArray[np.complex128]:
    """Return an agent and a time as one number each, so that pairs can be looked up."""
    pairs = np.empty(len(agents), dtype=np.complex128)
    pairs.real, pairs.imag = agents, times
    return pairs


def live_contacts_interrupt(
    workload: Workload, roster: Roster, routing: Routing, log: ContactLog, until: float
) -> None:
    """Nobody waits in a live queue while an agent goes on with work that may stop for it.

    Only what is plain is looked at: contacts that anyone may take, and teams whose agents hold one
    contact at a time.
    """
    stints = log.stints
    lasts = (stints.begin < stints.end) & (stints.agent != NOBODY)
    queue = workload.queue[stints.contact]
    team = np.zeros(int(roster.agent.max(initial=0)) + 2, dtype=np.int8)
    team[roster.agent] = roster.team
    over = np.fmin(np.fmin(log.start, log.end), until)
    ready = ready_inside(workload, routing, log)
    waited = (over > ready) & (workload.affinity == Affinity.ANYONE)
    for number, queues in enumerate(routing.serves):
        one_at_a_time = all(routing.occupies[each] > 0.5 for each in queues)
        for place, live in enumerate(queues):
            if routing.deferrable[live] or not (routing.interrupts[number] and one_at_a_time):
                continue
            later = [other for other in queues[place:] if routing.deferrable[other]]
            rows = np.flatnonzero(lasts & (team[stints.agent] == number) & np.isin(queue, later))
            waits = waited & (workload.queue == live)
            begun = np.searchsorted(np.sort(ready[waits]), stints.end[rows], "left")
            ended = np.searchsorted(np.sort(over[waits]), stints.begin[rows], "right")
            nobody_waited = np.ones(len(stints), dtype=np.bool_)
            nobody_waited[rows] = begun == ended
            demand(nobody_waited, "somebody waited though less urgent work could stop")
