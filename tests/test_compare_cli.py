"""`supportsim compare` as its users meet it: alternatives, output, files and exit statuses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interrupting import interrupt
from supportsim.cli.compare import read_alternative, split
from supportsim.errors import InputError
from test_cli import GOOD, command, invoke

MORE = "teams.desk.agents=3"


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "small.toml"
    path.write_text(GOOD, encoding="utf-8")
    return path


class TestReadingAlternatives:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("teams.desk.agents=3", {"teams.desk.agents": 3}),
            (" a.b = 3 ;; c=4h; ", {"a.b": 3, "c": "4h"}),
            ("a=[1, 2]; b={ x = [1], y = '2' }", {"a": [1, 2], "b": {"x": [1], "y": "2"}}),
            ('a="x; y"; b=1', {"a": "x; y", "b": 1}),
            ("a='x;\\'; b=1", {"a": "x;\\", "b": 1}),
            ('a="x\\";"; b=1', {"a": 'x";', "b": 1}),
            ("a=['x;]', \"y;\"]; b=1", {"a": ["x;]", "y;"], "b": 1}),
            ("name=the manager's; b=1", {"name": "the manager's", "b": 1}),
            ("a=[1; 2]", {"a": "[1; 2]"}),
        ],
    )
    def test_semicolons_part_changes(self, text: str, expected: dict[str, object]) -> None:
        assert read_alternative(text) == expected

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("", "write KEY=VALUE"),
            (";", "write KEY=VALUE"),
            ("a=1; b", "write KEY=VALUE, not ' b'"),
            ("a=1; =2", "write KEY=VALUE"),
            ("a=1; a=2", "a is there twice"),
        ],
    )
    def test_mistakes(self, text: str, expected: str) -> None:
        with pytest.raises(InputError, match=expected):
            read_alternative(text)

    @given(st.text(alphabet="a=;\"'[]{}\\, "))
    def test_nothing_gets_lost(self, text: str) -> None:
        assert ";".join(split(text)) == text


class TestOutput:
    def test_files_and_changes_are_alternatives(self, scenario: Path, tmp_path: Path) -> None:
        other = tmp_path / "other.toml"
        other.write_text(GOOD.replace("agents = 2", "agents = 5"), encoding="utf-8")
        arguments = (scenario, other, "--set", MORE, "--set", f"{MORE}; run.window=1w")
        result = invoke("compare", *arguments, "--measure", "portal.wait", "--json")
        assert result.exit_code == 0, result.output
        document = json.loads(result.stdout)
        names = [one["name"] for one in document["alternatives"]]
        assert names == ["other", MORE, f"{MORE}; run.window=1w"]
        assert document["measures"] == ["portal.wait"]
        found = [one["differences"][0]["alternative"] for one in document["alternatives"]]
        assert len(set(found)) == 3
        assert "warning: teams.desk.agents=3; run.window=1w: its run.window" in result.stderr

    def test_the_base_is_run_as_by_run(self, scenario: Path) -> None:
        alone = json.loads(invoke("run", scenario, "--json", "--seed", "5").stdout)
        result = invoke("compare", scenario, "--set", MORE, "--json", "--seed", "5")
        compared = json.loads(result.stdout)
        assert compared["base"]["verdicts"] == alone["verdicts"]
        assert [compared[key] for key in ("scenario", "seed", "replications")] == ["small", 5, 3]
        changed = json.loads(invoke("run", scenario, "--json", "--seed", "5", "--set", MORE).stdout)
        assert compared["alternatives"][0]["verdicts"] == changed["verdicts"]

    def test_tables_of_eighty_columns(self, scenario: Path) -> None:
        result = invoke("compare", scenario, "--set", MORE, "--set", "run.warm_up=7d")
        assert result.exit_code == 0
        assert max(map(len, result.stdout.splitlines())) <= 80
        assert "2. run.warm_up=7d\nExactly as in the base: every measure\n" in result.stdout

    def test_a_terminal_without_unicode(self, scenario: Path) -> None:
        done = subprocess.run(
            command("compare", scenario, "--set", MORE),
            capture_output=True, check=True, env={**os.environ, "PYTHONIOENCODING": "ascii"},
        )  # fmt: skip
        assert b"+/-" in done.stdout
        assert done.stderr == b""

    def test_results_in_a_folder(self, scenario: Path, tmp_path: Path) -> None:
        out = tmp_path / "results"
        result = invoke("compare", scenario, "--set", MORE, "--json", "--out", out)
        assert result.exit_code == 0
        assert json.loads((out / "comparison.json").read_text(encoding="utf-8")) == json.loads(
            result.stdout
        )
        assert f"Results are in {out}" in result.stderr
        assert (out / "differences.png").read_bytes().startswith(b"\x89PNG")

    def test_a_study_file(self, scenario: Path) -> None:
        study = scenario.parent / "study.toml"
        text = 'scenario = "small.toml"\n[compare]\nmeasures = ["portal.wait"]\n'
        alternative = '[[compare.alternatives]]\nname = "x"\nset = { "teams.desk.agents" = 4 }\n'
        study.write_text(text + alternative, encoding="utf-8")
        document = json.loads(invoke("compare", study, "--json", "--confidence", "0.5").stdout)
        assert [one["name"] for one in document["alternatives"]] == ["x"]
        assert document["confidence"] == 0.5
        document = json.loads(invoke("compare", study, "--json", "--set", MORE).stdout)
        assert [one["name"] for one in document["alternatives"]] == [MORE]

    def test_starting_takes_no_plots_and_no_frames(self) -> None:
        code = "import sys, supportsim.cli; print([m for m in ('numpy', 'pandas', 'matplotlib') "
        done = subprocess.run(
            [sys.executable, "-c", f"{code}if m in sys.modules])"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert done.stdout == "[]\n"


class TestBadInput:
    @pytest.mark.parametrize(
        ("arguments", "expected"),
        [
            ((), "there is nothing to compare with"),
            (("no.toml",), "no.toml: cannot be read: No such file"),
            (("--set", "teams.desk.agnts=3"), 'did you mean "agents"?'),
            (("--set", "teams.dsk.agents=3"), 'did you mean "desk"?'),
            (("--set", "teams.desk.agents"), "write KEY=VALUE"),
            (("--set", MORE, "--set", " teams.desk.agents = 3"), "is there twice"),
            (("--set", MORE, "--measure", "portal.wiat"), "did you mean"),
            (("--set", MORE, "--measure", "prtal.wait"), 'did you mean "portal"?'),
            (("--set", MORE, "--confidence", "1"), "confidence: has to be less than 1"),
            (("--set", MORE, "--confidence", "0"), "confidence: has to be more than 0"),
            (("--set", MORE, "--replications", "0"), "--replications: has to be at least 1"),
            (("--set", MORE, "--workers", "0"), "workers"),
        ],
    )
    def test_one_message_and_no_trace(
        self, scenario: Path, tmp_path: Path, arguments: tuple[str, ...], expected: str
    ) -> None:
        out = tmp_path / "results"
        result = invoke("compare", scenario, *arguments, "--out", out)
        assert (result.exit_code, result.stdout) == (2, ""), result.output
        assert result.stderr.startswith("error: ")
        assert result.stderr.count("\n") == 1
        assert expected in result.stderr
        assert not out.exists()

    def test_a_study_file_of_another_study(self, tmp_path: Path, scenario: Path) -> None:
        study = tmp_path / "study.toml"
        study.write_text(f'scenario = "{scenario.name}"\n[sweep]\n', encoding="utf-8")
        result = invoke("compare", study)
        assert result.exit_code == 2
        assert f"{study}: sweep: is for supportsim sweep" in result.stderr

    def test_ctrl_c_is_clean(self, scenario: Path, tmp_path: Path) -> None:
        out = tmp_path / "results"
        arguments = ("--set", MORE, "--replications", "100000", "--workers", "2", "--out", out)
        done = interrupt(command("compare", scenario, *arguments))
        assert done == (130, "", "interrupted\n")
        assert not out.exists() or not list(out.iterdir())
