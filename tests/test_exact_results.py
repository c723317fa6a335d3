"""Scenarios whose answer theory knows exactly, from the scenario to the estimate.

Each comparison makes two demands: the exact value lies in the 95 % interval, and the interval is so
narrow that an error of 3 % would leave it. Replications are many enough for the second; the seed is
the default and was not chosen for the first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from supportsim.queueing import (
    cobham_mean_waits,
    erlang_a,
    erlang_c,
    erlang_c_mean_queue,
    erlang_c_mean_wait,
    erlang_c_service_level,
    mg1_mean_wait,
    periodic_queue,
)
from supportsim.scenario.loading import validate
from supportsim.stats import ratio_estimate
from supportsim.studies import run, simulate_once
from supportsim.tables import Outcome
from supportsim.units import DAY

if TYPE_CHECKING:
    from supportsim.scenario import Scenario
    from supportsim.stats import Estimate

ALWAYS = [{"days": "Mon-Sun", "from": "00:00", "to": "24:00"}]
NINE_TO_FIVE = [{"days": "Mon-Sun", "from": "09:00", "to": "17:00"}]

Table = dict[str, Any]


def desk(
    channels: Table,
    *,
    agents: int | str = 1,
    shifts: list[Table] = ALWAYS,
    speed: float = 1.0,
    window: str = "6w",
    edges: str = "2d",
    replications: int = 24,
) -> Scenario:
    """Return a desk with one team, its warm-up and follow-up both as long as `edges`."""
    team: Table = {"agents": agents, "serves": list(channels)}
    if agents != "unlimited":
        team |= {"shifts": shifts, "speed": speed}
    times = {"warm_up": edges, "window": window, "follow_up": edges, "replications": replications}
    return validate({"name": "exact", "run": times, "channels": channels, "teams": {"desk": team}})


def channel(per_day: float, work: Table | str, **more: Any) -> Table:
    return {"arrivals": {"per_day": per_day}, "work": work, **more}


def exponential(minutes: float) -> Table:
    return {"dist": "exponential", "mean": f"{minutes!r}min"}


def assert_exact(estimate: Estimate, exact: float, within: float = 0.015) -> None:
    assert estimate.half_width <= within * exact
    slack = 1e-9 * exact  # for constants
    assert estimate.low - slack <= exact <= estimate.high + slack


def estimates(scenario: Scenario) -> dict[str, Estimate]:
    return run(scenario, workers=1).estimates


def waits_of_all(scenario: Scenario) -> tuple[Estimate, Estimate]:
    """Return the mean wait, until an agent or giving up, and the share of contacts that wait.

    Counted over all contacts of the window, and from the log: measures leave out who gave up.
    """
    rows = []
    begin, end = scenario.run.window_edges
    for replication in range(int(scenario.run.replications)):
        log = simulate_once(scenario, replication).log
        assert set(log.outcome[log.ready < end]) <= {Outcome.SERVED, Outcome.ABANDONED}
        left = np.where(log.outcome == Outcome.ABANDONED, log.end, log.start)
        waits = (left - log.ready)[(log.ready >= begin) & (log.ready < end)]
        rows.append([float(waits.sum()), float(np.count_nonzero(waits)), float(len(waits))])
    total, delayed, contacts = np.array(rows).T
    return ratio_estimate(total, contacts), ratio_estimate(delayed, contacts)


# --- Around the clock ----------------------------------------------------------------------------


def test_one_agent_is_mm1() -> None:
    # With 24 replications the mean of all work drawn is 2.3 standard errors too short, by chance:
    # see `test_a_team_without_limit_holds_its_load_whatever_the_distribution`, whose work is made
    # of the same uniform numbers.
    scenario = desk({"email": channel(400, exponential(2.16))}, window="7w", replications=48)
    rate, service = 400 / DAY, 1 / 2.16
    wait = erlang_c_mean_wait(rate, service, 1)
    found = estimates(scenario)
    assert_exact(found["email.arrivals_per_day"], 400, 0.01)
    assert_exact(found["email.wait"], wait)
    # On a deferrable channel the answer is out when the work ends, and nothing else is left.
    assert_exact(found["email.first_response_time"], wait + 2.16)
    assert_exact(found["email.resolution_time"], wait + 2.16)
    assert_exact(found["email.backlog_awaiting"], rate * (wait + 2.16))
    assert_exact(found["email.backlog_open"], rate * (wait + 2.16))
    assert_exact(found["email.handling_time"], 2.16, 0.01)
    assert_exact(found["team.desk.occupancy"], 0.6, 0.01)


def three_chats(agents: int, occupies: float, replications: int) -> Scenario:
    chat = channel(600, exponential(4.32), live=True, occupies=occupies)
    chat["response_bands"] = ["1s", "2min"]
    return desk({"chat": chat}, agents=agents, window="17w", replications=replications)


def test_three_agents_are_mm3() -> None:
    rate, service = 600 / DAY, 1 / 4.32
    found = estimates(three_chats(agents=3, occupies=1.0, replications=24))
    # On a live channel the response is the start of the work.
    wait = erlang_c_mean_wait(rate, service, 3)
    assert_exact(found["chat.wait"], wait)
    assert_exact(found["chat.first_response_time"], wait)
    assert_exact(found["chat.backlog_awaiting"], erlang_c_mean_queue(rate, service, 3))
    assert_exact(found["chat.backlog_open"], rate * (wait + 4.32), 0.01)
    assert_exact(found["team.desk.occupancy"], 0.6, 0.01)
    # Who is not delayed, and those few whose delay is below a second.
    at_once = 1 - erlang_c(3, rate * 4.32) * np.exp(-(3 * service - rate) / 60)
    assert_exact(found["chat.answered_within_1s"], at_once, 0.01)
    within_2min = erlang_c_service_level(rate, service, 3, 2.0)
    assert_exact(found["chat.answered_within_2min"], within_2min, 0.01)


def test_one_agent_with_three_chats_at_a_time_is_three_agents() -> None:
    one = simulate_once(three_chats(agents=1, occupies=1 / 3, replications=1), 0).log
    three = simulate_once(three_chats(agents=3, occupies=1.0, replications=1), 0).log
    assert len(one) > 30_000
    np.testing.assert_array_equal(one.start, three.start)
    np.testing.assert_array_equal(one.end, three.end)


@pytest.mark.parametrize("cv", [0.0, 0.7])
def test_one_agent_is_mg1(cv: float) -> None:
    work = {"dist": "lognormal", "mean": "2.16min", "cv": cv}
    found = estimates(desk({"email": channel(400, work)}, window="10w"))
    wait = mg1_mean_wait(400 / DAY, 2.16, cv)
    assert_exact(found["email.wait"], wait)
    assert_exact(found["email.first_response_time"], wait + 2.16)


def wrapping_up(live: bool, replications: int) -> Scenario:
    work = {"dist": "lognormal", "mean": "2.4min", "cv": 0.7}
    wrap_up = {"dist": "gamma", "mean": "1.8min", "cv": 0.8}
    email = channel(420, work, wrap_up=wrap_up, live=live)
    return desk({"email": email}, speed=2.0, window="7w", replications=replications)


def test_wrap_up_lengthens_the_service_but_not_the_answer() -> None:
    # At double speed service takes half of 2.4 + 1.8 minutes, and its variance is a quarter.
    variance = ((2.4 * 0.7) ** 2 + (1.8 * 0.8) ** 2) / 4
    wait = mg1_mean_wait(420 / DAY, 2.1, variance**0.5 / 2.1)
    # With 24 replications the mean of all wrap-ups drawn was 2.4 standard errors too long; those of
    # the next 576 were not (0.7), and the quantile function's integral is the mean.
    found = estimates(wrapping_up(live=False, replications=40))
    assert_exact(found["email.wait"], wait)
    assert_exact(found["email.first_response_time"], wait + 1.2)
    assert_exact(found["email.resolution_time"], wait + 1.2)
    assert_exact(found["email.handling_time"], 2.1, 0.01)
    assert_exact(found["email.wrap_up"], 0.9, 0.01)
    assert_exact(found["team.desk.occupancy"], 420 / DAY * 2.1, 0.01)


def test_on_a_live_channel_the_response_is_the_end_of_the_wait() -> None:
    found = estimates(wrapping_up(live=True, replications=2))
    same = estimates(wrapping_up(live=False, replications=2))
    assert found["email.first_response_time"].mean == same["email.wait"].mean
    assert found["email.resolution_time"] == same["email.resolution_time"]


def test_the_order_in_which_a_team_serves_its_channels_is_their_priority() -> None:
    channels = {
        "phone": channel(200, {"dist": "gamma", "mean": "2min", "cv": 0.5}),
        "email": channel(150, exponential(3.2)),
    }
    found = estimates(desk(channels, window="16w"))
    phone, email = cobham_mean_waits([200 / DAY, 150 / DAY], [2.0, 3.2], [0.5, 1.0])
    assert_exact(found["phone.wait"], phone)
    assert_exact(found["email.wait"], email)


@pytest.mark.parametrize("load", [0.8, 1.3])
def test_customers_who_give_up_are_mmc_plus_m(load: float) -> None:
    per_day = load * 4 * DAY / 5.0
    chat = channel(per_day, exponential(5), patience=exponential(6), live=True)
    chat["response_bands"] = ["1min"]
    scenario = desk({"chat": chat}, agents=4, window="3w" if load < 1 else "8d")
    exact = erlang_a(per_day / DAY, 1 / 5, 4, 1 / 6)
    found = estimates(scenario)
    assert_exact(found["chat.abandonment"], exact.abandonment_probability)
    assert_exact(found["chat.wait"], exact.mean_wait_served)
    assert_exact(found["chat.backlog_awaiting"], exact.mean_queue)
    assert_exact(found["chat.answered_within_1min"], exact.service_level(1.0), 0.01)
    assert_exact(found["team.desk.occupancy"], exact.occupancy, 0.01)
    mean, delayed = waits_of_all(scenario)
    assert_exact(mean, exact.mean_wait)
    assert_exact(delayed, exact.delay_probability, 0.01)


@pytest.mark.parametrize(
    "work",
    [
        "30min",
        {"dist": "lognormal", "mean": "30min", "cv": 2.0},
        {"dist": "weibull", "mean": "30min", "cv": 0.5},
    ],
    ids=["constant", "lognormal", "weibull"],
)
def test_a_team_without_limit_holds_its_load_whatever_the_distribution(work: Table | str) -> None:
    # With 24 replications the Weibull times drawn were 2.0 standard errors too short; those of the
    # next 576 were not (0.4).
    emails = {"email": channel(240, work)}
    scenario = desk(emails, agents="unlimited", window="4w", replications=48)
    found = estimates(scenario)
    assert_exact(found["email.backlog_awaiting"], 240 / DAY * 30, 0.01)
    assert_exact(found["email.resolution_time"], 30, 0.01)
    assert found["email.wait"].mean == 0


# --- With duty hours -----------------------------------------------------------------------------

NIGHT, SHIFT, EVENING = 9 * 60.0, 8 * 60.0, 7 * 60.0


@pytest.mark.parametrize("crew", [1, 3])
@pytest.mark.parametrize("busy", [False, True], ids=["few long", "many short"])
def test_duty_hours_are_a_periodic_queue(crew: int, busy: bool) -> None:
    per_day = crew * (150 if busy else 20)
    work = 0.7 * crew * SHIFT / per_day
    scenario = desk(
        {"portal": channel(per_day, exponential(work))},
        agents=crew,
        shifts=NINE_TO_FIVE,
        window="7w" if busy else "52w",
        edges="2w",
    )
    exact = periodic_queue(
        [per_day / DAY] * 2, [crew, 0], [SHIFT, DAY - SHIFT], service_rate=1 / work
    )
    found = estimates(scenario)
    assert_exact(found["portal.wait"], exact.mean_wait)
    assert_exact(found["portal.first_response_time"], exact.mean_time)
    assert_exact(found["portal.backlog_awaiting"], exact.mean_in_system)
    occupancy = exact.mean_in_work * DAY / (crew * SHIFT)
    assert_exact(found["team.desk.occupancy"], occupancy, 0.01)
    assert found["team.desk.overtime"].mean == 0
    # Little's law: tickets present are tickets arriving times the time that each is present.
    present = found["portal.arrivals_per_day"].mean / DAY * found["portal.first_response_time"].mean
    assert present == pytest.approx(found["portal.backlog_awaiting"].mean, rel=0.01)


@pytest.mark.parametrize("crew", [1, 3])
def test_duty_hours_and_patience_are_a_periodic_queue(crew: int) -> None:
    per_day, work, patience = crew * 60, 9.0, 300.0
    by_hour = [1] * 9 + [4] * 8 + [2] * 7
    asked = channel(per_day, exponential(work), patience=exponential(patience))
    asked["arrivals"]["by_hour"] = by_hour
    scenario = desk(
        {"portal": asked},
        agents=crew,
        shifts=NINE_TO_FIVE,
        window="16w" if crew == 1 else "6w",
        edges="1w",
    )
    weight = per_day / sum(by_hour) / 60
    exact = periodic_queue(
        [4 * weight, 2 * weight, weight],
        [crew, 0, 0],
        [SHIFT, EVENING, NIGHT],
        service_rate=1 / work,
        abandonment_rate=1 / patience,
    )
    found = estimates(scenario)
    assert_exact(found["portal.arrivals_per_day"], per_day, 0.01)
    assert_exact(found["portal.abandonment"], exact.abandoned / exact.arrivals)
    assert_exact(found["portal.response_rate"], exact.served / exact.arrivals, 0.01)
    assert_exact(found["portal.backlog_awaiting"], exact.mean_in_system)
    assert_exact(found["portal.backlog_open"], exact.mean_in_system)
    occupancy = exact.mean_in_work * DAY / (crew * SHIFT)
    assert_exact(found["team.desk.occupancy"], occupancy, 0.01)
    assert_exact(waits_of_all(scenario)[0], exact.mean_wait)
