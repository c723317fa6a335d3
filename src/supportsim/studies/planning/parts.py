"""The parts of a desk that have nothing to do with each other, each planned on its own.

A part holds the channels and teams that share work: teams serve channels, channels pass customers
on to channels and teams. Its customers and agents are the same ones with the rest of the desk or
without it, since their random numbers are drawn by name. So it is simulated alone, which takes
less time, and its targets are judged apart from those of other parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from supportsim.errors import InputError
from supportsim.measures import ALL, find
from supportsim.scenario.loading import validate
from supportsim.studies.planning.staffing import Position, teams_of_target
from supportsim.studies.planning.targets import Target

if TYPE_CHECKING:
    from supportsim.scenario import Channel, Scenario

_OF_THE_WHOLE_DESK = ("share_of_tickets",)
"""Measures of a channel that look at all channels."""


@dataclass(frozen=True)
class Part:
    """A part of a desk.

    Attributes
    ----------
    scenario
        The scenario, its channels and teams alone.
    targets
        The targets that are about it, and their places among all targets.
    positions
        What is to be planned of it.
    """

    scenario: Scenario
    targets: tuple[tuple[int, Target], ...]
    positions: tuple[Position, ...]


def parts_of(
    scenario: Scenario, targets: Sequence[Target], positions: Sequence[Position]
) -> tuple[Part, ...]:
    """Return the parts of a desk that targets are about.

    Raises
    ------
    InputError
        If no position that is planned has to do with a target.
    """
    groups = _groups(scenario)
    owners = [_owner(target, scenario) for target in targets]
    if ALL in owners:
        groups = [set().union(*groups)]
    parts = []
    for group in groups:
        mine = tuple(
            (number, target)
            for number, (target, owner) in enumerate(zip(targets, owners, strict=True))
            if owner == ALL or owner in group
        )
        planned = tuple(one for one in positions if f"team.{one.team}" in group)
        if not mine:
            continue
        if not planned:
            _refuse(scenario, mine[0][1], positions)
        parts.append(Part(_restricted(scenario, group), mine, planned))
    return tuple(parts)


def _owner(target: Target, scenario: Scenario) -> str:
    asked = find(target.measure, scenario)
    return ALL if asked.measure.name in _OF_THE_WHOLE_DESK else asked.owner


def _refuse(scenario: Scenario, target: Target, positions: Sequence[Position]) -> None:
    planned = ", ".join(dict.fromkeys(one.team for one in positions))
    able = " or ".join(teams_of_target(scenario, target))
    raise InputError(
        f"target {target.text}: none of the planned teams ({planned}) has to do with it; plan "
        f"{able} too, or leave the target out"
    )


def _groups(scenario: Scenario) -> list[set[str]]:
    """Return channels, by name, and teams, as ``team.<name>``, in groups that share work."""
    groups = [{name} for name in (*scenario.channels, *(f"team.{t}" for t in scenario.teams))]
    for one, other in _links(scenario):
        touched = [group for group in groups if one in group or other in group]
        groups = [group for group in groups if group not in touched]
        groups.append(set().union(*touched))
    return groups


def _links(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """Yield what shares work."""
    for name, team in scenario.teams.items():
        yield from ((f"team.{name}", channel) for channel in team.serves)
    for name, channel in scenario.channels.items():
        yield from ((name, other) for other in _passed_on_to(channel))


def _passed_on_to(channel: Channel) -> Iterator[str]:
    yield from (way.to for way in channel.escalation)
    if channel.switching:
        yield channel.switching.to
    if channel.opening and channel.opening.voicemail_to is not None:
        yield channel.opening.voicemail_to
    if channel.transfers and channel.transfers.to_team is not None:
        yield f"team.{channel.transfers.to_team}"


def _restricted(scenario: Scenario, group: set[str]) -> Scenario:
    """Return a scenario of some channels and teams alone."""
    if len(group) == len(scenario.channels) + len(scenario.teams):
        return scenario
    document: dict[str, Any] = scenario.to_dict()
    document["channels"] = {n: one for n, one in document["channels"].items() if n in group}
    document["teams"] = {n: one for n, one in document["teams"].items() if f"team.{n}" in group}
    document.pop("benchmarks", None)
    helped = scenario.self_service.channels if scenario.self_service else ()
    if helped and group.isdisjoint(helped):
        del document["self_service"]
    elif helped:
        document["self_service"]["channels"] = [name for name in helped if name in group]
    return validate(document)
