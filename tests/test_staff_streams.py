"""What a change of one key changes in the people of a scenario, and what it leaves as it was."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from small_teams import (
    DAILY,
    MONDAY,
    OFFICE,
    POLICY,
    assert_same,
    capacity,
    days_of,
    desk,
    staff_of,
)
from supportsim.sampling.roster import draw_staff
from supportsim.tables import Activity
from supportsim.units import DAY, WEEK

if TYPE_CHECKING:
    from supportsim.scenario import Scenario


def test_hiring_policies_have_their_order() -> None:
    scenario = desk("104w", **POLICY)
    policy = "teams.desk.turnover.hiring"
    least, replace, most = (
        capacity(draw_staff(scenario.replace({policy: hiring}), 0))
        for hiring in ("freeze", "replace", "ahead")
    )
    assert least < 0.8 * replace
    assert replace < 0.95 * most
    full = capacity(draw_staff(desk("104w", agents=100, shifts=DAILY), 0))
    assert 0.9 * full < most < full


def test_a_longer_search_lowers_the_capacity() -> None:
    scenario = desk("104w", **POLICY)
    found = [
        capacity(draw_staff(scenario.replace({"teams.desk.turnover.time_to_hire": f"{days}d"}), 0))
        for days in (0, 14, 30, 60, 120, 240)
    ]
    # A search within the notice costs nothing, but for those who stay no longer than it.
    assert found[0] >= found[1] > 0.99 * found[0]
    assert np.all(np.diff(found[1:]) < -0.01 * found[0])


def test_a_longer_search_changes_nothing_but_first_days() -> None:
    scenario = desk("104w", **POLICY, absence={"planned": 0.1, "unplanned": 0.05}, speed_cv=0.2)
    one = draw_staff(scenario, 3)
    other = draw_staff(scenario.replace({"teams.desk.turnover.time_to_hire": "90d"}), 3)
    first = slice(0, 100)
    for name, column in one.employment.columns().items():
        if name != "filled":  # the first day of the successor
            np.testing.assert_array_equal(column[first], other.employment.columns()[name][first])
    for table in ("attendance", "roster"):
        mine, theirs = getattr(one, table), getattr(other, table)
        for name, column in mine.columns().items():
            np.testing.assert_array_equal(
                column[mine.agent < 100], theirs.columns()[name][theirs.agent < 100]
            )
    # Successors stay as long, and are as fast; who is hired later may stay beyond the run.
    known = until_the_end = 0
    for position in range(100):
        people = [staff.employment for staff in (one, other)]
        rows = [np.flatnonzero(table.position == position)[:2] for table in people]
        if min(map(len, rows)) == 2:
            (sooner, left), (later, leaves) = (
                (t.hired[r[1]], t.left[r[1]]) for t, r in zip(people, rows, strict=True)
            )
            if np.isfinite(leaves):
                assert leaves - later == pytest.approx(left - sooner)
                known += 1
            elif np.isfinite(left):
                assert later + (left - sooner) >= scenario.run.horizon + WEEK - 1e-6
                until_the_end += 1
            assert people[0].speed[rows[0][1]] == people[1].speed[rows[1][1]]
    assert known > 10
    assert until_the_end > 0


def test_the_keys_of_one_thing_leave_the_others_as_they_were() -> None:
    scenario = desk("52w", **POLICY | {"agents": 30}, absence={"planned": 0.1, "unplanned": 0.05})
    staff = draw_staff(scenario, 0)
    for key, value in [
        ("absence", {"planned": 0.4}),
        ("breaks", [{"from": "12:00", "to": "13:00"}]),
        ("holidays", {"country": "FR"}),
        ("part_time", {"share": 0.3, "hours": 0.5}),
        ("shifts", OFFICE),
        ("serves", ["portal"]),
    ]:
        other = draw_staff(scenario.replace({f"teams.desk.{key}": value}), 0)
        assert_same(other.employment, staff.employment)
    # Who comes and goes does not decide who is away.
    still = draw_staff(scenario.replace({"teams.desk.turnover.per_year": 0}), 0)
    for agent in range(30):
        leaves = min(staff.employment.left[agent], scenario.run.horizon)
        for kind in (Activity.PLANNED_ABSENCE, Activity.UNPLANNED_ABSENCE):
            stays = [day for day in days_of(still, kind, agent) if day < leaves // DAY]
            assert [d for d in days_of(staff, kind, agent) if d < leaves // DAY] == stays


def test_more_absence_means_further_days() -> None:
    few = staff_of("52w", agents=5, shifts=DAILY, absence={"unplanned": 0.05})
    many = staff_of("52w", agents=5, shifts=DAILY, absence={"unplanned": 0.15})
    both = staff_of("52w", agents=5, shifts=DAILY, absence={"unplanned": 0.05, "planned": 0.2})
    for agent in range(5):
        ill = set(days_of(few, Activity.UNPLANNED_ABSENCE, agent))
        assert ill < set(days_of(many, Activity.UNPLANNED_ABSENCE, agent))
        leave = set(days_of(both, Activity.PLANNED_ABSENCE, agent))
        assert set(days_of(both, Activity.UNPLANNED_ABSENCE, agent)) == ill - leave


FURTHER = [
    *("agents", "hires", "hires before", "hires of the same day", "named", "counted"),
    *("counted below", "team"),
]


@pytest.mark.parametrize("further", FURTHER)
def test_a_further_agent_leaves_the_others_as_they_were(further: str) -> None:
    team: dict[str, Any] = POLICY | {"agents": 4, "absence": {"planned": 0.1, "unplanned": 0.1}}
    hires = [{"date": MONDAY + dt.timedelta(30), "agents": 2}]
    early = [{**DAILY[0], "agents": 2}, {**DAILY[0], "agents": 2}]
    names = [{**DAILY[0], "agent": name} for name in "BCDE"]
    added: dict[str, Any] = {}
    match further:
        case "agents":
            team["hires"] = hires
            added = {"teams.desk.agents": 5}
        case "hires":
            team["hires"] = hires
            added = {"teams.desk.hires": [{**hires[0], "agents": 3}]}
        case "hires before":
            team["hires"] = hires
            added = {"teams.desk.hires": [
                {"date": MONDAY + dt.timedelta(day), "agents": 1} for day in (-5, 9)] + hires
            }  # fmt: skip
        case "hires of the same day":
            team["hires"] = [*hires, {"date": MONDAY + dt.timedelta(90), "agents": 1}]
            added = {"teams.desk.hires": [*hires, *team["hires"]]}
        case "counted below":
            team["shifts"] = early
            added = {"teams.desk.agents": 6,
                     "teams.desk.shifts": [*early, {**OFFICE[0], "agents": 2}]}  # fmt: skip
        case "counted":
            team["shifts"] = early
            added = {"teams.desk.agents": 5, "teams.desk.shifts.0.agents": 3}
        case "named":
            team["shifts"] = names
            added = {"teams.desk.agents": 5,
                     "teams.desk.shifts": [{**DAILY[0], "agent": "A"}, *names]}  # fmt: skip
        case "team":
            other = {"agents": 3, "serves": ["portal"], "shifts": OFFICE}
            added = {"teams.other": other | {"turnover": {"per_year": 3}}}
    scenario = desk("104w", **team)

    def lives(scenario: Scenario) -> list[Any]:
        staff = draw_staff(scenario, 0)
        people, paid = staff.employment, staff.attendance
        return [
            (people.hired[row], people.left[row], *zip(
                paid.begin[paid.agent == row], paid.activity[paid.agent == row], strict=True))
            for row in range(len(people))
        ]  # fmt: skip

    before, after = lives(scenario), lives(scenario.replace(added))
    assert len(after) > len(before)
    assert all(life in after for life in before)


def test_replications_differ_and_can_be_drawn_again() -> None:
    scenario = desk("52w", **POLICY | {"agents": 5}, absence={"planned": 0.1}, speed_cv=0.1)
    one, again, other = (draw_staff(scenario, number) for number in (1, 1, 2))
    for table in ("employment", "attendance", "roster"):
        assert_same(getattr(one, table), getattr(again, table))
    assert not np.array_equal(one.employment.left[:5], other.employment.left[:5])
    assert not np.array_equal(one.employment.speed[:5], other.employment.speed[:5])
    assert days_of(one, Activity.PLANNED_ABSENCE) != days_of(other, Activity.PLANNED_ABSENCE)


def test_a_longer_run_begins_as_a_shorter_one() -> None:
    team = POLICY | {"agents": 5, "absence": {"planned": 0.1, "unplanned": 0.1}}
    short, long = draw_staff(desk("20w", **team), 0), draw_staff(desk("60w", **team), 0)
    for agent in range(5):
        mine = [staff.attendance.agent == agent for staff in (short, long)]
        spans = [
            [row for row in zip(t.begin[m], t.activity[m], strict=True) if row[0] < 20 * WEEK]
            for t, m in zip((short.attendance, long.attendance), mine, strict=True)
        ]
        assert spans[0] == spans[1]
