"""`supportsim report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from supportsim.cli.app import app, examples
from supportsim.cli.options import (
    Changes,
    Quiet,
    Replications,
    ScenarioPath,
    Seed,
    Verbose,
    Workers,
    read_changes,
)
from supportsim.cli.reporting import NAME, HtmlReport
from supportsim.cli.voice import Voice


@app.command(
    epilog=examples(
        "supportsim report scenarios/omnichannel.toml -o report.html",
        "supportsim report scenarios/chat.toml --replications 4 -o chat.html",
    )
)
def report(
    context: typer.Context,
    scenario: ScenarioPath,
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="Write the report there, in place of an earlier one.",
        ),
    ] = Path(NAME),
    changes: Changes = None,
    seed: Seed = None,
    replications: Replications = None,
    workers: Workers = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace FILE even if it is no report.")
    ] = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Simulate a scenario, and write what came out as one HTML file.

    The file needs no network, and reads well on a phone, in print, in light and in dark.
    """
    from supportsim.report.verdict_tables import summary
    from supportsim.scenario import load
    from supportsim.studies import figures_of
    from supportsim.studies import run as simulate

    voice = Voice(quiet, verbose)
    loaded = load(scenario, read_changes(changes, seed, replications))
    figures = figures_of(loaded, scenario.parent)
    files = [scenario.parent / name for name in loaded.benchmarks.files]
    html = HtmlReport(out, context, voice, scenario, *files, overwrite=overwrite)
    with voice.working(loaded) as progress:
        result = simulate(loaded, figures=figures, workers=workers, progress=progress)
    typer.echo(summary(result))
    html.write(result)
