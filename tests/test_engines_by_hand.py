"""Both engines against logs worked out by hand from docs/reference/engine.md."""

from __future__ import annotations

import math
from math import nan
from typing import TYPE_CHECKING

import numpy as np
import pytest

from naive_engine import naive_simulate
from strategies import RARE_WORLDS, roster_of, workload_of
from supportsim.engine import simulate
from supportsim.tables import BEGUN_BY_CUSTOMER, NOBODY, Affinity, Kind, Outcome, Routing

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from supportsim.tables import ContactLog

    Engine = Callable[..., ContactLog]

WAITING, IN_PROGRESS = Outcome.WAITING, Outcome.IN_PROGRESS
SERVED, ABANDONED = Outcome.SERVED, Outcome.ABANDONED
REJECTED, TURNED_AWAY = Outcome.REJECTED, Outcome.TURNED_AWAY
PHONE, EMAIL = 0, 1


@pytest.fixture(params=[simulate, naive_simulate], ids=["simpy", "naive"])
def engine(request: pytest.FixtureRequest) -> Engine:
    return request.param


def one_queue(occupies: float = 1.0, deferrable: bool = False, **more: Any) -> Routing:
    return Routing(
        serves=((0,),), occupies=(occupies,), deferrable=(deferrable,), unlimited=(False,), **more
    )


def phone_and_email(occupies: tuple[float, float] = (1.0, 1.0)) -> Routing:
    """Return the routing of a team that interrupts email, which it may put off, for the phone."""
    return Routing(
        serves=((PHONE, EMAIL),),
        occupies=occupies,
        deferrable=(False, True),
        unlimited=(False,),
        interrupts=(True,),
    )


def hours(*spans: tuple[float, float]) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array(spans, np.float64).reshape(-1, 2)


def assert_log(
    log: ContactLog,
    *,
    ready: list[float],
    start: list[float],
    end: list[float],
    freed: list[float],
    agent: list[int],
    outcome: list[Outcome],
    stints: list[tuple[int, int, float, float]],
) -> None:
    np.testing.assert_array_equal(log.ready, ready)
    np.testing.assert_array_equal(log.start, start)
    np.testing.assert_array_equal(log.end, end)
    np.testing.assert_array_equal(log.freed, freed)
    assert log.agent.tolist() == agent
    assert log.outcome.tolist() == outcome
    columns = [column.tolist() for column in log.stints.columns().values()]
    assert list(zip(*columns, strict=True)) == stints


def test_one_agent_serves_in_order_of_arrival(engine: Engine) -> None:
    workload = workload_of(
        [
            {"ready": -1, "work": 2, "wrap_up": 1},
            {"ready": 1, "work": 3},
            {"ready": 1, "work": 1},
            {"ready": 2, "work": 1, "priority": -1},
        ]
    )
    log = engine(workload, roster_of([(0, 0, 0, 20, 1)]), one_queue())
    # −1 0 is ready and waits: there is no duty yet
    #  0 duty begins: takes 0
    #  1 1 and 2 are ready and wait;  2 work on 0 ends, its wrap-up begins; 3 is ready and waits
    #  3 wrap-up of 0 ends: takes 3 (most urgent) to 4, then 1 (lower number) to 7, then 2 to 8
    assert_log(
        log,
        ready=[-1, 1, 1, 2],
        start=[0, 4, 7, 3],
        end=[2, 7, 8, 4],
        freed=[3, 7, 8, 4],
        agent=[0, 0, 0, 0],
        outcome=[SERVED] * 4,
        stints=[(0, 0, 0, 3), (1, 0, 4, 7), (2, 0, 7, 8), (3, 0, 3, 4)],
    )


def test_deferrable_work_stops_at_the_end_of_duty_and_is_resumed_first(engine: Engine) -> None:
    workload = workload_of(
        [
            {"ready": 1, "work": 4, "wrap_up": 1},
            {"ready": 4, "work": 1, "priority": -1},
            {"ready": 6, "work": 4},
        ]
    )
    roster = roster_of([(0, 0, 9, 20, 1), (0, 0, 5, 9, 2), (0, 0, 0, 3, 1)])
    log = engine(workload, roster, one_queue(deferrable=True))
    #  1 0 starts, due at 5;  3 duty ends: 0 stops with (5 − 3) × 1 = 2 of its work left
    #  4 1 is ready and waits (0 stays with the agent, who has another duty)
    #  5 duty begins at speed 2: 0 is resumed, due at 5 + 2/2 = 6, its wrap-up at 6 + 1/2 = 6.5
    #  6.5 takes 1, due at 7; takes 2 at 7, due at 7 + 4/2 = 9: just done when duty ends
    assert_log(
        log,
        ready=[1, 4, 6],
        start=[1, 6.5, 7],
        end=[6, 7, 9],
        freed=[6.5, 7, 9],
        agent=[0, 0, 0],
        outcome=[SERVED] * 3,
        stints=[(0, 0, 1, 3), (0, 0, 5, 6.5), (1, 0, 6.5, 7), (2, 0, 7, 9)],
    )


def test_duties_back_to_back_stop_and_resume_at_one_instant(engine: Engine) -> None:
    workload = workload_of([{"ready": 0, "work": 2, "wrap_up": 2}])
    roster = roster_of([(0, 0, 0, 3, 1), (0, 0, 3, 4, 0.5), (0, 0, 4, 9, 2)])
    log = engine(workload, roster, one_queue(deferrable=True))
    #  2 work ends, wrap-up is due at 4;  3 stops with 1 left, is resumed, due at 3 + 1/0.5 = 5
    #  4 stops with (5 − 4) × 0.5 = 0.5 left, is resumed, due at 4 + 0.5/2 = 4.25
    assert_log(
        log,
        ready=[0],
        start=[0],
        end=[2],
        freed=[4.25],
        agent=[0],
        outcome=[SERVED],
        stints=[(0, 0, 0, 3), (0, 0, 3, 4), (0, 0, 4, 4.25)],
    )


def test_live_work_goes_on_in_overtime_and_nothing_new_is_taken(engine: Engine) -> None:
    workload = workload_of(
        [
            {"ready": 1, "work": 4, "wrap_up": 1, "next_if_served": 2},
            {"ready": 2, "work": 1},
            {"work": 1, "affinity": Affinity.SAME},
        ]
    )
    roster = roster_of([(0, 0, 0, 3, 1), (1, 0, 5.5, 8, 1)])
    log = engine(workload, roster, one_queue())
    #  1 agent 0 takes 0;  2 1 is ready and waits;  3 agent 0 leaves, 0 goes on to 5
    #  5 work on 0 ends; its reply 2 is ready, but agent 0 has left: as for anyone, it waits
    #  5.5 agent 1 begins: takes 1 (ready first) to 6.5, then 2 to 7.5
    #  6 wrap-up of 0 ends, three minutes into overtime
    assert_log(
        log,
        ready=[1, 2, 5],
        start=[1, 5.5, 6.5],
        end=[5, 6.5, 7.5],
        freed=[6, 6.5, 7.5],
        agent=[0, 1, 1],
        outcome=[SERVED] * 3,
        stints=[(0, 0, 1, 6), (1, 1, 5.5, 6.5), (2, 1, 6.5, 7.5)],
    )


def test_a_contact_that_starts_as_its_patience_ends_does_not_give_up(engine: Engine) -> None:
    workload = workload_of(
        [
            {"ready": 0, "work": 2},
            {"ready": 0, "work": 1, "patience": 2},
            {"ready": 0, "work": 1, "patience": 2, "next_if_abandoned": 3, "delay_if_abandoned": 1},
            {"work": 4},
            {"ready": 2, "work": 1, "patience": 0},
        ]
    )
    log = engine(workload, roster_of([(0, 0, 0, 20, 1)]), one_queue())
    #  0 duty begins (before any contact is ready); 0 starts; 1 and 2 wait, to give up at 2
    #  2 in order of kind: work on 0 ends, 1 starts; 4 is ready; 2 gives up; 4 gives up
    #  3 work on 1 ends; then 3, the follower of 2, is ready and starts, to 7
    assert_log(
        log,
        ready=[0, 0, 0, 3, 2],
        start=[0, 2, nan, 3, nan],
        end=[2, 3, 2, 7, 2],
        freed=[2, 3, nan, 7, nan],
        agent=[0, 0, NOBODY, 0, NOBODY],
        outcome=[SERVED, SERVED, ABANDONED, SERVED, ABANDONED],
        stints=[(0, 0, 0, 2), (1, 0, 2, 3), (3, 0, 3, 7)],
    )


def test_a_reply_waits_for_its_agent_until_that_agent_leaves(engine: Engine) -> None:
    workload = workload_of(
        [
            {"ready": 0, "work": 1, "next_if_served": 1, "delay_if_served": 1},
            {"work": 1, "affinity": Affinity.SAME},
            {"ready": 0, "work": 1.5, "ticket": 1},
            {"ready": 1, "work": 5, "ticket": 2},
        ]
    )
    roster = roster_of([(0, 0, 0, 4, 1), (1, 0, 0, 9, 1)])
    log = engine(workload, roster, one_queue())
    #  0 agent 0 takes 0 (equal load and idleness, lower number), agent 1 takes 2
    #  1 work on 0 ends; 3 is ready, agent 0 takes it, to 6;  1.5 agent 1 is free
    #  2 the reply 1 is ready and waits for agent 0, though agent 1 is idle
    #  4 agent 0 leaves (3 goes on in overtime); 1 loses its claim and agent 1 takes it at once
    assert_log(
        log,
        ready=[0, 2, 0, 1],
        start=[0, 4, 0, 1],
        end=[1, 5, 1.5, 6],
        freed=[1, 5, 1.5, 6],
        agent=[0, 1, 1, 0],
        outcome=[SERVED] * 4,
        stints=[(0, 0, 0, 1), (1, 1, 4, 5), (2, 1, 0, 1.5), (3, 0, 1, 6)],
    )


def test_a_transfer_goes_to_anybody_else_while_anybody_else_is_due(engine: Engine) -> None:
    workload = workload_of(
        [
            {"ready": 0, "work": 1, "next_if_served": 1},
            {"work": 3, "affinity": Affinity.OTHER, "next_if_served": 2},
            {"work": 1, "affinity": Affinity.OTHER, "next_if_served": 3},
            {"work": 1, "affinity": Affinity.OTHER},
        ]
    )
    roster = roster_of([(0, 0, 0, 9, 1), (1, 0, 3, 5, 1)])
    log = engine(workload, roster, one_queue())
    #  1 work on 0 ends; 1 is ready and waits for another than agent 0: agent 1, still to come
    #  3 agent 1 begins and takes 1, to 6, in overtime from 5
    #  6 2 is ready for another than agent 1: agent 0 takes it, to 7
    #  7 3 is ready for another than agent 0, but agent 1 has left: as for anyone, agent 0 takes it
    assert_log(
        log,
        ready=[0, 1, 6, 7],
        start=[0, 3, 6, 7],
        end=[1, 6, 7, 8],
        freed=[1, 6, 7, 8],
        agent=[0, 1, 0, 0],
        outcome=[SERVED] * 4,
        stints=[(0, 0, 0, 1), (1, 1, 3, 6), (2, 0, 6, 7), (3, 0, 7, 8)],
    )


def test_a_transfer_goes_back_once_nobody_else_is_due(engine: Engine) -> None:
    workload = workload_of(
        [
            {"ready": 0, "work": 1, "next_if_served": 1},
            {"work": 3, "affinity": Affinity.OTHER},
            {"ready": 0, "work": 5, "ticket": 1},
        ]
    )
    roster = roster_of([(0, 0, 0, 9, 1), (1, 0, 0, 4, 1)])
    log = engine(workload, roster, one_queue())
    #  0 agent 0 takes 0, agent 1 takes 2, to 5;  1 1 is ready and waits for agent 1
    #  4 agent 1 leaves, with 2 in overtime; 1 loses its claim and agent 0 takes it at once
    assert_log(
        log,
        ready=[0, 1, 0],
        start=[0, 4, 0],
        end=[1, 7, 5],
        freed=[1, 7, 5],
        agent=[0, 0, 1],
        outcome=[SERVED] * 3,
        stints=[(0, 0, 0, 1), (1, 0, 4, 7), (2, 1, 0, 5)],
    )


def test_what_an_agent_leaves_behind_goes_to_the_head_of_the_queue(engine: Engine) -> None:
    workload = workload_of(
        [
            {"ready": 0, "work": 2, "wrap_up": 2},
            {"ready": 0, "work": 4, "patience": 4},
            {"ready": 1, "work": 1, "priority": -1},
        ]
    )
    roster = roster_of([(0, 0, 0, 3, 1), (1, 0, 5, 20, 0.5)])
    log = engine(workload, roster, one_queue(occupies=0.5, deferrable=True))
    #  0 agent 0 takes 0 and 1;  1 2 is ready and waits;  2 work on 0 ends, its wrap-up is due at 4
    #  3 agent 0 leaves: 0 (wrap-up, 1 left) and 1 (work, 1 left) go back, ahead of the urgent 2;
    #    1 has started and does not give up at 4
    #  5 agent 1 takes 0 and 1, both due at 5 + 1/0.5 = 7
    #  7 work on 1 ends first, agent 1 takes 2, to 9; then the wrap-up of 0 ends
    assert_log(
        log,
        ready=[0, 0, 1],
        start=[0, 0, 7],
        end=[2, 7, 9],
        freed=[7, 7, 9],
        agent=[0, 1, 1],
        outcome=[SERVED] * 3,
        stints=[(0, 0, 0, 3), (0, 1, 5, 7), (1, 0, 0, 3), (1, 1, 5, 7), (2, 1, 7, 9)],
    )


def test_a_team_without_limit_starts_at_once_and_is_never_waited_for(engine: Engine) -> None:
    workload = workload_of(
        [
            {"ready": -3, "work": 2, "wrap_up": 1, "next_if_served": 2, "delay_if_served": 1},
            {"ready": -3, "work": 1, "ticket": 1},
            {"queue": 1, "work": 1, "affinity": Affinity.SAME},
            {"ready": 1, "work": 1, "ticket": 2},
        ]
    )
    routing = Routing(
        serves=((0,), (1, 0)),
        occupies=(1.0, 1.0),
        deferrable=(True, True),
        unlimited=(True, False),
    )
    log = engine(workload, roster_of([(4, 1, 0.5, 9, 0.5)]), routing)
    # −3 no agent is on duty: 0 and 1 start with the team without limit, at speed 1
    # −1 work on 0 ends, to be wrapped up until 0;  0 its reply 2 is ready, for anyone, and waits
    #  0.5 agent 4 begins at half speed: takes 2, to 2.5
    #  1 3 is ready: agent 4 is busy, the team without limit takes it
    assert_log(
        log,
        ready=[-3, -3, 0, 1],
        start=[-3, -3, 0.5, 1],
        end=[-1, -2, 2.5, 2],
        freed=[0, -2, 2.5, 2],
        agent=[NOBODY, NOBODY, 4, NOBODY],
        outcome=[SERVED] * 4,
        stints=[(0, NOBODY, -3, 0), (1, NOBODY, -3, -2), (2, 4, 0.5, 2.5), (3, NOBODY, 1, 2)],
    )


def test_the_least_loaded_then_the_longest_idle_agent_takes_a_contact(engine: Engine) -> None:
    workload = workload_of(
        [
            {"ready": 1, "work": 3},
            {"ready": 1, "work": 2},
            {"ready": 2, "work": 3},
            {"ready": 4, "work": 2},
            {"ready": 4, "work": 2},
            {"ready": 6, "work": 1},
        ]
    )
    roster = roster_of([(0, 0, 0, 9, 1), (1, 0, 0, 9, 1)])
    log = engine(workload, roster, one_queue(occupies=0.5))
    #  1 agent 0 takes 0, to 4; agent 1 (load 0 against 0.5) takes 1, to 3
    #  2 both have load 0.5 and are idle since 0: agent 0 takes 2, to 5;  3 agent 1 is free
    #  4 work on 0 ends: agent 0 has load 0.5; agent 1 has load 0 and takes 3, to 6; both have 0.5,
    #    agent 1 idle since 3, agent 0 since 4: agent 1 takes 4, to 6
    #  5 agent 0 is free;  6 agent 1 is free: agent 0, idle since 5, takes 5
    assert_log(
        log,
        ready=[1, 1, 2, 4, 4, 6],
        start=[1, 1, 2, 4, 4, 6],
        end=[4, 3, 5, 6, 6, 7],
        freed=[4, 3, 5, 6, 6, 7],
        agent=[0, 1, 0, 1, 1, 0],
        outcome=[SERVED] * 6,
        stints=[(0, 0, 1, 4), (1, 1, 1, 3), (2, 0, 2, 5), (3, 1, 4, 6), (4, 1, 4, 6), (5, 0, 6, 7)],
    )


def test_the_run_ends_after_everything_else_of_that_instant(engine: Engine) -> None:
    workload = workload_of(
        [
            {"ready": 0, "work": 2, "wrap_up": 9, "next_if_served": 1, "delay_if_served": 3},
            {"work": 1},
            {"ready": 1, "work": 9},
            {"ready": 1, "work": 1, "patience": 3},
            {"ready": 4, "work": 1},
            {"ready": 4.5, "work": 1},
        ]
    )
    roster = roster_of([(0, 0, 0, 9, 1), (1, 0, 0, 9, 1)])
    log = engine(workload, roster, one_queue(), until=4)
    #  0 agent 0 takes 0;  1 agent 1 takes 2, 3 waits;  2 work on 0 ends
    #  4 4 is ready and waits, 3 gives up; the run ends before 5 and the follower 1 are ready
    assert_log(
        log,
        ready=[0, nan, 1, 1, 4, nan],
        start=[0, nan, 1, nan, nan, nan],
        end=[2, nan, nan, 4, nan, nan],
        freed=[nan] * 6,
        agent=[0, NOBODY, 1, NOBODY, NOBODY, NOBODY],
        outcome=[SERVED, Outcome.UNTRIGGERED, IN_PROGRESS, ABANDONED, WAITING, Outcome.UNTRIGGERED],
        stints=[(0, 0, 0, 4), (2, 1, 1, 4)],
    )


def test_patience_runs_on_off_duty_and_not_once_work_has_begun(engine: Engine) -> None:
    workload = workload_of(
        [
            {"ready": 1, "work": 4, "patience": 2},
            {"ready": 2, "work": 1, "patience": 2},
            {"ready": 2, "work": 1, "patience": 4.5, "next_if_abandoned": 3},
            {"queue": 1, "work": 2, "patience": 3},
            {"ready": 5, "work": 2, "patience": 9},
            {"ready": 7.5, "work": 1, "patience": 1},
        ]
    )
    routing = Routing(
        serves=((1, 0),), occupies=(1.0, 1.0), deferrable=(True, False), unlimited=(False,)
    )
    roster = roster_of([(0, 0, 0, 3, 1), (0, 0, 6, 10, 1)])
    log = engine(workload, roster, routing)
    #  1 0 starts, due at 5;  2 1 and 2 wait, to give up at 4 and 6.5
    #  3 duty ends: 0 stops with 2 left; its patience would have ended at 3, but it has begun
    #  4 1 gives up, off duty;  5 4 waits
    #  6 duty begins: 0 is resumed, due at 8
    #  6.5 2 gives up; 3, its follower in the live and more urgent queue, waits, until 9.5
    #  7.5 5 waits, to give up at 8.5
    #  8 work on 0 ends: 3 starts, due at 10, just when duty ends: work ends first
    #  8.5 5 gives up;  10 work on 3 ends: 4 starts, due at 12; duty ends: 4 stops, and goes back
    #    to its queue because the agent leaves; it has begun, so it does not give up at 14
    assert_log(
        log,
        ready=[1, 2, 2, 6.5, 5, 7.5],
        start=[1, nan, nan, 8, 10, nan],
        end=[8, 4, 6.5, 10, nan, 8.5],
        freed=[8, nan, nan, 10, nan, nan],
        agent=[0, NOBODY, NOBODY, 0, 0, NOBODY],
        outcome=[SERVED, ABANDONED, ABANDONED, SERVED, IN_PROGRESS, ABANDONED],
        stints=[(0, 0, 1, 3), (0, 0, 6, 8), (3, 0, 8, 10), (4, 0, 10, 10)],
    )


def test_work_ends_before_wrap_up_ends(engine: Engine) -> None:
    log = engine(*RARE_WORLDS["work ends before wrap-up ends"])
    #  0 agent 0 takes 0, agent 1 takes 1;  1 2 waits
    #  3 work on 1 ends: agent 1 takes 2; only then agent 0 is done with the wrap-up of 0
    assert_log(
        log,
        ready=[0, 0, 1],
        start=[0, 0, 3],
        end=[1, 3, 4],
        freed=[3, 3, 4],
        agent=[0, 1, 1],
        outcome=[SERVED] * 3,
        stints=[(0, 0, 0, 3), (1, 1, 0, 3), (2, 1, 3, 4)],
    )


def test_a_contact_becomes_ready_before_another_gives_up(engine: Engine) -> None:
    log = engine(*RARE_WORLDS["ready before another gives up"])
    #  0 3 starts: load 0.5;  1 0 would take the whole agent and waits
    #  2 2 is ready and starts: load 1; 0 gives up, its follower 1 is ready and waits for 2, to 3
    assert_log(
        log,
        ready=[1, 2, 2, 0],
        start=[nan, 3, 2, 0],
        end=[2, 4, 3, 9],
        freed=[nan, 4, 3, 9],
        agent=[NOBODY, 0, 0, 0],
        outcome=[ABANDONED, SERVED, SERVED, SERVED],
        stints=[(1, 0, 3, 4), (2, 0, 2, 3), (3, 0, 0, 9)],
    )


def test_returned_contacts_are_offered_by_queue_number(engine: Engine) -> None:
    log = engine(*RARE_WORLDS["returned contacts are offered by queue number"])
    #  0 agent 0 takes 0, agent 1 takes 1, agent 0 takes 2
    #  2 agent 0 leaves: 2 (queue 0) is offered first, though less urgent than 0 (queue 1), and
    #    agent 1 takes it, with 2 left, to 4; then agent 1 takes 0, with 2 left, to 6
    assert_log(
        log,
        ready=[0, 0, 0],
        start=[0, 0, 0],
        end=[6, 9, 4],
        freed=[6, 9, 4],
        agent=[1, 1, 1],
        outcome=[SERVED] * 3,
        stints=[(0, 0, 0, 2), (0, 1, 4, 6), (1, 1, 0, 9), (2, 0, 0, 2), (2, 1, 2, 4)],
    )


def test_rounding_does_not_cost_an_agent_its_capacity(engine: Engine) -> None:
    log = engine(*RARE_WORLDS["a load of 1 by way of thirds"])
    #  0 three thirds;  1 one third;  2 a third and a half;  3 a half, and a bit by rounding
    assert 1 / 3 + 1 / 3 + 1 / 3 - 1 / 3 - 1 / 3 + 1 / 2 - 1 / 3 > 1 / 2
    #  4 another half: more than 1 by rounding alone
    assert_log(
        log,
        ready=[0, 0, 0, 2, 4],
        start=[0, 0, 0, 2, 4],
        end=[1, 1, 3, 11, 5],
        freed=[1, 1, 3, 11, 5],
        agent=[0] * 5,
        outcome=[SERVED] * 5,
        stints=[(0, 0, 0, 1), (1, 0, 0, 1), (2, 0, 0, 3), (3, 0, 2, 11), (4, 0, 4, 5)],
    )


def test_what_does_not_fit_does_not_block_the_next_queue(engine: Engine) -> None:
    log = engine(*RARE_WORLDS["what does not fit does not block the next queue"])
    #  0 0 and 1 start: load 1;  0.5 2 and 3 wait
    #  1 work on 0 ends: 2, in the more urgent queue, needs the whole agent; 3 starts, to 4
    #  3 work on 1 ends: 2 still does not fit;  4 work on 3 ends: 2 starts, to 5
    assert_log(
        log,
        ready=[0, 0, 0.5, 0.5],
        start=[0, 0, 4, 1],
        end=[1, 3, 5, 4],
        freed=[1, 3, 5, 4],
        agent=[0] * 4,
        outcome=[SERVED] * 4,
        stints=[(0, 0, 0, 1), (1, 0, 0, 3), (2, 0, 4, 5), (3, 0, 1, 4)],
    )


def test_returned_contacts_keep_their_place_by_when_they_were_ready(engine: Engine) -> None:
    log = engine(*RARE_WORLDS["returned contacts keep their place by when they were ready"])
    #  0 agent 0 takes 0, agent 1 takes 1;  1 agent 0 takes 2, to 3
    #  2 agent 1 is free; the reply 4 is ready and waits for agent 0;  2.5 agent 1 takes 3
    #  3 agent 0 takes 4;  5 both leave: 9 − 2 of 4 and 9 − 2.5 of 3 are left
    #  6 agent 2 takes 4, ready at 2, to 13, and then 3, ready at 2.5, to 19.5
    assert_log(
        log,
        ready=[0, 0, 1, 2.5, 2],
        start=[0, 0, 1, 2.5, 3],
        end=[1, 2, 3, 19.5, 13],
        freed=[1, 2, 3, 19.5, 13],
        agent=[0, 1, 0, 2, 2],
        outcome=[SERVED] * 5,
        stints=[
            (0, 0, 0, 1),
            (1, 1, 0, 2),
            (2, 0, 1, 3),
            (3, 1, 2.5, 5),
            (3, 2, 13, 19.5),
            (4, 0, 3, 5),
            (4, 2, 6, 13),
        ],
    )


def test_a_wrap_up_has_the_speed_that_its_agent_has_when_it_begins(engine: Engine) -> None:
    workload = workload_of(
        [
            {"ready": 1, "work": 4, "wrap_up": 2},
            {"ready": 7, "work": 6, "wrap_up": 3},
        ]
    )
    roster = roster_of([(0, 0, 0, 3, 1), (0, 0, 4, 9, 2)])
    log = engine(workload, roster, one_queue())
    #  1 0 starts, due at 5;  3 overtime;  4 the next duty begins, at speed 2; 0 is still due at 5
    #  5 work on 0 ends, the wrap-up is due at 5 + 2/2 = 6;  7 1 starts, due at 7 + 6/2 = 10
    #  9 the agent leaves;  10 work on 1 ends, the wrap-up is due at 10 + 3/2 = 11.5
    assert_log(
        log,
        ready=[1, 7],
        start=[1, 7],
        end=[5, 10],
        freed=[6, 11.5],
        agent=[0, 0],
        outcome=[SERVED] * 2,
        stints=[(0, 0, 1, 6), (1, 0, 7, 11.5)],
    )


def test_nothing_asked_gives_an_empty_log(engine: Engine) -> None:
    log = engine(workload_of([]), roster_of([]), one_queue(), until=math.inf)
    assert len(log) == len(log.stints) == 0
    assert [column.dtype for column in log.columns().values()] == [*4 * ["f8"], "i4", "i1"]
    assert [column.dtype for column in log.stints.columns().values()] == ["i4", "i4", "f8", "f8"]


# --- Live contacts interrupt ----------------------------------------------------------------------


def test_a_live_contact_stops_deferrable_work_which_goes_on_after_it(engine: Engine) -> None:
    workload = workload_of(
        [
            {"queue": EMAIL, "ready": 1, "work": 4, "wrap_up": 1},
            {"queue": PHONE, "ready": 2, "work": 2, "wrap_up": 1},
            {"queue": EMAIL, "ready": 2.5, "work": 1, "priority": -1},
        ]
    )
    log = engine(workload, roster_of([(0, 0, 0, 20, 2)]), phone_and_email())
    #  1 0 starts, due at 1 + 4/2 = 3
    #  2 1 is ready: 0 stops with (3 − 2) × 2 = 2 left, 1 starts, due at 3, wrap-up at 3.5
    #  2.5 2 waits;  3.5 1 is wrapped up: 0 is resumed before the urgent 2, due at 3.5 + 2/2 = 4.5
    #  5 the wrap-up of 0 ends: takes 2, to 5.5
    assert_log(
        log,
        ready=[1, 2, 2.5],
        start=[1, 2, 5],
        end=[4.5, 3, 5.5],
        freed=[5, 3.5, 5.5],
        agent=[0, 0, 0],
        outcome=[SERVED] * 3,
        stints=[(0, 0, 1, 2), (0, 0, 3.5, 5), (1, 0, 2, 3.5), (2, 0, 5, 5.5)],
    )


def test_a_wrap_up_is_interrupted_too(engine: Engine) -> None:
    workload = workload_of(
        [
            {"queue": EMAIL, "ready": 0, "work": 2, "wrap_up": 4},
            {"queue": PHONE, "ready": 3, "work": 1},
            {"queue": PHONE, "ready": 5, "work": 2},
        ]
    )
    log = engine(workload, roster_of([(0, 0, 0, 20, 1)]), phone_and_email())
    #  2 work on 0 ends, its wrap-up is due at 6;  3 it stops with 3 left, 1 starts
    #  4 1 ends: the wrap-up goes on, due at 7;  5 it stops with 2 left, 2 starts
    #  7 2 ends: the wrap-up goes on, due at 9
    assert_log(
        log,
        ready=[0, 3, 5],
        start=[0, 3, 5],
        end=[2, 4, 7],
        freed=[9, 4, 7],
        agent=[0, 0, 0],
        outcome=[SERVED] * 3,
        stints=[(0, 0, 0, 3), (0, 0, 4, 5), (0, 0, 7, 9), (1, 0, 3, 4), (2, 0, 5, 7)],
    )


def test_an_email_rests_while_its_agent_chats(engine: Engine) -> None:
    workload = workload_of(
        [
            {"queue": EMAIL, "ready": 0, "work": 6},
            {"ready": 1, "work": 4},
            {"ready": 2, "work": 1},
            {"queue": EMAIL, "ready": 2.5, "work": 1},
        ]
    )
    log = engine(workload, roster_of([(0, 0, 0, 20, 1)]), phone_and_email((1 / 3, 1.0)))
    #  1 0 stops with 5 left for the chat 1, due at 5;  2 the chat 2 fits in, to 3
    #  2.5 3 waits;  3 and after: neither email fits beside a chat;  5 0 is resumed, due at 10
    assert_log(
        log,
        ready=[0, 1, 2, 2.5],
        start=[0, 1, 2, 10],
        end=[10, 5, 3, 11],
        freed=[10, 5, 3, 11],
        agent=[0] * 4,
        outcome=[SERVED] * 4,
        stints=[(0, 0, 0, 1), (0, 0, 5, 10), (1, 0, 1, 5), (2, 0, 2, 3), (3, 0, 10, 11)],
    )


def test_the_latest_stops_first_and_what_stopped_first_goes_on_first(engine: Engine) -> None:
    workload = workload_of(
        [
            {"queue": EMAIL, "ready": 0, "work": 9},
            {"queue": EMAIL, "ready": 0, "work": 4},
            {"queue": EMAIL, "ready": 1, "work": 4},
            {"ready": 2, "work": 1},
            {"ready": 2.5, "work": 1.5},
        ]
    )
    log = engine(workload, roster_of([(0, 0, 0, 20, 1)]), phone_and_email((1 / 3, 1 / 3)))
    #  2 3 is ready: of three emails 2 was taken last, and stops with 3 left
    #  2.5 4 is ready: 1 stops with 1.5 left
    #  3 3 ends: 2 is resumed, due at 6;  4 4 ends: 1 is resumed, due at 5.5
    assert_log(
        log,
        ready=[0, 0, 1, 2, 2.5],
        start=[0, 0, 1, 2, 2.5],
        end=[9, 5.5, 6, 3, 4],
        freed=[9, 5.5, 6, 3, 4],
        agent=[0] * 5,
        outcome=[SERVED] * 5,
        stints=[
            (0, 0, 0, 9),
            (1, 0, 0, 2.5),
            (1, 0, 4, 5.5),
            (2, 0, 1, 2),
            (2, 0, 3, 6),
            (3, 0, 2, 3),
            (4, 0, 2.5, 4),
        ],
    )


def test_an_agent_stops_as_many_contacts_as_it_takes(engine: Engine) -> None:
    workload = workload_of(
        [
            {"queue": EMAIL, "ready": 0, "work": 9},
            {"queue": EMAIL, "ready": 0, "work": 4},
            {"queue": EMAIL, "ready": 1, "work": 4},
            {"ready": 2, "work": 1},
        ]
    )
    log = engine(workload, roster_of([(0, 0, 0, 20, 1)]), phone_and_email((0.5, 1 / 3)))
    #  2 3 is ready: 2 stops with 3 left, then 1 with 2 left
    #  3 3 ends: 2 is resumed, due at 6, and 1, due at 5
    assert_log(
        log,
        ready=[0, 0, 1, 2],
        start=[0, 0, 1, 2],
        end=[9, 5, 6, 3],
        freed=[9, 5, 6, 3],
        agent=[0] * 4,
        outcome=[SERVED] * 4,
        stints=[
            (0, 0, 0, 9),
            (1, 0, 0, 2),
            (1, 0, 3, 5),
            (2, 0, 1, 2),
            (2, 0, 3, 6),
            (3, 0, 2, 3),
        ],
    )


def test_a_live_contact_waits_for_live_ones_until_a_release_makes_room(engine: Engine) -> None:
    chat, email = 1, 2
    workload = workload_of(
        [
            {"queue": chat, "ready": 0, "work": 5},
            {"queue": email, "ready": 0, "work": 9},
            {"queue": PHONE, "ready": 1, "work": 2},
            {"queue": chat, "ready": 2, "work": 1},
        ]
    )
    routing = Routing(
        serves=((PHONE, chat, email),),
        occupies=(1.0, 1 / 3, 1 / 3),
        deferrable=(False, False, True),
        unlimited=(False,),
        interrupts=(True,),
    )
    log = engine(workload, roster_of([(0, 0, 0, 20, 1)]), routing)
    #  1 2 is ready, but the chat 0 cannot be stopped: it waits;  2 3 fits in, to 3
    #  3 3 ends: still too little room without stopping 0
    #  5 0 ends: the email 1 stops with 4 left, 2 starts;  7 2 ends: 1 is resumed, due at 11
    assert_log(
        log,
        ready=[0, 0, 1, 2],
        start=[0, 0, 5, 2],
        end=[5, 11, 7, 3],
        freed=[5, 11, 7, 3],
        agent=[0] * 4,
        outcome=[SERVED] * 4,
        stints=[(0, 0, 0, 5), (1, 0, 0, 5), (1, 0, 7, 11), (2, 0, 5, 7), (3, 0, 2, 3)],
    )


def test_only_less_urgent_work_of_teams_that_interrupt_stops(engine: Engine) -> None:
    workload = workload_of(
        [
            *({"queue": EMAIL, "ready": 0, "work": 10, "ticket": ticket} for ticket in range(4)),
            {"queue": PHONE, "ready": 1, "work": 5, "ticket": 4},
            {"queue": PHONE, "ready": 2, "work": 5, "ticket": 5},
            {"queue": PHONE, "ready": 3, "work": 1, "ticket": 6},
        ]
    )
    routing = Routing(
        serves=((PHONE, EMAIL), (EMAIL, PHONE), (PHONE, EMAIL)),
        occupies=(1.0, 1.0),
        deferrable=(False, True),
        unlimited=(False, False, False),
        interrupts=(True, True, False),
    )
    roster = roster_of([(0, 0, 0, 20, 1), (1, 0, -1, 20, 1), (2, 1, 0, 20, 1), (3, 2, 0, 20, 1)])
    log = engine(workload, roster, routing)
    #  0 agent 1, idle since −1, takes 0, agents 0, 2 and 3 take 1, 2 and 3
    #  1 4 is ready: agent 1, idle longest, stops 0 with 9 left;  2 5: agent 0 stops 1 with 8 left
    #  3 6 waits: to agent 2 email is more urgent, agent 3 is of a team that does not interrupt
    #  6 4 ends: agent 1 takes 6 and leaves 0 stopped, which is less urgent
    #  7 5 ends: agent 0 resumes 1, due at 15; 6 ends: agent 1 resumes 0, due at 16
    assert_log(
        log,
        ready=[0, 0, 0, 0, 1, 2, 3],
        start=[0, 0, 0, 0, 1, 2, 6],
        end=[16, 15, 10, 10, 6, 7, 7],
        freed=[16, 15, 10, 10, 6, 7, 7],
        agent=[1, 0, 2, 3, 1, 0, 1],
        outcome=[SERVED] * 7,
        stints=[
            (0, 1, 0, 1),
            (0, 1, 7, 16),
            (1, 0, 0, 2),
            (1, 0, 7, 15),
            (2, 2, 0, 10),
            (3, 3, 0, 10),
            (4, 1, 1, 6),
            (5, 0, 2, 7),
            (6, 1, 6, 7),
        ],
    )


def test_the_agent_with_least_work_that_cannot_stop_is_interrupted(engine: Engine) -> None:
    workload = workload_of(
        [
            {"ready": 0, "work": 9},
            {"queue": EMAIL, "ready": 0, "work": 6},
            {"queue": EMAIL, "ready": 1, "work": 4},
            {"queue": EMAIL, "ready": 1, "work": 3},
            {"ready": 2, "work": 2},
        ]
    )
    roster = roster_of([(0, 0, 0, 20, 1), (1, 0, 0, 20, 1)])
    log = engine(workload, roster, phone_and_email((0.5, 0.5)))
    #  0 agent 0 takes the live 0, agent 1 takes 1;  1 agent 0 takes 2, agent 1 takes 3
    #  2 4 is ready: agent 0 would keep 0.5, agent 1 nothing: it stops 3 with 2 left
    #  4 4 ends: 3 is resumed, due at 6
    assert_log(
        log,
        ready=[0, 0, 1, 1, 2],
        start=[0, 0, 1, 1, 2],
        end=[9, 6, 5, 6, 4],
        freed=[9, 6, 5, 6, 4],
        agent=[0, 1, 0, 1, 1],
        outcome=[SERVED] * 5,
        stints=[
            (0, 0, 0, 9),
            (1, 1, 0, 6),
            (2, 0, 1, 5),
            (3, 1, 1, 2),
            (3, 1, 4, 6),
            (4, 1, 2, 4),
        ],
    )


def test_replies_and_transfers_interrupt_whom_they_may_go_to(engine: Engine) -> None:
    workload = workload_of(
        [
            {"ready": 0, "work": 1, "next_if_served": 1, "delay_if_served": 2},
            {"work": 1, "affinity": Affinity.SAME, "next_if_served": 2, "delay_if_served": 3},
            {"work": 2, "affinity": Affinity.OTHER},
            {"queue": EMAIL, "ready": 0, "work": 5, "ticket": 1},
            {"queue": EMAIL, "ready": 0, "work": 9, "ticket": 2},
            {"queue": EMAIL, "ready": 2, "work": 4, "ticket": 3},
        ]
    )
    roster = roster_of([(0, 0, 0, 20, 1), (1, 0, 0, 20, 1)])
    log = engine(workload, roster, phone_and_email())
    #  0 agent 0 takes 0, agent 1 takes 3, 4 waits;  1 0 ends: agent 0 takes 4;  2 5 waits
    #  3 the reply 1 is ready: agent 0 stops 4 with 7 left, though agent 1 is idle since 0
    #  4 1 ends: agent 0 resumes 4, due at 11;  5 3 ends: agent 1 takes 5
    #  7 the transfer 2 is ready: agent 1 stops 5 with 2 left, though agent 0 is idle since 4
    #  9 2 ends: agent 1 resumes 5, due at 11
    assert_log(
        log,
        ready=[0, 3, 7, 0, 0, 2],
        start=[0, 3, 7, 0, 1, 5],
        end=[1, 4, 9, 5, 11, 11],
        freed=[1, 4, 9, 5, 11, 11],
        agent=[0, 0, 1, 1, 0, 1],
        outcome=[SERVED] * 6,
        stints=[
            (0, 0, 0, 1),
            (1, 0, 3, 4),
            (2, 1, 7, 9),
            (3, 1, 0, 5),
            (4, 0, 1, 3),
            (4, 0, 4, 11),
            (5, 1, 5, 7),
            (5, 1, 9, 11),
        ],
    )


def test_a_reply_that_loses_its_claim_interrupts_at_once(engine: Engine) -> None:
    workload = workload_of(
        [
            {"ready": 0, "work": 1, "next_if_served": 1, "delay_if_served": 1},
            {"work": 2, "affinity": Affinity.SAME},
            {"ready": 1, "work": 5, "ticket": 1},
            {"queue": EMAIL, "ready": 0, "work": 9, "ticket": 2},
        ]
    )
    roster = roster_of([(0, 0, 0, 4, 1), (1, 0, 0, 20, 1)])
    log = engine(workload, roster, phone_and_email())
    #  0 agent 0 takes 0, agent 1 takes 3;  1 0 ends; agent 0 takes 2, to 6
    #  2 the reply 1 waits for agent 0, though agent 1 could stop 3
    #  4 agent 0 leaves: 1 loses its claim; agent 1 stops 3 with 5 left;  6 3 is resumed, to 11
    assert_log(
        log,
        ready=[0, 2, 1, 0],
        start=[0, 4, 1, 0],
        end=[1, 6, 6, 11],
        freed=[1, 6, 6, 11],
        agent=[0, 1, 0, 1],
        outcome=[SERVED] * 4,
        stints=[(0, 0, 0, 1), (1, 1, 4, 6), (2, 0, 1, 6), (3, 1, 0, 4), (3, 1, 6, 11)],
    )


def test_an_agent_is_interrupted_before_a_team_without_limit_is_asked(engine: Engine) -> None:
    workload = workload_of(
        [
            {"queue": EMAIL, "ready": 0, "work": 3},
            {"queue": PHONE, "ready": 1, "work": 2},
            {"queue": PHONE, "ready": 2, "work": 2},
        ]
    )
    routing = Routing(
        serves=((PHONE, EMAIL), (PHONE,)),
        occupies=(1.0, 1.0),
        deferrable=(False, True),
        unlimited=(False, True),
        interrupts=(True, True),
    )
    log = engine(workload, roster_of([(0, 0, 0, 20, 1)]), routing)
    #  1 1 is ready: agent 0 stops 0 with 2 left;  2 2 is ready: nothing to stop, agent −1
    assert_log(
        log,
        ready=[0, 1, 2],
        start=[0, 1, 2],
        end=[5, 3, 4],
        freed=[5, 3, 4],
        agent=[0, 0, NOBODY],
        outcome=[SERVED] * 3,
        stints=[(0, 0, 0, 1), (0, 0, 3, 5), (1, 0, 1, 3), (2, NOBODY, 2, 4)],
    )


def test_a_deferrable_contact_interrupts_nobody(engine: Engine) -> None:
    workload = workload_of(
        [{"queue": 1, "ready": 0, "work": 3}, {"queue": 0, "ready": 1, "work": 1}]
    )
    routing = Routing(((0, 1),), (1.0, 1.0), (True, True), (False,), interrupts=(True,))
    log = engine(workload, roster_of([(0, 0, 0, 20, 1)]), routing)
    assert_log(
        log,
        ready=[0, 1],
        start=[0, 3],
        end=[3, 4],
        freed=[3, 4],
        agent=[0, 0],
        outcome=[SERVED] * 2,
        stints=[(0, 0, 0, 3), (1, 0, 3, 4)],
    )


def test_an_agent_who_leaves_gives_back_what_was_interrupted(engine: Engine) -> None:
    workload = workload_of(
        [
            {"queue": EMAIL, "ready": 0, "work": 5},
            {"queue": PHONE, "ready": 1, "work": 4},
            {"queue": EMAIL, "ready": 2, "work": 1, "priority": -1},
        ]
    )
    roster = roster_of([(0, 0, 0, 3, 1), (1, 0, 4, 20, 1)])
    log = engine(workload, roster, phone_and_email())
    #  1 0 stops with 4 left for 1, due at 5;  2 2 waits
    #  3 agent 0 leaves, with 1 in overtime; 0 goes back, ahead of 2
    #  4 agent 1 takes 0, to 8, and then 2
    assert_log(
        log,
        ready=[0, 1, 2],
        start=[0, 1, 8],
        end=[8, 5, 9],
        freed=[8, 5, 9],
        agent=[1, 0, 1],
        outcome=[SERVED] * 3,
        stints=[(0, 0, 0, 1), (0, 1, 4, 8), (1, 0, 1, 5), (2, 1, 8, 9)],
    )


def test_after_a_break_an_agent_turns_to_its_queues_before_what_it_stopped(
    engine: Engine,
) -> None:
    workload = workload_of(
        [
            {"queue": EMAIL, "ready": 0, "work": 4},
            {"queue": PHONE, "ready": 2, "work": 1},
            {"queue": EMAIL, "ready": 0, "work": 1},
        ]
    )
    routing = Routing(((PHONE, EMAIL),), (1.0, 1.0), (False, True), (False,))
    log = engine(workload, roster_of([(0, 0, 0, 1, 1), (0, 0, 3, 20, 1)]), routing)
    #  0 0 starts, 2 waits;  1 0 stops with 3 left;  2 1 waits
    #  3 duty begins: takes 1, which is more urgent;  4 resumes 0, before 2;  7 takes 2
    assert_log(
        log,
        ready=[0, 2, 0],
        start=[0, 3, 7],
        end=[7, 4, 8],
        freed=[7, 4, 8],
        agent=[0, 0, 0],
        outcome=[SERVED] * 3,
        stints=[(0, 0, 0, 1), (0, 0, 4, 7), (1, 0, 3, 4), (2, 0, 7, 8)],
    )


def test_work_that_is_just_done_can_be_interrupted_with_nothing_left(engine: Engine) -> None:
    chat, phone, email = 0, 1, 2
    workload = workload_of(
        [
            {"queue": chat, "ready": 0, "work": 5},
            {"queue": email, "ready": 0, "work": 5},
            {"queue": phone, "ready": 1, "work": 1},
        ]
    )
    routing = Routing(
        serves=((chat, phone, email),),
        occupies=(0.5, 1.0, 0.5),
        deferrable=(False, False, True),
        unlimited=(False,),
        interrupts=(True,),
    )
    log = engine(workload, roster_of([(0, 0, 0, 20, 1)]), routing)
    #  1 2 waits: 0 cannot be stopped
    #  5 work on 0 ends, before that on 1: 1 stops with 0 left, 2 starts;  6 1 is resumed, and ends
    assert_log(
        log,
        ready=[0, 0, 1],
        start=[0, 0, 5],
        end=[5, 6, 6],
        freed=[5, 6, 6],
        agent=[0, 0, 0],
        outcome=[SERVED] * 3,
        stints=[(0, 0, 0, 5), (1, 0, 0, 5), (1, 0, 6, 6), (2, 0, 5, 6)],
    )


def test_making_room_is_no_release(engine: Engine) -> None:
    chat, email, letter = 0, 1, 2
    workload = workload_of(
        [
            {"queue": email, "ready": 0, "work": 5},
            {"queue": letter, "ready": 1, "work": 1},
            {"queue": chat, "ready": 2, "work": 1},
            {"queue": letter, "ready": 2.5, "work": 1},
        ]
    )
    routing = Routing(
        serves=((chat, email, letter),),
        occupies=(0.5, 1.0, 0.5),
        deferrable=(False, True, True),
        unlimited=(False,),
        interrupts=(True,),
    )
    log = engine(workload, roster_of([(0, 0, 0, 20, 1)]), routing)
    #  1 1 waits;  2 0 stops with 3 left for the chat 2, to 3; the agent has room, but released
    #    nothing, and does not turn to 1
    #  2.5 3 becomes ready and finds that room, to 3.5
    #  3 2 ends: 0 does not fit, 1 does, to 4;  3.5 3 ends;  4 1 ends: 0 is resumed, to 7
    assert_log(
        log,
        ready=[0, 1, 2, 2.5],
        start=[0, 3, 2, 2.5],
        end=[7, 4, 3, 3.5],
        freed=[7, 4, 3, 3.5],
        agent=[0] * 4,
        outcome=[SERVED] * 4,
        stints=[(0, 0, 0, 2), (0, 0, 4, 7), (1, 0, 3, 4), (2, 0, 2, 3), (3, 0, 2.5, 3.5)],
    )


# --- Opening hours and limits ---------------------------------------------------------------------


def test_who_finds_the_lines_full_is_rejected_and_may_try_again(engine: Engine) -> None:
    workload = workload_of(
        [
            {"ready": 0, "work": 3, "wrap_up": 1},
            {"ready": 1, "work": 2, "ticket": 1},
            {"ready": 2, "ticket": 2, "next_if_abandoned": 3, "delay_if_abandoned": 1},
            {"kind": Kind.RETRY, "work": 1, "ticket": 2},
            {"ready": 3.5, "work": 1, "ticket": 3},
        ]
    )
    log = engine(workload, roster_of([(0, 0, 0, 20, 1)]), one_queue(lines=(2.0,)))
    #  0 0 starts;  1 1 waits;  2 2 finds two lines taken, and is rejected
    #  3 work on 0 ends, wrapping up takes no line: 3, the next attempt, is let in, and waits
    #  3.5 4 finds 1 and 3 in line, and is rejected;  4 takes 1;  6 takes 3
    assert_log(
        log,
        ready=[0, 1, 2, 3, 3.5],
        start=[0, 4, nan, 6, nan],
        end=[3, 6, 2, 7, 3.5],
        freed=[4, 6, nan, 7, nan],
        agent=[0, 0, NOBODY, 0, NOBODY],
        outcome=[SERVED, SERVED, REJECTED, SERVED, REJECTED],
        stints=[(0, 0, 0, 4), (1, 0, 4, 6), (3, 0, 6, 7)],
    )


def test_who_gives_up_frees_a_line(engine: Engine) -> None:
    workload = workload_of(
        [
            {"ready": 0, "work": 5},
            {"ready": 1, "patience": 1, "ticket": 1},
            {"ready": 1.5, "ticket": 2},
            {"ready": 3, "work": 1, "ticket": 3},
        ]
    )
    log = engine(workload, roster_of([(0, 0, 0, 20, 1)]), one_queue(lines=(2.0,)))
    #  1 1 waits;  1.5 2 is rejected;  2 1 gives up;  3 3 is let in, and waits;  5 takes 3
    assert_log(
        log,
        ready=[0, 1, 1.5, 3],
        start=[0, nan, nan, 5],
        end=[5, 2, 1.5, 6],
        freed=[5, nan, nan, 6],
        agent=[0, NOBODY, NOBODY, 0],
        outcome=[SERVED, ABANDONED, REJECTED, SERVED],
        stints=[(0, 0, 0, 5), (3, 0, 5, 6)],
    )


def test_who_would_wait_and_finds_no_place_is_rejected(engine: Engine) -> None:
    workload = workload_of(
        [
            {"ready": 0, "work": 3},
            {"ready": 1, "patience": 1, "ticket": 1},
            {"ready": 1.5, "ticket": 2},
            {"ready": 2, "ticket": 3},
            {"ready": 2.5, "work": 1, "ticket": 4},
            {"ready": 2.5, "work": 1, "ticket": 5, "kind": Kind.REPLY},
            {"ready": 2.75, "ticket": 6},
        ]
    )
    log = engine(workload, roster_of([(0, 0, 0, 20, 1)]), one_queue(places=(1.0,)))
    #  0 0 starts;  1 1 takes the only place;  1.5 2 is rejected
    #  2 3 is rejected, for it comes before 1 gives up;  2.5 4 takes the place, 5 needs none
    #  2.75 6 is rejected;  3 takes 4;  4 takes 5
    assert_log(
        log,
        ready=[0, 1, 1.5, 2, 2.5, 2.5, 2.75],
        start=[0, nan, nan, nan, 3, 4, nan],
        end=[3, 2, 1.5, 2, 4, 5, 2.75],
        freed=[3, nan, nan, nan, 4, 5, nan],
        agent=[0, NOBODY, NOBODY, NOBODY, 0, 0, NOBODY],
        outcome=[SERVED, ABANDONED, REJECTED, REJECTED, SERVED, SERVED, REJECTED],
        stints=[(0, 0, 0, 3), (4, 0, 3, 4), (5, 0, 4, 5)],
    )


def test_what_an_agent_left_behind_takes_a_place_and_what_it_keeps_does_not(
    engine: Engine,
) -> None:
    workload = workload_of(
        [
            {"queue": 0, "ready": 0, "work": 4},
            {"queue": 1, "ready": 0, "work": 4, "ticket": 1},
            {"queue": 0, "ready": 3, "work": 1, "ticket": 2},
            {"queue": 1, "ready": 3, "work": 1, "ticket": 3},
        ]
    )
    routing = Routing(
        serves=((0,), (1,)),
        occupies=(1.0, 1.0),
        deferrable=(True, True),
        unlimited=(False, False),
        places=(1.0, 1.0),
    )
    roster = roster_of([(0, 0, 0, 2, 1), (0, 0, 6, 20, 1), (1, 1, 0, 2, 1), (2, 1, 6, 20, 1)])
    log = engine(workload, roster, routing)
    #  2 0 stops and stays with agent 0; 1 stops and goes back to its queue, as agent 1 leaves
    #  3 2 waits, for the first time anybody does in queue 0; 3 is rejected, as 1 waits
    #  6 agent 0 resumes 0, agent 2 takes 1;  8 agent 0 takes 2
    assert_log(
        log,
        ready=[0, 0, 3, 3],
        start=[0, 0, 8, nan],
        end=[8, 8, 9, 3],
        freed=[8, 8, 9, nan],
        agent=[0, 2, 0, NOBODY],
        outcome=[SERVED, SERVED, SERVED, REJECTED],
        stints=[(0, 0, 0, 2), (0, 0, 6, 8), (1, 1, 0, 2), (1, 2, 6, 8), (2, 0, 8, 9)],
    )


def test_places_are_counted_when_claims_are_lost_and_work_returns(engine: Engine) -> None:
    reply = {"kind": Kind.REPLY, "affinity": Affinity.SAME}
    workload = workload_of(
        [
            {"ready": 0, "work": 1, "next_if_served": 1},
            {"work": 1, **reply},
            {"ready": 0, "work": 8, "ticket": 1},
            {"ready": 0, "work": 5, "ticket": 2},
            {"ready": 5, "work": 1, "ticket": 3},
            {"ready": 6, "ticket": 4},
            {"ready": 8.5, "work": 1, "ticket": 5},
        ]
    )
    roster = roster_of([(0, 0, 0, 4, 1), (1, 0, 0, 20, 1)])
    log = engine(workload, roster, one_queue(deferrable=True, places=(3.0,)))
    #  0 agent 0 takes 0, agent 1 takes 2, 3 waits;  1 0 ends: agent 0 takes 3, due at 6;
    #    the reply 1 waits for agent 0
    #  4 agent 0 leaves: 3, with 2 left, and 1 wait for anyone: two of three places
    #  5 4 waits;  6 5 is rejected;  8 2 ends: agent 1 takes 3, to 10
    #  8.5 6 takes the place that 3 left;  10 takes 1, 4 and 6
    assert_log(
        log,
        ready=[0, 1, 0, 0, 5, 6, 8.5],
        start=[0, 10, 0, 1, 11, nan, 12],
        end=[1, 11, 8, 10, 12, 6, 13],
        freed=[1, 11, 8, 10, 12, nan, 13],
        agent=[0, 1, 1, 1, 1, NOBODY, 1],
        outcome=[*[SERVED] * 5, REJECTED, SERVED],
        stints=[
            (0, 0, 0, 1),
            (1, 1, 10, 11),
            (2, 1, 0, 8),
            (3, 0, 1, 4),
            (3, 1, 8, 10),
            (4, 1, 11, 12),
            (6, 1, 12, 13),
        ],
    )


@pytest.mark.parametrize("limit", [{"lines": (2.0,)}, {"places": (0.0,)}], ids=["lines", "places"])
def test_nobody_waits_where_there_are_no_more_lines_than_agents(
    engine: Engine, limit: dict[str, tuple[float]]
) -> None:
    # The system of A. K. Erlang's loss formula.
    ready = [0, 1, 1.5, 2, 2.5, 3]
    workload = workload_of(
        [{"ready": time, "work": 2, "ticket": ticket} for ticket, time in enumerate(ready)]
    )
    roster = roster_of([(0, 0, 0, 20, 1), (1, 0, 0, 20, 1)])
    log = engine(workload, roster, one_queue(**limit))
    #  0 agent 0 takes 0;  1 agent 1 takes 1;  1.5 2 is rejected
    #  2 0 ends, agent 0 takes 3;  2.5 4 is rejected;  3 1 ends, agent 1 takes 5
    assert_log(
        log,
        ready=ready,
        start=[0, 1, nan, 2, nan, 3],
        end=[2, 3, 1.5, 4, 2.5, 5],
        freed=[2, 3, nan, 4, nan, 5],
        agent=[0, 1, NOBODY, 0, NOBODY, 1],
        outcome=[SERVED, SERVED, REJECTED, SERVED, REJECTED, SERVED],
        stints=[(0, 0, 0, 2), (1, 1, 1, 3), (3, 0, 2, 4), (5, 1, 3, 5)],
    )


def test_a_live_contact_interrupts_rather_than_take_a_place(engine: Engine) -> None:
    workload = workload_of(
        [
            {"queue": EMAIL, "ready": 0, "work": 2},
            {"queue": PHONE, "ready": 1, "work": 1},
            {"queue": PHONE, "ready": 1, "work": 1},
        ]
    )
    routing = Routing(
        serves=((PHONE, EMAIL),),
        occupies=(1.0, 1.0),
        deferrable=(False, True),
        unlimited=(False,),
        interrupts=(True,),
        places=(0.0, math.inf),
    )
    log = engine(workload, roster_of([(0, 0, 0, 20, 1)]), routing)
    #  1 0 stops with 1 left for 1; 2 would have to wait, and is rejected;  2 0 is resumed, to 3
    assert_log(
        log,
        ready=[0, 1, 1],
        start=[0, 1, nan],
        end=[3, 2, 1],
        freed=[3, 2, nan],
        agent=[0, 0, NOBODY],
        outcome=[SERVED, SERVED, REJECTED],
        stints=[(0, 0, 0, 1), (0, 0, 2, 3), (1, 0, 1, 2)],
    )


def test_who_finds_a_closed_door_is_turned_away_and_may_go_elsewhere(engine: Engine) -> None:
    chat = 2
    elsewhere = {"kind": Kind.SWITCH, "work": 1}
    workload = workload_of(
        [
            {"ready": 0, "next_if_turned_away": 1, "next_if_abandoned": 8},
            {"queue": EMAIL, **elsewhere, "work": 0.5},
            {"ready": 1, "work": 3, "ticket": 1},
            {"ready": 3, "ticket": 2},
            {"ready": 2, "work": 1, "ticket": 3},
            {"ready": 4.5, "ticket": 4, "next_if_turned_away": 6},
            {"queue": chat, **elsewhere, "ticket": 4, "next_if_turned_away": 7},
            {"queue": EMAIL, **elsewhere, "ticket": 4},
            {"kind": Kind.RETRY},
        ]
    )
    routing = Routing(
        serves=((PHONE, chat, EMAIL),),
        occupies=(1.0, 1.0, 1.0),
        deferrable=(False, True, False),
        unlimited=(False,),
        opening=(hours((1, 3), (5, 6)), None, hours((0, 1))),
    )
    log = engine(workload, roster_of([(0, 0, 0, 20, 1)]), routing)
    #  0 0 finds the phone closed; 1 follows by email, to 0.5
    #  1 the phone opens: 2 starts, to 4;  2 4 waits
    #  3 the phone closes: 3 is turned away, 4 stays in line;  4 takes 4, to 5
    #  4.5 5 finds the phone closed, 6 the chat, 7 writes an email, and waits;  5 takes 7
    assert_log(
        log,
        ready=[0, 0, 1, 3, 2, 4.5, 4.5, 4.5, nan],
        start=[nan, 0, 1, nan, 4, nan, nan, 5, nan],
        end=[0, 0.5, 4, 3, 5, 4.5, 4.5, 6, nan],
        freed=[nan, 0.5, 4, nan, 5, nan, nan, 6, nan],
        agent=[NOBODY, 0, 0, NOBODY, 0, NOBODY, NOBODY, 0, NOBODY],
        outcome=[
            *(TURNED_AWAY, SERVED, SERVED, TURNED_AWAY, SERVED),
            *(TURNED_AWAY, TURNED_AWAY, SERVED, Outcome.UNTRIGGERED),
        ],
        stints=[(1, 0, 0, 0.5), (2, 0, 1, 4), (4, 0, 4, 5), (7, 0, 5, 6)],
    )


def test_what_follows_at_the_same_instant_comes_by_its_number(engine: Engine) -> None:
    workload = workload_of(
        [
            {"queue": EMAIL, "kind": Kind.SWITCH, "work": 1},
            {"queue": PHONE, "ready": 2, "next_if_turned_away": 0},
            {"queue": EMAIL, "ready": 2, "work": 1, "ticket": 1},
        ]
    )
    routing = Routing(
        serves=((PHONE, EMAIL),),
        occupies=(1.0, 1.0),
        deferrable=(False, True),
        unlimited=(False,),
        opening=(hours(), None),
    )
    log = engine(workload, roster_of([(0, 0, 0, 20, 1)]), routing)
    #  2 1 is turned away; 0, which follows, comes before 2
    assert_log(
        log,
        ready=[2, 2, 2],
        start=[2, nan, 3],
        end=[3, 2, 4],
        freed=[3, nan, 4],
        agent=[0, NOBODY, 0],
        outcome=[SERVED, TURNED_AWAY, SERVED],
        stints=[(0, 0, 2, 3), (2, 0, 3, 4)],
    )


@pytest.mark.parametrize(
    ("door", "refusal"),
    [
        ({"opening": (hours(),)}, TURNED_AWAY),
        ({"opening": (hours((-9, 1)),)}, TURNED_AWAY),
        ({"lines": (1.0,)}, REJECTED),
        ({"lines": (0.0,)}, REJECTED),
        ({"places": (0.0,)}, REJECTED),
    ],
)
def test_only_those_who_knock_find_a_door_closed_or_a_line_full(
    engine: Engine, door: dict[str, Any], refusal: Outcome
) -> None:
    workload = workload_of(
        [
            {"ready": 0, "work": 9, "kind": Kind.FOLLOW_UP},
            *({"ready": 1, "kind": kind, "ticket": 1 + kind} for kind in Kind),
        ]
    )
    log = engine(workload, roster_of([(0, 0, 0, 20, 1)]), one_queue(**door), until=5)
    assert BEGUN_BY_CUSTOMER == (Kind.INITIAL, Kind.ESCALATION, Kind.RETRY, Kind.SWITCH)
    assert log.outcome.tolist() == [
        IN_PROGRESS,
        *(refusal if kind in BEGUN_BY_CUSTOMER else WAITING for kind in Kind),
    ]
    refused = log.outcome == refusal
    np.testing.assert_array_equal(log.end[refused], 1)
    assert np.all(np.isnan(log.end[~refused]))


def test_who_has_waited_since_before_time_0_is_past_the_door(engine: Engine) -> None:
    workload = workload_of(
        [
            {"ready": -3, "work": 1},
            {"ready": -2, "work": 1, "ticket": 1},
            {"ready": -1, "work": 1, "ticket": 2},
            {"ready": 0, "ticket": 3},
            {"ready": 2, "work": 1, "ticket": 4},
            {"ready": 10, "ticket": 5},
        ]
    )
    routing = one_queue(lines=(2.0,), opening=(hours((0, 9)),))
    log = engine(workload, roster_of([(0, 0, 0, 20, 1)]), routing)
    # −3, −2, −1 the door is closed, and at −1 there are more than two; but they have been let in
    #  0 0 starts; 3 finds both lines taken;  1 takes 1;  2 takes 2, and 4 waits beside it
    #  3 takes 4;  10 5 finds the door closed
    assert_log(
        log,
        ready=[-3, -2, -1, 0, 2, 10],
        start=[0, 1, 2, nan, 3, nan],
        end=[1, 2, 3, 0, 4, 10],
        freed=[1, 2, 3, nan, 4, nan],
        agent=[0, 0, 0, NOBODY, 0, NOBODY],
        outcome=[SERVED, SERVED, SERVED, REJECTED, SERVED, TURNED_AWAY],
        stints=[(0, 0, 0, 1), (1, 0, 1, 2), (2, 0, 2, 3), (4, 0, 3, 4)],
    )


def test_who_finds_the_queue_closed_may_wait_outside(engine: Engine) -> None:
    workload = workload_of(
        [
            {"ready": 1, "work": 2},
            {"ready": 1.5, "work": 1, "ticket": 1, "kind": Kind.REPLY},
            {"ready": 2, "patience": 1, "ticket": 2},
            {"ready": 3.25, "work": 1, "ticket": 3, "priority": -1},
            {"ready": 3.5, "ticket": 4},
            {"ready": 8.5, "work": 3, "ticket": 5},
            {"ready": 10, "work": 1, "ticket": 6},
            {"ready": 8.75, "work": 1, "ticket": 7},
        ]
    )
    routing = one_queue(places=(2.0,), opening=(hours((5, 9)),), waits_outside=(True,))
    log = engine(workload, roster_of([(0, 0, 0, 30, 1)]), routing, 20.0)
    # 1 0 waits outside, though the agent is idle;  1.5 the reply 1 is let in and starts
    # 2 2 waits outside;  2.5 1 ends;  3 2 gives up;  3.25 3 waits outside
    # 3.5 two wait: 4 is rejected;  5 the queue opens: 3, more urgent, starts, and 0 waits inside
    # 6 3 ends, 0 starts;  8 0 ends;  8.5 5 starts;  8.75 7 waits inside;  10 6 waits outside
    # 11.5 5 ends, 7 starts after closing time;  12.5 7 ends;  20 6 waits: it does not open again
    assert_log(
        log,
        ready=[1, 1.5, 2, 3.25, 3.5, 8.5, 10, 8.75],
        start=[6, 1.5, nan, 5, nan, 8.5, nan, 11.5],
        end=[8, 2.5, 3, 6, 3.5, 11.5, nan, 12.5],
        freed=[8, 2.5, nan, 6, nan, 11.5, nan, 12.5],
        agent=[0, 0, NOBODY, 0, NOBODY, 0, NOBODY, 0],
        outcome=[SERVED, SERVED, ABANDONED, SERVED, REJECTED, SERVED, WAITING, SERVED],
        stints=[
            (0, 0, 6, 8),
            (1, 0, 1.5, 2.5),
            (3, 0, 5, 6),
            (5, 0, 8.5, 11.5),
            (7, 0, 11.5, 12.5),
        ],
    )


def test_first_and_later_attempts_share_what_follows(engine: Engine) -> None:
    workload = workload_of(
        [
            {"ready": 1, "next_if_served": 2, "delay_if_served": 1}
            | {"next_if_abandoned": 1, "delay_if_abandoned": 1},
            {"kind": Kind.RETRY, "work": 1, "next_if_served": 2, "delay_if_served": 0.5},
            {"kind": Kind.REPLY, "work": 1},
            {"ready": 0, "work": 1.5, "ticket": 1, "next_if_served": 5, "delay_if_served": 4}
            | {"next_if_abandoned": 4, "delay_if_abandoned": 1},
            {"kind": Kind.RETRY, "work": 1, "ticket": 1, "next_if_served": 5},
            {"kind": Kind.REPLY, "work": 1, "ticket": 1},
        ]
    )
    log = engine(workload, roster_of([(0, 0, 0, 20, 1)]), one_queue(lines=(1.0,)))
    #  0 3 starts;  1 0 is rejected;  1.5 3 ends, its reply 5 will be ready at 5.5
    #  2 1, the new attempt, starts, to 3;  3.5 the reply 2 starts, to 4.5;  5.5 5 starts
    assert_log(
        log,
        ready=[1, 2, 3.5, 0, nan, 5.5],
        start=[nan, 2, 3.5, 0, nan, 5.5],
        end=[1, 3, 4.5, 1.5, nan, 6.5],
        freed=[nan, 3, 4.5, 1.5, nan, 6.5],
        agent=[NOBODY, 0, 0, 0, NOBODY, 0],
        outcome=[REJECTED, SERVED, SERVED, SERVED, Outcome.UNTRIGGERED, SERVED],
        stints=[(1, 0, 2, 3), (2, 0, 3.5, 4.5), (3, 0, 0, 1.5), (5, 0, 5.5, 6.5)],
    )


def test_being_stopped_does_not_change_since_when_an_agent_is_idle(engine: Engine) -> None:
    log = engine(*RARE_WORLDS["being stopped does not make idle"])
    #  0 agent 0 takes 0;  1 agent 1 takes 1, 2 and 3: load 0.75
    #  2 4 finds no capacity, and agent 1 nothing to stop: agent 0 stops 0, with 3 left, for it
    #  3 both have a load of 0.75; agent 0 is idle since 0 still, agent 1 since 1: 5 goes to agent 0
    #  4 work on 5 ends, 0 does not fit;  6 work on 4 ends: agent 0 resumes 0, to 9
    assert_log(
        log,
        ready=[0, 1, 1, 1, 2, 3],
        start=[0, 1, 1, 1, 2, 3],
        end=[9, 10, 10, 10, 6, 4],
        freed=[9, 10, 10, 10, 6, 4],
        agent=[0, 1, 1, 1, 0, 0],
        outcome=[SERVED] * 6,
        stints=[
            (0, 0, 0, 2),
            (0, 0, 6, 9),
            (1, 1, 1, 10),
            (2, 1, 1, 10),
            (3, 1, 1, 10),
            (4, 0, 2, 6),
            (5, 0, 3, 4),
        ],
    )


def test_the_latest_taken_is_stopped_first(engine: Engine) -> None:
    log = engine(*RARE_WORLDS["the latest taken is stopped, urgent or not"])
    #  0 0 starts;  1 1 starts, due at 5;  2 2 starts: 1 stops, taken after 0 though more urgent
    #  3 work on 2 ends: 1 is resumed, with 3 left, to 6
    assert_log(
        log,
        ready=[0, 1, 2],
        start=[0, 1, 2],
        end=[9, 6, 3],
        freed=[9, 6, 3],
        agent=[0] * 3,
        outcome=[SERVED] * 3,
        stints=[(0, 0, 0, 9), (1, 0, 1, 2), (1, 0, 3, 6), (2, 0, 2, 3)],
    )


def test_a_contact_that_loses_its_claim_may_interrupt(engine: Engine) -> None:
    log = engine(*RARE_WORLDS["what lost its claim interrupts"])
    #  0 agent 0 takes 0, agent 1 takes 3, due at 9;  1 work on 0 ends; agent 0 takes 2, to 6
    #  2 the reply 1 waits for agent 0, who has nothing to stop
    #  4 agent 0 leaves, 2 goes on; 1 may go to anyone: agent 1 stops 3, with 5 left, and takes it
    #  5 work on 1 ends: 3 is resumed, to 10
    assert_log(
        log,
        ready=[0, 2, 1, 0],
        start=[0, 4, 1, 0],
        end=[1, 5, 6, 10],
        freed=[1, 5, 6, 10],
        agent=[0, 1, 0, 1],
        outcome=[SERVED] * 4,
        stints=[(0, 0, 0, 1), (1, 1, 4, 5), (2, 0, 1, 6), (3, 1, 0, 4), (3, 1, 5, 10)],
    )


def test_what_is_fixed_is_summed_in_the_order_of_taking_and_may_exceed_1_a_little(
    engine: Engine,
) -> None:
    log = engine(*RARE_WORLDS["what is fixed adds up in the order in which it was taken"])
    #  0 agent 0 takes 0 to 3;  1 it is full: agent 1 takes 4 to 7, the live ones in reverse
    assert 0.3 + 0.4 + 0.2 < 0.2 + 0.4 + 0.3
    #  2 8 goes to agent 1, idle for less long but with less fixed: 7 stops, with 8 left
    #  2.5 9 goes to agent 0: it fits but for rounding; 3 stops, with 6.5 left
    assert 0.2 + 0.4 + 0.3 + 0.1 > 1
    #  3.5 work on 9 ends: 3 is resumed, to 10;  4 work on 8 ends: 7 is resumed, to 12
    assert_log(
        log,
        ready=[0, 0, 0, 0, 1, 1, 1, 1, 2, 2.5],
        start=[0, 0, 0, 0, 1, 1, 1, 1, 2, 2.5],
        end=[9, 9, 9, 10, 10, 10, 10, 12, 4, 3.5],
        freed=[9, 9, 9, 10, 10, 10, 10, 12, 4, 3.5],
        agent=[0, 0, 0, 0, 1, 1, 1, 1, 1, 0],
        outcome=[SERVED] * 10,
        stints=[
            (0, 0, 0, 9),
            (1, 0, 0, 9),
            (2, 0, 0, 9),
            (3, 0, 0, 2.5),
            (3, 0, 3.5, 10),
            (4, 1, 1, 10),
            (5, 1, 1, 10),
            (6, 1, 1, 10),
            (7, 1, 1, 2),
            (7, 1, 4, 12),
            (8, 1, 2, 4),
            (9, 0, 2.5, 3.5),
        ],
    )
