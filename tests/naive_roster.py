"""What an agent does at one instant, worked out for that instant alone: slow, and plain to read.

The rules are those of `supportsim.sampling`; the code shares nothing with it but the numbers of the
streams, and takes from the table of employment when people come and go.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING

from supportsim.sampling.streams import Streams
from supportsim.tables import Activity

if TYPE_CHECKING:
    from supportsim.scenario import Scenario, Shift, Team
    from supportsim.tables import Employment

DAY = 1440.0
Span = tuple[float, float]


def activity_at(
    scenario: Scenario, replication: int, staff: Employment, agent: int, time: float
) -> tuple[Activity, float] | None:
    """Return what an agent does at a time, and since when that shift has gone on; None: not paid.

    The time must not be the end of anything.
    """
    if not staff.hired[agent] <= time < staff.left[agent]:
        return None
    number = int(staff.team[agent])
    name, team = list(scenario.teams.items())[number]
    position = int(staff.position[agent])
    start, horizon = scenario.run.start, scenario.run.horizon
    shifts, label, turn = place_of(team, position)
    shift = shift_at(shifts, start, time)
    if shift is None:
        return None
    duties = worked(shift, team, position)
    duty = next((span for span in duties if span[0] <= time < span[1]), None)
    if duty is None:
        return None
    begin = shift[0][0]
    day = math.floor(begin / DAY)
    if begin < horizon:
        date = start + dt.timedelta(day)
        if team.holidays and team.holidays.between(date, date):
            return Activity.HOLIDAY, begin
        streams = Streams(scenario.run.seed, replication)
        stream = f"team.{name}/{label}"
        if on_leave(team, streams, stream, start, day):
            return Activity.PLANNED_ABSENCE, begin
        if is_ill(team, streams, stream, day):
            return Activity.UNPLANNED_ABSENCE, begin
    if time < staff.trained[agent]:
        return Activity.TRAINING, begin
    if any(on <= time < off for on, off in breaks_of(team, turn, duty)):
        return Activity.BREAK, begin
    return Activity.DUTY, begin


def place_of(team: Team, position: int) -> tuple[list[Shift], str, float]:
    """Return the shifts of a position, what its streams are called, and its turn at breaks."""
    if position >= team.size:
        k = position - team.size
        dates = [hire.date for hire in team.hires for _ in range(hire.agents)]
        label = f"hire/{dates[k]:%Y-%m-%d}/{dates[:k].count(dates[k])}"
        count = team.size or len(dates)
        return list(team.shifts), label, turn_of(k % count, count)
    if team.shifts[0].agents is not None:
        before = 0
        for row, shift in enumerate(team.shifts):
            count = shift.agents or 0
            if position < before + count:
                k = position - before
                return [shift], f"shift/{row}/{k}", turn_of(k, count)
            before += count
    if team.shifts[0].agent is not None:
        names = list(dict.fromkeys(shift.agent for shift in team.shifts))
        own = [shift for shift in team.shifts if shift.agent == names[position]]
        return own, f"agent/{names[position]}", turn_of(position, len(names))
    return list(team.shifts), str(position), turn_of(position, team.size)


def turn_of(k: int, count: int) -> float:
    return k / (count - 1) if count > 1 else 0.0


def shift_at(shifts: list[Shift], start: dt.date, time: float) -> list[Span] | None:
    """Return the stretches of the shift that goes on at a time; hours that meet are one shift."""
    today = math.floor(time / DAY)
    hours = sorted(
        (day * DAY + shift.from_, day * DAY + shift.to, number, day)
        for day in range(today - 2, today + 3)
        for number, shift in enumerate(shifts)
        if (start + dt.timedelta(day)).weekday() in shift.days
        or shift.date == start + dt.timedelta(day)
    )
    chains: list[list[tuple[float, float, int, int]]] = []
    for row in hours:
        if chains and row[0] <= max(other[1] for other in chains[-1]):
            chains[-1].append(row)
        else:
            chains.append([row])
    for chain in chains:
        end = max(row[1] for row in chain)
        parts = [chain]
        if end - chain[0][0] > DAY:
            days = sorted({row[3] for row in chain})
            parts = [[row for row in chain if row[3] == day] for day in days]
        for part in parts:
            if part[0][0] <= time < max(row[1] for row in part):
                return sorted(
                    (day * DAY + on, day * DAY + off)
                    for _, _, number, day in part
                    for on, off in shifts[number].stretches()
                )
    return None


def worked(shift: list[Span], team: Team, position: int) -> list[Span]:
    """Return the stretches of a shift that a position works, those that meet being one."""
    duties: list[Span] = []
    for on, off in shift:
        if duties and duties[-1][1] == on:
            duties[-1] = (duties[-1][0], off)
        else:
            duties.append((on, off))
    if team.part_time is None:
        return duties
    # Of the first n positions, share · n are part-time, rounded half up, for every n.
    sizes = [math.floor(team.part_time.share * n + 0.5) for n in range(position + 2)]
    if sizes[-1] == sizes[-2]:
        return duties
    left = team.part_time.hours * sum(off - on for on, off in duties)
    kept = []
    from_end = sizes[-2] % 2 == 1
    for on, off in reversed(duties) if from_end else duties:
        length = min(left, off - on)
        kept.append((off - length, off) if from_end else (on, on + length))
        left -= length
    return kept


def breaks_of(team: Team, turn: float, duty: Span) -> list[Span]:
    """Return an agent's breaks in a stretch of duty, which contains them wholly."""
    found = []
    for each in team.breaks:
        lasts = each.to - each.from_ if each.lasts is None else each.lasts
        for day in range(math.floor(duty[0] / DAY), math.ceil(duty[1] / DAY)):
            begin = day * DAY + each.from_ + turn * (each.to - each.from_ - lasts)
            if duty[0] <= begin and begin + lasts <= duty[1] + 1e-6:
                found.append((begin, begin + lasts))
    return found


def on_leave(team: Team, streams: Streams, stream: str, start: dt.date, day: int) -> bool:
    """Return whether a position is on leave in the week of a day; weeks begin on Mondays."""
    monday = start + dt.timedelta(-1)
    monday -= dt.timedelta(monday.weekday())
    week = (start + dt.timedelta(day) - monday).days // 7
    return float(streams.uniforms(f"{stream}/leave", week + 1)[week]) < team.absence.planned


def is_ill(team: Team, streams: Streams, stream: str, day: int) -> bool:
    """Return whether a position is ill on a day: the chain begins on the day before the start."""
    share, spell = team.absence.unplanned, team.absence.spell / DAY
    ill = False
    for number, u in enumerate(streams.uniforms(f"{stream}/illness", day + 2).tolist()):
        chance = 1 - 1 / spell if ill else share / (1 - share) / spell
        ill = u < (chance if number else share)
    return ill
