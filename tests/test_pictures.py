"""Pictures say what they show, in words, in numbers and in grey, and touch nothing global."""

from __future__ import annotations

import dataclasses
import io
import re
from itertools import combinations
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import Collection, QuadMesh
from matplotlib.colors import to_rgba
from matplotlib.container import Container, ErrorbarContainer
from matplotlib.figure import Figure as Canvas
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from larger_runs import four_channel_run
from made_runs import made_calibration, made_run, made_week
from picture_cases import pictures
from small_runs import TEAM, document, small_run
from supportsim.api import Result
from supportsim.errors import InputError
from supportsim.report.pictures import pictures_of_run, study_words
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
from supportsim.report.plots.style import BLACK, BLUE, GREEN, ORANGE, STYLE, new_axes
from supportsim.scenario.loading import validate
from supportsim.studies import run

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
