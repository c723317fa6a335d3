"""What several pages that are made from the code share."""

NOTE = "This page is made from the code by `docs/make_reference.py`; do not edit it.\n"


def cell(text: str) -> str:
    """Return a text as it can stand in a cell of a table: on one line, its bars escaped."""
    return " ".join(text.split()).replace("|", r"\|")
