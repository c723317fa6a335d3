"""`supportsim plan` and `supportsim.plan` as their users call them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import supportsim as ss
from supportsim.cli import app
from supportsim.report.planning.tables import _of_shift
from supportsim.scenario.hours import Shift

SMALL = """
name = "small"

[run]
warm_up = "2h"
window = "1d"
follow_up = "2h"

[channels.calls]
live = true
arrivals = { per_day = 480 }
work = { dist = "exponential", mean = "6min" }
opening = { hours = [{ days = "Mon-Sun", from = "00:00", to = "18:00" }], outside = "turned away" }

[channels.mail]
arrivals = { per_day = 60 }
work = "8min"

[teams.phone]
agents = 1
serves = ["calls"]
shifts = [{ days = "Mon-Sun", from = "00:00", to = "24:00" }]

[teams.office]
agents = 2
serves = ["mail"]
shifts = [{ days = "Mon-Sun", from = "00:00", to = "24:00" }]
"""
TARGET = "calls.service_level_30s>=0.8"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.toml"
    path.write_text(SMALL)
    return path


def run(*arguments: object, status: int = 0) -> tuple[str, str]:
    done = CliRunner().invoke(app, ["plan", *map(str, arguments)])
    assert done.exit_code == status, done.output
    return done.stdout, done.stderr


def test_a_plan_on_a_terminal(small: Path) -> None:
    told, _ = run(small, "--target", TARGET)
    assert "The cheapest staffing of phone that meets 1 target; office as now" in told
    assert "calls.service_level_30s ≥ 80 %" in told
    assert "3 for phone" in told  # one fewer
    assert "FAILS" in told
    assert "Every cheaper staffing is shown to fail." in " ".join(told.split())
    assert all(len(line) <= 80 or str(small) in line for line in told.splitlines())


def test_the_same_in_json_files_a_study_file_and_python(small: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    told, said = run(small, "--target", TARGET, "--json", "--out", out)
    document = json.loads(told)
    assert f"Results are in {out}" in said
    assert document["possible"]
    assert [row["planned"] for row in document["staffing"]] == [4]
    assert document["cost_a_week"] == {"now": 168.0, "planned": 672.0}
    (row,) = document["neighbours"]
    assert (row["heads"], row["verdict"]) == (3, "fails")
    assert json.loads((out / "plan.json").read_text()) == document
    assert {path.name for path in out.iterdir()} >= {"staffing.csv", "targets.csv", "manifest.json"}

    study = tmp_path / "study.toml"
    study.write_text(f'scenario = "small.toml"\n[plan]\ntargets = ["{TARGET}"]\n')
    assert json.loads(run(study, "--json")[0]) == document

    plan = ss.plan(small, TARGET)
    assert plan.to_dict() == document
    assert plan.staffing.loc["teams.phone.agents", "planned"] == 4
    assert list(plan.targets["verdict"]) == ["meets"]
    assert plan.neighbours.loc[0, "heads"] == 3
    assert plan.scenario.teams["phone"].agents == 4
    assert plan.cost == 672
    assert "teams.phone.agents = 4" in repr(plan)


def test_teams_of_two_parts_are_planned_together(small: Path) -> None:
    plan = ss.plan(small, [TARGET, "mail.answered_within_15min>=0.7"])
    assert dict(plan.staffing["planned"]) == {"teams.phone.agents": 4, "teams.office.agents": 1}
    assert list(plan.targets["target"]) == [TARGET, "mail.answered_within_15min>=0.7"]


def test_a_target_out_of_reach_says_why(small: Path) -> None:
    told, _ = run(small, "--target", "calls.answered_within_30s>=0.8", status=1)
    told = " ".join(told.split())
    assert "No staffing of these teams was found that meets the targets." in told
    assert "25.0% of customers come when calls is closed, and go" in told
    told, _ = run(small, "--target", "mail.answered_within_5min>=0.5", status=1)
    assert "the work on it ends, which takes 8min on average" in " ".join(told.split())
    plan = ss.plan(small, "calls.answered_within_30s>=0.8")
    assert not plan.possible
    assert plan.targets.loc[0, "estimate"] == pytest.approx(0.75, abs=0.01)
    with pytest.raises(ss.errors.InputError, match="no staffing meets the targets"):
        _ = plan.scenario


def test_a_limit_on_agents_is_not_a_target_for_them(small: Path) -> None:
    told, _ = run(small, "--target", "team.phone.occupancy>=0.95", status=1)
    assert "more agents make it worse" in " ".join(told.split())


def test_what_part_of_an_hour_agents_are_there_is_told() -> None:
    shift = {"days": "Mon-Fri", "from": "09:00", "to": "17:00", "each_hour": "9min"}
    assert _of_shift(Shift.model_validate(shift)) == "Mon-Fri 09:00-17:00, 9min of each hour"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ([], "error: --target: is missing; for example --target 'portal."),
        (["--target", "calls.service_level_30s"], "is not a comparison"),
        (["--target", "calls.servise_level_30s>=0.8"], "did you mean"),
        (["--target", TARGET, "--team", "phones"], 'there is no team "phones"; did you mean'),
        (["--target", TARGET, "--team", "office"], "none of the planned teams (office)"),
        (["--target", TARGET, "--confidence", "1.5"], "confidence: "),
        (["--target", TARGET, "--precision", "0"], "precision: "),
        (["--target", TARGET, "--workers", "0"], "error: --workers: "),
        (["--target", TARGET, "--max-replications", "1"], "error: --max-replications: has to be"),
    ],
)
def test_bad_input_gets_one_message(small: Path, options: list[str], told: str) -> None:
    out, said = run(small, *options, status=2)
    assert out == ""
    assert told in said
    assert len(said.splitlines()) == 1
    assert said.startswith("error: ")
