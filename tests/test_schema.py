"""The JSON Schema of scenario files: checked in, described, and at one with the model."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from supportsim.errors import ScenarioError
from supportsim.scenario import json_schema
from supportsim.scenario.loading import changed, validate

ROOT = Path(__file__).parents[1]
SCENARIOS = sorted((ROOT / "scenarios").glob("*.toml"))
EXAMPLES = [path for path in SCENARIOS if path.suffixes == [".toml"]]
SCHEMA = json_schema()
DOCUMENT: dict[str, Any] = {
    "name": "full",
    "run": {"window": "4w", "replications": "auto", "seed": 7},
    "calendar": {"business_hours": [{"days": "Sat-Mon", "from": "08:00", "to": "12:30"}]},
    "benchmarks": {"use": ["portal"], "fitted": ["portal.response_rate"]},
    "channels": {
        "portal": {
            "arrivals": {"per_day": 5, "business_hours_share": 0.8, "by_weekday": [1] * 7},
            "patience": {"dist": "gamma", "mean": "3.4d", "cv": 0.46},
            "work": "3min",
            "replies": {"probability": 0.3, "delay": {"dist": "exponential", "mean": "1d"}},
        }
    },
    "teams": {
        "support": {
            "agents": 2,
            "serves": ["portal"],
            "shifts": [{"days": "Mon-Fri", "from": "09:00", "to": "17:00", "each_hour": "9min"}],
        },
    },
}


def problems(document: Any) -> list[str]:
    """Return what the schema has against a document, with a date as TOML's reader gives it."""
    errors = jsonschema.Draft202012Validator(SCHEMA).iter_errors(
        json.loads(json.dumps(document, default=str))
    )
    return [error.message for error in errors]


def test_the_schema_is_itself_valid() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert problems(DOCUMENT) == []
    validate(DOCUMENT)


def test_the_checked_in_schema_is_the_model_s() -> None:
    text = (ROOT / "docs" / "scenario.schema.json").read_text(encoding="utf-8")
    assert json.loads(text) == SCHEMA, (
        "write it again: supportsim schema > docs/scenario.schema.json"
    )
    assert text == json.dumps(SCHEMA, indent=2, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("path", EXAMPLES, ids=[path.name for path in EXAMPLES])
def test_the_example_scenarios_follow_the_schema(path: Path) -> None:
    assert problems(tomllib.loads(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("channels.portal.work", {"dist": "constant", "value": "3min"}),
        ("channels.portal.work", {"dist": "constant", "mean": "3min", "cv": 0}),
        ("channels.portal.work", {"dist": "exponential", "rate_per_hour": 2}),
        ("channels.portal.work", {"dist": "triangular", "low": "1s", "mode": "2s", "high": "3s"}),
        ("channels.portal.work", {"dist": "empirical", "values": ["1min", "1h30min"]}),
        ("channels.portal.wrap_up", "1h 30min"),
        ("channels.portal.patience", " .5e1 d "),
        ("channels.portal.response_bands", []),
        ("teams.machine", {"agents": "unlimited", "serves": ["portal"]}),
        ("teams.support.shifts.0.to", "24:00"),
        ("run.replications", 3),
    ],
)
def test_schema_and_model_accept_the_same(key: str, value: Any) -> None:
    document = changed(DOCUMENT, {key: value})
    assert problems(document) == []
    validate(document)


def test_schema_and_model_accept_a_csv_file(tmp_path: Path) -> None:
    (tmp_path / "times.csv").write_text("minutes\n3\n")
    csv = {"dist": "empirical", "csv": "times.csv", "column": "minutes", "unit": "min"}
    document = changed(DOCUMENT, {"channels.portal.work": csv})
    assert problems(document) == []
    validate(document, folder=tmp_path)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("nam", "x"),
        ("name", 3),
        ("name", ""),
        ("channels", {}),
        ("channels", []),
        ("channels.por tal", DOCUMENT["channels"]["portal"]),
        ("channels.2nd", DOCUMENT["channels"]["portal"]),
        ("channels.portal.x", 1),
        ("channels.portal.arrivals.per_day", "5"),
        ("channels.portal.arrivals.per_day", -1),
        ("channels.portal.arrivals.business_hours_share", 1.1),
        ("channels.portal.arrivals.by_weekday", [1] * 6),
        ("channels.portal.arrivals.by_hour", [1] * 25),
        ("channels.portal.arrivals.by_hour_of_week", [[1] * 24] * 6),
        ("channels.portal.live", 1),
        ("channels.portal.occupies", 0),
        ("channels.portal.work", 3),
        ("channels.portal.work", "3"),
        ("channels.portal.work", "-3min"),
        ("channels.portal.work", {}),
        ("channels.portal.work", {"dist": "gama", "mean": "3min", "cv": 1}),
        ("channels.portal.work", {"dist": "gamma", "mean": 3, "cv": 1}),
        ("channels.portal.work", {"dist": "gamma", "mean": "3min", "cv": 21}),
        ("channels.portal.work", {"dist": "uniform", "shape": 2, "scale": "1h"}),
        ("channels.portal.work", {"dist": "empirical", "values": []}),
        ("channels.portal.replies", {"probability": 0.1}),
        ("channels.portal.replies.probability", 1),
        ("channels.portal.response_bands", "1h"),
        ("teams.support.agents", "many"),
        ("teams.support.agents", 2.5),
        ("teams.support.serves", "portal"),
        ("teams.support.shifts.0.from", "9:00"),
        ("teams.support.shifts.0", {"days": "Mon"}),
        ("run.replications", "all"),
        ("run.seed", -1),
        ("benchmarks.use", "portal"),
    ],
)
def test_schema_and_model_refuse_the_same(key: str, value: Any) -> None:
    document = changed(DOCUMENT, {key: value})
    assert problems(document) != []
    with pytest.raises(ScenarioError):
        validate(document)


@pytest.mark.parametrize("key", ["name", "channels", "teams"])
def test_schema_and_model_miss_the_same(key: str) -> None:
    document = {name: value for name, value in DOCUMENT.items() if name != key}
    assert problems(document) != []
    with pytest.raises(ScenarioError, match=f"^{key}: is missing"):
        validate(document)


def tables() -> dict[str, Any]:
    return {"scenario": SCHEMA, **SCHEMA["$defs"]}


@pytest.mark.parametrize("table", tables().values(), ids=tables())
def test_every_table_and_key_is_described(table: dict[str, Any]) -> None:
    assert table["description"].strip()
    assert table["additionalProperties"] is False
    assert table["properties"]
    for key, schema in table["properties"].items():
        table_of_its_own = SCHEMA["$defs"].get(schema.get("$ref", "").removeprefix("#/$defs/"), {})
        assert (schema.get("description") or table_of_its_own["description"]).strip(), key


def test_the_schema_speaks_of_what_toml_has() -> None:
    text = json.dumps(SCHEMA)
    assert '"null"' not in text
    assert "minLength" in SCHEMA["properties"]["name"]
    assert SCHEMA["properties"]["channels"]["minProperties"] == 1
    assert SCHEMA["$defs"]["Opening"]["properties"]["hours"]["minItems"] == 1
