"""The tables that pass between the rooms: what is asked of the desk, who is there, what happened.

Every table is a frozen dataclass of equally long NumPy arrays, a row a contact, a stretch of duty
or a stretch of work. Times are float64 minutes since the start of the scenario. `to_frame` gives a
pandas copy; with `start` its times are datetimes.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from enum import IntEnum
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int32]
Codes = npt.NDArray[np.int8]
Flags = npt.NDArray[np.bool_]

NOBODY = -1
"""Stands for "no contact", "no agent", and the nameless agent of a team without limit."""


class Kind(IntEnum):
    """Why a contact exists."""

    INITIAL = 0
    REPLY = 1
    TRANSFER = 2
    ESCALATION = 3
    REOPEN = 4
    RETRY = 5


class Affinity(IntEnum):
    """Whom a contact may go to, relative to the agent of the ticket's last served contact."""

    ANYONE = 0
    SAME = 1
    OTHER = 2


class Outcome(IntEnum):
    """What had become of a contact when the run ended."""

    UNTRIGGERED = 0
    WAITING = 1
    IN_PROGRESS = 2
    SERVED = 3
    ABANDONED = 4
    REJECTED = 5


@dataclass(frozen=True, eq=False)
class Table:
    """A frozen set of equally long columns."""

    _times: ClassVar[tuple[str, ...]] = ()
    _codes: ClassVar[dict[str, type[IntEnum]]] = {}

    def __post_init__(self) -> None:
        lengths = {name: len(column) for name, column in self.columns().items()}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"columns of unequal length: {lengths}")

    def __len__(self) -> int:
        return len(next(iter(self.columns().values())))

    def columns(self) -> dict[str, npt.NDArray[Any]]:
        """Return the columns by name, in order."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if isinstance(value, np.ndarray)}

    @property
    def nbytes(self) -> int:
        """Bytes held by the columns."""
        return sum(column.nbytes for column in self.columns().values())

    def to_frame(self, start: dt.date | None = None) -> pd.DataFrame:
        """Return the table as a DataFrame, a column for each array.

        Parameters
        ----------
        start
            The date of minute 0. If given, time columns become datetimes (NaT where unknown) and
            coded columns the lower-case names of their codes.
        """
        import pandas as pd

        frame = pd.DataFrame(self.columns())
        if start is not None:
            for name in self._times:
                frame[name] = to_datetimes(frame[name].to_numpy(), start)
            for name, codes in self._codes.items():
                frame[name] = frame[name].map({code.value: code.name.lower() for code in codes})
        return frame


def to_datetimes(minutes: Floats, start: dt.date) -> npt.NDArray[np.datetime64]:
    """Return datetimes for minutes since midnight of `start`, to the millisecond; NaN gives NaT."""
    known = np.isfinite(minutes)
    stamps = np.full(minutes.shape, np.datetime64("NaT"), dtype="datetime64[ms]")
    milliseconds = np.round(minutes[known] * 60_000).astype("timedelta64[ms]")
    stamps[known] = np.datetime64(start, "ms") + milliseconds
    return stamps


@dataclass(frozen=True, eq=False)
class Workload(Table):
    """What will be asked of the desk: a row a contact, drawn before the simulation.

    Attributes
    ----------
    ticket : int32
        The ticket that the contact belongs to, numbered from 0.
    queue : int8
        The queue that it joins (one for each channel).
    kind : int8
        A `Kind`.
    priority : int8
        Urgency within its queue, lower first.
    affinity : int8
        An `Affinity`.
    resolves : bool
        Whether serving this contact resolves the ticket.
    ready : float64
        When it joins its queue, minutes; NaN for a contact that another one triggers.
    patience : float64
        Longest wait in the queue before the customer gives up, minutes; inf where none.
    work, wrap_up : float64
        Agent minutes with the customer, and after, at normal speed.
    next_if_served, next_if_abandoned : int32
        Row of the contact that follows once this one is served or given up; −1 for none.
    delay_if_served, delay_if_abandoned : float64
        Minutes between the customer's release and the following contact joining its queue.
    """

    ticket: Integers
    queue: Codes
    kind: Codes
    priority: Codes
    affinity: Codes
    resolves: Flags
    ready: Floats
    patience: Floats
    work: Floats
    wrap_up: Floats
    next_if_served: Integers
    delay_if_served: Floats
    next_if_abandoned: Integers
    delay_if_abandoned: Floats

    _times: ClassVar[tuple[str, ...]] = ("ready",)
    _codes: ClassVar[dict[str, type[IntEnum]]] = {"kind": Kind, "affinity": Affinity}


@dataclass(frozen=True, eq=False)
class Roster(Table):
    """Who is on duty when: a row a stretch of duty.

    Attributes
    ----------
    agent : int32
        Number of the agent, from 0.
    team : int8
        Number of the team that the agent works in during this stretch; one team for each agent.
    on, off : float64
        Start and end of the stretch, minutes; stretches of one agent do not overlap.
    speed : float64
        Work done in a minute, relative to normal; 1 is normal, 0.5 takes twice as long.
    """

    agent: Integers
    team: Codes
    on: Floats
    off: Floats
    speed: Floats

    _times: ClassVar[tuple[str, ...]] = ("on", "off")


@dataclass(frozen=True)
class Routing:
    """Which team serves which queue, and how a queue's contacts hold an agent.

    Attributes
    ----------
    serves
        For each team, the queues that it serves, most urgent first.
    occupies
        For each queue, the share of an agent that one contact takes, above 0 and up to 1.
    deferrable
        For each queue, whether work stops at the end of duty and goes on later (portal, email)
        rather than being finished in overtime (phone, chat).
    unlimited
        For each team, whether it serves every contact at once, at all times, without agents.
    """

    serves: tuple[tuple[int, ...], ...]
    occupies: tuple[float, ...]
    deferrable: tuple[bool, ...]
    unlimited: tuple[bool, ...]


@dataclass(frozen=True, eq=False)
class Stints(Table):
    """Who worked on what when: a row for each unbroken stretch of one agent on one contact.

    Attributes
    ----------
    contact, agent : int32
        Row of the contact and number of the agent (−1: the team without limit).
    begin, end : float64
        The stretch, minutes; work and wrap-up alike.
    """

    contact: Integers
    agent: Integers
    begin: Floats
    end: Floats

    _times: ClassVar[tuple[str, ...]] = ("begin", "end")


@dataclass(frozen=True, eq=False)
class ContactLog(Table):
    """What happened: a row for each contact of the workload, in the same order.

    Attributes
    ----------
    ready : float64
        When the contact joined its queue; NaN if it never did.
    start : float64
        When an agent first touched it; NaN if none did.
    end : float64
        When the customer was released, served or given up; NaN if neither happened.
    freed : float64
        When the agent was released, after wrap-up; NaN if not served to the end.
    agent : int32
        The agent who released the customer, or was the last to work on it; −1 for nobody.
    outcome : int8
        An `Outcome`.
    stints
        Who worked on it when, in a table of its own.
    """

    ready: Floats
    start: Floats
    end: Floats
    freed: Floats
    agent: Integers
    outcome: Codes
    stints: Stints

    _times: ClassVar[tuple[str, ...]] = ("ready", "start", "end", "freed")
    _codes: ClassVar[dict[str, type[IntEnum]]] = {"outcome": Outcome}
