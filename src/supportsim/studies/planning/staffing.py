"""Staffings: which numbers of agents are to be found, and what they cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from supportsim.errors import InputError, choices, quoted
from supportsim.measures import ALL, find
from supportsim.units import WEEK

if TYPE_CHECKING:
    from supportsim.scenario import Scenario
    from supportsim.scenario.hours import Shift
    from supportsim.scenario.team import Team
    from supportsim.studies.planning.targets import Target

MOST_AGENTS = 10_000
"""Agents that a team or a shift may have."""

Staffing = tuple[int, ...]
"""Heads of each position, in the order of the positions."""


@dataclass(frozen=True)
class Position:
    """A number of agents to find: those of a team, or of one of its shifts.

    Attributes
    ----------
    key
        Dotted path of the number in the scenario, such as ``teams.desk.agents`` or
        ``teams.phone.shifts.0.agents``.
    team
        Name of the team.
    shift
        Number of the shift in the team; None for a team whose agents all work the same shifts.
    now
        How many the scenario has.
    low, high
        The fewest and the most that may be chosen.
    cost
        Cost of a head a week: paid hours times what an hour costs; an hour of a team without a
        cost counts as 1.
    hours
        Paid hours of a head a week.
    """

    key: str
    team: str
    shift: int | None
    now: int
    low: int
    high: int
    cost: float
    hours: float


def positions_of(
    scenario: Scenario, targets: Iterable[Target], teams: Sequence[str] | None = None
) -> tuple[Position, ...]:
    """Return what is to be planned.

    Parameters
    ----------
    scenario
        The scenario.
    targets
        The targets.
    teams
        Names of the teams to plan; by default those that serve a channel of a target, or that a
        target is about, as far as they can be planned. All others stay as they are.

    Raises
    ------
    InputError
        If a team does not exist or cannot be planned, or none is left.
    """
    chosen = _teams_to_plan(scenario, targets) if teams is None else list(dict.fromkeys(teams))
    for name in chosen:
        if name not in scenario.teams:
            hint = choices(name, scenario.teams)
            raise InputError(f"--team: there is no team {quoted(name)}; {hint}")
    reasons = {name: _why_not(scenario.teams[name]) for name in chosen}
    for name, reason in reasons.items():
        if reason and (teams is not None or all(reasons.values())):
            raise InputError(f"teams.{name} cannot be planned: {reason}")
    able = [name for name in chosen if not reasons[name]]
    if not able:
        raise InputError("no team serves a channel of a target: there is nothing to plan")
    return tuple(
        position
        for name in able
        for position in _positions_of_team(scenario, name, scenario.teams[name])
    )


def teams_of_target(scenario: Scenario, target: Target) -> list[str]:
    """Return the teams whose agents answer those whom a target is about: of its channel, or all."""
    owner = find(target.measure, scenario).owner
    if owner == ALL:
        return list(scenario.teams)
    if owner not in scenario.channels:
        return [owner.partition(".")[2]]
    return [name for name, team in scenario.teams.items() if owner in team.serves]


def _teams_to_plan(scenario: Scenario, targets: Iterable[Target]) -> list[str]:
    wanted = {name for target in targets for name in teams_of_target(scenario, target)}
    return [name for name in scenario.teams if name in wanted]


def _why_not(team: Team) -> str:
    """Return why a team's agents cannot be planned; empty if they can."""
    if team.agents == "unlimited":
        return "it is without limit"
    if any(shift.agent is not None for shift in team.shifts):
        return "its shifts are those of named agents; give shifts a number of agents instead"
    if not team.shifts:
        return "it has no shifts: when would its agents be on duty?"
    return ""


def _positions_of_team(scenario: Scenario, name: str, team: Team) -> Iterable[Position]:
    rate = team.cost_per_hour or 1.0
    by_shift = [number for number, shift in enumerate(team.shifts) if shift.agents is not None]
    if not by_shift:
        hours = _paid_hours(scenario, team, team.shifts)
        key = f"teams.{name}.agents"
        yield Position(key, name, None, team.size, 0, MOST_AGENTS, hours * rate, hours)
    for number in by_shift:
        shift = team.shifts[number]
        hours = _paid_hours(scenario, team, [shift])
        key = f"teams.{name}.shifts.{number}.agents"
        now = shift.agents or 0
        yield Position(key, name, number, now, 0, MOST_AGENTS, hours * rate, hours)


def _paid_hours(scenario: Scenario, team: Team, shifts: Iterable[Shift]) -> float:
    """Return the hours a week for which an agent of some shifts is paid, breaks included."""
    weeks = scenario.run.horizon / WEEK
    minutes = 0.0
    for shift in shifts:
        days = len(shift.days) if shift.date is None else 1 / weeks
        minutes += days * sum(end - begin for begin, end in shift.stretches())
    part = team.part_time
    return minutes / 60 * (1 - part.share * (1 - part.hours) if part else 1.0)


def staffed(scenario: Scenario, heads: Mapping[str, int]) -> Scenario:
    """Return a scenario with other numbers of agents.

    Parameters
    ----------
    scenario
        The scenario.
    heads
        How many, by the key of their position.
    """
    changes: dict[str, int] = dict(heads)
    for name, team in scenario.teams.items():
        mine = [key for key in heads if key.startswith(f"teams.{name}.shifts.")]
        # A team may say its agents beside those of its shifts, and both have to agree.
        if mine and team.agents is not None:
            said = [shift.agents or 0 for shift in team.shifts]
            for key in mine:
                said[int(key.split(".")[3])] = heads[key]
            changes[f"teams.{name}.agents"] = sum(said)
    return scenario.replace(changes)


def cost_of(positions: Sequence[Position], staffing: Staffing) -> float:
    """Return what a staffing costs a week, those who are not planned left out."""
    return sum(one.cost * heads for one, heads in zip(positions, staffing, strict=True))


def by_key(positions: Sequence[Position], staffing: Staffing) -> dict[str, int]:
    """Return how many heads each position has, by its key."""
    return {one.key: heads for one, heads in zip(positions, staffing, strict=True)}
