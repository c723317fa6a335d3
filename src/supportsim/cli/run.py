"""`supportsim run`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from supportsim.cli.app import NOT_MATCHED, app, examples
from supportsim.cli.options import (
    AsJson,
    Changes,
    Out,
    Quiet,
    Replications,
    ReportFile,
    ScenarioPath,
    Seed,
    Verbose,
    Workers,
    console,
    read_changes,
)
from supportsim.cli.reporting import HtmlReport
from supportsim.cli.voice import Voice
from supportsim.errors import InputError
from supportsim.report.exporting.formats import OF_VERDICTS, STDOUT


@app.command(
    epilog=examples(
        "supportsim run scenarios/portal.toml",
        "supportsim run scenarios/portal.toml --set teams.desk.agents=3",
        "supportsim run scenarios/phone.toml --replications 4 --out results",
        "supportsim run scenarios/portal.toml --check --json",
    )
)
def run(
    context: typer.Context,
    scenario: ScenarioPath,
    changes: Changes = None,
    seed: Seed = None,
    replications: Replications = None,
    workers: Workers = None,
    as_json: AsJson = False,
    out: Out = None,
    report: ReportFile = None,
    junit: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write the verdicts there as JUnit XML, for pipelines, in place of earlier ones.",
        ),
    ] = None,
    markdown: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write the verdicts there as Markdown, in place of earlier ones.",
        ),
    ] = None,
    every_measure: Annotated[
        bool, typer.Option("--measures", help="Print every measure, not only the most useful.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Exit with 1 unless every simulated figure matches.")
    ] = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Simulate a scenario, with a verdict on every published figure."""
    from supportsim.cli.hints import after_run
    from supportsim.files import check_writable, to_json
    from supportsim.report import print_run, run_document, write_run
    from supportsim.report.exporting.writing import check_export, write_verdicts
    from supportsim.scenario import load
    from supportsim.studies import figures_of
    from supportsim.studies import run as simulate

    voice = Voice(quiet, verbose, as_json)
    loaded = load(scenario, read_changes(changes, seed, replications))
    figures = figures_of(loaded, scenario.parent)
    if out is not None:
        check_writable(out, "run")
    html = HtmlReport(report, context, voice, scenario)
    exports = [
        (file, form) for form, file in zip(OF_VERDICTS, (junit, markdown), strict=True) if file
    ]
    for file, form in exports:
        if file == STDOUT:
            raise InputError(f"--{form}: name a file; `supportsim export` writes to a pipe")
        check_export(file, form, scenario)
    with voice.working(loaded) as progress:
        result = simulate(loaded, figures=figures, workers=workers, progress=progress)
    if out is not None:
        write_run(result, out)
    if as_json:
        sys.stdout.write(to_json(run_document(result)))
        voice.notes(result.stopped, result.warnings)
    else:
        print_run(result, console(), every_measure=every_measure)
    if out is not None:
        voice.written(out)
    html.write(result)
    for file, form in exports:
        write_verdicts(result, file, form)
        voice.written(file, "Verdicts are")
    voice.suggest(after_run(result, scenario, changes))
    if check and not result.all_match:
        raise typer.Exit(NOT_MATCHED)
