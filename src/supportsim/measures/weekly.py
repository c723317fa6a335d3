"""What happens at each hour of the week: arrivals, waits, duty and work, summed over the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from supportsim.measures.observing import TEAM
from supportsim.measures.timing import stretches_on_duty, time_average
from supportsim.units import DAY, MINUTES, WEEK

if TYPE_CHECKING:
    import datetime as dt

    from supportsim.measures.facts import Facts
    from supportsim.scenario import Scenario
    from supportsim.tables import Floats, Integers

HOURS = round(WEEK / MINUTES["h"])
"""Hours of a week, from Monday's first one."""


def weekly(facts: Facts) -> dict[str, Floats]:
    """Return sums over the window by hour of the week.

    Returns
    -------
    dict of float64, shape (168,)
        Of each channel ``<channel>.arrivals`` and ``.answered``, tickets that arrived in the hour,
        and of these the answered ones, and ``.waited``, the minutes from their arrival to the first
        response. Of each team with agents ``team.<name>.duty``, agent minutes on duty, and
        ``.work``, agent minutes of work on duty, weighted by what a contact occupies.
    """
    return _of_channels(facts) | _of_teams(facts)


def hours_seen(scenario: Scenario) -> Floats:
    """Return how often the window has each hour of the week, shape (168,)."""
    begin, end = (np.array([edge]) for edge in scenario.run.window_edges)
    return _minutes(begin, end, None, scenario) / MINUTES["h"]


def _of_channels(facts: Facts) -> dict[str, Floats]:
    tickets, channels = facts.tickets, list(facts.scenario.channels)
    chosen = facts.in_window
    opened = tickets.opened[chosen]
    waited = tickets.answered[chosen] - opened
    # One number for a channel and an hour of the week, so that all are counted at once.
    place = HOURS * tickets.channel[chosen].astype(np.intp)
    place += _hour_of_week(opened, facts.scenario.run.start)
    sums = {
        "arrivals": np.ones(len(place)),
        "answered": (~np.isnan(waited)).astype(np.float64),
        "waited": np.nan_to_num(waited),
    }
    series = {}
    for name, each in sums.items():
        total = np.bincount(place, each, HOURS * len(channels)).astype(np.float64)
        for channel, row in zip(channels, total.reshape(-1, HOURS), strict=True):
            series[f"{channel}.{name}"] = row
    return series


def _of_teams(facts: Facts) -> dict[str, Floats]:
    series = {}
    on, off = (np.clip(edge, *facts.window) for edge in (facts.roster.on, facts.roster.off))
    stint, begin, end = _work_on_duty(facts)
    of_team, share = facts.stint_team[stint], facts.stint_share[stint]
    for number, (name, team) in enumerate(facts.scenario.teams.items()):
        if team.agents == "unlimited":
            continue
        theirs, mine = facts.roster.team == number, of_team == number
        series[f"{TEAM}{name}.duty"] = _minutes(on[theirs], off[theirs], None, facts.scenario)
        series[f"{TEAM}{name}.work"] = _minutes(begin[mine], end[mine], share[mine], facts.scenario)
    return series


def _work_on_duty(facts: Facts) -> tuple[Integers, Floats, Floats]:
    """Return the stretches of work on duty: the stint that each is of, its begin and its end."""
    begin, end = facts.stint_times
    # Few stints hold overtime. It may lie amid them: duty goes on after a break.
    whole, cut = np.flatnonzero(facts.stint_over == 0), np.flatnonzero(facts.stint_over)
    agent = facts.log.stints.agent[cut]
    number, on, off = stretches_on_duty(facts.roster, agent, begin[cut], end[cut])
    return (
        np.concatenate([whole, cut[number]]).astype(np.int32),
        np.concatenate([begin[whole], on]),
        np.concatenate([end[whole], off]),
    )


def _minutes(begin: Floats, end: Floats, by: Floats | None, scenario: Scenario) -> Floats:
    """Return the minutes of stretches within the window that lie in each hour of the week."""
    hour = MINUTES["h"]
    first, last = scenario.run.window_edges
    edges = np.arange(first // hour, np.ceil(last / hour) + 1) * np.float64(hour)
    minutes = hour * time_average(begin, end, edges, by, by)
    hours = _hour_of_week(edges[:-1], scenario.run.start)
    return np.bincount(hours, minutes, HOURS).astype(np.float64)


def _hour_of_week(times: Floats, start: dt.date) -> npt.NDArray[np.intp]:
    return ((times + start.weekday() * DAY) // MINUTES["h"]).astype(np.intp) % HOURS
