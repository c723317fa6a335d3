"""`supportsim compare`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from supportsim.cli import completing
from supportsim.cli.app import app, examples
from supportsim.cli.options import (
    AsJson,
    Out,
    Quiet,
    Replications,
    ReportFile,
    Seed,
    Verbose,
    Workers,
    console,
    read_changes,
)
from supportsim.cli.reporting import HtmlReport
from supportsim.cli.voice import Voice
from supportsim.errors import InputError


@app.command(
    epilog=examples(
        "supportsim compare scenarios/portal.toml --set teams.desk.agents=3",
        "supportsim compare scenarios/portal.toml \\\n"
        '    --set "teams.desk.agents=3; channels.portal.arrivals.per_day=8"',
        "supportsim compare scenarios/phone.toml scenarios/email.toml --out results",
    )
)
def compare(
    context: typer.Context,
    base: Annotated[
        Path,
        typer.Argument(
            metavar="BASE",
            help="A scenario file, or a study file (TOML).",
            autocompletion=completing.scenario_files,
        ),
    ],
    others: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="OTHER",
            help="Scenario files to compare with it.",
            autocompletion=completing.scenario_files,
        ),
    ] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE;...",
            help="An alternative that changes a key of the base, as in teams.desk.agents=3, or "
            "several with ; between them. May be repeated: each is an alternative of its own.",
            autocompletion=completing.changes,
        ),
    ] = None,
    measures: Annotated[
        list[str] | None,
        typer.Option(
            "--measure",
            metavar="ID",
            help="A measure to compare, instead of those that published figures judge. May be "
            "repeated.",
            autocompletion=completing.measures,
        ),
    ] = None,
    confidence: Annotated[
        float | None,
        typer.Option(
            metavar="P", help="Confidence with which all intervals hold at once; 0.95 unless given."
        ),
    ] = None,
    seed: Seed = None,
    replications: Replications = None,
    workers: Workers = None,
    as_json: AsJson = False,
    out: Out = None,
    report: ReportFile = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Compare scenarios: what differs, and which verdicts change.

    All are run with the base's random numbers, so that differences show through the noise.
    """
    from supportsim.files import check_writable, to_json
    from supportsim.report import comparison_document, print_comparison, write_comparison
    from supportsim.studies import compare as study
    from supportsim.studies import figures_of
    from supportsim.studies.compare import read_comparison
    from supportsim.studies.study_files import given

    voice = Voice(quiet, verbose, as_json)
    wanted: list[dict[str, Any]] = [{"file": str(path)} for path in others or ()]
    wanted += [{"set": read_alternative(text)} for text in changes or ()]
    options = given(confidence=confidence, measures=measures, alternatives=wanted or None)
    asked, alternatives = read_comparison(base, options, read_changes((), seed, replications))
    scenario, settings = asked.scenario, asked.settings
    figures = figures_of(scenario, asked.folder)
    if out is not None:
        check_writable(out, "compare")
    html = HtmlReport(report, context, voice, base)
    with voice.working(scenario, "Comparing") as progress:
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
        voice.notes(result.base.stopped, result.warnings)
    else:
        print_comparison(result, console())
    if out is not None:
        voice.written(out)
    html.write(result)


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
