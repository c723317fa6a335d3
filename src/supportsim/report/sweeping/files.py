"""A sweep as a folder of files, beside the points that were kept there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from supportsim.files import write_together
from supportsim.report.documents import about
from supportsim.report.sweeping.tables import telling_measures
from supportsim.studies.sweeping import sensitivity

if TYPE_CHECKING:
    from pathlib import Path

    from supportsim.studies.sweeping import Sweep

TABLE = "sweep.csv"
MOST_PLOTS = 6


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
    from supportsim.report.files import save_plot
    from supportsim.report.frames import write_csv
    from supportsim.report.sweeping.frames import sensitivity_frame, sweep_frame
    from supportsim.report.sweeping.plots import plot_sweep
    from supportsim.report.sweeping.sensitivity_plots import plot_sensitivity

    measures = telling_measures(sweep, MOST_PLOTS)
    write_csv(sweep_frame(sweep), folder / TABLE, index=False)
    if sweep.tells_drivers:
        write_csv(sensitivity_frame(sweep), folder / "sensitivity.csv", index=False)
        drives = sensitivity(sweep, measures)
        if drives:
            save_plot(plot_sensitivity(drives), folder / "sensitivity.png")
    for measure in measures:
        name = re.sub(r"[^\w.-]+", "_", measure)
        save_plot(plot_sweep(sweep, measure), folder / f"{name}.png")
