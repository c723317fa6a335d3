"""The state of one run and what each event does to it, in the words of `docs/engine.md`."""

import math
from collections.abc import Mapping
from heapq import heappush

import numpy as np

from supportsim.engine.clock import (
    BECOMES_READY,
    GIVES_UP,
    WORK_ENDS,
    WRAP_UP_ENDS,
    Callbacks,
    Clock,
    Moment,
)
from supportsim.engine.lines import FULL, GONE, Agent, Deadlines, Line, Team
from supportsim.tables import NOBODY, Affinity, Routing, Workload

NEVER = math.inf
ANYONE, SAME = int(Affinity.ANYONE), int(Affinity.SAME)


class Desk:
    """Lines, agents and notes of one run; a method for each thing that can happen."""

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
        "lines",
        "nameless",
        "next_if_abandoned",
        "next_if_served",
        "on_triggered",
        "on_work_ends",
        "on_wrap_up_ends",
        "patience",
        "priority",
        "queue",
        "ready",
        "remaining",
        "resumed",
        "served_by",
        "start",
        "ticket",
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
        self.has_claims = bool(np.any(workload.affinity != ANYONE))
        # What happens, noted down for the log. A contact that is never stopped needs no stint.
        contacts = len(workload)
        self.ready = [math.nan] * contacts
        self.start = [math.nan] * contacts
        self.end = [math.nan] * contacts
        self.freed = [math.nan] * contacts
        self.agent = [NOBODY] * contacts
        self.broken_stints: list[tuple[int, int, float, float]] = []
        # Who waits, who gives up when, what is left of stopped work, since when it goes on.
        self.waits = bytearray(contacts)
        self.deadlines = Deadlines(self.waits)
        self.wake_up: Moment | None = None
        self.remaining: dict[int, float] = {}
        self.resumed: dict[int, float] = {}
        self.served_by: dict[int, int] = {}
        # One list of callbacks for all moments of a kind saves making one for each.
        self.on_work_ends: Callbacks = [self._work_ends]
        self.on_wrap_up_ends: Callbacks = [self._wrap_up_ends]
        self.on_triggered: Callbacks = [self._triggered]
        # Who is there. The nameless agent stands for all those of teams without limit.
        self.nameless = Agent(NOBODY, Team([]))
        endless = {
            queue
            for team, no in enumerate(routing.unlimited)
            if no
            for queue in routing.serves[team]
        }
        self.lines = [
            Line(self.waits, share, deferrable, self.nameless if queue in endless else None)
            for queue, (share, deferrable) in enumerate(
                zip(routing.occupies, routing.deferrable, strict=True)
            )
        ]
        teams = [Team(self.lines[queue] for queue in queues) for queues in routing.serves]
        for team in teams:
            for line in team.serves:
                line.teams.append(team)
        self.agents: dict[int, Agent] = {}
        for number, place in team_of.items():
            agent = Agent(number, teams[place])
            self.agents[number] = agent.team.agents[number] = agent

    # Contacts come.

    def becomes_ready(self, contact: int, now: float) -> None:
        """Let a contact join its queue: an agent takes it, or it waits."""
        self.ready[contact] = now
        line = self.lines[self.queue[contact]]
        if self.affinity[contact] != ANYONE and self._goes_by_claim(contact, line, now):
            return
        agent = line.overflow
        for team in line.teams:
            if team.available:
                agent = line.agent_with_capacity()
                break
        if agent is not None:
            self._takes(agent, contact, line, now)
            return
        line.join((True, self.priority[contact], now, contact))
        if self.patience[contact] < NEVER:
            self._will_give_up(contact, now)

    def _goes_by_claim(self, contact: int, line: Line, now: float) -> bool:
        """Do the same for a reply or transfer, and return whether its claim can be met."""
        affinity, previous = self._claim(contact, line)
        if affinity == ANYONE:
            return False
        place = (True, self.priority[contact], now, contact)
        if affinity == SAME:
            agent = line.takes(self.agents[previous])
        else:
            agent = line.agent_with_capacity(but=previous)
        if agent is not None:
            self._takes(agent, contact, line, now)
            return True
        if affinity == SAME:
            line.join_only(place, previous)
        else:
            line.join_all_but(place, previous)
        if self.patience[contact] < NEVER:
            self._will_give_up(contact, now)
        return True

    def _claim(self, contact: int, line: Line) -> tuple[int, int]:
        """Return the affinity of a contact that can be met, and the agent that it is about."""
        previous = self.served_by.get(self.ticket[contact], NOBODY)
        agent = self.agents.get(previous)
        if agent is None:
            return ANYONE, NOBODY
        if self.affinity[contact] == SAME:
            met = agent.due and line in agent.team.serves
        else:
            met = line.others_are_due(previous)
        return (self.affinity[contact], previous) if met else (ANYONE, NOBODY)

    # Contacts are worked on.

    def _takes(self, agent: Agent, contact: int, line: Line, now: float) -> None:
        """Let an agent take a contact that waits no more; with capacity left it stays on offer."""
        self._begins(agent, contact, line, now)
        if agent.load < 1 and agent.on_duty:
            agent.team.offers(agent)

    def _begins(
        self, agent: Agent, contact: int, line: Line, now: float, spare: Moment | None = None
    ) -> None:
        """Let an agent start a contact, or go on where work on it stopped.

        `spare` is a moment of this agent that has passed and can be used again.
        """
        agent.load += line.occupies
        if contact in self.remaining:
            self._resumes(agent, contact, now)
            return
        self.start[contact] = now
        self.agent[contact] = agent.number
        end = now + self.work[contact] / agent.speed
        if spare is None:
            spare = Moment(end, contact, self.on_work_ends, agent)
        else:
            spare.time, spare.number, spare.callbacks = end, contact, self.on_work_ends
        agent.in_hand[contact] = spare
        heappush(self.agenda, (end, WORK_ENDS, contact, spare))

    def _resumes(self, agent: Agent, contact: int, now: float) -> None:
        self.resumed[contact] = now
        end = now + self.remaining.pop(contact) / agent.speed
        if math.isnan(self.end[contact]):
            self.agent[contact] = agent.number
            moment = self.clock.at(WORK_ENDS, Moment(end, contact, self.on_work_ends, agent))
        else:
            moment = self.clock.at(WRAP_UP_ENDS, Moment(end, contact, self.on_wrap_up_ends, agent))
        agent.in_hand[contact] = moment

    def _work_ends(self, moment: Moment) -> None:
        """Release the customer; then let the agent wrap up, or be done with the contact."""
        contact, now, agent = moment.number, moment.time, moment.agent
        self.end[contact] = now
        if self.has_claims:
            self.served_by[self.ticket[contact]] = agent.number
        if self.next_if_served[contact] != NOBODY:
            self._triggers(self.next_if_served[contact], now + self.delay_if_served[contact])
        if self.wrap_up[contact] > 0:
            end = now + self.wrap_up[contact] / agent.speed
            self.clock.at(WRAP_UP_ENDS, moment.again(end, contact, self.on_wrap_up_ends))
        else:
            self._releases(agent, contact, now, moment)

    def _wrap_up_ends(self, moment: Moment) -> None:
        self._releases(moment.agent, moment.number, moment.time, moment)

    def _triggers(self, contact: int, time: float) -> None:
        self.clock.at(BECOMES_READY, Moment(time, contact, self.on_triggered))

    def _triggered(self, moment: Moment) -> None:
        self.becomes_ready(moment.number, moment.time)

    def _releases(self, agent: Agent, contact: int, now: float, spare: Moment) -> None:
        """Let an agent be done with a contact, and on duty turn to the next."""
        self.freed[contact] = now
        if contact in self.resumed:
            self._notes_stint(agent, contact, now)
        in_hand = agent.in_hand
        del in_hand[contact]
        agent.load = agent.load - self.lines[self.queue[contact]].occupies if in_hand else 0.0
        agent.since = now
        if agent.on_duty:
            self._takes_from_queues(agent, now, spare)

    def _notes_stint(self, agent: Agent, contact: int, now: float) -> None:
        """Note an agent's stint on a contact whose work was stopped at one of its ends or both."""
        begun = self.resumed.pop(contact, self.start[contact])
        self.broken_stints.append((contact, agent.number, begun, now))

    def _takes_from_queues(self, agent: Agent, now: float, spare: Moment | None = None) -> None:
        """Let an agent fill its hands: first with what it stopped, then with what waits."""
        while agent.load < 1:
            if agent.stopped and self._takes_stopped(agent, now):
                continue
            for line in agent.team.serves:
                if agent.load + line.occupies <= FULL:
                    contact = line.take(agent.number)
                    if contact != NOBODY:
                        break
            else:
                agent.team.offers(agent)
                return
            self._begins(agent, contact, line, now, spare)
            spare = None

    def _takes_stopped(self, agent: Agent, now: float) -> bool:
        """Let an agent go on with the first stopped contact that fits, and return if there is."""
        for contact in agent.stopped:
            line = self.lines[self.queue[contact]]
            if agent.load + line.occupies <= FULL:
                agent.stopped.remove(contact)
                self._begins(agent, contact, line, now)
                return True
        return False

    # Customers give up.

    def _will_give_up(self, contact: int, now: float) -> None:
        self.deadlines.add(now + self.patience[contact], contact)
        self._set_wake_up()

    def _set_wake_up(self) -> None:
        """Let SimPy wake the desk when the next waiting customer gives up."""
        due = self.deadlines.next()
        if due is None:
            return
        if self.wake_up is not None:
            if (self.wake_up.time, self.wake_up.number) <= due:
                return
            self.wake_up.call_off()
        self.wake_up = self.clock.at(GIVES_UP, Moment(*due, [self._wakes_up]))

    def _wakes_up(self, moment: Moment) -> None:
        self.wake_up = None
        contact, now = moment.number, moment.time
        if self.deadlines.next() == (now, contact):
            self.waits[contact] = GONE
            self.end[contact] = now
            following = self.next_if_abandoned[contact]
            if following != NOBODY:
                self._triggers(following, now + self.delay_if_abandoned[contact])
        self._set_wake_up()

    # Agents come and go.

    def duty_begins(self, agent: Agent, now: float, speed: float) -> None:
        """Let an agent come on duty."""
        agent.on_duty = True
        agent.speed = speed
        agent.since = now
        self._takes_from_queues(agent, now)

    def duty_ends(self, agent: Agent, now: float) -> None:
        """Let an agent go off duty: deferrable work stops, live work goes on in overtime."""
        agent.on_duty = False
        for contact, moment in list(agent.in_hand.items()):
            line = self.lines[self.queue[contact]]
            if line.deferrable:
                moment.call_off()
                self.remaining[contact] = (moment.time - now) * agent.speed
                self._notes_stint(agent, contact, now)
                del agent.in_hand[contact]
                agent.load = agent.load - line.occupies if agent.in_hand else 0.0
                agent.stopped.append(contact)

    def leaves(self, agent: Agent, now: float) -> None:
        """Let an agent leave for good: what waits for it, or is stopped with it, is free to all."""
        agent.due = False
        free = [
            (self.queue[contact], (False, self.priority[contact], self.ready[contact], contact))
            for contact in agent.stopped
        ]
        agent.stopped = []
        for queue, line in enumerate(self.lines):
            free += [(queue, place) for place in line.release_claims(agent.number)]
        for queue, place in sorted(free):
            line, contact = self.lines[queue], place[3]
            taker = line.agent_with_capacity()
            if taker is None:
                line.join(place)
                continue
            self.waits[contact] = GONE
            self._takes(taker, contact, line, now)
