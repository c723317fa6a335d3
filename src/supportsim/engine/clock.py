"""A SimPy environment with exact times and one documented order of simultaneous events.

SimPy schedules an event a delay ahead, so that a time can be off by a rounding error, and orders
simultaneous events by when they were scheduled. Here an event happens `at` a time, and events of
one instant happen by kind and then by number: a second engine can agree to the last bit.
"""

import math
from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any

import simpy

# The kinds of event, in the order in which those of one instant happen. SimPy keeps 0 and 1 for
# its own events, such as the start of a process.
WORK_ENDS = 2
WRAP_UP_ENDS = 3
DUTY_ENDS = 4
DUTY_BEGINS = 5
OPENS = 6
BECOMES_READY = 7
GIVES_UP = 8
RUN_ENDS = 9

Callbacks = list[Callable[[Any], None]]


class Moment(simpy.Event):
    """An event that will happen at a known time to one contact or agent.

    SimPy's own constructor is not called: a `Moment` is triggered from the start, so that what it
    and `Event.succeed` would set are constants of the class.
    """

    __slots__ = ("agent", "callbacks", "number", "time")

    _ok = True
    _value: Any = None

    def __init__(self, time: float, number: int, callbacks: Callbacks, agent: Any = None) -> None:
        self.time = time
        self.number = number
        self.callbacks = callbacks
        self.agent = agent

    def __lt__(self, other: object) -> bool:
        # Asked only between moments of one kind, contact and time, of which all but one have been
        # called off: their order does not matter.
        return False

    def again(self, time: float, number: int, callbacks: Callbacks) -> "Moment":
        """Return this moment, which has passed, for another time; it spares making a new one."""
        self.time = time
        self.number = number
        self.callbacks = callbacks
        return self

    def call_off(self) -> None:
        """Let the moment pass without anything happening."""
        self.callbacks = []


class Clock(simpy.Environment):
    """A SimPy environment whose events can be put at an exact time.

    `agenda` is SimPy's own queue of (time, priority, serial number, event). The kind of event and
    the number of the contact or agent take the places of the middle two.
    """

    def __init__(self, initial_time: float) -> None:
        super().__init__(initial_time)
        self.agenda: list[Any] = self._queue

    def at(self, what: int, moment: Moment) -> Moment:
        """Return a moment after putting it on the agenda at its time."""
        heappush(self.agenda, (moment.time, what, moment.number, moment))
        return moment

    def run_through(self, end: float) -> None:
        """Let everything happen that is due up to and including `end`.

        SimPy's `run` and `step` in one loop, which takes half their time. It does not look for
        events that failed, such as the end of a `simpy.Process` that raised: there are none.
        """
        agenda = self.agenda
        if math.isfinite(end):
            self.at(RUN_ENDS, Moment(end, 0, [lambda _: agenda.clear()]))
        while agenda:
            self._now, _, _, event = heappop(agenda)
            callbacks, event.callbacks = event.callbacks, None
            for callback in callbacks:
                callback(event)
