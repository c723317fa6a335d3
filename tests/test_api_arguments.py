"""What Python hands over and no command line could: a clear message, never a bare TypeError."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import supportsim as ss
from small_runs import small_scenario

if TYPE_CHECKING:
    from collections.abc import Callable

PORTAL: Any = Path(__file__).parents[1] / "scenarios" / "portal.toml"
AGENTS = "teams.desk.agents"
TARGET = "portal.wait<=1h"
MEAN = "channels.portal.patience.mean"
WRONG: Any = 5
SHORT = {"run.warm_up": "0d", "run.window": "1w", "run.follow_up": "1d"}


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda: ss.load(WRONG), "scenario: give the path of a file"),
        (lambda: ss.run(WRONG), "scenario: give the path of a file"),
        (lambda: ss.run(PORTAL, changes=WRONG), 'changes: give values by key, as in {"teams'),
        (lambda: ss.run(PORTAL, workers="x"), "workers: give 1 or more"),
        (lambda: ss.run(PORTAL, seed="x"), "run.seed: has to be a whole number"),
        (lambda: ss.compare(PORTAL, WRONG), "alternatives: an alternative is"),
        (lambda: ss.compare(PORTAL, [WRONG]), "alternatives: an alternative is"),
        (lambda: ss.compare(WRONG, {AGENTS: 3}), "scenario: give the path"),
        (lambda: ss.compare(PORTAL, {AGENTS: 3}, measures=WRONG), "measures.0: has to be a text"),
        (lambda: ss.sweep(PORTAL, WRONG), "vary: has to be a table"),
        (lambda: ss.sweep(PORTAL, {AGENTS: [1]}, out=WRONG), "out: give the path"),
        (lambda: ss.plan(PORTAL, WRONG), "targets.0: has to be a text"),
        (lambda: ss.plan(PORTAL), "targets: is missing"),
        (lambda: ss.plan(PORTAL, TARGET, teams=WRONG), "teams.0: has to be a text"),
        (lambda: ss.calibrate(PORTAL, free=WRONG), "free: has to be a table"),
        (lambda: ss.calibrate(PORTAL, free={MEAN: WRONG}), "has to be a text"),
        (lambda: ss.calibrate(PORTAL, free={MEAN: ("1d", "8d")}, to=WRONG), "to.0: has to be"),
        (lambda: ss.most_tickets(PORTAL, TARGET, WRONG), "most: has to be a text"),
        (lambda: ss.latest_hire(PORTAL, TARGET, "desk", "x"), "write a team and a whole number"),
        (lambda: ss.latest_hire(PORTAL, TARGET, WRONG), "5"),
        (lambda: ss.staffing_over_growth(PORTAL, TARGET, WRONG), "growth: has to be a text"),
    ],
)
def test_a_wrong_argument_is_told_in_one_line(call: Callable[[], Any], expected: str) -> None:
    with pytest.raises(ss.errors.InputError) as told:
        call()
    assert expected in str(told.value)
    assert "\n" not in str(told.value)


def test_a_scenario_in_memory_is_asked_like_its_file(tmp_path: Path) -> None:
    from supportsim.studies.planning.settings import PlanSettings
    from supportsim.studies.study_files import read_study

    options = {"targets": [TARGET]}
    of_file = read_study(PORTAL, "plan", PlanSettings, options, {AGENTS: 3})
    in_memory = read_study(ss.load(PORTAL), "plan", PlanSettings, options, {AGENTS: 3})
    assert of_file.scenario == in_memory.scenario
    assert of_file.settings == in_memory.settings
    assert (of_file.path, in_memory.path) == (PORTAL, None)
    assert (of_file.folder, in_memory.folder) == (PORTAL.parent, Path())
    study = tmp_path / "study.toml"
    study.write_text(
        f'scenario = "{PORTAL}"\nset = {{ "{AGENTS}" = 3 }}\n[plan]\ntargets = ["{TARGET}"]\n',
        encoding="utf-8",
    )
    assert read_study(study, "plan", PlanSettings, {}, {}).scenario == of_file.scenario


def test_a_study_file_of_a_reverse_question_is_not_a_plan(tmp_path: Path) -> None:
    study = tmp_path / "study.toml"
    study.write_text(
        f'scenario = "{PORTAL}"\n[plan]\ntargets = ["{TARGET}"]\nmost = "all"\n', encoding="utf-8"
    )
    with pytest.raises(ss.errors.InputError, match="plan --most, which is another question"):
        ss.plan(study)


def test_every_answer_is_html_and_json_and_escapes_names() -> None:
    hostile = {"name": "<script>alert(1)</script>"}
    desk = small_scenario().replace({**hostile, **SHORT})
    quick: Any = {"workers": 1}
    target = "portal.first_response_time<=30d"
    answers: list[Any] = [
        ss.plan(desk, target, max_replications=20, **quick),
        ss.most_tickets(desk, target, resolution=0.5, max_replications=20, **quick),
        ss.latest_hire(desk, target, "desk", max_replications=20, **quick),
        ss.staffing_over_growth(desk, target, [1, 1.1], max_replications=20, **quick),
    ]
    for answer in answers:
        html = answer._repr_html_()
        assert "<script>" not in html
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
        assert html.count("<table") == html.count("</table>") >= 1
        assert html.count("<div") == html.count("</div>") == 1
        assert answer.to_json().startswith("{")


def test_a_sweep_keeps_the_warnings_of_its_points(tmp_path: Path) -> None:
    per_day = "channels.portal.arrivals.per_day"
    vary = {per_day: [5, 300]}
    desk = small_scenario().replace(SHORT)
    quick: Any = {"workers": 1, "out": tmp_path / "out", "measures": "portal.wait"}
    swept = ss.sweep(desk, vary, **quick)
    assert any("point 1: the load of portal can never be served" in one for one in swept.warnings)
    assert not any(one.startswith("point 0: the load") for one in swept.warnings)
    document = swept.to_dict()["points"]
    assert [any("can never" in one for one in point["warnings"]) for point in document] == [
        False, True,
    ]  # fmt: skip
    again = ss.sweep(desk, vary, **quick)  # nothing is simulated: from the store
    assert again.warnings == swept.warnings
    assert "can never be served" in again._repr_html_()
