"""Measures against loops that follow each ticket contact by contact, on a desk with everything."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from supportsim.measures import daily_staff, measures_of, observe
from supportsim.scenario.loading import validate
from supportsim.studies import simulate_once
from supportsim.tables import NOBODY, Activity, Kind, Outcome, Visit
from supportsim.units import DAY, WEEK, YEAR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from supportsim.measures import Facts

OFFICE = [{"days": "Mon-Sat", "from": "08:00", "to": "18:00"}]
SCENARIO = validate(
    {
        "name": "everything at once",
        "run": {
            "start": dt.date(2026, 3, 2),
            "warm_up": "3d",
            "window": "21d",
            "follow_up": "4d",
            "seed": 5,
        },
        "channels": {
            "phone": {
                "live": True,
                "lines": 4,
                "places": 2,
                "arrivals": {
                    "per_day": 90,
                    "peaks": {"noon": {"from": "11:00", "to": "13:00", "factor": 3}},
                },
                "work": {"dist": "lognormal", "mean": "7min", "cv": 0.8},
                "wrap_up": "1min",
                "patience": {"dist": "exponential", "mean": "3min"},
                "redial": {"probability": 0.6, "delay": {"dist": "exponential", "mean": "15min"}},
                "switching": {"to": "email", "probability": 0.4, "after": "2min"},
                "transfers": {"probability": 0.2, "to_team": "experts"},
                "escalation": {"to": "email", "probability": 0.2, "delay": "10min"},
                "tools": {"slowed": 0.3, "slowdown": 1.5, "blocked": 0.2, "delay": "20min"},
                "resolution": 0.9,
                "reopening": {"probability": 0.1, "delay": "1d"},
                "answer_targets": ["20s", "1min"],
                "experience": {
                    "halved_by_wait": "5min",
                    "if_unresolved": 0.6,
                    "per_transfer": 0.9,
                    "per_contact": 0.8,
                    "if_unanswered": 0.05,
                },
            },
            "chat": {
                "live": True,
                "occupies": 0.5,
                "arrivals": {"per_day": 50},
                "work": {"dist": "lognormal", "mean": "12min", "cv": 0.6},
                "opening": {"hours": OFFICE, "outside": "voicemail", "voicemail_to": "email"},
                "patience": {"dist": "exponential", "mean": "6min"},
                "escalation": [
                    {"to": "email", "probability": 0.15},
                    {"to": "phone", "probability": 0.1, "delay": "3min"},
                ],
                "answer_targets": ["45s"],
                "devices": {"desktop": 0.5, "mobile": 0.3},
                "experience": {"halved_by_wait": "10min", "per_contact": 0.7},
                "satisfaction": {"nps": [-20, 60], "ces": [0, 100]},
            },
            "email": {
                "arrivals": {"per_day": 60},
                "backlog": {"tickets": 40, "age": {"dist": "exponential", "mean": "1d"}},
                "work": {"dist": "lognormal", "mean": "8min", "cv": 0.7},
                "wrap_up": "1min",
                "patience": {"dist": "exponential", "mean": "1d"},
                "bumps": {"probability": 0.6, "delay": {"dist": "exponential", "mean": "3h"}},
                "replies": {"probability": 0.3, "delay": {"dist": "exponential", "mean": "4h"}},
                "escalation": {"to": "phone", "probability": 0.1},
                "satisfaction": {"csat": [0.1, 0.9]},
            },
        },
        "teams": {
            "desk": {
                "agents": 3,
                "serves": ["phone", "chat", "email"],
                "interrupts": True,
                "shifts": OFFICE,
                "breaks": [{"from": "12:00", "to": "14:00", "lasts": "30min"}],
                "absence": {"planned": 0.05, "unplanned": 0.05},
                "speed_cv": 0.2,
                "turnover": {
                    "per_year": 12,
                    "notice": "5d",
                    "time_to_hire": {"dist": "exponential", "mean": "8d"},
                    "cost_per_leaver": 500,
                },
                "onboarding": {
                    "training": "1d",
                    "ramp_up": [{"until": "3d", "speed": 0.5}, {"until": "6d", "speed": 0.8}],
                },
                "hires": [
                    {"date": dt.date(2026, 2, 28), "agents": 1},
                    {"date": dt.date(2026, 3, 9), "agents": 2},
                ],
                "cost_per_hour": 30,
            },
            "experts": {
                "agents": 3,
                "serves": ["email"],
                "shifts": OFFICE,
                "turnover": {"per_year": 6, "hiring": "freeze", "cost_per_leaver": 700},
                "cost_per_hour": 50,
            },
        },
        "self_service": {
            "channels": ["email", "chat"],
            "tried_first": 0.66,
            "answered": 0.3,
            "forum": {"asked": 0.3, "answered": 0.5},
        },
        "customers": {
            "expectations": [
                {"within": "1min", "share": 0.12},
                {"within": "4h", "share": 0.46},
                {"within": "1d", "share": 0.8},
            ],
            "leave_after_bad_experience": 0.33,
            "value": 200,
        },
        "satisfaction": {"csat": [0, 1], "nps": [-100, 100], "ces": [1, 7]},
    }
)
CHANNELS = list(SCENARIO.channels)
TEAMS = list(SCENARIO.teams)
BEGIN, END = SCENARIO.run.window_edges
DAYS = (END - BEGIN) / DAY


@dataclass
class Ticket:
    """What a loop over a ticket's contacts finds."""

    number: int
    channel: str
    opened: float
    answered: float = math.nan
    resolved: float = math.nan
    gave_up: float = math.nan
    path: list[int] = field(default_factory=list)
    kinds: Counter[int] = field(default_factory=Counter)
    voicemails: int = 0
    served: int = 0
    cost: float = 0.0
    taken: float = 0.0

    @property
    def wait(self) -> float:
        return self.answered - self.opened

    @property
    def was_resolved(self) -> bool:
        return not math.isnan(self.resolved)


class Naive:
    """The facts of a replication, looked at with loops."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.work, self.log, self.routing = facts.workload, facts.log, facts.routing
        self.rows = [
            {name: column[row].item() for name, column in self.work.columns().items()}
            for row in range(len(self.work))
        ]
        self.team_of = {
            int(a): int(t) for a, t in zip(facts.roster.agent, facts.roster.team, strict=True)
        }
        self.cost, self.taken = defaultdict[int, float](float), defaultdict[int, float](float)
        stints = self.log.stints
        for contact, agent, begin, end in zip(
            *(column.tolist() for column in stints.columns().values()), strict=True
        ):
            minutes = (end - begin) * self.routing.occupies[self.rows[contact]["queue"]]
            team = SCENARIO.teams[TEAMS[self.team_of[agent]]]
            self.taken[contact] += minutes
            self.cost[contact] += minutes * team.cost_per_hour / 60
        first = {r["ticket"]: n for n, r in enumerate(self.rows) if r["kind"] == Kind.INITIAL}
        self.tickets = [self.follow(number, first[number]) for number in sorted(first)]

    def channel_of(self, row: int) -> str:
        return CHANNELS[self.routing.channel[self.rows[row]["queue"]]]

    def follow(self, number: int, row: int) -> Ticket:
        """Walk through a ticket's contacts as they came about."""
        ticket = Ticket(number, self.channel_of(row), float(self.log.ready[row]))
        after = None
        while row != NOBODY and not math.isnan(self.log.ready[row]):
            contact, outcome = self.rows[row], Outcome(self.log.outcome[row])
            start, end = float(self.log.start[row]), float(self.log.end[row])
            ticket.path.append(row)
            if after is Outcome.TURNED_AWAY:
                ticket.voicemails += 1
            else:
                ticket.kinds[contact["kind"]] += 1
            ticket.cost += self.cost[row]
            ticket.taken += self.taken[row]
            live = SCENARIO.channels[self.channel_of(row)].live
            response = start if live else end if outcome is Outcome.SERVED else math.nan
            if math.isnan(ticket.answered):
                ticket.answered = response
            if contact["kind"] == Kind.REOPEN:
                ticket.resolved = math.nan
            match outcome:
                case Outcome.SERVED:
                    ticket.served += 1
                    if contact["resolves"]:
                        ticket.resolved = end
                    row = contact["next_if_served"]
                case Outcome.ABANDONED | Outcome.REJECTED:
                    row = contact["next_if_abandoned"]
                case Outcome.TURNED_AWAY:
                    row = contact["next_if_turned_away"]
                case _:
                    break
            if row == NOBODY and outcome is not Outcome.SERVED and math.isnan(ticket.answered):
                ticket.gave_up = end
            after = outcome
        return ticket

    def in_window(self) -> list[Ticket]:
        return [ticket for ticket in self.tickets if BEGIN <= ticket.opened < END]

    def contacts(self, channel: str) -> Iterator[tuple[int, int]]:
        """Yield the contacts in a channel of the window's tickets, and what follows them."""
        for ticket in self.in_window():
            for row in ticket.path:
                if channel in ("all", self.channel_of(row)):
                    yield row, self.rows[row]["next_if_served"]


@cache
def naive(replication: int) -> Naive:
    return Naive(simulate_once(SCENARIO, replication))


Ratio = tuple[float, float]


def of_tickets(mine: list[Ticket], known: Naive, name: str) -> dict[str, Ratio]:
    """Return the measures of a channel's tickets."""
    count = len(mine)
    answered = [t for t in mine if not math.isnan(t.answered)]
    resolved = [t for t in mine if t.was_resolved]
    kinds = [t.kinds for t in mine]
    once = [
        t
        for t in answered
        if t.was_resolved
        and t.served == 1
        and not set(t.kinds) - {Kind.INITIAL, Kind.RETRY, Kind.SWITCH}
    ]
    scored = [(t, experience_of(t)) for t in mine]
    experience = [index for _, index in scored]
    bad = [1 - met(t.wait) if t.was_resolved else 1.0 for t in mine]
    found: dict[str, Ratio] = {
        "arrivals_per_day": (count, DAYS),
        "response_rate": (len(answered), count),
        "unanswered": (count - len(answered), count),
        "abandonment": (sum(not math.isnan(t.gave_up) for t in mine), count),
        "redials": (sum(k[Kind.RETRY] for k in kinds), count),
        "switched": (sum(k[Kind.SWITCH] > 0 for k in kinds), count),
        "voicemails": (sum(t.voicemails > 0 for t in mine), count),
        "follow_ups": (sum(k[Kind.FOLLOW_UP] for k in kinds), count),
        "first_response_time": (sum(t.wait for t in answered), len(answered)),
        "messages_before_reply": (sum(messages(t, known) for t in answered), len(answered)),
        "resolution_rate": (len(resolved), count),
        "resolution_time": (sum(t.resolved - t.opened for t in resolved), len(resolved)),
        "first_contact_resolution": (len(once), len(answered)),
        "transfers": (sum(t.kinds[Kind.TRANSFER] for t in resolved), len(resolved)),
        "cost_per_ticket": (sum(t.cost for t in mine), len(resolved)),
        "cost_per_minute": (sum(t.cost for t in mine), sum(t.taken for t in mine)),
        "expectation_met": (sum(met(t.wait) for t in mine), count),
        "bad_experience": (sum(bad), count),
        "customers_lost": (0.33 * sum(bad), DAYS),
        "value_lost": (66 * sum(bad), DAYS),
        "experience": (sum(experience), count),
        "nps": (
            sum(-20 + 80 * e if t.channel == "chat" else -100 + 200 * e for t, e in scored),
            count,
        ),
        "ces": (sum(e * 100 if name == "chat" else 1 + 6 * e for e in experience), count),
        "csat": (sum(0.1 + 0.8 * e if t.channel == "email" else e for t, e in scored), count),
    }
    return found


def met(wait: float) -> float:
    """Return the chance that an answer after so long was as soon as expected."""
    if math.isnan(wait):
        return 0.0
    chance, before = 0.0, 0.0
    for one in SCENARIO.customers.expectations:
        chance += (one.share - before) * (wait <= one.within)
        before = one.share
    return chance + (1 - before)


def experience_of(ticket: Ticket) -> float:
    settings = SCENARIO.channels[ticket.channel].experience
    index = 1.0
    if math.isnan(ticket.answered):
        index *= settings.if_unanswered
    elif settings.halved_by_wait:
        index *= 0.5 ** (ticket.wait / settings.halved_by_wait)
    if not ticket.was_resolved:
        index *= settings.if_unresolved
    index *= settings.per_transfer ** ticket.kinds[Kind.TRANSFER]
    own = (Kind.REPLY, Kind.REOPEN, Kind.RETRY, Kind.ESCALATION, Kind.SWITCH)
    effort = sum(ticket.kinds[kind] for kind in own) + ticket.voicemails
    return index * settings.per_contact**effort


def messages(ticket: Ticket, known: Naive) -> int:
    further = known.facts.further
    sent = 1
    for whose, after in zip(further.ticket.tolist(), further.after.tolist(), strict=True):
        sent += whose == ticket.number and after < ticket.wait
    return sent


def of_contacts(known: Naive, channel: str) -> dict[str, Ratio]:
    """Return the measures of the contacts in a channel."""
    log, rows = known.log, known.rows
    knocking = (Kind.INITIAL, Kind.RETRY, Kind.ESCALATION, Kind.SWITCH)
    ends: Counter[str] = Counter()
    answered_after, gave_up_after = [], []
    conversations, onward = 0, Counter[str]()
    for row, following in known.contacts(channel):
        outcome, kind = Outcome(log.outcome[row]), rows[row]["kind"]
        if kind in knocking:
            ends["knocked"] += 1
            ends[outcome.name] += 1
            if not math.isnan(log.start[row]):
                answered_after.append(log.start[row] - log.ready[row])
            elif outcome is Outcome.ABANDONED:
                gave_up_after.append(log.end[row] - log.ready[row])
        next_kind = rows[following]["kind"] if following != NOBODY else None
        searching = kind in (*knocking, Kind.TRANSFER, Kind.FOLLOW_UP)
        if outcome is Outcome.SERVED and searching:
            if next_kind in (Kind.TRANSFER, Kind.FOLLOW_UP):
                continue
            conversations += 1
            if next_kind == Kind.ESCALATION:
                onward[known.channel_of(following)] += 1
    offered = ends["knocked"] - ends["REJECTED"] - ends["TURNED_AWAY"]
    found: dict[str, Ratio] = {
        "blocked": (ends["REJECTED"], ends["knocked"]),
        "turned_away": (ends["TURNED_AWAY"], ends["knocked"]),
        "abandonment_of_contacts": (ends["ABANDONED"], offered),
    }
    for to in CHANNELS:
        found[f"escalated_to_{to}"] = (onward[to], conversations)
    for name, time in [("20s", 1 / 3), ("45s", 0.75), ("1min", 1.0)]:
        served = sum(wait <= time for wait in answered_after)
        short = sum(wait <= time for wait in gave_up_after)
        found[f"service_level_{name}"] = (served, offered - short)
        found[f"service_level_lenient_{name}"] = (served + short, offered)
    return found


def of_visits(known: Naive, channel: str) -> dict[str, Ratio]:
    """Return the measures of visits to self-service."""
    names = CHANNELS if channel == "all" else [channel]
    visits, tickets = known.facts.visits, known.in_window()
    mine = [
        (CHANNELS[c], Visit(what))
        for c, time, what in zip(*(v.tolist() for v in visits.columns().values()), strict=True)
        if BEGIN <= time < END and CHANNELS[c] in names
    ]
    deflected = [name for name, what in mine if what is not Visit.NOT_ANSWERED]
    may = {"email", "chat"}.intersection(names)
    questions = sum(t.channel in may for t in tickets) + len(deflected)
    value = 0.0
    for name in names:
        costs = [t.cost for t in tickets if t.channel == name]
        value += deflected.count(name) * sum(costs) / len(costs)
    return {
        "visits_per_day": (len(mine), DAYS),
        "self_service_tried": (len(mine), questions),
        "self_service_answered": (len(deflected), len(mine)),
        "deflected_per_day": (len(deflected), DAYS),
        "deflected_by_forum": (sum(what is Visit.FORUM for _, what in mine), DAYS),
        "deflection": (len(deflected), questions),
        "deflection_value": (value, DAYS),
    }


def of_backlog(known: Naive, names: list[str]) -> dict[str, Ratio]:
    """Return the mean backlogs, ticket by ticket, and when the first one was cleared."""
    awaiting = still_open = 0.0
    cleared = 0.0
    for ticket in known.tickets:
        if ticket.channel not in names:
            continue
        ends = [t for t in (ticket.answered, ticket.gave_up) if not math.isnan(t)]
        over = min(ends, default=math.inf)
        awaiting += in_common(ticket.opened, over)
        if ticket.opened < 0:
            cleared = max(cleared, min(over, END))
        begins = [float(known.log.ready[ticket.path[0]])]
        for row in ticket.path:
            contact, end = known.rows[row], float(known.log.end[row])
            if contact["kind"] == Kind.REOPEN:
                begins.append(float(known.log.ready[row]))
            served = known.log.outcome[row] == Outcome.SERVED
            is_last = row == ticket.path[-1] and known.facts.tickets.closed[ticket.number] == end
            if begins and ((served and contact["resolves"]) or is_last):
                still_open += in_common(begins.pop(), end)
        still_open += sum(in_common(begin, math.inf) for begin in begins)
    length = END - BEGIN
    return {
        "backlog_awaiting": (awaiting / length * DAYS, DAYS),
        "backlog_open": (still_open / length * DAYS, DAYS),
        "backlog_clear_time": (cleared, 1),
    }


def in_common(begin: float, end: float, window: tuple[float, float] = (BEGIN, END)) -> float:
    return max(0.0, min(end, window[1]) - max(begin, window[0]))


def people_of(facts: Facts, team: int) -> list[dict[str, Any]]:
    columns = {name: column.tolist() for name, column in facts.employment.columns().items()}
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return [row for row in rows if row["team"] == team]


def staff_in(facts: Facts, team: int, window: tuple[float, float]) -> dict[str, float]:
    """Return a team's person-minutes of employment, vacancy and capacity in a window."""
    settings = SCENARIO.teams[TEAMS[team]]
    people = people_of(facts, team)
    found = {"headcount": 0.0, "vacancies": 0.0, "effective_capacity": 0.0}
    for person in people:
        found["headcount"] += in_common(person["hired"], person["left"], window)
        others = [p for p in people if p["position"] == person["position"] and p is not person]
        later = [p["hired"] for p in others if p["hired"] >= person["left"]]
        if math.isfinite(person["left"]):
            end = min(later, default=math.inf)
            found["vacancies"] += in_common(person["left"], end, window)
        earlier = [p for p in others if p["hired"] < person["hired"]]
        from_the_start = person["position"] < settings.size and not earlier
        ready = person["trained"]
        if person["position"] == settings.size and not earlier:
            ready = -2 * DAY + settings.onboarding.training  # hired on 28 February
        edges = [ready, *(ready + step.until for step in settings.onboarding.ramp_up), math.inf]
        speeds = [*(step.speed for step in settings.onboarding.ramp_up), 1.0]
        if from_the_start:
            edges, speeds = [-math.inf, math.inf], [1.0]
        for begin, end, speed in zip(edges[:-1], edges[1:], speeds, strict=True):
            minutes = in_common(max(begin, person["trained"]), min(end, person["left"]), window)
            found["effective_capacity"] += minutes * speed * person["speed"]
    return found


def of_teams(known: Naive, teams: list[int]) -> dict[str, Ratio]:
    """Return the measures of some teams together."""
    facts, total = known.facts, defaultdict[str, float](float)
    gaps: list[float] = []
    for team in teams:
        settings = SCENARIO.teams[TEAMS[team]]
        for name, minutes in staff_in(facts, team, (BEGIN, END)).items():
            total[name] += minutes
        for person in people_of(facts, team):
            if BEGIN <= person["left"] < END:
                total["leavers"] += 1
                if settings.turnover and settings.turnover.hiring != "freeze":
                    total["replacing"] += settings.turnover.cost_per_leaver
                hired = [
                    p["hired"]
                    for p in people_of(facts, team)
                    if p["position"] == person["position"] and p["hired"] >= person["left"]
                ]
                if hired:
                    assert min(hired) == person["filled"]
                else:  # never, or after all that is known of the people
                    assert person["filled"] >= facts.scenario.run.horizon + WEEK
                if math.isfinite(person["filled"]):
                    gaps.append(person["filled"] - person["left"])
        columns = [column.tolist() for column in facts.attendance.columns().values()]
        for _, of_team, begin, end, what in zip(*columns, strict=True):
            if of_team == team:
                minutes = in_common(begin, end)
                total["paid"] += minutes
                total["labour"] += minutes / 60 * settings.cost_per_hour
                if what == Activity.DUTY:
                    total["duty"] += minutes
        total["labour"] += unpaid(known, team) / 60 * settings.cost_per_hour
    length = END - BEGIN
    return {
        **{
            name: (total[name] / length * DAYS, DAYS)
            for name in ("headcount", "vacancies", "effective_capacity")
        },
        "headcount_on_duty": (total["duty"] / length * DAYS, DAYS),
        "agent_turnover": (total["leavers"], total["headcount"] / YEAR),
        "time_to_fill": (sum(gaps), len(gaps)),
        "shrinkage": (total["paid"] - total["duty"], total["paid"]),
        "paid_hours": (total["paid"] / 60, DAYS),
        "labour_cost": (total["labour"], DAYS),
        "turnover_cost": (total["replacing"], DAYS),
        "labour_cost_per_ticket": (
            total["labour"] + total["replacing"],
            sum(t.was_resolved for t in known.in_window()),
        ),
    }


def unpaid(known: Naive, team: int) -> float:
    """Return the minutes in which agents of a team worked beyond their paid time."""
    facts, minutes = known.facts, 0.0
    paid = [column.tolist() for column in facts.attendance.columns().values()]
    stints = [column.tolist() for column in facts.log.stints.columns().values()]
    for agent in {agent for agent, its in known.team_of.items() if its == team}:
        spans = [(b, e) for who, _, b, e, _ in zip(*paid, strict=True) if who == agent]
        work = [(b, e) for _, who, b, e in zip(*stints, strict=True) if who == agent]
        # Between any two times at which something begins or ends, all of it is alike.
        times = sorted({time for span in spans + work for time in span})
        for begin, end in pairwise(times):
            if end - begin > 1e-6:
                middle = (begin + end) / 2
                at_work = any(b < middle < e for b, e in work)
                if at_work and not any(b < middle < e for b, e in spans):
                    minutes += in_common(begin, end)
    return minutes


NOT_NAIVE = {
    # Worked out by hand elsewhere, and no more than sums and counts.
    *("share_of_tickets", "business_hours_share", "wait", "handling_time", "wrap_up"),
    *("cost_per_contact", "first_response_time_business", "occupancy", "overtime"),
    *("answered_within_1h", "answered_within_24h", "answered_within_48h", "answered_within_20s"),
    *("answered_within_45s", "answered_within_1min", "device_share_desktop"),
    *("device_share_mobile",),
}


@pytest.mark.parametrize("replication", [0, 1, 2])
def test_measures_are_those_of_a_loop(replication: int) -> None:
    known = naive(replication)
    found = observe(known.facts, measures_of(SCENARIO))
    expected: dict[str, Ratio] = {}
    for name in [*CHANNELS, "all"]:
        names = CHANNELS if name == "all" else [name]
        mine = [ticket for ticket in known.in_window() if ticket.channel in names]
        by_name = of_tickets(mine, known, name) | of_contacts(known, name)
        by_name |= of_visits(known, name) | of_backlog(known, names)
        expected |= {f"{name}.{measure}": ratio for measure, ratio in by_name.items()}
    for number, name in enumerate(TEAMS):
        by_name = of_teams(known, [number])
        expected |= {f"team.{name}.{measure}": ratio for measure, ratio in by_name.items()}
    desk = of_teams(known, [*range(len(TEAMS))])
    expected |= {f"all.{measure}": ratio for measure, ratio in desk.items()}
    compared = 0
    for name, one in found.items():
        if one.sample.size or name.rpartition(".")[2] in NOT_NAIVE:
            continue
        compared += 1
        assert (one.numerator, one.denominator) == pytest.approx(
            expected[name], rel=1e-9, abs=1e-9
        ), name
    assert compared > 120


def test_everything_happens_on_that_desk() -> None:
    """Nothing is compared that never comes about."""
    runs = [observe(naive(replication).facts, measures_of(SCENARIO)) for replication in range(3)]
    idle = {name for name in runs[0] if not any(run[name].numerator for run in runs)}
    assert idle == {"chat.wrap_up", "team.experts.turnover_cost"}  # nobody replaces experts
    log, workload = naive(0).facts.log, naive(0).facts.workload
    kinds = Counter(workload.kind[~np.isnan(log.ready)].tolist())
    assert min(kinds[kind] for kind in Kind) > 20
    assert {*Outcome} - set(log.outcome.tolist()) <= {Outcome.IN_PROGRESS}


@pytest.mark.parametrize("replication", [0, 1, 2])
def test_the_staff_of_every_day_is_that_of_a_loop(replication: int) -> None:
    facts = naive(replication).facts
    series = daily_staff(facts)
    for number, name in enumerate(TEAMS):
        for day in range(int(END // DAY)):
            window = (day * DAY, (day + 1) * DAY)
            for measure, minutes in staff_in(facts, number, window).items():
                found = series[f"team.{name}.{measure}"][day]
                assert found == pytest.approx(minutes / DAY, abs=1e-9), (name, measure, day)


# --- What belongs together -----------------------------------------------------------------------


@pytest.mark.parametrize("replication", [0, 1, 2])
def test_what_belongs_together_adds_up(replication: int) -> None:
    facts = naive(replication).facts
    found = observe(facts, measures_of(SCENARIO))
    count = {name: one.numerator for name, one in found.items()}
    for owner in ("email", "chat", "all"):
        # Customers who call do not look for an answer before.
        calls = count["phone.arrivals_per_day"] if owner == "all" else 0
        tickets = count[f"{owner}.arrivals_per_day"] - calls
        deflected = count[f"{owner}.deflected_per_day"]
        assert found[f"{owner}.self_service_tried"].denominator == tickets + deflected
    for measure in ("arrivals_per_day", "response_rate", "abandonment", "bad_experience"):
        parts = sum(count[f"{name}.{measure}"] for name in CHANNELS)
        assert parts == pytest.approx(count[f"all.{measure}"], rel=1e-12)
    for measure in ("blocked", "turned_away", "handling_time", "backlog_open"):
        some = [f"{name}.{measure}" for name in CHANNELS if f"{name}.{measure}" in count]
        assert sum(count[name] for name in some) == pytest.approx(count[f"all.{measure}"])
    assert sum(count[f"{name}.share_of_tickets"] for name in CHANNELS) == len(
        naive(replication).in_window()
    )
    for team in TEAMS:
        # Every position is filled, vacant, or not open yet.
        filled = count[f"team.{team}.headcount"] + count[f"team.{team}.vacancies"]
        size = SCENARIO.teams[team].size
        hired = sum(hire.agents for hire in SCENARIO.teams[team].hires)
        assert size * DAYS - 1e-9 <= filled <= (size + hired) * DAYS + 1e-9
        capacity = count[f"team.{team}.effective_capacity"]
        speeds = [person["speed"] for person in people_of(facts, TEAMS.index(team))]
        assert 0 <= capacity <= max(speeds) * count[f"team.{team}.headcount"] + 1e-9
    for name in CHANNELS:
        assert count[f"{name}.unanswered"] >= count[f"{name}.abandonment"]
        unanswered = found[f"{name}.unanswered"]
        assert unanswered.numerator + count[f"{name}.response_rate"] == unanswered.denominator


def test_the_roster_is_the_duty_that_is_paid() -> None:
    for replication in range(3):
        facts = naive(replication).facts
        _paid, duty = facts.staff.paid(facts.window)
        np.testing.assert_allclose(duty, facts.on_duty, rtol=1e-12)


def test_agents_are_as_fast_as_they_count() -> None:
    """The speed of every duty is that of the effective capacity when it begins."""
    for replication in range(3):
        facts = naive(replication).facts
        ramped = 0
        spells = facts.staff.spells
        roster = facts.roster
        for team, on, speed in zip(roster.team, roster.on, roster.speed, strict=True):
            then = (spells.team == team) & (spells.begin <= on) & (on < spells.end)
            assert np.isclose(spells.speed[then], speed, rtol=1e-12).any()
            ramped += speed < 0.7
        assert ramped > 5
