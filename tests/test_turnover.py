"""Who comes and goes: leavers, successors, hires and their first weeks."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import stats

from small_teams import (
    MONDAY,
    NEVER,
    OFFICE,
    POLICY,
    WEEKLY,
    assert_mean,
    capacity,
    days_of,
    desk,
    duties,
    staff_of,
)
from supportsim.measures import find, observe
from supportsim.sampling.people import draw_people, positions_of
from supportsim.sampling.roster import draw_staff
from supportsim.sampling.streams import Streams
from supportsim.studies.run import simulate_once
from supportsim.tables import Activity
from supportsim.units import DAY, WEEK, YEAR

if TYPE_CHECKING:
    from supportsim.scenario import Scenario


# Turnover


def test_leavers_are_the_share_of_the_mean_headcount() -> None:
    scenario = desk("260w", agents=400, shifts=NEVER, turnover={
        "per_year": 0.29, "time_to_hire": {"dist": "gamma", "mean": "60d", "cv": 0.5}})  # fmt: skip
    horizon = scenario.run.horizon
    leavers, years = 0, 0.0
    for replication in range(40):
        people = draw_staff(scenario, replication).employment
        leavers += int(np.count_nonzero(people.left < horizon))
        there = np.minimum(people.left, horizon) - np.minimum(people.hired, horizon)
        years += float(there.sum()) / YEAR
    # Leavers less rate × headcount is a martingale, whose variance is the leavers' mean.
    error = np.sqrt(leavers) / years
    assert 4 * error < 0.03 * 0.29
    assert abs(leavers / years - 0.29) < 3 * error


@pytest.mark.parametrize("notice", ["0d", "30d"])
def test_vacancies_are_leavers_times_the_time_to_a_successor(notice: str) -> None:
    time_to_hire = {"dist": "exponential", "mean": "50d"}
    scenario = desk("520w", agents=300, shifts=NEVER, turnover={
        "per_year": 6, "time_to_hire": time_to_hire, "notice": notice})  # fmt: skip
    rate = 6 / YEAR
    given, mean = float(notice[:-1]) * DAY, 50 * DAY
    # A tenure X is exponential; the gap is what the search S lasts beyond min(notice, X):
    # E max(S − min(n, X), 0) = E S · P(S > min(n, X)), S having no memory.
    both = rate + 1 / mean
    gap = mean * (rate + np.exp(-given * both) / mean) / both
    begin, end = 104 * WEEK, scenario.run.horizon
    vacancies, leavers, gaps = [], [], []
    for replication in range(10):
        people = draw_staff(scenario, replication).employment
        next_one = ~np.isnan(people.vacant)
        vacant, hired = people.vacant[next_one], people.hired[next_one]
        assert np.all(hired >= vacant)
        # Positions whose successor is hired only after the roster count up to its end.
        still = people.left[np.isfinite(people.left) & ~np.isin(people.left, vacant)]
        starts = np.append(vacant, still)
        ends = np.append(hired, np.full(len(still), np.inf))
        area = np.clip(ends, begin, end) - np.clip(starts, begin, end)
        place = np.append(people.position[next_one], people.position[np.isin(people.left, still)])
        vacancies.append(np.bincount(place, area, minlength=300) / (end - begin))
        inside = (people.left >= begin) & (people.left < end)
        leavers.append(np.bincount(people.position[inside], minlength=300) / (end - begin))
        gaps += (hired - vacant)[vacant < end - WEEK * 104].tolist()
    assert_mean(gaps, gap)
    assert_mean(leavers, 1 / (1 / rate + gap))
    assert_mean(vacancies, gap / (1 / rate + gap))
    assert np.mean(vacancies) == pytest.approx(np.mean(leavers) * np.mean(gaps), rel=0.02)


def successors(scenario: Scenario, replication: int = 0, position: int = 0) -> Any:
    """Return hired, left and vacant of those who fill a position, and their uniform numbers."""
    people = draw_staff(scenario, replication).employment
    mine = np.flatnonzero(people.position == position)
    streams = Streams(scenario.run.seed, replication)
    uniforms = [
        streams.uniforms(f"team.desk/{position}/{name}", 200) for name in ("leaving", "hiring")
    ]
    return people.hired[mine], people.left[mine], people.vacant[mine], *uniforms


@pytest.mark.parametrize("hiring", ["replace", "ahead", "freeze"])
def test_who_follows_whom_by_hand(hiring: str) -> None:
    scenario = desk("520w", agents=3, shifts=WEEKLY, onboarding={"training": "40d"}, turnover={
        "per_year": 4, "notice": "30d", "hiring": hiring,
        "time_to_hire": {"dist": "exponential", "mean": "60d"}})  # fmt: skip
    until = scenario.run.horizon + WEEK
    for position in range(3):
        hired, left, vacant, leaving, searching = successors(scenario, position=position)
        begin, trained, wanted = 0.0, 0.0, []
        for u, v in zip(leaving, searching, strict=True):
            end = begin - np.log1p(-u) * YEAR / 4
            wanted.append((begin, end))
            if hiring == "freeze":
                break
            if hiring == "replace":
                begin = max(end, max(begin, end - 30 * DAY) - np.log1p(-v) * 60 * DAY)
            elif end < trained:  # nobody saw it coming
                begin = end
            else:
                begin = max(begin, end - 40 * DAY)
            trained = begin + 40 * DAY
            if begin >= until:
                break
        ends = np.array([end for _, end in wanted])
        assert len(hired) == len(wanted) > (0 if hiring == "freeze" else 20)
        np.testing.assert_allclose(hired, [begin for begin, _ in wanted], rtol=1e-12)
        np.testing.assert_allclose(left, np.where(ends < until, ends, np.inf), rtol=1e-12)
        np.testing.assert_allclose(vacant[1:], ends[:-1], rtol=1e-12)
        assert np.isnan(vacant[0])


@pytest.mark.parametrize("hiring", ["replace", "ahead", "freeze"])
def test_positions_are_filled_when_the_successor_is_there(hiring: str) -> None:
    people = draw_staff(desk("104w", **POLICY, hires=[{"date": MONDAY, "agents": 2}]).replace(
        {"teams.desk.turnover.hiring": hiring}), 0).employment  # fmt: skip
    gone = np.isfinite(people.left)
    assert np.all(np.isnan(people.filled[~gone]))
    seen = 0
    for row in np.flatnonzero(gone):
        # Who leaves ahead of a successor's first day is the only one with that day of leaving.
        after = (people.position == people.position[row]) & (people.vacant == people.left[row])
        if after.any():
            assert people.filled[row] == max(people.hired[after][0], people.left[row])
            seen += 1
        elif hiring == "freeze":
            assert people.filled[row] == np.inf
        else:  # beyond what is drawn
            assert 106 * WEEK > people.filled[row] - 60 * DAY > 0
            assert people.filled[row] >= 105 * WEEK
    assert (seen > 50) == (hiring != "freeze")


def test_the_time_to_fill_is_not_cut_off_by_the_end_of_the_run() -> None:
    """A search of 60 days on average fills few of the positions left within 60 days of its end."""
    scenario = desk("60d", agents=200, shifts=NEVER, turnover={
        "per_year": 2, "time_to_hire": {"dist": "exponential", "mean": "60d"}})  # fmt: skip
    gaps: list[float] = []
    for replication in range(40):
        facts = simulate_once(scenario, replication)
        found = observe(facts, [find("team.desk.time_to_fill", scenario)])
        one = found["team.desk.time_to_fill"]
        people = facts.employment
        in_window = people.left < 60 * DAY
        assert one.denominator == np.count_nonzero(in_window)
        assert one.numerator == pytest.approx((people.filled - people.left)[in_window].sum())
        gaps += (people.filled - people.left)[in_window].tolist()
    assert np.mean(gaps) == pytest.approx(60 * DAY, rel=3.3 / np.sqrt(len(gaps)))
    assert stats.kstest(gaps, stats.expon(scale=60 * DAY).cdf).pvalue > 0.001


def test_a_successor_takes_over_the_position() -> None:
    early = {"days": "Mon-Sun", "from": "06:00", "to": "14:00", "agents": 1}
    late = {"days": "Mon-Sun", "from": "10:00", "to": "18:00", "agents": 1}
    staff = staff_of("104w", agents=2, shifts=[early, late], turnover={"per_year": 3})
    people, roster = staff.employment, staff.roster
    assert len(people) > 5
    # With no time to hire nothing is lost: the position's duty is cut where they change.
    for position, begin in ((0, 6), (1, 10)):
        mine = people.position[roster.agent] == position
        on, off = np.sort(roster.on[mine]), np.sort(roster.off[mine])
        cut = on[1:] == off[:-1]
        assert set(on[1:][cut]) <= set(people.hired.tolist())
        plan = np.arange(105 * 7) * DAY + begin * 60
        np.testing.assert_array_equal(on[np.append([True], ~cut)], plan)
        np.testing.assert_array_equal(off[np.append(~cut, [True])], plan + 480)


def test_agents_are_numbered_first_ones_first() -> None:
    scenario = desk("104w", agents=3, turnover={"per_year": 2},
                    hires=[{"date": MONDAY + dt.timedelta(50), "agents": 1}])  # fmt: skip
    other = {"agents": 2, "serves": ["portal"], "shifts": OFFICE, "turnover": {"per_year": 2}}
    scenario = scenario.replace({"teams.robot": {"agents": "unlimited", "serves": ["portal"]},
                                 "teams.other": other})  # fmt: skip
    people = draw_staff(scenario, 0).employment
    assert people.team[:5].tolist() == [0, 0, 0, 2, 2]
    assert people.position[:5].tolist() == [0, 1, 2, 0, 1]
    later = people.team[5:]
    assert np.all(np.diff(later) >= 0)
    for team in (0, 2):
        assert np.all(np.diff(people.hired[5:][later == team]) >= 0)
    assert set(people.position[5:][later == 0].tolist()) >= {0, 3}
    assert np.all(people.hired[5:] > 0)


def test_even_endless_training_comes_to_an_end() -> None:
    scenario = desk("52w", agents=2, shifts=WEEKLY, onboarding={"training": "500w"},
                    turnover={"per_year": 50, "hiring": "ahead"})  # fmt: skip
    team = scenario.teams["desk"]
    people = draw_people(team, positions_of(team, MONDAY), Streams(1, 0), "team.desk", 53 * WEEK)
    assert 50 < len(people) < 200


# Hires and onboarding


def test_hires_join_on_their_day() -> None:
    friday = MONDAY + dt.timedelta(4)
    hires = [{"date": friday, "agents": 2}, {"date": MONDAY + dt.timedelta(100), "agents": 9},
             {"date": MONDAY + dt.timedelta(1), "agents": 1}]  # fmt: skip
    staff = staff_of("1w", agents=1, hires=hires, breaks=[
        {"from": "12:00", "to": "13:00", "lasts": "30min"}])  # fmt: skip
    people = staff.employment
    assert people.position.tolist() == [0, 12, 1, 2]
    assert people.hired.tolist() == [0, DAY, 4 * DAY, 4 * DAY]
    assert people.trained.tolist() == people.hired.tolist()
    assert np.all(np.isnan(people.vacant))
    assert [on for on, _ in duties(staff.roster, 1)][::2] == [33, 57, 81, 105]
    assert duties(staff.roster, 2)[0] == (105, 108)


def test_hires_of_before_the_start_are_there_from_the_start() -> None:
    hires = [{"date": MONDAY + dt.timedelta(-10), "agents": 1}]
    onboarding = {"training": "12d", "ramp_up": [{"until": "2d", "speed": 0.5}]}
    staff = staff_of("2w", agents=0, hires=hires, onboarding=onboarding)
    assert (staff.employment.hired[0], staff.employment.trained[0]) == (0, 2 * DAY)
    assert days_of(staff, Activity.TRAINING) == [0, 1]
    assert staff.roster.speed[:5].tolist() == [0.5, 0.5, 1, 1, 1]
    onboarding["training"] = "9d"
    staff = staff_of("2w", agents=0, hires=hires, onboarding=onboarding)
    assert staff.employment.trained[0] == 0
    assert staff.roster.speed[:3].tolist() == [0.5, 1, 1]


def test_ramp_up_by_hand() -> None:
    # Hired on Tuesday, trained by Thursday noon, full speed five days later.
    hires = [{"date": MONDAY + dt.timedelta(1), "agents": 1}]
    ramp_up = [{"until": "27h", "speed": 0.4}, {"until": "5d", "speed": 0.8}]
    staff = staff_of("2w", agents=1, speed=2.0, hires=hires,
                     onboarding={"training": "60h", "ramp_up": ramp_up})  # fmt: skip
    assert staff.employment.trained.tolist() == [0, 3.5 * DAY]
    assert set(staff.roster.speed[staff.roster.agent == 0].tolist()) == {2.0}
    mine = staff.roster.agent == 1
    on, speed = staff.roster.on[mine] / 60, staff.roster.speed[mine]
    # Friday's duty begins 21 hours after training, and keeps its speed beyond 27.
    assert on[:5].tolist() == [84, 105, 177, 201, 225]
    assert speed[:5].tolist() == [0.8, 0.8, 1.6, 1.6, 2.0]
    training = [staff.attendance.activity == Activity.TRAINING]
    np.testing.assert_array_equal(staff.attendance.begin[tuple(training)] / 60, [33, 57, 81])
    np.testing.assert_array_equal(staff.attendance.end[tuple(training)] / 60, [41, 65, 84])
    hours = np.array([5, *11 * [8]])
    assert capacity(staff) == pytest.approx(
        60 * 2 * (15 * 8 + hours @ [0.4, 0.4, 0.8, 0.8, *8 * [1]])
    )


def test_around_the_clock_speed_rises_at_midnight() -> None:
    always = [{"days": "Mon-Sun", "from": "00:00", "to": "24:00"}]
    hires = [{"date": MONDAY, "agents": 1}]
    ramp_up = [{"until": "36h", "speed": 0.5}]
    roster = staff_of("1w", agents=0, shifts=always, hires=hires,
                      onboarding={"ramp_up": ramp_up}).roster  # fmt: skip
    assert duties(roster, 0) == [(0, 48), (48, 14 * 24)]
    assert roster.speed.tolist() == [0.5, 1]


def test_agents_have_speeds_of_their_own() -> None:
    scenario = desk("1w", agents=5000, shifts=WEEKLY, speed=1.5, speed_cv=0.25)
    speeds: list[float] = []
    for replication in range(4):
        staff = draw_staff(scenario, replication)
        speeds += staff.employment.speed.tolist()
        np.testing.assert_array_equal(
            staff.roster.speed, staff.employment.speed[staff.roster.agent]
        )
    assert_mean(speeds, 1.5)
    assert stats.kstest(speeds, stats.gamma(a=16, scale=1.5 / 16).cdf).pvalue > 0.001
    slow = desk("1w", agents=10_000, shifts=WEEKLY, speed=2, speed_cv=1)
    assert draw_staff(slow, 0).employment.speed.min() == 0.02
