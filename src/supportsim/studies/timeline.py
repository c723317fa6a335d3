"""From the log of one replication to a timeline: who did what when, and how long the queues were.

Everything here is worked out from the tables of one replication after the run; the engine knows
nothing of it. A stretch of time includes its begin and not its end.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from supportsim.measures.timing import time_average
from supportsim.tables import NOBODY, Codes, Flags, Floats, Integers, Table

if TYPE_CHECKING:
    from supportsim.measures import Facts


class Phase(IntEnum):
    """What an agent does with a contact."""

    WORK = 0
    WRAP_UP = 1


@dataclass(frozen=True, eq=False)
class Pieces(Table):
    """What agents did with contacts: a row for each phase of each stint.

    Attributes
    ----------
    stint, contact, agent, team : int32
        Row of the stint, row of the contact, and who: −1 for the nameless agent of a team without
        limit.
    lane : int32
        Which of the contacts that the agent had in hand at once this was, from 0: pieces of one
        agent and lane do not overlap.
    begin, end : float64
        The stretch, minutes.
    phase : int8
        A `Phase`.
    stopped : bool
        Whether the contact was not finished at the end, but left for later.
    """

    stint: Integers
    contact: Integers
    agent: Integers
    team: Integers
    lane: Integers
    begin: Floats
    end: Floats
    phase: Codes
    stopped: Flags

    _times: ClassVar[tuple[str, ...]] = ("begin", "end")
    _codes: ClassVar[dict[str, type[IntEnum]]] = {"phase": Phase}


@dataclass(frozen=True, eq=False)
class Pauses(Table):
    """Work that was begun and stopped: a row for each stretch in which it lay.

    Attributes
    ----------
    contact, agent : int32
        Row of the contact, and who will go on with it; −1 once that agent has left and it is back
        in its queue.
    begin, end : float64
        The stretch, minutes; inf for work that was never resumed.
    """

    contact: Integers
    agent: Integers
    begin: Floats
    end: Floats

    _times: ClassVar[tuple[str, ...]] = ("begin", "end")


@dataclass(frozen=True, eq=False)
class Steps:
    """A number that changes at instants: 0 before the first, `counts[i]` from `times[i]` on.

    Attributes
    ----------
    times : float64
        Increasing times, minutes.
    counts : int32
        The number from each of them on.
    up, down : float64
        When it rises and falls by one, in any order.
    """

    times: Floats
    counts: Integers
    up: Floats
    down: Floats

    def at(self, time: float) -> int:
        """Return the number at a time, after everything that happens at that instant."""
        place = int(np.searchsorted(self.times, time, side="right"))
        return int(self.counts[place - 1]) if place else 0

    def average(self, begin: float, end: float) -> float:
        """Return the average over a stretch of time."""
        return float(time_average(self.up, self.down, np.array([begin, end]))[0])

    def within(self, begin: float, end: float) -> tuple[Floats, Integers]:
        """Return the number at the begin of a stretch of time, and every change until its end."""
        inside = (self.times > begin) & (self.times < end)
        times = np.concatenate([[begin], self.times[inside]])
        return times, np.concatenate([[self.at(begin)], self.counts[inside]]).astype(np.int32)


def steps(up: Floats, down: Floats) -> Steps:
    """Return the number of things present, from when each comes and goes; NaN and inf for never."""
    up, down = up[np.isfinite(up)], down[np.isfinite(down)]
    both = np.concatenate([up, down])
    times, instant = np.unique(both, return_inverse=True)
    change = np.bincount(instant, weights=np.repeat([1.0, -1.0], [len(up), len(down)]))
    return Steps(times, np.cumsum(change).astype(np.int32), up, down)


@dataclass(frozen=True, eq=False)
class Timeline:
    """The timeline of one replication.

    Attributes
    ----------
    facts
        The replication.
    """

    facts: Facts

    @cached_property
    def pieces(self) -> Pieces:
        """What agents did with contacts, by begin."""
        facts = self.facts
        stints = facts.log.stints
        released = facts.log.end[stints.contact]
        released = np.where(np.isnan(released), np.inf, released)
        turns = np.clip(released, stints.begin, stints.end)
        # A stint that takes no time at all is work, so that nobody's contact goes missing.
        works = (stints.begin < turns) | (stints.begin == stints.end)
        wraps_up = turns < stints.end
        row = np.concatenate([np.flatnonzero(works), np.flatnonzero(wraps_up)]).astype(np.int32)
        phase = np.repeat([Phase.WORK, Phase.WRAP_UP], [works.sum(), wraps_up.sum()])
        begin = np.where(phase == Phase.WORK, stints.begin[row], turns[row])
        end = np.where(phase == Phase.WORK, turns[row], stints.end[row])
        order = np.lexsort((row, begin))
        row = row[order]
        return Pieces(
            stint=row,
            contact=stints.contact[row],
            agent=stints.agent[row],
            team=facts.stint_team[row].astype(np.int32),
            lane=self._lanes[row],
            begin=begin[order],
            end=end[order],
            phase=phase[order].astype(np.int8),
            stopped=(end[order] == stints.end[row]) & self._stops[row],
        )

    @cached_property
    def _stops(self) -> Flags:
        """Which stints end with the contact not finished, but for those that the run's end cuts."""
        log, stints = self.facts.log, self.facts.log.stints
        goes_on = np.diff(stints.contact, append=NOBODY) == 0
        unfinished = np.isnan(log.freed[stints.contact])
        stops: Flags = goes_on | unfinished & (stints.end < self.facts.scenario.run.horizon)
        return stops

    @cached_property
    def _lanes(self) -> Integers:
        """The lowest lane of its agent that is free when each stint begins."""
        stints, team = self.facts.log.stints, self.facts.stint_team
        lanes = np.zeros(len(stints), dtype=np.int32)
        free_from: dict[tuple[int, int], list[float]] = {}
        order = np.lexsort((stints.contact, stints.end, stints.begin))
        rows = zip(
            *(column[order].tolist() for column in (team, stints.agent, stints.begin, stints.end)),
            strict=True,
        )
        for row, (of_team, agent, begin, end) in zip(order.tolist(), rows, strict=True):
            lasts = free_from.setdefault((of_team, agent), [])
            lane = next((i for i, free in enumerate(lasts) if free <= begin), len(lasts))
            if lane == len(lasts):
                lasts.append(end)
            lasts[lane] = end
            lanes[row] = lane
        return lanes

    @cached_property
    def pauses(self) -> Pauses:
        """Work that lay, by contact and time."""
        stints = self.facts.log.stints
        rows = np.flatnonzero(self._stops)
        goes_on = np.append(stints.contact[1:] == stints.contact[:-1], False)
        resumed = np.where(goes_on, np.append(stints.begin[1:], np.inf), np.inf)[rows]
        contact, agent, begin = stints.contact[rows], stints.agent[rows], stints.end[rows]
        # Work lies with its agent until that agent's last duty is over, and then in its queue.
        roster = self.facts.roster
        last = np.full(int(roster.agent.max(initial=-1)) + 2, -np.inf)
        np.maximum.at(last, roster.agent, roster.off)
        left = np.clip(last[agent], begin, resumed)
        nobody = np.full(len(rows), NOBODY, dtype=np.int32)
        whole = Pauses(
            np.tile(contact, 2),
            np.concatenate([agent, nobody]),
            np.concatenate([begin, left]),
            np.concatenate([left, resumed]),
        )
        kept = np.flatnonzero(whole.begin < whole.end)
        kept = kept[np.lexsort((whole.begin[kept], whole.contact[kept]))]
        return Pauses(whole.contact[kept], whole.agent[kept], whole.begin[kept], whole.end[kept])

    # --- Queues ----------------------------------------------------------------------------------

    def waiting(self, channel: int) -> Steps:
        """Return how many contacts wait in a channel's queues that nobody has touched yet."""
        log = self.facts.log
        mine = (self.facts.channel == channel) & ~np.isnan(log.ready)
        return steps(log.ready[mine], np.fmin(log.start, log.end)[mine])

    def in_work(self, channel: int) -> Steps:
        """Return how many of a channel's contacts agents have in hand, wrap-up included."""
        stints = self.facts.log.stints
        mine = self.facts.channel[stints.contact] == channel
        return steps(stints.begin[mine], stints.end[mine])

    def stopped(self, channel: int) -> Steps:
        """Return how many of a channel's contacts lie begun and stopped."""
        pauses = self.pauses
        mine = self.facts.channel[pauses.contact] == channel
        return steps(pauses.begin[mine], pauses.end[mine])

    def open_tickets(self, channel: int) -> Steps:
        """Return how many tickets that began in a channel are open: its backlog."""
        return steps(*self.facts.spells(channel, awaiting=False))
