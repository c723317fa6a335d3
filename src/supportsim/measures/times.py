"""Times of the day, of the week or of the year to which a measure may be restricted."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from supportsim.units import DAY, WEEKDAYS, format_clock, parse_clock, parse_weekdays

if TYPE_CHECKING:
    from supportsim.scenario import Scenario
    from supportsim.tables import Flags, Floats

MARK = "@"
"""What stands in an id between a measure and the times that it is restricted to."""

_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Times:
    """Times at which tickets arrived, all on the scenario's clock.

    Attributes
    ----------
    begin, end
        Times of day, minutes after midnight; the end itself is no part of them.
    days
        Numbers of the weekdays, Monday is 0.
    month
        A month as in ``"2026-03"``; empty for any.
    """

    begin: float = 0.0
    end: float = DAY
    days: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    month: str = ""

    def hold(self, minutes: Floats, start: dt.date) -> Flags:
        """Return which times lie in these.

        Parameters
        ----------
        minutes : float64, shape (n,)
            Minutes since the scenario's start; none of them NaN.
        start
            The date of minute 0.
        """
        day = np.floor(minutes / DAY)
        of_day = minutes - day * DAY
        number = day.astype(np.int64)
        weekday = (start.weekday() + number) % 7
        held: Flags = (of_day >= self.begin) & (of_day < self.end) & np.isin(weekday, self.days)
        if self.month:
            dates = np.datetime64(start, "D") + number
            held &= dates.astype("datetime64[M]") == np.datetime64(self.month, "M")
        return held

    def lacking(self, scenario: Scenario) -> str:
        """Return what of these a scenario's window has not; empty if it has some of them."""
        begin, end = scenario.run.window_edges
        days = np.arange(begin // DAY, np.ceil(end / DAY))
        middle = (self.begin + self.end) / 2
        if self.hold(days * DAY + middle, scenario.run.start).any():
            return ""
        return f"such times in its window: {self}"

    def __str__(self) -> str:
        parts = [self.month] if self.month else []
        if len(self.days) < 7:
            parts.append(_weekdays(self.days))
        if (self.begin, self.end) != (0.0, DAY):
            parts.append(f"{format_clock(self.begin)}-{format_clock(self.end)}")
        return " ".join(parts)


def parse_times(text: str) -> Times:
    """Return the times of a text: a month, weekdays, times of day, or several of these.

    Parameters
    ----------
    text
        Such as ``"09:00-09:30"``, ``"Mon-Fri 09:00-09:30"``, ``"Sat,Sun"`` or ``"2026-03"``.

    Raises
    ------
    ValueError
        If it says nothing, one thing twice, or something else.
    """
    found: dict[str, Times] = {}
    for part in text.split():
        if _MONTH.fullmatch(part):
            kind, times = "month", Times(month=part)
        elif ":" in part:
            kind, times = "time of day", _of_day(part)
        elif part[:1].isalpha():
            kind, times = "weekdays", Times(days=parse_weekdays(part))
        else:
            kind, times = "", Times()
        if not kind or kind in found:
            break
        found[kind] = times
    else:
        if found:
            day, week = found.get("time of day", Times()), found.get("weekdays", Times())
            return Times(day.begin, day.end, week.days, found.get("month", Times()).month)
    raise ValueError(
        f'"{text}" are no times; write times of day, weekdays or a month, as in "09:00-09:30", '
        '"Mon-Fri 09:00-09:30" or "2026-03"'
    )


def _of_day(text: str) -> Times:
    begin, dash, end = text.partition("-")
    if not dash:
        raise ValueError(f'"{text}" is one time of day; write two, as in "09:00-09:30"')
    times = Times(parse_clock(begin), parse_clock(end))
    if times.end <= times.begin:
        raise ValueError(
            f'"{text}" ends before it begins; split times that run over midnight'
            if times.end < times.begin
            else f'"{text}" is empty: it ends when it begins'
        )
    return times


def _weekdays(days: tuple[int, ...]) -> str:
    """Return weekdays as `parse_weekdays` reads them."""
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join("-".join(dict.fromkeys([WEEKDAYS[run[0]], WEEKDAYS[run[-1]]])) for run in runs)
