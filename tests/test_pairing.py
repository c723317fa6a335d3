"""Paired differences, Holm's tests and simultaneous intervals, each against another way to them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from itertools import chain, combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from small_runs import small_scenario
from supportsim.measures import Asked, Observation, find
from supportsim.stats import Difference, Pair, holm, pair_of, simultaneous
from supportsim.studies import run
from supportsim.studies.run import Replication
from supportsim.tables import Floats

WAIT, MEDIAN = "portal.wait", "portal.first_response_time_median"
OF_PORTAL = (WAIT, MEDIAN, "portal.response_rate", "portal.backlog_open")


def asked(measure: str) -> Asked:
    return find(measure, small_scenario())


def averages(values: Sequence[float] | Floats) -> list[Observation]:
    """Return observations whose estimate is the mean of the values."""
    return [Observation(float(value), 1.0) for value in values]


def pair(base: Sequence[float] | Floats, alternative: Sequence[float] | Floats) -> Pair:
    return pair_of(asked(WAIT).measure, averages(base), averages(alternative))


def plausible(successes: int, trials: int, chance: float) -> bool:
    """Return whether so many successes may come of a chance, in 999 of 1000 cases."""
    interval = stats.binomtest(successes, trials).proportion_ci(0.999)
    return bool(interval.low <= chance <= interval.high)


def naive_holm(p_values: Sequence[float]) -> list[float]:
    """Return adjusted p values by the closed test: one for each set of hypotheses (Bonferroni)."""
    numbers = range(len(p_values))
    sets = chain.from_iterable(combinations(numbers, n) for n in range(1, len(p_values) + 1))
    of_set = {one: min(1.0, len(one) * min(p_values[i] for i in one)) for one in sets}
    return [max(p for one, p in of_set.items() if number in one) for number in numbers]


class TestHolm:
    def test_an_example_worked_by_hand(self) -> None:
        # Sorted: 0.005 × 4 = 0.02; 0.01 × 3 = 0.03; 0.03 × 2 = 0.06; 0.04 × 1, no less than 0.06.
        adjusted = holm(np.array([0.01, 0.04, 0.03, 0.005]))
        assert adjusted == pytest.approx([0.03, 0.06, 0.06, 0.02], rel=1e-15)

    @given(st.lists(st.floats(0, 1), min_size=1, max_size=7))
    def test_it_is_the_closed_test(self, p_values: list[float]) -> None:
        assert holm(np.array(p_values)) == pytest.approx(naive_holm(p_values), rel=1e-12)

    def test_what_is_unknown_counts_and_stays_unknown(self) -> None:
        adjusted = holm(np.array([0.01, math.nan, 0.02]))
        assert adjusted == pytest.approx([0.03, math.nan, 0.04], nan_ok=True)

    def test_of_none_and_of_certain_ones(self) -> None:
        assert holm(np.zeros(0)).shape == (0,)
        assert holm(np.array([0.0, 1.0, 1.0])).tolist() == [0, 1, 1]


class TestPair:
    def test_of_means_is_the_paired_t_test(self) -> None:
        noise = np.random.default_rng(1)
        base = noise.normal(20, 5, 12)
        alternative = base + noise.normal(1, 2, 12)
        found, reference = pair(base, alternative), stats.ttest_rel(alternative, base)
        assert found.difference == pytest.approx(np.mean(alternative - base))
        assert found.p_value == pytest.approx(reference.pvalue, rel=1e-9)
        (one,) = simultaneous([found], 0.9)
        assert (one.low, one.high) == pytest.approx(reference.confidence_interval(0.9), rel=1e-9)
        assert one.p_value == found.p_value

    def test_its_variance_reduction_is_that_of_the_variances(self) -> None:
        base, alternative = [1.0, 2.0, 3.0, 6.0], [2.0, 3.0, 5.0, 7.0]
        # Variances 14/3 and 59/12, of the differences 1, 1, 2, 1: 1/4.
        assert pair(base, alternative).variance_reduction == pytest.approx((14 / 3 + 59 / 12) * 4)

    def test_of_ratios_has_the_error_of_the_delta_method(self) -> None:
        noise = np.random.default_rng(2)
        sizes = noise.uniform(5, 15, (2, 400))
        sums = sizes * [[3.0], [4.0]] + noise.normal(0, 2, 400) + noise.normal(0, 1, (2, 400))
        sides = [
            [Observation(*row) for row in zip(one.tolist(), size.tolist(), strict=True)]
            for one, size in zip(sums, sizes, strict=True)
        ]
        found = pair_of(asked(WAIT).measure, *sides)
        # The jackknife, which leaves out one pair at a time.
        left = (sums.sum(axis=1, keepdims=True) - sums) / (sizes.sum(axis=1, keepdims=True) - sizes)
        differences = left[1] - left[0]
        jackknife = math.sqrt(399 / 400 * np.sum((differences - differences.mean()) ** 2))
        assert found.error == pytest.approx(jackknife, rel=0.01)

    def test_of_the_same_is_exactly_nothing(self) -> None:
        values = [0.1, 0.7, 0.2]
        (same,) = simultaneous([pair(values, values)], 0.95)
        assert (same.pair.difference, same.low, same.high) == (0, 0, 0)
        assert (same.p_value, same.differs) == (1, False)
        assert same.pair.variance_reduction == math.inf

    @pytest.mark.parametrize("constant", [0.0, 0.3, 1e9 / 3])
    def test_without_any_noise(self, constant: float) -> None:
        (same, other) = simultaneous([pair([constant] * 7, [constant] * 7)] * 2, 0.95)
        assert same == other
        assert (same.low, same.pair.difference, same.high, same.p_value) == (0, 0, 0, 1)
        assert math.isnan(same.pair.variance_reduction)

    def test_a_constant_difference_is_certain(self) -> None:
        base = [0.1, 0.7, 0.2, 0.4, 0.9]
        (found,) = simultaneous([pair(base, [value + 0.3 for value in base])], 0.95)
        assert found.pair.difference == pytest.approx(0.3, rel=1e-12)
        assert found.low == found.pair.difference == found.high
        assert (found.p_value, found.differs) == (0, True)

    def test_rounding_errors_are_no_difference(self) -> None:
        base = [0.1, 0.7, 0.2, 0.4, 0.9]
        (found,) = simultaneous([pair(base, [value * (1 + 2e-16) for value in base])], 0.95)
        assert (found.low, found.high, found.p_value, found.differs) == (0, 0, 1, False)

    def test_of_one_replication_has_no_interval(self) -> None:
        (found,) = simultaneous([pair([1.0], [3.0])], 0.95)
        assert found.pair.difference == 2
        assert np.isnan([found.low, found.high, found.p_value]).all()
        assert found.differs is None

    def test_of_nothing_is_unknown(self) -> None:
        nothing = [Observation(0.0, 0.0)] * 4
        found = pair_of(asked(WAIT).measure, nothing, averages([1, 2, 3, 4]))
        (one,) = simultaneous([found], 0.95)
        assert np.isnan([found.difference, one.low, one.high, one.p_value]).all()

    def test_replications_that_are_no_pairs_are_refused(self) -> None:
        with pytest.raises(ValueError, match="3 and 2 replications do not come in pairs"):
            pair([1.0, 2.0, 3.0], [1.0, 2.0])


class TestSimultaneous:
    def test_intervals_share_the_error_equally(self) -> None:
        noise = np.random.default_rng(3)
        sides = noise.normal(0, 1, (4, 2, 9))
        found = simultaneous([pair(*side) for side in sides], 0.92)
        for one, (base, alternative) in zip(found, sides, strict=True):
            alone = stats.ttest_rel(alternative, base).confidence_interval(1 - 0.08 / 4)
            assert (one.low, one.high) == pytest.approx(alone, rel=1e-9)

    @given(st.lists(st.tuples(st.floats(-9, 9), st.floats(0.1, 2)), min_size=1, max_size=9))
    def test_tests_tell_all_that_intervals_tell(self, given: list[tuple[float, float]]) -> None:
        pairs = [Pair(0, difference, difference, error, 1, 10) for difference, error in given]
        for one in simultaneous(pairs, 0.95):
            assert one.differs or one.low <= 0 <= one.high

    def test_the_more_are_asked_for_the_wider_they_are(self) -> None:
        one = Pair(1.0, 2.0, 1.0, 0.4, 1.0, 10)
        reaches = [simultaneous([one] * count, 0.95)[0].high - 1 for count in (1, 5, 25)]
        expected = [0.4 * stats.t.ppf(1 - 0.025 / count, 9) for count in (1, 5, 25)]
        assert reaches == pytest.approx(expected)


FAMILIES = 1000


def families(effects: Sequence[float], seed: int) -> list[tuple[Difference, ...]]:
    """Return many families of differences with known effects, of 8 pairs with common noise.

    The differences of one family do not depend on each other, so that the chance of an error is
    known exactly, and is the largest possible but for a hair.
    """
    noise = np.random.default_rng(seed)
    common = noise.normal(0, 3, (FAMILIES, len(effects), 1, 8))
    sides = common + noise.normal(0, 1, (FAMILIES, len(effects), 2, 8))
    sides[:, :, 1] += np.array(effects)[:, None]
    return [simultaneous([pair(*one) for one in family], 0.95) for family in sides]


class TestErrorRates:
    def test_where_nothing_differs(self) -> None:
        found = families([0, 0, 0, 0], seed=4)
        wrong = sum(any(one.differs for one in family) for family in found)
        outside = sum(any(not one.low <= 0 <= one.high for one in family) for family in found)
        expected = 1 - (1 - 0.05 / 4) ** 4
        assert wrong == outside  # the first step of Holm is that of the intervals
        assert plausible(wrong, FAMILIES, expected)
        assert not plausible(wrong, FAMILIES, 1 - 0.95**4)  # without adjustment

    @pytest.mark.parametrize("day", [0.48, 0.5])
    def test_of_a_median_beside_a_gap(self, day: float) -> None:
        # Answers take up to an hour by day and a night's wait else: half of the width of the
        # interval, which is long to the side of the gap only, would be wrong in 30 to 45 %.
        noise = np.random.default_rng(9)
        wrong, trials = 0, 300
        for _ in range(trials):
            hours = noise.uniform(0, 1, (2, 10, 60)) + 14 * (noise.random((2, 10, 60)) > day)
            sides = [[Observation(math.nan, math.nan, one) for one in side] for side in hours]
            (found,) = simultaneous([pair_of(asked(MEDIAN).measure, *sides)], 0.95)
            wrong += bool(found.differs)
        assert stats.binomtest(wrong, trials, 0.06, alternative="greater").pvalue > 0.001

    def test_where_some_differ(self) -> None:
        effects = [0.0, 0.0, 60.0, -60.0]
        found = families(effects, seed=5)
        # The large differences are always found, and leave all of the error to the two others.
        assert all(family[2].differs and family[3].differs for family in found)
        wrong = sum(any(one.differs for one in family[:2]) for family in found)
        assert plausible(wrong, FAMILIES, 1 - (1 - 0.05 / 2) ** 2)
        covered = sum(
            all(one.low <= effect <= one.high for one, effect in zip(family, effects, strict=True))
            for family in found
        )
        assert plausible(covered, FAMILIES, (1 - 0.05 / 4) ** 4)

    def test_intervals_at_the_levels_of_the_steps_would_not_hold_at_once(self) -> None:
        # Why intervals do not follow the steps of the tests: docs/decisions/0007-comparisons.md.
        # Ten differences of 3.9 standard errors: each interval as wide as the step at which its
        # own test stood, the last tested at the full 5 %.
        noise = np.random.default_rng(6)
        effect, count = 3.92, 10
        drawn = noise.normal(effect, 1, (20_000, count))
        order = np.argsort(-np.abs(drawn), axis=1)
        limits = stats.norm.isf(0.025 / np.arange(count, 0, -1))
        ordered = np.take_along_axis(drawn, order, axis=1)
        rejected = np.cumprod(np.abs(ordered) > limits, axis=1).astype(bool)
        left = count - rejected.sum(axis=1)  # those that are not rejected share 5 % among them
        reach = np.where(rejected, limits, stats.norm.isf(0.025 / np.maximum(left, 1))[:, None])
        by_steps = np.all(np.abs(ordered - effect) <= reach, axis=1).mean()
        assert by_steps < 0.88
        equally = np.all(np.abs(drawn - effect) <= limits[0], axis=1).mean()
        assert equally == pytest.approx((1 - 0.05 / count) ** count, abs=0.006)


POOL, TRIALS = 200, 300


@cache
def pool(per_day: int) -> tuple[Replication, ...]:
    """Return replications of the small desk, from which families of fewer are drawn."""
    changes = {"run.replications": POOL, "channels.portal.arrivals.per_day": per_day}
    return run(small_scenario().replace(changes), workers=1).replications


def pairs_of(base: Sequence[Replication], alternative: Sequence[Replication]) -> list[Pair]:
    sides = (base, alternative)
    return [
        pair_of(asked(name).measure, *([one.observations[name] for one in side] for side in sides))
        for name in OF_PORTAL
    ]


class TestSimulatedDesk:
    """Families from a real desk: ratios, a time average and a quantile of 20 replications each."""

    def test_where_nothing_differs_but_the_seeds(self) -> None:
        noise = np.random.default_rng(7)
        wrong = 0
        for _ in range(TRIALS):
            drawn = [pool(5)[i] for i in noise.permutation(POOL)[:40]]
            found = simultaneous(pairs_of(drawn[:20], drawn[20:]), 0.95)
            wrong += any(one.differs for one in found)
        # The measures hang together, so that errors are somewhat rarer than the 5 % allowed.
        assert stats.binomtest(wrong, TRIALS, 0.05, alternative="greater").pvalue > 0.001
        assert stats.binomtest(wrong, TRIALS, 0.012, alternative="less").pvalue > 0.001

    def test_intervals_hold_where_more_tickets_come(self) -> None:
        noise = np.random.default_rng(8)
        truth = [one.difference for one in pairs_of(pool(5), pool(8))]
        covered = 0
        for _ in range(TRIALS):
            chosen = noise.integers(0, POOL, 20).tolist()
            sides = [[pool(per_day)[i] for i in chosen] for per_day in (5, 8)]
            found = simultaneous(pairs_of(*sides), 0.95)
            covered += all(o.low <= t <= o.high for o, t in zip(found, truth, strict=True))
        assert stats.binomtest(covered, TRIALS, 0.95, alternative="less").pvalue > 0.001
        assert stats.binomtest(covered, TRIALS, 0.995, alternative="greater").pvalue > 0.001
