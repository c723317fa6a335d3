"""Measures of customers, worked out by hand: expectations, experience, bumps, self-service."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from math import inf, nan
from typing import Any

import numpy as np
import pytest

from strategies import workload_of
from supportsim.measures import Facts, find, lacks, measures_of, observe
from supportsim.sampling import routing
from supportsim.scenario.loading import validate
from supportsim.tables import (
    NOBODY,
    ContactLog,
    Customers,
    Kind,
    Messages,
    Outcome,
    Roster,
    Stints,
    Visit,
    Visits,
)

# --- The desk ------------------------------------------------------------------------------------
#
# The window is 60-1500, one day. A team without limit, at 1 a minute, answers at the end of its
# work; queue 0 is email, 1 the portal.

DESK: dict[str, Any] = {
    "name": "customers",
    "run": {"start": dt.date(2026, 1, 5), "warm_up": "1h", "window": "24h", "follow_up": "24h"},
    "channels": {
        "email": {
            "arrivals": {"per_day": 1},
            "work": "1min",
            "patience": "5h",
            "devices": {"desktop": 0.6, "mobile": 0.4},
            "bumps": {"probability": 0.1, "delay": "1h"},
            "experience": {
                "halved_by_wait": "1h",
                "if_unresolved": 0.5,
                "per_transfer": 0.8,
                "per_contact": 0.9,
                "if_unanswered": 0.1,
            },
            "satisfaction": {"csat": [0.2, 1.0], "nps": [-50, 50]},
        },
        "portal": {
            "arrivals": {"per_day": 1},
            "work": "1min",
            "experience": {"halved_by_wait": "100min"},
        },
    },
    "teams": {"bot": {"agents": "unlimited", "serves": ["email", "portal"], "cost_per_hour": 60}},
    "self_service": {
        "tried_first": 0.66,
        "answered": 0.5,
        "forum": {"asked": 0.5, "answered": 0.5},
    },
    "customers": {
        "expectations": [{"within": "15min", "share": 0.12}, {"within": "4h", "share": 0.46}],
        "leave_after_bad_experience": 0.25,
        "value": 100,
    },
    "satisfaction": {"csat": [0, 1], "nps": [-100, 100], "ces": [1, 7]},
}
SCENARIO = validate(DESK)
PORTAL, NOT_YET = {"queue": 1}, {"resolves": False}
WORKLOAD = workload_of(
    [
        {"ticket": 0, "ready": 100, "work": 10},
        # Ticket 1 has a reply; 2 is transferred and not resolved; 3 gives up; 4 is reopened.
        {"ticket": 1, "ready": 200, "work": 60, **NOT_YET, "next_if_served": 2},
        {"ticket": 1, "kind": Kind.REPLY, "work": 5},
        {"ticket": 2, "ready": 300, "work": 240, **NOT_YET, "next_if_served": 4},
        {"ticket": 2, "kind": Kind.TRANSFER, "work": 10, **NOT_YET},
        {"ticket": 3, "ready": 400, "patience": 300},
        {"ticket": 4, "ready": 500, "work": 300, "next_if_served": 7},
        {"ticket": 4, "kind": Kind.REOPEN, "work": 20},
        PORTAL | {"ticket": 5, "ready": 600, "work": 100},
        PORTAL | {"ticket": 6, "ready": 700, "work": 15},
        # Ticket 7 came before the window.
        {"ticket": 7, "ready": 30, "work": 1},
    ]
)
READY = np.array([100, 200, 300, 300, 550, 400, 500, 900, 600, 700, 30.0])
END = np.array([110, 260, 305, 540, 560, 700, 800, 920, 700, 715, 31.0])
SERVED = np.arange(len(READY)) != 5
LOG = ContactLog(
    ready=READY,
    start=np.where(SERVED, READY, nan),
    end=END,
    freed=np.where(SERVED, END, nan),
    agent=np.full(len(READY), NOBODY, np.int32),
    outcome=np.where(SERVED, Outcome.SERVED, Outcome.ABANDONED).astype(np.int8),
    stints=Stints(
        contact=np.flatnonzero(SERVED).astype(np.int32),
        agent=np.full(np.count_nonzero(SERVED), NOBODY, np.int32),
        begin=READY[SERVED],
        end=END[SERVED],
    ),
)
NO_ROSTER = Roster(
    np.zeros(0, np.int32), np.zeros(0, np.int8), np.zeros(0), np.zeros(0), np.zeros(0)
)
CUSTOMERS = Customers(
    device=np.array([0, 1, 0, 1, -1, -1, -1, 0], np.int8),
)
FURTHER = Messages(
    ticket=np.array([0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 7, 7], np.int32),
    after=np.array([5, 7, 9.5, 11, 60, 61, 100, 150, 1, 2, 299.5, 300, 0, 0.5]),
)
VISITS = Visits(
    channel=np.array([0, 0, 0, 0, 0, 1, 1], np.int8),
    time=np.array([10, 100, 150, 160, 200, 900, 1600.0]),
    came_to=np.array(
        [
            *(Visit.ARTICLE, Visit.NOT_ANSWERED, Visit.ARTICLE, Visit.FORUM),
            *(Visit.NOT_ANSWERED, Visit.ARTICLE, Visit.FORUM),
        ],
        np.int8,
    ),
)
FACTS = Facts(
    SCENARIO,
    WORKLOAD,
    LOG,
    NO_ROSTER,
    routing(SCENARIO),
    customers=CUSTOMERS,
    visits=VISITS,
    further=FURTHER,
)

# Experience by email: 0 after 10 minutes; 1 after 60, with a reply; 2 after 240, transferred and
# unresolved; 3 unanswered and unresolved; 4 after 300, reopened.
EMAIL = 2 ** (-1 / 6) + 0.5 * 0.9 + 2**-4 * 0.5 * 0.8 + 0.1 * 0.5 + 2**-5 * 0.9
PORTALS = 0.5 + 2**-0.15
EXPECTED: dict[str, tuple[float, float]] = {
    "email.device_share_desktop": (2, 5),
    "email.device_share_mobile": (2, 5),
    # 0 wrote at 5, 7 and 9.5 of 10; 1 at 60 would have been too late; 2 at 100 and 150 of 240, no
    # more; 4 at 299.5 of 300. 3 never got a response.
    "email.messages_before_reply": (4 + 1 + 3 + 2, 4),
    "all.messages_before_reply": (10 + 2, 6),
    # Responses after 10, 60, 240, never, 300; 100 and 15: 12 % expect less than 60, 100 or 240, and
    # 46 % less than 300.
    "email.expectation_met": (1 + 0.88 + 0.88 + 0 + 0.54, 5),
    "portal.expectation_met": (0.88 + 1, 2),
    "all.expectation_met": (3.30 + 1.88, 7),
    "email.bad_experience": (0 + 0.12 + 1 + 1 + 0.46, 5),
    "portal.bad_experience": (0.12, 2),
    "all.bad_experience": (2.70, 7),
    "email.customers_lost": (2.58 / 4, 1),
    "portal.customers_lost": (0.12 / 4, 1),
    "all.customers_lost": (2.70 / 4, 1),
    "email.value_lost": (64.5, 1),
    "portal.value_lost": (3, 1),
    "all.value_lost": (67.5, 1),
    "email.experience": (EMAIL, 5),
    "portal.experience": (PORTALS, 2),
    "all.experience": (EMAIL + PORTALS, 7),
    # On scales of its own, but for the effort.
    "email.csat": (0.2 * 5 + 0.8 * EMAIL, 5),
    "portal.csat": (PORTALS, 2),
    "all.csat": (0.2 * 5 + 0.8 * EMAIL + PORTALS, 7),
    "email.nps": (-50 * 5 + 100 * EMAIL, 5),
    "portal.nps": (-100 * 2 + 200 * PORTALS, 2),
    "all.nps": (-50 * 5 + 100 * EMAIL - 100 * 2 + 200 * PORTALS, 7),
    "email.ces": (5 + 6 * EMAIL, 5),
    "portal.ces": (2 + 6 * PORTALS, 2),
    "all.ces": (7 + 6 * (EMAIL + PORTALS), 7),
    "email.visits_per_day": (4, 1),
    "portal.visits_per_day": (1, 1),
    "all.visits_per_day": (5, 1),
    "email.self_service_tried": (4, 5 + 2),
    "portal.self_service_tried": (1, 2 + 1),
    "all.self_service_tried": (5, 7 + 3),
    "email.self_service_answered": (2, 4),
    "portal.self_service_answered": (1, 1),
    "all.self_service_answered": (3, 5),
    "email.deflected_per_day": (2, 1),
    "portal.deflected_per_day": (1, 1),
    "all.deflected_per_day": (3, 1),
    "email.deflected_by_forum": (1, 1),
    "portal.deflected_by_forum": (0, 1),
    "all.deflected_by_forum": (1, 1),
    "email.deflection": (2, 7),
    "portal.deflection": (1, 3),
    "all.deflection": (3, 10),
    # A ticket costs (10 + 65 + 250 + 0 + 320) / 5 by email, (100 + 15) / 2 in the portal.
    "email.deflection_value": (2 * 129, 1),
    "portal.deflection_value": (57.5, 1),
    "all.deflection_value": (258 + 57.5, 1),
}


@pytest.mark.parametrize("measure", EXPECTED)
def test_measure_by_hand(measure: str) -> None:
    asked = {one.id: one for one in measures_of(SCENARIO)}[measure]
    found = observe(FACTS, [asked])[measure]
    assert (found.numerator, found.denominator) == pytest.approx(EXPECTED[measure], rel=1e-12)


def test_nothing_of_teams_is_listed_where_nobody_is_employed() -> None:
    teams = [asked.id for asked in measures_of(SCENARIO) if asked.measure.owner != "channel"]
    assert teams == ["team.bot.labour_cost"]


def test_an_unanswered_ticket_is_as_bad_as_can_be_unless_the_channel_says_otherwise() -> None:
    plain = SCENARIO.replace({"channels.email.experience": {}})
    found = replace(FACTS, scenario=plain).experience
    # Without factors only those who never get a response are worse off.
    assert found[:5].tolist() == [1, 1, 1, 0, 1]


def test_every_contact_that_the_customer_makes_is_an_effort() -> None:
    """Redials, other channels, messages, escalations, replies and reopenings count alike."""
    for kind, effort in [
        (Kind.RETRY, 0.9),
        (Kind.SWITCH, 0.9),
        (Kind.ESCALATION, 0.9),
        (Kind.REPLY, 0.9),
        (Kind.REOPEN, 0.9),
        (Kind.FOLLOW_UP, 1),
        (Kind.TRANSFER, 0.8),
    ]:
        workload = replace(WORKLOAD, kind=np.where(np.arange(11) == 2, kind, WORKLOAD.kind))
        found = replace(FACTS, workload=workload).experience[1]
        assert found == pytest.approx(0.5 * effort, rel=1e-12)


def test_what_is_not_known_of_customers_is_not_counted() -> None:
    unknown = Facts(SCENARIO, WORKLOAD, LOG, NO_ROSTER, routing(SCENARIO), visits=VISITS)
    found = observe(unknown, measures_of(SCENARIO))
    assert found["email.device_share_mobile"].denominator == 0
    messages = found["email.messages_before_reply"]
    assert (messages.numerator, messages.denominator) == (4, 4)


@pytest.mark.parametrize(
    ("after", "messages"),
    [
        ([10, 11], 1),  # answered just then
        ([9, 10, 11], 2),  # the next one would come just when the answer does
        ([0, 0, 0], 4),
        ([], 1),
        ([inf], 1),
        ([9.5, 200], 2),
        ([1, 4, 7, 12], 4),
    ],
)
def test_messages_of_one_who_is_answered_after_10(after: list[float], messages: int) -> None:
    one = Messages(np.zeros(len(after), np.int32), np.array(after, np.float64))
    assert replace(FACTS, further=one).messages[0] == messages


def test_nobody_knows_what_a_question_saves_that_never_costs() -> None:
    """Email has visits that were answered, but no ticket in the window."""
    none = replace(WORKLOAD, queue=np.ones(11, np.int8))
    facts = replace(FACTS, workload=none)
    found = observe(facts, measures_of(SCENARIO))
    for name in ("email.deflection_value", "all.deflection_value"):
        assert (found[name].numerator, found[name].denominator) == (0, 0)
    assert found["portal.deflection_value"].denominator == 1


@pytest.mark.parametrize(
    ("change", "lacking"),
    [
        ({"self_service.channels": ["email"]}, {"portal.deflection": '"portal" in self_service'}),
        ({"self_service.forum": None}, {"all.deflected_by_forum": "self_service.forum"}),
        ({"customers.value": 0}, {"all.value_lost": "customers.value"}),
        (
            {"customers.leave_after_bad_experience": 0},
            {"email.customers_lost": "customers.leave_after_bad_experience"},
        ),
        ({"teams.bot.cost_per_hour": 0}, {"all.deflection_value": "teams.*.cost_per_hour"}),
    ],
)
def test_what_the_scenario_does_not_say_is_not_listed(
    change: dict[str, Any], lacking: dict[str, str]
) -> None:
    document = SCENARIO.to_dict()
    for path, value in change.items():
        table, _, key = path.rpartition(".")
        node = document
        for part in table.split("."):
            node = node[part]
        if value is None:
            del node[key]
        else:
            node[key] = value
    scenario = validate(document)
    for measure, what in lacking.items():
        assert what in lacks(measure, scenario)
        assert measure not in {asked.id for asked in measures_of(scenario)}
        assert find(measure, SCENARIO).id == measure


def test_a_channel_may_have_scales_that_the_desk_has_not() -> None:
    document = SCENARIO.to_dict()
    del document["satisfaction"]
    ids = {asked.id for asked in measures_of(validate(document))}
    assert ids & {
        f"{owner}.{scale}" for owner in ("email", "portal", "all") for scale in SCALES
    } == {
        "email.csat",
        "email.nps",
    }


def test_all_channels_lie_between_them_on_scales_of_their_own() -> None:
    document = SCENARIO.to_dict()
    document["channels"]["portal"]["satisfaction"] = {"csat": [0.9, 0.95], "nps": [80, 90]}
    del document["satisfaction"]
    scenario = validate(document)
    found = observe(replace(FACTS, scenario=scenario), measures_of(scenario))
    for scale in ("csat", "nps"):
        email, portal, both = (
            found[f"{owner}.{scale}"].numerator / found[f"{owner}.{scale}"].denominator
            for owner in ("email", "portal", "all")
        )
        assert email < both < portal
        assert both == pytest.approx((5 * email + 2 * portal) / 7)


def test_efforts_of_all_channels_are_on_the_scale_of_the_desk() -> None:
    document = SCENARIO.to_dict()
    document["channels"]["email"]["satisfaction"]["ces"] = [0, 100]
    document["channels"]["portal"]["satisfaction"] = {"ces": [0, 1]}
    found = observe(replace(FACTS, scenario=validate(document)), measures_of(SCENARIO))
    assert found["email.ces"].numerator == pytest.approx(100 * EMAIL)
    assert found["portal.ces"].numerator == pytest.approx(PORTALS)
    assert found["all.ces"].numerator == pytest.approx(7 + 6 * (EMAIL + PORTALS))
    assert "desk's scale" in find("all.ces", SCENARIO).measure.formula
    # Without one there is none, whatever scales the channels have.
    del document["satisfaction"]
    assert "satisfaction.ces" in lacks("all.ces", validate(document))
    assert not lacks("email.ces", validate(document))


def test_who_may_not_try_self_service_does_not_count_as_not_trying() -> None:
    """Of the portal's customers, nobody may."""
    scenario = SCENARIO.replace({"self_service.channels": ["email"]})
    facts = replace(
        FACTS,
        scenario=scenario,
        visits=Visits(*(column[VISITS.channel == 0] for column in VISITS.columns().values())),
    )
    found = observe(facts, measures_of(scenario))
    for measure in ("self_service_tried", "self_service_answered", "deflection"):
        one, email = found[f"all.{measure}"], found[f"email.{measure}"]
        assert (one.numerator, one.denominator) == (email.numerator, email.denominator)
        numerator, denominator = EXPECTED[f"email.{measure}"]
        assert (one.numerator, one.denominator) == (numerator, denominator)


SCALES = ("csat", "nps", "ces")
