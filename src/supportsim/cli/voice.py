"""What a command says beside its results: progress, details, warnings, and what to do next."""

from __future__ import annotations

import logging
import os
import shlex
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from supportsim.errors import one_line

if TYPE_CHECKING:
    from supportsim.scenario import Scenario
    from supportsim.studies.run import Progress

LOG = logging.getLogger("supportsim")
"""Rooms tell what they read and write here; `--verbose` shows it."""


class _Lines(logging.Formatter):
    """A line for each record, after the seconds since the command began."""

    def format(self, record: logging.LogRecord) -> str:
        return f"[{record.relativeCreated / 1000:6.2f} s] {one_line(record.getMessage())}"


@dataclass(frozen=True)
class Voice:
    """What a command says beside its results, all of it on stderr where those are JSON.

    Attributes
    ----------
    quiet
        Whether to show no progress, no hints, and not where anything was written.
    verbose
        Whether to tell what is read and written, with which seeds and versions, and when.
    as_json
        Whether the results on stdout are one JSON document.
    """

    quiet: bool = False
    verbose: bool = False
    as_json: bool = False

    def __post_init__(self) -> None:
        if self.verbose:
            _tell_details()

    @contextmanager
    def working(self, scenario: Scenario, doing: str = "Simulating") -> Iterator[Progress | None]:
        """Show a bar while the work on a scenario lasts, if anybody looks at it."""
        from supportsim.report.progress import progress_bar
        from supportsim.versions import made_with

        if self.verbose:
            LOG.info("%s", ", ".join(f"{name} {number}" for name, number in made_with().items()))
            settings = scenario.run
            told = f"seed {settings.seed}, {settings.replications} replications"
            LOG.info("%s %s: %s, %d cores", doing, scenario.name, told, os.cpu_count() or 1)
        with progress_bar(scenario.name, shown=self.shows_progress, doing=doing) as progress:
            yield progress
        LOG.info("%s %s: done", doing, scenario.name)

    @property
    def shows_progress(self) -> bool:
        """Whether to show progress: on a terminal, unless asked not to."""
        return sys.stderr.isatty() and not self.quiet

    def notes(self, stopped: str, warnings: Iterable[str]) -> None:
        """Tell on stderr, beside JSON, what a report on the terminal says itself."""
        for note in (stopped, *(f"warning: {warning}" for warning in warnings)):
            if note:
                typer.echo(one_line(note), err=True)

    def written(self, where: Path, what: str = "Results are") -> None:
        """Tell where something was written."""
        if not self.quiet:
            typer.echo(one_line(f"{what} in {where}"), err=self.as_json)

    def suggest(self, words: Sequence[str]) -> None:
        """Name the command that would be the next one, to be copied; none if it has no words."""
        if words and not (self.quiet or self.as_json):
            typer.echo("Next:")
            for line in command_lines(words):
                typer.echo(line)


def command_lines(words: Sequence[str], width: int = 80) -> list[str]:
    """Return a command as a shell reads it, in lines that end with a backslash but for the last.

    Parameters
    ----------
    words
        Its words after `supportsim`.
    width
        Characters that a line may have, unless a single word has more.
    """
    parts: list[str] = []
    for word in map(shlex.quote, map(one_line, words)):
        if parts and parts[-1].startswith("-") and " " not in parts[-1]:
            parts[-1] += f" {word}"  # an option stays with its value
        else:
            parts.append(word)
    lines = ["  supportsim"]
    for part in parts:
        if len(lines[-1]) + 1 + len(part) + 2 > width:
            lines[-1] += " \\"
            lines.append(f"    {part}")
        else:
            lines[-1] += f" {part}"
    return lines


def _tell_details() -> None:
    """Show what the rooms tell, once; until the command ends."""
    if not LOG.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(_Lines())
        LOG.addHandler(handler)
        LOG.setLevel(logging.INFO)


def fall_silent() -> None:
    """Stop telling details, at the end of a command."""
    if LOG.handlers:
        LOG.info("done")
        LOG.handlers.clear()
        LOG.setLevel(logging.NOTSET)
