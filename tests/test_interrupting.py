"""What the tests of Ctrl-C are made with: it waits for work, and leaves no process behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from interrupting import PROC, interrupt

WORKS = """
import sys, time
try:
    while True:
        with open(sys.argv[1], "w") as file:
            file.write(str(time.process_time()))
except KeyboardInterrupt:
    print("told")
"""
STAYS = """
import os, signal, sys, time
from pathlib import Path
signal.signal(signal.SIGINT, signal.SIG_IGN)
Path(sys.argv[1]).write_text(str(os.getpid()))
while True:
    time.process_time()
"""


@pytest.mark.skipif(not (PROC / "self" / "stat").exists(), reason="needs /proc")
def test_it_is_interrupted_after_so_much_work(tmp_path: Path) -> None:
    used = tmp_path / "used"
    done = interrupt([sys.executable, "-c", WORKS, str(used)], begun=0.5)
    assert done == (0, "told\n", "")
    assert float(used.read_text() or 0.5) > 0.45


def test_what_does_not_end_is_killed(tmp_path: Path) -> None:
    process = tmp_path / "process"
    with pytest.raises(subprocess.TimeoutExpired):
        interrupt([sys.executable, "-c", STAYS, str(process)], begun=0.3, timeout=2)
    with pytest.raises(ProcessLookupError):
        os.kill(int(process.read_text()), 0)
