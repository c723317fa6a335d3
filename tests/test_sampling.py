"""Streams, the scripts of tickets and rosters: what is drawn follows what is documented."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import stats

from supportsim.engine import simulate
from supportsim.sampling import draw_roster, draw_workload, routing
from supportsim.sampling.arrivals import draw_arrivals
from supportsim.sampling.streams import Streams
from supportsim.scenario.calendar import arrival_rate
from supportsim.scenario.loading import validate
from supportsim.tables import NOBODY, Affinity, Kind, Routing, Workload

if TYPE_CHECKING:
    from supportsim.scenario import Scenario

SHIFTS = [{"days": "Mon-Fri", "from": "09:00", "to": "17:00"}]
DESK = validate(
    {
        "name": "desk",
        "run": {"warm_up": "0min", "window": "4w", "follow_up": "0min", "seed": 1},
        "channels": {
            "portal": {"arrivals": {"per_day": 500}, "work": "3min"},
            "phone": {"arrivals": {"per_day": 50}, "work": "4min", "live": True, "occupies": 0.5},
        },
        "teams": {
            "support": {"agents": 2, "serves": ["phone", "portal"], "shifts": SHIFTS},
            "machine": {"agents": "unlimited", "serves": ["portal"]},
        },
    }
)
SCRIPT: dict[str, Any] = {
    "channels.portal.patience": {"dist": "exponential", "mean": "1d"},
    "channels.portal.work": {"dist": "gamma", "mean": "3min", "cv": 0.5},
    "channels.portal.wrap_up": {"dist": "lognormal", "mean": "1min", "cv": 0.5},
    "channels.portal.transfers": {"probability": 0.2, "delay": "5min"},
    "channels.portal.replies": {"probability": 0.3, "delay": {"dist": "exponential", "mean": "6h"}},
    "channels.portal.resolution": 0.9,
    "channels.portal.reopening": {"probability": 0.15, "delay": "2d"},
}
BUSY = DESK.replace(SCRIPT)


def of_portal(workload: Workload) -> Workload:
    """Return the contacts of the first channel; their row numbers stay the same."""
    rows = workload.queue == 0
    assert np.all(np.diff(np.flatnonzero(rows)) == 1)
    return Workload(**{name: column[rows] for name, column in workload.columns().items()})


# Streams


def test_the_numbers_of_a_stream_stay_what_they_are() -> None:
    assert Streams(1, 0).uniforms("portal/work/0", 3).tolist() == GOLDEN_UNIFORMS
    assert Streams(2**62, 999).uniforms("ü/patience", 1).tolist() == GOLDEN_LAST


GOLDEN_UNIFORMS = [0.04522280569457682, 0.7458399647417882, 0.027960370011699487]
GOLDEN_LAST = [0.7688286015055514]


def test_a_stream_begins_with_the_same_numbers_however_many_are_drawn() -> None:
    streams = Streams(1, 0)
    long = streams.uniforms("portal/work/0", 1000)
    for count in (0, 1, 7, 999):
        assert streams.uniforms("portal/work/0", count).tolist() == long[:count].tolist()


def test_streams_differ_by_name_replication_and_seed() -> None:
    keys = [
        (seed, replication, name)
        for seed in (1, 2, 11)
        for replication in (0, 1, 12)
        for name in ("portal/work/0", "portal/work/1", "phone/work/0", "")
    ]
    drawn = np.array([Streams(seed, rep).uniforms(name, 2000) for seed, rep, name in keys])
    assert len(np.unique(drawn)) == drawn.size
    correlations = np.corrcoef(drawn)[np.triu_indices(len(drawn), 1)]
    # 630 pairs, each about normal with standard deviation 1/√2000
    assert np.abs(correlations).max() < 5 / math.sqrt(2000)
    assert stats.kstest(drawn.ravel(), "uniform").pvalue > 0.01
    assert drawn.min() >= 0
    assert drawn.max() < 1


# Arrivals


def test_arrivals_are_a_poisson_process_of_the_scenario_s_rate() -> None:
    desk = DESK.replace({"channels.portal.arrivals.business_hours_share": 0.8, "run.window": "10w"})
    rate = arrival_rate(desk, desk.channels["portal"].arrivals)
    horizon = desk.run.horizon
    times = draw_arrivals(desk, "portal", Streams(1, 0))
    expected = 35_000
    assert rate.cumulative(np.array(horizon)) == pytest.approx(expected, rel=1e-12)
    assert abs(len(times) - expected) < 1.96 * math.sqrt(expected)
    assert np.all(np.diff(times) >= 0)
    assert 0 <= times[0] <= times[-1] <= horizon
    # Counted in its own rate, the process is one of rate 1.
    gaps = np.diff(rate.cumulative(times), prepend=0)
    assert stats.kstest(gaps, "expon").pvalue > 0.01
    day, minute = (times // 1440) % 7, times % 1440
    inside = (day < 5) & (minute >= 540) & (minute < 1020)
    assert inside.mean() == pytest.approx(0.8, abs=1.96 * math.sqrt(0.16 / len(times)))


def test_no_arrivals_at_a_rate_of_zero() -> None:
    none = DESK.replace({f"channels.{name}.arrivals.per_day": 0 for name in DESK.channels})
    workload = draw_workload(none, 0)
    assert len(workload) == 0
    assert_types(workload)


def test_a_longer_run_begins_with_the_same_tickets() -> None:
    short, long = (
        draw_workload(BUSY.replace({"run.window": window}), 0) for window in ("2w", "4w")
    )
    first, second = of_portal(short), of_portal(long)
    tickets = int(first.ticket[-1]) + 1
    rows = second.ticket < tickets
    for name, column in first.columns().items():
        np.testing.assert_array_equal(column, second.columns()[name][rows], name)
    assert second.ready[second.kind == Kind.INITIAL][tickets] > 2 * 10080


# Common random numbers


@pytest.mark.parametrize(
    ("key", "value", "moved"),
    [
        ("channels.portal.patience", "2d", "patience"),
        ("channels.portal.work", {"dist": "gamma", "mean": "4min", "cv": 0.5}, "work"),
        ("channels.portal.wrap_up", "0min", "wrap_up"),
        ("channels.portal.arrivals.per_day", 400, "ready"),
        ("channels.portal.transfers", {"probability": 0}, ""),
        ("channels.portal.replies.probability", 0.1, ""),
        ("channels.portal.resolution", 0.5, ""),
        ("channels.portal.reopening.probability", 0, ""),
        ("channels.phone.arrivals.per_day", 99, ""),
        ("teams.support.agents", 3, ""),
    ],
)
def test_a_change_leaves_the_rest_of_every_ticket_alone(key: str, value: Any, moved: str) -> None:
    before, after = (
        of_portal(draw_workload(desk, 0)) for desk in (BUSY, BUSY.replace({key: value}))
    )
    for column in ("ready", "patience", "work", "wrap_up"):
        firsts = [getattr(table, column)[table.kind == Kind.INITIAL] for table in (before, after)]
        count = min(map(len, firsts))
        assert count > 10_000
        assert np.array_equal(firsts[0][:count], firsts[1][:count]) == (column != moved)


# Scripts


@pytest.fixture(scope="module")
def tickets() -> dict[str, np.ndarray[Any, Any]]:
    """Return how many contacts of each kind, and resolutions, each of many tickets has."""
    parts = []
    for replication in range(5):
        contacts = of_portal(draw_workload(BUSY, replication))
        count = int(contacts.ticket[-1]) + 1
        columns: dict[str, np.ndarray[Any, Any]] = {
            kind.name: np.bincount(contacts.ticket[contacts.kind == kind], minlength=count)
            for kind in Kind
        }
        columns["resolutions"] = np.bincount(contacts.ticket[contacts.resolves], minlength=count)
        last = contacts.next_if_served == NOBODY
        columns["resolved"] = contacts.resolves[last]
        columns["transferred"] = columns["TRANSFER"] > 0
        parts.append(columns)
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


Q, P, R, B = 0.2, 0.3, 0.9, 0.15  # transfer, reply, resolution, reopening
EPISODES = 1 / (1 - R * B)  # a ticket is reopened with probability R·B, after each episode anew


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("INITIAL", 1),
        ("TRANSFER", Q / (1 - Q)),
        ("transferred", Q),
        ("REPLY", EPISODES * P / (1 - P)),
        ("REOPEN", EPISODES * R * B),
        ("resolutions", EPISODES * R),
        ("resolved", EPISODES * R * (1 - B)),
        ("ESCALATION", 0),
        ("RETRY", 0),
    ],
)
def test_scripts_have_the_expected_contacts(
    what: str, expected: float, tickets: dict[str, np.ndarray[Any, Any]]
) -> None:
    counts = tickets[what].astype(float)
    assert len(counts) > 65_000
    half_width = 1.96 * counts.std(ddof=1) / math.sqrt(len(counts))
    assert counts.mean() == pytest.approx(expected, abs=half_width + 1e-12)


def test_the_number_of_transfers_is_geometric(tickets: dict[str, np.ndarray[Any, Any]]) -> None:
    counts = np.bincount(tickets["TRANSFER"], minlength=6)
    observed = [*counts[:5], counts[5:].sum()]
    shares = [(1 - Q) * Q**k for k in range(5)]
    expected = np.array([*shares, Q**5]) * counts.sum()
    assert stats.chisquare(observed, expected).pvalue > 0.01


@pytest.mark.parametrize("column", ["work", "wrap_up", "patience", "delay_if_served"])
def test_durations_follow_their_distributions(column: str) -> None:
    contacts = of_portal(draw_workload(BUSY, 0))
    oracle = {
        "work": stats.gamma(4, scale=0.75),
        "wrap_up": stats.lognorm(math.sqrt(math.log(1.25)), scale=1 / math.sqrt(1.25)),
        "patience": stats.expon(scale=1440),
        "delay_if_served": stats.expon(scale=360),
    }[column]
    values = getattr(contacts, column)
    if column == "patience":
        values = values[contacts.kind == Kind.INITIAL]
    elif column == "delay_if_served":
        values = values[np.flatnonzero(contacts.kind == Kind.REPLY) - 1]
    assert len(values) > 5000
    assert stats.kstest(values, oracle.cdf).pvalue > 0.01


def test_what_one_contact_takes_says_nothing_of_the_next() -> None:
    contacts = of_portal(draw_workload(BUSY, 0))
    again = np.flatnonzero(contacts.kind != Kind.INITIAL)
    work, wrap_up = contacts.work, contacts.wrap_up
    pairs = [(work[again - 1], work[again]), (wrap_up[again - 1], wrap_up[again]), (work, wrap_up)]
    for one, other in pairs:
        correlation = np.corrcoef(one.argsort().argsort(), other.argsort().argsort())[0, 1]
        assert abs(correlation) < 3 / math.sqrt(len(one))


def test_the_contacts_of_a_ticket_are_a_chain() -> None:
    workload = draw_workload(BUSY, 0)
    row = np.arange(len(workload))
    assert np.array_equal(np.unique(workload.ticket), np.arange(workload.ticket[-1] + 1))
    last = np.append(np.diff(workload.ticket) != 0, True)
    np.testing.assert_array_equal(np.diff(workload.ticket) >= 0, True)
    np.testing.assert_array_equal(workload.next_if_served, np.where(last, NOBODY, row + 1))
    np.testing.assert_array_equal(workload.next_if_abandoned, NOBODY)
    first = np.append(True, last[:-1])
    np.testing.assert_array_equal(workload.kind == Kind.INITIAL, first)
    np.testing.assert_array_equal(np.isnan(workload.ready), ~first)
    for queue in (0, 1):
        assert np.all(np.diff(workload.ready[first & (workload.queue == queue)]) >= 0)
    np.testing.assert_array_equal(np.isfinite(workload.patience), first & (workload.queue == 0))
    assert np.all(workload.delay_if_served[last] == 0)
    before = row[~first] - 1
    fixed = {Kind.TRANSFER: 5.0, Kind.REOPEN: 2880.0}
    for kind, delay in fixed.items():
        assert set(workload.delay_if_served[before[workload.kind[~first] == kind]]) == {delay}
    # A transfer follows a first or a transferred contact; a reopening, a resolved one.
    assert set(workload.kind[before[workload.kind[~first] == Kind.TRANSFER]]) == {0, Kind.TRANSFER}
    assert np.all(workload.resolves[before[workload.kind[~first] == Kind.REOPEN]])
    for kind in (Kind.TRANSFER, Kind.REPLY):
        assert not np.any(workload.resolves[before[workload.kind[~first] == kind]])


@pytest.mark.parametrize(("same_agent", "reply"), [(True, Affinity.SAME), (False, Affinity.ANYONE)])
def test_who_may_take_a_contact(same_agent: bool, reply: Affinity) -> None:
    contacts = draw_workload(BUSY.replace({"channels.portal.replies.same_agent": same_agent}), 0)
    wanted = {
        Kind.INITIAL: Affinity.ANYONE,
        Kind.TRANSFER: Affinity.OTHER,
        Kind.REPLY: reply,
        Kind.REOPEN: Affinity.ANYONE,
    }
    for kind, affinity in wanted.items():
        assert set(contacts.affinity[contacts.kind == kind]) == {affinity}


# Contracts


def assert_types(workload: Workload) -> None:
    types = {
        "ticket": np.int32, "queue": np.int8, "kind": np.int8, "priority": np.int8,
        "affinity": np.int8, "resolves": np.bool_, "ready": np.float64, "patience": np.float64,
        "work": np.float64, "wrap_up": np.float64, "next_if_served": np.int32,
        "delay_if_served": np.float64, "next_if_abandoned": np.int32,
        "delay_if_abandoned": np.float64, "next_if_turned_away": np.int32,
    }  # fmt: skip
    assert {name: column.dtype.type for name, column in workload.columns().items()} == types


def test_the_same_replication_is_drawn_the_same() -> None:
    assert_types(draw_workload(BUSY, 3))
    for name, column in draw_workload(BUSY, 3).columns().items():
        np.testing.assert_array_equal(column, draw_workload(BUSY, 3).columns()[name], strict=True)
    others = [draw_workload(BUSY, 4), draw_workload(BUSY.replace({"run.seed": 2}), 3)]
    for other in others:
        assert not np.array_equal(other.ready[:100], draw_workload(BUSY, 3).ready[:100])


def test_a_contact_takes_at_most_300_bytes() -> None:
    desk = BUSY.replace({"teams.support.shifts.0.each_hour": "20min"})
    workload = draw_workload(desk, 0)
    log = simulate(workload, draw_roster(desk), routing(desk), desk.run.horizon)
    size = workload.nbytes + log.nbytes + log.stints.nbytes
    assert len(log.stints) > 0
    assert size <= 300 * len(workload)


# Rosters


def test_a_plain_shift_plan() -> None:
    desk: Scenario = DESK.replace(
        {
            "run.start": DESK.run.start.replace(day=9),  # a Friday
            "run.window": "5d",  # and the roster goes on for a week
            "teams.early": {
                "agents": 1,
                "serves": ["phone"],
                "speed": 0.5,
                "shifts": [{"days": "Sun,Mon", "from": "22:00", "to": "24:00"},
                           {"days": "Mon", "from": "00:00", "to": "06:00"}],
            },
        }
    )  # fmt: skip
    hour = 60.0
    workdays = [0, 3, 4, 5, 6, 7, 10, 11]
    sundays = [2, 9]
    office = [((24 * day + 9) * hour, (24 * day + 17) * hour) for day in workdays]
    nights = [
        (sunday * 1440 + begin * hour, sunday * 1440 + end * hour)
        for sunday in sundays
        for begin, end in [(22, 30), (46, 48)]
    ]
    rows = [
        *((0, 0, on, off, 1.0) for on, off in office),
        *((1, 0, on, off, 1.0) for on, off in office),
        *((2, 2, on, off, 0.5) for on, off in nights),
    ]
    roster = draw_roster(desk)
    assert (
        list(zip(*(column.tolist() for column in roster.columns().values()), strict=True)) == rows
    )
    types = [column.dtype.type for column in roster.columns().values()]
    assert types == [np.int32, np.int8, np.float64, np.float64, np.float64]


@pytest.mark.parametrize("days", range(1, 9))
def test_nobody_seems_to_leave_when_the_run_ends(days: int) -> None:
    # With one hour of duty a week, the last duty is over only after the run.
    one_hour = [{"days": "Wed", "from": "12:00", "to": "13:00"}]
    desk = DESK.replace({"run.window": f"{days}d", "teams.support.shifts": one_hour})
    roster = draw_roster(desk)
    horizon = desk.run.horizon
    for agent in (0, 1):
        assert horizon < roster.off[roster.agent == agent].max() <= horizon + 7 * 1440


def test_a_duty_at_the_end_of_the_roster_is_cut_off() -> None:
    # The scenario starts on a Monday: the roster ends on the Tuesday of the week after.
    desk = DESK.replace(
        {
            "run.start": DESK.run.start.replace(day=5),
            "run.window": "34h",
            "teams.support.agents": 1,
        }
    )
    roster = draw_roster(desk)
    assert desk.run.horizon == 34 * 60
    assert (roster.on[-1], roster.off[-1]) == ((8 * 24 + 9) * 60, (8 * 24 + 10) * 60)


def test_a_roster_without_agents_is_empty() -> None:
    desk = DESK.replace({"teams.machine.serves": ["portal", "phone"], "teams.support.agents": 0})
    roster = draw_roster(desk)
    assert len(roster) == 0
    assert roster.agent.dtype == np.int32


def test_queues_and_teams_are_numbered_in_the_order_of_the_file() -> None:
    assert routing(DESK) == Routing(
        serves=((1, 0), (0,)),
        occupies=(1.0, 0.5),
        deferrable=(True, False),
        unlimited=(False, True),
    )
