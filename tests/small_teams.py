"""Scenarios with one small team, and what its people do."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from supportsim.sampling.roster import draw_staff
from supportsim.scenario.loading import validate
from supportsim.tables import Activity
from supportsim.units import DAY, WEEK

if TYPE_CHECKING:
    from supportsim.sampling.roster import Staff
    from supportsim.scenario import Scenario
    from supportsim.tables import Roster

MONDAY = dt.date(2026, 1, 5)
OFFICE = [{"days": "Mon-Fri", "from": "09:00", "to": "17:00"}]
DAILY = [{"days": "Mon-Sun", "from": "09:00", "to": "17:00"}]
WEEKLY = [{"days": "Mon", "from": "09:00", "to": "10:00"}]
NEVER = [{"date": MONDAY + dt.timedelta(-99), "from": "09:00", "to": "10:00"}]

POLICY: dict[str, Any] = {
    "agents": 100, "shifts": DAILY, "onboarding": {
        "training": "20d", "ramp_up": [{"until": "30d", "speed": 0.5}]},
    "turnover": {"per_year": 0.8, "time_to_hire": "60d", "notice": "14d"},
}  # fmt: skip


def desk(window: str = "4w", start: dt.date = MONDAY, seed: int = 1, **team: Any) -> Scenario:
    """Return a scenario with one team, by default of two agents in office hours."""
    return validate(
        {
            "name": "desk",
            "run": {"start": start, "warm_up": "0d", "window": window, "follow_up": "0d",
                    "seed": seed},
            "channels": {"portal": {"arrivals": {"per_day": 5}, "work": "3min"}},
            "teams": {"desk": {"agents": 2, "serves": ["portal"], "shifts": OFFICE} | team},
        }
    )  # fmt: skip


def staff_of(window: str = "4w", **team: Any) -> Staff:
    return draw_staff(desk(window, **team), 0)


def duties(roster: Roster, agent: int, until: float = WEEK) -> list[tuple[float, float]]:
    """Return an agent's duties that begin within a time, hours after the start."""
    mine = (roster.agent == agent) & (roster.on < until)
    return list(zip(roster.on[mine] / 60, roster.off[mine] / 60, strict=True))


def minutes(staff: Staff, activity: Activity | None = None) -> float:
    """Return how many minutes are paid, of some activity or in all."""
    paid = staff.attendance
    mine = np.ones(len(paid), np.bool_) if activity is None else paid.activity == activity
    return float((paid.end - paid.begin)[mine].sum())


def days_of(staff: Staff, activity: Activity, agent: int | None = None) -> list[int]:
    """Return the days on which paid time of an activity begins."""
    paid = staff.attendance
    mine = paid.activity == activity
    if agent is not None:
        mine &= paid.agent == agent
    return np.unique(np.floor(paid.begin[mine] / DAY)).astype(int).tolist()


def capacity(staff: Staff) -> float:
    """Return the minutes of duty, weighted by speed."""
    return float(((staff.roster.off - staff.roster.on) * staff.roster.speed).sum())


def assert_same(one: Any, other: Any) -> None:
    for name, column in one.columns().items():
        np.testing.assert_array_equal(column, getattr(other, name), strict=True)


def assert_mean(samples: Any, expected: float) -> None:
    """Assert that a mean is as expected, so closely that an error of 3 % would be seen."""
    mean, error = np.mean(samples), stats.sem(samples, axis=None)
    assert 5 * error < 0.03 * expected, "too few samples to tell"
    assert abs(mean - expected) < 3 * error
