"""The report of a comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from supportsim.report.comparing.tables import bottom_line, cells_of, is_same, reaches_over
from supportsim.report.grouping import has_several_channels, judged_by_channel
from supportsim.report.html_report.content import (
    Answer,
    Block,
    Column,
    Fold,
    Group,
    Plots,
    Report,
    Section,
    Table,
    Text,
    text_table,
)
from supportsim.report.html_report.judging import named, verdict_blocks
from supportsim.report.html_report.parameters import flat, shortened, written
from supportsim.report.html_report.plots import plots_of
from supportsim.report.html_report.reproducing import closing_sections
from supportsim.report.measure_tables import title_of as title_of_measure
from supportsim.report.numbers import format_published, format_tolerance, format_value
from supportsim.report.terminal import what_was_run
from supportsim.report.verdict_tables import summary, title_of

if TYPE_CHECKING:
    from supportsim.benchmarks import Verdict
    from supportsim.scenario import Scenario
    from supportsim.studies import Comparison
    from supportsim.studies.compare import Compared

_HEADS = ("Measure", "Base", "New", "Difference", "p (Holm)", "Differs", "Narrower")


def comparison_report(comparison: Comparison, command: str = "") -> Report:
    """Return the report of a comparison.

    Parameters
    ----------
    comparison
        The comparison.
    command
        The command that made it; empty if there was none.
    """
    from supportsim.report.pictures import pictures_of_comparison

    base = comparison.base
    warnings = [Text(one, "Warning: ") for one in comparison.warnings]
    if base.stopped:
        warnings.append(Text(base.stopped, "Replications: "))
    verdicts = [Text(f"{summary(run)}.", f"{n}: ") for n, run in comparison.runs.items()]
    line = bottom_line(comparison)
    return Report(
        name=base.scenario.name,
        study="Comparison",
        answer=f"{line[:1].upper()}{line[1:]}.",
        tone="plain",
        about=f"The base and each alternative with the same random numbers: {what_was_run(base)}.",
        description=base.scenario.description,
        notes=[*(verdicts if base.figures else []), *warnings],
        sections=[
            Section(
                "Differences",
                [_legend(comparison), Plots(plots_of(pictures_of_comparison(comparison)))],
                [_alternative(comparison, name) for name in comparison.alternatives],
            ),
            *_verdicts(comparison),
            *closing_sections(
                base.scenario,
                command,
                replications=str(len(base.replications)),
                confidence=f"{comparison.confidence:g}, of all intervals and tests at once",
            ),
        ],
    )


def _legend(comparison: Comparison) -> Text:
    return Text(
        f"±: half of an interval; all {len(comparison.differences)} of them hold at once "
        "(Bonferroni). Differs: by tests that hold at once as well (Holm). Narrower: how many "
        "times as wide the interval would be with independent seeds."
        + " *: by the test alone; the interval, which says more, still holds 0."
        * any(map(reaches_over, comparison.differences)),
        aside=True,
    )


def _alternative(comparison: Comparison, name: str) -> Section:
    """Return what is changed in an alternative, and what becomes different by it."""
    found = [one for one in comparison.differences if one.alternative == name]
    blocks: list[Block] = []
    changed = _changes(comparison.base.scenario, comparison.alternatives[name].scenario)
    if changed:
        blocks.append(
            text_table(f"What is changed in {name}", ("Key", "Base", "New"), changed[:MOST_CHANGES])
        )
        if len(changed) > MOST_CHANGES:
            blocks.append(Text(f"{len(changed) - MOST_CHANGES} more keys are changed.", aside=True))
    shown = [one for one in found if not one.reason and not is_same(one)]
    if shown:
        rows = [_row(comparison, one) for one in shown]
        blocks.append(text_table(f"Differences of {name}", _HEADS, rows, numbers=(1, 2, 3, 4, 6)))
    same = [_titled(one) for one in found if not one.reason and is_same(one)]
    if same:
        told = "every measure" if len(same) == len(found) else "; ".join(same)
        blocks.append(Text(told, "Exactly as in the base: "))
    blocks += [Text(one.reason, f"{_titled(one)}: ") for one in found if one.reason]
    return Section(name, blocks)


MOST_CHANGES = 60
"""Keys of which an alternative's changes are listed; two unlike scenarios differ in hundreds."""


def _changes(base: Scenario, other: Scenario) -> list[tuple[str, str, str]]:
    """Return the keys in which two scenarios differ, with both values."""
    before, after = (_values(one) for one in (base, other))
    keys = dict.fromkeys([*before, *after])
    return [
        (key, _told(before.get(key)), _told(after.get(key)))
        for key in keys
        if before.get(key) != after.get(key) and key not in ("name", "description")
    ]


def _values(scenario: Scenario) -> dict[str, Any]:
    return dict(flat(scenario.model_dump(mode="json", by_alias=True)))


def _told(value: Any) -> str:
    return "none" if value is None else shortened(written(value))


def _titled(one: Compared) -> str:
    return f"{one.asked.owner}: {title_of_measure(one.asked.measure)}"


def _row(comparison: Comparison, one: Compared) -> tuple[str, ...]:
    row = cells_of(comparison, one)
    numbers = (row.base, row.alternative, row.difference, row.p_value)
    return (f"{one.asked.owner}: {row.title}", *numbers, row.differs, row.narrower)


def _verdicts(comparison: Comparison) -> list[Section]:
    """Return the verdicts side by side, and those of each scenario with their drawings."""
    groups = judged_by_channel(comparison.base)
    if not groups:
        return []
    answers = {
        name: {verdict.figure.id: verdict for verdict in run.verdicts}
        for name, run in comparison.runs.items()
    }
    columns = [
        Column("Figure"),
        Column("Published", number=True),
        Column("Accepted", number=True),
        *(Column(name) for name in answers),
    ]
    several = has_several_channels(comparison.base.scenario)
    rows = [
        Group(
            named(channel) if several else "",
            [
                (
                    title_of(one),
                    format_published(one.figure, short=True),
                    format_tolerance(one.figure),
                    *(_cell(found[one.figure.id], one) for found in answers.values()),
                )
                for one in verdicts
            ],
        )
        for channel, verdicts in groups.items()
    ]
    table = Table("Verdicts side by side", columns, rows)
    each = [Fold(f"Intervals of {n}", verdict_blocks(run)) for n, run in comparison.runs.items()]
    return [Section("Verdicts", [table, *each])]


def _cell(verdict: Verdict, base: Verdict) -> Answer:
    """Return a verdict with what was simulated, and whether it is another one than the base's."""
    if verdict.answer == "not simulated":
        return Answer(verdict.answer)
    half_width = (verdict.high - verdict.low) / 2
    number = format_value(verdict.simulated, verdict.figure.unit, half_width, short=True, most=3)
    changed = ", not as in the base" if verdict.answer != base.answer else ""
    return Answer(verdict.answer, f"{number}{changed}")
