"""Results as pandas frames, and as CSV files that spreadsheets open without harm."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING, BinaryIO, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from supportsim.report.series import staff_of, teams_with_staff
from supportsim.tables import to_datetimes

if TYPE_CHECKING:
    from pathlib import Path

    from supportsim.measures import Facts
    from supportsim.scenario import Scenario
    from supportsim.studies import Run

VERDICT_COLUMNS = [
    *("title", "published_low", "published_high", "tolerance_low", "tolerance_high", "unit"),
    *("simulated", "low", "high", "verdict", "role", "clock", "replications_to_settle", "source"),
]
_FORMULA = re.compile("'*[=+@\t\r\n\uff1d\uff0b\uff0d\uff20-]")
"""How a text begins that a spreadsheet may take for a formula, or that looks like a guarded one."""


def measures_frame(run: Run) -> pd.DataFrame:
    """Return a row for each measure, by its id.

    Returns
    -------
    DataFrame
        Columns title, unit, clock, estimator, mean, low, high (the 95 % interval) and replications;
        NaN where a number is unknown.
    """
    rows = [
        {
            "title": asked.measure.title,
            "unit": asked.measure.unit,
            "clock": asked.measure.clock,
            "estimator": asked.measure.estimator,
            "mean": run.estimates[name].mean,
            "low": run.estimates[name].low,
            "high": run.estimates[name].high,
            "replications": run.estimates[name].replications,
        }
        for name, asked in run.asked.items()
    ]
    return pd.DataFrame(rows, index=pd.Index(list(run.asked), name="id"))


def verdicts_frame(run: Run) -> pd.DataFrame:
    """Return a row for each published figure, by its id, in the figure's own unit.

    Returns
    -------
    DataFrame
        What was published, what is accepted, what was simulated with its 95 % interval, and the
        verdict; NaN and NA where nothing was simulated or no number of replications is known.
    """
    rows = [
        {
            "title": verdict.figure.title,
            "published_low": verdict.figure.published[0],
            "published_high": verdict.figure.published[1],
            "tolerance_low": verdict.figure.tolerance.low,
            "tolerance_high": verdict.figure.tolerance.high,
            "unit": verdict.figure.unit,
            "simulated": verdict.simulated,
            "low": verdict.low,
            "high": verdict.high,
            "verdict": verdict.answer,
            "role": verdict.role,
            "clock": verdict.clock,
            "replications_to_settle": verdict.replications,
            "source": verdict.figure.source,
        }
        for verdict in run.verdicts
    ]
    ids = pd.Index([verdict.figure.id for verdict in run.verdicts], name="id", dtype="str")
    frame = pd.DataFrame(rows, index=ids, columns=VERDICT_COLUMNS)
    return frame.astype({"replications_to_settle": "Int64"})


def staff_frame(run: Run) -> pd.DataFrame:
    """Return a row for each day, team and measure of staff, from the start to the window's end.

    Returns
    -------
    DataFrame
        Columns day (a date), team, measure (headcount, vacancies or effective_capacity: trained
        agents by their speed), mean, low and high (the 95 % interval, NaN of one replication), all
        averages over the day. Teams without limit are left out.
    """
    parts = [
        pd.DataFrame(
            {
                "day": pd.date_range(run.scenario.run.start, periods=len(mean), unit="s"),
                "team": team,
                "measure": measure,
                "mean": mean,
                "low": low,
                "high": high,
            }
        )
        for team in teams_with_staff(run)
        for measure, (mean, low, high) in staff_of(run, team).items()
    ]
    columns = ["day", "team", "measure", "mean", "low", "high"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def tickets_frame(facts: Facts, scenario: Scenario) -> pd.DataFrame:
    """Return a row for each ticket of one replication, also of those outside the window.

    Parameters
    ----------
    facts
        The replication.
    scenario
        The scenario that it was simulated from: it names the channels and dates the times.

    Returns
    -------
    DataFrame
        Times are datetimes (NaT if it did not happen), durations minutes; `outcome` is resolved,
        abandoned (also turned away, and never answered), unresolved (nothing is left to do) or
        open.
    """
    tickets = facts.tickets
    begin, end = facts.window
    clock = facts.clock
    business = clock.cumulative(tickets.answered) - clock.cumulative(tickets.opened)
    outcome = np.select(
        [~np.isnan(tickets.resolved), tickets.abandoned, ~np.isnan(tickets.closed)],
        ["resolved", "abandoned", "unresolved"],
        "open",
    )
    start = scenario.run.start
    return pd.DataFrame(
        {
            "ticket": np.arange(len(tickets), dtype=np.int32),
            "channel": _channels(facts, tickets.queue, scenario),
            "opened": to_datetimes(tickets.opened, start),
            "answered": to_datetimes(tickets.answered, start),
            "resolved": to_datetimes(tickets.resolved, start),
            "closed": to_datetimes(tickets.closed, start),
            "first_response_min": tickets.answered - tickets.opened,
            "first_response_business_min": business,
            "resolution_min": tickets.resolved - tickets.opened,
            "outcome": pd.Series(outcome, dtype="str"),
            "contacts": tickets.contacts,
            "transfers": tickets.transfers,
            "replies": tickets.replies,
            "reopenings": tickets.reopenings,
            "retries": tickets.retries,
            "escalations": tickets.escalations,
            "follow_ups": tickets.follow_ups,
            "switches": tickets.switches,
            "voicemails": tickets.voicemails,
            "handled_min": tickets.handled,
            "wrap_up_min": tickets.wrap_up,
            "cost": tickets.cost,
            "in_window": (tickets.opened >= begin) & (tickets.opened < end),
        }
    )


def contacts_frame(facts: Facts, scenario: Scenario) -> pd.DataFrame:
    """Return a row for each contact of one replication: what was asked and what happened.

    Returns
    -------
    DataFrame
        The columns of the workload and of the log, with the channel's name for its number; `ready`
        is when the contact joined its queue, `planned` when that was known beforehand. Times are
        datetimes, `agent` is −1 for nobody.
    """
    start = scenario.run.start
    workload = facts.workload.to_frame(start).rename(columns={"ready": "planned"})
    workload["queue"] = _channels(facts, facts.workload.queue, scenario)
    workload = workload.rename(columns={"queue": "channel"})
    frame = pd.concat([workload, facts.log.to_frame(start)], axis=1)
    return frame.rename_axis("contact")


def _channels(facts: Facts, queues: npt.NDArray[np.integer], scenario: Scenario) -> pd.Series:
    """Return the names of the channels of some queues; a channel may have several, one a tier."""
    channels = list(scenario.channels)
    names = [channels[number] for number in facts.routing.channel]
    return pd.Series([names[queue] for queue in queues.tolist()], dtype="str")


def write_csv(frame: pd.DataFrame, to: Path | BinaryIO, *, index: bool) -> None:
    """Write a frame as CSV whose texts no spreadsheet takes for a formula.

    A text that begins as a formula does, with one of = + - @, a tab or a line end (or the first
    four in full width), gets an apostrophe before it, also in a heading. So does one that begins so
    after apostrophes: what was added can be told from what was there (`unguarded`).

    Parameters
    ----------
    frame
        The table.
    to
        A path, or a file opened for bytes.
    index
        Whether the index is written, as the first columns.
    """
    table = frame.reset_index() if index else frame.copy()
    quoting: Literal[0, 2] = csv.QUOTE_MINIMAL
    for name in table.columns:
        if table[name].dtype == object or isinstance(table[name].dtype, pd.StringDtype):
            texts = [value for value in table[name].unique() if isinstance(value, str)]
            if any(_FORMULA.match(text) for text in texts):
                table[name] = table[name].map(_guarded)
            if any("\r" in text for text in texts):
                # Else the csv module would leave it without quotes, as the end of a line.
                quoting = csv.QUOTE_NONNUMERIC
    table.columns = pd.Index([_guarded(name) for name in table.columns])
    table.to_csv(to, index=False, lineterminator="\n", encoding="utf-8", mode="wb", quoting=quoting)


def _guarded(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def unguarded(text: str) -> str:
    """Return a text as it was before `write_csv` put an apostrophe before it, if it did."""
    return text[1:] if _FORMULA.match(text, 1) and text[0] == "'" else text
