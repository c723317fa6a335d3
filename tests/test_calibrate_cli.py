"""`supportsim calibrate` as its user sees it, and the shipped portal scenario that it made."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib.axes
import matplotlib.figure
import numpy as np
import pytest
from typer.testing import CliRunner

import supportsim as ss
from interrupting import interrupt
from small_lines import LINE, write_line
from supportsim.cli import app
from supportsim.studies.calibrating import read_calibration
from supportsim.studies.calibrating.objective import Objective

if TYPE_CHECKING:
    from click.testing import Result

WORK_KEY, PATIENCE_KEY = "channels.line.work.mean", "channels.line.patience.mean"
FREE = ["--free", f"{WORK_KEY}=3min:12min", "--free", f"{PATIENCE_KEY}=2min:60min"]
QUICK = ["--to", "own", "--starts", "1", "--replications", "8", "--workers", "1"]
SCENARIOS = Path(__file__).parents[1] / "scenarios"


def calibrate(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["calibrate", *map(str, arguments)])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("line")
    write_line(made)
    return made


@pytest.fixture(scope="module")
def done(folder: Path) -> Result:
    return calibrate(
        folder / "line.toml", *FREE, *QUICK, "-o", folder / "fitted.toml",
        "--results", folder / "results",
    )  # fmt: skip


def test_the_report_says_what_was_found(done: Result, folder: Path) -> None:
    assert done.exit_code == 0, done.output
    text = done.stdout
    assert all(len(line) <= 80 or str(folder) in line for line in text.splitlines())
    assert "2 parameters fitted to 2 published figures on 8 replications" in text
    assert re.search(r"^work\.mean +9 min +[56]\.\d+ min +\d\.\d+–\d\.\d+ +\d\.\d+–\d", text, re.M)
    assert re.search(r"^patience\.mean +25 min", text, re.M)
    assert re.search(r"Check, seed 3", text)
    assert "2 of 2 figures to match do so on fresh random numbers" in text
    assert text.endswith(
        f"Results are in {folder / 'results'}\nThe fitted scenario is in {folder / 'fitted.toml'}\n"
    )


def test_the_file_keeps_every_other_line(done: Result, folder: Path) -> None:
    assert done.exit_code == 0
    written = (folder / "fitted.toml").read_text().splitlines()
    new = [line for line in written if line not in LINE.splitlines()]
    assert len(new) == 3
    assert re.fullmatch(
        r'work = { dist = "exponential", mean = "\d\.\d+min" }   # too long', new[0]
    )
    assert re.fullmatch(r'mean = "\d+\.\d+min"', new[1])
    assert new[2] == 'fitted = ["own.response_rate", "own.first_response_time"]'
    assert [line for line in LINE.splitlines() if line not in written] == [
        'work = { dist = "exponential", mean = "9min" }   # too long', 'mean = "25min"',
    ]  # fmt: skip
    assert (folder / "line.toml").read_text() == LINE


def test_the_results_are_a_folder_with_everything(done: Result, folder: Path) -> None:
    assert done.exit_code == 0
    names = {path.name for path in (folder / "results").iterdir()}
    assert names == {
        "calibration.json", "parameters.csv", "figures.csv", "parameters.png", "figures.png",
        "manifest.json",
    }  # fmt: skip
    document = json.loads((folder / "results" / "calibration.json").read_text())
    assert [row["key"] for row in document["parameters"]] == [WORK_KEY, PATIENCE_KEY]
    assert document["parameters"][0]["value"] in (folder / "fitted.toml").read_text()
    assert document["all_match"] is True
    head = (folder / "results" / "parameters.csv").read_text().splitlines()[0]
    assert head == (
        "key,value,fitted,unit,before,bounds_low,bounds_high,scale,low,high,holds_low,holds_high,"
        "at_bound"
    )


def test_study_files_and_python_say_the_same(done: Result, folder: Path) -> None:
    assert done.exit_code == 0
    (folder / "study.toml").write_text(
        f'scenario = "line.toml"\n[calibrate]\nto = ["own"]\nstarts = 1\nreplications = 8\n'
        f'[calibrate.free]\n"{WORK_KEY}" = "3min:12min"\n"{PATIENCE_KEY}" = "2min:60min"\n'
    )
    printed = calibrate(folder / "study.toml", "--json", "--workers", "1")
    assert printed.exit_code == 0
    document = json.loads(printed.stdout)
    assert document == json.loads((folder / "results" / "calibration.json").read_text())
    result = ss.calibrate(
        folder / "line.toml", free={WORK_KEY: ("3min", "12min"), PATIENCE_KEY: "2min:60min"},
        to="own", starts=1, replications=8, workers=1, out=folder / "python.toml",
    )  # fmt: skip
    assert result.to_dict() == document
    assert (folder / "python.toml").read_text() == (folder / "fitted.toml").read_text()
    for draw in (result.plot_parameters, result.plot_figures):
        ax = draw(matplotlib.figure.Figure().add_subplot())
        assert isinstance(ax, matplotlib.axes.Axes)
        assert len(ax.get_yticks()) == 2
    plain = ss.calibrate(
        ss.load(folder / "line.toml").replace({"benchmarks.files": [str(folder / "own.toml")]}),
        free={WORK_KEY: "3min:12min", PATIENCE_KEY: "2min:60min"}, to="own", starts=1,
        replications=8, workers=1,
    )  # fmt: skip
    assert plain.values == result.values
    with pytest.raises(ss.errors.InputError, match="only a scenario from a file"):
        plain.write_scenario(folder / "x.toml")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "error: --free: name a key and its bounds"),
        (["--free", "x"], "--free: write KEY=LOW:HIGH"),
        (["--free", f"{WORK_KEY}=1min:2min", "--free", f"{WORK_KEY}=1min:3min"], "is there twice"),
        ([*FREE, "--to", "own.response_rat"], 'did you mean "own.response_rate"?'),
        ([*FREE, "--to", "own", "--workers", "0"], "workers: give 1 or more"),
        ([*FREE, "--to", "own", "-o", "line.toml"], "line.toml: is the scenario itself"),
        ([*FREE, "--to", "own", "-o", "no/x.toml"], "there is no folder no"),
        ([*FREE, "--to", "own", "--results", "line.toml"], "is a file, not a folder"),
    ],
)
def test_bad_input_ends_with_one_line_and_status_2(
    arguments: list[str], message: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    result = calibrate("line.toml", *arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("error: ")
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


def test_what_was_found_is_told_even_if_the_file_cannot_be_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object) -> None:
        raise ss.errors.InputError("fitted.toml: cannot be written: No space left on device")

    monkeypatch.setattr("supportsim.studies.calibrating.writing.write_whole", full)
    out = folder / "full.toml"
    result = calibrate(folder / "line.toml", "--free", f"{WORK_KEY}=3min:12min", *QUICK, "-o", out)
    assert result.exit_code == 2
    assert "Fitted" in result.stdout
    assert f"the fitted values are {WORK_KEY} = " in result.stderr
    assert not out.exists()


def test_changes_that_the_fitted_file_holds_are_named(folder: Path) -> None:
    out = folder / "changed.toml"
    arguments = ["--free", f"{WORK_KEY}=3min:12min", *QUICK, "--set", "run.window=2d", "-o", out]
    result = calibrate(folder / "line.toml", *arguments)
    assert "\nIt holds the changes of run.window\n" in result.stdout
    assert ss.load(out).run.window == 2 * 24 * 60


def test_an_interrupted_fit_leaves_nothing_behind(tmp_path: Path) -> None:
    path = write_line(tmp_path)
    command = [sys.executable, "-m", "supportsim", "calibrate", str(path), *FREE]
    command += ["--to", "own.response_rate", "--replications", "5000", "--workers", "2"]
    status, stdout, stderr = interrupt([*command, "-o", str(tmp_path / "fitted.toml")])
    warning, _, rest = stderr.partition("\n")
    assert warning.startswith("warning: 2 parameters are free and only 1")
    assert (status, stdout, rest) == (130, "", "interrupted\n")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["line.toml", "own.toml"]


# --- The shipped portal scenario -----------------------------------------------------------------


def test_the_portal_scenario_is_near_the_optimum_of_its_study() -> None:
    """The values in the file are those at which the recorded study ended."""
    _, problem = read_calibration(SCENARIOS / "portal.calibrate.toml", {}, {})
    shipped = ss.load(SCENARIOS / "portal.toml")
    assert {target.figure.id for target in problem.targets} == set(shipped.benchmarks.fitted)
    _, here = read_calibration(
        SCENARIOS / "portal.toml",
        {"free": dict(problem.settings.free), "to": list(problem.settings.to), "seed": 20260105},
        {},
    )
    point = [parameter.share(parameter.own) for parameter in here.parameters]
    assert all(0 < share < 1 for share in point)

    # On the fit's own replications the shipped values are at the least squares that it came to.
    objective = Objective(here, 1, lambda: None)
    trial = objective.trial(np.array(point), problem.settings.replications)
    assert trial.cost == pytest.approx(0.77, abs=0.05)
    begin = np.array([parameter.share(parameter.own) for parameter in problem.parameters])
    assert objective.trial(begin, 4).cost > 5


@pytest.mark.slow
def test_the_portal_scenario_is_what_its_study_writes(tmp_path: Path) -> None:
    out = tmp_path / "portal.toml"
    result = calibrate(SCENARIOS / "portal.calibrate.toml", "-o", out, "--workers", "-1")
    assert result.exit_code == 0
    assert out.read_text() == (SCENARIOS / "portal.toml").read_text()
