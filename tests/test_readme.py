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
from typer.testing import CliRunner

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


COMMAND_LINES = re.findall(r"^    (supportsim .*)$", README, re.MULTILINE)
QUICK = {"--replications": "2", "--precision": "0.9", "--starts": "1"}


def test_every_kind_of_question_is_there() -> None:
    asked = {line.split()[1] for line in COMMAND_LINES}
    assert asked >= {"run", "compare", "sweep", "plan", "calibrate", "report", "watch"}


@pytest.mark.parametrize("line", COMMAND_LINES, ids=lambda line: line.split()[1])
def test_every_command_runs(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_scenarios: Path
) -> None:
    words = shlex.split(line.removesuffix(" --out results"))[1:]  # with plots it takes longer
    for option in QUICK.keys() & set(words):
        words[words.index(option) + 1] = QUICK[option]
    words += [] if words[0] == "watch" else ["--workers", "1"]
    words += ["--replications", "8"] if words[0] == "calibrate" else []
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenarios").symlink_to(small_scenarios)
    result = CliRunner().invoke(app, words, catch_exceptions=False)
    out_of_reach = words[0] == "plan" and result.exit_code == 1  # in so short a time
    assert result.exit_code == 0 or out_of_reach, result.output
    written = [words[at + 1] for at, word in enumerate(words) if word == "-o"]
    assert all((tmp_path / name).is_file() for name in written)


@pytest.fixture(scope="module")
def small_scenarios(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scenarios in a few weeks, so that what is asked of them takes no time."""
    folder = tmp_path_factory.mktemp("scenarios")
    for name in ("portal.toml", "chat.toml"):
        text = (ROOT / "scenarios" / name).read_text(encoding="utf-8")
        for key, value in (("warm_up", "1w"), ("window", "2w"), ("follow_up", "1w")):
            text = re.sub(rf'^{key} = ".*"', f'{key} = "{value}"', text, flags=re.MULTILINE)
        text = re.sub(r"^replications = \d+", "replications = 2", text, flags=re.MULTILINE)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


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
