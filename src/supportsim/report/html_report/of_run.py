"""The report of a run."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from supportsim.measures import ALL
from supportsim.report.grouping import teams_that_change
from supportsim.report.html_report.content import (
    Block,
    Column,
    Fold,
    Group,
    Plots,
    Report,
    Section,
    Table,
    Text,
)
from supportsim.report.html_report.judging import (
    answer_of,
    measured,
    open_questions,
    role_blocks,
    verdict_blocks,
)
from supportsim.report.html_report.plots import plots_of
from supportsim.report.html_report.reproducing import closing_sections
from supportsim.report.measure_tables import title_of
from supportsim.report.terminal import what_was_run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from supportsim.measures import Asked
    from supportsim.report.pictures import Picture
    from supportsim.scenario import Scenario
    from supportsim.studies import Run

_OF_CHANNEL = (
    "arrivals_per_day",
    "first_response_time_median",
    "first_response_time_p90",
    "first_response_time_business",
    "service_level_{time}",
    "response_rate",
    "abandonment",
    "blocked",
    "first_contact_resolution",
    "resolution_time",
    "handling_time",
    "backlog_open",
    "backlog_awaiting",
    "csat",
)
"""Measures that are shown of each channel, where they are known."""
_OF_TEAM = (
    "headcount_on_duty",
    "occupancy",
    "overtime",
    "headcount",
    "vacancies",
    "effective_capacity",
    "agent_turnover",
    "time_to_fill",
    "shrinkage",
    "paid_hours",
)
"""Measures that are shown of each team, where they are known."""
_MONEY = ("costs", "unit_costs")
"""Names of the pictures of money."""


def run_report(run: Run, command: str = "") -> Report:
    """Return the report of a run.

    Parameters
    ----------
    run
        The run.
    command
        The command that made it; empty if there was none.
    """
    from supportsim.report.pictures import pictures_of_run

    scenario = run.scenario
    answer, tone = answer_of(run)
    return Report(
        name=scenario.name,
        study="Simulation report",
        answer=answer,
        tone=tone,
        about=f"{what_was_run(run)}.",
        description=scenario.description,
        notes=[*open_questions(run), *warnings_of(run)],
        sections=[
            *run_sections(run, pictures_of_run(run)),
            *closing_sections(scenario, command, replications=str(len(run.replications))),
        ],
    )


def warnings_of(run: Run) -> list[Text]:
    """Return what a reader of a run should know."""
    notes = [Text(f"{warning[:1].upper()}{warning[1:]}", "Warning: ") for warning in run.warnings]
    if run.stopped:
        notes.append(Text(run.stopped, "Replications: "))
    return notes


def run_sections(run: Run, pictures: Sequence[Picture]) -> list[Section]:
    """Return the parts on a run: verdicts, channels, teams, money, roles and every measure."""
    # The table of the verdicts draws every interval already.
    of_all = [one for one in pictures if not one.about and one.stem != "verdicts"]
    general = [one for one in of_all if one.stem not in _MONEY]
    money = [one for one in of_all if one.stem in _MONEY]
    sections = [
        Section("Verdicts", [*verdict_blocks(run), *_plots(general)]),
        Section("Channels", sections=[_channel(run, n, pictures) for n in run.scenario.channels]),
        Section("Teams", sections=[_team(run, name, pictures) for name in run.scenario.teams]),
        Section("Money", _money(run, money)),
        Section("What was put in, fitted and predicted", role_blocks(run)),
        Section("Every measure", _every(run)),
    ]
    return [one for one in sections if one.blocks or one.sections]


def _plots(pictures: Iterable[Picture], table: Table | None = None) -> list[Block]:
    """Return a table and pictures side by side, if there are any."""
    made = plots_of(pictures)
    return [Plots(made, table)] if made or table else []


def _channel(run: Run, name: str, pictures: Iterable[Picture]) -> Section:
    mine = [one for one in pictures if one.about == name]
    blocks = _plots(mine, _key_numbers(run, name, _OF_CHANNEL))
    if not run.estimates[f"{name}.arrivals_per_day"].mean:
        blocks.append(Text("No ticket begins on this channel, so that nothing is drawn of it."))
    return Section(name, blocks)


def _team(run: Run, name: str, pictures: Iterable[Picture]) -> Section:
    mine = [one for one in pictures if one.about == f"team.{name}"]
    serves = ", ".join(run.scenario.teams[name].serves)
    return Section(
        name,
        [
            Text(serves or "nothing", "Serves: "),
            *_headcount(run.scenario, name),
            *_plots(mine, _key_numbers(run, f"team.{name}", _OF_TEAM)),
        ],
    )


def _headcount(scenario: Scenario, name: str) -> list[Text]:
    """Return how many agents a team has whose agents stay; that of others is drawn."""
    if name in teams_that_change(scenario):
        return []
    team = scenario.teams[name]
    told = "without limit" if team.agents == "unlimited" else str(team.size)
    return [Text(f"{told}, all the time: nobody leaves and nobody is hired", "Headcount: ")]


def _key_numbers(run: Run, owner: str, names: Sequence[str]) -> Table | None:
    """Return a table of the measures of a channel or team that most people ask for."""
    mine = [one for one in run.asked.values() if one.owner == owner and one.measure.name in names]
    mine.sort(key=lambda one: names.index(one.measure.name))
    rows = _rows(run, mine)
    title = f"Key numbers of {owner.removeprefix('team.')}"
    return measure_table(title, [Group("", rows)]) if rows else None


def _rows(run: Run, asked: Iterable[Asked]) -> list[tuple[str, str, str]]:
    """Return a row for each measure of which anything is known."""
    return [
        (title_of(one.measure), *measured(run, one.id))
        for one in asked
        if not math.isnan(run.estimates[one.id].mean)
    ]


def measure_table(caption: str, groups: Sequence[Group]) -> Table:
    """Return a table of measures with their intervals."""
    columns = [
        Column("Measure"),
        Column("Simulated", number=True),
        Column("95 % interval", number=True),
    ]
    return Table(caption, columns, groups)


def _money(run: Run, pictures: Iterable[Picture]) -> list[Block]:
    """Return a table of everything that is counted in the currency of the benchmarks."""
    means = [run.estimates[one.id].mean for one in run.asked.values() if _is_money(one)]
    if not np.nan_to_num(means).any():
        return []
    costs = {name: team.cost_per_hour for name, team in run.scenario.teams.items()}
    alone = {"channel": len(run.scenario.channels) == 1, "team": len(run.scenario.teams) == 1}
    groups = _by_owner(
        run,
        lambda one: (
            _is_money(one)
            # All of one thing is that thing.
            and not (one.owner == ALL and alone.get(one.measure.owner, False))
        ),
    )
    told = ", ".join(f"{name} {cost:g}" for name, cost in costs.items())
    return [
        Text(f"{told}; in the currency of the benchmarks.", "An hour of an agent's time costs: "),
        *_plots(pictures, measure_table("Costs and what is lost or saved", groups)),
    ]


def _is_money(one: Asked) -> bool:
    return one.measure.unit.startswith("currency")


def _every(run: Run) -> list[Block]:
    groups = _by_owner(run, lambda _: True)
    count = sum(len(group.rows) for group in groups)
    title = f"All {count} measures, with their 95 % intervals"
    return [Fold(title, [measure_table(title, groups)])]


def _by_owner(run: Run, wanted: Callable[[Asked], bool]) -> list[Group]:
    """Return the wanted measures under the names of the channels and teams they are of."""
    owners: dict[str, list[Asked]] = {}
    for one in run.asked.values():
        if wanted(one):
            owners.setdefault(one.owner, []).append(one)
    titles = {ALL: "the whole desk"}
    return [
        Group(titles.get(owner, owner.replace("team.", "team ", 1)), rows)
        for owner, asked in owners.items()
        if (rows := _rows(run, asked))
    ]
