"""A sign of life while a single replication is simulated, on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def simulating(name: str, *, shown: bool) -> Iterator[None]:
    """Show on stderr that a scenario is being simulated, while it lasts; or nothing."""
    if not shown:
        yield
        return
    from rich.console import Console

    from supportsim.report.page import Page

    console = Console(stderr=True)
    with console.status(Page(console).text(f"Simulating {name}")):
        yield
