"""The simulation on SimPy; `docs/reference/engine.md` says what it decides, and in which order.

Each channel's arrivals and each agent's comings and goings are processes: generators resumed by
SimPy events. What happens to a contact is a chain of SimPy events with callbacks: contacts are
many, and a process for each would cost three times as much.
"""

import math
from collections.abc import Generator
from heapq import heappush
from typing import Any

import numpy as np

from supportsim.engine.clock import BECOMES_READY, DUTY_BEGINS, DUTY_ENDS, OPENS, Moment
from supportsim.engine.desk import Desk
from supportsim.engine.lines import Agent
from supportsim.tables import (
    NOBODY,
    Codes,
    ContactLog,
    Floats,
    Integers,
    Outcome,
    Roster,
    Routing,
    Stints,
    Workload,
)

Process = Generator[None, Any, None]
Duty = tuple[float, float, float]
"""On, off and speed."""


def simulate(
    workload: Workload, roster: Roster, routing: Routing, until: float = math.inf
) -> ContactLog:
    """Return what becomes of every contact.

    Parameters
    ----------
    workload
        The contacts; those with a known `ready` arrive by themselves.
    roster
        The stretches of duty, in any order; it may be empty.
    routing
        Who serves what.
    until
        Minutes at which the run ends; by default it goes on until nothing is left to happen.

    Returns
    -------
    ContactLog
        A row for each contact of `workload`, in its order.

    Raises
    ------
    ValueError
        If stretches of duty of one agent overlap, or an agent works in two teams.
    """
    arriving = np.flatnonzero(np.isfinite(workload.ready))
    arriving = arriving[np.argsort(workload.ready[arriving], kind="stable")]
    team_of, duties = _duties(roster)
    first = [*workload.ready[arriving[:1]].tolist(), *roster.on.tolist()]

    desk = Desk(workload, team_of, routing, opens=min(first, default=0.0))
    for queue in range(len(routing.occupies)):
        rows = arriving[workload.queue[arriving] == queue]
        _start(_arrivals(desk, rows.tolist(), workload.ready[rows].tolist()))
    for number, line in enumerate(desk.lines):
        if line.door is not None:
            times = [time for time in line.door.openings() if time >= desk.clock.now]
            _start(_opens(desk, number, times))
    for number, agent in desk.agents.items():
        _start(_comes_and_goes(desk, agent, duties[number]))

    desk.clock.run_through(until)
    return _log(desk, until)


def _start(process: Process) -> None:
    """Start a process that is resumed by its own events.

    It reads like any SimPy process. As nobody waits for it, interrupts it or asks for its value,
    the generator itself is the callback of its events, without a `simpy.Process` between them,
    which would take a fifth of the engine's time and keep to itself what goes wrong.
    """
    next(process)
    process.send([process.send])


def _arrivals(desk: Desk, contacts: list[int], times: list[float]) -> Process:
    """One channel's contacts that arrive by themselves."""
    resume = yield
    agenda, moment = desk.clock.agenda, Moment(0.0, NOBODY, [])
    for contact, time in zip(contacts, times, strict=True):
        moment.callbacks = resume
        heappush(agenda, (time, BECOMES_READY, contact, moment))
        yield
        desk.becomes_ready(contact, time)
    yield


def _opens(desk: Desk, queue: int, times: list[float]) -> Process:
    """One queue's openings."""
    resume = yield
    moment = Moment(0.0, queue, [])
    for time in times:
        desk.clock.at(OPENS, moment.again(time, queue, resume))
        yield
        desk.opens(desk.lines[queue], time)
    yield


def _comes_and_goes(desk: Desk, agent: Agent, duties: list[Duty]) -> Process:
    """One agent's life: on duty, off duty, and after the last duty gone for good."""
    resume = yield
    at, moment = desk.clock.at, Moment(0.0, NOBODY, [])
    for on, off, speed in duties:
        at(DUTY_BEGINS, moment.again(on, agent.number, resume))
        yield
        desk.duty_begins(agent, on, speed)
        at(DUTY_ENDS, moment.again(off, agent.number, resume))
        yield
        desk.duty_ends(agent, off)
    desk.leaves(agent, off)
    yield


def _duties(roster: Roster) -> tuple[dict[int, int], dict[int, list[Duty]]]:
    """Return the team and the duties, in order, of each agent."""
    order = np.lexsort((roster.on, roster.agent))
    columns = (roster.agent, roster.team, roster.on, roster.off, roster.speed)
    rows = zip(*(column[order].tolist() for column in columns), strict=True)
    team_of: dict[int, int] = {}
    duties: dict[int, list[Duty]] = {}
    for number, team, on, off, speed in rows:
        if team_of.setdefault(number, team) != team:
            raise ValueError(f"agent {number} works in two teams")
        before = duties.setdefault(number, [])
        if not (before[-1][1] if before else -math.inf) <= on <= off:
            raise ValueError(f"a duty of agent {number} ends before it begins, or overlaps another")
        before.append((on, off, speed))
    return team_of, duties


def _log(desk: Desk, until: float) -> ContactLog:
    """Return what the desk noted down, as arrays."""
    ready, start, end, freed = (
        np.fromiter(times, dtype=np.float64, count=len(times))
        for times in (desk.ready, desk.start, desk.end, desk.freed)
    )
    agent = np.fromiter(desk.agent, dtype=np.int32, count=len(ready))
    return ContactLog(
        ready=ready,
        start=start,
        end=end,
        freed=freed,
        agent=agent,
        outcome=_outcome(desk, ready, start, end),
        stints=_stints(desk, start, freed, agent, until),
    )


def _outcome(desk: Desk, ready: Floats, start: Floats, end: Floats) -> Codes:
    """Return what became of each contact: its times tell, unless it was not let in."""
    outcome = np.full(len(ready), Outcome.UNTRIGGERED, dtype=np.int8)
    outcome[~np.isnan(ready)] = Outcome.WAITING
    outcome[~np.isnan(start)] = Outcome.IN_PROGRESS
    outcome[~np.isnan(end)] = Outcome.ABANDONED
    outcome[~np.isnan(start) & ~np.isnan(end)] = Outcome.SERVED
    outcome[desk.rejected] = Outcome.REJECTED
    outcome[desk.turned_away] = Outcome.TURNED_AWAY
    return outcome


def _stints(desk: Desk, start: Floats, freed: Floats, agent: Integers, until: float) -> Stints:
    """Return the stints that the desk noted, and a single one for each contact never stopped."""
    broken = desk.broken_stints + [
        (contact, holder.number, desk.resumed[contact], until)
        for holder in (*desk.agents.values(), desk.nameless)
        for contact in holder.in_hand
        if contact in desk.resumed
    ]
    columns = np.array(broken, dtype=np.float64).reshape(-1, 4).T
    parts, holders = columns[:2].astype(np.int32)
    whole = ~np.isnan(start)
    whole[parts] = False
    rows = np.flatnonzero(whole).astype(np.int32)
    contact = np.append(rows, parts)
    order = np.argsort(contact, kind="stable")
    closed = np.where(np.isnan(freed), until, freed)
    return Stints(
        contact=contact[order],
        agent=np.append(agent[rows], holders)[order],
        begin=np.append(start[rows], columns[2])[order],
        end=np.append(closed[rows], columns[3])[order],
    )
