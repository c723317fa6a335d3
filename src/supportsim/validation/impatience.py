"""Customers who give up, and customers who call again: Erlang A and retrial queues."""

from __future__ import annotations

from supportsim.queueing import erlang_a, retrial_queue
from supportsim.validation.case import Case, Table, desk, exponential, live, per_minute, team
from supportsim.validation.many_agents import SECOND

PALM = (
    'C. Palm (1957), "Research on telephone traffic carried by full availability groups"; '
    'A. Mandelbaum and S. Zeltyn (2007), "Service engineering in action: the Palm/Erlang-A queue"'
)
FALIN = 'G. I. Falin and J. G. C. Templeton (1997), "Retrial Queues"'


def _erlang_a(servers: int, per_day: float, service: float, patience: float) -> dict[str, float]:
    found = erlang_a(per_minute(per_day), 1 / service, servers, 1 / patience)
    return {
        "chat.handling_time": service,
        "chat.abandonment": found.abandonment_probability,
        "chat.wait": found.mean_wait_served,
        "chat.backlog_awaiting": found.mean_queue,
        "chat.answered_within_1min": found.service_level(1.0),
        "chat.service_level_lenient_1s": found.wait_within(SECOND),
        "team.desk.occupancy": found.occupancy,
    }


def _erlang_a_desk(
    agents: int,
    per_day: float,
    service: float,
    patience: float,
    window: str,
    occupies: float = 1.0,
) -> Table:
    chat = live(
        per_day,
        exponential(service),
        patience=exponential(patience),
        occupies=occupies,
        response_bands=["1min"],
        answer_targets=["1s"],
    )
    return desk({"chat": chat}, {"desk": team(agents, "chat")}, window=window)


_REDIAL = 0.6


def _retrial(
    per_day: float, service: float, lines: int, delay: float, patience: float | None = None
) -> dict[str, float]:
    rate = per_minute(per_day)
    gives_up = 0.0 if patience is None else 1 / patience
    found = retrial_queue(rate, 1 / service, 3, lines, 1 / delay, _REDIAL, gives_up)
    redials = found.attempts - 1
    # Blocked are shares of all attempts, the first and the others.
    blocked = (found.blocking + redials * found.retry_blocking) / found.attempts
    present = found.mean_orbit + found.mean_queue + found.mean_busy
    return {
        "phone.blocked": blocked,
        "phone.redials": redials,
        "phone.response_rate": found.served,
        "phone.backlog_open": present,
        "team.desk.occupancy": found.mean_busy / 3,
    }


def _retrial_desk(
    per_day: float, service: float, lines: int, delay: float, window: str, **more: Table
) -> Table:
    # As many attempts as it takes: more than 50 happen to nobody.
    redial = {"probability": _REDIAL, "delay": exponential(delay), "at_most": 50}
    phone = live(per_day, exponential(service), lines=lines, redial=redial, **more)
    return desk({"phone": phone}, {"desk": team(3, "phone")}, window=window)


CASES = (
    Case(
        "erlang-a",
        "two agents at a load of 100 %, chats whose customers give up",
        "Erlang A, M/M/2+M",
        PALM,
        _erlang_a_desk(2, 480, 6.0, 6.0, "7d"),
        lambda: _erlang_a(2, 480, 6.0, 6.0),
        quick=True,
    ),
    Case(
        "erlang-a-4",
        "four agents at a load of 80 %, chats whose customers give up",
        "Erlang A, M/M/4+M",
        PALM,
        _erlang_a_desk(4, 921.6, 5.0, 6.0, "9d"),
        lambda: _erlang_a(4, 921.6, 5.0, 6.0),
    ),
    Case(
        "erlang-a-overload",
        "four agents at a load of 130 %, chats whose customers give up",
        "Erlang A, M/M/4+M",
        PALM,
        _erlang_a_desk(4, 1497.6, 5.0, 6.0, "5d"),
        lambda: _erlang_a(4, 1497.6, 5.0, 6.0),
    ),
    Case(
        "erlang-a-shared",
        "two agents, three chats at a time each, whose customers give up",
        "Erlang A, M/M/6+M",
        PALM,
        _erlang_a_desk(2, 1200, 6.0, 6.0, "11d", occupies=1 / 3),
        lambda: _erlang_a(6, 1200, 6.0, 6.0),
    ),
    Case(
        "redial",
        "three lines; 60 % of those who find them busy call again",
        "M/M/3/3 with retrials, Markov chain",
        FALIN,
        _retrial_desk(600, 6.0, 3, 12.0, "6d"),
        lambda: _retrial(600, 6.0, 3, 12.0),
    ),
    Case(
        "redial-patience",
        "four lines for three agents; 60 % of those who are cut off or give up call again",
        "M/M/3/4+M with retrials, Markov chain",
        FALIN,
        _retrial_desk(600, 6.0, 4, 12.0, "9d", patience=exponential(12.0)),
        lambda: _retrial(600, 6.0, 4, 12.0, patience=12.0),
    ),
)
