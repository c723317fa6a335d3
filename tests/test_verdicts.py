"""Verdicts at and around the edges, who set what, and what would settle the undecided."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest

from supportsim.benchmarks import Figure, judge, unit_factor
from supportsim.benchmarks.verdicts import compare, replications_to_settle
from supportsim.errors import BenchmarkError, InputError
from supportsim.measures import find, measures_of
from supportsim.scenario.loading import validate
from supportsim.stats import Estimate
from supportsim.studies import figures_of, run
from test_benchmark_registry import CONTEXT, SET_BY, WHOLE_DESK

SHIFTS = [{"days": "Mon-Fri", "from": "09:00", "to": "17:00"}]
SCENARIO = validate(
    {
        "name": "verdicts",
        "run": {"warm_up": "1d", "window": "7d", "follow_up": "2d", "replications": 3},
        "channels": {
            "portal": {"arrivals": {"per_day": 20}, "work": "5min"},
            "chat": {"arrivals": {"per_day": 5}, "work": "5min", "wrap_up": "1min"},
        },
        "teams": {
            "desk": {"agents": 1, "serves": ["portal", "chat"], "shifts": SHIFTS},
            "night": {"agents": 1, "serves": ["chat"], "shifts": SHIFTS, "cost_per_hour": 20},
        },
    }
)
ASKED = {asked.id: asked for asked in measures_of(SCENARIO)}


def figure(**keys: Any) -> Figure:
    """Return a figure of 0.10, matched from 0.07 to 0.13, unless `keys` say otherwise."""
    tolerance = {"low": 0.07, "high": 0.13, "reason": "rounding"}
    return Figure.model_validate(
        {
            "id": "portal.within_1h",
            "title": "Answered within 1 hour",
            "definition": "of all questions",
            "quantity": "answered_within",
            "within": "1h",
            "channel": "portal",
            "unit": "share",
            "value": 0.10,
            "clock": "calendar",
            "tolerance": tolerance,
            "publisher": "somebody",
            "source": "somewhere",
            "status": "simulated",
            "measure": "portal.answered_within_1h",
        }
        | keys
    )


# --- Intervals and tolerances --------------------------------------------------------------------

ULP = 1e-12


@pytest.mark.parametrize(
    ("low", "high", "answer"),
    [
        (3.0, 4.0, "matches"),
        (2.0, 5.0, "matches"),  # the ends belong to both
        (2.0 - ULP, 5.0 + ULP, "matches"),  # up to a rounding error
        (2.0, 2.0, "matches"),  # a constant on an end
        (2.0 - 1e-7, 4.0, "undecided"),
        (3.0, 5.0 + 1e-7, "undecided"),
        (1.0, 6.0, "undecided"),  # around the tolerance
        (1.0, 2.0, "undecided"),  # an end in common
        (5.0, 6.0, "undecided"),
        (1.0, 3.0, "undecided"),
        (4.0, 6.0, "undecided"),
        (1.0, 2.0 - ULP, "undecided"),  # in common but for a rounding error
        (1.0, 2.0 - 1e-7, "misses"),
        (5.0 + 1e-7, 6.0, "misses"),
        (1.9, 1.9, "misses"),
        (math.nan, math.nan, "undecided"),
        (2.5, math.nan, "undecided"),
    ],
)
def test_an_interval_against_a_tolerance_of_2_to_5(low: float, high: float, answer: str) -> None:
    assert compare(low, high, 2.0, 5.0) == answer
    assert compare(-high, -low, -5.0, -2.0) == answer  # negative scores alike


@pytest.mark.parametrize(
    ("mean", "half_width", "replications", "expected"),
    [
        # Inside a tolerance of 2 to 5: the distance to the nearest end.
        (3.0, 2.0, 20, 80),  # twice as wide as 3 − 2, so 4 times as many
        (4.5, 1.0, 20, 80),
        (3.0, 1.1, 20, 25),  # 20 × 1.21 = 24.2
        (3.0, 1.0, 20, 21),  # never as many as there are
        # Outside it.
        (1.0, 3.0, 10, 90),
        (5.5, 1.0, 10, 40),
        # On an end, and without an interval, no number will do.
        (2.0, 1.0, 20, None),
        (5.0, 1.0, 20, None),
        (3.0, math.nan, 1, None),
        (math.nan, math.nan, 1, None),
    ],
)
def test_replications_that_would_settle_it(
    mean: float, half_width: float, replications: int, expected: int | None
) -> None:
    assert replications_to_settle(mean, half_width, (2.0, 5.0), replications) == expected


def test_an_open_end_is_never_near() -> None:
    assert replications_to_settle(3.0, 2.0, (2.0, math.inf), 20) == 80
    assert replications_to_settle(3.0, 2.0, (-math.inf, 2.0), 20) == 80


# --- A verdict on a figure -----------------------------------------------------------------------


def verdict_on(one: Figure, estimate: Estimate) -> Any:
    assert one.measure is not None
    (verdict,) = judge([one], {one.measure: estimate}, ASKED, SCENARIO)
    assert verdict.figure is one
    return verdict


def test_a_verdict_has_the_estimate() -> None:
    verdict = verdict_on(figure(), Estimate(0.10, 0.09, 0.11, 20))
    assert (verdict.answer, verdict.role) == ("matches", "predicted")
    assert (verdict.simulated, verdict.low, verdict.high) == (0.10, 0.09, 0.11)
    assert (verdict.replications, verdict.reason) == (None, "")


def test_an_undecided_verdict_says_what_would_settle_it() -> None:
    # 0.04 wide, 0.02 from the nearest end.
    verdict = verdict_on(figure(), Estimate(0.11, 0.07, 0.15, 20))
    assert verdict.answer == "undecided"
    assert verdict.replications in (80, 81)  # by rounding
    assert verdict_on(figure(), Estimate(0.2, 0.19, 0.21, 20)).replications is None


def test_one_replication_decides_nothing() -> None:
    verdict = verdict_on(figure(), Estimate(0.10, math.nan, math.nan, 1))
    assert (verdict.answer, verdict.simulated) == ("undecided", 0.10)
    assert verdict.replications is None


def test_nothing_observed_decides_nothing() -> None:
    verdict = verdict_on(figure(), Estimate(math.nan, math.nan, math.nan, 20))
    assert verdict.answer == "undecided"
    assert verdict.replications is None


@pytest.mark.parametrize(("unit", "minutes"), [("min", 1.0), ("h", 60.0), ("d", 1440.0)])
def test_a_verdict_is_in_the_unit_of_the_figure(unit: str, minutes: float) -> None:
    one = figure(
        quantity="first_response_time",
        measure="portal.first_response_time",
        unit=unit,
        value=6.0,
        tolerance={"low": 5.5, "high": 6.5, "reason": "rounding"},
    )
    verdict = verdict_on(one, Estimate(6 * minutes, 5.75 * minutes, 6.25 * minutes, 20))
    assert verdict.answer == "matches"
    found = (verdict.simulated, verdict.low, verdict.high)
    assert found == pytest.approx((6.0, 5.75, 6.25), rel=1e-12)
    assert verdict_on(one, Estimate(6.0, 5.75, 6.25, 20)).answer == (
        "matches" if unit == "min" else "misses"
    )


def test_the_clock_is_that_of_the_judgement() -> None:
    estimate = Estimate(0.10, 0.09, 0.11, 20)
    assert verdict_on(figure(), estimate).clock == "calendar"
    open_clock = figure(clock="not stated", judged_clock="business hours")
    assert verdict_on(open_clock, estimate).clock == "business hours"


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        (
            {"status": "not simulated yet", "measure": None, "reason": "needs surveys"},
            "not simulated yet: needs surveys",
        ),
        ({"status": "context", "measure": None, "reason": "no queue"}, "context: no queue"),
        (
            {"measure": "phone.answered_within_1h"},
            "this scenario has no measure phone.answered_within_1h",
        ),
    ],
)
def test_what_is_not_simulated_says_why(keys: dict[str, Any], reason: str) -> None:
    (verdict,) = judge([figure(**keys)], {}, ASKED, SCENARIO)
    assert (verdict.answer, verdict.role, verdict.reason) == ("not simulated", "none", reason)
    assert math.isnan(verdict.simulated)
    assert verdict.replications is None


def test_verdicts_come_in_the_order_of_the_figures() -> None:
    one, other = figure(), figure(id="portal.other", status="context", measure=None, reason="no")
    estimates = {"portal.answered_within_1h": Estimate(0.5, 0.4, 0.6, 20)}
    for figures in ([one, other], [other, one]):
        verdicts = judge(figures, estimates, ASKED, SCENARIO)
        assert [verdict.figure for verdict in verdicts] == figures


# --- Roles ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("set_by", "role"),
    [
        ((), "predicted"),
        (("channels.portal.arrivals.per_day",), "input"),
        (("channels.portal.arrivals",), "input"),
        (("channels.portal.wrap_up",), "predicted"),  # left at its default
        (("channels.chat.wrap_up",), "input"),
        (("channels.*.wrap_up",), "input"),  # by one of them
        (("channels.*.patience",), "predicted"),
        (("teams.*.cost_per_hour",), "input"),
        (("teams.desk.cost_per_hour",), "predicted"),
        (("*.*.serves",), "input"),
        (("channels.phone.work",), "predicted"),  # there is no such channel
        (("channels.portal.work.value.more",), "predicted"),  # nothing below a value
        (("channels.portal.patience", "channels.portal.work"), "input"),  # one of several
    ],
)
def test_a_figure_that_the_scenario_sets_is_an_input(set_by: tuple[str, ...], role: str) -> None:
    verdict = verdict_on(figure(set_by=set_by), Estimate(0.10, 0.09, 0.11, 20))
    assert verdict.role == role


def test_a_figure_that_was_fitted_says_so_even_if_it_is_set() -> None:
    fitted = SCENARIO.replace({"benchmarks.fitted": ["portal.within_1h"]})
    estimates = {"portal.answered_within_1h": Estimate(0.10, 0.09, 0.11, 20)}
    one = figure(set_by=["channels.portal.work"])
    assert judge([one], estimates, ASKED, fitted)[0].role == "fitted"
    other = figure(id="portal.another")
    assert judge([other], estimates, ASKED, fitted)[0].role == "predicted"


def test_a_figure_is_fitted_if_another_of_the_same_measure_is() -> None:
    """A parameter that was fitted to a figure was fitted to its measure."""
    fitted = SCENARIO.replace({"benchmarks.fitted": ["portal.within_1h"]})
    estimates = {
        "portal.answered_within_1h": Estimate(0.10, 0.09, 0.11, 20),
        "chat.answered_within_1h": Estimate(0.10, 0.09, 0.11, 20),
    }
    one, same = figure(), figure(id="ours.within_1h", set_by=["channels.portal.work"])
    other = figure(id="chat.within_1h", measure="chat.answered_within_1h", channel="chat")
    asked = ASKED | {"chat.answered_within_1h": find("chat.answered_within_1h", SCENARIO)}
    for figures in ([one, same, other], [other, same, one]):
        roles = {v.figure.id: v.role for v in judge(figures, estimates, asked, fitted)}
        assert roles == {
            "portal.within_1h": "fitted",
            "ours.within_1h": "fitted",
            "chat.within_1h": "predicted",
        }
    plain = judge([one, same, other], estimates, asked, SCENARIO)
    assert [verdict.role for verdict in plain] == ["predicted", "input", "predicted"]


@pytest.mark.parametrize(
    ("use", "role"),
    [
        (["global.cost_per_ticket", "global.cost_per_ticket_range"], "fitted"),
        (["global.cost_per_ticket_range"], "fitted"),  # whether or not it is judged by the other
    ],
)
def test_a_range_is_fitted_with_the_value_in_it(use: list[str], role: str) -> None:
    changes = {"benchmarks.use": use, "benchmarks.fitted": ["global.cost_per_ticket"]}
    scenario = SCENARIO.replace(changes)
    assert {verdict.role for verdict in run(scenario, workers=1).verdicts} == {role}
    free = scenario.replace({"benchmarks.fitted": []})
    assert {verdict.role for verdict in run(free, workers=1).verdicts} == {"predicted"}


@pytest.mark.parametrize("scale", ["csat", "nps", "ces"])
@pytest.mark.parametrize(
    ("key", "inputs"),
    [("satisfaction", {"portal", "global"}), ("channels.portal.satisfaction", {"portal"})],
)
def test_a_score_on_a_scale_that_is_set_is_not_predicted(
    scale: str, key: str, inputs: set[str]
) -> None:
    ends = {"csat": [0.1, 0.9], "nps": [-50, 50], "ces": [1, 7]}[scale]
    figures = [f"portal.{scale}", f"global.{scale}"]
    scenario = SCENARIO.replace({f"{key}.{scale}": ends, "benchmarks.use": figures})
    roles = {v.figure.id.split(".")[0]: v.role for v in run(scenario, workers=1).verdicts}
    assert {name for name, role in roles.items() if role == "input"} == inputs
    assert "predicted" not in roles.values()
    fitted = scenario.replace({"benchmarks.fitted": [f"portal.{scale}"]})
    (portal, _) = run(fitted, workers=1).verdicts
    assert portal.role == "fitted"


# --- With a run ----------------------------------------------------------------------------------


def test_a_run_is_judged_by_the_figures_it_is_given() -> None:
    wide = {"low": 0.0, "high": 1.0, "reason": "anything"}
    anything, other_desk = figure(tolerance=wide), figure(id="phone.x", measure="phone.wait")
    result = run(SCENARIO, figures=[anything, other_desk], workers=1)
    assert [verdict.answer for verdict in result.verdicts] == ["matches", "not simulated"]
    assert result.all_match
    # Some of the portal's tickets are answered within an hour, but not all.
    impossible = figure(value=1.0, tolerance={"low": 1.0, "high": 1.0, "reason": "nothing else"})
    result = run(SCENARIO, figures=[anything, impossible], workers=1)
    assert [verdict.answer for verdict in result.verdicts] == ["matches", "misses"]
    assert not result.all_match


def test_a_single_replication_is_undecided_whatever_the_tolerance() -> None:
    wide = {"low": 0.0, "high": 1.0, "reason": "anything"}
    scenario = SCENARIO.replace({"run.replications": 1})
    result = run(scenario, figures=[figure(tolerance=wide)], workers=1)
    (verdict,) = result.verdicts
    assert verdict.answer == "undecided"
    assert 0 < verdict.simulated < 1
    assert not result.all_match


def test_the_figures_are_those_that_the_scenario_names() -> None:
    named = SCENARIO.replace({"benchmarks.use": ["portal.answered_within_1h"]})
    (one,) = figures_of(named)
    assert one.id == "portal.answered_within_1h"
    assert figures_of(SCENARIO) == ()


# --- Figures and measures that do not go together ------------------------------------------------


def test_a_measure_in_another_unit_than_the_figure_is_refused() -> None:
    wrong = figure(measure="portal.first_response_time")  # minutes, for a share
    message = (
        "benchmark portal.within_1h: its unit is 'share', and that of its measure "
        "portal.first_response_time is 'min'"
    )
    with pytest.raises(BenchmarkError, match=f"^{re.escape(message)}$"):
        verdict_on(wrong, Estimate(60.0, 50.0, 70.0, 20))
    # A run says so before it begins.
    told: list[int] = []
    with pytest.raises(BenchmarkError, match=f"^{re.escape(message)}$"):
        run(SCENARIO, figures=[wrong], workers=1, progress=lambda *done: told.extend(done))
    assert told == []


@pytest.mark.parametrize(
    ("published", "measured", "factor"),
    [
        ("share", "share", 1.0),
        ("per ticket", "per ticket", 1.0),
        ("min", "min", 1.0),
        ("h", "min", 1 / 60),
        ("d", "min", 1 / 1440),
        ("min", "d", 1440.0),
        ("d", "h", 1 / 24),
        ("share", "min", None),
        ("min", "share", None),
        ("h", "tickets", None),
        ("per ticket", "share", None),
    ],
)
def test_units_are_converted_if_they_can_be(
    published: str, measured: str, factor: float | None
) -> None:
    one = figure().model_copy(update={"unit": published})
    if factor is None:
        with pytest.raises(BenchmarkError, match=f"unit is '{published}', .* is '{measured}'$"):
            unit_factor(one, measured)
    else:
        assert unit_factor(one, measured) == pytest.approx(factor, rel=1e-12)


def test_a_group_of_figures_may_be_fitted() -> None:
    fitted = SCENARIO.replace({"benchmarks.use": ["portal"], "benchmarks.fitted": ["portal"]})
    result = run(fitted, workers=1)
    judged = [verdict for verdict in result.verdicts if verdict.answer != "not simulated"]
    assert {verdict.role for verdict in judged} == {"fitted"}


@pytest.mark.parametrize(
    ("fitted", "role"),
    [
        ("portal", "fitted"),
        ("portal.within_1h", "fitted"),
        ("portal.within", "predicted"),  # no group, though the id begins with it
        ("port", "predicted"),
        ("portal.within_1h.more", "predicted"),
        ("within_1h", "predicted"),
    ],
)
def test_a_group_is_the_first_names_of_an_id(fitted: str, role: str) -> None:
    scenario = SCENARIO.replace({"benchmarks.fitted": ["other", fitted]})
    estimates = {"portal.answered_within_1h": Estimate(0.10, 0.09, 0.11, 20)}
    assert judge([figure()], estimates, ASKED, scenario)[0].role == role


# --- The built-in figures ------------------------------------------------------------------------

SCALES = ("csat", "nps", "ces")
EVERY_FIGURE = ("portal", "self_service", "escalation", "peak", "global")


def test_every_simulated_figure_is_judged_on_a_desk_that_says_enough() -> None:
    short = {"warm_up": "1d", "window": "7d", "follow_up": "2d", "replications": 2}
    scenario = WHOLE_DESK.replace({"benchmarks.use": EVERY_FIGURE, "run": short})
    verdicts = {verdict.figure.id: verdict for verdict in run(scenario, workers=1).verdicts}
    assert len(verdicts) == 63
    judged = {name for name, one in verdicts.items() if one.answer != "not simulated"}
    assert judged == verdicts.keys() - CONTEXT
    inputs = {name for name in judged if verdicts[name].role == "input"}
    left_out = {"portal.resolution_rate"}  # by this desk
    assert inputs == SET_BY.keys() - left_out
    # What customers say lies between the ends of a scale that the desk sets.
    assert inputs >= {f"{group}.{scale}" for group in ("portal", "global") for scale in SCALES}
    assert verdicts["global.unanswered"].role == "predicted"
    one, other = verdicts["self_service.tried_first"], verdicts["self_service.tried_first_hbr"]
    assert one.simulated == other.simulated == pytest.approx(0.66, abs=0.1)
    assert not one.answer == other.answer == "matches"


def test_what_a_scenario_does_not_say_is_told_for_each_figure() -> None:
    scenario = SCENARIO.replace({"benchmarks.use": EVERY_FIGURE})
    reasons = {one.figure.id: one.reason for one in run(scenario, workers=1).verdicts}
    for name, lacking in {
        "portal.csat": "channels.portal.satisfaction.csat or satisfaction.csat",
        "global.nps": "satisfaction.nps",
        "portal.device_share.mobile": 'device "mobile" of portal',
        "escalation.chat_to_email": 'channel "email"',
        "peak.chat": "channels.chat.arrivals.peaks, by_hour, by_hour_of_week or counts",
        "self_service.tried_first": "self_service",
        "global.agent_turnover": "teams.*.turnover",
        "global.messages_before_reply": "channels.*.bumps",
    }.items():
        assert reasons[name].startswith(f"this scenario has no {lacking}, which ")
    assert reasons["peak.phone"] == "this scenario has no measure phone.peak_hour"
    assert reasons["global.switch_after"].startswith("context: ")
    # There is a cost in one of the teams.
    assert reasons["global.cost_per_minute"] == ""


def test_a_figure_with_a_measure_that_no_scenario_has_is_refused() -> None:
    wrong = figure(measure="portal.anwsered_within_1h")
    with pytest.raises(InputError, match=r"there is no measure 'portal.anwsered_within_1h'"):
        run(SCENARIO, figures=[wrong], workers=1)
