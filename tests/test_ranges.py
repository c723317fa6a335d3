"""Ranges and lists of values for keys of a scenario."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest

from supportsim.errors import InputError
from supportsim.studies.ranges import Range, read_range, read_value, read_values

KEY = "teams.desk.agents"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1:6", Range(1, 6, whole=True)),
        (" 1 : 6 ", Range(1, 6, whole=True)),
        ("-3:+4", Range(-3, 4, whole=True)),
        ("1.0:6", Range(1, 6)),
        ("1e2:3e2", Range(100, 300)),
        ("1:6:2", Range(1, 6, whole=True, step=2)),
        ("1:6:0.5", Range(1, 6, step=0.5)),
        ("0.1:0.5:0.1", Range(0.1, 0.5, step=0.1)),
        ("1d:8d", Range(1, 8, "d")),
        ("90min:120min:15min", Range(90, 120, "min", step=15)),
    ],
)
def test_reads_bounds_units_and_steps(text: str, expected: Range) -> None:
    assert read_range(text, KEY) == expected
    assert read_values(text, KEY) == expected


@pytest.mark.parametrize(
    ("text", "scale", "reason"),
    [
        ("6:1", "linear", "reversed; write 1:6"),
        ("3:3", "linear", "empty"),
        ("1:", "linear", "is not a bound"),
        ("a:b", "linear", "is not a bound"),
        ("1:2:3:4", "linear", "is not a range"),
        ("1:inf", "linear", "is not a bound"),
        ("1:1e999", "linear", "is not a bound"),
        ("1d:8h", "linear", "same unit"),
        ("1d:8", "linear", "same unit"),
        ("1:6:0", "linear", "above 0"),
        ("1:6:-1", "linear", "above 0"),
        ("1d:8d:1", "linear", "same unit"),
        ("0:1:0.00001", "linear", "more than 10000 steps"),
        ("0:6", "log", "above 0"),
        ("1:100:1", "log", "factor above 1"),
        ("1d:8d:2d", "log", "factor above 1"),
        ("1:100:1.00001", "log", "more than 10000 steps"),
    ],
)
def test_says_what_is_wrong_with_a_range(text: str, scale: Any, reason: str) -> None:
    with pytest.raises(InputError, match=reason) as caught:
        read_range(text, KEY, scale)
    assert str(caught.value).startswith(f"{KEY}: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("3,5,8,12", (3, 5, 8, 12)),
        ("1.5", (1.5,)),
        ("1d,3d", ("1d", "3d")),
        ('"09:00", "10:00"', ("09:00", "10:00")),
        ("true,false", (True, False)),
        ("[1,2],[3]", ([1, 2], [3])),
        ([1, 2.5, "3d"], (1, 2.5, "3d")),
    ],
)
def test_reads_lists(given: Any, expected: tuple[Any, ...]) -> None:
    assert read_values(given, KEY) == expected


@pytest.mark.parametrize(("given", "reason"), [("", "no value"), ([], "no value"), (",", "no v")])
def test_a_list_has_values(given: Any, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        read_values(given, KEY)


def test_a_list_has_each_value_once() -> None:
    with pytest.raises(InputError, match=f"{KEY}: the value 3 is there twice"):
        read_values("3,5,3", KEY)


@pytest.mark.parametrize(
    ("text", "scale", "expected"),
    [
        ("1:6", "linear", [1, 2, 3, 4, 5, 6]),
        ("1:6:2", "linear", [1, 3, 5]),
        ("0.1:0.5:0.1", "linear", [0.1, 0.2, 0.3, 0.4, 0.5]),
        ("1d:2d:0.5d", "linear", ["1d", "1.5d", "2d"]),
        ("1:10:2", "log", [1, 2, 4, 8]),
        ("0.1:1.0:3", "log", [0.1, 0.3, 0.9]),
    ],
)
def test_grids_are_written_as_the_file_would(text: str, scale: Any, expected: list[Any]) -> None:
    found = read_range(text, KEY, scale)
    written = [found.written(number) for number in found.grid()]
    assert written == expected
    assert [type(value) for value in written] == [type(value) for value in expected]


@pytest.mark.parametrize(
    ("text", "scale"),
    [("1.0:6.0", "linear"), ("1d:8d", "linear"), ("1:64", "log"), ("1d:8d", "log")],
)
def test_a_grid_has_to_have_steps(text: str, scale: Any) -> None:
    with pytest.raises(InputError, match="says no step") as caught:
        read_range(text, KEY, scale).grid()
    example = re.search(r"as in (\S+), or list", str(caught.value))
    assert example is not None
    assert len(read_range(example[1], KEY, scale).grid()) > 1, "what the message proposes works"


def test_a_grid_of_whole_numbers_has_an_end() -> None:
    with pytest.raises(InputError, match="more than 10000 steps"):
        read_range("1:99999999999999999999", KEY).grid()


def test_whole_numbers_have_equal_parts_of_the_way() -> None:
    shares = (np.arange(60_000) + 0.5) / 60_000
    numbers, counts = np.unique(read_range("1:6", KEY).at(shares), return_counts=True)
    assert numbers.tolist() == [1, 2, 3, 4, 5, 6]
    assert set(counts.tolist()) == {10_000}


def test_logarithmic_shares_are_equal_factors() -> None:
    found = read_range("1.0:16.0", KEY, "log").at(np.array([0, 0.25, 0.5, 0.75, 1]))
    assert found == pytest.approx([1, 2, 4, 8, 16], rel=1e-12)
    whole = read_range("1:100", KEY, "log").at(np.linspace(0, 1, 1001))
    assert (whole == np.rint(whole)).all()
    assert (whole.min(), whole.max()) == (1, 100)
    # A number has the part of the way from half a step below it to half a step above it.
    part = math.log(10.5 / 9.5) / math.log(100.5 / 0.5)
    assert np.mean(whole == 10) == pytest.approx(part, abs=0.002)


def test_shares_stay_within_the_bounds() -> None:
    found = read_range("1d:8d", KEY)
    assert found.at(np.array([0.0, 1.0])).tolist() == [1, 8]
    assert (found.written(2.345678912), found.written(3.0)) == ("2.34568d", "3d")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3", 3),
        ("3.5", 3.5),
        ("true", True),
        ("portal", "portal"),
        ('"3"', "3"),
        ("[1, 2]", [1, 2]),
    ],
)
def test_reads_values_as_toml_does(text: str, expected: Any) -> None:
    assert read_value(text) == expected
