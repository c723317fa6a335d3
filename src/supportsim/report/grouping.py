"""Verdicts in the order in which people look for them, and who is spoken of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supportsim.measures import ALL

if TYPE_CHECKING:
    from supportsim.benchmarks import Verdict
    from supportsim.scenario import Scenario
    from supportsim.studies import Run

ROLES = {
    "predicted": "came out of the simulation",
    "fitted": "a parameter was fitted to it",
    "input": "the scenario sets it",
}


def judged_of(run: Run) -> list[Verdict]:
    """Return the verdicts on simulated figures, in the order of publication."""
    return [verdict for verdict in run.verdicts if verdict.answer != "not simulated"]


def judged_by_channel(run: Run) -> dict[str, list[Verdict]]:
    """Return the verdicts on simulated figures: by channel, within it by role, then as published.

    The channels come in the scenario's order, after them others that figures speak of, and all
    channels together last.
    """
    judged = judged_of(run)
    others = [v.figure.channel for v in judged if v.figure.channel != ALL]
    groups: dict[str, list[Verdict]] = {
        channel: [] for channel in (*run.scenario.channels, *others, ALL)
    }
    roles = list(ROLES)
    for verdict in sorted(judged, key=lambda one: roles.index(one.role)):
        groups[verdict.figure.channel].append(verdict)
    return {channel: verdicts for channel, verdicts in groups.items() if verdicts}


def has_several_channels(scenario: Scenario) -> bool:
    """Return whether a report has to say which channel it speaks of."""
    return len(scenario.channels) > 1


def teams_that_change(scenario: Scenario) -> list[str]:
    """Return the teams whose agents come or go during the scenario."""
    return [name for name, team in scenario.teams.items() if team.turnover or team.hires]
