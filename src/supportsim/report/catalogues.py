"""Lists on a terminal: the measures, the published figures, and the findings of their audit."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from supportsim.measures import MEASURES
from supportsim.report.documents import OWNERS, placeholders
from supportsim.report.numbers import format_published, format_tolerance
from supportsim.report.page import Page

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from supportsim.benchmarks import Figure, Finding

KINDS = {
    "contradiction": "Contradictions: these figures cannot all be true",
    "depends on reading": "Depends on what is meant: the publishers leave it open",
    "agreement": "Agreements: these figures could have differed",
    "implied": "Implied: nobody published these numbers, they follow",
}
_STATUS = {"simulated": "yes", "not simulated yet": "not yet", "context": "context"}
_STYLES = {"contradiction": "bold red", "depends on reading": "bold yellow"}


def print_measures(console: Console) -> None:
    """Print what is measured: id, title, unit, population, clock, estimator and formula."""
    page = Page(console)
    heads = {
        "channel": "Of a channel, and of all of them together (all.…)",
        "team": "Of a team, and of all of them together (all.…)",
        "desk": "Of the whole desk",
    }
    for owner, head in heads.items():
        measures = [measure for measure in MEASURES if measure.owner == owner]
        if measures:
            page.write(head, "bold")
        for measure in measures:
            page.write()
            page.write(measure.title, lead=f"{OWNERS[owner]}{measure.name}  ")
            clock = "no clock" if measure.clock == "none" else f"{measure.clock} clock"
            about = f"unit: {measure.unit}; of: {measure.population}; {clock}; {measure.estimator}"
            page.write(about, indent=4)
            page.write(f"= {measure.formula}", "dim", indent=4)
        if measures:
            page.write()
    page.write(placeholders(), "dim")


def print_figures(figures: Iterable[Figure], console: Console) -> None:
    """Print published figures: id, title, what was published, what matches, status, source."""
    page = Page(console)
    figures = tuple(figures)
    for group, members in groupby(figures, lambda figure: figure.id.partition(".")[0]):
        table = page.table(
            f"{group}: figure and id", "Published", "Accepted", "Simulated", numbers=2
        )
        sources: list[str] = []
        for figure in members:
            if figure.source not in sources:
                sources.append(figure.source)
            title = page.text(
                f"{figure.title}{_judged(figure)} [{sources.index(figure.source) + 1}]"
            )
            table.add_row(
                title.append("\n").append_text(page.text(figure.id, "dim")),
                page.text(format_published(figure)),
                page.text(format_tolerance(figure)),
                page.text(_STATUS[figure.status]),
            )
        page.write_table(table)
        for number, source in enumerate(sources, start=1):
            page.write(f"[{number}] {source}", "dim")
        page.write()
    if figures:
        page.write("not yet: there is no model of it; context: a fact about the market", "dim")
    page.write(f"{len(figures)} figure{'s' * (len(figures) != 1)}", "bold")


def _judged(figure: Figure) -> str:
    """Return the clock that a figure is judged on, where its publisher states none."""
    return f", judged in {figure.judged_clock}" if figure.judged_clock else ""


def print_findings(findings: Iterable[Finding], console: Console) -> None:
    """Print the findings of an audit, contradictions first."""
    page = Page(console)
    findings = tuple(findings)
    for kind, head in KINDS.items():
        chosen = [finding for finding in findings if finding.kind == kind]
        if not chosen:
            continue
        page.write(f"{head} ({len(chosen)})", _STYLES.get(kind, "bold"))
        for finding in chosen:
            page.write()
            page.write(finding.statement, lead=f"{finding.rule}: ", indent=2)
            if finding.reading:
                page.write(f"They agree if {finding.reading}.", indent=4)
            page.write(f"Figures: {', '.join(finding.figures)}", "dim", indent=4)
            page.write(f"Rule: {finding.source}", "dim", indent=4)
        page.write()
    kinds = [finding.kind for finding in findings]
    page.write(
        f"{kinds.count('contradiction')} contradictions, "
        f"{kinds.count('depends on reading')} that depend on what is meant, "
        f"{kinds.count('agreement')} agreements, {kinds.count('implied')} implied numbers",
        "bold",
    )
