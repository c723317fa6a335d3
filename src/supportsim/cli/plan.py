"""`supportsim plan`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from supportsim.cli.app import NOT_MATCHED, app
from supportsim.cli.options import (
    AsJson,
    Changes,
    Out,
    Quiet,
    Seed,
    Workers,
    console,
    read_changes,
    shows_progress,
)
from supportsim.cli.reversing import answer


@app.command()
def plan(
    scenario: Annotated[
        Path, typer.Argument(metavar="SCENARIO", help="A scenario file, or a study file (TOML).")
    ],
    targets: Annotated[
        list[str] | None,
        typer.Option(
            "--target",
            metavar="MEASURE>=VALUE",
            help="What has to hold, as in phone.answered_within_20s>=0.8 or "
            "portal.first_response_time<=6h. May be repeated: all have to.",
        ),
    ] = None,
    confidence: Annotated[
        float | None, typer.Option(help="How sure the plan has to be; 0.95 unless given.")
    ] = None,
    teams: Annotated[
        list[str] | None,
        typer.Option(
            "--team",
            metavar="TEAM",
            help="A team to plan, instead of those that serve a channel of a target. May be "
            "repeated.",
        ),
    ] = None,
    every: Annotated[
        str | None,
        typer.Option(
            metavar="DURATION", help="Meet the targets in each stretch of the day, as in 30min."
        ),
    ] = None,
    precision: Annotated[
        float | None,
        typer.Option(
            help="Margin below which a target may be judged either way: 0.01 of shares and 0.02 "
            "times the value of all else, unless given."
        ),
    ] = None,
    max_replications: Annotated[
        int | None,
        typer.Option(
            "--max-replications", help="Most replications of a staffing, after which it is left."
        ),
    ] = None,
    by_hour: Annotated[
        bool,
        typer.Option("--by-hour", help="Print agents required and on duty by hour and weekday."),
    ] = False,
    most: Annotated[
        str | None,
        typer.Option(
            metavar="KEY",
            help="Instead of a plan: the most tickets a day that the desk can take, as in "
            "channels.phone.arrivals.per_day, or all for all channels.",
        ),
    ] = None,
    hire: Annotated[
        str | None,
        typer.Option(
            metavar="TEAM[=N]", help="Instead of a plan: the latest date by which to hire N agents."
        ),
    ] = None,
    growth: Annotated[
        str | None,
        typer.Option(
            metavar="PERCENT",
            help="Instead of one plan: one for each month of a volume that grows, as in 2%.",
        ),
    ] = None,
    months: Annotated[
        int | None, typer.Option(help="With --growth: months to plan for; 12 unless given.")
    ] = None,
    changes: Changes = None,
    seed: Seed = None,
    workers: Workers = None,
    as_json: AsJson = False,
    out: Out = None,
    quiet: Quiet = False,
) -> None:
    """Find the cheapest staffing that meets targets, and show that one agent fewer fails.

    Exit status 1 if no staffing does.

    For example: supportsim plan scenarios/portal.toml --target "portal.answered_within_24h>=0.8"
    """
    from supportsim.files import check_writable, to_json
    from supportsim.report import plan_document, print_plan, write_plan
    from supportsim.report.planning.required_tables import print_required
    from supportsim.report.progress import progress_bar
    from supportsim.scenario import load
    from supportsim.studies.planning.plan import plan as study
    from supportsim.studies.planning.scheduled import duty_weeks
    from supportsim.studies.planning.settings import PlanSettings
    from supportsim.studies.study_files import read_question

    given: dict[str, Any] = {
        "targets": targets or None,
        "confidence": confidence,
        "teams": teams or None,
        "every": every,
        "precision": precision,
        "max_replications": max_replications,
        "most": most,
        "hire": hire,
        "growth": growth,
        "months": months,
    }
    options = {key: value for key, value in given.items() if value is not None}
    question = read_question(scenario, "plan", PlanSettings, options, read_changes(changes, seed))
    loaded = load(question.scenario, question.changes)
    if question.settings.is_reverse:
        answer(loaded, question.settings, workers=workers, as_json=as_json, out=out, quiet=quiet)
        return
    if out is not None:
        check_writable(out, "plan")
    with progress_bar(loaded.name, shown=shows_progress(quiet), doing="Planning") as progress:
        result = study(loaded, question.settings, workers=workers, progress=progress)
    if out is not None:
        write_plan(result, out)
    if as_json:
        sys.stdout.write(to_json(plan_document(result)))
        for warning in result.warnings:
            typer.echo(f"warning: {warning}", err=True)
    else:
        print_plan(result, console())
        if by_hour:
            for week in duty_weeks(result):
                print_required(week, console())
    if out is not None:
        typer.echo(f"Results are in {out}", err=as_json)
    if not result.possible:
        raise typer.Exit(NOT_MATCHED)
