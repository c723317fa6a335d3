"""`supportsim verify`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from supportsim.cli.app import NOT_MATCHED, app, examples
from supportsim.cli.options import AsJson, Out, Quiet, Verbose, Workers, console
from supportsim.cli.voice import LOG, Voice


@app.command(
    epilog=examples(
        "supportsim verify --quick",
        "supportsim verify --list",
        "supportsim verify --only erlang-b --only erlang-c",
        "supportsim verify --seed 7 --out verified",
    )
)
def verify(
    quick: Annotated[
        bool, typer.Option("--quick", help="The classic formulas only: half a minute or less.")
    ] = False,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="ID", help="Only this case. May be repeated."),
    ] = None,
    list_them: Annotated[
        bool, typer.Option("--list", help="List the cases and their exact values, and end.")
    ] = False,
    seed: Annotated[int, typer.Option(metavar="N", help="Seed of all cases.")] = 1,
    workers: Workers = None,
    as_json: AsJson = False,
    out: Out = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Simulate what theory knows exactly, and compare.

    Exit status: 0 if everything agrees, 1 if not. All of it takes a few minutes.
    """
    from supportsim.files import check_writable, to_json
    from supportsim.report import (
        cases_document,
        print_cases,
        print_verification,
        verification_document,
        write_verification,
    )
    from supportsim.report.progress import progress_bar
    from supportsim.validation import select
    from supportsim.validation import verify as study
    from supportsim.versions import made_with

    voice = Voice(quiet, verbose, as_json)
    if list_them:
        cases = select(only or (), quick=quick)
        if as_json:
            sys.stdout.write(to_json(cases_document(cases)))
        else:
            print_cases(cases, console())
        return
    if out is not None:
        check_writable(out, "verify")
    LOG.info("%s", ", ".join(f"{name} {number}" for name, number in made_with().items()))
    with progress_bar("exact results", shown=voice.shows_progress, doing="Verifying") as progress:
        result = study(only or (), quick=quick, seed=seed, workers=workers, progress=progress)
    if out is not None:
        write_verification(result, out)
    if as_json:
        sys.stdout.write(to_json(verification_document(result)))
    else:
        print_verification(result, console())
    if out is not None:
        voice.written(out)
    if not result.passed:
        raise typer.Exit(NOT_MATCHED)
