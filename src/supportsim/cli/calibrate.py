"""`supportsim calibrate`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from supportsim.cli import completing
from supportsim.cli.app import NOT_MATCHED, app, examples
from supportsim.cli.options import (
    AsJson,
    Changes,
    Quiet,
    ReportFile,
    StudyPath,
    Verbose,
    Workers,
    console,
    read_changes,
    read_pairs,
)
from supportsim.cli.reporting import HtmlReport
from supportsim.cli.voice import Voice
from supportsim.errors import one_line


@app.command(
    epilog=examples(
        "supportsim calibrate scenarios/portal.toml -o fitted.toml \\\n"
        "    --free channels.portal.patience.mean=1d:8d --to portal.answered_within_24h",
        "supportsim calibrate scenarios/portal.calibrate.toml --results results",
    )
)
def calibrate(
    context: typer.Context,
    scenario: StudyPath,
    free: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=LOW:HIGH",
            help="A parameter to find, with its bounds, as in "
            "channels.portal.patience.mean=1d:8d. May be repeated.",
            autocompletion=completing.changes,
        ),
    ] = None,
    to: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID",
            help="A published figure to match, or the first part of the ids of several, as in "
            "portal. May be repeated.",
            autocompletion=completing.figures,
        ),
    ] = None,
    log: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY",
            help="Search this parameter by equal factors. May be repeated.",
            autocompletion=completing.keys,
        ),
    ] = None,
    starts: Annotated[
        int | None, typer.Option(metavar="N", help="Points to try first; 16 unless given.")
    ] = None,
    polished: Annotated[
        int | None, typer.Option(metavar="N", help="How many of the best go on; 3 unless given.")
    ] = None,
    replications: Annotated[
        int | None,
        typer.Option(metavar="N", help="Replications of each trial of the fit; 40 unless given."),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(metavar="N", help="Seed of the fit, which may not be the scenario's own."),
    ] = None,
    changes: Changes = None,
    workers: Workers = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="Write the fitted scenario there, comments kept, with what --set changes; in "
            "place of an earlier fit.",
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Let --out replace any file, even the scenario.")
    ] = False,
    results: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write the results, tables and plots there."),
    ] = None,
    report: ReportFile = None,
    as_json: AsJson = False,
    check: Annotated[
        bool,
        typer.Option("--check", help="Exit with 1 unless every fitted figure matches."),
    ] = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Fit parameters, so that simulated figures match."""
    from supportsim.files import check_writable, to_json
    from supportsim.report import calibration_document, print_calibration, write_calibration
    from supportsim.studies.calibrating import calibrate as study
    from supportsim.studies.calibrating import draft, read_calibration
    from supportsim.studies.study_files import given

    voice = Voice(quiet, verbose, as_json)
    options = given(
        free=read_pairs(free, "--free", "KEY=LOW:HIGH"),
        to=to,
        log=log,
        starts=starts,
        polished=polished,
        replications=replications,
        seed=seed,
    )
    asked, problem = read_calibration(scenario, options, read_changes(changes))
    target = None
    if out is not None and asked.path is not None:
        target = draft(out, asked.path, asked.changes, overwrite=overwrite)
    if results is not None:
        check_writable(results, "calibrate")
    html = HtmlReport(report, context, voice, scenario)
    voice.notes("", problem.warnings)
    with voice.working(problem.scenario, "Fitting") as progress:
        found = study(problem, folder=asked.folder, workers=workers, progress=progress)
    # What was found is told before anything is written: no failure to write can lose it.
    if as_json:
        sys.stdout.write(to_json(calibration_document(found)))
        sys.stdout.flush()
    else:
        print_calibration(found, console())
    if results is not None:
        write_calibration(found, results)
        voice.written(results)
    if target is not None:
        target.write(found.fit.values, found.scenario.benchmarks.fitted)
        voice.written(target.path, "The fitted scenario is")
        also = [key for key in target.changes if key not in found.fit.values]
        if also:
            typer.echo(
                one_line(f"It holds the changes of {', '.join(also)}"),
                err=as_json,
            )
    html.write(found)
    if check and not found.all_match:
        raise typer.Exit(NOT_MATCHED)
