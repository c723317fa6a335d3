"""The reports of a plan and of the answers to the reverse questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supportsim.report.html_report.content import Block, Plots, Report, Section, Text, text_table
from supportsim.report.html_report.plots import plots_of
from supportsim.report.html_report.reproducing import closing_sections
from supportsim.report.planning.reverse_tables import (
    SIDE_HEADS,
    growth_cells,
    growth_heads,
    most_told,
    sentence,
    side_cells,
    sides_of_hire,
)
from supportsim.report.planning.tables import (
    NEIGHBOUR_HEADS,
    bottom_line,
    neighbour_cells,
    staffing_cells,
    staffing_heads,
    target_cells,
    target_heads,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from supportsim.scenario import Scenario
    from supportsim.studies.planning.growth import Month
    from supportsim.studies.planning.hiring import LatestHire
    from supportsim.studies.planning.most import Most
    from supportsim.studies.planning.plan import Plan
    from supportsim.studies.planning.trying import Tried


def plan_report(plan: Plan, command: str = "") -> Report:
    """Return the report of a plan.

    Parameters
    ----------
    plan
        The plan.
    command
        The command that made it; empty if there was none.
    """
    from supportsim.report.pictures import pictures_of_plan

    staffing = text_table(
        "Agents now and planned", staffing_heads(plan), staffing_cells(plan), numbers=(2, 3, 4)
    )
    blocks: list[Section] = [Section("Staffing", [staffing])]
    if plan.statements:
        targets = text_table(
            "Targets, simulated with the planned staffing",
            target_heads(plan),
            map(target_cells, plan.statements),
            numbers=(1, 2),
            judged=3,
        )
        blocks.append(Section("Targets", [targets]))
    if plan.neighbours:
        fewer = text_table(
            "What becomes of one agent fewer",
            NEIGHBOUR_HEADS,
            neighbour_cells(plan),
            numbers=(2,),
            judged=3,
        )
        blocks.append(Section("One agent fewer", [fewer]))
    plots = plots_of(pictures_of_plan(plan))
    if plots:
        blocks.append(Section("Required and on duty", [Plots(plots)]))
    notes = [Text(reason, "Out of reach: ") for part in plan.parts for reason in part.why_not]
    notes += _warnings(plan.warnings)
    about = (
        f"{plan.replications} replications of {plan.looked_at} staffings, seed "
        f"{plan.given.run.seed}. Guarantee: {plan.guarantee}."
    )
    line, _, rest = bottom_line(plan).partition(". ")
    if plan.possible:
        now = sum(one.now for one in plan.positions)
        heads = _agents(sum(plan.staffing.values()))
        line = f"With {heads} ({now} now) every target is met; {line[:1].lower()}{line[1:]}"
    return Report(
        name=plan.given.name,
        study="Staffing plan",
        answer=f"{line.rstrip('.')}.",
        tone="good" if plan.possible else "bad",
        about=about,
        description=plan.given.description,
        notes=[*([Text(rest)] if rest else []), *notes],
        sections=[
            *blocks,
            *closing_sections(plan.given, command, confidence=f"{plan.rules.confidence:g}"),
        ],
    )


def most_report(most: Most, command: str = "") -> Report:
    """Return the report of the most tickets that a desk can take; see `plan_report`."""
    return _answer(
        most.scenario,
        "The most tickets that the desk can take",
        most_told(most),
        "bad" if most.holds is None else "good",
        {"holds": most.holds, "does not": most.fails},
        (most.tried, most.confidence),
        command,
    )


def hire_report(hire: LatestHire, command: str = "") -> Report:
    """Return the report of the latest date by which to hire; see `plan_report`."""
    found = hire.holds is not None or hire.without.answer == "meets"
    return _answer(
        hire.scenario,
        "The latest date by which to hire",
        sentence(hire.answer),
        "good" if found else "bad",
        sides_of_hire(hire),
        (hire.tried, hire.confidence),
        command,
    )


def growth_report(months: Sequence[Month], command: str = "") -> Report:
    """Return the report of the staffing of a growing volume; see `plan_report`."""
    first, last = months[0].plan, months[-1].plan
    desk = first.given
    if last.possible:
        before, after = (sum(one.staffing.values()) for one in (first, last))
        answer = (
            f"In month {months[-1].number} it takes {_agents(after)} to meet the targets, against "
            f"{before} in month {months[0].number}."
        )
    else:
        answer = f"No staffing meets the targets in month {months[-1].number}."
    columns = growth_heads(months)
    table = text_table(
        "The cheapest staffing of each month",
        columns,
        growth_cells(months),
        numbers=range(1, len(columns)),
    )
    notes = [Text(reason, "Out of reach: ") for part in last.parts for reason in part.why_not]
    notes += _warnings(dict.fromkeys(text for one in months for text in one.plan.warnings))
    about = (
        "Each month is planned for as if its volume stayed. In each of them, guarantee: "
        f"{first.guarantee}."
    )
    return Report(
        name=desk.name,
        study="Staffing of a growing volume",
        answer=answer,
        tone="good" if last.possible else "bad",
        about=about,
        description=desk.description,
        notes=notes,
        sections=[Section("Month by month", [table]), *closing_sections(desk, command)],
    )


def _answer(
    desk: Scenario,
    study: str,
    answer: str,
    tone: str,
    sides: Mapping[str, Tried | None],
    trials: tuple[Sequence[Tried], float],
    command: str,
) -> Report:
    """Return the report of an answer that holds on one side of a limit and not on the other."""
    tried, confidence = trials
    rows = side_cells(sides)
    blocks: list[Block] = []
    if rows:
        title = "Targets on both sides of the answer"
        blocks.append(text_table(title, SIDE_HEADS, rows, judged=3))
    count = sum(one.replications for one in tried)
    about = (
        f"{len(tried)} desk{'s' * (len(tried) != 1)} tried, {count} replications in all; seed "
        f"{desk.run.seed}. With a probability of at least {confidence:.6g} all these verdicts are "
        "right, but for close calls: margins below the precision."
    )
    return Report(
        name=desk.name,
        study=study,
        answer=answer,
        tone=tone,
        about=about,
        description=desk.description,
        sections=[
            *([Section("Both sides of it", blocks)] if blocks else []),
            *closing_sections(desk, command, confidence=f"{confidence:g}"),
        ],
    )


def _agents(count: int) -> str:
    return f"{count} agent{'s' * (count != 1)}"


def _warnings(warnings: Iterable[str]) -> list[Text]:
    return [Text(f"{warning[:1].upper()}{warning[1:]}", "Warning: ") for warning in warnings]
