"""From the id of a measure to its observation in one replication."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from supportsim.errors import InputError, nearest
from supportsim.measures.facts import Facts, time_average
from supportsim.measures.registry import MEASURES, Measure
from supportsim.measures.scopes import Observation, Scope
from supportsim.scenario import Scenario
from supportsim.tables import Floats
from supportsim.units import DAY, format_duration, parse_duration

ALL = "all"


@dataclass(frozen=True)
class Asked:
    """A measure as asked for: of which channel or team, with which duration.

    Attributes
    ----------
    id
        Its full id, such as ``portal.answered_within_24h`` or ``team.desk.occupancy``.
    owner
        Name of the channel or team, or ``all``.
    measure
        The measure, its title completed.
    time
        The duration in its name, minutes; NaN if it has none.
    """

    id: str
    owner: str
    measure: Measure
    time: float = np.nan


def find(measure_id: str, scenario: Scenario) -> Asked:
    """Return the measure that an id names in a scenario.

    Raises
    ------
    InputError
        If there is no such channel, team or measure; the message names the nearest.
    """
    of_team = measure_id.startswith("team.")
    owners = [f"team.{name}" for name in scenario.teams] if of_team else [*scenario.channels, ALL]
    # Names have no points, but the durations in measures may: answered_within_1.5h.
    parts = measure_id.split(".", 2 if of_team else 1)
    owner, name = ".".join(parts[:-1]), parts[-1]
    if owner not in owners:
        message = f"measure {measure_id!r}: there is no {owner!r} in this scenario"
        raise InputError(_with_hint(message, owner, owners))
    kind = "team" if of_team else "channel"
    for measure in MEASURES:
        if measure.owner != kind:
            continue
        if measure.name == name:
            return Asked(measure_id, owner, measure)
        stem = measure.name.removesuffix("{time}")
        if stem != measure.name and name.startswith(stem):
            try:
                time = parse_duration(name.removeprefix(stem))
            except ValueError as error:
                raise InputError(f"measure {measure_id!r}: {error}") from error
            title = measure.title.format(time=name.removeprefix(stem))
            return Asked(measure_id, owner, replace(measure, title=title), time)
    known = [measure.name for measure in MEASURES if measure.owner == kind]
    raise InputError(_with_hint(f"there is no measure {measure_id!r}", name, known))


def _with_hint(message: str, word: str, known: Iterable[str]) -> str:
    known = list(known)
    return f"{message}; {nearest(word, known) or 'there are: ' + ', '.join(known)}"


def measures_of(scenario: Scenario, more: Iterable[str] = ()) -> tuple[Asked, ...]:
    """Return every measure of a scenario, by channel and team, and those of `more` ids."""
    of_channel = [measure.name for measure in MEASURES if measure.owner == "channel"]
    ids: list[str] = []
    for name, channel in scenario.channels.items():
        bands = [format_duration(time) for time in channel.response_bands]
        for measure in of_channel:
            times = bands if "{time}" in measure else [""]
            ids += [f"{name}.{measure.format(time=time)}" for time in times]
    ids += [f"{ALL}.{measure}" for measure in of_channel if "{time}" not in measure]
    of_team = [measure.name for measure in MEASURES if measure.owner == "team"]
    ids += [f"team.{team}.{name}" for team in scenario.teams for name in of_team]
    return tuple(find(measure_id, scenario) for measure_id in dict.fromkeys([*ids, *more]))


def observe(facts: Facts, scenario: Scenario, asked: Iterable[Asked]) -> dict[str, Observation]:
    """Return the observations of one replication by measure id."""
    scopes = {ALL: Scope(facts)}
    scopes |= {name: Scope(facts, queue=i) for i, name in enumerate(scenario.channels)}
    scopes |= {f"team.{name}": Scope(facts, team=i) for i, name in enumerate(scenario.teams)}
    return {one.id: one.measure.observe(scopes[one.owner], one.time) for one in asked}


def daily_backlog(facts: Facts, scenario: Scenario) -> dict[str, Floats]:
    """Return the average backlog of every whole day, from the start to the end of the window.

    Returns
    -------
    dict of float64, shape (days,)
        By measure id: ``<channel>.backlog_open``, ``<channel>.backlog_awaiting``, also for all.
    """
    edges = np.arange(int(facts.window[1] // DAY) + 1) * np.float64(DAY)
    queues = {ALL: None} | {name: queue for queue, name in enumerate(scenario.channels)}
    return {
        f"{name}.backlog_{state}": time_average(
            *facts.spells(queue, awaiting=state == "awaiting"), edges
        )
        for name, queue in queues.items()
        for state in ("open", "awaiting")
    }
