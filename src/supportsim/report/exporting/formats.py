"""The formats of exports, and how to tell which one is meant."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from supportsim.errors import InputError, choices

STDOUT = Path("-")
"""Stands for standard output."""


class Format(StrEnum):
    """What an export is written as."""

    CSV = "csv"
    PARQUET = "parquet"
    XES = "xes"
    OCEL = "ocel"
    JUNIT = "junit"
    MARKDOWN = "markdown"


class Contents(StrEnum):
    """Which table of a log is meant."""

    TICKETS = "tickets"
    CONTACTS = "contacts"


OF_VERDICTS = (Format.JUNIT, Format.MARKDOWN)
"""The formats of what a whole run says; the others hold the log of one replication."""
TABLES = (Format.CSV, Format.PARQUET)
ENDINGS = {
    ".csv": Format.CSV,
    ".parquet": Format.PARQUET,
    ".pq": Format.PARQUET,
    ".xes": Format.XES,
    ".jsonocel": Format.OCEL,
    ".json": Format.OCEL,
    ".xml": Format.JUNIT,
    ".md": Format.MARKDOWN,
    ".markdown": Format.MARKDOWN,
}
BEGINS: Mapping[Format, tuple[bytes, ...]] = {
    Format.CSV: (
        b"ticket,channel,opened,answered,resolved,closed,first_response_min,",
        b'"ticket","channel","opened","answered","resolved","closed","first_response_min",',
        b"contact,ticket,channel,kind,priority,affinity,resolves,",
        b'"contact","ticket","channel","kind","priority","affinity","resolves",',
    ),
    Format.PARQUET: (b"PAR1",),
    Format.XES: (b'<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1849.2016" ',),
    Format.OCEL: (b'{\n"eventTypes"',),
    Format.JUNIT: (b'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n  <testsuite ',),
    Format.MARKDOWN: tuple(f"### {mark} ".encode() for mark in "✅❔❌"),
}
"""What exports begin with, by which an earlier one is told from any other file."""


def format_of(path: Path, asked: Format | None = None) -> Format:
    """Return the format that is asked for, or else the one that a file's ending names.

    Raises
    ------
    InputError
        If neither tells.
    """
    if asked is not None:
        return asked
    endings = [suffix.lower() for suffix in path.suffixes if suffix.lower() != ".gz"]
    if endings and endings[-1] in ENDINGS:
        return ENDINGS[endings[-1]]
    where = "standard output has no ending" if path == STDOUT else f"{path}: no format ends so"
    raise InputError(f"{where}; name the format with --format, or end it on {', '.join(ENDINGS)}")


def contents_of(table: str) -> Contents:
    """Return the table that a name means.

    Raises
    ------
    InputError
        If it means none.
    """
    if table not in list(Contents):
        raise InputError(f"table: there is no {table!r}; {choices(str(table), Contents)}")
    return Contents(table)
