"""Numbers as people read them: units, percentages, and no more digits than are known."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from supportsim.benchmarks import Figure

UNKNOWN = "unknown"
_SYMBOLS = {
    "share": " %",
    "s": " s",
    "min": " min",
    "h": " h",
    "d": " d",
    "per day": " a day",
    "per ticket": " a ticket",
    "min per day": " min a day",
    "tickets": " tickets",
    "agents": " agents",
    "times": " times",
}
_SHORT = ("share", "s", "min", "h", "d")


def format_value(
    value: float, unit: str, half_width: float = math.nan, *, short: bool = False
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
    """
    number = format_number(value, unit, half_width)
    return number if number == UNKNOWN else number + _symbol(unit, short=short)


def format_number(value: float, unit: str, half_width: float = math.nan) -> str:
    """Return a value without its unit, with the digits that its half-width deserves.

    Shares have one decimal as percentages. Other values have the decimals that show the
    half-width to two significant digits if it begins with 1 or 2, else to one; without a half-width
    they have three significant digits.
    """
    if not math.isfinite(value):
        return UNKNOWN
    if unit == "hour of day":
        return f"{int(value):02d}:{round(value % 1 * 60):02d}"
    if unit == "share":
        return _fixed(100 * value, 1)
    if half_width > 1e-9 * abs(value):
        exponent = math.floor(math.log10(half_width))
        return _fixed(value, _decimals(half_width, 2 if half_width < 3 * 10**exponent else 1))
    return _fixed(value, _decimals(value, 3))


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


def format_exact(low: float, high: float, unit: str) -> str:
    """Return a number or a range as it was written down, without its unit: ``"7–13"``."""
    ends = [_written(end, unit) for end in (low, high)]
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


def readable(minutes: float) -> tuple[float, str]:
    """Return the factor and the unit (s, min, h, d) in which a number of minutes reads best."""
    size = abs(minutes)
    if 0 < size < 1:
        return 60.0, "s"
    if size >= 4320:
        return 1 / 1440, "d"
    return (1 / 60, "h") if size >= 120 else (1.0, "min")


def _symbol(unit: str, *, short: bool) -> str:
    return "" if short and unit not in _SHORT else _SYMBOLS.get(unit, "")


def _written(value: float, unit: str) -> str:
    if unit == "hour of day":
        return format_number(value, unit)
    return f"{100 * value if unit == 'share' else value:.6g}"


def _span(low: str, high: str) -> str:
    return f"{low} to {high}" if "-" in low + high else f"{low}–{high}"


def _fixed(value: float, decimals: int) -> str:
    return f"{round(value, decimals) + 0.0:,.{decimals}f}"


def _decimals(size: float, digits: int) -> int:
    """Return the decimals that show so many significant digits of a size."""
    if size == 0:
        return 0
    return min(6, max(0, digits - 1 - math.floor(math.log10(abs(size)))))
