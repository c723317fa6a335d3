"""A watched day in a terminal that goes on by itself and listens to keys."""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.live import Live
from rich.text import Text

from supportsim.report.page import Page
from supportsim.report.watching.player import Key, Player, keys_in
from supportsim.report.watching.screen import Screen

if TYPE_CHECKING:
    from rich.console import Console

    from supportsim.studies.days import Day
    from supportsim.studies.moments import Span

FRAME = 0.1
"""Seconds between two frames."""

ReadKeys = Callable[[float], str]
"""Waits for some seconds, or until a key is pressed, and returns what was typed."""


def show_day(span: Span, day: Day, console: Console, *, begins: float, speed: float) -> None:
    """Show a day in the terminal until it is over, or until the user has seen enough.

    The terminal is left as it was, whatever happens.

    Parameters
    ----------
    span
        The day's stretch of a replication.
    day
        The day.
    console
        The terminal.
    begins
        Minute to begin at.
    speed
        Simulated minutes in a second.
    """
    player = Player(span.begin, span.end, begins, speed)
    with _ended_in_order(), _keyboard() as read_keys:
        screen = Screen(span, day, Page(console), has_keys=read_keys is not None)
        with Live(console=console, screen=True, auto_refresh=False, redirect_stdout=False) as live:
            for one in frames(player, span, read_keys):
                lines = screen.lines(one, *console.size)
                live.update(Text("\n").join(lines), refresh=True)


def frames(
    player: Player,
    span: Span,
    read_keys: ReadKeys | None,
    now: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Player]:
    """Yield what to show, frame by frame.

    Without keys the day ends when it is over; with them the user ends it.

    Parameters
    ----------
    player
        What to show first.
    span
        The day, which says when something happens.
    read_keys
        Where keys come from; None if there are none.
    now, sleep
        The clock, in seconds, and how to wait for it.
    """
    before, rest = now(), ""
    keys: list[Key] = []
    yield player
    while not player.quits and not (player.is_over and read_keys is None):
        if read_keys is None:
            sleep(FRAME)
        else:
            keys, rest = keys_in(rest + read_keys(FRAME))
        later = now()
        player = player.after(later - before)
        before = later
        for key in keys:
            player = player.pressed(key, span.changes)
        yield player


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Let a request to end, as `kill` and shutdowns send it, not leave the terminal as it is."""
    before = signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _keyboard() -> Iterator[ReadKeys | None]:
    """Let keys be read one by one, unseen, while this lasts; None if stdin is no terminal."""
    try:
        import termios
        import tty
    except ImportError:  # not on Windows
        yield None
        return
    if not sys.stdin.isatty():
        yield None
        return
    number = sys.stdin.fileno()
    before = termios.tcgetattr(number)

    def read_keys(seconds: float) -> str:
        ready, _, _ = select.select([number], [], [], seconds)
        return os.read(number, 1024).decode(errors="ignore") if ready else ""

    try:
        tty.setcbreak(number)
        yield read_keys
    finally:
        termios.tcsetattr(number, termios.TCSADRAIN, before)
