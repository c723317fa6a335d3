"""What labour costs: planned time, work beyond it, and teams without limit."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategies import workload_of
from supportsim.engine import simulate
from supportsim.measures import Facts, find, measures_of, observe
from supportsim.measures.labour import covered
from supportsim.sampling import draw_staff, routing
from supportsim.scenario.loading import validate
from supportsim.studies import run, simulate_once

if TYPE_CHECKING:
    from supportsim.measures import Observation
    from supportsim.scenario import Scenario

# Minute 0 is midnight before a Monday; duty is from 9 to 17, 540-1020.
DESK: dict[str, Any] = {
    "name": "labour",
    "run": {"start": dt.date(2026, 1, 5), "warm_up": "0d", "window": "7d", "follow_up": "7d"},
    "channels": {
        "chat": {"live": True, "occupies": 0.5, "arrivals": {"per_day": 4}, "work": "1h"},
        "bot": {"arrivals": {"per_day": 40}, "work": "1h"},
    },
    "teams": {
        "desk": {
            "agents": 1,
            "serves": ["chat"],
            "shifts": [{"days": "Mon-Fri", "from": "09:00", "to": "17:00"}],
            "cost_per_hour": 60,
        },
        "endless": {"agents": "unlimited", "serves": ["bot"], "cost_per_hour": 6},
    },
}
CHAT, BOT = {"queue": 0}, {"queue": 1}


def observed(scenario: Scenario, contacts: list[dict[str, Any]]) -> dict[str, Observation]:
    workload = workload_of([one | {"ticket": n} for n, one in enumerate(contacts)])
    staff, routes = draw_staff(scenario, 0), routing(scenario)
    log = simulate(workload, staff.roster, routes, scenario.run.horizon)
    facts = Facts(scenario, workload, log, staff.roster, routes, staff.employment, staff.attendance)
    return observe(facts, measures_of(scenario))


def test_overtime_is_paid_in_whole_agents() -> None:
    """Two chats at once take an agent from 16:30 to 17:30 and 17:45, and half of one each."""
    found = observed(
        validate(DESK), [CHAT | {"ready": 990, "work": 60}, CHAT | {"ready": 990, "work": 75}]
    )
    assert found["team.desk.overtime"].numerator == pytest.approx(30 / 2 + 45 / 2)
    assert found["team.desk.paid_hours"].numerator == pytest.approx(40)
    assert found["team.desk.labour_cost"].numerator == pytest.approx(40 * 60 + 45)
    assert found["all.labour_cost"].numerator == pytest.approx(40 * 60 + 45)
    assert found["all.labour_cost_per_ticket"].numerator == pytest.approx(40 * 60 + 45)


def test_work_in_a_paid_break_is_not_paid_twice() -> None:
    breaks = [{"from": "12:00", "to": "12:30"}]
    scenario = validate(DESK).replace({"teams.desk.breaks": breaks})
    found = observed(scenario, [CHAT | {"ready": 710, "work": 20}])
    assert found["team.desk.overtime"].numerator == pytest.approx(10 / 2)
    assert found["team.desk.labour_cost"].numerator == pytest.approx(40 * 60)


def test_overtime_counts_in_the_window_only() -> None:
    scenario = validate(DESK).replace({"run.warm_up": "1040min"})
    found = observed(scenario, [CHAT | {"ready": 1010, "work": 60}])
    # From Tuesday to the next Monday; of the overtime up to 1070 what comes after 1040.
    assert found["team.desk.labour_cost"].numerator == pytest.approx(40 * 60 + 30)


def test_teams_without_limit_are_paid_for_their_work() -> None:
    contacts = [BOT | {"ready": 100, "work": 90}, BOT | {"ready": 110, "work": 30}]
    found = observed(validate(DESK), contacts)
    assert found["team.endless.labour_cost"].numerator == pytest.approx(12)
    assert found["all.labour_cost"].numerator == pytest.approx(40 * 60 + 12)
    assert found["all.labour_cost_per_ticket"].numerator == pytest.approx(2412)
    half = validate(DESK).replace({"channels.bot.occupies": 0.5})
    assert observed(half, contacts)["team.endless.labour_cost"].numerator == pytest.approx(6)


@pytest.mark.parametrize(
    "change",
    [
        # Hardly any duty, and hours of overtime; hardly any work but that of the bot.
        {"teams.desk.shifts": [{"days": "Mon-Sun", "from": "09:00", "to": "09:01"}]},
        {"teams.desk.cost_per_hour": 0.01, "teams.endless.cost_per_hour": 500},
        {"channels.chat.arrivals.per_day": 200, "teams.desk.agents": 9},
    ],
)
def test_a_ticket_never_costs_less_than_its_handling(change: dict[str, Any]) -> None:
    # Nobody comes in the last days of the window: all work is done before it ends.
    early = {"counts": [40.0] * 7 + [0.0] * 7, "every": "1d"}
    document = validate(DESK).replace(change | {"run.window": "14d"}).to_dict()
    document["channels"]["bot"]["arrivals"] = early
    per_day = document["channels"]["chat"]["arrivals"]["per_day"]
    document["channels"]["chat"] |= {
        "arrivals": {"counts": [per_day] * 7 + [0.0] * 7, "every": "1d"},
        "patience": "30min",
    }
    scenario = validate(document)
    names = ("all.labour_cost_per_ticket", "all.cost_per_ticket")
    for replication in range(3):
        facts = simulate_once(scenario, replication)
        found = observe(facts, [find(name, scenario) for name in names])
        labour, handling = (found[name].numerator for name in names)
        assert labour >= handling > 0


def test_replacing_nobody_costs_nothing() -> None:
    changes = {
        "teams.desk.agents": 40,
        "teams.desk.turnover": {"per_year": 20, "cost_per_leaver": 500},
        "run.replications": 2,
    }
    scenario = validate(DESK).replace(changes)
    frozen = scenario.replace({"teams.desk.turnover.hiring": "freeze"})
    for one, costs in ((scenario, True), (frozen, False)):
        estimates = run(one, workers=1).estimates
        assert estimates["team.desk.agent_turnover"].mean > 1
        assert (estimates["team.desk.turnover_cost"].mean > 0) == costs
    hours = run(frozen, workers=1).replications[0].observations
    paid, per_ticket = hours["all.labour_cost"], hours["all.labour_cost_per_ticket"]
    assert per_ticket.numerator == pytest.approx(paid.numerator)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(-9, 30), st.integers(0, 9)), max_size=9))
def test_what_stretches_cover_is_their_union(stretches: list[tuple[int, int, int]]) -> None:
    agent, begin, length = np.array(stretches, np.int32).reshape(-1, 3).T
    found = covered(agent, begin.astype(float), (begin + length).astype(float))
    union = {(a, minute) for a, b, n in stretches for minute in range(b, b + n)}
    for one in range(3):
        expected = sum(a == one for a, _ in union)
        assert found[agent == one].sum() == pytest.approx(expected, abs=1e-9)
    assert found.min(initial=0) >= 0
