"""Agents who come and go: duty hours, a day of two crews, and positions that fall vacant."""

from __future__ import annotations

from supportsim.queueing import day_queue, periodic_queue
from supportsim.units import DAY, WEEK, YEAR
from supportsim.validation.case import (
    Case,
    Table,
    channel,
    desk,
    exponential,
    live,
    per_minute,
    team,
)

LOAN = 'C. Van Loan (1978), "Computing integrals involving the matrix exponential"'
INGOLFSSON = 'A. Ingolfsson (2005), "Modeling the M(t)/M/s(t) queue with an exhaustive discipline"'
COX = 'D. R. Cox (1962), "Renewal Theory"'

NINE_TO_FIVE = [{"days": "Mon-Sun", "from": "09:00", "to": "17:00"}]
NIGHT, SHIFT, EVENING = 540.0, 480.0, 420.0


def _work(crew: int, per_day: float) -> float:
    """Return the mean work of a ticket with which a crew is busy for 70 % of its shift."""
    return 0.7 * crew * SHIFT / per_day


def _periodic(crew: int, per_day: float) -> dict[str, float]:
    work = _work(crew, per_day)
    rates = [per_minute(per_day)] * 2
    found = periodic_queue(rates, [crew, 0], [SHIFT, DAY - SHIFT], 1 / work)
    return {
        "portal.wait": found.mean_wait,
        "portal.first_response_time": found.mean_time,
        "portal.backlog_awaiting": found.mean_in_system,
        "team.desk.occupancy": found.mean_in_work * DAY / (crew * SHIFT),
    }


def _periodic_case(name: str, crew: int, per_day: float, window: str) -> Case:
    agents = "an agent" if crew == 1 else f"{crew} agents"
    portal = channel(per_day, exponential(_work(crew, per_day)))
    return Case(
        f"shift-{name}",
        f"{agents} from nine to five, {per_day:g} tickets a day at any hour",
        "M/M/c with duty hours, forward equations",
        LOAN,
        desk(
            {"portal": portal},
            {"desk": team(crew, "portal", shifts=NINE_TO_FIVE)},
            window=window,
            edges="2w",
            replications=100,
        ),
        lambda: _periodic(crew, per_day),
        quick=name == "few-1",
    )


_BY_HOUR = [1] * 9 + [4] * 8 + [2] * 7


def _impatient(crew: int) -> dict[str, float]:
    per_day = 60 * crew
    weight = per_day / sum(_BY_HOUR) / 60
    found = periodic_queue(
        [4 * weight, 2 * weight, weight],
        [crew, 0, 0],
        [SHIFT, EVENING, NIGHT],
        service_rate=1 / 9.0,
        abandonment_rate=1 / 300.0,
    )
    return {
        "portal.arrivals_per_day": per_day,
        "portal.abandonment": found.abandoned / found.arrivals,
        "portal.response_rate": found.served / found.arrivals,
        "portal.backlog_awaiting": found.mean_in_system,
        "portal.backlog_open": found.mean_in_system,
        "team.desk.occupancy": found.mean_in_work * DAY / (crew * SHIFT),
    }


def _impatient_case(crew: int, window: str) -> Case:
    agents = "an agent" if crew == 1 else f"{crew} agents"
    portal = channel(60 * crew, exponential(9.0), patience=exponential(300.0))
    portal["arrivals"]["by_hour"] = _BY_HOUR
    return Case(
        f"shift-patience-{crew}",
        f"{agents} from nine to five, more tickets in some hours, customers who give up",
        "M(t)/M/c+M with duty hours, forward equations",
        LOAN,
        desk(
            {"portal": portal},
            {"desk": team(crew, "portal", shifts=NINE_TO_FIVE)},
            window=window,
            edges="1w",
            replications=100,
        ),
        lambda: _impatient(crew),
    )


_CALLS = [0] * 7 + [2, 6, 9, 8, 7, 6, 6, 7, 6, 4, 2, 1] + [0] * 5
"""Expected calls in each hour of the day."""
_CREWS = {"early": (2, 8, 13), "late": (3, 13, 18)}
"""Agents, and the hours at which their duty begins and ends: the late crew relieves the early."""
_TALK, _PATIENCE = 15.0, 10.0


def _day() -> dict[str, float]:
    agents, leaving = [0] * 24, [0] * 24
    for size, on, off in _CREWS.values():
        agents[on:off] = [size] * (off - on)
        leaving[off] = size
    rates = [calls / 60 for calls in _CALLS]
    found = day_queue(rates, agents, [60.0] * 24, 1 / _TALK, 1 / _PATIENCE, leaving=leaving)
    duty = 60.0 * sum(agents)
    return {
        "phone.abandonment": float(found.abandoned.sum()) / sum(_CALLS),
        "phone.backlog_awaiting": float(found.mean_waiting.mean()),
        "all.occupancy": 60 * float(found.mean_in_work.sum()) / duty,
        "all.overtime": 60 * float(found.mean_in_overtime.sum()),
    }


def _day_desk() -> Table:
    phone = live(sum(_CALLS), exponential(_TALK), patience=exponential(_PATIENCE))
    phone["arrivals"]["by_hour"] = _CALLS
    crews = {
        name: team(
            size,
            "phone",
            shifts=[{"days": "Mon-Sun", "from": f"{on:02d}:00", "to": f"{off:02d}:00"}],
        )
        for name, (size, on, off) in _CREWS.items()
    }
    return desk({"phone": phone}, crews, window="50w")


_LEAVE, _SEARCH = 4.0, 13 * WEEK
"""Chance to leave, a year, and the mean time until there is a successor, minutes."""


def _vacancies() -> dict[str, float]:
    tenure = YEAR / _LEAVE
    filled = tenure / (tenure + _SEARCH)
    return {
        "team.desk.headcount": 50 * filled,
        "team.desk.vacancies": 50 * (1 - filled),
        "team.desk.agent_turnover": _LEAVE,
    }


def _vacancies_desk() -> Table:
    turnover = {"per_year": _LEAVE, "time_to_hire": {"dist": "exponential", "mean": "13w"}}
    # Who is employed does not depend on how much they work.
    weekly = [{"days": "Mon", "from": "09:00", "to": "10:00"}]
    people = team(50, "email", shifts=weekly, turnover=turnover)
    return desk({"email": channel(0.1, "1min")}, {"desk": people}, window="150w", edges="52w")


CASES = (
    _periodic_case("few-1", 1, 20, "20w"),
    _periodic_case("few-3", 3, 60, "8w"),
    _periodic_case("many-1", 1, 150, "2w"),
    _periodic_case("many-3", 3, 450, "2w"),
    _impatient_case(1, "10w"),
    _impatient_case(3, "5w"),
    Case(
        "day",
        "a day of calls, two crews: calls in hand are finished in overtime",
        "M(t)/M/s(t)+M, forward equations",
        INGOLFSSON,
        _day_desk(),
        _day,
    ),
    Case(
        "turnover",
        "50 positions whose holders leave and are replaced",
        "alternating renewal process",
        COX,
        _vacancies_desk(),
        _vacancies,
    ),
)
