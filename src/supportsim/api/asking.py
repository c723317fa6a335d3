"""What the functions for notebooks have in common: how they are asked, and where they draw."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from supportsim.errors import InputError
from supportsim.files import to_json
from supportsim.studies.study_files import given

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from supportsim.report.html_report import Found


class Answer(ABC):
    """What the results of all studies have in common."""

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """Return the result as a dictionary that JSON can hold."""

    def to_json(self) -> str:
        """Return the result as JSON text."""
        return to_json(self.to_dict())

    @property
    @abstractmethod
    def _found(self) -> Found:
        """What the study found, as reports take it."""

    def report(self, path: str | Path, *, overwrite: bool = False) -> None:
        """Write the result as one HTML file that needs nothing else, whole or not at all.

        Parameters
        ----------
        path
            The file; an earlier report is replaced.
        overwrite
            Whether a file that is no report may be replaced, too.

        Raises
        ------
        InputError
            If it cannot be written.
        """
        from supportsim.report.html_report import write_html

        write_html(self._found, Path(path), overwrite=overwrite)


def listed(names: str | Iterable[str] | None) -> list[str] | None:
    """Return one name, or several, as a list; None for None.

    What is neither is returned as one, so that whoever checks the names says what is wrong.
    """
    if names is None:
        return None
    if isinstance(names, str) or not isinstance(names, Iterable):
        return [names]
    return list(names)


def all_changes(
    changes: Mapping[str, Any] | None = None,
    seed: int | None = None,
    replications: int | str | None = None,
) -> dict[str, Any]:
    """Return the changes of a scenario, with those of its seed and replications if given.

    Raises
    ------
    InputError
        If the changes are not by key.
    """
    if not isinstance(changes, Mapping | None):
        raise InputError(
            f'changes: give values by key, as in {{"teams.desk.agents": 3}}, not {changes!r}'
        )
    of_run = given(**{"run.seed": seed, "run.replications": replications})
    return {**(changes or {}), **of_run}


def new_axes(width: float, height: float = 4.4) -> Axes:
    """Return the axes of a new figure of pyplot, of a size in inches, which a notebook shows."""
    import matplotlib
    import matplotlib.pyplot as plt

    from supportsim.report.plots import house_style

    with house_style():
        ax = plt.subplots(figsize=(width, height), layout="constrained")[1]
        shown_at_once = plt.isinteractive()
    # A notebook's backend sets it with its first figure, and the style's end would reset it.
    matplotlib.interactive(shown_at_once)
    return ax
