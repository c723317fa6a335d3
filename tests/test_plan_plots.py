"""The agents required and on duty by hour and weekday: numbers, plot and text."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from rich.console import Console

from small_runs import OFFICE
from supportsim.errors import InputError
from supportsim.report.planning.required_tables import print_required
from supportsim.report.plots.planning import plot_required
from supportsim.sampling import draw_staff
from supportsim.scenario.loading import validate
from supportsim.studies.planning.required import required_agents
from supportsim.studies.planning.scheduled import ROSTERS, DutyWeek, duty_week, scheduled
from supportsim.studies.planning.targets import read_target

if TYPE_CHECKING:
    from supportsim.scenario import Scenario


def desk(**team: Any) -> Scenario:
    by_hour = [0] * 8 + [1, 2, 3, 3, 2, 3, 2, 1, 1] + [0] * 7
    phone = {
        "live": True,
        "arrivals": {"per_day": 400, "by_hour": by_hour},
        "work": {"dist": "exponential", "mean": "4min"},
    }
    plain = {"agents": 5, "serves": ["phone"], "shifts": OFFICE}
    return validate(
        {
            "name": "desk",
            "run": {"warm_up": "1w", "window": "4w", "follow_up": "1d"},
            "channels": {"phone": phone},
            "teams": {"desk": plain | team, "rest": {"agents": "unlimited", "serves": ["phone"]}},
        }
    )


AWAY = {"absence": {"planned": 0.1, "unplanned": 0.1}, "breaks": [{"from": "12:00", "to": "13:00"}]}


def test_who_is_on_duty_is_counted_minute_by_minute() -> None:
    scenario = desk(**AWAY)
    begin, end = scenario.run.window_edges
    total = np.zeros((7, 24))
    for replication in range(ROSTERS):
        roster = draw_staff(scenario, replication).roster
        for on, off in zip(roster.on, roster.off, strict=True):
            for minute in range(int(max(on, begin)), int(min(off, end))):
                total[minute // 1440 % 7, minute % 1440 // 60] += 1
    np.testing.assert_allclose(scheduled(scenario, "desk"), total / 60 / 4 / ROSTERS, atol=1e-9)


def test_agents_of_a_few_minutes_an_hour_count_while_they_are_there() -> None:
    found = scheduled(desk(shifts=[{**OFFICE[0], "each_hour": "9min"}]), "desk")
    np.testing.assert_allclose(found[:5, 9:17], 5.0)
    assert found.sum() == pytest.approx(5 * 5 * 8)


def week() -> DutyWeek:
    scenario = desk(**AWAY)
    targets = [read_target("phone.answered_within_20s>=0.8", scenario)]
    # The team without limit would take all calls.
    alone = scenario.to_dict()
    del alone["teams"]["rest"]
    return duty_week(validate(alone), targets, "desk")


def test_cells_say_what_is_required_and_on_duty() -> None:
    found = week()
    assert found.required.shape == found.scheduled.shape == (7, 24)
    assert found.hours == (9, 17)
    assert found.outside == found.required[:, [8, 17]].max() > 0
    assert found.cell(0, 9) == f"{found.required[0, 9]}/{found.scheduled[0, 9]:.1f}"
    assert found.cell(6, 3) == ""
    assert found.short[5, 10]
    assert found.short[0, 12]
    assert not found.short[0, 3]
    np.testing.assert_array_equal(found.short, found.required - found.scheduled > 0.5)


def test_the_plot_marks_what_is_short_without_colour() -> None:
    found = week()
    ax = plot_required(found)
    texts = {text.get_text() for text in ax.texts}
    assert texts >= {found.cell(day, slot) for day in range(7) for slot in range(9, 17)} - {""}
    bold = [text for text in ax.texts if text.get_fontweight() == "bold"]
    assert len(bold) == found.short[:, 9:17].sum() == len(ax.patches) > 0
    assert all(patch.get_hatch() for patch in ax.patches)
    assert ax.get_xticklabels()[0].get_text() == "Mon"
    assert [label.get_text() for label in ax.get_yticklabels()] == [
        f"{hour:02d}:00" for hour in range(9, 17)
    ]
    assert "desk" in ax.get_title(loc="left")


def test_the_table_fits_a_pipe() -> None:
    found = week()
    out = io.StringIO()
    print_required(found, Console(file=out, width=80))
    lines = out.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    (nine,) = [line for line in lines if line.startswith("09:00")]
    cells = [found.cell(day, 9) + "!" * bool(found.short[day, 9]) for day in range(7)]
    assert nine.split()[1:] == [cell for cell in cells if cell]


def test_only_agents_who_can_be_counted_are() -> None:
    with pytest.raises(InputError, match="without limit"):
        scheduled(desk(), "rest")
    with pytest.raises(InputError, match="there is no team"):
        scheduled(desk(), "none")
    # All the work goes to the team without limit.
    assert required_agents(desk(), [], "desk").sum() == 0
