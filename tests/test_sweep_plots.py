"""Plots of sweeps say what they show, hold the published figures, and read well in grey."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.collections import LineCollection, QuadMesh
from matplotlib.container import BarContainer, ErrorbarContainer
from matplotlib.figure import Figure as Canvas

from made_sweeps import made_sweep
from supportsim.errors import InputError
from supportsim.report.plots.sensitivity import plot_sensitivity
from supportsim.report.plots.sweeping import plot_sweep
from supportsim.studies.sweeping import Drive, Sweep, sensitivity

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

AGENTS, PER_DAY = "teams.desk.agents", "channels.portal.arrivals.per_day"
PATIENCE = "channels.portal.patience.mean"
HOURS_24 = "portal.answered_within_24h"
RESPONSE = "portal.first_response_time"


def share(agents: float, per_day: float, _: float = 0) -> float:
    """Be published (60 % ± 3) at 4 agents and 5 tickets a day, and unknown at 1 and 3."""
    if (agents, per_day) == (1, 3):
        return math.nan
    return 0.4 + 0.07 * agents - 0.015 * per_day


def two(**outputs: Callable[..., float]) -> Sweep:
    vary = {AGENTS: "1:6", PER_DAY: [3, 5, 8, 12]}
    return made_sweep(vary, {HOURS_24: share, **outputs}, half_width=0.008)


def drawn(ax: Axes) -> str:
    """Draw everything, and return all that is written in the figure."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.canvas.draw()
    return "\n".join(text.get_text() for text in figure.findobj(mpl.text.Text))  # type: ignore[attr-defined]


def outlines(ax: Axes) -> list[tuple[set[tuple[tuple[float, float], ...]], Any]]:
    """Return the black edges of each region, and the style of their lines."""
    found = []
    for one in ax.collections:
        if isinstance(one, LineCollection) and one.get_color()[0][0] == 0:
            edges = {tuple(map(tuple, segment.tolist())) for segment in one.get_segments()}
            found.append((edges, one.get_linestyle()[0]))
    return found


# --- Maps ----------------------------------------------------------------------------------------


def test_a_map_says_each_number_and_what_is_undecided() -> None:
    ax = plot_sweep(two(), HOURS_24)
    texts = {text.get_position(): text.get_text() for text in ax.texts}
    assert len(texts) == 24
    assert texts[1, 3] == "60.5"  # 5 tickets a day, 4 agents
    assert texts[2, 4] == "63.0 ?"
    assert texts[0, 0] == "–"
    assert ax.get_title() == "small desk: answered within 24h (portal)"
    assert (ax.get_xlabel(), ax.get_ylabel()) == (PER_DAY, AGENTS)
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["3", "5", "8", "12"]
    told = drawn(ax)
    assert "answered within 24h (portal), %" in told
    assert "?  undecided" in told


def test_a_map_outlines_where_the_figure_and_where_all_figures_match() -> None:
    ax = plot_sweep(two(), HOURS_24)
    (one, dashed), (every, solid) = outlines(ax)
    square = {
        ((0.5, 2.5), (1.5, 2.5)),
        ((0.5, 3.5), (1.5, 3.5)),
        ((0.5, 2.5), (0.5, 3.5)),
        ((1.5, 2.5), (1.5, 3.5)),
    }
    assert one == every == square
    assert dashed[1] is not None
    assert solid[1] is None
    told = drawn(ax)
    assert f"{HOURS_24} matches what is published" in told
    assert "the only figure matches" in told


def test_regions_of_several_cells_have_no_lines_inside() -> None:
    backlog = {"portal.backlog_open": lambda agents, _: 10.0 if agents <= 3 else 50.0}
    ax = plot_sweep(two(**backlog), "portal.backlog_open")
    (one, _), (every, _) = outlines(ax)
    assert len(one) == 2 * (4 + 3)
    assert every == set()
    assert "all 2 simulated figures match: nowhere" in drawn(ax)


def test_a_measure_without_a_figure_has_no_outline_of_its_own() -> None:
    ax = plot_sweep(two(**{RESPONSE: lambda agents, per_day: 600 * per_day / agents}), RESPONSE)
    assert len(outlines(ax)) == 1
    assert "time to first response, mean (portal), d" in drawn(ax).replace(
        "\n(portal)", " (portal)"
    )
    assert {text.get_text() for text in ax.texts} >= {"0.208", "5.00"}  # 300 and 7200 minutes


def test_colours_of_a_map_get_lighter_all_the_way() -> None:
    (image,) = plot_sweep(two(), HOURS_24).findobj(QuadMesh)
    colours = image.get_cmap()(np.linspace(0, 1, 64))[:, :3]
    grey = colours @ [0.299, 0.587, 0.114]
    assert (np.diff(grey) > 0).all()


def test_numbers_can_be_read_on_their_cells() -> None:
    ax = plot_sweep(two(), HOURS_24)
    (image,) = ax.findobj(QuadMesh)
    values = np.ma.filled(image.get_array(), math.nan)
    for text in ax.texts:
        column, row = (int(place) for place in text.get_position())
        cell = image.get_cmap()(image.norm(values[row, column]))[:3]
        grey = float(np.dot(cell, [0.299, 0.587, 0.114])) if text.get_text() != "–" else 1.0
        letters = 1.0 if text.get_color() == "white" else 0.0
        assert abs(grey - letters) > 0.4


def test_more_parameters_are_shown_at_the_middle_of_the_rest_or_as_asked() -> None:
    vary = {AGENTS: "1:3", PER_DAY: [3, 5], PATIENCE: ["1d", "2d", "4d"]}
    made = made_sweep(vary, {RESPONSE: lambda _agents, _per_day, patience: patience})
    ax = plot_sweep(made, RESPONSE)
    assert ax.get_title().endswith("\nat patience.mean = 2d")
    assert {text.get_text() for text in ax.texts} == {"48.0"}
    ax = plot_sweep(made, RESPONSE, at={PATIENCE: "4d"})
    assert {text.get_text() for text in ax.texts} == {"4.00"}
    ax = plot_sweep(made, RESPONSE, at={AGENTS: 2, PER_DAY: 5})
    assert ax.get_title().endswith("\nat agents = 2, per_day = 5")
    assert ax.lines[0].get_xydata().tolist() == [[1, 1], [2, 2], [4, 4]]  # type: ignore[union-attr]


# --- Lines and dots ------------------------------------------------------------------------------


def test_a_line_has_intervals_and_what_is_published() -> None:
    made = made_sweep(
        {AGENTS: "1:6"}, {HOURS_24: lambda agents: share(agents, 5)}, half_width=0.008
    )
    ax = plot_sweep(made)
    means = [share(agents, 5) for agents in range(1, 7)]
    (line,) = (one for one in ax.lines if one.get_color() == "#0072B2")
    assert np.asarray(line.get_ydata()) == pytest.approx(means)
    (bars,) = (one for one in ax.containers if isinstance(one, ErrorbarContainer))
    ends = [segment[:, 1].tolist() for segment in bars.lines[2][0].get_segments()]
    assert ends == [pytest.approx([mean - 0.008, mean + 0.008]) for mean in means]
    (band,) = ax.patches
    assert band.get_extents().transformed(ax.transData.inverted()).y0 == pytest.approx(0.57)
    assert band.get_extents().transformed(ax.transData.inverted()).y1 == pytest.approx(0.63)
    told = drawn(ax)
    for text in ("published 60 % (57–63)", "95 % interval", "matches", "misses", AGENTS):
        assert text in told
    markers = {one.get_label(): one.get_marker() for one in ax.lines}
    assert markers["matches"] != markers["misses"]


def test_durations_are_in_a_unit_that_reads_well_and_texts_are_named() -> None:
    made = made_sweep({PATIENCE: "1d:8d:1d"}, {RESPONSE: lambda patience: patience / 3})
    ax = plot_sweep(made)
    assert ax.get_xlabel() == f"{PATIENCE} (d)"
    assert [tick.get_text() for tick in ax.get_xticklabels()][:2] == ["1d", "2d"]
    serving = made_sweep({"teams.desk.serves": [["portal"], ["portal", "phone"]]}, {RESPONSE: abs})
    ax = plot_sweep(serving)
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["portal", "portal, phone"]


def test_a_logarithmic_range_has_a_logarithmic_axis() -> None:
    made = made_sweep({PATIENCE: "1d:32d:2"}, {RESPONSE: lambda patience: patience}, log=[PATIENCE])
    assert plot_sweep(made).get_xscale() == "log"


@pytest.mark.parametrize("design", ["lhs", "sobol", "saltelli"])
def test_scattered_points_are_dots_with_intervals(design: str) -> None:
    vary = {PATIENCE: "1d:8d", AGENTS: "1:4"}
    outputs = {RESPONSE: lambda patience, agents: patience / agents}
    made = made_sweep(vary, outputs, half_width=30, design=design, points=8)
    ax = plot_sweep(made)
    (dots,) = (one for one in ax.lines if one.get_marker() == "o")
    assert len(np.asarray(dots.get_xdata())) == len(made.points)
    assert dots.get_linestyle() == "None"
    (bars,) = (one for one in ax.containers if isinstance(one, ErrorbarContainer))
    assert len(bars.lines[2][0].get_segments()) == len(made.points)
    assert plot_sweep(made, at={}).get_xlabel() == f"{PATIENCE} (d)"


def test_a_given_axes_is_drawn_on() -> None:
    left, right = Canvas(layout="constrained").subplots(1, 2)
    assert plot_sweep(two(), HOURS_24, ax=left) is left
    assert plot_sweep(two(), HOURS_24, at={PER_DAY: 5}, ax=right) is right
    drawn(left)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"measure": "portal.answered_within_2h"}, r"did you mean \"portal.answered_within_24h\""),
        ({"at": {"teams.desk.agent": 1}}, r"was not varied; did you mean \"teams.desk.agents\""),
        ({"at": {AGENTS: 9}}, "was never 9; its values are 1, 2, 3, 4, 5, 6"),
    ],
)
def test_what_cannot_be_drawn_says_why(arguments: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError, match=told):
        plot_sweep(two(), **arguments)


# --- Sensitivity ---------------------------------------------------------------------------------


def drive(measure: str, parameter: str, first: float, total: float, note: str = "") -> Drive:
    reach = (first - 0.05, first + 0.05), (total - 0.02, total + 0.02)
    return Drive(parameter, measure, "share", (), first, *reach[0], total, *reach[1], note=note)


def test_bars_of_sensitivity_have_intervals_and_hatching() -> None:
    rows = [
        drive(HOURS_24, AGENTS, 0.7, 0.8),
        drive(HOURS_24, PER_DAY, 0.2, 0.3),
        drive(RESPONSE, PER_DAY, math.nan, math.nan, "unknown at 3 of 9 points"),
    ]
    ax = plot_sensitivity(rows)
    first, total = (one for one in ax.containers if isinstance(one, BarContainer))
    assert [bar.get_width() for bar in first] == [0.7, 0.2]
    assert [bar.get_width() for bar in total] == [0.8, 0.3]
    assert first.patches[0].get_hatch() != total.patches[0].get_hatch()
    assert first.errorbar is not None
    ends = first.errorbar.lines[2][0].get_segments()
    assert ends[0][:, 0].tolist() == pytest.approx([0.65, 0.75])
    labels = [tick.get_text() for tick in ax.get_yticklabels()]
    assert labels == [HOURS_24, AGENTS, PER_DAY]
    assert f"unknown at 3 of 9 points: {RESPONSE}" in drawn(ax)


def test_sensitivity_of_a_sweep_can_be_drawn() -> None:
    made = made_sweep({AGENTS: "1:3", PER_DAY: [3, 5]}, {RESPONSE: lambda a, p: p / a})
    assert "95 % intervals" in drawn(plot_sensitivity(sensitivity(made)))
    assert plot_sensitivity([]).get_title()
