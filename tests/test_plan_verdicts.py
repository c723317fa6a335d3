"""How sure a plan is: what its verdicts are made of, and how errors are dealt out."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from supportsim.measures import find
from supportsim.scenario import Scenario
from supportsim.scenario.loading import validate
from supportsim.stats.selection import Selection, Sign
from supportsim.studies.planning import evaluate, trying
from supportsim.studies.planning import plan as planning
from supportsim.studies.planning.evaluate import Judged, Rules, Trials
from supportsim.studies.planning.parts import parts_of
from supportsim.studies.planning.settings import PlanSettings
from supportsim.studies.planning.staffing import positions_of
from supportsim.studies.planning.targets import read_target

IN_TIME, WAIT, MEDIAN = (
    "calls.answered_within_1min>=0.5",
    "calls.wait<=5min",
    "calls.first_response_time_median<=2min",
)
RULES = Rules(confidence=0.95, error=0.025, precision=None, first_stage=8, most=40)


def desk() -> Scenario:
    channel = {"live": True, "arrivals": {"per_day": 500}, "work": "5min"}
    shifts = [{"days": "Mon-Sun", "from": "00:00", "to": "24:00"}]
    run = {"window": "2d", "warm_up": "4h", "follow_up": "4h"}
    teams = {"a": {"agents": 2, "serves": ["calls"], "shifts": shifts}}
    return validate({"name": "d", "run": run, "channels": {"calls": channel}, "teams": teams})


def trials(*texts: str, rules: Rules = RULES) -> Trials:
    targets = [read_target(text, desk()) for text in texts]
    (part,) = parts_of(desk(), targets, positions_of(desk(), targets))
    return Trials(part, (3,), rules, workers=1)


def judged(statements: list[float], weights: list[float] | None = None) -> Judged:
    """Judge from statements that are about these, one for each of two targets."""
    asked = trials(IN_TIME, WAIT)
    noise = np.tile([[1e-6], [-1e-6]], (20, 1))
    sizes = np.array(weights or [1.0, 1.0])
    asked._watched[3,] = (np.array(statements) + noise) * sizes, np.tile(sizes, (40, 1))
    return asked.judge((3,))


@pytest.mark.parametrize(
    ("margins", "answer"),
    [([0.1, 1.0], "meets"), ([0.1, -1.0], "fails"), ([-0.1, 1.0], "fails")],
)
def test_all_targets_have_to_be_met(margins: list[float], answer: str) -> None:
    found = judged(margins)
    assert found.answer == answer
    assert [one.answer for one in found.statements] == [
        "meets" if margin > 0 else "fails" for margin in margins
    ]
    assert [one.margin.mean for one in found.statements] == pytest.approx(margins)


def test_a_verdict_is_made_of_statements_over_their_mean_weight() -> None:
    found = judged([0.1, 1.0], weights=[50.0, 4.0])
    np.testing.assert_allclose(found.values.mean(axis=0), [0.1, 1.0])


def test_margins_are_judged_to_a_hundredth_of_a_share_and_two_of_all_else() -> None:
    asked = trials(IN_TIME, WAIT, MEDIAN)
    pairs = list(zip(asked.targets, asked.asked, strict=True))
    assert [RULES.indifference(*one) for one in pairs] == pytest.approx([0.01, 0.1, 0.01])
    given = Rules(0.95, 0.025, 0.05, 8, 40)
    assert [given.indifference(*one) for one in pairs] == pytest.approx([0.05, 0.25, 0.05])


def test_targets_share_the_error_of_a_staffing() -> None:
    one, three = trials(IN_TIME), trials(IN_TIME, WAIT, MEDIAN)
    for heads in (1, 3, 7):
        assert three.error_of((heads,)) == pytest.approx(one.error_of((heads,)) / 3)


def test_each_halving_of_the_precision_has_half_of_the_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tests: list[tuple[float, float]] = []

    def sign(values: Any, precision: float, error: float, _first: int) -> Sign:
        tests.append((precision, error))
        return Sign(1, len(values), len(values))

    monkeypatch.setattr(evaluate, "sign_of_mean", sign)
    asked = trials(IN_TIME)
    asked._watched[3,] = np.full((40, 1), 0.0005), np.ones((40, 1))
    (statement,) = asked.judge((3,)).statements
    error = asked.error_of((3,))
    np.testing.assert_allclose(tests, [(0.01 / 2**n, error / 2 ** (n + 1)) for n in range(4)])
    assert statement.precision == 0.00125
    assert statement.close
    # A margin that is clear at the first precision is not looked at any closer.
    tests.clear()
    asked._watched[4,] = np.full((40, 1), 0.02), np.ones((40, 1))
    assert not asked.judge((4,)).statements[0].close
    assert len(tests) == 1


def test_half_of_the_error_is_for_verdicts_and_parts_share_it() -> None:
    settings = PlanSettings(targets=(IN_TIME,), confidence=0.9, max_replications=100)
    for parts in (1, 4):
        rules = planning.rules_of(trials(IN_TIME).part, settings, parts)
        assert (rules.confidence, rules.most, rules.first_stage) == (0.9, 100, 10)
        assert rules.error == pytest.approx(0.05 / parts)


def test_each_desk_on_a_line_has_its_part_of_the_error(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Rules] = []

    class Watched(Trials):
        def judge(self, staffing: tuple[int, ...]) -> Judged:
            given.append(self.rules)
            return Judged(staffing, "meets", (), np.zeros((8, 1)))

    monkeypatch.setattr(trying, "Trials", Watched)
    settings = PlanSettings(targets=(IN_TIME,), confidence=0.9, max_replications=100)
    line = trying.Line(lambda _: desk(), [read_target(IN_TIME, desk())], settings, workers=1)
    assert line.holds(1.0)
    (rules,) = given
    assert rules.error == pytest.approx(0.05 / trying.MOST_TRIALS)
    assert (rules.first_stage, rules.halvings, rules.most) == (8, 0, 100)


def test_the_tightest_target_chooses_among_equally_cheap_staffings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given: dict[str, Any] = {}

    def select(
        draw: Any, systems: int, indifference: float, error: float, *bounds: int
    ) -> Selection:
        given.update(values=[draw(n, 0) for n in range(systems)], error=error, bounds=bounds)
        given["indifference"] = indifference
        return Selection(1, True, 8, (1,))

    monkeypatch.setattr(planning, "kim_nelson", select)
    # In precisions of 0.01 and 0.1 the share is 2 and 9 from its bound, the wait 5 and 3.
    margins = {(1, 2): (0.02, 0.5), (2, 1): (0.09, 0.3)}
    asked = [find(text.split(sep)[0], desk()) for text, sep in ((IN_TIME, ">="), (WAIT, "<="))]
    made: Any = SimpleNamespace(
        targets=tuple(read_target(text, desk()) for text in (IN_TIME, WAIT)),
        asked=tuple(asked),
        rules=RULES,
        value=lambda staffing, _replication, target: margins[staffing][target],
    )
    best: Any = [
        SimpleNamespace(
            staffing=staffing,
            statements=[SimpleNamespace(margin=SimpleNamespace(mean=one)) for one in margin],
        )
        for staffing, margin in margins.items()
    ]
    chosen, selection = planning._select(made, best)
    assert chosen == 1
    assert selection is not None
    assert given["values"] == [0.02, 0.09]
    assert given["indifference"] == pytest.approx(0.01)
    # Any of the targets may turn out to be the tightest: they share the error.
    assert given["error"] == pytest.approx(0.025 / 2)
    assert given["bounds"] == (8, 40)


def test_a_target_of_which_nothing_was_measured_says_so() -> None:
    # Two calls a day, and hardly ever one in these five minutes of a week.
    rare = desk().replace({"channels.calls.arrivals.per_day": 2, "run.window": "1w"})
    text = "calls.answered_within_1min@Mon 03:00-03:05>=0.5"
    found = planning.plan(rare, PlanSettings(targets=(text,), max_replications=10), workers=1)
    assert not found.possible
    assert "nothing was measured in 10 replications" in found.parts[0].why_not[0]
