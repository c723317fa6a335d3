"""Tickets and contacts as CSV and Parquet files, and back."""

from __future__ import annotations

import math
import zlib
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from supportsim.errors import InputError
from supportsim.files import path_of
from supportsim.report.exporting.formats import STDOUT, TABLES, Contents, Format, format_of
from supportsim.report.exporting.sinks import opened
from supportsim.report.frames import contacts_frame, tickets_frame, unguarded, write_csv

if TYPE_CHECKING:
    from supportsim.measures import Facts

TIME = "datetime64[ms]"
"""Local time of the scenario, without a time zone; NaT for what did not happen."""
TEXT = "str"
TICKET_TYPES = {
    "ticket": "int32",
    "channel": TEXT,
    **dict.fromkeys(["opened", "answered", "resolved", "closed"], TIME),
    "first_response_min": "float64",
    "first_response_business_min": "float64",
    "resolution_min": "float64",
    "outcome": TEXT,
    **dict.fromkeys(
        ["contacts", "transfers", "replies", "reopenings", "retries", "escalations"], "int32"
    ),
    **dict.fromkeys(["follow_ups", "switches", "voicemails"], "int32"),
    **dict.fromkeys(["handled_min", "wrap_up_min", "cost"], "float64"),
    "in_window": "bool",
}
"""The columns of the table of tickets, and what they hold."""
CONTACT_TYPES = {
    "ticket": "int32",
    "channel": TEXT,
    "kind": TEXT,
    "priority": "int8",
    "affinity": TEXT,
    "resolves": "bool",
    "planned": TIME,
    **dict.fromkeys(["patience", "work", "wrap_up"], "float64"),
    "next_if_served": "int32",
    "delay_if_served": "float64",
    "next_if_abandoned": "int32",
    "delay_if_abandoned": "float64",
    "next_if_turned_away": "int32",
    **dict.fromkeys(["ready", "start", "end", "freed"], TIME),
    "agent": "int32",
    "outcome": TEXT,
}
"""The columns of the table of contacts, whose index is the number of the contact."""
INDEX = "contact"


def check_parquet(path: Path) -> None:
    """Make sure that Parquet can be written to a path.

    Raises
    ------
    InputError
        If pyarrow is missing, the path is standard output, or it says that the file is packed.
    """
    if path == STDOUT:
        raise InputError("Parquet is no text for standard output; name a file with -o")
    if path.suffix.lower() == ".gz":
        raise InputError(f"{path}: Parquet is packed already, and unreadable in .gz; leave .gz out")
    if find_spec("pyarrow") is None:
        raise InputError("Parquet needs pyarrow: pip install 'supportsim[parquet]', or take csv")


def write_table(facts: Facts, path: Path, contents: Contents, form: Format) -> None:
    """Write the tickets or the contacts of one replication.

    Parameters
    ----------
    facts
        The replication.
    path
        Where to write.
    contents
        Which of the two.
    form
        CSV or Parquet.

    Raises
    ------
    InputError
        If the file cannot be written, or Parquet without pyarrow.
    """
    if form == Format.PARQUET:
        check_parquet(path)
    if contents == Contents.TICKETS:
        frame = tickets_frame(facts, facts.scenario).astype(TICKET_TYPES)
    else:
        # The number is a column: readers other than pandas know no index.
        frame = contacts_frame(facts, facts.scenario).astype(CONTACT_TYPES).reset_index()
    with opened(path) as file:
        if form == Format.PARQUET:
            frame.to_parquet(file, engine="pyarrow")
        else:
            write_csv(frame, file, index=False)


def read_tickets(path: Path | str) -> pd.DataFrame:
    """Read an exported table of tickets.

    Parameters
    ----------
    path
        A CSV or a Parquet file, by its ending.

    Returns
    -------
    DataFrame
        Equal to the one that was written, as `Result.tickets` returns it: times are local and
        without a time zone (datetime64[ms], NaT for what did not happen), minutes and money
        float64 (NaN likewise), counts and numbers of tickets int32, names and codes str. The
        apostrophe that CSV has before a text that a spreadsheet may take for a formula is gone.

    Raises
    ------
    InputError
        If it is no such table.
    """
    return _read(path_of(path, "path"), TICKET_TYPES, None)


def read_contacts(path: Path | str) -> pd.DataFrame:
    """Read an exported table of contacts, as `Result.contacts` returns it; see `read_tickets`."""
    return _read(path_of(path, "path"), CONTACT_TYPES, INDEX)


def _read(path: Path, types: dict[str, str], index: str | None) -> pd.DataFrame:
    form = format_of(path)
    if form not in TABLES:
        raise InputError(f"{path}: is neither CSV nor Parquet by its ending")
    if form == Format.PARQUET:
        check_parquet(path)
    try:
        if form == Format.PARQUET:
            frame = pd.read_parquet(path, engine="pyarrow")
        else:
            frame = _read_csv(path, types)
        if index is not None:
            frame = frame.set_index(index)
        if list(frame.columns) == list(types):
            return frame.astype(types)
        why = f"its columns are not {', '.join(types)}"
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error
    except (ValueError, KeyError, OverflowError, EOFError, zlib.error) as error:
        why = " ".join(str(error).split())
    raise InputError(f"{path}: is no such table: {why}")


def _read_csv(path: Path, types: dict[str, str]) -> pd.DataFrame:
    kinds = {name: TEXT if kind == "float64" else kind for name, kind in types.items()}
    times = [name for name, kind in types.items() if kind == TIME]
    frame = pd.read_csv(
        path,
        dtype={INDEX: "int64"} | {name: kind for name, kind in kinds.items() if kind != TIME},
        parse_dates=times,
        # "NA" and "null" are names like others; nothing is only nothing in times and numbers.
        keep_default_na=False,
        na_values={name: [""] for name in times},
    )
    for name, kind in types.items():
        if kind == TEXT:
            frame[name] = frame[name].map(unguarded)
        elif kind == "float64":
            # Python reads the very number that was written; the parser of pandas is quicker.
            frame[name] = [float(text) if text else math.nan for text in frame[name].tolist()]
    return frame
