"""A calibrated scenario, as notebooks and scripts see it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from supportsim.api.asking import Answer, all_changes, listed, new_axes
from supportsim.errors import InputError
from supportsim.files import check_writable, path_of
from supportsim.report import calibration_document, write_calibration
from supportsim.report.progress import progress_bar
from supportsim.studies.calibrating import Draft, draft, read_calibration
from supportsim.studies.calibrating import calibrate as _calibrate
from supportsim.studies.study_files import given

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes

    from supportsim.scenario import Scenario
    from supportsim.studies.calibrating import Calibration


class CalibrationResult(Answer):
    """A calibrated scenario, for notebooks and scripts.

    Parameters
    ----------
    calibration
        The calibration that it shows.
    source
        The file of the scenario; None if it has none.
    changes
        Values that the scenario was fitted with instead of the file's own.
    """

    def __init__(
        self, calibration: Calibration, source: Path | None, changes: Mapping[str, Any]
    ) -> None:
        self._calibration = calibration
        self._source = source
        self._changes = dict(changes)

    @property
    def scenario(self) -> Scenario:
        """The scenario with the fitted values, and the figures that they were fitted to."""
        return self._calibration.scenario

    @property
    def values(self) -> dict[str, Any]:
        """The fitted values as the scenario file writes them, by key."""
        return dict(self._calibration.fit.values)

    @cached_property
    def parameters(self) -> pd.DataFrame:
        """A row for each free parameter; see `report.calibrating.documents.parameters_frame`."""
        from supportsim.report.calibrating.documents import parameters_frame

        return parameters_frame(self._calibration)

    @cached_property
    def figures(self) -> pd.DataFrame:
        """A row for each figure to match; see `report.calibrating.documents.figures_frame`."""
        from supportsim.report.calibrating.documents import figures_frame

        return figures_frame(self._calibration)

    @cached_property
    def verdicts(self) -> pd.DataFrame:
        """The verdicts of the check on fresh random numbers; see `report.frames.verdicts_frame`."""
        from supportsim.report.frames import verdicts_frame

        return verdicts_frame(self._calibration.check)

    @property
    def not_pinned_down(self) -> tuple[str, ...]:
        """What the figures leave open, in sentences."""
        return self._calibration.not_pinned_down

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader of the result should know."""
        return (*self._calibration.warnings, *self._calibration.check.warnings)

    @property
    def all_match(self) -> bool:
        """Whether every figure that was to be matched does so in the check."""
        return self._calibration.all_match

    @property
    def _found(self) -> Calibration:
        return self._calibration

    def to_dict(self) -> dict[str, Any]:
        """Return the calibration as a dictionary that JSON can hold."""
        return calibration_document(self._calibration)

    def save(self, folder: str | Path) -> None:
        """Write the results, tables and plots to a folder, all of them or none.

        Raises
        ------
        InputError
            If the folder cannot be written.
        """
        check_writable(folder, "calibrate")
        write_calibration(self._calibration, folder)

    def write_scenario(self, path: str | Path, *, overwrite: bool = False) -> None:
        """Write the fitted scenario: the original file with the fitted values, comments kept.

        Parameters
        ----------
        path
            Where to write it.
        overwrite
            Whether that may be any file, the scenario's own too; else only an earlier fit of it is
            replaced.

        Raises
        ------
        InputError
            If it cannot be written, or the scenario did not come from a file.
        """
        self._write(_draft(path, self._source, self._changes, overwrite=overwrite))

    def _write(self, target: Draft) -> None:
        target.write(self._calibration.fit.values, self.scenario.benchmarks.fitted)

    def plot_parameters(self, ax: Axes | None = None) -> Axes:
        """Draw each fitted parameter within its bounds, and return the Axes.

        Parameters
        ----------
        ax
            Where to draw; without it pyplot makes a new figure, which a notebook then shows.
        """
        from supportsim.report.plots.calibrating import parameters_size, plot_parameters

        return plot_parameters(
            self._calibration, ax or new_axes(*parameters_size(self._calibration))
        )

    def plot_figures(self, ax: Axes | None = None) -> Axes:
        """Draw how far each figure is from what was published, and return the Axes.

        See `plot_parameters`.
        """
        from supportsim.report.plots.calibrating import figures_size, plot_figures

        return plot_figures(self._calibration, ax or new_axes(*figures_size(self._calibration)))

    def __repr__(self) -> str:
        values = ", ".join(f"{key} = {value}" for key, value in self.values.items())
        matching = sum(verdict.answer == "matches" for verdict in self._calibration.verdicts)
        count = len(self._calibration.verdicts)
        return f"<Calibration of {self.scenario.name!r}: {values}; {matching} of {count} match>"


def calibrate(
    scenario: str | Path | Scenario,
    *,
    free: Mapping[str, str | tuple[Any, Any]] | None = None,
    to: str | Sequence[str] | None = None,
    log: str | Sequence[str] | None = None,
    starts: int | None = None,
    polished: int | None = None,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    out: str | Path | None = None,
    overwrite: bool = False,
    changes: Mapping[str, Any] | None = None,
    progress: bool = False,
) -> CalibrationResult:
    """Find the parameters under which the simulated figures match the published ones.

    Parameters
    ----------
    scenario
        A scenario, the path of its file, or that of a study file.
    free
        Bounds of each free parameter by its dotted key: ``"1d:8d"``, or both, as in ``(0.2, 1.2)``.
    to
        Ids of the published figures to match, or the first part of them for all such.
    log
        Keys of free parameters that are searched by equal factors.
    starts, polished
        How many points to try first, and how many of the best go on; 16 and 3 unless given.
    replications, seed
        Of each trial of the fit; 40, and a seed other than the scenario's own. The scenario's own
        seed and number of replications are those of the check.
    workers
        Processes to use; all cores unless given. The result does not depend on it.
    out, overwrite
        Where to write the fitted scenario, and whether that may be any file, even the scenario's
        own; else only an earlier fit of it is replaced.
    changes
        Values to use instead of the scenario's, by dotted path.
    progress
        Whether to show a progress bar.

    Raises
    ------
    InputError
        If the scenario, a parameter, a figure or the file to write cannot be used.
    """
    options = given(
        free=_free(free),
        to=listed(to),
        log=listed(log),
        starts=starts,
        polished=polished,
        replications=replications,
        seed=seed,
    )
    study, problem = read_calibration(scenario, options, all_changes(changes))
    used = study.changes
    target = None if out is None else _draft(out, study.path, used, overwrite=overwrite)
    with progress_bar(problem.scenario.name, shown=progress) as advance:
        found = _calibrate(problem, folder=study.folder, workers=workers, progress=advance)
    result = CalibrationResult(found, study.path, used)
    if target is not None:
        result._write(target)
    return result


def _draft(
    path: str | Path, source: Path | None, changes: Mapping[str, Any], *, overwrite: bool
) -> Draft:
    if source is None:
        raise InputError(
            "out: only a scenario from a file can be written with its comments; give calibrate "
            "the path of the file"
        )
    return draft(path_of(path, "out"), source, changes, overwrite=overwrite)


def _free(bounds: Mapping[str, str | tuple[Any, Any]] | None) -> Any:
    """Return bounds by key as texts; what are none is left to the settings to refuse."""
    if not isinstance(bounds, Mapping):
        return bounds
    return {
        key: ":".join(map(str, one)) if isinstance(one, tuple | list) else one
        for key, one in bounds.items()
    }
