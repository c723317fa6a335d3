"""The busiest hour: one a replication, and never the mean of two."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from strategies import workload_of
from supportsim.engine import simulate
from supportsim.measures import Facts, Observation, find, measures_of, observe
from supportsim.sampling import draw_staff, routing
from supportsim.scenario.loading import validate
from supportsim.stats.estimates import estimate, quantile_estimate
from supportsim.studies import run
from test_verdicts import figure

PEAKS: dict[str, Any] = {
    "morning": {"from": "09:00", "to": "10:00", "factor": 40},
    "evening": {"from": "17:00", "to": "18:00", "factor": 40},
}
SCENARIO = validate(
    {
        "name": "peaks",
        "run": {
            "start": dt.date(2026, 1, 5),
            "warm_up": "0d",
            "window": "2d",
            "follow_up": "0d",
            "replications": 20,
        },
        "channels": {"chat": {"arrivals": {"per_day": 100, "peaks": PEAKS}, "work": "1min"}},
        "teams": {"bot": {"agents": "unlimited", "serves": ["chat"]}},
    }
)
PEAK = find("chat.peak_hour", SCENARIO)
NOON = figure(
    id="peak.chat",
    quantity="peak_hour",
    within=None,
    channel="chat",
    unit="hour of day",
    measure="chat.peak_hour",
    value=13,
    tolerance={"low": 11, "high": 15, "reason": "two hours around it"},
)


def busiest(hours: list[int]) -> list[float]:
    """Return the busiest hour when a ticket comes in each of some hours."""
    workload = workload_of(
        [{"ticket": n, "ready": hour * 60 + n, "work": 1} for n, hour in enumerate(hours)]
    )
    staff, routes = draw_staff(SCENARIO, 0), routing(SCENARIO)
    log = simulate(workload, staff.roster, routes, SCENARIO.run.horizon)
    facts = Facts(SCENARIO, workload, log, staff.roster, routes)
    found: list[float] = observe(facts, [PEAK])["chat.peak_hour"].sample.tolist()
    return found


def test_every_replication_has_one_busiest_hour() -> None:
    assert (PEAK.measure.estimator, PEAK.measure.level) == ("quantile", 0.5)
    assert busiest([1, 9, 9, 17]) == [9.5]
    assert busiest([33, 9]) == [9.5]  # on the next day
    assert "chat.peak_hour" in {asked.id for asked in measures_of(SCENARIO)}


def test_of_several_busiest_hours_it_is_not_always_the_first() -> None:
    assert busiest([9, 17]) == [9.5]
    assert busiest([1, 9, 9, 17, 17]) == [17.5]
    assert busiest([1, 2, 9, 9, 17, 17]) == [9.5]


def test_two_equal_peaks_are_not_one_between_them() -> None:
    result = run(SCENARIO, figures=[NOON], workers=1)
    hours = [one.observations["chat.peak_hour"].sample.tolist() for one in result.replications]
    assert {hour for (hour,) in hours} == {9.5, 17.5}
    (verdict,) = result.verdicts
    assert verdict.low < 11
    assert verdict.high > 15
    assert verdict.answer == "undecided"


def test_one_peak_is_known_to_the_hour() -> None:
    noon = {"noon": {"from": "13:00", "to": "14:00", "factor": 90}}
    result = run(
        SCENARIO.replace({"channels.chat.arrivals.peaks": noon}), figures=[NOON], workers=1
    )
    (verdict,) = result.verdicts
    assert (verdict.simulated, verdict.low, verdict.high) == (13.5, 13.5, 13.5)
    assert verdict.answer == "matches"


@pytest.mark.parametrize("late", range(21))
def test_an_interval_of_one_hour_each_reaches_every_likely_median(late: int) -> None:
    """20 hours, each 9.5 or 17.5: between 7 and 13 of either the median may be both."""
    samples = [np.array([17.5 if n < late else 9.5]) for n in range(20)]
    found = quantile_estimate(samples, 0.5)
    assert found.low <= found.mean <= found.high
    if 7 <= late <= 13:
        assert found.low < 11
        assert found.high > 15
    if late in (0, 20):
        assert found.low == found.mean == found.high


def test_nothing_is_known_of_the_peak_of_a_channel_that_nobody_uses() -> None:
    assert busiest([60]) == []  # after the window
    found = estimate(PEAK.measure, [Observation(np.nan, np.nan)] * 2)
    assert np.isnan([found.mean, found.low, found.high]).all()
