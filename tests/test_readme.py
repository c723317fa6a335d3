"""The README says what is so: its commands are those that are checked, its transcript is real."""

import re
import shlex
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pytest
import typer.main

from supportsim.cli import app

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = (
    "pip install -e . && supportsim run scenarios/portal.toml",
    "pip install -e '.[dev]' && pytest",
)


def test_the_set_up_is_two_commands_which_ci_runs_word_for_word() -> None:
    checks = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    for command in COMMANDS:
        assert f"    {command}" in README.splitlines()
        assert command in checks


def test_the_transcript_is_real() -> None:
    match = re.search(r"^    \$ supportsim (run .*)\n((?:    .*\n|\n)+)", README, re.MULTILINE)
    assert match
    shown = [line.removeprefix("    ").rstrip() for line in match[2].rstrip().splitlines()]
    printed = subprocess.run(
        [sys.executable, "-m", "supportsim", *match[1].split()],
        capture_output=True, text=True, check=True, cwd=ROOT,
    ).stdout  # fmt: skip
    assert [line.rstrip() for line in printed.rstrip().splitlines()] == shown


def test_every_command_and_option_is_there() -> None:
    lines = re.findall(r"^    supportsim (.*)$", README, re.MULTILINE)
    assert len(lines) > 5
    known = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    for line in lines:
        words = shlex.split(line)
        options = {name for option in known[words[0]].params for name in option.opts}
        assert {word for word in words if word.startswith("-")} <= options, line
        assert (ROOT / words[1]).is_file(), line


def test_its_python_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    match = re.search(r"^## From Python\n\n((?:    .*\n|\n)+)", README, re.MULTILINE)
    assert match
    code = textwrap.dedent(match[1])
    scenario = 'ss.load("scenarios/portal.toml"'
    short = {"run.warm_up": "0d", "run.window": "2w", "run.follow_up": "1w"}
    quick = {
        "replications=20": "replications=2",
        f"{scenario})": f"{scenario}, {short})",
        "precision=0.05": "precision=0.9",
    }
    for shown, run in quick.items():
        assert shown in code
        code = code.replace(shown, run)
    monkeypatch.chdir(ROOT)
    plt.switch_backend("agg")
    names: dict[str, Any] = {"__name__": "__readme__"}
    try:
        exec(code, names)
    finally:
        plt.close("all")
    assert len(names["result"].verdicts) >= 20


def test_every_command_that_ends_with_1_is_named_with_the_exit_statuses() -> None:
    command = typer.main.get_command(app)
    (line,) = re.findall(r"^Exit status of every command: .*$", README, re.MULTILINE)
    _, _, told = (command.epilog or "").partition("Exit status: ")
    named = {
        name
        for name, one in command.commands.items()  # type: ignore[attr-defined]
        if re.search(r"[Ee]xit\s+status:?[^.]* 1\b", one.help or "")
    }
    assert named >= {"doctor", "plan", "verify"}
    for name in named:
        assert name in line
        assert name in told
