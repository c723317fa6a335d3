"""The report of a sweep on a terminal: a line for each point, and the points that match."""

from __future__ import annotations

import math
import re
import statistics
import textwrap
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from rich.text import Text

from supportsim.benchmarks.verdicts import is_input
from supportsim.measures import ALL
from supportsim.report.numbers import format_margin, format_value, readable
from supportsim.report.page import Page
from supportsim.studies.sweeping.sensitivity import sensitivity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from supportsim.studies.sweeping import Point, Sweep

MOST_POINTS = 40
"""Points that are shown; of more the best."""
BEST = 12
"""How many of them."""
USEFUL = ("first_response_time", "wait", "abandonment", "resolution_time", "backlog_open")
"""Measures that are shown where no published figure is judged."""
_ANSWERS = {"matches": "Match", "misses": "Miss", "undecided": "Open"}
_NUMBER = 11
"""Characters for an estimate."""
_VAGUE = ("mean", "median", "cv", "sd", "probability", "share", "at_most", "to", "delay")
"""Last parts of keys that do not say what they are about."""
_DRIVEN = 4
"""Measures of which a report tells what drives them."""
_MOST_WARNINGS = 5
_SYMBOLS = {"share": "%", "s": "s", "min": "min", "h": "h", "d": "d"}


@dataclass(frozen=True)
class Overview:
    """A sweep as a table of texts.

    Attributes
    ----------
    heads
        Heads of the columns.
    rows
        The cells of each point that is shown.
    shown
        These points.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    shown: tuple[Point, ...]


def overview(sweep: Sweep, width: int = 100) -> Overview:
    """Return the points of a sweep, or the best of many, with the measures that tell them apart.

    Parameters
    ----------
    sweep
        The sweep.
    width
        Characters that a line may take: they decide how many parameters and measures there are.
    """
    shown = sweep.points if len(sweep.points) <= MOST_POINTS else ranked(sweep)[:BEST]
    judged = any(point.judged for point in sweep.points)
    answers = tuple(_ANSWERS) if judged else ()
    used = len("Point") + sum(len(_ANSWERS[answer]) + 2 for answer in answers)
    names: dict[str, str] = {}
    texts: dict[str, list[str]] = {}
    for key, name in short_names(sweep.parameters).items():
        cells = [_text(point.values[key]) for point in shown]
        needed = 2 + max(map(len, (name, *cells)))
        if not texts or used + needed + _NUMBER + 2 <= width:
            names[key], texts[key] = name, cells
            used += needed
    measures = telling_measures(sweep, max(1, (width - used) // (_NUMBER + 2)))
    columns = [_column(sweep, name, shown) for name in measures]
    rows = [
        (
            str(point.number),
            *(texts[key][row] for key in texts),
            *(cells[row] for _head, cells in columns),
            *(str(point.judged.count(answer)) for answer in answers),
        )
        for row, point in enumerate(shown)
    ]
    heads = ["Point", *names.values(), *(head for head, _cells in columns)]
    return Overview((*heads, *(_ANSWERS[answer] for answer in answers)), tuple(rows), shown)


def print_sweep(sweep: Sweep, console: Console, *, table: str = "") -> None:
    """Print a sweep: what was varied, its points, and which of them meet the benchmarks.

    Parameters
    ----------
    sweep
        The sweep.
    console
        Where to print.
    table
        Where the whole table is, if anywhere.
    """
    page = Page(console)
    settings, count = sweep.scenario.run, len(sweep.points)
    page.write(sweep.scenario.name, "bold")
    page.write(
        f"{count} point{'s' * (count != 1)} ({sweep.design}), {replications_told(sweep)}; seed "
        f"{settings.seed}, the same random numbers at every point"
    )
    for key, name in short_names(sweep.parameters).items():
        if name != key:
            page.write(f"{name} is {key}", "dim", indent=2)
    page.write()
    seen = overview(sweep, page.width)
    rows = page.table(*seen.heads)
    for column, head in zip(rows.columns, seen.heads, strict=True):
        column.header = Text("\n".join(map(page.plain, head.splitlines())))
        column.min_width, column.justify = None, "right"
    for cells, point in zip(seen.rows, seen.shown, strict=True):
        rows.add_row(*map(page.text, cells), style="bold" if point.all_match else "")
    page.write_table(rows)
    hidden = [one for one in short_names(sweep.parameters).values() if one not in seen.heads]
    if hidden:
        page.write(f"No room here for {', '.join(hidden)}: --json, or sweep.csv of --out.", "dim")
    if len(seen.shown) < count:
        page.write(
            f"The {len(seen.shown)} of {count} points at which most figures match, or else the "
            f"first; all of them: {table or '--out DIR, or --json'}.",
            "dim",
        )
    page.write(
        "±: half of the 95 % interval" + "; Open: undecided" * bool(seen.shown[0].judged), "dim"
    )
    page.write()
    told = warning_lines(sweep)
    for line in told:
        page.write(line, lead="Warning: ")
    if told:
        page.write()
    if sweep.design == "saltelli":
        _write_drivers(page, sweep)
    for line in summary_lines(sweep):
        page.write(line, "bold")


def _write_drivers(page: Page, sweep: Sweep) -> None:
    """Write how much each parameter drives the measures that tell the points apart best."""
    table = page.table("Share of the variance", "Alone (95 %)", "With others (95 %)")
    names = short_names(sweep.parameters)
    drives = sensitivity(sweep, telling_measures(sweep, _DRIVEN))
    for measure, group in groupby(drives, lambda drive: drive.measure):
        table.add_row(page.text(measure, "bold"))
        for drive in group:
            shares = (
                (drive.first, drive.first_low, drive.first_high),
                (drive.total, drive.total_low, drive.total_high),
            )
            cells = [
                "unknown" if drive.note else f"{a:.2f} ({b:.2f}–{c:.2f})" for a, b, c in shares
            ]
            table.add_row(page.text(f"  {names[drive.parameter]}"), *map(page.text, cells))
    page.write_table(table)


def warning_lines(sweep: Sweep) -> list[str]:
    """Return the warnings of the points, each with the points that it is about."""
    about: dict[str, list[str]] = {}
    for point in sweep.points:
        for warning in point.warnings:
            about.setdefault(warning, []).append(str(point.number))
    lines = [f"{_points(numbers)}: {warning}" for warning, numbers in about.items()]
    hidden = len(lines) - _MOST_WARNINGS
    if hidden > 1:
        lines[_MOST_WARNINGS:] = [f"and {hidden} others, of other points: --json has all"]
    return lines


def _points(numbers: Sequence[str]) -> str:
    if len(numbers) == 1:
        return f"point {numbers[0]}"
    more = f" and {len(numbers) - 6} more" if len(numbers) > 6 else ""
    return f"points {', '.join(numbers[:6])}{more}"


def replications_told(sweep: Sweep) -> str:
    """Return how many replications each point has: ``"20 replications each"``."""
    count = sweep.scenario.run.replications
    if count == "auto":
        return "as many replications each as the precision takes"
    return f"{count} replication{'s' * (count != 1)} each"


def summary_lines(sweep: Sweep) -> list[str]:
    """Return which points meet the benchmarks, and the cheapest of them."""
    best = ranked(sweep)[0]
    count = len(best.judged)
    if not count:
        return ["No published figure is simulated by this scenario"]
    figures = f"all {count} simulated figures" if count > 1 else "the simulated figure"
    if not sweep.matching:
        answers = ", ".join(
            f"{best.judged.count(answer)} {told}"
            for answer, told in (("matches", "match"), ("misses", "miss"), ("undecided", "open"))
        )
        return [f"No point is shown to meet {figures}; nearest is {_named(best)}: {answers}"]
    found = sweep.matching
    told = "; ".join(map(_named, found[:3])) + (f" and {len(found) - 3} more" * (len(found) > 3))
    lines = [f"{len(found)} of {len(sweep.points)} points meet {figures}: {told}"]
    cost = _cost(sweep)
    priced = [point for point in found if cost and math.isfinite(point.results[cost].mean)]
    if len(priced) > 1:
        cheapest = min(priced, key=lambda point: point.results[cost].mean)
        one, measure = cheapest.results[cost], sweep.asked[cost].measure
        price = format_value(one.mean, measure.unit, (one.high - one.low) / 2)
        lines.append(f"The cheapest of them is {_named(cheapest)}: {measure.title} {price}")
    return lines


def ranked(sweep: Sweep) -> tuple[Point, ...]:
    """Return the points: those with the fewest misses first, then with the most matches."""
    return tuple(
        sorted(
            sweep.points,
            key=lambda point: (point.judged.count("misses"), -point.judged.count("matches")),
        )
    )


def short_names(keys: Sequence[str]) -> dict[str, str]:
    """Return the shortest ends of dotted keys that tell them apart and what they are about."""
    names = {}
    for key in keys:
        parts = key.split(".")
        shortest = 2 if parts[-1] in _VAGUE else 1
        for start in range(max(0, len(parts) - shortest), -1, -1):
            name = ".".join(parts[start:])
            if not any(other != key and f".{other}".endswith(f".{name}") for other in keys):
                break
        names[key] = name
    return names


def telling_measures(sweep: Sweep, most: int) -> list[str]:
    """Return the measures that tell the points apart best, among those asked for or judged."""
    judged = [
        figure.measure
        for figure in sweep.figures
        if figure.measure and figure.measure in sweep.asked and not is_input(figure, sweep.scenario)
    ]
    useful = [name for name, one in sweep.asked.items() if one.measure.name in USEFUL]
    candidates = list(dict.fromkeys(sweep.settings.measures or judged or useful))
    best = sorted(candidates, key=lambda name: -_spread(sweep, name))[:most]
    return [name for name in candidates if name in best]


def _spread(sweep: Sweep, measure: str) -> float:
    """Return how far the points are apart, in half-widths of their intervals."""
    results = [point.results[measure] for point in sweep.points]
    means = [one.mean for one in results if math.isfinite(one.mean)]
    widths = [(one.high - one.low) / 2 for one in results if one.high > one.low]
    if len(means) < 2 or not widths:
        return 0.0
    return (max(means) - min(means)) / statistics.median(widths)


def _column(sweep: Sweep, measure: str, shown: Sequence[Point]) -> tuple[str, list[str]]:
    """Return the head and the cells of a measure, durations in a unit that reads well."""
    asked = sweep.asked[measure]
    factor, unit = 1.0, asked.measure.unit
    results = [point.results[measure] for point in shown]
    known = [one.mean for one in results if math.isfinite(one.mean)]
    if unit == "min" and known:
        factor, unit = readable(statistics.median(known))
    cells = [
        format_margin(factor * one.mean, factor * one.low, factor * one.high, unit)
        for one in results
    ]
    owners = {one.owner for one in sweep.asked.values()} - {ALL}
    several = len({owner for owner in owners if not owner.startswith("team.")}) > 1
    name = measure if several else measure.removeprefix(f"{asked.owner}.")
    words = f"{name.replace('_', ' ')} {_SYMBOLS.get(unit, '')}".strip().replace(".", ". ")
    return "\n".join(textwrap.wrap(words, _NUMBER)), cells


def _cost(sweep: Sweep) -> str:
    """Return the measure of what the whole desk costs; empty if there is none."""
    teams = list(sweep.scenario.teams)
    name = f"{ALL}.labour_cost" if len(teams) > 1 else f"team.{teams[0]}.labour_cost"
    return name if name in sweep.asked else ""


def _named(point: Point) -> str:
    names = short_names(list(point.values))
    told = ", ".join(f"{names[key]} {_text(value)}" for key, value in point.values.items())
    return f"point {point.number} ({told})"


def _text(value: Any) -> str:
    """Return a value of a parameter with no more than four digits of a fraction or a duration."""
    if isinstance(value, float):
        return f"{value:.4g}"
    duration = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)([a-z]+)", str(value))
    return f"{float(duration[1]):.4g}{duration[2]}" if duration else str(value)
