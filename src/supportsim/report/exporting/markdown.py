"""Verdicts as Markdown, as GitHub shows it in pull requests."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from supportsim.report.grouping import ROLES, judged_by_channel
from supportsim.report.numbers import format_estimate, format_published, format_tolerance
from supportsim.report.terminal import what_was_run
from supportsim.report.verdict_tables import rounded_up, summary, title_of
from supportsim.versions import version

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from supportsim.benchmarks import Verdict
    from supportsim.studies import Run

_MARKS = {"matches": "✅", "undecided": "❔", "misses": "❌"}
"""The better one first."""
_MARKUP = re.compile(r"[\\`*_{}\[\]<>|~$&!]|(?<=www)\.|^(?=[#+=-])|^\d+[.)](?= |$)")
_REFERENCE = re.compile(r"(?<=[@#:])(?=\S)")
"""Where a mention, a number of an issue, an address or a picture by name may begin."""


def markdown_text(run: Run) -> str:
    """Return the verdicts of a run as Markdown: a heading, a table, what to know."""
    return "\n".join(_lines(run)) + "\n"


def _lines(run: Run) -> Iterator[str]:
    yield f"### {_mark(run)} {as_text(run.scenario.name)}: {as_text(summary(run))}"
    yield ""
    yield f"{as_text(what_was_run(run))}; supportsim {version()}"
    yield ""
    groups = judged_by_channel(run)
    for channel, verdicts in groups.items():
        yield f"**{as_text(channel)}**"
        yield ""
        yield "| Figure | Published | Accepted | Simulated (95 %) | Role | Verdict |"
        yield "| --- | ---: | ---: | ---: | --- | --- |"
        for verdict in verdicts:
            yield f"| {' | '.join(_cells(verdict))} |"
        yield ""
    if groups:
        yield "; ".join(f"{role}: {meaning}" for role, meaning in ROLES.items())
        yield ""
    yield from (f"- ⚠️ {as_text(warning)}" for warning in run.warnings)
    if run.stopped:
        yield f"- Replications: {as_text(run.stopped)}"
    yield ""
    yield from _left_out([v for v in run.verdicts if v.answer == "not simulated"])


def _mark(run: Run) -> str:
    """Return the mark of the worst verdict; that of a miss where nothing was judged."""
    answers = {verdict.answer for verdict in run.verdicts} - {"not simulated"}
    return _MARKS[max(answers, key=list(_MARKS).index, default="misses")]


def _cells(verdict: Verdict) -> Iterator[str]:
    figure = verdict.figure
    yield as_text(title_of(verdict))
    yield as_text(format_published(figure, short=True))
    yield as_text(format_tolerance(figure))
    yield as_text(format_estimate(verdict.simulated, verdict.low, verdict.high, figure.unit))
    yield verdict.role
    more = ""
    if verdict.replications is not None:
        more = f" (about {rounded_up(verdict.replications):,} replications would settle it)"
    answer = verdict.answer if verdict.answer == "matches" else f"**{verdict.answer}**"
    yield f"{_MARKS[verdict.answer]} {answer}{more}"


def _left_out(verdicts: Iterable[Verdict]) -> Iterator[str]:
    """Yield the figures that were not simulated, folded up."""
    lines = [
        f"- {as_text(v.figure.title)}, {as_text(format_published(v.figure))}: {as_text(v.reason)}"
        for v in verdicts
    ]
    if lines:
        yield f"<details><summary>Not simulated: {len(lines)}</summary>"
        yield ""
        yield from lines
        yield ""
        yield "</details>"


def as_text(text: str) -> str:
    r"""Return a text so that Markdown shows it as it is, in one line.

    Nothing in it is markup, HTML, a column of a table, a formula, a link or a mention of somebody;
    what cannot be printed is written out, as in ``\x07``.
    """
    line = "".join(map(_shown, text)).strip()
    # An empty comment is not shown, and what is before it is not read together with what is after.
    return _REFERENCE.sub("<!-- -->", _MARKUP.sub(_escaped, line))


def _escaped(found: re.Match[str]) -> str:
    """Return markup with a backslash before its last character, which is what makes it markup."""
    return found[0][:-1] + "\\" + found[0][-1:]


def _shown(letter: str) -> str:
    if letter.isspace():
        return " "
    return letter if letter.isprintable() else ascii(letter)[1:-1]
