"""The numbers behind the pictures of a run, as pandas frames whose columns say their units."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from supportsim.report.by_week import (
    arrivals_by_hour,
    by_day,
    duty_by_hour,
    intended_arrivals,
    occupancy_by_hour,
    wait_by_hour,
)
from supportsim.report.money import KINDS, costs_of_teams, unit_costs
from supportsim.report.numbers import readable
from supportsim.report.published import in_measures_unit
from supportsim.report.responses import answered_within, longest_time, published_bands
from supportsim.report.series import STAFF, days_of_period, of_periods
from supportsim.units import MINUTES, WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from supportsim.report.series import Band
    from supportsim.studies import Run
    from supportsim.tables import Floats

_POINTS = 18
"""Steps of the table of a curve."""
_HOURS = [f"{hour:02d}:00" for hour in range(24)]


def first_response_table(run: Run, channel: str) -> pd.DataFrame:
    """Return the share answered at some times, those of published figures among them."""
    longest = longest_time(run, channel)
    unit = "h" if longest >= MINUTES["h"] else "min"
    published = dict(published_bands(run, channel))
    times = np.unique([*np.linspace(0, longest, _POINTS + 1), *published])
    shares = _with_interval("answered (%)", answered_within(run, channel, times), 100)
    given = [in_measures_unit(run, published[t]) if t in published else [np.nan] * 3 for t in times]
    names = ("published (%)", "accepted from (%)", "accepted to (%)")
    ends = dict(zip(names, 100 * np.transpose(given), strict=True)) if published else {}
    return pd.DataFrame(shares | ends, index=pd.Index(times / MINUTES[unit], name=f"time ({unit})"))


def wait_table(run: Run, channel: str) -> pd.DataFrame:
    """Return the mean wait by hour and weekday of arrival."""
    mean, _low, _high = wait_by_hour(run, channel)
    factor, unit = readable(float(np.nanmax(mean, initial=0.0)))
    return _week(factor * mean, unit)


def arrivals_table(run: Run, channel: str) -> pd.DataFrame:
    """Return the tickets of each hour of the week, simulated and intended."""
    columns = _with_interval("simulated (tickets)", arrivals_by_hour(run, channel))
    columns["intended (tickets)"] = intended_arrivals(run, channel)
    return pd.DataFrame(columns, index=_hours_of_week())


def backlog_table(run: Run, channel: str) -> pd.DataFrame:
    """Return the mean backlog of each day, or each week of a long run."""
    series = [one.backlog for one in run.replications]
    names = {"open (tickets)": "open", "awaiting a response (tickets)": "awaiting"}
    return _over_dates(run, series, {n: f"{channel}.backlog_{s}" for n, s in names.items()})


def staff_table(run: Run, team: str) -> pd.DataFrame:
    """Return the mean staff of each day, or each week of a long run."""
    series = [one.staff for one in run.replications]
    return _over_dates(
        run, series, {f"{name} (agents)": f"team.{team}.{key}" for key, name in STAFF.items()}
    )


def occupancy_table(run: Run, team: str) -> pd.DataFrame:
    """Return the share of duty spent on contacts by hour and weekday."""
    return _week(100 * occupancy_by_hour(run, team)[0], "%")


def duty_table(run: Run, team: str) -> pd.DataFrame:
    """Return the agents of each hour of the week in which there are or should be any."""
    duty = duty_by_hour(run, team)
    columns = _with_interval("on duty (agents)", duty.on_duty)
    columns |= _with_interval("busy (agents)", duty.busy)
    columns["required (agents)"] = duty.required
    frame = pd.DataFrame(columns, index=_hours_of_week())
    return frame[(np.nan_to_num(duty.on_duty[0]) > 0) | (duty.required > 0)]


def costs_table(run: Run) -> pd.DataFrame:
    """Return what each team costs a day, by kind."""
    teams = costs_of_teams(run)
    rows = [{KINDS[kind]: cost for kind, cost in kinds.items()} for kinds in teams.values()]
    frame = pd.DataFrame(rows, index=pd.Index(list(teams), name="team"), columns=[*KINDS.values()])
    frame = frame.assign(total=frame.sum(axis=1))
    return frame.rename(columns=lambda name: f"{name} (currency per day)")


def unit_costs_table(run: Run) -> pd.DataFrame:
    """Return what a contact, a ticket or a minute costs, a row for each figure on it."""
    rows = []
    for cost in unit_costs(run):
        one = cost.estimate
        row = {
            "what": cost.title,
            "simulated (currency)": one.mean,
            "low": one.low,
            "high": one.high,
        }
        keys = ("published from (currency)", "published to", "accepted from", "accepted to")
        given = [(*figure.published, *in_measures_unit(run, figure)[1:]) for figure in cost.figures]
        rows += [row | dict(zip(keys, numbers, strict=True)) for numbers in given] or [row]
    return pd.DataFrame(rows).set_index("what")


def _with_interval(name: str, band: Band, factor: float = 1.0) -> dict[str, Floats]:
    """Return the columns of a number and the ends of its 95 % interval."""
    short = name.partition(" (")[0]
    names = (name, f"{short}: low", f"{short}: high")
    return {name: factor * values for name, values in zip(names, band, strict=True)}


def _week(hours: Floats, unit: str) -> pd.DataFrame:
    """Return hours of a week as a row for each hour and a column for each weekday."""
    names = [f"{day} ({unit})" for day in WEEKDAYS]
    return pd.DataFrame(by_day(hours).T, index=pd.Index(_HOURS, name="from"), columns=names)


def _hours_of_week() -> pd.Index[str]:
    return pd.Index([f"{day} {hour}" for day in WEEKDAYS for hour in _HOURS], name="from")


def _over_dates(
    run: Run, series: list[dict[str, Floats]], measures: Mapping[str, str]
) -> pd.DataFrame:
    """Return some series as a row for each day or week, by its first day."""
    days = days_of_period(run)
    columns: dict[str, Floats] = {}
    for name, measure in measures.items():
        columns |= _with_interval(name, of_periods(series, measure, days))
    count = len(next(iter(columns.values())))
    dates = pd.date_range(run.scenario.run.start, periods=count, freq=f"{days}D", unit="s")
    return pd.DataFrame(columns, index=pd.Index(dates.date, name="from"))
