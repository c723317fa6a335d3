"""First guesses by theory: the load of a week, agents by the half-hour, heads, intervals."""

from __future__ import annotations

import datetime as dt
import math
from itertools import count, pairwise
from typing import Any

import numpy as np
import pytest

from small_runs import OFFICE, PHONE, PORTAL
from supportsim.errors import InputError
from supportsim.measures import find, observe
from supportsim.queueing import (
    agents_needed,
    erlang_a,
    erlang_c_mean_wait,
    erlang_c_service_level,
    square_root_servers,
)
from supportsim.sampling import routing
from supportsim.scenario import Scenario
from supportsim.scenario.loading import validate
from supportsim.studies import simulate_once
from supportsim.studies.load import _minutes_asked
from supportsim.studies.planning.demand import (
    conversations,
    queue_loads,
    service_times,
    slots_of_day,
    typical_week,
)
from supportsim.studies.planning.intervals import expand
from supportsim.studies.planning.required import first_guess, required_agents
from supportsim.studies.planning.staffing import positions_of
from supportsim.studies.planning.targets import Target, read_target
from test_measures_naive import SCENARIO as EVERYTHING

ALWAYS = [{"days": "Mon-Sun", "from": "00:00", "to": "24:00"}]
PATIENCE = {"dist": "exponential", "mean": "3min"}
DAILY = {"by_hour": [0] * 8 + [1, 2, 3, 3, 2, 3, 2, 1] + [0] * 8}


def phone(per_day: float = 2000, **more: Any) -> dict[str, Any]:
    work = {"dist": "exponential", "mean": "4min"}
    return {"live": True, "arrivals": {"per_day": per_day}, "work": work} | more


def desk(channels: dict[str, Any], **teams: dict[str, Any]) -> Scenario:
    """Return a desk whose teams, unless they say otherwise, serve all channels around the clock."""
    plain = {"agents": 5, "serves": [*channels], "shifts": ALWAYS}
    return validate(
        {
            "name": "desk",
            "run": {"warm_up": "1w", "window": "4w", "follow_up": "1d"},
            "channels": channels,
            "teams": {name: plain | team for name, team in (teams or {"desk": {}}).items()},
        }
    )


def targets(scenario: Scenario, *texts: str) -> list[Target]:
    return [read_target(text, scenario) for text in texts]


def needed(scenario: Scenario, *texts: str, team: str = "desk") -> np.ndarray:
    return required_agents(scenario, targets(scenario, *texts), team)


# --- The load of a week --------------------------------------------------------------------------


def test_a_typical_week_has_the_tickets_of_a_mean_one() -> None:
    shaped = phone(200, arrivals={"per_day": 200, "by_weekday": [2, 1, 1, 1, 1, 1, 0], **DAILY})
    week = typical_week(desk({"phone": shaped}))[0].reshape(7, 24, 12).sum(axis=2)
    assert week.sum() == pytest.approx(7 * 200)
    np.testing.assert_allclose(week.sum(axis=1), 200 * np.array([2, 1, 1, 1, 1, 1, 0]))
    np.testing.assert_allclose(week[1], 200 * np.array(DAILY["by_hour"]) / 17)


def test_the_week_begins_on_monday_whenever_the_scenario_does() -> None:
    shaped = phone(arrivals={"per_day": 70, "by_weekday": [0, 0, 1, 0, 0, 0, 0]})
    scenario = desk({"phone": shaped}).replace(
        {"run.start": dt.date(2026, 1, 9), "run.window": "10d"}
    )
    days = typical_week(scenario)[0].reshape(7, -1).sum(axis=1)
    np.testing.assert_allclose(days, [0, 0, 490, 0, 0, 0, 0], atol=1e-9)


@pytest.mark.parametrize("scenario", [EVERYTHING], ids=["everything"])
def test_the_load_of_a_week_is_the_work_that_arrives_in_it(scenario: Scenario) -> None:
    """As `offered_loads` has it, which a simulation confirms."""
    weeks = scenario.replace({"run.warm_up": "0d", "run.window": "3w", "run.follow_up": "0d"})
    expected = _minutes_asked(weeks, routing(weeks).channel)
    found = queue_loads(weeks, 48).sum(axis=1) * 30
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_customers_who_find_their_channel_closed_come_when_it_opens() -> None:
    hours = {"hours": OFFICE}
    scenario = desk({"phone": phone(240, opening=hours)})
    by_hour = conversations(scenario)[0].reshape(7, 24, 12).sum(axis=2)
    assert by_hour.sum() == pytest.approx(7 * 240)
    # From Friday at 17:00 on they wait for Monday; on other days for the next morning.
    np.testing.assert_allclose(by_hour[0, 9], 10 + 10 * (9 + 24 + 24 + 7))
    np.testing.assert_allclose(by_hour[1, 9:17], [10 + 160] + [10] * 7)
    assert by_hour[5:].sum() == 0
    gone = desk({"phone": phone(240, opening=hours | {"outside": "turned away"})})
    assert conversations(gone)[0].sum() == pytest.approx(5 * 8 * 10)


def test_messages_and_escalations_go_to_other_channels() -> None:
    closed = {"hours": OFFICE, "outside": "voicemail", "voicemail_to": "mail"}
    first = phone(240, opening=closed, escalation={"to": "mail", "probability": 0.25})
    scenario = desk({"phone": first, "mail": PORTAL | {"arrivals": {"per_day": 0}}})
    by_hour = conversations(scenario).reshape(2, 7, 24, 12).sum(axis=3)
    np.testing.assert_allclose(by_hour[1, 0], [10] * 9 + [2.5] * 8 + [10] * 7)
    np.testing.assert_allclose(by_hour[1, 6], 10)


def test_service_times_are_work_and_wrap_up() -> None:
    channel = desk(
        {"phone": phone(work={"dist": "lognormal", "mean": "5min", "cv": 0.8},
                        wrap_up={"dist": "gamma", "mean": "2min", "cv": 0.5},
                        tools={"slowed": 0.5, "slowdown": 1.4})}
    ).channels["phone"]  # fmt: skip
    found = service_times(channel)
    assert found.mean() == pytest.approx(5 * 1.2 + 2)
    expected = (5 * 1.2 * 0.8) ** 2 + 1.0
    assert found.var() == pytest.approx(expected, rel=0.1)  # the longest are cut off


@pytest.mark.parametrize(
    ("step", "reason"),
    [("7min", "whole number of times"), ("0min", "whole"), ("soon", "is not a duration"),
     ("2d", "whole number"), ("30s", "whole minutes")],
)  # fmt: skip
def test_a_step_has_to_go_into_a_day(step: str, reason: str) -> None:
    assert slots_of_day("30min") == 48
    assert slots_of_day(15) == 96
    with pytest.raises(InputError, match=reason):
        slots_of_day(step)


# --- Agents --------------------------------------------------------------------------------------


@pytest.mark.parametrize("per_day", [3, 40, 360, 2000, 9000])
@pytest.mark.parametrize("share", [0.5, 0.8, 0.95])
@pytest.mark.parametrize("patience", [None, 3.0])
def test_a_constant_load_needs_what_erlang_says(
    per_day: float, share: float, patience: float | None
) -> None:
    more = {} if patience is None else {"patience": PATIENCE}
    scenario = desk({"phone": phone(per_day, **more)})
    erlang = agents_needed(per_day / 1440, 1 / 4, 1 / 3, share, 1 / patience if patience else 0.0)
    found = needed(scenario, f"phone.answered_within_20s>={share}")
    assert found.shape == (7, 48)
    assert set(found.ravel().tolist()) == {erlang}


def test_each_measure_is_staffed_for_by_its_own_formula() -> None:
    """The fewest servers by trying them one by one."""
    patient, impatient = desk({"phone": phone()}), desk({"phone": phone(patience=PATIENCE)})
    rate, mu, theta = 2000 / 1440, 1 / 4, 1 / 3

    def fewest(enough: Any) -> int:
        return next(servers for servers in count(6) if enough(servers))

    def steady(servers: int) -> Any:
        return erlang_a(rate, mu, servers, theta)

    cases = {
        "phone.service_level_1min>=0.9": lambda n: (
            (q := steady(n)).service_level(1) / (1 - q.wait_within(1) + q.service_level(1)) >= 0.9
        ),
        "phone.service_level_lenient_1min>=0.9": lambda n: steady(n).wait_within(1) >= 0.9,
        "phone.answered_within_1min>=0.9": lambda n: steady(n).service_level(1) >= 0.9,
        "phone.abandonment<=0.02": lambda n: steady(n).abandonment_probability <= 0.02,
        "phone.abandonment_of_contacts<=0.1": lambda n: steady(n).abandonment_probability <= 0.1,
        "phone.response_rate>=0.97": lambda n: steady(n).abandonment_probability <= 0.03,
        "phone.wait<=10s": lambda n: steady(n).mean_wait_served <= 1 / 6,
    }
    for text, enough in cases.items():
        assert set(needed(impatient, text).ravel()) == {fewest(enough)}, text
    waits = fewest(lambda n: erlang_c_mean_wait(rate, mu, n) <= 0.25)
    assert set(needed(patient, "phone.first_response_time<=15s").ravel()) == {waits}
    level = fewest(lambda n: erlang_c_service_level(rate, mu, n, 1 / 3) >= 0.8)
    assert set(needed(patient, "phone.service_level_20s>=0.8").ravel()) == {level}
    rule = square_root_servers(rate / mu, 0.2)
    assert set(needed(patient, "phone.first_response_time_p90<=15s").ravel()) == {rule}
    assert set(needed(patient, "team.desk.occupancy<=0.8").ravel()) == {rule}
    both = needed(patient, "phone.service_level_20s>=0.8", "phone.service_level_20s>=0.99")
    assert both.min() > level


def test_an_agent_with_three_chats_is_worth_three_servers() -> None:
    scenario = desk({"chat": phone(3000, occupies=1 / 3)})
    servers = agents_needed(3000 / 1440, 1 / 4, 1 / 3, 0.8)
    found = needed(scenario, "chat.answered_within_20s>=0.8")
    assert set(found.ravel()) == {math.ceil(servers / 3)}


def test_a_slower_team_needs_more_agents() -> None:
    scenario = desk({"phone": phone()}, desk={"speed": 0.8})
    servers = agents_needed(2000 / 1440, 0.8 / 4, 1 / 3, 0.8)
    assert set(needed(scenario, "phone.answered_within_20s>=0.8").ravel()) == {servers}


def test_teams_share_a_channel_by_their_heads() -> None:
    teams = {"one": {"agents": 6}, "other": {"agents": 2}}
    scenario = desk({"phone": phone()}, **teams)
    for team, share in (("one", 0.75), ("other", 0.25)):
        servers = agents_needed(2000 / 1440 * share, 1 / 4, 1 / 3, 0.8)
        found = needed(scenario, "phone.answered_within_20s>=0.8", team=team)
        assert set(found.ravel()) == {servers}


def test_live_channels_of_a_team_are_pooled() -> None:
    channels = {"phone": phone(1000), "video": phone(500, work="10min")}
    load = 1000 / 1440 * 4 + 500 / 1440 * 10
    rate = 1500 / 1440
    servers = agents_needed(rate, rate / load, 1 / 3, 0.8)
    found = needed(desk(channels), "phone.answered_within_20s>=0.8")
    assert set(found.ravel()) == {servers}


def test_the_load_by_the_half_hour_lags_behind_the_calls() -> None:
    work = {"dist": "exponential", "mean": "30min"}
    scenario = desk({"phone": phone(arrivals={"per_day": 400, **DAILY}, work=work)})
    found = needed(scenario, "phone.answered_within_20s>=0.8")
    assert (found == found[0]).all()
    rising, falling = found[0, 16:24], found[0, 30:40]
    assert (np.diff(rising) >= 0).all()
    assert rising[-1] > rising[0]
    # Calls end at 16:00, but those that go on are still there; after some hours nobody is.
    assert falling[2] > 0
    assert (np.diff(falling[2:]) <= 0).all()


def test_work_that_can_be_put_off_only_has_to_get_done_in_the_week() -> None:
    portal = {"arrivals": {"per_day": 100}, "work": "12min"}
    scenario = desk({"portal": portal}, desk={"shifts": OFFICE})
    found = needed(scenario, "portal.answered_within_24h>=0.9")
    # 8400 minutes of work, 2400 of duty.
    assert set(found[:5, 18:34].ravel()) == {4}
    assert found[5:].sum() == found[:, :18].sum() == found[:, 34:].sum() == 0
    both = desk({"phone": phone(400), "portal": portal})
    text = ["phone.answered_within_20s>=0.8", "portal.answered_within_24h>=0.9"]
    live = agents_needed(400 / 1440, 1 / 4, 1 / 3, 0.8)
    # 13.3 hours a day are left over by three agents who are on the phone for 26.7; 20 are needed.
    assert live == 3
    assert set(needed(both, *text).ravel()) == {3}
    more = both.replace({"channels.portal.arrivals.per_day": 300})
    assert set(needed(more, *text).ravel()) == {4}


def test_a_target_of_some_times_asks_for_agents_then() -> None:
    found = needed(desk({"phone": phone()}), "phone.answered_within_20s@Sat 10:00-11:00>=0.8")
    most = agents_needed(2000 / 1440, 1 / 4, 1 / 3, 0.8)
    assert found[5, 20:22].tolist() == [most] * 2
    assert found.sum() == 2 * most


def test_there_has_to_be_such_a_team() -> None:
    scenario = desk({"phone": phone()}, desk={}, rest={"agents": "unlimited", "shifts": []})
    some = targets(scenario, "phone.answered_within_20s>=0.8")
    with pytest.raises(InputError, match='did you mean "desk"'):
        required_agents(scenario, some, "dekc")
    with pytest.raises(InputError, match="without limit"):
        required_agents(scenario, some, "rest")
    with pytest.raises(InputError, match="whole number of times"):
        required_agents(scenario, some, "desk", step="7min")


# --- Heads ---------------------------------------------------------------------------------------


def guess(scenario: Scenario, *texts: str) -> dict[str, int]:
    some = targets(scenario, *texts)
    return first_guess(scenario, some, positions_of(scenario, some))


def test_a_team_of_one_number_needs_the_most_of_any_time_of_duty() -> None:
    shaped = phone(arrivals={"per_day": 400, **DAILY})
    scenario = desk({"phone": shaped}, desk={"shifts": OFFICE, "absence": {"unplanned": 0.1}})
    text = "phone.answered_within_20s>=0.8"
    most = needed(scenario, text)[:5, 18:34].max()
    assert guess(scenario, text) == {"teams.desk.agents": math.ceil(most / 0.9)}


def test_shifts_share_the_week_between_them() -> None:
    shifts = [
        {"days": "Mon-Fri", "from": "08:00", "to": "13:00", "agents": 1},
        {"days": "Mon-Fri", "from": "11:00", "to": "16:00", "agents": 1},
    ]
    shaped = phone(arrivals={"per_day": 400, "by_weekday": [1, 1, 1, 1, 1, 0, 0], **DAILY})
    scenario = desk({"phone": shaped}, desk={"shifts": shifts, "agents": 2})
    text = "phone.answered_within_20s>=0.8"
    found = list(guess(scenario, text).values())
    required = needed(scenario, text)
    assert found[0] >= required[:5, 16:22].max()
    assert found[1] >= required[:5, 26:32].max()
    assert sum(found) >= required[:5, 22:26].max()
    for number in (0, 1):  # one less of either is not enough
        less = [heads - (number == place) for place, heads in enumerate(found)]
        assert (
            less[0] < required[:5, 16:22].max()
            or less[1] < required[:5, 26:32].max()
            or sum(less) < required[:5, 22:26].max()
        )


def test_agents_of_a_few_minutes_an_hour_get_the_work_done() -> None:
    shifts = [{**OFFICE[0], "each_hour": "6min"}]
    scenario = desk({"portal": {"arrivals": {"per_day": 20}, "work": "5min"}},
                    desk={"shifts": shifts})  # fmt: skip
    # 700 minutes of work, and 240 of duty for each agent.
    assert guess(scenario, "portal.answered_within_24h>=0.9") == {"teams.desk.agents": 3}


# --- Intervals -----------------------------------------------------------------------------------


def test_targets_on_live_channels_are_asked_for_in_every_interval() -> None:
    channels = {"phone": PHONE | {"arrivals": {"per_day": 40, **DAILY}}, "portal": PORTAL}
    scenario = desk(channels, desk={"shifts": [{**OFFICE[0], "days": "Mon-Sat"}]})
    given = targets(scenario, "portal.answered_within_24h>=0.6", "phone.answered_within_20s>=80%")
    found = expand(given, "30min", scenario)
    assert found[0] == given[0]
    # Calls come from 8 to 16 o'clock on every day; agents from 9 to 17, but on Sundays.
    times = [f"{m // 60:02d}:{m % 60:02d}" for m in range(540, 961, 30)]
    ids = [f"phone.answered_within_20s@Mon-Sat {a}-{b}" for a, b in pairwise(times)]
    assert [one.measure for one in found[1:]] == ids
    assert {one.value for one in found[1:]} == {0.8}
    assert found[1].text == "phone.answered_within_20s@Mon-Sat 09:00-09:30>=80%"
    assert read_target(found[1].text, scenario) == found[1]
    weekdays = scenario.replace({"channels.phone.arrivals.by_weekday": [1, 1, 1, 1, 1, 0, 0]})
    assert expand(given, "1h", weekdays)[1].measure == "phone.answered_within_20s@09:00-10:00"


def test_opening_hours_and_all_channels_count() -> None:
    opening = {"hours": [{"days": "Mon-Tue", "from": "10:00", "to": "11:00"}]}
    scenario = desk({"phone": phone(opening=opening), "portal": PORTAL})
    some = targets(scenario, "all.service_level_20s>=0.8", "phone.abandonment<=5%")
    found = [one.measure for one in expand(some[:1], "30min", scenario)]
    assert found == [
        "all.service_level_20s@Mon-Tue 10:00-10:30",
        "all.service_level_20s@Mon-Tue 10:30-11:00",
    ]
    assert len(expand(some, "1h", scenario)) == 2


def test_intervals_have_all_the_tickets_that_somebody_may_answer() -> None:
    channels = {"phone": PHONE | {"arrivals": {"per_day": 200, **DAILY}}}
    scenario = desk(channels, desk={"shifts": OFFICE})
    given = targets(scenario, "phone.answered_within_20s>=0.8")
    ids = [one.measure for one in expand(given, "20min", scenario)]
    asked = [find(one, scenario) for one in (*ids, "phone.answered_within_20s@Mon-Fri 09:00-16:00")]
    found = observe(simulate_once(scenario, 0), asked)
    *parts, whole = [found[one.id].denominator for one in asked]
    assert sum(parts) == whole > 1000


@pytest.mark.parametrize(
    ("texts", "every", "reason"),
    [
        (["portal.answered_within_24h>=0.6"], "30min", "no target is on a live channel"),
        (["team.desk.occupancy<=0.8"], "30min", "no target is on a live channel"),
        (["phone.answered_within_20s@Mon>=0.8"], "30min", "no target is on a live channel"),
        (["phone.answered_within_20s>=0.8"], "7min", "go into a day"),
        (["phone.answered_within_20s>=0.8"], "often", "is not a duration"),
    ],
)
def test_what_cannot_be_asked_for_in_intervals(texts: list[str], every: str, reason: str) -> None:
    scenario = desk({"phone": phone(), "portal": PORTAL})
    with pytest.raises(InputError, match=reason):
        expand(targets(scenario, *texts), every, scenario)
