"""`supportsim trace`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from supportsim.cli.app import app, examples
from supportsim.cli.options import Changes, Quiet, ScenarioPath, Seed, Verbose, read_changes
from supportsim.cli.voice import Voice
from supportsim.errors import InputError


@app.command(
    epilog=examples(
        "supportsim trace scenarios/chat.toml --day 3 -o trace.json",
        "supportsim trace scenarios/phone.toml --from 1 --to 5 -o week.json",
    )
)
def trace(
    scenario: ScenarioPath,
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="Write the trace there, in place of an earlier one.",
        ),
    ],
    day: Annotated[
        str | None,
        typer.Option(
            metavar="N|DATE",
            help="Day of the window, from 1, or a date, as in 2026-03-05; by default day 1.",
        ),
    ] = None,
    first: Annotated[
        str | None, typer.Option("--from", metavar="N|DATE", help="First day of several.")
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", metavar="N|DATE", help="Last day of several.")
    ] = None,
    replication: Annotated[
        int, typer.Option(metavar="N", help="Which replication to show, counted from 0.")
    ] = 0,
    changes: Changes = None,
    seed: Seed = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Write what agents did and how tickets went, for Perfetto.

    It can be looked at in chrome://tracing, too. An agent is a track, a ticket a flow from one
    piece of work to the next, a queue a counter.
    """
    from supportsim.files import check_file_writable, write_whole
    from supportsim.report.exporting.writing import check_replication
    from supportsim.report.watching.once import simulating
    from supportsim.report.watching.trace import TRACE_BEGINS, trace_document, trace_json
    from supportsim.scenario import load
    from supportsim.studies import simulate_once
    from supportsim.studies.days import find_day
    from supportsim.studies.run import checked_contacts

    voice = Voice(quiet, verbose)
    loaded = load(scenario, read_changes(changes, seed))
    if day is not None and (first or last):
        raise InputError("--day: is one day; leave it out, or --from and --to")
    if first is None and last is not None:
        raise InputError("--to: needs --from, the first day")
    begins = find_day(first or day or "1", loaded, "--from" if first else "--day")
    ends = find_day(last, loaded, "--to") if last else begins
    if ends.begin < begins.begin:
        raise InputError(f"--to: {ends.date} is before --from, {begins.date}")
    check_replication(loaded, replication)
    check_file_writable(
        out, scenario, is_one=lambda head: head.startswith(TRACE_BEGINS), kind="trace"
    )
    checked_contacts(loaded)
    with simulating(loaded.name, shown=voice.shows_progress):
        facts = simulate_once(loaded, replication)
        document = trace_document(facts, begins.begin, ends.end, replication)
    write_whole(out, trace_json(document))
    days = begins.title if begins == ends else f"{begins.title}, to {ends.title}"
    typer.echo(f"{days}: {len(document['traceEvents'])} events are in {out}")
    if not quiet:
        typer.echo("Open the file at https://ui.perfetto.dev or in chrome://tracing")
