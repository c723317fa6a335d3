"""The main study: what it repeats to the last bit, when it stops, and what it warns of."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import stats

from small_runs import small_run
from supportsim.errors import InputError
from supportsim.sampling import draw_workload
from supportsim.scenario.flows import contacts_of_conversation
from supportsim.scenario.loading import validate
from supportsim.stats import ratio_estimate
from supportsim.studies import figures_of, run, simulate_once
from supportsim.studies.load import offered_loads
from supportsim.studies.run import replicate
from supportsim.tables import NOBODY, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from supportsim.scenario import Scenario
    from supportsim.studies.run import Replication, Run
    from supportsim.tables import Workload

Table = dict[str, Any]

ALWAYS = [{"days": "Mon-Sun", "from": "00:00", "to": "24:00"}]
NINE_TO_FIVE = [{"days": "Mon-Fri", "from": "09:00", "to": "17:00"}]

LIVELY: Table = {
    "arrivals": {"per_day": 20, "business_hours_share": 0.8},
    "patience": {"dist": "gamma", "mean": "9h", "cv": 0.5},
    "work": {"dist": "lognormal", "mean": "12min", "cv": 0.7},
    "wrap_up": {"dist": "exponential", "mean": "3min"},
    "transfers": {"probability": 0.2, "delay": {"dist": "exponential", "mean": "5min"}},
    "replies": {"probability": 0.3, "delay": {"dist": "exponential", "mean": "2h"}},
    "resolution": 0.9,
    "reopening": {"probability": 0.1, "delay": {"dist": "exponential", "mean": "1d"}},
}
"""A channel in which everything happens that can."""


def scenario_of(
    channels: Table, *, agents: int = 2, shifts: list[Table] = NINE_TO_FIVE, **run_keys: Any
) -> Scenario:
    times = {"warm_up": "1w", "window": "3w", "follow_up": "1w", "replications": 4}
    return validate(
        {
            "name": "run",
            "run": times | run_keys,
            "channels": channels,
            "teams": {"desk": {"agents": agents, "serves": list(channels), "shifts": shifts}},
        }
    )


def everything(replication: Replication) -> Iterator[tuple[str, Any]]:
    """Yield all that is kept of a replication, by name."""
    for name, one in replication.observations.items():
        yield f"{name} ratio", (one.numerator, one.denominator)
        yield f"{name} sample", one.sample
    yield from replication.backlog.items()
    yield from replication.staff.items()
    yield "tickets", replication.tickets
    yield "unfinished", replication.unfinished


def assert_same(one: Replication, other: Replication) -> None:
    assert dict(everything(one)).keys() == dict(everything(other)).keys()
    for (name, value), (_, expected) in zip(everything(one), everything(other), strict=True):
        np.testing.assert_array_equal(value, expected, name, strict=True)


def assert_same_runs(one: Run, other: Run) -> None:
    assert len(one.replications) == len(other.replications) == 4
    for replications in zip(one.replications, other.replications, strict=True):
        assert_same(*replications)
    np.testing.assert_equal(one.estimates, other.estimates)


# --- The same again ------------------------------------------------------------------------------


def test_a_run_is_the_same_again_and_with_any_number_of_workers() -> None:
    scenario = scenario_of({"portal": LIVELY})
    first = run(scenario, workers=1)
    assert_same_runs(run(scenario, workers=1), first)
    assert_same_runs(run(scenario, workers=2), first)
    answers = {r.observations["portal.first_response_time"].numerator for r in first.replications}
    assert len(answers) == 4  # replications differ
    other_seed = run(scenario.replace({"run.seed": 2}), workers=1)
    assert other_seed.estimates["portal.wait"] != first.estimates["portal.wait"]


def test_a_replication_is_the_same_alone() -> None:
    scenario = scenario_of({"portal": LIVELY})
    whole = run(scenario, workers=1)
    for number in (3, 0):
        alone = replicate(scenario, number, whole.asked.values())
        assert_same(alone, whole.replications[number])


def test_progress_is_told_after_each_replication() -> None:
    told: list[tuple[int, int]] = []
    run(scenario_of({"portal": LIVELY}), workers=1, progress=lambda *done: told.append(done))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


# --- Common random numbers -----------------------------------------------------------------------


def same_columns(one: Workload, other: Workload, but: frozenset[str] = frozenset()) -> None:
    for field in fields(one):
        if field.name not in but:
            expected = getattr(other, field.name)
            np.testing.assert_array_equal(getattr(one, field.name), expected, field.name)


def rows_of(workload: Workload, chosen: Any) -> Workload:
    """Return some rows of a workload, their links relative to the first."""
    columns = {name: column[chosen] for name, column in workload.columns().items()}
    first = np.flatnonzero(chosen)[0]
    for name in ("next_if_served", "next_if_abandoned"):
        columns[name] = np.where(columns[name] == NOBODY, NOBODY, columns[name] - first)
    columns["ticket"] = columns["ticket"] - columns["ticket"][0]
    return type(workload)(**columns)


def test_patience_changes_nothing_else() -> None:
    scenario = scenario_of({"portal": LIVELY})
    patient = scenario.replace({"channels.portal.patience.mean": "18h"})
    for replication in range(3):
        one, other = draw_workload(scenario, replication), draw_workload(patient, replication)
        same_columns(one, other, but=frozenset({"patience"}))
        # The same customers, each twice as patient.
        np.testing.assert_allclose(other.patience, 2 * one.patience, rtol=1e-12)


def test_another_channel_changes_nothing_else() -> None:
    alone = draw_workload(scenario_of({"portal": LIVELY}), 1)
    chat = LIVELY | {"arrivals": {"per_day": 35}, "live": True}
    for channels in ({"portal": LIVELY, "chat": chat}, {"chat": chat, "portal": LIVELY}):
        both = draw_workload(scenario_of(channels), 1)
        mine = both.queue == list(channels).index("portal")
        assert 0 < np.count_nonzero(mine) < len(both)
        same_columns(rows_of(both, mine), alone, but=frozenset({"queue"}))


@pytest.mark.parametrize("change", [{"arrivals.per_day": 31}, {"arrivals.per_day": 20.01}])
def test_another_rate_keeps_each_ticket_the_same_ticket(change: Table) -> None:
    scenario = scenario_of({"portal": LIVELY})
    faster = scenario.replace({f"channels.portal.{key}": value for key, value in change.items()})
    slow, fast = draw_workload(scenario, 2), draw_workload(faster, 2)
    assert len(slow) <= len(fast)
    same_columns(rows_of(fast, np.arange(len(fast)) < len(slow)), slow, but=frozenset({"ready"}))
    initial = slow.kind == Kind.INITIAL
    assert np.all(fast.ready[: len(slow)][initial] < slow.ready[initial])


def test_a_longer_run_begins_with_the_shorter_one() -> None:
    short = draw_workload(scenario_of({"portal": LIVELY}), 0)
    long = draw_workload(scenario_of({"portal": LIVELY}, window="9w"), 0)
    same_columns(rows_of(long, np.arange(len(long)) < len(short)), short)


def test_more_transfers_leave_what_each_contact_needs() -> None:
    scenario = scenario_of({"portal": LIVELY})
    more = scenario.replace({"channels.portal.transfers.probability": 0.4})
    few, many = draw_workload(scenario, 0), draw_workload(more, 0)
    assert len(few) < len(many)
    # The k-th contact of a ticket, wherever there is one in both.
    one, other = (dict(zip(_places(load), range(len(load)), strict=True)) for load in (few, many))
    both = one.keys() & other.keys()
    assert sum(place > 0 for _, place in both) > 100
    rows, others = [one[key] for key in both], [other[key] for key in both]
    np.testing.assert_array_equal(few.work[rows], many.work[others])
    np.testing.assert_array_equal(few.wrap_up[rows], many.wrap_up[others])
    # And where it is transferred in neither, what becomes of it.
    kept = ~_transferred(few)[rows] & ~_transferred(many)[others]
    kept &= few.kind[rows] == many.kind[others]
    assert 0.5 < kept.mean() < 1
    np.testing.assert_array_equal(few.resolves[rows][kept], many.resolves[others][kept])


def _transferred(workload: Workload) -> Any:
    """Return which contacts another one follows that is a transfer."""
    following = np.append(workload.kind, Kind.INITIAL)[workload.next_if_served]
    return (workload.next_if_served != NOBODY) & (following == Kind.TRANSFER)


def _places(workload: Workload) -> list[tuple[int, int]]:
    """Return the ticket of each contact, and its place among the ticket's contacts."""
    first = np.searchsorted(workload.ticket, workload.ticket)
    return list(
        zip(workload.ticket.tolist(), (np.arange(len(first)) - first).tolist(), strict=True)
    )


def test_another_number_of_agents_changes_no_ticket() -> None:
    one = draw_workload(scenario_of({"portal": LIVELY}), 0)
    same_columns(draw_workload(scenario_of({"portal": LIVELY}, agents=5), 0), one)


# --- Automatic replications ----------------------------------------------------------------------


def automatic(precision: float, most: int) -> Run:
    keys = {"replications": "auto", "precision": precision, "max_replications": most}
    return run(scenario_of({"portal": LIVELY, "chat": LIVELY}, agents=4, **keys), workers=1)


def relative_half_widths(replications: int) -> list[float]:
    """Return the wider relative half-width of the two channels after 1, 2, 3 … replications."""
    scenario = scenario_of({"portal": LIVELY, "chat": LIVELY}, agents=4, replications=replications)
    done = run(scenario, workers=1).replications
    widths = [np.nan]
    for count in range(2, replications + 1):
        of_channels = []
        for name in ("portal", "chat"):
            observed = [r.observations[f"{name}.first_response_time"] for r in done[:count]]
            x, y = np.array([(one.numerator, one.denominator) for one in observed]).T
            ratio = x.sum() / y.sum()
            spread = np.std(x - ratio * y, ddof=1) / np.sqrt(count) / y.mean()
            of_channels.append(stats.t.ppf(0.975, count - 1) * spread / ratio)
        widths.append(max(of_channels))
    return widths


def test_automatic_replications_stop_where_the_rule_says() -> None:
    widths = relative_half_widths(40)
    wanted = 0.08
    # The first count from 3 on that holds with the 5 after it.
    expected = next(n for n in range(3, 36) if max(widths[n - 1 : n + 5]) <= wanted)
    first = next(n for n in range(3, 36) if widths[n - 1] <= wanted)
    assert first >= 4  # so that the rule has something to decide
    result = automatic(wanted, most=40)
    assert len(result.replications) == expected
    assert result.stopped == f"precision 8.0% reached after {expected} replications"


def test_automatic_replications_say_that_the_budget_is_spent() -> None:
    widths = relative_half_widths(7)
    result = automatic(0.001, most=7)
    assert len(result.replications) == 7
    assert result.stopped.startswith("7 replications spent before precision 0.1% was reached: ")
    assert result.stopped.endswith(f".first_response_time is known to {widths[-1]:.1%}")


def test_a_fixed_number_of_replications_says_nothing() -> None:
    assert run(scenario_of({"portal": LIVELY}), workers=1).stopped == ""


# --- Warnings ------------------------------------------------------------------------------------


def calm(**run_keys: Any) -> Scenario:
    """Return a desk that is nearly always idle."""
    email = {"arrivals": {"per_day": 100}, "work": {"dist": "exponential", "mean": "2min"}}
    return scenario_of({"email": email}, agents=2, shifts=ALWAYS, **run_keys)


def test_a_calm_desk_has_no_warning() -> None:
    result = run(calm(window="26w"), workers=1)
    assert result.warnings == ()
    assert result.warm_up_needed is not None
    assert 0 <= result.warm_up_needed <= 7 * 1440
    assert all(r.unfinished == 0 for r in result.replications)


def test_too_much_work_is_warned_of() -> None:
    # 100 × 42 = 4200 minutes of work a day for 2 × 1440 of duty: 146 %.
    scenario = calm(window="12w").replace({"channels.email.work.mean": "42min"})
    result = run(scenario, workers=1)
    warnings = result.warnings
    assert result.warm_up_needed is None
    assert warnings[0] == ("the load of email can never be served: it is 146% of what desk can do")
    # The backlog grows from the first day to the last.
    assert warnings[-1].startswith("the backlog has no steady state (MSER-5)")


@pytest.mark.parametrize(("days", "enough"), [(52, False), (53, True)])
def test_a_run_of_less_than_60_days_is_too_short_to_tell(days: int, enough: bool) -> None:
    # A backlog that has no steady state, a week of warm-up included.
    scenario = calm(window=f"{days}d").replace({"channels.email.work.mean": "42min"})
    result = run(scenario, workers=1)
    assert len(result.replications[0].backlog["all.backlog_open"]) == 7 + days
    too_short = result.warm_up_needed is not None and np.isnan(result.warm_up_needed)
    assert too_short == (not enough)
    told = [text for text in result.warnings if "MSER-5" in text or "warm-up" in text]
    assert len(told) == enough


def test_unfinished_tickets_are_warned_of() -> None:
    scenario = calm(follow_up="0min").replace({"channels.email.work": "2h"})
    scenario = scenario.replace({"teams.desk.agents": 30})
    result = run(scenario, workers=1)
    tickets = sum(r.tickets for r in result.replications)
    # Those that arrived in the last two hours of the window, a few of the 100 a day.
    unfinished = sum(r.unfinished for r in result.replications)
    assert 0 < unfinished < tickets / 50
    (warning,) = [text for text in result.warnings if "warm-up" not in text]
    assert warning.startswith(
        f"{unfinished} tickets of the window ({unfinished / tickets:.1%}) were still open"
    )
    assert "a longer run.follow_up than 0min would tell" in warning


def test_a_ticket_that_awaits_a_reply_is_unfinished_though_answered() -> None:
    replies = {"probability": 0.5, "delay": "300d", "same_agent": False}
    result = run(calm().replace({"channels.email.replies": replies}), workers=1)
    tickets = sum(r.tickets for r in result.replications)
    answered = sum(len(r.responses("email")) for r in result.replications)
    unfinished = sum(r.unfinished for r in result.replications)
    assert answered == tickets
    assert unfinished == pytest.approx(tickets / 2, rel=0.1)
    assert any("were still open when the run ended" in text for text in result.warnings)


def test_a_short_warm_up_is_warned_of() -> None:
    # Work takes 10 days, so that the backlog needs weeks to fill up.
    slow = {"channels.email.work": {"dist": "exponential", "mean": "10d"}}
    scenario = validate(
        {
            "name": "slow",
            "run": {"warm_up": "0min", "window": "26w", "follow_up": "20w", "replications": 20},
            "channels": {"email": {"arrivals": {"per_day": 30}, "work": "1min"}},
            "teams": {"desk": {"agents": "unlimited", "serves": ["email"]}},
        }
    ).replace(slow)
    result = run(scenario, workers=1)
    (warning,) = [text for text in result.warnings if "warm-up" in text]
    assert warning.startswith("the warm-up of 0min is too short: MSER-5 would cut ")
    assert result.warm_up_needed is not None
    assert 20 <= result.warm_up_needed / 1440 <= 70
    long_enough = run(scenario.replace({"run.warm_up": "10w"}), workers=1)
    assert not [text for text in long_enough.warnings if "warm-up" in text]


# --- The offered load ----------------------------------------------------------------------------


def test_contacts_per_ticket_are_those_of_the_scripts() -> None:
    scenario = scenario_of(
        {"portal": LIVELY | {"arrivals": {"per_day": 400}}}, window="8w", replications=20
    )
    workloads = [draw_workload(scenario, replication) for replication in range(20)]
    contacts = np.array([len(workload) for workload in workloads], np.float64)
    tickets = np.array([workload.ticket.max() + 1 for workload in workloads], np.float64)
    found = ratio_estimate(contacts, tickets)
    exact = contacts_of_conversation(scenario.channels["portal"])[0]
    # By hand: 1/(1 − 0.2) = 1.25 first and transferred contacts; after the last of them, and after
    # each that follows, another one with probability 0.3 + 0.7 × 0.9 × 0.1 = 0.363.
    assert exact == pytest.approx(1.25 + 0.363 / 0.637, rel=1e-12)
    assert found.half_width < 0.003 * exact
    assert found.low <= exact <= found.high


@pytest.mark.parametrize(
    ("repeats", "expected"),
    [
        ({}, 1.0),
        ({"transfers": {"probability": 0.5}}, 2.0),
        ({"replies": {"probability": 0.5, "delay": "1h"}}, 2.0),
        ({"reopening": {"probability": 0.5, "delay": "1h"}}, 2.0),
        ({"reopening": {"probability": 0.5, "delay": "1h"}, "resolution": 0.0}, 1.0),
    ],
)
def test_contacts_per_ticket_by_hand(repeats: Table, expected: float) -> None:
    channel = {"arrivals": {"per_day": 1}, "work": "1min", **repeats}
    scenario = scenario_of({"portal": channel})
    assert contacts_of_conversation(scenario.channels["portal"])[0] == pytest.approx(
        expected, rel=1e-12
    )


def test_the_offered_load_is_the_occupancy() -> None:
    portal = {key: value for key, value in LIVELY.items() if key != "patience"}
    chat = {"arrivals": {"per_day": 80}, "work": "6min", "occupies": 0.5}
    scenario = scenario_of(
        {"portal": portal | {"arrivals": {"per_day": 24}}, "chat": chat},
        agents=3,
        window="26w",
        replications=20,
    )
    (load,) = offered_loads(scenario)
    assert (load.channels, load.teams) == (("portal", "chat"), ("desk",))
    # 7 × (24 × 1.82 × 15 + 80 × 6 / 2) minutes a week for 3 × 5 × 480 of duty.
    contacts = 1.25 + 0.363 / 0.637
    assert load.utilisation == pytest.approx(7 * (24 * contacts * 15 + 240) / 7200, rel=1e-12)
    occupancy = run(scenario, workers=1).estimates["team.desk.occupancy"]
    assert occupancy.half_width <= 0.01 * load.utilisation
    assert occupancy.low <= load.utilisation <= occupancy.high


def test_loads_are_those_of_teams_and_channels_that_share_work() -> None:
    any_channel = {"arrivals": {"per_day": 48}, "work": "10min"}
    scenario = validate(
        {
            "name": "groups",
            "channels": dict.fromkeys(("a", "b", "c", "d"), any_channel),
            "teams": {
                # a and c share the first two teams; b has one of its own, at half speed.
                "one": {"agents": 1, "serves": ["a", "c"], "shifts": ALWAYS},
                "two": {"agents": 2, "serves": ["c"], "shifts": ALWAYS},
                "three": {"agents": 1, "serves": ["b"], "shifts": NINE_TO_FIVE, "speed": 0.5},
                # Nothing is known of the load of d: whoever is not served at once is no problem.
                "endless": {"agents": "unlimited", "serves": ["d"]},
            },
        }
    )
    found = {load.channels: (load.teams, load.utilisation) for load in offered_loads(scenario)}
    # Of a and c together a alone is the higher load: 480 of 1440 min a day, not 960 of 4320.
    assert found.keys() == {("a",), ("b",)}
    assert found["a",] == (("one",), pytest.approx(480 / 1440))
    assert found["b",] == (("three",), pytest.approx(7 * 480 / (0.5 * 5 * 480)))


def test_a_channel_that_is_too_much_for_its_own_team_is_seen_in_a_group_with_idle_ones() -> None:
    scenario = validate(
        {
            "name": "pooled",
            "channels": {
                "email": {"arrivals": {"per_day": 200}, "work": "10min"},
                "phone": {"arrivals": {"per_day": 10}, "work": "10min"},
                "portal": {"arrivals": {"per_day": 10}, "work": "10min"},
            },
            "teams": {
                "few": {"agents": 1, "serves": ["phone", "email"], "shifts": ALWAYS},
                "many": {"agents": 10, "serves": ["phone"], "shifts": ALWAYS},
                # What nobody has to wait for does not hide the rest of the group.
                "endless": {"agents": "unlimited", "serves": ["portal", "phone"]},
            },
        }
    )
    (load,) = offered_loads(scenario)
    assert (load.channels, load.teams) == (("email",), ("few",))
    assert load.utilisation == pytest.approx(2000 / 1440)


def test_a_contact_that_leaves_no_room_for_a_second_takes_the_whole_agent() -> None:
    channel = {"arrivals": {"per_day": 120}, "work": "10min", "occupies": 0.6}
    team = {"agents": 1, "serves": ["email"], "shifts": ALWAYS}
    scenario = validate({"name": "x", "channels": {"email": channel}, "teams": {"t": team}})
    assert offered_loads(scenario)[0].utilisation == pytest.approx(1200 / 1440)
    two = scenario.replace({"channels.email.occupies": 0.5})
    assert offered_loads(two)[0].utilisation == pytest.approx(600 / 1440)


def test_nothing_that_goes_wrong_in_a_process_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """A `simpy.Process` would catch even Ctrl-C; a desk's processes must not."""
    from supportsim.engine.desk import Desk

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Desk, "duty_ends", interrupted)
    channel = {"arrivals": {"per_day": 5}, "work": "10min"}
    team = {"agents": 1, "serves": ["email"], "shifts": NINE_TO_FIVE}
    scenario = validate({"name": "x", "channels": {"email": channel}, "teams": {"t": team}})
    with pytest.raises(KeyboardInterrupt):
        simulate_once(scenario, 0)


def test_where_nothing_is_judged_nothing_matches() -> None:
    channel = {"arrivals": {"per_day": 5}, "work": "10min"}
    team = {"agents": 1, "serves": ["email"], "shifts": NINE_TO_FIVE}
    run_ = {"warm_up": "1w", "window": "1w", "follow_up": "1w", "replications": 2}
    document = {"name": "x", "run": run_, "channels": {"email": channel}, "teams": {"t": team}}
    assert not run(validate(document), workers=1).all_match
    portal = validate(document | {"benchmarks": {"use": ["portal"]}})
    assert not run(portal, workers=1).all_match


def test_a_reopened_ticket_that_is_not_resolved_again_is_not_resolved() -> None:
    """Of resolved tickets 0.9 come back; half of those that end are resolved."""
    channel = {
        "arrivals": {"per_day": 60},
        "work": "1s",
        "resolution": 0.5,
        "reopening": {"probability": 0.9, "delay": "1h"},
    }
    team = {"agents": "unlimited", "serves": ["email"]}
    run_ = {"warm_up": "0d", "window": "30d", "follow_up": "14d", "replications": 20}
    document = {"name": "x", "run": run_, "channels": {"email": channel}, "teams": {"t": team}}
    rate = run(validate(document), workers=1).estimates["email.resolution_rate"]
    # Each round ends resolved for good with 0.5 · 0.1, unresolved with 0.5, and goes on otherwise.
    assert rate.low <= 0.05 / 0.55 <= rate.high
    assert rate.half_width < 0.015 * 0.5


@pytest.mark.parametrize("key", ["benchmarks.use", "benchmarks.fitted"])
def test_an_unknown_figure_is_told_with_the_key_that_names_it(key: str) -> None:
    wrong = small_run().scenario.replace({key: ["portall"]})
    with pytest.raises(InputError, match=f'^{key}: there is no benchmark figure or group "portall'):
        figures_of(wrong)
