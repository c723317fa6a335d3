"""A sweep as HTML for notebooks."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from supportsim.report.html import html_page, html_warnings
from supportsim.report.sweeping.tables import (
    overview,
    replications_told,
    summary_lines,
    warning_lines,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from supportsim.studies.sweeping import Sweep


def sweep_html(sweep: Sweep) -> str:
    """Return the points of a sweep, or the best of many, as a compact HTML table."""
    seen, count = overview(sweep), len(sweep.points)
    told = f"{count} points, {replications_told(sweep)}, seed {sweep.scenario.run.seed}"
    rows = (
        _row(cells, "td", bold=point.all_match)
        for cells, point in zip(seen.rows, seen.shown, strict=True)
    )
    parts = [
        f"<table><thead>{_row(seen.heads, 'th')}</thead>",
        f"<tbody>{''.join(rows)}</tbody>",
        "</table>",
    ]
    if len(seen.shown) < count:
        parts.append(f'<p class="aside">The {len(seen.shown)} best of {count} points.</p>')
    parts += html_warnings(warning_lines(sweep))
    return html_page(sweep.scenario.name, ". ".join(summary_lines(sweep)), told, parts)


def _row(cells: Iterable[str], tag: str, *, bold: bool = False) -> str:
    texts = (f"<b>{escape(cell)}</b>" if bold else escape(cell) for cell in cells)
    return f"<tr>{''.join(f'<{tag}>{text}</{tag}>' for text in texts)}</tr>"
