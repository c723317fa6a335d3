"""A plan on a terminal: the staffing, its targets, one agent fewer, and what is guaranteed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supportsim.report.numbers import (
    UNKNOWN,
    format_exact,
    format_interval,
    format_number,
    readable,
)
from supportsim.report.page import Page
from supportsim.scenario.hours import Shift
from supportsim.units import WEEKDAYS, format_clock, format_duration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from supportsim.studies.planning.evaluate import Statement
    from supportsim.studies.planning.plan import Neighbour, Plan
    from supportsim.studies.planning.staffing import Position

_ROOM = 36
"""Characters in which all shifts of a team have to be told; of more only the first."""
MOST_TARGETS = 10
"""Targets that are listed; of more only those with the least margins."""

ANSWERS = {"meets": "meets", "fails": "FAILS", "undecided": "UNDECIDED"}
NEIGHBOUR_HEADS = ("One agent fewer", "Misses", "Simulated", "Verdict")
_SYMBOLS = {"share": " %", "s": " s", "min": " min", "h": " h", "d": " d"}
"""What stands after a number in a unit, beside the name of its measure."""
_STYLES = {"meets": "green", "fails": "bold red", "undecided": "yellow"}


def print_plan(plan: Plan, console: Console) -> None:
    """Print a plan.

    Parameters
    ----------
    plan
        The plan.
    console
        Where to print; colour is used only if it is a terminal, and never carries the meaning.
    """
    page = Page(console)
    page.write(plan.given.name, "bold")
    page.write(_what_was_planned(plan))
    page.write()
    _write_staffing(page, plan)
    _write_targets(page, plan)
    _write_neighbours(page, plan)
    for part in plan.parts:
        for reason in part.why_not:
            page.write(reason, lead="Out of reach: ")
    for warning in plan.warnings:
        page.write(warning, lead="Warning: ")
    if plan.warnings or not plan.possible:
        page.write()
    page.write(bottom_line(plan), "bold")
    page.write(
        f"{plan.replications} replications of {plan.looked_at} staffings, seed "
        f"{plan.given.run.seed}. Guarantee: {plan.guarantee}.",
        "dim",
    )


def bottom_line(plan: Plan) -> str:
    """Return one line on a plan: what it costs and what is shown."""
    if not plan.possible:
        return "No staffing of these teams was found that meets the targets."
    change = plan.cost - plan.cost_now
    told = "as much as now" if abs(change) < 0.5 else f"{change:+,.0f} against now"
    ties = [len(part.found.best) - 1 for part in plan.parts]
    same = ""
    if any(ties):
        same = (
            f" Of {sum(ties) + 1} staffings of that cost this has the largest margin on the "
            "tightest target."
        )
    unit = "" if _cost(plan) == "Cost" else " paid hours"
    return f"The plan costs {plan.cost:,.0f}{unit} a week, {told}. {plan.minimality}{same}"


def _what_was_planned(plan: Plan) -> str:
    teams = list(dict.fromkeys(one.team for one in plan.positions))
    others = [name for name in plan.given.teams if name not in teams]
    stay = f"; {' and '.join(others)} as now" if others else ""
    count = len(plan.targets)
    return (
        f"The cheapest staffing of {' and '.join(teams)} that meets {count} "
        f"target{'s' * (count != 1)}{stay}"
    )


def _write_staffing(page: Page, plan: Plan) -> None:
    table = page.table(*staffing_heads(plan), numbers=4)
    table.columns[1].justify, table.columns[1].no_wrap = "left", False
    for cells in staffing_cells(plan):
        table.add_row(*map(page.text, cells))
    page.write_table(table)


def staffing_heads(plan: Plan) -> tuple[str, ...]:
    """Return the heads of the columns of `staffing_cells`."""
    return "Agents", "Hours", "Now", "Plan", f"{_cost(plan)} a week"


def staffing_cells(plan: Plan) -> list[tuple[str, ...]]:
    """Return a row of texts for each position, and one for all of several."""
    rows: list[tuple[str, ...]] = []
    for one in plan.positions:
        heads = plan.staffing.get(one.key)
        planned = "none" if heads is None else str(heads)
        cost = "" if heads is None else f"{one.cost * heads:,.0f}"
        rows.append((one.team, _hours(plan, one), str(one.now), planned, cost))
    if len(plan.positions) > 1 and plan.possible:
        now, heads = sum(p.now for p in plan.positions), sum(plan.staffing.values())
        rows.append(("all", "", str(now), str(heads), f"{plan.cost:,.0f}"))
    return rows


def _cost(plan: Plan) -> str:
    """Return what is counted of agents: costs, or paid hours where no team has any."""
    teams = {plan.given.teams[one.team].cost_per_hour for one in plan.positions}
    return "Cost" if any(teams) else "Hours"


def _hours(plan: Plan, position: Position) -> str:
    """Return the hours of a position in short: those of its shift, or the team's first ones."""
    shifts = plan.given.teams[position.team].shifts
    if position.shift is not None:
        return _of_shift(shifts[position.shift])
    told = list(map(_of_shift, shifts))
    if len("; ".join(told)) <= _ROOM:
        return "; ".join(told)
    return told[0] + f" and {len(told) - 1} more"


def _of_shift(shift: Shift) -> str:
    days = str(shift.date) if shift.date else _days(shift.days)
    part = "" if shift.each_hour is None else f", {format_duration(shift.each_hour)} of each hour"
    return f"{days} {format_clock(shift.from_)}-{format_clock(shift.to)}{part}"


def _days(days: Sequence[int]) -> str:
    if len(days) > 2 and list(days) == list(range(days[0], days[0] + len(days))):
        return f"{WEEKDAYS[days[0]]}-{WEEKDAYS[days[-1]]}"
    return ",".join(WEEKDAYS[day] for day in days)


def _write_targets(page: Page, plan: Plan) -> None:
    shown = sorted(plan.statements, key=lambda one: one.margin.mean)[:MOST_TARGETS]
    shown = [one for one in plan.statements if one in shown]
    if not shown:
        return
    table = page.table(*target_heads(plan), numbers=2)
    for one in shown:
        *cells, verdict = target_cells(one)
        table.add_row(*map(page.text, cells), page.text(verdict, _STYLES[one.answer]))
    page.write_table(table, gap=len(shown) == len(plan.statements))
    if len(shown) < len(plan.statements):
        page.write(
            f"The {len(shown)} with the least margins of {len(plan.statements)}; all of them: "
            "--json, or targets.csv of --out.",
            "dim",
        )
        page.write()


def target_heads(plan: Plan) -> tuple[str, ...]:
    """Return the heads of the columns of `target_cells`."""
    head = "Target" if plan.possible else "Target, with a great many agents"
    return head, f"Simulated ({100 * plan.rules.confidence:.4g} %)", "Margin", "Verdict"


def target_cells(one: Statement) -> tuple[str, ...]:
    """Return the row of texts of a target."""
    return target_text(one), simulated_text(one), _margin(one), ANSWERS[one.answer]


def _write_neighbours(page: Page, plan: Plan) -> None:
    if not plan.neighbours:
        return
    table = page.table(*NEIGHBOUR_HEADS, numbers=2)
    table.columns[1].justify, table.columns[1].no_wrap = "left", False
    for cells in neighbour_cells(plan):
        table.add_row(*map(page.text, cells))
    page.write_table(table)


def neighbour_cells(plan: Plan) -> list[tuple[str, ...]]:
    """Return a row of texts for each position with one agent fewer."""
    rows: list[tuple[str, ...]] = []
    for one in plan.neighbours:
        misses = "nobody would serve" if one.worst is None else target_text(one.worst)
        simulated = "" if one.worst is None else simulated_text(one.worst)
        rows.append((_fewer(plan, one), misses, simulated, ANSWERS[one.judged.answer]))
    return rows


def _fewer(plan: Plan, one: Neighbour) -> str:
    shifts = sum(other.team == one.position.team for other in plan.positions) > 1
    shift = f", {_hours(plan, one.position).split()[-1]}" if shifts else ""
    return f"{one.heads} for {one.position.team}{shift}"


def target_text(one: Statement) -> str:
    """Return a target as a reader knows it, with its measure's own unit."""
    sign = "≥" if one.target.comparison == ">=" else "≤"
    factor, unit = _reading(one, one.target.value)
    bound = format_exact(one.target.value * factor, one.target.value * factor, unit)
    return f"{one.target.measure} {sign} {bound}{_SYMBOLS.get(unit, '')}"


def simulated_text(one: Statement) -> str:
    """Return what was simulated of a target, with its interval, in the unit that reads best."""
    estimate = one.estimate
    if one.asked.measure.estimator == "quantile":
        factor, unit = 1.0, "share"
    else:
        factor, unit = _reading(one, one.target.value)
    half = estimate.half_width * factor
    number = format_number(estimate.mean * factor, unit, half)
    if number == UNKNOWN:
        return "nothing to measure"
    interval = format_interval(estimate.low * factor, estimate.high * factor, unit)
    within = " in time" if one.asked.measure.estimator == "quantile" else ""
    return f"{number}{_SYMBOLS.get(unit, '')}{within} ({interval})"


def _margin(one: Statement) -> str:
    if one.asked.measure.estimator == "quantile":
        factor, unit = 1.0, "share"
    else:
        factor, unit = _reading(one, one.target.value)
    number = format_number(one.margin.mean * factor, unit, one.margin.half_width * factor)
    return number if number.startswith("-") or number == UNKNOWN else f"+{number}"


def _reading(one: Statement, value: float) -> tuple[float, str]:
    """Return the factor and the unit in which a target reads best."""
    unit = one.asked.measure.unit
    return readable(value) if unit == "min" else (1.0, unit)
