"""Shift plans: whole and in part, and who rests when, worked out by hand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from small_teams import (
    MONDAY,
    NEVER,
    OFFICE,
    WEEKLY,
    assert_same,
    desk,
    duties,
    minutes,
    staff_of,
)
from supportsim.sampling.roster import draw_roster, draw_staff
from supportsim.scenario import load
from supportsim.scenario.calendar import spans_until
from supportsim.scenario.loading import validate
from supportsim.tables import Activity
from supportsim.units import DAY, WEEK

if TYPE_CHECKING:
    pass


# Plain shift plans


@pytest.mark.parametrize("weekday", range(7))
@pytest.mark.parametrize(
    "shifts",
    [
        OFFICE,
        [{"days": "Mon-Sun", "from": "00:00", "to": "24:00"}],
        [{"days": "Sun,Mon", "from": "22:00", "to": "24:00"},
         {"days": "Mon,Tue", "from": "00:00", "to": "06:00"}],
        [{"days": "Sat-Tue", "from": "08:30", "to": "12:00"},
         {"days": "Sun", "from": "12:00", "to": "13:40"}],
        [{"days": "Mon-Sat", "from": "09:00", "to": "17:20", "each_hour": "20s"}],
        [{"days": "Mon-Sat", "from": "09:00", "to": "17:20", "each_hour": "59.9min"},
         {"days": "Mon-Sat", "from": "17:20", "to": "18:00"}],
        [{"days": "Wed", "from": "23:59", "to": "24:00"}],
    ],
)  # fmt: skip
def test_a_plain_shift_plan_is_everybodys_roster(shifts: list[Any], weekday: int) -> None:
    scenario = desk("30d", MONDAY + dt.timedelta(weekday), agents=3, shifts=shifts, speed=0.7)
    spans = spans_until(scenario.teams["desk"].shifts, scenario, scenario.run.horizon + WEEK)
    staff = draw_staff(scenario, 5)
    roster = staff.roster
    np.testing.assert_array_equal(roster.on, np.tile(spans[:, 0], 3), strict=True)
    np.testing.assert_array_equal(roster.off, np.tile(spans[:, 1], 3), strict=True)
    np.testing.assert_array_equal(roster.agent, np.repeat([0, 1, 2], len(spans)))
    assert set(roster.speed.tolist()) == {0.7}
    assert set(staff.attendance.activity.tolist()) == {Activity.DUTY}
    people = staff.employment
    assert people.position.tolist() == [0, 1, 2]
    assert people.hired.tolist() == people.trained.tolist() == [0, 0, 0]
    assert np.all(np.isinf(people.left))
    assert np.all(np.isnan(people.vacant))
    assert_same(draw_roster(scenario), roster)


def test_the_portal_scenario_keeps_its_roster() -> None:
    scenario = load(Path(__file__).parents[1] / "scenarios" / "portal.toml")
    spans = spans_until(scenario.teams["desk"].shifts, scenario, scenario.run.horizon + WEEK)
    roster = draw_roster(scenario, 7)
    np.testing.assert_array_equal(roster.on, np.tile(spans[:, 0], 2), strict=True)
    np.testing.assert_array_equal(roster.off, np.tile(spans[:, 1], 2), strict=True)
    assert set(roster.speed.tolist()) == {1.0}


def test_tables_have_their_types() -> None:
    later = [{"date": MONDAY + dt.timedelta(999), "agents": 1}]
    codes = {"agent": np.int32, "team": np.int8, "position": np.int32, "activity": np.int8}
    for agents in (0, 2):
        staff = staff_of(agents=agents, hires=later, breaks=[{"from": "12:00", "to": "13:00"}])
        for table in (staff.employment, staff.attendance, staff.roster):
            for name, column in table.columns().items():
                assert column.dtype == codes.get(name, np.float64)
        assert len(staff.employment) == agents


def test_a_team_that_is_never_on_duty() -> None:
    breaks = [{"from": "12:00", "to": "13:00"}]
    part_time = {"share": 0.5, "hours": 0.5}
    staff = staff_of(shifts=NEVER, breaks=breaks, part_time=part_time, absence={"unplanned": 0.1})
    assert (len(staff.employment), len(staff.attendance), len(staff.roster)) == (2, 0, 0)


# Shifts of some


def test_agents_are_numbered_shift_by_shift() -> None:
    early = {"days": "Mon", "from": "06:00", "to": "14:00", "agents": 2}
    none = {"days": "Tue", "from": "06:00", "to": "14:00", "agents": 0}
    late = {"days": "Mon", "from": "10:00", "to": "18:00", "agents": 1}
    roster = staff_of("1w", agents=3, shifts=[early, none, late]).roster
    assert [duties(roster, agent) for agent in range(3)] == [[(6, 14)], [(6, 14)], [(10, 18)]]
    assert set(roster.agent.tolist()) == {0, 1, 2}


def test_a_table_of_shifts_by_name(tmp_path: Path) -> None:
    (tmp_path / "shifts.csv").write_text(
        "agent,day,from,to\n"
        "Anna,Mon-Tue,09:00,12:00\n"
        "Ben,2026-01-07,10:00,18:00\n"
        "Anna,2026-01-10,10:00,14:00\n"
        "Ben,2025-12-31,10:00,18:00\n"  # before the run
        "Ben,2027-01-05,10:00,18:00\n"  # and long after it
    )
    (tmp_path / "desk.toml").write_text(
        'name = "desk"\nrun = { start = 2026-01-05, warm_up = "0d", window = "1w",'
        ' follow_up = "0d" }\n'
        'channels.portal = { arrivals = { per_day = 5 }, work = "3min" }\n'
        'teams.desk = { serves = ["portal"], shifts = { csv = "shifts.csv" } }\n'
    )
    scenario = load(tmp_path / "desk.toml")
    roster = draw_roster(scenario)
    assert duties(roster, 0) == [(9, 12), (33, 36), (130, 134)]
    assert duties(roster, 1, 400 * DAY) == [(58, 66)]
    assert_same(draw_roster(validate(scenario.to_dict())), roster)


def test_dated_shifts_join_those_of_the_week() -> None:
    friday = {"date": MONDAY + dt.timedelta(4), "from": "17:00", "to": "20:00"}
    sunday = {"date": MONDAY + dt.timedelta(-1), "from": "22:00", "to": "24:00"}
    night = {"days": "Mon", "from": "00:00", "to": "02:00"}
    roster = staff_of("1w", agents=1, shifts=[*OFFICE, friday, sunday, night]).roster
    weekday = [(24 * day + 9, 24 * day + 17) for day in range(4)]
    assert duties(roster, 0) == [(0, 2), *weekday, (24 * 4 + 9, 24 * 4 + 20)]


# Breaks


def test_agents_take_turns_with_their_breaks() -> None:
    staff = staff_of("1w", agents=4, breaks=[{"from": "12:00", "to": "14:00", "lasts": "30min"}])
    for agent, begin in enumerate([12, 12.5, 13, 13.5]):
        assert duties(staff.roster, agent, DAY) == [(9, begin), (begin + 0.5, 17)]
    paid = staff.attendance
    rest = paid.activity == Activity.BREAK
    assert paid.begin[rest][:2].tolist() == [720, 720 + 1440]
    assert minutes(staff, Activity.BREAK) == 4 * 10 * 30
    assert minutes(staff) == 4 * 10 * 480


def test_one_agent_takes_the_first_turn_and_none_take_it_together() -> None:
    lunch = {"from": "12:00", "to": "14:00", "lasts": "45min"}
    assert duties(staff_of(agents=1, breaks=[lunch]).roster, 0, DAY) == [(9, 12), (12.75, 17)]
    for agent in (0, 1):
        roster = staff_of(breaks=[{"from": "12:00", "to": "14:00"}]).roster
        assert duties(roster, agent, DAY) == [(9, 12), (14, 17)]


def test_those_who_share_a_shift_take_turns() -> None:
    lunch = {"from": "12:00", "to": "14:00", "lasts": "1h"}
    early = {"days": "Mon", "from": "06:00", "to": "14:00"}
    late = {"days": "Mon", "from": "10:00", "to": "18:00"}
    two_and_three = [{**early, "agents": 2}, {**late, "agents": 3}]
    roster = staff_of(agents=5, shifts=two_and_three, breaks=[lunch]).roster
    breaks = [duties(roster, agent, DAY)[0][1] for agent in range(5)]
    # The second of the early agents rests from 13:00 to 14:00, which ends the shift.
    assert breaks == [12, 13, 12, 12.5, 13]
    assert duties(roster, 1, DAY) == [(6, 13)]
    named = [{**early, "agent": "Anna"}, {**late, "agent": "Ben"}]
    roster = staff_of(agents=2, shifts=named, breaks=[lunch]).roster
    assert [duties(roster, agent, DAY)[0][1] for agent in range(2)] == [12, 13]


def test_a_break_needs_a_duty_that_contains_it() -> None:
    breaks = [
        {"from": "08:45", "to": "09:15"},
        {"from": "16:50", "to": "17:01"},
        {"from": "20:00", "to": "21:00"},
    ]
    staff = staff_of(agents=1, breaks=breaks)
    assert minutes(staff, Activity.BREAK) == 0
    lunch = [{"from": "12:00", "to": "12:20"}]
    hourly = [{**OFFICE[0], "each_hour": "19min"}]
    assert minutes(staff_of(shifts=hourly, breaks=lunch), Activity.BREAK) == 0
    hourly = [{**OFFICE[0], "each_hour": "20min"}]
    staff = staff_of("1w", agents=1, shifts=hourly, breaks=lunch)
    assert minutes(staff, Activity.BREAK) == 10 * 20
    assert [on for on, _ in duties(staff.roster, 0, DAY)] == [9, 10, 11, 13, 14, 15, 16]


def test_breaks_that_overlap_are_one() -> None:
    breaks = [{"from": "12:00", "to": "13:00"}, {"from": "12:30", "to": "13:30"},
              {"from": "13:30", "to": "14:00"}, {"from": "09:00", "to": "09:30"}]  # fmt: skip
    staff = staff_of("1w", agents=1, breaks=breaks)
    assert duties(staff.roster, 0, DAY) == [(9.5, 12), (14, 17)]
    assert np.count_nonzero(staff.attendance.activity == Activity.BREAK) == 2 * 10
    within = [{"from": "12:00", "to": "14:00"}, {"from": "12:30", "to": "13:00"}]
    roster = staff_of("1w", agents=1, breaks=within).roster
    assert duties(roster, 0, DAY) == [(9, 12), (14, 17)]


def test_a_break_may_lie_where_hours_of_duty_meet() -> None:
    halves = [{"days": "Mon", "from": "09:00", "to": "12:00"},
              {"days": "Mon", "from": "12:00", "to": "17:00"}]  # fmt: skip
    roster = staff_of(
        "1w", agents=1, shifts=halves, breaks=[{"from": "11:45", "to": "12:15"}]
    ).roster
    assert duties(roster, 0) == [(9, 11.75), (12.25, 17)]


def test_breaks_of_a_night_shift_and_around_the_clock() -> None:
    night = [{"days": "Mon", "from": "20:00", "to": "24:00"},
             {"days": "Tue", "from": "00:00", "to": "06:00"}]  # fmt: skip
    breaks = [{"from": "02:00", "to": "02:30"}]
    roster = staff_of("1w", agents=1, shifts=night, breaks=breaks).roster
    assert duties(roster, 0) == [(20, 26), (26.5, 30)]
    always = [{"days": "Mon-Sun", "from": "00:00", "to": "24:00"}]
    breaks = [{"from": "00:00", "to": "01:00"}, {"from": "23:00", "to": "24:00"}]
    roster = staff_of("1w", agents=1, shifts=always, breaks=breaks).roster
    assert duties(roster, 0, 2 * DAY) == [(1, 23), (25, 47)]


# Part-time


def test_part_time_agents_work_the_beginning_and_the_end_in_turn() -> None:
    staff = staff_of("1w", agents=4, part_time={"share": 0.5, "hours": 0.75})
    first = [duties(staff.roster, agent, DAY) for agent in range(4)]
    assert first == [[(9, 15)], [(9, 17)], [(11, 17)], [(9, 17)]]
    assert minutes(staff) == 10 * (2 * 480 + 2 * 360)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.25, 0.3, 1 / 3, 0.5, 0.75, 1.0])
@pytest.mark.parametrize("agents", [1, 2, 5, 9, 20])
def test_part_time_agents_are_a_share_spread_evenly(agents: int, share: float) -> None:
    part_time = {"share": share, "hours": 0.5}
    scenario = desk("1w", agents=agents, part_time=part_time, shifts=WEEKLY)
    roster = draw_roster(scenario)
    hours = (roster.off - roster.on)[roster.on < DAY] / 60
    part = hours == 0.5
    assert part.sum() == int(share * agents + 0.5)
    # However many agents there are, the first n of them hold their share.
    sizes = np.cumsum(part) - share * np.arange(1, agents + 1)
    assert np.all(np.abs(sizes) <= 0.5)


def test_the_part_of_a_shift_is_counted_in_minutes_of_duty() -> None:
    # Eight stretches of 10 min; six tenths of them are 48 min.
    hourly = [{**OFFICE[0], "each_hour": "10min"}]
    part_time = {"share": 1, "hours": 0.6}
    staff = staff_of("1w", shifts=hourly, part_time=part_time)
    begin = [(9 + hour, 9 + hour + 1 / 6) for hour in range(4)] + [(13, 13 + 8 / 60)]
    end = [(12 + 2 / 60, 12 + 1 / 6)] + [(13 + hour, 13 + hour + 1 / 6) for hour in range(4)]
    np.testing.assert_allclose(duties(staff.roster, 0, DAY), begin, rtol=1e-12)
    np.testing.assert_allclose(duties(staff.roster, 1, DAY), end, rtol=1e-12)
    # Hours within others belong to the same shift.
    within = [{"days": "Mon", "from": "08:00", "to": "10:00", "each_hour": "6min"},
              {"days": "Mon", "from": "08:12", "to": "08:18"},
              {"days": "Mon", "from": "08:30", "to": "08:36"}]  # fmt: skip
    roster = staff_of("1w", shifts=within, part_time={"share": 1, "hours": 0.5}).roster
    assert [on for on, _ in duties(roster, 0) + duties(roster, 1)] == [8, 8.2, 8.5, 9]
    # A shift over midnight is one.
    night = [{"days": "Mon", "from": "20:00", "to": "24:00"},
             {"days": "Tue", "from": "00:00", "to": "06:00"}]  # fmt: skip
    roster = staff_of("1w", shifts=night, part_time={"share": 1, "hours": 0.5}).roster
    assert (duties(roster, 0), duties(roster, 1)) == ([(20, 25)], [(25, 30)])
    # One of more than a day is not: each day of it is, as around the clock.
    long = [{"days": "Mon", "from": "18:00", "to": "24:00"},
            {"days": "Tue", "from": "00:00", "to": "20:00"}]  # fmt: skip
    roster = staff_of("1w", shifts=long, part_time={"share": 1, "hours": 0.5}).roster
    assert duties(roster, 0) == [(18, 21), (24, 34)]
    assert duties(roster, 1) == [(21, 24), (34, 44)]
    always = [{"days": "Mon-Sun", "from": "00:00", "to": "24:00"}]
    roster = staff_of("1w", shifts=always, part_time={"share": 1, "hours": 0.5}).roster
    assert duties(roster, 0, 2 * DAY) == [(0, 12), (24, 36)]
    assert duties(roster, 1, 2 * DAY) == [(12, 24), (36, 48)]
