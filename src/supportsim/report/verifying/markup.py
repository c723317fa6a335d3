"""A verification as Markdown, for the documentation, and as HTML, for notebooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supportsim.report.html import html_page, html_table
from supportsim.report.verifying.tables import (
    HEADS,
    bottom_line,
    cells_of,
    explanation,
    measure_of,
    published_cells,
    shown,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from supportsim.validation import Verification


def verification_markdown(verification: Verification) -> str:
    """Return three tables: what was simulated, the cases and their sources, published values."""
    rows = [(row.case.id, measure_of(row), *cells_of(row), shown(row)) for row in verification.rows]
    cases = [
        (case.id, case.title, case.formula, case.source, str(case.document["run"]["replications"]))
        for case in verification.cases
    ]
    parts = [
        bottom_line(verification) + ".",
        explanation(verification),
        _table(("Case", "Measure", *HEADS), rows, numbers=range(2, 6)),
        "The cases:",
        _table(("Case", "Scenario", "Formula", "Source", "Replications"), cases, numbers=[4]),
    ]
    if verification.published:
        known = [(one.title, *published_cells(one), one.source) for one in verification.published]
        heads = ("Value", "Published", "Computed", "Verdict", "Source")
        parts += ["Published values of the formulas:", _table(heads, known, numbers=[1, 2])]
    return "\n\n".join(parts) + "\n"


def verification_html(verification: Verification) -> str:
    """Return what was simulated as a compact HTML table, with everything in it escaped."""
    rows = [
        (f"{row.case.id}: {measure_of(row)}", *cells_of(row), shown(row))
        for row in verification.rows
    ]
    parts = [html_table(("Measure", *HEADS), rows)]
    about = f"{verification.suite} suite, seed {verification.seed}"
    return html_page("verify", bottom_line(verification), about, parts)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], numbers: Iterable[int] = ()) -> str:
    """Return a Markdown table, some of its columns aligned to the right."""
    right = set(numbers)
    rule = ["---:" if number in right else "---" for number in range(len(heads))]
    return "\n".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
        for cells in (heads, rule, *rows)
    )
