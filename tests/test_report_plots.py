"""Plots say what they show, hold the published figures, and read well in grey."""

from __future__ import annotations

import dataclasses
import warnings
from itertools import pairwise
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib import dates as mdates
from matplotlib.container import ErrorbarContainer
from matplotlib.figure import Figure as Canvas

from larger_runs import changing_run, four_channel_run, judged_as, many_verdicts
from small_runs import PHONE, PORTAL, TEAM, document, small_run, two_channel_run
from supportsim.report.plots import (
    plot_backlog,
    plot_first_response,
    plot_staff,
    plot_verdicts,
    verdicts_size,
)
from supportsim.scenario.loading import validate
from supportsim.studies import run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes


@pytest.fixture(autouse=True)
def _no_figure_left_open() -> Iterator[None]:
    before = dict(plt.rcParams)
    yield
    assert plt.get_fignums() == []
    assert dict(plt.rcParams) == before


def draw(ax: Axes) -> None:
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.canvas.draw()


def legend(ax: Axes) -> list[str]:
    box = ax.get_legend()
    assert box is not None
    return [text.get_text() for text in box.get_texts()]


def test_first_response_shows_the_curve_its_interval_and_the_bands() -> None:
    result = small_run()
    ax = plot_first_response(result, "portal")
    draw(ax)
    assert ax.get_title() == "First response on portal"
    assert "(h, calendar clock)" in ax.get_xlabel()
    assert "(%)" in ax.get_ylabel()
    curve = next(line for line in ax.lines if line.get_label() == "simulated")
    hours, shares = (np.asarray(data) for data in curve.get_data())
    assert (hours[0], hours[-1]) == (0, 72)
    assert all(before <= after for before, after in pairwise(shares))
    for time in (1, 24, 48):
        mean = result.estimates[f"portal.answered_within_{time}h"].mean
        assert shares[hours == time] == pytest.approx(mean)
    bands = next(one for one in ax.containers if isinstance(one, ErrorbarContainer))
    assert bands.lines[0].get_xdata().tolist() == [1, 24, 48]
    assert bands.lines[0].get_ydata().tolist() == [0.1, 0.6, 0.9]
    ends = bands.lines[2][0].get_segments()
    assert np.allclose(
        [segment[:, 1] for segment in ends], [[0.07, 0.13], [0.57, 0.63], [0.87, 0.93]]
    )
    dashed = next(line for line in ax.lines if str(line.get_label()).startswith("ever answered"))
    assert dashed.get_linestyle() == "--"
    rate = result.estimates["portal.response_rate"].mean
    assert np.allclose(dashed.get_ydata(), rate)
    assert {"simulated", "95 % interval", "published, with what is accepted"} <= set(legend(ax))


def test_first_response_without_published_bands() -> None:
    ax = plot_first_response(two_channel_run(), "phone")
    draw(ax)
    assert not [one for one in ax.containers if isinstance(one, ErrorbarContainer)]
    assert ax.get_title() == "First response on phone"


def test_first_response_is_drawn_as_far_as_the_channel_s_bands_reach() -> None:
    phone = {**PHONE, "response_bands": ["20s", "5min"]}
    portal = {**PORTAL, "response_bands": []}
    teams = {"desk": {**TEAM, "serves": ["phone", "portal"]}}
    settings = {"warm_up": "1w", "window": "2w", "replications": 2}
    changes = {"channels": {"portal": portal, "phone": phone}, "teams": teams, "run": settings}
    result = run(validate(document(**changes)), workers=1)
    ax = plot_first_response(dataclasses.replace(result, figures=()), "phone")
    draw(ax)
    assert "(min, calendar clock)" in ax.get_xlabel()
    assert ax.get_xlim() == (0, 7.5)
    curve = next(line for line in ax.lines if line.get_label() == "simulated")
    minutes, shares = (np.asarray(data) for data in curve.get_data())
    mean = result.estimates["phone.answered_within_5min"].mean
    assert shares[minutes == 5] == pytest.approx(mean)
    assert plot_first_response(result, "portal").get_xlim() == (0, 72)


def test_backlog_shows_days_published_levels_and_the_warm_up() -> None:
    result = small_run()
    ax = plot_backlog(result, "portal")
    draw(ax)
    assert ax.get_title() == "Backlog on portal: daily mean with 95 % interval"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("date", "tickets")
    lines = {str(line.get_label()): line for line in ax.lines}
    assert np.allclose(lines["open, published 10 (8–12)"].get_ydata(), 10)
    assert np.allclose(lines["awaiting a first response, published 4 (3–5)"].get_ydata(), 4)
    simulated = lines["open, simulated"]
    daily = np.mean([one.backlog["portal.backlog_open"] for one in result.replications], axis=0)
    assert np.allclose(simulated.get_ydata(), daily)
    days = simulated.get_xdata()
    assert days[0] == mdates.date2num(np.datetime64("2026-01-05T12:00"))
    shaded = next(patch for patch in ax.patches if patch.get_label() == "warm-up, not measured")
    assert shaded.get_hatch()
    assert shaded.get_window_extent().width > 0
    labels = [text.get_text() for text in ax.get_xticklabels()]
    assert any("Jan" in label or "Feb" in label for label in labels)


def test_a_long_backlog_is_drawn_by_week() -> None:
    changes = {"run": {"warm_up": "2w", "window": "20w", "replications": 2}}
    result = run(validate(document(**changes)), workers=1)
    ax = plot_backlog(result, "portal")
    assert "weekly" in ax.get_title()
    line = next(line for line in ax.lines if line.get_label() == "open, simulated")
    assert len(line.get_xdata()) == 22
    daily = np.mean([one.backlog["portal.backlog_open"] for one in result.replications], axis=0)
    assert line.get_ydata()[1] == pytest.approx(daily[7:14].mean())


def test_staff_shows_headcount_vacancies_and_capacity_of_each_day() -> None:
    result = changing_run()
    ax = plot_staff(result, "desk")
    draw(ax)
    assert ax.get_title() == "Staff of desk: daily mean with 95 % interval"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("date", "agents")
    assert legend(ax) == [
        *("warm-up, not measured", "headcount", "vacancies", "effective capacity"),
    ]
    lines = {str(line.get_label()): line for line in ax.lines}
    for label in ("headcount", "vacancies", "effective capacity"):
        measure = f"team.desk.{label.replace(' ', '_')}"
        daily = np.array([one.staff[measure] for one in result.replications])
        assert np.allclose(lines[label].get_ydata(), daily.mean(axis=0))
        days = lines[label].get_xdata()
        assert days[0] == mdates.date2num(np.datetime64("2026-01-05T12:00"))
        assert np.allclose(np.diff(days), 1)
        assert len(days) == 42
    assert lines["vacancies"].get_ydata().max() > 0
    bands = [band.get_datalim(ax.transData) for band in ax.collections]
    assert len(bands) == 3
    assert bands[0].y1 > lines["headcount"].get_ydata().max()
    shaded = next(patch for patch in ax.patches if patch.get_label() == "warm-up, not measured")
    assert shaded.get_hatch()
    assert ax.get_ylim()[0] == 0


def test_staff_that_nobody_leaves_is_a_straight_line() -> None:
    ax = plot_staff(small_run(), "desk")
    draw(ax)
    lines = {str(line.get_label()): line for line in ax.lines}
    assert np.allclose(lines["headcount"].get_ydata(), 1)
    assert np.allclose(lines["vacancies"].get_ydata(), 0)


def test_lines_differ_without_colour() -> None:
    for ax in (
        plot_first_response(small_run(), "portal"),
        plot_backlog(small_run(), "portal"),
        plot_staff(changing_run(), "desk"),
    ):
        styles = [
            (line.get_linestyle(), line._dash_pattern, line.get_marker())  # type: ignore[attr-defined]
            for line in ax.lines
            if not str(line.get_label()).startswith("_")
        ]
        assert len(set(map(str, styles))) == len(styles)


def test_verdicts_lie_where_they_should() -> None:
    result = small_run()
    ax = plot_verdicts(result)
    draw(ax)
    judged = [one for one in result.verdicts if one.answer != "not simulated"]
    titles = [text.get_text() for text in ax.get_yticklabels()]
    assert titles == [f"{one.figure.title} ({one.role})" for one in judged]
    intervals = [line for line in ax.lines if line.get_marker() == "None"]
    assert len(intervals) == len(judged)
    for verdict, line in zip(judged, intervals, strict=True):
        low, high = line.get_xdata()
        inside = low >= -1 - 1e-9 and high <= 1 + 1e-9
        assert inside == (verdict.answer == "matches")
        if verdict.answer == "misses":
            assert high < -1 or low > 1
    assert {"accepted", "published"} <= set(legend(ax))
    assert {one.answer for one in judged} <= set(legend(ax))


def test_verdicts_of_several_channels_are_named_and_have_room() -> None:
    verdicts = many_verdicts(48)
    result = judged_as(four_channel_run(), *verdicts)
    ax = plot_verdicts(result)
    draw(ax)
    titles = [text.get_text() for text in ax.get_yticklabels()]
    assert sorted(titles) == sorted(
        f"{one.figure.channel}: {one.figure.title} ({one.role})"
        for one in verdicts
        if one.answer != "not simulated"
    )
    channels = [title.partition(":")[0] for title in titles]
    assert list(dict.fromkeys(channels)) == ["portal", "chat", "phone", "email", "all"]
    assert verdicts_size(result)[1] > 48 * 0.3


def test_plots_draw_on_given_axes_and_return_them() -> None:
    axes = Canvas().subplots(1, 4)
    result = small_run()
    assert plot_first_response(result, "portal", axes[0]) is axes[0]
    assert plot_backlog(result, "portal", axes[1]) is axes[1]
    assert plot_verdicts(result, axes[2]) is axes[2]
    assert plot_staff(result, "desk", axes[3]) is axes[3]


def test_a_single_replication_without_tickets_or_figures_draws_without_a_warning() -> None:
    quiet = document(
        name="no $formula$ \x1b[31m",
        channels={
            "portal": {"arrivals": {"per_day": 0}, "work": {"dist": "exponential", "mean": "3min"}}
        },
        run={"warm_up": "0w", "window": "1w", "replications": 1},
    )
    result = run(validate(quiet), workers=1)
    bare = dataclasses.replace(result, figures=())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for one in (result, bare):
            draw(plot_first_response(one, "portal"))
            draw(plot_backlog(one, "portal"))
            draw(plot_staff(one, "desk"))
            draw(plot_verdicts(one))
