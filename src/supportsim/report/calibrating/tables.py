"""The report of a calibration on a terminal."""

from __future__ import annotations

import math
from itertools import takewhile
from typing import TYPE_CHECKING

from supportsim.report.calibrating.documents import figure_rows, parameter_rows
from supportsim.report.numbers import (
    format_interval,
    format_margin,
    format_number,
    format_published_and_accepted,
)
from supportsim.report.page import Page
from supportsim.report.verdict_tables import summary, title_of

if TYPE_CHECKING:
    from typing import Any

    from rich.console import Console

    from supportsim.studies.calibrating import Calibration

_STYLES = {"matches": "green", "misses": "bold red", "undecided": "yellow"}


def print_calibration(calibration: Calibration, console: Console) -> None:
    """Print what a calibration found, what it leaves open, and the check.

    Parameters
    ----------
    calibration
        The calibration.
    console
        Where to print; colour is used only if it is a terminal, and never carries the meaning.
    """
    page = Page(console)
    _write_heading(page, calibration)
    _write_parameters(page, calibration)
    _write_figures(page, calibration)
    for sentence in calibration.not_pinned_down:
        page.write(sentence, lead="Not pinned down: ")
    reasons: dict[str, list[str]] = {}
    for figure, reason in calibration.problem.left_out:
        reasons.setdefault(reason, []).append(figure.id)
    for reason, ids in reasons.items():
        page.write(f"{', '.join(ids)}: {reason}", lead="Left out: ")
    warnings = (*calibration.warnings, *calibration.check.warnings)
    for warning in warnings:
        page.write(warning, lead="Warning: ")
    if calibration.not_pinned_down or reasons or warnings:
        page.write()
    _write_bottom_line(page, calibration)


def _write_heading(page: Page, calibration: Calibration) -> None:
    problem, fit = calibration.problem, calibration.fit
    page.write(problem.scenario.name, "bold")
    went_on = ""
    if problem.settings.starts > 1:
        went_on = f"Of {problem.settings.starts} starts the best {fit.polished} went on"
        if fit.polished > 1:
            went_on += f", and {fit.agreeing} of them came to the same place"
        went_on += ". "
    page.write(
        f"{_counted(len(problem.parameters), 'parameter')} fitted to "
        f"{_counted(sum(fit.moves), 'published figure')} on {problem.settings.replications} "
        f"replications with seed {problem.seed}, the same ones for every trial. {went_on}"
        f"{calibration.spent:,} replications in all."
    )
    page.write()


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"


def _write_parameters(page: Page, calibration: Calibration) -> None:
    rows = parameter_rows(calibration)
    above = _above([row["key"] for row in rows])
    table = page.table("Parameter", "Before", "Fitted", "Noise (95 %)", "Figures hold")
    if above:
        table.add_row(page.text(f"{above[:-1]}:", "bold"))
    for row in rows:
        unit = row["unit"] and f" {row['unit']}"
        table.add_row(
            page.text(row["key"].removeprefix(above)),
            page.text("none" if math.isnan(row["before"]) else f"{row['before']:.6g}{unit}"),
            page.text(f"{row['fitted']:.6g}{unit}", "bold"),
            page.text(_noise(row)),
            page.text(f"{_range(row['holds'])}{unit}"),
        )
    page.write_table(table)
    page.write(
        "Noise: what the randomness of the fit's replications leaves open. Figures hold: how far "
        "the parameter can go, the others following, while every figure stays within what is "
        "accepted (simulated at both ends)",
        "dim",
    )
    page.write()


def _above(keys: list[str]) -> str:
    """Return what all keys have in common, up to a point that still leaves a name of each."""
    if len(keys) < 2:
        return ""
    columns = zip(*(key.split(".")[:-1] for key in keys), strict=False)
    same = takewhile(lambda parts: len(set(parts)) == 1, columns)
    return "".join(f"{parts[0]}." for parts in same)


def _noise(row: dict[str, Any]) -> str:
    if row["at_bound"]:
        return f"at {row['at_bound']} bound"
    if math.isnan(row["ci95"][0]):
        return "not told"
    return _range(row["ci95"])


def _range(ends: tuple[float, float]) -> str:
    return format_interval(ends[0], ends[1], "")


def _write_figures(page: Page, calibration: Calibration) -> None:
    seed = calibration.scenario.run.seed
    table = page.table(
        "Figure", "Published (accepted)", "Fit", "Off", f"Check, seed {seed}", "Verdict", numbers=4
    )
    for row, verdict in zip(figure_rows(calibration), calibration.verdicts, strict=True):
        figure, answer = verdict.figure, verdict.answer
        table.add_row(
            page.text(title_of(verdict)),
            page.text(format_published_and_accepted(figure)),
            page.text(format_number(row["simulated"], figure.unit)),
            page.text(f"{row['residual']:+.2f}"),
            page.text(format_margin(verdict.simulated, verdict.low, verdict.high, figure.unit)),
            page.text(answer if answer == "matches" else answer.upper(), _STYLES.get(answer, "")),
        )
    page.write_table(table)
    count = len(calibration.check.replications)
    page.write(
        "Off: distance of the fit from the middle of what is published, in tolerances. Check: "
        f"{_counted(count, 'replication')} with the scenario's own seed, which the fit never saw",
        "dim",
    )
    page.write()


def bottom_line(calibration: Calibration) -> str:
    """Return one line on the check of a fit: how many of its figures match."""
    count = len(calibration.verdicts)
    matching = sum(verdict.answer == "matches" for verdict in calibration.verdicts)
    return (
        f"{matching} of {_counted(count, 'figure')} to match "
        f"{'does' if 1 in (matching, count) else 'do'} so on fresh random numbers"
    )


def _write_bottom_line(page: Page, calibration: Calibration) -> None:
    missed = [verdict for verdict in calibration.verdicts if verdict.answer != "matches"]
    for answer in ("misses", "undecided"):
        titles = [verdict.figure.title for verdict in missed if verdict.answer == answer]
        if titles:
            page.write("; ".join(titles), lead=f"{answer.upper()}: ")
    page.write(bottom_line(calibration), "bold")
    judged = {v.figure.id for v in calibration.check.verdicts if v.answer != "not simulated"}
    if judged != {verdict.figure.id for verdict in calibration.verdicts}:
        page.write(f"With those that it was not fitted to: {summary(calibration.check)}")
