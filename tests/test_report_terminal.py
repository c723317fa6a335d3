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

from larger_runs import changing_run, four_channel_run, judged_as, many_verdicts
from small_runs import TEAM, document, small_run, two_channel_run
from supportsim.benchmarks import Verdict, audit, load_registry
from supportsim.measures import MEASURES
from supportsim.report.numbers import (
    format_estimate,
    format_interval,
    format_margin,
    format_published,
    format_published_and_accepted,
    format_value,
    readable,
)
from supportsim.report.page import Page
from supportsim.report.terminal import (
    print_figures,
    print_findings,
    print_measures,
    print_run,
    summary,
)
from supportsim.report.verdict_tables import shortened
from supportsim.scenario.loading import validate
from supportsim.studies import Run, run

if TYPE_CHECKING:
    from collections.abc import Callable

REGISTRY = load_registry()


def printed(
    show: Callable[..., None],
    *what: Any,
    encoding: str = "utf-8",
    width: int = 80,
    **options: Any,
) -> str:
    raw = io.BytesIO()
    with io.TextIOWrapper(raw, encoding=encoding, newline="\n") as file:
        show(*what, Console(file=file, width=width, _environ={}), **options)
        file.flush()
        return raw.getvalue().decode(encoding)


def words(text: str) -> str:
    return " ".join(text.split())


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
            answer = one.answer if one.answer == "matches" else one.answer.upper()
            assert any(f"{estimate}  {answer}" in row for row in rows)
    for head in ("portal, predicted:", "portal, fitted:", "portal, input:"):
        assert f"\n{head}" in text
    assert "response, business hours" in words(text)


def test_shows_the_measures_that_no_figure_judges_and_only_those() -> None:
    text = printed(print_run, small_run())
    table = text[text.index("Other measures") :]
    assert "Share of duty spent on contacts" in table
    assert "Time to first response, 90th percentile" in table
    assert "Tickets with a first response" not in table  # judged as the response rate


def test_a_desk_of_one_channel_and_team_shows_all_measures_on_request() -> None:
    text = printed(print_run, small_run())
    assert "More measures: --measures" in text
    every = printed(print_run, small_run(), every_measure=True)
    table = words(every[every.index("\nMeasures") :])
    for one in small_run().asked.values():
        if one.owner != "all" or one.measure.owner == "desk":
            assert one.measure.title[1:] in table
    assert "--measures" not in every


def test_two_channels_stand_side_by_side_with_all_of_them_together() -> None:
    text = printed(print_run, two_channel_run())
    head = next(line for line in text.splitlines() if line.startswith("Channel"))
    assert head.split() == ["Channel", "portal", "phone", "all"]
    assert "measures.csv" in text


def lines_of(text: str, verdicts: tuple[Verdict, ...]) -> dict[str, list[str]]:
    """Return the rows of the verdicts by channel, and make sure that they are as many."""
    lines = text.splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("──"))
    groups: dict[str, list[str]] = {}
    channel = ""
    for line in lines[first:]:
        if line.startswith("── "):
            channel = line.split()[1]
        elif line.startswith(("p ", "f ", "i ")) and ";" not in line:
            groups.setdefault(channel, []).append(line)
    judged = [one for one in verdicts if one.answer != "not simulated"]
    assert sum(map(len, groups.values())) == len(judged)
    return groups


def test_48_verdicts_on_four_channels_take_two_screens() -> None:
    answers = [*["matches"] * 10, "misses", "undecided"]
    verdicts = many_verdicts(48, answers)
    text = printed(print_run, judged_as(four_channel_run(), *verdicts))
    lines = text.splitlines()
    assert len(lines) <= 90
    assert max(map(cell_len, lines)) <= 80
    assert "\x1b" not in text
    groups = lines_of(text, verdicts)
    assert list(groups) == ["portal", "chat", "phone", "email", "all"]
    for channel, rows in groups.items():
        mine = [one for one in verdicts if one.figure.channel == channel and one.role != "none"]
        assert len(rows) == len(mine)
        roles = [row[0] for row in rows]
        assert roles == sorted(roles, key="pfi".index)
        for answer in ("misses", "undecided"):
            shown = sum(row.rstrip().endswith(answer.upper()) for row in rows)
            assert shown == sum(one.answer == answer for one in mine)
        assert sum(row.rstrip().endswith("matches") for row in rows) == sum(
            one.answer == "matches" for one in mine
        )
    bottom = words(text[text.index("40 of 48 simulated figures match") :])
    assert "4 miss, 4 undecided" in bottom
    for one in verdicts:
        name = f"{one.figure.title} ({one.figure.channel})"
        assert (name in bottom) == (one.answer in ("misses", "undecided"))
    assert bottom.index("MISSES: ") < bottom.index("UNDECIDED: ")
    left_out = next(line for line in lines if line.startswith("Not simulated: "))
    assert sum(int(word) for word in left_out.split() if word.isdigit()) == len(verdicts) - 48


def test_the_dense_table_says_the_same_as_the_figures() -> None:
    verdicts = many_verdicts(48)
    text = printed(print_run, judged_as(four_channel_run(), *verdicts))
    rows = [row for rows in lines_of(text, verdicts).values() for row in rows]
    for one in verdicts:
        if one.answer != "not simulated":
            figure = one.figure
            simulated = format_margin(one.simulated, one.low, one.high, figure.unit)
            ends = f"{format_published_and_accepted(figure)}  {simulated}  {one.answer}"
            assert any(words(row).endswith(words(ends)) for row in rows)


def test_a_whole_title_is_shown_where_there_is_room() -> None:
    wide = printed(print_run, judged_as(four_channel_run(), *many_verdicts(48)), width=120)
    assert max(map(cell_len, wide.splitlines())) <= 100
    for one in many_verdicts(48):
        if one.answer != "not simulated" and len(one.figure.title) < 45:
            assert one.figure.title in wide


def test_no_miss_is_hidden_however_many_there_are() -> None:
    verdicts = many_verdicts(48, ["misses"])
    text = words(printed(print_run, judged_as(four_channel_run(), *verdicts)))
    assert text.count("MISSES") == 49
    bottom = text[text.index("0 of 48 simulated figures match: 48 miss") :]
    for one in verdicts:
        if one.answer == "misses":
            assert f"{one.figure.title} ({one.figure.channel})" in bottom


@pytest.mark.parametrize("width", [20, 40, 60, 75])
def test_many_verdicts_are_readable_on_a_narrow_terminal(width: int) -> None:
    verdicts = many_verdicts(48, ["matches", "misses", "undecided"])
    text = printed(print_run, judged_as(four_channel_run(), *verdicts), width=width)
    assert max(map(cell_len, text.splitlines())) <= max(width, 22)
    for one in verdicts:
        if one.answer != "not simulated" and width >= 40:
            assert words(one.figure.title) in words(text)
    assert "…" not in text


def test_titles_are_shortened_after_a_word_and_only_if_they_have_to_be() -> None:
    page = Page(Console(file=io.StringIO(), width=80, _environ={}))

    def short(title: str, width: int) -> str:
        made = shortened(page, title, width)
        assert len(made) <= width
        return made

    long = "Mean time to first response, business hours"
    assert short(long, 43) == long
    assert short(long, 40) == "Time to first response, business hours"
    assert short(long, 32) == "First response, business hours"
    assert short(long, 28) == "First response, business h"
    assert short(long, 20) == "First response…"
    assert short("Answered within 24 hours", 22) == "Answered within 24 h"
    assert short("Busiest hours of live chat", 22) == "Busiest hours of live…"
    assert short("Customers who switch channel", 20) == "Switch channel"
    assert short("Incomprehensibilities", 12) == "Incomprehen…"


def test_the_useful_measures_of_channels_and_teams_are_shown_and_all_on_request() -> None:
    text = printed(print_run, four_channel_run())
    lines = text.splitlines()
    head = next(line for line in lines if line.startswith("Channel"))
    assert head.split() == ["Channel", "portal", "chat", "phone", "email", "all"]
    row = next(line for line in lines if line.startswith("Service level, 40s"))
    assert row.rstrip().endswith("%")
    assert len(row.split()) == 5  # of the only channel with a target
    heads = next(line for line in lines if line.startswith("Team")).split()
    assert heads[:3] == ["Team", "Occupied", "On"]
    for team in ("desk", "phone", "experts", "machine"):
        assert any(line.startswith(f"{team} ") for line in lines)
    assert "More measures: --measures." in text

    every = printed(print_run, four_channel_run(), every_measure=True)
    assert max(map(cell_len, every.splitlines())) <= 80
    assert "…" not in every[every.index("\nChannel") :]
    assert "--measures" not in every
    for one in four_channel_run().asked.values():
        begin = one.measure.title[1:22].rpartition(" ")[0]  # the rest may be on the next line
        assert begin in every[every.index("\nChannel") :]
    of_teams = every[every.index("\nTeam") :]
    assert of_teams.splitlines()[1].split()[1:] == ["desk", "phone", "experts", "machine", "all"]
    assert "Agents who leave in a year" in of_teams
    assert "Tickets arriving" not in of_teams


def test_measures_of_one_channel_and_two_teams() -> None:
    teams = {"desk": TEAM, "other": {**TEAM, "agents": 2}}
    changes = {"teams": teams, "benchmarks": {}, "run": {"window": "1w", "replications": 1}}
    made = run(validate(document(**changes)), workers=1)
    for every in (False, True):
        text = printed(print_run, made, every_measure=every)
        heads = [line.split() for line in text.splitlines() if line.startswith(("Chan", "Team "))]
        assert heads[0] == ["Channel", "portal"]
        assert heads[1][0] == "Team"
    assert "Cost of the desk for a resolved ticket" in words(text)


def test_teams_without_limit_have_no_table() -> None:
    teams = {name: {"agents": "unlimited", "serves": ["portal"]} for name in ("one", "two")}
    settings = {"warm_up": "0w", "window": "1w", "replications": 2}
    made = run(validate(document(teams=teams, run=settings)), workers=1)
    assert "\nTeam" not in printed(print_run, made)


def test_a_team_that_people_leave_shows_how_many_are_there() -> None:
    text = printed(print_run, changing_run())
    for title in ("People employed", "Positions vacant", "Agents who leave in a year"):
        assert f"\n{title}" in text


def test_colour_appears_on_a_terminal_only_and_carries_no_meaning() -> None:
    file = io.StringIO()
    console = Console(
        file=file, width=80, force_terminal=True, color_system="standard", _environ={}
    )
    print_run(small_run(), console)
    assert "\x1b[" in file.getvalue()
    plain = printed(print_run, small_run())
    assert sum(plain.count(answer) for answer in ("matches", "MISSES", "UNDECIDED")) >= 14


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1"])
@pytest.mark.parametrize("width", [40, 60, 80])
def test_any_encoding_and_width_will_do(encoding: str, width: int) -> None:
    figures = tuple(REGISTRY.values())
    for show, what in (
        (print_run, (small_run(),)),
        (print_run, (two_channel_run(),)),
        (print_run, (judged_as(four_channel_run(), *many_verdicts(48)),)),
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
        (7.96, "score", 0.1, "7.96"),
        (0.7312, "index", 0.02, "0.731"),
        (1.5, "positions", 0.4, "1.5 positions"),
        (842.5, "currency per day", 11, "842 a day"),
        (14.21, "hours per day", 0.04, "14.21 hours a day"),
        (12.0, "currency per hour", math.nan, "12.0 an hour"),
        (10.9999, "hour of day", math.nan, "11:00"),
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


@pytest.mark.parametrize(
    ("numbers", "unit", "text"),
    [
        ((0.954, 0.952, 0.956), "share", "95.4 ±0.2"),
        ((10.0083, 9.992, 10.024), "min", "10.0 ±0.0"),
        ((0.25064, 0.2484, 0.2529), "per ticket", "0.251 ±0.002"),
        ((5.34, 5.24, 5.46), "h", "5.34 ±0.11"),
        ((1234.4, 1201, 1267), "min", "1,234 ±33"),
        ((0.2, -1.0, 1.4), "score", "0.2 ±1.2"),
        ((5.0, 5.0, 5.0), "currency", "5.00 ±0.00"),
        ((11.5, 11.2, 11.8), "hour of day", "11:30 ±0.3 h"),
        ((5.0, math.nan, math.nan), "h", "5.00"),
        ((math.nan, math.nan, math.nan), "h", "unknown"),
    ],
)
def test_margins_take_little_room(
    numbers: tuple[float, float, float], unit: str, text: str
) -> None:
    assert format_margin(*numbers, unit) == text


def test_published_figures_with_what_is_accepted_of_them() -> None:
    texts = {name: format_published_and_accepted(figure) for name, figure in REGISTRY.items()}
    assert texts["portal.answered_within_1h"] == "10 % (7–13)"
    assert texts["portal.resolution_time"] == "2–3 d"
    assert texts["global.cost_per_ticket"] == "15.56 (14.78–16.34)"
    assert texts["peak.phone"] == "11:00 (10:00–12:00)"
    assert max(map(len, texts.values())) <= 20


def test_measures_list_declares_every_measure() -> None:
    text = words(printed(print_measures))
    for measure in MEASURES:
        assert f".{measure.name} " in text
        assert measure.formula in text
        assert f"unit: {measure.unit}; of: {measure.population}" in text
    assert "{channel} stands for another channel, as in escalated_to_email" in text
    assert text.index("Of the whole desk") < text.index(" all.labour_cost_per_ticket ")


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
