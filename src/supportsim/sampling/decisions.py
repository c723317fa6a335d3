"""What each contact of a generation will need, and what will follow it: the draws themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from supportsim.sampling.arrivals import patience_beyond
from supportsim.sampling.streams import Streams
from supportsim.scenario.channel import Channel
from supportsim.scenario.distributions import AnyDistribution, Constant
from supportsim.tables import Flags, Floats

Rows = np.ndarray[Any, np.dtype[np.intp]]
"""Numbers of rows, or of customers."""


@dataclass(frozen=True)
class Draws:
    """The random numbers of one generation of contacts in one channel, by purpose.

    Attributes
    ----------
    streams
        Where they come from.
    prefix, generation
        First and last part of the names of the streams.
    customers
        How many numbers a stream has, one for each customer.
    who : shape (contacts,)
        The customer of each contact.
    """

    streams: Streams
    prefix: str
    generation: int
    customers: int
    who: Rows

    def uniforms(self, what: str) -> Floats:
        """Return a number for each contact, uniform on [0, 1)."""
        name = f"{self.prefix}/{what}/{self.generation}"
        return self.streams.uniforms(name, self.customers)[self.who]

    def happens(self, what: str, probability: float) -> Flags:
        """Return to which contacts something happens."""
        if probability in (0.0, 1.0):
            return np.full(len(self.who), bool(probability))
        return self.uniforms(what) < probability

    def lasts(self, what: str, distribution: AnyDistribution) -> Floats:
        """Return for each contact how long something takes, minutes."""
        if isinstance(distribution, Constant):
            return distribution.quantile(np.zeros(len(self.who)))
        return distribution.quantile(self.uniforms(what))


@dataclass(frozen=True)
class Course:
    """What follows each of some contacts once it is served."""

    moved: Flags
    escalated: list[tuple[str, Flags]]
    taken_up: Flags
    replied: Flags
    reopened: Flags
    resolves: Flags
    delay: Floats


@dataclass(frozen=True)
class Attempt:
    """One attempt to be served by each of a leg's contacts: the first one, or a redial.

    `switches` says who tries another channel when it fails, `delay` when the next attempt follows.
    """

    exists: Flags
    patience: Floats
    switches: Flags
    delay: Floats


def draw_course(channel: Channel, searching: Flags, draws: Draws) -> Course:
    """Decide what follows each contact once it is served, one question after the other.

    Parameters
    ----------
    channel
        The channel of the contacts.
    searching
        Which of them still look for the right agent: they may be transferred or escalate.
    draws
        The random numbers.
    """
    nobody = np.zeros(len(searching), np.bool_)
    goes_on = nobody.copy()
    delay = np.zeros(len(searching))

    def decide(who: Flags, what: str, probability: float, lasts: AnyDistribution) -> Flags:
        nonlocal goes_on, delay
        chosen = who & ~goes_on & draws.happens(what, probability)
        goes_on |= chosen
        delay = np.where(chosen, draws.lasts(f"{what}_delay", lasts), delay)
        return chosen

    moves, tools, replies = channel.transfers, channel.tools, channel.replies
    moved = decide(searching, "transfer", moves.probability, moves.delay) if moves else nobody
    escalated = []
    if channel.escalation:
        before = goes_on.copy()
        uniforms = draws.uniforms("escalation")
        low = 0.0
        for way in channel.escalation:
            high = low + way.probability
            chosen = searching & ~before & (low <= uniforms) & (uniforms < high)
            goes_on |= chosen
            delay = np.where(chosen, draws.lasts(f"escalation_delay/{way.to}", way.delay), delay)
            escalated.append((way.to, chosen))
            low = high
    taken_up = decide(searching, "blocked", tools.blocked, tools.delay) if tools else nobody
    replied = decide(~nobody, "reply", replies.probability, replies.delay) if replies else nobody
    resolves = ~goes_on & draws.happens("resolution", channel.resolution)
    back = channel.reopening
    reopened = decide(resolves, "reopening", back.probability, back.delay) if back else nobody
    return Course(moved, escalated, taken_up, replied, reopened, resolves, delay)


def draw_work(channel: Channel, draws: Draws) -> Floats:
    """Return the agent minutes with the customer of each contact, at normal speed."""
    work = draws.lasts("work", channel.work)
    if channel.tools and channel.tools.slowed:
        slowed = draws.happens("slowed", channel.tools.slowed)
        work = np.where(slowed, work * channel.tools.slowdown, work)
    return work


def draw_attempts(
    channel: Channel, knocks: Flags, may_switch: Flags, opened: Floats, draws: Draws
) -> Iterator[Attempt]:
    """Yield the attempts to be served: one, and as many redials as customers may make.

    A customer switches channels once. Patience may run out before the time of `switching` has
    passed; then the customer redials or is gone.

    Parameters
    ----------
    channel
        The channel of the contacts.
    knocks
        Which of them customers begin; those who go on with a conversation do not give up.
    may_switch
        Which of these have not switched yet.
    opened
        When each of them arrives, where that is known; before 0 for those of the first backlog.
    draws
        The random numbers.
    """
    count = len(knocks)
    switching = channel.switching
    would_switch = np.zeros(count, np.bool_)
    if switching:
        drawn = draws.happens("switching", switching.probability)
        would_switch = knocks & may_switch & drawn
    after = switching.after if switching else np.inf
    exists = np.ones(count, np.bool_)
    redials = channel.redial.at_most if channel.redial else 0
    for number in range(redials + 1):
        suffix = f" {number}" if number else ""
        patience = np.full(count, np.inf)
        if channel.patience is not None and knocks.any():
            patience = draws.lasts(f"patience{suffix}", channel.patience)
            if not number and np.any(opened < 0):
                waited = opened < 0
                uniforms = draws.uniforms("patience")[waited]
                patience[waited] = patience_beyond(channel.patience, -opened[waited], uniforms)
            patience[~knocks] = np.inf
        switches = would_switch & (after <= patience)
        if not number:  # whoever has waited for longer than that already is not one who switches
            switches &= ~(-opened >= after)
        again = np.zeros(count, np.bool_)
        delay = np.zeros(count)
        if channel.redial and number < redials:
            drawn = draws.happens(f"redial {number + 1}", channel.redial.probability)
            again = exists & knocks & ~switches & drawn
            delay = draws.lasts(f"redial_delay {number + 1}", channel.redial.delay)
        yield Attempt(
            exists,
            patience=np.where(switches, after, patience),
            switches=switches,
            delay=np.where(again, delay, 0.0),
        )
        if not again.any():
            return
        exists = again
