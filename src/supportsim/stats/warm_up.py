"""Whether the warm-up was long enough (White 1997; Hoad, Robinson & Davies 2010)."""

from __future__ import annotations

import numpy as np

from supportsim.tables import Floats

BATCH = 5
LAST = 5
"""Batches at the end that are not considered: so few can be close to each other by chance."""

SHORTEST = 2 * BATCH * (LAST + 1)
"""Fewest values of which anything can be said."""


def mser5(series: Floats) -> int | None:
    """Return how many values to cut from the start of a series, by MSER-5.

    Batches of five values are cut until the squared standard error of the mean of the rest is
    least.

    Parameters
    ----------
    series : shape (values,)
        The series, averaged over replications.

    Returns
    -------
    int or None
        A multiple of 5; None if the minimum lies in the second half, which tells that the series
        has no steady state.

    Raises
    ------
    ValueError
        If the series has fewer than `SHORTEST` values.
    """
    if len(series) < SHORTEST:
        raise ValueError(f"MSER-5 needs {SHORTEST} values, not {len(series)}")
    batches = len(series) // BATCH
    # Shifted to start at 0, so that squares of large numbers do not cancel.
    means = (series - series[0])[: batches * BATCH].reshape(batches, BATCH).mean(axis=1)
    # Sums over the last n batches, for every n, from the back.
    rest = np.arange(batches, 0, -1)
    sums = np.cumsum(means[::-1])[::-1]
    squares = np.cumsum(means[::-1] ** 2)[::-1]
    statistic = (squares / rest - (sums / rest) ** 2) / rest
    cut = int(np.argmin(statistic[: batches - LAST]))
    return cut * BATCH if cut <= batches / 2 else None
