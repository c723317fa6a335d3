"""Scripts of tickets in several channels: what follows what, how often, and what stays the same."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections import Counter
from typing import Any

import numpy as np
import pytest

from supportsim.engine import check, simulate
from supportsim.errors import ScenarioError
from supportsim.sampling import (
    draw_customers,
    draw_messages,
    draw_staff,
    draw_visits,
    draw_workload,
    routing,
)
from supportsim.scenario import Scenario
from supportsim.scenario.loading import validate
from supportsim.studies.load import expected_contacts, offered_loads
from supportsim.tables import NOBODY, Affinity, Kind, Outcome, Visit, Workload

PHONE, CHAT, EMAIL = range(3)
VOICEMAIL = {
    "hours": [{"days": "Mon-Fri", "from": "08:00", "to": "18:00"}],
    "outside": "voicemail",
    "voicemail_to": "email",
}
OPEN = {"days": "Mon-Fri", "from": "08:00", "to": "18:00"}


def document() -> dict[str, Any]:
    """Return three channels with 1,000 tickets a day, about 28,000 each."""
    shift = {"days": "Mon-Sun", "from": "00:00", "to": "24:00"}
    return {
        "name": "desk",
        "run": {"warm_up": "0min", "window": "4w", "follow_up": "0min", "seed": 5},
        "channels": {
            "phone": {
                "live": True,
                "arrivals": {"per_day": 1000},
                "work": {"dist": "exponential", "mean": "6min"},
            },
            "chat": {"live": True, "arrivals": {"per_day": 1000}, "work": "11min"},
            "email": {"arrivals": {"per_day": 1000}, "work": "5min"},
        },
        "teams": {
            "front": {"agents": 40, "serves": ["phone", "chat", "email"], "shifts": [shift]},
            "back": {"agents": 5, "serves": ["email"], "shifts": [shift]},
        },
    }


DESK = validate(document())


def desk(changes: dict[str, Any]) -> Scenario:
    return DESK.replace(changes)


def ways_outside(scenario: Scenario) -> tuple[bool, ...]:
    return routing(scenario).waits_outside


def near(count: float, of: float, probability: float) -> None:
    """Assert a count of independent events, within the 99.9 % range of its binomial."""
    assert of * probability > 1000, "too few to tell"
    spread = 3.3 * math.sqrt(of * probability * (1 - probability))
    assert abs(count - of * probability) <= spread


def followers(workload: Workload) -> list[tuple[int, str, int]]:
    """Return every (row, column, following row)."""
    return [
        (row, name, following)
        for name in ("next_if_served", "next_if_abandoned", "next_if_turned_away")
        for row, following in enumerate(getattr(workload, name).tolist())
        if following != NOBODY
    ]


EVERYTHING: dict[str, Any] = {
    "channels.phone.patience": {"dist": "exponential", "mean": "3min"},
    "channels.phone.redial": {"probability": 0.4, "delay": "20min", "at_most": 3},
    "channels.phone.switching": {"to": "chat", "probability": 0.4, "after": "2min"},
    "channels.phone.transfers": {"probability": 0.2, "to_team": "back"},
    "channels.phone.escalation": {"to": "email", "probability": 0.2, "delay": "10min"},
    "channels.phone.opening": {"hours": [OPEN], "outside": "voicemail", "voicemail_to": "email"},
    "channels.phone.tools": {"slowed": 0.8, "slowdown": 1.5, "blocked": 0.1, "delay": "1h"},
    "channels.phone.priorities": [0.1, 0.3],
    "channels.chat.escalation": [
        {"to": "email", "probability": 0.25},
        {"to": "phone", "probability": 0.1},
    ],
    "channels.email.escalation": {"to": "phone", "probability": 0.05},
    "channels.email.replies": {"probability": 0.3, "delay": "6h"},
    "channels.email.reopening": {"probability": 0.1, "delay": "1d"},
    "channels.email.backlog": {"tickets": 500, "age": {"dist": "exponential", "mean": "1d"}},
}
BUSY = desk(EVERYTHING)
DRAWN = draw_workload(BUSY, 0)


def test_a_script_is_a_tree_but_for_what_redials_share() -> None:
    work = DRAWN
    parents: dict[int, list[tuple[int, str]]] = {}
    for row, name, following in followers(work):
        assert work.ticket[row] == work.ticket[following]
        assert row < following, "what follows stands after what it follows"
        parents.setdefault(following, []).append((row, name))
    assert set(parents) == set(np.flatnonzero(np.isnan(work.ready)).tolist())
    attempts = {Kind.INITIAL, Kind.ESCALATION, Kind.SWITCH, Kind.RETRY}
    for leading in parents.values():
        names = {name for _, name in leading}
        assert len(names) == 1
        if len(leading) > 1:  # attempts of one conversation, linked by redials
            assert {int(work.kind[row]) for row, _ in leading} <= {int(k) for k in attempts}
            for (first, _), (second, _) in itertools.pairwise(leading):
                row = work.next_if_abandoned[first]
                assert row == second


def test_every_ticket_begins_with_its_initial_contact_and_no_other_is_ready() -> None:
    first = np.flatnonzero(np.diff(DRAWN.ticket, prepend=-1))
    assert np.all(DRAWN.kind[first] == Kind.INITIAL)
    assert np.all(np.isnan(np.delete(DRAWN.ready, first)))
    assert np.count_nonzero(DRAWN.ready < 0) == 500


def test_escalations_go_where_they_are_said_to_go_as_often() -> None:
    work = draw_workload(
        desk({k: v for k, v in EVERYTHING.items() if "escalation" in k}), 0
    )  # nobody fails here: every contact is in one conversation
    served = Counter(work.queue[np.isin(work.kind, (Kind.INITIAL, Kind.ESCALATION))].tolist())
    to: Counter[tuple[int, int]] = Counter()
    for row, _, following in followers(work):
        assert work.kind[following] == Kind.ESCALATION
        to[int(work.queue[row]), int(work.queue[following])] += 1
    for (source, target), share in {
        (PHONE, EMAIL): 0.2,
        (CHAT, EMAIL): 0.25,
        (CHAT, PHONE): 0.1,
        (EMAIL, PHONE): 0.05,
    }.items():
        near(to[source, target], served[source], share)
    assert len(to) == 4
    resolving = {row for row, _, _ in followers(work)}
    assert not any(work.resolves[row] for row in resolving)
    assert np.count_nonzero(work.resolves) == len(work) - len(resolving)


def test_expected_contacts_are_those_that_are_drawn() -> None:
    changes = {
        "channels.chat.escalation": {"to": "email", "probability": 0.25},
        "channels.email.escalation": {"to": "chat", "probability": 0.3},
        "channels.email.transfers": {"probability": 0.2},
        "channels.email.replies": {"probability": 0.3, "delay": "6h"},
        "channels.email.tools": {"blocked": 0.2},
        "channels.chat.reopening": {"probability": 0.2, "delay": "1d"},
        "channels.email.resolution": 0.8,
    }
    scenario = desk(changes)
    work = draw_workload(scenario, 0)
    expected = expected_contacts(scenario)
    for queue, name in enumerate(scenario.channels):
        assert np.count_nonzero(work.queue == queue) == pytest.approx(expected[name], rel=0.02)


def test_redials_repeat_the_attempt_as_often_as_they_are_said_to() -> None:
    patience = {"dist": "exponential", "mean": "3min"}
    redial = {"probability": 0.6, "delay": {"dist": "uniform", "low": "5min", "high": "9min"}}
    work = draw_workload(
        desk(
            {
                "channels.phone.patience": patience,
                "channels.phone.redial": {**redial, "at_most": 3},
                "channels.phone.escalation": {"to": "email", "probability": 0.5},
            }
        ),
        0,
    )
    initial = np.flatnonzero((work.kind == Kind.INITIAL) & (work.queue == PHONE))
    rows, count = initial, len(initial)
    for _ in range(3):
        again = work.next_if_abandoned[rows]
        near(np.count_nonzero(again != NOBODY), count, 0.6)
        rows, before = again[again != NOBODY], rows[again != NOBODY]
        count = len(rows)
        assert set(work.kind[rows]) == {Kind.RETRY}
        for same in ("ticket", "queue", "work", "wrap_up", "next_if_served", "resolves"):
            column = getattr(work, same)
            np.testing.assert_array_equal(column[rows], column[before])
        assert not np.any(work.patience[rows] == work.patience[before])
        delays = work.delay_if_abandoned[before]
        assert np.all((delays >= 5) & (delays <= 9))
    assert np.all(work.next_if_abandoned[rows] == NOBODY), "at most three"


def test_who_has_waited_long_enough_switches_as_often_as_said() -> None:
    work = draw_workload(
        desk(
            {
                "channels.email.patience": {"dist": "exponential", "mean": "2h"},
                "channels.email.switching": {"to": "phone", "probability": 0.4, "after": "60min"},
            }
        ),
        0,
    )
    mine = (work.kind == Kind.INITIAL) & (work.queue == EMAIL)
    switches = mine & (work.next_if_abandoned != NOBODY)
    assert set(work.patience[switches]) == {60.0}
    # Those whose own patience lasts longer than 60 min: 40 % of them switch when it has passed.
    stay = np.count_nonzero(mine & (work.patience > 60))
    near(np.count_nonzero(switches), np.count_nonzero(switches) + stay, 0.4)
    near(np.count_nonzero(switches) + stay, np.count_nonzero(mine), math.exp(-0.5))
    there = work.next_if_abandoned[switches]
    assert set(work.kind[there]) == {Kind.SWITCH}
    assert set(work.queue[there]) == {PHONE}
    assert np.all(work.next_if_abandoned[there] == NOBODY), "nobody switches twice"


def test_a_message_is_left_only_where_the_line_may_be_closed() -> None:
    opening = {"hours": [OPEN], "outside": "voicemail", "voicemail_to": "email"}
    work = draw_workload(desk({"channels.phone.opening": opening}), 0)
    mine = (work.kind == Kind.INITIAL) & (work.queue == PHONE)
    day, minute = work.ready // 1440 % 7, work.ready % 1440
    is_open = (day < 5) & (minute >= 480) & (minute < 1080)
    np.testing.assert_array_equal(work.next_if_turned_away[mine] == NOBODY, is_open[mine])
    message = work.next_if_turned_away[mine & ~is_open]
    assert set(work.queue[message]) == {EMAIL}
    assert set(work.kind[message]) == {Kind.SWITCH}
    ways = routing(desk({"channels.phone.opening": opening})).opening
    assert ways[CHAT] is ways[EMAIL] is None
    assert ways[PHONE] is not None
    assert ways[PHONE][0].tolist() == [480.0, 1080.0]
    assert not any(ways_outside(desk({"channels.phone.opening": opening})))
    waits = desk({"channels.phone.opening": {"hours": [OPEN], "outside": "wait"}})
    assert ways_outside(waits) == (True, False, False)


def test_a_channel_is_closed_on_the_holidays_of_the_calendar() -> None:
    always = {"days": "Mon-Sun", "from": "00:00", "to": "24:00"}
    for hours, kept in ((OPEN, 1), (always, 7)):
        opening = {"hours": [hours], "outside": "turned away"}
        holidays = {"country": "US", "more": [dt.date(2026, 1, 7)]}
        scenario = desk({"channels.phone.opening": opening, "calendar.holidays": holidays})
        spans = routing(scenario).opening[PHONE]
        assert spans is not None
        days = set((spans[:, 0] // 1440).astype(int).tolist())
        assert {2, 14} & days == set()  # the Wednesday, and Martin Luther King's day on the 19th
        assert np.all(spans[:, 0] < spans[:, 1])
        assert (spans[:, 1] > 14 * 1440).any()
        hours_open = (spans[:, 1] - spans[:, 0]).sum() / 60
        assert hours_open == pytest.approx((20 - 2) * 10 if kept == 1 else 26 * 24, abs=0.05)


def test_who_switches_or_escalates_to_a_closed_channel_leaves_a_message_too() -> None:
    scenario = desk(
        {
            "channels.phone.opening": VOICEMAIL,
            "channels.email.patience": {"dist": "exponential", "mean": "2d"},
            "channels.email.switching": {"to": "phone", "probability": 1.0, "after": "60min"},
            "channels.email.escalation": {"to": "phone", "probability": 0.3, "delay": "6h"},
        }
    )
    work = draw_workload(scenario, 0)
    knocks = np.isin(work.kind, (Kind.SWITCH, Kind.ESCALATION)) & (work.queue == PHONE)
    assert np.count_nonzero(knocks) > 1000
    messages = work.next_if_turned_away[knocks]
    assert np.all(messages != NOBODY)
    assert set(work.queue[messages]) == {EMAIL}


def test_who_comes_out_of_hours_waits_until_the_channel_opens() -> None:
    morning = {"days": "Mon-Sun", "from": "08:00", "to": "12:00"}
    scenario = desk({"channels.phone.opening": {"hours": [morning]}, "run.window": "1w"})
    workload, ways = draw_workload(scenario, 0), routing(scenario)
    roster = draw_staff(scenario, 0).roster
    log = simulate(workload, roster, ways, scenario.run.horizon)
    check(workload, roster, ways, log, scenario.run.horizon)
    calls = workload.queue == PHONE
    minute = log.ready[calls] % 1440
    closed = (minute < 480) | (minute >= 720)
    opens = log.ready[calls] - minute + np.where(minute < 480, 480, 1440 + 480)
    later = closed & ~np.isnan(log.start[calls])
    assert np.count_nonzero(later) > 3000
    assert np.all(log.start[calls][later] >= opens[later])
    assert np.count_nonzero(log.start[calls][later] == opens[later]) > 100  # whoever is free
    assert not np.any(log.outcome[calls] == Outcome.TURNED_AWAY)
    assert offered_loads(scenario) == offered_loads(desk({"run.window": "1w"}))


@pytest.mark.parametrize("outside", ["wait", "turned away", "voicemail"])
@pytest.mark.parametrize("backlog", [{"tickets": 50}, {"ages": ["0min", "1min"]}])
def test_who_is_there_at_the_start_is_past_the_door(backlog: dict[str, Any], outside: str) -> None:
    opening = {"hours": [OPEN], "outside": outside}
    if outside == "voicemail":
        opening["voicemail_to"] = "email"
    changes = {"channels.phone.opening": opening, "channels.phone.backlog": backlog}
    scenario = desk({**changes, "channels.phone.lines": 60, "run.window": "1d"})
    workload, ways = draw_workload(scenario, 0), routing(scenario)
    log = simulate(workload, draw_staff(scenario, 0).roster, ways, scenario.run.horizon)
    there = workload.ready < 0
    assert np.count_nonzero(there) == (backlog.get("tickets") or 2)
    assert set(log.outcome[there]) == {Outcome.SERVED}
    assert log.start[there].min() == 0


def test_a_channel_that_never_opens_in_the_run_turns_everybody_away() -> None:
    sundays = {"days": "Sun", "from": "08:00", "to": "18:00"}
    scenario = desk(
        {
            "run.window": "2d",
            "channels.phone.opening": {
                "hours": [sundays], "outside": "voicemail", "voicemail_to": "email",
            },
        }
    )  # fmt: skip
    workload, ways = draw_workload(scenario, 0), routing(scenario)
    roster = draw_staff(scenario, 0).roster
    log = simulate(workload, roster, ways, scenario.run.horizon)
    check(workload, roster, ways, log, scenario.run.horizon)
    calls = workload.queue == PHONE
    assert set(log.outcome[calls]) == {Outcome.TURNED_AWAY}
    messages = log.ready[workload.next_if_turned_away[calls]]
    np.testing.assert_array_equal(messages, log.ready[calls])


def test_a_second_tier_has_a_queue_of_its_own_and_keeps_what_it_gets() -> None:
    scenario = desk(
        {
            "channels.phone.transfers": {"probability": 0.2, "to_team": "back"},
            "channels.phone.replies": {"probability": 0.5, "delay": "1h"},
        }
    )
    ways = routing(scenario)
    assert ways.serves == ((PHONE, CHAT, EMAIL), (3, EMAIL))
    assert ways.channel == (0, 1, 2, 0)
    assert ways.deferrable == (False, False, True, False)
    assert ways.places[3] == ways.lines[3] == math.inf
    work = draw_workload(scenario, 0)
    moved = np.zeros(work.ticket.max() + 1, np.bool_)
    moved[work.ticket[work.kind == Kind.TRANSFER]] = True
    later = (work.kind != Kind.INITIAL) & np.isin(work.queue, (PHONE, 3))
    np.testing.assert_array_equal(work.queue[later] == 3, moved[work.ticket[later]])
    both = desk(
        {
            "channels.email.transfers": {"probability": 0.2, "to_team": "back"},
            "channels.chat.transfers": {"probability": 0.2, "to_team": "back"},
        }
    )
    assert routing(both).serves[1] == (3, 4, EMAIL)
    assert routing(both).channel == (0, 1, 2, CHAT, EMAIL)


def test_tools_slow_work_and_keep_tickets_open() -> None:
    scenario = desk({"channels.chat.tools": {"slowed": 0.8, "slowdown": 1.5, "blocked": 0.42}})
    work = draw_workload(scenario, 0)
    mine = (work.kind == Kind.INITIAL) & (work.queue == CHAT)
    slowed = work.work[mine] == 16.5
    assert set(work.work[mine]) == {11.0, 16.5}
    near(np.count_nonzero(slowed), np.count_nonzero(mine), 0.8)
    again = work.next_if_served[mine]
    near(np.count_nonzero(again != NOBODY), np.count_nonzero(mine), 0.42)
    assert set(work.kind[again[again != NOBODY]]) == {Kind.FOLLOW_UP}
    assert set(work.affinity[again[again != NOBODY]]) == {Affinity.SAME}
    assert np.all(work.next_if_served[again[again != NOBODY]] == NOBODY)


def test_priorities_are_shares_of_customers_and_go_with_them() -> None:
    changes = {
        "channels.phone.priorities": [0.1, 0.3],
        "channels.phone.escalation": {"to": "email", "probability": 0.5},
        "channels.email.priorities": [0.1],
    }
    work = draw_workload(desk(changes), 0)
    mine = (work.kind == Kind.INITIAL) & (work.queue == PHONE)
    for level, share in enumerate((0.1, 0.3, 0.6)):
        near(np.count_nonzero(work.priority[mine] == level), np.count_nonzero(mine), share)
    goes_on = mine & (work.next_if_served != NOBODY)
    there = work.priority[work.next_if_served[goes_on]]
    np.testing.assert_array_equal(there == 0, work.priority[goes_on] == 0)
    assert set(work.priority[work.queue == CHAT]) == {0}


# Self-service and customers.

SERVICE: dict[str, Any] = {
    "self_service": {
        "channels": ["email", "chat"],
        "tried_first": 0.66,
        "answered": 0.4,
        "own_language": 0.9,
        "answered_otherwise": 0.1,
        "forum": {"asked": 0.5, "answered": 0.3},
    }
}


def test_self_service_answers_as_often_as_it_is_said_to() -> None:
    scenario = desk(SERVICE)
    visits, work = draw_visits(scenario, 0), draw_workload(scenario, 0)
    plain = draw_workload(DESK, 0)
    article = 0.9 * 0.4 + 0.1 * 0.1
    forum = (1 - article) * 0.15
    assert set(visits.channel) == {CHAT, EMAIL}
    for queue in (CHAT, EMAIL):
        customers = np.count_nonzero(plain.queue == queue)
        mine = visits.came_to[visits.channel == queue]
        near(len(mine), customers, 0.66)
        near(np.count_nonzero(mine == Visit.ARTICLE), len(mine), article)
        near(np.count_nonzero(mine == Visit.FORUM), len(mine), forum)
        answered = np.count_nonzero(mine != Visit.NOT_ANSWERED)
        assert np.count_nonzero(work.queue == queue) == customers - answered
    np.testing.assert_array_equal(work.ready[work.queue == PHONE], plain.ready[plain.queue == 0])
    assert len(draw_visits(DESK, 0)) == 0


def test_a_better_self_service_answers_the_same_customers_and_more() -> None:
    def tickets(answered: float) -> dict[float, float]:
        scenario = desk({**SERVICE, "self_service.answered": answered})
        scenario = scenario.replace(
            {"channels.email.work": {"dist": "exponential", "mean": "5min"}}
        )
        work = draw_workload(scenario, 0)
        mine = work.queue == EMAIL
        return dict(zip(work.ready[mine].tolist(), work.work[mine].tolist(), strict=True))

    worse, better = tickets(0.3), tickets(0.5)
    assert len(better) < len(worse)
    assert better.items() <= worse.items(), "those who still write are the same tickets"


def test_customers_have_devices_and_write_again() -> None:
    scenario = desk(
        {
            "channels.email.devices": {"desktop": 0.6, "mobile": 0.38, "tablet": 0.02},
            "channels.email.bumps": {
                "probability": 0.3, "delay": {"dist": "exponential", "mean": "12h"},
            },
            "channels.email.backlog": {"tickets": 40},
        }
    )  # fmt: skip
    customers, work = draw_customers(scenario, 0), draw_workload(scenario, 0)
    further = draw_messages(scenario, 0)
    assert len(customers) == work.ticket.max() + 1
    queue = work.queue[np.flatnonzero(np.diff(work.ticket, prepend=-1))]
    assert set(customers.device[queue != EMAIL]) == {-1}
    assert set(queue[further.ticket]) == {EMAIL}
    mine, count = queue == EMAIL, np.count_nonzero(queue == EMAIL)
    for device, share in enumerate((0.6, 0.38)):
        near(np.count_nonzero(customers.device[mine] == device), count, share)
    assert np.isin(customers.device[mine], (0, 1, 2)).all()
    # Only what would be written before the run ends is there: look at those who came early on.
    opened = work.ready[np.flatnonzero(np.diff(work.ticket, prepend=-1))]
    assert np.all(opened[further.ticket] + further.after < scenario.run.horizon)
    early = np.flatnonzero(mine & (opened < scenario.run.horizon - 10 * 1440))
    messages = np.bincount(further.ticket, minlength=len(customers))[early]
    for more in (1, 2):
        near(np.count_nonzero(messages >= more), len(early), 0.3**more)
    # Each follows the one before after a time of its own.
    begins = np.append([True], np.diff(further.ticket) > 0)
    before = np.append(0, further.after[:-1])
    delays = further.after - np.where(begins, 0, before)
    known = np.isin(further.ticket, early)
    for those in (begins & known, ~begins & known):
        count = np.count_nonzero(those)
        assert count > 30
        assert delays[those].mean() == pytest.approx(720, rel=3.3 / math.sqrt(count))
    assert len(np.unique(delays)) == len(delays)


@pytest.mark.parametrize(
    ("probability", "mean", "cv"), [(0.9, 24, 1), (0.9, 24, 0.5), (0.5, 6, 2), (0.97, 12, 1)]
)
def test_messages_are_a_renewal_process(probability: float, mean: float, cv: float) -> None:
    """How many are written in 48 hours is what independent delays make of it."""
    bumps = {
        "probability": probability,
        "delay": {"dist": "gamma", "mean": f"{mean}h", "cv": cv},
    }
    scenario = desk({"channels.email.bumps": bumps, "channels.email.backlog": {"tickets": 20_000}})
    work, further = draw_workload(scenario, 0), draw_messages(scenario, 0)
    opened = work.ready[np.flatnonzero(np.diff(work.ticket, prepend=-1))]
    open_ones = np.flatnonzero(opened < 0)
    assert len(open_ones) == 20_000
    soon = further.ticket[further.after < 2880]
    found = 1 + np.bincount(soon, minlength=len(opened))[open_ones]
    rng = np.random.default_rng(20260105)
    wanted = np.ones(20_000)
    shape = cv**-2
    for sent in range(len(wanted)):
        time = rng.gamma(shape, mean * 60 / shape)
        while time < 2880 and rng.random() < probability:
            wanted[sent] += 1
            time += rng.gamma(shape, mean * 60 / shape)
    error = math.hypot(found.std(), wanted.std()) / math.sqrt(20_000)
    assert abs(found.mean() - wanted.mean()) < 3.3 * error
    assert found.std() == pytest.approx(wanted.std(), rel=0.04)
    if (probability, mean, cv) == (0.9, 24, 1):
        # Messages of Poisson customers come at 0.9 exp(−t / 10) a day for those who go on.
        exactly = 1 + 9 * (1 - math.exp(-0.2))
        assert exactly == pytest.approx(2.631, abs=5e-4)
        assert abs(found.mean() - exactly) < 3.3 * found.std() / math.sqrt(20_000)


def test_customers_keep_their_messages() -> None:
    bumps = {"probability": 0.7, "delay": {"dist": "exponential", "mean": "5h"}}
    scenario = desk({"channels.email.bumps": bumps, "channels.email.backlog": {"tickets": 50}})

    def by_ticket(changes: dict[str, Any]) -> dict[int, list[float]]:
        further = draw_messages(scenario.replace(changes), 0)
        found: dict[int, list[float]] = {}
        for ticket, after in zip(further.ticket.tolist(), further.after.tolist(), strict=True):
            found.setdefault(ticket, []).append(after)
        return found

    plain = by_ticket({})
    slower = by_ticket({"channels.email.bumps.delay": {"dist": "exponential", "mean": "6h"}})
    for ticket, after in slower.items():
        np.testing.assert_allclose(after, 1.2 * np.array(plain[ticket][: len(after)]), rtol=1e-12)
    likelier = by_ticket({"channels.email.bumps.probability": 0.8})
    for ticket, after in plain.items():
        assert likelier[ticket][: len(after)] == after
    assert sum(map(len, likelier.values())) > 1.2 * sum(map(len, plain.values()))


# The same tickets.


@pytest.mark.parametrize(
    ("change", "moved"),
    [
        ({"channels.phone.redial.probability": 0.1}, set()),
        ({"channels.phone.escalation.probability": 0.5}, {"resolves", "delay_if_served"}),
        ({"channels.phone.tools.slowdown": 3.0}, {"work"}),
        ({"channels.phone.opening.outside": "turned away"}, set()),
        ({"channels.phone.priorities": [0.5]}, {"priority"}),
        ({"channels.email.backlog.tickets": 3}, set()),
        ({"channels.phone.lines": 2, "channels.phone.places": 1}, set()),
        ({"channels.phone.switching.probability": 0.0}, {"patience"}),
    ],
)
def test_a_change_leaves_first_contacts_alone(change: dict[str, Any], moved: set[str]) -> None:
    if change.get("channels.phone.opening.outside"):
        change = {"channels.phone.opening": {"hours": [OPEN], "outside": "turned away"}}
    other = draw_workload(BUSY.replace(change), 0)

    def firsts(work: Workload) -> dict[str, list[Any]]:
        rows = (work.kind == Kind.INITIAL) & (work.queue == PHONE)
        names = ("ready", "patience", "work", "wrap_up", "priority", "resolves", "delay_if_served")
        return {name: getattr(work, name)[rows].tolist() for name in names}

    before, after = firsts(DRAWN), firsts(other)
    assert {name for name in before if before[name] != after[name]} == moved


# What cannot be.


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {
                "channels.chat.escalation": {"to": "email", "probability": 1.0},
                "channels.email.escalation": {"to": "chat", "probability": 1.0},
            },
            "tickets would escalate for ever: chat to email to chat",
        ),
        (
            {"channels.chat.escalation": {"to": "emial", "probability": 0.5}},
            'channels.chat.escalation.to: there is no channel "emial"; did you mean "email"?',
        ),
        (
            {"channels.chat.escalation": {"to": "chat", "probability": 0.5}},
            "channels.chat.escalation.to: leads back to the same channel; use transfers",
        ),
        (
            {
                "channels.chat.escalation": [
                    {"to": "email", "probability": 0.7},
                    {"to": "phone", "probability": 0.4},
                ]
            },
            "channels.chat: the probabilities of escalation add up to 1.1, more than 1",
        ),
        (
            {"channels.phone.transfers": {"probability": 0.1, "to_team": "bakc"}},
            'there is no team "bakc"; did you mean "back"?',
        ),
        (
            {"channels.phone.switching": {"to": "fax", "probability": 0.1, "after": "1h"}},
            'channels.phone.switching.to: there is no channel "fax"',
        ),
        (
            {"channels.phone.opening": {"hours": [OPEN], "outside": "voicemail"}},
            "voicemail_to",
        ),
        (
            {"channels.phone.redial": {"probability": 0.4, "delay": "1h"}},
            "nobody would redial: give patience, lines or places",
        ),
        ({"channels.phone.priorities": [0.6, 0.6]}, "the shares of priorities add up to 1.2"),
        ({"channels.phone.devices": {"a": 0.6, "b": 0.6}}, "the shares of devices add up to 1.2"),
        (
            {
                "channels.phone.opening": VOICEMAIL,
                "channels.email.opening": {**VOICEMAIL, "voicemail_to": "phone"},
            },
            "channels.phone.opening.voicemail_to: messages would go round for ever: phone to email",
        ),
        (
            {
                "channels.phone.opening": VOICEMAIL,
                "channels.email.escalation": {"to": "phone", "probability": 1.0},
            },
            "tickets would go round for ever, as escalations to a closed channel and as messages",
        ),
        (  # the ring is that of chat and email, whatever leads into it
            {
                "channels.phone.opening": {**VOICEMAIL, "voicemail_to": "chat"},
                "channels.chat.opening": VOICEMAIL,
                "channels.email.escalation": {"to": "chat", "probability": 0.99},
            },
            "channels.email.escalation.probability: tickets would go round for ever, as",
        ),
        (
            {"channels.phone.arrivals.on_holidays": 0.5},
            "channels.phone.arrivals.on_holidays: there are no holidays; give calendar.holidays",
        ),
        (
            {"channels.phone.tools": {"slowed": 0.5}},
            "channels.phone.tools: slowdown is missing: how many times as long",
        ),
        (
            {"teams.all": {"agents": "unlimited", "serves": ["email"]}},
            'teams.all: a team cannot be named "all"',
        ),
        ({"teams.back.serves": []}, "teams.back.serves: has to name at least 1 channel"),
        ({**SERVICE, "self_service.channels": ["mail"]}, 'there is no channel "mail"'),
    ],
)
def test_bad_input_is_refused_in_one_sentence(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ScenarioError) as error:
        desk(changes)
    assert message in str(error.value)
    assert "\n" not in str(error.value)
