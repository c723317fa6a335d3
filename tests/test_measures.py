"""Every measure on a small desk worked out by hand, and the sums that measures are made of."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import pairwise
from math import inf, nan
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import test_measures_channels
import test_measures_customers
import test_measures_teams
from strategies import roster_of, workload_of
from supportsim.engine import check, simulate
from supportsim.errors import InputError
from supportsim.measures import MEASURES, Facts, daily_backlog, find, measures_of, observe
from supportsim.measures.timing import minutes_on_duty, time_average
from supportsim.sampling import draw_staff, routing
from supportsim.scenario.loading import validate
from supportsim.studies import run
from supportsim.tables import NOBODY, Affinity, ContactLog, Kind, Outcome, Stints

if TYPE_CHECKING:
    from supportsim.measures import Observation

# --- The desk ------------------------------------------------------------------------------------
#
# Minute 0 is midnight before a Friday. Duty and business hours are 9 to 17 on weekdays: 540-1020 on
# Friday, 4860-5340 on Monday. The window is 555-5055 (4500 min, 3.125 d); the run ends at 5355.
#
# Queue 0 is phone (live, takes a whole agent), 1 email (deferrable, half an agent), 2 portal.
# Agent 0 is the desk's (phone, then email; 30 an hour), agent 1 the expert (email; 60 an hour);
# the portal is served by a team without limit (6 an hour).

DUTY = [{"days": "Mon-Fri", "from": "09:00", "to": "17:00"}]
ANY: dict[str, Any] = {
    "arrivals": {"per_day": 1},
    "work": "1min",
    "response_bands": ["30min", "1h"],
}
SCENARIO = validate(
    {
        "name": "by hand",
        "run": {
            "start": dt.date(2026, 1, 9),
            "warm_up": "555min",
            "window": "4500min",
            "follow_up": "5h",
        },
        "channels": {
            "phone": ANY | {"live": True},
            "email": ANY | {"occupies": 0.5},
            "portal": ANY,
        },
        "teams": {
            "desk": {
                "agents": 1,
                "serves": ["phone", "email"],
                "shifts": DUTY,
                "cost_per_hour": 30,
            },
            "experts": {"agents": 1, "serves": ["email"], "shifts": DUTY, "cost_per_hour": 60},
            "bot": {"agents": "unlimited", "serves": ["portal"], "cost_per_hour": 6},
        },
    }
)
PHONE, EMAIL, PORTAL = {"queue": 0}, {"queue": 1}, {"queue": 2}
TRANSFER = {"kind": Kind.TRANSFER, "affinity": Affinity.OTHER}
REPLY = {"kind": Kind.REPLY, "affinity": Affinity.SAME}

WORKLOAD = workload_of(
    [
        # Ticket 0 came before the window.
        EMAIL | {"ticket": 0, "ready": 400, "work": 20, "wrap_up": 10},
        # Ticket 1 gives up; its reply never comes to be.
        PHONE | {"ticket": 1, "ready": 1100, "patience": 5, "resolves": False, "next_if_served": 2},
        PHONE | {"ticket": 1, **REPLY},
        # Ticket 2 is transferred.
        EMAIL | {"ticket": 2, "ready": 610, "work": 20, "wrap_up": 10, "resolves": False}
        | {"next_if_served": 4, "delay_if_served": 70},
        EMAIL | {"ticket": 2, **TRANSFER, "work": 30},
        # Ticket 3 has a reply.
        EMAIL | {"ticket": 3, "ready": 900, "work": 40, "resolves": False}
        | {"next_if_served": 6, "delay_if_served": 20},
        EMAIL | {"ticket": 3, **REPLY, "work": 20},
        # Ticket 4 is stopped over the weekend, resolved, and reopened.
        EMAIL | {"ticket": 4, "ready": 1000, "work": 60}
        | {"next_if_served": 8, "delay_if_served": 100},
        EMAIL | {"ticket": 4, "kind": Kind.REOPEN, "work": 30},
        # Ticket 5 runs over the end of duty.
        PHONE | {"ticket": 5, "ready": 975, "work": 60, "wrap_up": 5},
        # Ticket 6 is closed without being resolved; ticket 7 is still open when the run ends.
        EMAIL | {"ticket": 6, "ready": 800, "work": 20, "resolves": False},
        EMAIL | {"ticket": 7, "ready": 4870, "work": 1000},
        PORTAL | {"ticket": 8, "ready": 2000, "work": 12},
        # Ticket 9 came after the window.
        EMAIL | {"ticket": 9, "ready": 5345, "work": 1},
        EMAIL | {"ticket": 10, "ready": 1100, "work": 5},
    ]
)  # fmt: skip

#   540 agent 0 takes 0, to 560 and 570;  610 agent 1, idle longer, takes 3, to 630 and 640
#   700 the transfer 4 is ready for another than agent 1: agent 0, to 730
#   800 agent 1 takes 10, to 820;  900 agent 0 takes 5, to 940;  960 its reply 6, to 980
#   975 9 needs the whole of agent 0, and waits;  980 agent 0 takes it, to 1040 and 1045
#  1000 agent 1 takes 7;  1020 duty ends: 7 stops with 40 left, 9 goes on in overtime
#  1100 1 and 14 wait;  1105 1 gives up;  2000 the team without limit takes 12, to 2012
#  4860 agent 0 takes 14, to 4865; agent 1 resumes 7, to 4900;  4870 agent 0 takes 11
#  5000 8, reopened, goes to agent 1, to 5030
#  5340 duty ends: 11 stops with 530 left, and stays with agent 0, whose next duty is on Tuesday
#  5345 13 waits; 5355 the run ends
SERVED = Outcome.SERVED
LOG = ContactLog(
    ready=np.array(
        [400, 1100, nan, 610, 700, 900, 960, 1000, 5000, 975, 800, 4870, 2000, 5345, 1100.0]
    ),
    start=np.array(
        [540, nan, nan, 610, 700, 900, 960, 1000, 5000, 980, 800, 4870, 2000, nan, 4860.0]
    ),
    end=np.array(
        [560, 1105, nan, 630, 730, 940, 980, 4900, 5030, 1040, 820, nan, 2012, nan, 4865.0]
    ),
    freed=np.array(
        [570, nan, nan, 640, 730, 940, 980, 4900, 5030, 1045, 820, nan, 2012, nan, 4865.0]
    ),
    agent=np.array([0, NOBODY, NOBODY, 1, 0, 0, 0, 1, 1, 0, 1, 0, NOBODY, NOBODY, 0], np.int32),
    outcome=np.array(
        [
            *(SERVED, Outcome.ABANDONED, Outcome.UNTRIGGERED, *[SERVED] * 8),
            *(Outcome.IN_PROGRESS, SERVED, Outcome.WAITING, SERVED),
        ],
        np.int8,
    ),
    stints=Stints(
        contact=np.array([0, 3, 4, 5, 6, 7, 7, 8, 9, 10, 11, 12, 14], np.int32),
        agent=np.array([0, 1, 0, 0, 0, 1, 1, 1, 0, 1, 0, NOBODY, 0], np.int32),
        begin=np.array([540, 610, 700, 900, 960, 1000, 4860, 5000, 980, 800, 4870, 2000, 4860.0]),
        end=np.array([570, 640, 730, 940, 980, 1020, 4900, 5030, 1045, 820, 5340, 2012, 4865.0]),
    ),
)  # fmt: skip
STAFF = draw_staff(SCENARIO, 0)
FACTS = Facts(
    SCENARIO,
    WORKLOAD,
    LOG,
    STAFF.roster,
    routing(SCENARIO),
    STAFF.employment,
    STAFF.attendance,
)

EXPECTED: dict[str, tuple[float, float]] = {
    # Arrived in the window: 1 and 5 by phone; 2, 3, 4, 6, 7 and 10 by email; 8 in the portal.
    "phone.arrivals_per_day": (2, 3.125),
    "email.arrivals_per_day": (6, 3.125),
    "portal.arrivals_per_day": (1, 3.125),
    "all.arrivals_per_day": (9, 3.125),
    "phone.share_of_tickets": (2, 9),
    "email.share_of_tickets": (6, 9),
    "portal.share_of_tickets": (1, 9),
    # Outside business hours: 1 and 10 on Friday evening, 8 on Saturday.
    "phone.business_hours_share": (1, 2),
    "email.business_hours_share": (5, 6),
    "portal.business_hours_share": (0, 1),
    "all.business_hours_share": (6, 9),
    # First response by phone, at the start: 5 after 5. By email, at the end of the first contact:
    # 2 after 20, 3 after 40, 4 after 3900, 6 after 20, 10 after 3765. Portal: 8 after 12.
    "phone.answered_within_30min": (1, 2),
    "email.answered_within_30min": (2, 6),
    "portal.answered_within_30min": (1, 1),
    "phone.answered_within_1h": (1, 2),
    "email.answered_within_1h": (3, 6),
    "portal.answered_within_1h": (1, 1),
    "phone.first_response_time": (5, 1),
    "email.first_response_time": (20 + 40 + 3900 + 20 + 3765, 5),
    "portal.first_response_time": (12, 1),
    "all.first_response_time": (5 + 7745 + 12, 7),
    # In business hours: 4 after 20 minutes of Friday and 40 of Monday, 10 after 5 of Monday, 8
    # after none at all; the others as above.
    "phone.first_response_time_business": (5, 1),
    "email.first_response_time_business": (20 + 40 + 60 + 20 + 5, 5),
    "portal.first_response_time_business": (0, 1),
    "all.first_response_time_business": (5 + 145 + 0, 7),
    "phone.response_rate": (1, 2),
    "email.response_rate": (5, 6),
    "portal.response_rate": (1, 1),
    "all.response_rate": (7, 9),
    "phone.unanswered": (1, 2),
    "email.unanswered": (1, 6),
    "portal.unanswered": (0, 1),
    "all.unanswered": (2, 9),
    "phone.abandonment": (1, 2),
    "email.abandonment": (0, 6),
    "portal.abandonment": (0, 1),
    "all.abandonment": (1, 9),
    # 5 after 65; 2 after 120, 3 after 80, 4 at last after 4030, 10 after 3765; 8 after 12.
    "phone.resolution_time": (65, 1),
    "email.resolution_time": (120 + 80 + 4030 + 3765, 4),
    "portal.resolution_time": (12, 1),
    "all.resolution_time": (65 + 7995 + 12, 6),
    "phone.resolution_rate": (1, 2),
    "email.resolution_rate": (4, 6),
    "portal.resolution_rate": (1, 1),
    "all.resolution_rate": (6, 9),
    # By its only contact: 5; 10, but not 2 (transfer), 3 (reply), 4 (reopened), 6 (unresolved); 8.
    "phone.first_contact_resolution": (1, 1),
    "email.first_contact_resolution": (1, 5),
    "portal.first_contact_resolution": (1, 1),
    "all.first_contact_resolution": (3, 7),
    "phone.transfers": (0, 1),
    "email.transfers": (1, 4),
    "portal.transfers": (0, 1),
    "all.transfers": (1, 6),
    # Of served contacts: 5 waited 5; of the 8 by email only that of 10 waited, 1100-4860.
    "phone.wait": (5, 1),
    "email.wait": (3760, 8),
    "portal.wait": (0, 1),
    "all.wait": (3765, 10),
    # 2: 30 + 30; 3: 40 + 20; 4: 60 + 30; 6: 20; 10: 5. What 7 got so far does not count.
    "phone.handling_time": (65, 1),
    "email.handling_time": (60 + 60 + 90 + 20 + 5, 8),
    "portal.handling_time": (12, 1),
    "all.handling_time": (65 + 235 + 12, 10),
    "phone.wrap_up": (5, 1),
    "email.wrap_up": (10, 8),
    "portal.wrap_up": (0, 1),
    "all.wrap_up": (15, 10),
    # Of the 235 by email agent 0 had 30 + 60 + 5 at 0.5 a minute, agent 1 the other 140 at 1; a
    # contact by email takes half an agent: (95 · 0.5 + 140) / 2 = 93.75.
    "phone.cost_per_contact": (32.5, 1),
    "email.cost_per_contact": (93.75, 8),
    "portal.cost_per_contact": (1.2, 1),
    "all.cost_per_contact": (127.45, 10),
    # With what 7 had so far, 470 of agent 0 for half of 30 an hour, 117.5, over those resolved.
    "phone.cost_per_ticket": (32.5, 1),
    "email.cost_per_ticket": (211.25, 4),
    "portal.cost_per_ticket": (1.2, 1),
    "all.cost_per_ticket": (244.95, 6),
    # Over what they took of an agent: 65 whole minutes by phone, (235 + 470) / 2 by email.
    "phone.cost_per_minute": (32.5, 65),
    "email.cost_per_minute": (211.25, 352.5),
    "portal.cost_per_minute": (1.2, 12),
    "all.cost_per_minute": (244.95, 429.5),
    # Minutes open in the window: 1: 5, 5: 65; 0: 5 (from 555 on), 2: 120, 3: 80, 4: 3900 + 30,
    # 6: 20, 7: 185 (up to 5055), 10: 3765; 8: 12. All over the 1440 minutes of a day.
    "phone.backlog_open": (70 / 1440, 3.125),
    "email.backlog_open": (8105 / 1440, 3.125),
    "portal.backlog_open": (12 / 1440, 3.125),
    "all.backlog_open": (8187 / 1440, 3.125),
    # Awaiting the first response: 1: 5, 5: 5; 0: 5, 2: 20, 3: 40, 4: 3900, 6: 20, 7: 185, 10: 3765.
    "phone.backlog_awaiting": (10 / 1440, 3.125),
    "email.backlog_awaiting": (7935 / 1440, 3.125),
    "portal.backlog_awaiting": (12 / 1440, 3.125),
    "all.backlog_awaiting": (7957 / 1440, 3.125),
    # On duty in the window: 465 minutes of Friday, 195 of Monday.
    "team.desk.headcount_on_duty": (660 / 1440, 3.125),
    "team.experts.headcount_on_duty": (660 / 1440, 3.125),
    "all.headcount_on_duty": (1320 / 1440, 3.125),
    # Agent 0: half of 15 (of 0, from 555 on) + 30 + 40 + 20 + 5 + 185 (of 7, up to 5055), and the
    # whole of the 40 minutes up to 1020. Agent 1: half of 30 + 20 + 20 + 40 + 30.
    "team.desk.occupancy": (147.5 + 40, 660),
    "team.experts.occupancy": (70, 660),
    "all.occupancy": (187.5 + 70, 1320),
    "team.desk.overtime": (25, 3.125),  # 1020-1045
    "team.experts.overtime": (0, 3.125),
    "all.overtime": (25, 3.125),
    # Planned is duty alone, 11 hours each, at 30 and 60, beside 25 minutes of overtime; the bot has
    # 12 minutes, at 6.
    "team.desk.paid_hours": (11, 3.125),
    "team.experts.paid_hours": (11, 3.125),
    "all.paid_hours": (22, 3.125),
    "team.desk.labour_cost": (342.5, 3.125),
    "team.experts.labour_cost": (660, 3.125),
    "team.bot.labour_cost": (1.2, 3.125),
    "all.labour_cost": (1003.7, 3.125),
    "all.labour_cost_per_ticket": (1003.7, 6),
}
EXPECTED_SAMPLES: dict[str, list[float]] = {
    "phone.first_response_time": [5],
    "email.first_response_time": [20, 20, 40, 3765, 3900],
    "portal.first_response_time": [12],
    "all.first_response_time": [5, 12, 20, 20, 40, 3765, 3900],
    "phone.first_response_time_business": [5],
    "email.first_response_time_business": [5, 20, 20, 40, 60],
    "portal.first_response_time_business": [0],
    "all.first_response_time_business": [0, 5, 5, 20, 20, 40, 60],
}


def observed() -> dict[str, Observation]:
    return observe(FACTS, measures_of(SCENARIO))


def test_the_log_is_the_engines() -> None:
    asked = (WORKLOAD, FACTS.roster, FACTS.routing)
    log = simulate(*asked, SCENARIO.run.horizon)
    check(*asked, LOG, SCENARIO.run.horizon)
    for table, expected in ((log, LOG), (log.stints, LOG.stints)):
        for name, column in expected.columns().items():
            np.testing.assert_array_equal(table.columns()[name], column, name, strict=True)


@pytest.mark.parametrize("measure", EXPECTED)
def test_measure_by_hand(measure: str) -> None:
    found = observed()[measure]
    assert (found.numerator, found.denominator) == pytest.approx(EXPECTED[measure], rel=1e-12)
    assert len(found.sample) == 0


@pytest.mark.parametrize("measure", EXPECTED_SAMPLES)
@pytest.mark.parametrize("quantile", ["median", "p90"])
def test_quantile_is_of_the_sample_by_hand(measure: str, quantile: str) -> None:
    name = f"{measure}_{quantile}"
    assert np.sort(observed()[name].sample).tolist() == EXPECTED_SAMPLES[measure]
    asked = find(name, SCENARIO).measure
    assert (asked.estimator, asked.level) == ("quantile", {"median": 0.5, "p90": 0.9}[quantile])


def test_no_measure_is_left_out() -> None:
    by_hand = {*EXPECTED, *(f"{name}_{q}" for name in EXPECTED_SAMPLES for q in ("median", "p90"))}
    assert by_hand == {asked.id for asked in measures_of(SCENARIO)}


def test_every_measure_is_worked_out_by_hand_somewhere() -> None:
    ids = {*EXPECTED, *test_measures_channels.EXPECTED, *test_measures_customers.EXPECTED}
    ids |= {*test_measures_teams.EXPECTED}
    ids |= {f"{name}_{q}" for name in EXPECTED_SAMPLES for q in ("median", "p90")}
    ids |= {*test_measures_channels.EXPECTED_PEAKS}
    names = {name.rpartition(".")[2] for name in ids}
    for measure in MEASURES:
        stem = measure.name.partition("{")[0]
        assert any(
            name == stem if stem == measure.name else name.startswith(stem) for name in names
        )


def test_names_of_measures_are_all_different() -> None:
    names = [measure.name for measure in MEASURES]
    assert len(set(names)) == len(names)


def test_tickets_by_hand() -> None:
    tickets = FACTS.tickets
    answered = [560, nan, 630, 940, 4900, 980, 820, nan, 2012, nan, 4865]
    np.testing.assert_array_equal(tickets.answered, answered)
    resolved = [560, nan, 730, 980, 5030, 1040, nan, nan, 2012, nan, 4865]
    np.testing.assert_array_equal(tickets.resolved, resolved)
    closed = [560, 1105, 730, 980, 5030, 1040, 820, nan, 2012, nan, 4865]
    np.testing.assert_array_equal(tickets.closed, closed)
    assert tickets.abandoned.nonzero()[0].tolist() == [1]
    assert tickets.contacts.tolist() == [1, 0, 2, 2, 2, 1, 1, 0, 1, 0, 1]
    assert tickets.transfers.tolist() == [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]
    assert tickets.replies.tolist() == [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]
    assert tickets.reopenings.tolist() == [0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    assert tickets.handled.tolist() == [30, 0, 60, 60, 90, 65, 20, 470, 12, 0, 5]
    assert tickets.wrap_up.tolist() == [10, 0, 10, 0, 0, 5, 0, 0, 0, 0, 0]


def test_daily_backlog_by_hand() -> None:
    # Friday: 1 and 5 by phone as above; by email 0: 160, 2: 120 (20), 3: 80 (40), 4: 440, 6: 20,
    # 10: 340. Saturday and Sunday 4 and 10, and 8 for 12 minutes of Saturday.
    shorter = SCENARIO.replace({"run.window": "3765min"})
    found = daily_backlog(replace(FACTS, scenario=shorter))
    expected = {
        "phone.backlog_open": [70, 0, 0],
        "phone.backlog_awaiting": [10, 0, 0],
        "email.backlog_open": [1160, 2880, 2880],
        "email.backlog_awaiting": [1020, 2880, 2880],
        "portal.backlog_open": [0, 12, 0],
        "portal.backlog_awaiting": [0, 12, 0],
        "all.backlog_open": [1230, 2892, 2880],
        "all.backlog_awaiting": [1030, 2892, 2880],
    }
    assert found.keys() == expected.keys()
    for name, minutes in expected.items():
        np.testing.assert_allclose(found[name] * 1440, minutes, rtol=1e-12, atol=1e-9)


def test_wrap_up_that_stops_and_goes_on_by_hand() -> None:
    # Agent 0 works 1000-1010, wraps up to 1020, when duty ends, and 4860-4865 for the rest.
    workload = workload_of([EMAIL | {"ready": 1000, "work": 10, "wrap_up": 15}])
    log = simulate(workload, FACTS.roster, FACTS.routing, SCENARIO.run.horizon)
    stints = list(zip(log.stints.begin.tolist(), log.stints.end.tolist(), strict=True))
    assert stints == [(1000, 1020), (4860, 4865)]
    facts = replace(FACTS, workload=workload, log=log)
    assert (facts.handled.tolist(), facts.wrapped_up.tolist()) == ([25], [15])
    assert facts.tickets.wrap_up.tolist() == [15]


# --- What measures are made of -------------------------------------------------------------------

MINUTES = st.integers(-20, 60) | st.floats(-20, 60)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(st.tuples(MINUTES, MINUTES | st.just(1e9))), st.lists(MINUTES, min_size=2))
def test_time_average_is_the_area_over_the_length(
    ends: list[tuple[float, float]], edges: list[float]
) -> None:
    edges = sorted(set(edges))
    spans = [(min(pair), max(pair)) for pair in ends]
    gaps = np.diff(edges)
    if not len(gaps) or gaps.min() < 1e-3:
        return
    up = np.array([begin for begin, _ in spans], np.float64)
    down = np.array([end for _, end in spans if end < 1e9], np.float64)
    expected = [
        sum(max(0.0, min(end, right) - max(begin, left)) for begin, end in spans) / (right - left)
        for left, right in pairwise(edges)
    ]
    found = time_average(np.flip(up), down, np.array(edges))
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-7)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(MINUTES, MINUTES | st.just(inf), st.floats(0, 3))),
    st.lists(MINUTES, min_size=2),
)
def test_time_average_may_be_weighted(
    spells: list[tuple[float, float, float]], edges: list[float]
) -> None:
    edges = sorted(set(edges))
    gaps = np.diff(edges)
    if not len(gaps) or gaps.min() < 1e-3:
        return
    spans = [(min(b, e), max(b, e), weight) for b, e, weight in spells]
    begin, end, weight = np.array(spans, np.float64).reshape(-1, 3).T
    expected = [
        sum(w * max(0.0, min(e, right) - max(b, left)) for b, e, w in spans) / (right - left)
        for left, right in pairwise(edges)
    ]
    found = time_average(begin, end, np.array(edges), weight, weight)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-7)


def test_time_average_knows_what_never_happens() -> None:
    edges = np.array([0.0, 10.0, 20.0])
    found = time_average(np.array([5.0, nan, inf]), np.array([inf, nan]), edges)
    assert found.tolist() == [0.5, 1.0]


def test_a_time_average_of_many_is_exact_where_few_come_and_go() -> None:
    """A million who came before and stay do not drown one who comes for a minute."""
    up = np.append(np.full(1_000_000, -123456.789), 100.0)
    found = time_average(up, np.array([101.0]), np.array([0.0, 1440.0]))
    assert found[0] - 1_000_000 == pytest.approx(1 / 1440, rel=1e-6)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 9), st.integers(1, 9)), max_size=8),
    st.lists(st.tuples(st.integers(0, 2), st.integers(-9, 90), st.integers(0, 30)), max_size=8),
)
def test_minutes_on_duty_are_those_in_common(
    duties: list[tuple[int, int, int]], stretches: list[tuple[int, int, int]]
) -> None:
    rows, free = [], [0, 0, 0]  # by agent, until when the roster is made
    for agent, pause, length in duties:
        on = free[agent] + pause
        free[agent] = on + length
        rows.append((agent, 0, on, on + length, 1))
    # Roster and stretches come in any order.
    roster = roster_of(rows[::-1])
    agent, begin, length = np.array(stretches, np.int32).reshape(-1, 3).T
    expected = [
        sum(max(0, min(b + n, off) - max(b, on)) for other, _, on, off, _ in rows if other == a)
        for a, b, n in stretches
    ]
    found = minutes_on_duty(roster, agent, begin.astype(float), (begin + length).astype(float))
    np.testing.assert_allclose(found, expected, atol=1e-9)


# --- Asking for measures -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        ("emial.wait", 'did you mean "email"?'),
        ("email.wiat", 'did you mean "email.wait"?'),
        ("team.dsk.occupancy", 'did you mean "team.desk"?'),
        ("email.occupancy", "there is no measure"),
        ("email.answered_within_soon", "is not a duration"),
    ],
)
def test_what_does_not_exist_cannot_be_asked_for(wrong: str, hint: str) -> None:
    with pytest.raises(InputError) as caught:
        find(wrong, SCENARIO)
    assert hint in str(caught.value)


def test_a_band_may_have_a_fraction() -> None:
    short = {"warm_up": "1h", "window": "2d", "follow_up": "1h", "replications": 2}
    scenario = SCENARIO.replace({"run": short, "channels.email.response_bands": ["90min"]})
    assert "email.answered_within_1.5h" in run(scenario).estimates
    # Of the six in the window, 2 after 20 and 40 minutes, 6 after 20.
    asked = find("email.answered_within_1.5h", SCENARIO)
    assert (asked.owner, asked.detail) == ("email", 90.0)
    found = observe(FACTS, [asked])["email.answered_within_1.5h"]
    assert (found.numerator, found.denominator) == (3, 6)


def test_daily_backlog_has_whole_days_only() -> None:
    # The window ends at 5055, before Monday does at 5760: Friday to Sunday are as above.
    found = daily_backlog(FACTS)["all.backlog_open"]
    np.testing.assert_allclose(found * 1440, [1230, 2892, 2880], rtol=1e-12)
