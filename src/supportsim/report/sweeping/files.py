"""A sweep as a folder of files, beside the points that were kept there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supportsim.files import write_together
from supportsim.report.documents import about

if TYPE_CHECKING:
    from pathlib import Path

    from supportsim.studies.sweeping import Sweep

TABLE = "sweep.csv"


def write_sweep(sweep: Sweep, folder: Path) -> None:
    """Write a sweep's table and plots to a folder, with a manifest.

    There is a plot for each of the measures that tell the points apart best; and, of a design that
    can tell, a table and a plot of what drives which measure. The same sweep gives the same bytes.

    Parameters
    ----------
    sweep
        The sweep.
    folder
        Where to write.

    Raises
    ------
    InputError
        If the folder cannot be written.
    """
    made = about(
        "sweep",
        sweep.scenario,
        replications=sweep.scenario.run.replications,
        sweep=sweep.settings.model_dump(mode="json"),
    )
    write_together(folder, lambda new: _write_all(sweep, new), made)


def _write_all(sweep: Sweep, folder: Path) -> None:
    """Write all files of a sweep to an empty folder."""
    from supportsim.report.files import save_pictures
    from supportsim.report.frames import write_csv
    from supportsim.report.pictures import pictures_of_sweep
    from supportsim.report.sweeping.frames import sensitivity_frame, sweep_frame

    write_csv(sweep_frame(sweep), folder / TABLE, index=False)
    if sweep.tells_drivers:
        write_csv(sensitivity_frame(sweep), folder / "sensitivity.csv", index=False)
    save_pictures(pictures_of_sweep(sweep), folder)
