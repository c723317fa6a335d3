"""Where contacts meet agents: lines in which contacts wait, and teams in which agents do."""

import math
from collections import deque
from collections.abc import Iterable
from heapq import heapify, heappop, heappush, heapreplace

from supportsim.engine.clock import Callbacks, Moment
from supportsim.engine.doors import Door
from supportsim.tables import NOBODY

FULL = 1 + 1e-9
"""The load up to which an agent has capacity; the excess forgives the rounding of shares like ⅓."""

GONE, WAITS, RETURNED = 0, 1, 2
"""Whether a contact waits: no; yes; yes, but work on it has begun, so that it cannot give up."""

Place = tuple[bool, int, float, int]
"""A contact's place in line: (not returned, priority, ready, contact); the smallest is first."""

Heap = list[Place]


class Agent:
    """One agent's state.

    `in_hand` maps the contacts held, in the order in which they were taken, to the moment at which
    their present phase ends; `stopped` lists those that wait until this agent goes on with them,
    in the order in which they stopped. `yields` tells whether live contacts may stop others.
    """

    __slots__ = (
        "due",
        "in_hand",
        "load",
        "number",
        "on_duty",
        "since",
        "speed",
        "stopped",
        "team",
        "yields",
    )

    def __init__(self, number: int, team: "Team") -> None:
        self.number = number
        self.team = team
        self.yields = bool(team.stoppable)
        self.on_duty = False
        self.due = True
        self.speed = 1.0
        self.load = 0.0
        self.since = -math.inf
        self.in_hand: dict[int, Moment] = {}
        self.stopped: list[int] = []


class Team:
    """The agents of one team, and where those of them that have capacity are found.

    `stoppable` maps each live line, if the team interrupts, to the deferrable ones that are less
    urgent: work on those may stop for a contact of this one. `holders` has every agent who holds
    work that may stop, and others who held some.
    """

    __slots__ = ("agents", "available", "holders", "limit", "serves", "stoppable")

    def __init__(self, serves: "Iterable[Line]", interrupts: bool = False) -> None:
        self.serves = tuple(serves)
        self.stoppable: dict[Line, frozenset[Line]] = {}
        if interrupts:
            for place, line in enumerate(self.serves):
                later = frozenset(other for other in self.serves[place:] if other.deferrable)
                if later and not line.deferrable:
                    self.stoppable[line] = later
        self.agents: dict[int, Agent] = {}
        self.holders: dict[int, Agent] = {}
        # A heap of (load, idle since, number); an entry that no longer holds is skipped.
        self.available: list[tuple[float, float, int]] = []
        self.limit = 64

    def offers(self, agent: Agent) -> None:
        """Put an agent with capacity where contacts that become ready will find it."""
        available = self.available
        heappush(available, (agent.load, agent.since, agent.number))
        if len(available) > self.limit:
            self.available = [
                (agent.load, agent.since, agent.number)
                for agent in self.agents.values()
                if agent.on_duty and agent.load < 1
            ]
            heapify(self.available)
            self.limit = 64 + 2 * len(self.available)

    def first(self) -> tuple[float, float, int] | None:
        """Return the least loaded agent's entry, the one idle longest among equals, or None."""
        available, agents = self.available, self.agents
        while available:
            load, since, number = entry = available[0]
            agent = agents[number]
            if agent.load == load and agent.since == since and agent.on_duty:
                return entry
            heappop(available)
        return None

    def first_but(self, agent: int) -> tuple[float, float, int] | None:
        """Return the entry that `first` would return if `agent` were not there."""
        first = self.first()
        if first is None or first[2] != agent:
            return first
        heappop(self.available)
        second = self.first_but(agent)
        heappush(self.available, first)
        return second


class Line:
    """One queue: how its contacts hold an agent, who serves it, and who waits in it.

    Contacts that anybody may take stand in a plain row, where they join at the end. Those whose
    place is before the end (a more urgent one, one that returns), those that wait for one agent,
    and those that wait for anybody but one agent have heaps. Joining and leaving cost O(log n) or
    less. A contact that gave up stays where it stood, marked as gone, until it comes up.
    """

    __slots__ = (
        "all_but",
        "deferrable",
        "door",
        "has_resort",
        "heads",
        "jumped",
        "occupies",
        "on_work_ends",
        "only",
        "overflow",
        "plain",
        "row",
        "teams",
        "waits",
    )

    def __init__(
        self, waits: bytearray, occupies: float, deferrable: bool, overflow: Agent | None
    ) -> None:
        self.waits = waits
        self.occupies = occupies
        self.deferrable = deferrable
        self.overflow = overflow
        self.door: Door | None = None
        # Whether anybody takes a contact for which nobody has capacity.
        self.has_resort = overflow is not None
        self.teams: list[Team] = []
        self.on_work_ends: Callbacks = []
        self.row: deque[Place] = deque()
        self.jumped: Heap = []
        self.only: dict[int, Heap] = {}
        self.all_but: dict[int, Heap] = {}
        # The first contact of each of these heaps, with the agent who must not take it; an entry
        # that is no longer the first is put right when it comes up.
        self.heads: list[tuple[Place, int]] = []
        # Whether nobody waits anywhere but in the row.
        self.plain = True

    def agent_with_capacity(self, but: int = NOBODY) -> Agent | None:
        """Return the agent to whom a contact goes, or None if nobody has capacity for it."""
        best, team_of_best = None, None
        for team in self.teams:
            if team.available:
                entry = team.first() if but == NOBODY else team.first_but(but)
                if entry is not None and (best is None or entry < best):
                    best, team_of_best = entry, team
        # The best is the least loaded: if it has no capacity, nobody has.
        if best is not None and team_of_best is not None and best[0] + self.occupies <= FULL:
            return team_of_best.agents[best[2]]
        return None

    def others_are_due(self, agent: int) -> bool:
        """Return whether anybody but `agent` will serve this queue, now or later."""
        return self.overflow is not None or any(
            other.due and other.number != agent
            for team in self.teams
            for other in team.agents.values()
        )

    def join(self, place: Place, heap: Heap | None = None) -> None:
        """Let a contact wait, for anybody or in one of this line's heaps of claims."""
        self.waits[place[3]] = WAITS if place[0] else RETURNED
        if heap is None and (not self.row or self.row[-1] < place):
            self.row.append(place)
        else:
            heappush(self.jumped if heap is None else heap, place)
            self.plain = False

    def join_all_but(self, place: Place, agent: int) -> None:
        """Let a contact wait for anybody but `agent`."""
        heap = self.all_but.setdefault(agent, [])
        self.join(place, heap)
        if heap[0] == place:
            heappush(self.heads, (place, agent))

    def join_only(self, place: Place, agent: int) -> None:
        """Let a contact wait for `agent` alone."""
        self.join(place, self.only.setdefault(agent, []))

    def loses(self, contact: int) -> None:
        """Let a contact that waits give up."""
        self.waits[contact] = GONE

    def has_waiting(self) -> bool:
        """Return whether anybody may wait; False is certain."""
        return bool(self.row) or not self.plain

    def take(self, agent: int) -> int:
        """Remove and return the first contact that `agent` may take, or −1 if there is none."""
        row, waits = self.row, self.waits
        while row and not waits[row[0][3]]:
            row.popleft()
        if not self.plain:
            return self._take_first_of_all(agent)
        if not row:
            return NOBODY
        contact = row.popleft()[3]
        waits[contact] = GONE
        return contact

    def _take_first_of_all(self, agent: int) -> int:
        """Do what `take` does where not all contacts stand in the row."""
        row = self.row
        best, source = row[0] if row else None, None
        for heap in (self.jumped, self.only.get(agent), self._first_all_but(agent)):
            if heap is not None and self._is_waited_in(heap) and (best is None or heap[0] < best):
                best, source = heap[0], heap
        if not self.only.get(agent, True):
            del self.only[agent]
        self.plain = not (self.jumped or self.only or self.heads)
        if best is None:
            return NOBODY
        if source is None:
            row.popleft()
        else:
            heappop(source)
        self.waits[best[3]] = GONE
        return best[3]

    def _first_all_but(self, agent: int) -> Heap | None:
        """Return the heap whose first contact comes first, of those that `agent` may take from."""
        heads = self.heads
        own = None
        found = None
        while heads and found is None:
            place, other = heads[0]
            heap = self.all_but.get(other)
            if heap is None or not self._is_waited_in(heap):
                heappop(heads)
                self.all_but.pop(other, None)
            elif heap[0] != place:
                heapreplace(heads, (heap[0], other))
            elif other == agent:
                own = heappop(heads)
            else:
                found = heap
        if own is not None:
            heappush(heads, own)
        return found

    def _is_waited_in(self, heap: Heap) -> bool:
        """Drop the gone from the front of a heap, and return whether anybody is left."""
        waits = self.waits
        while heap and not waits[heap[0][3]]:
            heappop(heap)
        return bool(heap)

    def release_claims(self, agent: int) -> list[Place]:
        """Remove and return who can no longer be served as claimed, now that `agent` has left."""
        unmet = [other for other in self.all_but if not self.others_are_due(other)]
        heaps = [self.only.pop(agent, []), *(self.all_but.pop(other) for other in unmet)]
        return [place for heap in heaps for place in heap if self.waits[place[3]]]


class GuardedLine(Line):
    """A line with a door, which therefore counts who waits; others do not, as that takes time."""

    __slots__ = ()
    door: Door

    def __init__(
        self,
        waits: bytearray,
        occupies: float,
        deferrable: bool,
        overflow: Agent | None,
        door: Door,
    ) -> None:
        super().__init__(waits, occupies, deferrable, overflow)
        self.door = door

    def join(self, place: Place, heap: Heap | None = None) -> None:
        """Let a contact wait, for anybody or in one of this line's heaps of claims."""
        self.door.waiting += 1
        super().join(place, heap)

    def take(self, agent: int) -> int:
        """Remove and return the first contact that `agent` may take, or −1 if there is none."""
        contact = super().take(agent)
        if contact != NOBODY:
            self.door.waiting -= 1
        return contact

    def loses(self, contact: int) -> None:
        """Let a contact that waits give up."""
        super().loses(contact)
        self.door.waiting -= 1
        self.door.standing -= 1

    def release_claims(self, agent: int) -> list[Place]:
        """Remove and return who can no longer be served as claimed, now that `agent` has left."""
        released = super().release_claims(agent)
        self.door.waiting -= len(released)
        return released


class Deadlines:
    """When the waiting contacts give up, in one heap of our own.

    SimPy's heap holds a single wake-up for the earliest of them. Left there, the timeouts of
    all who were served in time would slow every other event down.
    """

    __slots__ = ("heap", "limit", "waits")

    def __init__(self, waits: bytearray) -> None:
        self.waits = waits
        self.heap: list[tuple[float, int]] = []
        self.limit = 64

    def add(self, time: float, contact: int) -> None:
        """Let a waiting contact give up at `time`."""
        heappush(self.heap, (time, contact))
        if len(self.heap) > self.limit:
            self.heap = [entry for entry in self.heap if self.waits[entry[1]] == WAITS]
            heapify(self.heap)
            self.limit = 64 + 2 * len(self.heap)

    def next(self) -> tuple[float, int] | None:
        """Return the earliest (time, contact) that still waits, or None."""
        heap, waits = self.heap, self.waits
        while heap:
            if waits[heap[0][1]] == WAITS:
                return heap[0]
            heappop(heap)
        return None
