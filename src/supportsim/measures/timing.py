"""Averages over time, and time on duty: the sums that measures are made of."""

from __future__ import annotations

import numpy as np

from supportsim.tables import Floats, Integers, Roster

ROUNDING = 1e-6
"""Minutes that are nothing but the rounding of times."""


def time_average(
    up: Floats,
    down: Floats,
    edges: Floats,
    up_by: Floats | None = None,
    down_by: Floats | None = None,
) -> Floats:
    """Return the average number present between consecutive edges.

    The integral over time is exact: each arrival before t adds, and each departure subtracts,
    the time from it to t.

    Parameters
    ----------
    up, down : float64
        Times at which the number rises, and falls, in any order; NaN and inf for never.
    edges : float64, shape (n + 1,)
        Increasing times, minutes.
    up_by, down_by : float64
        By how much it does at each of them; by one if left out.

    Returns
    -------
    float64, shape (n,)
    """
    areas: Floats = _areas(up, edges, up_by) - _areas(down, edges, down_by)
    return areas / np.diff(edges)


def _areas(times: Floats, edges: Floats, by: Floats | None) -> Floats:
    """Return for each stretch between edges the integral of what has happened by then."""
    stretches = len(edges) - 1
    lengths = np.diff(edges)
    # The number of edges up to each time: 0 before them all, one more after each.
    place = np.searchsorted(edges, times, side="right")
    before = np.cumsum(np.bincount(place, weights=by, minlength=stretches + 2))[:stretches]
    inside = (place > 0) & (place <= stretches)
    rest = edges[place[inside]] - times[inside]
    if by is not None:
        rest *= by[inside]
    within = np.bincount(place[inside] - 1, weights=rest, minlength=stretches)
    areas: Floats = before * lengths + within
    return areas


def overlaps(begin: Floats, end: Floats, window: tuple[float, float]) -> Floats:
    """Return how much of each stretch [begin, end] lies in a window."""
    return np.clip(end, *window) - np.clip(begin, *window)


def stretches_on_duty(
    roster: Roster, agent: Integers, begin: Floats, end: Floats
) -> tuple[Integers, Floats, Floats]:
    """Return the parts of stretches [begin, end] in which their agents were on duty.

    Parameters
    ----------
    agent, begin, end : shape (stretches,)
        Agents, and minutes.

    Returns
    -------
    number : int, shape (parts,)
        The stretch that each part is of; one has none, one or, where duty pauses, several.
    begin, end : float64, shape (parts,)
        Minutes.
    """
    if not len(agent) or not len(roster):
        return np.zeros(0, dtype=np.int32), np.zeros(0), np.zeros(0)
    order = np.lexsort((roster.on, roster.agent))
    low = min(float(roster.on.min()), float(begin.min()))
    span = max(float(roster.off.max()), float(end.max())) - low + 1
    # On one axis, as in `minutes_on_duty`, the duties that meet a stretch stand in a row.
    base, shift = roster.agent[order] * span - low, agent * span - low
    first = np.searchsorted(roster.off[order] + base, begin + shift, side="right")
    stop = np.searchsorted(roster.on[order] + base, end + shift, side="left")
    count = np.maximum(stop - first, 0)
    number = np.repeat(np.arange(len(agent)), count)
    place = np.arange(len(number)) - np.repeat(np.cumsum(count) - count, count)
    duty = order[first[number] + place]
    starts = np.maximum(begin[number], roster.on[duty])
    return number.astype(np.int32), starts, np.minimum(end[number], roster.off[duty])


def minutes_on_duty(roster: Roster, agent: Integers, begin: Floats, end: Floats) -> Floats:
    """Return how much of each stretch [begin, end] its agent was on duty.

    Parameters
    ----------
    agent, begin, end : shape (stretches,)
        Agents of the roster, and minutes.

    Returns
    -------
    float64, shape (stretches,)
    """
    if not len(agent) or not len(roster):
        return np.zeros(len(agent))
    order = np.lexsort((roster.on, roster.agent))
    # All agents' duties on one axis, one agent's after another's: a cumulative sum over it can then
    # be read off for all stretches at once.
    low = min(float(roster.on.min()), float(begin.min()))
    span = max(float(roster.off.max()), float(end.max())) - low + 1
    base = roster.agent[order] * span - low
    edges = np.column_stack([roster.on[order] + base, roster.off[order] + base]).ravel()
    lengths = np.column_stack([np.zeros(len(order)), roster.off[order] - roster.on[order]]).ravel()
    cumulated = np.cumsum(lengths)
    shift = agent * span - low
    minutes: Floats = np.interp(end + shift, edges, cumulated)
    minutes -= np.interp(begin + shift, edges, cumulated)
    return minutes
