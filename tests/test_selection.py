"""The procedures of Kim and Nelson: what they promise, kept in repeated use.

With at most 5 % errors promised, 200 selections have fewer than 179 right ones with a probability
below 0.1 % (binomial). The procedures are conservative, so that these tests rarely come close;
that their regions are no wider than the published ones is compared with a second implementation.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from supportsim.stats.selection import kim_nelson, sign_of_mean, triangle

SELECTIONS, RIGHT = 200, 0.95
FEWEST = int(stats.binom.ppf(0.001, SELECTIONS, RIGHT))

Draw = Callable[[np.random.Generator, int], np.ndarray]


def independent(rng: np.random.Generator, systems: int) -> np.ndarray:
    return rng.normal(size=systems)


def common(rng: np.random.Generator, systems: int) -> np.ndarray:
    """As under common random numbers: correlated by 0.8, of unequal variances."""
    own = rng.normal(size=systems) * np.linspace(0.5, 1.5, systems)
    return own + rng.normal() * 2


def skewed(rng: np.random.Generator, systems: int) -> np.ndarray:
    """Of skewness 1: sums of a few of the most skewed things, as replications are of many."""
    return rng.gamma(4, 0.5, size=systems) - 2


def select(kind: Draw, number: int, systems: int, delta: float, error: float, most: int):
    """Select among systems of which the last is the best by `delta`, all others being equal."""
    rng = np.random.default_rng([7, number])
    rows: list[np.ndarray] = []
    best = np.zeros(systems)
    best[-1] = delta

    def draw(system: int, observation: int) -> float:
        while len(rows) <= observation:
            rows.append(kind(rng, systems) + best)
        return float(rows[observation][system])

    found = kim_nelson(draw, systems, delta, error, 15, most)
    return found, np.array(rows)


@pytest.mark.parametrize("kind", [independent, common, skewed])
def test_the_best_system_is_selected_as_often_as_promised(kind: Draw) -> None:
    found = [select(kind, n, 5, 0.4, 1 - RIGHT, 10**6)[0] for n in range(SELECTIONS)]
    assert all(one.sure for one in found)
    assert sum(one.best == 4 for one in found) >= FEWEST
    # And it is not settled by the first stage alone, which would be right less often.
    assert np.mean([one.observations for one in found]) > 20


def test_a_coin_would_not_pass() -> None:
    # The first stage alone is right in less than 95 % of these cases: the rest has to be earned.
    right = 0
    for number in range(SELECTIONS):
        _, rows = select(independent, number, 5, 0.4, 0.05, 10**6)
        right += int(np.argmax(rows[:15].sum(axis=0)) == 4)
    assert right < FEWEST


def naive_kim_nelson(rows: np.ndarray, delta: float, error: float, first: int) -> tuple[int, int]:
    """The procedure as the paper writes it, in means rather than sums."""
    k = rows.shape[1]
    eta = 0.5 * ((2 * error / (k - 1)) ** (-2 / (first - 1)) - 1)
    h2 = 2 * eta * (first - 1)
    differences = rows[:first, :, None] - rows[:first, None, :]
    s2 = differences.var(axis=0, ddof=1)
    left, r = set(range(k)), first
    while True:
        means = rows[:r].mean(axis=0)
        width = np.maximum(0, delta / (2 * r) * (h2 * s2 / delta**2 - r))
        left = {i for i in left if all(means[i] >= means[j] - width[i, j] for j in left if j != i)}
        if len(left) == 1:
            return left.pop(), r
        r += 1


def test_it_is_the_published_procedure() -> None:
    for number in range(30):
        found, rows = select(common, number, 4, 0.3, 0.1, 10**6)
        more = np.random.default_rng(number).normal(size=(5, 4))
        assert (found.best, found.observations) == naive_kim_nelson(
            np.vstack([rows, more]), 0.3, 0.1, 15
        )


def test_a_selection_that_is_cut_short_says_so() -> None:
    found, _ = select(independent, 0, 5, 0.01, 0.05, 40)
    assert not found.sure
    assert found.observations == 40
    assert len(found.left) > 1
    assert found.best in found.left


def test_one_system_needs_no_selection() -> None:
    def never(system: int, observation: int) -> float:
        raise AssertionError((system, observation))

    assert kim_nelson(never, 1, 0.1, 0.05, 10, 100).best == 0


def test_equal_constants_come_to_an_end() -> None:
    found = kim_nelson(lambda _system, _n: 2.0, 3, 0.1, 0.05, 5, 10**6)
    assert found.sure
    assert found.observations == 5


# --- The sign of a mean --------------------------------------------------------------------------


def test_the_triangle_by_hand() -> None:
    # n0 = 5, error 0.005: η = (0.01^(−1/2) − 1) / 2 = 4.5; height = 4.5 · 4 · 9 / 0.5, slope 0.25.
    region = triangle(9.0, 5, 0.5, 0.005)
    assert region.height == pytest.approx(4.5 * 4 * 9 / 0.5)
    assert region.slope == 0.25
    assert region.open_at(100) == pytest.approx(324 - 25)
    assert region.open_at(region.end + 1) == 0


def sign(values: np.ndarray, delta: float, error: float, first: int) -> tuple[int, int]:
    """Look at the values as they would come: as many as asked for, until there is an answer."""
    count = first
    while True:
        found = sign_of_mean(values[:count], delta, error, first)
        if found.sign:
            return found.sign, found.after
        assert count < found.needed <= len(values)
        count = found.needed


@pytest.mark.parametrize("above", [True, False])
@pytest.mark.parametrize("kind", [independent, skewed])
def test_the_sign_is_right_as_often_as_promised(kind: Draw, above: bool) -> None:
    delta, right, needed = 0.3, 0, []
    for number in range(SELECTIONS):
        rng = np.random.default_rng([11, number])
        values = kind(rng, 4000) + (delta if above else -delta)
        answer, after = sign(values, delta, 0.05, 12)
        right += answer == (1 if above else -1)
        needed.append(after)
    assert right >= FEWEST
    # On the average it takes the observations that a sum of this drift needs to leave the region.
    eta = (0.1 ** (-2 / 11) - 1) / 2
    assert np.mean(needed) < 2 * eta * 11 / delta**2
    assert np.mean(needed) > 0.5 * eta * 11 / delta**2 / 1.5


def test_the_answer_does_not_depend_on_how_many_come_at_once() -> None:
    for number in range(50):
        values = np.random.default_rng([13, number]).normal(0.1, 1, 4000)
        one_by_one = next(
            found
            for count in range(10, 4001)
            if (found := sign_of_mean(values[:count], 0.2, 0.05, 10)).sign
        )
        assert (one_by_one.sign, one_by_one.after) == sign(values, 0.2, 0.05, 10)


def test_clear_cases_take_the_first_stage_and_constants_nothing_more() -> None:
    rng = np.random.default_rng(3)
    assert sign(rng.normal(5, 0.1, 100), 0.1, 0.01, 10) == (1, 10)
    assert sign(rng.normal(-5, 0.1, 100), 0.1, 0.01, 10) == (-1, 10)
    assert sign(np.zeros(10), 0.1, 0.01, 10) == (1, 10)  # a target that is just met is met
    assert sign(np.full(10, -1e-3), 0.1, 0.01, 10) == (-1, 10)
