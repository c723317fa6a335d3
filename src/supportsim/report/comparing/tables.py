"""A comparison on a terminal: differences of each alternative, and the verdicts side by side."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len

from supportsim.report.grouping import has_several_channels, judged_by_channel
from supportsim.report.measure_tables import title_of as title_of_measure
from supportsim.report.numbers import (
    UNKNOWN,
    format_number,
    format_published,
    readable,
)
from supportsim.report.page import Page
from supportsim.report.verdict_tables import shortened, summary, title_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import Console

    from supportsim.benchmarks import Verdict
    from supportsim.studies import Comparison, Run
    from supportsim.studies.compare import Compared

_ANSWERS = {"matches": "ok", "misses": "MISS", "undecided": "?", "not simulated": "none"}
_LEAST_TITLE = 20
"""Characters that titles of verdicts take at least."""
_PUBLISHED = 11
"""Characters that what was published takes, with the gap before it."""


def print_comparison(comparison: Comparison, console: Console) -> None:
    """Print the differences of each alternative from the base, and the verdicts side by side.

    Parameters
    ----------
    comparison
        The comparison.
    console
        Where to print; colour is used only if it is a terminal, and never carries the meaning.
    """
    page = Page(console)
    base, count = comparison.base, len(comparison.base.replications)
    page.write(base.scenario.name, "bold")
    page.write(
        f"Each scenario with the same {count} replications (seed {base.scenario.run.seed}): what "
        "is random is the same in all of them, so that much of it cancels in a difference."
    )
    page.write()
    for number, name in enumerate(comparison.alternatives, start=1):
        found = [one for one in comparison.differences if one.alternative == name]
        page.write(name, "bold", lead=f"{number}. ")
        _write_differences(page, comparison, found)
    _write_legend(page, comparison)
    _write_verdicts(page, comparison)
    for warning in comparison.warnings:
        page.write(warning, lead="Warning: ")
    if base.stopped:
        page.write(base.stopped, lead="Replications: ")
    if comparison.warnings or base.stopped:
        page.write()
    page.write(bottom_line(comparison), "bold")
    for name, run in comparison.runs.items():
        if base.figures:
            page.write(summary(run), lead=f"{name}: ")


def bottom_line(comparison: Comparison) -> str:
    """Return one line on the differences, as in ``"9 of 14 measures differ from the base"``."""
    count = len(comparison.differences)
    found = sum(one.difference.differs is True for one in comparison.differences)
    if all(one.difference.differs is None for one in comparison.differences):
        return "nothing is known of any difference: it takes two replications or more"
    several = len({one.alternative for one in comparison.differences}) > 1
    if several:
        text = f"{found} of {count} differences from the base are shown to be more than chance"
    else:
        text = (
            f"{found} of {count} measure{'s' * (count != 1)} differ{'s' * (count == 1)} from the "
            "base"
        )
    return f"{text}, with {100 * comparison.confidence:g} % confidence in all of them at once"


@dataclass(frozen=True)
class Cells:
    """A difference in words and numbers, all in the unit in which they read best.

    Attributes
    ----------
    title
        What is measured, with the unit where it is not said otherwise.
    base, alternative, difference
        The numbers; the difference with half its simultaneous interval.
    p_value, differs, narrower
        The adjusted p value, the answer, and how many times as wide the interval would be with
        independent seeds.
    """

    title: str
    base: str
    alternative: str
    difference: str
    p_value: str
    differs: str
    narrower: str


def cells_of(comparison: Comparison, one: Compared) -> Cells:
    """Return the cells of a difference."""
    asked, found, pair = one.asked, one.difference, one.difference.pair
    per, unit = reading(one)
    runs = comparison.base, comparison.alternatives[one.alternative]
    base, alternative = (
        UNKNOWN
        if asked.id not in run.estimates
        else format_number(
            per * run.estimates[asked.id].mean, "", per * run.estimates[asked.id].half_width, most=4
        )
        for run in runs
    )
    reach = per * (found.high - found.low) / 2
    difference = format_number(per * pair.difference, "", reach)
    if difference != UNKNOWN and not math.isnan(reach):
        margin = format_number(reach, "", reach)
        difference = f"{'+' * (pair.difference > 0)}{difference} ±{margin}"
    return Cells(
        title_of_measure(asked.measure) + (f" ({unit})" if unit else ""),
        base,
        alternative,
        difference,
        _p_value(found.p_value),
        {True: "yes", False: "no", None: UNKNOWN}[found.differs] + "*" * reaches_over(one),
        _narrower(pair.variance_reduction),
    )


def reading(one: Compared) -> tuple[float, str]:
    """Return the factor and the unit in which a difference reads best; empty for a bare number."""
    unit = one.asked.measure.unit
    if unit == "share":
        return 100.0, "%"
    if unit == "min":
        return readable(max(one.difference.pair.base, one.difference.pair.alternative))
    return 1.0, unit if " per " in f" {unit}" else ""


def reaches_over(one: Compared) -> bool:
    """Return whether the test tells a difference from 0 although its interval holds 0."""
    return bool(one.difference.differs) and one.difference.low <= 0 <= one.difference.high


def is_same(one: Compared) -> bool:
    """Return whether a measure is exactly that of the base in every replication."""
    return one.difference.pair.difference == one.difference.pair.error == 0


def _p_value(value: float) -> str:
    if math.isnan(value):
        return UNKNOWN
    return f"{value:.3f}" if value >= 0.001 else "<0.001"


def _narrower(variance_reduction: float) -> str:
    factor = math.sqrt(variance_reduction)
    if not math.isfinite(factor):
        return "exact" if factor > 0 else "-"
    return f"{factor:.1f}×" if factor < 100 else f"{factor:,.0f}×"


def _write_differences(page: Page, comparison: Comparison, found: Sequence[Compared]) -> None:
    """Write a table of what is different, and in words what is not, or unknown."""
    shown = [one for one in found if not one.reason and not is_same(one)]
    owners = dict.fromkeys(one.asked.owner for one in found)
    if shown:
        table = page.table("Measure", "Base", "New", "Difference", "Differs", "Narrower")
        for owner in owners:
            mine = [one for one in shown if one.asked.owner == owner]
            if mine and len(owners) > 1:
                table.add_row(page.text(owner, "bold"))
            for one in mine:
                row = cells_of(comparison, one)
                cells = (row.title, row.base, row.alternative, row.difference)
                style = "bold" if one.difference.differs else ""
                table.add_row(
                    *map(page.text, cells),
                    page.text(row.differs, style),
                    page.text(row.narrower),
                )
        page.write_table(table, gap=False)
    same = [_titled(one, owners) for one in found if not one.reason and is_same(one)]
    if same:
        told = "every measure" if len(same) == len(found) else "; ".join(same)
        page.write(told, lead="Exactly as in the base: ")
    for one in found:
        if one.reason:
            page.write(one.reason, lead=f"{_titled(one, owners)}: ")
    page.write()


def _titled(one: Compared, owners: Iterable[str]) -> str:
    """Return what is measured and, where there are several owners, of which."""
    of = f" ({one.asked.owner})" if len(list(owners)) > 1 else ""
    return title_of_measure(one.asked.measure) + of


def _write_legend(page: Page, comparison: Comparison) -> None:
    count = len(comparison.differences)
    confidence = f"{100 * comparison.confidence:g} %"
    page.write(
        f"±: half of an interval; all {count} of them hold at once with {confidence} confidence "
        "(Bonferroni). Differs: by tests that hold at once as well (Holm). Narrower: how many "
        "times as wide the interval would be with independent seeds. Other measures: --measure.",
        "dim",
    )
    if any(map(reaches_over, comparison.differences)):
        page.write(
            "*: by the test alone; the interval, which says more, still holds 0.",
            "dim",
        )
    page.write()


def _write_verdicts(page: Page, comparison: Comparison) -> None:
    """Write what was simulated and the verdicts, as many alternatives beside each other as fit."""
    groups = judged_by_channel(comparison.base)
    if not groups:
        return
    names = list(comparison.alternatives)
    cells = {name: _verdict_cells(page, comparison, name) for name in comparison.runs}
    heads = {name: str(number) for number, name in enumerate(names, start=1)}
    column = 2 + max(cell_len(cell) for column in cells.values() for cell in column.values())
    fit = max(1, (page.width - _LEAST_TITLE - _PUBLISHED) // column - 1)
    for first in range(0, len(names), fit):
        _write_side_by_side(page, comparison.base, groups, cells, names[first : first + fit], heads)
    page.write(
        "ok: the 95 % interval matches; MISS: it misses; ?: undecided; *: not the verdict of the "
        "base. " + "; ".join(f"{number}: {name}" for name, number in heads.items()),
        "dim",
    )
    page.write()


def _verdict_cells(page: Page, comparison: Comparison, name: str) -> dict[str, str]:
    """Return what was simulated of each figure and the verdict, with a mark where it is another."""
    verdicts = comparison.runs[name].verdicts
    return {
        own.figure.id: page.plain(_cell(own) + "*" * (own.answer != base.answer))
        for own, base in zip(verdicts, comparison.base.verdicts, strict=True)
    }


def _cell(verdict: Verdict) -> str:
    answer = _ANSWERS[verdict.answer]
    if verdict.answer == "not simulated":
        return answer
    half_width = (verdict.high - verdict.low) / 2
    return f"{format_number(verdict.simulated, verdict.figure.unit, half_width, most=3)} {answer}"


def _write_side_by_side(
    page: Page,
    base: Run,
    groups: dict[str, list[Verdict]],
    cells: dict[str, dict[str, str]],
    names: Sequence[str],
    heads: dict[str, str],
) -> None:
    """Write a table with a row for each figure, and columns for the base and some alternatives."""
    shown = [next(iter(cells)), *names]
    table = page.table("Figure", "Published", *(heads.get(name, name) for name in shown))
    several = has_several_channels(base.scenario)
    for channel, verdicts in groups.items():
        if several:
            table.add_row(page.text(channel, "bold"))
        for verdict in verdicts:
            figure = verdict.figure
            table.add_row(
                page.text(shortened(page, title_of(verdict), 2 * _LEAST_TITLE)),
                page.text(format_published(figure, short=True)),
                *(page.text(cells[name][figure.id]) for name in shown),
            )
    page.write_table(table)
