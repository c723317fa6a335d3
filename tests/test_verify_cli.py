"""`supportsim verify` and `ss.verify` as their users meet them: tables, JSON, files, messages."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

import supportsim as ss
from supportsim.cli import app
from supportsim.cli.voice import Voice
from supportsim.errors import InputError
from supportsim.report import verification_markdown, write_verification
from supportsim.validation import CASES, PUBLISHED, Case, Row, Verification, registry, verify_cases
from test_validation import case_of, shorter

SMALL = shorter(case_of("no-limit-constant"), 8, "1w")
"""A case of two measures, one a constant; the other one's interval is too wide."""


@pytest.fixture
def only_small(monkeypatch: pytest.MonkeyPatch) -> Case:
    """Let there be one small case, and that a quick one."""
    monkeypatch.setattr(registry, "CASES", (SMALL,))
    return SMALL


@pytest.fixture(scope="module")
def rows() -> tuple[Row, ...]:
    return verify_cases([SMALL], workers=1)


def invoke(*options: str | Path) -> Result:
    return CliRunner().invoke(app, ["verify", *map(str, options)])


class TestCommand:
    """One table a case and a bottom line, within 80 columns; the exit status says whether."""

    @pytest.mark.usefixtures("only_small")
    def test_a_failure_is_said_and_is_the_exit_status(self) -> None:
        done = invoke()
        assert (done.exit_code, done.stderr) == (1, "")
        lines = done.stdout.splitlines()
        assert all(len(line) <= 80 for line in lines)
        assert lines[0].startswith("no-limit-constant  a team without limit, constant work")
        constant, backlog = (
            next(line for line in lines if line.startswith(name)).split()
            for name in ("email.resolution_time,", "email.backlog_open")
        )
        assert constant == [
            *("email.resolution_time,", "min", "30.00", "30.00"),
            *("+0.00", "%", "±0.00", "%", "pass"),
        ]
        assert backlog[1] == "5.000"
        assert backlog[-3:] == ["FAIL:", "too", "wide"]
        assert (
            lines[-1] == "FAILED: 1 of 2 measures of 1 case: no-limit-constant email.backlog_open"
        )
        assert sum("erlangs" in line for line in lines) == 3  # published

    @pytest.mark.usefixtures("only_small")
    def test_one_json_document(self) -> None:
        done = invoke("--json", "--only", SMALL.id, "--seed", "5")
        assert (done.exit_code, done.stderr) == (1, "")
        document = json.loads(done.stdout)
        assert (document["suite"], document["seed"], document["passed"]) == ("chosen", 5, False)
        assert document["published"] == []
        (case,) = document["cases"]
        found = verify_cases([SMALL], seed=5, workers=1)
        assert [one["id"] for one in case["measures"]] == [row.asked.id for row in found]
        for one, row in zip(case["measures"], found, strict=True):
            assert one["exact"] == row.exact
            assert one["simulated"] == row.simulated.mean
            assert one["interval"] == [row.simulated.low, row.simulated.high]
            assert one["verdict"] == row.verdict
        # The scenario that was simulated is there, and is one.
        again = ss.Scenario.model_validate(case["scenario"])
        assert again == SMALL.scenario(5)

    def test_all_pass(self, monkeypatch: pytest.MonkeyPatch) -> None:
        sure = Case(
            **{**vars_of(SMALL), "solve": lambda: {"email.resolution_time": 30.0}, "quick": True}
        )
        monkeypatch.setattr(registry, "CASES", (sure,))
        done = invoke("--quick")
        assert done.exit_code == 0
        theory = "Verified: 1 measure of 1 case agrees with theory"
        told = " ".join(done.stdout.split())
        assert told.endswith(f"{theory}, and {len(PUBLISHED)} published values with the formulas")

    def test_the_list_simulates_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("supportsim.validation.verify", None)
        done = invoke("--list")
        assert done.exit_code == 0
        lines = done.stdout.splitlines()
        assert all(len(line) <= 80 for line in lines)
        heads = [line.partition("  ")[0] for line in lines if re.match(r"[a-zA-Z0-9-]+  \S", line)]
        assert heads == [case.id for case in CASES]
        listed = json.loads(invoke("--list", "--json").stdout)["cases"]
        assert [case["id"] for case in listed] == heads
        for one, case in zip(listed, CASES, strict=True):
            assert {m["id"]: m["exact"] for m in one["measures"]} == case.exact
            assert one["quick"] == case.quick

    def test_the_list_is_of_what_is_asked_for(self) -> None:
        listed = json.loads(invoke("--list", "--json", "--quick").stdout)["cases"]
        assert [case["id"] for case in listed] == [case.id for case in CASES if case.quick]
        one = invoke("--list", "--only", "mm1").stdout
        assert one.startswith("mm1  ")
        assert one.endswith("\n1 case, 0 of them in the quick suite\n")

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            (("--only", "erlang"), 'there is no case "erlang"; did you mean "erlang-'),
            (("--list", "--only", "erlang"), 'there is no case "erlang"; did you mean "erlang-'),
            (("--quick", "--only", "mm1"), "quick: give either the quick suite or the ids"),
            (("--seed", "-1"), "--seed: give a whole number from 0"),
            (("--workers", "0", "--quick"), "--workers: give 1 or more"),
        ],
    )
    def test_wrong_input_is_one_line(self, options: tuple[str, ...], message: str) -> None:
        done = invoke(*options)
        assert done.exit_code == 2
        assert done.stdout == ""
        assert done.stderr.startswith(f"error: {message}")
        assert done.stderr.count("\n") == 1

    @pytest.mark.usefixtures("only_small")
    def test_progress_is_for_terminals_only(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Voice, "shows_progress", property(lambda self: not self.quiet))
        monkeypatch.setenv("FORCE_COLOR", "1")
        assert "Verifying exact results" in invoke().stderr
        assert invoke("--quiet").stderr == ""

    @pytest.mark.usefixtures("only_small")
    def test_ctrl_c_ends_it_cleanly(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        def interrupted(*_given: Any, **_more: Any) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr("supportsim.validation.verification.simulate_once", interrupted)
        out = tmp_path / "out"
        done = invoke("--out", out)
        assert (done.exit_code, done.stdout, done.stderr) == (130, "", "interrupted\n")
        assert not out.exists()


def vars_of(case: Case) -> dict[str, Any]:
    return {name: getattr(case, name) for name in Case.__dataclass_fields__}


class TestFiles:
    """JSON, CSV and Markdown say the same."""

    @pytest.mark.usefixtures("only_small")
    def test_the_same_bytes_each_time(self, tmp_path: Path) -> None:
        for name in ("one", "two"):
            done = invoke("--out", tmp_path / name)
            assert done.stdout.splitlines()[-1] == f"Results are in {tmp_path / name}"
        files = sorted(path.name for path in (tmp_path / "one").iterdir())
        names = ["manifest.json", "verification.csv", "verification.json", "verification.md"]
        assert files == names
        for name in names:
            assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
        table = pd.read_csv(tmp_path / "one" / "verification.csv")
        document = json.loads((tmp_path / "one" / "verification.json").read_text("utf-8"))
        measures = document["cases"][0]["measures"]
        assert table["measure"].tolist() == [one["id"] for one in measures]
        for column, key in (("simulated", "simulated"), ("error", "error"), ("exact", "exact")):
            assert table[column].tolist() == pytest.approx([one[key] for one in measures])

    @pytest.mark.usefixtures("only_small")
    def test_the_results_of_another_study_are_left_alone(self, tmp_path: Path) -> None:
        (tmp_path / "manifest.json").write_text('{"study": "sweep", "files": {}}', "utf-8")
        done = invoke("--out", tmp_path)
        assert done.exit_code == 2
        assert "holds the results of sweep" in done.stderr
        assert [path.name for path in tmp_path.iterdir()] == ["manifest.json"]

    def test_bars_in_texts_do_not_make_columns(self, rows: tuple[Row, ...]) -> None:
        case = Case(**{**vars_of(SMALL), "title": "a | b"})
        same = tuple(Row(case, r.asked, r.exact, r.simulated, r.error) for r in rows)
        text = verification_markdown(Verification(same, (), 1, "full"))
        (line,) = [line for line in text.splitlines() if "a \\| b" in line]
        assert len(re.findall(r"(?<!\\)\|", line)) == 6


class Cells(HTMLParser):
    """Collects the texts of table cells."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.cells: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:  # noqa: ARG002
        self.tags.append(tag)
        if tag == "td":
            self.cells.append("")

    def handle_data(self, data: str) -> None:
        if self.cells and self.cells[-1] == "":
            self.cells[-1] = data


class TestPython:
    """`ss.verify` returns what a notebook shows."""

    @pytest.mark.usefixtures("only_small")
    def test_frame_and_html(self, rows: tuple[Row, ...], tmp_path: Path) -> None:
        result = ss.verify(SMALL.id)
        assert result.passed is False
        assert result.frame["simulated"].tolist() == [row.simulated.mean for row in rows]
        assert result.frame["verdict"].tolist() == ["pass", "too wide"]
        assert result.published.empty
        assert repr(result).startswith("<VerificationResult: FAILED: 1 of 2 measures")
        parser = Cells()
        parser.feed(result._repr_html_())
        assert parser.cells[0] == "no-limit-constant: email.resolution_time, min"
        assert parser.cells[5] == "pass"
        assert "FAIL: too wide" in parser.cells
        assert json.loads(result.to_json()) == result.to_dict()
        result.save(tmp_path / "kept")
        kept = json.loads((tmp_path / "kept" / "verification.json").read_text("utf-8"))
        assert kept == result.to_dict()

    @pytest.mark.usefixtures("only_small")
    def test_published_values_are_beside_the_suite(self) -> None:
        result = ss.verify()
        assert list(result.published["id"]) == [one.id for one in PUBLISHED]
        assert set(result.published["verdict"]) == {"pass"}
        error = (result.published["computed"] - result.published["published"]).abs()
        assert (error <= 0.5 * 10.0 ** -result.published["decimals"]).all()

    def test_wrong_input(self) -> None:
        with pytest.raises(InputError, match='no case "nothing"'):
            ss.verify("nothing")

    def test_scenario_texts_are_escaped(self, rows: tuple[Row, ...], tmp_path: Path) -> None:
        case = Case(**{**vars_of(SMALL), "id": "<script>alert(1)</script>"})
        same = tuple(Row(case, r.asked, r.exact, r.simulated, r.error) for r in rows)
        found = Verification(same, (), 1, "full")
        parser = Cells()
        parser.feed(ss.VerificationResult(found)._repr_html_())
        assert "script" not in parser.tags
        assert parser.cells[0].startswith("<script>alert(1)</script>: ")
        write_verification(found, tmp_path)
