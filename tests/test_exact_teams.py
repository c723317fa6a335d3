"""Tables whose answer theory knows exactly, through the engine alone.

Workload, roster and routing are made here, of random numbers that the sampling room never saw, and
what the engine makes of them is compared with formulas and with the steady states of Markov chains.
As in `test_exact_results`, which has the cases that a scenario can give, each comparison makes two
demands: the exact value lies in the interval, and the interval is so narrow that an error of 3 %
would leave it. All intervals of one test hold together with 95 %. Seeds are numbered through and
were not chosen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import stats

from supportsim.engine import check, simulate
from supportsim.queueing import (
    cobham_mean_waits,
    day_queue,
    interrupting_team,
    n_model,
    preemptive_mean_times,
    retrial_queue,
)
from supportsim.tables import NOBODY, ContactLog, Kind, Outcome, Roster, Routing, Workload

if TYPE_CHECKING:
    from collections.abc import Callable

    from supportsim.queueing import DayQueue
    from supportsim.tables import Flags, Floats, Integers

REPLICATIONS = 40

Counts = tuple[float, float]
"""Numerator and denominator of a ratio in one replication."""


def contacts(ready: Floats, work: Floats, patience: Floats, **columns: Any) -> Workload:
    """Return a workload of one queue with a ticket for each contact, but for the columns given."""
    count = len(ready)
    numbers = {"priority": np.int8, "affinity": np.int8, "queue": np.int8, "kind": np.int8}
    follows = ("next_if_served", "next_if_abandoned", "next_if_turned_away")
    minutes = ("wrap_up", "delay_if_served", "delay_if_abandoned")
    table = {
        "ticket": np.arange(count, dtype=np.int32),
        "resolves": np.ones(count, np.bool_),
        "ready": ready,
        "work": work,
        "patience": patience,
        **{name: np.zeros(count, dtype) for name, dtype in numbers.items()},
        **{name: np.full(count, NOBODY, np.int32) for name in follows},
        **{name: np.zeros(count) for name in minutes},
    }
    return Workload(**(table | columns))


def routing(*serves: tuple[int, ...], deferrable: tuple[bool, ...] = (), **more: Any) -> Routing:
    """Return a routing that names the queues of each team, and what else is given."""
    queues = max(max(some) for some in serves) + 1
    table = {
        "occupies": (1.0,) * queues,
        "deferrable": deferrable or (False,) * queues,
        "unlimited": (False,) * len(serves),
    }
    return Routing(serves=serves, **(table | more))


@dataclass(frozen=True)
class Desk:
    """Poisson customers of some classes, and teams who are always on duty."""

    routing: Routing
    agents: tuple[int, ...]
    """Of each team."""
    rates: tuple[float, ...]
    """Arrivals of each class per minute."""
    work: tuple[float, ...]
    """Mean work of each class; gamma distributed."""
    cv: tuple[float, ...] = (1.0, 1.0)
    """Coefficient of variation of the work of each class."""
    patience: tuple[float, ...] = ()
    """Mean patience of each class, exponential; left out, nobody gives up."""
    queue: tuple[int, ...] = (0, 1)
    """Queue of each class."""
    priority: tuple[int, ...] = (0, 0)
    """Priority of each class within its queue."""
    again: float = 0.0
    """Probability that who is rejected or gives up tries again."""
    delay: float = 1.0
    """Mean time until the next attempt, exponential."""
    until: float = 10_000.0
    """Length of a replication; the first and the last tenth do not count."""

    def drawn(self, rng: np.random.Generator) -> tuple[Workload, Integers, Integers]:
        """Return a workload, and the class and the number of the attempt of each contact.

        How often a customer would try again is drawn beforehand. The work is the same at all
        attempts, for nobody knows it before it begins.
        """
        times = [rng.uniform(0, self.until, rng.poisson(rate * self.until)) for rate in self.rates]
        arrived = np.concatenate(times)
        order = np.argsort(arrived)
        arrived = arrived[order]
        klass = np.repeat(np.arange(len(times)), [len(some) for some in times])[order]
        mean, cv = np.array(self.work)[klass], np.array(self.cv)[klass]
        shape = 1 / np.where(cv > 0, cv, 1.0) ** 2
        work = np.where(cv > 0, rng.standard_gamma(shape) / shape, 1.0) * mean

        attempts = rng.geometric(1 - self.again, len(arrived))
        ticket = np.repeat(np.arange(len(arrived), dtype=np.int32), attempts)
        last = np.cumsum(attempts) - 1
        attempt = np.arange(len(ticket)) - (last - attempts + 1)[ticket]
        following = np.arange(1, len(ticket) + 1, dtype=np.int32)
        following[last] = NOBODY
        klass = klass[ticket]
        patience = np.full(len(ticket), np.inf)
        if self.patience:
            patience = rng.exponential(np.array(self.patience)[klass])
        workload = contacts(
            np.where(attempt == 0, arrived[ticket], np.nan),
            work[ticket],
            patience,
            ticket=ticket,
            queue=np.array(self.queue, np.int8)[klass],
            priority=np.array(self.priority, np.int8)[klass],
            kind=np.where(attempt == 0, Kind.INITIAL, Kind.RETRY).astype(np.int8),
            next_if_abandoned=following,
            delay_if_abandoned=rng.exponential(self.delay, len(ticket)),
        )
        return workload, klass, attempt

    def roster(self) -> Roster:
        count = sum(self.agents)
        return Roster(
            agent=np.arange(count, dtype=np.int32),
            team=np.repeat(np.arange(len(self.agents), dtype=np.int8), self.agents),
            on=np.zeros(count),
            off=np.full(count, 10 * self.until),
            speed=np.ones(count),
        )

    def simulated(self, rng: np.random.Generator, checked: bool) -> Seen:
        workload, klass, attempt = self.drawn(rng)
        roster = self.roster()
        log = simulate(workload, roster, self.routing)
        if checked:
            check(workload, roster, self.routing, log)
        return Seen(self, workload, klass, attempt, log)


class Seen:
    """The contacts of one replication that became ready in the time that counts."""

    def __init__(
        self, desk: Desk, workload: Workload, klass: Integers, attempt: Integers, log: ContactLog
    ) -> None:
        self.desk, self.workload, self.log = desk, workload, log
        self.klass, self.attempt = klass, attempt
        self.counted = (log.ready >= 0.1 * desk.until) & (log.ready < 0.9 * desk.until)
        self.minutes = 0.8 * desk.until

    def which(self, klass: int = 0) -> Flags:
        """Return the rows of a class that count."""
        return self.counted & (self.klass == klass)

    def waits(self, klass: int = 0) -> Floats:
        """Return how long contacts waited, until an agent or giving up; the rejected left out."""
        log, rows = self.log, self.which(klass) & (self.log.outcome != Outcome.REJECTED)
        return (np.where(log.outcome == Outcome.ABANDONED, log.end, log.start) - log.ready)[rows]

    def wait(self, klass: int = 0) -> Counts:
        waits = self.waits(klass)
        return float(waits.sum()), float(len(waits))

    def delayed(self, klass: int = 0) -> Counts:
        waits = self.waits(klass)
        return float(np.count_nonzero(waits)), float(len(waits))

    def time(self, klass: int = 0) -> Counts:
        """Return how long the served were there."""
        rows = self.which(klass) & (self.log.outcome == Outcome.SERVED)
        return float((self.log.end - self.log.ready)[rows].sum()), float(rows.sum())

    def share(self, outcome: Outcome, among: Flags) -> Counts:
        return float(np.count_nonzero(self.log.outcome[among] == outcome)), float(among.sum())

    def surpluses(self) -> list[float]:
        """Return by how much what was drawn exceeds its mean: numbers whose expectation is 0."""
        desk, workload, found = self.desk, self.workload, []
        for klass, rate in enumerate(desk.rates):
            rows = self.which(klass) & (self.attempt == 0)
            found.append(np.count_nonzero(rows) - rate * self.minutes)
            if desk.cv[klass]:
                found.append(np.sum(workload.work[rows] - desk.work[klass]))
            if desk.patience:
                found.append(np.sum(workload.patience[rows] - desk.patience[klass]))
            if desk.again:
                attempts = np.bincount(workload.ticket)[workload.ticket[rows]]
                found.append(np.sum(attempts - 1 / (1 - desk.again)))
        return found


def interval(
    over: Floats, under: Floats, surpluses: Floats, confidence: float
) -> tuple[float, float]:
    """Return the centre and the half-width of a confidence interval of E[over] / E[under].

    The residuals of the ratio are regressed on the surpluses of each replication, which explain
    much of their variance and have the expectation 0: control variates (Law 2015, section 11.4).
    """
    ratio = over.sum() / under.sum()
    design = np.column_stack((np.ones(len(over)), surpluses))
    residuals = over - ratio * under
    fitted = np.linalg.lstsq(design, residuals)[0]
    freedom = len(over) - design.shape[1]
    variance = np.sum((residuals - design @ fitted) ** 2) / freedom
    error = np.sqrt(variance * np.linalg.inv(design.T @ design)[0, 0]) / under.mean()
    reach = stats.t.ppf((1 + confidence) / 2, freedom) * error
    return float(ratio + fitted[0] / under.mean()), float(reach)


def assert_exact(
    desk: Desk,
    seed: int,
    measured: Callable[[Seen], dict[str, Counts]],
    exact: dict[str, float],
    within: float = 0.015,
) -> None:
    """Compare ratios over replications with their exact values, all together at 95 %."""
    found: list[dict[str, Counts]] = []
    surpluses: list[list[float]] = []
    for number, rng in enumerate(np.random.default_rng(seed).spawn(REPLICATIONS)):
        seen = desk.simulated(rng, number == 0)
        found.append(measured(seen))
        surpluses.append(seen.surpluses())
    assert found[0].keys() == exact.keys()
    for name, value in exact.items():
        over, under = np.array([counts[name] for counts in found]).T
        centre, reach = interval(over, under, np.array(surpluses), 1 - 0.05 / len(exact))
        assert reach <= within * value, name
        assert abs(centre - value) <= reach, name


# --- One queue -----------------------------------------------------------------------------------


FULL_OFTEN = {"agents": (3,), "rates": (2.4,), "work": (1.25,)}


def test_places_to_wait_are_the_lines_that_agents_do_not_need() -> None:
    lines, places = (
        Desk(routing((0,), **limit), **FULL_OFTEN).simulated(np.random.default_rng(4), False).log
        for limit in ({"lines": (7.0,)}, {"places": (4.0,)})
    )
    assert np.count_nonzero(lines.outcome == Outcome.REJECTED) > 1_000
    np.testing.assert_array_equal(lines.outcome, places.outcome)
    np.testing.assert_array_equal(lines.end, places.end)


CHATS = {"rates": (4.2,), "work": (1.0,)}
THREE_AT_A_TIME = {"routing": routing((0,), occupies=(1 / 3,)), "agents": (2,)}


def test_three_chats_at_a_time_are_three_agents_each() -> None:
    two, six = (
        desk.simulated(np.random.default_rng(5), False).log
        for desk in (Desk(**THREE_AT_A_TIME, **CHATS), Desk(routing((0,)), (6,), **CHATS))
    )
    assert len(two) > 40_000
    np.testing.assert_array_equal(two.start, six.start)
    np.testing.assert_array_equal(two.end, six.end)


# --- Two classes ---------------------------------------------------------------------------------


def test_queues_and_priorities_within_them_are_cobham() -> None:
    # The phone before the mailbox, and in that the urgent before the others.
    rates, means, cvs = (0.15, 0.15, 0.2), (1.0, 1.2, 0.9), (0.5, 0.0, 1.0)
    desk = Desk(
        routing((0, 1), deferrable=(False, True)),
        agents=(1,),
        rates=rates,
        work=means,
        cv=cvs,
        queue=(0, 1, 1),
        priority=(0, 0, 1),
        until=52_000.0,
    )

    def measured(seen: Seen) -> dict[str, Counts]:
        return {str(klass): seen.wait(klass) for klass in range(3)}

    waits = cobham_mean_waits(rates, means, cvs).tolist()
    assert_exact(desk, 7, measured, {str(klass): wait for klass, wait in enumerate(waits)})


def test_one_agent_who_interrupts_is_preemptive_resume() -> None:
    rates, means, cvs = (0.3, 0.3), (1.0, 1.1), (0.5, 1.0)
    desk = Desk(
        routing((0, 1), deferrable=(False, True), interrupts=(True,)),
        agents=(1,),
        rates=rates,
        work=means,
        cv=cvs,
        until=45_000.0,
    )

    def measured(seen: Seen) -> dict[str, Counts]:
        return {
            "live wait": seen.wait(0),
            "live time": seen.time(0),
            "deferrable time": seen.time(1),
        }

    live, deferrable = preemptive_mean_times(rates, means, cvs).tolist()
    exact = {"live wait": live - 1.0, "live time": live, "deferrable time": deferrable}
    assert_exact(desk, 8, measured, exact)


def test_three_agents_who_interrupt_keep_what_they_stopped() -> None:
    rates, places = (1.6, 1.0), (3, 6)
    desk = Desk(
        routing((0, 1), deferrable=(False, True), interrupts=(True,), places=(3.0, 6.0)),
        agents=(3,),
        rates=rates,
        work=(1.0, 0.9),
        until=11_000.0,
    )

    def measured(seen: Seen) -> dict[str, Counts]:
        return {
            "live wait": seen.wait(0),
            "deferrable wait": seen.wait(1),
            "deferrable time": seen.time(1),
        }

    found = interrupting_team(rates, (1.0, 1 / 0.9), 3, places)
    exact = {
        "live wait": float(found.mean_wait[0]),
        "deferrable wait": float(found.mean_wait[1]),
        "deferrable time": float(found.mean_time[1]),
    }
    assert_exact(desk, 9, measured, exact)


@pytest.mark.parametrize(
    ("agents", "urgent", "until", "seed"),
    [((1, 1), 0, 6_500.0, 10), ((2, 2), 1, 5_500.0, 11)],
)
def test_two_teams_are_the_n_model(
    agents: tuple[int, int], urgent: int, until: float, seed: int
) -> None:
    both = sum(agents)
    rates, work, patience, places = (0.55 * both, 0.35 * both), (1.0, 1.2), (3.0, 4.0), (4, 5)
    order = (urgent, 1 - urgent)
    desk = Desk(
        routing((0,), order, places=(4.0, 5.0)),
        agents=agents,
        rates=rates,
        work=work,
        patience=patience,
        until=until,
    )

    def measured(seen: Seen) -> dict[str, Counts]:
        served = seen.which(0) & (seen.log.outcome == Outcome.SERVED)
        helped = np.count_nonzero(seen.log.agent[served] >= agents[0])
        counts = {"helped": (float(helped), float(served.sum()))}
        for klass in (0, 1):
            counts[f"wait {klass}"] = seen.wait(klass)
            counts[f"delayed {klass}"] = seen.delayed(klass)
        return counts

    found = n_model(rates, (1.0, 1 / 1.2), agents, places, (1 / 3, 1 / 4), urgent=urgent)
    exact = {"helped": found.helped}
    for klass in (0, 1):
        exact[f"wait {klass}"] = float(found.mean_wait[klass])
        exact[f"delayed {klass}"] = float(found.delay_probability[klass])
    assert_exact(desk, seed, measured, exact)


def test_customers_who_call_again_are_a_retrial_queue() -> None:
    desk = Desk(
        routing((0,), lines=(4.0,)),
        agents=(3,),
        rates=(3.2,),
        work=(1.0,),
        patience=(2.0,),
        again=0.6,
        delay=2.0,
        until=6_000.0,
    )

    def measured(seen: Seen) -> dict[str, Counts]:
        first, retry = (seen.counted & some for some in (seen.attempt == 0, seen.attempt > 0))
        # In orbit, all who come back in the time that counts; the row before is the last attempt.
        orbit = seen.log.ready[retry] - seen.log.end[np.flatnonzero(retry) - 1]
        served = np.count_nonzero(seen.counted & (seen.log.outcome == Outcome.SERVED))
        return {
            "blocked at first": seen.share(Outcome.REJECTED, first),
            "blocked again": seen.share(Outcome.REJECTED, retry),
            "attempts": (float(seen.counted.sum()), float(first.sum())),
            "served": (float(served), float(first.sum())),
            "orbit": (float(orbit.sum()), seen.minutes),
        }

    found = retrial_queue(3.2, 1.0, 3, 4, 1 / 2.0, 0.6, 1 / 2.0)
    exact = {
        "blocked at first": found.blocking,
        "blocked again": found.retry_blocking,
        "attempts": found.attempts,
        "served": found.served,
        "orbit": found.mean_orbit,
    }
    assert_exact(desk, 13, measured, exact)


# --- A day of half-hours -------------------------------------------------------------------------

HALF_HOUR, HALF_HOURS = 30.0, 48
SERVICE, PATIENCE = 6.0, 4.0
"""Mean minutes of a call, and of the patience of who waits for an agent."""

CALLS = np.array(
    [
        *(6, 6, 5, 5, 4, 4, 4, 4, 5, 6, 8, 12, 16, 20, 28, 36, 44, 52, 58, 60, 62, 60, 56, 52),
        *(50, 50, 54, 58, 60, 58, 54, 50, 46, 42, 40, 40, 38, 34, 30, 26, 22, 18, 16, 14, 12),
        *(10, 8, 7),
    ],
    dtype=np.float64,
)
"""Expected calls in each half-hour."""

CHANGES = {  # half-hour: how many leave, then how many begin
    0: (0, 2),
    12: (2, 5),  # the early crew relieves all of the night
    14: (0, 3),
    16: (0, 3),
    18: (0, 2),
    24: (3, 1),
    26: (2, 0),
    28: (9, 13),  # the late crew relieves all of the early one
    32: (3, 0),
    36: (4, 2),
    40: (4, 0),
    44: (4, 2),  # the night again
}


def agents_in_each_half_hour() -> tuple[list[int], list[int]]:
    """Return the agents on duty, and how many leave at the start."""
    leaving = [CHANGES.get(number, (0, 0))[0] for number in range(HALF_HOURS)]
    change = [np.subtract(*CHANGES.get(number, (0, 0))[::-1]) for number in range(HALF_HOURS)]
    return np.cumsum(change).tolist(), leaving


def day_exactly(calls: float = 1.0, service: float = 1.0, patience: float = 1.0) -> DayQueue:
    """Return the solution, with parameters that are off by a factor if so wanted."""
    agents, leaving = agents_in_each_half_hour()
    return day_queue(
        calls * CALLS / HALF_HOUR,
        agents,
        [HALF_HOUR] * HALF_HOURS,
        1 / (service * SERVICE),
        1 / (patience * PATIENCE),
        leaving=leaving,
    )


def one_day(rng: np.random.Generator) -> tuple[Workload, Roster]:
    """Draw a day; who leaves at a change is drawn among all on duty, busy or not."""
    arriving = rng.poisson(CALLS)
    begin = np.repeat(HALF_HOUR * np.arange(HALF_HOURS), arriving)
    ready = np.sort(begin + rng.uniform(0, HALF_HOUR, len(begin)))
    workload = contacts(
        ready, rng.exponential(SERVICE, len(ready)), rng.exponential(PATIENCE, len(ready))
    )
    on_duty: list[int] = []
    on: list[float] = []
    off: list[float] = []
    for number, (leaving, coming) in CHANGES.items():
        for agent in rng.choice(on_duty, leaving, replace=False).tolist() if leaving else []:
            on_duty.remove(agent)
            off[agent] = number * HALF_HOUR
        on_duty += range(len(on), len(on) + coming)
        on += [number * HALF_HOUR] * coming
        off += [HALF_HOURS * HALF_HOUR] * coming
    count = len(on)
    roster = Roster(
        agent=np.arange(count, dtype=np.int32),
        team=np.zeros(count, np.int8),
        on=np.array(on),
        off=np.array(off),
        speed=np.ones(count),
    )
    return workload, roster


def minutes_in_each(begin: Floats, end: Floats) -> Floats:
    """Return how much of stretches of time falls into each half-hour, in total."""
    edges = HALF_HOUR * np.arange(HALF_HOURS + 1)
    # The stretches up to each edge: those begun by then, less those ended.
    total = np.zeros(HALF_HOURS + 1)
    for times, sign in ((begin, 1.0), (end, -1.0)):
        ordered = np.sort(times)
        before = np.searchsorted(ordered, edges)
        sums = np.append(0.0, np.cumsum(ordered))
        total += sign * (before * edges - sums[before])
    return np.diff(total)


def observed_day(rng: np.random.Generator, checked: bool) -> tuple[dict[str, Floats], list[float]]:
    """Simulate a day; return what is compared, of shape (half-hours,), and the surpluses."""
    workload, roster = one_day(rng)
    until = HALF_HOURS * HALF_HOUR
    log = simulate(workload, roster, routing((0,)), until=until)
    if checked:
        check(workload, roster, routing((0,)), log, until=until)
    waits_on = np.where(np.isnan(log.end), until, log.end)
    left = np.where(np.isnan(log.start), waits_on, log.start)
    begun = np.flatnonzero(~np.isnan(log.start))
    freed = np.where(np.isnan(log.freed), until, log.freed)[begun]
    duty_over = roster.off[log.agent[begun]]
    late = freed > duty_over
    edges = HALF_HOUR * np.arange(HALF_HOURS + 1)
    delayed = log.ready[left > log.ready]
    gave_up = log.end[log.outcome == Outcome.ABANDONED]
    numbers = {"delayed": delayed, "given up": gave_up, "into overtime": duty_over[late]}
    stretches = {
        "waiting": (log.ready, left),
        "in work": (log.start[begun], np.minimum(freed, duty_over)),
        "in overtime": (duty_over[late], freed[late]),
    }
    found = {name: np.histogram(times, edges)[0] * 1.0 for name, times in numbers.items()}
    for name, (begin, end) in stretches.items():
        found[name] = minutes_in_each(begin, end) / HALF_HOUR
    surpluses = [
        len(workload) - CALLS.sum(),
        np.sum(workload.work - SERVICE),
        np.sum(workload.patience - PATIENCE),
    ]
    return found, surpluses


def expected_day(day: DayQueue) -> dict[str, Floats]:
    return {
        "delayed": day.arrivals * day.delay_probability,
        "given up": day.abandoned,
        "waiting": day.mean_waiting,
        "in work": day.mean_in_work,
        "into overtime": day.into_overtime,
        "in overtime": day.mean_in_overtime,
    }


DAYS = 700


@dataclass(frozen=True)
class Days:
    """What many days came to."""

    seen: dict[str, Floats]
    """Each of shape (days, half-hours)."""
    surpluses: Floats
    """Shape (days, 3)."""


@pytest.fixture(scope="module")
def days() -> Days:
    streams = enumerate(np.random.default_rng(20).spawn(DAYS))
    found, surpluses = zip(
        *(observed_day(rng, number == 0) for number, rng in streams), strict=True
    )
    seen = {name: np.array([day[name] for day in found]) for name in found[0]}
    return Days(seen, np.array(surpluses))


def seen_half_hours(exact: Floats) -> Flags:
    """Return where enough is to be expected: there is no overtime but after an end of duty."""
    return exact > 0.02


def same_means(sample: Floats, exact: Floats) -> float:
    """Return the p-value of Hotelling's test that the rows of a sample have these means."""
    rows, columns = sample.shape
    off = sample.mean(axis=0) - exact
    square = rows * off @ np.linalg.solve(np.cov(sample, rowvar=False), off)
    ratio = square * (rows - columns) / (columns * (rows - 1))
    return float(stats.f.sf(ratio, columns, rows - columns))


def test_the_day_in_every_half_hour(days: Days) -> None:
    exact = expected_day(day_exactly())
    compared = sum(np.count_nonzero(seen_half_hours(values)) for values in exact.values())
    assert compared > 4 * HALF_HOURS
    for name, sample in days.seen.items():
        seen = seen_half_hours(exact[name])
        error = sample.std(axis=0, ddof=1) / np.sqrt(DAYS)
        off = sample.mean(axis=0) - exact[name]
        # Every half-hour, all of all quantities together at 95 %.
        reach = stats.t.ppf(1 - 0.025 / compared, DAYS - 1) * error
        assert (np.abs(off) <= reach)[seen].all(), name
        assert np.abs(sample[:, ~seen].mean(axis=0) - exact[name][~seen]).sum() < 0.01
        # The half-hours together, with what they have in common, all quantities at 95 %.
        assert same_means(sample[:, seen], exact[name][seen]) > 0.05 / len(days.seen), name


def test_the_day_in_total(days: Days) -> None:
    exact = {name: float(values.sum()) for name, values in expected_day(day_exactly()).items()}
    totals = {name: sample.sum(axis=1) for name, sample in days.seen.items()}
    ratios = {name: (totals[name], np.ones(DAYS), exact[name]) for name in totals}
    # Minutes of overtime are few: how many are kept is precise, how long each is not enough.
    del ratios["in overtime"]
    # An error of the patience hardly changes the queue, but shows for each who gives up.
    ratios["patience"] = (HALF_HOUR * totals["waiting"], totals["given up"], PATIENCE)
    for name, (over, under, value) in ratios.items():
        centre, reach = interval(over, under, days.surpluses, 1 - 0.05 / len(ratios))
        assert reach <= 0.015 * value, name
        assert abs(centre - value) <= reach, name


@pytest.mark.parametrize("off", [0.97, 1.03])
@pytest.mark.parametrize("parameter", ["calls", "service"])
def test_the_day_would_show_an_error(days: Days, parameter: str, off: float) -> None:
    wrong = expected_day(day_exactly(**{parameter: off}))
    for name in ("delayed", "given up", "waiting", "in work"):
        assert same_means(days.seen[name], wrong[name]) < 1e-9, name
