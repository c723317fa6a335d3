"""Plans: targets and what they say of a replication, staffings, parts, and the search."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from supportsim.errors import InputError
from supportsim.measures import Observation, find, observe
from supportsim.scenario import Scenario, load
from supportsim.scenario.loading import validate
from supportsim.studies import simulate_once
from supportsim.studies.planning.evaluate import Judged, Rules, Trials
from supportsim.studies.planning.parts import parts_of
from supportsim.studies.planning.search import more_hurt, rough_answer, search
from supportsim.studies.planning.staffing import Position, positions_of, staffed
from supportsim.studies.planning.targets import read_target, statement, weight

SCENARIOS = Path(__file__).parent.parent / "scenarios"
ALWAYS = [{"days": "Mon-Sun", "from": "00:00", "to": "24:00"}]
OFFICE = {"days": "Mon-Fri", "from": "09:00", "to": "17:00"}

Table = dict[str, Any]


@pytest.fixture(scope="module")
def omnichannel() -> Scenario:
    return load(SCENARIOS / "omnichannel.toml")


# --- Targets -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "comparison", "value"),
    [
        ("phone.answered_within_20s>=0.8", ">=", 0.8),
        (" phone.answered_within_20s ≥ 80% ", ">=", 0.8),
        ("phone.answered_within_20s > 1", ">=", 1.0),
        ("portal.first_response_time<=6h", "<=", 360.0),
        ("portal.first_response_time_p90 =< 1d12h", "<=", 2160.0),
        ("portal.nps>=-20", ">=", -20.0),
        ("all.backlog_open<50", "<=", 50.0),
    ],
)
def test_targets_are_read(omnichannel: Scenario, text: str, comparison: str, value: float) -> None:
    target = read_target(text, omnichannel)
    assert (target.comparison, target.value) == (comparison, pytest.approx(value))
    assert target.text == text.strip()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("phone.answered_within_20s", "is not a comparison; write a measure, >= or <="),
        ("phone.answered_within_20s=0.8", "is not a comparison"),
        (">=0.8", "is not a comparison"),
        ("phone.wait<=1min<=2min", "is not a comparison"),
        ("phone.anwsered_within_20s>=0.8", 'did you mean "phone.answered_within_20s"?'),
        ("answered_within_20s>=0.8", "say of which channel, as in portal.answered_within_20s; "),
        ("phone.answered_witin_x>=0.8", 'did you mean "phone.answered_within_{time}"?'),
        ("fone.answered_within_20s>=0.8", 'did you mean "phone"?'),
        ("phone.answered_within_20s>=80", 'did you mean "80%"?'),
        ("phone.answered_within_20s>=-0.1", "is not a share"),
        ("phone.answered_within_20s>=6h", "is not a share"),
        ("phone.answered_within_20s>=nan", "is not a share"),
        ("phone.wait<=6", "the measure is a time"),
        ("phone.nps>=50%", "is not a number of the measure's unit, score"),
        ("phone.nps>=inf", "is not a number"),
    ],
)
def test_what_is_no_target_is_refused(omnichannel: Scenario, text: str, told: str) -> None:
    with pytest.raises(InputError) as error:
        read_target(text, omnichannel)
    assert told in str(error.value)


def test_statements_are_linear_and_of_the_right_sign(omnichannel: Scenario) -> None:
    def said(text: str, observation: Observation) -> tuple[float, float]:
        target = read_target(text, omnichannel)
        asked = find(target.measure, omnichannel)
        return statement(target, asked, observation), weight(asked, observation)

    # 70 of 100 answered in time.
    assert said("phone.answered_within_20s>=0.8", Observation(70, 100)) == (pytest.approx(-10), 100)
    assert said("phone.answered_within_20s<=0.8", Observation(70, 100)) == (pytest.approx(10), 100)
    # 50 waits of 300 minutes in all.
    assert said("phone.wait<=5min", Observation(300, 50)) == (pytest.approx(-50), 50)
    # Of ten values six are 3 or less: the 90th percentile is not.
    values = Observation(np.nan, np.nan, np.array([1.0, 1, 2, 2, 3, 3, 4, 5, 6, 7]))
    p90 = "phone.first_response_time_p90"
    assert said(f"{p90}<=3min", values) == (pytest.approx(6 - 9), 10)
    assert said(f"{p90}<=7min", values) == (pytest.approx(10 - 9), 10)
    # It is 5 or more: no more than nine in ten are below 5, indeed seven.
    assert said(f"{p90}>=5min", values) == (pytest.approx(9 - 7), 10)


# --- Staffings -----------------------------------------------------------------------------------


def desk(**teams: Table) -> Scenario:
    channel = {"live": True, "arrivals": {"per_day": 10}, "work": "5min"}
    run = {"window": "2w", "warm_up": "0d", "follow_up": "0d"}
    return validate({"name": "desk", "run": run, "channels": {"calls": channel}, "teams": teams})


def positions(scenario: Scenario, teams: list[str] | None = None) -> tuple[Position, ...]:
    target = read_target("calls.answered_within_1min>=0.5", scenario)
    return positions_of(scenario, [target], teams)


def test_heads_of_a_team_and_what_they_cost() -> None:
    breaks = [{"from": "12:00", "to": "13:00"}]
    part_time = {"share": 0.5, "hours": 0.5}
    team = {"agents": 4, "serves": ["calls"], "shifts": [OFFICE], "cost_per_hour": 10}
    (one,) = positions(desk(a=team | {"breaks": breaks}))
    assert (one.key, one.now, one.shift) == ("teams.a.agents", 4, None)
    assert (one.hours, one.cost) == (40, 400)  # breaks are paid
    (one,) = positions(desk(a=team | {"part_time": part_time}))
    assert one.hours == pytest.approx(40 * 0.75)
    (one,) = positions(desk(a={**team, "cost_per_hour": 0}))
    assert one.cost == one.hours


def test_heads_of_shifts_with_the_number_of_agents_beside() -> None:
    shifts = [OFFICE | {"agents": 2}, {**OFFICE, "days": "Sat", "agents": 1}]
    for agents in ({}, {"agents": 3}):
        scenario = desk(a={"serves": ["calls"], "shifts": shifts, **agents})
        first, second = positions(scenario)
        assert (first.key, second.key) == ("teams.a.shifts.0.agents", "teams.a.shifts.1.agents")
        assert (first.hours, second.hours) == (40, 8)
        team = staffed(scenario, {first.key: 5}).teams["a"]
        assert [shift.agents for shift in team.shifts] == [5, 1]
        assert team.size == 6


def test_teams_that_cannot_be_planned() -> None:
    named = {"serves": ["calls"], "shifts": [OFFICE | {"agent": "Ann"}]}
    team = {"agents": 4, "serves": ["calls"], "shifts": [OFFICE]}
    endless = {"agents": "unlimited", "serves": ["calls"]}
    both = desk(a=named, b=team)
    assert [one.team for one in positions(both)] == ["b"]  # the others stay as they are
    with pytest.raises(InputError, match=r"teams\.a cannot be planned: its shifts are those of"):
        positions(both, ["a"])
    with pytest.raises(InputError, match="it is without limit"):
        positions(desk(a=endless))
    with pytest.raises(InputError, match='there is no team "c"; there are: a, b'):
        positions(both, ["c"])


# --- Parts ---------------------------------------------------------------------------------------


def test_parts_have_nothing_to_do_with_each_other(omnichannel: Scenario) -> None:
    # Short, and with the whole desk as it is but for that.
    short = omnichannel.replace({"run.warm_up": "1w", "run.window": "2w", "run.follow_up": "1w"})
    texts = ["phone.answered_within_20s>=0.8", "portal.answered_within_24h>=0.6"]
    targets = [read_target(text, short) for text in texts]
    parts = parts_of(short, targets, positions_of(short, targets))
    assert {frozenset(part.scenario.channels) for part in parts} == {
        frozenset({"portal"}),
        frozenset({"phone", "chat", "email"}),
    }
    assert {one.team for part in parts for one in part.positions} == {"desk", "phone"}
    whole = observe(simulate_once(short, 3), [find(one.measure, short) for one in targets])
    for part in parts:
        ((_, target),) = part.targets
        asked = find(target.measure, part.scenario)
        mine = observe(simulate_once(part.scenario, 3), [asked])[target.measure]
        there = whole[target.measure]
        assert (mine.numerator, mine.denominator) == (there.numerator, there.denominator)
        assert 0 < mine.numerator < mine.denominator


def test_targets_of_the_whole_desk_keep_it_together(omnichannel: Scenario) -> None:
    target = read_target("all.backlog_open<=50", omnichannel)
    (part,) = parts_of(omnichannel, [target], positions_of(omnichannel, [target]))
    assert part.scenario == omnichannel
    assert {one.team for one in part.positions} == set(omnichannel.teams)


def test_a_target_that_no_planned_team_has_to_do_with_is_named(omnichannel: Scenario) -> None:
    texts = ["phone.answered_within_20s>=0.8", "portal.answered_within_24h>=0.6"]
    targets = [read_target(text, omnichannel) for text in texts]
    with pytest.raises(InputError, match=r"portal.*none of the planned teams \(phone\).*plan desk"):
        parts_of(omnichannel, targets, positions_of(omnichannel, targets, ["phone"]))


# --- The search ----------------------------------------------------------------------------------


class Known:
    """Trials whose verdicts are known: a staffing meets if it is at least one of some."""

    def __init__(
        self,
        least: list[tuple[int, ...]],
        costs: list[float],
        guess: tuple[int, ...],
        *,
        ties: bool = True,
        misleading: bool = False,
    ) -> None:
        self.misleading = misleading
        places = [Position(f"p{n}", "a", n, 0, 0, 40, c, c) for n, c in enumerate(costs)]
        self.part: Any = SimpleNamespace(positions=tuple(places), scenario=None)
        self.rules = SimpleNamespace(ties=ties)
        self.guess, self.least = guess, least
        self.judged: dict[tuple[int, ...], Judged] = {}

    def meets(self, staffing: tuple[int, ...]) -> bool:
        return any(all(h >= g for h, g in zip(staffing, one, strict=True)) for one in self.least)

    def rough_margin(self, staffing: tuple[int, ...]) -> float:
        return 5.0 if self.meets(staffing) != self.misleading else -5.0

    def judge(self, staffing: tuple[int, ...]) -> Judged:
        answer: Any = "meets" if self.meets(staffing) else "fails"
        return self.judged.setdefault(staffing, Judged(staffing, answer, (), np.zeros((1, 1))))


@pytest.mark.parametrize("guess", range(0, 30, 3))
@pytest.mark.parametrize("answer", [1, 2, 7, 12, 25])
def test_one_position_is_found_from_any_guess(guess: int, answer: int) -> None:
    trials: Any = Known([(answer,)], [10.0], (guess,))
    found = search(trials)
    assert [one.staffing for one in found.best] == [(answer,)]
    assert found.ruled_out
    assert trials.judged[(answer - 1,)].answer == "fails"
    assert len(trials.judged) <= 15


@pytest.mark.parametrize("count", [2, 3])
def test_the_cheapest_of_several_positions_is_that_of_enumeration(count: int) -> None:
    rng = np.random.default_rng(count)
    looked = []
    for _ in range(60):
        least = [tuple(map(int, rng.integers(0, 7, count))) for _ in range(rng.integers(1, 5))]
        costs = rng.choice([1.0, 1.0, 1.5, 2.0, 3.7], count).tolist()
        guess = tuple(map(int, rng.integers(0, 7, count)))
        trials: Any = Known(least, costs, guess)
        found = search(trials)
        every = itertools.product(range(8), repeat=count)
        price = {s: float(np.dot(s, costs)) for s in every if trials.meets(s)}
        cheapest = {s for s, cost in price.items() if cost <= min(price.values()) + 1e-9}
        assert {one.staffing for one in found.best} == cheapest
        assert found.ruled_out
        looked.append(len(trials.judged))
    assert np.mean(looked) < (20, 40)[count - 2]  # of 64 and 512


@pytest.mark.parametrize("misleading", [False, True])
def test_where_time_is_short_one_of_the_cheapest_is_found(*, misleading: bool) -> None:
    rng = np.random.default_rng(5)
    looked = {True: 0, False: 0}
    for _ in range(40):
        least = [tuple(map(int, rng.integers(0, 7, 2))) for _ in range(rng.integers(1, 5))]
        guess = tuple(map(int, rng.integers(0, 7, 2)))
        found = {}
        for ties in (True, False):
            trials: Any = Known(least, [1.0, 1.0], guess, ties=ties, misleading=misleading)
            found[ties] = search(trials)
            looked[ties] += len(trials.judged)
        assert {one.staffing for one in found[False].best} <= {
            one.staffing for one in found[True].best
        }
        assert found[False].ruled_out
    assert looked[False] < looked[True]


def test_of_many_positions_none_has_an_agent_too_many() -> None:
    trials: Any = Known([(3, 1, 4, 1, 5)], [1.0] * 5, (5, 5, 5, 5, 5))
    found = search(trials)
    assert [one.staffing for one in found.best] == [(3, 1, 4, 1, 5)]
    assert not found.ruled_out


def test_a_rough_look_comes_close_without_any_verdict() -> None:
    trials: Any = Known([(3, 2)], [1.0, 2.0], (12, 1))
    assert rough_answer(trials) == (3, 2)
    assert not trials.judged
    nowhere: Any = Known([], [1.0, 2.0], (3, 2))
    assert rough_answer(nowhere) == (3, 2)


def test_what_no_number_of_agents_meets_comes_to_an_end() -> None:
    trials: Any = Known([], [1.0, 2.0], (3, 2))
    found = search(trials)
    assert found.best == ()
    assert found.most is not None
    assert min(found.most.staffing) > 20


def test_an_undecided_staffing_is_no_proof() -> None:
    trials: Any = Known([(5,)], [1.0], (7,))
    trials.judge((4,))
    trials.judged[4,] = replace(trials.judged[4,], answer="undecided")
    found = search(trials)
    assert [one.staffing for one in found.best] == [(5,)]
    assert not found.ruled_out


def test_more_agents_that_hurt_are_noticed() -> None:
    def judged(staffing: tuple[int, ...], answer: Any) -> Judged:
        return Judged(staffing, answer, (), np.zeros((1, 1)))

    fine = [judged((1, 2), "fails"), judged((2, 2), "meets"), judged((1, 3), "undecided")]
    assert more_hurt(fine) is None
    assert more_hurt([*fine, judged((2, 3), "fails")]) == ((2, 2), (2, 3))


# --- Verdicts ------------------------------------------------------------------------------------


def trials_of(agents: int, guess: int, texts: list[str], **rules: Any) -> Trials:
    channel = {"live": True, "arrivals": {"per_day": 500}}
    channel["work"] = {"dist": "exponential", "mean": "5min"}
    team = {"agents": agents, "serves": ["calls"], "shifts": ALWAYS}
    run = {"window": "2d", "warm_up": "4h", "follow_up": "4h"}
    document = {"name": "d", "run": run, "channels": {"calls": channel}, "teams": {"a": team}}
    scenario = validate(document)
    targets = [read_target(text, scenario) for text in texts]
    (part,) = parts_of(scenario, targets, positions_of(scenario, targets))
    kept = {"confidence": 0.95, "error": 0.025, "precision": None, "first_stage": 8, "most": 40}
    return Trials(part, (guess,), Rules(**kept | rules), workers=1)


def test_errors_of_all_staffings_add_up_to_what_is_allowed() -> None:
    trials = trials_of(2, 7, ["calls.answered_within_1min>=0.5"])
    total = sum(trials.error_of((heads,)) for heads in range(-50_000, 50_000))
    assert total == pytest.approx(0.025, rel=1e-4)
    assert trials.error_of((7,)) > trials.error_of((8,)) == trials.error_of((6,))


def test_a_staffing_is_simulated_once_and_no_longer_than_needed() -> None:
    trials = trials_of(2, 3, ["calls.answered_within_1min>=0.5"])
    first = trials.judge((3,))
    assert (first.answer, first.replications) == ("meets", 8)
    assert trials.judge((3,)) is first
    assert trials.simulated == 8
    assert trials.judge((0,)).answer == "fails"  # nobody would serve: not simulated at all
    assert trials.simulated == 8
    # The same tickets: no agent more makes one of them wait longer.
    more = trials.judge((4,))
    assert (more.values >= first.values - 1e-12).all()


def test_where_nobody_is_answered_no_target_on_answers_holds() -> None:
    # Customers give up at once where nobody is free, and nobody ever is on a Sunday.
    channel = {"live": True, "arrivals": {"per_day": 500}, "work": "5min", "patience": "1min"}
    team = {"agents": 2, "serves": ["calls"], "shifts": [{**OFFICE, "days": "Sun"}]}
    run = {"window": "2d", "warm_up": "0d", "follow_up": "0d"}
    document = {"name": "d", "run": run, "channels": {"calls": channel}, "teams": {"a": team}}
    scenario = validate(document)
    target = read_target("calls.first_response_time<=1h", scenario)
    (part,) = parts_of(scenario, [target], positions_of(scenario, [target]))
    judged = Trials(part, (2,), Rules(0.95, 0.025, None, 8, 40), workers=1).judge((2,))
    assert judged.answer == "fails"
    assert np.isnan(judged.statements[0].margin.mean)


def test_too_few_replications_decide_nothing() -> None:
    trials = trials_of(2, 3, ["calls.answered_within_1min>=0.89"], precision=1e-5)
    judged = trials.judge((3,))
    assert judged.answer == "undecided"
    assert judged.replications == 40
    # A coarser precision settles it.
    assert trials_of(2, 3, ["calls.answered_within_1min>=0.89"], precision=0.2).judge(
        (3,)
    ).answer in ("meets", "fails")


def test_verdicts_do_not_depend_on_the_number_of_processes() -> None:
    text = ["calls.answered_within_1min>=0.87", "calls.wait<=1min"]
    one, two = trials_of(2, 3, text), trials_of(2, 3, text)
    two.workers = 2
    assert one.judge((3,)).answer == two.judge((3,)).answer
    assert (one.judge((3,)).values == two.judge((3,)).values).all()
