"""A SimPy environment with exact times and one documented order of simultaneous events.

SimPy schedules an event a delay ahead, so that a time can be off by a rounding error, and orders
simultaneous events by when they were scheduled. Here an event happens `at` a time, and events of
one instant happen by kind and then by number: a second engine can agree to the last bit.
"""

from collections.abc import Callable
from heapq import heappush
from typing import Any

import simpy

# The kinds of event, in the order in which those of one instant happen. SimPy keeps 0 and 1 for
# its own events, such as the start of a process.
WORK_ENDS = 2
WRAP_UP_ENDS = 3
DUTY_ENDS = 4
DUTY_BEGINS = 5
BECOMES_READY = 6
GIVES_UP = 7
RUN_ENDS = 8

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
    """A SimPy environment whose events can be put at an exact time."""

    def at(self, what: int, moment: Moment) -> Moment:
        """Let a moment happen at its time, and return it, for a process to yield."""
        # SimPy's own queue holds (time, priority, serial number, event). The kind of event and the
        # number of the contact or agent take the places of the middle two.
        heappush(self._queue, (moment.time, what, moment.number, moment))  # type: ignore[misc, arg-type]
        return moment
