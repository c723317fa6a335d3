"""What must go which way, ticket by ticket, under common random numbers."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from supportsim.engine import check, simulate
from supportsim.sampling import draw_staff, draw_workload, routing
from supportsim.scenario.loading import validate
from supportsim.tables import ContactLog, Kind, Outcome, Workload

if TYPE_CHECKING:
    from supportsim.scenario import Scenario

ALWAYS = [{"days": "Mon-Sun", "from": "00:00", "to": "24:00"}]
OFFICE = [{"days": "Mon-Fri", "from": "08:00", "to": "18:00"}]
PHONE, EMAIL = range(2)


def desk(**changes: Any) -> Scenario:
    document: dict[str, Any] = {
        "name": "desk",
        "run": {"warm_up": "0min", "window": "8w", "follow_up": "0min", "seed": 11},
        "channels": {
            "phone": {
                "live": True,
                "arrivals": {"per_day": 240, "peaks": {"noon": _peak("11:00", "13:00", 2)}},
                "work": {"dist": "lognormal", "mean": "6min", "cv": 0.8},
            },
            "email": {
                "arrivals": {"per_day": 150},
                "work": {"dist": "lognormal", "mean": "8min", "cv": 0.8},
            },
        },
        "teams": {"front": {"agents": 3, "serves": ["phone", "email"], "shifts": ALWAYS}},
    }
    return validate(document).replace(changes)


def _peak(begin: str, end: str, factor: float) -> dict[str, Any]:
    return {"from": begin, "to": end, "factor": factor}


def played(scenario: Scenario, replication: int = 0) -> tuple[Workload, ContactLog]:
    workload = draw_workload(scenario, replication)
    roster, ways = draw_staff(scenario, replication).roster, routing(scenario)
    log = simulate(workload, roster, ways, scenario.run.horizon)
    check(workload, roster, ways, log, scenario.run.horizon)
    return workload, log


def waits(scenario: Scenario, queue: int, replication: int = 0) -> np.ndarray[Any, Any]:
    """Return every contact's wait in a queue; who was not served waited to the end."""
    workload, log = played(scenario, replication)
    until = np.where(np.isnan(log.start), scenario.run.horizon, log.start)
    return (until - log.ready)[workload.queue == queue]


@pytest.mark.parametrize("replication", range(5))
@pytest.mark.parametrize("shifts", [ALWAYS, OFFICE], ids=["always", "office"])
def test_more_agents_never_lengthen_anybody_s_wait(
    shifts: list[dict[str, str]], replication: int
) -> None:
    """With one queue served in order this holds for every single customer (Kiefer-Wolfowitz)."""
    alone = {"teams.front.serves": ["phone"], "teams.front.shifts": shifts}
    other = {"teams.rest": {"agents": "unlimited", "serves": ["email"]}}
    before: np.ndarray[Any, Any] | None = None
    for agents in (3, 4, 6):
        now = waits(desk(**alone, **other, **{"teams.front.agents": agents}), PHONE, replication)
        if before is not None:
            assert np.all(now <= before + 1e-9)
            assert now.mean() < before.mean()
        before = now


def test_more_agents_shorten_the_mean_wait_of_a_blended_team() -> None:
    means = [
        [waits(desk(**{"teams.front.agents": n}), queue).mean() for queue in (PHONE, EMAIL)]
        for n in (3, 4, 5)
    ]
    for fewer, more in itertools.pairwise(means):
        assert more[PHONE] < fewer[PHONE]
        assert more[EMAIL] < fewer[EMAIL]


@pytest.mark.parametrize("replication", range(3))
def test_interruption_shortens_live_waits_and_lengthens_email(replication: int) -> None:
    scenario = desk()
    interrupting = desk(**{"teams.front.interrupts": True})
    assert (
        waits(interrupting, PHONE, replication).mean()
        < 0.9 * waits(scenario, PHONE, replication).mean()
    )

    def finished(one: Scenario) -> np.ndarray[Any, Any]:
        workload, log = played(one, replication)
        until = np.where(np.isnan(log.end), one.run.horizon, log.end)
        return (until - log.ready)[workload.queue == EMAIL]

    assert finished(interrupting).mean() > finished(scenario).mean()


def test_a_live_contact_never_waits_while_its_team_does_email_that_may_be_interrupted() -> None:
    scenario = desk(**{"teams.front.interrupts": True})
    workload, log = played(scenario)
    stints = log.stints
    of_email = workload.queue[stints.contact] == EMAIL
    waited = (workload.queue == PHONE) & (log.start > log.ready)
    assert np.count_nonzero(waited) > 100
    for row in np.flatnonzero(waited):
        middle = (log.ready[row] + log.start[row]) / 2
        assert not np.any(of_email & (stints.begin < middle) & (middle < stints.end))


def test_escalation_adds_exactly_its_contacts_to_the_other_channel() -> None:
    plain, _ = played(desk())
    escalating = desk(**{"channels.phone.escalation": {"to": "email", "probability": 0.2}})
    workload, log = played(escalating)
    scripted = workload.next_if_served[(workload.queue == PHONE)]
    scripted = scripted[scripted >= 0]
    here = workload.queue == EMAIL
    added = here & (workload.kind == Kind.ESCALATION)
    assert np.count_nonzero(added) == len(scripted)
    assert np.count_nonzero(here) - len(scripted) == np.count_nonzero(plain.queue == EMAIL)
    calls = np.count_nonzero(workload.queue == PHONE)
    assert len(scripted) == pytest.approx(0.2 * calls, abs=3.3 * np.sqrt(0.16 * calls))
    # Each joins its queue at the instant at which its call has been served, and no other does.
    joined = added & ~np.isnan(log.ready)
    served = (workload.queue == PHONE) & (workload.next_if_served >= 0)
    served &= log.outcome == Outcome.SERVED
    np.testing.assert_array_equal(np.sort(log.ready[joined]), np.sort(log.end[served]))


def test_a_longer_time_to_hire_lowers_effective_capacity() -> None:
    def capacity(days: int) -> float:
        turnover = {"per_year": 1.5, "time_to_hire": f"{days}d"}
        scenario = desk(
            **{"teams.front.turnover": turnover, "teams.front.agents": 8, "run.window": "52w"}
        )
        roster = draw_staff(scenario, 0).roster
        return float(((roster.off - roster.on) * roster.speed).sum())

    hours = [capacity(days) for days in (0, 20, 60, 120)]
    assert hours == sorted(hours, reverse=True)
    assert len(set(hours)) == 4


def test_fewer_lines_reject_more_and_leave_shorter_queues() -> None:
    busy = {"channels.phone.arrivals.per_day": 800}
    rejected, waited = [], []
    for lines in (4, 6, 9):
        workload, log = played(desk(**busy, **{"channels.phone.lines": lines}))
        mine = workload.queue == PHONE
        rejected.append(np.count_nonzero(log.outcome[mine] == Outcome.REJECTED))
        waited.append(np.nanmean((log.start - log.ready)[mine]))
    assert rejected == sorted(rejected, reverse=True)
    assert rejected[-1] > 0
    assert waited == sorted(waited)


def test_the_first_backlog_is_older_and_makes_everybody_wait_longer() -> None:
    scenario = desk(**{"channels.email.backlog": {"tickets": 400, "age": "1d"}})
    workload, log = played(scenario)
    old = workload.ready < 0
    assert np.count_nonzero(old) == 400
    assert np.all(log.start[old] >= 0)
    before = waits(desk(), EMAIL)
    after = (log.start - log.ready)[(workload.queue == EMAIL) & ~old]
    served = np.flatnonzero(~np.isnan(after))[:500]
    assert after[served].mean() > before[served].mean() + 60
