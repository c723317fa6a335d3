"""`supportsim export` and the exports of results, as their users meet them."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from typer.testing import CliRunner

import supportsim as ss
from small_runs import small_run
from supportsim.cli import app
from supportsim.errors import InputError
from supportsim.report.exporting.formats import OF_VERDICTS, Format
from supportsim.report.exporting.tables import TICKET_TYPES
from supportsim.studies import simulate_once
from test_cli import GOOD

if TYPE_CHECKING:
    from click.testing import Result


def invoke(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "small.toml"
    path.write_text(GOOD, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("t.csv", b"ticket,channel,"),
        ("t.parquet", b"PAR1"),
        ("t.xes", b"<?xml"),
        ("t.json", b'{\n"eventTypes"'),
        ("t.xml", b"<?xml"),
        ("t.md", b"### "),
        ("t.JSONOCEL", b'{\n"eventTypes"'),
    ],
)
def test_the_ending_names_the_format(
    scenario: Path, tmp_path: Path, name: str, begins: bytes
) -> None:
    made = invoke("export", scenario, "-o", tmp_path / name)
    assert made.exit_code == 0, made.output
    assert name in made.output
    assert (tmp_path / name).read_bytes().startswith(begins)
    again = tmp_path / f"again-{name}"
    again.touch()  # an empty file is nobody's work
    assert invoke("export", scenario, "-o", again).exit_code == 0
    assert again.read_bytes() == (tmp_path / name).read_bytes()
    assert invoke("export", scenario, "-o", again).exit_code == 0, "an earlier one is replaced"


@pytest.mark.parametrize("form", list(Format))
def test_a_file_of_another_kind_is_left_alone(scenario: Path, tmp_path: Path, form: Format) -> None:
    """Neither a text of somebody's own, nor an export of another format, packed or not."""
    other = "junit" if form == Format.XES else "xes"
    files = [tmp_path / "desk.toml", tmp_path / "mine.txt", tmp_path / "other", tmp_path / "z.gz"]
    files[0].write_text(GOOD.replace("small", "large"), encoding="utf-8")
    files[1].write_text("ticket,opened,subject\n1,2026-01-05,mine\n", encoding="utf-8")
    for file in files[2:]:
        assert invoke("export", scenario, "-o", file, "-f", other).exit_code == 0
    before = [file.read_bytes() for file in files]
    for file in files[: 3 if form == Format.PARQUET else 4]:  # which is never packed again
        refused = invoke("export", scenario, "-o", file, "-f", form)
        assert refused.exit_code == 2
        assert refused.stderr.endswith(
            f"is there already and is no {form} export; name another file, or remove it\n"
        )
        if form in OF_VERDICTS:
            assert invoke("run", scenario, f"--{form}", file).exit_code == 2
            with pytest.raises(InputError, match=f"is no {form} export"):
                getattr(ss.Result(small_run()), f"to_{form}")(file)
    assert [file.read_bytes() for file in files] == before


def test_options_of_the_run_and_which_replication(scenario: Path, tmp_path: Path) -> None:
    changes = ("--set", "channels.portal.arrivals.per_day=2", "--seed", "7")
    out = tmp_path / "c.csv"
    invoke("export", scenario, "-o", out, "-t", "contacts", "--replication", "2", *changes)
    result = ss.run(
        scenario, changes={"channels.portal.arrivals.per_day": 2}, seed=7, replications=3
    )
    pd.testing.assert_frame_equal(ss.read_contacts(out), result.contacts(2))
    assert not ss.read_contacts(out).equals(result.contacts(1))


def test_a_format_may_be_named_and_the_file_packed(scenario: Path, tmp_path: Path) -> None:
    assert invoke("export", scenario, "-f", "xes", "-o", tmp_path / "log.gz").exit_code == 0
    assert invoke("export", scenario, "-o", tmp_path / "log.xes").exit_code == 0
    packed = (tmp_path / "log.gz").read_bytes()
    assert gzip.decompress(packed) == (tmp_path / "log.xes").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-o", "t.foo"], "no format ends so"),
        (["-o", "t"], "no format ends so"),
        (["-o", "-"], "standard output has no ending"),
        (["-o", "-", "-f", "parquet"], "name a file with -o"),
        (["-o", "t.parquet.gz"], "Parquet is packed already"),
        (["-o", "t.csv.gz", "-f", "parquet"], "Parquet is packed already"),
        (["-o", "t.csv", "--workers", "0"], "--workers: give 1 or more"),
        (["-o", "t.csv", "-f", "cvs"], "csv"),
        (["-o", "t.csv", "--replication", "3"], "numbered from 0 to 2"),
        (["-o", "t.csv", "--replication", "-1"], "numbered from 0 to 2"),
        (["-o", "t.xml", "--replication", "0"], "made of all replications"),
        (["-o", "t.md", "-t", "tickets"], "holds no table"),
        (["-o", "missing/t.csv"], "there is no folder"),
        (["-o", ".", "-f", "csv"], "is a folder"),
        (["-o", "small.toml", "-f", "csv"], "what the results are made from"),
        (["-o", "t.csv", "--set", "run.windoww=1w"], "run.window"),
        ([], "--out"),
    ],
)
def test_wrong_input_is_told_and_leaves_everything_as_it_was(
    scenario: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    earlier = f"{','.join(TICKET_TYPES)}\n"
    (tmp_path / "t.csv").write_text(earlier)
    made = invoke("export", scenario.name, *arguments)
    assert made.exit_code == 2
    assert message in made.stderr
    assert len(made.stderr.splitlines()) == 1
    assert "Traceback" not in made.output
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "small.toml": GOOD,
        "t.csv": earlier,
    }


@pytest.mark.parametrize("name", ["t.csv", "t.xes.gz", "t.json"])
def test_a_failure_while_writing_leaves_the_earlier_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    result = ss.Result(small_run())
    path = tmp_path / name
    write = {"t.csv": result.to_csv, "t.xes.gz": result.to_xes, "t.json": result.to_ocel}[name]
    write(path)
    earlier = path.read_bytes()

    def broken(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("supportsim.files.os.fsync", broken)
    with pytest.raises(InputError, match="No space left"):
        write(path)
    assert [one.name for one in tmp_path.iterdir()] == [name]
    assert path.read_bytes() == earlier


@pytest.mark.parametrize(
    ("form", "begins", "ends"),
    [
        ("csv", "ticket,channel", "\n"),
        ("ocel", '{\n"eventTypes"', "\n]\n}\n"),
        ("xes", "<?xml", "</log>\n"),
        ("junit", "<?xml", "</testsuites>\n"),
    ],
)
def test_standard_output_holds_nothing_else(
    scenario: Path, form: str, begins: str, ends: str
) -> None:
    made = invoke("export", scenario, "-o", "-", "-f", form)
    assert (made.exit_code, made.stderr) == (0, "")
    assert made.stdout.startswith(begins)
    assert made.stdout.endswith(ends)


def test_a_reader_that_has_seen_enough_ends_it_quietly(scenario: Path) -> None:
    command = [sys.executable, "-m", "supportsim", "export", scenario, "-o", "-", "-f", "xes"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as made:
        assert made.stdout is not None
        assert made.stderr is not None
        assert made.stdout.readline().startswith(b"<?xml")
        made.stdout.close()
        assert made.stderr.read() == b""
    assert made.returncode == 0


def test_what_is_no_file_is_written_to_as_it_is(scenario: Path) -> None:
    assert invoke("export", scenario, "-f", "csv", "-o", "/dev/null").exit_code == 0
    assert Path("/dev/null").is_char_device()


def test_results_write_the_same_as_the_command(scenario: Path, tmp_path: Path) -> None:
    result = ss.run(scenario)
    result.to_csv(tmp_path / "a.csv")
    result.to_parquet(str(tmp_path / "a.parquet"), table="contacts", replication=1)
    result.to_xes(tmp_path / "a.xes", replication=1)
    result.to_ocel(tmp_path / "a.json")
    for name, text in (
        ("a.xml", result.to_junit(tmp_path / "a.xml")),
        ("a.md", result.to_markdown(tmp_path / "a.md")),
    ):
        assert (tmp_path / name).read_text("utf-8") == text
    assert result.to_junit() == (tmp_path / "a.xml").read_text("utf-8")
    for name, *options in (
        ["b.csv"],
        ["b.parquet", "--table", "contacts", "--replication", "1"],
        ["b.xes", "--replication", "1"],
        ["b.json"],
        ["b.xml"],
        ["b.md"],
    ):
        assert invoke("export", scenario, "-o", tmp_path / name, *options).exit_code == 0
        ours = (tmp_path / name.replace("b", "a", 1)).read_bytes()
        assert (tmp_path / name).read_bytes() == ours


def test_results_refuse_what_is_not_there(tmp_path: Path) -> None:
    result = ss.Result(small_run())
    with pytest.raises(InputError, match=r"'visits'.*tickets, contacts"):
        result.to_csv(tmp_path / "t.csv", table="visits")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="numbered from 0 to 1"):
        result.to_xes(tmp_path / "t.xes", replication=2)
    with pytest.raises(InputError, match="path"):
        result.to_ocel(None)  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("check", [(), ("--check",)])
def test_run_writes_verdicts_for_pipelines(
    scenario: Path, tmp_path: Path, check: tuple[str, ...]
) -> None:
    junit, markdown = tmp_path / "v.xml", tmp_path / "v.md"
    made = invoke("run", scenario, "--junit", junit, "--markdown", markdown, "--json", *check)
    assert made.exit_code == len(check)  # some figures of this desk miss
    said = json.loads(made.stdout)
    missing = [one for one in said["verdicts"] if one["verdict"] == "misses"]
    assert junit.read_text("utf-8").count("<failure") == len(missing) > 0
    assert markdown.read_text("utf-8").count("❌ **misses**") == len(missing)
    for option in ("--junit", "--markdown"):
        refused = invoke("run", scenario, option, "-")
        assert (refused.exit_code, refused.stdout) == (2, "")


def test_a_replication_is_simulated_alone(
    scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many replications cost nothing where one is asked for."""
    calls = []

    def counted(*arguments: object) -> object:
        calls.append(arguments[1])
        return simulate_once(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("supportsim.studies.simulate_once", counted)
    made = invoke(
        "export", scenario, "-o", tmp_path / "t.csv", "--replications", "50", "--replication", "40"
    )
    assert (made.exit_code, calls) == (0, [40])
