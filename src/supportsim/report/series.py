"""Numbers of each day, over the replications: the backlog and the staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from supportsim.stats import ratio_estimate
from supportsim.tables import Floats
from supportsim.units import WEEK

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from supportsim.studies import Run

Band = tuple[Floats, Floats, Floats]
"""Means, and the lower and upper ends of their 95 % intervals; NaN where there is none."""

_LONG = 20 * WEEK

STAFF = {
    "headcount": "headcount",
    "vacancies": "vacancies",
    "effective_capacity": "effective capacity",
}
"""The measures of staff that are kept for each day, and their names in words."""


def ratios(numerators: Floats, denominators: Floats) -> Band:
    """Return the ratio in each column, and its interval.

    Parameters
    ----------
    numerators : shape (replications, points)
    denominators : shape (replications,)
    """
    made = [ratio_estimate(column, denominators) for column in numerators.T]
    rows = np.array([(one.mean, one.low, one.high) for one in made]).reshape(-1, 3)
    return rows[:, 0], rows[:, 1], rows[:, 2]


def of_periods(by_replication: Sequence[Mapping[str, Floats]], measure: str, days: int) -> Band:
    """Return the average of each whole period of so many days, and its interval."""
    daily = np.array([series[measure] for series in by_replication])
    periods = daily.shape[1] // days
    means = daily[:, : periods * days].reshape(len(daily), periods, days).mean(axis=2)
    return ratios(means, np.ones(len(means)))


def days_of_period(run: Run) -> int:
    """Return the days that a point of a line over dates stands for: 1, or 7 of a long run.

    Over more than 20 weeks, weekends would hide everything else.
    """
    return 7 if run.scenario.run.window_edges[1] > _LONG else 1


def staff_of(run: Run, team: str, days: int = 1) -> dict[str, Band]:
    """Return the headcount, vacancies and effective capacity of a team in periods of some days."""
    series = [one.staff for one in run.replications]
    return {name: of_periods(series, f"team.{team}.{name}", days) for name in STAFF}


def teams_with_staff(run: Run) -> list[str]:
    """Return the teams of which it is known who is there: all but those without limit."""
    known = run.replications[0].staff
    return [team for team in run.scenario.teams if f"team.{team}.headcount" in known]
