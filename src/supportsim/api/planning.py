"""A staffing plan, as notebooks and scripts see it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from supportsim.api.asking import Answer, all_changes, listed, new_axes
from supportsim.errors import InputError, choices
from supportsim.files import check_writable
from supportsim.report import plan_document, write_plan
from supportsim.report.planning.notebook import plan_html
from supportsim.report.planning.tables import bottom_line
from supportsim.report.progress import progress_bar
from supportsim.studies.planning.plan import plan as _plan
from supportsim.studies.planning.settings import PlanSettings
from supportsim.studies.study_files import given, read_study

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd
    from matplotlib.axes import Axes

    from supportsim.scenario import Scenario
    from supportsim.studies.planning.plan import Plan


class PlanResult(Answer):
    """The cheapest staffing that meets targets, for notebooks and scripts.

    Parameters
    ----------
    planned
        The plan that it shows.
    """

    def __init__(self, planned: Plan) -> None:
        self._plan = planned

    @property
    def possible(self) -> bool:
        """Whether a staffing that meets the targets was found."""
        return self._plan.possible

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why targets are out of reach of any number of agents; empty if none is."""
        return tuple(reason for part in self._plan.parts for reason in part.why_not)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader of the plan should know."""
        return self._plan.warnings

    @property
    def scenario(self) -> Scenario:
        """The scenario with the planned staffing.

        Raises
        ------
        InputError
            If no staffing meets the targets.
        """
        return self._plan.scenario

    @property
    def cost(self) -> float:
        """What the planned agents cost a week."""
        return self._plan.cost

    @cached_property
    def staffing(self) -> pd.DataFrame:
        """A row for each position, by its key; see `report.planning.documents.staffing_frame`."""
        from supportsim.report.planning.documents import staffing_frame

        return staffing_frame(self._plan)

    @cached_property
    def targets(self) -> pd.DataFrame:
        """A row for each target, with its margin; see `report.planning.documents.targets_frame`."""
        from supportsim.report.planning.documents import targets_frame

        return targets_frame(self._plan)

    @cached_property
    def neighbours(self) -> pd.DataFrame:
        """What becomes of one agent fewer; see `report.planning.documents.neighbours_frame`."""
        from supportsim.report.planning.documents import neighbours_frame

        return neighbours_frame(self._plan)

    def plot_required(self, team: str | None = None, ax: Axes | None = None) -> Axes:
        """Draw the agents required by theory and on duty by hour and weekday, and return the Axes.

        Parameters
        ----------
        team
            Name of a planned team; the first one unless given.
        ax
            Where to draw; without it pyplot makes a new figure, which a notebook then shows.

        Raises
        ------
        InputError
            If the team was not planned.
        """
        from supportsim.report.plots.planning import plot_required, required_size
        from supportsim.studies.planning.scheduled import duty_weeks

        weeks = {week.team: week for week in duty_weeks(self._plan)}
        name = next(iter(weeks)) if team is None else team
        if name not in weeks:
            raise InputError(f"the team {name!r} was not planned; {choices(name, weeks)}")
        return plot_required(weeks[name], ax or new_axes(*required_size(weeks[name])))

    plot = plot_required

    @property
    def _found(self) -> Plan:
        return self._plan

    def to_dict(self) -> dict[str, Any]:
        """Return the plan as a dictionary that JSON can hold."""
        return plan_document(self._plan)

    def save(self, folder: str | Path) -> None:
        """Write the plan to a folder, all of its files or none.

        Raises
        ------
        InputError
            If the folder cannot be written.
        """
        check_writable(folder, "plan")
        write_plan(self._plan, folder)

    def __repr__(self) -> str:
        heads = ", ".join(f"{key} = {number}" for key, number in self._plan.staffing.items())
        return f"<Plan of {self._plan.given.name!r}: {heads or 'none'}. {bottom_line(self._plan)}>"

    def _repr_html_(self) -> str:
        return plan_html(self._plan)


def plan(
    scenario: str | Path | Scenario,
    targets: str | Sequence[str] | None = None,
    *,
    confidence: float | None = None,
    teams: str | Sequence[str] | None = None,
    precision: float | None = None,
    max_replications: int | None = None,
    every: str | None = None,
    workers: int | None = None,
    seed: int | None = None,
    changes: Mapping[str, Any] | None = None,
    progress: bool = False,
) -> PlanResult:
    """Find the cheapest staffing that meets targets.

    Parameters
    ----------
    scenario
        A scenario, the path of its file, or that of a study file.
    targets
        What has to hold, as in ``["phone.answered_within_20s>=0.8"]``; a study file has its own.
    confidence
        How sure the plan has to be; 0.95 unless given.
    teams
        Teams to plan; unless given those that serve a channel of a target.
    precision
        Margin below which a target may be judged either way: 0.01 of shares and 0.02 times the
        value of all else, unless given.
    max_replications
        Most replications of a staffing.
    every
        Length of stretches of the day, as in ``"30min"``, in each of which the targets hold.
    workers
        Processes to use, −1 for all cores; as many as the work is worth unless given. The result
        does not depend on it.
    seed
        Used instead of the scenario's, if given.
    changes
        Values to use instead of the scenario's, by dotted path.
    progress
        Whether to show a progress bar.

    Raises
    ------
    InputError
        If the scenario, a target or a team cannot be used.
    """
    options = given(
        targets=listed(targets),
        confidence=confidence,
        teams=listed(teams),
        precision=precision,
        max_replications=max_replications,
        every=every,
    )
    study = read_study(scenario, "plan", PlanSettings, options, all_changes(changes, seed))
    desk, settings = study.scenario, study.settings
    if settings.is_reverse:
        raise InputError(
            f"the study file asks {settings.study}, which is another question: "
            "see most_tickets, latest_hire and staffing_over_growth"
        )
    with progress_bar(desk.name, shown=progress, doing="Planning") as advance:
        return PlanResult(_plan(desk, settings, workers=workers, progress=advance))
