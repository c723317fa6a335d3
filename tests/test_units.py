"""Durations, times of day and weekdays as users write them."""

from __future__ import annotations

import math
import sys

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from supportsim.units import (
    WEEKDAYS,
    format_clock,
    format_duration,
    parse_clock,
    parse_duration,
    parse_weekdays,
)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("95min", 95),
        ("6h", 360),
        ("3.4d", 3.4 * 1440),
        ("2w", 20160),
        ("1h30min", 90),
        ("20s", 1 / 3),
        ("1w1d1h1min60s", 10080 + 1440 + 60 + 2),
        ("0min", 0),
        (".5h", 30),
        ("5.min", 5),
        ("1e2min", 100),
        ("1E-1h", 6),
        (" 1 h 30 min ", 90),
        ("1min1min", 2),
        ("007min", 7),
        ("1e308min", 1e308),
    ],
)
def test_durations_are_minutes(text: str, minutes: float) -> None:
    assert parse_duration(text) == minutes


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "min", "95", "95 ", "-95min", "+95min", "--1h", "1h-30min", "nan", "nanmin",
        "infd", "inf", "95m", "95 minutes", "95MIN", "95mins", "1,5h", "1h,30min", "1.5.2h",
        "1_000min", "0x1h", "1e", "1eh", "1e1.5h", "٣min", "１min", "1h\0", "one hour",
        "1h 30", "h1",
    ],
)  # fmt: skip
def test_what_is_not_a_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration; write a number and a unit") as caught:
        parse_duration(text)
    assert str(caught.value).startswith('"')


@pytest.mark.parametrize("text", ["1e400d", "9" * 400 + "s", "1e308w", "1e308min1e308min"])
def test_an_endless_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a finite duration"):
        parse_duration(text)


def test_a_long_text_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match=r"^\"(1min){14}1\.\.\.\" is not a duration"):
        parse_duration("1min" * 100_000 + "x")


@settings(max_examples=500, deadline=None, derandomize=True)
@given(st.floats(min_value=0, allow_infinity=False))
@example(sys.float_info.max)
@example(5e-324)
@example(0.1 + 0.2)
@example(math.nextafter(1440, 0))
def test_what_is_written_is_read_back_exactly(minutes: float) -> None:
    text = format_duration(minutes)
    assert parse_duration(text) == minutes
    assert format_duration(np.float64(minutes)) == text


@settings(max_examples=500, deadline=None, derandomize=True)
@given(st.integers(0, 10**6), st.sampled_from(["s", "min", "h", "d", "w"]))
def test_what_users_write_is_written_shortly(number: int, unit: str) -> None:
    text = format_duration(parse_duration(f"{number}{unit}"))
    assert parse_duration(text) == parse_duration(f"{number}{unit}")
    assert len(text) <= 24


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (0, "0min"),
        (1 / 3, "20s"),
        (0.25, "15s"),
        (1, "1min"),
        (15, "15min"),
        (59.5, "59.5min"),
        (60, "1h"),
        (90, "1.5h"),
        (1440, "24h"),
        (2880, "48h"),
        (4320, "72h"),
        (5760, "4d"),
        (3.4 * 1440, "3.4d"),
        (20160, "14d"),
    ],
)
def test_durations_are_named_as_the_published_bands_are(minutes: float, text: str) -> None:
    assert format_duration(minutes) == text


@pytest.mark.parametrize("minutes", [-1, -1e-300, math.nan, math.inf, -math.inf])
def test_what_is_no_duration_is_not_written(minutes: float) -> None:
    with pytest.raises(ValueError, match="are not a duration"):
        format_duration(minutes)


def test_every_minute_of_the_day_is_a_time() -> None:
    for minute in range(1441):
        text = f"{minute // 60:02d}:{minute % 60:02d}"
        assert parse_clock(text) == minute
        assert format_clock(minute) == text


@pytest.mark.parametrize(
    "text",
    ["", "9:00", "09.00", "0900", "24:01", "25:00", "12:60", "-1:00", "09:00:00", "09:00\n",
     "٠٩:٠٠"],
)  # fmt: skip
def test_what_is_not_a_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match='is not a time of day; write it as in "09:00"'):
        parse_clock(text)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Mon", (0,)),
        ("Mon-Fri", (0, 1, 2, 3, 4)),
        ("Sat,Sun", (5, 6)),
        ("Sun,Sat", (5, 6)),
        ("Mon-Sun", tuple(range(7))),
        ("Sun-Sat", tuple(range(7))),
        ("Sat-Mon", (0, 5, 6)),
        ("Fri-Thu", tuple(range(7))),
        ("Wed-Wed", (2,)),
        ("Mon,Mon,Mon-Tue", (0, 1)),
        ("mon - FRI, sun", (0, 1, 2, 3, 4, 6)),
    ],
)
def test_weekdays_are_numbers_from_monday(text: str, days: tuple[int, ...]) -> None:
    assert parse_weekdays(text) == days


@pytest.mark.parametrize("first", range(7))
@pytest.mark.parametrize("last", range(7))
def test_a_range_of_weekdays_may_run_over_the_end_of_the_week(first: int, last: int) -> None:
    days, day = [first], first
    while day != last:
        day = (day + 1) % 7
        days.append(day)
    assert parse_weekdays(f"{WEEKDAYS[first]}-{WEEKDAYS[last]}") == tuple(sorted(days))


@pytest.mark.parametrize(
    "text",
    ["", " ", ",", "-", "Mon-", "-Fri", "Mon-Tue-Wed", "Monday", "Mo", "Mon;Tue", "Mon,,Tue", "1"],
)
def test_what_are_not_weekdays_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match='does not name weekdays; write them as in "Mon-Fri"'):
        parse_weekdays(text)
