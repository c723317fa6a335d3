"""Sums by hour of the week, against loops over a log, and against the measures of the same run."""

from __future__ import annotations

import dataclasses
import datetime as dt
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

from larger_runs import CHAT, TURNOVER
from made_runs import made_run
from small_runs import PHONE, PORTAL, TEAM, document, small_run, two_channel_run
from supportsim.measures import hours_seen, weekly
from supportsim.report.by_week import (
    arrivals_by_hour,
    duty_by_hour,
    intended_arrivals,
    occupancy_by_hour,
    required_for,
    wait_by_hour,
)
from supportsim.report.html_report.content import Plots
from supportsim.report.html_report.of_run import run_report
from supportsim.report.money import costs_of_teams, unit_costs
from supportsim.scenario.loading import validate
from supportsim.studies import run, simulate_once
from supportsim.studies.planning.required import required_agents
from supportsim.studies.planning.targets import read_target

if TYPE_CHECKING:
    from supportsim.measures import Facts
    from supportsim.studies import Run


@cache
def facts() -> Facts:
    """Return a replication with long calls over breaks, absence, and a window of odd ends."""
    shifts = [
        {"days": "Mon-Fri", "from": "09:00", "to": "12:00"},
        {"days": "Mon-Fri", "from": "13:00", "to": "17:00"},
    ]
    team = {
        **TEAM,
        "agents": 2,
        "serves": ["chat", "phone", "portal"],
        "turnover": TURNOVER,
        "shifts": shifts,
        "breaks": [{"from": "14:50", "to": "15:10"}],
    }
    settings = {"start": "2026-01-08", "warm_up": "36h", "window": "230h", "follow_up": "1w"}
    channels = {"portal": PORTAL, "chat": CHAT, "phone": {**PHONE, "work": "2h"}}
    changes = {
        "channels": channels,
        "teams": {"desk": team},
        "run": {**settings, "replications": 1, "seed": 5},
    }
    scenario = document(**changes)
    scenario["run"]["start"] = dt.date(2026, 1, 8)
    return simulate_once(validate(scenario), 0)


def hour_of(minutes: float) -> int:
    """Return the hour of the week of a time, by the calendar."""
    time = dt.datetime.combine(facts().scenario.run.start, dt.time()) + dt.timedelta(
        minutes=minutes
    )
    return 24 * time.weekday() + time.hour


def spread(begin: float, end: float, into: np.ndarray, by: float = 1.0) -> None:
    """Add the minutes of a stretch in the window to the hours of the week, piece by piece."""
    first, last = facts().window
    begin, end = max(begin, first), min(end, last)
    while begin < end:
        stop = min(end, 60 * (begin // 60 + 1))
        into[hour_of(begin)] += by * (stop - begin)
        begin = stop


def test_tickets_are_those_of_a_loop() -> None:
    tickets, (first, last) = facts().tickets, facts().window
    expected = {name: np.zeros(168) for name in ("arrivals", "answered", "waited")}
    for number in range(len(tickets)):
        if tickets.channel[number] == 0 and first <= tickets.opened[number] < last:
            hour = hour_of(tickets.opened[number])
            expected["arrivals"][hour] += 1
            if not np.isnan(tickets.answered[number]):
                expected["answered"][hour] += 1
                expected["waited"][hour] += tickets.answered[number] - tickets.opened[number]
    assert expected["arrivals"].sum() > 20
    for name, hours in expected.items():
        np.testing.assert_allclose(weekly(facts())[f"portal.{name}"], hours)


def test_duty_and_work_are_those_of_a_loop() -> None:
    made, found = facts(), weekly(facts())
    duty, seen = np.zeros(168), np.zeros(168)
    for on, off in zip(made.roster.on, made.roster.off, strict=True):
        spread(on, off, duty)
    spread(*made.window, seen)
    np.testing.assert_allclose(found["team.desk.duty"], duty, atol=1e-6)
    np.testing.assert_allclose(hours_seen(made.scenario), seen / 60)
    work, over, split = np.zeros(168), 0.0, 0
    stints, share = made.log.stints, made.stint_share
    for number in range(len(stints)):
        mine, parts = made.roster.agent == stints.agent[number], 0
        for on, off in zip(made.roster.on[mine], made.roster.off[mine], strict=True):
            begin, end = max(stints.begin[number], on), min(stints.end[number], off)
            spread(begin, end, work, share[number])
            parts += begin < end
        over += made.stint_over[number]
        split += parts > 1
    assert over > 0, "nobody works overtime: the test shows little"
    assert split >= 3, "duty hardly ever goes on amid a contact: the test shows little"
    np.testing.assert_allclose(found["team.desk.work"], work, atol=1e-6)


def test_hours_add_up_to_the_measures_of_the_run() -> None:
    for result, channel in ((small_run(), "portal"), (two_channel_run(), "phone")):
        sums = {
            name: sum(one.weekly[f"{channel}.{name}"].sum() for one in result.replications)
            for name in ("arrivals", "answered", "waited")
        }
        mean = result.estimates[f"{channel}.first_response_time"].mean
        assert sums["waited"] / sums["answered"] == pytest.approx(mean)
        tickets, _low, _high = arrivals_by_hour(result, channel)
        per_day = result.estimates[f"{channel}.arrivals_per_day"].mean
        assert tickets.sum() / 7 == pytest.approx(per_day)
        duty = duty_by_hour(result, "desk")
        on_duty = result.estimates["team.desk.headcount_on_duty"].mean
        assert duty.on_duty[0].mean() == pytest.approx(on_duty)
        occupancy = result.estimates["team.desk.occupancy"].mean
        assert duty.busy[0].sum() / duty.on_duty[0].sum() == pytest.approx(occupancy)
        shown = occupancy_by_hour(result, "desk")[0]
        open_hours = duty.on_duty[0] > 0
        assert np.isnan(shown[~open_hours]).all()
        np.testing.assert_allclose(
            shown[open_hours], (duty.busy[0] / np.where(open_hours, duty.on_duty[0], 1))[open_hours]
        )


def test_waits_say_when_nothing_is_known() -> None:
    mean, low, high = wait_by_hour(made_run(), "portal")
    assert np.isnan(mean[160:]).all()
    known = ~np.isnan(low)
    assert known[:160].all()
    assert (low[known] <= mean[known]).all()
    assert (mean[known] <= high[known]).all()


def test_intended_arrivals_are_the_scenarios() -> None:
    found = intended_arrivals(small_run(), "portal")
    assert found.sum() / 7 == pytest.approx(5)
    in_hours = found.reshape(7, 24)[:5, 9:17]
    assert in_hours.sum() / found.sum() == pytest.approx(0.8)
    np.testing.assert_allclose(in_hours, in_hours[0, 0])


def test_required_agents_are_those_of_the_shifts_of_a_few_minutes() -> None:
    shifts = [{"days": "Mon-Fri", "from": "09:00", "to": "17:00", "each_hour": "15min"}]
    teams = {"desk": {**TEAM, "agents": 2, "shifts": shifts}}
    settings = {"warm_up": "0min", "window": "2w", "replications": 1}
    made = run(validate(document(teams=teams, run=settings)), workers=1)
    duty = duty_by_hour(made, "desk")
    np.testing.assert_allclose(duty.on_duty[0].reshape(7, 24)[:5, 9:17], 0.5)
    required = duty.required.reshape(7, 24)[:5, 9:17] / 0.25
    np.testing.assert_allclose(required, np.rint(required))
    assert required.min() >= 1


def test_live_work_counts_in_full_however_short_the_shift() -> None:
    # Two who look in for nine minutes an hour, and a chat that rings all day.
    shifts = [{"days": "Mon-Fri", "from": "09:00", "to": "17:00", "each_hour": "9min"}]
    channels = {"portal": PORTAL, "chat": {**CHAT, "arrivals": {"per_day": 20}}}
    settings = {"warm_up": "0min", "window": "2w", "replications": 1}
    found = []
    for serves in (["chat"], ["chat", "portal"]):
        desk = {**TEAM, "agents": 2, "serves": serves, "shifts": shifts}
        teams = {"desk": desk, "others": {**TEAM, "serves": ["portal"]}}
        made = run(validate(document(channels=channels, teams=teams, run=settings)), workers=1)
        duty = duty_by_hour(made, "desk")
        np.testing.assert_allclose(duty.on_duty[0].reshape(7, 24)[:5, 9:17], 0.3)
        assert duty.short.reshape(7, 24)[:5, 9:17].all()
        found.append(duty.required)
    chat, both = found
    np.testing.assert_allclose(chat, np.rint(chat))
    assert chat.min() >= 1
    # What the portal asks for beyond is a number of agents for nine minutes, and none off duty.
    more = (both - chat).reshape(7, 24)
    assert (more[5:] == 0).all()
    np.testing.assert_allclose(more[:5, 9:17] / 0.15, np.rint(more[0, 9] / 0.15))


def costs_add_up(result: Run) -> None:
    costs = costs_of_teams(result)
    assert costs
    for team, kinds in costs.items():
        parts = ("labour_cost", "turnover_cost")
        names = [f"team.{team}.{part}" for part in parts]
        expected = sum(result.estimates[name].mean for name in names if name in result.estimates)
        assert sum(kinds.values()) == pytest.approx(expected)
        assert min(kinds.values()) >= 0


def test_kinds_of_cost_add_up() -> None:
    costs_add_up(small_run())
    costs_add_up(two_channel_run())
    costs_add_up(made_run())
    by_kind = costs_of_teams(small_run())["desk"]
    assert by_kind["contacts"] / sum(by_kind.values()) == pytest.approx(
        small_run().estimates["team.desk.occupancy"].mean
    )


def test_nothing_is_said_of_money_that_nothing_costs() -> None:
    teams = {"desk": {**TEAM, "cost_per_hour": 0}}
    settings = {"warm_up": "0min", "window": "1w", "replications": 1}
    made = run(validate(document(teams=teams, run=settings)), workers=1)
    assert costs_of_teams(made) == {}
    assert "Money" not in [one.title for one in run_report(made).sections]
    assert unit_costs(made) == []


def test_leavers_cost_where_hours_do_not() -> None:
    turnover = {**TURNOVER, "per_year": 26, "cost_per_leaver": 1000}
    teams = {"desk": {**TEAM, "agents": 4, "cost_per_hour": 0, "turnover": turnover}}
    settings = {"warm_up": "0min", "window": "4w", "replications": 1}
    made = run(validate(document(teams=teams, run=settings)), workers=1)
    costs_add_up(made)
    (kinds,) = costs_of_teams(made).values()
    assert {kind for kind, cost in kinds.items() if cost} == {"replacing"}
    money = next(one for one in run_report(made).sections if one.title == "Money")
    plots = next(one for one in money.blocks if isinstance(one, Plots))
    assert plots.plots[0].title == "What the teams cost"


def test_unit_costs_know_what_was_published_of_them() -> None:
    found = {cost.measure: cost for cost in unit_costs(small_run())}
    assert [one.id for one in found["portal.cost_per_contact"].figures] == [
        "portal.cost_per_contact"
    ]
    assert "all.cost_per_contact" not in found, "one channel says it all"
    assert "all.cost_per_contact" in {cost.measure for cost in unit_costs(two_channel_run())}
    assert "portal.cost_per_minute" not in found


def test_published_figures_on_live_channels_say_how_many_are_required() -> None:
    made = two_channel_run()
    plain = duty_by_hour(made, "desk")
    assert plain.figures == ()
    assert "one customer in five waits on phone; to get done" in required_for(made, "desk", plain)
    band = next(one for one in made.figures if one.within == "1h")
    figure = band.model_copy(
        update={"channel": "phone", "measure": "phone.abandonment_of_contacts", "value": 0.001}
    )
    judged = dataclasses.replace(made, figures=(figure,))
    duty = duty_by_hour(judged, "desk")
    assert duty.figures == (figure,)
    assert "0.1 % on phone" in required_for(judged, "desk", duty)
    target = read_target("phone.abandonment_of_contacts<=0.001", made.scenario)
    expected = required_agents(made.scenario, [target], "desk", "1h").ravel()
    np.testing.assert_array_equal(duty.required, expected)
    assert (duty.required > plain.required).any()


def test_a_second_tier_serves_no_channel_of_its_own() -> None:
    portal = {**PORTAL, "transfers": {"probability": 0.3, "to_team": "experts"}}
    teams = {"desk": TEAM, "experts": {**TEAM, "serves": []}}
    settings = {"warm_up": "0min", "window": "1w", "replications": 1}
    changes = {"channels": {"portal": portal}, "teams": teams, "run": settings}
    made = run(validate(document(**changes)), workers=1)
    told = required_for(made, "experts", duty_by_hour(made, "experts"))
    assert told == "to get done what is transferred to it"
