"""The agents required and on duty, by hour and weekday, on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supportsim.report.page import Page
from supportsim.units import DAY, WEEKDAYS, format_clock

if TYPE_CHECKING:
    from rich.console import Console

    from supportsim.studies.planning.scheduled import DutyWeek


def print_required(week: DutyWeek, console: Console) -> None:
    """Print what theory asks for against who is on duty, a row for each time of the day.

    Parameters
    ----------
    week
        The week of a team.
    console
        Where to print; ``!`` marks where fewer are on duty than required.
    """
    page = Page(console)
    page.write()
    page.write(f"Agents of {week.team} in a typical week: required / on duty", "bold")
    table = page.table("From", *WEEKDAYS)
    table.columns[0].min_width = None
    slots = week.required.shape[1]
    for slot in range(*week.hours):
        cells = [
            page.text(week.cell(day, slot) + ("!" if week.short[day, slot] else ""))
            for day in range(7)
        ]
        table.add_row(page.text(format_clock(slot * DAY / slots)), *cells)
    page.write_table(table, gap=False)
    page.write(
        "! short by more than half an agent. What is required is a first guess by theory.", "dim"
    )
    if week.outside:
        page.write(f"At other times of the day up to {week.outside} are required.", "dim")
