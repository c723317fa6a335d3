"""What the functions for notebooks have in common: how they are asked, and where they draw."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def given(**options: Any) -> dict[str, Any]:
    """Return the options that were given: those that are not None."""
    return {key: value for key, value in options.items() if value is not None}


def listed(names: str | Iterable[str] | None) -> list[str] | None:
    """Return one name, or several, as a list; None for None."""
    if names is None:
        return None
    return [names] if isinstance(names, str) else list(names)


def all_changes(
    changes: Mapping[str, Any] | None = None,
    seed: int | None = None,
    replications: int | str | None = None,
) -> dict[str, Any]:
    """Return the changes of a scenario, with those of its seed and replications if given."""
    of_run = given(**{"run.seed": seed, "run.replications": replications})
    return {**(changes or {}), **of_run}


def new_axes(width: float, height: float = 4.4) -> Axes:
    """Return the axes of a new figure of pyplot, of a size in inches, which a notebook shows."""
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=(width, height), layout="constrained")[1]
