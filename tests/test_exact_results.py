"""Scenarios whose answer theory knows exactly, from the scenario to the estimate.

The cases are those of `supportsim verify`. Each comparison makes two demands: the exact value lies
in the interval, and the interval is so narrow that an error of 3 % would leave it. All intervals of
a run hold together; the seed is the default and was not chosen.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

from supportsim.studies import simulate_once
from supportsim.validation import CASES, PUBLISHED, Published, Row, verify, verify_cases
from supportsim.validation.case import Case, channel, desk, exponential, law, live, team

if TYPE_CHECKING:
    from collections.abc import Iterable

    from supportsim.scenario import Scenario
    from supportsim.validation import Verification

QUICK = [case.id for case in CASES if case.quick]


@cache
def quick() -> Verification:
    return verify(quick=True, workers=1)


def failing(rows: Iterable[Row], exact: float) -> float:
    """Return the share of rows that fail if the exact values were so many times as large."""
    verdicts = [replace(row, exact=exact * row.exact).verdict for row in rows]
    return sum(verdict != "pass" for verdict in verdicts) / len(verdicts)


def few(case: Case, replications: int) -> Case:
    document = {**case.document, "run": {**case.document["run"], "replications": replications}}
    return replace(case, document=document)


@pytest.mark.parametrize("name", QUICK)
def test_the_quick_suite_agrees_with_theory(name: str) -> None:
    rows = [row for row in quick().rows if row.case.id == name]
    assert rows
    assert {row.asked.id: row.verdict for row in rows} == dict.fromkeys(rows[0].case.exact, "pass")


def test_the_quick_suite_would_notice_an_error_of_3_per_cent() -> None:
    assert quick().passed
    for off in (0.97, 1.03):
        assert failing(quick().rows, off) >= 0.95


def test_no_other_case_is_far_off() -> None:
    others = [few(case, 10) for case in CASES if not case.quick]
    assert not [row for row in verify_cases(others, workers=1) if row.verdict == "off"]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_the_full_suite_agrees_with_theory(seed: int) -> None:
    found = verify(seed=seed)
    assert not [(row.case.id, row.asked.id, row.verdict) for row in found.failed]
    assert found.passed
    assert len(found.rows) > 100
    for off in (0.97, 1.03):
        assert failing(found.rows, off) >= 0.95


@pytest.mark.parametrize("one", PUBLISHED, ids=lambda one: one.id)
def test_the_formulas_give_what_was_published(one: Published) -> None:
    assert one.agrees
    assert not replace(one, value=one.value + 10**-one.decimals).agrees
    assert not replace(one, value=one.value - 10**-one.decimals).agrees


# --- The same thing in two ways ------------------------------------------------------------------


def scenario_of(agents: int, occupies: float) -> Scenario:
    chat = live(600, exponential(4.32), occupies=occupies)
    table = desk({"chat": chat}, {"desk": team(agents, "chat")}, window="17w")
    return Case("same", "", "", "", table, dict).scenario()


def test_one_agent_with_three_chats_at_a_time_is_three_agents() -> None:
    one, three = (simulate_once(scenario_of(*how), 0).log for how in ((1, 1 / 3), (3, 1.0)))
    assert len(one) > 30_000
    np.testing.assert_array_equal(one.start, three.start)
    np.testing.assert_array_equal(one.end, three.end)


def test_on_a_live_channel_the_response_is_the_end_of_the_wait() -> None:
    def rows(kind: bool) -> tuple[Row, ...]:
        email = {**channel(420, law("lognormal", 2.4, 0.7), wrap_up=law("gamma", 1.8, 0.8))}
        table = desk(
            {"email": email | {"live": kind}},
            {"desk": team(1, "email", speed=2.0)},
            window="7w",
            replications=2,
        )
        names = ("email.wait", "email.first_response_time", "email.resolution_time")
        return verify_cases(
            [Case("same", "", "", "", table, lambda: dict.fromkeys(names, 1.0))], workers=1
        )

    live_rows, same = rows(True), rows(False)
    assert live_rows[1].simulated.mean == same[0].simulated.mean
    assert live_rows[2].simulated == same[2].simulated
