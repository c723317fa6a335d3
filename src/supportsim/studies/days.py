"""Which stretch of a scenario's time a user means by a day."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from supportsim.errors import InputError, quoted
from supportsim.units import DAY

if TYPE_CHECKING:
    from supportsim.scenario import Scenario


@dataclass(frozen=True)
class Day:
    """A calendar day of the simulated time.

    Attributes
    ----------
    date
        Its date.
    begin, end
        Its edges, minutes; the last day of a run may be shorter.
    number
        Which day of the window it is, from 1; below that in the warm-up.
    part
        The part of the simulated time it lies in: `"warm-up"`, `"window"` or `"follow-up"`.
    """

    date: dt.date
    begin: float
    end: float
    number: int
    part: str

    @property
    def title(self) -> str:
        """What to call it, as in ``"Wednesday 2026-01-14, day 3 of the window"``."""
        weekday = _WEEKDAYS[self.date.weekday()]
        place = (
            f"day {self.number} of the window" if self.part == "window" else f"in the {self.part}"
        )
        return f"{weekday} {self.date.isoformat()}, {place}"


_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def find_day(text: str, scenario: Scenario, option: str = "--day") -> Day:
    """Return the day that a text means.

    Parameters
    ----------
    text
        The number of a day of the window, from 1, or a date of the simulated time: ``"3"``,
        ``"2026-03-05"``.
    scenario
        The scenario, which says when the window is.
    option
        What the message of an error begins with.

    Raises
    ------
    InputError
        If it is neither, or lies outside.
    """
    run = scenario.run
    first, last = _days_of_window(scenario)
    dates = (
        f"date from {run.start} to {_date(scenario, _last_day(scenario))}, warm-up and follow-up "
        "included"
    )
    text = text.strip()
    if text.isascii() and text.isdigit():
        number = int(text) if len(text) < 10 else 10**10
        if not 1 <= number <= last - first + 1:
            raise InputError(
                f"{option}: there is no day {text[:20]} in the window; write a number from 1 to "
                f"{last - first + 1} ({_date(scenario, first)} to {_date(scenario, last)}), or any "
                f"{dates}"
            )
        return _day(first + number - 1, scenario)
    try:
        date = dt.date.fromisoformat(text)
    except ValueError:
        raise InputError(
            f"{option}: {quoted(text)} is not a day; write the number of a day of the window, "
            f"1 to {last - first + 1}, or a {dates}"
        ) from None
    index = (date - run.start).days
    if not 0 <= index <= _last_day(scenario):
        raise InputError(
            f"{option}: {date} is not simulated; this scenario goes from {run.start} to "
            f"{_date(scenario, _last_day(scenario))}, its window from {_date(scenario, first)} to "
            f"{_date(scenario, last)}"
        )
    return _day(index, scenario)


def _days_of_window(scenario: Scenario) -> tuple[int, int]:
    """Return the first and the last day of the window, counted from 0 at the scenario's start."""
    begin, end = scenario.run.window_edges
    return int(begin // DAY), math.ceil(end / DAY) - 1


def _last_day(scenario: Scenario) -> int:
    return math.ceil(scenario.run.horizon / DAY) - 1


def _date(scenario: Scenario, index: int) -> dt.date:
    return scenario.run.start + dt.timedelta(days=index)


def _day(index: int, scenario: Scenario) -> Day:
    first, last = _days_of_window(scenario)
    part = "warm-up" if index < first else "window" if index <= last else "follow-up"
    end = min((index + 1) * DAY, scenario.run.horizon)
    return Day(_date(scenario, index), index * DAY, end, index - first + 1, part)
