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
            help="Where to write, in place of an earlier trace; - for standard output. An ending "
            ".gz packs it.",
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
    from supportsim.files import check_file_writable
    from supportsim.report.exporting.formats import STDOUT
    from supportsim.report.exporting.sinks import write_chunks
    from supportsim.report.exporting.writing import check_replication
    from supportsim.report.watching.once import simulating
    from supportsim.report.watching.trace import TRACE_BEGINS, trace_document, trace_json
    from supportsim.scenario import load
    from supportsim.studies import simulate_once
    from supportsim.studies.days import find_day
    from supportsim.studies.run import checked_contacts

    voice = Voice(quiet, verbose)
    loaded = load(scenario, read_changes(changes, seed))
    if day is not None and (first is not None or last is not None):
        raise InputError("--day: is one day; leave it out, or --from and --to")
    if first is None and last is not None:
        raise InputError("--to: needs --from, the first day")
    if first is None:
        begins = find_day("1" if day is None else day, loaded)
    else:
        begins = find_day(first, loaded, "--from")
    ends = begins if last is None else find_day(last, loaded, "--to")
    if ends.begin < begins.begin:
        raise InputError(f"--to: {ends.date} is before --from, {begins.date}")
    check_replication(loaded, replication)
    if out != STDOUT:
        check_file_writable(
            out, scenario, is_one=lambda head: head.startswith(TRACE_BEGINS), kind="trace"
        )
    checked_contacts(loaded)
    with simulating(loaded.name, shown=voice.shows_progress):
        facts = simulate_once(loaded, replication)
        document = trace_document(facts, begins.begin, ends.end, replication)
    write_chunks([trace_json(document)], out)
    if out == STDOUT or quiet:
        return
    days = begins.title if begins == ends else f"{begins.title}, to {ends.title}"
    voice.written(out, f"{days}: {len(document['traceEvents'])} events are")
    typer.echo("Open the file at https://ui.perfetto.dev or in chrome://tracing")
