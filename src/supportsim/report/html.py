"""Results as HTML for notebooks: what all have in common, and that of a run."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from supportsim.report.grouping import has_several_channels, judged_by_channel
from supportsim.report.numbers import format_estimate, format_published, format_tolerance
from supportsim.report.verdict_tables import summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from supportsim.benchmarks import Verdict
    from supportsim.studies import Run

# Only the text's own colour and shades of it, so that light and dark notebooks both read well.
STYLE = """
.supportsim table { border-collapse: collapse; }
.supportsim th, .supportsim td { padding: .2em .8em; text-align: right; }
.supportsim th { border-bottom: 1px solid currentColor; }
.supportsim .words { text-align: left; }
.supportsim .misses, .supportsim .undecided { font-weight: bold; }
.supportsim .aside { opacity: .7; }
"""
_HEADS = ("Figure", "Published", "Accepted", "Simulated (95 %)", "Verdict", "Role", "Clock")


def run_html(run: Run) -> str:
    """Return the verdicts of a run as a compact HTML table, with everything in it escaped."""
    groups = judged_by_channel(run)
    several = has_several_channels(run.scenario)
    rest = [
        f"{v.figure.title} ({format_published(v.figure)})"
        for v in run.verdicts
        if v.answer == "not simulated"
    ]
    about = f"{len(run.replications)} replications, seed {run.scenario.run.seed}"
    parts = []
    if groups:
        parts.append(f"<table><thead><tr>{''.join(map(_head, _HEADS))}</tr></thead>")
        for channel, verdicts in groups.items():
            head = f'<tr><th class="words" colspan="{len(_HEADS)}">{escape(channel)}</th></tr>'
            parts.append(f"<tbody>{head * several}{''.join(map(_row, verdicts))}</tbody>")
        parts.append("</table>")
    if rest and several:
        head = f"<summary>Not simulated: {len(rest)} figures</summary>"
        parts.append(f'<details class="aside">{head}{escape("; ".join(rest))}</details>')
    elif rest:
        parts.append(f'<p class="aside">Not simulated: {escape("; ".join(rest))}</p>')
    parts += html_warnings(run.warnings)
    return html_page(run.scenario.name, summary(run), about, parts)


def html_page(name: str, told: str, aside: str, parts: Iterable[str]) -> str:
    """Return a result as HTML: its name, what it says in a sentence, and tables or paragraphs.

    Parameters
    ----------
    name, told, aside
        Texts of the first line, escaped here.
    parts
        HTML, in which everything is escaped already.
    """
    head = (
        f'<p><b>{escape(name)}</b>: {escape(told)} <span class="aside">({escape(aside)})</span></p>'
    )
    opening = f'<div class="supportsim"><style>{STYLE}</style>'
    return "\n".join([opening, head, *parts, "</div>"])


def html_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of texts, with everything in them escaped."""
    body = "".join(html_row(cells, "td") for cells in rows)
    return f"<table><thead>{html_row(heads, 'th')}</thead><tbody>{body}</tbody></table>"


def html_row(cells: Sequence[str], tag: str) -> str:
    """Return a row of a table: words in the first cell, numbers in the others."""
    first, *rest = map(escape, cells)
    numbers = "".join(f"<{tag}>{cell}</{tag}>" for cell in rest)
    return f'<tr><{tag} class="words">{first}</{tag}>{numbers}</tr>'


def html_warnings(warnings: Iterable[str]) -> list[str]:
    """Return a paragraph for each warning."""
    return [f"<p>Warning: {escape(warning)}</p>" for warning in warnings]


def _head(head: str) -> str:
    words = "" if head in _HEADS[1:4] else ' class="words"'
    return f"<th{words}>{head}</th>"


def _row(verdict: Verdict) -> str:
    figure = verdict.figure
    numbers = (
        format_published(figure),
        format_tolerance(figure),
        format_estimate(verdict.simulated, verdict.low, verdict.high, figure.unit),
    )
    cells = "".join(f"<td>{escape(number)}</td>" for number in numbers)
    clock = "" if verdict.clock == "none" else verdict.clock
    return (
        f'<tr><td class="words">{escape(figure.title)}</td>{cells}'
        f'<td class="words {verdict.answer}">{verdict.answer}</td>'
        f'<td class="words">{verdict.role}</td><td class="words">{escape(clock)}</td></tr>'
    )
