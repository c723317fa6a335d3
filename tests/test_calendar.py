"""Rates, the business clock and spans of hours, against grids of minutes."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supportsim.scenario.calendar import (
    Rate,
    arrival_rate,
    business_clock,
    days_off,
    mean_per_week,
    spans_until,
    weekly_spans,
)
from supportsim.scenario.loading import validate
from supportsim.units import YEAR, parse_clock, parse_duration, parse_weekdays

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
    holidays: dict[str, Any] | None = None,
    horizon: str = "68w",
) -> Scenario:
    """Return a desk whose business hours are `hours`, and its shifts as well if they may be."""
    rows = [{"days": d, "from": f, "to": t} for d, f, t in hours or []]
    shifts = [{**row, "each_hour": each_hour} if each_hour else row for row in rows]
    return validate(
        {
            "name": "x",
            "run": {"start": start, "warm_up": "0d", "window": horizon, "follow_up": "0d"},
            "calendar": {"business_hours": rows} | ({"holidays": holidays} if holidays else {}),
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
    assert clock.total == 68 * minutes_of(hours).sum()


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
    assert rate.total == pytest.approx(68 * 35, rel=1e-12)
    assert mean_per_week(scenario, scenario.channels["portal"].arrivals) == pytest.approx(35)


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


# Season, growth, holidays and peaks

HOLIDAYS_2026 = [
    dt.date(2026, 1, 1), dt.date(2026, 4, 3), dt.date(2026, 4, 6), dt.date(2026, 5, 1),
    dt.date(2026, 5, 14), dt.date(2026, 5, 25), dt.date(2026, 10, 3), dt.date(2026, 12, 25),
    dt.date(2026, 12, 26), dt.date(2027, 1, 1),
]  # fmt: skip
"""Of all of Germany, up to the end of January 2027."""
OFFICE = [("Mon-Fri", "08:30", "17:15")]
SEASON: dict[str, Any] = {
    "by_weekday": BY_WEEKDAY,
    "by_hour": BY_HOUR,
    "peaks": {
        "noon": {"from": "11:05", "to": "15:00", "factor": 1.7},
        "rush": {"from": "11:00", "to": "12:00", "factor": 2},
    },
    "by_month": [3, 1, 1, 0, 2, 2, 2, 1, 1, 1, 4, 6],
    "growth_per_year": 0.3,
    "on_holidays": 0.25,
}


def naive(scenario: Scenario, holidays: list[dt.date]) -> Floats:
    """Return the expected tickets of each minute of the run, from the words of the scenario."""
    arrivals, run = scenario.channels["portal"].arrivals, scenario.run
    given_keys = arrivals.model_dump(by_alias=True, exclude_unset=True)
    week = weights_of({key: given_keys[key] for key in given_keys if key.startswith("by_")
                       and key != "by_month"})  # fmt: skip
    minute_of_day = np.arange(WEEK) % 1440
    for peak in arrivals.peaks.values():
        week[(minute_of_day >= peak.from_) & (minute_of_day < peak.to)] *= peak.factor
    open_ = np.zeros(WEEK, np.bool_)
    for hours in scenario.calendar.business_hours:
        for day in hours.days:
            open_[day * 1440 + int(hours.from_) : day * 1440 + int(hours.to)] = True
    share = arrivals.business_hours_share
    if share is not None:
        week[open_] *= share / week[open_].sum()
        week[~open_] *= (1 - share) / week[~open_].sum()
    assert arrivals.per_day is not None
    week *= 7 * arrivals.per_day / week.sum()

    minutes = int(run.horizon)
    plain = from_start(week, run.start, minutes)
    dates = [run.start + dt.timedelta(day) for day in range(-(-minutes // 1440))]
    by_month = np.array(arrivals.by_month or [1] * 12)
    month = np.array([by_month[date.month - 1] for date in dates]) / by_month.mean()
    off = np.array([date in holidays for date in dates])
    factor = np.repeat(month * np.where(off, arrivals.on_holidays, 1), 1440)[:minutes]
    growth = np.log(1 + arrivals.growth_per_year) / (365.25 * 1440)
    tickets = plain * factor * np.exp(growth * (np.arange(minutes) + 0.5))
    if share is not None and tickets.any():
        before = from_start(open_, run.start, minutes)
        inside = before & ~np.repeat(off, 1440)[:minutes]
        total, wanted = tickets.sum(), plain[before].sum() / plain.sum()
        for part, of_total in ((inside, wanted), (~inside, 1 - wanted)):
            tickets[part] *= of_total * total / (tickets[part].sum() or 1)
    return tickets


def rate_of(scenario: Scenario) -> Rate:
    return arrival_rate(scenario, scenario.channels["portal"].arrivals)


def dates_off(scenario: Scenario) -> list[dt.date]:
    return [
        scenario.run.start + dt.timedelta(int(day)) for day in np.flatnonzero(days_off(scenario))
    ]


CASES = [*SEASON, "nothing", "everything"]


@pytest.mark.parametrize("start", [MONDAY, dt.date(2026, 3, 19)])
@pytest.mark.parametrize("share", [None, 0.8])
@pytest.mark.parametrize("what", CASES)
def test_the_expected_tickets_are_those_of_a_naive_sum(
    what: str, share: float | None, start: dt.date
) -> None:
    keys = {"nothing": {}, "everything": SEASON}.get(what, {what: SEASON.get(what)})
    arrivals = {"per_day": 20, **keys}
    if share is not None:
        arrivals["business_hours_share"] = share
    scenario = desk(
        OFFICE, start=start, arrivals=arrivals, holidays={"country": "DE"}, horizon="44w"
    )
    rate, wanted = rate_of(scenario), naive(scenario, HOLIDAYS_2026)
    found = np.diff(rate.cumulative(np.arange(44 * WEEK + 1.0)))
    # The growth of a piece is spread evenly over it.
    by_hour = [tickets.reshape(-1, 60).sum(axis=1) for tickets in (found, wanted)]
    exact = what not in ("growth_per_year", "everything")
    np.testing.assert_allclose(*by_hour, rtol=1e-9 if exact else 1e-5, atol=1e-9)
    by_day = [tickets.reshape(-1, 1440).sum(axis=1) for tickets in (found, wanted)]
    np.testing.assert_allclose(*by_day, rtol=1e-9 if exact else 1e-5, atol=1e-9)
    assert rate.total == pytest.approx(wanted.sum(), rel=1e-9)
    if exact:
        np.testing.assert_allclose(found, wanted, rtol=1e-7, atol=1e-10)


def test_every_factor_makes_a_difference() -> None:
    def expected(keys: dict[str, Any]) -> Floats:
        arrivals = {"per_day": 20, "business_hours_share": 0.8, **keys}
        return naive(
            desk(OFFICE, arrivals=arrivals, holidays={"country": "DE"}, horizon="44w"),
            HOLIDAYS_2026,
        )

    everything = expected(SEASON)
    for what in SEASON:
        without = expected({key: SEASON[key] for key in SEASON if key != what})
        assert np.abs(everything - without).sum() > 0.01 * everything.sum()


def test_without_season_growth_and_holidays_every_week_is_the_same_to_the_bit() -> None:
    scenario = desk(OFFICE, arrivals={"per_day": 5, "business_hours_share": 0.8}, horizon="9d")
    weekly = rate_of(desk(OFFICE, arrivals={"per_day": 5, "business_hours_share": 0.8}))
    nine_days = rate_of(scenario)
    count = len(nine_days.rates)
    np.testing.assert_array_equal(nine_days.rates, weekly.rates[:count])
    neutral = {"growth_per_year": 0, "by_month": [3] * 12, "on_holidays": 1}
    again = rate_of(
        scenario.replace({f"channels.portal.arrivals.{k}": neutral[k] for k in neutral})
    )
    np.testing.assert_array_equal(again.rates, nine_days.rates)


def test_months_by_hand() -> None:
    by_month = [2, *[1] * 10, 0]
    start = dt.date(2026, 1, 1)
    rate = rate_of(desk(start=start, arrivals={"per_day": 7, "by_month": by_month}, horizon="800d"))
    first_days = np.cumsum([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]) * 1440.0
    expected = [31 * 14, 28 * 7, 31 * 7, 30 * 7, 31 * 7, 30 * 7, 31 * 7, 31 * 7, 30 * 7, 31 * 7]
    found = np.diff(rate.cumulative(first_days))
    np.testing.assert_allclose(found, [*expected, 30 * 7, 0], rtol=1e-12, atol=1e-9)
    assert rate.at(np.array(first_days[-1])) == pytest.approx(14 / 1440)  # January again
    # 2028 is a leap year: its 29 February has its tickets.
    leap = rate_of(desk(start=dt.date(2028, 2, 1), arrivals={"per_day": 7, "by_month": by_month}))
    assert leap.cumulative(np.array(29 * 1440.0)) == pytest.approx(29 * 7)


@pytest.mark.parametrize("growth", [0.2, -0.5, 3.0])
def test_growth_by_hand(growth: float) -> None:
    rate = rate_of(desk(arrivals={"per_day": 100, "growth_per_year": growth}, horizon="1040w"))
    log = np.log(1 + growth)
    # At the edges of the pieces the sum is exact.
    days = np.array([1.0, 365, 730, 3000])
    years = days * 1440 / YEAR
    expected = 100 * YEAR / 1440 * (np.exp(log * years) - 1) / log
    np.testing.assert_allclose(rate.cumulative(days * 1440), expected, rtol=1e-10)
    # A year later there are 1 + growth times as many, hour by hour, as a year is 8766 hours.
    np.testing.assert_allclose(rate.rates[8766:9000] / rate.rates[:234], 1 + growth, rtol=1e-10)


@pytest.mark.parametrize("share", [None, 0.6])
def test_holidays_have_a_rate_of_their_own(share: float | None) -> None:
    arrivals: dict[str, Any] = {"per_day": 10, "on_holidays": 0.3}
    if share is not None:
        arrivals["business_hours_share"] = share
    scenario = desk(
        OFFICE, arrivals=arrivals, holidays={"country": "DE", "more": [dt.date(2026, 1, 13)]}
    )
    rate = rate_of(scenario)
    days = np.diff(rate.cumulative(np.arange(0, 68 * 7 + 1) * 1440.0))
    assert days_off(scenario)[8]  # Tuesday, 13 January
    if share is None:
        assert days[8] == pytest.approx(3)
        assert days[7] == pytest.approx(10)
    else:
        # All of its tickets come outside business hours then, at their rate.
        begins = rate.edges[:-1]
        night = rate.at(np.array([8 * 1440 + 60.0])) / rate.at(np.array([7 * 1440 + 60.0]))
        assert night == pytest.approx(0.3)
        assert business_clock(scenario).at(begins[(begins // 1440) == 8]).sum() == 0


@pytest.mark.parametrize("growth", [0.0, 0.4])
def test_peaks_lift_their_hours_by_their_factor(growth: float) -> None:
    chat = {"noon": {"from": "11:00", "to": "15:00", "factor": 2.5}}
    phone = {"eleven": {"from": "11:00", "to": "12:00", "factor": 3}}
    for peaks, begin, end, factor in ((chat, 11, 15, 2.5), (phone, 11, 12, 3)):
        keys = {"per_day": 30, "by_weekday": BY_WEEKDAY, "peaks": peaks}
        rate = rate_of(desk(arrivals=keys | {"growth_per_year": growth}, horizon="2w"))
        if not growth:
            assert rate.total == pytest.approx(2 * 7 * 30)
        hours = np.diff(rate.cumulative(np.arange(24 * 5 + 1) * 60.0)).reshape(5, 24)
        in_peak = (np.arange(24) >= begin) & (np.arange(24) < end)
        ratio = hours[:, in_peak].mean(axis=1) / hours[:, ~in_peak].mean(axis=1)
        np.testing.assert_allclose(ratio, factor, rtol=1e-3 if growth else 1e-9)


@pytest.mark.parametrize("extreme", [1e308, 1e-320])
def test_only_the_ratios_of_months_matter(extreme: float) -> None:
    by_month = [extreme, *[0] * 11]
    rate = rate_of(desk(arrivals={"per_day": 1, "by_month": by_month}, horizon="7d"))
    np.testing.assert_allclose(rate.rates, 12 / 1440)


# The share of business hours

switches = st.fixed_dictionaries(
    {"per_day": st.sampled_from([0.5, 20, 3000])},
    optional={
        "by_weekday": st.just(BY_WEEKDAY),
        "by_hour": st.just(BY_HOUR),
        "peaks": st.just(SEASON["peaks"]),
        "by_month": st.lists(st.floats(0.1, 5), min_size=12, max_size=12),
        "growth_per_year": st.floats(-0.9, 5),
        "on_holidays": st.floats(0, 4),
    },
)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    switches,
    st.floats(0, 1),
    st.sampled_from([None, "DE", "US", "IN"]),
    st.integers(0, 400),
    st.integers(1, 12) | st.just(53),
)
def test_the_share_is_exact_with_every_combination_of_factors(
    keys: dict[str, Any], share: float, country: str | None, day: int, weeks: int
) -> None:
    if country is None:
        keys.pop("on_holidays", None)
    scenario = desk(
        OFFICE,
        start=MONDAY + dt.timedelta(day),
        arrivals={**keys, "business_hours_share": share},
        holidays={"country": country} if country else None,
        horizon=f"{weeks}w",
    )
    rate, clock = rate_of(scenario), business_clock(scenario)
    tickets = rate.rates * np.diff(rate.edges)
    inside = clock.at(rate.edges[:-1]) > 0
    assert tickets[inside].sum() == pytest.approx(share * rate.total, rel=1e-9, abs=1e-12)
    if not {"by_month", "growth_per_year", "on_holidays"} & set(keys):
        assert rate.total == pytest.approx(weeks * 7 * keys["per_day"], rel=1e-9)
    wanted = naive(scenario, dates_off(scenario))
    assert rate.total == pytest.approx(wanted.sum(), rel=1e-7)


def test_a_share_of_business_hours_that_holidays_leave_no_time_for_is_refused() -> None:
    # The five working days of the only week are holidays.
    more = [MONDAY + dt.timedelta(day) for day in range(5)]
    keys: dict[str, Any] = {
        "arrivals": {"per_day": 5, "business_hours_share": 0.8},
        "horizon": "1w",
    }
    with pytest.raises(ValueError, match="season and holidays leave no time inside business hours"):
        desk(OFFICE, holidays={"country": "DE", "more": more}, **keys)
    assert rate_of(desk(OFFICE, **keys)).total == pytest.approx(35)


# Counts


@pytest.mark.parametrize("every", ["15min", "30min", "1h", "8h", "1d", "7d"])
def test_counts_are_reproduced_and_repeated(every: str) -> None:
    length = parse_duration(every)
    number = int(2 * WEEK / length)
    counts = RNG.uniform(0, 50, number) * (RNG.random(number) < 0.8)
    keys = {"counts": counts.tolist(), "every": every}
    rate = rate_of(desk(start=MONDAY + dt.timedelta(2), arrivals=keys, horizon="37d"))
    edges = np.append(np.arange(0, 37 * 1440, length), 37 * 1440.0)
    wanted = np.resize(counts, len(edges) - 1) * np.diff(edges) / length
    np.testing.assert_allclose(np.diff(rate.cumulative(edges)), wanted, rtol=1e-9, atol=1e-9)
    assert rate.total == pytest.approx(wanted.sum())


def test_counts_that_reach_the_horizon_need_not_be_whole_weeks() -> None:
    counts = [float(n) for n in range(10)]
    rate = rate_of(desk(arrivals={"counts": counts}, horizon="9d12h"))
    assert rate.total == pytest.approx(sum(range(9)) + 4.5)
    for horizon in ("10d", "9d1min", "3d"):
        desk(arrivals={"counts": counts}, horizon=horizon)
    with pytest.raises(ValueError, match="counts cover 10d of the run's 11d; give 11 of them, or "):
        desk(arrivals={"counts": counts}, horizon="11d")


@pytest.mark.parametrize("every", ["7min", "1min", "96min", "20160s", "4.2h", "1w"])
def test_intervals_that_go_into_a_week_leave_no_gap(every: str) -> None:
    number = round(WEEK / parse_duration(every))
    rate = rate_of(desk(arrivals={"counts": [1.0] * number, "every": every}, horizon="3w"))
    assert rate.total == pytest.approx(3 * number, rel=1e-12)
    np.testing.assert_allclose(rate.at(np.linspace(0, 3 * WEEK - 1, 1000)), number / WEEK)


# The business clock


def test_there_are_no_business_hours_on_holidays() -> None:
    scenario = desk(OFFICE, holidays={"country": "DE"}, horizon="52w")
    clock = business_clock(scenario)
    off = [day for day in HOLIDAYS_2026 if day >= MONDAY and day.weekday() < 5]
    assert clock.total == (52 * 5 - len(off)) * 525
    for day in off:
        begin = (day - MONDAY).days * 1440.0
        span = clock.cumulative(np.array([begin, begin + 1440]))
        assert span[0] == span[1]
    assert not clock.at(np.array([(off[0] - MONDAY).days * 1440 + 600.0])).any()


def test_the_clock_stands_still_outside_the_run() -> None:
    clock = business_clock(desk(OFFICE, horizon="1w"))
    times = np.array([-1e6, -1.0, WEEK, WEEK + 1.0, 1e9, np.nan])
    np.testing.assert_array_equal(clock.cumulative(times), [0, 0, 2625, 2625, 2625, np.nan])
    np.testing.assert_array_equal(clock.at(times), [0, 0, 0, 0, 0, np.nan])


@pytest.mark.parametrize("start", [dt.date(1, 1, 1), dt.date(9999, 12, 31)])
def test_a_run_may_lie_at_the_ends_of_time(start: dt.date) -> None:
    arrivals = {"per_day": 5, "by_month": SEASON["by_month"], "growth_per_year": 0.1}
    scenario = desk(OFFICE, start=start, arrivals=arrivals)
    assert rate_of(scenario).total > 0
    assert len(days_off(scenario)) == 68 * 7 + 1


# Rates in general


@st.composite
def rates(draw: st.DrawFn) -> Rate:
    cuts = draw(st.lists(st.integers(1, 50_000), max_size=30, unique=True))
    edges = np.array([0, *sorted(cuts), 50_001], float)
    some = st.sampled_from([0.0, 0.0, 1e-3]) | st.floats(1e-3, 3)
    values = draw(st.lists(some, min_size=len(edges) - 1, max_size=len(edges) - 1))
    return Rate(edges, np.array(values))


times_of_day = st.lists(st.floats(0, 50_001), min_size=1, max_size=20)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(rates(), times_of_day)
def test_the_inverse_undoes_the_cumulative_rate(rate: Rate, times: list[float]) -> None:
    beside_an_edge = np.abs(np.array(times)[:, None] - rate.edges).min(axis=1) < 1e-3
    chosen = np.array(times)[(rate.at(np.array(times)) > 0) & ~beside_an_edge]
    np.testing.assert_allclose(rate.inverse(rate.cumulative(chosen)), chosen, rtol=1e-9, atol=1e-6)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(rates(), st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_the_cumulative_rate_undoes_the_inverse(rate: Rate, shares: list[float]) -> None:
    events = np.sort(shares) * rate.total
    times = rate.inverse(events)
    if not rate.total:
        assert np.all(np.isinf(times))
        return
    np.testing.assert_allclose(rate.cumulative(times), events, rtol=1e-9, atol=1e-7)
    assert np.all(np.diff(times) >= 0)
    assert times[0] >= 0
    assert times[-1] <= rate.edges[-1]
    # Nothing happens inside a piece without events.
    beside_an_edge = np.abs(times[:, None] - rate.edges).min(axis=1) < 1e-3
    assert np.all(beside_an_edge | (rate.at(times) > 0))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(rates(), times_of_day)
def test_the_cumulative_rate_is_the_area_under_the_rate(rate: Rate, times: list[float]) -> None:
    points = np.union1d(times, rate.edges)
    area = np.cumsum(rate.at((points[:-1] + points[1:]) / 2) * np.diff(points))
    np.testing.assert_allclose(rate.cumulative(points[1:]), area, rtol=1e-9, atol=1e-9)


def test_more_events_than_there_are_never_happen() -> None:
    rate = Rate(np.array([0.0, 10, 20, 30]), np.array([0.0, 1.0, 0.0]))
    found = rate.inverse(np.array([0, 5, 10, 10.1]))
    np.testing.assert_array_equal(found, [10, 15, 20, np.inf])


@settings(max_examples=200, deadline=None, derandomize=True)
@given(rates(), st.lists(st.floats(0, 3), min_size=35, max_size=40))
def test_a_factor_for_every_day(rate: Rate, factors: list[float]) -> None:
    product = rate.times(np.array(factors))
    middles = np.arange(0.5, 50_000)
    wanted = rate.at(middles) * np.array(factors)[(middles // 1440).astype(int)]
    np.testing.assert_array_equal(product.at(middles), wanted)
    same = rate.times(np.ones(40))
    np.testing.assert_allclose(same.cumulative(middles), rate.cumulative(middles), rtol=1e-12)


def test_a_long_run_of_many_pieces_is_quick_and_exact() -> None:
    arrivals = {"per_day": 1000, "business_hours_share": 0.8, **SEASON}
    scenario = desk(OFFICE, arrivals=arrivals, holidays={"country": "DE"}, horizon="1040w")
    rate = rate_of(scenario)
    assert len(rate.rates) > 170_000
    events = np.linspace(0, rate.total, 100_001)[1:]
    np.testing.assert_allclose(rate.cumulative(rate.inverse(events)), events, rtol=1e-12)
