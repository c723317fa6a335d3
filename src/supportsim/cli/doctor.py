"""`supportsim doctor`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from supportsim.cli.app import NOT_MATCHED, app, examples
from supportsim.cli.options import AsJson, Quiet, Verbose, console
from supportsim.cli.voice import Voice


@app.command(epilog=examples("supportsim doctor", "supportsim doctor --json"))
def doctor(
    as_json: AsJson = False,
    skip_trial: Annotated[
        bool, typer.Option("--skip-trial", help="Leave out the trial simulation.")
    ] = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Tell versions, engines, extras and machine, and if all works.

    Exit status 1 if something is broken. An extra that is not installed is not.
    """
    from supportsim.files import to_json
    from supportsim.report.health import health_document, print_health
    from supportsim.studies.health import examine

    Voice(quiet, verbose, as_json)
    found = examine(trial=not skip_trial)
    if as_json:
        sys.stdout.write(to_json(health_document(found)))
    else:
        print_health(found, console())
    if any(one.broken for one in found):
        raise typer.Exit(NOT_MATCHED)
