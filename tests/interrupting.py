"""Ctrl-C while a command simulates, on a machine that is as busy as it likes."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

PROC = Path("/proc")
BEGUN = 4.0  # seconds of processor time: more than a command and two workers take to be imported
PATIENCE = 120.0


def interrupt(
    arguments: list[str], *, begun: float = BEGUN, timeout: float = PATIENCE
) -> tuple[int, str, str]:
    """Start a command, interrupt it once it simulates; return its exit status and what it printed.

    The command has a session of its own, and nothing of it outlives the call.

    Parameters
    ----------
    arguments
        The command.
    begun
        Seconds of processor time that it and its workers have to use before they are interrupted.
    timeout
        Seconds for which it is waited for that, and then for its end.

    Raises
    ------
    subprocess.TimeoutExpired
        If it goes on after the interruption.
    """
    with subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            _wait_until_it_simulates(process, begun, timeout)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGINT)
            stdout, stderr = process.communicate(timeout=timeout)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    return process.returncode, stdout, stderr


def _wait_until_it_simulates(process: subprocess.Popen[str], begun: float, timeout: float) -> None:
    if not (PROC / "self" / "stat").exists():
        time.sleep(begun)
        return
    until = time.monotonic() + timeout
    while process.poll() is None and time.monotonic() < until:
        if _processor_time(process.pid) >= begun:
            return
        time.sleep(0.1)


def _processor_time(session: int) -> float:
    """Return the seconds that the processes of a session have used until now."""
    ticks = 0
    for path in PROC.glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            # After the name, which may hold anything, proc(5) has the state as its third field.
            fields = path.read_text(errors="replace").rpartition(")")[2].split()
            if int(fields[6 - 3]) == session:
                ticks += int(fields[14 - 3]) + int(fields[15 - 3])
    return ticks / os.sysconf("SC_CLK_TCK")
