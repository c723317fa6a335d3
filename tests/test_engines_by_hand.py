"""Both engines against logs worked out by hand from docs/engine.md."""

from __future__ import annotations

import math
from math import nan
from typing import TYPE_CHECKING

import numpy as np
import pytest

from naive_engine import naive_simulate
from strategies import RARE_WORLDS, roster_of, workload_of
from supportsim.engine import simulate
from supportsim.tables import NOBODY, Affinity, Outcome, Routing

if TYPE_CHECKING:
    from collections.abc import Callable

    from supportsim.tables import ContactLog

    Engine = Callable[..., ContactLog]

WAITING, IN_PROGRESS = Outcome.WAITING, Outcome.IN_PROGRESS
SERVED, ABANDONED = Outcome.SERVED, Outcome.ABANDONED


@pytest.fixture(params=[simulate, naive_simulate], ids=["simpy", "naive"])
def engine(request: pytest.FixtureRequest) -> Engine:
    return request.param


def one_queue(occupies: float = 1.0, deferrable: bool = False) -> Routing:
    return Routing(
        serves=((0,),), occupies=(occupies,), deferrable=(deferrable,), unlimited=(False,)
    )


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
