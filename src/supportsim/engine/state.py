"""All that one run knows: what is asked, what has happened so far, and who is there."""

import math
from collections.abc import Mapping

import numpy as np

from supportsim.engine.clock import Clock, Moment
from supportsim.engine.doors import Door
from supportsim.engine.lines import Agent, Deadlines, GuardedLine, Line, Team
from supportsim.tables import BEGUN_BY_CUSTOMER, NOBODY, Affinity, Integers, Routing, Workload


class State:
    """Lines, agents and notes of one run."""

    # Slots are not for memory here: with this many attributes they are faster to reach.
    __slots__ = (
        "affinity",
        "agenda",
        "agent",
        "agents",
        "broken_stints",
        "clock",
        "deadlines",
        "delay_if_abandoned",
        "delay_if_served",
        "end",
        "freed",
        "has_claims",
        "is_special",
        "knocks",
        "lines",
        "nameless",
        "next_if_abandoned",
        "next_if_served",
        "next_if_turned_away",
        "patience",
        "priority",
        "queue",
        "ready",
        "rejected",
        "remaining",
        "resumed",
        "served_by",
        "start",
        "ticket",
        "turned_away",
        "waits",
        "wake_up",
        "work",
        "wrap_up",
    )

    def __init__(
        self, workload: Workload, team_of: Mapping[int, int], routing: Routing, opens: float
    ) -> None:
        self.clock = Clock(opens)
        self.agenda = self.clock.agenda
        # What is asked. Lists, because one element of a list is read faster than one of an array.
        self.ticket: list[int] = workload.ticket.tolist()
        self.queue: list[int] = workload.queue.tolist()
        self.priority: list[int] = workload.priority.tolist()
        self.affinity: list[int] = workload.affinity.tolist()
        self.patience: list[float] = workload.patience.tolist()
        self.work: list[float] = workload.work.tolist()
        self.wrap_up: list[float] = workload.wrap_up.tolist()
        self.next_if_served: list[int] = workload.next_if_served.tolist()
        self.delay_if_served: list[float] = workload.delay_if_served.tolist()
        self.next_if_abandoned: list[int] = workload.next_if_abandoned.tolist()
        self.delay_if_abandoned: list[float] = workload.delay_if_abandoned.tolist()
        self.next_if_turned_away: Integers = workload.next_if_turned_away
        # What happens, noted down for the log. A contact that is never stopped needs no stint.
        contacts = len(workload)
        self.ready = [math.nan] * contacts
        self.start = [math.nan] * contacts
        self.end = [math.nan] * contacts
        self.freed = [math.nan] * contacts
        self.agent = [NOBODY] * contacts
        self.rejected: list[int] = []
        self.turned_away: list[int] = []
        self.broken_stints: list[tuple[int, int, float, float]] = []
        # Who waits, who gives up when, what is left of stopped work, since when it goes on.
        self.waits = bytearray(contacts)
        self.deadlines = Deadlines(self.waits)
        self.wake_up: Moment | None = None
        self.remaining: dict[int, float] = {}
        self.resumed: dict[int, float] = {}
        self.served_by: dict[int, int] = {}
        self._sets_up_lines(routing)
        self._sets_up_agents(team_of, routing)
        # Which contacts need more than a glance when they become ready: they want or must not have
        # a certain agent, or come to a line with a door, at which those who knock can be refused.
        has_door = np.array([line.door is not None for line in self.lines], dtype=np.bool_)
        at_door = has_door[workload.queue]
        claims = workload.affinity != Affinity.ANYONE
        self.has_claims = bool(np.any(claims))
        self.is_special: bytes = (claims | at_door).tobytes()
        begun = np.isin(workload.kind[at_door], BEGUN_BY_CUSTOMER)
        # Who is ready before time 0 waits already when the run begins.
        at_door[at_door] = begun & ~(workload.ready[at_door] < 0)
        self.knocks: bytes = at_door.tobytes()

    def _sets_up_lines(self, routing: Routing) -> None:
        # The nameless agent stands for all those of teams without limit.
        self.nameless = Agent(NOBODY, Team([]))
        endless = {
            queue
            for team, no in enumerate(routing.unlimited)
            if no
            for queue in routing.serves[team]
        }
        self.lines: list[Line] = []
        for queue, occupies in enumerate(routing.occupies):
            overflow = self.nameless if queue in endless else None
            plain = self.waits, occupies, routing.deferrable[queue], overflow
            limit, places = routing.lines[queue], routing.places[queue]
            if routing.opening[queue] is None and limit == places == math.inf:
                self.lines.append(Line(*plain))
            else:
                door = Door(routing.opening[queue], limit, places, routing.waits_outside[queue])
                self.lines.append(GuardedLine(*plain, door))

    def _sets_up_agents(self, team_of: Mapping[int, int], routing: Routing) -> None:
        teams = [
            Team((self.lines[queue] for queue in queues), interrupts)
            for queues, interrupts in zip(routing.serves, routing.interrupts, strict=True)
        ]
        for team in teams:
            for line in team.serves:
                line.teams.append(team)
            for line in team.stoppable:
                line.has_resort = True
        self.agents: dict[int, Agent] = {}
        for number, place in team_of.items():
            agent = Agent(number, teams[place])
            self.agents[number] = agent.team.agents[number] = agent
