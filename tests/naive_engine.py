"""A second engine, written from docs/reference/engine.md alone, in its order: a slow oracle."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np

from supportsim import tables
from supportsim.tables import (
    BEGUN_BY_CUSTOMER,
    NOBODY,
    Affinity,
    Outcome,
    Roster,
    Routing,
    Workload,
)


def naive_simulate(
    workload: Workload, roster: Roster, routing: Routing, until: float = math.inf
) -> tables.ContactLog:
    desk = Desk(workload, roster, routing)
    desk.run(until)
    return desk.log()


# --- Words ---------------------------------------------------------------------------------------


@dataclass(eq=False)
class Agent:
    number: int
    queues: tuple[int, ...]  # that it may serve, most urgent first
    interrupts: bool = False
    coming_speeds: list[float] = field(default_factory=list)  # one for each duty yet to begin
    on_duty: bool = False
    left: bool = False
    speed: float = math.nan  # of the present duty, or of the last one
    load: float = 0.0
    idle_since: float = math.nan
    holds: list[Contact] = field(default_factory=list)  # in the order in which it took them
    stopped: list[Contact] = field(default_factory=list)  # in the order in which they stopped


@dataclass(eq=False)
class Contact:
    number: int
    queue: int
    ready: float = math.nan
    start: float = math.nan
    end: float = math.nan
    freed: float = math.nan
    agent: int = NOBODY
    outcome: Outcome = Outcome.UNTRIGGERED
    # Waiting.
    waits: bool = False
    returned: bool = False
    outside: bool = False
    only: Agent | None = None  # the claim of "same"
    never: Agent | None = None  # the claim of "other"
    # In the hands of an agent: the phase is work or wrap-up.
    holder: Agent | None = None
    phase: EventKind | None = None
    planned_end: float = math.nan
    remaining: float = math.nan
    stint_began: float = math.nan


class EventKind(IntEnum):
    WORK_ENDS = 1
    WRAP_UP_ENDS = 2
    DUTY_ENDS = 3
    DUTY_BEGINS = 4
    OPENS = 5
    BECOMES_READY = 6
    GIVES_UP = 7


class Desk:
    def __init__(self, workload: Workload, roster: Roster, routing: Routing) -> None:
        self.workload, self.routing = workload, routing
        self.now = -math.inf
        self.pending: list[tuple[float, EventKind, int]] = []
        self.contacts = [Contact(number, int(queue)) for number, queue in enumerate(workload.queue)]
        self.agents: dict[int, Agent] = {}
        self.nameless = Agent(NOBODY, (), on_duty=True, speed=1.0)  # of all teams without limit
        self.latest: dict[int, Agent] = {}  # by ticket: the agent of the latest "work ends"
        self.stints: list[tuple[int, int, float, float]] = []

        for number, ready in enumerate(workload.ready.tolist()):
            if not math.isnan(ready):
                self.schedule(ready, EventKind.BECOMES_READY, number)
        for queue, spans in enumerate(routing.opening):
            if routing.waits_outside[queue] and spans is not None:
                for on in spans[:, 0].tolist():
                    self.schedule(on, EventKind.OPENS, queue)
        for row in sorted(range(len(roster)), key=lambda row: float(roster.on[row])):
            number = int(roster.agent[row])
            team = int(roster.team[row])
            newcomer = Agent(number, routing.serves[team], routing.interrupts[team])
            agent = self.agents.setdefault(number, newcomer)
            agent.coming_speeds.append(float(roster.speed[row]))
            self.schedule(float(roster.on[row]), EventKind.DUTY_BEGINS, number)
            self.schedule(float(roster.off[row]), EventKind.DUTY_ENDS, number)

    def has_capacity(self, agent: Agent, queue: int) -> bool:
        return agent.on_duty and agent.load + self.routing.occupies[queue] <= 1 + 1e-9

    def begun_by_customer(self, contact: Contact) -> bool:
        begun = self.workload.kind[contact.number] in BEGUN_BY_CUSTOMER
        return begun and not self.workload.ready[contact.number] < 0

    def stand_in(self, queue: int) -> list[Contact]:
        return [
            contact
            for contact in self.contacts
            if contact.queue == queue and not math.isnan(contact.ready) and math.isnan(contact.end)
        ]

    def wait_in(self, queue: int) -> list[Contact]:
        return [contact for contact in self.contacts if contact.waits and contact.queue == queue]

    def is_open(self, queue: int) -> bool:
        spans = self.routing.opening[queue]
        return spans is None or any(on <= self.now < off for on, off in spans.tolist())

    def may_be_stopped(self, agent: Agent, contact: Contact, queue: int) -> bool:
        comes_later = agent.queues.index(contact.queue) > agent.queues.index(queue)
        return self.routing.deferrable[contact.queue] and comes_later

    def fixed(self, agent: Agent, queue: int) -> float:
        fixed = 0.0
        for contact in agent.holds:
            if not self.may_be_stopped(agent, contact, queue):
                fixed += self.routing.occupies[contact.queue]  # one by one, unlike sum()
        return fixed

    def can_interrupt(self, agent: Agent, queue: int) -> bool:
        return (
            agent.on_duty
            and agent.interrupts
            and not self.routing.deferrable[queue]
            and self.fixed(agent, queue) + self.routing.occupies[queue] <= 1 + 1e-9
            and any(self.may_be_stopped(agent, contact, queue) for contact in agent.holds)
        )

    def raise_load(self, agent: Agent, contact: Contact) -> None:
        agent.holds.append(contact)
        agent.load += self.routing.occupies[contact.queue]

    def lower_load(self, agent: Agent, contact: Contact) -> None:
        agent.holds.remove(contact)
        agent.load -= self.routing.occupies[contact.queue]
        if not agent.holds:
            agent.load = 0.0

    # --- Events ----------------------------------------------------------------------------------

    def schedule(self, time: float, kind: EventKind, number: int) -> None:
        self.pending.append((time, kind, number))

    def cancel(self, kind: EventKind, number: int) -> None:
        self.pending = [event for event in self.pending if event[1:] != (kind, number)]

    def run(self, until: float) -> None:
        while self.pending and min(self.pending)[0] <= until:
            event = min(self.pending)
            self.pending.remove(event)
            self.now, kind, number = event
            match kind:
                case EventKind.WORK_ENDS:
                    self.work_ends(self.contacts[number])
                case EventKind.WRAP_UP_ENDS:
                    self.wrap_up_ends(self.contacts[number])
                case EventKind.DUTY_ENDS:
                    self.duty_ends(self.agents[number])
                case EventKind.DUTY_BEGINS:
                    self.duty_begins(self.agents[number])
                case EventKind.OPENS:
                    self.opens(number)
                case EventKind.BECOMES_READY:
                    self.becomes_ready(self.contacts[number])
                case EventKind.GIVES_UP:
                    self.gives_up(self.contacts[number])
        self.run_ends(until)

    def work_ends(self, contact: Contact) -> None:
        agent = contact.holder
        assert agent is not None
        contact.end = self.now
        contact.outcome = Outcome.SERVED
        contact.agent = agent.number
        self.latest[int(self.workload.ticket[contact.number])] = agent
        if (following := int(self.workload.next_if_served[contact.number])) != NOBODY:
            delay = float(self.workload.delay_if_served[contact.number])
            self.schedule(self.now + delay, EventKind.BECOMES_READY, following)
        wrap_up = float(self.workload.wrap_up[contact.number])
        if wrap_up == 0:
            self.releases(agent, contact)
        else:
            self.goes_on(agent, contact, EventKind.WRAP_UP_ENDS, wrap_up)

    def wrap_up_ends(self, contact: Contact) -> None:
        assert contact.holder is not None
        self.releases(contact.holder, contact)

    def duty_begins(self, agent: Agent) -> None:
        agent.on_duty = True
        agent.speed = agent.coming_speeds.pop(0)
        agent.idle_since = self.now
        self.takes_from_queues(agent)

    def gives_up(self, contact: Contact) -> None:
        if not contact.waits:
            return
        self.is_lost(contact, Outcome.ABANDONED)

    def is_lost(self, contact: Contact, outcome: Outcome) -> None:
        contact.waits = False
        contact.end = self.now
        contact.outcome = outcome
        if (following := int(self.workload.next_if_abandoned[contact.number])) != NOBODY:
            delay = float(self.workload.delay_if_abandoned[contact.number])
            self.schedule(self.now + delay, EventKind.BECOMES_READY, following)

    def run_ends(self, until: float) -> None:
        if math.isfinite(until):
            self.now = until
        for contact in self.contacts:
            if contact.holder is not None:
                self.close_stint(contact)

    # --- A contact becomes ready -----------------------------------------------------------------

    def becomes_ready(self, contact: Contact) -> None:
        contact.ready = self.now
        if self.begun_by_customer(contact):
            if not self.is_open(contact.queue) and not self.routing.waits_outside[contact.queue]:
                self.is_turned_away(contact)
                return
            others = [other for other in self.stand_in(contact.queue) if other is not contact]
            if len(others) >= self.routing.lines[contact.queue]:
                self.is_lost(contact, Outcome.REJECTED)
                return
        places = self.routing.places[contact.queue]
        if self.begun_by_customer(contact) and not self.is_open(contact.queue):
            contact.outside = True
        else:
            self.gets_claim(contact)
            if self.is_placed(contact):
                return
        if self.begun_by_customer(contact) and len(self.wait_in(contact.queue)) >= places:
            self.is_lost(contact, Outcome.REJECTED)
            return
        contact.waits = True
        contact.outcome = Outcome.WAITING
        if math.isfinite(patience := float(self.workload.patience[contact.number])):
            self.schedule(contact.ready + patience, EventKind.GIVES_UP, contact.number)

    def opens(self, queue: int) -> None:
        outside = [contact for contact in self.wait_in(queue) if contact.outside]
        for contact in outside:
            contact.outside = False
        for contact in sorted(outside, key=self.place_in_queue):
            # Those behind it are not there yet for an agent who takes from the queue meanwhile;
            # no agent does, as being offered is neither a release nor the beginning of a duty.
            self.is_placed(contact)

    def is_turned_away(self, contact: Contact) -> None:
        contact.end = self.now
        contact.outcome = Outcome.TURNED_AWAY
        if (following := int(self.workload.next_if_turned_away[contact.number])) != NOBODY:
            self.schedule(self.now, EventKind.BECOMES_READY, following)

    def gets_claim(self, contact: Contact) -> None:
        affinity = self.workload.affinity[contact.number]
        latest = self.latest.get(int(self.workload.ticket[contact.number]), self.nameless)
        if latest is self.nameless:
            pass  # "same" and "other" mean "anyone"
        elif affinity == Affinity.SAME:
            if contact.queue in latest.queues and not latest.left:
                contact.only = latest
        elif affinity == Affinity.OTHER and self.may_go_elsewhere(contact, latest):
            contact.never = latest

    def may_go_elsewhere(self, contact: Contact, than: Agent) -> bool:
        return self.served_without_limit(contact) or any(
            agent is not than and contact.queue in agent.queues and not agent.left
            for agent in self.agents.values()
        )

    def served_without_limit(self, contact: Contact) -> bool:
        return any(
            unlimited and contact.queue in queues
            for queues, unlimited in zip(self.routing.serves, self.routing.unlimited, strict=True)
        )

    def may_take(self, agent: Agent, contact: Contact) -> bool:
        if contact.queue not in agent.queues or contact.outside:
            return False
        if contact.only is not None:
            return agent is contact.only
        return agent is not contact.never

    def is_placed(self, contact: Contact) -> bool:
        """Have the contact taken by whom it goes to, if there is anybody."""
        queue = contact.queue
        allowed = [agent for agent in self.agents.values() if self.may_take(agent, contact)]
        takers = [agent for agent in allowed if self.has_capacity(agent, queue)]
        interrupters = [agent for agent in allowed if self.can_interrupt(agent, queue)]
        if takers:
            taker = min(takers, key=lambda agent: (agent.load, agent.idle_since, agent.number))
            self.takes(taker, contact)
        elif interrupters:
            taker = min(
                interrupters,
                key=lambda agent: (self.fixed(agent, queue), agent.idle_since, agent.number),
            )
            self.makes_room(taker, queue)
            self.takes(taker, contact)
        elif self.served_without_limit(contact):
            self.takes(self.nameless, contact)
        else:
            return False
        return True

    # --- An agent takes a contact ----------------------------------------------------------------

    def takes(self, agent: Agent, contact: Contact) -> None:
        contact.waits = False
        self.cancel(EventKind.GIVES_UP, contact.number)
        if math.isnan(contact.start):
            contact.start = self.now
        if contact.phase != EventKind.WRAP_UP_ENDS:
            contact.agent = agent.number
            contact.outcome = Outcome.IN_PROGRESS
        self.raise_load(agent, contact)
        contact.holder = agent
        contact.stint_began = self.now
        if contact.phase is None:
            work = float(self.workload.work[contact.number])
            self.goes_on(agent, contact, EventKind.WORK_ENDS, work)
        else:
            self.goes_on(agent, contact, contact.phase, contact.remaining)

    def goes_on(self, agent: Agent, contact: Contact, phase: EventKind, effort: float) -> None:
        contact.phase = phase
        contact.planned_end = self.now + effort / agent.speed
        self.schedule(contact.planned_end, phase, contact.number)

    # --- An agent takes from its queues ----------------------------------------------------------

    def takes_from_queues(self, agent: Agent) -> None:
        while (contact := self.finds(agent)) is not None:
            if contact in agent.stopped:
                agent.stopped.remove(contact)
            self.makes_room(agent, contact.queue)
            self.takes(agent, contact)

    def finds(self, agent: Agent) -> Contact | None:
        for queue in agent.queues:
            stopped = [contact for contact in agent.stopped if contact.queue == queue]
            if stopped and self.has_capacity(agent, queue):
                return stopped[0]
            waiting = [other for other in self.wait_in(queue) if self.may_take(agent, other)]
            if waiting and (self.has_capacity(agent, queue) or self.can_interrupt(agent, queue)):
                return min(waiting, key=self.place_in_queue)
        return None

    def place_in_queue(self, contact: Contact) -> tuple[bool, int, float, int]:
        priority = int(self.workload.priority[contact.number])
        return (not contact.returned, priority, contact.ready, contact.number)

    # --- Stopping --------------------------------------------------------------------------------

    def makes_room(self, agent: Agent, queue: int) -> None:
        while not self.has_capacity(agent, queue):
            may_stop = [other for other in agent.holds if self.may_be_stopped(agent, other, queue)]
            self.stops(agent, may_stop[-1])

    def stops(self, agent: Agent, contact: Contact) -> None:
        assert contact.phase is not None
        contact.remaining = (contact.planned_end - self.now) * agent.speed
        self.cancel(contact.phase, contact.number)
        self.close_stint(contact)
        contact.holder = None
        self.lower_load(agent, contact)
        agent.stopped.append(contact)

    # --- An agent releases a contact -------------------------------------------------------------

    def releases(self, agent: Agent, contact: Contact) -> None:
        contact.freed = self.now
        self.close_stint(contact)
        contact.holder = None
        self.lower_load(agent, contact)
        agent.idle_since = self.now
        if agent.on_duty:
            self.takes_from_queues(agent)

    # --- End of duty -----------------------------------------------------------------------------

    def duty_ends(self, agent: Agent) -> None:
        agent.on_duty = False
        for contact in list(agent.holds):
            if self.routing.deferrable[contact.queue]:
                self.stops(agent, contact)
        if not agent.coming_speeds:
            self.leaves(agent)

    def leaves(self, agent: Agent) -> None:
        agent.left = True
        to_offer = agent.stopped
        agent.stopped = []
        for contact in to_offer:
            contact.waits = contact.returned = True
            contact.only = contact.never = None
        for contact in self.contacts:
            if contact.waits and not self.claim_can_be_met(contact):
                contact.only = contact.never = None
                to_offer.append(contact)
        for contact in sorted(to_offer, key=lambda c: (c.queue, self.place_in_queue(c))):
            self.is_placed(contact)

    def claim_can_be_met(self, contact: Contact) -> bool:
        if contact.only is not None:
            return not contact.only.left
        return contact.never is None or self.may_go_elsewhere(contact, contact.never)

    # --- The log ---------------------------------------------------------------------------------

    def close_stint(self, contact: Contact) -> None:
        assert contact.holder is not None
        self.stints.append((contact.number, contact.holder.number, contact.stint_began, self.now))

    def log(self) -> tables.ContactLog:
        stints = sorted(self.stints, key=lambda stint: stint[0])  # stable: for each by time
        return tables.ContactLog(
            ready=np.array([contact.ready for contact in self.contacts], np.float64),
            start=np.array([contact.start for contact in self.contacts], np.float64),
            end=np.array([contact.end for contact in self.contacts], np.float64),
            freed=np.array([contact.freed for contact in self.contacts], np.float64),
            agent=np.array([contact.agent for contact in self.contacts], np.int32),
            outcome=np.array([contact.outcome for contact in self.contacts], np.int8),
            stints=tables.Stints(
                contact=np.array([contact for contact, _, _, _ in stints], np.int32),
                agent=np.array([agent for _, agent, _, _ in stints], np.int32),
                begin=np.array([begin for _, _, begin, _ in stints], np.float64),
                end=np.array([end for _, _, _, end in stints], np.float64),
            ),
        )
