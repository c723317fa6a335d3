"""The exact-result suite itself: what makes a case pass, and that it can fail."""

from __future__ import annotations

import dataclasses
from collections import deque
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import stats

from supportsim import queueing, validation
from supportsim.engine import lines
from supportsim.errors import InputError
from supportsim.measures import find
from supportsim.stats import Estimate
from supportsim.studies import run
from supportsim.studies.load import expected_contacts
from supportsim.validation import (
    CASES,
    PUBLISHED,
    Case,
    Row,
    Verification,
    duty_hours,
    impatience,
    many_agents,
    one_agent,
    select,
    teams,
    verify,
    verify_cases,
)
from supportsim.validation.case import desk, exponential, live, team

if TYPE_CHECKING:
    from collections.abc import Callable

    from supportsim.tables import Workload

ROOMS = (one_agent, many_agents, impatience, teams, duty_hours)


def case_of(name: str) -> Case:
    return select([name])[0]


def shorter(case: Case, replications: int, window: str = "") -> Case:
    run_table = {**case.document["run"], "replications": replications}
    if window:
        run_table["window"] = window
    return dataclasses.replace(case, document={**case.document, "run": run_table})


def by_id(rows: tuple[Row, ...]) -> dict[str, Row]:
    return {row.asked.id: row for row in rows}


def made(exact: float, mean: float, half_width: float, error: float) -> Row:
    """Return a row of which everything is known."""
    case = case_of("no-limit-constant")
    simulated = Estimate(mean, mean - half_width, mean + half_width, 200)
    asked = find("email.resolution_time", case.scenario())
    return Row(case, asked, exact, simulated, error)


class TestRegistry:
    """The cases: of which formulas, and which of them are quick."""

    def test_ids_are_short_and_used_once(self) -> None:
        ids = [case.id for case in CASES]
        assert len(set(ids)) == len(ids)
        assert all(len(name) <= 20 and " " not in name for name in ids)
        published = [one.id for one in PUBLISHED]
        assert len(set(published)) == len(published)

    @pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
    def test_each_case_is_complete(self, case: Case) -> None:
        assert case.title
        assert case.formula
        assert case.source
        scenario = case.scenario()
        assert scenario.run.replications == case.document["run"]["replications"] >= 100
        assert case.exact
        for name, value in case.exact.items():
            assert find(name, scenario).id == name
            assert 0 < value < np.inf

    def test_every_exact_formula_has_a_case(self) -> None:
        # Staffing is derived from the others; the load of a varying rate is a number of no measure.
        elsewhere = {"agents_needed", "square_root_servers", "offered_load", "erlang_c"}
        formulas = {name for name in queueing.__all__ if name.islower()} - elsewhere
        assert formulas == {name for name in formulas for room in ROOMS if hasattr(room, name)}
        quick = {case.formula.partition(",")[0] for case in CASES if case.quick}
        assert quick >= {"Erlang B", "Erlang C", "Erlang A", "Cobham's formula"}

    def test_the_quick_ones_are_quick(self) -> None:
        # Seven million contacts are simulated in about 30 s of processor time.
        scenarios = [case.scenario() for case in select(quick=True)]
        contacts = sum(
            int(one.run.replications) * sum(expected_contacts(one).values()) for one in scenarios
        )
        assert contacts < 7e6

    def test_the_cases_have_different_random_numbers(self) -> None:
        seeds = {case.scenario(seed).run.seed for case in CASES for seed in (0, 1, 2)}
        assert len(seeds) == 3 * len(CASES)
        assert case_of("mm1").scenario(2**30 - 1).run.seed < 2**63

    def test_selection(self) -> None:
        assert select() == CASES
        assert select(quick=True) == tuple(case for case in CASES if case.quick)
        assert [case.id for case in select(["erlang-b", "mm1", "mm1"])] == ["mm1", "erlang-b"]
        with pytest.raises(InputError, match=r'no case "erlangb"; did you mean "erlang-b"'):
            select(["erlangb"])

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"only": ["mm1"], "quick": True}, "quick: give either"),
            ({"seed": -1}, "seed: give a whole number from 0"),
            ({"seed": 2**30}, "seed: give a whole number from 0"),
            ({"seed": 1.5}, "seed: give a whole number from 0"),
            ({"seed": "1"}, "seed: give a whole number from 0 to 1073741823, not '1'"),
            ({"workers": 0}, "workers: give 1 or more"),
        ],
    )
    def test_wrong_input(self, options: dict[str, Any], message: str) -> None:
        with pytest.raises(InputError, match=message):
            verify(**options)


class TestVerdict:
    """A measure passes if its value is in the interval, and the interval tells."""

    @pytest.mark.parametrize(
        ("row", "verdict"),
        [
            (made(10, 10.1, 0.15, 0.04), "pass"),
            (made(10, 9.9, 0.15, 0.04), "pass"),
            (made(10, 10.2, 0.15, 0.04), "off"),
            (made(10, 9.8, 0.15, 0.04), "off"),
            # 2 % and 1.645 standard errors of 0.6 % are 2.99 %; of 0.62 % they are 3.02 %.
            (made(10, 10, 0.2, 0.06), "pass"),
            (made(10, 10, 0.2, 0.062), "too wide"),
            (made(10, 30, 25, 6), "too wide"),
            (made(10, float("nan"), float("nan"), float("nan")), "off"),
            (made(10, 10, float("nan"), float("nan")), "off"),
            # Constants have no interval, and are sums that are rounded.
            (made(30, 30 + 1e-12, 0, 0), "pass"),
            (made(30, 30 + 1e-6, 0, 0), "off"),
        ],
    )
    def test_by_hand(self, row: Row, verdict: str) -> None:
        assert row.verdict == verdict

    def test_numbers_by_hand(self) -> None:
        row = made(10, 10.1, 0.2, 0.05)
        assert row.relative_error == pytest.approx(0.01)
        assert row.relative_half_width == pytest.approx(0.02)
        assert row.noticed == pytest.approx(0.02 + 1.6448536 * 0.005)

    def test_an_error_is_noticed_as_often_as_said(self) -> None:
        # Estimates of a program that is off by the error that is just noticed.
        error, reach = 0.05, 0.2
        row = made(10, 10, reach, error)
        means = 10 * (1 + row.noticed) + error * stats.norm.ppf((np.arange(1000) + 0.5) / 1000)
        estimates = [Estimate(mean, mean - reach, mean + reach, 200) for mean in means]
        verdicts = [dataclasses.replace(row, simulated=one).verdict for one in estimates]
        assert verdicts.count("off") == pytest.approx(950, abs=1)

    def test_one_failing_row_or_value_fails_all(self) -> None:
        good, bad = made(10, 10, 0.1, 0.02), made(10, 11, 0.1, 0.02)
        wrong = dataclasses.replace(PUBLISHED[0], value=4.6)
        assert Verification((good, good), PUBLISHED, 1, "full").passed
        assert not Verification((good, bad), PUBLISHED, 1, "full").passed
        assert not Verification((good, good), (*PUBLISHED, wrong), 1, "full").passed


class TestRunning:
    """Cases are run as any scenario is, in any number of processes."""

    CASE = shorter(case_of("erlang-b-lines"), 12, "1d")

    def test_the_intervals_are_those_of_a_run_at_another_confidence(self) -> None:
        rows = verify_cases([self.CASE], workers=1)
        result = run(self.CASE.scenario(), workers=1)
        wider = stats.t.ppf(1 - 0.01 / len(rows) / 2, 11) / stats.t.ppf(0.975, 11)
        assert list(by_id(rows)) == list(self.CASE.exact)
        for name, row in by_id(rows).items():
            estimate = result.estimates[name]
            assert row.simulated.mean == estimate.mean
            assert row.simulated.replications == 12
            assert row.simulated.half_width == pytest.approx(wider * estimate.half_width)
            assert row.error == pytest.approx(estimate.half_width / stats.t.ppf(0.975, 11))

    def test_all_rows_share_the_confidence(self) -> None:
        other = shorter(case_of("no-limit-constant"), 4, "1d")
        alone = by_id(verify_cases([self.CASE], workers=1))
        together = by_id(verify_cases([self.CASE, other], workers=1))
        rows = len(self.CASE.exact) + len(other.exact)
        assert len(together) == rows
        wider = stats.t.ppf(1 - 0.01 / rows / 2, 11) / stats.t.ppf(1 - 0.01 / len(alone) / 2, 11)
        for name, row in alone.items():
            assert together[name].simulated.mean == row.simulated.mean
            found = together[name].simulated.half_width / row.simulated.half_width
            assert found == pytest.approx(wider)

    def test_neither_processes_nor_other_cases_change_a_result(self) -> None:
        cases = [self.CASE, shorter(case_of("no-limit-constant"), 7, "1d")]
        seen: list[tuple[int, int]] = []
        two = verify_cases(cases, workers=2, progress=lambda *counts: seen.append(counts))
        one = verify_cases(cases, workers=1)
        assert [row.simulated for row in two] == [row.simulated for row in one]
        assert seen == [(5, 19), (10, 19), (12, 19), (17, 19), (19, 19)]

    def test_another_seed_is_another_sample(self) -> None:
        first, again, other = (verify_cases([self.CASE], seed=s, workers=1) for s in (1, 1, 2))
        assert [row.simulated for row in first] == [row.simulated for row in again]
        assert all(a.simulated.mean != b.simulated.mean for a, b in zip(first, other, strict=True))


# --- Mutants -------------------------------------------------------------------------------------


def verdicts(case: Case) -> dict[str, str]:
    return {name: row.verdict for name, row in by_id(verify_cases([case], workers=1)).items()}


def with_work(monkeypatch: pytest.MonkeyPatch, change: Callable[[Workload], Workload]) -> None:
    """Let every workload be changed once it is drawn."""
    study = import_module("supportsim.studies.run")  # the package has a function of this name
    draw = study.draw_workload
    monkeypatch.setattr(study, "draw_workload", lambda *given: change(draw(*given)))


class LastComeFirstServed(deque):  # type: ignore[type-arg]
    """A row of contacts from whose end one is taken."""

    def popleft(self) -> Any:
        return self.pop()

    def __getitem__(self, number: Any) -> Any:
        # The engine asks for the first, to take it, and for the last, to join behind it.
        return super().__getitem__(-1 if number == 0 else number)


class TestMutants:
    """An error in the program is noticed, and in which measures."""

    @pytest.mark.parametrize("factor", [0.97, 1.03])
    def test_service_times_off_by_3_per_cent(
        self, factor: float, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with_work(monkeypatch, lambda work: dataclasses.replace(work, work=factor * work.work))
        found = verdicts(shorter(case_of("erlang-b-lines"), 100))
        assert set(found.values()) == {"off"}

    def test_the_wrong_order_within_a_queue(self, monkeypatch: pytest.MonkeyPatch) -> None:
        short = shorter(case_of("mm1"), 60)
        monkeypatch.setattr(lines, "deque", LastComeFirstServed)
        found = verdicts(short)
        # The mean does not depend on the order (Kleinrock's conservation law); how waits vary does.
        assert found["email.wait"] != "off"
        assert found["email.first_response_time_p90"] == "off"
        assert found["email.answered_within_5min"] == "off"

    def test_channels_in_the_wrong_order(self) -> None:
        case = shorter(case_of("priorities"), 40)
        desk_table = case.document["teams"]["desk"]
        turned = {"desk": {**desk_table, "serves": desk_table["serves"][::-1]}}
        wrong = dataclasses.replace(case, document={**case.document, "teams": turned})
        assert verdicts(wrong) == {"phone.wait": "off", "email.wait": "off"}

    def test_a_wrong_formula(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def wrong(servers: int, load: float) -> float:
            blocking = 1.0
            for n in range(servers):  # one server too many, and none at the end
                blocking = load * blocking / (n + 1.1 + load * blocking)
            return blocking

        right = case_of("erlang-b-lines").exact
        monkeypatch.setattr(many_agents, "erlang_b", wrong)
        monkeypatch.setattr(validation.published, "erlang_b", wrong)
        # The values of a case are worked out once: this is a case that has not been asked yet.
        fresh = shorter(case_of("erlang-b-lines"), 100)
        found = verdicts(fresh)
        assert fresh.exact["phone.blocked"] != pytest.approx(right["phone.blocked"], rel=0.02)
        assert found["phone.blocked"] == "off"
        assert found["phone.handling_time"] != "off"
        assert [one.id for one in PUBLISHED if not one.agrees] == [
            "erlang-b-10",
            "erlang-b-20",
            "erlang-b-100",
        ]

    def test_too_few_replications(self) -> None:
        found = verdicts(shorter(case_of("erlang-b-lines"), 20))
        assert found["phone.blocked"] == "too wide"

    def test_a_desk_that_theory_does_not_describe(self) -> None:
        # Constant work where exponential was meant: waits are half as long.
        phone, alone = live(400, "1.8min"), {"desk": team(1, "phone")}
        table = desk({"phone": phone}, alone, window="1w", replications=20)
        wait = {"phone.wait": 1.8}
        assert verdicts(Case("md1", "", "", "", table, lambda: wait)) == {"phone.wait": "off"}
        table["channels"] = {"phone": live(400, exponential(1.8))}
        assert verdicts(Case("mm1", "", "", "", table, lambda: wait))["phone.wait"] != "off"
