"""From the agents needed at each time to heads by shift, against brute force and known examples."""

from __future__ import annotations

import datetime as dt
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from small_teams import desk
from supportsim.sampling import draw_staff
from supportsim.studies.planning.cover import availability, cover, minutes_of, presence_of
from supportsim.studies.planning.staffing import Position
from supportsim.units import DAY, WEEK, YEAR

if TYPE_CHECKING:
    from supportsim.scenario import Scenario

FREE = np.zeros(0)


def heads(required: Any, presence: Any, costs: Any, **more: Any) -> list[int] | None:
    found = cover(np.array(required, float), np.array(presence, float), costs, **more)
    return None if found is None else found.tolist()


def by_trying(required: Any, presence: Any, costs: Any, most: int) -> float:
    """Return the least cost by trying all heads."""
    return min(
        (
            float(np.dot(costs, some))
            for some in product(range(most + 1), repeat=presence.shape[1])
            if (presence @ some >= required - 1e-9).all()
        ),
        default=np.inf,
    )


@pytest.mark.parametrize("seed", range(12))
def test_no_cheaper_heads_are_enough(seed: int) -> None:
    rng = np.random.default_rng(seed)
    presence = (rng.random((8, 3)) < 0.6) * rng.choice([1.0, 0.9, 0.5], (1, 3))
    presence[:, 0] = 1.0
    required, costs = rng.integers(0, 6, 8).astype(float), rng.uniform(1, 9, 3).round(1)
    found = cover(required, presence, costs)
    assert found is not None
    assert (presence @ found >= required - 1e-6).all()
    assert costs @ found == pytest.approx(by_trying(required, presence, costs, 12))


def test_the_postal_workers_of_a_textbook() -> None:
    """Winston, Operations Research, section 3.5: five days on, two off; 23 workers are enough.

    (The linear programme without whole numbers needs 22⅓.)
    """
    required = [17, 13, 15, 19, 14, 16, 11]
    presence = [[float((day - first) % 7 < 5) for first in range(7)] for day in range(7)]
    found = heads(required, presence, np.ones(7))
    assert found is not None
    assert sum(found) == 23


def test_nurses_of_six_shifts_around_the_clock() -> None:
    """A cycle of 8-hour shifts every 4 hours (Hillier and Lieberman): 4, 8, 10, 7, 12, 4 -> 26."""
    required = [4, 8, 10, 7, 12, 4]
    presence = [[float((slot - first) % 6 < 2) for first in range(6)] for slot in range(6)]
    found = heads(required, presence, np.ones(6))
    assert found is not None
    assert sum(found) == 26


def test_a_rounding_error_asks_for_nobody_more() -> None:
    assert heads([0.3], [[0.1]], [1.0]) == [3]
    assert heads([0.3001], [[0.1]], [1.0]) == [4]


def test_work_asks_for_minutes_of_any_shift() -> None:
    presence, costs = [[1.0, 0.0], [0.0, 1.0]], [3.0, 2.0]
    minutes = np.array([480.0, 300.0])
    assert heads([1, 1], presence, costs) == [1, 1]
    # 480 + 300 n ≥ 1700 with n = 5 costs 13; 480 · 3 + 300 costs 11.
    assert heads([1, 1], presence, costs, capacity=(minutes, 1700.0)) == [3, 1]


def test_bounds_hold_or_there_are_no_heads() -> None:
    presence = [[1.0, 1.0]]
    assert heads([5], presence, [1, 2], bounds=(np.zeros(2), np.array([3.0, 9.0]))) == [3, 2]
    assert heads([5], presence, [1, 2], bounds=(np.zeros(2), np.array([3.0, 1.0]))) is None
    assert heads([1], [[0.0]], [1]) is None
    assert heads(FREE, np.zeros((0, 2)), [1, 2]) == [0, 0]


# --- Presence ------------------------------------------------------------------------------------


def position(shift: int | None = None) -> Position:
    key = "teams.desk.agents" if shift is None else f"teams.desk.shifts.{shift}.agents"
    return Position(key, "desk", shift, 1, 0, 100, 1.0, 1.0)


def simulated(scenario: Scenario, slots: int, replications: int = 12) -> np.ndarray:
    """Return how much of each slot of the week a head was on duty in rosters that were drawn."""
    edges = np.arange(0, scenario.run.horizon + 1, DAY / slots)
    total = np.zeros(len(edges) - 1)
    agents = scenario.teams["desk"].size
    for replication in range(replications):
        roster = draw_staff(scenario, replication).roster
        for on, off in zip(roster.on, roster.off, strict=True):
            total += np.clip(np.minimum(off, edges[1:]) - np.maximum(on, edges[:-1]), 0, None)
    weeks = total.reshape(-1, 7 * slots).mean(axis=0) / agents / replications
    shares: np.ndarray = weeks / (DAY / slots)
    return shares


LATE = [
    {"days": "Mon-Fri", "from": "09:00", "to": "17:00", "agents": 4},
    {"days": "Sat", "from": "10:15", "to": "14:00", "agents": 6},
]
LUNCH = [{"from": "12:00", "to": "14:00", "lasts": "30min"}]


def test_breaks_and_shifts_are_where_rosters_have_them() -> None:
    scenario = desk("4w", agents=10, shifts=LATE, breaks=LUNCH)
    planned, present = presence_of(scenario, [position(0), position(1)], 48)
    assert set(np.unique(planned)) == {0.0, 0.5, 1.0}
    both = present @ [4, 6]
    # 12 turns stand for the four and six agents of the rosters: whole hours agree, slots nearly.
    drawn = simulated(scenario, 48, 1) * 10
    by_hour = both.reshape(-1, 2).sum(axis=1), drawn.reshape(-1, 2).sum(axis=1)
    np.testing.assert_allclose(both[:24], drawn[:24], atol=0.7)
    assert both.sum() == pytest.approx(drawn.sum(), rel=1e-9)
    outside = np.abs(by_hour[0] - by_hour[1]) > 1e-9
    assert set(np.flatnonzero(outside) % 24) <= {12, 13}
    assert minutes_of(scenario, position(0)) == pytest.approx(5 * 7.5 * 60)


@pytest.mark.parametrize("start", range(5, 12))
def test_the_week_begins_on_monday_whenever_the_scenario_starts(start: int) -> None:
    scenario = desk("1w", start=dt.date(2026, 1, start), agents=10, shifts=LATE)
    _, present = presence_of(scenario, [position(1)], 24)
    hours = [0.75, 1.0, 1.0, 1.0]
    np.testing.assert_allclose(present[:, 0], [0.0] * (5 * 24 + 10) + hours + [0.0] * 34)


def test_shifts_over_midnight_are_whole() -> None:
    night = [
        {"days": "Mon-Sun", "from": "22:00", "to": "24:00"},
        {"days": "Mon-Sun", "from": "00:00", "to": "06:00"},
    ]
    _, present = presence_of(desk(shifts=night), [position()], 24)
    np.testing.assert_allclose(present[:, 0].reshape(7, 24)[:, [22, 23, 0, 5]], 1.0)
    assert present.sum() == pytest.approx(7 * 8)


def test_absence_and_part_time_take_their_share() -> None:
    away = {"planned": 0.1, "unplanned": 0.05}
    part = {"share": 0.5, "hours": 0.5}
    scenario = desk("100w", agents=40, absence=away, part_time=part)
    expected = 0.9 * 0.95 * 0.75
    assert availability(scenario.teams["desk"]) == pytest.approx(expected)
    mean = simulated(scenario, 1, 2)[:5].mean() * 3
    assert mean == pytest.approx(expected, rel=0.03)


def test_vacancies_take_their_share() -> None:
    scenario = desk(
        "300w",
        agents=40,
        turnover={"per_year": 1.5, "time_to_hire": "60d", "notice": "14d"},
        onboarding={"training": "20d"},
    )
    empty, held = 66 * DAY, YEAR / 1.5
    assert availability(scenario.teams["desk"]) == pytest.approx(held / (held + empty))
    weeks = 300
    drawn = draw_staff(scenario, 0).roster
    later = drawn.on > 100 * WEEK
    minutes = (drawn.off - drawn.on)[later & (drawn.on < weeks * WEEK)].sum() / (200 * 40)
    # 1 − 66/(66 + 243.5) = 0.787; the intervals of 40 × 4 years of positions are some 2 % wide.
    assert minutes / (5 * 480) == pytest.approx(held / (held + empty), rel=0.03)
