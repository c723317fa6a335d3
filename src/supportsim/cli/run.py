"""`supportsim run`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from supportsim.cli.app import NOT_MATCHED, app
from supportsim.cli.options import (
    AsJson,
    Changes,
    Out,
    Quiet,
    Replications,
    ScenarioPath,
    Seed,
    Workers,
    console,
    read_changes,
    shows_progress,
)


@app.command()
def run(
    scenario: ScenarioPath,
    changes: Changes = None,
    seed: Seed = None,
    replications: Replications = None,
    workers: Workers = None,
    as_json: AsJson = False,
    out: Out = None,
    every_measure: Annotated[
        bool, typer.Option("--measures", help="Print every measure, not only the most useful.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Exit with 1 unless every simulated figure matches.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Simulate a scenario and give a verdict on every published figure.

    For example: supportsim run scenarios/portal.toml --set channels.portal.arrivals.per_day=8
    """
    from supportsim.files import check_writable, to_json
    from supportsim.report import print_run, run_document, write_run
    from supportsim.report.progress import progress_bar
    from supportsim.scenario import load
    from supportsim.studies import figures_of
    from supportsim.studies import run as simulate

    loaded = load(scenario, read_changes(changes, seed, replications))
    figures = figures_of(loaded, scenario.parent)
    if out is not None:
        check_writable(out, "run")
    with progress_bar(loaded.name, shown=shows_progress(quiet)) as progress:
        result = simulate(loaded, figures=figures, workers=workers, progress=progress)
    if out is not None:
        write_run(result, out)
    if as_json:
        sys.stdout.write(to_json(run_document(result)))
        for note in (result.stopped, *(f"warning: {warning}" for warning in result.warnings)):
            if note:
                typer.echo(note, err=True)
    else:
        print_run(result, console(), every_measure=every_measure)
    if out is not None:
        typer.echo(f"Results are in {out}", err=as_json)
    if check and not result.all_match:
        raise typer.Exit(NOT_MATCHED)
