"""Intervals as small drawings against what is accepted, for inline SVG."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

WIDTH, HEIGHT = 160.0, 22.0
"""Size of a drawing, in its own units."""
_EDGE = 8.0
"""Room at both sides, where arrows stand for what is further away."""
_REACH = 2.5
"""How many half-widths of the tolerance from its middle are drawn."""


@dataclass(frozen=True)
class Bar:
    """An interval against the band of what is accepted, in the units of the drawing.

    Attributes
    ----------
    band
        Ends of what is accepted.
    published
        Where the published values stand; none of those outside the drawing.
    line
        Ends of the 95 % interval; None if there is none.
    ends
        Those of them that are within the drawing.
    point
        Where the estimate stands.
    beyond
        −1 or 1 where the estimate is further to the left or the right than is drawn, else 0.
    answer
        The verdict, which decides the shape of the mark.
    label
        The same in words.
    """

    band: tuple[float, float]
    published: tuple[float, ...]
    line: tuple[float, float] | None
    ends: tuple[float, ...]
    point: float
    beyond: int
    answer: str
    label: str
    kind: ClassVar[str] = "bar"


def bar(
    estimate: tuple[float, float, float],
    tolerance: tuple[float, float],
    published: tuple[float, ...],
    answer: str,
    label: str,
) -> Bar | str:
    """Return the drawing of an estimate; an empty text where nothing is known of it.

    Parameters
    ----------
    estimate
        The mean and the ends of its interval; the ends may be NaN.
    tolerance
        The ends of what is accepted; one may be infinite, if the other is not.
    published
        What was published.
    answer, label
        The verdict, and the drawing in words.
    """
    mean, low, high = estimate
    if not math.isfinite(mean):
        return ""
    middle, half = _scale(tolerance, mean)

    def is_drawn(value: float) -> bool:
        return abs(value - middle) <= _REACH * half * (1 + 1e-9)

    def place(value: float) -> float:
        share = (value - middle) / half / _REACH
        inside = (WIDTH - 2 * _EDGE) * (min(max(share, -1.0), 1.0) + 1) / 2
        return round(_EDGE + inside, 2)

    beyond = 0 if is_drawn(mean) else int(math.copysign(1, mean - middle))
    line = (place(low), place(high)) if math.isfinite(low) and math.isfinite(high) else None
    ends = tuple(place(value) for value in (low, high) if is_drawn(value))
    marks = tuple(place(value) for value in dict.fromkeys(published) if is_drawn(value))
    band = (place(tolerance[0]), place(tolerance[1]))
    return Bar(band, marks, line, ends, place(mean), beyond, answer, label)


def _scale(tolerance: tuple[float, float], mean: float) -> tuple[float, float]:
    """Return the middle of a drawing, and the half-width by which distances are measured."""
    low, high = tolerance
    if math.isfinite(low) and math.isfinite(high):
        return (low + high) / 2, (high - low) / 2 or abs(low) / 100 or 1.0
    end = low if math.isfinite(low) else high
    return end, abs(mean - end) or abs(end) / 10 or 1.0
