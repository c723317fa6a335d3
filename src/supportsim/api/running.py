"""A simulated scenario, as notebooks and scripts see it."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from supportsim.api.asking import Answer, all_changes, new_axes
from supportsim.errors import InputError, choices
from supportsim.files import check_writable, path_of
from supportsim.report import run_document, run_html, write_run
from supportsim.report.exporting.formats import Format, contents_of
from supportsim.report.grouping import teams_that_change
from supportsim.report.progress import progress_bar
from supportsim.report.series import teams_with_staff
from supportsim.scenario import Scenario, load
from supportsim.studies import figures_of, simulate_once
from supportsim.studies import run as _simulate

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from matplotlib.axes import Axes

    from supportsim.studies import Run

    Table = Literal["tickets", "contacts"]


class Result(Answer):
    """A simulated scenario, for notebooks and scripts.

    Parameters
    ----------
    simulated
        The run that it shows.
    """

    def __init__(self, simulated: Run) -> None:
        self._run = simulated

    @property
    def scenario(self) -> Scenario:
        """The scenario as it was run."""
        return self._run.scenario

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader of the results should know."""
        return self._run.warnings

    @property
    def all_match(self) -> bool:
        """Whether every simulated figure matches."""
        return self._run.all_match

    @cached_property
    def verdicts(self) -> pd.DataFrame:
        """A row for each published figure, by its id; see `report.frames.verdicts_frame`."""
        from supportsim.report.frames import verdicts_frame

        return verdicts_frame(self._run)

    @cached_property
    def measures(self) -> pd.DataFrame:
        """A row for each measure, by its id; see `report.frames.measures_frame`."""
        from supportsim.report.frames import measures_frame

        return measures_frame(self._run)

    @cached_property
    def staff(self) -> pd.DataFrame:
        """Headcount, vacancies and capacity of each day and team; see `report.frames.staff_frame`.

        A row for each day, team and measure, with the mean and the 95 % interval.
        """
        from supportsim.report.frames import staff_frame

        return staff_frame(self._run)

    def tickets(self, replication: int = 0) -> pd.DataFrame:
        """Return a row for each ticket of one replication, which is simulated again for it.

        Raises
        ------
        InputError
            If there is no such replication; they are counted from 0.
        """
        from supportsim.report.frames import tickets_frame

        self._check(replication)
        return tickets_frame(simulate_once(self.scenario, replication), self.scenario)

    def contacts(self, replication: int = 0) -> pd.DataFrame:
        """Return a row for each contact of one replication, which is simulated again for it.

        Raises
        ------
        InputError
            If there is no such replication; they are counted from 0.
        """
        from supportsim.report.frames import contacts_frame

        self._check(replication)
        return contacts_frame(simulate_once(self.scenario, replication), self.scenario)

    def _check(self, replication: int) -> None:
        last = len(self._run.replications) - 1
        if not (isinstance(replication, int | np.integer) and 0 <= replication <= last):
            raise InputError(
                f"there is no replication {replication!r}; they are numbered from 0 to {last}"
            )

    @property
    def stopped(self) -> str:
        """With automatic replications, why they ended; empty otherwise."""
        return self._run.stopped

    @property
    def _found(self) -> Run:
        return self._run

    def to_dict(self) -> dict[str, Any]:
        """Return the measures and verdicts as a dictionary that JSON can hold."""
        return run_document(self._run)

    def save(self, folder: str | Path) -> None:
        """Write verdicts, measures, tickets, staff and plots to a folder, all of them or none.

        Raises
        ------
        InputError
            If the folder cannot be written.
        """
        check_writable(folder, "run")
        write_run(self._run, folder)

    def to_csv(self, path: str | Path, table: Table = "tickets", replication: int = 0) -> None:
        """Write the tickets or the contacts of one replication as CSV; `read_tickets` reads it.

        Parameters
        ----------
        path
            The file; it is packed if its name ends on ``.gz``. An earlier export is replaced.
        table
            Which of the two.
        replication
            Which replication; it is simulated again for it.

        Raises
        ------
        InputError
            If the file cannot be written, or there is no such table or replication.
        """
        self._export(path, Format.CSV, replication, table)

    def to_parquet(self, path: str | Path, table: Table = "tickets", replication: int = 0) -> None:
        """Write them as Parquet, which needs the extra `parquet`; see `to_csv`."""
        self._export(path, Format.PARQUET, replication, table)

    def to_xes(self, path: str | Path, replication: int = 0) -> None:
        """Write the events of one replication as XES, a trace for each ticket; see `to_csv`."""
        self._export(path, Format.XES, replication)

    def to_ocel(self, path: str | Path, replication: int = 0) -> None:
        """Write the events of one replication as OCEL 2.0 in JSON; see `to_csv`."""
        self._export(path, Format.OCEL, replication)

    def to_junit(self, path: str | Path | None = None) -> str:
        """Return the verdicts as JUnit XML, and write them if a file is given."""
        return self._told(Format.JUNIT, path)

    def to_markdown(self, path: str | Path | None = None) -> str:
        """Return the verdicts as Markdown, and write them if a file is given."""
        return self._told(Format.MARKDOWN, path)

    def _export(
        self, path: str | Path, form: Format, replication: int, table: str = "tickets"
    ) -> None:
        from supportsim.report.exporting.writing import check_export, write_log

        file, contents = path_of(path, "path"), contents_of(table)
        self._check(replication)
        check_export(file, form)
        facts = simulate_once(self.scenario, replication)
        write_log(facts, file, form, contents=contents, replication=int(replication))

    def _told(self, form: Format, path: str | Path | None) -> str:
        from supportsim.report.exporting.writing import check_export, verdicts_text, write_verdicts

        if path is not None:
            file = path_of(path, "path")
            check_export(file, form)
            write_verdicts(self._run, file, form)
        return verdicts_text(self._run, form)

    def plot_first_response(self, channel: str | None = None, ax: Axes | None = None) -> Axes:
        """Draw the share of tickets answered within each time, and return the Axes.

        Parameters
        ----------
        channel
            Name of a channel; the first one unless given.
        ax
            Where to draw; without it pyplot makes a new figure, which a notebook then shows.

        Raises
        ------
        InputError
            If there is no such channel.
        """
        from supportsim.report.plots import plot_first_response

        return plot_first_response(self._run, self._channel(channel), ax or new_axes(7.0))

    def plot_backlog(self, channel: str | None = None, ax: Axes | None = None) -> Axes:
        """Draw the backlog from day to day, and return the Axes; see `plot_first_response`."""
        from supportsim.report.plots import plot_backlog

        return plot_backlog(self._run, self._channel(channel), ax or new_axes(8.0))

    def plot_wait(self, channel: str | None = None, ax: Axes | None = None) -> Axes:
        """Draw the mean wait by the hour of the week of arrival; see `plot_first_response`."""
        from supportsim.report.plots import plot_wait
        from supportsim.report.plots.by_week import MAP_SIZE

        return plot_wait(self._run, self._channel(channel), ax or new_axes(*MAP_SIZE))

    def plot_arrivals(self, channel: str | None = None, ax: Axes | None = None) -> Axes:
        """Draw arrivals by the hour, simulated and intended; see `plot_first_response`."""
        from supportsim.report.plots import plot_arrivals

        return plot_arrivals(self._run, self._channel(channel), ax or new_axes(8.0))

    def plot_staff(self, team: str | None = None, ax: Axes | None = None) -> Axes:
        """Draw headcount, vacancies and effective capacity from day to day, and return the Axes.

        Parameters
        ----------
        team
            Name of a team; unless given the first one whose agents come and go, or else the first.
        ax
            Where to draw; without it pyplot makes a new figure, which a notebook then shows.

        Raises
        ------
        InputError
            If there is no such team, or it is without limit.
        """
        from supportsim.report.plots import plot_staff

        return plot_staff(self._run, self._team(team), ax or new_axes(8.0))

    def plot_occupancy(self, team: str | None = None, ax: Axes | None = None) -> Axes:
        """Draw the share of duty spent on contacts by the hour of the week; see `plot_staff`."""
        from supportsim.report.plots import plot_occupancy
        from supportsim.report.plots.by_week import MAP_SIZE

        return plot_occupancy(self._run, self._team(team), ax or new_axes(*MAP_SIZE))

    def plot_duty(self, team: str | None = None, ax: Axes | None = None) -> Axes:
        """Draw the agents on duty, busy and required by the hour; see `plot_staff`."""
        from supportsim.report.plots import plot_duty

        return plot_duty(self._run, self._team(team), ax or new_axes(8.0))

    def plot_costs(self, ax: Axes | None = None) -> Axes:
        """Draw what the teams cost a day, by what the money is spent on, and return the Axes.

        Parameters
        ----------
        ax
            Where to draw; without it pyplot makes a new figure, which a notebook then shows.

        Raises
        ------
        InputError
            If nothing costs anything in the scenario.
        """
        from supportsim.report.plots import plot_costs
        from supportsim.report.plots.money import costs_size

        self._check_costs()
        return plot_costs(self._run, ax or new_axes(*costs_size(self._run)))

    def plot_unit_costs(self, ax: Axes | None = None) -> Axes:
        """Draw what a contact or a ticket costs, beside what was published; see `plot_costs`."""
        from supportsim.report.plots import plot_unit_costs
        from supportsim.report.plots.money import unit_costs_size

        self._check_costs()
        return plot_unit_costs(self._run, ax or new_axes(*unit_costs_size(self._run)))

    def plot_verdicts(self, ax: Axes | None = None) -> Axes:
        """Draw each simulated figure against what is accepted of it, and return the Axes."""
        from supportsim.report.plots import plot_verdicts, verdicts_size

        return plot_verdicts(self._run, ax or new_axes(*verdicts_size(self._run)))

    def _check_costs(self) -> None:
        if not any(team.cost_per_hour for team in self.scenario.teams.values()):
            raise InputError("nothing costs anything in this scenario: it has no cost_per_hour")

    def _channel(self, name: str | None) -> str:
        channels = list(self.scenario.channels)
        if name is None:
            return channels[0]
        if name not in channels:
            raise InputError(f"there is no channel {name!r}; {choices(name, channels)}")
        return name

    def _team(self, name: str | None) -> str:
        known = teams_with_staff(self._run)
        if name is None and known:
            return [*teams_that_change(self.scenario), *known][0]
        if name is None:
            raise InputError("every team is without limit: nobody is counted")
        if name not in self.scenario.teams:
            raise InputError(f"there is no team {name!r}; {choices(name, self.scenario.teams)}")
        if name not in known:
            raise InputError(f"the team {name!r} is without limit: nobody is counted")
        return name

    def __repr__(self) -> str:
        counts = Counter(verdict.answer for verdict in self._run.verdicts)
        told = ", ".join(f"{count} {answer}" for answer, count in counts.items())
        number = len(self._run.replications)
        return f"<Result of {self.scenario.name!r}, {number} replications: {told or 'no figures'}>"

    def _repr_html_(self) -> str:
        return run_html(self._run)


def run(
    scenario: str | Path | Scenario,
    *,
    changes: Mapping[str, Any] | None = None,
    workers: int | None = None,
    seed: int | None = None,
    replications: int | Literal["auto"] | None = None,
    progress: bool = False,
) -> Result:
    """Simulate a scenario and judge it by the published figures that it names.

    Parameters
    ----------
    scenario
        A scenario, or the path of its file; benchmark files that it names are looked for beside it.
    changes
        Values to use instead of the scenario's, by dotted path, as in
        ``{"channels.portal.arrivals.per_day": 8}``.
    workers
        Processes to use, −1 for all cores; as many as the work is worth unless given. The result
        does not depend on it.
    seed, replications
        Used instead of the scenario's, if given.
    progress
        Whether to show a progress bar.

    Raises
    ------
    InputError
        If the scenario, a change or a benchmark file cannot be used.
    """
    asked = all_changes(changes, seed, replications)
    if isinstance(scenario, Scenario):
        folder = None
        scenario = scenario.replace(asked) if asked else scenario
    else:
        path = path_of(scenario, "scenario")
        folder, scenario = path.parent, load(path, asked)
    figures = figures_of(scenario, folder)
    with progress_bar(scenario.name, shown=progress) as advance:
        return Result(_simulate(scenario, figures=figures, workers=workers, progress=advance))
