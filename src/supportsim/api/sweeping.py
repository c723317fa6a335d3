"""A scenario simulated at many points, as notebooks and scripts see it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from supportsim.api.asking import Answer, all_changes, listed, new_axes
from supportsim.errors import InputError, choices
from supportsim.files import path_of
from supportsim.report import sweep_document, sweep_html, write_sweep
from supportsim.report.progress import progress_bar
from supportsim.report.sweeping.tables import summary_lines
from supportsim.scenario import Scenario
from supportsim.studies import figures_of
from supportsim.studies.study_files import given
from supportsim.studies.sweeping import Design, read_sweep, sensitivity
from supportsim.studies.sweeping import sweep as _sweep

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from supportsim.studies.sweeping import Sweep


class SweepResult(Answer):
    """A scenario simulated at many points, for notebooks and scripts.

    Parameters
    ----------
    swept
        The sweep that it shows.
    """

    def __init__(self, swept: Sweep) -> None:
        self._sweep = swept

    @cached_property
    def frame(self) -> pd.DataFrame:
        """A row for each point and measure; see `report.sweeping.frames.sweep_frame`."""
        from supportsim.report.sweeping.frames import sweep_frame

        return sweep_frame(self._sweep)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader of the results should know, beginning with the points it is about."""
        return tuple(
            f"point {point.number}: {warning}"
            for point in self._sweep.points
            for warning in point.warnings
        )

    def pivot(self, measure: str) -> pd.DataFrame:
        """Return the means of one measure, the last parameter across and the others down.

        Raises
        ------
        InputError
            If the measure was not kept.
        """
        from supportsim.report.sweeping.frames import pivot_frame

        return pivot_frame(self._sweep, self._measure(measure))

    def sensitivity(self, measures: str | Iterable[str] | None = None) -> pd.DataFrame:
        """Return which parameters drive which measure: first-order and total Sobol indices.

        Parameters
        ----------
        measures
            Ids of measures; those that published figures judge unless given.

        Returns
        -------
        DataFrame
            A row for each measure and parameter; see `report.sweeping.frames.sensitivity_frame`.

        Raises
        ------
        InputError
            If the design cannot tell (it has to be saltelli or a grid), or a measure was not kept.
        """
        from supportsim.report.sweeping.frames import sensitivity_frame

        names = listed(measures)
        return sensitivity_frame(self._sweep, names)

    def plot(
        self,
        measure: str | None = None,
        *,
        at: Mapping[str, Any] | None = None,
        ax: Axes | None = None,
    ) -> Axes:
        """Draw a measure over the parameters, with the points that match, and return the Axes.

        Parameters
        ----------
        measure
            Its id; one that published figures judge unless given.
        at
            Values at which to hold some of the parameters, by key.
        ax
            Where to draw; without it pyplot makes a new figure, which a notebook then shows.

        Raises
        ------
        InputError
            If there is no such measure, parameter or value.
        """
        from supportsim.report.plots.sweeping import plot_sweep

        return plot_sweep(self._sweep, measure, at=at, ax=ax or new_axes(8.0, 4.8))

    def plot_sensitivity(
        self, measures: str | Iterable[str] | None = None, *, ax: Axes | None = None
    ) -> Axes:
        """Draw how much each parameter drives each measure, and return the Axes.

        Parameters
        ----------
        measures, ax
            As in `sensitivity` and `plot`.

        Raises
        ------
        InputError
            If the design cannot tell, or a measure was not kept.
        """
        from supportsim.report.plots.sensitivity import plot_sensitivity

        names = listed(measures)
        drives = sensitivity(self._sweep, names)
        return plot_sensitivity(drives, ax or new_axes(8.0, 1.8 + 0.36 * len(drives)))

    @property
    def _found(self) -> Sweep:
        return self._sweep

    def to_dict(self) -> dict[str, Any]:
        """Return measures and verdicts of every point as a dictionary that JSON can hold."""
        return sweep_document(self._sweep)

    def _measure(self, name: str) -> str:
        if name not in self._sweep.asked:
            raise InputError(
                f"{name} is not a measure of this sweep; {choices(name, self._sweep.asked)}"
            )
        return name

    def __repr__(self) -> str:
        name, count = self._sweep.scenario.name, len(self._sweep.points)
        return f"<Sweep of {name!r}, {count} points: {summary_lines(self._sweep)[0]}>"

    def _repr_html_(self) -> str:
        return sweep_html(self._sweep)


def sweep(
    scenario: str | Path | Scenario,
    vary: Mapping[str, Any] | None = None,
    *,
    design: Design | None = None,
    points: int | None = None,
    log: str | Iterable[str] | None = None,
    measures: str | Iterable[str] | None = None,
    changes: Mapping[str, Any] | None = None,
    seed: int | None = None,
    replications: int | Literal["auto"] | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    out: str | Path | None = None,
    fresh: bool = False,
    progress: bool = False,
) -> SweepResult:
    """Simulate a scenario at many points, all with the same random numbers.

    Parameters
    ----------
    scenario
        A scenario, the path of its file, or that of a study file.
    vary
        By dotted key what to set it to: values as a list, a `range` or an array; or a range of
        values as a text, ``"1:6"``, or a tuple, ``(1, 6)``. A third number is the step of a grid.
        Bounds without a point mean whole numbers. A study file has its own.
    design
        ``"grid"``, every combination, unless given; ``"lhs"`` (Latin hypercube) or ``"sobol"``, as
        many `points` as asked for, spread over the ranges; or ``"saltelli"``, those that Sobol
        indices need: `points`, a power of 2, times the number of parameters and two more.
    points
        How many points a design that is not a grid has.
    log
        Keys whose ranges are divided into equal factors rather than equal steps.
    measures
        Ids of the measures to keep; all unless given.
    changes
        Values to use instead of the scenario's, by dotted path.
    seed, replications
        Used instead of the scenario's, if given.
    workers
        Processes to use, −1 for all cores; as many as the work is worth unless given. The result
        does not depend on it.
    cluster
        Address of a Dask scheduler whose workers simulate the points instead.
    out
        Folder in which each finished point is kept at once, and the table and plots at the end. The
        same sweep goes on there where it was stopped.
    fresh
        Whether to remove another sweep's results from that folder first.
    progress
        Whether to show a progress bar.

    Raises
    ------
    InputError
        If the scenario, a setting, the scenario of a point or the folder cannot be used.
    """
    options = given(
        vary=vary, design=design, points=points, log=listed(log), measures=listed(measures)
    )
    asked = all_changes(changes, seed, replications)
    study = read_sweep(scenario, options, asked)
    with progress_bar(study.scenario.name, shown=progress, doing="Sweeping") as advance:
        return SweepResult(
            _sweep(
                study.scenario,
                study.settings,
                figures=figures_of(study.scenario, study.folder),
                workers=workers,
                cluster=cluster,
                out=None if out is None else path_of(out, "out"),
                fresh=fresh,
                finish=write_sweep,
                progress=advance,
            )
        )
