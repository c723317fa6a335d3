"""From the id of a measure to its observation in one replication."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from supportsim.errors import InputError, choices, quoted
from supportsim.measures.facts import Facts
from supportsim.measures.measure import Measure
from supportsim.measures.registry import MEASURES
from supportsim.measures.scopes import ALL, Observation, Scope
from supportsim.measures.times import MARK, Times, parse_times
from supportsim.measures.timing import time_average
from supportsim.scenario import Scenario
from supportsim.tables import Floats
from supportsim.units import DAY, format_duration, parse_duration

TEAM = "team."
"""What the owner of a team's measure begins with."""


@dataclass(frozen=True)
class Asked:
    """A measure as asked for: of which channel or team, and of what more closely.

    Attributes
    ----------
    id
        Its full id, such as ``portal.answered_within_24h``, ``team.desk.occupancy`` or
        ``phone.service_level_20s@Mon-Fri 09:00-09:30``.
    owner
        Name of the channel, or of the team after ``team.``, or ``all``.
    measure
        The measure, its title completed.
    detail
        What its name says more closely: a duration in minutes, or the number of a channel or of a
        device of the channel; NaN if nothing.
    times
        Times to which it is restricted: only tickets that arrived then count, and their contacts.
        None for the whole window.
    """

    id: str
    owner: str
    measure: Measure
    detail: float = np.nan
    times: Times | None = None


def find(measure_id: str, scenario: Scenario) -> Asked:
    """Return the measure that an id names in a scenario.

    Raises
    ------
    InputError
        If there is no such channel, team or measure, or if it means nothing in this scenario; the
        message names the nearest, or what the scenario would have to say.
    """
    owner, name, times = _parts(measure_id)
    owners = _owners(scenario, measure_id)
    if not owner:
        raise InputError(
            f"measure {measure_id!r}: say of which channel, as in {owners[0]}.{measure_id}; "
            f"there are: {', '.join(owners)}"
        )
    if owner not in owners:
        raise InputError(
            f"measure {measure_id!r}: there is no {owner!r} in this scenario; "
            + choices(owner, owners)
        )
    asked, lacking = _look_up(measure_id, owner, name, times, scenario)
    if lacking:
        raise InputError(f"measure {measure_id!r}: this scenario has no {lacking}")
    return asked


def lacks(measure_id: str, scenario: Scenario) -> str:
    """Return why a scenario does not have a measure; empty if it has.

    Raises
    ------
    InputError
        If no scenario could have it, since there is no such measure.
    """
    owner, name, times = _parts(measure_id)
    if owner not in _owners(scenario, measure_id):
        return f"this scenario has no measure {measure_id}"
    _asked, lacking = _look_up(measure_id, owner, name, times, scenario)
    return lacking and f"this scenario has no {lacking}, which {measure_id} needs"


def _parts(measure_id: str) -> tuple[str, str, Times | None]:
    """Return the owner, the name of the measure, and the times that it is restricted to."""
    plain, mark, text = measure_id.partition(MARK)
    try:
        times = parse_times(text) if mark else None
    except ValueError as error:
        raise InputError(f"measure {measure_id!r}: {error}") from error
    # Names have no points, but the durations in measures may: answered_within_1.5h.
    parts = plain.split(".", 2 if plain.startswith(TEAM) else 1)
    return ".".join(parts[:-1]), parts[-1], times


def _owners(scenario: Scenario, measure_id: str) -> list[str]:
    if measure_id.startswith(TEAM):
        return [f"{TEAM}{name}" for name in scenario.teams]
    return [*scenario.channels, ALL]


def _measures_for(owner: str) -> list[Measure]:
    """Return what can be measured for an owner: everything for all, even what is of teams."""
    if owner == ALL:
        return list(MEASURES)
    kind = "team" if owner.startswith(TEAM) else "channel"
    return [measure for measure in MEASURES if measure.owner == kind]


def _look_up(
    measure_id: str, owner: str, name: str, times: Times | None, scenario: Scenario
) -> tuple[Asked, str]:
    """Return the measure of a name, and what the scenario lacks for it to mean anything."""
    known = _measures_for(owner)
    # The longest first: what one name says more closely may be the end of another name.
    for measure in sorted(known, key=lambda one: -len(one.stem)):
        text = name.removeprefix(measure.stem)
        if name == measure.name and not measure.placeholder:
            asked, lacking = Asked(measure_id, owner, measure, times=times), ""
        elif measure.placeholder and text != name:
            detail, lacking = _read(measure, text, owner, scenario, measure_id)
            title = measure.title.format(**{measure.placeholder: text})
            asked = Asked(measure_id, owner, replace(measure, title=title), detail, times)
        else:
            continue
        if times is not None:
            asked = _restricted(asked, times)
            lacking = lacking or times.lacking(scenario)
        named = owner.removeprefix(TEAM)
        return asked, lacking or measure.needs(scenario, named, asked.detail)
    names = [_with_time(measure, name) for measure in known]
    hint = choices(f"{owner}.{name}", [f"{owner}.{one}" for one in names])
    raise InputError(f"there is no measure {measure_id!r}; {hint}")


def _with_time(measure: Measure, typed: str) -> str:
    """Return the name of a measure, with the time that ends what was typed, if it takes one."""
    time = typed.rpartition("_")[2]
    if measure.placeholder != "time":
        return measure.name
    try:
        parse_duration(time)
    except ValueError:
        return measure.name
    return f"{measure.stem}{time}"


def _restricted(asked: Asked, times: Times) -> Asked:
    """Return a measure of times of arrival with a title that says so."""
    if reason := asked.measure.not_by_times:
        raise InputError(
            f"measure {asked.id!r}: {asked.measure.name} cannot be restricted to times at which "
            f"tickets arrived: {reason}"
        )
    title = f"{asked.measure.title}, arrived {times}"
    return replace(asked, measure=replace(asked.measure, title=title))


def _read(
    measure: Measure, text: str, owner: str, scenario: Scenario, measure_id: str
) -> tuple[float, str]:
    """Return the number of what a name says more closely, and what the scenario lacks for it."""
    if measure.placeholder == "time":
        try:
            return parse_duration(text), ""
        except ValueError as error:
            raise InputError(f"measure {measure_id!r}: {error}") from error
    if measure.placeholder == "channel":
        names = list(scenario.channels)
    else:
        names = [] if owner == ALL else list(scenario.channels[owner].devices)
    if text in names:
        return float(names.index(text)), ""
    of = f" of {owner}" if measure.placeholder == "device" else ""
    return np.nan, f"{measure.placeholder} {quoted(text)}{of}"


def measures_of(scenario: Scenario, more: Iterable[str] = ()) -> tuple[Asked, ...]:
    """Return every measure that means something in a scenario, and those of `more` ids.

    Measures of teams are also given for all of them where there are several.
    """
    ids = [measure_id for measure_id in _ids(scenario) if not lacks(measure_id, scenario)]
    return tuple(find(measure_id, scenario) for measure_id in dict.fromkeys([*ids, *more]))


def _ids(scenario: Scenario) -> Iterator[str]:
    for name, channel in scenario.channels.items():
        for measure in _measures_for(name):
            if not measure.placeholder:
                yield f"{name}.{measure.name}"
            for detail in measure.details(channel):
                text = format_duration(detail) if measure.placeholder == "time" else detail
                yield f"{name}.{measure.stem}{text}"
    owners = ("channel", "team", "desk") if len(scenario.teams) > 1 else ("channel", "desk")
    for measure in MEASURES:
        if measure.owner in owners and not measure.placeholder:
            yield f"{ALL}.{measure.name}"
    for name in scenario.teams:
        yield from (f"{TEAM}{name}.{measure.name}" for measure in _measures_for(f"{TEAM}{name}"))


def observe(facts: Facts, asked: Iterable[Asked]) -> dict[str, Observation]:
    """Return the observations of one replication by measure id."""
    scopes = {ALL: Scope(facts)}
    scopes |= {name: Scope(facts, channel=i) for i, name in enumerate(facts.scenario.channels)}
    scopes |= {f"{TEAM}{name}": Scope(facts, team=i) for i, name in enumerate(facts.scenario.teams)}
    restricted: dict[tuple[str, Times], Scope] = {}

    def scope(one: Asked) -> Scope:
        if one.times is None:
            return scopes[one.owner]
        key = one.owner, one.times
        return restricted.setdefault(key, replace(scopes[one.owner], times=one.times))

    return {one.id: one.measure.observe(scope(one), one.detail) for one in asked}


def daily_backlog(facts: Facts) -> dict[str, Floats]:
    """Return the average backlog of every whole day, from the start to the end of the window.

    Returns
    -------
    dict of float64, shape (days,)
        By measure id: ``<channel>.backlog_open``, ``<channel>.backlog_awaiting``, also for all.
    """
    edges = _midnights(facts)
    numbers = {ALL: None} | {name: i for i, name in enumerate(facts.scenario.channels)}
    return {
        f"{name}.backlog_{state}": time_average(
            *facts.spells(number, awaiting=state == "awaiting"), edges
        )
        for name, number in numbers.items()
        for state in ("open", "awaiting")
    }


def daily_staff(facts: Facts) -> dict[str, Floats]:
    """Return the average staff of every whole day, from the start to the end of the window.

    Returns
    -------
    dict of float64, shape (days,)
        By measure id: ``team.<name>.headcount``, ``.vacancies`` and ``.effective_capacity`` of
        every team with agents.
    """
    edges, staff = _midnights(facts), facts.staff
    series = {}
    for number, (name, team) in enumerate(facts.scenario.teams.items()):
        if team.agents != "unlimited":
            series[f"{TEAM}{name}.headcount"] = staff.headcount([number], edges)
            series[f"{TEAM}{name}.vacancies"] = staff.vacant([number], edges)
            series[f"{TEAM}{name}.effective_capacity"] = staff.capacity([number], edges)
    return series


def _midnights(facts: Facts) -> Floats:
    """Return the beginnings of the days from the start to the end of the window."""
    return np.arange(int(facts.window[1] // DAY) + 1) * np.float64(DAY)
