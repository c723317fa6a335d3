"""A first scenario: asked for on a terminal, assumed elsewhere, never in place of another file."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

import supportsim as ss
from supportsim.scenario.starting import KINDS, Desk, agents_for, starting_text
from test_cli import command, invoke

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result


PATIENCE = 60.0  # seconds


def init(path: Path, *options: str) -> Result:
    return invoke("init", path, *options)


def read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


class TestWriting:
    @pytest.mark.parametrize("channel", KINDS)
    def test_what_it_writes_runs_at_once(self, channel: str, tmp_path: Path) -> None:
        path = tmp_path / "desk.toml"
        told = init(path, "--channel", channel)
        assert (told.exit_code, told.stderr) == (0, "")
        assert f"supportsim run {path}" in told.stdout.replace(" \\\n   ", "")
        quick = {"run.window": "4w", "run.replications": 3}
        result = ss.run(path, changes=quick, workers=1)
        assert not result.warnings
        assert set(result.verdicts["role"]) <= {"predicted"}
        assert list(result.scenario.channels) == [channel]
        assert 0.2 < result.measures.loc["team.support.occupancy", "mean"] < 0.9

    def test_what_was_given_is_in_it_and_called_so(self, tmp_path: Path) -> None:
        path = tmp_path / "desk.toml"
        given = ("--name", 'a "b" <script>\n=1+1 é\x7f', "--channel", "phone=120", "--channel",
                 "email", "--agents", "9", "--days", "Mon-Sat", "--hours", "08:00-20:00",
                 "--cost-per-hour", "31.5")  # fmt: skip
        assert init(path, *given).exit_code == 0
        found = read(path)
        assert found["name"] == given[1]
        assert found["channels"]["phone"]["arrivals"]["per_day"] == 120
        team = found["teams"]["support"]
        hours = [{"days": "Mon-Sat", "from": "08:00", "to": "20:00"}]
        assert (team["agents"], team["cost_per_hour"]) == (9, 31.5)
        assert team["shifts"] == found["calendar"]["business_hours"] == hours
        assert team["serves"] == ["phone", "email"]
        text = path.read_text(encoding="utf-8")
        assert text.count("# Tickets a day: yours") == 1
        assert text.count("# Tickets a day: assumed") == 1
        assert "cost_per_hour = 31.5  # yours" in text
        assert "agents = 9  # yours" in text

    def test_what_was_not_given_is_called_assumed(self, tmp_path: Path) -> None:
        assert init(tmp_path / "desk.toml").exit_code == 0
        text = (tmp_path / "desk.toml").read_text(encoding="utf-8")
        assert "yours\n" not in text
        assert "cost_per_hour = 25  # assumed" in text

    @pytest.mark.parametrize(
        ("options", "reason"),
        [
            (["--channel", "fax"], "there is no channel 'fax' to begin with"),
            (["--channel", "phon"], 'did you mean "phone"?'),
            (["--channel", "phone=x"], "--channel: 'x' is not a number"),
            (["--channel", "phone=-1"], "--channel: '-1' is not a number"),
            (["--channel", "phone", "--channel", "phone=3"], "phone is there twice"),
            (["--agents", "0"], "--agents: '0' is not a number of agents"),
            (["--days", "Mon-Fryday"], "--days:"),
            (["--hours", "9-17"], "--hours:"),
            (["--hours", "17:00-09:00"], "ends before it begins"),
            (["--cost-per-hour", "nan"], "--cost-per-hour: 'nan' is not a number"),
        ],
    )
    def test_bad_input_writes_nothing(
        self, options: list[str], reason: str, tmp_path: Path
    ) -> None:
        told = init(tmp_path / "desk.toml", *options)
        assert (told.exit_code, told.stdout) == (2, "")
        assert reason in told.stderr
        assert told.stderr.count("\n") == 1
        assert not list(tmp_path.iterdir())

    def test_numbers_keep_their_digits(self, tmp_path: Path) -> None:
        path = tmp_path / "desk.toml"
        options = ["--channel", "phone=12345.678", "--channel", "chat=1234567e-1"]
        assert init(path, *options, "--cost-per-hour", "23.456789").exit_code == 0
        said = read(path)
        assert said["channels"]["phone"]["arrivals"]["per_day"] == 12345.678
        assert said["channels"]["chat"]["arrivals"]["per_day"] == 123456.7
        assert said["teams"]["support"]["cost_per_hour"] == 23.456789
        assert "12345.678 by phone, 123456.7 by chat" in path.read_text(encoding="utf-8")

    def test_a_file_that_is_there_stays(self, tmp_path: Path) -> None:
        path = tmp_path / "desk.toml"
        path.write_text("mine", encoding="utf-8")
        told = init(path)
        assert told.exit_code == 2
        assert "--overwrite" in told.stderr
        assert path.read_text(encoding="utf-8") == "mine"
        assert init(path, "--overwrite").exit_code == 0
        assert read(path)["name"] == "desk"

    def test_a_file_with_a_hostile_name(self, tmp_path: Path) -> None:
        path = tmp_path / "a\nbogus = 1 \x1b é.toml"
        told = init(path)
        assert told.exit_code == 0
        assert "\x1b" not in told.stdout
        assert read(path)["name"] == path.stem
        assert "bogus" not in read(path)

    @pytest.mark.parametrize("name", [".", "no/desk.toml"])
    def test_a_file_that_cannot_be(self, name: str, tmp_path: Path) -> None:
        told = init(tmp_path / name)
        assert told.exit_code == 2
        assert not list(tmp_path.iterdir())


class TestAsking:
    def test_a_pipe_is_not_asked(self, tmp_path: Path) -> None:
        done = subprocess.run(
            command("init", tmp_path / "desk.toml"),
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "")
        assert read(tmp_path / "desk.toml")["teams"]["support"]["agents"] >= 1

    def test_a_terminal_is_asked_until_the_answer_can_be_used(self, tmp_path: Path) -> None:
        path = tmp_path / "desk.toml"
        answers = ["My desk", "fax", "phone=x", "phone, email=12", "90", "", "", "0", "?", "30"]
        status, told = on_terminal(["init", str(path)], answers)
        assert status == 0, told
        assert "there is no channel 'fax'" in told
        assert "'0' is not a number of agents" in told
        found = read(path)
        assert found["name"] == "My desk"
        per_day = {key: one["arrivals"]["per_day"] for key, one in found["channels"].items()}
        assert per_day == {"phone": 90, "email": 12}
        assert found["teams"]["support"]["cost_per_hour"] == 30
        assert "agents = 3  # assumed" in path.read_text(encoding="utf-8")

    def test_the_end_of_the_answers_is_the_end(self, tmp_path: Path) -> None:
        status, told = on_terminal(["init", str(tmp_path / "desk.toml")], ["\x03"])
        assert status == 130
        assert "interrupted" in told
        assert not list(tmp_path.iterdir())

    def test_one_that_waits_for_more_answers_is_killed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys.modules[__name__], "PATIENCE", 3)
        status, _ = on_terminal(["init", str(tmp_path / "desk.toml")], [])
        assert status == -signal.SIGKILL


def on_terminal(arguments: list[str], answers: list[str]) -> tuple[int, str]:
    """Run a command on a terminal of its own, and answer each question.

    One that says nothing for a minute is killed, and its status is that of the signal.
    """
    child, terminal = pty.fork()
    if child == 0:
        os.execv(sys.executable, command(*arguments))
    told, left = b"", list(answers)
    try:
        while select.select([terminal], [], [], PATIENCE)[0]:
            try:
                read = os.read(terminal, 4096)
            except OSError:  # the other side has ended
                break
            told += read
            if told.endswith(b": ") and left:
                os.write(terminal, left.pop(0).encode() + b"\n")
        else:
            os.kill(child, signal.SIGKILL)
    finally:
        os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), told.decode()


def test_agents_are_as_many_as_the_work_takes() -> None:
    # 96 calls of 7.35 min on each of 7 days are 4939 min; 40 h at 75 % are 1800 min an agent.
    assert agents_for(Desk("x", {"phone": 96.0}), 40) == 3
    # 300 chats of 10 min, three at a time, on each of 7 days are 7000 min.
    assert agents_for(Desk("x", {"chat": 300.0}), 40) == 4
    # A portal's agents have 20 min of each hour: 20 tickets of 13 min a day are 1820 of 600 min.
    assert agents_for(Desk("x", {"portal": 20.0}), 40) == 4
    assert agents_for(Desk("x", {"phone": 0.0}), 40) == 1
    assert agents_for(Desk("x", {"phone": 96.0}, agents=7), 40) == 7


def test_the_lines_fit_an_editor() -> None:
    desk = Desk("x", dict.fromkeys(KINDS, 999.0))
    assert max(map(len, starting_text(desk, 40, "scenario.toml").splitlines())) <= 100
