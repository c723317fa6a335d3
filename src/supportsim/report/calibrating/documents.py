"""A calibration as a JSON document, as frames, and as a folder of files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from supportsim.files import to_json, write_together
from supportsim.report.documents import about, finite_row, run_document
from supportsim.versions import engine, version

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from supportsim.studies.calibrating import Calibration


def calibration_document(calibration: Calibration) -> dict[str, Any]:
    """Return what a calibration found, with null for what is unknown."""
    problem = calibration.problem
    return {
        "scenario": problem.scenario.name,
        "version": version(),
        "engine": engine(),
        "seed": problem.seed,
        "replications": problem.settings.replications,
        "spent": calibration.spent,
        "starts": problem.settings.starts,
        "polished": calibration.fit.polished,
        "agreeing": calibration.fit.agreeing,
        "parameters": [finite_row(row) for row in parameter_rows(calibration)],
        "figures": [finite_row(row) for row in figure_rows(calibration)],
        "left_out": [{"id": figure.id, "reason": reason} for figure, reason in problem.left_out],
        "not_pinned_down": list(calibration.not_pinned_down),
        "warnings": list(calibration.warnings),
        "all_match": calibration.all_match,
        "check": run_document(calibration.check),
    }


def parameter_rows(calibration: Calibration) -> list[dict[str, Any]]:
    """Return what is said about each free parameter; numbers are in its unit."""
    fit = calibration.fit
    sides = {-1: "lower", 0: "", 1: "upper"}
    rows = []
    for number, parameter in enumerate(calibration.problem.parameters):
        bounds, reach = parameter.bounds, calibration.reaches[number]
        rows.append(
            {
                "key": parameter.key,
                "value": fit.values[parameter.key],
                "fitted": fit.numbers[number],
                "unit": bounds.unit,
                "before": parameter.own,
                "bounds": (bounds.low, bounds.high),
                "scale": bounds.scale,
                "ci95": calibration.interval(number),
                "holds": (reach.low, reach.high),
                "at_bound": sides[fit.at_bounds[number]],
            }
        )
    return rows


def figure_rows(calibration: Calibration) -> list[dict[str, Any]]:
    """Return what is said about each figure that was to be matched, in its unit."""
    trial = calibration.fit.trial
    rows = []
    for number, verdict in enumerate(calibration.verdicts):
        figure = verdict.figure
        rows.append(
            {
                "id": figure.id,
                "title": figure.title,
                "unit": figure.unit,
                "published": figure.published,
                "tolerance": (figure.tolerance.low, figure.tolerance.high),
                "simulated": float(trial.simulated[number]),
                "residual": float(trial.residuals[number]),
                "pulled": calibration.fit.moves[number],
                "checked": verdict.simulated,
                "checked_ci95": (verdict.low, verdict.high),
                "verdict": verdict.answer,
            }
        )
    return rows


def parameters_frame(calibration: Calibration) -> pd.DataFrame:
    """Return a row for each free parameter, by its key.

    Returns
    -------
    DataFrame
        The fitted value as the file writes it; fitted, before, bounds, the 95 % interval (low,
        high) and how far the figures hold, all as numbers in `unit`; the scale, and the bound at
        which the value is, if any.
    """
    return _frame(parameter_rows(calibration), "key", {"ci95": ""})


def figures_frame(calibration: Calibration) -> pd.DataFrame:
    """Return a row for each figure that was to be matched, by its id, in its unit.

    Returns
    -------
    DataFrame
        What was published and accepted, what the fit's replications say with the residual in
        tolerances, whether the figure pulled, and what the check says with its 95 % interval.
    """
    return _frame(figure_rows(calibration), "id", {"checked_ci95": "checked_"})


def _frame(rows: list[dict[str, Any]], index: str, intervals: dict[str, str]) -> pd.DataFrame:
    """Return rows as a frame, with a column for each end of what is a pair."""
    import pandas as pd

    flat = []
    for row in rows:
        cells: dict[str, Any] = {}
        for key, value in row.items():
            if isinstance(value, tuple):
                stem = intervals.get(key, f"{key}_")
                cells |= {f"{stem}low": value[0], f"{stem}high": value[1]}
            else:
                cells[key] = value
        flat.append(cells)
    return pd.DataFrame(flat).set_index(index)


def write_calibration(calibration: Calibration, folder: Path | str) -> None:
    """Write a calibration to a folder as JSON, tables and plots, with a manifest: all or none.

    Raises
    ------
    InputError
        If the folder cannot be written.
    """
    made = about(
        "calibrate",
        calibration.scenario,
        replications=calibration.problem.settings.replications,
        seed_of_fit=calibration.problem.seed,
    )
    write_together(folder, lambda new: _write_all(calibration, new), made)


def _write_all(calibration: Calibration, folder: Path) -> None:
    from supportsim.report.files import save_pictures
    from supportsim.report.frames import write_csv
    from supportsim.report.pictures import pictures_of_calibration

    text = to_json(calibration_document(calibration))
    (folder / "calibration.json").write_text(text, encoding="utf-8", newline="\n")
    write_csv(parameters_frame(calibration), folder / "parameters.csv", index=True)
    write_csv(figures_frame(calibration), folder / "figures.csv", index=True)
    save_pictures(pictures_of_calibration(calibration), folder)
