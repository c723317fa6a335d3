"""Checks of the numbers that the formulas are given."""

import math
import operator
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt


def whole(name: str, value: int, least: int = 0) -> int:
    """Return `value` as an int, or raise ValueError if it is not one of `least` or more."""
    try:
        number = operator.index(value)
    except TypeError:
        raise ValueError(f"{name} must be an int, not {value!r}") from None
    if number < least:
        raise ValueError(f"{name} must be {least} or more, not {number}")
    return number


def not_negative(**values: float) -> None:
    """Raise ValueError unless every value is finite and 0 or more."""
    for name, value in values.items():
        if not (math.isfinite(value) and value >= 0):
            raise ValueError(f"{name} must be finite and 0 or more, not {value}")


def positive(**values: float) -> None:
    """Raise ValueError unless every value is finite and above 0."""
    for name, value in values.items():
        if not (math.isfinite(value) and value > 0):
            raise ValueError(f"{name} must be finite and above 0, not {value}")


def share(**values: float) -> None:
    """Raise ValueError unless every value is above 0 and below 1."""
    for name, value in values.items():
        if not 0 < value < 1:
            raise ValueError(f"{name} must be above 0 and below 1, not {value}")


def vectors(**values: Sequence[float] | npt.NDArray[np.float64]) -> list[npt.NDArray[np.float64]]:
    """Return equally long, non-empty float arrays of finite numbers of 0 or more.

    Raises
    ------
    ValueError
        If one is not one-dimensional, is empty, differs in length from the first, or holds a
        number that is negative or not finite.
    """
    arrays = {name: np.asarray(value, dtype=np.float64) for name, value in values.items()}
    first = next(iter(arrays))
    for name, array in arrays.items():
        if array.ndim != 1 or len(array) == 0:
            raise ValueError(f"{name} must be a sequence of one number or more")
        if len(array) != len(arrays[first]):
            raise ValueError(f"{name} has {len(array)} numbers but {first} {len(arrays[first])}")
        if not (np.isfinite(array).all() and (array >= 0).all()):
            raise ValueError(f"{name} must be finite and 0 or more, not {array.tolist()}")
    return list(arrays.values())
