"""Estimates whose intervals hold what they promise, and the rules for stopping and warming up."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import signal, stats

from supportsim.measures import MEASURES, Observation
from supportsim.stats import (
    SHORTEST,
    enough_replications,
    estimate,
    mser5,
    quantile_estimate,
    ratio_estimate,
    relative_half_width,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from supportsim.stats import Estimate
    from supportsim.tables import Floats

EXPERIMENTS = 2000
"""A coverage of 95 % is then known to 1 percentage point (1.96 × √(0.95 × 0.05 / 2000))."""


def coverage(experiment: Callable[[np.random.Generator], Estimate], exact: float) -> float:
    """Return the share of simulated experiments whose interval contains the exact value."""
    random = np.random.default_rng(1)
    results = (experiment(random) for _ in range(EXPERIMENTS))
    return sum(result.low <= exact <= result.high for result in results) / EXPERIMENTS


# --- Ratios --------------------------------------------------------------------------------------


def normal_ratio(random: np.random.Generator, count: int, correlation: float) -> Estimate:
    """Estimate 5 from numerators of mean 500 and denominators of mean 100, by replication."""
    x, y = random.standard_normal((2, count))
    denominators = 100 + 10 * x
    numerators = 500 + 60 * (correlation * x + math.sqrt(1 - correlation**2) * y)
    return ratio_estimate(numerators, denominators)


def congested_ratio(random: np.random.Generator, count: int) -> Estimate:
    """Estimate 1.04: the more tickets there are, the longer is the wait of each."""
    tickets = random.poisson(25, count).astype(float)
    # E[n × n/25] / E[n] = (25² + 25) / 25² = 1.04.
    waits = random.gamma(tickets, tickets / 25)
    return ratio_estimate(waits, tickets)


def skewed_ratio(random: np.random.Generator, count: int) -> Estimate:
    """Estimate 1, the mean of lognormal times of CV 1.3, about 30 to a replication."""
    tickets = random.poisson(30, count)
    owner = np.repeat(np.arange(count), tickets)
    times = random.lognormal(-0.5, 1.0, len(owner))
    return ratio_estimate(np.bincount(owner, times, count), tickets.astype(float))


def rare_share(random: np.random.Generator, count: int) -> Estimate:
    """Estimate 0.05, a share of about 200 tickets a replication, worse on a bad day."""
    tickets = random.poisson(200, count)
    given_up = random.binomial(tickets, random.beta(5, 95, count))
    return ratio_estimate(given_up.astype(float), tickets.astype(float))


@pytest.mark.parametrize("count", [20, 30])
@pytest.mark.parametrize(
    ("experiment", "exact"),
    [
        (lambda random, count: normal_ratio(random, count, 0.9), 5.0),
        (lambda random, count: normal_ratio(random, count, -0.9), 5.0),
        (congested_ratio, 1.04),
        (skewed_ratio, 1.0),
        (rare_share, 0.05),
    ],
    ids=["correlated", "anticorrelated", "congested", "skewed", "rare"],
)
def test_19_of_20_ratio_intervals_contain_the_truth(
    experiment: Callable[[np.random.Generator, int], Estimate], exact: float, count: int
) -> None:
    assert 0.935 <= coverage(lambda random: experiment(random, count), exact) <= 0.965


def test_with_equal_denominators_a_ratio_is_the_mean_with_students_interval() -> None:
    values = np.random.default_rng(1).gamma(2.0, 3.0, 12)
    found = ratio_estimate(7 * values, np.full(12, 7.0))
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert found.mean == pytest.approx(values.mean(), rel=1e-12)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), rel=1e-12)
    assert found.half_width == pytest.approx((expected.high - expected.low) / 2, rel=1e-12)
    assert found.replications == 12
    narrow = ratio_estimate(7 * values, np.full(12, 7.0), confidence=0.5)
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.5)
    assert (narrow.low, narrow.high) == pytest.approx((expected.low, expected.high), rel=1e-12)


def test_ratio_by_hand() -> None:
    # 12 / 6 = 2; residuals 3 − 2, 4 − 4, 5 − 6 = 1, 0, −1, of variance 1; its standard error is
    # √(1/3) / (6/3) = 0.28868; t with 2 degrees of freedom is 4.30265.
    found = ratio_estimate(np.array([3.0, 4.0, 5.0]), np.array([1.0, 2.0, 3.0]))
    assert found.mean == 2.0
    assert found.half_width == pytest.approx(4.302653 * 0.2886751, rel=1e-6)


def test_who_has_no_denominator_counts_with_what_the_others_have() -> None:
    # A replication without tickets adds nothing to either sum: 6 / 3.
    found = ratio_estimate(np.array([2.0, 0.0, 4.0]), np.array([1.0, 0.0, 2.0]))
    assert (found.mean, found.half_width, found.replications) == (2.0, 0.0, 3)


@pytest.mark.parametrize("count", [0, 1, 5])
def test_a_ratio_of_nothing_is_unknown(count: int) -> None:
    found = ratio_estimate(np.zeros(count), np.zeros(count))
    assert np.isnan([found.mean, found.low, found.high, found.half_width]).all()
    assert found.replications == count


def test_one_replication_has_a_mean_and_no_interval() -> None:
    found = ratio_estimate(np.array([6.0]), np.array([4.0]))
    assert (found.mean, found.replications) == (1.5, 1)
    assert np.isnan([found.low, found.high]).all()


# --- Quantiles -----------------------------------------------------------------------------------


def quantile_of_bad_days(
    random: np.random.Generator, count: int, level: float, tickets: int
) -> Estimate:
    """Estimate a quantile of times that are exponential, at a rate that varies with the day.

    With a gamma rate of mean 1 and shape 25, P(time > x) = (1 + x/25)^−25.
    """
    rates = random.gamma(25.0, 1 / 25, count)
    sizes = random.poisson(tickets, count)
    samples = [random.exponential(1 / rate, n) for rate, n in zip(rates, sizes, strict=True)]
    return quantile_estimate(samples, level)


@pytest.mark.parametrize("tickets", [60, 500])
@pytest.mark.parametrize("count", [20, 30])
@pytest.mark.parametrize("level", [0.5, 0.9])
def test_19_of_20_quantile_intervals_contain_the_truth(
    level: float, count: int, tickets: int
) -> None:
    exact = 25 * ((1 - level) ** (-1 / 25) - 1)
    found = coverage(lambda random: quantile_of_bad_days(random, count, level, tickets), exact)
    assert 0.935 <= found <= 0.965


def woodruff(samples: list[Floats], level: float, confidence: float) -> list[float]:
    """Return the quantile and the ends of its interval, straight from the definition."""
    pooled, count = np.concatenate(samples), len(samples)
    quantile = np.quantile(pooled, level)
    below = [np.sum(sample <= quantile) for sample in samples]
    share = sum(below) / len(pooled)
    size = len(pooled) / count
    influence = [(n - share * len(sample)) / size for n, sample in zip(below, samples, strict=True)]
    reach = stats.t.ppf((1 + confidence) / 2, count - 1) * stats.sem(influence)
    ends = [max(0.0, level - reach), min(1.0, level + reach)]
    return [float(quantile), *np.quantile(pooled, ends).tolist()]


@pytest.mark.parametrize("level", [0.0, 0.25, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("confidence", [0.5, 0.95])
def test_a_quantile_is_that_of_all_and_its_interval_woodruffs(
    level: float, confidence: float
) -> None:
    random = np.random.default_rng(1)
    samples = [np.round(random.exponential(10, n)) for n in (7, 0, 12, 1, 30)]  # with ties
    found = quantile_estimate(samples, level, confidence)
    expected = woodruff(samples, level, confidence)
    assert [found.mean, found.low, found.high] == pytest.approx(expected, rel=1e-12)
    assert found.replications == 5


def test_quantile_by_hand() -> None:
    # All: the squares of 1 … 60, median (30² + 31²) / 2 = 930.5. Of the 20 in each replication 11,
    # 10 and 9 are below: residuals 1, 0, −1, of variance 1, so that the share of 30 / 60 has the
    # standard error √(1/3) / 20 = 0.0288675; times 4.302653 it is 0.1242069. Of the 59 steps from
    # first to last the ends are 59 × (0.5 ∓ 0.1242069), 22.171793 and 36.828207, after the first:
    # from 23² = 529 0.171793 of the way to 24² = 576, and from 37² = 1369 0.828207 to 38² = 1444.
    parts = [[*range(1, 12), *range(31, 40)], [*range(12, 22), *range(40, 50)]]
    parts.append([*range(22, 31), *range(50, 61)])
    found = quantile_estimate([np.array(part[::-1], np.float64) ** 2 for part in parts], 0.5)
    assert found.mean == 930.5
    assert found.low == pytest.approx(537.0743, rel=1e-6)
    assert found.high == pytest.approx(1431.1155, rel=1e-6)
    assert found.replications == 3


def test_an_interval_ends_with_the_values_there_are() -> None:
    # 2, 1 and 0 of 2 are below 3.5: the share is 0.5 ∓ 4.302653 × √(1/3) / 2, more than 1.
    samples = [np.array([2.0, 1.0]), np.array([3.0, 4.0]), np.array([6.0, 5.0])]
    found = quantile_estimate(samples, 0.5)
    assert (found.mean, found.low, found.high) == (3.5, 1.0, 6.0)


def test_a_quantile_of_nothing_is_unknown() -> None:
    for samples in ([], [np.zeros(0)], [np.zeros(0)] * 3):
        found = quantile_estimate(samples, 0.5)
        assert np.isnan([found.mean, found.low, found.high]).all()
        assert found.replications == len(samples)


def test_one_replication_has_a_quantile_and_no_interval() -> None:
    found = quantile_estimate([np.array([4.0, 1.0, 2.0])], 0.5)
    assert found.mean == 2.0
    assert np.isnan([found.low, found.high]).all()


def test_the_measure_says_how_it_is_estimated() -> None:
    samples = [np.array([1.0, 5.0]), np.array([2.0, 9.0])]
    observations = [Observation(3.0, 1.0, samples[0]), Observation(4.0, 3.0, samples[1])]
    for measure in MEASURES:
        found = estimate(measure, observations)
        if measure.estimator == "quantile":
            assert found == quantile_estimate(samples, measure.level)
        else:
            assert found == ratio_estimate(np.array([3.0, 4.0]), np.array([1.0, 3.0]))


# --- How many replications are enough ------------------------------------------------------------


@pytest.mark.parametrize(
    ("precisions", "expected"),
    [
        ([math.nan, 0.05, *[0.05] * 6], 3),  # not before the third
        ([math.nan, 0.2, 0.2, 0.05, *[0.05] * 5], 4),
        ([math.nan, 0.2, 0.2, 0.05, *[0.05] * 4], None),  # 4 looked ahead, not 5
        ([math.nan, 0.2, 0.05, 0.05, 0.2, 0.05, *[0.05] * 5], 6),  # narrow by chance at first
        ([math.nan, 0.2, 0.05, *[0.05] * 4, 0.2], None),
        ([math.nan, 0.2, 0.05, 0.05, math.nan, 0.05, *[0.05] * 5], 6),  # unknown is not precise
        ([math.nan, 0.2, *[0.1] * 6], 3),  # the precision itself is precise enough
        ([math.nan, 0.2, *[0.1000001] * 60], None),
        ([], None),
        ([math.nan], None),
    ],
)
def test_enough_replications_by_hand(precisions: list[float], expected: int | None) -> None:
    assert enough_replications(precisions, 0.1) == expected


@pytest.mark.parametrize(
    ("count", "ahead"), [(99, 5), (100, 5), (101, 5), (120, 6), (139, 6), (140, 7), (200, 10)]
)
def test_above_100_replications_5_of_every_hundred_are_looked_ahead(count: int, ahead: int) -> None:
    wide = [0.2] * (count - 1)
    assert enough_replications([*wide, *[0.05] * ahead], 0.1) is None
    assert enough_replications([*wide, *[0.05] * (ahead + 1)], 0.1) == count


@pytest.mark.parametrize(
    ("mean", "half_width", "expected"),
    [
        (4.0, 1.0, 0.25),
        (-4.0, 1.0, 0.25),
        (0.0, 0.0, 0.0),
        (0.0, 1.0, math.inf),
        (-4.0, 0.0, 0.0),
    ],
)
def test_precision_is_relative_to_the_size_of_the_mean(
    mean: float, half_width: float, expected: float
) -> None:
    assert relative_half_width(mean, half_width) == expected


def test_what_is_unknown_has_no_precision() -> None:
    assert math.isnan(relative_half_width(3.0, math.nan))
    assert math.isnan(relative_half_width(math.nan, math.nan))


# --- Warm-up -------------------------------------------------------------------------------------


def batches(*means: float) -> Floats:
    """Return a series of batches of five with these means, not constant within."""
    return np.concatenate([mean + np.array([-2.0, 1.0, 0.0, 3.0, -2.0]) for mean in means])


@pytest.mark.parametrize(
    ("means", "expected"),
    [
        # Squared standard errors, variance over number: of all 12: (125/12 − (17/12)²)/12 = 0.70;
        # without the first: (25/11 − (7/11)²)/11 = 0.17; of the last 10: (9/10 − (3/10)²)/10 =
        # 0.081; of the last 9: (9/9 − (3/9)²)/9 = 0.099; of fewer, where only the 3 is not 0, more.
        ((10.0, 4.0, *[0.0] * 9, 3.0), 10),
        # 12: (101/12 − (9/12)²)/12 = 0.65; 11: (1/11 − (1/11)²)/11 = 0.0075; 10: (1/10 − 1/100)/10
        # = 0.0090; of fewer, where only the −1 is not 0, more.
        ((10.0, *[0.0] * 10, -1.0), 5),
        # Nothing to cut: the first of equals.
        ((3.0,) * 12, 0),
        # The least, 0 of the last 6, lies in the second half of 14.
        ((9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, *[0.0] * 6), None),
        # In the middle, 0 of the last 7, it does not.
        ((9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0, *[0.0] * 7), 35),
        # All 14: 10/14/14 = 0.051; 13: (9/13 − 1/169)/13 = 0.0528; 12: 8/12/12 = 0.0556; between
        # 0.0556 and 0.0625 down to the last 6. That of the last 5 is 0.032, that of the last 4 0:
        # less, but of too few to be considered.
        ((*[1.0, -1.0] * 5, *[0.0] * 4), 0),
    ],
)
def test_mser5_by_hand(means: tuple[float, ...], expected: int | None) -> None:
    assert mser5(batches(*means)) == expected
    # Values that do not fill a batch do not count.
    assert mser5(np.append(batches(*means), [99.0, 99.0, 99.0, 99.0])) == expected


@pytest.mark.parametrize("size", [0, 1, 9, 10, 59])
def test_a_series_that_is_too_short_is_refused(size: int) -> None:
    assert SHORTEST == 60
    with pytest.raises(ValueError, match=f"needs 60 values, not {size}$"):
        mser5(np.zeros(size))


def test_a_series_that_is_just_long_enough_tells_something() -> None:
    assert mser5(np.ones(60)) == 0
    assert mser5(np.append(np.full(10, 5.0), np.tile([0.0, 1.0], 25))) == 10


def autoregressive(random: np.random.Generator, start: float, size: int = 500) -> Floats:
    """Return an AR(1) series with coefficient 0.8, started away from its mean of 0."""
    noise = random.standard_normal(size)
    noise[0] += start
    return np.asarray(signal.lfilter([1.0], [1.0, -0.8], noise))


def test_mser5_cuts_an_initial_transient() -> None:
    # The mean decays by 0.8 a step: from 60 to 1.7, one standard deviation, in 16 steps, and to
    # 0.17 in 27.
    random = np.random.default_rng(1)
    cuts = [
        mser5(np.mean([autoregressive(random, 60.0) for _ in range(20)], axis=0))
        for _ in range(200)
    ]
    known = [cut for cut in cuts if cut is not None]
    assert min(known) >= 15
    assert 15 <= np.median(known) <= 35
    assert np.mean([cut <= 60 for cut in known]) > 0.6


@pytest.mark.parametrize("size", [70, 100, 200, 420])
def test_mser5_sees_that_a_series_only_grows(size: int) -> None:
    random = np.random.default_rng(1)
    assert all(
        mser5(np.arange(float(size)) + autoregressive(random, 0.0, size)) is None for _ in range(50)
    )


# If the last batches were considered too, 33, 25 and 18 % of white noise, and 43, 38 and 26 % of
# the other series, would seem to have no steady state; at 1000 values it would be 12 and 16 %.
@pytest.mark.parametrize(
    ("coefficient", "size", "most"),
    [
        (0.0, 180, 0.10),
        (0.0, 240, 0.06),
        (0.0, 420, 0.03),
        (0.0, 1000, 0.01),
        (0.8, 180, 0.18),
        (0.8, 240, 0.13),
        (0.8, 420, 0.05),
        (0.8, 1000, 0.01),
    ],
)
def test_mser5_finds_the_steady_state_of_a_series_that_is_nothing_else(
    coefficient: float, size: int, most: float
) -> None:
    random = np.random.default_rng(1)
    settled = 200  # values after which nothing is left of the start at 0
    noise = random.standard_normal((400, settled + size))
    series = signal.lfilter([1.0], [1.0, -coefficient], noise)[:, settled:]
    assert np.mean([mser5(one) is None for one in series]) < most
