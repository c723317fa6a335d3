"""An export in any format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supportsim.errors import InputError
from supportsim.files import check_file_writable
from supportsim.report.exporting.formats import (
    BEGINS,
    OF_VERDICTS,
    STDOUT,
    TABLES,
    Contents,
    Format,
)
from supportsim.report.exporting.sinks import write_chunks

if TYPE_CHECKING:
    from pathlib import Path

    from supportsim.measures import Facts
    from supportsim.scenario import Scenario
    from supportsim.studies import Run


def check_export(path: Path, form: Format, *sources: Path) -> None:
    """Make sure that an export can be written, before anything is simulated for it.

    Parameters
    ----------
    path
        Where to write; ``-`` for standard output. An earlier export is replaced, no other file.
    form
        The format.
    sources
        Files that it is made from, which it may not replace.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    if form == Format.PARQUET:
        from supportsim.report.exporting.tables import check_parquet

        check_parquet(path)
    if path != STDOUT:
        check_file_writable(
            path, *sources, is_one=lambda head: head.startswith(BEGINS[form]), kind=f"{form} export"
        )


def check_replication(scenario: Scenario, replication: int) -> None:
    """Make sure that a scenario has a replication.

    Raises
    ------
    InputError
        If it has not; they are numbered from 0.
    """
    settings = scenario.run
    count = settings.replications
    last = (settings.max_replications if count == "auto" else count) - 1
    if not 0 <= replication <= last:
        raise InputError(
            f"there is no replication {replication}; they are numbered from 0 to {last}"
        )


def write_log(
    facts: Facts,
    path: Path,
    form: Format,
    *,
    contents: Contents = Contents.TICKETS,
    replication: int = 0,
) -> None:
    """Write the log of one replication: a table of it, or an event log.

    Parameters
    ----------
    facts
        The replication.
    path
        Where to write; ``-`` for standard output.
    form
        The format: CSV, Parquet, XES or OCEL.
    contents
        Which table, in the first two.
    replication
        The number of the replication, which XES states.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    if form in TABLES:
        from supportsim.report.exporting.tables import write_table

        write_table(facts, path, contents, form)
    elif form == Format.XES:
        from supportsim.report.exporting.xes import xes_chunks

        write_chunks(xes_chunks(facts, replication), path)
    else:
        from supportsim.report.exporting.ocel import ocel_chunks

        write_chunks(ocel_chunks(facts), path)


def write_verdicts(run: Run, path: Path, form: Format) -> None:
    """Write the verdicts of a run as JUnit XML or Markdown.

    Raises
    ------
    InputError
        If they cannot be written.
    """
    assert form in OF_VERDICTS
    write_chunks([verdicts_text(run, form)], path)


def verdicts_text(run: Run, form: Format) -> str:
    """Return the verdicts of a run as JUnit XML or Markdown."""
    if form == Format.JUNIT:
        from supportsim.report.exporting.junit import junit_text

        return junit_text(run)
    from supportsim.report.exporting.markdown import markdown_text

    return markdown_text(run)
