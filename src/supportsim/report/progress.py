"""Progress of long work, on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from supportsim.studies.run import Progress


@contextmanager
def progress_bar(name: str, *, shown: bool, doing: str = "Simulating") -> Iterator[Progress | None]:
    """Show a bar on stderr while the work lasts, with the time left; or nothing."""
    if not shown:
        yield None
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import MofNCompleteColumn
    from rich.progress import Progress as Bar

    columns = (*Bar.get_default_columns(), MofNCompleteColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(f"{doing} {escape(name)}", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
