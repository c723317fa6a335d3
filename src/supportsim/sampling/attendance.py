"""What agents do in the time they are paid for: duty, rest, leave, illness, training."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from supportsim.tables import Activity, Attendance
from supportsim.units import DAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from supportsim.sampling.people import Position
    from supportsim.sampling.shifts import Stretches
    from supportsim.sampling.streams import Streams
    from supportsim.scenario.hours import Holidays
    from supportsim.scenario.team import Absence, RampStep, Team
    from supportsim.tables import Codes, Employment, Flags, Floats

Rows = npt.NDArray[np.intp]


def draw_absences(
    team: Team,
    positions: list[Position],
    streams: Streams,
    name: str,
    start: dt.date,
    horizon: float,
) -> Codes:
    """Return who is away on which day, and why.

    Absence goes with the position: a successor has the days off that the other would have had. A
    holiday comes before leave, and leave before illness.

    Parameters
    ----------
    positions
        As from `positions_of`.
    streams, name
        The replication's streams, and what those of the team begin with.
    start
        The date of minute 0.
    horizon
        Minutes up to which there are absences.

    Returns
    -------
    int8, shape (positions, days)
        An `Activity`, duty for those who are not away. The first day is the one before the start,
        to which a shift over midnight may belong.
    """
    days = math.ceil(horizon / DAY) + 1
    first = start - dt.timedelta(1)
    away = np.full((len(positions), days), Activity.DUTY, dtype=np.int8)
    names = [f"{name}/{position.name}" for position in positions]
    away[_illness(team.absence, names, streams, days)] = Activity.UNPLANNED_ABSENCE
    away[_leave(team.absence, names, streams, first, days)] = Activity.PLANNED_ABSENCE
    away[:, _days_off(team.holidays, first, days)] = Activity.HOLIDAY
    return away


def _illness(absence: Absence, names: list[str], streams: Streams, days: int) -> Flags:
    """Return on which days each position is away unplanned, shape (positions, days).

    A Markov chain over calendar days, weekends included, that begins in its stationary law: a
    spell goes on for another day with probability 1 − 1/spell, and another one begins as often as
    the share asks for. One uniform number a day decides, and more of a share means more days.
    """
    ill = np.zeros((len(names), days), dtype=np.bool_)
    share = absence.unplanned
    if not share or not names:
        return ill
    uniforms = np.array([streams.uniforms(f"{each}/illness", days) for each in names])
    ends = DAY / absence.spell
    begins = ends * share / (1 - share)
    ill[:, 0] = uniforms[:, 0] < share
    for day in range(1, days):
        ill[:, day] = uniforms[:, day] < np.where(ill[:, day - 1], 1 - ends, begins)
    return ill


def _leave(
    absence: Absence, names: list[str], streams: Streams, first: dt.date, days: int
) -> Flags:
    """Return on which days each position is on leave, shape (positions, days).

    Leave is taken in whole weeks, Monday to Sunday, each with the same probability.
    """
    week = (np.arange(days) + first.weekday()) // 7
    if not absence.planned or not names:
        return np.zeros((len(names), days), dtype=np.bool_)
    uniforms = np.array([streams.uniforms(f"{each}/leave", int(week[-1]) + 1) for each in names])
    away: Flags = (uniforms < absence.planned)[:, week]
    return away


def _days_off(holidays: Holidays | None, first: dt.date, days: int) -> Flags:
    """Return which days are holidays, shape (days,)."""
    off = np.zeros(days, dtype=np.bool_)
    if holidays is not None:
        for date in holidays.between(first, first + dt.timedelta(days - 1)):
            off[(date - first).days] = True
    return off


def attend(
    staff: Employment,
    ready: Floats,
    hours: Sequence[Stretches],
    away: Sequence[Codes],
    ramps: Sequence[Sequence[RampStep]],
    horizon: float,
    until: float,
) -> tuple[Attendance, Floats]:
    """Return all paid time of all people by what they do, and how fast they work.

    Paid time is that of the shifts, from the first day to the last. Where several reasons not to
    be on duty meet, the first of this list counts: a holiday, leave, illness, training, a break.
    A holiday, leave or illness takes the whole shift that begins on its day; shifts that begin at
    `horizon` or later take place in any case, so that nobody seems to have left for good.

    The speed of a stretch of duty is that at its beginning, and holds to its end. Stretches that
    meet are one, unless the speed changes between them.

    Parameters
    ----------
    staff
        The people.
    ready : float64, shape (people,)
        When training is over and ramp-up begins; −inf for those to whom neither applies.
    hours
        For each of them, the stretches of the position's shifts.
    away
        For each of them, the position's days as from `draw_absences`.
    ramps
        For each team, its steps of speed after training.
    horizon, until
        Minutes up to which there are absences, and paid time.

    Returns
    -------
    attendance
        Ordered by agent, then by time.
    speed : float64
        For each of its rows, the speed if it is on duty; NaN if not.
    """
    who, begin, end, shift, rest = _paid(staff, hours, until)
    row, begin, end = _split(begin, end, ready[who])  # where training ends within a stretch
    who, shift, rest = who[row], shift[row], rest[row]
    over = ready[who]

    activity = np.where(rest, Activity.BREAK, Activity.DUTY).astype(np.int8)
    activity[begin < over] = Activity.TRAINING
    off = _away_on(away, who, shift, horizon)
    activity = np.where(off == Activity.DUTY, activity, off)
    on_duty = activity == Activity.DUTY
    speed = staff.speed[who] * _ramped(ramps, staff.team[who], begin - over)
    speed[~on_duty] = np.nan

    same = (who[1:] == who[:-1]) & (activity[1:] == activity[:-1]) & (begin[1:] == end[:-1])
    same &= ~on_duty[1:] | (speed[1:] == speed[:-1])
    first, last = (
        np.append([True], ~same)[: len(who)],
        np.append(~same, [True])[: len(who)],
    )
    attendance = Attendance(
        agent=who[first].astype(np.int32),
        team=staff.team[who[first]],
        begin=begin[first],
        end=end[last],
        activity=activity[first],
    )
    return attendance, speed[first]


def _paid(
    staff: Employment, hours: Sequence[Stretches], until: float
) -> tuple[Rows, Floats, Floats, Floats, Flags]:
    """Return the paid stretches of all people: who, begin, end, begin of its shift, a break or not.

    They are ordered by person, then by time, and lie between the first day and the last.
    """
    who = np.repeat(np.arange(len(staff)), [len(each) for each in hours])
    begin = np.concatenate([np.zeros(0), *(each.begin for each in hours)])
    end = np.concatenate([np.zeros(0), *(each.end for each in hours)])
    shift = np.concatenate([np.zeros(0), *(each.shift for each in hours)])
    rest = np.concatenate([np.zeros(0, np.bool_), *(each.rest for each in hours)])
    begin = np.maximum(begin, staff.hired[who])
    end = np.minimum(end, np.minimum(staff.left, until)[who])
    paid = begin < end
    return who[paid], begin[paid], end[paid], shift[paid], rest[paid]


def _split(begin: Floats, end: Floats, at: Floats) -> tuple[Rows, Floats, Floats]:
    """Return stretches split in two where a time lies within them.

    Parameters
    ----------
    begin, end : shape (stretches,)
        The stretches.
    at : shape (stretches,)
        For each of them, the time.

    Returns
    -------
    row
        For each stretch that comes out, which one it is a part of.
    begin, end
        The stretches that come out, in the same order.
    """
    row = np.repeat(np.arange(len(begin)), 1 + ((begin < at) & (at < end)))
    again = np.flatnonzero(row[1:] == row[:-1]) + 1
    begin, end = begin[row], end[row]
    begin[again] = end[again - 1] = at[row[again]]
    return row, begin, end


def _away_on(away: Sequence[Codes], who: Rows, shift: Floats, horizon: float) -> Codes:
    """Return what keeps people from a shift that begins at some time; duty if nothing does."""
    reason = np.full(len(who), Activity.DUTY, dtype=np.int8)
    early = shift < horizon
    if early.any():
        day = np.floor(shift[early] / DAY).astype(np.intp) + 1
        reason[early] = np.stack(away)[who[early], day]
    return reason


def _ramped(ramps: Sequence[Sequence[RampStep]], team: Codes, since: Floats) -> Floats:
    """Return the factor of speed of agents whose training was over `since` minutes before."""
    factor = np.ones(len(since))
    for number, steps in enumerate(ramps):
        if steps:
            mine = team == number
            speeds = np.array([*(step.speed for step in steps), 1.0])
            ends = [step.until for step in steps]
            factor[mine] = speeds[np.searchsorted(ends, since[mine], side="right")]
    return factor
