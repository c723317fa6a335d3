"""Durations that were measured, read from a column of a CSV file."""

from __future__ import annotations

import csv
import math
from pathlib import Path

from supportsim.errors import quoted
from supportsim.units import parse_duration


def read_durations(path: Path, column: str, unit: str) -> list[str]:
    """Return the durations in one column of a CSV file with a header.

    A cell is a duration such as ``95min``, or a number of `unit`. Empty lines are skipped.

    Raises
    ------
    ValueError
        If the file cannot be read, lacks the column, or a cell is not a duration: the message
        names the file, the line and the column.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file, strict=True)
            if column not in (reader.fieldnames or []):
                known = ", ".join(reader.fieldnames or []) or "none"
                raise ValueError(f"{path} has no column {quoted(column)}; it has: {known}")
            texts = [(reader.line_num, (row[column] or "").strip()) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ValueError(f"{path} cannot be read: {reason}") from error
    for line, text in texts:
        try:
            parse_duration(text if not _is_number(text) else text + unit)
        except ValueError as error:
            raise ValueError(f"{path}, line {line}, column {quoted(column)}: {error}") from error
    if not texts:
        raise ValueError(f"{path} has no row below its header")
    return [text if not _is_number(text) else text + unit for _, text in texts]


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text)) and not text.startswith(("-", "+"))
    except ValueError:
        return False
