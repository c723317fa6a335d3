"""`supportsim plan`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from supportsim.cli import completing
from supportsim.cli.app import NOT_MATCHED, app, examples
from supportsim.cli.options import (
    AsJson,
    Changes,
    Out,
    Quiet,
    ReportFile,
    Seed,
    StudyPath,
    Verbose,
    Workers,
    console,
    read_changes,
)
from supportsim.cli.reporting import HtmlReport
from supportsim.cli.reversing import answer
from supportsim.cli.voice import Voice
from supportsim.errors import InputError


@app.command(
    epilog=examples(
        'supportsim plan scenarios/portal.toml \\\n    --target "portal.answered_within_24h>=0.8"',
        "supportsim plan scenarios/phone.toml --precision 0.03 --set run.window=8w \\\n"
        '    --target "phone.service_level_20s>=0.8" --by-hour',
        "supportsim plan scenarios/portal.toml --most all \\\n"
        '    --target "portal.answered_within_24h>=0.5"',
    )
)
def plan(
    context: typer.Context,
    scenario: StudyPath,
    targets: Annotated[
        list[str] | None,
        typer.Option(
            "--target",
            metavar="MEASURE>=VALUE",
            help="What has to hold, as in phone.answered_within_20s>=0.8 or "
            "portal.first_response_time<=6h. May be repeated: all have to.",
            autocompletion=completing.measures,
        ),
    ] = None,
    confidence: Annotated[
        float | None,
        typer.Option(metavar="P", help="How sure the plan has to be; 0.95 unless given."),
    ] = None,
    teams: Annotated[
        list[str] | None,
        typer.Option(
            "--team",
            metavar="TEAM",
            help="A team to plan, instead of those that serve a channel of a target. May be "
            "repeated.",
            autocompletion=completing.teams,
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
            metavar="MARGIN",
            help="Margin below which a target may be judged either way: 0.01 of shares and 0.02 "
            "times the value of all else, unless given.",
        ),
    ] = None,
    max_replications: Annotated[
        int | None,
        typer.Option(
            "--max-replications",
            metavar="N",
            help="Most replications of a staffing, after which it is left.",
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
            metavar="TEAM[=N]",
            help="Instead of a plan: the latest date by which to hire N agents.",
            autocompletion=completing.teams,
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
        int | None,
        typer.Option(metavar="N", help="With --growth: months to plan for; 12 unless given."),
    ] = None,
    changes: Changes = None,
    seed: Seed = None,
    workers: Workers = None,
    as_json: AsJson = False,
    out: Out = None,
    report: ReportFile = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Find the cheapest staffing that meets targets.

    It is shown, too, that one agent fewer fails. Exit status 1 if no staffing meets the targets.
    """
    from supportsim.cli.hints import after_plan
    from supportsim.files import check_writable, to_json
    from supportsim.report import plan_document, print_plan, write_plan
    from supportsim.report.planning.required_tables import print_required
    from supportsim.studies.planning.plan import plan as study
    from supportsim.studies.planning.scheduled import duty_weeks
    from supportsim.studies.planning.settings import PlanSettings
    from supportsim.studies.study_files import given, read_study

    voice = Voice(quiet, verbose, as_json)
    options = given(
        targets=targets,
        confidence=confidence,
        teams=teams,
        every=every,
        precision=precision,
        max_replications=max_replications,
        most=most,
        hire=hire,
        growth=growth,
        months=months,
    )
    asked = read_study(scenario, "plan", PlanSettings, options, read_changes(changes, seed))
    loaded, settings = asked.scenario, asked.settings
    html = HtmlReport(report, context, voice, scenario)
    if settings.is_reverse:
        if by_hour:
            raise InputError(f"--by-hour: goes with one plan, not with {settings.study}")
        answer(loaded, settings, voice, workers=workers, out=out, html=html)
        return
    if out is not None:
        check_writable(out, "plan")
    with voice.working(loaded, "Planning") as progress:
        result = study(loaded, settings, workers=workers, progress=progress)
    if out is not None:
        write_plan(result, out)
    if as_json:
        sys.stdout.write(to_json(plan_document(result)))
        voice.notes("", result.warnings)
    else:
        print_plan(result, console())
        if by_hour:
            for week in duty_weeks(result):
                print_required(week, console())
    if out is not None:
        voice.written(out)
    html.write(result)
    voice.suggest(after_plan(result, asked.path, changes))
    if not result.possible:
        raise typer.Exit(NOT_MATCHED)
