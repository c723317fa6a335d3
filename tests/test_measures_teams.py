"""Measures of teams and of the whole desk, worked out by hand, and the staff of every day."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from math import inf, nan
from typing import Any

import numpy as np
import pytest

from strategies import roster_of, workload_of
from supportsim.measures import Facts, daily_staff, measures_of, observe
from supportsim.sampling import routing
from supportsim.scenario.loading import validate
from supportsim.tables import Activity, Attendance, ContactLog, Employment, Outcome, Stints
from supportsim.units import DAY

# --- The desk ------------------------------------------------------------------------------------
#
# Minute 0 is midnight before a Monday; the window is day 1 to day 11. New agents of the desk are
# trained for a day, and then work at 0.5 for 2 days and at 0.8 for 2 more. One was hired 2 days
# before the start, and one joins on day 3. The night team does not replace those who leave.

SHIFTS = [{"days": "Mon-Sun", "from": "00:00", "to": "08:00"}]
SCENARIO = validate(
    {
        "name": "people",
        "run": {"start": dt.date(2026, 1, 5), "warm_up": "1d", "window": "10d", "follow_up": "1d"},
        "channels": {
            "phone": {"live": True, "arrivals": {"per_day": 1}, "work": "1min"},
            "email": {"arrivals": {"per_day": 1}, "work": "1min", "occupies": 0.5},
        },
        "teams": {
            "desk": {
                "agents": 2,
                "serves": ["phone"],
                "shifts": SHIFTS,
                "breaks": [{"from": "04:00", "to": "04:30"}],
                "turnover": {"per_year": 0.5, "time_to_hire": "2d", "cost_per_leaver": 1000},
                "onboarding": {
                    "training": "1d",
                    "ramp_up": [{"until": "2d", "speed": 0.5}, {"until": "4d", "speed": 0.8}],
                },
                "hires": [
                    {"date": dt.date(2026, 1, 3), "agents": 1},
                    {"date": dt.date(2026, 1, 8), "agents": 1},
                ],
                "cost_per_hour": 30,
            },
            "night": {
                "agents": 1,
                "serves": ["email"],
                "shifts": SHIFTS,
                "absence": {"unplanned": 0.1},
                "turnover": {"per_year": 0.5, "hiring": "freeze"},
                "cost_per_hour": 60,
            },
            "bot": {"agents": "unlimited", "serves": ["email"]},
        },
    }
)
# Team, position, vacant, hired, trained, left, filled (days), speed.
PEOPLE: list[tuple[int, int, float, float, float, float, float, float]] = [
    (0, 0, nan, 0, 0, 5, 7, 1.0),
    (0, 1, nan, 0, 0, inf, nan, 1.2),
    (1, 0, nan, 0, 0, 6, inf, 0.9),
    (
        0,
        2,
        nan,
        0,
        0,
        inf,
        nan,
        1.0,
    ),  # hired on day −2, trained on −1: at 0.8 from day 1, at 1 from 3
    (0, 3, nan, 3, 4, 9, 40, 1.0),  # at 0.5 from day 4, at 0.8 from 6, at 1 from 8
    (0, 0, 5, 7, 8, inf, nan, 1.0),  # fills the first position; at 0.5 from day 8, at 0.8 from 10
]
TEAM, POSITION, VACANT, HIRED, TRAINED, LEFT, FILLED, SPEED = (
    np.array(column) for column in zip(*PEOPLE, strict=True)
)
EMPLOYMENT = Employment(
    agent=np.arange(len(PEOPLE), dtype=np.int32),
    team=TEAM.astype(np.int8),
    position=POSITION.astype(np.int32),
    vacant=VACANT * DAY,
    hired=HIRED * DAY,
    trained=TRAINED * DAY,
    left=LEFT * DAY,
    filled=FILLED * DAY,
    speed=SPEED,
)
# Agent, team, begin, end, activity. The window is 1440-15840.
PAID: list[tuple[int, int, float, float, Activity]] = [
    (0, 0, 0, 480, Activity.DUTY),
    (0, 0, 1440, 1920, Activity.DUTY),
    (0, 0, 1920, 1950, Activity.BREAK),
    (1, 0, 2880, 3360, Activity.HOLIDAY),
    (1, 0, 15600, 16080, Activity.DUTY),
    (4, 0, 4320, 4800, Activity.TRAINING),
    (2, 1, 1500, 1560, Activity.DUTY),
    (2, 1, 3000, 3060, Activity.UNPLANNED_ABSENCE),
    (2, 1, 4000, 4030, Activity.PLANNED_ABSENCE),
]
ATTENDANCE = Attendance(
    agent=np.array([row[0] for row in PAID], np.int32),
    team=np.array([row[1] for row in PAID], np.int8),
    begin=np.array([row[2] for row in PAID], np.float64),
    end=np.array([row[3] for row in PAID], np.float64),
    activity=np.array([row[4] for row in PAID], np.int8),
)
DUTIES: list[tuple[int, int, float, float, float]] = [
    (agent, team, begin, end, 1.0) for agent, team, begin, end, what in PAID if not what
]

# A call of 30 minutes, 10 of them after duty; emails of 40 by the night and 100 by the bot.
WORKLOAD = workload_of(
    [
        {"queue": 0, "ticket": 0, "ready": 1900, "work": 30},
        {"queue": 1, "ticket": 1, "ready": 1510, "work": 40},
        {"queue": 1, "ticket": 2, "ready": 5000, "work": 100, "resolves": False},
    ]
)
BEGIN, END = np.array([1900, 1510, 5000.0]), np.array([1930, 1550, 5100.0])
LOG = ContactLog(
    ready=BEGIN,
    start=BEGIN,
    end=END,
    freed=END,
    agent=np.array([0, 2, -1], np.int32),
    outcome=np.full(3, Outcome.SERVED, np.int8),
    stints=Stints(np.arange(3, dtype=np.int32), np.array([0, 2, -1], np.int32), BEGIN, END),
)
FACTS = Facts(SCENARIO, WORKLOAD, LOG, roster_of(DUTIES), routing(SCENARIO), EMPLOYMENT, ATTENDANCE)

YEARS = 10 / 365.25
EXPECTED: dict[str, tuple[float, float]] = {
    # 480 minutes, and 240 of the last duty.
    "team.desk.headcount_on_duty": (720 / 1440, 10),
    "team.night.headcount_on_duty": (60 / 1440, 10),
    "all.headcount_on_duty": (780 / 1440, 10),
    # Without the bot, who has no duty.
    "team.desk.occupancy": (20, 720),
    "team.night.occupancy": (20, 60),
    "all.occupancy": (40, 780),
    "team.desk.overtime": (10, 10),
    "team.night.overtime": (0, 10),
    "all.overtime": (10, 10),
    # Days in the window: 4 + 10 + 10 + 6 + 4; 5.
    "team.desk.headcount": (34, 10),
    "team.night.headcount": (5, 10),
    "all.headcount": (39, 10),
    # From 5 to 7, and from 9 on; from 6 on.
    "team.desk.vacancies": (2 + 2, 10),
    "team.night.vacancies": (5, 10),
    "all.vacancies": (9, 10),
    "team.desk.effective_capacity": (
        4 + 12 + (0.8 * 2 + 8) + (0.5 * 2 + 0.8 * 2 + 1) + (0.5 * 2 + 0.8),
        10,
    ),
    "team.night.effective_capacity": (4.5, 10),
    "all.effective_capacity": (35.5, 10),
    "team.desk.agent_turnover": (2, 3.4 * YEARS),
    "team.night.agent_turnover": (1, 0.5 * YEARS),
    "all.agent_turnover": (3, 3.9 * YEARS),
    # The first position after 2 days, that of the hire 31 days after, long after the run; the
    # night's never.
    "team.desk.time_to_fill": (33 * 1440, 2),
    "all.time_to_fill": (33 * 1440, 2),
    # Paid as planned: 480 + 30 + 480 + 240 + 480; 60 + 60 + 30.
    "team.desk.shrinkage": (1710 - 720, 1710),
    "team.night.shrinkage": (90, 150),
    "all.shrinkage": (1080, 1860),
    "team.desk.paid_hours": (28.5, 10),
    "team.night.paid_hours": (2.5, 10),
    "all.paid_hours": (31, 10),
    # Of the call, 10 minutes after duty fall into a paid break; the bot costs nothing.
    "team.desk.labour_cost": (855, 10),
    "team.night.labour_cost": (150, 10),
    "all.labour_cost": (1005, 10),
    "team.desk.turnover_cost": (2000, 10),
    "all.turnover_cost": (2000, 10),
    "all.labour_cost_per_ticket": (3005, 2),
}
DAILY = {
    "team.desk.headcount": [3, 3, 3, 4, 4, 3, 3, 4, 4, 3, 3],
    "team.desk.vacancies": [0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1],
    "team.desk.effective_capacity": [2.7, 3, 3, 3.2, 3.7, 2.7, 3, 3, 3.7, 2.7, 3],
    "team.night.headcount": [1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0],
    "team.night.vacancies": [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1],
    "team.night.effective_capacity": [0.9] * 6 + [0] * 5,
}


@pytest.mark.parametrize("measure", EXPECTED)
def test_measure_by_hand(measure: str) -> None:
    asked = {one.id: one for one in measures_of(SCENARIO)}[measure]
    found = observe(FACTS, [asked])[measure]
    assert (found.numerator, found.denominator) == pytest.approx(EXPECTED[measure], rel=1e-12)


def test_no_measure_of_a_team_is_left_out() -> None:
    listed = {asked.id for asked in measures_of(SCENARIO) if asked.measure.owner != "channel"}
    assert listed == EXPECTED.keys()


def test_staff_by_day() -> None:
    found = daily_staff(FACTS)
    assert found.keys() == DAILY.keys()
    for name, expected in DAILY.items():
        np.testing.assert_allclose(found[name], expected, rtol=1e-12, atol=1e-12)


def test_one_team_is_not_listed_twice() -> None:
    document = SCENARIO.to_dict()
    document["teams"] = {"desk": document["teams"]["desk"] | {"serves": ["phone", "email"]}}
    listed = {asked.id for asked in measures_of(validate(document))}
    assert "team.desk.agent_turnover" in listed
    assert "all.agent_turnover" not in listed  # the same number, which may still be asked for
    assert "all.labour_cost_per_ticket" in listed
    assert "all.agent_turnover" in {
        asked.id for asked in measures_of(validate(document), ["all.agent_turnover"])
    }


def test_a_successor_who_began_before_the_other_left_leaves_no_gap() -> None:
    hired, filled = EMPLOYMENT.hired.copy(), EMPLOYMENT.filled.copy()
    hired[5], filled[0] = 4 * DAY, 5 * DAY
    facts = replace(FACTS, employment=replace(EMPLOYMENT, hired=hired, filled=filled))
    found = observe(facts, measures_of(SCENARIO))
    gap = found["team.desk.time_to_fill"]
    assert (gap.numerator, gap.denominator) == (31 * DAY, 2)
    assert found["team.desk.vacancies"].numerator == pytest.approx(2)
    assert found["team.desk.headcount"].numerator == pytest.approx(37)


@pytest.mark.parametrize(
    ("change", "lacking"),
    [
        ({"teams.desk.breaks": [], "teams.desk.onboarding": {}}, {"team.desk.shrinkage"}),
        ({"teams.desk.cost_per_hour": 0}, {"team.desk.labour_cost"}),
        ({"teams.desk.turnover.hiring": "freeze"}, {"team.desk.time_to_fill", "all.time_to_fill"}),
        (
            {"teams.desk.turnover.cost_per_leaver": 0},
            {"team.desk.turnover_cost", "all.turnover_cost"},
        ),
        (
            {"teams.desk.cost_per_hour": 0, "teams.night.cost_per_hour": 0},
            {
                "team.desk.labour_cost",
                "team.night.labour_cost",
                "all.labour_cost",
                "all.labour_cost_per_ticket",
            },
        ),
    ],
)
def test_what_the_scenario_does_not_say_is_not_listed(
    change: dict[str, Any], lacking: set[str]
) -> None:
    scenario = SCENARIO.replace(change)
    listed = {asked.id for asked in measures_of(scenario) if asked.measure.owner != "channel"}
    assert EXPECTED.keys() - listed == lacking
