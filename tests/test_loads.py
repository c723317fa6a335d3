"""Offered loads against the occupancy that comes out, and the size of a run before it is made."""

from __future__ import annotations

from typing import Any

import pytest

import supportsim as ss
from supportsim.sampling import draw_workload
from supportsim.scenario.loading import validate
from supportsim.studies.load import expected_contacts, offered_loads

OFFICE = [{"days": "Mon-Fri", "from": "09:00", "to": "17:00"}]


def desk(**changes: Any) -> ss.Scenario:
    document: dict[str, Any] = {
        "name": "desk",
        "run": {"warm_up": "1w", "window": "20w", "follow_up": "1w", "replications": 4, "seed": 2},
        "channels": {
            "phone": {"live": True, "arrivals": {"per_day": 96}, "work": "6min"},
            "email": {"arrivals": {"per_day": 20}, "work": "6min"},
        },
        "teams": {
            "calls": {"agents": 2, "serves": ["phone"], "shifts": OFFICE},
            "mails": {"agents": 2, "serves": ["email"], "shifts": OFFICE},
        },
    }
    return validate(document).replace(changes)


OPENING = {"hours": OFFICE, "outside": "voicemail", "voicemail_to": "email"}


@pytest.mark.parametrize(
    "changes",
    [
        {"channels.phone.opening": {"hours": OFFICE, "outside": "turned away"}},
        {"channels.phone.opening": OPENING},
        {
            "channels.phone.opening": OPENING,
            "channels.email.replies": {"probability": 0.2, "delay": "1h"},
        },
        {
            "channels.phone.opening": {"hours": OFFICE, "outside": "turned away"},
            "channels.phone.transfers": {"probability": 0.2, "to_team": "mails"},
        },
        {
            "channels.phone.opening": {"hours": OFFICE, "outside": "turned away"},
            "channels.phone.escalation": {"to": "email", "probability": 0.3},
            "teams.mails.speed": 0.7,
        },
    ],
    ids=["turned away", "voicemail", "replies", "second tier", "escalation"],
)
def test_the_offered_load_is_the_occupancy_where_nobody_gives_up(changes: dict[str, Any]) -> None:
    scenario = desk(**changes)
    measures = ss.run(scenario).measures
    for load in offered_loads(scenario):
        if len(load.teams) == 1:
            occupied = measures.loc[f"team.{load.teams[0]}.occupancy"]
            assert occupied["mean"] == pytest.approx(load.utilisation, rel=0.05)


def test_a_closed_channel_is_not_said_to_be_overloaded() -> None:
    always = desk(**{"teams.calls.agents": 1})
    assert any("can never be served" in warning for warning in ss.run(always).warnings)
    closed = always.replace({"channels.phone.opening": {"hours": OFFICE, "outside": "turned away"}})
    assert not any("can never be served" in warning for warning in ss.run(closed).warnings)


@pytest.mark.parametrize(
    "changes",
    [
        {"channels.phone.opening": OPENING},
        {
            "channels.phone.patience": "5min",
            "channels.phone.redial": {"probability": 0.9, "delay": "5min", "at_most": 10},
        },
        {
            "channels.phone.switching": {"to": "email", "probability": 1.0, "after": "1min"},
            "channels.email.escalation": {"to": "phone", "probability": 0.5},
            "channels.email.replies": {"probability": 0.9, "delay": "1h"},
        },
        {
            "channels.email.backlog": {"tickets": 5000},
            "channels.email.replies": {"probability": 0.9, "delay": "1h"},
        },
    ],
    ids=["messages", "redials", "switches", "backlog"],
)
def test_a_run_is_no_larger_than_expected_and_not_much_smaller(changes: dict[str, Any]) -> None:
    scenario = desk(**changes)
    expected = sum(expected_contacts(scenario).values())
    assert 0.6 * expected < len(draw_workload(scenario, 0)) < 1.03 * expected
