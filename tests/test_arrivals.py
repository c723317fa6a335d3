"""Arrivals are a Poisson process, and its rate is the one that the scenario asks for."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import stats

from supportsim.errors import ScenarioError
from supportsim.sampling.arrivals import draw_arrivals, poisson_times
from supportsim.sampling.streams import Streams
from supportsim.scenario.calendar import Rate, arrival_rate
from supportsim.scenario.loading import validate
from supportsim.units import DAY, WEEK

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


def scenario_of(
    arrivals: dict[str, Any], folder: Path | None = None, weeks: float = WEEKS, **more: Any
) -> Scenario:
    times = {"start": THURSDAY, "warm_up": "0min", "window": f"{weeks}w", "follow_up": "0min"}
    document = {
        "name": "arrivals",
        "run": times,
        "channels": {"portal": {"arrivals": arrivals, "work": "1min"}},
        "teams": {"desk": {"agents": "unlimited", "serves": ["portal"]}},
    }
    return validate(document | more, folder=folder)


def times_of(scenario: Scenario, replication: int = 0, name: str = "portal") -> Floats:
    return draw_arrivals(scenario, name, Streams(scenario.run.seed, replication))


def rate_of(scenario: Scenario) -> Rate:
    return arrival_rate(scenario, scenario.channels["portal"].arrivals)


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
    return times_of(lively())


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
    rate = rate_of(scenario)
    begins, ends = rate.edges[:-1], rate.edges[1:]
    total = rate.rates * (ends - begins)
    assert rate.total == pytest.approx(WEEKS * 7 * PER_DAY, rel=1e-12)
    assert total.sum() == pytest.approx(rate.total, rel=1e-12)
    begins, ends = begins + start.weekday() * DAY, ends + start.weekday() * DAY
    day, begins, ends = begins // DAY % 7, begins % DAY, (ends - 1) % DAY + 1
    open_ = (day < 4) & (begins >= 540) & (ends <= 1050)
    open_ |= (day == 4) & (begins >= 495) & (ends <= 720)
    assert total[open_].sum() / total.sum() == pytest.approx(share, rel=1e-12, abs=1e-12)
    one_week = float(rate.cumulative(np.array(WEEK)))
    assert one_week == pytest.approx(7 * PER_DAY, rel=1e-12)


def test_without_a_share_the_profile_alone_decides() -> None:
    scenario = scenario_of({"per_day": 24.0, "by_hour": BY_HOUR})
    rate = rate_of(scenario)
    times = np.arange(7 * 24) * 60.0 + 30
    np.testing.assert_allclose(rate.at(times), np.tile(BY_HOUR, 7) / sum(BY_HOUR) * 24 / 60)


def test_nothing_arrives_at_a_rate_of_0() -> None:
    assert len(times_of(scenario_of({"per_day": 0.0}))) == 0
    assert len(times_of(scenario_of({"per_day": 0.0, "busyness_cv": 0.3}))) == 0
    assert len(times_of(scenario_of({"counts": [0.0]}, weeks=1 / 7))) == 0


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
    times = [times_of(scenario, replication) for replication in range(2)]
    by_hour = [np.bincount((ready // 60).astype(int), minlength=WEEKS * 168) for ready in times]
    assert abs(np.corrcoef(*by_hour)[0, 1]) < 3 / np.sqrt(WEEKS * 168)


def test_arrivals_are_in_order_and_within_the_run() -> None:
    ready = drawn()
    assert np.all(np.diff(ready) >= 0)
    assert 0 <= ready[0] <= ready[-1] <= WEEKS * WEEK


def test_a_higher_rate_keeps_the_order_and_moves_each_arrival_forward() -> None:
    streams = Streams(1, 0)
    rate = Rate(np.array([0.0, 600, 4 * WEEK]), np.array([0.02, 0.01]))
    double = Rate(rate.edges, 2 * rate.rates)
    few = poisson_times(rate, streams, "portal/arrivals")
    many = poisson_times(double, streams, "portal/arrivals")
    assert len(few) < len(many)
    # The time at which twice the rate has brought as many arrivals.
    doubled = double.inverse(rate.cumulative(few))
    np.testing.assert_allclose(many[: len(few)], doubled, rtol=1e-9, atol=1e-6)


# --- Season, growth, holidays, peaks -------------------------------------------------------------

GERMAN_HOLIDAYS = [
    dt.date(2026, 4, 3), dt.date(2026, 4, 6), dt.date(2026, 5, 1), dt.date(2026, 5, 14),
    dt.date(2026, 5, 25), dt.date(2026, 10, 3), dt.date(2026, 12, 25), dt.date(2026, 12, 26),
    dt.date(2027, 1, 1),
]  # fmt: skip
BY_MONTH = [1.5, 1, 1, 0.5, 1, 1, 0.2, 0.8, 1, 1, 2, 1]
SEASONAL: dict[str, Any] = {
    "per_day": 600.0,
    "by_weekday": BY_WEEKDAY,
    "by_hour": BY_HOUR,
    "by_month": BY_MONTH,
    "growth_per_year": 0.5,
    "on_holidays": 0.4,
    "peaks": {"noon": {"from": "11:30", "to": "14:00", "factor": 1.8}},
}


def chi_square(found: Floats, wanted: Floats) -> float:
    """Return the tail probability of the distance between counts and expected counts."""
    statistic = float(((found - wanted) ** 2 / wanted).sum())
    return float(stats.chi2.sf(statistic, len(wanted)))


def test_drawn_arrivals_follow_the_hours_of_the_week_and_the_months() -> None:
    scenario = scenario_of(SEASONAL, calendar={"holidays": {"country": "DE"}})
    hour = np.arange(WEEKS * 168)
    dates = np.datetime64(THURSDAY) + hour // 24
    weekday, month = (hour // 24 + 3) % 7, dates.astype("datetime64[M]").astype(int) % 12
    week = np.outer(BY_WEEKDAY, np.array(BY_HOUR) * ([1] * 11 + [1.4, 1.8, 1.8] + [1] * 10))
    wanted = week[weekday, hour % 24] / week.sum() * 7 * 600
    wanted = wanted * np.array(BY_MONTH)[month] / np.mean(BY_MONTH)
    wanted *= np.where(np.isin(dates, np.array(GERMAN_HOLIDAYS, "datetime64[D]")), 0.4, 1.0)
    wanted *= 1.5 ** ((hour + 0.5) / (24 * 365.25))
    times = np.concatenate([times_of(scenario, replication) for replication in range(4)])
    found, wanted = np.bincount((times // 60).astype(int), minlength=len(hour)) * 1.0, 4 * wanted
    assert found.sum() > 1_000_000

    # The months of both years, apart; the hours of the week; the holidays.
    months = (dates.astype("datetime64[M]").astype(int)) - 672
    for group in ((hour // 24 + 3) % 7 * 24 + hour % 24, months):
        some = np.bincount(group, wanted) > 0
        sums = [np.bincount(group, tickets)[some] for tickets in (found, wanted)]
        assert found[wanted == 0].sum() == 0
        assert 0.005 < chi_square(*sums) < 0.995
        # The test can fail: it sees a rate that is wrong by 3 % from one to the next.
        assert chi_square(sums[0], sums[1] * (1 + 0.03 * (-1.0) ** np.arange(some.sum()))) < 1e-6
    off = np.isin(dates, np.array(GERMAN_HOLIDAYS, "datetime64[D]"))
    assert abs(found[off].sum() - wanted[off].sum()) < 3 * np.sqrt(wanted[off].sum())


@pytest.mark.parametrize(("begin", "end", "factor"), [("11:00", "15:00", 2), ("11:00", "12:00", 3)])
def test_drawn_arrivals_have_their_peaks(begin: str, end: str, factor: float) -> None:
    peaks = {"peak": {"from": begin, "to": end, "factor": factor}}
    times = times_of(scenario_of({"per_day": 800.0, "peaks": peaks}))
    hours = np.bincount((times % DAY // 60).astype(int), minlength=24)
    first, last = int(begin[:2]), int(end[:2])
    length = last - first
    wanted = np.where((np.arange(24) >= first) & (np.arange(24) < last), factor, 1.0)
    wanted *= WEEKS * 7 * 800 / (24 + length * (factor - 1))
    assert 0.005 < chi_square(hours.astype(float), wanted) < 0.995


# --- Busy days -----------------------------------------------------------------------------------

FORTY_YEARS = {"start": THURSDAY, "warm_up": "520w", "window": "1040w", "follow_up": "520w"}


def test_daily_counts_vary_with_the_busyness_of_the_day() -> None:
    mean, cv = 10.0, 0.3
    scenario = scenario_of({"per_day": mean, "busyness_cv": cv}, run=FORTY_YEARS)
    days = 2080 * 7
    daily = np.concatenate(
        [
            np.bincount((times_of(scenario, replication) // DAY).astype(int), minlength=days)
            for replication in range(12)
        ]
    ).astype(float)
    wanted = mean + cv**2 * mean**2
    squares = (daily - mean) ** 2
    error = float(np.std(squares) / np.sqrt(len(squares)))
    assert 3 * error < 0.03 * mean  # so that 3 % of the mean would be seen
    assert abs(float(squares.mean()) - wanted) < 3 * error
    assert daily.mean() == pytest.approx(mean, abs=3 * np.sqrt(wanted / len(daily)))
    # From day to day it is independent.
    assert abs(np.corrcoef(daily[:-1], daily[1:])[0, 1]) < 3 / np.sqrt(len(daily))
    # The counts are those of a gamma mixture of Poisson counts, the negative binomial.
    shape = cv**-2
    values = np.arange(30)
    law = stats.nbinom(shape, shape / (shape + mean))
    pmf = np.append(law.pmf(values[:-1]), law.sf(values[-2]))
    found = np.bincount(np.minimum(daily, 29).astype(int), minlength=30)
    assert 0.005 < chi_square(found.astype(float), len(daily) * pmf) < 0.995


def test_within_a_busy_day_the_profile_holds() -> None:
    keys = {"per_day": 300.0, "by_hour": BY_HOUR, "busyness_cv": 0.5}
    times = times_of(scenario_of(keys))
    by_hour = np.bincount((times % DAY // 60).astype(int), minlength=24).astype(float)
    some = np.array(BY_HOUR) > 0
    wanted = np.array(BY_HOUR)[some] / np.sum(BY_HOUR) * by_hour.sum()
    statistic = float(((by_hour[some] - wanted) ** 2 / wanted).sum())
    assert 0.005 < stats.chi2.sf(statistic, some.sum() - 1) < 0.995
    assert by_hour[~some].sum() == 0


def test_without_busyness_it_is_the_plain_process_to_the_bit() -> None:
    scenario = lively()
    plain = poisson_times(rate_of(scenario), Streams(1, 0), "portal/arrivals")
    zero = scenario.replace({"channels.portal.arrivals.busyness_cv": 0})
    np.testing.assert_array_equal(times_of(zero), plain)
    np.testing.assert_array_equal(drawn(), plain)
    some = times_of(scenario.replace({"channels.portal.arrivals.busyness_cv": 0.2}))
    assert len(some) != len(plain) or np.any(some != plain)


def test_another_busyness_leaves_all_other_random_numbers_alone() -> None:
    channel = {"arrivals": {"per_day": 50.0, "busyness_cv": 0.1}, "work": "1min"}
    team = {"agents": "unlimited", "serves": ["portal", "phone"]}
    scenario = scenario_of(
        {}, channels={"portal": channel, "phone": channel}, teams={"desk": team}, weeks=20
    )
    more = scenario.replace({"channels.portal.arrivals.busyness_cv": 0.4})
    phones = [times_of(one, name="phone") for one in (scenario, more)]
    np.testing.assert_array_equal(*phones)
    # The channel's own customers are the same ones: a busy day is busier yet, a quiet one quieter.
    plain = scenario.replace({"channels.portal.arrivals.busyness_cv": 0})
    some, twice, none = (
        np.bincount((times_of(one) // DAY).astype(int), minlength=140)
        for one in (scenario, more, plain)
    )
    assert np.corrcoef(some - none, twice - none)[0, 1] > 0.5


def test_every_channel_has_busy_days_of_its_own() -> None:
    channel = {"arrivals": {"per_day": 2000.0, "busyness_cv": 0.5}, "work": "1min"}
    team = {"agents": "unlimited", "serves": ["portal", "phone"]}
    scenario = scenario_of(
        {}, channels={"portal": channel, "phone": channel}, teams={"desk": team}, weeks=40
    )
    portal, phone = (
        np.bincount((times_of(scenario, name=name) // DAY).astype(int), minlength=280)
        for name in ("portal", "phone")
    )
    assert abs(np.corrcoef(portal, phone)[0, 1]) < 3 / np.sqrt(280)
    uniforms = Streams(scenario.run.seed, 0).uniforms("portal/busyness", 280)
    wanted = 2000 * stats.gamma(4, scale=0.25).ppf(uniforms)
    assert np.all(np.abs(portal - wanted) < 5 * np.sqrt(wanted) + 5)


@pytest.mark.parametrize("cv", [0.01, 0.1, 1, 5, 20])
def test_every_allowed_busyness_gives_finite_times(cv: float) -> None:
    scenario = scenario_of({"per_day": 5.0, "busyness_cv": cv})
    for replication in range(5):
        times = times_of(scenario, replication)
        assert np.all(np.isfinite(times))
        assert np.all(np.diff(times) >= 0)


# --- Counts --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("every", "weeks"), [("1d", 4), ("30min", 1)])
def test_counts_in_a_file_are_reproduced(every: str, weeks: int, tmp_path: Path) -> None:
    number = weeks * 7 * (48 if every == "30min" else 1)
    counts = np.round(np.random.default_rng(1).gamma(2, 20, number), 1)
    rows = "\n".join(f"interval {n},{count}" for n, count in enumerate(counts))
    (tmp_path / "calls.csv").write_text(f"when,calls\n{rows}\n", encoding="utf-8")
    keys = {"counts": {"csv": "calls.csv", "column": "calls"}, "every": every}
    scenario = scenario_of(keys, tmp_path, weeks=8)
    assert scenario.channels["portal"].arrivals.counts == tuple(counts)
    assert validate(scenario.to_dict()) == scenario
    length = weeks * WEEK / number
    edges = np.arange(8 * WEEK / length + 1) * length
    wanted = np.tile(counts, 8 // weeks)
    np.testing.assert_allclose(np.diff(rate_of(scenario).cumulative(edges)), wanted, rtol=1e-9)
    times = np.concatenate([times_of(scenario, replication) for replication in range(20)])
    found = np.histogram(times, edges)[0].reshape(-1, number).sum(axis=0).astype(float)
    enough = counts * 160 / weeks > 20
    assert 0.005 < chi_square(found[enough], counts[enough] * 160 / weeks) < 0.995


def test_counts_may_have_busy_days() -> None:
    keys = {"counts": [20.0, 30, 10, 0, 5, 40, 35], "busyness_cv": 0.5}
    daily = np.bincount((times_of(scenario_of(keys)) // DAY).astype(int), minlength=WEEKS * 7)
    weeks = daily.reshape(WEEKS, 7)
    assert weeks[:, 3].sum() == 0
    assert weeks.var(axis=0)[5] > 3 * 40  # and not 40, as without


# --- Refused -------------------------------------------------------------------------------------

PEAK = {"from": "11:00", "to": "15:00", "factor": 2}
REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({}, "", "give per_day, the tickets of a mean day, or counts"),
    ({"per_day": 5, "counts": [1]}, "", "give per_day, the tickets of a mean day, or counts"),
    ({"per_day": 5, "by_hour": [1] * 23}, "by_hour", "has to have at least 24 items, not 23"),
    ({"per_day": 5, "by_month": [1] * 11}, "by_month", "has to have at least 12 items, not 11"),
    ({"per_day": 5, "by_month": [0] * 12}, "", "by_month has to have a weight above 0"),
    ({"per_day": 5, "by_weekday": [0] * 7}, "", "by_weekday has to have a weight above 0"),
    ({"per_day": 5, "growth_per_year": -1}, "growth_per_year", "has to be more than -1, not -1"),
    ({"per_day": 5, "on_holidays": -1}, "on_holidays", "has to be at least 0, not -1"),
    ({"per_day": 5, "busyness_cv": 21}, "busyness_cv", "has to be at most 20, not 21"),
    ({"per_day": 5, "busyness_cv": 1e-9}, "busyness_cv", "has to be 0 or at least 0.01, not 1e-09"),
    (
        {"per_day": 5, "peaks": {"noon": {**PEAK, "to": "10:00"}}},
        "peaks.noon",
        "to has to be later than from; split a peak that runs over midnight",
    ),
    ({"per_day": 5, "peaks": [PEAK]}, "peaks", "has to be a table {...}, not an array"),
    (
        {"per_day": 5, "by_hour": [0] * 12 + [1] + [0] * 11, "peaks": {"x": {**PEAK, "factor": 0}}},
        "",
        "the profile leaves no time for arrivals",
    ),
    ({"per_day": 5, "every": "1h"}, "", "every is the length of the intervals of counts; give"),
    ({"counts": []}, "counts", "has to have at least 1 item, not 0"),
    ({"counts": [1, -1]}, "counts.1", "has to be at least 0, not -1"),
    ({"counts": 3}, "counts", "has to be an array [...], not 3"),
    ({"counts": "calls.csv"}, "counts", 'has to be an array [...], not "calls.csv"'),
    ({"counts": [1] * 7, "every": "5h"}, "", "every has to go into a week a whole number of times"),
    ({"counts": [1] * 7, "every": "2w"}, "", "every has to go into a week a whole number of times"),
    ({"counts": [1] * 7, "every": "30s"}, "every", 'has to be at least "1min", not "30s"'),
    ({"counts": [1] * 7, "by_weekday": [1] * 7}, "", "counts say all that by_weekday would; leave"),
    ({"counts": [1] * 7, "growth_per_year": 0.1}, "", "counts say all that growth_per_year would"),
    (
        {"counts": [1] * 7, "business_hours_share": 0.8},
        "",
        "counts say all that business_hours_share would; leave one of them out",
    ),
    (
        {"counts": [1] * 8},
        "",
        "counts cover 8d of the run's 420d; give 420 of them, or whole weeks to be repeated, 7 a",
    ),
    (
        {"per_day": 5, "business_hours_share": 0.5, "by_weekday": [0] * 5 + [1, 1]},
        "business_hours_share",
        "the profile leaves no time inside business hours for arrivals",
    ),
]


@pytest.mark.parametrize(("arrivals", "below", "reason"), REFUSED)
def test_what_is_wrong_is_said_with_its_key(
    arrivals: dict[str, Any], below: str, reason: str
) -> None:
    with pytest.raises(ScenarioError) as caught:
        scenario_of(arrivals)
    key = f"channels.portal.arrivals.{below}".rstrip(".")
    assert caught.value.key == key
    assert str(caught.value).startswith(f"{key}: {reason}")
    assert len(str(caught.value)) < 250


FORM = (
    'has to be an array [...], or a column of a file as in { csv = "calls.csv", column = "calls" }'
)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"calls\n3\nmany\n", 'line 3, column "calls": "many" is not a number; write it as in'),
        (b"calls\n3\n\n1_0\n", 'line 4, column "calls": "1_0" is not a number; write it as in'),
        (b"calls\nnan\n", 'line 2, column "calls": "nan" is not a number; write it as in'),
        (b"calls\n3\n-1\n", 'line 3, column "calls": has to be from 0 to 1e+06, not -1'),
        (b"calls\n1e9\n", 'line 2, column "calls": has to be from 0 to 1e+06, not 1e9'),
        (b"a,calls\n1,2\n3,\n", 'line 3, column "calls": the cell is empty'),
        (b"a,calls\n1,2\n3\n", 'line 3, column "calls": the cell is empty'),
        (b"calls\n3,5\n", "line 2: more cells than the header has columns; a decimal comma"),
        (b"call\n3\n", 'has no column "calls"; it has: call'),
        (b"calls,calls\n3,4\n", 'has the column "calls" 2 times'),
        (b"calls\n", "has no row below its header"),
        (b"", 'has no column "calls"; it has: none'),
        (b"calls\n\xff\n", "cannot be read: 'utf-8' codec can't decode byte 0xff"),
        (b'calls\n"3\n', "cannot be read: unexpected end of data"),
        (None, "cannot be read: No such file or directory"),
    ],
)
def test_what_is_wrong_in_a_file_of_counts_is_said_with_its_place(
    content: bytes | None, reason: str, tmp_path: Path
) -> None:
    path = tmp_path / "calls.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ScenarioError) as caught:
        scenario_of({"counts": {"csv": "calls.csv", "column": "calls"}}, tmp_path)
    separator = ", " if reason.startswith("line") else " "
    said = f"channels.portal.arrivals.counts: {path}{separator}{reason}"
    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "table",
    [
        {},
        {"csv": "calls.csv"},
        {"csv": 3, "column": "calls"},
        {"csv": "calls.csv", "column": "calls", "unit": "h"},
        {"csv": "calls.csv", "colum": "calls"},
    ],
)
def test_a_table_that_names_no_column_of_a_file_is_refused(table: dict[str, Any]) -> None:
    with pytest.raises(ScenarioError) as caught:
        scenario_of({"counts": table})
    assert str(caught.value) == f"channels.portal.arrivals.counts: {FORM}"


def test_spaces_and_empty_columns_of_a_file_do_not_matter(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text("day, calls,\n\n1, 3 ,\n2,+4.5,\n3,1e1,\n4,.5,\n5,5.,\n"
                                        "6,6,\n7,7,\n", encoding="utf-8-sig")  # fmt: skip
    scenario = scenario_of({"counts": {"csv": "calls.csv", "column": "calls"}}, tmp_path)
    assert scenario.channels["portal"].arrivals.counts == (3, 4.5, 10, 0.5, 5, 6, 7)


def test_counts_of_days_may_be_spread_over_them_by_a_profile() -> None:
    counts = [10, 20, 30, 40, 50, 0, 7]
    peaks = {"noon": {"from": "11:00", "to": "15:30", "factor": 3}}
    by_hour = [0.0] * 8 + [1.0] * 10 + [0.0] * 6
    arrivals = {"counts": counts, "peaks": peaks, "by_hour": by_hour}
    rate = rate_of(scenario_of(arrivals, weeks=2))
    edges = np.arange(0, 14 * 48 + 1) * 30.0
    halves = np.diff(rate.cumulative(edges)).reshape(14, 48)
    np.testing.assert_allclose(halves.sum(axis=1), counts * 2, rtol=1e-12)
    # From 8 to 18 there are 20 half-hours, 9 of them three times as busy: 38 parts.
    expected = np.zeros(48)
    expected[16:36] = 1 / 38
    expected[22:31] = 3 / 38
    np.testing.assert_allclose(halves, np.outer(counts * 2, expected), atol=1e-12)


def test_counts_need_a_profile_with_room_for_them() -> None:
    by_hour_of_week = [[1.0] * 24] * 5 + [[0.0] * 24] * 2
    with pytest.raises(ScenarioError, match="leaves no time for the tickets of an interval of cou"):
        scenario_of({"counts": [1] * 7, "by_hour_of_week": by_hour_of_week}, weeks=2)
    from_thursday = [1, 1, 0, 0, 1, 1, 1]
    arrivals = {"counts": from_thursday, "by_hour_of_week": by_hour_of_week}
    assert rate_of(scenario_of(arrivals, weeks=2)).total == pytest.approx(10, rel=1e-12)
