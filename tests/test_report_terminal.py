"""The terminal report: complete, 80 columns wide, and clear without colour."""

from __future__ import annotations

import dataclasses
import io
import math
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from small_runs import document, small_run, two_channel_run
from supportsim.benchmarks import Verdict, audit, load_registry
from supportsim.measures import MEASURES
from supportsim.report.numbers import (
    format_estimate,
    format_interval,
    format_published,
    format_value,
    readable,
)
from supportsim.report.terminal import (
    print_figures,
    print_findings,
    print_measures,
    print_run,
    summary,
)
from supportsim.scenario.loading import validate
from supportsim.studies import Run, run

if TYPE_CHECKING:
    from collections.abc import Callable

REGISTRY = load_registry()


def printed(show: Callable[..., None], *what: Any, encoding: str = "utf-8", width: int = 80) -> str:
    raw = io.BytesIO()
    with io.TextIOWrapper(raw, encoding=encoding, newline="\n") as file:
        show(*what, Console(file=file, width=width, _environ={}))
        file.flush()
        return raw.getvalue().decode(encoding)


def words(text: str) -> str:
    return " ".join(text.split())


def judged_as(run_: Run, *verdicts: Verdict) -> Run:
    """Return a run with these verdicts."""
    changed = dataclasses.replace(run_)
    changed.__dict__["verdicts"] = verdicts
    return changed


def verdict(figure_id: str, answer: str, **numbers: Any) -> Verdict:
    return Verdict(REGISTRY[figure_id], answer, "predicted", **numbers)  # type: ignore[arg-type]


@pytest.mark.parametrize(("make", "most"), [(small_run, 80), (two_channel_run, 100)])
def test_fits_80_columns_and_two_screens_without_escape_codes(
    make: Callable[[], Run], most: int
) -> None:
    text = printed(print_run, make())
    lines = text.splitlines()
    assert max(map(cell_len, lines)) <= 80
    assert "\x1b" not in text
    assert len(lines) <= most


def test_names_the_run_and_every_figure_with_its_verdict() -> None:
    result = small_run()
    text = printed(print_run, result)
    assert text.startswith("small desk\n2 replications of 3 weeks from 2026-01-05")
    assert "seed 3" in text
    for one in result.verdicts:
        if one.answer == "not simulated":
            assert f"{one.figure.title} {format_published(one.figure)}" in words(text)
        else:
            begin = one.figure.title[:20].rpartition(" ")[0]
            estimate = format_estimate(one.simulated, one.low, one.high, one.figure.unit)
            rows = [line for line in text.splitlines() if line.startswith(begin)]
            assert any(f"{estimate}  {one.answer}" in row for row in rows)
    for head in ("portal, predicted:", "portal, fitted:", "portal, input:"):
        assert f"\n{head}" in text
    assert "response, business hours" in words(text)


def test_shows_the_measures_that_no_figure_judges_and_only_those() -> None:
    text = printed(print_run, small_run())
    table = text[text.index("Other measures") :]
    assert "Share of duty spent on contacts" in table
    assert "Time to first response, 90th percentile" in table
    assert "Tickets with a first response" not in table  # judged as the response rate


def test_two_channels_stand_side_by_side_with_all_of_them_together() -> None:
    text = printed(print_run, two_channel_run())
    head = next(line for line in text.splitlines() if line.startswith("Other measures of channels"))
    assert head.split()[-3:] == ["portal", "phone", "all"]
    assert "measures.csv" in text


def test_colour_appears_on_a_terminal_only_and_carries_no_meaning() -> None:
    file = io.StringIO()
    console = Console(
        file=file, width=80, force_terminal=True, color_system="standard", _environ={}
    )
    print_run(small_run(), console)
    assert "\x1b[" in file.getvalue()
    plain = printed(print_run, small_run())
    assert sum(plain.count(answer) for answer in ("matches", "misses", "undecided")) >= 14


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1"])
@pytest.mark.parametrize("width", [40, 60, 80])
def test_any_encoding_and_width_will_do(encoding: str, width: int) -> None:
    figures = tuple(REGISTRY.values())
    for show, what in (
        (print_run, (small_run(),)),
        (print_run, (two_channel_run(),)),
        (print_measures, ()),
        (print_figures, (figures,)),
        (print_findings, (audit(figures),)),
    ):
        text = printed(show, *what, encoding=encoding, width=width)
        assert "–" not in text or encoding != "ascii"
        assert max(map(len, text.splitlines())) <= width


def test_names_are_neither_markup_nor_escape_codes() -> None:
    name = "[bold red]desk[/] \x1b[31m :smile:"
    changes = {"name": name, "benchmarks": {}, "run": {"window": "1w", "replications": 1}}
    text = printed(print_run, run(validate(document(**changes)), workers=1))
    assert "[bold red]desk[/]  [31m :smile:" in text
    assert "\x1b" not in text


def test_a_run_without_figures_and_intervals_says_so() -> None:
    changes = {"benchmarks": {}, "run": {"window": "1w", "replications": 1}}
    text = printed(print_run, run(validate(document(**changes)), workers=1))
    assert "1 replication of 1 week" in text
    assert "none" in text
    assert text.endswith("No published figure is simulated by this scenario\n")


def test_warnings_and_the_end_of_automatic_replications_are_told() -> None:
    changed = dataclasses.replace(small_run(), stopped="precision 5.0% reached")
    changed.__dict__["warnings"] = ("the [sky] is falling",)
    text = printed(print_run, changed)
    assert "Warning: the [sky] is falling" in text
    assert "Replications: precision 5.0% reached" in text


def test_the_last_line_counts_verdicts() -> None:
    matching = verdict("portal.wrap_up", "matches")
    missing = verdict("portal.backlog", "misses")
    near = verdict("portal.response_rate", "undecided", replications=23)
    far = verdict("portal.resolution_rate", "undecided", replications=1046)
    never = verdict("portal.transfers", "undecided")
    left = verdict("portal.csat", "not simulated")

    def line(*verdicts: Verdict) -> str:
        return summary(judged_as(small_run(), *verdicts))

    assert line(matching, left) == "1 of 1 simulated figure matches"
    assert line(matching, matching, left) == "2 of 2 simulated figures match"
    assert line(matching, missing, near) == (
        "1 of 3 simulated figures match: 1 misses, 1 undecided "
        "(about 23 replications would settle it)"
    )
    assert line(missing, missing, near, far) == (
        "0 of 4 simulated figures match: 2 miss, 2 undecided "
        "(about 1,100 replications would settle them)"
    )
    assert "1 of them" in line(near, never)
    assert "may not settle it" in line(never)


@pytest.mark.parametrize(
    ("value", "unit", "half_width", "text"),
    [
        (0.9396, "share", 0.0133, "94.0 %"),
        (4.193, "h", 0.289, "4.19 h"),
        (1.642, "d", 0.095, "1.64 d"),
        (8.055, "tickets", 0.52, "8.1 tickets"),
        (1234.4, "min", 33, "1,234 min"),
        (0.0833333, "agents", 0.0, "0.0833 agents"),
        (0.0, "min", 0.0, "0 min"),
        (-0.0001, "score", 0.2, "0.00"),
        (13.5, "hour of day", math.nan, "13:30"),
        (math.nan, "h", math.nan, "unknown"),
        (math.inf, "h", math.nan, "unknown"),
        (5.0, "currency", math.nan, "5.00"),
    ],
)
def test_numbers_have_the_digits_they_deserve(
    value: float, unit: str, half_width: float, text: str
) -> None:
    assert format_value(value, unit, half_width) == text


def test_intervals_and_published_ranges() -> None:
    assert format_interval(3.904, 4.482, "h") == "3.90–4.48"
    assert format_interval(math.nan, math.nan, "h") == "none"
    assert format_interval(-3.0, 1.0, "score") == "-3.0 to 1.0"
    assert format_published(REGISTRY["portal.resolution_time"]) == "2–3 d"
    assert format_published(REGISTRY["portal.answered_within_1h"]) == "10 %"
    assert format_published(REGISTRY["portal.transfers"]) == "0.25 a ticket"
    assert format_published(REGISTRY["portal.transfers"], short=True) == "0.25"
    assert [readable(minutes)[1] for minutes in (0.3, 5, 119, 120, 4319, 4320)] == [
        *("s", "min", "min", "h", "h", "d"),
    ]
    assert readable(math.nan) == (1.0, "min")


def test_measures_list_declares_every_measure() -> None:
    text = words(printed(print_measures))
    for measure in MEASURES:
        assert f".{measure.name} " in text
        assert measure.formula in text
        assert f"unit: {measure.unit}; of: {measure.population}" in text


def test_figures_list_names_every_figure_with_its_source() -> None:
    text = printed(print_figures, tuple(REGISTRY.values()))
    for figure in REGISTRY.values():
        assert f"\n{figure.id} " in text
        assert figure.source in words(text)
    assert text.endswith(f"{len(REGISTRY)} figures\n")
    assert printed(print_figures, ()) == "0 figures\n"


def test_findings_begin_with_contradictions_and_hide_nothing() -> None:
    findings = audit(REGISTRY.values())
    text = printed(print_findings, findings)
    assert text.startswith("Contradictions")
    assert max(map(len, text.splitlines())) <= 80
    for finding in findings:
        assert finding.statement in words(text)
        assert finding.source in words(text)
        assert f"Figures: {', '.join(finding.figures)}" in words(text)
        assert finding.reading in words(text)
    assert "0 contradictions" in printed(print_findings, ())


def test_the_terminal_needs_neither_matplotlib_nor_pandas() -> None:
    code = (
        "import sys, supportsim, supportsim.report.terminal, supportsim.report.documents;"
        "print([name for name in ('pandas', 'matplotlib') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
