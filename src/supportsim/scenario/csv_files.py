"""Columns of CSV files beside the scenario: durations, counts, and tables of shifts."""

from __future__ import annotations

import csv
import logging
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationInfo

from supportsim.errors import quoted
from supportsim.scenario.fields import Duration, Model, Row
from supportsim.units import MINUTES, WEEK, parse_duration

_LOG = logging.getLogger(__name__)

MOST_TICKETS = 1_000_000
"""In a day, in an interval of counts, or in a backlog."""
LONGEST_AGE = 5200 * WEEK

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


class CountsInFile(Model):
    """A column of counts in a file beside the scenario."""

    csv: str
    """The file: CSV with a header."""
    column: str
    """Its column with a number in each row."""


class DurationsInFile(Model):
    """A column of durations in a file beside the scenario."""

    csv: str
    """The file: CSV with a header."""
    column: str
    """Its column with a duration in each row, or a number of `unit`."""
    unit: Literal["s", "min", "h", "d", "w"] = "min"
    """Unit of bare numbers."""


def read_rows(path: Path, columns: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    """Return some columns of a CSV file with a header: the line and the cells of each row.

    Empty lines are skipped, and so is white space around the cells.

    Raises
    ------
    ValueError
        If the file cannot be read, lacks a column or has it twice, has no rows, lacks a cell or
        has too many in a row: the message names the file and, where there are any, the line and
        the column.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file, strict=True)
            table = [
                (reader.line_num, [cell.strip() for cell in cells]) for cells in reader if cells
            ]
        _LOG.info("read %s", path)
    except (
        OSError,
        ValueError,
        csv.Error,
    ) as error:  # ValueError: not UTF-8, or a null in the path
        reason = error.strerror if isinstance(error, OSError) else error
        raise ValueError(f"{path} cannot be read: {reason}") from error
    _, header = table[0] if table else (0, [])
    for column in columns:
        if column not in header:
            known = ", ".join(header) or "none"
            raise ValueError(f"{path} has no column {quoted(column)}; it has: {known}")
        if header.count(column) > 1:
            raise ValueError(f"{path} has the column {quoted(column)} {header.count(column)} times")
    if len(table) == 1:
        raise ValueError(f"{path} has no row below its header")
    rows = []
    for line, cells in table[1:]:
        if any(cells[len(header) :]):
            cause = "a decimal comma needs quotes, or better a point"
            raise ValueError(
                f"{path}, line {line}: more cells than the header has columns; {cause}"
            )
        row = dict(zip(header, cells, strict=False))
        for column in columns:
            if not row.get(column):
                raise ValueError(f"{at(path, line, column)}: the cell is empty")
        rows.append((line, {column: row[column] for column in columns}))
    return rows


def at(path: Path, line: int, column: str) -> str:
    """Return how a message names a cell."""
    return f"{path}, line {line}, column {quoted(column)}"


def read_durations(path: Path, column: str, unit: str, longest: float = math.inf) -> list[str]:
    """Return the durations in one column of a CSV file with a header.

    A cell is a duration such as ``95min``, or a number of `unit`.

    Raises
    ------
    ValueError
        If the file cannot be read, lacks the column, or a cell is not a duration of at most
        `longest` minutes: the message names the file, the line and the column.
    """
    durations = []
    for line, cells in read_rows(path, [column]):
        text = cells[column]
        durations.append(text + unit if _is_number(text) else text)
        try:
            minutes = parse_duration(durations[-1])
        except ValueError as error:
            raise ValueError(f"{at(path, line, column)}: {error}") from error
        if minutes > longest:
            raise ValueError(f"{at(path, line, column)}: {text} is too long")
    return durations


def read_numbers(path: Path, column: str, largest: float) -> list[float]:
    """Return the numbers in one column of a CSV file with a header.

    Raises
    ------
    ValueError
        If the file cannot be read, lacks the column, or a cell is not a number from 0 to `largest`:
        the message names the file, the line and the column.
    """
    numbers = []
    for line, cells in read_rows(path, [column]):
        text = cells[column]
        if not _NUMBER.fullmatch(text):
            wrong = f'{quoted(text)} is not a number; write it as in "1250" or "17.5"'
            raise ValueError(f"{at(path, line, column)}: {wrong}")
        numbers.append(float(text))
        if not 0 <= numbers[-1] <= largest:
            wrong = f"has to be from 0 to {largest:g}, not {text}"
            raise ValueError(f"{at(path, line, column)}: {wrong}")
    return numbers


def _counts(given: Any, info: ValidationInfo) -> Any:
    if not isinstance(given, Mapping):
        return given
    path, named = _place(given, info, 'csv = "calls.csv", column = "calls"')
    return read_numbers(path, named["column"], MOST_TICKETS)


def _ages(given: Any, info: ValidationInfo) -> Any:
    if not isinstance(given, Mapping):
        return given
    form = 'csv = "open.csv", column = "age", unit = "h"'
    path, named = _place(given, info, form, unit="min")
    if named["unit"] not in MINUTES:
        known = ", ".join(MINUTES)
        raise ValueError(f"unit has to be one of {known}, not {quoted(named['unit'])}")
    return read_durations(path, named["column"], named["unit"], LONGEST_AGE)


def _place(
    given: Mapping[Any, Any], info: ValidationInfo, form: str, **defaults: str
) -> tuple[Path, dict[str, str]]:
    """Return the file that a table names, beside the scenario, and the texts of the table."""
    named = {**defaults, **given}
    known = {"csv", "column", *defaults}
    if set(named) != known or not all(isinstance(text, str) for text in named.values()):
        raise ValueError(f"has to be an array [...], or a column of a file as in {{ {form} }}")
    return Path((info.context or {}).get("folder", ".")) / named["csv"], named


def _is_number(text: str) -> bool:
    return text[0] not in "+-" and bool(_NUMBER.fullmatch(text)) and math.isfinite(float(text))


_Counts = Annotated[Row[Annotated[float, Field(ge=0, le=MOST_TICKETS)]], Field(min_length=1)]
_Ages = Row[Annotated[Duration, Field(ge=0, le=LONGEST_AGE)]]
Counts = Annotated[_Counts, BeforeValidator(_counts, json_schema_input_type=_Counts | CountsInFile)]
"""Numbers of tickets, in the scenario or in a file beside it."""
Ages = Annotated[_Ages, BeforeValidator(_ages, json_schema_input_type=_Ages | DurationsInFile)]
"""How long ago tickets arrived, in the scenario or in a file beside it."""
