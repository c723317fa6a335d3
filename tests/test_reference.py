"""The pages that are made from the code say what the code says, and leave nothing out."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path
from types import ModuleType

import pytest
import typer.main

import supportsim as ss
from supportsim.benchmarks import load_registry
from supportsim.benchmarks.registry import QUANTITIES, Figure
from supportsim.cli import app
from supportsim.measures import MEASURES
from supportsim.scenario import json_schema

DOCS = Path(__file__).parents[1] / "docs"


@pytest.fixture
def reference(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(DOCS)
    return importlib.import_module("make_reference")


def page(name: str) -> str:
    return (DOCS / "reference" / f"{name}.md").read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    """Return what stands below a heading, up to the next one of its level or above."""
    level = len(heading) - len(heading.lstrip("#"))
    lines = text.splitlines()
    begin = lines.index(heading) + 1
    ends = (
        number
        for number, line in enumerate(lines[begin:], begin)
        if line.startswith("#") and len(line) - len(line.lstrip("#")) <= level
    )
    return "\n".join(lines[begin : next(ends, len(lines))])


def test_reference_pages_are_up_to_date(reference: ModuleType) -> None:
    made = reference.pages()
    kept = {str(path.relative_to(DOCS)) for path in (DOCS / "reference").glob("*.md")}
    assert kept == (made.keys() | {"reference/engine.md"}) - {"scenario.schema.json"}
    for name, text in made.items():
        assert (DOCS / name).read_text(encoding="utf-8") == text, "run docs/make_reference.py"


def test_every_measure_is_there() -> None:
    text = page("measures")
    for measure in MEASURES:
        told = section(text, f"### `{measure.name}`")
        assert measure.formula in told
        assert measure.population in told
        assert f"| {measure.unit} |" in told


def test_every_key_of_a_scenario_is_there() -> None:
    schema, text = json_schema(), page("scenario")
    tables = {"Scenario": schema, **schema["$defs"]}
    for name, table in tables.items():
        heading = f"### {name}" if f"\n### {name}\n" in text else f"## {name}"
        told = section(text, heading)
        assert all(f"| `{key}` |" in told for key in table["properties"]), name


def test_every_published_figure_is_there() -> None:
    text = page("figures")
    for figure in load_registry().values():
        told = section(text, f"### `{figure.id}`")
        assert f"{figure.title}. {figure.definition}" in told
        assert figure.publisher in told
        assert f"| source | {figure.source} |" in told
    assert all(f"| `{key}` |" in section(text, "## Benchmark files") for key in Figure.model_fields)
    assert all(f"| `{name}` |" in section(text, "## Quantities") for name in QUANTITIES)


def test_every_command_and_option_is_there() -> None:
    text = page("command-line")
    commands = {"supportsim": typer.main.get_command(app)}
    seen = 0
    while commands:
        name, command = commands.popitem()
        below = getattr(command, "commands", {})
        commands |= {f"{name} {part}": one for part, one in below.items() if not one.hidden}
        if below and name != "supportsim":
            continue
        told = section(text, f"## {name}")
        for option in command.params:
            if not getattr(option, "hidden", False) and option.opts[0].startswith("-"):
                assert all(f"`{one}`" in told for one in option.opts), (name, option.opts)
                seen += 1
    assert seen > 80


def test_every_public_name_is_there() -> None:
    text = page("python")
    for name in set(ss.__all__) - {"errors"}:
        told = section(text, f"### {name}")
        thing = getattr(ss, name)
        assert (thing.__doc__ or "").strip().splitlines()[0].replace("``", "`") in told
        for member in vars(thing):
            assert (
                member.startswith("_")
                or f"#### {name}.{member}" in told
                or hasattr(thing, "model_fields")
            ), (name, member)
    for name in ("Finding", "Registry"):  # which functions return
        assert f"\n### {name}\n" in text
    for name in ("SupportSimError", "InputError", "ScenarioError", "BenchmarkError"):
        assert issubclass(getattr(ss.errors, name), ss.errors.SupportSimError)
        assert f"\n### {name}\n" in text


def test_signatures_are_python_and_say_what_is_returned() -> None:
    text = page("python")
    shown = re.findall(r"^`((?:ss\.)?\w+\(.*)`$", text, re.MULTILINE)
    assert len(shown) > 60
    for one in shown:
        ast.parse(f"def {one.removeprefix('ss.')}: ...")
    functions = [one for one in shown if one.startswith("ss.")]
    assert all(" -> " in one for one in functions)
    returned = {name for one in functions for name in re.findall(r"\w+", one.partition("->")[2])}
    explained = set(re.findall(r"^### (\w+)$", text, re.MULTILINE))
    assert returned - {"DataFrame", "tuple"} <= explained


def test_columns_are_told_where_a_frame_is_returned() -> None:
    text = page("python")
    assert "see `report." not in text
    short = {"run.warm_up": "0d", "run.window": "1w", "run.follow_up": "1d"}
    result = ss.run(DOCS.parent / "scenarios" / "portal.toml", changes=short, replications=2)
    frames = {
        "verdicts": result.verdicts, "measures": result.measures, "staff": result.staff,
        "tickets": result.tickets(), "contacts": result.contacts(),
    }  # fmt: skip
    for name, frame in frames.items():
        told = section(text, f"#### Result.{name}")
        assert set(frame.columns) <= set(re.findall(r"\w+", told)), name
