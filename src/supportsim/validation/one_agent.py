"""One agent: M/M/1, M/G/1, and priorities."""

from __future__ import annotations

import math

from supportsim.queueing import (
    cobham_mean_waits,
    erlang_c_mean_wait,
    mg1_mean_wait,
    preemptive_mean_times,
)
from supportsim.validation.case import (
    Case,
    Pair,
    Table,
    channel,
    desk,
    exponential,
    law,
    live,
    per_minute,
    team,
)

ERLANG = (
    'A. K. Erlang (1917), "Solution of some problems in the theory of probabilities of '
    'significance in automatic telephone exchanges"'
)
LITTLE = 'J. D. C. Little (1961), "A proof for the queuing formula: L = λW"'
POLLACZEK = (
    'F. Pollaczek (1930), "Über eine Aufgabe der Wahrscheinlichkeitstheorie"; '
    'A. Y. Khinchine (1932), "Mathematical theory of a stationary queue"'
)
COBHAM = 'A. Cobham (1954), "Priority assignment in waiting line problems"'
KLEINROCK = 'L. Kleinrock (1976), "Queueing Systems, volume 2: Computer Applications", chapter 3'


def _mm1(per_day: float, service: float) -> dict[str, float]:
    rate = per_minute(per_day)
    wait = erlang_c_mean_wait(rate, 1 / service, 1)
    time = wait + service
    # On a deferrable channel the answer is out when the work ends: the time of a ticket in the
    # system, which is exponential.
    return {
        "email.arrivals_per_day": per_day,
        "email.handling_time": service,
        "email.wait": wait,
        "email.first_response_time": time,
        "email.first_response_time_p90": -math.log(0.1) * time,
        "email.answered_within_5min": -math.expm1(-5 / time),
        "email.backlog_open": rate * time,
        "team.desk.occupancy": rate * service,
    }


def _mm1_desk(per_day: float, service: float, window: str) -> Table:
    email = channel(per_day, exponential(service), response_bands=["5min"])
    return desk({"email": email}, {"desk": team(1, "email")}, window=window)


def _mg1(per_day: float, service: float, cv: float) -> dict[str, float]:
    wait = mg1_mean_wait(per_minute(per_day), service, cv)
    return {
        "email.handling_time": service,
        "email.wait": wait,
        "email.first_response_time": wait + service,
    }


def _mg1_desk(cv: float, window: str) -> Table:
    email = channel(400, law("lognormal", 2.16, cv))
    return desk({"email": email}, {"desk": team(1, "email")}, window=window)


def _wrap_up() -> dict[str, float]:
    # At double speed service takes half of 2.4 + 1.8 minutes, and its variance is a quarter.
    variance = ((2.4 * 0.7) ** 2 + (1.8 * 0.8) ** 2) / 4
    rate = per_minute(420)
    wait = mg1_mean_wait(rate, 2.1, variance**0.5 / 2.1)
    return {
        "email.wait": wait,
        "email.first_response_time": wait + 1.2,
        "email.resolution_time": wait + 1.2,
        "email.handling_time": 2.1,
        "email.wrap_up": 0.9,
        "team.desk.occupancy": rate * 2.1,
    }


def _wrap_up_desk() -> Table:
    email = channel(420, law("lognormal", 2.4, 0.7), wrap_up=law("gamma", 1.8, 0.8))
    return desk({"email": email}, {"desk": team(1, "email", speed=2.0)}, window="20d")


_MEAN = 2.0
"""Mean work on a call and on an email, minutes."""


def _two_channels(rates: Pair, cv: float, window: str, **more: object) -> Table:
    channels = {
        "phone": live(rates[0], law("gamma", _MEAN, cv)),
        "email": channel(rates[1], exponential(_MEAN)),
    }
    return desk(channels, {"desk": team(1, "phone", "email", **more)}, window=window)


def _cobham(rates: Pair, cv: float) -> dict[str, float]:
    per_day = [per_minute(rate) for rate in rates]
    phone, email = cobham_mean_waits(per_day, [_MEAN] * 2, [cv, 1.0])
    return {"phone.wait": phone, "email.wait": email}


def _preemptive(rates: Pair, cv: float) -> dict[str, float]:
    per_day = [per_minute(rate) for rate in rates]
    phone, email = preemptive_mean_times(per_day, [_MEAN] * 2, [cv, 1.0])
    return {
        "phone.wait": phone - _MEAN,
        "email.first_response_time": email,
        "email.handling_time": _MEAN,
    }


CASES = (
    Case(
        "mm1",
        "one agent half busy, exponential work",
        "M/M/1; Little's law",
        f"{ERLANG}; {LITTLE}",
        _mm1_desk(400, 1.8, "18d"),
        lambda: _mm1(400, 1.8),
    ),
    Case(
        "mm1-busy",
        "one agent 60 % busy, exponential work",
        "M/M/1; Little's law",
        f"{ERLANG}; {LITTLE}",
        _mm1_desk(400, 2.16, "4w"),
        lambda: _mm1(400, 2.16),
    ),
    Case(
        "md1",
        "one agent, work that always takes as long",
        "Pollaczek-Khinchine, M/D/1",
        POLLACZEK,
        _mg1_desk(0.0, "16d"),
        lambda: _mg1(400, 2.16, 0.0),
    ),
    Case(
        "mg1",
        "one agent, lognormal work (cv 0.7)",
        "Pollaczek-Khinchine, M/G/1",
        POLLACZEK,
        _mg1_desk(0.7, "20d"),
        lambda: _mg1(400, 2.16, 0.7),
    ),
    Case(
        "wrap-up",
        "one agent at double speed; wrap-up makes others wait, but the answer is out",
        "Pollaczek-Khinchine, M/G/1",
        POLLACZEK,
        _wrap_up_desk(),
        _wrap_up,
    ),
    Case(
        "priorities",
        "one agent who takes calls before emails, in the order of arrival within each",
        "Cobham's formula, M/G/1 with priorities",
        COBHAM,
        _two_channels((150.0, 200.0), 0.5, "22d"),
        lambda: _cobham((150.0, 200.0), 0.5),
        quick=True,
    ),
    Case(
        "interruptions",
        "one agent who interrupts emails for calls, and resumes them",
        "M/G/1 with preemptive-resume priorities",
        KLEINROCK,
        _two_channels((300.0, 120.0), 1.0, "4w", interrupts=True),
        lambda: _preemptive((300.0, 120.0), 1.0),
    ),
)
