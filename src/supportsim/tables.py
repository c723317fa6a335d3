"""The tables that pass between the rooms: what is asked of the desk, who is there, what happened.

Every table is a frozen dataclass of equally long NumPy arrays, a row a contact, a stretch of duty
or a stretch of work. Times are float64 minutes since the start of the scenario. `to_frame` gives a
pandas copy; with `start` its times are datetimes.
"""

from __future__ import annotations

import datetime as dt
import math
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
    FOLLOW_UP = 6
    SWITCH = 7


BEGUN_BY_CUSTOMER = (Kind.INITIAL, Kind.ESCALATION, Kind.RETRY, Kind.SWITCH)
"""The kinds of contact that knock at a channel's door: they can find it full or closed. The others
go on with a conversation that has begun."""


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
    TURNED_AWAY = 6


class Activity(IntEnum):
    """What an agent does in a paid stretch of time."""

    DUTY = 0
    BREAK = 1
    HOLIDAY = 2
    PLANNED_ABSENCE = 3
    UNPLANNED_ABSENCE = 4
    TRAINING = 5


class Visit(IntEnum):
    """What a visit to self-service came to."""

    NOT_ANSWERED = 0
    ARTICLE = 1
    FORUM = 2


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
        Row of the contact that follows once this one is served, or given up or rejected; −1 for
        none. Several contacts may name the same one, if only one of them can come to trigger it.
    delay_if_served, delay_if_abandoned : float64
        Minutes between the customer's release and the following contact joining its queue.
    next_if_turned_away : int32
        Row of the contact that follows at once where this one finds its queue closed; −1 for none.
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
    next_if_turned_away: Integers

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
    interrupts
        For each team, whether a live contact may stop less urgent deferrable work. Left out: none.
    lines
        For each queue, how many contacts may be in it, waiting or begun and not yet ended; inf for
        no limit. Left out: none.
    places
        For each queue, how many contacts may wait in it; inf for no limit. Left out: none.
    opening
        For each queue, its opening hours as float64 of shape (spans, 2), ordered and apart; None
        if it never closes. Left out: none closes.
    waits_outside
        For each queue, whether those who find it closed wait until it opens, rather than being
        turned away. Left out: no queue.
    channel
        For each queue, the number of its channel. A channel's contacts may stand in several
        queues, one for each tier. Left out: queues and channels are the same.
    """

    serves: tuple[tuple[int, ...], ...]
    occupies: tuple[float, ...]
    deferrable: tuple[bool, ...]
    unlimited: tuple[bool, ...]
    interrupts: tuple[bool, ...] = ()
    lines: tuple[float, ...] = ()
    places: tuple[float, ...] = ()
    opening: tuple[Floats | None, ...] = ()
    waits_outside: tuple[bool, ...] = ()
    channel: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        teams, queues = len(self.serves), len(self.occupies)
        for name, left_out in (
            ("interrupts", (False,) * teams),
            ("lines", (math.inf,) * queues),
            ("places", (math.inf,) * queues),
            ("opening", (None,) * queues),
            ("waits_outside", (False,) * queues),
            ("channel", tuple(range(queues))),
        ):
            if not getattr(self, name):
                object.__setattr__(self, name, left_out)


@dataclass(frozen=True, eq=False)
class Attendance(Table):
    """What agents are paid for: a row a stretch of paid time.

    The stretches of duty are the `Roster`; the others are shrinkage.

    Attributes
    ----------
    agent : int32
        Number of the agent, as in the roster.
    team : int8
        Number of the team.
    begin, end : float64
        The stretch, minutes; stretches of one agent do not overlap.
    activity : int8
        An `Activity`.
    """

    agent: Integers
    team: Codes
    begin: Floats
    end: Floats
    activity: Codes

    _times: ClassVar[tuple[str, ...]] = ("begin", "end")
    _codes: ClassVar[dict[str, type[IntEnum]]] = {"activity": Activity}


@dataclass(frozen=True, eq=False)
class Employment(Table):
    """Who is employed when: a row a person, in the order of their numbers.

    Attributes
    ----------
    agent : int32
        Number of the agent, from 0; equal to the row.
    team : int8
        Number of the team.
    position : int32
        Number of the position that the person fills, from 0 within the team. A successor fills the
        position of the one who left.
    vacant : float64
        When the position became vacant for this person to fill, minutes; NaN for those who were
        there from the start or fill a new position, and equal to `hired` where the two follow
        each other without a gap or overlap.
    hired : float64
        First day of employment, minutes; 0 for those who were there from the start.
    trained : float64
        When training was over and duty could begin.
    left : float64
        When the person left; inf for those who stay beyond the run.
    filled : float64
        When the position was filled after the person had left, perhaps beyond the run: equal to
        `left` where a successor was there already, inf if it never is, NaN for those who stay.
    speed : float64
        The person's own speed once parity is reached; 1 is normal.
    """

    agent: Integers
    team: Codes
    position: Integers
    vacant: Floats
    hired: Floats
    trained: Floats
    left: Floats
    filled: Floats
    speed: Floats

    _times: ClassVar[tuple[str, ...]] = ("vacant", "hired", "trained", "left", "filled")


@dataclass(frozen=True, eq=False)
class Customers(Table):
    """What is known of each ticket's customer before anything happens: a row a ticket.

    Attributes
    ----------
    device : int8
        Number of the device among those of the ticket's channel; −1 where it has none.
    """

    device: Codes


@dataclass(frozen=True, eq=False)
class Messages(Table):
    """Further messages of customers who are still waiting for a response: a row a message.

    Attributes
    ----------
    ticket : int32
        Number of the ticket.
    after : float64
        How long after the ticket's arrival the customer writes it if there is no response by then,
        minutes.
    """

    ticket: Integers
    after: Floats


@dataclass(frozen=True, eq=False)
class Visits(Table):
    """Customers who tried self-service before they would write or call: a row a visit.

    Attributes
    ----------
    channel : int8
        Number of the channel to which the customer would have gone, or went.
    time : float64
        When, minutes.
    came_to : int8
        A `Visit`.
    """

    channel: Codes
    time: Floats
    came_to: Codes

    _times: ClassVar[tuple[str, ...]] = ("time",)
    _codes: ClassVar[dict[str, type[IntEnum]]] = {"came_to": Visit}


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
        When the customer was released, served, given up or not let in; NaN if none happened.
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
