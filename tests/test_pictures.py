"""Pictures say what they show, in words, in numbers and in grey, and touch nothing global."""

from __future__ import annotations

import dataclasses
import io
import math
import re
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import Collection, QuadMesh
from matplotlib.colors import to_rgba
from matplotlib.container import Container, ErrorbarContainer
from matplotlib.figure import Figure as Canvas
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from larger_runs import TURNOVER, four_channel_run
from made_runs import made_calibration, made_run, made_week
from made_sweeps import made_sweep
from picture_cases import AGENTS, PER_DAY, SHARE, pictures
from small_runs import PHONE, TEAM, document, small_run
from supportsim.api import Result
from supportsim.benchmarks import load_registry
from supportsim.errors import InputError
from supportsim.report.by_week import duty_by_hour
from supportsim.report.pictures import pictures_of_run, pictures_of_sweep, study_words
from supportsim.report.pictures.picture import stem_of
from supportsim.report.plots import (
    house_style,
    plot_arrivals,
    plot_costs,
    plot_duty,
    plot_first_response,
    plot_occupancy,
    plot_unit_costs,
    plot_wait,
)
from supportsim.report.plots.calibrating import (
    figures_size,
    parameters_size,
    plot_figures,
    plot_parameters,
)
from supportsim.report.plots.planning import plot_required, required_size
from supportsim.report.plots.style import BLACK, BLUE, GREEN, ORANGE, STYLE, new_axes
from supportsim.report.plots.sweeping import plot_sweep
from supportsim.scenario.loading import validate
from supportsim.studies import run

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from supportsim.report.pictures import Picture
    from supportsim.studies import Run

TEXTS = {
    "verdicts": ("Simulated figures of made", "accepted value", "figure", ["accepted", "matches"]),
    "first_response_portal": (
        "First response on portal",
        "time since arrival (h, calendar clock)",
        "tickets answered (%)",
        ["published, with what is accepted", "published, ever answered", "95 % interval"],
    ),
    "wait_portal": ("Wait for a first response on portal", "hour of arrival (h)", "day", []),
    "backlog_portal": (
        "Backlog on portal",
        "date",
        "tickets",
        ["open, published 10 (8–12)", "awaiting a first response, published 4 (3–5)"],
    ),
    "arrivals_portal": (
        "Arrivals on portal",
        "hour of the week",
        "tickets per hour",
        ["intended", "published 5 (4.75–5.25) a day, hourly mean"],
    ),
    "arrivals_phone": (
        "Arrivals on phone",
        "hour of the week",
        "tickets per hour",
        ["published peak: 11:00 (10:00–12:00)", "business hours"],
    ),
    "staff_calls": ("Staff of calls", "date", "agents", ["headcount", "effective capacity"]),
    "occupancy_calls": ("Occupancy of calls", "hour of the day (h)", "day of the week", []),
    "duty_calls": (
        "Agents of calls",
        "hour of the week",
        "agents",
        ["on duty", "busy with contacts", "required, by theory"],
    ),
    "costs": (
        "What the teams cost",
        "cost per day, in the scenario's currency",
        "team",
        ["on contacts", "overtime", "replacing leavers"],
    ),
    "unit_costs": (
        "What a contact or a ticket costs",
        "cost, in the scenario's currency",
        "whose cost of what",
        ["published", "accepted", "simulated (95 % interval)"],
    ),
    "differences": ("Differences from made", "", "", []),
    "sweep_line": ("answered within 24h", "per_day", "%", ["published 60 % (57–63)"]),
    "sweep_map": ("answered within 24h", "per_day", "agents", ["? undecided"]),
    "sweep_sensitivity": (
        "Which parameter drives",
        "share of the variance",
        "parameter",
        ["alone"],
    ),
    "required": ("Agents of calls: required / on duty", "hatched", "hour", []),
    "parameters": ("Fitted parameters", "bounds", "parameter", ["fitted", "before"]),
    "figures": ("Figures that made", "in tolerances", "figure", ["accepted", "fit"]),
}
"""By picture, what its title, its labels and its legend have to say."""


def plain(text: str) -> str:
    return " ".join(text.replace(r"\$", "$").split())


@pytest.mark.parametrize("name", list(pictures()))
def test_title_units_and_benchmark_are_named(name: str) -> None:
    picture = pictures()[name]
    ax = picture.draw(new_axes(*picture.size))
    title, across, up, legend = TEXTS[name]
    assert title in plain(ax.get_title() + ax.get_title(loc="left"))
    assert across in plain(ax.get_xlabel())
    assert up in plain(ax.get_ylabel())
    figure = ax.get_figure(root=True)
    assert figure is not None
    boxes = [box for box in (ax.get_legend(), *figure.legends) if box is not None]
    told = plain(" | ".join(text.get_text() for box in boxes for text in box.get_texts()))
    for one in legend:
        assert one in told
    assert set(TEXTS) == set(pictures())


def test_maps_name_the_unit_of_their_shades_and_the_published_mean() -> None:
    made = made_run()
    for ax, unit in ((plot_wait(made, "portal"), "(d)"), (plot_occupancy(made, "calls"), "(%)")):
        figure = ax.get_figure(root=True)
        assert figure is not None
        bar = figure.axes[1]
        assert unit in bar.get_ylabel()
        hours = np.ma.filled(ax.collections[0].get_array(), np.nan)
        assert hours.shape == (7, 24)
    note = plain(plot_wait(made, "portal").get_xlabel())
    assert "business hours: published 6 h (5–7), simulated 8.3 (7.8–8.8)" in note


def test_shades_are_the_numbers_of_the_table() -> None:
    picture = pictures()["wait_portal"]
    shown = picture.draw(new_axes(*picture.size)).collections[0].get_array()
    np.testing.assert_allclose(np.ma.filled(shown, np.nan), picture.table().to_numpy().T)


def test_the_arrivals_of_the_table_are_drawn() -> None:
    picture = pictures()["arrivals_portal"]
    ax = picture.draw(new_axes(*picture.size))
    steps = {
        str(one.get_label()): one.get_data().values
        for one in ax.patches
        if hasattr(one, "get_data")
    }
    table = picture.table()
    np.testing.assert_allclose(steps["simulated, 95 % interval"], table["simulated (tickets)"])
    np.testing.assert_allclose(steps["intended"], table["intended (tickets)"])


@pytest.mark.parametrize("name", sorted(set(TEXTS) - {"required", "parameters", "figures"}))
def test_words_have_numbers_and_tables_have_rows(name: str) -> None:
    picture = pictures()[name]
    assert len(picture.alt) > 60
    assert re.search(r"\d", picture.alt)
    assert picture.alt.endswith(".")
    assert "nan" not in picture.alt.split()
    table = picture.table()
    assert len(table) > 0
    assert not any(table.columns.duplicated())


def test_words_of_plans_and_calibrations() -> None:
    week = study_words.of_required(made_week())
    assert "at most 4 are required and 3.4 on duty" in week.lower()
    assert "Mon 15:00" in week
    figures = study_words.of_figures(made_calibration())
    assert "Answered within 1 hour 12.0 (11.3–12.7) in the check, published 10 % (7–13)" in figures


def test_words_tell_what_was_published_and_the_verdict() -> None:
    alts = {one.stem: one.alt for one in pictures_of_run(small_run())}
    verdict = next(v for v in small_run().verdicts if v.figure.measure == "portal.backlog_open")
    assert f"published 10 (8–12): {verdict.answer}" in alts["backlog_portal"]
    assert "published 60 % (57–63)" in alts["first_response_portal"]


def test_every_channel_and_team_has_its_pictures() -> None:
    found = pictures_of_run(four_channel_run())
    about = {one.about for one in found}
    assert about == {
        "",
        "portal",
        "chat",
        "phone",
        "email",
        "team.desk",
        "team.phone",
        "team.experts",
    }
    of_phone = [one.stem for one in found if one.about == "team.phone"]
    assert of_phone == ["staff_phone", "occupancy_phone", "duty_phone"]
    stems = [one.stem for one in found]
    assert len(stems) == len(set(stems))
    assert not any(stem.startswith("staff_desk") for stem in stems), "nobody comes or goes there"


def test_names_of_files_are_harmless() -> None:
    assert stem_of("wait", "../a b/\x00<c>") == "wait_.._a_b_c_"


def test_names_of_files_are_short_enough_and_differ() -> None:
    assert stem_of("wait", "a" * 195) == "wait_" + "a" * 195
    names = ["a" * 250, "a" * 249 + "b", "é" * 130, "é" * 131]
    stems = [stem_of("wait", name) for name in names]
    assert len(set(stems)) == 4
    assert all(len(f"{stem}.png".encode()) <= 255 for stem in stems)
    assert stems == [stem_of("wait", name) for name in names]
    assert stems[0].startswith("wait_" + "a" * 180)


# --- Grey, and other eyes ------------------------------------------------------------------------


def luminance(colour: object) -> float:
    """Return the relative luminance of a colour on white, from 0 to 1 (WCAG 2.2)."""
    red, green, blue, alpha = to_rgba(colour)  # type: ignore[arg-type]
    channels = np.array([red, green, blue]) * alpha + 1 - alpha
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def looks(handle: object) -> tuple[object, ...]:
    """Return how what is named in a legend looks without its colour, and how light it is."""
    if isinstance(handle, Line2D):
        line = handle.get_linestyle() if handle.get_linewidth() else "none"
        marker = str(handle.get_marker())
        face = luminance(handle.get_markerfacecolor()) if marker not in ("None", "") else None
        dashes = tuple(handle._dash_pattern[1] or ())  # type: ignore[attr-defined]
        return "line", line, dashes, marker, luminance(handle.get_color()), face
    if isinstance(handle, Patch):
        kind = "patch" if handle.get_fill() else "step"
        shade = luminance(handle.get_facecolor() if handle.get_fill() else handle.get_edgecolor())
        dashes = tuple(handle._dash_pattern[1] or ())  # type: ignore[attr-defined]
        return kind, handle.get_linestyle(), dashes, handle.get_hatch(), shade, None
    assert isinstance(handle, Collection)
    dashes = tuple(map(str, handle.get_linestyle()))
    face = handle.get_facecolor()
    shade = luminance(face[0]) if len(face) else 0.0
    return (type(handle).__name__, "", dashes, "", shade, None)


def drawn(handle: Any) -> object:
    """Return what a legend's entry is of; of bars of intervals their markers, or else the bars."""
    if isinstance(handle, ErrorbarContainer):
        return handle.lines[0] or handle.lines[2][0]
    return handle[0] if isinstance(handle, Container) else handle


def alike(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    """Return whether two things in a legend cannot be told apart in grey."""
    if one[:4] != other[:4]:
        return False
    shades = [(one[4], other[4]), (one[5], other[5])]
    return all(
        abs(first - second) < 0.12  # type: ignore[operator]
        for first, second in shades
        if first is not None and second is not None
    )


@pytest.mark.parametrize("name", list(pictures()))
def test_everything_named_can_be_told_apart_in_grey(name: str) -> None:
    picture = pictures()[name]
    ax = picture.draw(new_axes(*picture.size))
    handles, labels = ax.get_legend_handles_labels()
    known = [(label, looks(one)) for one, label in zip(map(drawn, handles), labels, strict=True)]
    for (label, one), (other_label, other) in combinations(known, 2):
        assert not alike(one, other), (label, other_label)
    for shaded in (*ax.images, *ax.findobj(QuadMesh)):
        shades = [luminance(shaded.get_cmap()(level)) for level in np.linspace(0, 1, 21)]
        steps = np.diff(shades)
        assert (steps < 0).all() or (steps > 0).all(), "shades that grey cannot order"


def test_the_legibility_test_can_fail() -> None:
    ax = new_axes(3, 3)
    ax.plot([0, 1], [0, 1], "-", color=BLUE, label="one")
    ax.plot([0, 1], [1, 0], "-", color="#007A5E", label="as dark as the other")
    one, other = map(looks, ax.get_legend_handles_labels()[0])
    assert alike(one, other)


# Machado, Oliveira and Fernandes (2009), severity 1.
BLINDNESS = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}  # fmt: skip


@pytest.mark.parametrize("kind", BLINDNESS)
def test_colours_differ_for_colour_blind_readers(kind: str) -> None:
    def seen(colour: str) -> np.ndarray:
        linear = np.array(BLINDNESS[kind]) @ np.array(to_rgba(colour)[:3]) ** 2.2
        return np.clip(linear, 0, 1) ** (1 / 2.2)

    # Those that are drawn together where nothing but a marker or dashes would tell them apart.
    for one, other in [*combinations((BLUE, ORANGE, BLACK), 2), (ORANGE, GREEN)]:
        assert np.linalg.norm(seen(one) - seen(other)) > 0.15
    for colour in (BLUE, ORANGE, GREEN, BLACK):
        assert 1.05 / (luminance(colour) + 0.05) >= 3, "too faint on white (WCAG 2.2, 1.4.11)"


# --- Global state, and other people's settings ---------------------------------------------------


def image_of(name: str) -> bytes:
    picture = pictures()[name]
    figure = picture.draw(new_axes(*picture.size)).get_figure(root=True)
    assert figure is not None
    made = io.BytesIO()
    with house_style():
        figure.savefig(made, dpi=40)
    return made.getvalue()


@pytest.mark.parametrize("name", ["wait_portal", "arrivals_portal", "costs", "duty_calls"])
def test_settings_outside_neither_matter_nor_change(name: str) -> None:
    expected = image_of(name)
    theirs = {"font.size": 22, "axes.facecolor": "black", "lines.linewidth": 9, "axes.grid": True}
    with mpl.rc_context(theirs):
        before = dict(mpl.rcParams)
        assert image_of(name) == expected
        assert dict(mpl.rcParams) == before
    assert plt.get_fignums() == []


def test_the_style_sheet_is_there_for_everybody() -> None:
    with mpl.style.context(STYLE):
        assert not mpl.rcParams["axes.spines.top"]
        cycle = list(mpl.rcParams["axes.prop_cycle"])
    assert len({one["linestyle"] for one in cycle}) == len(cycle)


def test_plots_draw_on_given_axes_and_return_them() -> None:
    made, axes = made_run(), Canvas().subplots(1, 4)
    assert plot_wait(made, "portal", axes[0]) is axes[0]
    assert plot_arrivals(made, "phone", axes[1]) is axes[1]
    assert plot_duty(made, "calls", axes[2]) is axes[2]
    assert plot_costs(made, axes[3]) is axes[3]
    assert plot_unit_costs(made).get_figure(root=True) is not axes[3].get_figure(root=True)


def test_notebooks_show_the_same_plots() -> None:
    result = Result(small_run())
    try:
        for draw in (result.plot_wait, result.plot_arrivals):
            assert "portal" in draw().get_title()
            with pytest.raises(InputError, match="portal"):
                draw("portl")
        for draw in (result.plot_occupancy, result.plot_duty):
            assert "desk" in draw().get_title()
            with pytest.raises(InputError, match="desk"):
                draw("dsk")
        ax = Canvas().add_subplot()
        assert result.plot_costs(ax) is ax
        assert "costs" in result.plot_unit_costs().get_title()
        assert len(plt.get_fignums()) == 5, "made with pyplot, so that a notebook shows them"
    finally:
        plt.close("all")
    free = {"desk": {**TEAM, "cost_per_hour": 0}}
    settings = {"warm_up": "0min", "window": "1w", "replications": 1}
    unpaid = Result(run(validate(document(teams=free, run=settings)), workers=1))
    for plot in (unpaid.plot_costs, unpaid.plot_unit_costs):
        with pytest.raises(InputError, match="no cost_per_hour"):
            plot()
    assert plt.get_fignums() == []


def test_names_are_text_in_every_picture() -> None:
    picture = pictures()["verdicts"]
    assert "made <desk> $1$" in picture.title
    ax = picture.draw(new_axes(*picture.size))
    assert r"made <desk> \$1\$" in ax.get_title()
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.canvas.draw()


def test_long_and_foreign_names_draw_without_a_warning() -> None:
    made = made_run()
    name = "客服 \U0001f4de " + "a long name of a desk " * 8
    named = dataclasses.replace(made, scenario=made.scenario.replace({"name": name.strip()}))
    ax = pictures_of_run(named)[0].draw(new_axes(9.5, 6))
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.canvas.draw()  # would warn of letters that the font does not have
    assert "a long name of a desk" in ax.get_title()
    assert "客" not in ax.get_title()
    # As text, the picture says it all.
    assert "客服" in pictures_of_run(named)[0].title
    assert ax.title.get_window_extent().width < figure.bbox.width


def test_the_published_share_ever_answered_is_drawn() -> None:
    ax = plot_first_response(made_run(), "portal")
    ends = {one.get_label(): one for one in ax.containers}
    rate = ends["published, ever answered"]
    assert rate.lines[0].get_ydata() == pytest.approx([0.95])
    np.testing.assert_allclose(rate.lines[2][0].get_segments()[0][:, 1], [0.93, 0.97])


@pytest.mark.parametrize(
    "changes",
    [
        {"run": {"warm_up": "0min", "window": "12h", "follow_up": "1d", "replications": 1}},
        {"run": {"warm_up": "0min", "window": "5min", "follow_up": "0min", "replications": 2}},
        {"teams": {"desk": {"agents": "unlimited", "serves": ["portal"]}}, "benchmarks": {}},
    ],
)
def test_short_runs_and_odd_desks_have_pictures_too(changes: dict[str, Any]) -> None:
    found = pictures_of_run(run(validate(document(**changes)), workers=1))
    for picture in found:
        figure = picture.draw(new_axes(*picture.size)).get_figure(root=True)
        assert figure is not None
        figure.canvas.draw()
        assert isinstance(picture.table(), pd.DataFrame)
        assert "nan" not in picture.alt
    assert found


# --- Room for texts ------------------------------------------------------------------------------


def beyond(ax: Axes) -> float:
    """Return how many inches of a figure lie beyond its edges, when it is drawn."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    canvas = FigureCanvasAgg(figure)  # type: ignore[arg-type]
    canvas.draw()  # warns if there is no room for the axes
    drawn, room = figure.get_tightbbox(canvas.get_renderer()), figure.bbox_inches
    return float(
        max(room.x0 - drawn.x0, room.y0 - drawn.y0, drawn.x1 - room.x1, drawn.y1 - room.y1)
    )


def is_cut(picture: Picture) -> bool:
    return beyond(picture.draw(new_axes(*picture.size))) > 0.01


@cache
def wordy_run() -> Run:
    """Return a run of a channel and a team whose names take all the room that there is."""
    channel, team = f"c{'-very-long-name' * 5}", f"t{'-very-long-name' * 6}"
    return run(
        validate(
            document(
                channels={channel: {"arrivals": {"per_day": 5}, "work": "3min"}},
                teams={team: {**TEAM, "serves": [channel], "turnover": TURNOVER}},
                run={"warm_up": "0min", "window": "1w", "replications": 1},
                benchmarks={},
            )
        ),
        workers=1,
    )


@pytest.mark.parametrize(
    "kind",
    ["first_response", "wait", "backlog", "arrivals", "staff", "duty", "costs", "unit_costs"],
)
def test_long_names_are_not_cut_off(kind: str) -> None:
    one = next(one for one in pictures_of_run(wordy_run()) if one.stem.startswith(kind))
    assert not is_cut(one)


def test_long_names_in_plans_and_calibrations_are_not_cut_off() -> None:
    week = dataclasses.replace(made_week(), team="a-very-long-name-of-a-team-" * 4)
    assert beyond(plot_required(week, new_axes(*required_size(week)))) < 0.01
    brief = np.zeros((7, 24))
    brief[:, 9] = 1
    brief_week = dataclasses.replace(week, scheduled=brief)
    assert beyond(plot_required(brief_week, new_axes(*required_size(brief_week)))) < 0.01
    made = made_calibration()
    for parameter in made.problem.parameters:
        made.fit.values[parameter.key + 80 * "x"] = made.fit.values[parameter.key]
        parameter.key += 80 * "x"
    for target in made.problem.targets:
        target.figure = target.figure.model_copy(update={"title": "what we promised " * 9})
    assert beyond(plot_parameters(made, new_axes(*parameters_size(made)))) < 0.01
    assert beyond(plot_figures(made, new_axes(*figures_size(made)))) < 0.01


def test_what_a_map_of_a_sweep_holds_fixed_is_not_cut_off() -> None:
    held = ("arrivals.business_hours_share", "replies.probability", "transfers.probability")
    vary = {AGENTS: [1, 2], PER_DAY: [3, 5]} | {
        f"channels.portal.{key}": [0.1, 0.2] for key in held
    }
    made = made_sweep(vary, {SHARE: lambda *numbers: sum(numbers) / 20}, half_width=0.02)
    found = pictures_of_sweep(made)
    assert [one.stem for one in found] == ["sensitivity", SHARE]
    assert not any(map(is_cut, found))


def test_a_sweep_of_which_nothing_can_be_said_has_no_bars_to_explain() -> None:
    made = made_sweep({AGENTS: [1, 2], PER_DAY: [3, 5]}, {SHARE: lambda *_: math.nan})
    one = pictures_of_sweep(made)[0]
    ax = one.draw(new_axes(*one.size))
    assert "unknown at 4 of 4 points" in ax.get_xlabel()
    assert beyond(ax) < 0.01
    figure = ax.get_figure(root=True)
    assert figure is not None
    assert not figure.legends


def test_names_of_a_sweep_s_values_are_not_laid_over_each_other() -> None:
    dates = [f"2026-{month:02d}-01" for month in range(1, 13)]
    ax = plot_sweep(made_sweep({"run.start": dates}, {SHARE: lambda _: 0.5}))
    assert {text.get_rotation() for text in ax.get_xticklabels()} == {45.0}
    assert [text.get_text() for text in ax.get_xticklabels()] == dates
    # Places that are closer than a line is high have no names of their own.
    spread = made_sweep(
        {"channels.portal.wrap_up": ["30s", "5min", "1h", "1d"]}, {SHARE: lambda _: 0.5}
    )
    ax = plot_sweep(spread)
    texts = [text.get_text() for text in ax.get_xticklabels()]
    assert "5min" not in texts
    assert "(h)" in ax.get_xlabel()
    few = plot_sweep(made_sweep({PER_DAY: [3, 5, 8]}, {SHARE: lambda _: 0.5}))
    assert [text.get_text() for text in few.get_xticklabels()] == ["3", "5", "8"]
    assert {text.get_rotation() for text in few.get_xticklabels()} == {0.0}
    # Columns of a map that is too small for all of their names.
    ax = Canvas(figsize=(3, 3)).add_subplot()
    wide = made_sweep({AGENTS: [1, 2], PER_DAY: [*range(101, 121)]}, {SHARE: lambda *_: 0.5})
    plot_sweep(wide, ax=ax)
    named = {round(text.get_position()[0]): text.get_text() for text in ax.get_xticklabels()}
    assert 3 < len(named) < 20
    assert all(text == str(101 + place) for place, text in named.items())


def test_the_legend_of_first_responses_lies_beside_the_curve() -> None:
    hasty = {**PHONE, "arrivals": {"per_day": 400}, "patience": "5s"}
    teams = {"desk": {**TEAM, "serves": ["phone"]}}
    settings = {"warm_up": "0min", "window": "1w", "replications": 2}
    made = run(validate(document(channels={"phone": hasty}, teams=teams, run=settings)), workers=1)
    ax = plot_first_response(made, "phone")
    assert beyond(ax) < 0.01
    curve = next(line for line in ax.lines if line.get_label() == "simulated")
    box = ax.get_legend()
    assert box is not None
    assert np.asarray(curve.get_ydata())[-1] < 0.3
    places = curve.get_transform().transform(np.column_stack(curve.get_data()))
    assert not box.get_window_extent().count_contains(places)


# --- Published figures, and the numbers behind ---------------------------------------------------


def with_figure(made: Run, like: str, **changes: object) -> Run:
    """Return a run that is judged by one figure, which is like a known one but for some changes."""
    return dataclasses.replace(
        made, figures=(load_registry()[like].model_copy(update={"id": "ours.one", **changes}),)
    )


def test_a_published_mean_is_a_line_in_the_scale_of_the_shades() -> None:
    judged = with_figure(
        small_run(), "portal.first_response_time", measure="portal.first_response_time"
    )
    ax = plot_wait(judged, "portal")
    figure = ax.get_figure(root=True)
    assert figure is not None
    bar = figure.axes[1]
    assert "line: published" in plain(bar.get_ylabel())
    unit = {"(h)": 1, "(d)": 24, "(min)": 1 / 60}[plain(bar.get_ylabel()).split()[5].strip(";")]
    levels = [np.asarray(line.get_ydata()) for line in bar.lines if line.get_color() == BLACK]
    np.testing.assert_allclose(levels, [[6 / unit, 6 / unit]])
    assert not plot_wait(small_run(), "portal").get_figure(root=True).axes[1].lines  # type: ignore[union-attr]


def test_published_numbers_that_are_no_point_of_the_curve_are_named_below_it() -> None:
    judged = with_figure(small_run(), "global.unanswered", measure="portal.unanswered")
    told = plain(plot_first_response(judged, "portal").get_xlabel())
    title = judged.figures[0].title
    assert re.search(rf"{title}: published 50 % \(47–53\), simulated 1\.6", told)


def test_a_map_of_a_sweep_names_what_is_published() -> None:
    one = pictures()["sweep_map"]
    ax = one.draw(new_axes(*one.size))
    figure = ax.get_figure(root=True)
    assert figure is not None
    (legend,) = figure.legends
    told = [text.get_text() for text in legend.get_texts()]
    assert f"{SHARE} matches what is published: 60 % (57–63)" in told
    bar = figure.axes[1]
    np.testing.assert_allclose([line.get_ydata() for line in bar.lines], 0.6)


def test_points_of_a_sweep_without_a_number_are_not_in_the_legend() -> None:
    made = made_sweep({PER_DAY: [3, 5]}, {SHARE: lambda n: 0.6 if n == 3 else math.nan})
    told = [text.get_text() for text in plot_sweep(made).get_legend().get_texts()]  # type: ignore[union-attr]
    assert "matches" in told
    assert "undecided" not in told


@pytest.mark.parametrize("window", ["3w", "30w"])
def test_the_staff_of_the_table_is_drawn(window: str) -> None:
    made = made_run()
    made = dataclasses.replace(made, scenario=made.scenario.replace({"run.window": window}))
    one = next(one for one in pictures_of_run(made) if one.stem == "staff_calls")
    ax = one.draw(new_axes(*one.size))
    table = one.table()
    lines = {str(line.get_label()): line for line in ax.lines}
    for name in ("headcount", "vacancies", "effective capacity"):
        np.testing.assert_allclose(lines[name].get_ydata(), table[f"{name} (agents)"])
    assert set(np.diff(lines["headcount"].get_xdata())) == {7.0 if window == "30w" else 1.0}
    period = "week" if window == "30w" else "day"
    assert f"over the {period}s" in one.alt
    assert f"{'daily' if period == 'day' else 'weekly'} mean" in ax.get_title()


def test_tables_hold_the_intervals_and_all_figures_that_are_drawn() -> None:
    duty = pictures()["duty_calls"].table()
    made = duty_by_hour(made_run(), "calls").busy
    shown = np.nan_to_num(duty[["busy (agents)", "busy: low", "busy: high"]].to_numpy())
    assert {tuple(row) for row in shown} <= {tuple(row) for row in np.nan_to_num(made).T}
    costs = pictures()["unit_costs"].table()
    ranges = costs[["published from (currency)", "published to"]].dropna().to_numpy().tolist()
    ax = pictures()["unit_costs"].draw(new_axes(9.5, 5))
    drawn_ends = [list(line.get_xdata()) for line in ax.lines if line.get_linestyle() == "-"]
    ends = costs[["low", "high"]].to_numpy().tolist()
    assert all(end in drawn_ends for end in ends)
    assert [2.93, 49.69] in ranges
    assert [1.6, 1.6] in ranges


def test_two_figures_on_one_cost_are_two_rows() -> None:
    made = made_run()
    one = next(figure for figure in made.figures if figure.measure == "all.cost_per_ticket")
    twice = dataclasses.replace(
        made,
        figures=(
            *made.figures,
            one.model_copy(update={"id": "ours.cost", "value": 9.0, "low": None, "high": None}),
        ),
    )
    table = next(p for p in pictures_of_run(twice) if p.stem == "unit_costs").table()
    rows = table[table["published to"].isin([9.0, 49.69])]
    assert len(rows) == 2
    assert len(set(rows.index)) == 1
