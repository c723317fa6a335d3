"""Alternatives compared with a base, as notebooks and scripts see them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from supportsim.api.asking import Answer, all_changes, listed, new_axes
from supportsim.errors import InputError
from supportsim.files import check_writable
from supportsim.report import comparison_document, comparison_html, write_comparison
from supportsim.report.comparing.tables import bottom_line
from supportsim.report.progress import progress_bar
from supportsim.scenario import Scenario
from supportsim.scenario.fields import plain
from supportsim.studies import compare as _compare
from supportsim.studies import figures_of
from supportsim.studies.compare import check_name, read_comparison
from supportsim.studies.study_files import given

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes

    from supportsim.studies import Comparison

Alternative = str | Path | Scenario | Mapping[str, Any]
"""A scenario, the path of its file, or changes of the base by dotted path."""


class ComparisonResult(Answer):
    """Alternatives compared with a base, for notebooks and scripts.

    Parameters
    ----------
    compared
        The comparison that it shows.
    """

    def __init__(self, compared: Comparison) -> None:
        self._comparison = compared

    @cached_property
    def frame(self) -> pd.DataFrame:
        """A row for each alternative and measure; see `report.comparing.frames`."""
        from supportsim.report.comparing.frames import differences_frame

        return differences_frame(self._comparison)

    @cached_property
    def verdicts(self) -> pd.DataFrame:
        """The verdicts side by side, a row for each figure; see `report.comparing.frames`."""
        from supportsim.report.comparing.frames import side_by_side_frame

        return side_by_side_frame(self._comparison)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader of the results should know, beginning with whom it is about."""
        return self._comparison.warnings

    @property
    def scenarios(self) -> dict[str, Scenario]:
        """The base and the alternatives as they were run."""
        return {name: run.scenario for name, run in self._comparison.runs.items()}

    @property
    def _found(self) -> Comparison:
        return self._comparison

    def to_dict(self) -> dict[str, Any]:
        """Return the differences and verdicts as a dictionary that JSON can hold."""
        return comparison_document(self._comparison)

    def save(self, folder: str | Path) -> None:
        """Write differences, verdicts and plot to a folder, all of them or none.

        Raises
        ------
        InputError
            If the folder cannot be written.
        """
        check_writable(folder, "compare")
        write_comparison(self._comparison, folder)

    def plot(self, ax: Axes | None = None) -> list[Axes]:
        """Draw the differences with their intervals, and return the Axes: one for each measure.

        Parameters
        ----------
        ax
            Where to draw: its place is divided among the measures. Without it pyplot makes a new
            figure, which a notebook then shows.
        """
        from supportsim.report.plots.comparing import differences_size, panels_of, plot_differences

        ax = new_axes(*differences_size(self._comparison)) if ax is None else ax
        return panels_of(plot_differences(self._comparison, ax))

    def __repr__(self) -> str:
        names = ", ".join(map(repr, self._comparison.alternatives))
        return f"<Comparison of {names} with the base: {bottom_line(self._comparison)}>"

    def _repr_html_(self) -> str:
        return comparison_html(self._comparison)


def compare(
    base: str | Path | Scenario,
    alternatives: Alternative | Sequence[Alternative] | Mapping[str, Alternative] | None = None,
    *,
    measures: str | Iterable[str] | None = None,
    confidence: float | None = None,
    workers: int | None = None,
    seed: int | None = None,
    replications: int | Literal["auto"] | None = None,
    progress: bool = False,
) -> ComparisonResult:
    """Compare alternatives with a base under common random numbers.

    Parameters
    ----------
    base
        A scenario, the path of its file, or that of a study file.
    alternatives
        One alternative, several, or several by name, as in
        ``{"3 agents": {"teams.desk.agents": 3}}``: each a scenario, the path of its file, or
        changes of the base by dotted path. A study file has alternatives of its own.
    measures
        Ids of the measures to compare; unless given those that the base's published figures
        judge, or the most useful ones.
    confidence
        Confidence with which all intervals hold at once, and no test is wrong; 0.95 unless given.
    workers
        Processes to use, −1 for all cores; as many as the work is worth unless given. The result
        does not depend on it.
    seed, replications
        Used instead of the base's, if given; all alternatives are run with the base's.
    progress
        Whether to show a progress bar.

    Raises
    ------
    InputError
        If a scenario, a change or a measure cannot be used, or an alternative is there twice.
    """
    options = given(confidence=confidence, measures=listed(measures))
    wanted = _given(alternatives)
    if wanted:
        read = [(name, one) for name, one in wanted if not isinstance(one, Scenario)]
        options["alternatives"] = [_settings(name, one) for name, one in read]
    common = all_changes(None, seed, replications)
    study, found = read_comparison(base, options, common)
    scenario, settings = study.scenario, study.settings
    with progress_bar(scenario.name, shown=progress) as advance:
        compared = _compare(
            scenario,
            _in_order(wanted, found, common) if wanted else found,
            figures=figures_of(scenario, study.folder),
            measures=settings.measures,
            confidence=settings.confidence,
            workers=workers,
            progress=advance,
        )
    return ComparisonResult(compared)


def _given(
    alternatives: Alternative | Sequence[Alternative] | Mapping[str, Alternative] | None,
) -> list[tuple[str | None, Alternative]]:
    """Return alternatives one by one, with the names that they were given."""
    if alternatives is None:
        return []
    if isinstance(alternatives, str | Path | Scenario) or not isinstance(alternatives, Iterable):
        return [(None, alternatives)]
    if isinstance(alternatives, Mapping):
        if alternatives and all(map(_is_path, alternatives)):
            return [(None, alternatives)]
        return list(alternatives.items())
    return [(None, one) for one in alternatives]


def _is_path(key: str) -> bool:
    """Return whether a text is a dotted path of a scenario's key, rather than a name."""
    return (
        isinstance(key, str)
        and "=" not in key
        and key.partition(".")[0] in Scenario.model_fields
        and "." in key
    )


def _settings(name: str | None, one: Alternative) -> dict[str, Any]:
    """Return an alternative as a study file would say it."""
    named = {} if name is None else {"name": name}
    if isinstance(one, str | Path):
        return {**named, "file": str(one)}
    if isinstance(one, Mapping):
        return {**named, "set": plain(one)}
    raise InputError(
        f"alternatives: an alternative is a scenario, the path of a file, or changes such as "
        f'{{"teams.desk.agents": 3}}, not {one!r}'
    )


def _in_order(
    given: Iterable[tuple[str | None, Alternative]],
    read: Mapping[str, Scenario],
    common: Mapping[str, Any],
) -> dict[str, Scenario]:
    """Return alternatives by name in the order given, those that were read among the others."""
    rest = iter(read.items())
    alternatives: dict[str, Scenario] = {}
    for name, one in given:
        if isinstance(one, Scenario):
            found = name or one.name, one.replace(common) if common else one
        else:
            found = next(rest)
        check_name(found[0], alternatives)
        alternatives[found[0]] = found[1]
    return alternatives
