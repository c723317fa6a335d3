"""What the pictures of a run show, in words with numbers."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from supportsim.benchmarks import unit_factor
from supportsim.report.by_week import (
    arrivals_by_hour,
    duty_by_hour,
    intended_arrivals,
    occupancy_by_hour,
    required_for,
    wait_by_hour,
)
from supportsim.report.grouping import judged_of
from supportsim.report.measure_tables import title_of
from supportsim.report.money import KINDS, costs_of_teams, unit_costs
from supportsim.report.numbers import (
    format_interval,
    format_number,
    format_published_and_accepted,
    format_value,
    readable,
)
from supportsim.report.responses import published_bands
from supportsim.report.series import STAFF, days_of_period, of_periods, staff_of
from supportsim.units import WEEKDAYS, format_duration

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from supportsim.studies import Run
    from supportsim.tables import Floats

_MOST = 6
"""Things of one kind that a text names at most."""
_PERIOD = {1: "day", 7: "week"}


def of_verdicts(run: Run) -> str:
    """Return in words what the plot of the verdicts shows."""
    judged = judged_of(run)
    counts = Counter(verdict.answer for verdict in judged)
    told = ", ".join(f"{counts[answer]} {answer}" for answer in counts)
    parts = [f"{len(judged)} simulated figures against what is accepted of each: {told or 'none'}."]
    for answer in ("misses", "undecided"):
        titles = [
            f"{verdict.figure.title} on {verdict.figure.channel}"
            for verdict in judged
            if verdict.answer == answer
        ]
        if titles:
            parts.append(f"{answer.capitalize()}: {listed(titles)}.")
    return " ".join(parts)


def of_first_response(run: Run, channel: str) -> str:
    """Return in words what the plot of a channel's first responses shows."""
    bands = run.scenario.channels[channel].response_bands
    published = [figure.measure or "" for _time, figure in published_bands(run, channel)]
    names = [f"{channel}.answered_within_{format_duration(time)}" for time in bands]
    shown = [name for name in dict.fromkeys([*published, *names]) if name in run.asked]
    return sentences(
        f"Curve of the share of tickets on {channel} that have got a first response, over the time "
        "since they arrived, on the calendar clock",
        *(told(run, name) for name in [*shown, f"{channel}.response_rate"]),
    )


def of_wait(run: Run, channel: str) -> str:
    """Return in words what the map of a channel's waits shows."""
    mean, _low, _high = wait_by_hour(run, channel)
    factor, unit = readable(float(np.nanmax(mean, initial=0.0)))
    extremes = _extremes(mean, lambda value: f"{format_number(factor * value, unit)} {unit}")
    return sentences(
        f"Map of the mean time to first response on {channel} by weekday and hour of arrival, on "
        "the calendar clock, darker for longer",
        extremes,
        told(run, f"{channel}.first_response_time"),
        told(run, f"{channel}.first_response_time_business", only_published=True),
    )


def of_arrivals(run: Run, channel: str) -> str:
    """Return in words what the plot of a channel's arrivals shows."""
    mean, low, high = arrivals_by_hour(run, channel)
    intended = intended_arrivals(run, channel)
    known = ~np.isnan(low)
    inside = np.count_nonzero((low <= intended) & (intended <= high) & known)
    agreement = (
        f"what is intended lies in the 95 % interval in {inside} of {np.count_nonzero(known)} hours"
    )
    return sentences(
        f"Tickets on {channel} in each of the 168 hours of the mean week, as simulated and as the "
        "scenario intends",
        _extremes(mean, lambda value: f"{format_number(value, 'tickets')} tickets"),
        f"intended are {format_number(intended.sum() / 7, 'tickets')} tickets a day, the most, "
        f"{format_number(intended.max(), 'tickets')} an hour, {_hour(int(intended.argmax()))}",
        agreement if known.any() else "",
        told(run, f"{channel}.arrivals_per_day"),
        *(
            told(run, f"{channel}.{name}", only_published=True)
            for name in ("business_hours_share", "peak_hour")
        ),
    )


def of_backlog(run: Run, channel: str) -> str:
    """Return in words what the plot of a channel's backlog shows."""
    days = days_of_period(run)
    series = [one.backlog for one in run.replications]
    parts = []
    for state in ("open", "awaiting"):
        measure = f"{channel}.backlog_{state}"
        mean, _low, _high = of_periods(series, measure, days)
        parts.append(f"{told(run, measure)}; {_range(mean, 'tickets', days)}")
    return sentences(
        f"Lines of the mean backlog on {channel} from {_dates(run)}, of open tickets and of those "
        f"awaiting a first response, a point a {_PERIOD[days]}",
        *parts,
    )


def of_staff(run: Run, team: str) -> str:
    """Return in words what the plot of a team's staff shows."""
    days = days_of_period(run)
    parts = [
        f"{STAFF[name]} {_range(mean, 'agents', days)}"
        for name, (mean, _low, _high) in staff_of(run, team, days).items()
    ]
    names = ("headcount", "vacancies", "effective_capacity", "agent_turnover")
    return sentences(
        f"Lines of the staff of {team} from {_dates(run)}, means over {len(run.replications)} "
        "replications",
        *parts,
        *(told(run, f"team.{team}.{name}") for name in names),
        told(run, "all.agent_turnover", only_published=True),
    )


def of_occupancy(run: Run, team: str) -> str:
    """Return in words what the map of a team's occupancy shows."""
    mean, _low, _high = occupancy_by_hour(run, team)
    return sentences(
        f"Map of the share of duty of {team} that is spent on contacts, by weekday and hour, "
        "darker for more",
        _extremes(mean, lambda value: format_value(value, "share")),
        told(run, f"team.{team}.occupancy"),
    )


def of_duty(run: Run, team: str) -> str:
    """Return in words what the plot of a team's agents on duty and required shows."""
    duty = duty_by_hour(run, team)
    lacking = [_hour(hour) for hour in np.flatnonzero(duty.short).tolist()]
    parts = []
    for name, hours in (
        ("on duty", duty.on_duty[0]),
        ("busy with contacts", duty.busy[0]),
        ("required by theory", duty.required),
    ):
        most = format_number(float(np.nanmax(hours, initial=0)), "agents")
        parts.append(
            f"{name}: {format_number(float(np.nanmean(hours)), 'agents')} agents on average, "
            f"{most} at most"
        )
    return sentences(
        f"Agents of {team} over the 168 hours of the mean week",
        *parts,
        f"required {required_for(run, team, duty)}",
        f"more than half an agent is short in {len(lacking)} hours: {listed(lacking)}"
        if lacking
        else "no hour is short by more than half an agent",
    )


def of_costs(run: Run) -> str:
    """Return in words what the plot of the teams' costs shows."""
    parts = []
    for team, kinds in costs_of_teams(run).items():
        spent = [
            f"{format_number(cost, 'currency')} {KINDS[kind]}"
            for kind, cost in kinds.items()
            if cost
        ]
        total = format_number(sum(kinds.values()), "currency")
        parts.append(f"team {team}: {total}, of which {', '.join(spent)}")
    return sentences("Bars of what each team costs a day, in the scenario's currency", *parts)


def of_unit_costs(run: Run) -> str:
    """Return in words what the plot of the costs of contacts and tickets shows."""
    return sentences(
        "What a contact or a ticket costs, in the scenario's currency",
        *(told(run, cost.measure, named=True) for cost in unit_costs(run)),
    )


def told(run: Run, measure: str, *, only_published: bool = False, named: bool = False) -> str:
    """Return what a run says of a measure, what was published of it, and the verdict.

    Such as ``"tickets answered within 24h 59.9 % (58.7–61.1), published 60 % (57–63): matches"``;
    empty if the run does not have it.
    """
    judged = [verdict for verdict in judged_of(run) if verdict.figure.measure == measure]
    if measure not in run.asked or (only_published and not judged):
        return ""
    asked, estimate = run.asked[measure], run.estimates[measure]
    factor, unit = 1.0, asked.measure.unit
    if judged:
        unit = judged[0].figure.unit
        factor = unit_factor(judged[0].figure, asked.measure.unit)
    elif unit == "min":
        factor, unit = readable(estimate.mean)
    low, high = factor * estimate.low, factor * estimate.high
    text = format_value(factor * estimate.mean, unit, (high - low) / 2)
    if math.isfinite(low) and high > low:
        text += f" ({format_interval(low, high, unit)})"
    title = title_of(asked.measure)
    whose = f" ({asked.owner})" if named else ""
    text = f"{title[:1].lower()}{title[1:]}{whose} {text}"
    for verdict in judged:
        text += f", published {format_published_and_accepted(verdict.figure)}: {verdict.answer}"
    return text


def sentences(*parts: str) -> str:
    """Return parts as sentences, without empty ones."""
    return " ".join(f"{part[:1].upper()}{part[1:]}." for part in parts if part)


def listed(names: Sequence[str]) -> str:
    """Return the first few of some names, and how many more there are."""
    more = len(names) - _MOST
    return ", ".join(names[:_MOST]) + (f" and {more} more" if more > 0 else "")


def _hour(hour: int) -> str:
    """Return an hour of the week: ``"Mon 09–10 h"``."""
    day, begin = divmod(hour, 24)
    return f"{WEEKDAYS[day]} {begin:02d}–{begin + 1:02d} h"


def _extremes(hours: Floats, written: Callable[[float], str]) -> str:
    """Return the largest and the smallest number of the hours of a week, and when they are."""
    if np.isnan(hours).all():
        return "nothing is known of any hour"
    most, least = int(np.nanargmax(hours)), int(np.nanargmin(hours))
    return (
        f"the most is {written(hours[most])}, {_hour(most)}, and the least "
        f"{written(hours[least])}, {_hour(least)}"
    )


def _range(mean: Floats, unit: str, days: int) -> str:
    """Return between which numbers the means of days or weeks lie."""
    if not len(mean):
        return "no whole week is shown"
    low, high = (format_number(float(end), unit) for end in (mean.min(), mean.max()))
    return f"between {low} and {high} over the {_PERIOD[days]}s"


def _dates(run: Run) -> str:
    """Return the first and the last day that is shown."""
    first = run.scenario.run.start
    last = first + dt.timedelta(minutes=run.scenario.run.window_edges[1])
    return f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"
