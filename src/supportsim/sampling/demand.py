"""Who comes to the desk: customers with a question, and those whom self-service does not answer."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from supportsim.sampling.arrivals import draw_arrivals, draw_backlog
from supportsim.sampling.scripts import Origin
from supportsim.sampling.streams import Streams
from supportsim.scenario.channel import Bumps
from supportsim.scenario.model import Channel, Scenario
from supportsim.tables import Codes, Customers, Floats, Integers, Messages, Visit, Visits

MOST_MESSAGES = 1000
"""Further messages that a customer may write; of those who write on with a chance of 0.99, one in
23,000 would write more."""

NOT_TRIED = -1
"""Stands beside a `Visit` for a customer who does not try self-service."""

GOLDEN = (np.sqrt(5) - 1) / 2


def origins(scenario: Scenario, streams: Streams) -> Iterator[Origin]:
    """Yield the tickets of a replication, by channel: those that are open already, then others.

    Tickets are numbered in this order.
    """
    for name, channel in scenario.channels.items():
        if channel.backlog:
            opened, who = draw_backlog(channel, name, streams)
            yield Origin(f"{name}/backlog", name, len(who), who, opened)
        times, came_to = _questions(scenario, name, streams)
        left = np.flatnonzero(came_to <= Visit.NOT_ANSWERED)
        yield Origin(name, name, len(times), left, times[left])


def draw_visits(scenario: Scenario, replication: int) -> Visits:
    """Return the visits to self-service of one replication, by channel and in order of time."""
    streams = Streams(scenario.run.seed, replication)
    channels, times, outcomes = [], [], []
    for number, name in enumerate(scenario.channels):
        asked, came_to = _questions(scenario, name, streams)
        tried = came_to != NOT_TRIED
        channels.append(np.full(np.count_nonzero(tried), number, np.int8))
        times.append(asked[tried])
        outcomes.append(came_to[tried])
    return Visits(np.concatenate(channels), np.concatenate(times), np.concatenate(outcomes))


def _questions(scenario: Scenario, name: str, streams: Streams) -> tuple[Floats, Codes]:
    """Return when a channel's customers have a question, and what self-service made of it.

    Every draw is made for every customer: whoever is answered with one chance of an answer is so
    with any higher one.
    """
    times = draw_arrivals(scenario, name, streams)
    came_to = np.full(len(times), NOT_TRIED, dtype=np.int8)
    service = scenario.self_service
    if service is None or (service.channels and name not in service.channels):
        return times, came_to

    def happens(
        what: str, probability: float | Floats
    ) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        uniforms = streams.uniforms(f"{name}/self_service/{what}", len(times))
        return np.asarray(uniforms < probability)

    own_language = happens("language", service.own_language)
    by_article = happens(
        "article", np.where(own_language, service.answered, service.answered_otherwise)
    )
    came_to[:] = np.where(by_article, Visit.ARTICLE, Visit.NOT_ANSWERED)
    if service.forum:
        by_forum = happens("asked", service.forum.asked) & happens("forum", service.forum.answered)
        came_to[by_forum & ~by_article] = Visit.FORUM
    came_to[~happens("tried", service.tried_first)] = NOT_TRIED
    return times, came_to


def draw_customers(scenario: Scenario, replication: int) -> Customers:
    """Return what is known of each ticket's customer, a row a ticket, by its number."""
    streams = Streams(scenario.run.seed, replication)
    parts = [
        _customers(scenario.channels[origin.channel], origin, streams)
        for origin in origins(scenario, streams)
    ]
    columns = [part.columns() for part in parts]
    return Customers(**{k: np.concatenate([c[k] for c in columns]) for k in columns[0]})


def _customers(channel: Channel, origin: Origin, streams: Streams) -> Customers:
    count = len(origin.opened)
    device = np.full(count, -1, dtype=np.int8)
    if channel.devices:
        edges = np.cumsum([*channel.devices.values()])
        found = np.searchsorted(edges, _evenly(origin, streams, "device"), side="right")
        device = np.where(found < len(edges), found, -1).astype(np.int8)
    return Customers(device)


def draw_messages(scenario: Scenario, replication: int) -> Messages:
    """Return what customers write further until the run ends if they get no response.

    The messages of one replication are ordered by ticket, then by time. After each message the
    customer writes another one with the same chance, after a time of its own.
    """
    streams = Streams(scenario.run.seed, replication)
    tickets, after = [np.zeros(0, np.int32)], [np.zeros(0)]
    first = 0
    for origin in origins(scenario, streams):
        bumps = scenario.channels[origin.channel].bumps
        if bumps and bumps.probability:
            for ticket, time in _messages(bumps, origin, streams, scenario.run.horizon):
                tickets.append((first + ticket).astype(np.int32))
                after.append(time)
        first += len(origin.opened)
    whose: Integers = np.concatenate(tickets)
    order = np.argsort(whose, kind="stable")
    return Messages(whose[order], np.concatenate(after)[order])


def _messages(
    bumps: Bumps, origin: Origin, streams: Streams, horizon: float
) -> Iterator[tuple[npt.NDArray[np.intp], Floats]]:
    """Yield, for the first further message, the second and so on, whose they are, and when."""
    # How many each customer writes is geometric: k with probability (1 − p) p^k, by inversion.
    at_most = np.log1p(-origin.uniforms(streams, "bumps")) / np.log(bumps.probability)
    after = np.zeros(len(origin.opened))
    for k in range(1, MOST_MESSAGES + 1):
        after = after + bumps.delay.quantile(origin.uniforms(streams, f"bump_delay/{k}"))
        written = (at_most >= k) & (origin.opened + after < horizon)
        if not written.any():
            return
        yield np.flatnonzero(written), after[written]


def _evenly(origin: Origin, streams: Streams, what: str) -> Floats:
    """Return a number for each ticket's customer, uniform on [0, 1), spread evenly over customers.

    A systematic sample: multiples of the golden ratio from a random start, whose first n are as
    even as can be for every n. For attributes that nothing else depends on, whose share is then
    known to a few tickets rather than to the root of their number.
    """
    start = streams.uniforms(f"{origin.name}/{what}", 1)
    return np.asarray((start + origin.who * GOLDEN) % 1.0)
