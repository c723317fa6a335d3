"""The engine and the naive one, written apart from the same contract, agree to the last bit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings

from naive_engine import naive_simulate
from strategies import RARE_WORLDS, World, worlds
from supportsim.engine import check, simulate

if TYPE_CHECKING:
    from supportsim.tables import Table


def assert_same(actual: Table, expected: Table) -> None:
    """Assert that two tables have the same columns, types and values, NaN equal to NaN."""
    assert list(actual.columns()) == list(expected.columns())
    for name, column in expected.columns().items():
        np.testing.assert_array_equal(actual.columns()[name], column, name, strict=True)


def assert_both_agree(world: World) -> None:
    actual, expected = simulate(*world), naive_simulate(*world)
    assert_same(actual.stints, expected.stints)
    assert_same(actual, expected)
    check(world.workload, world.roster, world.routing, actual, world.until)


@pytest.mark.parametrize("world", RARE_WORLDS.values(), ids=RARE_WORLDS)
def test_the_engines_agree_on_what_is_rare(world: World) -> None:
    assert_both_agree(world)


@settings(max_examples=2000, deadline=None, derandomize=True)
@given(worlds())
def test_the_engines_agree_to_the_last_bit(world: World) -> None:
    assert_both_agree(world)


@pytest.mark.slow
@settings(max_examples=50_000, deadline=None, database=None)
@given(worlds())
def test_the_engines_agree_on_many_more_worlds(world: World) -> None:
    assert_both_agree(world)
