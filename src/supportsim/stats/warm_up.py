"""Whether the warm-up was long enough (White 1997; Hoad, Robinson & Davies 2010)."""

from __future__ import annotations

import math

import numpy as np

from supportsim.tables import Floats

BATCH = 5


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
        is too short or has no steady state.
    """
    batches = len(series) // BATCH
    if batches < 2:
        return None
    means = series[: batches * BATCH].reshape(batches, BATCH).mean(axis=1)
    # Sums over the last n batches, for every n, from the back.
    rest = np.arange(batches, 0, -1)
    sums = np.cumsum(means[::-1])[::-1]
    squares = np.cumsum(means[::-1] ** 2)[::-1]
    statistic = (squares / rest - (sums / rest) ** 2) / rest
    cut = int(np.argmin(statistic[: batches - 1]))
    return cut * BATCH if cut <= batches / 2 and math.isfinite(statistic[cut]) else None
