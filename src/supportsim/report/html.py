"""A run as HTML for notebooks."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from supportsim.report.grouping import has_several_channels, judged_by_channel
from supportsim.report.numbers import format_estimate, format_published, format_tolerance
from supportsim.report.verdict_tables import summary

if TYPE_CHECKING:
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
    count = len(run.replications)
    parts = [
        f'<div class="supportsim"><style>{STYLE}</style>',
        f"<p><b>{escape(run.scenario.name)}</b>: {escape(summary(run))} "
        f'<span class="aside">({count} replications, seed {run.scenario.run.seed})</span></p>',
    ]
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
    parts += [f"<p>Warning: {escape(warning)}</p>" for warning in run.warnings]
    return "\n".join([*parts, "</div>"])


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
