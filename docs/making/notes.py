"""What several pages that are made from the code share."""

import inspect
import re
from typing import Any

NOTE = "This page is made from the code by `docs/make_reference.py`; do not edit it.\n"
_SECTIONS = ("Parameters", "Attributes", "Returns", "Raises", "Notes", "References", "Examples")


def cell(text: str) -> str:
    """Return a text as it can stand in a cell of a table: on one line, its bars escaped."""
    return " ".join(text.split()).replace("|", r"\|")


def sections(thing: Any) -> tuple[str, dict[str, str]]:
    """Return what a docstring says first, and the text of each of its sections."""
    heads = "|".join(_SECTIONS)
    text = inspect.getdoc(thing) or ""
    first, *rest = re.split(rf"^({heads})\n-+\n", text, flags=re.MULTILINE)
    return first.strip(), dict(zip(rest[::2], rest[1::2], strict=True))


def entries(body: str) -> list[tuple[str, str]]:
    """Return the entries of a section: each a name, or a type, with what is indented below it."""
    parts = [entry.partition("\n") for entry in re.split(r"^(?=\S)", body, flags=re.MULTILINE)]
    return [(name.partition(" : ")[0], " ".join(meaning.split())) for name, _, meaning in parts[1:]]
