"""Verdicts on a terminal: a table by role for one channel, a denser one by channel for several."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from rich.cells import cell_len

from supportsim.report.grouping import ROLES, has_several_channels, judged_by_channel, judged_of
from supportsim.report.numbers import (
    format_estimate,
    format_margin,
    format_published,
    format_published_and_accepted,
    format_tolerance,
)
from supportsim.report.page import NARROW, Page

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.text import Text

    from supportsim.benchmarks import Verdict
    from supportsim.studies import Run

_STYLES = {"matches": "green", "misses": "bold red", "undecided": "yellow"}
_DENSE_HEADS = ("Figure", "Published (accepted)", "Simulated", "Verdict")
_LEGEND = "p predicted; f fitted to the figure; i input; ±: half of the 95 % interval"
_LEAST_TITLE = 20
"""Characters for titles below which a dense table would say too little."""
_SHORTER = (
    (r", mean\b|\bMean (?=time)| until it is resolved\b", ""),
    (r"(?<=\d) minutes?\b", " min"),
    (r"(?<=\d) hours?\b", " h"),
    (r"\b[Tt]ime from arrival to\b", "time to"),
    (r"\b[Tt]ime to first response\b", "first response"),
    (r"\bbusiness hours\b", "business h"),
    (r"\bCustomers who |\bTickets (?=given up)", ""),
)
"""Words of titles, and what stands for them where there is no room, tried in this order."""


def write_verdicts(page: Page, run: Run) -> None:
    """Write the verdicts on simulated figures, and what their roles mean."""
    groups = judged_by_channel(run)
    if not groups:
        return
    if has_several_channels(run.scenario):
        _write_dense(page, groups)
    else:
        _write_by_role(page, groups)
        present = {verdict.role for verdict in run.verdicts}
        told = [f"{role}: {meaning}" for role, meaning in ROLES.items() if role in present]
        page.write("; ".join(told), "dim")
        page.write()


def _write_by_role(page: Page, groups: dict[str, list[Verdict]]) -> None:
    """Write a table with a heading for each channel and role, and whole titles."""
    table = page.table("Figure", "Published", "Accepted", "Simulated (95 %)", "Verdict", numbers=3)
    for channel, judged in groups.items():
        for role, verdicts in groupby(judged, lambda verdict: verdict.role):
            if table.row_count:
                table.add_row()
            table.add_row(page.text(f"{channel}, {role}:", "bold"))
            for verdict in verdicts:
                table.add_row(*_row(page, verdict))
    page.write_table(table)


def _row(page: Page, verdict: Verdict) -> Iterator[Text]:
    figure = verdict.figure
    yield page.text(title_of(verdict))
    yield page.text(format_published(figure, short=True))
    yield page.text(format_tolerance(figure))
    yield page.text(format_estimate(verdict.simulated, verdict.low, verdict.high, figure.unit))
    yield page.text(_answer(verdict), _STYLES[verdict.answer])


def title_of(verdict: Verdict) -> str:
    """Return a figure's title with the clock it is judged on, where that is not the calendar."""
    return verdict.figure.title + (", business hours" * (verdict.clock == "business hours"))


def _answer(verdict: Verdict) -> str:
    """Return the verdict in a word, which stands out without colour unless all is well."""
    return verdict.answer if verdict.answer == "matches" else verdict.answer.upper()


def _write_dense(page: Page, groups: dict[str, list[Verdict]]) -> None:
    """Write a line for each figure, the channels one after the other."""
    cells = {
        id(one): [page.plain(cell) for cell in _cells(one)] for g in groups.values() for one in g
    }
    widths = [
        max(map(cell_len, column)) for column in zip(_DENSE_HEADS[1:], *cells.values(), strict=True)
    ]
    room = page.width - sum(widths) - 2 * len(widths)
    if page.width < NARROW or room < _LEAST_TITLE:
        _write_stacked(page, groups)
        return
    table = page.table(*_DENSE_HEADS, numbers=2)
    rule = "─" if page.unicode else "-"
    for channel, verdicts in groups.items():
        heading = page.text(f"{2 * rule} {channel} ".ljust(room, rule), "bold")
        heading.no_wrap, heading.overflow = True, "crop"
        table.add_row(heading)
        for verdict in verdicts:
            title = shortened(page, title_of(verdict), room - 2)
            *numbers, answer = cells[id(verdict)]
            table.add_row(
                page.text(f"{verdict.role[0]} {title}"),
                *map(page.text, numbers),
                page.text(answer, _STYLES[verdict.answer]),
            )
    page.write_table(table, gap=False)
    page.write(_LEGEND, "dim")


def _cells(verdict: Verdict) -> list[str]:
    figure = verdict.figure
    return [
        format_published_and_accepted(figure),
        format_margin(verdict.simulated, verdict.low, verdict.high, figure.unit),
        _answer(verdict),
    ]


def _write_stacked(page: Page, groups: dict[str, list[Verdict]]) -> None:
    """Write a paragraph for each figure, where a table has no room."""
    for channel, verdicts in groups.items():
        page.write(channel, "bold")
        for verdict in verdicts:
            published, simulated, answer = _cells(verdict)
            page.write(title_of(verdict), lead=f"{verdict.role[0]} ")
            page.write(
                f"{published}; simulated {simulated}: {answer}",
                _STYLES[verdict.answer],
                indent=2,
            )
        page.write()
    page.write(_LEGEND, "dim")


def shortened(page: Page, title: str, width: int) -> str:
    """Return a title that takes no more than `width` characters.

    Words that have shorter forms get them, one after the other, until it fits; what is then still
    too long ends after a whole word.
    """
    for words, shorter in _SHORTER:
        if cell_len(page.plain(title)) > width:
            title = re.sub(words, shorter, title)
            title = title[:1].upper() + title[1:]
    if cell_len(page.plain(title)) <= width:
        return title
    end = len(title)
    while end and cell_len(page.plain(title[:end] + "…")) > width:
        end -= 1
    whole = end if title[end] == " " else title.rfind(" ", 0, end)
    return title[: whole if whole > width // 2 else end].rstrip(" ,") + "…"


def write_not_simulated(page: Page, run: Run) -> None:
    """Write the figures that were not simulated, by why not; of many only their numbers."""
    left_out = [verdict for verdict in run.verdicts if verdict.answer == "not simulated"]
    if not left_out:
        if has_several_channels(run.scenario) and run.verdicts:
            page.write()  # after the line that says what the marks mean
        return
    if has_several_channels(run.scenario):
        counts: dict[str, int] = {}
        for verdict in left_out:
            counts[_why(verdict)] = counts.get(_why(verdict), 0) + 1
        told = ", ".join(f"{count} {why}" for why, count in counts.items())
        page.write(f"{told} (supportsim benchmarks list)", lead="Not simulated: ")
    else:
        groups: dict[str, list[str]] = {}
        for verdict in left_out:
            figure = verdict.figure
            groups.setdefault(_why(verdict), []).append(
                f"{figure.title} {format_published(figure)}"
            )
        for why, figures in groups.items():
            page.write("; ".join(figures), lead=f"{why.capitalize()}: ")
    page.write()


def _why(verdict: Verdict) -> str:
    status = str(verdict.figure.status)
    return "not in this scenario" if status == "simulated" else status


def write_bottom_line(page: Page, run: Run) -> None:
    """Write how many figures match, and the names of those that do not."""
    page.write(summary(run), "bold")
    several = has_several_channels(run.scenario)
    for answer in ("misses", "undecided"):
        found = [
            (channel, verdict)
            for channel, verdicts in judged_by_channel(run).items()
            for verdict in verdicts
            if verdict.answer == answer
        ]
        if not found:
            continue
        if several:
            told = [f"{verdict.figure.title} ({channel})" for channel, verdict in found]
        else:
            told = [verdict.figure.title + _needed(verdict) for _, verdict in found]
        known = not several and any(verdict.replications for _, verdict in found)
        more = " (with the replications that would settle each)" if known else ""
        page.write("; ".join(told), lead=f"{answer.upper()}{more}: ")


def _needed(verdict: Verdict) -> str:
    """Return in brackets how many replications would settle a verdict, if that is known."""
    return "" if verdict.replications is None else f" ({rounded_up(verdict.replications):,})"


def summary(run: Run) -> str:
    """Return one line on the verdicts, such as ``"14 of 14 simulated figures match"``."""
    answers = [verdict.answer for verdict in judged_of(run)]
    if not answers:
        return "No published figure is simulated by this scenario"
    count = len(answers)
    matching = answers.count("matches")
    text = f"{matching} of {count} simulated figure{'s' * (count != 1)} match{'es' * (count == 1)}"
    rest = []
    if misses := answers.count("misses"):
        rest.append(f"{misses} miss{'es' * (misses == 1)}")
    if undecided := [v for v in run.verdicts if v.answer == "undecided"]:
        rest.append(f"{len(undecided)} undecided ({_settling(undecided, len(run.replications))})")
    return text + (f": {', '.join(rest)}" if rest else "")


def _settling(undecided: Sequence[Verdict], done: int) -> str:
    """Return what would settle undecided verdicts."""
    them = "it" if len(undecided) == 1 else "them"
    if done < 2:
        return "one replication gives no interval: ask for more"
    needed = [v.replications for v in undecided if v.replications is not None]
    if not needed:
        return f"more replications may not settle {them}"
    if len(needed) < len(undecided):
        them = f"{len(needed)} of them"
    return f"about {rounded_up(max(needed)):,} replications would settle {them}"


def rounded_up(count: int) -> int:
    """Return a number with its first two digits only."""
    unit = int(10 ** max(0, len(str(count)) - 2))
    return -(-count // unit) * unit
