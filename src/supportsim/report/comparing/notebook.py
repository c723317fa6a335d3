"""A comparison as HTML for notebooks."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from supportsim.report.comparing.tables import bottom_line, cells_of, is_same
from supportsim.report.grouping import has_several_channels, judged_by_channel
from supportsim.report.html import html_page, html_row, html_warnings
from supportsim.report.measure_tables import title_of
from supportsim.report.numbers import format_published, format_tolerance, format_value
from supportsim.report.verdict_tables import title_of as title_of_figure

if TYPE_CHECKING:
    from collections.abc import Iterable

    from supportsim.benchmarks import Verdict
    from supportsim.studies import Comparison
    from supportsim.studies.compare import Compared

_HEADS = ("Measure", "Base", "New", "Difference", "p (Holm)", "Differs", "Narrower")


def comparison_html(comparison: Comparison) -> str:
    """Return differences and verdicts as compact HTML tables, with everything in them escaped."""
    base = comparison.base
    about = f"{len(base.replications)} replications, seed {base.scenario.run.seed}"
    parts = [f"<table><thead>{html_row(_HEADS, 'th')}</thead>"]
    for name in comparison.alternatives:
        found = [one for one in comparison.differences if one.alternative == name]
        head = f'<tr><th class="words" colspan="{len(_HEADS)}">{escape(name)}</th></tr>'
        parts.append(f"<tbody>{head}{''.join(_differences(comparison, found))}</tbody>")
    parts.append("</table>")
    groups = judged_by_channel(base)
    if groups:
        parts += _verdicts(comparison, groups)
    parts += html_warnings(comparison.warnings)
    return html_page(base.scenario.name, bottom_line(comparison), about, parts)


def _differences(comparison: Comparison, found: Iterable[Compared]) -> Iterable[str]:
    same = []
    for one in found:
        title = f"{one.asked.owner}: {title_of(one.asked.measure)}"
        if one.reason:
            yield _aside(f"{title}: {one.reason}")
        elif is_same(one):
            same.append(title)
        else:
            row = cells_of(comparison, one)
            numbers = (row.base, row.alternative, row.difference, row.p_value)
            title = f"{one.asked.owner}: {row.title}"
            yield html_row((title, *numbers, row.differs, row.narrower), "td")
    if same:
        yield _aside(f"Exactly as in the base: {'; '.join(same)}")


def _verdicts(comparison: Comparison, groups: dict[str, list[Verdict]]) -> Iterable[str]:
    """Yield the verdicts side by side; those that are not the base's stand out."""
    answers = {
        name: {verdict.figure.id: verdict for verdict in run.verdicts}
        for name, run in comparison.runs.items()
    }
    heads = ("Figure", "Published", "Accepted", *answers)
    yield f"<table><thead>{html_row(heads, 'th')}</thead><tbody>"
    several = has_several_channels(comparison.base.scenario)
    for channel, verdicts in groups.items():
        for one in verdicts:
            figure = one.figure
            title = (f"{channel}: " if several else "") + title_of_figure(one)
            cells = [f'<td class="words">{escape(title)}</td>']
            numbers = (format_published(figure), format_tolerance(figure))
            cells += [f"<td>{escape(number)}</td>" for number in numbers]
            cells += [_answer(found[figure.id], one) for found in answers.values()]
            yield f"<tr>{''.join(cells)}</tr>"
    yield "</tbody></table>"


def _answer(verdict: Verdict, base: Verdict) -> str:
    half_width = (verdict.high - verdict.low) / 2
    number = format_value(verdict.simulated, verdict.figure.unit, half_width, short=True, most=3)
    text = escape(f"{number} {verdict.answer}")
    return f"<td>{f'<b>{text} *</b>' if verdict.answer != base.answer else text}</td>"


def _aside(text: str) -> str:
    return f'<tr><td class="words aside" colspan="{len(_HEADS)}">{escape(text)}</td></tr>'
