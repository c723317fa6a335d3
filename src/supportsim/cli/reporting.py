"""What the commands that write an HTML report have in common."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from typer import Context

    from supportsim.cli.voice import Voice
    from supportsim.report.html_report import Found

_ELSEWHERE = {
    *("workers", "as_json", "quiet", "check", "every_measure", "by_hour", "cluster", "fresh"),
    *("overwrite", "verbose"),
}
"""Options that change nothing in what a report says, beside those that name a file to write."""
NAME = "report.html"
"""The file that the command in a report names, so that a report is the same under any name."""


class HtmlReport:
    """A report to be: made sure of before the work begins, and written when it is done.

    Parameters
    ----------
    path
        The file; None if no report was asked for, and then nothing is done.
    context
        The command as it was given.
    voice
        Tells where the report is.
    sources
        The files that the work begins with, which are never replaced.
    overwrite
        Whether a file that is no report may be replaced.

    Raises
    ------
    InputError
        If the report could not be written.
    """

    def __init__(
        self,
        path: Path | None,
        context: Context,
        voice: Voice,
        *sources: Path,
        overwrite: bool = False,
    ) -> None:
        self._path, self._context, self._voice = path, context, voice
        self._overwrite = overwrite
        if path is not None:
            from supportsim.report.html_report.writing import check_report

            check_report(path, *sources, overwrite=overwrite)

    def write(self, found: Found) -> None:
        """Write the report of what was found, and say where it is.

        Raises
        ------
        InputError
            If it cannot be written.
        """
        if self._path is None:
            return
        from supportsim.report.html_report import write_html

        command = command_line(self._context)
        write_html(found, self._path, command, overwrite=self._overwrite)
        self._voice.written(self._path, "The report is")


def command_line(context: Context) -> str:
    """Return the command that makes a report, with all that changes what it says."""
    words = ["supportsim", str(context.info_name)]
    options = [one for one in context.command.params if one.param_type_name == "option"]
    for parameter in context.command.params:
        given = context.params.get(str(parameter.name))
        if parameter in options or given is None:
            continue
        words += map(str, given if isinstance(given, list | tuple) else [given])
    for option in options:
        given = context.params.get(str(option.name))
        if option.name not in _ELSEWHERE and not isinstance(given, Path):
            words += _written(option.opts[0], given)
    return shlex.join([*words, "-o" if context.info_name == "report" else "--report", NAME])


def _written(option: str, given: Any) -> Iterator[str]:
    """Yield an option as it is written; nothing for one that was not given."""
    if given is True:
        yield option
    elif given is not None and given is not False:
        several: Iterable[Any] = given if isinstance(given, list | tuple) else [given]
        for one in several:
            yield from (option, str(one))
