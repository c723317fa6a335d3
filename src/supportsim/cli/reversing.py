"""The reverse questions of `supportsim plan`: what a staffing can bear, and until when."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from supportsim.cli.app import NOT_MATCHED
from supportsim.cli.options import console

if TYPE_CHECKING:
    from supportsim.cli.reporting import HtmlReport
    from supportsim.cli.voice import Voice
    from supportsim.report.html_report import Found
    from supportsim.scenario import Scenario
    from supportsim.studies.planning.settings import PlanSettings


def answer(
    scenario: Scenario,
    settings: PlanSettings,
    voice: Voice,
    *,
    workers: int | None,
    out: Path | None,
    html: HtmlReport,
) -> None:
    """Answer the reverse question of some settings, on the terminal or as JSON.

    Exit status 1 if the targets hold nowhere.
    """
    from supportsim.files import check_writable, to_json
    from supportsim.report.planning.reverse_documents import (
        growth_document,
        hire_document,
        most_document,
        write_answer,
    )
    from supportsim.report.planning.reverse_tables import print_growth, print_hire, print_most
    from supportsim.studies.planning.growth import staffing_over_growth
    from supportsim.studies.planning.hiring import latest_hire
    from supportsim.studies.planning.most import most_tickets

    if out is not None:
        check_writable(out, settings.study)
    shown = None if voice.as_json else console()
    with voice.working(scenario, "Planning") as progress:
        if settings.most is not None:
            most = most_tickets(
                scenario, settings.most, settings, workers=workers, progress=progress
            )
        elif settings.hire is not None:
            hire = latest_hire(
                scenario, *settings.team_to_hire, settings, workers=workers, progress=progress
            )
        else:
            months = staffing_over_growth(
                scenario, settings, settings.factors, workers=workers, progress=progress
            )
    result: Found
    if settings.most is not None:
        result = most
        document, found = most_document(most), most.holds is not None
        if shown:
            print_most(most, shown)
    elif settings.hire is not None:
        result, document = hire, hire_document(hire)
        found = hire.holds is not None or hire.without.answer == "meets"
        if shown:
            print_hire(hire, shown)
    else:
        result = months
        document, found = growth_document(months), months[-1].plan.possible
        if shown:
            print_growth(months, shown)
    if voice.as_json:
        sys.stdout.write(to_json(document))
    if out is not None:
        write_answer(settings.study, document, scenario, out)
        voice.written(out)
    html.write(result)
    if not found:
        raise typer.Exit(NOT_MATCHED)
