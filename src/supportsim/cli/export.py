"""`supportsim export`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
from supportsim.cli.voice import Voice
from supportsim.errors import InputError
from supportsim.report.exporting.formats import (
    OF_VERDICTS,
    STDOUT,
    TABLES,
    Contents,
    Format,
    format_of,
)

if TYPE_CHECKING:
    from supportsim.scenario import Scenario


@app.command(
    epilog=examples(
        "supportsim export scenarios/portal.toml -o tickets.csv",
        "supportsim export scenarios/portal.toml --format ocel -o events.json",
        "supportsim export scenarios/portal.toml --replications 20 -o verdicts.md",
    )
)
def export(
    scenario: ScenarioPath,
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="Where to write, in place of an earlier export; - for standard output. An ending "
            ".gz packs it.",
        ),
    ],
    form: Annotated[
        Format | None,
        typer.Option(
            "--format",
            "-f",
            help="The format; unless given, the ending of FILE tells: .csv, .parquet, .xes, "
            ".json (OCEL 2.0), .xml (JUnit), .md.",
        ),
    ] = None,
    table: Annotated[
        Contents | None,
        typer.Option("--table", "-t", help="Which table CSV and Parquet hold; tickets by default."),
    ] = None,
    replication: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="Which replication's log to write, counted from 0; the first by default.",
        ),
    ] = None,
    changes: Changes = None,
    seed: Seed = None,
    replications: Replications = None,
    workers: Workers = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Write tickets, event logs or verdicts for other programs.

    CSV and Parquet hold the tickets or the contacts of one replication, XES and OCEL its events
    for process mining; JUnit XML and Markdown hold the verdicts of all replications.
    """
    from supportsim.report.exporting.writing import check_export
    from supportsim.scenario import load
    from supportsim.studies.workers import check_workers

    voice = Voice(quiet, verbose)
    chosen = format_of(out, form)
    if table is not None and chosen not in TABLES:
        raise InputError(f"--table: {chosen} holds no table; leave it out, or take csv or parquet")
    if replication is not None and chosen in OF_VERDICTS:
        raise InputError(f"--replication: {chosen} is made of all replications; leave it out")
    check_workers(workers)
    loaded = load(scenario, read_changes(changes, seed, replications))
    check_export(out, chosen, scenario)
    if chosen in OF_VERDICTS:
        _export_verdicts(loaded, scenario.parent, out, chosen, workers, voice)
        told = "The verdicts are"
    else:
        contents, number = table or Contents.TICKETS, replication or 0
        _export_log(loaded, out, chosen, contents, number, voice)
        told = f"The {contents if chosen in TABLES else 'events'} of replication {number} are"
    if out != STDOUT:
        voice.written(out, told)


def _export_log(
    scenario: Scenario, out: Path, form: Format, contents: Contents, number: int, voice: Voice
) -> None:
    """Simulate one replication and write its log."""
    from supportsim.report.exporting.writing import check_replication, write_log
    from supportsim.report.watching.once import simulating
    from supportsim.studies import simulate_once
    from supportsim.studies.run import checked_contacts

    check_replication(scenario, number)
    checked_contacts(scenario)
    with simulating(scenario.name, shown=voice.shows_progress):
        facts = simulate_once(scenario, number)
        write_log(facts, out, form, contents=contents, replication=number)


def _export_verdicts(
    scenario: Scenario, folder: Path, out: Path, form: Format, workers: int | None, voice: Voice
) -> None:
    """Simulate all replications and write the verdicts."""
    from supportsim.report.exporting.writing import write_verdicts
    from supportsim.studies import figures_of, run

    figures = figures_of(scenario, folder)
    with voice.working(scenario) as progress:
        result = run(scenario, figures=figures, workers=workers, progress=progress)
    write_verdicts(result, out, form)
