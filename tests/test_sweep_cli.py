"""`supportsim sweep` as its users meet it: tables, JSON, files, and one message for bad input."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from supportsim.cli import app
from supportsim.cli.voice import Voice
from test_cli import GOOD

AGENTS, PER_DAY = "teams.desk.agents", "channels.portal.arrivals.per_day"
# A week without warm-up or follow-up, and two replications: what a sweep says needs no more.
SCENARIO = GOOD.replace('"1w"', '"0d"').replace('"2w"', '"1w"').replace("ions = 3", "ions = 2")


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "small.toml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


def invoke(scenario: Path, *options: str | Path) -> Result:
    return CliRunner().invoke(app, ["sweep", str(scenario), *map(str, options)])


class TestReports:
    """A line for each point within 80 columns, or one JSON document."""

    def test_a_line_for_each_point(self, scenario: Path, tmp_path: Path) -> None:
        out = tmp_path / "out"
        grid = ("--vary", f"{AGENTS}=1:3", "--vary", f"{PER_DAY}=3,8.5", "--out", out)
        done = invoke(scenario, *grid)
        assert (done.exit_code, done.stderr) == (0, "")
        lines = done.stdout.splitlines()
        assert all(len(line) <= 80 or str(out) in line for line in lines)
        assert lines[0] == "small"
        assert lines[1].startswith("6 points (grid), 2 replications each; seed 1")
        assert f"  agents is {AGENTS}" in lines
        assert f"  per_day is {PER_DAY}" in lines
        head = next(line.split() for line in lines if line.startswith("Point"))
        assert head[:3] == ["Point", "agents", "per_day"]
        assert head[-3:] == ["Match", "Miss", "Open"]
        rows = [line.split() for line in lines if line[:5].strip().isdigit()]
        assert [row[:3] for row in rows[:6]] == [
            [str(2 * a + b), str(a + 1), ("3", "8.5")[b]] for a in range(3) for b in range(2)
        ]
        table = pd.read_csv(out / "sweep.csv")
        assert len(table) == 6 * table["measure"].nunique()
        judged = table[table["verdict"].isin(["matches", "misses", "undecided"])]
        kinds = ("matches", "misses", "undecided")
        for number, row in enumerate(rows[:6]):
            answers = judged[judged["point"] == number]["verdict"]
            counted = [int((answers == kind).sum()) for kind in kinds]
            assert list(map(int, row[-3:])) == counted
        assert lines[-1] == f"Results are in {out}"
        again = invoke(scenario, *grid)
        assert again.stdout == done.stdout

    def test_of_many_points_the_best(self, scenario: Path) -> None:
        done = invoke(scenario, "--vary", f"{AGENTS}=1:50", "--measure", "portal.backlog_open")
        lines = done.stdout.splitlines()
        rows = [line for line in lines if line[:5].strip().isdigit()]
        assert len(rows) == 12
        assert "The 12 of 50 points" in done.stdout
        assert "--out DIR, or --json" in done.stdout
        matches = [int(row.split()[-3]) for row in rows]
        assert matches == sorted(matches, reverse=True)

    def test_of_many_parameters_those_that_there_is_room_for(self, scenario: Path) -> None:
        keys = [AGENTS, PER_DAY, "channels.portal.patience.mean", "channels.portal.patience.cv"]
        keys += ["channels.portal.wrap_up", "teams.desk.cost_per_hour"]
        ranges = ["1:4", "3.0:9.0", "1d:6d", "0.2:0.9", "5min:15min", "20:30"]
        vary = [f"--vary={key}={one}" for key, one in zip(keys, ranges, strict=True)]
        done = invoke(scenario, *vary, "--design", "lhs", "--points", "5")
        assert done.exit_code == 0, done.output
        assert max(map(len, done.stdout.splitlines())) <= 80
        assert "No room here for patience.cv, cost_per_hour: --json, or sweep.csv" in done.stdout
        assert "…" not in done.stdout

    def test_json_is_one_document(self, scenario: Path, tmp_path: Path) -> None:
        spread = ("--design", "saltelli", "--points", "4", "--log", PER_DAY, "--seed", "5")
        ranges = ("--vary", f"{AGENTS}=1:3", "--vary", f"{PER_DAY}=1.0:9.0")
        one = ("--measure", "portal.backlog_open", "--replications", "3", "--json")
        done = invoke(scenario, *spread, *ranges, *one, "--out", tmp_path / "out")
        assert done.exit_code == 0, done.output
        document = json.loads(done.stdout)
        assert done.stderr == f"Results are in {tmp_path / 'out'}\n"
        assert (document["design"], document["seed"], len(document["points"])) == (
            "saltelli",
            5,
            16,
        )
        for point in document["points"]:
            assert point["values"][AGENTS] in (1, 2, 3)
            (measure,) = point["measures"]
            assert (measure["id"], measure["replications"]) == ("portal.backlog_open", 3)
        drives = pd.read_csv(tmp_path / "out" / "sensitivity.csv")
        assert set(drives["parameter"]) == {AGENTS, PER_DAY}

    def test_progress_only_on_a_terminal(
        self, scenario: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        vary = ("--vary", f"{AGENTS}=1:2")
        assert invoke(scenario, *vary).stderr == ""
        monkeypatch.setattr(Voice, "shows_progress", property(lambda self: not self.quiet))
        monkeypatch.setenv("FORCE_COLOR", "1")
        assert "Sweeping small" in invoke(scenario, *vary).stderr
        assert invoke(scenario, *vary, "--quiet").stderr == ""


class TestBadInput:
    """One clear message, exit status 2, no traceback, nothing written."""

    @pytest.mark.parametrize(
        ("options", "reason"),
        [
            ([], "error: --vary: name a key"),
            (["--vary", AGENTS], "--vary: write KEY=VALUES"),
            (["--vary", f"{AGENTS}="], "--vary: write KEY=VALUES"),
            (["--vary", f"{AGENTS}=1", "--vary", f"{AGENTS}=2"], f"{AGENTS} is there twice"),
            (["--vary", "teams.desk.agent=1:3"], 'no such key; did you mean "agents"?'),
            (["--vary", "teams.dsk.agents=1:3"], 'no team "dsk"; did you mean "desk"?'),
            (["--vary", f"{AGENTS}=3:1"], "is reversed; write 1:3"),
            (["--vary", f"{AGENTS}=3:3"], "is empty"),
            (["--vary", f"{AGENTS}=1,two"], f"{AGENTS} = two: has to be"),
            (["--vary", f"{AGENTS}=1,1.5"], f"{AGENTS} = 1.5: has to be a whole number"),
            (["--vary", f"{PER_DAY}=1.0:9.0"], "says no step"),
            (["--vary", f"{AGENTS}=1:3", "--design", "latin"], 'not "latin"'),
            (["--vary", f"{AGENTS}=1:3", "--points", "3"], "points: a grid has as many points"),
            (["--vary", f"{AGENTS}=1:3", "--design", "sobol"], "points: say how many"),
            (["--vary", f"{AGENTS}=1:3", "--design", "lhs", "--points", "0"], "at least 1"),
            (["--vary", f"{AGENTS}=1:3", "--log", PER_DAY], f"log: {PER_DAY} is not varied"),
            (
                ["--vary", f"{AGENTS}=1:3", "--measure", "portal.backlog_opn"],
                'did you mean "portal.backlog_open"?',
            ),
            (["--vary", f"{AGENTS}=1:3", "--set", f"{AGENTS}=3"], "and varied as well"),
            (["--vary", f"{AGENTS}=1:999", "--vary", f"{PER_DAY}=1:999"], "998,001 points"),
            (["--vary", f"{AGENTS}=1:3", "--workers", "0"], "workers: give 1 or more"),
        ],
    )
    def test_is_refused(
        self, scenario: Path, tmp_path: Path, options: list[str], reason: str
    ) -> None:
        out = tmp_path / "out"
        done = invoke(scenario, *options, "--out", out)
        assert (done.exit_code, done.stdout) == (2, "")
        (line,) = done.stderr.splitlines()
        assert line.startswith("error: ")
        assert reason in line
        assert not out.exists()

    def test_a_folder_that_is_a_file(self, scenario: Path, tmp_path: Path) -> None:
        (tmp_path / "out").write_text("mine")
        done = invoke(scenario, "--vary", f"{AGENTS}=1:2", "--out", tmp_path / "out")
        assert done.exit_code == 2
        assert "is a file, not a folder" in done.stderr
        assert (tmp_path / "out").read_text() == "mine"

    def test_fresh_needs_a_folder(self, scenario: Path) -> None:
        done = invoke(scenario, "--vary", f"{AGENTS}=1:2", "--fresh")
        assert (done.exit_code, "--fresh: there is no --out" in done.stderr) == (2, True)

    def test_another_sweep_there_is_kept_unless_told_otherwise(
        self, scenario: Path, tmp_path: Path
    ) -> None:
        out = ("--out", tmp_path / "out", "--measure", "portal.backlog_open")
        assert invoke(scenario, "--vary", f"{AGENTS}=1:2", *out).exit_code == 0
        table = (tmp_path / "out" / "sweep.csv").read_bytes()
        done = invoke(scenario, "--vary", f"{AGENTS}=1:3", *out)
        assert done.exit_code == 2
        assert f'sweep.vary.{AGENTS} is "1:2" there and "1:3" here' in done.stderr
        assert (tmp_path / "out" / "sweep.csv").read_bytes() == table
        assert invoke(scenario, "--vary", f"{AGENTS}=1:3", *out, "--fresh").exit_code == 0
        assert len(pd.read_csv(tmp_path / "out" / "sweep.csv")) == 3
