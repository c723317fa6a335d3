"""Study files: what they may say, and one message for whatever is wrong with them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import Field

from supportsim.errors import InputError
from supportsim.scenario.fields import Model, Row
from supportsim.studies.study_files import check_paths, read_question, settings_of


class Settings(Model):
    """Settings of a study that is not there."""

    levels: Row[int] = ()
    """Some whole numbers."""
    confidence: Annotated[float, Field(gt=0, lt=1)] = 0.95
    """A share."""
    design: str = "grid"
    """A text."""


SCENARIO = 'name = "desk"\n'


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return tmp_path / "study.toml"


def read(path: Path, text: str, options: Any = None, changes: Any = None) -> Any:
    path.write_text(text, encoding="utf-8")
    return read_question(path, "sweep", Settings, options or {}, changes or {})


def refused(path: Path, text: str, **given: Any) -> str:
    with pytest.raises(InputError) as caught:
        read(path, text, **given)
    message = str(caught.value)
    assert "\n" not in message
    return message.removeprefix(f"{path}: ") if message.startswith(str(path)) else f"!{message}"


class TestValid:
    def test_a_scenario_is_a_question_by_itself(self, study: Path) -> None:
        asked = read(study, SCENARIO, {"levels": [1, 2]}, {"run.seed": 3})
        assert asked.scenario == study
        assert asked.changes == {"run.seed": 3}
        assert asked.settings == Settings(levels=(1, 2))

    def test_everything_that_it_can_say(self, study: Path) -> None:
        text = """
            scenario = "below/desk.toml"
            [set]
            "run.seed" = 5
            "teams.desk.shifts.0" = { days = "Mon", from = "09:00", to = "10:00" }
            [sweep]
            levels = [3]
            confidence = 0.5
            design = "x"
        """
        asked = read(study, text)
        assert asked.scenario == study.parent / "below" / "desk.toml"
        assert asked.changes == {
            "run.seed": 5,
            "teams.desk.shifts.0": {"days": "Mon", "from": "09:00", "to": "10:00"},
        }
        assert asked.settings == Settings(levels=(3,), confidence=0.5, design="x")

    def test_only_its_scenario(self, study: Path) -> None:
        asked = read(study, 'scenario = "desk.toml"')
        assert (asked.changes, asked.settings) == ({}, Settings())

    def test_options_and_changes_count_more(self, study: Path) -> None:
        text = 'scenario = "a.toml"\n[set]\n"a.b" = 1\n"c.d" = 2\n[sweep]\nlevels = [1]\n'
        asked = read(study, f"{text}confidence = 0.5", {"levels": [7]}, {"c.d": 4, "e.f": 5})
        assert asked.changes == {"a.b": 1, "c.d": 4, "e.f": 5}
        assert asked.settings == Settings(levels=(7,), confidence=0.5)

    def test_the_path_of_the_scenario_may_be_absolute(self, study: Path) -> None:
        assert read(study, "scenario = '/somewhere/a.toml'").scenario == Path("/somewhere/a.toml")


class TestInvalid:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("[sweep]\nlevels = [1]", "scenario: is missing; name the file of the scenario"),
            ("[plan]", "scenario: is missing; name the file of the scenario"),
            ("scenario = 3", "scenario: has to be the path of a scenario"),
            ('scenario = "a"\n[plan]', "plan: is for supportsim plan, not for supportsim sweep"),
            ('scenario = "a"\n[swep]', 'swep: there is no such key; did you mean "sweep"?'),
            ('scenario = "a"\nx = 1', "x: there is no such key; the keys here are: scenario, set,"),
            ('scenario = "a"\nset = 3', "set: has to be a table {...}"),
            ('scenario = "a"\nsweep = 3', "sweep: has to be a table {...}"),
            (
                'scenario = "a"\n[set]\nteams.desk.agents = 3',
                'set: teams is a table; put the whole path in quotes, as in "teams.desk.agents" =',
            ),
            (
                'scenario = "a"\n[sweep]\nlevel = [1]',
                'sweep.level: there is no such key; did you mean "levels"?',
            ),
            (
                'scenario = "a"\n[sweep]\nlevels = [1, 2.5]',
                "sweep.levels.1: has to be a whole number, not 2.5",
            ),
            (
                'scenario = "a"\n[sweep]\nlevels = "1"',
                'sweep.levels: has to be an array [...], not "1"',
            ),
            (
                'scenario = "a"\n[sweep]\nconfidence = 1',
                "sweep.confidence: has to be less than 1, not 1",
            ),
            ("scenario = ", "is not valid TOML"),
        ],
    )
    def test_the_message_names_file_key_and_what_is_right(
        self, study: Path, text: str, expected: str
    ) -> None:
        assert refused(study, text).startswith(expected)

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        (tmp_path / "study.toml").write_text("", encoding="utf-8")
        with pytest.raises(
            InputError, match=r'stdy\.toml: cannot be .*; did you mean "study.toml"'
        ):
            read_question(tmp_path / "stdy.toml", "sweep", Settings, {}, {})

    def test_an_option_is_not_blamed_on_the_file(self, study: Path) -> None:
        text = 'scenario = "a"\n[sweep]\nconfidence = 0.5'
        message = refused(study, text, options={"confidence": 2.0})
        assert message == "!confidence: has to be less than 1, not 2.0"
        message = refused(study, text.replace("0.5", "7"), options={"levels": [1]})
        assert message == "sweep.confidence: has to be less than 1, not 7"


def test_settings_without_a_file_name_their_keys() -> None:
    with pytest.raises(InputError, match=r'^levles: there is no such key; did you mean "levels"'):
        settings_of(Settings, "sweep", {"levles": (1,)})


@pytest.mark.parametrize("changes", [{}, {"a": 1}, {"a.b": {"c": 1}}, {"a": [{"b": 1}]}])
def test_changes_by_path_are_taken(changes: dict[str, Any]) -> None:
    check_paths(changes)
