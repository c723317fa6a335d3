"""A small desk and its run, shared by the tests of reports and of the Python interface."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from supportsim.scenario.loading import validate
from supportsim.studies import Run, run

if TYPE_CHECKING:
    from supportsim.scenario import Scenario

OFFICE = [{"days": "Mon-Fri", "from": "09:00", "to": "17:00"}]
PORTAL: dict[str, Any] = {
    "arrivals": {"per_day": 5, "business_hours_share": 0.8},
    "patience": {"dist": "exponential", "mean": "5d"},
    "work": {"dist": "exponential", "mean": "3min"},
    "wrap_up": "10min",
    "transfers": {"probability": 0.2},
    "replies": {"probability": 0.3, "delay": {"dist": "exponential", "mean": "1d"}},
}
PHONE: dict[str, Any] = {
    "live": True,
    "arrivals": {"per_day": 8},
    "patience": {"dist": "exponential", "mean": "10min"},
    "work": {"dist": "exponential", "mean": "5min"},
}
TEAM: dict[str, Any] = {"agents": 1, "serves": ["portal"], "cost_per_hour": 23, "shifts": OFFICE}


def document(**changes: Any) -> dict[str, Any]:
    """Return a scenario as its file would say it: two replications of three weeks."""
    return {
        "name": "small desk",
        "run": {"warm_up": "1w", "window": "3w", "follow_up": "2w", "replications": 2, "seed": 3},
        "channels": {"portal": PORTAL},
        "teams": {"desk": TEAM},
        "benchmarks": {"use": ["portal"], "fitted": ["portal.response_rate"]},
        **changes,
    }


@cache
def small_scenario() -> Scenario:
    return validate(document())


@cache
def small_run() -> Run:
    return run(small_scenario(), workers=1)


@cache
def two_channel_run() -> Run:
    team = {**TEAM, "serves": ["phone", "portal"]}
    changes = {"channels": {"portal": PORTAL, "phone": PHONE}, "teams": {"desk": team}}
    return run(validate(document(**changes)), workers=1)
