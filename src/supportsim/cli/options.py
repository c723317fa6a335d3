"""Options that several commands have, and how their texts are read."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from supportsim.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

ScenarioPath = Annotated[Path, typer.Argument(metavar="SCENARIO", help="A scenario file (TOML).")]
Changes = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Change a value of the scenario, as in channels.portal.arrivals.per_day=8. "
        "May be repeated.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of tables.")]
Seed = Annotated[int | None, typer.Option(help="Use another seed.")]
Replications = Annotated[
    str | None, typer.Option(metavar="N|auto", help="Use another number of replications.")
]
Workers = Annotated[
    int | None, typer.Option(help="Processes to use; by default as many as the work is worth.")
]
Out = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Write the results, tables and plots there.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]


def read_changes(
    texts: Iterable[str] | None, seed: int | None = None, replications: str | None = None
) -> dict[str, Any]:
    """Return the changes that `--set KEY=VALUE`, `--seed` and `--replications` ask for."""
    from supportsim.studies.ranges import read_value

    changes = {}
    for text in texts or ():
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise InputError(f"--set: write KEY=VALUE, not {text!r}")
        changes[key.strip()] = read_value(value.strip())
    if seed is not None:
        changes["run.seed"] = seed
    if replications is not None:
        changes["run.replications"] = read_value(replications)
    return changes


def shows_progress(quiet: bool) -> bool:
    """Return whether to show progress: on a terminal, unless asked not to."""
    return sys.stderr.isatty() and not quiet


def console() -> Console:
    """Return the terminal, or 80 columns of plain text for a pipe."""
    from rich.console import Console

    class Terminal(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    width = None if sys.stdout.isatty() else 80
    return Terminal(width=width, highlight=False, markup=False, emoji=False)
