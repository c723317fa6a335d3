"""Answers to the reverse questions on a terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from supportsim.report.numbers import format_value
from supportsim.report.page import Page
from supportsim.report.planning.tables import ANSWERS, simulated_text, target_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console

    from supportsim.studies.planning.evaluate import Statement
    from supportsim.studies.planning.growth import Month
    from supportsim.studies.planning.hiring import LatestHire
    from supportsim.studies.planning.most import Most
    from supportsim.studies.planning.trying import Tried

SIDE_HEADS = ("Target", "Where", "Simulated", "Verdict")
MOST_TARGETS = 6
"""Targets of which both sides are shown: those with the least margins."""


def print_most(most: Most, console: Console) -> None:
    """Print the most tickets that a desk can take, and what is known on both sides of it."""
    page = Page(console)
    page.write(most.scenario.name, "bold")
    page.write("The most tickets a day such that all targets hold")
    page.write()
    sides = [one for one in (most.holds, most.fails) if one is not None]
    now = most.tickets(1.0)
    table = page.table(
        "Channel", "Now", *("Holds at" if s is most.holds else "Not at" for s in sides)
    )
    for name in most.channels:
        table.add_row(
            page.text(name),
            _tickets(now[name]),
            *(_tickets(most.tickets(side.at)[name]) for side in sides),
        )
    page.write_table(table)
    _write_sides(page, {"holds": most.holds, "does not": most.fails})
    page.write(most_told(most), "bold")
    _write_foot(page, most.tried, most.confidence, most.scenario.run.seed)


def most_told(most: Most) -> str:
    """Return the answer in a sentence."""
    if most.holds is None or most.fails is None:
        return sentence(most.limit)
    volumes = " and ".join(
        f"{_tickets(number)} on {name}" for name, number in most.tickets(most.holds.at).items()
    )
    return f"The targets hold with {volumes}; {most.limit}."


def sides_of_hire(hire: LatestHire) -> dict[str, Tried | None]:
    """Return what was tried on both sides of the answer, by when the agents would begin."""
    sides: dict[str, Tried | None] = {"without": hire.without}
    if hire.holds is not None:
        sides[f"from {hire.first_day} on"] = hire.holds
    if hire.holds is not None and hire.fails is not None and math.isfinite(hire.fails.at):
        sides["a day later"] = hire.fails
    return sides


def sentence(text: str) -> str:
    """Return a text with a capital and a full stop."""
    return f"{text[:1].upper()}{text[1:]}."


def print_hire(hire: LatestHire, console: Console) -> None:
    """Print the latest date by which to hire, and what is known on both sides of it."""
    page = Page(console)
    page.write(hire.scenario.name, "bold")
    page.write("The latest first day of more agents such that the targets hold month by month")
    page.write()
    _write_sides(page, sides_of_hire(hire))
    page.write(sentence(hire.answer), "bold")
    _write_foot(page, hire.tried, hire.confidence, hire.scenario.run.seed)


def print_growth(months: Sequence[Month], console: Console) -> None:
    """Print the staffing of each month of a growing volume."""
    page = Page(console)
    first = months[0].plan
    page.write(first.given.name, "bold")
    page.write("The cheapest staffing that meets the targets, month by month")
    page.write()
    table = page.table(*growth_heads(months))
    table.columns[0].min_width = None
    for cells in growth_cells(months):
        table.add_row(*map(page.text, cells))
    page.write_table(table)
    last = months[-1]
    if not last.plan.possible:
        page.write(f"No staffing meets the targets in month {last.number}.", "bold")
        for reason in (reason for part in last.plan.parts for reason in part.why_not):
            page.write(reason, lead="Out of reach: ")
    for warning in dict.fromkeys(w for one in months for w in one.plan.warnings):
        page.write(warning, lead="Warning: ")
    page.write(
        "Each month is planned for as if its volume stayed. In each of them, guarantee: "
        f"{first.guarantee}.",
        "dim",
    )


def growth_heads(months: Sequence[Month]) -> tuple[str, ...]:
    """Return the heads of the columns of `growth_cells`."""
    first = months[0].plan
    several = len(first.positions) > 1
    names = [_name(one.team, one.shift) for one in first.positions] if several else []
    paid = any(first.given.teams[one.team].cost_per_hour for one in first.positions)
    cost = "Cost a week" if paid else "Hours a week"
    return "Month", "Volume", "Tickets a day", *names, "Agents", cost


def growth_cells(months: Sequence[Month]) -> list[tuple[str, ...]]:
    """Return a row of texts for each month, with each position's agents where there are several."""
    positions = months[0].plan.positions
    rows: list[tuple[str, ...]] = []
    for one in months:
        heads = [one.plan.staffing.get(position.key) for position in positions]
        rows.append(
            (
                str(one.number),
                f"{100 * one.factor:.0f} %",
                _tickets(one.tickets).removesuffix(" a day"),
                *(["none" if n is None else str(n) for n in heads] if len(heads) > 1 else []),
                str(sum(one.plan.staffing.values())) if one.plan.possible else "none",
                f"{one.plan.cost:,.0f}" if one.plan.possible else "",
            )
        )
    return rows


def _write_sides(page: Page, sides: Mapping[str, Tried | None]) -> None:
    table = page.table(*SIDE_HEADS, numbers=0)
    rows = side_cells(sides)
    for cells in rows:
        table.add_row(*map(page.text, cells))
    if rows:
        page.write_table(table)


def side_cells(sides: Mapping[str, Tried | None]) -> list[tuple[str, ...]]:
    """Return a row of texts for each target of each side of an answer: those of least margin."""
    rows: list[tuple[str, ...]] = []
    for where, side in sides.items():
        if side is None:
            continue
        closest = sorted(side.statements, key=lambda one: one.margin.mean)[:MOST_TARGETS]
        rows += [(target_text(one), where, simulated_text(one), _verdict(one)) for one in closest]
        if not side.statements:
            rows.append(("nobody would serve a channel", where, "", "FAILS"))
    return rows


def _verdict(one: Statement) -> str:
    """Return a verdict; one of which it is not known is of no account where another one fails."""
    return ANSWERS[one.answer] + (", close" if one.close and one.answer != "undecided" else "")


def _write_foot(page: Page, tried: Sequence[Tried], confidence: float, seed: int) -> None:
    count = sum(one.replications for one in tried)
    page.write(
        f"{len(tried)} desk{'s' * (len(tried) != 1)} tried, {count} replications in all, seed "
        f"{seed}. With a probability of at least {confidence:.6g} all these verdicts are right, "
        "but for close calls: margins below the precision.",
        "dim",
    )


def _tickets(number: float) -> str:
    return format_value(number, "per day", short=True) + " a day"


def _name(team: str, shift: int | None) -> str:
    return team if shift is None else f"{team} {shift + 1}"
