"""Options that several commands have, and how their texts are read."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from supportsim.cli import completing
from supportsim.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

ScenarioPath = Annotated[
    Path,
    typer.Argument(
        metavar="SCENARIO",
        help="A scenario file (TOML).",
        autocompletion=completing.scenario_files,
    ),
]
StudyPath = Annotated[
    Path,
    typer.Argument(
        metavar="SCENARIO",
        help="A scenario file, or a study file (TOML).",
        autocompletion=completing.scenario_files,
    ),
]
Changes = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Change a value of the scenario, as in channels.portal.arrivals.per_day=8. "
        "May be repeated.",
        autocompletion=completing.changes,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of tables.")]
Seed = Annotated[int | None, typer.Option(metavar="N", help="Use another seed.")]
Replications = Annotated[
    str | None, typer.Option(metavar="N|auto", help="Use another number of replications.")
]
Workers = Annotated[
    int | None,
    typer.Option(
        metavar="N", help="Processes to use, -1 for all cores; else as many as the work is worth."
    ),
]
Out = Annotated[
    Path | None,
    typer.Option("--out", "-o", metavar="DIR", help="Write the results, tables and plots there."),
]
ReportFile = Annotated[
    Path | None,
    typer.Option(
        "--report", metavar="FILE", help="Write an HTML report there, in place of an earlier one."
    ),
]
Quiet = Annotated[
    bool,
    typer.Option(
        "--quiet",
        "-q",
        help="Print the results only: no progress, hints or words of files written.",
    ),
]
Verbose = Annotated[
    bool,
    typer.Option(
        "--verbose", "-v", help="Tell what is read and written, seeds, versions and times."
    ),
]


def read_changes(
    texts: Iterable[str] | None, seed: int | None = None, replications: str | None = None
) -> dict[str, Any]:
    """Return the changes that `--set KEY=VALUE`, `--seed` and `--replications` ask for.

    Raises
    ------
    InputError
        If a change is not written so, or the seed or number of replications cannot be used.
    """
    from supportsim.scenario.model import Run
    from supportsim.studies.ranges import read_value
    from supportsim.studies.study_files import given, settings_of

    changes = {}
    for text in texts or ():
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise InputError(f"--set: write KEY=VALUE, not {text!r}")
        changes[key.strip()] = read_value(value.strip())
    number = None if replications is None else read_value(replications)
    of_run = given(seed=seed, replications=number)
    settings_of(Run, "run", of_run)  # what is wrong with them is not the scenario file's fault
    return {**changes, **{f"run.{name}": value for name, value in of_run.items()}}


def read_pairs(
    texts: Iterable[str] | None, option: str, form: str, if_twice: str = ""
) -> dict[str, str] | None:
    """Return by key what an option that is written KEY=SOMETHING, once or more, says.

    Parameters
    ----------
    texts
        What was written; None if the option was not given.
    option
        The option, such as ``--vary``.
    form
        How to write it, for those who wrote something else.
    if_twice
        What to do about a key that is there twice.

    Raises
    ------
    InputError
        If one is not written so, or a key is there twice.
    """
    found: dict[str, str] = {}
    for text in texts or ():
        key, equals, value = (part.strip() for part in text.partition("="))
        if not (key and equals and value):
            raise InputError(f"{option}: write {form}, not {text!r}")
        if key in found:
            raise InputError(f"{option}: {key} is there twice{if_twice}")
        found[key] = value
    return found or None


def console() -> Console:
    """Return the terminal, or 80 columns of plain text for a pipe."""
    from rich.console import Console

    class Terminal(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    width = None if sys.stdout.isatty() else 80
    return Terminal(width=width, highlight=False, markup=False, emoji=False)
