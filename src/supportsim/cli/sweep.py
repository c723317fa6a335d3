"""`supportsim sweep`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from supportsim.cli import completing
from supportsim.cli.app import app, examples
from supportsim.cli.options import (
    AsJson,
    Changes,
    Quiet,
    Replications,
    ReportFile,
    Seed,
    StudyPath,
    Verbose,
    Workers,
    console,
    read_changes,
    read_pairs,
)
from supportsim.cli.reporting import HtmlReport
from supportsim.cli.voice import Voice
from supportsim.errors import InputError


@app.command(
    epilog=examples(
        "supportsim sweep scenarios/portal.toml --vary teams.desk.agents=1:6 \\\n"
        "    --vary channels.portal.arrivals.per_day=3,5,8,12 --out results",
        "supportsim sweep scenarios/portal.toml --design sobol --points 16 \\\n"
        "    --vary teams.desk.agents=1:6 \\\n"
        "    --vary channels.portal.arrivals.per_day=3.0:12.0",
    )
)
def sweep(
    context: typer.Context,
    scenario: StudyPath,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=VALUES",
            help="A key of the scenario and its values: a range such as 1:6 or 0.1:0.5:0.1 (with a "
            "step), or a list such as 3,5,8. May be repeated.",
            autocompletion=completing.changes,
        ),
    ] = None,
    design: Annotated[
        str | None,
        typer.Option(
            metavar="grid|lhs|sobol|saltelli",
            help="How to choose the points: every combination (unless given), spread over the "
            "ranges, or as Sobol indices need them.",
        ),
    ] = None,
    points: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="Points of a design that is not a grid; of saltelli the "
            "base points, a power of 2.",
        ),
    ] = None,
    log: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY",
            help="Divide the range of a key into equal factors.",
            autocompletion=completing.keys,
        ),
    ] = None,
    measures: Annotated[
        list[str] | None,
        typer.Option(
            "--measure",
            metavar="ID",
            help="A measure to keep, instead of all. May be repeated.",
            autocompletion=completing.measures,
        ),
    ] = None,
    changes: Changes = None,
    seed: Seed = None,
    replications: Replications = None,
    workers: Workers = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="tcp://HOST:PORT", help="Simulate on the workers of a Dask scheduler."
        ),
    ] = None,
    as_json: AsJson = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="DIR",
            help="Keep each finished point there, and write the table and plots at the end. The "
            "same command goes on where it was stopped.",
        ),
    ] = None,
    report: ReportFile = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Remove another sweep's results from there first.")
    ] = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Simulate a scenario at many points, and find those that match.

    The points are every combination of some values, or a spread of them. All have the same random
    numbers, so that what differs between them is what was varied.
    """
    from supportsim.files import to_json
    from supportsim.report import print_sweep, sweep_document, write_sweep
    from supportsim.report.sweeping.files import TABLE
    from supportsim.studies import figures_of
    from supportsim.studies.study_files import given
    from supportsim.studies.sweeping import read_sweep
    from supportsim.studies.sweeping import sweep as study

    voice = Voice(quiet, verbose, as_json)
    form = "KEY=VALUES, as in teams.desk.agents=1:6"
    options = given(
        vary=read_pairs(vary, "--vary", form, "; give all its values in one"),
        design=design,
        points=points,
        log=log,
        measures=measures,
    )
    asked = read_sweep(scenario, options, read_changes(changes, seed, replications))
    loaded = asked.scenario
    if fresh and out is None:
        raise InputError("--fresh: there is no --out to start anew in")
    html = HtmlReport(report, context, voice, scenario)
    with voice.working(loaded, "Sweeping") as progress:
        result = study(
            loaded,
            asked.settings,
            figures=figures_of(loaded, asked.folder),
            workers=workers,
            cluster=cluster,
            out=out,
            fresh=fresh,
            finish=write_sweep,
            progress=progress,
        )
    if as_json:
        sys.stdout.write(to_json(sweep_document(result)))
    else:
        print_sweep(result, console(), table=str(out / TABLE) if out else "")
    if out is not None:
        voice.written(out)
    html.write(result)
