"""How many replications are enough (Hoad, Robinson & Davies 2010)."""

from __future__ import annotations

import math
from collections.abc import Sequence

LOOK_AHEAD = 5


def relative_half_width(mean: float, half_width: float) -> float:
    """Return the half-width over the size of the mean, whatever its sign.

    A constant, of half-width 0, is known exactly even if it is 0.
    """
    if half_width == 0:
        return 0.0
    return half_width / abs(mean) if mean else math.inf


def enough_replications(precisions: Sequence[float], wanted: float) -> int | None:
    """Return how many replications reach a precision and keep it, or None if not yet known.

    The precision has to hold for a number of further replications as well, because a first
    interval can be narrow by chance: 5 of them, and above 100 replications 5 for every hundred.

    Parameters
    ----------
    precisions
        Relative half-width after 1, 2, 3 … replications; NaN where there is none yet.
    wanted
        Relative half-width to reach.
    """
    for count in range(3, len(precisions) + 1):
        ahead = LOOK_AHEAD if count <= 100 else LOOK_AHEAD * count // 100
        checked = precisions[count - 1 : count + ahead]
        if len(checked) == ahead + 1 and all(precision <= wanted for precision in checked):
            return count
    return None
