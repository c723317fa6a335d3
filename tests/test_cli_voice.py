"""What commands say beside their results: details, hints, colours, and what the shell completes."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from supportsim.benchmarks import load_registry
from supportsim.cli import app
from supportsim.cli.hints import after_plan, after_run
from supportsim.cli.voice import LOG, command_lines
from supportsim.report.health import health_document
from supportsim.studies import health
from supportsim.studies.planning.targets import read_target
from supportsim.studies.run import run as simulate
from test_cli import GOOD, command, invoke

if TYPE_CHECKING:
    from typer.testing import Result

SCENARIOS = Path(__file__).parents[1] / "scenarios"
QUICK = ("--set", "run.window=1w", "--replications", "2")
# 60 tickets of 13 min on each of 7 days are 5460 min a week, and one agent works 2400 of them.
OVERLOADED = (
    *("--set", "teams.desk.agents=1", "--set", "channels.portal.arrivals.per_day=60"),
    *("--set", 'benchmarks.use=["portal.backlog"]'),
)


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "small.toml"
    path.write_text(GOOD, encoding="utf-8")
    return path


class TestQuietAndVerbose:
    def test_verbose_tells_what_is_read_and_written_and_changes_nothing(
        self, scenario: Path, tmp_path: Path
    ) -> None:
        own = tmp_path / "own.toml"
        own.write_text(GOOD.replace("[benchmarks]", '[benchmarks]\nfiles = ["mine.toml"]'))
        (tmp_path / "mine.toml").write_text("", encoding="utf-8")
        plain = invoke("run", scenario, *QUICK, "--json")
        told = invoke("run", scenario, *QUICK, "--json", "--verbose", "--out", tmp_path / "out")
        assert told.stdout == plain.stdout
        lines = told.stderr.splitlines()
        assert all(re.match(r"\[ *\d+\.\d\d s\] |Results are in ", line) for line in lines)
        for part in (f"read {scenario}", "seed 1, 2 replications", "numpy", "manifest.json"):
            assert sum(part in line for line in lines) == 1, part
        assert not LOG.handlers  # the next command is silent again
        assert invoke("run", scenario, *QUICK, "--json").stderr == plain.stderr

    def test_quiet_gives_no_hints(self, scenario: Path) -> None:
        loud = invoke("run", scenario, *QUICK, *OVERLOADED)
        quiet = invoke("run", scenario, *QUICK, *OVERLOADED, "--quiet")
        said, _, hint = loud.stdout.partition("Next:\n")
        assert quiet.stdout == said
        assert hint

    def test_quiet_has_no_words_of_files_written(self, scenario: Path, tmp_path: Path) -> None:
        files = [*("--out", tmp_path / "out"), *("--junit", tmp_path / "verdicts.xml")]
        quiet = invoke("run", scenario, *QUICK, "--quiet", *files)
        assert quiet.stdout == invoke("run", scenario, *QUICK, "--quiet").stdout
        assert (tmp_path / "verdicts.xml").is_file()
        assert invoke("init", tmp_path / "new.toml", "--quiet").output == ""

    def test_the_hint_after_validate_is_a_command_that_works(self, scenario: Path) -> None:
        told = invoke("validate", scenario, "--set", "teams.desk.agents=3").stdout
        words = shlex.split(told.partition("Next:\n")[2].replace("\\\n", ""))
        assert words == ["supportsim", "run", str(scenario), "--set", "teams.desk.agents=3"]
        assert invoke(*words[1:], *QUICK).exit_code == 0


class TestHints:
    def hint(self, changes: dict[str, Any], figures: tuple[str, ...] = ()) -> list[str]:
        from supportsim.scenario import load

        small = {"run.window": "4w", "run.replications": 4}
        scenario = load(SCENARIOS / "portal.toml", {**small, **changes})
        registry = load_registry()
        chosen = [registry[name] for name in figures]
        return after_run(simulate(scenario, figures=chosen, workers=1), Path("a b.toml"), ["c=d"])

    def test_too_few_agents_ask_for_a_plan(self) -> None:
        *words, target = self.hint({"teams.desk.agents": 1}, ("portal.answered_within_24h",))
        assert words == ["plan", "a b.toml", "--set", "c=d", "--target"]
        assert target == "portal.answered_within_24h>=0.57"

    def test_a_time_in_the_unit_of_the_figure(self) -> None:
        from supportsim.scenario import load

        *_, target = self.hint({"teams.desk.agents": 1}, ("portal.first_response_time",))
        assert target == "portal.first_response_time_business<=7h"
        assert read_target(target, load(SCENARIOS / "portal.toml")).value == 420

    def test_doing_better_than_published_is_left_alone(self) -> None:
        assert self.hint({"teams.desk.agents": 40}, ("portal.answered_within_24h",)) == []

    def test_what_agents_may_change_asks_for_a_sweep(self) -> None:
        words = self.hint({"teams.desk.agents": 1}, ("portal.backlog",))
        assert words[0] == "sweep"
        assert words[-2:] == ["--vary", "teams.desk.agents=1:4"]

    def test_what_is_varied_or_planned_is_not_set_as_well(self, scenario: Path) -> None:
        told = invoke("run", scenario, *QUICK, *OVERLOADED).stdout
        words = shlex.split(told.partition("Next:\n")[2].replace("\\\n", ""))
        assert words[:3] == ["supportsim", "sweep", str(scenario)]
        assert invoke(*words[1:], "--replications", "1").exit_code == 0

    def test_an_open_verdict_asks_for_replications(self) -> None:
        words = self.hint({"run.window": "26w", "run.replications": 12}, ("portal.transfers",))
        assert words[:-1] == ["run", "a b.toml", "--set", "c=d", "--replications"]
        assert int(words[-1]) > 12

    def test_a_match_needs_nothing(self) -> None:
        assert self.hint({}) == []

    def test_after_a_plan_run_it(self) -> None:
        class Position:
            key, now = "teams.desk.agents", 2

        class Planned:
            positions = (Position,)
            possible = True
            staffing = {"teams.desk.agents": 3}  # noqa: RUF012

        plan: Any = Planned
        words = after_plan(plan, Path("x.toml"), ["run.seed=4", "teams.desk.agents = 1"])
        assert words == ["run", "x.toml", "--set", "run.seed=4", "--set", "teams.desk.agents=3"]
        assert after_plan(plan, None) == []
        Planned.staffing = {"teams.desk.agents": 2}
        assert after_plan(plan, Path("x.toml")) == []

    @given(st.lists(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=90)))
    def test_a_shell_reads_a_command_back(self, words: list[str]) -> None:
        lines = command_lines(words)
        assert shlex.split("\n".join(lines).replace("\\\n", "")) == ["supportsim", *words]
        for line in lines:
            assert len(line) <= 80 or len(shlex.split(line.removesuffix("\\"))) <= 2


class TestColours:
    @pytest.mark.parametrize(
        ("environment", "escapes", "colours"),
        [({}, False, False), ({"FORCE_COLOR": "1"}, True, True),
         ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False)],
    )  # fmt: skip
    def test_follow_the_environment(
        self, scenario: Path, environment: dict[str, str], escapes: bool, colours: bool
    ) -> None:
        known = {key: value for key, value in os.environ.items() if "COLOR" not in key}
        done = subprocess.run(
            command("run", scenario, *QUICK),
            capture_output=True, check=True, env={**known, "TERM": "xterm", **environment},
        ).stdout  # fmt: skip
        assert (b"\x1b[" in done) == escapes
        assert bool(re.search(rb"\x1b\[(\d;)?3\dm", done)) == colours


def complete(line: str) -> list[str]:
    """Return what bash would offer at the end of a line."""
    asked = {"COMP_WORDS": line, "COMP_CWORD": str(len(line.split(" ")) - 1)}
    environment = {**asked, "_SUPPORTSIM_COMPLETE": "complete_bash"}
    done = CliRunner().invoke(app, [], env=environment, prog_name="supportsim")
    assert (done.exit_code, done.stderr) == (0, "")
    return done.stdout.split()


class TestCompletion:
    @pytest.mark.parametrize(
        ("line", "offers"),
        [
            ("run sm", ["small.toml"]),
            ("run sub", ["sub/other.toml"]),
            ("run sub/o", ["sub/other.toml"]),
            ("run nothing", []),
            ("run small.toml --set teams.desk.ag", ["teams.desk.agents="]),
            ("run study.toml --set run.se", ["run.seed="]),
            ("run broken.toml --set run", []),
            ("plan small.toml --team ", ["desk"]),
            ("sweep small.toml --log run.rep", ["run.replications"]),
            ("compare small.toml --measure portal.wrap", ["portal.wrap_up"]),
            ("calibrate small.toml --to portal.backlog_", ["portal.backlog_awaiting"]),
            ("benchmarks list --channel po", ["portal"]),
        ],
    )  # fmt: skip
    def test_offers(
        self,
        line: str,
        offers: list[str],
        tmp_path: Path,
        scenario: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.chdir(tmp_path)
        (tmp_path / "sub").mkdir()
        text = scenario.read_text(encoding="utf-8").replace("[run]", "[run]\nseed = 1")
        scenario.write_text(text, encoding="utf-8")
        (tmp_path / "sub" / "other.toml").write_text("", encoding="utf-8")
        (tmp_path / "study.toml").write_text('scenario = "small.toml"', encoding="utf-8")
        (tmp_path / "broken.toml").write_text("run = ", encoding="utf-8")
        assert complete(f"supportsim {line}") == offers

    def test_is_there_for_the_shells(self) -> None:
        for option in ("--install-completion", "--show-completion"):
            assert option in invoke("--help").stdout


class TestDoctor:
    def doctor(self, *options: str) -> Result:
        return invoke("doctor", "--skip-trial", *options)

    def test_tells_what_is_there(self) -> None:
        told = invoke("doctor")
        assert told.exit_code == 0
        for part in ("supportsim ", "Python", "engine", "numpy", "cores", "encoding", "locale",
                     "M/M/1 at half load", "Everything works."):  # fmt: skip
            assert part in told.stdout

    def test_json_is_the_same(self) -> None:
        document = json.loads(self.doctor("--json").stdout)
        assert document["works"] is True
        assert document == health_document(health.examine(trial=False))

    def test_a_broken_package_is_told_with_its_remedy(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(name: str) -> None:
            if name == "numpy":
                raise ImportError("no \x1b such file")

        monkeypatch.setattr(health, "import_module", broken)
        told = self.doctor()
        assert told.exit_code == 1
        assert "BROKEN: " in told.stdout
        assert "pip install --force-reinstall numpy" in " ".join(told.stdout.split())
        assert "1 broken: numpy" in told.stdout
        assert "\x1b" not in told.stdout

    def test_an_old_or_missing_package_is_broken_and_a_missing_extra_is_not(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        needs = [
            "typer>=99.0", "not-there-at-all>=1", "numpy",
            "nowhere>=2; extra == 'some'", "pytest>=1 ; extra == 'dev'",
        ]  # fmt: skip
        monkeypatch.setattr(health.metadata, "requires", lambda _name: needs)
        found = {one.name: one for one in health.examine(trial=False)}
        states = {name: found[name].state for name in ("typer", "not-there-at-all", "numpy")}
        assert states == {"typer": "broken", "not-there-at-all": "broken", "numpy": "fine"}
        assert found["nowhere"].state == "missing"
        assert found["nowhere"].remedy == "run pip install 'supportsim[some]'"
        assert "pytest" not in found
        assert self.doctor().exit_code == 1

    def test_an_engine_that_is_wrong_is_found(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fails(*_arguments: object, **_options: object) -> None:
            raise ZeroDivisionError("x")

        monkeypatch.setattr(sys.modules["supportsim.studies.run"], "run", fails)
        told = invoke("doctor")
        assert told.exit_code == 1
        assert "failed: ZeroDivisionError: x" in told.stdout

    @pytest.mark.parametrize(
        ("one", "other", "expected"),
        [
            ("1.10", "1.9", True),
            ("1.9", "1.10", False),
            ("2", "2.0.0", True),
            ("2.0.0rc1", "2.0", True),
            ("1.26.4", "2.0", False),
            ("3.1", "", True),
        ],
    )
    def test_versions_are_compared_by_their_numbers(
        self, one: str, other: str, expected: bool
    ) -> None:
        assert health.at_least(one, other) is expected
