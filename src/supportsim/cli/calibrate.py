"""`supportsim calibrate`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from supportsim.cli.app import NOT_MATCHED, app
from supportsim.cli.options import (
    AsJson,
    Changes,
    Quiet,
    Workers,
    console,
    read_changes,
    shows_progress,
)
from supportsim.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable


@app.command()
def calibrate(
    scenario: Annotated[
        Path, typer.Argument(metavar="SCENARIO", help="A scenario file, or a study file (TOML).")
    ],
    free: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=LOW:HIGH",
            help="A parameter to find, with its bounds, as in "
            "channels.portal.patience.mean=1d:8d. May be repeated.",
        ),
    ] = None,
    to: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID",
            help="A published figure to match, or the first part of the ids of several, as in "
            "portal. May be repeated.",
        ),
    ] = None,
    log: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY", help="Search this parameter by equal factors. May be repeated."
        ),
    ] = None,
    starts: Annotated[
        int | None, typer.Option(help="Points to try first; 16 unless given.")
    ] = None,
    polished: Annotated[
        int | None, typer.Option(help="How many of the best go on; 3 unless given.")
    ] = None,
    replications: Annotated[
        int | None, typer.Option(help="Replications of each trial of the fit; 40 unless given.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Seed of the fit, which may not be the scenario's own.")
    ] = None,
    changes: Changes = None,
    workers: Workers = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", metavar="FILE", help="Write the fitted scenario there, comments kept."
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Let --out name the scenario's own file.")
    ] = False,
    results: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write the results, tables and plots there."),
    ] = None,
    as_json: AsJson = False,
    check: Annotated[
        bool,
        typer.Option("--check", help="Exit with 1 unless every fitted figure matches."),
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Find the parameters under which the simulated figures match the published ones.

    For example: supportsim calibrate scenarios/portal.toml --free
    channels.portal.patience.mean=1d:8d --to portal.answered_within_24h -o fitted.toml
    """
    from supportsim.files import check_writable, to_json
    from supportsim.report import calibration_document, print_calibration, write_calibration
    from supportsim.report.progress import progress_bar
    from supportsim.studies.calibrating import calibrate as study
    from supportsim.studies.calibrating import draft, read_calibration

    options: dict[str, Any] = {
        "free": read_free(free),
        "to": to,
        "log": log,
        "starts": starts,
        "polished": polished,
        "replications": replications,
        "seed": seed,
    }
    options = {key: value for key, value in options.items() if value is not None}
    question, problem = read_calibration(scenario, options, read_changes(changes))
    target = None
    if out is not None:
        target = draft(out, question.scenario, question.changes, overwrite=overwrite)
    if results is not None:
        check_writable(results, "calibrate")
    for warning in problem.warnings:
        typer.echo(f"warning: {warning}", err=True)
    with progress_bar(problem.scenario.name, shown=shows_progress(quiet)) as progress:
        found = study(problem, folder=question.scenario.parent, workers=workers, progress=progress)
    # What was found is told before anything is written: no failure to write can lose it.
    if as_json:
        sys.stdout.write(to_json(calibration_document(found)))
        sys.stdout.flush()
    else:
        print_calibration(found, console())
    if results is not None:
        write_calibration(found, results)
        typer.echo(f"Results are in {results}", err=as_json)
    if target is not None:
        target.write(found.fit.values, found.scenario.benchmarks.fitted)
        typer.echo(f"The fitted scenario is in {out}", err=as_json)
    if check and not found.all_match:
        raise typer.Exit(NOT_MATCHED)


def read_free(texts: Iterable[str] | None) -> dict[str, str] | None:
    """Return the bounds by key that `--free KEY=LOW:HIGH` names; None if there is none."""
    if texts is None:
        return None
    free: dict[str, str] = {}
    for text in texts:
        key, equals, bounds = (part.strip() for part in text.partition("="))
        if not (key and equals and bounds):
            raise InputError(f"--free: write KEY=LOW:HIGH, not {text!r}")
        if key in free:
            raise InputError(f"--free: {key} is there twice")
        free[key] = bounds
    return free or None
