"""The scripts of tickets: every contact that a ticket may come to need, whatever the queues do.

A script is a tree that begins with the ticket's first contact. What is served leads on (a transfer,
an escalation to another channel, a reply, a reopening); what fails leads elsewhere (the customer
redials, tries another channel, leaves a message). The engine takes one way through it.

Scripts are drawn for all tickets of an origin at once, a generation of contacts at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from supportsim.sampling.decisions import (
    Attempt,
    Course,
    Draws,
    Rows,
    draw_attempts,
    draw_course,
    draw_work,
)
from supportsim.sampling.routing import opening_hours, tier_queues
from supportsim.sampling.streams import Streams
from supportsim.scenario.calendar import within
from supportsim.scenario.model import Channel, Scenario
from supportsim.tables import (
    BEGUN_BY_CUSTOMER,
    NOBODY,
    Affinity,
    Codes,
    Flags,
    Floats,
    Kind,
    Workload,
)

SAME, OTHER, ANYONE = Affinity.SAME, Affinity.OTHER, Affinity.ANYONE


@dataclass(frozen=True)
class Origin:
    """The tickets that come to the desk in one way, such as by a channel.

    Attributes
    ----------
    name
        Its name, with which the names of its streams begin.
    channel
        The channel of its tickets' first contacts.
    customers
        Number of customers for whom random numbers are drawn.
    who : shape (tickets,)
        Which of them is the customer of each ticket, so that a ticket keeps its random numbers
        when another customer no longer needs one.
    opened : float64, shape (tickets,)
        When each ticket arrives, minutes; before 0 for those that wait when the scenario starts.
    """

    name: str
    channel: str
    customers: int
    who: Rows
    opened: Floats

    def uniforms(self, streams: Streams, what: str) -> Floats:
        """Return a random number for each ticket's customer, uniform on [0, 1)."""
        return streams.uniforms(f"{self.name}/{what}", self.customers)[self.who]


@dataclass(frozen=True)
class _Link:
    """Rows of contacts, and the places in a leg of the contacts that follow them."""

    column: str
    rows: Rows
    places: Rows


@dataclass(frozen=True)
class _Leg:
    """Contacts of one generation in one channel, and the contacts that lead to them."""

    channel: str
    ticket: Rows
    kind: Codes
    affinity: Codes
    second_tier: Flags
    switched: Flags
    links: tuple[_Link, ...]


class _Table:
    """The contacts drawn so far, in the order in which they were drawn."""

    def __init__(self) -> None:
        self.parts: list[dict[str, Any]] = []
        self.links: list[tuple[str, Rows, Rows]] = []
        self.size = 0

    def add(self, chosen: Flags, **columns: Any) -> Rows:
        """Add the chosen contacts; return the row of each contact, NOBODY of those not chosen."""
        rows = np.full(len(chosen), NOBODY)
        count = int(np.count_nonzero(chosen))
        rows[chosen] = np.arange(self.size, self.size + count)
        self.size += count
        full = {name: np.broadcast_to(column, len(chosen)) for name, column in columns.items()}
        self.parts.append({name: column[chosen] for name, column in full.items()})
        return rows

    def link(self, column: str, rows: Rows, following: Rows) -> None:
        """Let each of some contacts name the one that follows it."""
        self.links.append((column, rows, following))

    def workload(self) -> Workload:
        """Return the contacts, those of a ticket together."""
        ticket = np.concatenate([part["ticket"] for part in self.parts])
        order = np.argsort(ticket, kind="stable")
        place = np.empty(self.size, dtype=np.int32)
        place[order] = np.arange(self.size, dtype=np.int32)
        columns: dict[str, Any] = {}
        for name, dtype in _DTYPES.items():
            if name.startswith("next_"):
                columns[name] = np.full(self.size, NOBODY, dtype=dtype)
            else:
                drawn = np.concatenate([part[name] for part in self.parts])
                columns[name] = drawn[order].astype(dtype, copy=False)
        for name, rows, following in self.links:
            columns[name][place[rows]] = place[following]
        return Workload(**columns)


_DTYPES: dict[str, type] = {
    "ticket": np.int32,
    "queue": np.int8,
    "kind": np.int8,
    "priority": np.int8,
    "affinity": np.int8,
    "resolves": np.bool_,
    "ready": np.float64,
    "patience": np.float64,
    "work": np.float64,
    "wrap_up": np.float64,
    "next_if_served": np.int32,
    "delay_if_served": np.float64,
    "next_if_abandoned": np.int32,
    "delay_if_abandoned": np.float64,
    "next_if_turned_away": np.int32,
}


def draw_scripts(scenario: Scenario, origin: Origin, streams: Streams) -> Workload:
    """Return the contacts of an origin's tickets, numbered from 0."""
    return _Writer(scenario, origin, streams).write()


class _Writer:
    """Writes the scripts of one origin's tickets."""

    def __init__(self, scenario: Scenario, origin: Origin, streams: Streams) -> None:
        self.scenario = scenario
        self.origin = origin
        self.streams = streams
        self.queue_of = {name: number for number, name in enumerate(scenario.channels)}
        self.tier_of = {name: queue for name, (queue, _) in tier_queues(scenario).items()}
        self.table = _Table()

    @cached_property
    def urgency(self) -> Floats:
        """One number for each ticket; every channel's classes of priority are cut from it."""
        return self.origin.uniforms(self.streams, "priority")

    def write(self) -> Workload:
        """Return the tickets' contacts."""
        count = len(self.origin.opened)
        legs = [
            _Leg(
                self.origin.channel,
                ticket=np.arange(count),
                kind=np.full(count, Kind.INITIAL, np.int8),
                affinity=np.full(count, ANYONE, np.int8),
                second_tier=np.zeros(count, np.bool_),
                switched=np.zeros(count, np.bool_),
                links=(),
            )
        ]
        generation = 0
        while legs:
            following = [one for leg in _together(legs) for one in self._write(leg, generation)]
            legs = [leg for leg in following if len(leg.ticket)]
            generation += 1
        return self.table.workload()

    def _write(self, leg: _Leg, generation: int) -> Iterator[_Leg]:
        """Write down the contacts of a leg, and yield the legs that may follow."""
        channel = self.scenario.channels[leg.channel]
        prefix = self.origin.name
        if leg.channel != self.origin.channel:
            prefix += f">{leg.channel}"
        who = self.origin.who[leg.ticket]
        draws = Draws(self.streams, prefix, generation, self.origin.customers, who)
        knocks = np.isin(leg.kind, BEGUN_BY_CUSTOMER)
        course = draw_course(channel, knocks | (leg.kind == Kind.TRANSFER), draws)
        queue = np.full(len(who), self.queue_of[leg.channel])
        if leg.channel in self.tier_of:
            queue[leg.second_tier] = self.tier_of[leg.channel]
        columns = {
            "ticket": leg.ticket,
            "queue": queue,
            "priority": self._priority(channel, leg.ticket),
            "resolves": course.resolves,
            "work": draw_work(channel, draws),
            "wrap_up": draws.lasts("wrap_up", channel.wrap_up),
            "delay_if_served": course.delay,
        }
        opened = np.where(leg.kind == Kind.INITIAL, self.origin.opened[leg.ticket], np.nan)
        attempts = list(draw_attempts(channel, knocks, ~leg.switched, opened, draws))
        rows: list[Rows] = []
        for number, attempt in enumerate(attempts):
            again = {"kind": Kind.RETRY, "ready": np.nan, "affinity": ANYONE}
            first = {"kind": leg.kind, "ready": opened, "affinity": leg.affinity}
            rows.append(
                self.table.add(
                    attempt.exists,
                    **columns | (again if number else first),
                    patience=attempt.patience,
                    delay_if_abandoned=attempt.delay,
                )
            )
            if number:
                some = attempt.exists
                self.table.link("next_if_abandoned", rows[number - 1][some], rows[number][some])
        for link in leg.links:
            self.table.link(link.column, link.rows, rows[0][link.places])
        parents = [(r, attempt.exists) for r, attempt in zip(rows, attempts, strict=True)]
        yield from self._if_served(leg, course, parents)
        yield from self._if_not(leg, knocks, opened, attempts, parents)

    def _priority(self, channel: Channel, ticket: Rows) -> Codes:
        if not channel.priorities:
            return np.zeros(len(ticket), np.int8)
        edges = np.cumsum(channel.priorities)
        return np.searchsorted(edges, self.urgency[ticket], side="right").astype(np.int8)

    def _if_served(
        self, leg: _Leg, course: Course, parents: list[tuple[Rows, Flags]]
    ) -> Iterator[_Leg]:
        """Yield what follows contacts that are served, at whichever attempt."""
        channel = self.scenario.channels[leg.channel]
        to_tier = leg.channel in self.tier_of
        same = channel.replies is not None and channel.replies.same_agent
        for to, which, kind, affinity in (
            (leg.channel, course.moved, Kind.TRANSFER, OTHER),
            (leg.channel, course.taken_up, Kind.FOLLOW_UP, SAME),
            (leg.channel, course.replied, Kind.REPLY, SAME if same else ANYONE),
            (leg.channel, course.reopened, Kind.REOPEN, ANYONE),
            *((to, which, Kind.ESCALATION, ANYONE) for to, which in course.escalated),
        ):
            tier = leg.second_tier & (to == leg.channel)
            if kind == Kind.TRANSFER and to_tier:
                tier = np.ones_like(tier)
            yield _following(
                leg, to, which, kind, "next_if_served", parents, affinity=affinity, tier=tier
            )

    def _if_not(
        self,
        leg: _Leg,
        knocks: Flags,
        opened: Floats,
        attempts: list[Attempt],
        parents: list[tuple[Rows, Flags]],
    ) -> Iterator[_Leg]:
        """Yield what follows contacts that are not served, but for redials."""
        channel = self.scenario.channels[leg.channel]
        if channel.switching:
            failing = [
                (rows, exists & attempt.switches)
                for (rows, exists), attempt in zip(parents, attempts, strict=True)
            ]
            which = np.any([flags for _, flags in failing], axis=0)
            yield _following(
                leg, channel.switching.to, which, Kind.SWITCH, "next_if_abandoned", failing
            )
        if channel.opening and channel.opening.voicemail_to:
            # Whether the first attempt finds the channel closed is known; of others it is not.
            known_open = within(opened, opening_hours(self.scenario, channel.opening.hours))
            which = knocks & (~known_open | (attempts[1].exists if len(attempts) > 1 else False))
            to = channel.opening.voicemail_to
            yield _following(leg, to, which, Kind.SWITCH, "next_if_turned_away", parents)


def _following(
    leg: _Leg,
    to: str,
    which: Flags,
    kind: Kind,
    column: str,
    parents: list[tuple[Rows, Flags]],
    *,
    affinity: Affinity = ANYONE,
    tier: Flags | None = None,
) -> _Leg:
    """Return the leg of contacts that follow some of another one's.

    Parameters
    ----------
    leg
        The leg that they follow.
    to
        The channel of those that follow.
    which
        Which of the leg's contacts they follow.
    kind, affinity
        What those that follow are like.
    column
        The column of the workload in which the parents name them.
    parents
        For each attempt the rows of the leg's contacts, and which of them lead on.
    tier
        Which of them stand in the second tier's queue; none by default.
    """
    place = np.cumsum(which) - 1
    leading = [(rows, flags & which) for rows, flags in parents]
    count = int(np.count_nonzero(which))
    return _Leg(
        to,
        ticket=leg.ticket[which],
        kind=np.full(count, kind, np.int8),
        affinity=np.full(count, affinity, np.int8),
        second_tier=np.zeros(count, np.bool_) if tier is None else tier[which],
        switched=leg.switched[which] | (kind == Kind.SWITCH),
        links=tuple(_Link(column, rows[flags], place[flags]) for rows, flags in leading),
    )


def _together(legs: list[_Leg]) -> Iterator[_Leg]:
    """Yield the legs of each channel as one."""
    for name in dict.fromkeys(leg.channel for leg in legs):
        mine = [leg for leg in legs if leg.channel == name]
        starts = np.cumsum([0, *(len(leg.ticket) for leg in mine)])
        columns = {
            column: np.concatenate([getattr(leg, column) for leg in mine])
            for column in ("ticket", "kind", "affinity", "second_tier", "switched")
        }
        links = tuple(
            _Link(link.column, link.rows, link.places + start)
            for leg, start in zip(mine, starts, strict=False)
            for link in leg.links
        )
        yield _Leg(name, **columns, links=links)
