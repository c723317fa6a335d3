"""`supportsim compare`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from supportsim.cli.app import app
from supportsim.cli.options import (
    AsJson,
    Out,
    Quiet,
    Replications,
    Seed,
    Workers,
    console,
    read_changes,
    shows_progress,
)
from supportsim.errors import InputError


@app.command()
def compare(
    base: Annotated[
        Path, typer.Argument(metavar="BASE", help="A scenario file, or a study file (TOML).")
    ],
    others: Annotated[
        list[Path] | None,
        typer.Argument(metavar="OTHER", help="Scenario files to compare with it."),
    ] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE;...",
            help="An alternative that changes a key of the base, as in teams.desk.agents=3, or "
            "several with ; between them. May be repeated: each is an alternative of its own.",
        ),
    ] = None,
    measures: Annotated[
        list[str] | None,
        typer.Option(
            "--measure",
            metavar="ID",
            help="A measure to compare, instead of those that published figures judge. May be "
            "repeated.",
        ),
    ] = None,
    confidence: Annotated[
        float | None,
        typer.Option(help="Confidence with which all intervals hold at once; 0.95 unless given."),
    ] = None,
    seed: Seed = None,
    replications: Replications = None,
    workers: Workers = None,
    as_json: AsJson = False,
    out: Out = None,
    quiet: Quiet = False,
) -> None:
    """Compare scenarios with a base: what is different, and which verdicts change.

    All are run with the same random numbers, so that differences show through the noise.

    For example: supportsim compare scenarios/portal.toml --set teams.desk.agents=3
    """
    from supportsim.files import check_writable, to_json
    from supportsim.report import comparison_document, print_comparison, write_comparison
    from supportsim.report.progress import progress_bar
    from supportsim.studies import compare as study
    from supportsim.studies import figures_of
    from supportsim.studies.compare import read_comparison

    options: dict[str, Any] = {} if confidence is None else {"confidence": confidence}
    if measures:
        options["measures"] = measures
    if others or changes:
        options["alternatives"] = [{"file": str(path)} for path in others or ()]
        options["alternatives"] += [{"set": read_alternative(text)} for text in changes or ()]
    common = read_changes((), seed, replications)
    scenario, folder, alternatives, settings = read_comparison(base, options, common)
    figures = figures_of(scenario, folder)
    if out is not None:
        check_writable(out, "compare")
    with progress_bar(scenario.name, shown=shows_progress(quiet)) as progress:
        result = study(
            scenario,
            alternatives,
            figures=figures,
            measures=settings.measures,
            confidence=settings.confidence,
            workers=workers,
            progress=progress,
        )
    if out is not None:
        write_comparison(result, out)
    if as_json:
        sys.stdout.write(to_json(comparison_document(result)))
        for note in (result.base.stopped, *(f"warning: {text}" for text in result.warnings)):
            if note:
                typer.echo(note, err=True)
    else:
        print_comparison(result, console())
    if out is not None:
        typer.echo(f"Results are in {out}", err=as_json)


def read_alternative(text: str) -> dict[str, Any]:
    """Return the changes of one alternative, such as ``teams.desk.agents=3; run.window=26w``."""
    changes: dict[str, Any] = {}
    for part in [part for part in split(text) if part.strip()] or [text]:
        ((key, value),) = read_changes([part]).items()
        if key in changes:
            raise InputError(f"--set: {key} is there twice in {text!r}; use --set for each")
        changes[key] = value
    return changes


def split(text: str) -> list[str]:
    """Return the parts of a text between semicolons that are in no brackets and no quotes.

    A quote opens only where a value may begin, as in TOML: elsewhere it is an apostrophe.
    """
    parts = [""]
    depth, quote, escaped, before = 0, "", False, ""
    for letter in text:
        if quote:
            quote = "" if letter == quote and not escaped else quote
            escaped = letter == "\\" and quote == '"' and not escaped
        elif letter == ";" and depth <= 0:
            parts.append("")
            continue
        elif letter in "\"'" and before in ("=", "[", "{", ","):
            quote = letter
        else:
            depth += (letter in "[{") - (letter in "]}")
        before = before if letter.isspace() else letter
        parts[-1] += letter
    return parts
