"""Tickets that are open at the start: their ages, and how long their customers will still wait."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pydantic import TypeAdapter
from scipy import integrate, stats

from supportsim.errors import ScenarioError
from supportsim.sampling import draw_customers, draw_messages, draw_workload
from supportsim.sampling.arrivals import JUST_NOW, draw_backlog, patience_beyond
from supportsim.sampling.streams import Streams
from supportsim.scenario.distributions import Distribution
from supportsim.scenario.loading import validate
from supportsim.tables import Kind

if TYPE_CHECKING:
    from pathlib import Path

    from supportsim.scenario import Scenario
    from supportsim.scenario.distributions import AnyDistribution
    from supportsim.tables import Floats

READ: TypeAdapter[AnyDistribution] = TypeAdapter(Distribution)


def scenario_of(backlog: dict[str, Any] | None, folder: Path | None = None) -> Scenario:
    channel: dict[str, Any] = {"arrivals": {"per_day": 1}, "work": "1min"}
    if backlog is not None:
        channel["backlog"] = backlog
    document = {
        "name": "backlog",
        "channels": {"portal": channel},
        "teams": {"desk": {"agents": "unlimited", "serves": ["portal"]}},
    }
    return validate(document, folder=folder)


def drawn(scenario: Scenario, replication: int = 0) -> Floats:
    channel = scenario.channels["portal"]
    return draw_backlog(channel, "portal", Streams(scenario.run.seed, replication))[0]


# When they arrived


def test_a_channel_without_a_backlog_starts_empty() -> None:
    assert drawn(scenario_of(None)).tolist() == []
    assert drawn(scenario_of({"tickets": 0})).tolist() == []
    assert drawn(scenario_of({"ages": []})).tolist() == []


def test_given_ages_are_the_times_before_the_start_in_order() -> None:
    scenario = scenario_of({"ages": ["2h", "0min", "1d", "30s"]})
    found = drawn(scenario)
    assert found.tolist() == [-1440, -120, -0.5, -JUST_NOW]
    assert scenario.channels["portal"].backlog is not None
    assert scenario.channels["portal"].backlog.size == 4


def test_tickets_without_an_age_arrive_at_the_start() -> None:
    assert drawn(scenario_of({"tickets": 3})).tolist() == 3 * [-JUST_NOW]


def test_ages_are_drawn_from_their_distribution() -> None:
    age = {"dist": "gamma", "mean": "2d", "cv": 0.6}
    scenario = scenario_of({"tickets": 20_000, "age": age})
    found = drawn(scenario)
    assert len(found) == 20_000
    assert np.all(np.diff(found) >= 0)
    assert found[-1] <= 0
    shape = 0.6**-2
    assert stats.kstest(-found, stats.gamma(shape, scale=2880 / shape).cdf).pvalue > 0.01
    other = drawn(scenario, 1)
    assert not np.array_equal(found, other)
    # Fewer tickets are the first of them.
    few = drawn(scenario.replace({"channels.portal.backlog.tickets": 500}))
    assert np.isin(few, found).all()


TICKET = {
    "arrivals": {"per_day": 1},
    "work": {"dist": "gamma", "mean": "20min", "cv": 0.8},
    "patience": {"dist": "lognormal", "mean": "2d", "cv": 1},
    "replies": {"probability": 0.4, "delay": {"dist": "exponential", "mean": "9h"}},
    "bumps": {"probability": 0.6, "delay": {"dist": "exponential", "mean": "9h"}},
    "devices": {"desktop": 0.6, "mobile": 0.4},
}


def lives(backlog: dict[str, Any]) -> Counter[Any]:
    """Return all that is drawn for each ticket that is open at the start."""
    scenario = scenario_of(backlog).replace(
        {f"channels.portal.{key}": value for key, value in TICKET.items()}
    )
    work, known = draw_workload(scenario, 3), draw_customers(scenario, 3)
    further = draw_messages(scenario, 3)
    initial = work.ready[work.kind == Kind.INITIAL]
    assert np.all(np.diff(initial[initial <= 0]) >= 0), "numbered by their arrival"
    return Counter(
        (
            *(tuple(getattr(work, name)[work.ticket == ticket].tolist()[1:])
              for name in ("work", "kind", "patience", "delay_if_served")),
            *(float(getattr(work, name)[work.ticket == ticket][0])
              for name in ("ready", "work", "patience", "delay_if_served")),
            int(known.device[ticket]),
            tuple(further.after[further.ticket == ticket].tolist()),
        )
        for ticket in np.flatnonzero(initial <= 0)
    )  # fmt: skip


@pytest.mark.parametrize("older", [False, True])
def test_a_ticket_more_leaves_the_others_as_they_were(older: bool) -> None:
    ages = [f"{hours}h" for hours in (30, 2, 50, 2, 7, 0, 18, 90)]
    further = "200h" if older else "1h"
    few, more = lives({"ages": ages}), lives({"ages": [*ages, further]})
    assert few.total() == 8
    assert more.total() == 9
    assert few <= more
    drawn_age = {"age": {"dist": "exponential", "mean": "2d"}}
    assert lives({"tickets": 30, **drawn_age}) <= lives({"tickets": 31 + older, **drawn_age})


def test_ages_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "open.csv").write_text("id,age\na,2\nb,30min\n\nc, 1d \n", encoding="utf-8-sig")
    table = {"csv": "open.csv", "column": "age"}
    assert drawn(scenario_of({"ages": table}, tmp_path)).tolist() == [-1440, -30, -2]
    hours = scenario_of({"ages": {**table, "unit": "h"}}, tmp_path)
    assert drawn(hours).tolist() == [-1440, -120, -30]
    document = hours.to_dict()
    assert document["channels"]["portal"]["backlog"]["ages"] == ["2h", "30min", "24h"]
    assert validate(document) == hours


@pytest.mark.parametrize(
    ("backlog", "below", "reason"),
    [
        ({}, "", "give either tickets, their number, or ages"),
        ({"tickets": 1, "ages": ["1d"]}, "", "give either tickets, their number, or ages"),
        ({"ages": ["1d"], "age": "1d"}, "", "age is for tickets of which only the number is given"),
        ({"tickets": -1}, "tickets", "has to be at least 0, not -1"),
        ({"tickets": 1.5}, "tickets", "has to be a whole number, not 1.5"),
        ({"tickets": 10**7}, "tickets", "has to be at most 1000000, not 10000000"),
        ({"ages": [3]}, "ages.0", 'has to be a text such as "95min" or "6h", not 3'),
        ({"ages": ["1d", "-1d"]}, "ages.1", '"-1d" is not a duration; write a number and a unit'),
        ({"ages": ["5201w"]}, "ages.0", 'has to be at most "36400d", not "5201w"'),
        ({"ages": "1d"}, "ages", 'has to be an array [...], not "1d"'),
        (
            {"ages": {"csv": "open.csv"}},
            "ages",
            "has to be an array [...], or a column of a file as in "
            '{ csv = "open.csv", column = "age", unit = "h" }',
        ),
        (
            {"ages": {"csv": "open.csv", "column": "age", "unit": "m"}},
            "ages",
            'unit has to be one of s, min, h, d, w, not "m"',
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_key(
    backlog: dict[str, Any], below: str, reason: str
) -> None:
    with pytest.raises(ScenarioError) as caught:
        scenario_of(backlog)
    key = f"channels.portal.backlog.{below}".rstrip(".")
    assert caught.value.key == key
    assert str(caught.value).startswith(f"{key}: {reason}")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"age\n3\nold\n", 'line 3, column "age": "old" is not a duration; write'),
        (b"age\n-3\n", 'line 2, column "age": "-3" is not a duration; write'),
        (b"age\n3\n6000w\n", 'line 3, column "age": 6000w is too long'),
        (b"id,age\n1,2\n2,\n", 'line 3, column "age": the cell is empty'),
        (b"id,days\n1,2\n", 'has no column "age"; it has: id, days'),
        (b"age\n", "has no row below its header"),
        (None, "cannot be read: No such file or directory"),
    ],
)
def test_what_is_wrong_in_a_file_of_ages_is_said_with_its_place(
    content: bytes | None, reason: str, tmp_path: Path
) -> None:
    path = tmp_path / "open.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ScenarioError) as caught:
        scenario_of({"ages": {"csv": "open.csv", "column": "age"}}, tmp_path)
    separator = ", " if reason.startswith("line") else " "
    said = f"channels.portal.backlog.ages: {path}{separator}{reason}"
    assert str(caught.value).startswith(said)


# How long they will still wait

U = np.concatenate([[0.0], (np.arange(40) + 0.5) / 40, [1 - 1e-9, 1 - 2**-53]])
CONTINUOUS: dict[str, tuple[dict[str, Any], Any]] = {
    "exponential": ({"dist": "exponential", "mean": "60min"}, stats.expon(scale=60)),
    "gamma": ({"dist": "gamma", "shape": 2.5, "scale": "20min"}, stats.gamma(2.5, scale=20)),
    "gamma, spread": ({"dist": "gamma", "mean": "30min", "cv": 2}, stats.gamma(0.25, scale=120)),
    "lognormal": (
        {"dist": "lognormal", "median": "40min", "sigma": 0.8},
        stats.lognorm(0.8, scale=40),
    ),
    "weibull": (
        {"dist": "weibull", "shape": 1.7, "scale": "50min"},
        stats.weibull_min(1.7, scale=50),
    ),
    "weibull, spread": (
        {"dist": "weibull", "shape": 0.5, "scale": "50min"},
        stats.weibull_min(0.5, scale=50),
    ),
    "uniform": ({"dist": "uniform", "low": "10min", "high": "90min"}, stats.uniform(10, 80)),
    "triangular": (
        {"dist": "triangular", "low": "10min", "mode": "30min", "high": "90min"},
        stats.triang(0.25, 10, 80),
    ),
    "rising": (
        {"dist": "triangular", "low": "10min", "mode": "90min", "high": "90min"},
        stats.triang(1, 10, 80),
    ),
    "falling": (
        {"dist": "triangular", "low": "10min", "mode": "10min", "high": "90min"},
        stats.triang(0, 10, 80),
    ),
}
cases = pytest.mark.parametrize(("given", "law"), CONTINUOUS.values(), ids=CONTINUOUS)


@cases
@pytest.mark.parametrize("age", [0.0, 1e-6, 5, 29.999, 30, 60, 88, 300, 1200])
def test_what_is_left_of_the_chance_to_wait_so_long(
    given: dict[str, Any], law: Any, age: float
) -> None:
    found = patience_beyond(READ.validate_python(given), np.full(len(U), age), U)
    assert np.all(found >= age)
    assert np.all(np.diff(found) >= 0)
    if not law.sf(age):
        np.testing.assert_array_equal(found, age)
        return
    wanted = (1 - U) * law.sf(age)
    # The patience is exact to 1e-9 of itself, beside the rounding of SciPy's own chances.
    slack = 1e-12 * wanted + 2e-15 * law.sf(age)
    assert np.all(law.sf(found * (1 - 1e-9)) >= wanted - slack)
    assert np.all(law.sf(found * (1 + 1e-9)) <= wanted + slack)


@cases
def test_at_age_0_it_is_the_quantile(given: dict[str, Any], law: Any) -> None:
    distribution = READ.validate_python(given)
    found = patience_beyond(distribution, np.zeros(len(U)), U)
    np.testing.assert_allclose(found, distribution.quantile(U), rtol=1e-7, atol=1e-12)
    assert law.cdf(found[20]) == pytest.approx(U[20], rel=1e-9)


@pytest.mark.parametrize("age", [0.0, 7.5, 6000.0, 1e6])
def test_the_exponential_has_no_memory(age: float) -> None:
    distribution = READ.validate_python({"dist": "exponential", "mean": "2h"})
    found = patience_beyond(distribution, np.full(len(U), age), U)
    np.testing.assert_allclose(found - age, -120 * np.log1p(-U), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("age", [10.0, 2000.0, 30_000.0])
def test_the_mean_rest_of_a_gamma_patience_is_that_of_theory(age: float) -> None:
    law = stats.gamma(2.5, scale=20)
    u = (np.arange(200_000) + 0.5) / 200_000
    found = patience_beyond(
        READ.validate_python(CONTINUOUS["gamma"][0]), np.full(len(u), age), u
    ).mean()
    if law.sf(age):
        rest, _ = integrate.quad(lambda x: law.sf(age + x) / law.sf(age), 0, 2000)
        assert found == pytest.approx(age + rest, rel=1e-4)
    else:
        assert found == age


def test_the_deep_tail_of_a_gamma_is_exact() -> None:
    # Of shape 2 the chance to exceed x is (1 + x) exp(−x); at 300 means it is some 1e-260.
    gamma = READ.validate_python({"dist": "gamma", "shape": 2, "scale": "1min"})
    found = patience_beyond(gamma, np.full(len(U), 600.0), U)
    log_sf = np.log1p(found) - found
    np.testing.assert_allclose(log_sf - (np.log(601) - 600), np.log1p(-U), atol=1e-9 * 600)


@pytest.mark.parametrize("given", [given for given, _ in CONTINUOUS.values()], ids=CONTINUOUS)
def test_it_is_the_law_of_those_who_waited_so_long(given: dict[str, Any]) -> None:
    # The same by rejection: of many customers, those whose patience exceeds the age.
    rng = np.random.default_rng(20260105)
    distribution = READ.validate_python(given)
    everybody = distribution.quantile(rng.random(200_000))
    for age in (12.0, 45.0):
        left = everybody[everybody > age]
        found = patience_beyond(distribution, np.full(20_000, age), rng.random(20_000))
        assert stats.ks_2samp(found, left).pvalue > 0.005
        # The test can fail: it sees what customers would wait who had just come. Only where the
        # time already waited does not matter is there nothing to see.
        if given["dist"] != "exponential":
            assert stats.ks_2samp(age + everybody[:20_000], left).pvalue < 1e-6


def test_each_customer_has_an_age_of_their_own() -> None:
    distribution = READ.validate_python(CONTINUOUS["lognormal"][0])
    ages = np.array([0.0, 10, 100, 1000])
    u = np.array([0.1, 0.9, 0.5, 0.3])
    together = patience_beyond(distribution, ages, u)
    alone = [patience_beyond(distribution, ages[[k]], u[[k]])[0] for k in range(4)]
    np.testing.assert_array_equal(together, alone)
    assert len(patience_beyond(distribution, ages[:0], u[:0])) == 0


@pytest.mark.parametrize(
    "given",
    [
        "60min",
        {"dist": "gamma", "mean": "60min", "cv": 0},
        {"dist": "lognormal", "mean": "60min", "cv": 0},
        {"dist": "weibull", "mean": "60min", "cv": 0},
        {"dist": "uniform", "mean": "60min", "cv": 0},
        {"dist": "triangular", "low": "1h", "mode": "1h", "high": "1h"},
        {"dist": "empirical", "values": ["60min"]},
    ],
)
def test_a_patience_that_does_not_vary_runs_out_on_time(given: Any) -> None:
    ages = np.array([0.0, 59, 60, 61, 1e5])
    found = patience_beyond(READ.validate_python(given), ages, np.full(5, 0.4))
    np.testing.assert_allclose(found, [60, 60, 60, 61, 1e5], rtol=1e-12)


@pytest.mark.parametrize("dist", ["exponential", "gamma", "lognormal", "weibull"])
def test_no_patience_at_all(dist: str) -> None:
    given = {"dist": dist, "mean": "0min", "cv": 1}
    found = patience_beyond(READ.validate_python(given), np.array([0.0, 5]), np.array([0.3, 0.3]))
    np.testing.assert_array_equal(found, [0, 5])


def test_beyond_the_largest_value_they_give_up_at_once() -> None:
    for name in ("uniform", "triangular", "rising", "falling"):
        found = patience_beyond(
            READ.validate_python(CONTINUOUS[name][0]), np.array([89.0, 90, 91]), np.full(3, 0.5)
        )
        assert 89 < found[0] < 90
        np.testing.assert_array_equal(found[1:], [90, 91])


def test_measured_values_that_are_left_are_as_likely_as_each_other() -> None:
    given = {"dist": "empirical", "values": ["30min", "10min", "10min", "20min", "0min"]}
    distribution = READ.validate_python(given)
    for age, left in [(0, [0, 10, 10, 20, 30]), (5, [10, 10, 20, 30]), (10, [10, 10, 20, 30]),
                      (11, [20, 30]), (30, [30]), (31, [31])]:  # fmt: skip
        u = (np.arange(len(left)) + 0.5) / len(left)
        assert patience_beyond(distribution, np.full(len(u), float(age)), u).tolist() == left
    # Quartiles that are the same do not mean that all values are.
    rare = READ.validate_python({"dist": "empirical", "values": [*8 * ["10min"], "99min"]})
    assert patience_beyond(rare, np.array([11.0, 100]), np.full(2, 0.2)).tolist() == [99, 100]


@pytest.mark.parametrize(
    "given",
    [
        {"dist": "gamma", "shape": 0.0025, "scale": "1d"},
        {"dist": "gamma", "mean": "1d", "cv": 0.01},
        {"dist": "lognormal", "median": "1min", "sigma": 10},
        {"dist": "lognormal", "mean": "1d", "cv": 20},
        {"dist": "weibull", "shape": 0.1, "scale": "1min"},
        {"dist": "weibull", "shape": 1000, "scale": "1d"},
        {"dist": "exponential", "rate_per_hour": 1e6},
    ],
)
def test_extremes_stay_finite_and_in_order(given: dict[str, Any]) -> None:
    distribution = READ.validate_python(given)
    for age in (0.0, 1e-9, 1.0, 1440.0, 5e7):
        found = patience_beyond(distribution, np.full(len(U), age), U)
        assert np.all(np.isfinite(found))
        assert np.all(np.diff(found) >= -1e-9 * found[1:])
        assert np.all(found >= age)
