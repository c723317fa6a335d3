"""The main study: simulate a scenario's replications, estimate its measures, judge the figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from joblib import cpu_count

from supportsim.benchmarks import Figure, Registry, Verdict, judge, load_registry, unit_factor
from supportsim.engine import check, simulate
from supportsim.errors import BenchmarkError, InputError
from supportsim.measures import (
    ALL,
    Asked,
    Facts,
    Observation,
    Scope,
    daily_backlog,
    daily_staff,
    lacks,
    measures_of,
    observe,
    weekly,
)
from supportsim.sampling import (
    draw_customers,
    draw_messages,
    draw_staff,
    draw_visits,
    draw_workload,
    routing,
)
from supportsim.scenario import Scenario
from supportsim.stats import (
    SHORTEST,
    Estimate,
    enough_replications,
    estimate,
    mser5,
    ratio_estimate,
    relative_half_width,
)
from supportsim.studies.load import Load, expected_contacts, offered_loads
from supportsim.studies.workers import check_workers, in_order
from supportsim.tables import Floats
from supportsim.units import DAY, format_duration

MOST_CONTACTS = 2e7
"""Contacts that a replication may have; their tables take a few GiB."""

WORTH_A_PROCESS = 400_000
"""Contacts above which starting processes, a second or two, costs less than it saves."""

Progress = Callable[[int, int], None]
"""Called with the replications done and the replications expected."""


@dataclass(frozen=True, eq=False)
class Replication:
    """What is kept of one replication.

    Attributes
    ----------
    observations
        By measure id.
    backlog
        Average backlog of each day from the start to the end of the window, by measure id.
    staff
        Average headcount, vacancies and effective capacity of each team on each day, likewise.
    weekly
        Arrivals, waits, duty and work by hour of the week; see `measures.weekly`.
    tickets
        Number of tickets that arrived in the window.
    unfinished
        How many of them were still open when the run ended.
    """

    observations: dict[str, Observation]
    backlog: dict[str, Floats]
    staff: dict[str, Floats]
    weekly: dict[str, Floats]
    tickets: int
    unfinished: int

    def responses(self, channel: str) -> Floats:
        """Return the minutes to first response of the window's answered tickets of a channel."""
        return self.observations[f"{channel}.first_response_time_median"].sample


@dataclass(frozen=True, eq=False)
class Run:
    """A simulated scenario: its replications, and what they say.

    Attributes
    ----------
    scenario
        The scenario.
    figures
        The published figures to judge it by.
    asked
        The measures, by id.
    replications
        What is kept of each replication, in order.
    stopped
        With automatic replications, why they ended; empty otherwise.
    """

    scenario: Scenario
    figures: tuple[Figure, ...]
    asked: dict[str, Asked]
    replications: tuple[Replication, ...]
    stopped: str

    @cached_property
    def estimates(self) -> dict[str, Estimate]:
        """Estimates by measure id."""
        return {
            name: estimate(one.measure, [r.observations[name] for r in self.replications])
            for name, one in self.asked.items()
        }

    @cached_property
    def verdicts(self) -> tuple[Verdict, ...]:
        """A verdict on each figure."""
        return judge(self.figures, self.estimates, self.asked, self.scenario)

    @property
    def all_match(self) -> bool:
        """Whether every simulated figure matches; False if none is simulated."""
        judged = [verdict for verdict in self.verdicts if verdict.answer != "not simulated"]
        return bool(judged) and all(verdict.answer == "matches" for verdict in judged)

    @cached_property
    def loads(self) -> tuple[Load, ...]:
        """The offered load of each group of teams and channels."""
        return offered_loads(self.scenario)

    @cached_property
    def warm_up_needed(self) -> float | None:
        """Minutes of warm-up that MSER-5 would cut; None if the backlog has no steady state.

        NaN if the run is too short to tell. Where that is more than the warm-up but would not
        change the mean backlog beyond its 95 % interval, it is chance, and the warm-up is returned.
        """
        backlog = np.array([r.backlog[f"{ALL}.backlog_open"] for r in self.replications])
        days = backlog.shape[1]
        if days < SHORTEST:
            return np.nan
        cut = mser5(backlog.mean(axis=0))
        given = self.scenario.run.warm_up
        if cut is None or cut * DAY <= given:
            return None if cut is None else cut * DAY
        change = backlog[:, int(given // DAY) :].mean(axis=1) - backlog[:, cut:].mean(axis=1)
        bias = ratio_estimate(change, np.ones(len(change)))
        return given if bias.low <= 0 <= bias.high else cut * DAY

    @cached_property
    def warnings(self) -> tuple[str, ...]:
        """What a reader of the results should know."""
        return tuple(_warnings(self))


def run(
    scenario: Scenario,
    *,
    figures: Iterable[Figure] | None = None,
    measures: Iterable[str] = (),
    workers: int | None = None,
    progress: Progress | None = None,
) -> Run:
    """Simulate a scenario.

    Parameters
    ----------
    scenario
        The scenario.
    figures
        The published figures to judge it by; by default those that the scenario names.
    measures
        Ids of measures to take beside those that the scenario always has and the figures need.
    workers
        Processes to share the replications among; −1 for all cores; None for as many as the work
        is worth. The result does not depend on it.
    progress
        Called after each replication.
    """
    check_workers(workers)
    figures = tuple(figures_of(scenario) if figures is None else figures)
    wanted = [f.measure for f in figures if f.measure and not lacks(f.measure, scenario)]
    asked = {one.id: one for one in measures_of(scenario, [*wanted, *measures])}
    for figure in figures:
        if figure.measure in asked:
            unit_factor(figure, asked[figure.measure].measure.unit)
    contacts = checked_contacts(scenario)
    workers = _worthwhile_workers(scenario, contacts) if workers is None else workers
    wanted = wanted or [f"{name}.first_response_time" for name in scenario.channels]
    if scenario.run.replications != "auto":
        count = scenario.run.replications
        done = []
        for replication in _replications(scenario, range(count), asked, workers):
            done.append(replication)
            if progress:
                progress(len(done), count)
        return Run(scenario, figures, asked, tuple(done), "")
    replications, stopped = _until_precise(scenario, asked, wanted, workers, progress)
    return Run(scenario, figures, asked, replications, stopped)


def figures_of(scenario: Scenario, folder: Path | None = None) -> tuple[Figure, ...]:
    """Return the published figures that a scenario names; its own files are looked for in `folder`.

    Raises
    ------
    BenchmarkError
        If a file cannot be used or an id does not exist.
    """
    files = [(folder or Path()) / name for name in scenario.benchmarks.files]
    registry = load_registry(files)
    _selected(registry, "fitted", scenario.benchmarks.fitted)
    return _selected(registry, "use", scenario.benchmarks.use)


def _selected(registry: Registry, key: str, names: Iterable[str]) -> tuple[Figure, ...]:
    """Return the figures that a key of the scenario names; errors say which key."""
    try:
        return registry.select(names)
    except BenchmarkError as error:
        raise BenchmarkError(f"benchmarks.{key}: {error}") from error


def simulate_once(scenario: Scenario, replication: int) -> Facts:
    """Simulate one replication and return everything about it.

    Any replication can be made again alone, and comes out the same.

    Raises
    ------
    ConservationError
        If the run broke a law that every run must obey.
    """
    workload = draw_workload(scenario, replication)
    staff = draw_staff(scenario, replication)
    routes = routing(scenario)
    log = simulate(workload, staff.roster, routes, scenario.run.horizon)
    check(workload, staff.roster, routes, log, scenario.run.horizon)
    return Facts(
        scenario,
        workload,
        log,
        staff.roster,
        routes,
        staff.employment,
        staff.attendance,
        draw_customers(scenario, replication),
        draw_visits(scenario, replication),
        draw_messages(scenario, replication),
    )


def replicate(scenario: Scenario, replication: int, asked: Iterable[Asked]) -> Replication:
    """Simulate one replication and return what is kept of it."""
    facts = simulate_once(scenario, replication)
    tickets = Scope(facts).tickets
    return Replication(
        observations=observe(facts, asked),
        backlog=daily_backlog(facts),
        staff=daily_staff(facts),
        weekly=weekly(facts),
        tickets=len(tickets),
        unfinished=int(np.count_nonzero(np.isnan(tickets.closed))),
    )


def checked_contacts(scenario: Scenario) -> float:
    """Return about how many contacts a replication will have.

    Raises
    ------
    InputError
        If they are too many for the tables to hold.
    """
    contacts = expected_contacts(scenario)
    if sum(contacts.values()) > MOST_CONTACTS:
        busiest = max(contacts, key=lambda name: contacts[name])
        raise InputError(
            f"a replication would have {sum(contacts.values()):.3g} contacts, more than "
            f"{MOST_CONTACTS:.0e}; shorten run.window, or lower "
            f"channels.{busiest}.arrivals or the chance of a next contact"
        )
    return sum(contacts.values())


def _worthwhile_workers(scenario: Scenario, contacts: float) -> int:
    """Return 1 for work that would be done before a second process had started, else all cores."""
    count = 10 if scenario.run.replications == "auto" else scenario.run.replications
    return -1 if count * contacts > WORTH_A_PROCESS else 1


def _replications(
    scenario: Scenario, numbers: Iterable[int], asked: dict[str, Asked], workers: int
) -> Iterator[Replication]:
    """Yield replications in order, as they are ready."""
    measures = tuple(asked.values())
    return in_order(replicate, ((scenario, number, measures) for number in numbers), workers)


def _until_precise(
    scenario: Scenario,
    asked: dict[str, Asked],
    wanted: list[str],
    workers: int,
    progress: Progress | None,
) -> tuple[tuple[Replication, ...], str]:
    """Return as many replications as the precision asked for takes, and why no more."""
    settings = scenario.run
    # Batches, so that no more is simulated than may be needed; the result does not depend on them.
    batch = cpu_count() if workers == -1 else workers
    done: list[Replication] = []
    history: list[float] = []
    worst = ""
    while len(done) < settings.max_replications:
        numbers = range(len(done), min(len(done) + batch, settings.max_replications))
        for replication in list(_replications(scenario, numbers, asked, workers)):
            done.append(replication)
            worst, widest = _least_precise(done, asked, wanted)
            history.append(widest)
            if progress:
                progress(len(done), settings.max_replications)
            enough = enough_replications(history, settings.precision)
            if enough is not None:
                reason = f"precision {settings.precision:.1%} reached after {enough} replications"
                return tuple(done[:enough]), reason
    reached = history[-1] <= settings.precision
    reason = f"{len(done)} replications spent before precision {settings.precision:.1%} was " + (
        "kept for long enough to be sure" if reached else "reached"
    )
    return tuple(done), f"{reason}: {worst} is known to {history[-1]:.1%}"


def _least_precise(
    done: list[Replication], asked: dict[str, Asked], wanted: list[str]
) -> tuple[str, float]:
    """Return the measure known with the least precision so far, and that precision."""
    precision = {}
    for name in wanted:
        known = estimate(asked[name].measure, [r.observations[name] for r in done])
        precision[name] = relative_half_width(known.mean, known.half_width)
    worst = max(precision, key=lambda name: np.nan_to_num(precision[name], nan=np.inf))
    return worst, precision[worst]


def _warnings(result: Run) -> Iterator[str]:
    for load in result.loads:
        if load.utilisation >= 1:
            yield (
                f"the load of {' and '.join(load.channels)} can never be served: it is "
                f"{load.utilisation:.0%} of what {' and '.join(load.teams)} can do"
            )
    unfinished = sum(r.unfinished for r in result.replications)
    if unfinished:
        share = unfinished / max(1, sum(r.tickets for r in result.replications))
        yield (
            f"{unfinished} tickets of the window ({share:.1%}) were still open when the run ended, "
            f"and count as neither answered nor resolved unless they were; a longer run.follow_up "
            f"than {format_duration(result.scenario.run.follow_up)} would tell"
        )
    needed, given = result.warm_up_needed, result.scenario.run.warm_up
    if needed is None:
        yield "the backlog has no steady state (MSER-5): results depend on the length of the run"
    elif needed > given:
        yield (
            f"the warm-up of {format_duration(given)} is too short: MSER-5 would cut "
            f"{format_duration(needed)}"
        )
