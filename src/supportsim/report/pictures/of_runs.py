"""The pictures of a run: its verdicts, each channel, each team, and the money."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from supportsim.report.frames import verdicts_frame
from supportsim.report.grouping import judged_of, teams_that_change
from supportsim.report.money import costs_of_teams, unit_costs
from supportsim.report.pictures import tables, words
from supportsim.report.pictures.picture import Picture, stem_of
from supportsim.report.plots import by_week, money, over_time, responses, verdicts
from supportsim.report.series import teams_with_staff

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from matplotlib.axes import Axes

    from supportsim.studies import Run


@dataclass(frozen=True)
class _Kind:
    """One kind of picture of channels or of teams: what it is called, and what makes it."""

    stem: str
    title: str
    size: tuple[float, float]
    plot: Callable[[Run, str, Axes | None], Axes]
    words: Callable[[Run, str], str]
    table: Callable[[Run, str], pd.DataFrame]


_OF_CHANNELS: tuple[_Kind, ...] = (
    _Kind(
        "first_response",
        "First response on {}",
        responses.SIZE,
        responses.plot_first_response,
        words.of_first_response,
        tables.first_response_table,
    ),
    _Kind(
        "wait",
        "Wait on {} by hour of the week",
        by_week.MAP_SIZE,
        by_week.plot_wait,
        words.of_wait,
        tables.wait_table,
    ),
    _Kind(
        "backlog",
        "Backlog on {}",
        over_time.SIZE,
        over_time.plot_backlog,
        words.of_backlog,
        tables.backlog_table,
    ),
    _Kind(
        "arrivals",
        "Arrivals on {}, simulated and intended",
        by_week.WEEK_SIZE,
        by_week.plot_arrivals,
        words.of_arrivals,
        tables.arrivals_table,
    ),
)
_STAFF = _Kind(
    "staff",
    "Staff of {}",
    over_time.SIZE,
    over_time.plot_staff,
    words.of_staff,
    tables.staff_table,
)
_OF_TEAMS: tuple[_Kind, ...] = (
    _Kind(
        "occupancy",
        "Occupancy of {} by hour of the week",
        by_week.MAP_SIZE,
        by_week.plot_occupancy,
        words.of_occupancy,
        tables.occupancy_table,
    ),
    _Kind(
        "duty",
        "Agents of {}: on duty, busy and required",
        by_week.WEEK_SIZE,
        by_week.plot_duty,
        words.of_duty,
        tables.duty_table,
    ),
)


def pictures_of_run(run: Run) -> list[Picture]:
    """Return the pictures of a run, in the order in which a report shows them.

    Channels without tickets of their own, to which only others escalate, have none, nor have teams
    without limit; the staff of teams whose agents stay would be a level line. Nothing is said of
    money where nothing costs any.
    """
    pictures = [_verdicts(run)] if judged_of(run) else []
    for channel in run.scenario.channels:
        if run.estimates[f"{channel}.arrivals_per_day"].mean:
            pictures += [_picture(run, kind, channel, channel) for kind in _OF_CHANNELS]
    for team in teams_with_staff(run):
        kinds = (_STAFF, *_OF_TEAMS) if team in teams_that_change(run.scenario) else _OF_TEAMS
        pictures += [_picture(run, kind, team, f"team.{team}") for kind in kinds]
    return [*pictures, *_money(run)]


def _picture(run: Run, kind: _Kind, name: str, about: str) -> Picture:
    """Return one picture of a channel or a team."""
    return Picture(
        stem_of(kind.stem, name),
        kind.title.format(name),
        kind.words(run, name),
        kind.size,
        lambda ax: kind.plot(run, name, ax),
        lambda: kind.table(run, name),
        about,
    )


def _verdicts(run: Run) -> Picture:
    return Picture(
        "verdicts",
        f"Simulated figures of {run.scenario.name}",
        words.of_verdicts(run),
        verdicts.verdicts_size(run),
        lambda ax: verdicts.plot_verdicts(run, ax),
        partial(verdicts_frame, run),
    )


def _money(run: Run) -> list[Picture]:
    pictures = []
    if costs_of_teams(run):
        pictures.append(
            Picture(
                "costs",
                "What the teams cost",
                words.of_costs(run),
                money.costs_size(run),
                lambda ax: money.plot_costs(run, ax),
                partial(tables.costs_table, run),
            )
        )
    if unit_costs(run):
        pictures.append(
            Picture(
                "unit_costs",
                "What a contact or a ticket costs",
                words.of_unit_costs(run),
                money.unit_costs_size(run),
                lambda ax: money.plot_unit_costs(run, ax),
                partial(tables.unit_costs_table, run),
            )
        )
    return pictures
