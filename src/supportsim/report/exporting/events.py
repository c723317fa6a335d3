"""What happened to each contact, step by step, as event logs of process mining tell it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from supportsim.tables import NOBODY, Codes, Flags, Integers, Outcome, Table, to_datetimes

if TYPE_CHECKING:
    from supportsim.measures import Facts

Times = npt.NDArray[np.datetime64]
_Part = tuple[npt.NDArray[Any], ...]


class Step(IntEnum):
    """What can happen to a contact or to its wrap-up, in the order of one moment."""

    QUEUED = 0
    STARTED = 1
    SUSPENDED = 2
    RESUMED = 3
    COMPLETED = 4
    ABANDONED = 5
    REJECTED = 6
    TURNED_AWAY = 7


class Activity(IntEnum):
    """What a step belongs to."""

    CONTACT = 0
    WRAP_UP = 1


GIVEN_UP = {
    Outcome.ABANDONED: Step.ABANDONED,
    Outcome.REJECTED: Step.REJECTED,
    Outcome.TURNED_AWAY: Step.TURNED_AWAY,
}


@dataclass(frozen=True, eq=False)
class Events(Table):
    """What happened when: a row a step.

    Attributes
    ----------
    ticket, contact : int32
        The ticket, and the row of the contact in the workload.
    activity : int8
        An `Activity`: the contact itself, or the wrap-up after it.
    step : int8
        A `Step`.
    time : datetime64[ms]
        When, in the scenario's local time.
    agent : int32
        The agent who did it; −1 for nobody, or for the team without limit.
    """

    ticket: Integers
    contact: Integers
    activity: Codes
    step: Codes
    time: Times
    agent: Integers

    def rows(self, chosen: npt.NDArray[np.intp] | slice) -> Events:
        """Return some of the events, in the order given."""
        return Events(**{name: column[chosen] for name, column in self.columns().items()})


def events_of(facts: Facts) -> Events:
    """Return every step of every contact that joined a queue, ticket by ticket.

    A contact is queued when it becomes ready, started when an agent first touches it, suspended
    and resumed where work on it stops in between, completed when its customer is released, or given
    up (abandoned, rejected, turned away). A wrap-up is started, suspended, resumed and completed.
    Work in progress when the run ends is not completed.

    Parameters
    ----------
    facts
        One replication.

    Returns
    -------
    Events
        By ticket, within it by time; at the same millisecond by contact, activity and step.
    """
    log, start = facts.log, facts.scenario.run.start
    ready, end = to_datetimes(log.ready, start), to_datetimes(log.end, start)
    joined = np.flatnonzero(~np.isnat(ready))
    parts = [_alike(Activity.CONTACT, Step.QUEUED, joined, ready[joined])]
    for outcome, given_up in GIVEN_UP.items():
        lost = np.flatnonzero(log.outcome == outcome)
        parts.append(_alike(Activity.CONTACT, given_up, lost, end[lost]))
    served = np.where(np.isin(log.outcome, list(GIVEN_UP)), np.datetime64("NaT"), end)
    work, wrap_up = _pieces(facts, end)
    parts += _steps(Activity.CONTACT, work, served)
    parts += _steps(Activity.WRAP_UP, wrap_up, to_datetimes(log.freed, start))
    contact, activity, step, time, agent = map(np.concatenate, zip(*parts, strict=True))
    ticket = facts.workload.ticket[contact]
    events = Events(ticket, contact.astype(np.int32), activity, step, time, agent)
    return events.rows(np.lexsort((step, activity, contact, time, ticket)))


@dataclass(frozen=True, eq=False)
class _Pieces(Table):
    """Unbroken work on one activity of each contact: a row a piece, by contact, then by time."""

    contact: Integers
    begin: Times
    end: Times
    agent: Integers

    def where(self, chosen: Flags) -> _Pieces:
        return _Pieces(**{name: column[chosen] for name, column in self.columns().items()})


def _pieces(facts: Facts, released: Times) -> tuple[_Pieces, _Pieces]:
    """Return the work with the customer, and the work after the customer's release.

    Times are compared as they are written, so that rounding makes no piece of its own.
    """
    log, start = facts.log, facts.scenario.run.start
    # Work that takes no time at all may leave no stint.
    untold = np.flatnonzero(~np.isnan(log.start))
    untold = untold[~np.isin(untold, log.stints.contact)]
    contact = np.concatenate([log.stints.contact, untold.astype(np.int32)])
    begin = np.concatenate([log.stints.begin, log.start[untold]])
    end = np.concatenate([log.stints.end, log.start[untold]])
    agent = np.concatenate([log.stints.agent, log.agent[untold]])
    order = np.lexsort((end, begin, contact))
    all_of_it = _Pieces(
        contact[order],
        to_datetimes(begin[order], start),
        to_datetimes(end[order], start),
        agent[order],
    )
    until = released[all_of_it.contact]
    after = all_of_it.end > until  # never while the customer waits: NaT compares as False
    before = np.isnat(until) | (all_of_it.begin < until) | _firsts(all_of_it)
    work = replace(all_of_it, end=np.where(after, until, all_of_it.end))
    wrap_up = replace(all_of_it, begin=np.where(before, until, all_of_it.begin))
    return work.where(before), wrap_up.where(after)


def _firsts(pieces: _Pieces) -> Flags:
    """Return which pieces are the first of their contact."""
    first: Flags = np.diff(pieces.contact, prepend=NOBODY) != 0
    return first


def _steps(activity: Activity, pieces: _Pieces, completed: Times) -> list[_Part]:
    """Return the steps that pieces of work consist of.

    Parameters
    ----------
    activity
        What the work belongs to.
    pieces
        The pieces.
    completed : shape (contacts,)
        When it was completed; NaT if it was not.
    """
    first = _firsts(pieces)
    before = np.flatnonzero(~first) - 1
    stopped = before[
        (pieces.end[before] < pieces.begin[before + 1])
        | (pieces.agent[before] != pieces.agent[before + 1])
    ]
    last = np.roll(first, -1)
    done = np.flatnonzero(last & ~np.isnat(completed[pieces.contact]))
    at = pieces.contact
    return [
        _alike(activity, Step.STARTED, at[first], pieces.begin[first], pieces.agent[first]),
        _alike(activity, Step.SUSPENDED, at[stopped], pieces.end[stopped], pieces.agent[stopped]),
        _alike(
            activity,
            Step.RESUMED,
            at[stopped + 1],
            pieces.begin[stopped + 1],
            pieces.agent[stopped + 1],
        ),
        _alike(activity, Step.COMPLETED, at[done], completed[at[done]], pieces.agent[done]),
    ]


def _alike(
    activity: Activity,
    step: Step,
    contact: npt.NDArray[np.integer],
    time: Times,
    agent: Integers | None = None,
) -> _Part:
    """Return contact, activity, step, time and agent of events of one kind."""
    count = len(contact)
    if agent is None:
        agent = np.full(count, NOBODY, dtype=np.int32)
    kinds = np.full(count, activity, dtype=np.int8), np.full(count, step, dtype=np.int8)
    return contact, *kinds, time, agent
