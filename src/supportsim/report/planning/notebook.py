"""Plans and answers to the reverse questions as HTML for notebooks."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from supportsim.report.html import html_page, html_table, html_warnings
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
    from collections.abc import Sequence

    from supportsim.studies.planning.growth import Month
    from supportsim.studies.planning.hiring import LatestHire
    from supportsim.studies.planning.most import Most
    from supportsim.studies.planning.plan import Plan


def plan_html(plan: Plan) -> str:
    """Return staffing, targets and one agent fewer as compact HTML tables."""
    parts = [html_table(staffing_heads(plan), staffing_cells(plan))]
    if plan.statements:
        parts.append(html_table(target_heads(plan), map(target_cells, plan.statements)))
    if plan.neighbours:
        parts.append(html_table(NEIGHBOUR_HEADS, neighbour_cells(plan)))
    reasons = (reason for part in plan.parts for reason in part.why_not)
    parts += [f"<p>Out of reach: {escape(reason)}</p>" for reason in reasons]
    parts += html_warnings(plan.warnings)
    about = f"{plan.replications} replications of {plan.looked_at} staffings"
    return html_page(
        plan.given.name, bottom_line(plan), f"{about}, seed {plan.given.run.seed}", parts
    )


def most_html(most: Most) -> str:
    """Return the most tickets that a desk can take, and what is known on both sides of it."""
    rows = side_cells({"holds": most.holds, "does not": most.fails})
    about = f"{len(most.tried)} desks tried, seed {most.scenario.run.seed}"
    return html_page(most.scenario.name, most_told(most), about, [html_table(SIDE_HEADS, rows)])


def hire_html(hire: LatestHire) -> str:
    """Return the latest date by which to hire, and what is known on both sides of it."""
    rows = side_cells(sides_of_hire(hire))
    about = f"{len(hire.tried)} desks tried, seed {hire.scenario.run.seed}"
    return html_page(
        hire.scenario.name, sentence(hire.answer), about, [html_table(SIDE_HEADS, rows)]
    )


def growth_html(months: Sequence[Month]) -> str:
    """Return the staffing of each month of a growing volume."""
    desk = months[0].plan.given
    told = "the cheapest staffing that meets the targets, month by month"
    parts = [html_table(growth_heads(months), growth_cells(months))]
    parts += html_warnings(dict.fromkeys(w for one in months for w in one.plan.warnings))
    return html_page(desk.name, told, f"seed {desk.run.seed}", parts)
