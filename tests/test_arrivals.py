"""Arrivals are a Poisson process, and its rate is the one that the scenario asks for."""

from __future__ import annotations

import datetime as dt
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from supportsim.sampling import draw_workload
from supportsim.sampling.streams import Streams
from supportsim.sampling.workload import draw_arrivals
from supportsim.scenario.calendar import WeeklyRate, arrival_rate
from supportsim.scenario.loading import validate
from supportsim.units import WEEK

if TYPE_CHECKING:
    from supportsim.scenario import Scenario
    from supportsim.tables import Floats

WEEKS = 60
THURSDAY = dt.date(2026, 1, 8)
BY_HOUR = [1, 1, 0, 0, 0, 1, 2, 4, 8, 9, 9, 8, 7, 8, 9, 8, 7, 5, 4, 3, 3, 2, 2, 1]
BY_WEEKDAY = [5, 4, 4, 3, 3, 1, 2]
BUSINESS_HOURS = [
    {"days": "Mon-Thu", "from": "09:00", "to": "17:30"},
    {"days": "Fri", "from": "08:15", "to": "12:00"},
]
PER_DAY, SHARE = 1000.0, 0.7


def scenario_of(arrivals: dict[str, Any], **more: Any) -> Scenario:
    times = {"start": THURSDAY, "warm_up": "0min", "window": f"{WEEKS}w", "follow_up": "0min"}
    team = {"agents": "unlimited", "serves": ["portal"]}
    document = {
        "name": "arrivals",
        "run": times,
        "channels": {"portal": {"arrivals": arrivals, "work": "1min"}},
        "teams": {"desk": team},
    }
    return validate(document | more)


def lively() -> Scenario:
    arrivals = {
        "per_day": PER_DAY,
        "by_hour": BY_HOUR,
        "by_weekday": BY_WEEKDAY,
        "business_hours_share": SHARE,
    }
    return scenario_of(arrivals, calendar={"business_hours": BUSINESS_HOURS})


def intended() -> Floats:
    """Return the expected arrivals in each quarter of an hour of the week, from Monday on.

    All opening times are whole quarters. Worked out here from the words of the scenario: the
    profile, scaled in and outside business hours so that their parts of the total are as asked.
    """
    quarter = np.arange(7 * 96)
    day, minute = quarter // 96, quarter % 96 * 15
    weight = np.array(BY_WEEKDAY, float)[day] * np.array(BY_HOUR, float)[minute // 60]
    open_ = (day <= 3) & (minute >= 540) & (minute < 1050)
    open_ |= (day == 4) & (minute >= 495) & (minute < 720)
    inside = SHARE * weight * open_ / weight[open_].sum()
    outside = (1 - SHARE) * weight * ~open_ / weight[~open_].sum()
    return 7 * PER_DAY * (inside + outside)


@cache
def drawn() -> Floats:
    """Return some 420,000 arrival times, minutes since midnight before the first Thursday."""
    return draw_workload(lively(), 0).ready


def counts() -> Floats:
    """Return the arrivals in each quarter of an hour, shape (weeks, quarters), from Thursday on."""
    quarters = np.bincount((drawn() // 15).astype(int), minlength=WEEKS * 672)
    return quarters.reshape(WEEKS, 672).astype(float)


def expected() -> Floats:
    """Return the expected arrivals in each quarter of an hour, from Thursday on."""
    return np.roll(intended(), -3 * 96)


# --- The rate ------------------------------------------------------------------------------------


def test_the_hours_of_the_week_get_what_was_intended() -> None:
    found, wanted = counts().sum(axis=0), WEEKS * expected()
    never = wanted == 0
    assert 0 < never.sum() < 100
    assert found[never].sum() == 0
    by_hour = np.reshape([found[~never], wanted[~never]], (2, -1, 4)).sum(axis=2)
    statistic = float(((by_hour[0] - by_hour[1]) ** 2 / by_hour[1]).sum())
    assert by_hour[1].min() > 100
    assert 0.005 < stats.chi2.sf(statistic, by_hour.shape[1]) < 0.995
    # The test can fail: it sees a rate that is wrong by 3 % from hour to hour.
    wrong = by_hour[1] * np.where(np.arange(by_hour.shape[1]) % 2, 0.97, 1.03)
    statistic = float(((by_hour[0] - wrong) ** 2 / wrong).sum())
    assert stats.chi2.sf(statistic, by_hour.shape[1]) < 1e-6


def test_quarters_of_an_hour_beside_opening_and_closing_get_what_was_intended() -> None:
    # Monday to Thursday 17:15-17:30 is open, 17:30-17:45 is not; Friday 8:00-8:15 is not open.
    found, wanted = np.roll(counts().sum(axis=0), 3 * 96), WEEKS * intended()
    for quarter in (69, 70, 96 + 69, 96 + 70, 4 * 96 + 32, 4 * 96 + 33, 4 * 96 + 47, 4 * 96 + 48):
        assert abs(found[quarter] - wanted[quarter]) < 4 * np.sqrt(wanted[quarter])
    assert abs(wanted[69] / wanted[70] - 1) > 0.5  # there is something to see


@pytest.mark.parametrize("share", [0.0, 0.35, 0.8, 1.0])
@pytest.mark.parametrize("start", [dt.date(2026, 1, 5), THURSDAY])
def test_the_business_share_and_the_mean_are_exact(share: float, start: dt.date) -> None:
    scenario = lively().replace(
        {"channels.portal.arrivals.business_hours_share": share, "run.start": start}
    )
    rate = arrival_rate(scenario, scenario.channels["portal"].arrivals)
    begins, ends = rate.edges[:-1], rate.edges[1:]
    total = rate.rates * (ends - begins)
    assert total.sum() == pytest.approx(7 * PER_DAY, rel=1e-12)
    assert rate.per_week == pytest.approx(7 * PER_DAY, rel=1e-12)
    open_ = (begins < 4 * 1440) & (begins % 1440 >= 540) & (ends <= begins // 1440 * 1440 + 1050)
    friday = 4 * 1440
    open_ |= (begins >= friday + 495) & (ends <= friday + 720)
    assert total[open_].sum() / total.sum() == pytest.approx(share, rel=1e-12, abs=1e-12)
    one_week = float(rate.cumulative(np.array(WEEK)))
    assert one_week == pytest.approx(7 * PER_DAY, rel=1e-12)


def test_without_a_share_the_profile_alone_decides() -> None:
    scenario = scenario_of({"per_day": 24.0, "by_hour": BY_HOUR})
    rate = arrival_rate(scenario, scenario.channels["portal"].arrivals)
    times = np.arange(7 * 24) * 60.0 + 30
    np.testing.assert_allclose(rate.at(times), np.tile(BY_HOUR, 7) / sum(BY_HOUR) * 24 / 60)


def test_nothing_arrives_at_a_rate_of_0() -> None:
    assert len(draw_workload(scenario_of({"per_day": 0.0}), 0)) == 0


# --- The process ---------------------------------------------------------------------------------


def own_clock(times: Floats) -> Floats:
    """Return the expected arrivals up to each time, by the rate that was intended."""
    steps = np.concatenate([[0.0], np.cumsum(np.tile(expected(), WEEKS))])
    return np.interp(times, np.arange(len(steps)) * 15.0, steps)


def test_on_the_clock_of_expected_arrivals_the_gaps_are_exponential() -> None:
    gaps = np.diff(own_clock(drawn()), prepend=0.0)
    assert len(gaps) > 400_000
    assert stats.kstest(gaps, "expon").pvalue > 0.005
    # Nor does a gap say anything about the next one.
    assert abs(np.corrcoef(gaps[:-1], gaps[1:])[0, 1]) < 3 / np.sqrt(len(gaps))


def test_counts_vary_as_much_as_their_mean() -> None:
    found, wanted = counts(), expected()
    some = wanted > 0
    dispersion = float(((found - wanted) ** 2 / np.where(some, wanted, 1)).sum())
    size = WEEKS * int(some.sum())
    # The Fano factor, 1 for a Poisson process; its standard deviation is about √(2/size), 0.7 %.
    assert dispersion / size == pytest.approx(1.0, abs=0.02)
    # Of whole days as well, so that there is no slow variation: 420 days, 7 %.
    by_day = found.reshape(-1, 96).sum(axis=1)
    days = np.tile(wanted.reshape(-1, 96).sum(axis=1), WEEKS)
    assert float(((by_day - days) ** 2 / days).mean()) == pytest.approx(1.0, abs=0.2)


def test_replications_are_independent() -> None:
    scenario = scenario_of({"per_day": 200.0})
    times = [draw_workload(scenario, replication).ready for replication in range(2)]
    by_hour = [np.bincount((ready // 60).astype(int), minlength=WEEKS * 168) for ready in times]
    assert abs(np.corrcoef(*by_hour)[0, 1]) < 3 / np.sqrt(WEEKS * 168)


def test_arrivals_are_in_order_and_within_the_run() -> None:
    ready = drawn()
    assert np.all(np.diff(ready) >= 0)
    assert 0 <= ready[0] <= ready[-1] <= WEEKS * WEEK


# --- The inverse of the cumulative rate ----------------------------------------------------------


@st.composite
def weekly_rates(draw: st.DrawFn) -> WeeklyRate:
    random = Random(draw(st.integers(0, 2**32 - 1)))
    cuts = sorted({random.randint(1, 10_079) for _ in range(random.randint(0, 12))})
    edges = np.array([0, *cuts, WEEK], float)
    rates = [random.choice([0.0, 0.0, random.uniform(1e-3, 3), 1e-3]) for _ in edges[1:]]
    rates[random.randrange(len(rates))] = random.uniform(1e-3, 3)
    return WeeklyRate(edges, np.array(rates), random.choice([0, 1, 3, 6]) * 1440.0)


@settings(max_examples=500, deadline=None, derandomize=True)
@given(weekly_rates(), st.lists(st.floats(0, 30 * WEEK), min_size=1, max_size=20))
def test_the_inverse_takes_the_cumulative_rate_back(rate: WeeklyRate, times: list[float]) -> None:
    given_times = np.array(times)
    minutes = (given_times + rate.phase) % WEEK
    beside_an_edge = np.abs(minutes[:, None] - rate.edges).min(axis=1) < 1e-3
    chosen = given_times[(rate.at(given_times) > 0) & ~beside_an_edge]
    found = rate.inverse(rate.cumulative(chosen))
    np.testing.assert_allclose(found, chosen, rtol=1e-9, atol=1e-5)


@settings(max_examples=500, deadline=None, derandomize=True)
@given(weekly_rates(), st.lists(st.floats(0, 1e5), min_size=1, max_size=20))
def test_the_cumulative_rate_takes_the_inverse_back(rate: WeeklyRate, events: list[float]) -> None:
    times = rate.inverse(np.array(events))
    np.testing.assert_allclose(rate.cumulative(times), events, rtol=1e-9, atol=1e-7)
    assert np.all(times >= -1e-9)
    # Nothing arrives inside a piece without arrivals.
    minutes = (times + rate.phase) % WEEK
    beside_an_edge = np.abs(minutes[:, None] - rate.edges).min(axis=1) < 1e-3
    assert np.all(beside_an_edge | (rate.at(times) > 0))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(weekly_rates(), st.floats(0, 5 * WEEK), st.floats(0, 5 * WEEK))
def test_the_cumulative_rate_is_the_area_under_the_rate(
    rate: WeeklyRate, one: float, other: float
) -> None:
    begin, end = sorted((one, other))
    edges = (rate.edges[:-1] + np.arange(8)[:, None] * WEEK).ravel() - rate.phase
    points = np.sort(np.concatenate([[begin, end], edges[(edges > begin) & (edges < end)]]))
    middles = (points[:-1] + points[1:]) / 2
    area = float((rate.at(middles) * np.diff(points)).sum())
    found = rate.cumulative(np.array([begin, end]))
    assert found[1] - found[0] == pytest.approx(area, rel=1e-9, abs=1e-6)


def test_a_higher_rate_keeps_the_order_and_moves_each_arrival_forward() -> None:
    streams = Streams(1, 0)
    rate = WeeklyRate(np.array([0.0, 600, WEEK]), np.array([0.02, 0.01]), 0.0)
    double = WeeklyRate(rate.edges, 2 * rate.rates, 0.0)
    few = draw_arrivals(rate, 4 * WEEK, streams, "portal/arrivals")
    many = draw_arrivals(double, 4 * WEEK, streams, "portal/arrivals")
    assert len(few) < len(many)
    # The time at which twice the rate has brought as many arrivals.
    doubled = double.inverse(rate.cumulative(few))
    np.testing.assert_allclose(many[: len(few)], doubled, rtol=1e-9, atol=1e-6)
