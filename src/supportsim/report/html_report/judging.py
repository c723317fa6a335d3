"""Verdicts in a report: the answer in a sentence, the table with its bars, and the roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supportsim.measures import ALL
from supportsim.report.grouping import ROLES, has_several_channels, judged_by_channel, judged_of
from supportsim.report.html_report.bars import bar
from supportsim.report.html_report.content import (
    Answer,
    Block,
    Column,
    Facts,
    Fold,
    Group,
    Table,
    Text,
)
from supportsim.report.numbers import (
    format_estimate,
    format_interval,
    format_published,
    format_tolerance,
    format_value,
    readable,
)
from supportsim.report.verdict_tables import rounded_up, title_of

if TYPE_CHECKING:
    from supportsim.benchmarks import Verdict
    from supportsim.report.html_report.bars import Bar
    from supportsim.studies import Run

_TABLE_MEANS = (
    "Matches: the whole 95 % interval is within what is accepted. Misses: none of it is. "
    "Undecided: the interval reaches over an end."
)
_BARS_MEAN = (
    "In the drawings the shaded band is what is accepted, the upright stroke what was published, "
    "the line the 95 % interval; a circle matches, a cross misses, a diamond is undecided, and an "
    "arrow says that the estimate is further out than is drawn. A line without a stroke at its end "
    "goes on."
)
_MOST_NAMED = 8
"""Figures that are named before the tables; of more their number is told."""


def answer_of(run: Run) -> tuple[str, str]:
    """Return the answer of a run in one sentence, and its tone: good, bad, open or plain."""
    judged = judged_of(run)
    count, answers = len(judged), [verdict.answer for verdict in judged]
    name = run.scenario.name
    if not judged:
        return _without_figures(run), "plain"
    figures = f"published figure{'s' * (count != 1)}"
    if run.all_match:
        every = f"all {count} {figures}" if count > 1 else f"the one {figures}"
        return f"{name} matches {every} that it simulates.", "good"
    parts = [f"{name} matches {answers.count('matches')} of {count} {figures}"]
    if misses := answers.count("misses"):
        parts.append(f"misses {misses}")
    if undecided := answers.count("undecided"):
        parts.append(f"leaves {undecided} undecided")
    return f"{_listed(parts)}.", "bad" if misses else "open"


def _without_figures(run: Run) -> str:
    """Return what customers of the first channel see, where no published figure is judged."""
    channel = next(iter(run.scenario.channels))
    told = []
    for name, words in (("first_response_time_median", "a median of {}"), ("abandonment", "{}")):
        if f"{channel}.{name}" in run.estimates:
            told.append(words.format(measured(run, f"{channel}.{name}")[0]))
    text = f"{run.scenario.name} simulates no published figure"
    if len(told) == 2:
        text += (
            f"; on {channel} customers wait {told[0]} for a first response, and {told[1]} of "
            "tickets are given up before one"
        )
    return f"{text}."


def measured(run: Run, name: str) -> tuple[str, str]:
    """Return an estimate with its unit, in which it reads best, and its interval."""
    one, unit, factor = run.estimates[name], run.asked[name].measure.unit, 1.0
    if unit == "min":
        factor, unit = readable(one.mean)
    ends = (factor * one.low, factor * one.high)
    value = format_value(factor * one.mean, unit, factor * one.half_width)
    return value, format_interval(*ends, unit)


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def open_questions(run: Run) -> list[Text]:
    """Return the figures that do not match, by why not."""
    notes = []
    for answer, lead in (("misses", "Misses: "), ("undecided", "Undecided: ")):
        found = [
            _placed(run, channel, verdict)
            for channel, verdicts in judged_by_channel(run).items()
            for verdict in verdicts
            if verdict.answer == answer
        ]
        if len(found) > _MOST_NAMED + 1:
            found[_MOST_NAMED:] = [f"and {len(found) - _MOST_NAMED} more"]
        if found:
            notes.append(Text("; ".join(found), lead))
    return notes


def _placed(run: Run, channel: str, verdict: Verdict) -> str:
    title = title_of(verdict)
    return f"{title} ({named(channel)})" if has_several_channels(run.scenario) else title


def named(channel: str) -> str:
    """Return how a channel is called, or all of them."""
    return "all channels" if channel == ALL else channel


def _settled(verdict: Verdict) -> str:
    """Return how many replications would settle a verdict, with its first two digits."""
    if verdict.replications is None:
        return ""
    return f"about {rounded_up(verdict.replications):,} replications would settle it"


def verdict_blocks(run: Run) -> list[Block]:
    """Return the table of the verdicts, and what it means."""
    groups = judged_by_channel(run)
    if not groups:
        return [Text("None of the published figures is about what this scenario simulates.")]
    several = has_several_channels(run.scenario)
    columns = [
        Column("Figure"),
        Column("Published", number=True),
        Column("Accepted", number=True),
        Column("Simulated (95 %)", number=True),
        Column("Interval and band"),
        Column("Verdict"),
        Column("Role"),
    ]
    rows = [
        Group(named(channel) if several else "", [_row(verdict) for verdict in verdicts])
        for channel, verdicts in groups.items()
    ]
    table = Table("Published and simulated figures", columns, rows, stacked=True)
    return [table, Text(_TABLE_MEANS, aside=True), Text(_BARS_MEAN, aside=True)]


def _row(verdict: Verdict) -> tuple[str | Answer | Bar, ...]:
    figure = verdict.figure
    return (
        title_of(verdict),
        format_published(figure, short=True),
        format_tolerance(figure),
        format_estimate(verdict.simulated, verdict.low, verdict.high, figure.unit),
        bar_of(verdict),
        Answer(verdict.answer, _settled(verdict)),
        verdict.role,
    )


def bar_of(verdict: Verdict) -> Bar | str:
    """Return the drawing of a verdict, which says in words what the row beside it says."""
    figure = verdict.figure
    return bar(
        (verdict.simulated, verdict.low, verdict.high),
        (figure.tolerance.low, figure.tolerance.high),
        figure.published,
        verdict.answer,
        f"simulated {format_estimate(verdict.simulated, verdict.low, verdict.high, figure.unit)}, "
        f"accepted {format_tolerance(figure)}: {verdict.answer}",
    )


def role_blocks(run: Run) -> list[Block]:
    """Return which figures were put in, fitted and predicted, and which were not simulated."""
    told = []
    for role, meaning in ROLES.items():
        found = [
            f"{_placed(run, channel, verdict)} ({verdict.answer})"
            for channel, verdicts in judged_by_channel(run).items()
            for verdict in verdicts
            if verdict.role == role
        ]
        told.append((f"{role.capitalize()}: {meaning}", "; ".join(found) or "none"))
    blocks: list[Block] = [
        Text(
            "A figure that was put in only comes out again, and one that was fitted agrees because "
            "it was made to. What is predicted is the test of the model."
        ),
        Facts(told),
    ]
    left_out = [verdict for verdict in run.verdicts if verdict.answer == "not simulated"]
    if left_out:
        columns = [Column("Figure"), Column("Published", number=True), Column("Why not")]
        rows = [
            (verdict.figure.title, format_published(verdict.figure), verdict.reason)
            for verdict in left_out
        ]
        title = f"Not simulated: {len(rows)} published figure{'s' * (len(rows) != 1)}"
        blocks.append(Fold(title, [Table(title, columns, [Group("", rows)], stacked=True)]))
    sources = [verdict.figure for verdict in run.verdicts]
    if sources:
        columns = [Column("Figure"), Column("Publisher"), Column("Source"), Column("Accepted, why")]
        cited = [(one.title, one.publisher, one.source, one.tolerance.reason) for one in sources]
        title = "Where the figures were published, and why so much is accepted"
        blocks.append(Fold(title, [Table(title, columns, [Group("", cited)], stacked=True)]))
    return blocks
