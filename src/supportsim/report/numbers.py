"""Numbers as people read them: units, percentages, and no more digits than are known."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from supportsim.units import WEEK, format_duration

if TYPE_CHECKING:
    from supportsim.benchmarks import Figure

UNKNOWN = "unknown"
_SHORT = ("share", "s", "min", "h", "d")
"""Units that are not words; they stand even where words are left out."""
_NAMELESS = ("currency", "score", "index")
"""Units that nobody writes: the title says what is counted."""


def format_value(
    value: float,
    unit: str,
    half_width: float = math.nan,
    *,
    short: bool = False,
    most: int | None = None,
) -> str:
    """Return a value with its unit: ``"94.0 %"``, ``"4.19 h"``, ``"10 tickets"``.

    Parameters
    ----------
    value
        The value in `unit`; a share is 0 to 1 and is written as a percentage.
    unit
        Unit of a figure or a measure.
    half_width
        Half the width of the value's interval, which decides the number of digits.
    short
        Whether to leave out units that are words, where a title stands beside it.
    most
        The most significant digits to write; as many as the half-width deserves if left out.
    """
    number = format_number(value, unit, half_width, most=most)
    return number if number == UNKNOWN else number + _symbol(unit, short=short)


def format_number(
    value: float, unit: str, half_width: float = math.nan, *, most: int | None = None
) -> str:
    """Return a value without its unit, with the digits that its half-width deserves.

    Shares have one decimal as percentages. Other values have the decimals that show the
    half-width to two significant digits if it begins with 1 or 2, else to one; without a half-width
    they have three significant digits. They never have more than `most`.
    """
    if not math.isfinite(value):
        return UNKNOWN
    if unit == "hour of day":
        minutes = round(60 * value)
        return f"{minutes // 60:02d}:{minutes % 60:02d}"
    if unit == "share":
        return _fixed(100 * value, 1)
    return _fixed(value, _deserved(value, half_width, most))


def _deserved(value: float, half_width: float, most: int | None) -> int:
    """Return the decimals that a value deserves, given the half-width of its interval."""
    if not half_width > 1e-9 * abs(value):
        return _decimals(value, 3)
    exponent = math.floor(math.log10(half_width))
    decimals = _decimals(half_width, 2 if half_width < 3 * 10**exponent else 1)
    if most is not None and abs(value) > half_width:
        decimals = min(decimals, _decimals(value, most))
    return decimals


def format_interval(low: float, high: float, unit: str) -> str:
    """Return an interval without its unit: ``"7.0–8.9"``; ``"none"`` where there is none."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return "none"
    half_width = (high - low) / 2
    return _span(format_number(low, unit, half_width), format_number(high, unit, half_width))


def format_estimate(mean: float, low: float, high: float, unit: str) -> str:
    """Return a mean and its interval without the unit: ``"8.0 (7.0–8.9)"``."""
    number = format_number(mean, unit, (high - low) / 2)
    return number if number == UNKNOWN else f"{number} ({format_interval(low, high, unit)})"


def format_margin(mean: float, low: float, high: float, unit: str) -> str:
    """Return a mean and half the width of its interval, without the unit: ``"8.0 ±0.9"``.

    It takes less room than an interval, and the mean has no more than three significant digits.
    """
    half_width = (high - low) / 2
    number = format_number(mean, unit, half_width, most=3)
    if not (math.isfinite(mean) and math.isfinite(half_width)):
        return number
    if unit == "hour of day":
        return f"{number} ±{_fixed(half_width, 1)} h"
    if unit == "share":
        return f"{number} ±{_fixed(100 * half_width, 1)}"
    return f"{number} ±{_fixed(half_width, _deserved(mean, half_width, 3))}"


def format_exact(low: float, high: float, unit: str, *, digits: int = 6) -> str:
    """Return a number or a range as it was written down, without its unit: ``"7–13"``."""
    ends = [_written(end, unit, digits) for end in (low, high)]
    return ends[0] if ends[0] == ends[1] else _span(*ends)


def format_published(figure: Figure, *, short: bool = False) -> str:
    """Return what was published with its unit: ``"10 %"``, ``"2–3 d"``, ``"0.25 a ticket"``.

    Parameters
    ----------
    figure
        The figure.
    short
        Whether to leave out units that are words, where the title stands beside it.
    """
    return format_exact(*figure.published, figure.unit) + _symbol(figure.unit, short=short)


def format_tolerance(figure: Figure) -> str:
    """Return the values that match a figure, without the unit."""
    return format_exact(figure.tolerance.low, figure.tolerance.high, figure.unit)


def format_published_and_accepted(figure: Figure) -> str:
    """Return what was published and, in brackets, what matches it if that is more.

    Such as ``"10 % (7–13)"`` or ``"2–3 d"``; numbers have no more than four digits.
    """
    published = format_exact(*figure.published, figure.unit, digits=4)
    tolerance = figure.tolerance
    accepted = format_exact(tolerance.low, tolerance.high, figure.unit, digits=4)
    unit = _symbol(figure.unit, short=True)
    return f"{published}{unit}" + (f" ({accepted})" if accepted != published else "")


def format_span(minutes: float) -> str:
    """Return how long something is simulated: ``"52 weeks"``, or a duration if not in weeks."""
    weeks = minutes / WEEK
    if weeks != int(weeks):
        return format_duration(minutes)
    return f"{int(weeks)} week{'s' * (weeks != 1)}"


def readable(minutes: float) -> tuple[float, str]:
    """Return the factor and the unit (s, min, h, d) in which a number of minutes reads best."""
    size = abs(minutes)
    if 0 < size < 1:
        return 60.0, "s"
    if size >= 4320:
        return 1 / 1440, "d"
    return (1 / 60, "h") if size >= 120 else (1.0, "min")


def _symbol(unit: str, *, short: bool) -> str:
    """Return what stands after a number in a unit: ``" %"``, ``" a day"``, ``" hours a day"``."""
    if unit == "share":
        return " %"
    if unit == "hour of day" or (short and unit not in _SHORT):
        return ""
    words = [word for word in unit.split() if word not in _NAMELESS]
    text = "".join(f" {'a' if word == 'per' else word}" for word in words)
    return text.replace(" a hour", " an hour")


def _written(value: float, unit: str, digits: int) -> str:
    if unit == "hour of day":
        return format_number(value, unit)
    return f"{100 * value if unit == 'share' else value:.{digits}g}"


def _span(low: str, high: str) -> str:
    return f"{low} to {high}" if "-" in low + high else f"{low}–{high}"


def _fixed(value: float, decimals: int) -> str:
    return f"{round(value, decimals) + 0.0:,.{decimals}f}"


def _decimals(size: float, digits: int) -> int:
    """Return the decimals that show so many significant digits of a size."""
    if size == 0:
        return 0
    return min(6, max(0, digits - 1 - math.floor(math.log10(abs(size)))))
