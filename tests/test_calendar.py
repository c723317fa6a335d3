"""Weekly rates, the business clock and shifts, against grids of the week's minutes."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from supportsim.scenario.calendar import (
    WeeklyRate,
    arrival_rate,
    business_clock,
    spans_until,
    weekly_spans,
)
from supportsim.scenario.loading import validate
from supportsim.units import parse_clock, parse_duration, parse_weekdays

if TYPE_CHECKING:
    from supportsim.scenario import Scenario
    from supportsim.tables import Floats

WEEK = 10080
MONDAY = dt.date(2026, 1, 5)
Grid = np.ndarray[Any, np.dtype[np.bool_]]

HOURS: dict[str, list[tuple[str, str, str]]] = {
    "office": [("Mon-Fri", "09:00", "17:00")],
    "none": [],
    "always": [("Mon-Sun", "00:00", "24:00")],
    "night": [("Mon-Sun", "22:00", "24:00"), ("Mon-Sun", "00:00", "06:00")],
    "weekend": [("Sat-Mon", "08:30", "12:45"), ("Sun", "18:01", "18:02")],
    "touching": [("Tue", "09:00", "12:00"), ("Tue", "12:00", "15:00"), ("Wed", "00:00", "01:00")],
    "ends of the week": [("Mon", "00:00", "00:30"), ("Sun", "23:30", "24:00")],
}
OVERLAPPING = {
    "overlapping": [("Mon-Wed", "09:00", "12:00"), ("Tue-Thu", "11:00", "15:00")],
    "contained": [("Mon", "08:00", "20:00"), ("Mon", "10:00", "11:00"), ("Mon", "12:00", "21:00")],
}


def desk(
    hours: list[tuple[str, str, str]] | None = None,
    *,
    start: dt.date = MONDAY,
    arrivals: dict[str, Any] | None = None,
    each_hour: str | None = None,
) -> Scenario:
    """Return a desk whose business hours are `hours`, and its shifts as well if they may be."""
    rows = [{"days": d, "from": f, "to": t} for d, f, t in hours or []]
    shifts = [{**row, "each_hour": each_hour} if each_hour else row for row in rows]
    return validate(
        {
            "name": "x",
            "run": {"start": start},
            "calendar": {"business_hours": rows},
            "channels": {"portal": {"arrivals": arrivals or {"per_day": 5}, "work": "1min"}},
            "teams": {
                "support": {"agents": 1, "serves": ["portal"], "shifts": shifts}
                if hours and hours not in OVERLAPPING.values()
                else {"agents": "unlimited", "serves": ["portal"]}
            },
        }
    )


def minutes_of(hours: list[tuple[str, str, str]], each_hour: float = 60) -> Grid:
    """Return for each minute of the week whether it lies in the hours."""
    grid = np.zeros(WEEK, dtype=np.bool_)
    for days, begin, end in hours:
        for day in parse_weekdays(days):
            for minute in range(int(parse_clock(begin)), int(parse_clock(end))):
                grid[day * 1440 + minute] |= (minute - parse_clock(begin)) % 60 < each_hour
    return grid


def from_start(grid: np.ndarray[Any, Any], start: dt.date, minutes: int) -> np.ndarray[Any, Any]:
    """Return a week's grid rolled out from the start of a scenario."""
    return grid[(np.arange(minutes) + start.weekday() * 1440) % WEEK]


def spans_of(grid: Grid) -> list[list[float]]:
    """Return the unbroken stretches of a grid."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], grid.astype(int), [0]])))
    return edges.reshape(-1, 2).astype(float).tolist()


@pytest.mark.parametrize("hours", (HOURS | OVERLAPPING).values(), ids=HOURS | OVERLAPPING)
def test_weekly_spans_are_merged_and_in_order(hours: list[tuple[str, str, str]]) -> None:
    spans = weekly_spans(desk(hours).calendar.business_hours)
    assert spans.shape == (len(spans), 2)
    assert spans.tolist() == spans_of(minutes_of(hours))


@pytest.mark.parametrize("day", range(7))
@pytest.mark.parametrize("hours", (HOURS | OVERLAPPING).values(), ids=HOURS | OVERLAPPING)
def test_the_business_clock_counts_business_minutes(
    hours: list[tuple[str, str, str]], day: int
) -> None:
    start = MONDAY + dt.timedelta(day)
    grid = from_start(minutes_of(hours), start, 2 * WEEK)
    clock = business_clock(desk(hours, start=start))
    times = np.arange(0, 2 * WEEK + 1.0)
    np.testing.assert_allclose(clock.cumulative(times), np.append(0, np.cumsum(grid)), atol=1e-8)
    np.testing.assert_array_equal(clock.at(times[:-1]), grid)
    np.testing.assert_array_equal(clock.at(times[:-1] + 0.99), grid)
    assert clock.per_week == minutes_of(hours).sum()


@pytest.mark.parametrize("day", range(7))
@pytest.mark.parametrize("horizon", [0, 1, 630, 1440, 5 * 1440 + 777, WEEK, 2 * WEEK + 600])
@pytest.mark.parametrize(
    "hours", [h for h in HOURS.values() if h], ids=[n for n in HOURS if n != "none"]
)
def test_shifts_run_on_from_the_start_to_the_horizon(
    hours: list[tuple[str, str, str]], horizon: int, day: int
) -> None:
    start = MONDAY + dt.timedelta(day)
    scenario = desk(hours, start=start)
    spans = spans_until(scenario.teams["support"].shifts, scenario, horizon)
    assert spans.tolist() == spans_of(from_start(minutes_of(hours), start, horizon))
    assert spans.shape == (len(spans), 2)


@pytest.mark.parametrize("each_hour", ["1min", "20min", "59min"])
def test_a_part_of_every_hour(each_hour: str) -> None:
    hours = [("Mon-Fri", "09:00", "17:00"), ("Sat", "10:15", "12:05")]
    scenario = desk(hours, each_hour=each_hour)
    spans = spans_until(scenario.teams["support"].shifts, scenario, WEEK)
    assert spans.tolist() == spans_of(minutes_of(hours, parse_duration(each_hour)))


# Arrivals

RNG = np.random.default_rng(20260105)
BY_HOUR = [0] * 7 + [1, 3, 5, 4, 4, 2, 3, 4, 4, 3, 2, 1] + [0] * 4 + [0.5]
BY_WEEKDAY = [3, 2, 2, 2, 1, 0, 0.5]
TABLE = np.round(RNG.uniform(0, 5, (7, 24)), 3).tolist()
PROFILES: dict[str, dict[str, Any]] = {
    "even": {},
    "hours": {"by_hour": BY_HOUR},
    "weekdays": {"by_weekday": BY_WEEKDAY},
    "both": {"by_hour": BY_HOUR, "by_weekday": BY_WEEKDAY},
    "table": {"by_hour_of_week": TABLE},
}


def weights_of(profile: dict[str, Any]) -> Floats:
    """Return the relative rate of each minute of the week."""
    weights = np.ones((7, 24, 60))
    weights *= np.reshape(profile.get("by_weekday", [1] * 7), (7, 1, 1))
    weights *= np.reshape(profile.get("by_hour", [1] * 24), (1, 24, 1))
    weights *= np.reshape(profile.get("by_hour_of_week", np.ones((7, 24))), (7, 24, 1))
    return weights.ravel()


@pytest.mark.parametrize("start", [MONDAY, MONDAY + dt.timedelta(2)])
@pytest.mark.parametrize("share", [None, 0, 0.8, 1])
@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_arrivals_keep_to_profile_and_share(
    profile: dict[str, Any], share: float | None, start: dt.date
) -> None:
    hours = [("Mon-Fri", "08:30", "17:15")]
    inside = minutes_of(hours)
    expected = weights_of(profile)
    if share is not None:
        expected[inside] *= share / expected[inside].sum()
        expected[~inside] *= (1 - share) / expected[~inside].sum()
    expected *= 7 * 5 / expected.sum()
    arrivals = {"per_day": 5, **profile} | (
        {} if share is None else {"business_hours_share": share}
    )
    scenario = desk(hours, start=start, arrivals=arrivals)
    rate = arrival_rate(scenario, scenario.channels["portal"].arrivals)
    grid = from_start(expected, start, 2 * WEEK)
    times = np.arange(0, 2 * WEEK + 1.0)
    np.testing.assert_allclose(rate.at(times[:-1]), grid, rtol=1e-12)
    np.testing.assert_allclose(rate.cumulative(times), np.append(0, np.cumsum(grid)), atol=1e-9)
    assert rate.per_week == pytest.approx(35, rel=1e-12)


@pytest.mark.parametrize("extreme", [1e308, 1e-320])
def test_only_the_ratios_of_weights_matter(extreme: float) -> None:
    scenario = desk(
        [("Mon", "00:00", "24:00")],
        arrivals={"per_day": 1, "by_weekday": [extreme, extreme, 0, 0, 0, 0, 0]},
    )
    rate = arrival_rate(scenario, scenario.channels["portal"].arrivals)
    np.testing.assert_allclose(
        rate.at(np.arange(1.0, WEEK, 1440)), np.repeat([3.5 / 1440, 0.0], [2, 5])
    )


# The inverse


@pytest.mark.parametrize("phase", [0, 1440, 4 * 1440, 6 * 1440])
@pytest.mark.parametrize("gap", ["first", "middle", "last", "none"])
def test_the_inverse_undoes_the_cumulative_rate(gap: str, phase: float) -> None:
    rates = RNG.uniform(0.1, 2, 168)
    idle = {"first": slice(0, 30), "middle": slice(60, 90), "last": slice(140, 168)}
    rates[idle.get(gap, slice(0))] = 0
    rate = WeeklyRate(np.arange(0.0, WEEK + 1, 60), rates, phase)
    total = float(rate.cumulative(np.array(3.0 * WEEK)))
    assert total == pytest.approx(3 * 60 * rates.sum(), rel=1e-12)
    events = np.sort(RNG.uniform(0, total, 5000))
    times = rate.inverse(events)
    np.testing.assert_allclose(rate.cumulative(times), events, atol=1e-7)
    assert np.all(np.diff(times) >= 0)
    assert np.all(rate.at(times) > 0)
    assert times[0] >= 0
    assert times[-1] <= 3 * WEEK


def test_whole_weeks_of_events_take_whole_weeks() -> None:
    rate = WeeklyRate(np.array([0.0, 540, 1020, WEEK]), np.array([0, 1 / 3, 0]), 0)
    times = rate.inverse(rate.per_week * np.arange(50.0))
    reached = rate.cumulative(times)
    np.testing.assert_allclose(reached, rate.per_week * np.arange(50), rtol=1e-12, atol=1e-9)
    assert np.all((times % WEEK >= 540 - 1e-6) & (times % WEEK <= 1020 + 1e-6))
