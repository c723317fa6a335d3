"""What will be asked of the desk: arrivals, and the script of every ticket.

A ticket's script is drawn before the simulation, because what the ticket will need does not depend
on how long it waits. The engine only decides when.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from supportsim.sampling.streams import Streams
from supportsim.scenario.calendar import WeeklyRate, arrival_rate
from supportsim.scenario.distributions import AnyDistribution
from supportsim.scenario.model import Channel, Scenario
from supportsim.tables import (
    NOBODY,
    Affinity,
    Codes,
    Flags,
    Floats,
    Integers,
    Kind,
    Workload,
)


def draw_workload(scenario: Scenario, replication: int) -> Workload:
    """Return the contacts of one replication, from the scenario's start to its horizon.

    Tickets are numbered channel by channel in the order of their arrival; the contacts of a ticket
    stand together in the order in which they will follow each other.

    Parameters
    ----------
    scenario
        The desk.
    replication
        Number of the replication, from 0. It can be drawn alone: no other one matters.
    """
    streams = Streams(scenario.run.seed, replication)
    scripts = []
    tickets = 0
    for queue, (name, channel) in enumerate(scenario.channels.items()):
        rate = arrival_rate(scenario, channel.arrivals)
        opened = draw_arrivals(rate, scenario.run.horizon, streams, f"{name}/arrivals")
        scripts.append(_table(_steps(channel, opened, streams, name), queue, tickets))
        tickets += len(opened)
    contacts = np.cumsum([0, *map(len, scripts)])
    return _joined(scripts, contacts)


def draw_arrivals(rate: WeeklyRate, horizon: float, streams: Streams, name: str) -> Floats:
    """Return the arrival times, in order, of a Poisson process up to `horizon` minutes.

    A process of unit rate is drawn and its times are mapped through the inverse of the cumulative
    rate (Çinlar 1975), which is exact for any rate and keeps ticket i the same ticket when the
    rate changes.
    """
    expected = float(rate.cumulative(np.array(horizon))) if rate.per_week else 0.0
    generator = streams.generator(name)
    chunk = int(expected + 6 * np.sqrt(expected)) + 16
    gaps = [-np.log1p(-generator.random(chunk))]
    while (events := np.cumsum(np.concatenate(gaps)))[-1] <= expected:
        gaps.append(-np.log1p(-generator.random(chunk)))
    return np.minimum(rate.inverse(events[events <= expected]), horizon) if expected else events[:0]


@dataclass(frozen=True)
class _Step:
    """The k-th contacts of those tickets that have one.

    `ticket` counts from the channel's first ticket; `goes_on` says for which of them another
    contact follows, `delay` after how long.
    """

    ticket: Integers
    kind: Codes
    affinity: Codes
    resolves: Flags
    work: Floats
    wrap_up: Floats
    goes_on: Flags
    delay: Floats
    ready: Floats
    patience: Floats


def _steps(channel: Channel, opened: Floats, streams: Streams, name: str) -> list[_Step]:
    """Return the scripts of a channel's tickets, contact by contact."""
    count = len(opened)
    who = np.arange(count, dtype=np.int32)
    kind = np.full(count, Kind.INITIAL, dtype=np.int8)
    affinity = np.full(count, Affinity.ANYONE, dtype=np.int8)
    steps: list[_Step] = []

    def happens(what: str, probability: float) -> Flags:
        if probability in (0.0, 1.0):
            return np.full(len(who), bool(probability))
        uniforms = streams.uniforms(f"{name}/{what}/{len(steps)}", count)
        return uniforms[who] < probability

    def lasts(what: str, distribution: AnyDistribution | None) -> Floats:
        if distribution is None:
            return np.zeros(len(who))
        uniforms = streams.uniforms(f"{name}/{what}/{len(steps)}", count)
        return distribution.quantile(uniforms[who])

    while len(who):
        moves, replies, reopening = channel.transfers, channel.replies, channel.reopening
        searching = (kind == Kind.INITIAL) | (kind == Kind.TRANSFER)
        moved = searching & happens("transfer", moves.probability if moves else 0.0)
        replied = ~moved & happens("reply", replies.probability if replies else 0.0)
        resolved = ~moved & ~replied & happens("resolution", channel.resolution)
        reopened = resolved & happens("reopening", reopening.probability if reopening else 0.0)
        goes_on = moved | replied | reopened
        delay = np.select(
            [moved, replied, reopened],
            [
                lasts("transfer_delay", moves.delay if moves else None),
                lasts("reply_delay", replies.delay if replies else None),
                lasts("reopening_delay", reopening.delay if reopening else None),
            ],
            0.0,
        )
        first = not steps
        patience = lasts("patience", channel.patience) if first and channel.patience else np.inf
        steps.append(
            _Step(
                ticket=who,
                kind=kind,
                affinity=affinity,
                resolves=resolved,
                work=lasts("work", channel.work),
                wrap_up=lasts("wrap_up", channel.wrap_up),
                goes_on=goes_on,
                delay=delay,
                ready=opened if first else np.full(len(who), np.nan),
                patience=np.broadcast_to(patience, len(who)),
            )
        )
        same = replies is not None and replies.same_agent
        kinds = [Kind.TRANSFER, Kind.REPLY, Kind.REOPEN]
        affinities = [Affinity.OTHER, Affinity.SAME if same else Affinity.ANYONE, Affinity.ANYONE]
        who = who[goes_on]
        events = [moved[goes_on], replied[goes_on], reopened[goes_on]]
        kind = np.select(events, kinds, Kind.INITIAL).astype(np.int8)
        affinity = np.select(events, affinities, Affinity.ANYONE).astype(np.int8)
    return steps


def _table(steps: list[_Step], queue: int, first_ticket: int) -> Workload:
    """Return a channel's scripts as contacts, the ones of a ticket together."""

    def column(name: str) -> np.ndarray[Any, Any]:
        parts = [getattr(step, name) for step in steps]
        return np.concatenate(parts)[order] if parts else np.zeros(0)

    ticket = np.concatenate([step.ticket for step in steps]) if steps else np.zeros(0, np.int32)
    order = np.argsort(ticket, kind="stable")
    count = len(ticket)
    following = np.arange(1, count + 1, dtype=np.int32)
    return Workload(
        ticket=(ticket[order] + first_ticket).astype(np.int32),
        queue=np.full(count, queue, dtype=np.int8),
        kind=column("kind").astype(np.int8),
        priority=np.zeros(count, dtype=np.int8),
        affinity=column("affinity").astype(np.int8),
        resolves=column("resolves").astype(np.bool_),
        ready=column("ready"),
        patience=column("patience"),
        work=column("work"),
        wrap_up=column("wrap_up"),
        next_if_served=np.where(column("goes_on"), following, NOBODY).astype(np.int32),
        delay_if_served=column("delay"),
        next_if_abandoned=np.full(count, NOBODY, dtype=np.int32),
        delay_if_abandoned=np.zeros(count),
    )


def _joined(tables: list[Workload], first_rows: np.ndarray[Any, Any]) -> Workload:
    """Return several channels' contacts as one table."""
    columns: dict[str, Any] = {}
    for field in fields(Workload):
        parts = [getattr(table, field.name) for table in tables]
        if field.name.startswith("next_"):
            parts = [
                np.where(part == NOBODY, NOBODY, part + row).astype(np.int32)
                for part, row in zip(parts, first_rows, strict=False)
            ]
        columns[field.name] = np.concatenate(parts)
    return Workload(**columns)
