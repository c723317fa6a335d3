"""The command line as its users meet it: messages, exit statuses, files, pipes and Ctrl-C."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from interrupting import interrupt
from supportsim.cli import app

GOOD = """
name = "small"
[run]
warm_up = "1w"
window = "2w"
follow_up = "1w"
replications = 3
[channels.portal]
arrivals = { per_day = 5, business_hours_share = 0.8 }
patience = { dist = "gamma", mean = "3d", cv = 0.5 }
work = "3min"
wrap_up = "10min"
[teams.desk]
agents = 2
serves = ["portal"]
cost_per_hour = 23
shifts = [{ days = "Mon-Fri", from = "09:00", to = "17:00" }]
[benchmarks]
use = ["portal"]
"""


def invoke(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "supportsim", *map(str, arguments)]


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "small.toml"
    path.write_text(GOOD, encoding="utf-8")
    return path


class TestBadInput:
    """One clear message, exit status 2, no traceback, and results that were there are kept."""

    @staticmethod
    def refused(tmp_path: Path, *arguments: str | Path) -> str:
        out = tmp_path / "results"
        out.mkdir(exist_ok=True)
        (out / "verdicts.json").write_text("precious", encoding="utf-8")
        result = invoke("run", *arguments, "--out", out)
        assert result.exit_code == 2, result.output
        assert result.stdout == ""
        assert "Traceback" not in result.stderr
        assert result.stderr.startswith("error: ")
        assert result.stderr.count("\n") == 1
        assert [path.name for path in out.iterdir()] == ["verdicts.json"]
        assert (out / "verdicts.json").read_text(encoding="utf-8") == "precious"
        return result.stderr

    @pytest.mark.usefixtures("scenario")
    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        message = self.refused(tmp_path, tmp_path / "smal.toml")
        assert "smal.toml: cannot be read" in message
        assert 'did you mean "small.toml"?' in message

    @pytest.mark.parametrize(
        ("old", "new", "expected"),
        [
            ("[run]", "[run", "small.toml: is not valid TOML"),
            ("per_day = 5", "per_dya = 5", "arrivals.per_dya: there is no such key; did you mean"),
            ("per_day = 5", 'per_day = "5"', "arrivals.per_day: has to be a finite number"),
            ("per_day = 5", "per_day = true", "arrivals.per_day: has to be a finite number"),
            ("per_day = 5", "per_day = nan", "arrivals.per_day: has to be a finite number"),
            ("per_day = 5", "per_day = -5", "arrivals.per_day: has to be at least 0"),
            ('"3min"', '"-3min"', "channels.portal.work"),
            ('"3min"', "nan", "channels.portal.work"),
            ('"3min"', "inf", "channels.portal.work"),
            ('"3min"', '"infmin"', "channels.portal.work"),
            ('"3min"', "3", "channels.portal.work"),
            ("share = 0.8", "share = 1.2", "business_hours_share: has to be at most 1"),
            ("agents = 2", "agents = 0", "teams.desk.agents: the roster is empty"),
            ("agents = 2", "agents = true", "teams.desk.agents: has to be a whole number"),
            ('serves = ["portal"]', 'serves = ["portl"]', 'did you mean "portal"?'),
            (
                "[teams.desk]",
                '[channels.chat]\narrivals = { per_day = 1 }\nwork = "1min"\n[teams.desk]',
                "channels.chat: no team serves this channel",
            ),
            ('use = ["portal"]', 'use = ["portal.cast"]', 'did you mean "portal.csat"?'),
            ('use = ["portal"]', 'use = ["portal"]\nfitted = ["portal.x"]', "portal.x"),
            ('use = ["portal"]', 'use = ["portal"]\nfiles = ["no.toml"]', "no.toml"),
        ],
    )
    def test_a_wrong_scenario(
        self, tmp_path: Path, scenario: Path, old: str, new: str, expected: str
    ) -> None:
        assert GOOD.count(old) == 1
        scenario.write_text(GOOD.replace(old, new), encoding="utf-8")
        assert expected in self.refused(tmp_path, scenario)

    @pytest.mark.parametrize(
        ("change", "expected"),
        [
            ("channels.portl.arrivals.per_day=8", 'did you mean "portal"?'),
            ("channels.portal.arrivals.per_dya=8", 'did you mean "per_day"?'),
            ("channels.portal.work.mean=8min", "channels.portal.work"),
            ("channels.portal.arrivals.per_day=many", "has to be a finite number"),
            ("channels.portal.arrivals.per_day", "write KEY=VALUE"),
            ("=8", "write KEY=VALUE"),
            ("run.seed=-1", "run.seed"),
        ],
    )
    def test_a_wrong_change(
        self, tmp_path: Path, scenario: Path, change: str, expected: str
    ) -> None:
        assert expected in self.refused(tmp_path, scenario, "--set", change)

    @pytest.mark.parametrize(
        "options",
        [
            ("--workers", "0"),
            ("--replications", "0"),
            ("--replications", "lots"),
            ("--seed", "-1"),
            ("--seed", str(2**63)),
        ],
    )
    def test_a_wrong_option_is_called_as_it_was_typed(
        self, tmp_path: Path, scenario: Path, options: tuple[str, str]
    ) -> None:
        assert self.refused(tmp_path, scenario, *options).startswith(f"error: {options[0]}: ")

    @pytest.mark.parametrize(
        ("arguments", "option"),
        [
            (("compare", "--set", "teams.desk.agents=3", "--confidence", "2"), "--confidence"),
            (("sweep", "--vary", "teams.desk.agents=1:2", "--design", "x"), "--design"),
            (("plan", "--target", "portal.wait<=1h", "--every", "7min"), "--every"),
            (
                ("calibrate", "--free", "run.seed=1:2", "--to", "portal", "--starts", "0"),
                "--starts",
            ),
        ],
    )
    def test_an_option_of_a_study_is_called_so(
        self, scenario: Path, arguments: tuple[str, ...], option: str
    ) -> None:
        told = invoke(arguments[0], scenario, *arguments[1:])
        assert (told.exit_code, told.stdout) == (2, "")
        assert told.stderr.startswith(f"error: {option}: ")

    @pytest.mark.parametrize("folder", ["small.toml", "small.toml/below"])
    def test_a_folder_that_cannot_be_written(
        self, tmp_path: Path, scenario: Path, folder: str
    ) -> None:
        result = invoke("run", scenario, "--out", tmp_path / folder)
        assert result.exit_code == 2
        assert result.stderr.startswith("error: ")
        assert folder.split("/")[0] in result.stderr
        assert scenario.read_text(encoding="utf-8") == GOOD

    def test_a_wrong_benchmark_file(self, tmp_path: Path) -> None:
        file = tmp_path / "mine.toml"
        file.write_text("figure = 3", encoding="utf-8")
        for arguments in (("list",), ("audit",)):
            result = invoke("benchmarks", *arguments, "--file", file)
            assert result.exit_code == 2
            assert result.stderr.startswith("error: ")
            assert "mine.toml" in result.stderr

    def test_usage_errors_have_status_2_too(self) -> None:
        assert invoke("run").exit_code == 2
        assert invoke("rnu").exit_code == 2


class TestRun:
    def test_prints_a_verdict_for_every_figure(self, scenario: Path) -> None:
        result = invoke("run", scenario)
        assert result.exit_code == 0
        assert result.stderr == ""
        text = " ".join(result.stdout.split())
        for part in ("Answered within 1", "Backlog", "95 %", "MISSES"):
            assert part in text
        lines = result.stdout.splitlines()
        assert all(len(line) <= 80 or str(scenario) in line for line in lines)
        assert "\x1b" not in result.stdout

    def test_every_measure_is_printed_on_request(self, scenario: Path) -> None:
        short, long = invoke("run", scenario), invoke("run", scenario, "--measures")
        assert long.exit_code == 0
        assert "More measures: --measures" in short.stdout
        assert "Hours paid" not in short.stdout
        assert "Hours paid" in long.stdout
        assert len(short.stdout.splitlines()) < len(long.stdout.splitlines())

    def test_several_channels_are_told_apart_in_a_pipe(self, tmp_path: Path) -> None:
        channel = """
[channels.email]
arrivals = { per_day = 9 }
work = "4min"
[teams.desk]"""
        text = GOOD.replace("[teams.desk]", channel).replace('["portal"]', '["portal", "email"]', 1)
        path = tmp_path / "two.toml"
        path.write_text(text, encoding="utf-8")
        result = invoke("run", path, "--replications", "2")
        assert result.exit_code == 0, result.stderr
        lines = result.stdout.splitlines()
        assert any(line.startswith("── portal ─") for line in lines)
        assert all(len(line) <= 80 or str(path) in line for line in lines)
        assert "\x1b" not in result.stdout

    def test_check_tells_by_the_exit_status(self, scenario: Path) -> None:
        assert invoke("run", scenario, "--check").exit_code == 1
        one = scenario.read_text(encoding="utf-8").replace('["portal"]\n"""', "")
        scenario.write_text(
            one.replace('use = ["portal"]', 'use = ["portal.wrap_up"]'), encoding="utf-8"
        )
        assert invoke("run", scenario, "--check").exit_code == 0

    def test_a_load_that_can_never_be_served_is_warned_of(self, scenario: Path) -> None:
        result = invoke("run", scenario, "--set", "channels.portal.arrivals.per_day=500")
        assert result.exit_code == 0
        # 500 × 7 × 13 min arrive in a week, and 2 × 5 × 8 h are worked.
        assert f"{500 * 7 * 13 / (2 * 5 * 480):.0%}" in result.stdout

    def test_json_is_the_same_to_the_last_byte(self, scenario: Path) -> None:
        runs = [
            subprocess.run(
                command("run", scenario, "--json", *more), capture_output=True, check=True
            )
            for more in ([], [], ["--workers", "2"])
        ]
        assert runs[0].stdout == runs[1].stdout == runs[2].stdout
        document = json.loads(runs[0].stdout)
        assert list(document) == [
            "scenario", "version", "engine", "seed", "replications", "measures", "verdicts",
            "all_match",
        ]  # fmt: skip
        assert invoke("run", scenario, "--json", "--seed", "2").stdout != runs[0].stdout.decode()

    def test_out_writes_everything(self, scenario: Path, tmp_path: Path) -> None:
        result = invoke("run", scenario, "--out", tmp_path / "new" / "results")
        assert result.exit_code == 0
        names = {path.name for path in (tmp_path / "new" / "results").iterdir()}
        assert names >= {
            "verdicts.json", "measures.csv", "tickets.csv", "manifest.json",
            "first_response_portal.png", "backlog_portal.png",
        }  # fmt: skip

    def test_automatic_replications_say_why_they_stopped(self, scenario: Path) -> None:
        result = invoke("run", scenario, "--replications", "auto", "--set", "run.precision=0.5")
        assert result.exit_code == 0
        assert "precision 50.0% reached after" in " ".join(result.stdout.split())

    def test_a_reader_that_has_seen_enough_is_no_error(self) -> None:
        pipe = subprocess.run(
            f"{' '.join(command('measures'))} | head -n 1; exit ${{PIPESTATUS[0]}}",
            shell=True, executable="/bin/bash", capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (pipe.returncode, pipe.stderr) == (0, "")

    def test_a_full_disk_is_said_in_one_line(self, scenario: Path) -> None:
        for arguments in (("run", scenario), ("run", scenario, "--json"), ("schema",)):
            with Path("/dev/full").open("w", encoding="utf-8") as full:
                process = subprocess.run(
                    command(*arguments), stdout=full, stderr=subprocess.PIPE, text=True, check=False
                )
            assert process.returncode == 2
            assert process.stderr == "error: cannot write: No space left on device\n"

    def test_closed_streams_are_no_error(self, scenario: Path, tmp_path: Path) -> None:
        words = " ".join(command("run", scenario, "--workers", "2", "--out", tmp_path / "out"))
        closed = subprocess.run(f"{words} <&- >&- 2>&-", shell=True, check=False)
        assert closed.returncode == 0
        assert (tmp_path / "out" / "verdicts.json").is_file()

    def test_automatic_replications_say_so_beside_json_too(self, scenario: Path) -> None:
        options = ("--replications", "auto", "--set", "run.precision=0.5", "--workers", "2")
        process = subprocess.run(
            command("run", scenario, "--json", *options), capture_output=True, text=True, check=True
        )
        lines = process.stderr.splitlines()
        assert lines[0].startswith("precision 50.0% reached after")
        assert all(line.startswith("warning: ") for line in lines[1:])

    @pytest.mark.parametrize("workers", ["1", "2"])
    def test_ctrl_c_is_clean(self, scenario: Path, tmp_path: Path, workers: str) -> None:
        out = tmp_path / "results"
        arguments = ("--replications", "100000", "--workers", workers, "--out", out)
        done = interrupt(command("run", scenario, *arguments))
        assert done == (130, "", "interrupted\n")
        assert not out.exists() or not list(out.iterdir())


class TestOtherCommands:
    def test_validate(self, scenario: Path) -> None:
        result = invoke("validate", scenario)
        assert result.exit_code == 0
        assert "is valid: channels portal; teams desk (2 agents); " in result.stdout
        assert "offered load of desk by portal: " in result.stdout
        unlimited = invoke(
            "validate", scenario, "--set", 'teams.desk={agents="unlimited", serves=["portal"]}'
        )
        assert "teams desk (unlimited)" in unlimited.stdout

    def test_schema_is_the_one_that_is_checked_in(self) -> None:
        checked_in = Path(__file__).parents[1] / "docs" / "scenario.schema.json"
        assert invoke("schema").stdout == checked_in.read_text(encoding="utf-8")

    def test_measures_are_all_listed(self) -> None:
        from supportsim.measures import MEASURES

        plain, document = invoke("measures").stdout, invoke("measures", "--json").stdout
        assert all(measure.name.removesuffix("{time}") in plain for measure in MEASURES)
        assert len(json.loads(document)["measures"]) == len(MEASURES)

    def test_benchmarks_are_all_listed(self) -> None:
        from supportsim.benchmarks import load_registry

        registry = load_registry()
        everything = " ".join(invoke("benchmarks", "list").stdout.split())
        assert all(figure.id in everything for figure in registry.values())
        portal = json.loads(invoke("benchmarks", "list", "--channel", "portal", "--json").stdout)
        assert [f["id"] for f in portal["figures"]] == [f.id for f in registry.channel("portal")]

    def test_a_channel_without_figures_is_refused(self) -> None:
        result = invoke("benchmarks", "list", "--channel", "portl")
        assert result.exit_code == 2
        assert 'did you mean "portal"?' in result.stderr

    def test_the_audit_finds_what_cannot_be_true(self) -> None:
        text = " ".join(invoke("benchmarks", "audit").stdout.split())
        for part in ("10.6 h", "business hours", "66 %", "81 %", "3.1 min", "500"):
            assert part in text

    def test_help_and_version(self) -> None:
        assert invoke("--version").stdout.startswith("supportsim ")
        for arguments in (["--help"], ["run", "--help"], ["benchmarks", "audit", "--help"]):
            assert invoke(*arguments).exit_code == 0
