"""The study: simulate a scenario at each point of a design, and keep what came out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from supportsim.benchmarks import Figure, unit_factor
from supportsim.errors import InputError, ScenarioError
from supportsim.measures import Asked, find, lacks, measures_of
from supportsim.scenario import Scenario, fingerprint
from supportsim.stats import influences
from supportsim.studies.run import WORTH_A_PROCESS, Progress, checked_contacts, figures_of, run
from supportsim.studies.study_files import Study, read_study
from supportsim.studies.sweeping.design import as_numbers, design_points
from supportsim.studies.sweeping.settings import SweepSettings
from supportsim.studies.sweeping.store import Store, open_store
from supportsim.studies.sweeping.sweep import Outcome, Point, Result, Sweep
from supportsim.studies.workers import as_ready, check_cluster, check_workers
from supportsim.versions import made_with

UNKNOWN = Result(float("nan"), float("nan"), float("nan"), 0, ())
"""What a point whose scenario does not have a measure says about it."""

Finish = Callable[[Sweep, Path], None]
"""Writes the tables and plots of a finished sweep to its folder."""


def read_sweep(
    base: Scenario | Path | str, options: Mapping[str, Any], changes: Mapping[str, Any]
) -> Study[SweepSettings]:
    """Return a scenario, and how to sweep it.

    Parameters
    ----------
    base
        A scenario, the path of its file, or that of a study file.
    options
        Settings that count more than those of the study file, as in `SweepSettings`.
    changes
        Values to use instead of the scenario's, by dotted path.

    Raises
    ------
    InputError
        If something cannot be read, or a key is both changed and varied.
    """
    asked = read_study(base, "sweep", SweepSettings, options, changes)
    for key, value in asked.changes.items():
        if any(f"{key}.".startswith(f"{varied}.") for varied in asked.settings.vary):
            raise InputError(f"{key}: is set to {value} and varied as well; leave one of them out")
    return asked


def sweep(
    scenario: Scenario,
    settings: SweepSettings,
    *,
    figures: Iterable[Figure] | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    out: Path | None = None,
    fresh: bool = False,
    finish: Finish | None = None,
    progress: Progress | None = None,
) -> Sweep:
    """Simulate a scenario at each point of a design, all with the same random numbers.

    Everything is checked before anything is simulated or written. With a folder, each finished
    point is kept there at once, and the same sweep goes on where it was stopped.

    Parameters
    ----------
    scenario
        The scenario to vary.
    settings
        What to vary, and how.
    figures
        The published figures to judge each point by; by default those that the scenario names.
    workers
        Processes to share the points among; −1 for all cores; None for as many as the work is
        worth. The result does not depend on it.
    cluster
        Address of a Dask scheduler whose workers simulate the points instead.
    out
        Folder for the results.
    fresh
        Whether to remove another sweep's results from that folder first.
    finish
        Called at the end, before another sweep may use the folder.
    progress
        Called with the points done and their number, first with those that were there.

    Raises
    ------
    InputError
        If the settings, a point's scenario or the folder cannot be used.
    """
    check_workers(workers)
    check_cluster(cluster)
    plan = _plan(scenario, settings, tuple(figures_of(scenario) if figures is None else figures))
    with open_store(out, _about(plan), fresh=fresh) if out else nullcontext() as store:
        outcomes = _outcomes(plan, store, workers, cluster, progress)
        points = tuple(
            Point(
                number=number,
                values=values,
                numbers=as_numbers(values),
                results=outcomes[number].results,
                verdicts=outcomes[number].verdicts,
                warnings=outcomes[number].warnings,
            )
            for number, values in enumerate(plan.points)
        )
        made = Sweep(scenario, settings, points, plan.figures, plan.asked)
        if out and finish:
            with _saying_how_far(len(points), len(points)):
                finish(made, out)
    return made


def simulate_point(
    number: int, scenario: Scenario, figures: tuple[Figure, ...], measures: tuple[str, ...]
) -> tuple[int, Outcome]:
    """Simulate all replications of a point, and return its number and what came out."""
    known = [name for name in measures if not lacks(name, scenario)]
    made = run(scenario, figures=figures, measures=known, workers=1)
    results = dict.fromkeys(measures, UNKNOWN)
    for name in known:
        one = made.estimates[name]
        observations = [replication.observations[name] for replication in made.replications]
        drawn = influences(made.asked[name].measure, observations)
        results[name] = Result(one.mean, one.low, one.high, one.replications, tuple(drawn.tolist()))
    answers = {verdict.figure.id: verdict.answer for verdict in made.verdicts}
    return number, Outcome(results, answers, warnings=made.warnings)


@dataclass(frozen=True)
class _Plan:
    """What is to be simulated, checked: values, expected contacts and measures of the points."""

    scenario: Scenario
    settings: SweepSettings
    figures: tuple[Figure, ...]
    points: list[dict[str, Any]]
    contacts: list[float]
    asked: dict[str, Asked]


def _plan(scenario: Scenario, settings: SweepSettings, figures: tuple[Figure, ...]) -> _Plan:
    """Choose the points and check each of them."""
    points = design_points(settings, scenario.run.seed)
    contacts = []
    asked: dict[str, Asked] = {}
    for number, values in enumerate(points):
        changed = _scenario_at(scenario, number, values)
        settled = changed.run.replications
        count = changed.run.max_replications if settled == "auto" else settled
        try:
            contacts.append(count * checked_contacts(changed))
        except InputError as error:
            raise InputError(f"{_told(number, values)}: {error}") from error
        for one in _measures(changed, settings, figures):
            asked.setdefault(one.id, one)
    for name in settings.measures:
        if name not in asked:
            find(name, changed)  # which says what is missing
    for figure in figures:
        if figure.measure and not lacks(figure.measure, changed):
            unit_factor(figure, find(figure.measure, changed).measure.unit)
    return _Plan(scenario, settings, figures, points, contacts, asked)


def _scenario_at(scenario: Scenario, number: int, values: Mapping[str, Any]) -> Scenario:
    """Return the scenario of a point, or say what is wrong with which value."""
    try:
        return scenario.replace(values)
    except ScenarioError as error:
        if error.key in values:
            where, key = f"{error.key} = {values[error.key]}", ""
        else:
            where, key = _told(number, values), error.key
        raise ScenarioError(error.reason, key=key, file=where, hint=error.hint) from error


def _told(number: int, values: Mapping[str, Any]) -> str:
    told = ", ".join(f"{name} = {value}" for name, value in values.items())
    return f"point {number} ({told})"


def _measures(
    scenario: Scenario, settings: SweepSettings, figures: Iterable[Figure]
) -> Iterator[Asked]:
    """Yield the measures asked for, or else all, that mean something in a scenario."""
    if settings.measures:
        names = dict.fromkeys(settings.measures)
        yield from (find(name, scenario) for name in names if not lacks(name, scenario))
    else:
        judged = [figure.measure for figure in figures if figure.measure]
        yield from measures_of(scenario, [name for name in judged if not lacks(name, scenario)])


def _about(plan: _Plan) -> dict[str, Any]:
    """Return everything that the results depend on."""
    return {
        "made_with": made_with(),
        "sweep": plan.settings.model_dump(mode="json"),
        "parameters": list(plan.settings.vary),
        "points": len(plan.points),
        "scenario": plan.scenario.model_dump(mode="json", by_alias=True),
        "measures": list(plan.asked),
        "figures": {one.id: one.model_dump(mode="json") for one in plan.figures},
        "fingerprint": fingerprint(plan.scenario),
    }


def _outcomes(
    plan: _Plan,
    store: Store | None,
    workers: int | None,
    cluster: str | None,
    progress: Progress | None,
) -> dict[int, Outcome]:
    """Return what came out at each point: from the store, or else simulated and kept there."""
    count = len(plan.points)
    loaded = {number: store.load(number) for number in range(count)} if store else {}
    done = {number: outcome for number, outcome in loaded.items() if outcome}
    missing = [number for number in range(count) if number not in done]
    if workers is None:
        workers = -1 if sum(plan.contacts[number] for number in missing) > WORTH_A_PROCESS else 1
    if progress:
        progress(len(done), count)
    calls = (
        (
            number,
            _scenario_at(plan.scenario, number, plan.points[number]),
            plan.figures,
            tuple(plan.asked),
        )
        for number in missing
    )
    with closing(as_ready(simulate_point, calls, workers, cluster)) as results:
        for number, outcome in results:
            if store:
                with _saying_how_far(len(done), count):
                    store.keep(number, outcome)
            done[number] = outcome
            if progress:
                progress(len(done), count)
    return done


@contextmanager
def _saying_how_far(done: int, count: int) -> Iterator[None]:
    """Say how far a sweep came whose results cannot be written."""
    try:
        yield
    except InputError as error:
        raise InputError(
            f"{error}; {done} of {count} points are done and kept: once there is room, the same "
            "command goes on from there"
        ) from error
