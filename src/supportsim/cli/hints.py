"""What to do next: the command that a result suggests, as its words after `supportsim`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from supportsim.benchmarks import Verdict
    from supportsim.scenario import Scenario
    from supportsim.studies import Run
    from supportsim.studies.planning.plan import Plan

_UNITS = {"share": "", "s": "s", "min": "min", "h": "h", "d": "d"}
"""What a target writes after a number in the unit of a figure."""


def after_run(run: Run, path: Path, changes: Iterable[str] | None = None) -> list[str]:
    """Return the command after a run: what would meet a figure that it misses, or settle one.

    Parameters
    ----------
    run
        The run.
    path
        The scenario's file.
    changes
        Its changes, as they were written.

    Returns
    -------
    list of str
        The words of the command; none if there is nothing to be done.
    """
    same = [str(path), *sets(changes)]
    missed = [one for one in run.verdicts if one.answer == "misses" and one.role != "input"]
    targets = [target for one in missed if (target := _target(run, one))]
    varied = _agents(run.scenario)
    if targets and varied:
        return ["plan", *same, "--target", targets[0]]
    if any(not _is_better(run, one) for one in missed) and varied:
        return ["sweep", str(path), *sets(changes, without=[varied]), "--vary", varied]
    needed = [one.replications for one in run.verdicts if one.answer == "undecided"]
    known = [count for count in needed if count is not None]
    if known and not missed and run.scenario.run.replications != "auto":
        from supportsim.report.verdict_tables import rounded_up

        return ["run", *same, "--replications", str(rounded_up(max(known)))]
    return []


def after_plan(plan: Plan, path: Path | None, changes: Iterable[str] | None = None) -> list[str]:
    """Return the command that runs a plan; see `after_run`."""
    now = {one.key: one.now for one in plan.positions}
    if path is None or not plan.possible or dict(plan.staffing) == now:
        return []
    heads = [f"{key}={number}" for key, number in plan.staffing.items()]
    return ["run", str(path), *sets(changes, without=heads), *sets(heads)]


def sets(changes: Iterable[str] | None, without: Iterable[str] = ()) -> list[str]:
    """Return the words of changes, as they were written, but for the keys of some others."""
    others = {_key(other) for other in without}
    kept = [change for change in changes or () if _key(change) not in others]
    return [word for change in kept for word in ("--set", change)]


def _key(change: str) -> str:
    return change.partition("=")[0].strip()


def _more_agents(run: Run, verdict: Verdict) -> str:
    """Return whether more agents raise or lower what a figure is about; see `Measure`."""
    asked = run.asked.get(verdict.figure.measure or "")
    return asked.measure.more_agents if asked else ""


def _target(run: Run, verdict: Verdict) -> str:
    """Return the target of a plan that would meet a missed figure; empty if agents would not."""
    figure, more_agents = verdict.figure, _more_agents(run, verdict)
    if figure.unit not in _UNITS:
        return ""
    if more_agents == "raise" and verdict.high < figure.tolerance.low:
        return f"{figure.measure}>={figure.tolerance.low:g}{_UNITS[figure.unit]}"
    if more_agents == "lower" and verdict.low > figure.tolerance.high:
        return f"{figure.measure}<={figure.tolerance.high:g}{_UNITS[figure.unit]}"
    return ""


def _is_better(run: Run, verdict: Verdict) -> bool:
    """Return whether a desk misses a figure because it does better."""
    tolerance, more_agents = verdict.figure.tolerance, _more_agents(run, verdict)
    return (more_agents == "raise" and verdict.low > tolerance.high) or (
        more_agents == "lower" and verdict.high < tolerance.low
    )


def _agents(scenario: Scenario) -> str:
    """Return how to vary the agents of the first team whose number is one; empty if none is."""
    for name, team in scenario.teams.items():
        if isinstance(team.agents, int):
            return f"teams.{name}.agents={max(1, team.agents - 2)}:{team.agents + 3}"
    return ""
