"""Laws that hold for every run, and a watchman that sees it when one is broken."""

from __future__ import annotations

import ast
import inspect
import math
import re
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategies import World, draw_minutes, roster_of, workload_of, worlds
from supportsim.engine import check, check_agents, check_doors, simulate
from supportsim.engine.check import _littles_law_holds
from supportsim.errors import ConservationError
from supportsim.tables import NOBODY, Affinity, Kind, Outcome, Routing

if TYPE_CHECKING:
    from supportsim.tables import ContactLog, Floats

Row = dict[Any, Any]


# --- Every log of the engine is accepted ---------------------------------------------------------


@settings(max_examples=1000, deadline=None, derandomize=True)
@given(worlds())
def test_every_log_obeys_the_laws(world: World) -> None:
    workload, roster, routing, until = world
    log = simulate(*world)
    check(workload, roster, routing, log, until)
    assert len(log) == len(workload)
    arrives = workload.ready <= until
    np.testing.assert_array_equal(log.ready[arrives], workload.ready[arrives])
    followers = {
        *workload.next_if_served.tolist(),
        *workload.next_if_abandoned.tolist(),
        *workload.next_if_turned_away.tolist(),
    }
    for contact in np.flatnonzero(np.isnan(workload.ready)).tolist():
        assert contact in followers or log.outcome[contact] == Outcome.UNTRIGGERED


@settings(max_examples=500, deadline=None, derandomize=True)
@given(worlds())
def test_live_work_is_never_interrupted(world: World) -> None:
    stints = simulate(*world).stints
    live = ~np.array(world.routing.deferrable)[world.workload.queue[stints.contact]]
    contacts = stints.contact[live]
    assert len(contacts) == len(set(contacts.tolist()))


# --- A tampered log is rejected, and by the law that it breaks -----------------------------------

WORKLOAD = workload_of(
    [
        {"ready": 1, "work": 3, "wrap_up": 1},
        {"ready": 2, "work": 2, "ticket": 1},
        {"ready": 3, "work": 9, "patience": 2, "ticket": 2}
        | {"next_if_abandoned": 9, "delay_if_abandoned": 14.75},
        {"queue": 1, "ready": 6, "work": 6, "ticket": 3}
        | {"next_if_served": 10, "delay_if_served": 6},
        {"ready": 8, "work": 4, "ticket": 4, "next_if_served": 8, "delay_if_served": 0.25},
        {"ready": 19, "work": 9, "ticket": 5},
        {"ready": 19.5, "work": 1, "ticket": 6, "next_if_served": 11},
        {"ready": 21, "work": 1, "ticket": 7},
        {"ticket": 4},
        {"ticket": 2},
        {"ticket": 3},
        {"ticket": 6},
    ]
)
ROSTER = roster_of([(0, 0, 0, 10, 1), (0, 0, 12, 20, 1)])
ROUTING = Routing(
    serves=((1, 0),), occupies=(1.0, 1.0), deferrable=(False, True), unlimited=(False,)
)
UNTIL = 20.0
#  1 0 starts, due at 4, freed at 5;  2 1 waits;  3 2 waits, and gives up at 5
#  5 0 is freed: 1 starts (2 gives up only then), freed at 7;  6 3 waits;  7 3 starts, due at 13
#  8 4 waits, it is live;  10 duty ends: 3 stops with 3 left
# 12 duty begins: 3, in the more urgent queue, is resumed to 15, then 4 to 19; 19 5 starts
# 19.25 8 waits, a reply to 4; 19.5 6 waits; 19.75 9 waits, where 2 tries again; 20 the run ends:
#    7 and 10, after 3, would be ready at 21 only, and 11 once 6 is served
STINTS = [(0, 1, 5), (1, 5, 7), (3, 7, 10), (3, 12, 15), (4, 15, 19), (5, 19, 20)]


def honest_log() -> ContactLog:
    log = simulate(WORKLOAD, ROSTER, ROUTING, UNTIL)
    columns = [log.stints.contact.tolist(), log.stints.begin.tolist(), log.stints.end.tolist()]
    assert list(zip(*columns, strict=True)) == STINTS
    assert [Outcome(code).name for code in log.outcome] == [
        *("SERVED", "SERVED", "ABANDONED", "SERVED", "SERVED"),
        *("IN_PROGRESS", "WAITING", "UNTRIGGERED"),
        *("WAITING", "WAITING", "UNTRIGGERED", "UNTRIGGERED"),
    ]
    assert log.ready[8:10].tolist() == [19.25, 19.75]
    return log


def changed(table: Any, cells: dict[str, dict[int, float]]) -> Any:
    """Return a copy of a table with some cells changed, by column and row."""
    columns = {name: table.columns()[name].copy() for name in cells}
    for name, values in cells.items():
        for row, value in values.items():
            columns[name][row] = value
    return replace(table, **columns)


def check_tampered(world: World, cells: dict[str, Any]) -> None:
    """Check a world's log with some cells changed: of it, and of the tables named so."""
    log, cells = simulate(*world), cells.copy()
    stints = changed(log.stints, cells.pop("stints", {}))
    workload = changed(world.workload, cells.pop("workload", {}))
    roster = changed(world.roster, cells.pop("roster", {}))
    routing = replace(world.routing, **cells.pop("routing", {}))
    check(workload, roster, routing, replace(changed(log, cells), stints=stints), world.until)


PLAIN = World(WORKLOAD, ROSTER, ROUTING, UNTIL)


def test_the_log_that_is_tampered_with_is_sound() -> None:
    honest_log()
    check_tampered(PLAIN, {})


DISAGREE = "an outcome and its times disagree"
STAYED = "somebody who was not let in stayed"
TWICE = "a contact became ready twice"
OTHER_READY = "a contact became ready at another time than its script says"
DISORDER = "times are out of order"
OTHER_PATIENCE = "somebody gave up at another time than patience says"
OTHER_START = "a contact started at another time than its first stint"
OTHER_AGENT = "a contact has another agent than its stints"
WORK = "a contact did not get the work it needed"
RELEASE = "a customer was released before or after the work was done"
SHARE = "an agent held more than a share of 1"
BEGUN_OFF = "work was begun off duty"
GONE_ON_OFF = "deferrable work went on after the end of duty"
DROPPED = "work was stopped for no reason"
LIVE_STOPPED = "live work was stopped"

TAMPERINGS: dict[str, tuple[str, dict[str, Any]]] = {
    "served without an end": (DISAGREE, {"end": {1: math.nan}}),
    "abandoned with a start": (DISAGREE, {"start": {2: 4.0}}),
    "waiting though in progress": (DISAGREE, {"outcome": {5: Outcome.WAITING}}),
    "untriggered though ready": (DISAGREE, {"ready": {7: 20.0}}),
    "served though turned away": (DISAGREE, {"outcome": {0: Outcome.TURNED_AWAY}}),
    "rejected, but not at once": (STAYED, {"outcome": {2: Outcome.REJECTED}}),
    "turned away, but not at once": (STAYED, {"outcome": {2: Outcome.TURNED_AWAY}}),
    "given up after the run's end": (
        "somebody gave up after the end of the run",
        {"workload": {"patience": {6: 5.0}}, "end": {6: 24.5}, "outcome": {6: Outcome.ABANDONED}},
    ),
    "begun after it ended": (
        "a stint ends before it begins",
        {"stints": {"begin": {5: 21.0}}, "start": {5: 21.0}},
    ),
    "worked on twice at once": (
        "a contact had two agents at once",
        {"stints": {"begin": {3: 9.0}}},
    ),
    "work on a queue of others": (
        "somebody worked on a queue that the team does not serve",
        {"routing": {"serves": ((0,),)}},
    ),
    "given up, and finished": ("an unserved contact was finished", {"freed": {2: 6.0}}),
    # Ready as the scripts say.
    "ready before it was asked for": (OTHER_READY, {"ready": {1: 0.0}}),
    "ready after it was asked for": (OTHER_READY, {"ready": {1: 4.0}}),
    "ready after the run's end": (OTHER_READY, {"ready": {6: 25.0}}),
    "lost": (OTHER_READY, {"ready": {6: math.nan}, "outcome": {6: Outcome.UNTRIGGERED}}),
    "a reply too early": (OTHER_READY, {"ready": {8: 19.125}}),
    "a new attempt too late": (OTHER_READY, {"ready": {9: 19.875}}),
    "a reply lost": (OTHER_READY, {"ready": {8: math.nan}, "outcome": {8: Outcome.UNTRIGGERED}}),
    "a reply before the run's end though due after it": (
        OTHER_READY,
        {"ready": {10: 20.0}, "outcome": {10: Outcome.WAITING}},
    ),
    "a reply to what was not served": (
        OTHER_READY,
        {"ready": {11: 19.75}, "outcome": {11: Outcome.WAITING}},
    ),
    "triggered though it comes by itself": (TWICE, {"workload": {"next_if_served": {0: 1}}}),
    "triggered by two": (TWICE, {"workload": {"next_if_served": {1: 9}}}),
    # The order of times.
    "started before it was ready": (
        DISORDER,
        {"ready": {1: 5.5}, "workload": {"ready": {1: 5.5}}},
    ),
    "released before it was started": (DISORDER, {"end": {1: 4.5}}),
    "given up before it was ready": (DISORDER, {"end": {2: 2.5}, "ready": {9: 17.25}}),
    "finished before its end": (DISORDER, {"freed": {0: 3.5}}),
    # Patience.
    "given up before patience ran out": (OTHER_PATIENCE, {"end": {2: 4.0}, "ready": {9: 18.75}}),
    "given up after patience ran out": (OTHER_PATIENCE, {"end": {2: 5.125}, "ready": {9: 19.875}}),
    "waiting though patience ran out": (
        "somebody waited past all patience",
        {"end": {2: math.nan}, "outcome": {2: Outcome.WAITING, 9: Outcome.UNTRIGGERED},
         "ready": {9: math.nan}},
    ),
    "waiting though patience ran out as the run ended": (
        "somebody waited past all patience",
        {"workload": {"patience": {6: 0.5}}},
    ),
    "started after patience ran out": (
        "somebody was served after giving up",
        {"workload": {"patience": {1: 2.5}}},
    ),
    # Log and stints.
    "stints out of order": (
        "stints are not ordered by contact",
        {"stints": {"contact": {0: 1, 1: 0}, "begin": {0: 5.0, 1: 1.0}, "end": {0: 7.0, 1: 5.0}}},
    ),
    "a wait shortened": (OTHER_START, {"start": {1: 3.0}}),
    "a wait lengthened": (OTHER_START, {"start": {1: 6.0}}),
    "started without a stint, and a stint on who waits": (
        OTHER_START,
        {"stints": {"contact": {5: 6}}},
    ),
    "finished after the last stint": (
        "a contact was finished after its last stint",
        {"freed": {1: 8.0}},
    ),
    "work after the run's end": (
        "a stint goes on after the end of the run",
        {"stints": {"end": {5: 21.0}}},
    ),
    "served by another agent than the stints say": (OTHER_AGENT, {"agent": {1: 7}}),
    "in hand of another agent than the stints say": (OTHER_AGENT, {"agent": {5: 7}}),
    "given up with an agent": (OTHER_AGENT, {"agent": {2: 0}}),
    "released by the agent who came after": (
        OTHER_AGENT,
        # The first stint on 3 is all its work, the second, by another agent, nothing but wrap-up.
        {"workload": {"work": {3: 3.0}, "wrap_up": {3: 3.0}, "next_if_served": {3: NOBODY}},
         "end": {3: 10.0}, "agent": {3: 7}, "stints": {"agent": {3: 7}}},
    ),
    # Work.
    "work missing": (WORK, {"freed": {1: 6.0}, "end": {1: 6.0}, "stints": {"end": {1: 6.0}}}),
    "work done that nobody asked for": (WORK, {"freed": {4: 19.5}, "stints": {"end": {4: 19.5}}}),
    "work at another speed": (WORK, {"roster": {"speed": {0: 2.0, 1: 2.0}}}),
    "released before the work was done": (RELEASE, {"end": {1: 6.5}}),
    "released after the work was done": (RELEASE, {"end": {0: 4.5}}),
    # Who works.
    "two contacts at a time": (
        SHARE,
        {"start": {1: 4.5}, "end": {1: 6.5}, "freed": {1: 6.5},
         "stints": {"begin": {1: 4.5}, "end": {1: 6.5}}},
    ),
    "a contact that takes more than an agent": (SHARE, {"routing": {"occupies": (1.0, 1.001)}}),
    "work by somebody unknown": (
        "somebody worked before coming on duty",
        {"agent": {1: 7}, "stints": {"agent": {1: 7}}},
    ),
    "work before the first duty of all": (
        "somebody worked who was never on duty",
        {"ready": {0: -2.0}, "start": {0: -1.0}, "end": {0: 2.0}, "freed": {0: 3.0},
         "stints": {"begin": {0: -1.0}, "end": {0: 3.0}}, "workload": {"ready": {0: -2.0}}},
    ),
    "a first duty that began later": (
        "somebody worked who was never on duty",
        {"roster": {"on": {0: 2.0}}},
    ),
    "work begun between duties": (
        BEGUN_OFF,
        {"end": {3: 14.0}, "freed": {3: 14.0}, "stints": {"begin": {3: 11.0}, "end": {3: 14.0}},
         "ready": {10: 20.0}, "outcome": {10: Outcome.WAITING}},
    ),
    "a second duty that began later": (BEGUN_OFF, {"roster": {"on": {1: 13.0}}}),
    "a second duty that ended earlier": (BEGUN_OFF, {"roster": {"off": {1: 19 - 1e-6}}}),
    "deferrable work in overtime": (
        GONE_ON_OFF,
        {"stints": {"end": {2: 11.0}, "begin": {3: 13.0}}},
    ),
    "a first duty that ended earlier": (GONE_ON_OFF, {"roster": {"off": {0: 10 - 1e-6}}}),
    "work stopped before duty ended": (DROPPED, {"roster": {"off": {0: 11.0}}}),
    "work stopped before the run ended": (LIVE_STOPPED, {"stints": {"end": {5: 19.75}}}),
    "overtime for what is deferrable": (
        GONE_ON_OFF,
        {"roster": {"off": {1: 19.5}}, "routing": {"deferrable": (True, True)}},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("law", "cells"), TAMPERINGS.values(), ids=TAMPERINGS)
def test_a_tampered_log_is_rejected_by_the_law_it_breaks(law: str, cells: dict[str, Any]) -> None:
    with pytest.raises(ConservationError, match=rf"^{re.escape(law)} \(rows "):
        check_tampered(PLAIN, cells)


def test_live_work_may_go_on_after_duty() -> None:
    check_tampered(PLAIN, {"roster": {"off": {1: 19.5}}})


# The same for doors and interruption: a phone that is closed at times and has two lines, and a
# mailbox with one place, which those who go on with a conversation do not need.
PHONE, EMAIL = 0, 1
GUARDED = World(
    workload_of(
        [
            {"ready": 0.5, "next_if_turned_away": 1},
            {"queue": EMAIL, "kind": Kind.SWITCH, "work": 4.5},
            {"ready": 2, "work": 2, "ticket": 1},
            {"ready": 3, "work": 1, "ticket": 2},
            {"ready": 3.5, "ticket": 3, "next_if_abandoned": 5, "delay_if_abandoned": 2.5},
            {"kind": Kind.RETRY, "work": 1, "ticket": 3},
            {"queue": EMAIL, "ready": 7.5, "work": 1, "ticket": 4},
            {"queue": EMAIL, "ready": 8, "ticket": 5},
            {"queue": EMAIL, "kind": Kind.REPLY, "ready": 8.5, "work": 2, "ticket": 6},
            {"kind": Kind.REPLY, "ready": 13, "work": 1, "ticket": 7},
            {"ready": 15, "ticket": 8},
            {"queue": EMAIL, "ready": 16, "work": 9, "ticket": 9},
        ]
    ),
    roster_of([(0, 0, 0, 30, 1)]),
    Routing(
        serves=((PHONE, EMAIL),),
        occupies=(1.0, 1.0),
        deferrable=(False, True),
        unlimited=(False,),
        interrupts=(True,),
        lines=(2.0, math.inf),
        places=(math.inf, 1.0),
        opening=(np.array([[1.0, 12.0]]), None),
    ),
    20.0,
)
#  0.5 0 is turned away, 1 follows and starts, due at 5;  2 2 is ready: 1 stops with 3 left
#  3 3 waits;  3.5 4 is rejected;  4 2 ends, 3 starts;  5 3 ends, 1 is resumed, due at 8
#  6 5, where 4 tries again, is ready: 1 stops with 2 left;  7 5 ends, 1 is resumed, due at 9
#  7.5 6 waits;  8 7 is rejected;  8.5 8 waits;  9 1 ends, 6 starts;  10 6 ends, 8 starts
# 12 8 ends;  13 9 starts, though the phone is closed;  14 9 ends
# 15 10 is turned away;  16 11 starts;  20 the run ends
GUARDED_STINTS = [
    *[(1, 0.5, 2), (1, 5, 6), (1, 7, 9), (2, 2, 4), (3, 4, 5), (5, 6, 7)],
    *[(6, 9, 10), (8, 10, 12), (9, 13, 14), (11, 16, 20)],
]


def test_the_log_with_doors_that_is_tampered_with_is_sound() -> None:
    log = simulate(*GUARDED)
    columns = [log.stints.contact.tolist(), log.stints.begin.tolist(), log.stints.end.tolist()]
    assert list(zip(*columns, strict=True)) == GUARDED_STINTS
    assert [Outcome(code).name for code in log.outcome] == [
        *("TURNED_AWAY", "SERVED", "SERVED", "SERVED", "REJECTED", "SERVED"),
        *("SERVED", "REJECTED", "SERVED", "SERVED", "TURNED_AWAY", "IN_PROGRESS"),
    ]
    check_tampered(GUARDED, {})


NO_KNOCK = "somebody who did not knock was not let in"
OPEN = "somebody was turned away from an open queue"
CLOSED = "a closed queue did not turn somebody away"
LINES_FULL = "somebody was let in to a full queue"
NO_PLACE = "somebody waited without a place"
HAD_ROOM = "somebody was rejected though there was room"
NOT_INTERRUPTED = "somebody waited though less urgent work could stop"


def doors(*spans: tuple[float, float]) -> dict[str, Any]:
    return {"routing": {"opening": (np.array(spans, np.float64).reshape(-1, 2), None)}}


GUARDED_TAMPERINGS: dict[str, tuple[str, dict[str, Any]]] = {
    # What follows.
    "an email before the phone was found closed": (OTHER_READY, {"ready": {1: 0.25}}),
    "an email some time after the phone was found closed": (OTHER_READY, {"ready": {1: 0.75}}),
    "a new attempt too early": (OTHER_READY, {"ready": {5: 5.75}}),
    "a new attempt too late": (OTHER_READY, {"ready": {5: 6.25}}),
    "a new attempt lost": (
        OTHER_READY,
        {"ready": {5: math.nan}, "start": {5: math.nan}, "end": {5: math.nan},
         "freed": {5: math.nan}, "outcome": {5: Outcome.UNTRIGGERED}},
    ),
    "a new attempt of who was turned away": (OTHER_READY, {"outcome": {4: Outcome.TURNED_AWAY}}),
    "elsewhere, though rejected": (OTHER_READY, {"outcome": {0: Outcome.REJECTED}}),
    "an attempt that two ask for": (TWICE, {"workload": {"next_if_served": {3: 5}}}),
    "an email that two ask for": (TWICE, {"workload": {"next_if_turned_away": {10: 1}}}),
    "rejected, taken for given up": (OTHER_PATIENCE, {"outcome": {7: Outcome.ABANDONED}}),
    "rejected, but not at once": (STAYED, {"end": {4: 3.75}, "ready": {5: 6.25}}),
    "turned away, but not at once": (STAYED, {"end": {10: 15.25}}),
    "rejected, and finished": ("an unserved contact was finished", {"freed": {7: 9.0}}),
    "rejected by an agent": (OTHER_AGENT, {"agent": {7: 0}}),
    # Who waits outside.
    "turned away, though there is a porch": (
        "somebody was turned away who could wait outside",
        {"routing": {"waits_outside": (True, False)}},
    ),
    "taken before the door opens": (
        "somebody was taken in from outside",
        {
            "routing": {
                "opening": (np.array([[1.0, 12.0]]), np.array([[9.0, 12.0]])),
                "waits_outside": (False, True),
            }
        },
    ),
    # Who knocks.
    "a reply rejected": (NO_KNOCK, {"workload": {"kind": {4: Kind.REPLY}}}),
    "a transfer rejected": (NO_KNOCK, {"workload": {"kind": {7: Kind.TRANSFER}}}),
    "a follow-up turned away": (NO_KNOCK, {"workload": {"kind": {0: Kind.FOLLOW_UP}}}),
    "turned away before time 0": (
        NO_KNOCK,
        {"workload": {"ready": {0: -0.5}}, "ready": {0: -0.5, 1: -0.5}, "end": {0: -0.5}},
    ),
    "an escalation let in at any time": (CLOSED, {"workload": {"kind": {9: Kind.ESCALATION}}}),
    "a call in a mailbox that is full": (NO_PLACE, {"workload": {"kind": {8: Kind.INITIAL}}}),
    # Opening hours.
    "turned away from an open queue": (OPEN, doors((0.5, 12))),
    "turned away from a queue that never closes": (OPEN, {"routing": {"opening": (None, None)}}),
    "turned away, though rejected": (OPEN, {"outcome": {7: Outcome.TURNED_AWAY}}),
    "let in to a closed queue": (CLOSED, doors((2.5, 12))),
    "let in to a queue that just closed": (CLOSED, doors((1, 2), (2.5, 12))),
    "let in to a queue that never opens": (CLOSED, doors()),
    "rejected, though turned away": (CLOSED, {"outcome": {10: Outcome.REJECTED}}),
    "rejected from a closed queue": (CLOSED, doors((1, 3.25), (3.75, 12))),
    # Lines and places.
    "let in, though all lines are taken": (LINES_FULL, {"routing": {"lines": (1.0, math.inf)}}),
    "let in where there are no lines": (LINES_FULL, {"routing": {"lines": (2.0, 0.0)}}),
    "rejected, though a line is free": (HAD_ROOM, {"routing": {"lines": (3.0, math.inf)}}),
    "rejected where lines are without limit": (
        HAD_ROOM,
        {"routing": {"lines": (math.inf, math.inf)}},
    ),
    "rejected as a line becomes free, and is taken again": (
        HAD_ROOM,
        # 2 ends a little before 4 comes, so that 3 stands alone.
        {"ready": {4: 4.25, 5: 6.0}, "end": {4: 4.25},
         "workload": {"ready": {4: 4.25}, "delay_if_abandoned": {4: 1.75}}},
    ),
    "waited where there is no place": (NO_PLACE, {"routing": {"places": (math.inf, 0.0)}}),
    "waited where there is no place, for long": (NO_PLACE, {"routing": {"places": (0.0, 1.0)}}),
    "rejected, though there is a place": (HAD_ROOM, {"routing": {"places": (math.inf, 2.0)}}),
    # Interruption.
    "live work stopped": (LIVE_STOPPED, {"routing": {"deferrable": (False, False)}}),
    "interrupted by a team that does not": (DROPPED, {"routing": {"interrupts": (False,)}}),
    "stopped before the run ended": (DROPPED, {"stints": {"end": {9: 19.75}}}),
    "stopped before anybody called": (
        DROPPED,
        {"stints": {"end": {1: 5.75}}, "workload": {"work": {1: 4.25}}},
    ),
    "not interrupted at once": (
        NOT_INTERRUPTED,
        {"start": {5: 6.5}, "end": {5: 7.5}, "freed": {5: 7.5},
         "stints": {"end": {1: 6.5, 5: 7.5}, "begin": {5: 6.5, 2: 7.5}}},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("law", "cells"), GUARDED_TAMPERINGS.values(), ids=GUARDED_TAMPERINGS)
def test_a_tampered_log_with_doors_is_rejected_by_the_law_it_breaks(
    law: str, cells: dict[str, Any]
) -> None:
    with pytest.raises(ConservationError, match=rf"^{re.escape(law)} \(rows "):
        check_tampered(GUARDED, cells)


def test_at_one_instant_a_line_may_be_free_or_not() -> None:
    # Whether 4 comes at 4 just before or just after 2 ends, times do not tell.
    workload = changed(GUARDED.workload, {"ready": {4: 4.0}, "delay_if_abandoned": {4: 2.0}})
    log = simulate(GUARDED.workload, *GUARDED[1:])
    rejected = changed(log, {"ready": {4: 4.0}, "end": {4: 4.0}})
    check(workload, *GUARDED[1:3], rejected, GUARDED.until)


def test_what_returns_takes_a_place_and_what_stays_with_its_agent_does_not() -> None:
    # As worked out in test_engines_by_hand.py: 1 returns to its queue at 2, 0 does not.
    rows = [(0, 0.0, 4.0), (1, 0.0, 4.0), (0, 3.0, 1.0), (1, 3.0, 1.0)]
    world = World(
        workload_of(
            [
                {"queue": queue, "ready": ready, "work": work, "ticket": ticket}
                for ticket, (queue, ready, work) in enumerate(rows)
            ]
        ),
        roster_of([(0, 0, 0, 2, 1), (0, 0, 6, 20, 1), (1, 1, 0, 2, 1), (2, 1, 6, 20, 1)]),
        Routing(((0,), (1,)), (1.0, 1.0), (True, True), (False, False), places=(1.0, 1.0)),
        math.inf,
    )
    check_tampered(world, {})
    with pytest.raises(ConservationError, match=HAD_ROOM):
        check_tampered(world, {"routing": {"places": (1.0, 2.0)}})
    roomy = world._replace(routing=replace(world.routing, places=()))
    with pytest.raises(ConservationError, match=rf"{NO_PLACE} \(rows \[3\]\)"):
        check_tampered(roomy, {"routing": {"places": (1.0, 1.0)}})


def test_who_releases_may_be_the_second_to_reach_the_release() -> None:
    chat, phone, email = 0, 1, 2
    world = World(
        workload_of(
            [
                {"queue": chat, "ready": 0, "work": 5},
                {"queue": email, "ready": 0, "work": 5, "ticket": 1},
                {"queue": phone, "ready": 1, "work": 1, "ticket": 2},
            ]
        ),
        roster_of([(0, 0, 0, 5, 1), (1, 1, 5, 9, 1)]),
        Routing(
            serves=((chat, phone, email), (email,)),
            occupies=(0.5, 1.0, 0.5),
            deferrable=(False, False, True),
            unlimited=(False, False),
            interrupts=(True, False),
        ),
        math.inf,
    )
    # 5 work on 0 ends, and agent 0 stops 1 with 0 left for 2; it leaves, and agent 1 takes 1
    log = simulate(*world)
    assert log.agent.tolist() == [0, 1, 0]
    assert log.end.tolist() == [5, 5, 6]
    check_tampered(world, {})
    with pytest.raises(ConservationError, match=OTHER_AGENT):
        check_tampered(world, {"agent": {1: 2}})


def test_only_plain_contacts_must_not_wait_while_others_could_stop() -> None:
    # The reply 1 waits for agent 0, who is with another customer, though agent 1 could stop 3.
    world = World(
        workload_of(
            [
                {"ready": 0, "work": 1, "next_if_served": 1, "delay_if_served": 1},
                {"work": 2, "affinity": Affinity.SAME, "kind": Kind.REPLY},
                {"ready": 1, "work": 5, "ticket": 1},
                {"queue": EMAIL, "ready": 0, "work": 9, "ticket": 2},
            ]
        ),
        roster_of([(0, 0, 0, 9, 1), (1, 0, 0, 20, 1)]),
        Routing(((PHONE, EMAIL),), (1.0, 1.0), (False, True), (False,), interrupts=(True,)),
        math.inf,
    )
    check_tampered(world, {})
    with pytest.raises(ConservationError, match=NOT_INTERRUPTED):
        check_tampered(world, {"workload": {"affinity": {1: Affinity.ANYONE}}})


def test_every_law_is_broken_by_some_tampering() -> None:
    laws = []
    for module in (inspect.getmodule(check), check_agents, check_doors):
        assert module is not None
        calls = [node for node in ast.walk(ast.parse(inspect.getsource(module))) if _demands(node)]
        laws += [ast.literal_eval(call.args[1]) for call in calls]
    assert len(laws) >= 30
    broken = {law for law, _ in (*TAMPERINGS.values(), *GUARDED_TAMPERINGS.values())}
    assert {*laws} - broken == {LITTLE}


def _demands(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") == "demand"


# Little's law is the only one that no tampering reaches: whoever is ready, starts or gives up at
# another time than scripts and stints say breaks an earlier law. It is there for defects of those.
LITTLE = "Little's law does not hold"
READY = [1, 2, 3, 6, 8, 19, 19.5, math.nan, 19.25, 19.75, math.nan, math.nan]
LEFT = [1, 5, 5, 7, 15, 19, *[math.nan] * 6]


def compare_waits(ready: Row, left: Row, cells: Row, until: float = UNTIL) -> None:
    """Compare the log's waits with those counted above, some cells of each changed."""
    counted = [np.array(times, np.float64) for times in (READY, LEFT)]
    for times, values in zip(counted, (ready, left), strict=True):
        times[list(values)] = list(values.values())
    _littles_law_holds(changed(honest_log(), cells), *counted, until)


def test_the_honest_waits_agree_with_the_number_waiting() -> None:
    # 0 + 3 + 2 + 1 + 7 + 0, and up to the end 0.5 + 0.75 + 0.25.
    log = honest_log()
    over = np.where(log.outcome == Outcome.ABANDONED, log.end, log.start)
    assert np.nansum(np.where(np.isnan(over), UNTIL, over) - log.ready) == 14.5
    compare_waits({}, {}, {})


@pytest.mark.parametrize(
    ("ready", "left", "cells"),
    [
        ({1: 2 + 1e-6}, {}, {}),
        ({}, {1: 5 - 1e-6}, {}),  # a start
        ({}, {2: 5 + 1e-6}, {}),  # a customer who gives up
        ({}, {6: 19.75}, {}),  # still waiting in the log
        ({}, {1: math.nan}, {}),  # still waiting by the count
        ({6: math.nan}, {}, {}),  # only in the log
        ({}, {}, {"ready": {6: math.nan}}),  # lost in the log
        ({7: 19.0}, {}, {}),
        ({}, {}, {"ready": {4: 7.75}}),
        ({}, {}, {"start": {4: 15.25}}),
        ({}, {}, {"end": {2: 4.75}}),
    ],
)
def test_other_waits_break_littles_law(ready: Row, left: Row, cells: Row) -> None:
    with pytest.raises(ConservationError, match=LITTLE):
        compare_waits(ready, left, cells)


def test_without_an_end_the_last_to_leave_closes_the_count() -> None:
    nobody_waits = dict.fromkeys((6, 8, 9), math.nan)
    compare_waits(nobody_waits, {}, {"ready": nobody_waits}, math.inf)
    with pytest.raises(ConservationError, match=LITTLE):
        compare_waits(nobody_waits, {4: 16.0}, {"ready": nobody_waits}, math.inf)


# --- More agents, none, and no limit -------------------------------------------------------------


@st.composite
def patient_crowds(draw: st.DrawFn) -> tuple[list[Row], list[tuple[float, float]]]:
    """Draw contacts of one queue without patience or followers, and the duties of a crew."""
    random = Random(draw(st.integers(0, 2**32 - 1)))
    rows = [
        {
            "ticket": ticket,
            "ready": draw_minutes(random, 0, 20),
            "work": draw_minutes(random, 0, 6),
            "wrap_up": random.choice([0.0, draw_minutes(random, 0, 2)]),
        }
        for ticket in range(random.randint(1, 25))
    ]
    duties, off = [], 0.0
    for _ in range(random.randint(0, 4)):
        on = off + draw_minutes(random, 0, 3)
        off = on + draw_minutes(random, 1, 8)
        duties.append((on, off))
    return rows, [*duties, (off, 1000.0)]  # in the last one everybody is served


def starts(rows: list[Row], crew: list[tuple[float, float]], agents: int) -> Floats:
    roster = roster_of([(agent, 0, on, off, 1) for agent in range(agents) for on, off in crew])
    log = simulate(workload_of(rows), roster, Routing(((0,),), (1.0,), (True,), (False,)))
    assert np.all(log.outcome == Outcome.SERVED)
    return log.start


@settings(max_examples=500, deadline=None, derandomize=True)
@given(patient_crowds())
def test_one_more_agent_never_lengthens_a_wait(
    crowd: tuple[list[Row], list[tuple[float, float]]],
) -> None:
    # First come, first served by equal agents who come and go together: with one more of them
    # each contact starts no later (J. Kiefer and J. Wolfowitz 1955).
    few = starts(*crowd, agents=1)
    for agents in range(2, 6):
        more = starts(*crowd, agents=agents)
        assert np.all(more <= few + 1e-9)
        few = more


@settings(max_examples=500, deadline=None, derandomize=True)
@given(worlds())
def test_without_agents_everybody_waits_or_gives_up(world: World) -> None:
    workload = world.workload
    nobody = replace(world.routing, unlimited=(False,) * len(world.routing.serves))
    nobody = replace(nobody, lines=(), places=(), opening=())
    log = simulate(workload, roster_of([]), nobody, world.until)
    assert np.all(np.isnan(log.start))
    assert np.all(log.agent == NOBODY)
    assert len(log.stints) == 0
    joined = ~np.isnan(log.ready)
    gives_up = joined & (log.ready + workload.patience <= world.until)
    gives_up &= np.isfinite(workload.patience)
    expected = np.where(joined, Outcome.WAITING, Outcome.UNTRIGGERED)
    expected[gives_up] = Outcome.ABANDONED
    np.testing.assert_array_equal(log.outcome, expected)
    end = np.where(gives_up, log.ready + workload.patience, np.nan)
    np.testing.assert_array_equal(log.end, end)


@settings(max_examples=500, deadline=None, derandomize=True)
@given(worlds())
def test_with_a_team_without_limit_nobody_waits(world: World) -> None:
    queues = tuple(range(len(world.routing.occupies)))
    routing = replace(
        world.routing,
        serves=(*world.routing.serves, queues),
        unlimited=(*world.routing.unlimited, True),
        interrupts=(*world.routing.interrupts, False),
        lines=(),
        waits_outside=(),
    )
    log = simulate(world.workload, world.roster, routing, world.until)
    joined = ~np.isnan(log.ready) & (log.outcome != Outcome.TURNED_AWAY)
    # Only what an agent stops at the end of duty and goes on with later can take longer.
    np.testing.assert_array_equal(log.start[joined], log.ready[joined])
    assert not set(log.outcome) & {Outcome.WAITING, Outcome.ABANDONED, Outcome.REJECTED}
