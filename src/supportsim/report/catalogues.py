"""Lists on a terminal: the measures, the published figures, and the findings of their audit."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from rich.console import Console

from supportsim.benchmarks import Figure, Finding
from supportsim.measures import MEASURES
from supportsim.report.numbers import format_published, format_tolerance
from supportsim.report.page import Page

KINDS = {
    "contradiction": "Contradictions: these figures cannot all be true",
    "depends on reading": "Depends on what is meant: the publishers leave it open",
    "agreement": "Agreements: these figures could have differed",
    "implied": "Implied: nobody published these numbers, they follow",
}
_STYLES = {"contradiction": "bold red", "depends on reading": "bold yellow"}


def print_measures(console: Console) -> None:
    """Print what is measured: id, title, unit, population, clock, estimator and formula."""
    page = Page(console)
    owners = {
        "channel": "Of a channel, and of all of them together (all.…)",
        "team": "Of a team",
    }
    for owner, head in owners.items():
        page.write(head, "bold")
        for measure in MEASURES:
            if measure.owner != owner:
                continue
            prefix = "team.<name>." if owner == "team" else "<channel>."
            page.write()
            page.write(measure.title, lead=f"{prefix}{measure.name}  ")
            clock = "no clock" if measure.clock == "none" else f"{measure.clock} clock"
            about = f"unit: {measure.unit}; of: {measure.population}; {clock}; {measure.estimator}"
            page.write(about, indent=4)
            page.write(f"= {measure.formula}", "dim", indent=4)
        page.write()


def print_figures(figures: Iterable[Figure], console: Console) -> None:
    """Print published figures: id, title, what was published, what matches, status, source."""
    page = Page(console)
    figures = tuple(figures)
    for group, members in groupby(figures, lambda figure: figure.id.partition(".")[0]):
        table = page.table(f"{group}: figure and id", "Published", "Accepted", "Status", numbers=2)
        sources: dict[str, None] = {}
        for figure in members:
            sources[figure.source] = None
            table.add_row(
                page.indented(figure.title, figure.id),
                page.text(format_published(figure)),
                page.text(format_tolerance(figure)),
                page.text(figure.status),
            )
        page.write_table(table)
        for source in sources:
            page.write(f"Source: {source}", "dim")
        page.write()
    page.write(f"{len(figures)} figure{'s' * (len(figures) != 1)}", "bold")


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
    counts = [f"{sum(f.kind == kind for f in findings)} {kind}" for kind in KINDS]
    page.write(", ".join(counts), "bold")
