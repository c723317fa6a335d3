"""A run whose numbers are made up, so that its pictures change only if the drawing does."""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np

from larger_runs import TURNOVER
from small_runs import OFFICE, PHONE, PORTAL, TEAM, document
from supportsim.measures import Asked, Observation, lacks, measures_of
from supportsim.scenario import Scenario
from supportsim.scenario.loading import validate
from supportsim.studies import Comparison, Run, figures_of
from supportsim.studies.planning.scheduled import DutyWeek
from supportsim.studies.run import Replication
from supportsim.tables import Floats

REPLICATIONS = 4
MEASURES = (
    "portal.first_response_time",
    "portal.response_rate",
    "portal.resolution_time",
    "phone.wait",
)
_MADE = {
    "share": 0.62,
    "min": 500.0,
    "currency": 4.9,
    "agents": 3.5,
    "currency per day": 520.0,
    "hours per day": 20.0,
    "hour of day": 10.5,
    "per day": 5.1,
}
"""What measures say, by their unit; others 9."""
_OF = {
    "answered_within_1h": 0.12,
    "answered_within_48h": 0.88,
    "response_rate": 0.955,
    "backlog_open": 10.4,
    "backlog_awaiting": 4.3,
    "headcount_on_duty": 0.7,
    "occupancy": 0.7,
    "turnover_cost": 60.0,
    "cost_per_ticket": 9.2,
    "labour_cost_per_ticket": 14.0,
}


def made_run(*, more: float = 1.0) -> Run:
    """Return a run of a portal and a phone whose numbers are simple functions.

    Parameters
    ----------
    more
        By how much all of them are larger.
    """
    scenario = _scenario()
    figures = figures_of(scenario)
    wanted = [f.measure for f in figures if f.measure and not lacks(f.measure, scenario)]
    asked = {one.id: one for one in measures_of(scenario, wanted)}
    replications = tuple(
        _replication(scenario, asked, more * (1 + 0.03 * (number - 1.5)))
        for number in range(REPLICATIONS)
    )
    return Run(scenario, figures, asked, replications, "")


@cache
def _scenario() -> Scenario:
    shifts = [{"days": "Mon-Fri", "from": "09:00", "to": "17:00"}]
    peaks = {"morning": {"from": "11:00", "to": "12:00", "factor": 1.5}}
    phone = {**PHONE, "arrivals": {"per_day": 8, "peaks": peaks}}
    absent = {"planned": 0.1, "unplanned": 0.05}
    teams = {
        "desk": {**TEAM, "agents": 2, "shifts": shifts},
        "calls": {
            **TEAM,
            "agents": 4,
            "serves": ["phone"],
            "shifts": shifts,
            "absence": absent,
            "turnover": {**TURNOVER, "cost_per_leaver": 3000},
        },
    }
    return validate(
        document(
            name="made <desk> $1$",
            calendar={"business_hours": OFFICE},
            channels={"portal": PORTAL, "phone": phone},
            teams=teams,
            benchmarks={
                "use": [
                    "portal",
                    "peak.phone",
                    "global.cost_per_minute",
                    "global.cost_per_ticket_range",
                ]
            },
        )
    )


def _replication(scenario: Scenario, asked: dict[str, Asked], scale: float) -> Replication:
    days = round(scenario.run.window_edges[1] / 1440)
    day, hour = np.arange(days), np.arange(168)
    open_hours = (hour % 24 >= 9) & (hour % 24 < 17) & (hour < 120)
    slope = 1 + (hour % 24) / 24
    wave = scale * (1 + 0.3 * np.sin(day / 3))
    weekly = {
        "portal.arrivals": scale * np.where(open_hours, 2.1, 0.2),
        "portal.answered": scale * np.where(hour < 160, 2.0, 0.0),
        "portal.waited": 900 * scale * slope * (1 + hour // 24),
        "phone.arrivals": scale * np.where(open_hours, 1.5, 0.7) * slope,
        "phone.answered": scale * np.ones(168),
        "phone.waited": 3 * slope,
        "team.desk.duty": np.where(open_hours, 180.0, 0.0),
        "team.desk.work": np.where(open_hours, 60.0 * scale * slope, 0.0),
        "team.calls.duty": np.where(open_hours, 150.0 * scale * slope, 0.0),
        "team.calls.work": np.where(open_hours, 120.0 * scale, 0.0),
    }
    backlog = {
        f"{name}.backlog_{state}": level * wave
        for name in ("portal", "phone", "all")
        for state, level in (("open", 11.0), ("awaiting", 4.5))
    }
    staff = {
        f"team.{team}.{name}": level * wave
        for team in scenario.teams
        for name, level in (("headcount", 4.0), ("vacancies", 0.6), ("effective_capacity", 3.2))
    }
    observations = {name: _observation(one, scale) for name, one in asked.items()}
    return Replication(observations, backlog, staff, weekly, tickets=100, unfinished=0)


def _observation(asked: Asked, scale: float) -> Observation:
    value = scale * _OF.get(asked.measure.name, _MADE.get(asked.measure.unit, 9.0))
    value = _OF.get(asked.id.partition(".")[2], value / scale) * scale
    if asked.measure.estimator == "quantile":
        return Observation(value, 1.0, np.linspace(1, 4 * value, 95))
    return Observation(100 * value, 100.0)


def made_comparison() -> Comparison:
    """Return a comparison of a made run with one that has a tenth more of everything."""
    return Comparison(
        made_run(), {"a tenth more": made_run(more=1.1), "same": made_run()}, MEASURES, 0.95, {}
    )


def made_week() -> DutyWeek:
    """Return a week in which some hours are short of agents."""
    hours = np.arange(24)
    required = np.tile(np.where((hours >= 8) & (hours < 18), 1 + hours // 5, 0), (7, 1))
    there: Floats = np.tile(np.where((hours >= 8) & (hours < 18), 3.4, 0.0), (7, 1))
    required[5:] = 0
    return DutyWeek("calls", required.astype(np.int32), there)


def made_calibration() -> Any:
    """Return what the plots of a calibration look at: two parameters and three figures."""
    run = made_run()
    judged = [verdict for verdict in run.verdicts if verdict.answer != "not simulated"][:3]

    def parameter(key: str, own: float) -> SimpleNamespace:
        return SimpleNamespace(key=key, own=own, bounds="0:1", share=lambda number: number)

    def residual(verdict: Any) -> Any:
        middle = sum(verdict.figure.published) / 2
        half = verdict.figure.tolerance.high - middle
        return lambda simulated: (simulated - middle) / half

    targets = [SimpleNamespace(figure=one.figure, residual=residual(one)) for one in judged]
    trial = SimpleNamespace(point=np.array([0.3, 0.8]), residuals=np.array([0.1, -0.6, 2.0]))
    names = ("channels.portal.wrap_up", "channels.portal.patience.mean")
    return SimpleNamespace(
        problem=SimpleNamespace(
            parameters=[parameter(name, own) for name, own in zip(names, (0.5, 0.6), strict=True)],
            targets=targets,
        ),
        fit=SimpleNamespace(trial=trial, values=dict(zip(names, ("3min", "2d"), strict=True))),
        reaches=[SimpleNamespace(low=0.1, high=0.5), SimpleNamespace(low=0.6, high=1.0)],
        interval=lambda row: ((0.25, 0.35), (0.7, 0.9))[row],
        scenario=run.scenario,
        verdicts=judged,
    )
