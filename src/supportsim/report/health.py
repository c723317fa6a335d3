"""The state of an installation, on a terminal and as a JSON document."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from supportsim.report.documents import Document
from supportsim.report.page import Page
from supportsim.versions import version

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from supportsim.studies.health import Finding

_STYLES = {"broken": "bold red", "note": "yellow", "missing": "dim"}


def print_health(findings: Sequence[Finding], console: Console) -> None:
    """Print what was found, part by part, and what to do about it."""
    page = Page(console)
    width = max(len(one.name) for one in findings) + 2
    for part, group in groupby(findings, key=lambda one: one.part):
        page.write(part, "bold")
        for one in group:
            state = "" if one.state in ("fine", "missing") else f"{one.state.upper()}: "
            remedy = f"; {one.remedy}" if one.remedy else ""
            said = f"{one.name.ljust(width)}{state}{one.said}{remedy}"
            page.write(said, _STYLES.get(one.state, ""), indent=2)
    page.write()
    broken = [one for one in findings if one.broken]
    page.write(
        f"{len(broken)} broken: {', '.join(one.name for one in broken)}"
        if broken
        else "Everything works.",
        "bold",
    )


def health_document(findings: Sequence[Finding]) -> Document:
    """Return what was found."""
    return {
        "version": version(),
        "findings": [
            {
                "part": one.part,
                "name": one.name,
                "said": one.said,
                "state": one.state,
                "remedy": one.remedy,
            }
            for one in findings
        ],
        "works": not any(one.broken for one in findings),
    }
