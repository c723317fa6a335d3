"""One server, any distribution of service time: with and without priorities.

Rates are per any one unit of time; times come back in that unit. `cv` is the coefficient of
variation, standard deviation over mean: 0 for a constant, 1 for the exponential distribution.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from supportsim.queueing._checks import not_negative, positive, vectors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from supportsim.tables import Floats


def mg1_mean_wait(arrival_rate: float, service_mean: float, service_cv: float) -> float:
    """Return the mean wait before service in M/G/1; M/M/1 at a CV of 1 and M/D/1 at 0.

    Parameters
    ----------
    arrival_rate
        Arrivals per unit of time.
    service_mean, service_cv
        Mean, above 0, and coefficient of variation of the service time.

    Raises
    ------
    ValueError
        If an input is out of range, or the load is 1 or more.

    Notes
    -----
    Source: F. Pollaczek (1930), "Über eine Aufgabe der Wahrscheinlichkeitstheorie";
    A. Y. Khinchine (1932), "Mathematical theory of a stationary queue".
    """
    not_negative(arrival_rate=arrival_rate, service_cv=service_cv)
    positive(service_mean=service_mean)
    return float(cobham_mean_waits([arrival_rate], [service_mean], [service_cv])[0])


def cobham_mean_waits(
    arrival_rates: Sequence[float] | Floats,
    service_means: Sequence[float] | Floats,
    service_cvs: Sequence[float] | Floats,
) -> Floats:
    """Return the mean wait before service of each class in M/G/1, service never interrupted.

    Parameters
    ----------
    arrival_rates, service_means, service_cvs
        One number for each class, most urgent first.

    Returns
    -------
    Floats
        Mean waits, shape (classes,), most urgent first.

    Raises
    ------
    ValueError
        If an input is out of range or differs in length, or the whole load is 1 or more.

    Notes
    -----
    Source: A. Cobham (1954), "Priority assignment in waiting line problems".
    """
    loads, residuals, _ = _classes(arrival_rates, service_means, service_cvs)
    through = np.cumsum(loads)
    return float(residuals.sum()) / ((1 - through) * (1 - (through - loads)))


def preemptive_mean_times(
    arrival_rates: Sequence[float] | Floats,
    service_means: Sequence[float] | Floats,
    service_cvs: Sequence[float] | Floats,
) -> Floats:
    """Return the mean time in the system of each class in M/G/1 with preemptive resume.

    A more urgent arrival interrupts the service of a less urgent customer, which later goes on
    where it was.

    Parameters
    ----------
    arrival_rates, service_means, service_cvs
        One number for each class, most urgent first.

    Returns
    -------
    Floats
        Mean times from arrival to departure, shape (classes,), most urgent first.

    Raises
    ------
    ValueError
        If an input is out of range or differs in length, or the whole load is 1 or more.

    Notes
    -----
    Source: L. Kleinrock (1976), "Queueing Systems, volume 2: Computer Applications", chapter 3.
    """
    loads, residuals, means = _classes(arrival_rates, service_means, service_cvs)
    through = np.cumsum(loads)
    free = 1 - (through - loads)  # share of the time left by the more urgent classes
    return means / free + np.cumsum(residuals) / ((1 - through) * free)


def _classes(
    arrival_rates: Sequence[float] | Floats,
    service_means: Sequence[float] | Floats,
    service_cvs: Sequence[float] | Floats,
) -> tuple[Floats, Floats, Floats]:
    """Return the load of each class, its mean residual work in service, and its mean service."""
    rates, means, cvs = vectors(
        arrival_rates=arrival_rates, service_means=service_means, service_cvs=service_cvs
    )
    if not (means > 0).all():
        raise ValueError(f"service_means must be above 0, not {means.tolist()}")
    loads = rates * means
    if loads.sum() >= 1:
        raise ValueError(f"unstable: one server cannot carry a load of {loads.sum():g}")
    return loads, loads * means * (1 + cvs**2) / 2, means
