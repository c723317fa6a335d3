"""Durations and clock times as users write them.

Inside supportsim a duration is a float of minutes and a time is minutes since the start of the
scenario. Users read and write ``"95min"``, ``"6h"``, ``"3.4d"``, ``"2w"``, ``"1h30min"``, and
times of day as ``"09:00"``.
"""

import math
import re

from supportsim.errors import quoted

MINUTES = {"s": 1 / 60, "min": 1.0, "h": 60.0, "d": 1440.0, "w": 10080.0}
DAY = MINUTES["d"]
WEEK = MINUTES["w"]
YEAR = 365.25 * DAY
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_NUMBER = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_UNIT = "s|min|h|d|w"
DURATION_PATTERN = rf"^\s*(?:{_NUMBER}\s*(?:{_UNIT})\s*)+$"
CLOCK_PATTERN = r"^(?:[01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$"
_WHOLE = re.compile(DURATION_PATTERN)
_PART = re.compile(rf"({_NUMBER})\s*({_UNIT})")


def parse_duration(text: str) -> float:
    """Return the minutes of a duration such as ``"1h30min"``.

    Raises
    ------
    ValueError
        If `text` is not a sequence of non-negative, finite numbers, each followed by one of the
        units s, min, h, d, w.
    """
    if not _WHOLE.match(text):
        raise ValueError(
            f"{quoted(text)} is not a duration; "
            'write a number and a unit (s, min, h, d, w), as in "95min"'
        )
    minutes = sum(float(number) * MINUTES[unit] for number, unit in _PART.findall(text))
    if not math.isfinite(minutes):
        raise ValueError(f"{quoted(text)} is not a finite duration")
    return minutes


def format_duration(minutes: float) -> str:
    """Return the shortest text that `parse_duration` reads back as exactly `minutes`.

    Seconds below a minute, minutes below an hour, hours up to three days, then days: 1440 reads
    ``"24h"``, as the published response bands are named.

    Raises
    ------
    ValueError
        If `minutes` is negative or not finite.
    """
    minutes = float(minutes)
    if not 0 <= minutes < math.inf:
        raise ValueError(f"{minutes} minutes are not a duration")
    if minutes == 0:
        return "0min"
    largest = "s" if minutes < 1 else "min" if minutes < 60 else "h" if minutes <= 3 * DAY else "d"
    for unit in (largest, "min", "s"):
        number = minutes / MINUTES[unit]
        for text in (f"{number:.6g}{unit}", f"{number!r}{unit}"):
            if number < 1e16 and "e" not in text and parse_duration(text) == minutes:
                return text
    return f"{minutes!r}min"


def parse_clock(text: str) -> float:
    """Return the minutes after midnight of a time of day from ``"00:00"`` to ``"24:00"``."""
    if not re.fullmatch(CLOCK_PATTERN, text):
        raise ValueError(
            f'{quoted(text)} is not a time of day; write it as in "09:00", up to "24:00"'
        )
    hours, minutes = text.split(":")
    return 60.0 * int(hours) + int(minutes)


def format_clock(minutes: float) -> str:
    """Return minutes after midnight as ``"HH:MM"``."""
    return f"{int(minutes) // 60:02d}:{int(minutes) % 60:02d}"


def parse_weekdays(text: str) -> tuple[int, ...]:
    """Return the weekday numbers (Monday is 0) of ``"Mon-Fri"``, ``"Sat,Sun"`` or ``"Mon"``.

    A range may run over the end of the week: ``"Sat-Mon"`` is Saturday, Sunday and Monday.

    Raises
    ------
    ValueError
        If a part is not a weekday or a range of two.
    """
    days: set[int] = set()
    for part in text.split(","):
        ends = [end.strip().capitalize() for end in part.split("-")]
        if len(ends) > 2 or any(end not in WEEKDAYS for end in ends):
            raise ValueError(
                f'{quoted(text)} does not name weekdays; write them as in "Mon-Fri" or "Sat,Sun"'
            )
        first, last = WEEKDAYS.index(ends[0]), WEEKDAYS.index(ends[-1])
        days.update((first + step) % 7 for step in range((last - first) % 7 + 1))
    return tuple(sorted(days))
