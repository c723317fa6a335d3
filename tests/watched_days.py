"""A desk whose day is worked out by hand, and one with everything; shared by the tests of days.

Minute 0 is a Monday's midnight; the window is the Tuesday and the Wednesday, and all times below
count from the Tuesday's midnight. Agent 0 is on duty from 9:00 to 12:00 and, after a break of half
an hour, to 17:00, agent 1 from 10:00 to 17:00; agent 2 leaves after duty from 7:00 to 8:00, and
nobody follows. Phone comes before chat and email, two chats make a whole agent, and email stops for
both.

ticket 0    email at 8:20. Agent 0 takes it at 9:00 (540) and stops at 560 for the call; 40 min of
            work are left at 585, so the customer is free at 625 and the agent at 635.
ticket 1    a call at 560: 20 min and 5 of wrap-up.
ticket 2    a chat at 630 for agent 1, who is idle: 10 min, 2 of wrap-up.
ticket 3    a chat at 632 for agent 1, who has room for it: 20 min, 3 of wrap-up.
ticket 4    a call at 710 for agent 0, longest idle: 20 min and 5 of wrap-up, 10 and 5 of which are
            overtime in the break. After 5 min, at 735, it goes on as an email: agent 1, 30 min. The
            customer replies after 20 min, at 785, to the same agent: 15 min.
ticket 5    email at 1010 for agent 0: 10 min until duty ends, 20 on Wednesday at 9:00.
ticket 6    a chat at 400, given up after 5 min.
ticket 7    a form for the machine at 100, which has no limit: 1 min; ticket 8 another one then.
ticket 9    one at 200 that takes no time.
ticket 10   a call at 470 for agent 2, who has left when it ends at 490.
"""

from __future__ import annotations

from functools import cache
from math import inf, nan

import numpy as np

from strategies import roster_of, workload_of
from supportsim.engine import check, simulate
from supportsim.measures import Facts
from supportsim.sampling import routing
from supportsim.scenario.loading import validate
from supportsim.studies.timeline import Timeline
from supportsim.tables import Activity, Affinity, Attendance, Employment, Kind

TUESDAY, WEDNESDAY = 1440.0, 2880.0
SHIFTS = [{"days": "Mon-Fri", "from": "09:00", "to": "17:00"}]
NAME = "[bold]desk[/bold] <script>alert(1)</script> \x1b[31m\u202e\n=cmd()"
SCENARIO = validate(
    {
        "name": NAME,
        "run": {"warm_up": "1d", "window": "2d", "follow_up": "1d", "seed": 4},
        "channels": {
            "phone": {"live": True, "arrivals": {"per_day": 1}, "work": "1min"},
            "chat": {"live": True, "occupies": 0.5, "arrivals": {"per_day": 1}, "work": "1min"},
            "email": {"arrivals": {"per_day": 1}, "work": "1min"},
            "form": {"arrivals": {"per_day": 1}, "work": "1min"},
        },
        "teams": {
            "desk": {
                "agents": 3,
                "serves": ["phone", "chat", "email"],
                "interrupts": True,
                "shifts": SHIFTS,
            },
            "machine": {"agents": "unlimited", "serves": ["form"]},
        },
    }
)
PHONE, CHAT, EMAIL, FORM = range(4)


def _at(minute: float) -> float:
    return TUESDAY + minute


WORKLOAD = workload_of(
    [
        {"queue": EMAIL, "ticket": 0, "ready": _at(500), "work": 60, "wrap_up": 10},
        {"queue": PHONE, "ticket": 1, "ready": _at(560), "work": 20, "wrap_up": 5},
        {"queue": CHAT, "ticket": 2, "ready": _at(630), "work": 10, "wrap_up": 2},
        {"queue": CHAT, "ticket": 3, "ready": _at(632), "work": 20, "wrap_up": 3},
        {
            "queue": PHONE,
            "ticket": 4,
            "ready": _at(710),
            "work": 20,
            "wrap_up": 5,
            "next_if_served": 5,
            "delay_if_served": 5,
            "resolves": False,
        },
        {
            "queue": EMAIL,
            "ticket": 4,
            "kind": Kind.ESCALATION,
            "ready": nan,
            "work": 30,
            "next_if_served": 6,
            "delay_if_served": 20,
            "resolves": False,
        },
        {
            "queue": EMAIL,
            "ticket": 4,
            "kind": Kind.REPLY,
            "ready": nan,
            "work": 15,
            "affinity": Affinity.SAME,
        },
        {"queue": EMAIL, "ticket": 5, "ready": _at(1010), "work": 30},
        {"queue": CHAT, "ticket": 6, "ready": _at(400), "work": 5, "patience": 5},
        {"queue": FORM, "ticket": 7, "ready": _at(100), "work": 1},
        {"queue": FORM, "ticket": 8, "ready": _at(100), "work": 1},
        {"queue": FORM, "ticket": 9, "ready": _at(200), "work": 0},
        {"queue": PHONE, "ticket": 10, "ready": _at(470), "work": 20},
    ]
)
PAID: list[tuple[int, float, float, Activity]] = [
    (0, _at(540), _at(720), Activity.DUTY),
    (0, _at(720), _at(750), Activity.BREAK),
    (0, _at(750), _at(1020), Activity.DUTY),
    (0, WEDNESDAY + 540, WEDNESDAY + 1020, Activity.DUTY),
    (1, _at(600), _at(1020), Activity.DUTY),
    (1, WEDNESDAY + 540, WEDNESDAY + 1020, Activity.UNPLANNED_ABSENCE),
    (2, _at(420), _at(480), Activity.DUTY),
]


@cache
def desk_by_hand() -> Timeline:
    """Return the timeline of the desk that is worked out above."""
    people = np.arange(3, dtype=np.int32)
    employment = Employment(
        agent=people,
        team=np.zeros(3, np.int8),
        position=people,
        vacant=np.full(3, nan),
        hired=np.zeros(3),
        trained=np.zeros(3),
        left=np.array([inf, inf, _at(480)]),
        filled=np.array([nan, nan, inf]),
        speed=np.ones(3),
    )
    attendance = Attendance(
        agent=np.array([row[0] for row in PAID], np.int32),
        team=np.zeros(len(PAID), np.int8),
        begin=np.array([row[1] for row in PAID]),
        end=np.array([row[2] for row in PAID]),
        activity=np.array([row[3] for row in PAID], np.int8),
    )
    roster = roster_of(
        [(agent, 0, on, off, 1.0) for agent, on, off, what in PAID if what == Activity.DUTY]
    )
    routes, horizon = routing(SCENARIO), SCENARIO.run.horizon
    log = simulate(WORKLOAD, roster, routes, horizon)
    check(WORKLOAD, roster, routes, log, horizon)
    return Timeline(Facts(SCENARIO, WORKLOAD, log, roster, routes, employment, attendance))
