"""Measures of tickets that go from channel to channel, on a day worked out by hand."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from math import nan
from typing import Any

import numpy as np
import pytest

from strategies import workload_of
from supportsim.engine import check, simulate
from supportsim.errors import InputError
from supportsim.measures import Facts, find, lacks, measures_of, observe
from supportsim.sampling import draw_staff, routing
from supportsim.scenario.loading import validate
from supportsim.tables import NOBODY, Affinity, ContactLog, Kind, Outcome, Stints

# --- The desk ------------------------------------------------------------------------------------
#
# Minute 0 is midnight before a Monday; the window is that day, and there is no warm-up. Both agents
# are on duty all the time: agent 0 of the desk, 1 a minute, serves everything; agent 1, an expert,
# 2 a minute, serves email and what phone transfers.
#
# Queue 0 is phone (live, one line), 1 chat (live, half an agent, open from 8 to 20), 2 email, and 3
# the second tier of phone.

ALWAYS = [{"days": "Mon-Sun", "from": "00:00", "to": "24:00"}]
SCENARIO = validate(
    {
        "name": "from channel to channel",
        "run": {
            "start": dt.date(2026, 1, 5),
            "warm_up": "0min",
            "window": "24h",
            "follow_up": "24h",
        },
        "channels": {
            "phone": {
                "live": True,
                "arrivals": {"per_day": 1, "by_hour": [1.0] * 24},
                "work": "1min",
                "lines": 1,
                "patience": "5min",
                "redial": {"probability": 0.5, "delay": "10min"},
                "transfers": {"probability": 0.1, "to_team": "experts"},
                "escalation": {"to": "email", "probability": 0.2},
                "response_bands": ["1h"],
                "answer_targets": ["2min", "4min"],
            },
            "chat": {
                "live": True,
                "occupies": 0.5,
                "arrivals": {"per_day": 1},
                "work": "1min",
                "opening": {
                    "hours": [{"days": "Mon-Sun", "from": "08:00", "to": "20:00"}],
                    "outside": "voicemail",
                    "voicemail_to": "email",
                },
                "switching": {"to": "email", "probability": 0.5, "after": "15min"},
                "tools": {"blocked": 0.1, "delay": "10min"},
                "escalation": {"to": "email", "probability": 0.2},
                "response_bands": ["1h"],
                "answer_targets": ["1min", "15min"],
            },
            "email": {
                "arrivals": {"per_day": 1},
                "work": "1min",
                "backlog": {"ages": ["1h", "0min"]},
                "replies": {"probability": 0.1, "delay": "1h"},
                "escalation": {"to": "phone", "probability": 0.05},
                "response_bands": ["1h"],
            },
        },
        "teams": {
            "desk": {
                "agents": 1,
                "serves": ["phone", "chat", "email"],
                "shifts": ALWAYS,
                "cost_per_hour": 60,
            },
            "experts": {"agents": 1, "serves": ["email"], "shifts": ALWAYS, "cost_per_hour": 120},
        },
    }
)
PHONE, CHAT, EMAIL, TIER = {"queue": 0}, {"queue": 1}, {"queue": 2}, {"queue": 3}
RETRY, SWITCH, ESCALATED = {"kind": Kind.RETRY}, {"kind": Kind.SWITCH}, {"kind": Kind.ESCALATION}
NOT_YET = {"resolves": False}

CONTACTS: list[dict[str, Any]] = [
    # Ticket 0 escalates to email.
    PHONE | {"ticket": 0, "ready": 100, "work": 10, **NOT_YET, "next_if_served": 1}
    | {"patience": 5, "delay_if_served": 20},
    EMAIL | {"ticket": 0, **ESCALATED, "work": 6},
    # Ticket 1 finds the line busy, redials, and is transferred to the second tier.
    PHONE | {"ticket": 1, "ready": 105, "work": 10, **NOT_YET, "next_if_served": 4}
    | {"next_if_abandoned": 3, "delay_if_abandoned": 10},
    PHONE | {"ticket": 1, **RETRY, "work": 10, **NOT_YET, "next_if_served": 4},
    TIER | {"ticket": 1, "kind": Kind.TRANSFER, "affinity": Affinity.OTHER, "work": 20},
    # Ticket 2 finds the line busy, and that is that.
    PHONE | {"ticket": 2, "ready": 120},
    PHONE | {"ticket": 3, "ready": 300, "work": 10, "wrap_up": 10},
    # Ticket 4 gives up while the agent wraps up, and redials.
    PHONE | {"ticket": 4, "ready": 312, "patience": 4, "work": 4}
    | {"next_if_abandoned": 8, "delay_if_abandoned": 30},
    PHONE | {"ticket": 4, **RETRY, "work": 4},
    # Ticket 5 finds the chat closed, and leaves a message.
    CHAT | {"ticket": 5, "ready": 60, "next_if_turned_away": 10},
    EMAIL | {"ticket": 5, **SWITCH, "work": 5},
    # Ticket 6 has to be taken up once more.
    CHAT | {"ticket": 6, "ready": 500, "work": 20, **NOT_YET, "next_if_served": 12}
    | {"delay_if_served": 10},
    CHAT | {"ticket": 6, "kind": Kind.FOLLOW_UP, "affinity": Affinity.SAME, "work": 10},
    # Ticket 7 has the agent while ticket 8 waits, and then writes an email.
    PHONE | {"ticket": 7, "ready": 590, "work": 30},
    CHAT | {"ticket": 8, "ready": 600, "patience": 15, "next_if_abandoned": 15},
    EMAIL | {"ticket": 8, **SWITCH, "work": 10},
    # Ticket 9 escalates, and is not resolved.
    CHAT | {"ticket": 9, "ready": 700, "work": 12, **NOT_YET, "next_if_served": 17},
    EMAIL | {"ticket": 9, **ESCALATED, "work": 6, **NOT_YET},
    # Ticket 10 finds the chat closed, and that is that.
    CHAT | {"ticket": 10, "ready": 1300},
    # Ticket 11 escalates to phone; 12 has a reply; 13 is reopened.
    EMAIL | {"ticket": 11, "ready": 800, "work": 5, **NOT_YET, "next_if_served": 20}
    | {"delay_if_served": 10},
    PHONE | {"ticket": 11, **ESCALATED, "work": 5},
    EMAIL | {"ticket": 12, "ready": 900, "work": 5, **NOT_YET, "next_if_served": 22}
    | {"delay_if_served": 45},
    EMAIL | {"ticket": 12, "kind": Kind.REPLY, "affinity": Affinity.SAME, "work": 3},
    EMAIL | {"ticket": 13, "ready": 1000, "work": 4, "next_if_served": 24, "delay_if_served": 50},
    EMAIL | {"ticket": 13, "kind": Kind.REOPEN, "work": 4},
    # Tickets 14 and 15 were there before; 16 comes after the window.
    EMAIL | {"ticket": 14, "ready": -60, "work": 30},
    EMAIL | {"ticket": 15, "ready": 0, "work": 10},
    EMAIL | {"ticket": 16, "ready": 1500, "work": 10},
]  # fmt: skip
WORKLOAD = workload_of(CONTACTS)

#     0 agent 0 takes 25, to 30; 26 goes to agent 1, to 10
#    60 9 is turned away; 10 goes to agent 1, idle longest, to 65
#   100 agent 0 takes 0, to 110;  105 2 is rejected;  115 its redial 3, to 125;  120 5 is rejected
#   125 agent 1 takes 4, to 145;  130 agent 0 takes 1, to 136
#   300 agent 0 takes 6, to 310 and 320;  312 7 waits, to 316;  346 its redial 8, to 350
#   500 agent 0 takes 11, to 520;  530 the follow-up 12, to 540
#   590 agent 0 takes 13, to 620;  600 14 waits, to 615, and becomes 15: agent 1, to 625
#   700 agent 0 takes 16, to 712, which becomes 17: agent 1, to 718
#   800 agent 0, idle since 712, takes 19, to 805;  815 20, to 820
#   900 agent 1 takes 21, to 905;  950 the reply 22, to 953
#  1000 agent 0 takes 23, to 1004;  1054 agent 1 takes 24, to 1058
#  1300 18 is turned away;  1500 agent 0 takes 27, to 1510
SERVED, REJECTED, AWAY = Outcome.SERVED, Outcome.REJECTED, Outcome.TURNED_AWAY
ROWS: list[tuple[float, float, float, int, Outcome]] = [
    # ready, start, end, agent, outcome
    (100, 100, 110, 0, SERVED),
    (130, 130, 136, 0, SERVED),
    (105, nan, 105, NOBODY, REJECTED),
    (115, 115, 125, 0, SERVED),
    (125, 125, 145, 1, SERVED),
    (120, nan, 120, NOBODY, REJECTED),
    (300, 300, 310, 0, SERVED),
    (312, nan, 316, NOBODY, Outcome.ABANDONED),
    (346, 346, 350, 0, SERVED),
    (60, nan, 60, NOBODY, AWAY),
    (60, 60, 65, 1, SERVED),
    (500, 500, 520, 0, SERVED),
    (530, 530, 540, 0, SERVED),
    (590, 590, 620, 0, SERVED),
    (600, nan, 615, NOBODY, Outcome.ABANDONED),
    (615, 615, 625, 1, SERVED),
    (700, 700, 712, 0, SERVED),
    (712, 712, 718, 1, SERVED),
    (1300, nan, 1300, NOBODY, AWAY),
    (800, 800, 805, 0, SERVED),
    (815, 815, 820, 0, SERVED),
    (900, 900, 905, 1, SERVED),
    (950, 950, 953, 1, SERVED),
    (1000, 1000, 1004, 0, SERVED),
    (1054, 1054, 1058, 1, SERVED),
    (-60, 0, 30, 0, SERVED),
    (0, 0, 10, 1, SERVED),
    (1500, 1500, 1510, 0, SERVED),
]


def log_of(rows: list[tuple[float, float, float, int, Outcome]]) -> ContactLog:
    """Return the log in which every contact is worked on without a break, 6 with a wrap-up."""
    ready, start, end, agent, outcome = (list(column) for column in zip(*rows, strict=True))
    freed = [e if o == SERVED else nan for e, o in zip(end, outcome, strict=True)]
    freed[6] = 320
    served = [row for row, one in enumerate(outcome) if one == SERVED]
    return ContactLog(
        ready=np.array(ready, np.float64),
        start=np.array(start, np.float64),
        end=np.array(end, np.float64),
        freed=np.array(freed, np.float64),
        agent=np.array(agent, np.int32),
        outcome=np.array(outcome, np.int8),
        stints=Stints(
            contact=np.array(served, np.int32),
            agent=np.array(agent, np.int32)[served],
            begin=np.array(start, np.float64)[served],
            end=np.array(freed, np.float64)[served],
        ),
    )


LOG = log_of(ROWS)
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
    # In the window: 0-4 and 7 by phone; 5, 6, 8, 9 and 10 by chat; 11-13 by email.
    "phone.arrivals_per_day": (6, 1),
    "chat.arrivals_per_day": (5, 1),
    "email.arrivals_per_day": (3, 1),
    "all.arrivals_per_day": (14, 1),
    "phone.share_of_tickets": (6, 14),
    "chat.share_of_tickets": (5, 14),
    "email.share_of_tickets": (3, 14),
    # First responses by phone after 0, 10, 0, 34 and 0; none for 2.
    "phone.answered_within_1h": (5, 6),
    "phone.answered_within_2min": (3, 6),
    "phone.answered_within_4min": (3, 6),
    "phone.first_response_time": (44, 5),
    # By chat at the start of the work, but of 5 at the end of the email, after 5, and of 8, after
    # 25; none for 10.
    "chat.answered_within_1h": (4, 5),
    "chat.answered_within_1min": (2, 5),
    "chat.answered_within_15min": (3, 5),
    "chat.first_response_time": (30, 4),
    "email.first_response_time": (14, 3),
    "all.first_response_time": (88, 12),
    "phone.unanswered": (1, 6),
    "chat.unanswered": (1, 5),
    "email.unanswered": (0, 3),
    "all.unanswered": (2, 14),
    # 2 was rejected, 10 turned away; whoever tried again was answered.
    "phone.abandonment": (1, 6),
    "chat.abandonment": (1, 5),
    "email.abandonment": (0, 3),
    "all.abandonment": (2, 14),
    # Of 1 and 4.
    "phone.redials": (2, 6),
    "all.redials": (2, 14),
    # 8 went to email; 5 left a message.
    "chat.switched": (1, 5),
    "all.switched": (1, 14),
    "chat.voicemails": (1, 5),
    "all.voicemails": (1, 14),
    "chat.follow_ups": (1, 5),
    "all.follow_ups": (1, 14),
    "phone.resolution_rate": (5, 6),
    "chat.resolution_rate": (3, 5),
    "email.resolution_rate": (3, 3),
    "all.resolution_rate": (11, 14),
    # After 36, 40, 10, 38 and 30; 5, 40 and 25; 20, 53 and 58.
    "phone.resolution_time": (154, 5),
    "chat.resolution_time": (70, 3),
    "email.resolution_time": (131, 3),
    # 3, 7, and 4, whose customer had to redial; not 0 (escalation) or 1 (transfer). By chat 5, who
    # left a message, and 8, who went elsewhere, both served once; not 6, taken up again, or 9, who
    # escalated.
    "phone.first_contact_resolution": (3, 5),
    "chat.first_contact_resolution": (2, 4),
    "email.first_contact_resolution": (0, 3),
    "all.first_contact_resolution": (5, 12),
    "phone.transfers": (1, 5),
    # Minutes open: 36 + 40 + 0 + 10 + 38 + 30; 5 + 40 + 25 + 18 + 0; 20 + 53 + 4 + 4, and from the
    # backlog 30 + 10.
    "phone.backlog_open": (154 / 1440, 1),
    "chat.backlog_open": (88 / 1440, 1),
    "email.backlog_open": (121 / 1440, 1),
    "all.backlog_open": (363 / 1440, 1),
    "phone.backlog_awaiting": (44 / 1440, 1),
    "chat.backlog_awaiting": (30 / 1440, 1),
    "email.backlog_awaiting": (54 / 1440, 1),
    "all.backlog_awaiting": (128 / 1440, 1),
    "email.backlog_clear_time": (30, 1),
    "all.backlog_clear_time": (30, 1),
    # Let in by phone: 0, 3, 6, 7, 8, 13 and the escalated 20; 7 gave up after 4.
    "phone.service_level_2min": (6, 7),
    "phone.service_level_4min": (6, 6),
    "phone.service_level_lenient_2min": (6, 7),
    "phone.service_level_lenient_4min": (7, 7),
    # By chat: 11, 14 and 16; 14 gave up after 15.
    "chat.service_level_1min": (2, 3),
    "chat.service_level_15min": (2, 2),
    "chat.service_level_lenient_1min": (2, 3),
    "chat.service_level_lenient_15min": (3, 3),
    # By email in all: 1, 10, 15, 17, 19, 21 and 23.
    "phone.abandonment_of_contacts": (1, 7),
    "chat.abandonment_of_contacts": (1, 3),
    "all.abandonment_of_contacts": (2, 17),
    # 2 and 5 found the line busy, 9 and 18 the chat closed.
    "phone.blocked": (2, 9),
    "all.blocked": (2, 21),
    "chat.turned_away": (2, 5),
    "all.turned_away": (2, 21),
    # Conversations ended with 0, 4, 6, 8, 13 and 20; with 12 and 16; with 1, 10, 15, 17, 19, 21
    # and 23, not with a reply or a reopening.
    "phone.escalated_to_email": (1, 6),
    "chat.escalated_to_email": (1, 2),
    "email.escalated_to_phone": (1, 7),
    "phone.wait": (0, 7),
    # Of contacts in the channel, wherever their tickets came from: by phone 0, 3, 4, 6, 8, 13 and
    # 20; by chat 11, 12 and 16; the other 9 by email.
    "phone.handling_time": (10 + 10 + 20 + 20 + 4 + 30 + 5, 7),
    "chat.handling_time": (20 + 10 + 12, 3),
    "email.handling_time": (6 + 5 + 10 + 6 + 5 + 5 + 3 + 4 + 4, 9),
    "all.handling_time": (99 + 42 + 48, 19),
    "phone.wrap_up": (10, 7),
    "chat.wrap_up": (0, 3),
    # Agent 1 had 4, 10, 15, 17, 21, 22 and 24, at 2 a minute; chats take half an agent.
    "phone.cost_per_contact": (10 + 10 + 40 + 20 + 4 + 30 + 5, 7),
    "chat.cost_per_contact": (21, 3),
    "email.cost_per_contact": (6 + 10 + 20 + 12 + 5 + 10 + 6 + 4 + 8, 9),
    "all.cost_per_contact": (119 + 21 + 81, 19),
    # Of tickets of the channel, wherever they went: 0-4 and 7; 5, 6, 8 and 9; 11-13.
    "phone.cost_per_ticket": (16 + 50 + 0 + 20 + 4 + 30, 5),
    "chat.cost_per_ticket": (10 + 15 + 20 + 18, 3),
    "email.cost_per_ticket": (10 + 16 + 12, 3),
    "all.cost_per_ticket": (221, 11),
    "phone.cost_per_minute": (120, 16 + 30 + 0 + 20 + 4 + 30),
    "chat.cost_per_minute": (63, 5 + 15 + 10 + 12),
    "email.cost_per_minute": (38, 10 + 8 + 8),
    "all.cost_per_minute": (221, 168),
}
# By phone two from 1 to 2 and two from 5 to 6, and six in all, which are even: the first hour of
# two. In all three from 1 to 2.
EXPECTED_PEAKS = {"phone.peak_hour": 1.5, "all.peak_hour": 1.5}


def test_the_log_is_the_engines() -> None:
    asked = (WORKLOAD, FACTS.roster, FACTS.routing)
    log = simulate(*asked, SCENARIO.run.horizon)
    check(*asked, LOG, SCENARIO.run.horizon)
    for table, expected in ((log, LOG), (log.stints, LOG.stints)):
        for name, column in expected.columns().items():
            np.testing.assert_array_equal(table.columns()[name], column, name, strict=True)


@pytest.mark.parametrize("measure", EXPECTED)
def test_measure_by_hand(measure: str) -> None:
    asked = {one.id: one for one in measures_of(SCENARIO)}[measure]
    found = observe(FACTS, [asked])[measure]
    assert (found.numerator, found.denominator) == pytest.approx(EXPECTED[measure], rel=1e-12)


def test_tickets_by_hand() -> None:
    tickets = FACTS.tickets
    assert tickets.channel.tolist() == [0, 0, 0, 0, 0, 1, 1, 0, 1, 1, 1, 2, 2, 2, 2, 2, 2]
    assert tickets.abandoned.nonzero()[0].tolist() == [2, 10]
    assert tickets.retries.nonzero()[0].tolist() == [1, 4]
    assert tickets.escalations.nonzero()[0].tolist() == [0, 9, 11]
    assert tickets.follow_ups.nonzero()[0].tolist() == [6]
    assert tickets.switches.nonzero()[0].tolist() == [8]
    assert tickets.voicemails.nonzero()[0].tolist() == [5]
    closed = [136, 145, 120, 310, 350, 65, 540, 620, 625, 718, 1300, 820, 953, 1058, 30, 10, 1510]
    assert tickets.closed.tolist() == closed
    assert FACTS.backlog.nonzero()[0].tolist() == [14, 15]


def test_whose_redial_is_still_to_come_has_not_given_up() -> None:
    """Ticket 4 gave up at 316 and redials at 346; the run ends in between."""
    shorter = SCENARIO.replace({"run.window": "330min", "run.follow_up": "0min"})
    log = simulate(WORKLOAD, FACTS.roster, FACTS.routing, shorter.run.horizon)
    tickets = replace(FACTS, scenario=shorter, log=log).tickets
    assert log.outcome[7] == Outcome.ABANDONED
    assert np.isnan(tickets.closed[4])
    assert not tickets.abandoned[4]
    assert tickets.abandoned[2]


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("all.escalated_to_email", (2, 15)),
        ("email.service_level_1h", (7, 7)),
        ("phone.service_level_1s", (6, 7)),
    ],
)
def test_what_is_not_listed_may_be_asked_for(measure: str, expected: tuple[int, int]) -> None:
    assert measure not in {asked.id for asked in measures_of(SCENARIO)}
    found = observe(FACTS, [find(measure, SCENARIO)])[measure]
    assert (found.numerator, found.denominator) == expected


@pytest.mark.parametrize("measure", EXPECTED_PEAKS)
def test_busiest_hour_by_hand(measure: str) -> None:
    found = observe(FACTS, measures_of(SCENARIO))[measure]
    assert found.sample.tolist() == [EXPECTED_PEAKS[measure]]


def test_titles_name_the_channel_and_the_time() -> None:
    titles = {one.id: one.measure.title for one in measures_of(SCENARIO)}
    assert titles["phone.escalated_to_email"] == "conversations that go on by email"
    assert titles["phone.service_level_2min"] == "service level, 2min"


@pytest.mark.parametrize("ending", ["all", "email"])
def test_a_backlog_that_is_not_cleared_counts_until_the_end_of_the_window(ending: str) -> None:
    """The run ends before the older ticket is answered, at 30."""
    shorter = SCENARIO.replace({"run.window": "20min", "run.follow_up": "5min"})
    log = simulate(WORKLOAD, FACTS.roster, FACTS.routing, shorter.run.horizon)
    facts = replace(FACTS, scenario=shorter, log=log)
    name = f"{ending}.backlog_clear_time"
    found = observe(facts, [find(name, shorter)])[name]
    assert (found.numerator, found.denominator) == (20, 1)


@pytest.mark.parametrize(
    ("measure", "lacking"),
    [
        ("chat.redials", "channels.chat.redial"),
        ("email.blocked", "channels.email.lines or places"),
        ("phone.turned_away", "channels.phone.opening.outside"),
        ("phone.escalated_to_chat", 'channels.phone.escalation to "chat"'),
        ("all.escalated_to_chat", 'channels.*.escalation to "chat"'),
        ("phone.escalated_to_fax", 'channel "fax"'),
        ("phone.device_share_desktop", 'device "desktop" of phone'),
        ("all.device_share_desktop", 'device "desktop" of all'),
        ("chat.peak_hour", "channels.chat.arrivals.peaks, by_hour, by_hour_of_week or counts"),
        ("all.share_of_tickets", "a channel apart from all of them"),
        ("all.csat", "satisfaction.csat"),
        ("chat.nps", "channels.chat.satisfaction.nps or satisfaction.nps"),
        ("all.agent_turnover", "teams.*.turnover"),
        ("team.desk.headcount", "teams.desk.turnover or hires"),
        ("all.deflection", "self_service"),
        ("all.customers_lost", "customers.expectations"),
    ],
)
def test_a_measure_says_what_the_scenario_lacks_for_it(measure: str, lacking: str) -> None:
    assert lacks(measure, SCENARIO) == f"this scenario has no {lacking}, which {measure} needs"
    with pytest.raises(InputError) as caught:
        find(measure, SCENARIO)
    assert str(caught.value) == f"measure {measure!r}: this scenario has no {lacking}"
    assert measure not in {asked.id for asked in measures_of(SCENARIO)}


@pytest.mark.parametrize(("every", "has_hours"), [("1d", False), ("1h", True)])
def test_counts_tell_the_busiest_hour_if_they_are_of_less_than_a_day(
    every: str, has_hours: bool
) -> None:
    counts = [1.0] * (7 if every == "1d" else 168)
    scenario = SCENARIO.replace({"channels.phone.arrivals": {"counts": counts, "every": every}})
    assert ("phone.peak_hour" in {asked.id for asked in measures_of(scenario)}) == has_hours
