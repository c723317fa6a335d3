"""Plot of a comparison: the differences of all alternatives, a panel for each measure."""

from __future__ import annotations

import math
from textwrap import fill, wrap
from typing import TYPE_CHECKING

from matplotlib.gridspec import GridSpec
from matplotlib.ticker import MaxNLocator

from supportsim.report.comparing.tables import is_same, reading
from supportsim.report.measure_tables import title_of
from supportsim.report.plots.style import BLACK, literal, new_axes, styled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from supportsim.studies import Comparison
    from supportsim.studies.compare import Compared

_COLUMNS = 2
_PANEL = "a measure"
"""Label of the panels."""


@styled
def plot_differences(comparison: Comparison, ax: Axes | None = None) -> Axes:
    """Draw the differences from the base with their simultaneous intervals.

    Parameters
    ----------
    comparison
        The comparison.
    ax
        Where to draw; without it a new figure is made.

    Returns
    -------
    Axes
        It holds only the title; below it, in its place, is a panel for each measure in its unit
        (see `panels_of`), with a row for each alternative and a line at no difference; the marker
        is filled where the test finds one. Measures that are exactly the same in all alternatives
        are left out, unless all are.
    """
    ax = new_axes(*differences_size(comparison)) if ax is None else ax
    panels = _panels(comparison)
    names = list(comparison.alternatives)
    columns = min(_COLUMNS, len(panels))
    rows = -(-len(panels) // columns)
    place = ax.get_subplotspec() or GridSpec(1, 1, ax.get_figure(root=True))[0]
    grid = place.subgridspec(rows + 1, columns, height_ratios=[0.01, *[1.0] * rows])
    ax.set_subplotspec(grid[0, :])
    ax.set_axis_off()
    confidence = f"{100 * comparison.confidence:g} %"
    ax.set_title(
        "\n".join(map(literal, wrap(f"Differences from {comparison.base.scenario.name}", 80)))
        + f"\nintervals that all hold at once with {confidence} confidence; filled: it differs",
        fontsize="medium",
    )
    for number, found in enumerate(panels):
        panel = ax.figure.add_subplot(grid[1 + number // columns, number % columns], label=_PANEL)
        _draw(panel, found, names, named=number % columns == 0)
    return ax


def panels_of(ax: Axes) -> list[Axes]:
    """Return the panels of the differences, a measure each, that were drawn below a title."""
    figure = ax.get_figure(root=False)
    return [] if figure is None else [one for one in figure.axes if one.get_label() == _PANEL]


def differences_size(comparison: Comparison) -> tuple[float, float]:
    """Return the width and height, in inches, that the plot needs."""
    rows = -(-len(_panels(comparison)) // _COLUMNS)
    return 9.0, 0.6 + rows * (1.0 + 0.25 * len(comparison.alternatives))


def _panels(comparison: Comparison) -> list[list[Compared]]:
    """Return the differences of each measure, without those that are the same everywhere."""
    panels: dict[str, list[Compared]] = {}
    for one in comparison.differences:
        panels.setdefault(one.asked.id, []).append(one)
    changed = [found for found in panels.values() if not all(map(is_same, found))]
    return changed or list(panels.values())


def _draw(ax: Axes, found: Sequence[Compared], names: Sequence[str], *, named: bool) -> None:
    asked = found[0].asked
    per, unit = reading(max(found, key=lambda one: abs(one.difference.pair.alternative)))
    ax.axvline(0, color=BLACK, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
    for row, one in enumerate(found):
        low, high = per * one.difference.low, per * one.difference.high
        if not math.isnan(low):
            ax.plot([low, high], [row, row], "-", color=BLACK, linewidth=1.4, zorder=2)
        ax.plot(
            [per * one.difference.pair.difference],
            [row],
            "o",
            color=BLACK,
            markerfacecolor=BLACK if one.difference.differs else "white",
            zorder=3,
        )
        if math.isnan(one.difference.pair.difference):
            ax.text(0.02, row, "unknown", transform=ax.get_yaxis_transform(), va="center")
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.set_yticks(range(len(names)), [_short(name) for name in names] if named else [])
    title = fill(f"{asked.owner}: {title_of(asked.measure)}", 42)
    ax.set_title("\n".join(map(literal, title.split("\n"))), fontsize="small")
    of = {"%": "percentage points"}.get(unit, unit or asked.measure.unit)
    ax.set_xlabel(f"difference ({of.strip()})")
    ax.xaxis.set_major_locator(MaxNLocator(5))
    ax.grid(visible=True, axis="x", color="0.85", linewidth=0.6)
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)


def _short(name: str, longest: int = 28) -> str:
    """Return a name that leaves room for the plot; the end of a path says most."""
    return literal(name if len(name) <= longest else f"…{name[1 - longest :]}")
