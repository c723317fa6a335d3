"""Distributions against SciPy's, against integrals, and against what they are given."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import integrate, stats

from supportsim.errors import ScenarioError
from supportsim.scenario.distributions import weibull_shape
from supportsim.scenario.loading import validate

if TYPE_CHECKING:
    from pathlib import Path

    from supportsim.scenario.distributions import AnyDistribution

HOUR, DAY = 60.0, 1440.0
U = np.concatenate([[0.0, 1e-12], np.linspace(0.0005, 0.9995, 1000), [1 - 1e-12]])


def of(given: Any, folder: Path | None = None) -> AnyDistribution:
    """Return the distribution that a scenario's `work = given` means."""
    shifts = [{"days": "Mon-Fri", "from": "09:00", "to": "17:00"}]
    document = {
        "name": "x",
        "channels": {"portal": {"arrivals": {"per_day": 1}, "work": given}},
        "teams": {"support": {"agents": 1, "serves": ["portal"], "shifts": shifts}},
    }
    return validate(document, "desk.toml", folder).channels["portal"].work


def refusal(given: Any, folder: Path | None = None) -> str:
    with pytest.raises(ScenarioError) as caught:
        of(given, folder)
    assert str(caught.value).isprintable()
    return str(caught.value).removeprefix("desk.toml: channels.portal.")


def moments(distribution: AnyDistribution) -> tuple[float, float]:
    """Return mean and cv by integrating the quantile function.

    The tails are integrated over −ln u and −ln(1 − u), in which they are smooth.
    """

    def power(k: int) -> float:
        def low(x: float) -> float:
            return float(distribution.quantile(np.array([math.exp(-x)]))[0] ** k) * math.exp(-x)

        def high(x: float) -> float:
            return float(distribution.quantile(np.array([-math.expm1(-x)]))[0] ** k) * math.exp(-x)

        parts = (
            integrate.quad(half, math.log(2), 36, limit=500, epsrel=1e-10)[0]
            for half in (low, high)
        )
        return math.fsum(parts)

    mean = power(1)
    return mean, math.sqrt(max(power(2) / mean**2 - 1, 0))


def lognormal(mean: float, cv: float) -> Any:
    sigma = math.sqrt(math.log(1 + cv**2))
    return stats.lognorm(sigma, scale=mean / math.sqrt(1 + cv**2))


BY_MEAN_AND_CV: list[tuple[dict[str, Any], float, float, Any]] = [
    ({"dist": "exponential", "mean": "2h"}, 2 * HOUR, 1, stats.expon(scale=2 * HOUR)),
    ({"dist": "exponential", "mean": "2h", "cv": 1}, 2 * HOUR, 1, stats.expon(scale=2 * HOUR)),
    (
        {"dist": "gamma", "mean": "3.4d", "cv": 0.46},
        3.4 * DAY,
        0.46,
        stats.gamma(0.46**-2, scale=3.4 * DAY * 0.46**2),
    ),
    ({"dist": "gamma", "mean": "10min", "cv": 2}, 10, 2, stats.gamma(0.25, scale=40)),
    ({"dist": "gamma", "mean": "10min", "cv": 0.01}, 10, 0.01, stats.gamma(1e4, scale=1e-3)),
    ({"dist": "lognormal", "mean": "3min", "cv": 0.7}, 3, 0.7, lognormal(3, 0.7)),
    ({"dist": "lognormal", "mean": "3min", "cv": 0.01}, 3, 0.01, lognormal(3, 0.01)),
    ({"dist": "weibull", "mean": "1d", "cv": 1}, DAY, 1, stats.expon(scale=DAY)),
    (
        {"dist": "weibull", "mean": "1d", "cv": math.sqrt(5)},
        DAY,
        math.sqrt(5),
        stats.weibull_min(0.5, scale=DAY / 2),
    ),
    (
        {"dist": "weibull", "mean": "1d", "cv": math.sqrt(4 / math.pi - 1)},
        DAY,
        math.sqrt(4 / math.pi - 1),
        stats.rayleigh(scale=DAY * math.sqrt(2 / math.pi)),
    ),
    (
        {"dist": "uniform", "mean": "10min", "cv": 0.5},
        10,
        0.5,
        stats.uniform(10 - 5 * math.sqrt(3), 10 * math.sqrt(3)),
    ),
    (
        {"dist": "triangular", "mean": "10min", "cv": 0.4},
        10,
        0.4,
        stats.triang(0.5, 10 - 4 * math.sqrt(6), 8 * math.sqrt(6)),
    ),
]
BY_PARAMETERS: list[tuple[dict[str, Any], float, float, Any]] = [
    ({"dist": "exponential", "rate_per_hour": 4}, 15, 1, stats.expon(scale=15)),
    ({"dist": "gamma", "shape": 4, "scale": "5min"}, 20, 0.5, stats.gamma(4, scale=5)),
    (
        {"dist": "lognormal", "median": "3min", "sigma": 0.5},
        3 * math.exp(0.125),
        math.sqrt(math.expm1(0.25)),
        stats.lognorm(0.5, scale=3),
    ),
    (
        {"dist": "weibull", "shape": 2, "scale": "1h"},
        30 * math.sqrt(math.pi),
        math.sqrt(4 / math.pi - 1),
        stats.weibull_min(2, scale=60),
    ),
    ({"dist": "uniform", "low": "1min", "high": "7min"}, 4, math.sqrt(3) / 4, stats.uniform(1, 6)),
    (
        {"dist": "triangular", "low": "1min", "mode": "2min", "high": "6min"},
        3,
        math.sqrt(21 / 162),
        stats.triang(0.2, 1, 5),
    ),
    (
        {"dist": "triangular", "low": "1min", "mode": "1min", "high": "4min"},
        2,
        math.sqrt(1 / 8),
        stats.triang(0, 1, 3),
    ),
    (
        {"dist": "triangular", "low": "0min", "mode": "3min", "high": "3min"},
        2,
        math.sqrt(1 / 8),
        stats.triang(1, 0, 3),
    ),
]
CONTINUOUS = BY_MEAN_AND_CV + BY_PARAMETERS
IDS = [" ".join(map(str, given.values()))[:30] for given, *_ in CONTINUOUS]


@pytest.mark.parametrize(("given", "mean", "cv", "oracle"), CONTINUOUS, ids=IDS)
def test_mean_cv_and_quantiles_are_exact(given: Any, mean: float, cv: float, oracle: Any) -> None:
    distribution = of(given)
    assert distribution.average == pytest.approx(mean, rel=1e-12)
    assert oracle.mean() == pytest.approx(mean, rel=1e-12)
    assert oracle.std() / oracle.mean() == pytest.approx(cv, rel=1e-9)
    assert moments(distribution) == pytest.approx((mean, cv), rel=1e-6)
    np.testing.assert_allclose(distribution.quantile(U), oracle.ppf(U), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("given", "mean", "cv", "oracle"), CONTINUOUS, ids=IDS)
def test_quantiles_rise_from_the_smallest_value(
    given: Any, mean: float, cv: float, oracle: Any
) -> None:
    quantiles = of(given).quantile(U)
    assert np.all(np.diff(quantiles) >= 0)
    assert quantiles[0] == pytest.approx(oracle.support()[0], abs=1e-9)
    assert np.all(np.isfinite(quantiles))
    assert quantiles[2] < mean < quantiles[-2]
    assert quantiles.dtype == np.float64
    assert of(given).quantile(np.zeros(0)).shape == (0,)
    assert cv > 0


@pytest.mark.parametrize(
    "given",
    [
        "3min",
        "180s",
        {"dist": "constant", "value": "3min"},
        {"dist": "constant", "mean": "3min"},
        {"dist": "constant", "mean": "3min", "cv": 0},
        *(
            {"dist": dist, "mean": "3min", "cv": 0}
            for dist in ("gamma", "lognormal", "weibull", "triangular", "uniform")
        ),
        {"dist": "lognormal", "median": "3min", "sigma": 0},
        {"dist": "triangular", "low": "3min", "mode": "3min", "high": "3min"},
        {"dist": "uniform", "low": "3min", "high": "3min"},
        {"dist": "empirical", "values": ["3min"]},
        {"dist": "empirical", "values": ["1min", "2min"], "mean": "3min", "cv": 0},
        {"dist": "empirical", "values": ["1min"], "mean": "3min", "cv": 0},
    ],
    ids=str,
)
def test_without_spread_every_value_is_the_mean(given: Any) -> None:
    distribution = of(given)
    assert distribution.average == pytest.approx(3, rel=1e-12)
    np.testing.assert_allclose(distribution.quantile(U), 3, rtol=1e-12)


@pytest.mark.parametrize(
    "given",
    [
        {"dist": dist, "mean": "0min", "cv": 1}
        for dist in ("exponential", "gamma", "lognormal", "weibull")
    ],
)
def test_a_mean_of_zero_means_no_time_at_all(given: Any) -> None:
    assert of(given).average == 0
    assert not of(given).quantile(U).any()


@pytest.mark.parametrize("cv", [0.01, 0.1, 0.5, 1, 2, 5, 20])
def test_the_weibull_shape_gives_the_cv(cv: float) -> None:
    shape = weibull_shape(cv)
    log_ratio = math.lgamma(1 + 2 / shape) - 2 * math.lgamma(1 + 1 / shape)
    assert log_ratio == pytest.approx(math.log1p(cv**2), rel=1e-8, abs=1e-12)


def test_weibull_shapes_known_in_closed_form() -> None:
    for shape in (0.5, 1.0, 2.0):
        first, second = math.gamma(1 + 1 / shape), math.gamma(1 + 2 / shape)
        cv = math.sqrt(second / first**2 - 1)
        assert weibull_shape(cv) == pytest.approx(shape, rel=1e-10)


# Measured values


def test_measured_values_are_equally_likely() -> None:
    distribution = of({"dist": "empirical", "values": ["4min", "1min", "1h", "1min"]})
    u = np.array([0, 0.2499, 0.25, 0.4999, 0.5, 0.7499, 0.75, 1 - 2**-53])
    assert distribution.quantile(u).tolist() == [1, 1, 1, 1, 4, 4, 60, 60]
    assert distribution.average == 16.5
    midpoints = (np.arange(4000) + 0.5) / 4000
    assert distribution.quantile(midpoints).mean() == pytest.approx(16.5, rel=1e-12)


def test_measured_values_are_scaled_to_a_mean_and_cv() -> None:
    values = [1.0, 2.0, 3.0, 10.0]
    texts = [f"{value}min" for value in values]
    given = {"dist": "empirical", "values": texts, "mean": "1h", "cv": 0.3}
    scaled = of(given).quantile((np.arange(4) + 0.5) / 4)
    assert scaled.mean() == pytest.approx(60, rel=1e-12)
    assert scaled.std() / scaled.mean() == pytest.approx(0.3, rel=1e-12)
    np.testing.assert_allclose(stats.zscore(scaled), stats.zscore(values), rtol=1e-12)


def test_scaling_may_reach_zero_but_not_pass_it() -> None:
    values = [0, 7.3, 8.2]  # scaled with their own cv, rounding puts the smallest at −1.4e−14
    cv = float(np.std(values) / np.mean(values))
    texts = [f"{value}min" for value in values]
    given = {"dist": "empirical", "values": texts, "mean": "66min", "cv": cv}
    assert of(given).quantile(np.array([0.0])).tolist() == [0]
    assert "some values fall below 0; lower the cv" in refusal({**given, "cv": 1.001 * cv})


def test_measured_values_stand_in_a_csv_file_beside_the_scenario(tmp_path: Path) -> None:
    (tmp_path / "times.csv").write_text(
        "handling,ticket,hours\n95min,1,0.5\n\n 1h30min ,2,2\n20s,3,1e-1\n", encoding="utf-8-sig"
    )
    csv = {"dist": "empirical", "csv": "times.csv"}
    u = (np.arange(3) + 0.5) / 3
    durations = of({**csv, "column": "handling"}, tmp_path)
    assert durations.quantile(u).tolist() == [1 / 3, 90, 95]
    hours = of({**csv, "column": "hours", "unit": "h"}, tmp_path)
    assert hours.quantile(u).tolist() == [6, 30, 120]
    minutes = of({**csv, "column": "hours"}, tmp_path)
    assert minutes.quantile(u).tolist() == [0.1, 0.5, 2]
    assert of({**csv, "column": "hours", "mean": "1h", "cv": 0.5}, tmp_path).average == 60


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"time\n1min\n2 minutes\n", 'line 3, column "time": "2 minutes" is not a duration; write'),
        (b"time\n1min\n\n\n-1\n", 'line 5, column "time": "-1" is not a duration; write'),
        (b"time\nnan\n", 'line 2, column "time": "nan" is not a duration; write'),
        (b"time\n1e400\n", 'line 2, column "time": "1e400" is not a duration; write'),
        (b"a,time\n1,2\n,\n", 'line 3, column "time": the cell is empty'),
        (b"time\n1,5\n", "line 2: more cells than the header has columns; a decimal comma"),
        (b"a,time\n1\n", 'line 2, column "time": the cell is empty'),
        (b'time\n"1min\n', "cannot be read: unexpected end of data"),
        (b"time\n", "has no row below its header"),
        (b"times,b\n1,2\n", 'has no column "time"; it has: times, b'),
        (b"", 'has no column "time"; it has: none'),
        (b"time\n\xff\n", "cannot be read: 'utf-8' codec can't decode byte 0xff"),
        (None, "cannot be read: No such file or directory"),
    ],
)
def test_what_is_wrong_in_a_csv_file_is_said_with_its_place(
    content: bytes | None, reason: str, tmp_path: Path
) -> None:
    path = tmp_path / "times.csv"
    if content is not None:
        path.write_bytes(content)
    said = refusal({"dist": "empirical", "csv": "times.csv", "column": "time"}, tmp_path)
    separator = ", " if reason.startswith("line") else " "
    assert said.startswith(f"work: {path}{separator}{reason}")


# Refused


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"dist": "constant"}, "work: give value, or mean, or mean and cv"),
        (
            {"dist": "constant", "value": "1min", "mean": "1min"},
            "work: give value, or mean, or mean and cv, not value and mean",
        ),
        (
            {"dist": "constant", "mean": "1min", "cv": 0.5},
            "work: a constant has cv = 0, not 0.5; give another dist",
        ),
        (
            {"dist": "exponential", "mean": "1min", "rate_per_hour": 60},
            "work: give mean, or mean and cv, or rate_per_hour, not mean and rate_per_hour",
        ),
        (
            {"dist": "exponential", "mean": "1min", "cv": 0.5},
            "work: an exponential has cv = 1, not 0.5; a gamma, lognormal or weibull may have it",
        ),
        ({"dist": "exponential", "rate_per_hour": 0}, "work.rate_per_hour: has to be at least"),
        ({"dist": "gamma"}, "work: give mean and cv, or shape and scale"),
        ({"dist": "gamma", "mean": "1min"}, "work: give mean and cv, or shape and scale, not mean"),
        (
            {"dist": "gamma", "mean": "1min", "cv": 1, "shape": 2, "scale": "1min"},
            "work: give mean and cv, or shape and scale, not mean and cv and shape and scale",
        ),
        ({"dist": "gamma", "mean": "1min", "cv": 0.001}, "work.cv: has to be 0 or at least 0.01"),
        ({"dist": "gamma", "mean": "1min", "cv": -1}, "work.cv: has to be at least 0, not -1"),
        ({"dist": "gamma", "mean": "1min", "cv": 21}, "work.cv: has to be at most 20, not 21"),
        ({"dist": "gamma", "shape": 0, "scale": "1min"}, "work.shape: has to be at least 0.0025"),
        ({"dist": "gamma", "shape": 1, "scale": "0s"}, 'work.scale: has to be more than "0min"'),
        ({"dist": "gamma", "mean": "5201w", "cv": 1}, 'work.mean: has to be at most "36400d"'),
        (
            {"dist": "lognormal", "mean": "1min", "sigma": 1},
            "work: give mean and cv, or median and sigma, not mean and sigma",
        ),
        ({"dist": "weibull", "mean": "1min", "cv": 0.009}, "work.cv: has to be 0 or at least 0.01"),
        (
            {"dist": "weibull", "shape": 1},
            "work: give mean and cv, or shape and scale, not shape",
        ),
        (
            {"dist": "triangular", "low": "1min", "high": "2min"},
            "work: give low and mode and high, or mean and cv, not low and high",
        ),
        (
            {"dist": "triangular", "low": "1min", "mode": "3min", "high": "2min"},
            "work: low, mode and high have to be in this order",
        ),
        (
            {"dist": "triangular", "mean": "1min", "cv": 0.41},
            "work: a symmetric triangular distribution with cv = 0.41, above 0.408, goes below 0",
        ),
        (
            {"dist": "uniform", "mean": "1min", "cv": 0.58},
            "work: a uniform distribution with cv = 0.58, above 0.577, goes below 0; lower the cv",
        ),
        ({"dist": "uniform", "low": "2min", "high": "1min"}, "work: low has to be at most high"),
        ({"dist": "empirical"}, "work: give values, or csv and column"),
        ({"dist": "empirical", "column": "x"}, "work: give values, or csv and column"),
        (
            {"dist": "empirical", "values": ["1min"], "csv": "x", "column": "y"},
            "work: give values, or csv and column",
        ),
        ({"dist": "empirical", "values": []}, "work.values: has to have at least 1 item, not 0"),
        ({"dist": "empirical", "csv": "x"}, "work: csv has to name a file, and column one of"),
        (
            {"dist": "empirical", "csv": "x", "column": "y", "unit": "m"},
            'work: unit has to be one of s, min, h, d, w, not "m"',
        ),
        (
            {"dist": "empirical", "values": ["1min"], "unit": "h"},
            "work: unit is for the numbers of a csv; values are durations",
        ),
        (
            {"dist": "empirical", "values": ["1min"], "mean": "2min"},
            "work: to scale the values, give mean and cv both",
        ),
        (
            {"dist": "empirical", "values": ["1min", "1min"], "mean": "2min", "cv": 0.5},
            "work: values that are all equal cannot be given a cv",
        ),
    ],
)
def test_parameters_that_do_not_fit_are_refused(given: Any, reason: str) -> None:
    assert refusal(given).startswith(reason)
