"""The modified offered load against closed forms and numerical integration."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate, stats

from supportsim.queueing import offered_load

DAY = 1440.0
GAMMA = 2 * math.pi / DAY
MEAN, SWING = 2.0, 1.6
"""Arrivals a minute: λ(t) = 2 + 1.6 sin(γt)."""
TIMES = np.arange(0, 2 * DAY, 37.0)


def sinusoidal() -> tuple[list[float], list[float]]:
    """Return the rate in pieces of a minute, each with the mean of its minute."""
    edges = np.arange(DAY + 1)
    area = MEAN * edges - SWING / GAMMA * np.cos(GAMMA * edges)
    return list(edges), list(np.diff(area))


def middles(count: int) -> np.ndarray:
    return (np.arange(count) + 0.5) / count


def test_deterministic_service_has_a_closed_form() -> None:
    """Eick, Massey and Whitt (1993): m(t) = λ̄s + β/γ (cos γ(t−s) − cos γt)."""
    for service in (3.0, 240.0, 2000.0):
        exact = MEAN * service + SWING / GAMMA * (
            np.cos(GAMMA * (TIMES - service)) - np.cos(GAMMA * TIMES)
        )
        found = offered_load(*sinusoidal(), [service], TIMES)
        np.testing.assert_allclose(found, exact, rtol=2e-6)


def test_exponential_service_has_a_closed_form() -> None:
    """Eick, Massey and Whitt (1993): m(t) = λ̄/μ + β (μ sin γt − γ cos γt) / (μ² + γ²)."""
    for mean in (5.0, 120.0):
        mu = 1 / mean
        exact = MEAN / mu + SWING * (mu * np.sin(GAMMA * TIMES) - GAMMA * np.cos(GAMMA * TIMES)) / (
            mu**2 + GAMMA**2
        )
        found = offered_load(*sinusoidal(), stats.expon.ppf(middles(20_000), scale=mean), TIMES)
        np.testing.assert_allclose(found, exact, rtol=2e-4)


def test_the_peak_of_the_load_lags_behind_that_of_the_rate() -> None:
    """By atan(γ/μ)/γ for exponential service (Eick, Massey and Whitt 1993)."""
    mean, times = 120.0, np.arange(0, DAY, 0.5)
    service = stats.expon.ppf(middles(5000), scale=mean)
    found = times[np.argmax(offered_load(*sinusoidal(), service, times))]
    assert found - DAY / 4 == pytest.approx(math.atan(GAMMA * mean) / GAMMA, abs=2)


def test_steps_and_lognormal_service_by_numerical_integration() -> None:
    edges, rates = [0.0, 480.0, 600.0, 1020.0, DAY], [0.1, 3.0, 1.2, 0.4]
    law = stats.lognorm(0.7, scale=25.0)
    found = offered_load(edges, rates, law.ppf(middles(20_000)), [490.0, 601.0, 1200.0, 2 * DAY])

    def rate(at: float) -> float:
        return rates[int(np.searchsorted(edges, at % DAY, side="right")) - 1]

    for time, load in zip([490.0, 601.0, 1200.0, 2 * DAY], found, strict=True):
        jumps = [time - (edge + day) for day in (-DAY, 0, DAY, 2 * DAY) for edge in edges[:-1]]
        exact, _ = integrate.quad(
            lambda age, now=time: rate(now - age) * law.sf(age),
            0,
            DAY,
            points=sorted(jump for jump in jumps if 0 < jump < DAY),
            limit=200,
        )
        assert load == pytest.approx(exact, rel=2e-3)


def test_a_constant_rate_offers_its_rate_times_the_mean_service() -> None:
    service = stats.lognorm(1.2, scale=7.0).ppf(middles(1000))
    found = offered_load([0, 60], [1.5], service, np.arange(0, 500, 7.3))
    np.testing.assert_allclose(found, 1.5 * service.mean(), rtol=1e-12)


def test_over_a_period_the_mean_load_is_the_work_that_arrives() -> None:
    """Little's law."""
    edges, rates = [0.0, 100.0, 130.0, 700.0], [0.0, 4.0, 0.7]
    service = np.array([5.0, 900.0, 40.0])
    times = np.arange(0.05, 700, 0.1)
    mean_rate = np.dot(rates, np.diff(edges)) / 700
    found = offered_load(edges, rates, service, times).mean()
    assert found == pytest.approx(mean_rate * service.mean(), rel=1e-5)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"edges": [0, 60, 60]}, "increase"),
        ({"edges": [1, 60, 90]}, "begin at 0"),
        ({"edges": [0, 60]}, "one more than rates"),
        ({"rates": [1.0, -1.0]}, "rates must be finite and 0 or more"),
        ({"service_times": []}, "service_times"),
        ({"service_times": [math.nan]}, "service_times"),
        ({"times": [-1.0]}, "times must be finite and 0 or more"),
    ],
)
def test_bad_input_is_refused(change: dict[str, list[float]], reason: str) -> None:
    given = {"edges": [0, 60, 90], "rates": [1.0, 2.0], "service_times": [3.0], "times": [5.0]}
    with pytest.raises(ValueError, match=reason):
        offered_load(**given | change)  # type: ignore[arg-type]
