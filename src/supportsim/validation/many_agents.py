"""Several agents and patient customers: Erlang B and C, M/M/c/K, networks, and no limit."""

from __future__ import annotations

from supportsim.queueing import (
    erlang_b,
    erlang_c_mean_queue,
    erlang_c_mean_wait,
    erlang_c_service_level,
    finite_queue,
)
from supportsim.validation.case import (
    Case,
    Table,
    channel,
    desk,
    exponential,
    law,
    live,
    per_minute,
    team,
)
from supportsim.validation.one_agent import ERLANG, LITTLE

BURKE = 'P. J. Burke (1956), "The output of a queuing system"'
SEVASTYANOV = (
    'B. A. Sevastyanov (1957), "An ergodic theorem for Markov processes and its application to '
    'telephone systems with refusals"'
)
GROSS = 'D. Gross and C. M. Harris (1974), "Fundamentals of Queueing Theory"'
TAKACS = 'L. Takács (1962), "Introduction to the Theory of Queues"'

SECOND = 1 / 60


def _mmc(agents: int, per_day: float, service: float) -> dict[str, float]:
    rate, speed = per_minute(per_day), 1 / service
    wait = erlang_c_mean_wait(rate, speed, agents)
    # On a live channel the response is the start of the work. Answered at once are those who need
    # not wait, and the few who wait for less than a second.
    return {
        "chat.handling_time": service,
        "chat.wait": wait,
        "chat.backlog_open": rate * (wait + service),
        "chat.answered_within_1s": erlang_c_service_level(rate, speed, agents, SECOND),
        "chat.answered_within_2min": erlang_c_service_level(rate, speed, agents, 2.0),
        "team.desk.occupancy": rate * service / agents,
    }


def _queue(agents: int, per_day: float, service: float) -> float:
    return erlang_c_mean_queue(per_minute(per_day), 1 / service, agents)


def _mmc_desk(
    agents: int, per_day: float, service: float, window: str, occupies: float = 1.0
) -> Table:
    chat = live(per_day, exponential(service), occupies=occupies, response_bands=["1s", "2min"])
    return desk({"chat": chat}, {"desk": team(agents, "chat")}, window=window)


def _loss(servers: int, agents: int, per_day: float, service: float) -> dict[str, float]:
    blocked = erlang_b(servers, per_minute(per_day) * service)
    load = per_minute(per_day) * service * (1 - blocked)
    return {
        "phone.handling_time": service,
        "phone.blocked": blocked,
        "phone.backlog_open": load,
        "team.desk.occupancy": load / agents,
    }


def _loss_desk(lines: int, agents: int, per_day: float, work: Table, window: str) -> Table:
    phone = live(per_day, work, lines=lines)
    return desk({"phone": phone}, {"desk": team(agents, "phone")}, window=window)


def _mmck() -> dict[str, float]:
    found = finite_queue(per_minute(600), 1 / 8.64, 3, 7)
    return {
        "phone.blocked": found.blocking,
        "phone.wait": found.mean_wait,
        "phone.backlog_awaiting": found.mean_queue,
        "team.desk.occupancy": found.occupancy,
    }


def _mmck_desk(limit: Table) -> Table:
    phone = live(600, exponential(8.64), **limit)
    return desk({"phone": phone}, {"desk": team(3, "phone")}, window="7d")


def _tandem() -> dict[str, float]:
    return {
        "phone.wait": erlang_c_mean_wait(per_minute(500), 1 / 3.6, 2),
        "phone.escalated_to_email": 0.6,
        "email.wait": erlang_c_mean_wait(per_minute(300), 1 / 2.4, 1),
        "team.desk.occupancy": per_minute(500) * 3.6 / 2,
        "team.office.occupancy": per_minute(300) * 2.4,
    }


def _tandem_desk() -> Table:
    onward = {"to": "email", "probability": 0.6, "delay": "10min"}
    channels = {
        "phone": live(500, exponential(3.6), escalation=onward),
        "email": channel(0, exponential(2.4)),
    }
    teams = {"desk": team(2, "phone"), "office": team(1, "email")}
    return desk(channels, teams, window="32d")


def _without_limit(name: str, work: Table | str) -> Case:
    return Case(
        f"no-limit-{name}",
        f"a team without limit, {name} work",
        "M/G/∞: the load is held, whatever the distribution",
        TAKACS,
        desk(
            {"email": channel(240, work)},
            {"desk": {"agents": "unlimited", "serves": ["email"]}},
            window="1w",
        ),
        lambda: {"email.resolution_time": 30, "email.backlog_open": per_minute(240) * 30},
        quick=name == "Weibull",
    )


CASES = (
    Case(
        "erlang-c",
        "two agents, chats that wait for ever",
        "Erlang C, M/M/2; Little's law",
        f"{ERLANG}; {LITTLE}",
        _mmc_desk(2, 500, 2.6, "24d"),
        lambda: _mmc(2, 500, 2.6),
        quick=True,
    ),
    Case(
        "erlang-c-3",
        "three agents, chats that wait for ever",
        "Erlang C, M/M/3; Little's law",
        f"{ERLANG}; {LITTLE}",
        _mmc_desk(3, 600, 4.32, "40d"),
        lambda: _mmc(3, 600, 4.32) | {"chat.backlog_awaiting": _queue(3, 600, 4.32)},
    ),
    Case(
        "erlang-c-shared",
        "one agent, three chats at a time: three servers",
        "Erlang C, M/M/3; Little's law",
        f"{ERLANG}; {LITTLE}",
        _mmc_desk(1, 600, 3.6, "32d", occupies=1 / 3),
        lambda: _mmc(3, 600, 3.6),
    ),
    Case(
        "erlang-b",
        "a line for each of four agents, lognormal talk (cv 2)",
        "Erlang B, M/G/4/4, whatever the distribution",
        f"{ERLANG}; {SEVASTYANOV}",
        _loss_desk(4, 4, 600, law("lognormal", 7.2, 2.0), "10d"),
        lambda: _loss(4, 4, 600, 7.2),
    ),
    Case(
        "erlang-b-lines",
        "three lines for five agents, two of whom never have a call",
        "Erlang B, M/M/3/3",
        ERLANG,
        _loss_desk(3, 5, 600, exponential(4.8), "5d"),
        lambda: _loss(3, 5, 600, 4.8),
        quick=True,
    ),
    Case(
        "mmck-lines",
        "seven lines for three agents",
        "M/M/3/7, detailed balance",
        GROSS,
        _mmck_desk({"lines": 7}),
        _mmck,
    ),
    Case(
        "mmck-places",
        "four places to wait for three agents",
        "M/M/3/7, detailed balance",
        GROSS,
        _mmck_desk({"places": 4}),
        _mmck,
    ),
    Case(
        "tandem",
        "calls of which 60 % go on as emails to another team",
        "Burke's theorem: M/M/2 followed by M/M/1",
        BURKE,
        _tandem_desk(),
        _tandem,
    ),
    _without_limit("constant", "30min"),
    _without_limit("lognormal", law("lognormal", 30.0, 2.0)),
    _without_limit("Weibull", law("weibull", 30.0, 0.5)),
)
