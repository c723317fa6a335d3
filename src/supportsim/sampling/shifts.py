"""Shifts laid out on the calendar: the stretches for which whoever fills a position is paid."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from supportsim.units import DAY, WEEK

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from supportsim.scenario.hours import Break, Shift
    from supportsim.tables import Flags, Floats

ROUNDING = 1e-6
"""Minutes that are too short to be worked."""


@dataclass(frozen=True, eq=False)
class Stretches:
    """Stretches of paid time, ordered and apart, all of shape (stretches,).

    Attributes
    ----------
    begin, end : float64
        Minutes since the scenario's start; the first may lie before it.
    shift : float64
        When the shift begins that the stretch is a part of, which tells its day.
    rest : bool
        Whether it is a break.
    """

    begin: Floats
    end: Floats
    shift: Floats
    rest: Flags

    def __len__(self) -> int:
        return len(self.begin)


def lay_out(shifts: Iterable[Shift], start: dt.date, until: float) -> Stretches:
    """Return the stretches of duty of some shifts on the days from the one before the start.

    Hours that meet are one shift, over midnight as well, which belongs to the day on which it
    begins. Only where that would be longer than a day, as around the clock, a shift ends at every
    midnight.

    Parameters
    ----------
    shifts
        Shifts of the same people.
    start
        The date of minute 0.
    until
        Minutes; all shifts that begin before are there, and perhaps some that begin later.
    """
    rows = _rows(shifts, start, until)
    begin, end, opens, closes = rows[np.argsort(rows[:, 0], kind="stable")].T
    if not len(begin):
        return Stretches(begin, end, opens, np.zeros(0, np.bool_))
    apart = _first(opens[1:] > np.maximum.accumulate(closes)[:-1])
    number = np.cumsum(apart) - 1
    length = np.maximum.reduceat(closes, np.flatnonzero(apart)) - opens[apart]
    midnight = _first(np.diff(np.floor(opens / DAY)) > 0)
    fresh = apart | (midnight & (length > DAY)[number])
    shift = opens[fresh][np.cumsum(fresh) - 1]
    joined = fresh | _first(begin[1:] > end[:-1])
    last = np.append(joined[1:], True)
    return Stretches(begin[joined], end[last], shift[joined], np.zeros(int(joined.sum()), np.bool_))


def _rows(shifts: Iterable[Shift], start: dt.date, until: float) -> Floats:
    """Return a row for each stretch: its begin and end, and those of the hours it is a part of.

    Returns
    -------
    float64, shape (stretches, 4)
        Minutes since the scenario's start, not ordered.
    """
    # Times are summed up as in `supportsim.scenario.calendar`: minutes of the week, then the week.
    weekly: list[tuple[float, float, float, float]] = []
    dated: list[tuple[float, float, float, float]] = []
    for shift in shifts:
        hours = [(*stretch, shift.from_, shift.to) for stretch in shift.stretches()]
        if shift.date is not None:
            day = (shift.date - start).days * DAY
            dated += [(day + a, day + b, day + c, day + d) for a, b, c, d in hours]
        for weekday in shift.days:
            day = weekday * DAY
            weekly += [(day + a, day + b, day + c, day + d) for a, b, c, d in hours]
    monday = -start.weekday() * DAY
    mondays = np.arange(monday - WEEK, until + DAY, WEEK)
    rows = (mondays[:, None, None] + np.array(weekly, np.float64).reshape(-1, 4)).reshape(-1, 4)
    rows = np.concatenate([rows, np.array(dated, np.float64).reshape(-1, 4)])
    inside: Floats = rows[(rows[:, 2] >= -DAY) & (rows[:, 2] < until + DAY)]
    return inside


def _first(begins: Flags) -> Flags:
    """Return flags of all rows but the first, with that of the first, which is set."""
    return np.concatenate([[True], begins])


def part_of_each(duty: Stretches, part: float, end: bool) -> Stretches:
    """Return a part of every shift, counted in minutes of duty.

    Parameters
    ----------
    duty
        Whole shifts, without breaks.
    part
        Which part of their minutes, above 0 and up to 1.
    end
        Whether it is the end of each shift rather than its beginning.
    """
    if not len(duty):
        return duty
    lengths = duty.end - duty.begin
    fresh = _first(duty.shift[1:] != duty.shift[:-1])
    number = np.cumsum(fresh) - 1
    total = np.add.reduceat(lengths, np.flatnonzero(fresh))[number]
    before = np.cumsum(lengths) - lengths
    before -= before[fresh][number]
    if end:
        before = total - before - lengths
    kept = np.clip(part * total - before, 0, lengths)
    kept = np.where(kept > lengths - ROUNDING, lengths, kept)
    cut, worked = kept < lengths, kept > ROUNDING
    begin = np.where(cut & end, duty.end - kept, duty.begin)[worked]
    finish = np.where(cut & (not end), duty.begin + kept, duty.end)[worked]
    return Stretches(begin, finish, duty.shift[worked], duty.rest[worked])


def with_breaks(duty: Stretches, breaks: Iterable[Break], turn: float) -> Stretches:
    """Return the stretches with the breaks cut out of them, as stretches of their own.

    An agent rests wherever a stretch of duty contains the agent's break wholly.

    Parameters
    ----------
    duty
        Stretches without breaks.
    breaks
        The team's breaks; where two overlap they are one.
    turn
        The agent's place among those who take turns, from 0 (who rests first) to 1.
    """
    begin, end = _breaks_within(duty, breaks, turn)
    if not len(begin):
        return duty
    # Breaks are apart and within duty: ends of duty alternate with its begins, sorted or not.
    on, off = np.sort(np.append(duty.begin, end)), np.sort(np.append(duty.end, begin))
    on, off = on[on < off], off[on < off]
    order = np.argsort(np.append(on, begin), kind="stable")
    begins = np.append(on, begin)[order]
    owner = np.searchsorted(duty.begin, begins, side="right") - 1
    rest = np.arange(len(order))[order] >= len(on)
    return Stretches(begins, np.append(off, end)[order], duty.shift[owner], rest)


def _breaks_within(duty: Stretches, breaks: Iterable[Break], turn: float) -> tuple[Floats, Floats]:
    """Return begin and end of an agent's breaks in stretches of duty, ordered and apart."""
    if not len(duty):
        return duty.begin, duty.end
    midnights = np.arange(math.floor(duty.begin[0] / DAY), math.ceil(duty.end[-1] / DAY)) * DAY
    spans = [np.zeros((0, 2))]
    for each in breaks:
        lasts = each.to - each.from_ if each.lasts is None else each.lasts
        begin = each.from_ + (each.to - each.from_ - lasts) * turn
        spans.append(np.column_stack([midnights + begin, midnights + (begin + lasts)]))
    begin, end = (rows := np.concatenate(spans))[np.argsort(rows[:, 0], kind="stable")].T
    owner = np.searchsorted(duty.begin, begin, side="right") - 1
    within = (owner >= 0) & (end <= duty.end[owner] + ROUNDING)
    end = np.minimum(end, duty.end[owner])
    begin, end = begin[within], np.maximum.accumulate(end[within])
    if not len(begin):
        return begin, end
    apart = _first(begin[1:] >= end[:-1])
    return begin[apart], end[np.append(apart[1:], True)]
