"""A run as a folder of files, written whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supportsim.files import to_json, write_together
from supportsim.report.documents import about, run_document
from supportsim.report.grouping import teams_that_change
from supportsim.studies import Run, simulate_once

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from supportsim.report.pictures import Picture


def write_run(run: Run, folder: Path | str) -> None:
    """Write a run's verdicts, measures, tickets, staff and plots to a folder, with a manifest.

    Files that an earlier run wrote and this one does not have, such as the plots of a channel that
    is gone, are removed if nobody has changed them since. The same run gives the same bytes.

    Parameters
    ----------
    run
        The run.
    folder
        Where to write; made if it does not exist.

    Raises
    ------
    InputError
        If the folder cannot be written.
    """
    made = about("run", run.scenario, replications=len(run.replications))
    write_together(folder, lambda new: _write_all(run, new), made)


def _write_all(run: Run, folder: Path) -> None:
    """Write all files of a run to an empty folder."""
    from supportsim.report.frames import measures_frame, staff_frame, tickets_frame, write_csv
    from supportsim.report.pictures import pictures_of_run

    (folder / "verdicts.json").write_text(
        to_json(run_document(run)), encoding="utf-8", newline="\n"
    )
    write_csv(measures_frame(run), folder / "measures.csv", index=True)
    tickets = tickets_frame(simulate_once(run.scenario, 0), run.scenario)
    write_csv(tickets, folder / "tickets.csv", index=False)
    if teams_that_change(run.scenario):
        write_csv(staff_frame(run), folder / "staff.csv", index=False)
    save_pictures(pictures_of_run(run), folder)


def save_pictures(pictures: Iterable[Picture], folder: Path) -> None:
    """Write pictures to a folder as PNG files, the same bytes for the same plots."""
    from supportsim.report.plots.style import house_style, new_axes

    for picture in pictures:
        ax = picture.draw(new_axes(*picture.size))
        figure = ax.get_figure(root=True)
        assert figure is not None
        with house_style():
            # Without the metadata the bytes do not depend on matplotlib's version string.
            figure.savefig(folder / f"{picture.stem}.png", dpi=150, metadata={"Software": None})
