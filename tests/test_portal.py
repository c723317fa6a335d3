"""The shipped portal scenario: every published portal figure at once, and honestly labelled."""

from pathlib import Path

import pytest

import supportsim as ss

PORTAL = Path(__file__).parents[1] / "scenarios" / "portal.toml"

MATCHED = {
    "portal.answered_within_1h": "fitted",
    "portal.answered_within_24h": "fitted",
    "portal.answered_within_48h": "fitted",
    "portal.response_rate": "predicted",
    "portal.resolution_time": "fitted",
    "portal.resolution_rate": "predicted",
    "portal.first_response_time": "predicted",
    "portal.backlog": "fitted",
    "portal.backlog_awaiting": "predicted",
    "portal.transfers": "input",
    "portal.cost_per_contact": "input",
    "portal.tickets_per_day": "input",
    "portal.business_hours_share": "input",
    "portal.wrap_up": "input",
    "portal.device_share.desktop": "input",
    "portal.device_share.mobile": "input",
    "portal.device_share.tablet": "input",
    "portal.csat": "fitted",
    "portal.nps": "fitted",
    "portal.ces": "fitted",
}


@pytest.mark.parametrize(
    "seed", [1, 2, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (3, 4, 5))]
)
def test_no_published_figure_is_missed_with_any_seed(seed: int) -> None:
    result = ss.run(PORTAL, seed=seed)
    verdicts = result.verdicts
    judged = verdicts[verdicts["verdict"] != "not simulated"]
    assert dict(judged["role"]) == MATCHED
    assert set(judged["verdict"]) == {"matches"}
    assert result.all_match
    assert result.warnings == ()
    assert judged.loc["portal.first_response_time", "clock"] == "business hours"


def test_facts_about_the_market_are_listed_with_the_reason() -> None:
    verdicts = ss.run(PORTAL, replications=2).to_dict()["verdicts"]
    reasons = {v["id"]: v["reason"] for v in verdicts if v["verdict"] == "not simulated"}
    assert reasons["portal.company_adoption"].startswith("context: ")


def test_8_tickets_a_day_miss_the_bands() -> None:
    result = ss.run(PORTAL, changes={"channels.portal.arrivals.per_day": 8}, replications=20)
    for band in ("1h", "24h", "48h"):
        assert result.verdicts.loc[f"portal.answered_within_{band}", "verdict"] == "misses"
    assert not result.all_match
