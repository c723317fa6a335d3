"""The report of a calibration."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from supportsim.report.calibrating.documents import figure_rows, parameter_rows
from supportsim.report.calibrating.tables import bottom_line
from supportsim.report.html_report.content import Block, Plots, Report, Section, Text, text_table
from supportsim.report.html_report.judging import role_blocks, verdict_blocks
from supportsim.report.html_report.plots import plots_of
from supportsim.report.html_report.reproducing import closing_sections
from supportsim.report.numbers import (
    format_interval,
    format_margin,
    format_number,
    format_published_and_accepted,
)
from supportsim.report.terminal import what_was_run
from supportsim.report.verdict_tables import summary, title_of

if TYPE_CHECKING:
    from supportsim.studies.calibrating import Calibration


def calibration_report(calibration: Calibration, command: str = "") -> Report:
    """Return the report of a calibration.

    Parameters
    ----------
    calibration
        The calibration.
    command
        The command that made it; empty if there was none.
    """
    from supportsim.report.pictures import pictures_of_calibration

    problem, check = calibration.problem, calibration.check
    missed = any(verdict.answer == "misses" for verdict in calibration.verdicts)
    warnings = (*calibration.warnings, *check.warnings)
    return Report(
        name=calibration.scenario.name,
        study="Calibration",
        answer=f"{bottom_line(calibration)}.",
        tone="good" if calibration.all_match else "bad" if missed else "open",
        about=f"Fitted on {problem.settings.replications} replications with seed {problem.seed}, "
        f"the same ones for every trial, {calibration.spent:,} replications in all. Checked on "
        f"{what_was_run(check)}.",
        description=calibration.scenario.description,
        notes=[
            Text(f"{summary(check)}.", "With those that it was not fitted to: "),
            *(Text(one, "Not pinned down: ") for one in calibration.not_pinned_down),
            *(Text(f"{one[:1].upper()}{one[1:]}", "Warning: ") for one in warnings),
        ],
        sections=[
            Section("Fitted parameters", _parameters(calibration)),
            Section("Figures", _figures(calibration)),
            Section("Pictures", [Plots(plots_of(pictures_of_calibration(calibration)))]),
            Section("The check on fresh random numbers", verdict_blocks(check)),
            Section("What was put in, fitted and predicted", role_blocks(check)),
            *closing_sections(
                calibration.scenario,
                command,
                seed_of_the_fit=str(problem.seed),
                replications=f"{problem.settings.replications} for each trial of the fit, "
                f"{len(check.replications)} for the check",
            ),
        ],
    )


def _parameters(calibration: Calibration) -> list[Block]:
    heads = ("Key", "Before", "Fitted", "Noise (95 %)", "Figures hold", "Bounds")
    rows = [_parameter(row) for row in parameter_rows(calibration)]
    return [
        text_table("Parameters that were free", heads, rows, numbers=(1, 2, 3, 4, 5)),
        Text(
            "Noise: what the randomness of the fit's replications leaves open. Figures hold: how "
            "far the parameter can go, the others following, while every figure stays within what "
            "is accepted.",
            aside=True,
        ),
    ]


def _parameter(row: dict[str, Any]) -> tuple[str, ...]:
    unit = row["unit"] and f" {row['unit']}"
    noise = f"at {row['at_bound']} bound" if row["at_bound"] else _range(row["ci95"])
    before = "none" if math.isnan(row["before"]) else f"{row['before']:.6g}{unit}"
    fitted = f"{row['fitted']:.6g}{unit}"
    return row["key"], before, fitted, noise, _range(row["holds"]), _range(row["bounds"])


def _range(ends: tuple[float, float]) -> str:
    return "not told" if math.isnan(ends[0]) else format_interval(ends[0], ends[1], "")


def _figures(calibration: Calibration) -> list[Block]:
    heads = ("Figure", "Published (accepted)", "Fit", "Off", "Check (95 %)", "Verdict")
    rows = []
    for row, verdict in zip(figure_rows(calibration), calibration.verdicts, strict=True):
        unit = verdict.figure.unit
        rows.append(
            (
                title_of(verdict),
                format_published_and_accepted(verdict.figure),
                format_number(row["simulated"], unit),
                f"{row['residual']:+.2f}",
                format_margin(verdict.simulated, verdict.low, verdict.high, unit),
                verdict.answer,
            )
        )
    blocks: list[Block] = [
        text_table("Figures to match", heads, rows, numbers=(1, 2, 3, 4), judged=5),
        Text(
            "Off: distance of the fit from the middle of what is published, in tolerances. Check: "
            "with the scenario's own seed, which the fit never saw.",
            aside=True,
        ),
    ]
    left_out = [(figure.title, reason) for figure, reason in calibration.problem.left_out]
    if left_out:
        blocks.append(text_table("Left out of the fit", ("Figure", "Why"), left_out))
    return blocks
