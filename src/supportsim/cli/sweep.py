"""`supportsim sweep`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from supportsim.cli.app import app
from supportsim.cli.options import (
    AsJson,
    Changes,
    Quiet,
    Replications,
    Seed,
    Workers,
    console,
    read_changes,
    shows_progress,
)
from supportsim.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable


@app.command()
def sweep(
    scenario: Annotated[
        Path, typer.Argument(metavar="SCENARIO", help="A scenario file, or a study file (TOML).")
    ],
    vary: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=VALUES",
            help="A key of the scenario and its values: a range such as 1:6 or 0.1:0.5:0.1 (with a "
            "step), or a list such as 3,5,8. May be repeated.",
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
        typer.Option(metavar="KEY", help="Divide the range of a key into equal factors."),
    ] = None,
    measures: Annotated[
        list[str] | None,
        typer.Option(
            "--measure", metavar="ID", help="A measure to keep, instead of all. May be repeated."
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
            metavar="DIR",
            help="Keep each finished point there, and write the table and plots at the end. The "
            "same command goes on where it was stopped.",
        ),
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Remove another sweep's results from there first.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Simulate a scenario at many points: every combination of some values, or a spread of them.

    All points have the same random numbers, so that what differs between them is what was varied.

    For example: supportsim sweep scenarios/portal.toml --vary teams.desk.agents=1:6
    --vary channels.portal.arrivals.per_day=3,5,8,12 --out results
    """
    from supportsim.files import to_json
    from supportsim.report import print_sweep, sweep_document, write_sweep
    from supportsim.report.progress import progress_bar
    from supportsim.report.sweeping.files import TABLE
    from supportsim.studies import figures_of
    from supportsim.studies.sweeping import read_sweep
    from supportsim.studies.sweeping import sweep as study

    given = {"design": design, "points": points, "log": log, "measures": measures}
    options: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
    if vary:
        options["vary"] = read_vary(vary)
    common = read_changes(changes, seed, replications)
    loaded, folder, settings = read_sweep(scenario, options, common)
    if fresh and out is None:
        raise InputError("--fresh: there is no --out to start anew in")
    with progress_bar(loaded.name, shown=shows_progress(quiet), doing="Sweeping") as progress:
        result = study(
            loaded,
            settings,
            figures=figures_of(loaded, folder),
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
        typer.echo(f"Results are in {out}", err=as_json)


def read_vary(texts: Iterable[str]) -> dict[str, str]:
    """Return what `--vary KEY=VALUES` asks for, by key."""
    found: dict[str, str] = {}
    for text in texts:
        key, equals, values = (part.strip() for part in text.partition("="))
        if not equals or not key or not values:
            raise InputError(f"--vary: write KEY=VALUES, as in teams.desk.agents=1:6, not {text!r}")
        if key in found:
            raise InputError(f"--vary: {key} is there twice; give all its values in one")
        found[key] = values
    return found
