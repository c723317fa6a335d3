"""Attendance and duty of random teams, against what is worked out for single instants."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from naive_roster import activity_at
from supportsim.sampling.roster import Staff, draw_staff
from supportsim.scenario.loading import validate
from supportsim.tables import Activity
from supportsim.units import WEEK

if TYPE_CHECKING:
    from supportsim.scenario import Scenario

START = dt.date(2026, 4, 1)  # a Wednesday before Easter
HOURS: list[list[dict[str, Any]]] = [
    [{"days": "Mon-Fri", "from": "09:00", "to": "17:00"}],
    [{"days": "Mon-Sun", "from": "00:00", "to": "24:00"}],
    [{"days": "Sun-Fri", "from": "21:00", "to": "24:00"},
     {"days": "Mon-Sat", "from": "00:00", "to": "05:30"}],
    [{"days": "Mon-Sun", "from": "07:00", "to": "12:00"},
     {"days": "Mon-Fri", "from": "12:00", "to": "15:00"},
     {"date": dt.date(2026, 4, 4), "from": "14:00", "to": "20:00"}],
    [{"days": "Mon-Sat", "from": "08:10", "to": "16:25", "each_hour": "25min"},
     {"days": "Mon-Fri", "from": "08:40", "to": "10:40", "each_hour": "20min"}],
]  # fmt: skip


@st.composite
def teams(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a team in which anything may come together."""
    kind = draw(st.sampled_from(["shared", "shared", "counted", "named"]))
    team: dict[str, Any] = {"serves": ["portal"]}
    rows = draw(st.sampled_from(HOURS))
    if kind == "shared":
        team |= {"agents": draw(st.integers(1, 4)), "shifts": rows}
        team["hires"] = [
            {"date": START + dt.timedelta(draw(st.integers(-9, 40))), "agents": 2}
            for _ in range(draw(st.integers(0, 2)))
        ]
    elif kind == "counted":
        team["shifts"] = [{**row, "agents": draw(st.integers(1, 3))} for row in rows]
    else:
        team["shifts"] = [
            {**row, "agent": name} for name in ("Anna", "Ben", "3") for row in draw(
                st.sampled_from(HOURS))
        ]  # fmt: skip
    for key, values in {
        "breaks": [
            [{"from": "12:00", "to": "13:30", "lasts": "30min"}],
            [{"from": "09:00", "to": "09:15"}, {"from": "02:00", "to": "04:00", "lasts": "41min"}],
            [{"from": "11:50", "to": "13:00", "lasts": "25min"}, {"from": "12:10", "to": "12:30"}],
        ],
        "holidays": [{"country": "DE", "subdivision": "BY", "more": [dt.date(2026, 4, 15)]}],
        "absence": [{"planned": 0.3}, {"planned": 0.2, "unplanned": 0.3, "spell": "2.5d"}],
        "part_time": [{"share": 0.4, "hours": 0.6}, {"share": 1, "hours": 0.35}],
        "turnover": [
            {"per_year": 20, "time_to_hire": "9d", "notice": "4d"},
            {"per_year": 20, "hiring": "ahead"},
            {"per_year": 9, "hiring": "freeze"},
        ],
        "onboarding": [{"training": "3.3d", "ramp_up": [{"until": "5d", "speed": 0.5}]}],
        "speed_cv": [0.3],
    }.items():
        if draw(st.booleans()):
            team[key] = draw(st.sampled_from(values))
    return team


def scenario_of(team: dict[str, Any], seed: int) -> Scenario:
    return validate(
        {
            "name": "random",
            "run": {"start": START, "warm_up": "0d", "window": "40d", "follow_up": "5h",
                    "seed": seed},
            "channels": {"portal": {"arrivals": {"per_day": 5}, "work": "3min"}},
            "teams": {"desk": team},
        }
    )  # fmt: skip


def assert_sound(staff: Staff, until: float) -> None:
    """Assert what holds for the tables of every scenario."""
    people, paid, roster = staff.employment, staff.attendance, staff.roster
    np.testing.assert_array_equal(people.agent, np.arange(len(people)))
    assert np.all((people.hired <= people.trained) & (people.hired <= people.left))
    assert np.all((people.hired >= 0) & (people.hired < until))
    assert np.all((people.left < until) | np.isinf(people.left))
    assert np.all(people.speed > 0)
    for table, begin, end in ((paid, paid.begin, paid.end), (roster, roster.on, roster.off)):
        same = table.agent[1:] == table.agent[:-1]
        assert np.all(np.diff(table.agent) >= 0)
        assert np.all(begin < end)
        assert np.all(end[:-1][same] <= begin[1:][same])
        assert np.all((begin >= people.hired[table.agent]) & (end <= people.left[table.agent]))
        assert np.all((begin >= 0) & (end <= until))
        np.testing.assert_array_equal(table.team, people.team[table.agent])
    assert np.all(roster.on >= people.trained[roster.agent])
    assert np.all(roster.speed > 0)
    duty = paid.activity == Activity.DUTY
    for mine, other in ((paid.agent, roster.agent), (paid.begin, roster.on)):
        np.testing.assert_array_equal(mine[duty], other)
    np.testing.assert_array_equal(paid.end[duty], roster.off)
    # At most one of those who fill a position is on duty at a time.
    order = np.lexsort((roster.on, people.position[roster.agent], roster.team))
    place = people.position[roster.agent][order]
    same = (place[1:] == place[:-1]) & (np.diff(roster.team[order]) == 0)
    assert np.all(roster.off[order][:-1][same] <= roster.on[order][1:][same])


@settings(max_examples=150, deadline=None, derandomize=True)
@given(teams(), st.integers(0, 2**32), st.integers(0, 3))
def test_every_instant_is_spent_as_the_rules_say(
    team: dict[str, Any], seed: int, replication: int
) -> None:
    scenario = scenario_of(team, seed)
    staff = draw_staff(scenario, replication)
    until = scenario.run.horizon + WEEK
    assert_sound(staff, until)
    people, paid = staff.employment, staff.attendance
    speeds = np.full(len(paid), np.nan)
    speeds[paid.activity == Activity.DUTY] = staff.roster.speed
    rng = np.random.default_rng(seed)
    # Anywhere, and right before and after something ends or begins.
    edges = rng.choice(np.concatenate([paid.begin, paid.end, people.left[people.left < until]]), 30)
    times = [*rng.uniform(0, until, 40), *np.repeat(edges, 2) + np.tile([-1e-3, 1e-3], 30)]
    for time in times:
        agent = int(rng.integers(len(people)))
        if not 0 < time < until:
            continue
        row = np.flatnonzero((paid.agent == agent) & (paid.begin <= time) & (time < paid.end))
        assert len(row) <= 1
        wanted = activity_at(scenario, replication, people, agent, time)
        assert (Activity(paid.activity[row[0]]) if len(row) else None) == (wanted and wanted[0])
        if wanted and wanted[0] == Activity.DUTY:
            factors = {1.0}
            if team.get("onboarding") and people.trained[agent] > 0:
                factors = {0.5, 1.0}
            assert any(
                np.isclose(speeds[row[0]], factor * people.speed[agent], rtol=1e-14)
                for factor in factors
            )


@settings(max_examples=50, deadline=None, derandomize=True)
@given(st.lists(teams(), min_size=1, max_size=3), st.integers(0, 2**32))
def test_paid_time_is_the_shift_plan_of_everybody_employed(
    several: list[dict[str, Any]], seed: int
) -> None:
    document = scenario_of(several[0], seed).to_dict()
    document["teams"] = {f"team{number}": team for number, team in enumerate(several)}
    scenario = validate(document)
    bare = {"breaks", "holidays", "absence", "turnover", "onboarding", "speed_cv"}
    for team in document["teams"].values():
        for key in bare & set(team):
            del team[key]
    plain, staff = draw_staff(validate(document), 0), draw_staff(scenario, 0)
    until = scenario.run.horizon + WEEK
    assert_sound(plain, until)
    assert_sound(staff, until)
    assert set(plain.attendance.activity.tolist()) <= {Activity.DUTY}
    place = {
        (team, position): agent
        for agent, team, position in zip(
            plain.employment.agent, plain.employment.team, plain.employment.position, strict=True
        )
    }
    for row in range(len(staff.employment)):
        people = staff.employment
        model = place[people.team[row], people.position[row]]
        mine = plain.attendance.agent == model
        begin = np.maximum(plain.attendance.begin[mine], people.hired[row])
        end = np.minimum(plain.attendance.end[mine], people.left[row])
        wanted = joined(begin[begin < end], end[begin < end])
        own = staff.attendance.agent == row
        found = joined(staff.attendance.begin[own], staff.attendance.end[own])
        assert found == wanted


def joined(begin: Any, end: Any) -> list[tuple[float, float]]:
    """Return spans with those that meet made one."""
    spans: list[tuple[float, float]] = []
    for on, off in zip(begin.tolist(), end.tolist(), strict=True):
        if spans and spans[-1][1] == on:
            spans[-1] = (spans[-1][0], off)
        else:
            spans.append((on, off))
    return spans
