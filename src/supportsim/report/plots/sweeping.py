"""Plots of a sweep: a line for one parameter, a map for two, dots for scattered points."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patches import Patch
from matplotlib.ticker import PercentFormatter

from supportsim.benchmarks import unit_factor
from supportsim.benchmarks.verdicts import is_input
from supportsim.errors import InputError, choices
from supportsim.report.numbers import (
    format_number,
    format_published,
    format_published_and_accepted,
    format_tolerance,
    readable,
)
from supportsim.report.plots.style import (
    BLACK,
    BLUE,
    draw_cells,
    draw_levels,
    in_lines,
    literal,
    new_axes,
    set_title,
    styled,
)
from supportsim.report.sweeping.tables import USEFUL, short_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes

    from supportsim.benchmarks import Figure
    from supportsim.benchmarks.verdicts import Answer
    from supportsim.studies.sweeping import Point, Sweep
    from supportsim.tables import Floats

_MARKERS = {"matches": ("o", "#009E73"), "misses": ("X", "#D55E00"), "undecided": ("D", "white")}
"""Marker and colour of a point by the verdict on it."""
_LINE_SIZE = (7.0, 4.4)
_MOST_CELLS = 200
"""Cells of a map up to which each says its number."""
_MOST_TICKS = 12
"""Values of a parameter up to which each is named on its axis."""
_LETTER = 0.095
"""Width of a letter of a tick, inches."""
_USED = 0.8
"""What a scale of shades leaves of the width of a plot, at least."""


@dataclass(frozen=True)
class _Scale:
    """How numbers are shown: times this factor, in this unit."""

    factor: float
    unit: str

    def label(self, text: str) -> str:
        """Return what is shown, with its unit."""
        unit = {"share": "%", "score": "", "index": ""}.get(self.unit, self.unit)
        return textwrap.fill(literal(f"{text}, {unit}" if unit else text), 36)


@styled
def plot_sweep(
    sweep: Sweep,
    measure: str | None = None,
    *,
    at: Mapping[str, Any] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw how a measure depends on what was varied.

    Parameters
    ----------
    sweep
        The sweep.
    measure
        Id of the measure; by default the first one that the sweep was asked for, or that a
        published figure judges.
    at
        Values of parameters at which to look, by key. A map of a grid shows the first two of the
        others, and the rest at the middle one of their values.
    ax
        Where to draw; without it a new figure is made.

    Returns
    -------
    Axes
        Of one parameter of a grid, a line with the 95 % interval at each point and what the
        published figures accept; of two, a map with the points outlined at which they match. Of
        points that are spread otherwise, all of them over the first parameter that is not fixed.

    Raises
    ------
    InputError
        If there is no such measure, parameter or value.
    """
    name = _default(sweep) if measure is None else measure
    if name not in sweep.asked:
        raise InputError(
            f"plot: {name} is not a measure of this sweep; {choices(name, sweep.asked)}"
        )
    fixed = dict(at or {})
    for key, value in fixed.items():
        _check_fixed(sweep, key, value)
    free = [key for key in sweep.parameters if key not in fixed] or list(sweep.parameters[:1])
    if sweep.design == "grid":
        for key in free[2:]:
            values = _values(sweep, key)
            fixed[key] = values[len(values) // 2]
        free = free[:2]
    points = [p for p in sweep.points if all(p.values[key] == fixed[key] for key in fixed)]
    if sweep.design == "grid" and len(free) == 2:
        ax = _draw_map(sweep, name, points, (free[0], free[1]), ax)
    else:
        ax = new_axes(*_LINE_SIZE) if ax is None else ax
        _draw_line(sweep, name, points, free[0], ax)
    shorter = short_names(sweep.parameters)
    rest = [f"{shorter[key]} = {_written(value)}" for key, value in fixed.items()]
    held = [f"at {', '.join(rest)}"] if rest else []
    set_title(ax, f"{sweep.scenario.name}: {_title(sweep, name)}", *held)
    return ax


def sweep_size(sweep: Sweep) -> tuple[float, float]:
    """Return the width and height, in inches, that the plot of a measure needs."""
    if sweep.design != "grid" or len(sweep.parameters) == 1:
        return _LINE_SIZE
    down, across = (len(_values(sweep, key)) for key in sweep.parameters[:2])
    return _map_size((down, across))


def _map_size(shape: tuple[int, int]) -> tuple[float, float]:
    return max(6.5, 2.2 + 0.75 * shape[1]), max(3.6, 2.0 + 0.45 * shape[0])


def _default(sweep: Sweep) -> str:
    judged = [f.measure or "" for f in sweep.figures if not is_input(f, sweep.scenario)]
    useful = [name for name, one in sweep.asked.items() if one.measure.name in USEFUL]
    candidates = [*sweep.settings.measures, *judged, *useful, *sweep.asked]
    return next(name for name in candidates if name in sweep.asked)


def _check_fixed(sweep: Sweep, key: str, value: Any) -> None:
    if key not in sweep.parameters:
        raise InputError(f"plot: {key} was not varied; {choices(key, sweep.parameters)}")
    values = _values(sweep, key)
    if value not in values:
        known = ", ".join(map(_written, values[:20]))
        raise InputError(f"plot: {key} was never {_written(value)}; its values are {known}")


def _values(sweep: Sweep, key: str) -> list[Any]:
    """Return the values that a parameter takes, in the order of the design."""
    values: list[Any] = []
    for point in sweep.points:
        if point.values[key] not in values:
            values.append(point.values[key])
    return values


# --- Lines and dots ------------------------------------------------------------------------------


def _draw_line(sweep: Sweep, measure: str, points: Sequence[Point], key: str, ax: Axes) -> None:
    scale = _scale(sweep, measure, points)
    places, along = _places(sweep, points, key)
    words = any(math.isnan(point.numbers[key]) for point in points)
    results = [point.results[measure] for point in points]
    mean, low, high = (
        scale.factor * np.array([getattr(one, end) for one in results])
        for end in ("mean", "low", "high")
    )
    judging = _judging(sweep, measure)
    for figure in judging:
        _draw_published(ax, figure, scale, sweep.asked[measure].measure.unit)
    if sweep.design == "grid":
        ax.plot(places, mean, "-", color=BLUE, linewidth=1.6, zorder=2)
    reach = np.array([mean - low, high - mean])
    ax.errorbar(
        places,
        mean,
        yerr=np.where(np.isnan(reach), 0, reach),
        fmt="none",
        ecolor=BLACK,
        elinewidth=1.1,
        capsize=3,
        label="95 % interval",
        zorder=3,
    )
    answers = np.array([_answer(point, judging) for point in points])
    for answer, (marker, face) in _MARKERS.items():
        chosen = (answers == answer) & ~np.isnan(mean)
        if chosen.any():
            ax.plot(
                places[chosen],
                mean[chosen],
                marker,
                color=BLACK,
                markerfacecolor=face,
                markersize=6,
                label=answer,
                zorder=4,
            )
    if not judging:
        ax.plot(places, mean, "o", color=BLACK, markerfacecolor="white", markersize=5, zorder=4)
    if key in sweep.settings.log:
        ax.set_xscale("log")
    if words or (sweep.design == "grid" and len(places) <= _MOST_TICKS):
        names = dict(zip(places.tolist(), (_tick(p.values[key]) for p in points), strict=True))
        _name(ax, names, in_order=words)
    if scale.unit == "share":
        ax.yaxis.set_major_formatter(PercentFormatter(1.0, symbol=""))
    ax.set_xlabel(along)
    ax.set_ylabel(scale.label(_title(sweep, measure)))
    ax.grid(visible=True, color="0.85", linewidth=0.6)
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(fontsize="small", framealpha=0.9)


def _draw_published(ax: Axes, figure: Figure, scale: _Scale, unit: str) -> None:
    factor = scale.factor / unit_factor(figure, unit)
    ax.axhspan(
        factor * figure.tolerance.low,
        factor * figure.tolerance.high,
        facecolor="0.92",
        edgecolor="0.6",
        zorder=0,
    )
    ax.axhline(
        _level(figure, scale, unit),
        color=BLACK,
        linestyle="--",
        linewidth=1,
        label=f"published {format_published(figure, short=True)} ({format_tolerance(figure)})",
        zorder=1,
    )


def _level(figure: Figure, scale: _Scale, unit: str) -> float:
    """Return the middle of what was published, as it is shown."""
    return scale.factor * sum(figure.published) / 2 / unit_factor(figure, unit)


def _places(sweep: Sweep, points: Sequence[Point], key: str) -> tuple[Floats, str]:
    """Return where on its axis the values of a parameter are, and the label of that axis."""
    numbers = np.array([point.numbers[key] for point in points])
    if np.isnan(numbers).any():
        values = _values(sweep, key)
        return np.array([float(values.index(p.values[key])) for p in points]), in_lines(key, 70)
    if any(isinstance(point.values[key], str) for point in points):
        factor, unit = readable(float(np.max(np.abs(numbers))))
        return factor * numbers, in_lines(f"{key} ({unit})", 70)
    return numbers, in_lines(key, 70)


def _name(ax: Axes, names: Mapping[float, str], *, in_order: bool) -> None:
    """Name places on the horizontal axis: slanted where they are crowded, if there is room then.

    Of places that only stand for an order, every few are named if there is no room even so.
    """
    places, texts = np.array(sorted(names)), [names[place] for place in sorted(names)]
    ax.autoscale_view()  # else the transform is not yet that of what has been drawn
    dots = ax.get_xaxis_transform().transform(np.column_stack([places, np.zeros(len(places))]))
    figure = ax.get_figure(root=True)
    assert figure is not None
    room = _USED * float(np.diff(dots[:, 0]).min(initial=math.inf)) / figure.dpi
    if room > _LETTER * max(map(len, texts)):
        ax.set_xticks(places, texts)
    elif in_order or room > 2 * _LETTER:
        each = slice(None, None, math.ceil(2 * _LETTER / room))
        ax.set_xticks(places[each], texts[each], rotation=45, ha="right", rotation_mode="anchor")
    ax.minorticks_off()


# --- Maps ----------------------------------------------------------------------------------------


def _draw_map(
    sweep: Sweep,
    measure: str,
    points: Sequence[Point],
    keys: tuple[str, str],
    ax: Axes | None,
) -> Axes:
    down, across = (_values(sweep, key) for key in keys)
    shape = (len(down), len(across))
    if ax is None:
        ax = new_axes(*_map_size(shape))
    scale = _scale(sweep, measure, points)
    judging = _judging(sweep, measure)
    results = [point.results[measure] for point in points]
    means = scale.factor * np.array([one.mean for one in results]).reshape(shape)
    known = means[~np.isnan(means)]
    middle = (known.min() + known.max()) / 2 if known.size else 0.0
    shades = draw_cells(ax, means, cmap="cividis")
    answers = [_answer(point, judging) for point in points]
    if means.size <= _MOST_CELLS:
        halves = [scale.factor * (one.high - one.low) / 2 for one in results]
        for place, (mean, half) in enumerate(zip(means.flat, halves, strict=True)):
            text = "–" if math.isnan(mean) else format_number(mean, scale.unit, half, most=3)
            if answers[place] == "undecided" and not math.isnan(mean):
                text += " ?"
            row, column = divmod(place, shape[1])
            ax.text(
                column,
                row,
                text,
                ha="center",
                va="center",
                fontsize="small",
                color="white" if mean < middle else BLACK,
            )
    outlined = _outline(ax, points, answers, judging, shape)
    ax.set_yticks(range(shape[0]), list(map(_tick, down)))
    _name(ax, dict(enumerate(map(_tick, across))), in_order=True)
    ax.set_ylabel(in_lines(keys[0], 40))
    ax.set_xlabel(in_lines(keys[1], 70))
    figure = ax.get_figure(root=True)
    assert figure is not None
    if outlined:
        legend_below(ax, outlined)
    bar = figure.colorbar(shades, ax=ax, label=scale.label(_title(sweep, measure)))
    unit = sweep.asked[measure].measure.unit
    draw_levels(bar, [_level(figure, scale, unit) for figure in judging])
    if scale.unit == "share":
        bar.ax.yaxis.set_major_formatter(PercentFormatter(1.0, symbol=""))
    return ax


def _outline(
    ax: Axes,
    points: Sequence[Point],
    answers: Sequence[Answer | None],
    judging: Sequence[Figure],
    shape: tuple[int, int],
) -> list[Any]:
    """Draw the edges of the points that match, and return what the legend is to say of them."""
    count = len(points[0].judged)
    handles: list[Any] = []
    regions: list[tuple[list[bool], Any, str]] = []
    if any(answers):
        one = [answer == "matches" for answer in answers]
        published = " and ".join(map(format_published_and_accepted, judging))
        told = f"{judging[0].measure} matches what is published: {published}"
        regions.append((one, (0, (2, 1.2)), told))
    if count:
        every = [point.all_match for point in points]
        figures = f"all {count} simulated figures match" if count > 1 else "the only figure matches"
        regions.append((every, "-", figures))
    for inside, line, told in regions:
        edges = _edges(np.array(inside).reshape(shape))
        told += "" if edges else ": nowhere"
        drawn = LineCollection(edges, colors=BLACK, linewidths=2.4, linestyles=line, label=told)
        # White below black shows on light cells and on dark ones.
        below = LineCollection(edges, colors="white", linewidths=4.5)
        ax.add_collection(below, autolim=False)
        ax.add_collection(drawn, autolim=False)
        handles.append(drawn)
    if "undecided" in answers:
        handles.append(Patch(facecolor="none", edgecolor="none", label="?  undecided"))
    return handles


def _edges(inside: np.ndarray[Any, Any]) -> list[list[tuple[float, float]]]:
    """Return the edges between cells inside and cells outside, as lines from (x, y) to (x, y)."""
    padded = np.pad(inside.astype(np.int8), 1)
    edges = []
    for row, column in np.argwhere(np.diff(padded, axis=0)).tolist():
        edges.append([(column - 1.5, row - 0.5), (column - 0.5, row - 0.5)])
    for row, column in np.argwhere(np.diff(padded, axis=1)).tolist():
        edges.append([(column - 0.5, row - 1.5), (column - 0.5, row - 0.5)])
    return edges


def legend_below(ax: Axes, handles: Sequence[Any], columns: int = 1) -> None:
    """Put a legend below the whole figure if there is nothing else in it, else below the axes."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    looks: dict[str, Any] = {"handles": handles, "ncols": columns, "fontsize": "small"}
    if len(figure.axes) == 1 and isinstance(figure.get_layout_engine(), ConstrainedLayoutEngine):
        figure.legend(loc="outside lower center", **looks)
    else:
        ax.legend(loc="upper left", bbox_to_anchor=(0, -0.2), **looks)


# --- What plots of a sweep share -----------------------------------------------------------------


def _judging(sweep: Sweep, measure: str) -> list[Figure]:
    """Return the figures that judge a measure."""
    return [figure for figure in sweep.figures if figure.measure == measure]


def _answer(point: Point, judging: Sequence[Figure]) -> Answer | None:
    """Return the verdict on a point by all of some figures; None if there are none."""
    answers = {point.verdicts[figure.id] for figure in judging} - {"not simulated"}
    for answer in ("misses", "undecided", "matches"):
        if answer in answers:
            return answer
    return None


def _scale(sweep: Sweep, measure: str, points: Sequence[Point]) -> _Scale:
    """Return how a measure is shown: minutes in a unit in which they read well."""
    unit = sweep.asked[measure].measure.unit
    sizes = [abs(point.results[measure].mean) for point in points]
    known = [size for size in sizes if math.isfinite(size)]
    if unit == "min" and known:
        return _Scale(*readable(max(known)))
    return _Scale(1.0, unit)


def _title(sweep: Sweep, measure: str) -> str:
    asked = sweep.asked[measure]
    return f"{asked.measure.title} ({asked.owner.removeprefix('team.')})"


def _tick(value: Any) -> str:
    return literal(_written(value))


def _written(value: Any) -> str:
    text = f"{value:g}" if isinstance(value, float) else str(value)
    if isinstance(value, list | tuple):
        text = ", ".join(map(str, value))
    return text if len(text) <= 24 else f"{text[:21]}..."
