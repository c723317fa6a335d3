"""The page of exact results: its cases and values are the code's, its numbers those of a run."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from supportsim.report import verification_markdown
from supportsim.report.verifying.tables import number, published_cells
from supportsim.validation import CASES, PUBLISHED, verify

DOCS = Path(__file__).parents[1] / "docs"
RENEW = "run docs/make_validation.py"


def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_validation", DOCS / "make_validation.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def tables() -> str:
    """Return the part of the page that a verification makes."""
    text = (DOCS / "validation.md").read_text(encoding="utf-8")
    before, after = maker().INTRODUCTION, maker().CONCLUSION
    assert text.startswith(before), RENEW
    assert text.endswith(after), RENEW
    return text[len(before) : -len(after)]


def rows(first: str) -> list[list[str]]:
    """Return the cells of the table whose first head this is."""
    lines = tables().splitlines()
    begin = next(i for i, line in enumerate(lines) if line.startswith(first))
    found = []
    for line in lines[begin + 2 :]:
        if not line.startswith("|"):
            break
        found.append([cell.strip() for cell in line.strip("|").split(" | ")])
    return found


def test_the_page_has_the_exact_value_of_every_measure() -> None:
    measures = [
        [case.id, name, number(value)] for case in CASES for name, value in case.exact.items()
    ]
    found = [[row[0], row[1].removesuffix(", min"), row[2]] for row in rows("| Case | Measure ")]
    assert found == measures, RENEW


def test_everything_on_the_page_passes() -> None:
    compared = rows("| Case | Measure ")
    assert {row[-1] for row in compared} == {"pass"}
    for row in compared:
        exact, simulated = (float(cell.replace(",", "")) for cell in row[2:4])
        error, reach = (float(cell.strip("±+ %").replace("−", "-")) for cell in row[4:6])
        # Each number is rounded by itself: four digits, and hundredths of a per cent.
        assert 100 * (simulated / exact - 1) == pytest.approx(error, abs=0.12)
        assert abs(error) <= reach <= 3
    assert f"{len(compared)} measures of {len(CASES)} cases agree" in tables()


def test_the_page_has_every_case_and_its_source() -> None:
    cases = [
        [case.id, case.title, case.formula, case.source, str(case.document["run"]["replications"])]
        for case in CASES
    ]
    assert rows("| Case | Scenario ") == cases, RENEW


def test_the_page_has_every_published_value() -> None:
    published = [[one.title, *published_cells(one), one.source] for one in PUBLISHED]
    assert rows("| Value | Published ") == published, RENEW


@pytest.mark.slow
def test_the_numbers_are_those_of_a_run() -> None:
    assert verification_markdown(verify()) == tables(), RENEW
