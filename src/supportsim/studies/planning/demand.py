"""What a typical week asks of each team: arrivals and offered load by time of the week."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from supportsim.errors import InputError, quoted
from supportsim.queueing import offered_load
from supportsim.sampling import routing
from supportsim.scenario.calendar import arrival_rate, weekly_spans, within
from supportsim.scenario.flows import conversations_per_ticket, deflected, messages_left
from supportsim.studies.load import at_once, contacts_by_queue, handling
from supportsim.units import DAY, WEEK, parse_duration

if TYPE_CHECKING:
    from supportsim.scenario import Channel, Scenario
    from supportsim.tables import Floats

PIECE = 5.0
"""Minutes on which the rates of a typical week are taken to be constant."""

_PIECES = round(WEEK / PIECE)
_SERVICE_TIMES = 1000
"""Equally likely service times that stand for a distribution."""
_LOOKS = 6
"""Times in each slot at which the load is looked at."""


def slots_of_day(step: str | float) -> int:
    """Return how many slots of a length a day has.

    Parameters
    ----------
    step
        The length, as in ``"30min"``, or minutes.

    Raises
    ------
    InputError
        If it is not a duration of a minute or longer that goes into a day a whole number of times.
    """
    try:
        minutes = parse_duration(step) if isinstance(step, str) else float(step)
    except ValueError as error:
        raise InputError(f"every: {error}") from error
    if not minutes >= 1 or abs(math.remainder(DAY, minutes)) > 1e-9 or minutes % 1:
        raise InputError(
            f"every: {quoted(str(step))} has to be whole minutes that go into a day a whole number "
            'of times, as in "30min"'
        )
    return round(DAY / minutes)


def typical_week(scenario: Scenario) -> Floats:
    """Return the expected tickets of each channel in each piece of a week, Monday's first.

    The mean of all weeks of the measured window. Those whom self-service answers are left out.

    Returns
    -------
    float64, shape (channels, pieces)
        Tickets a piece of 5 minutes.
    """
    begin, end = scenario.run.window_edges
    edges = np.clip(np.arange(begin // PIECE, math.ceil(end / PIECE) + 1) * PIECE, begin, end)
    piece = (edges[:-1] // PIECE).astype(np.intp) + round(
        scenario.run.start.weekday() * DAY / PIECE
    )
    piece %= _PIECES
    seen = np.bincount(piece, weights=np.diff(edges), minlength=_PIECES)
    rows = []
    for name, channel in scenario.channels.items():
        events = np.diff(arrival_rate(scenario, channel.arrivals).cumulative(edges))
        total = np.bincount(piece, weights=events, minlength=_PIECES)
        mean = np.divide(total * PIECE, seen, out=np.zeros(_PIECES), where=seen > 0)
        rows.append(mean * (1 - deflected(scenario, name)))
    return np.array(rows)


def is_open(channel: Channel) -> Floats:
    """Return 1 for each piece of the week in which a channel is open, and 0 for the others."""
    if channel.opening is None:
        return np.ones(_PIECES)
    middles = (np.arange(_PIECES) + 0.5) * np.float64(PIECE)
    return within(middles, weekly_spans(channel.opening.hours)).astype(np.float64)


def conversations(scenario: Scenario) -> Floats:
    """Return the expected conversations that begin in each channel in each piece of a week.

    Customers who find their channel closed wait until it opens, go, or leave a message in another
    channel, as the scenario says. Escalations are taken to follow at once.

    Returns
    -------
    float64, shape (channels, pieces)
    """
    tickets = typical_week(scenario)
    begun = tickets.copy()
    for number, channel in enumerate(scenario.channels.values()):
        open_ = is_open(channel)
        shut = tickets[number] * (1 - open_)
        begun[number] -= shut
        if channel.opening and channel.opening.outside == "wait" and open_.any():
            opens = np.flatnonzero(open_)
            following = opens[np.searchsorted(opens, np.arange(_PIECES)) % len(opens)]
            begun[number] += np.bincount(following, weights=shut, minlength=_PIECES)
        begun += np.outer(messages_left(scenario)[number], shut)
    flowing: Floats = conversations_per_ticket(scenario).T @ begun
    return flowing


def queue_loads(scenario: Scenario, slots: int) -> Floats:
    """Return the load that each queue offers in each slot of a typical week, in agents.

    Of live queues the modified offered load, which lags behind the arrivals; of queues whose work
    can be put off the work that arrives in the slot. Nobody is taken to give up, and whatever
    follows from a contact (transfers, replies) to follow at once. Agents work at normal speed.

    Parameters
    ----------
    slots
        Slots of a day.

    Returns
    -------
    float64, shape (queues, 7 · slots)
    """
    routes, channels = routing(scenario), list(scenario.channels.values())
    begun, contacts = conversations(scenario), contacts_by_queue(scenario, routes.channel)
    step = DAY / slots
    looks = (np.arange(7 * slots * _LOOKS) + 0.5) * np.float64(step / _LOOKS)
    edges = np.arange(_PIECES + 1) * np.float64(PIECE)
    slot_edges = np.arange(7 * slots + 1) * step
    rows = []
    for queue, number in enumerate(routes.channel):
        channel, arriving = channels[number], begun[number] * contacts[queue]
        if channel.live and arriving.any():
            load = offered_load(edges, arriving / PIECE, service_times(channel), looks)
            by_slot = load.reshape(-1, _LOOKS).mean(axis=1) / at_once(channel)
            rows.append(np.where(by_slot > 1e-12, by_slot, 0.0))
        else:
            events = np.interp(slot_edges, edges, np.concatenate([[0.0], np.cumsum(arriving)]))
            rows.append(np.diff(events) * handling(channel) / step)
    return np.array(rows)


def service_times(channel: Channel) -> Floats:
    """Return equally likely agent minutes of a contact: its work and its wrap-up.

    Their mean is that of the distributions; slowed work counts with its mean.
    """
    shares = (np.arange(_SERVICE_TIMES) + 0.5) / _SERVICE_TIMES
    slowed = channel.tools.slowed * (channel.tools.slowdown - 1) if channel.tools else 0.0
    work = channel.work.quantile(shares) * (1 + slowed)
    # Work and wrap-up are independent: take the quantiles of one in an order that looks random.
    golden = np.modf(shares + np.arange(_SERVICE_TIMES) * (math.sqrt(5) - 1) / 2)[0]
    wrap_up = channel.wrap_up.quantile(golden)
    total = work + wrap_up
    mean = handling(channel) * at_once(channel)
    if not total.mean() > 0:
        return np.array([mean])
    scaled: Floats = total * (mean / total.mean())
    return scaled


def part_of_slots(spans: Floats, slots: int) -> Floats:
    """Return how much of each slot of the week lies in some spans, shape (7 · slots,)."""
    edges = np.arange(7 * slots + 1) * (DAY / slots)
    before = [np.clip(edge - spans[:, 0], 0, spans[:, 1] - spans[:, 0]).sum() for edge in edges]
    parts: Floats = np.diff(before) / (DAY / slots)
    return parts
