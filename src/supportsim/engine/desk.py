"""What each event does to the state of a run, in the words of `docs/reference/engine.md`."""

import math
from collections.abc import Iterator, Mapping
from heapq import heappush

from supportsim.engine.clock import (
    BECOMES_READY,
    GIVES_UP,
    WORK_ENDS,
    WRAP_UP_ENDS,
    Callbacks,
    Moment,
)
from supportsim.engine.doors import Door
from supportsim.engine.lines import FULL, GONE, WAITS, Agent, Line, Place, Team
from supportsim.engine.state import State
from supportsim.tables import NOBODY, Affinity, Routing, Workload

NEVER = math.inf
ANYONE, SAME = int(Affinity.ANYONE), int(Affinity.SAME)


class Desk(State):
    """Lines, agents and notes of one run, and a method for each thing that can happen."""

    __slots__ = ("on_triggered", "on_wrap_up_ends")

    def __init__(
        self, workload: Workload, team_of: Mapping[int, int], routing: Routing, opens: float
    ) -> None:
        super().__init__(workload, team_of, routing, opens)
        # One list of callbacks for all moments of a kind saves making one for each.
        self.on_triggered: Callbacks = [self._triggered]
        self.on_wrap_up_ends: Callbacks = [self._wrap_up_ends]
        on_work_ends: Callbacks = [self._work_ends]
        for line in self.lines:
            line.on_work_ends = on_work_ends
            if line.door is not None:
                line.on_work_ends = [line.door.releases, self._work_ends]

    # Contacts come.

    def becomes_ready(self, contact: int, now: float) -> None:
        """Let a contact join its queue: an agent takes it, or it waits."""
        self.ready[contact] = now
        line = self.lines[self.queue[contact]]
        if self.is_special[contact]:
            self._comes_with_conditions(contact, line, now)
            return
        agent = None
        for team in line.teams:
            if team.available:
                agent = line.agent_with_capacity()
                break
        if agent is None and line.has_resort:
            agent = self._last_resort(line, ANYONE, NOBODY, now)
        if agent is not None:
            self._takes(agent, contact, line, now)
            return
        line.join((True, self.priority[contact], now, contact))
        if self.patience[contact] < NEVER:
            self._will_give_up(contact, now)

    def _comes_with_conditions(self, contact: int, line: Line, now: float) -> None:
        """Do the same for a contact that is not for anyone, or whose line has a door."""
        door = line.door if self.knocks[contact] else None
        if door is not None and not self._is_let_in(contact, door, now):
            return
        affinity, previous = self._claim(contact, line)
        agent: Agent | None
        if affinity == SAME:
            agent = self.agents[previous]
            if not agent.on_duty or agent.load + line.occupies > FULL:
                agent = None
        else:
            agent = line.agent_with_capacity(but=previous)
        if agent is None and line.has_resort:
            agent = self._last_resort(line, affinity, previous, now)
        if agent is None and door is not None and not door.has_place():
            self._is_rejected(contact, now)
            return
        if line.door is not None:
            line.door.standing += 1
        if agent is not None:
            self._takes(agent, contact, line, now)
        else:
            self._waits_by_claim(contact, line, affinity, previous, now)

    def _is_let_in(self, contact: int, door: Door, now: float) -> bool:
        """Return whether a contact that knocks gets in; if it does not, see to what follows."""
        is_open = door.is_open(now)
        if not (is_open or door.waits_outside):
            self.end[contact] = now
            self.turned_away.append(contact)
            following = int(self.next_if_turned_away[contact])
            if following != NOBODY:
                self._triggers(following, now)
        elif door.is_full() or not (is_open or door.has_place()):
            self._is_rejected(contact, now)
        elif is_open:
            return True
        else:
            self._waits_outside(contact, door, now)
        return False

    def _waits_outside(self, contact: int, door: Door, now: float) -> None:
        door.outside.append((True, self.priority[contact], now, contact))
        door.standing += 1
        door.waiting += 1
        self.waits[contact] = WAITS
        if self.patience[contact] < NEVER:
            self._will_give_up(contact, now)

    def opens(self, line: Line, now: float) -> None:
        """Let those who wait outside a line come in."""
        assert line.door is not None
        outside, line.door.outside = sorted(line.door.outside), []
        for place in outside:
            if self.waits[place[3]]:
                line.door.waiting -= 1
                self._is_offered(place, line, now)

    def _is_rejected(self, contact: int, now: float) -> None:
        self.rejected.append(contact)
        self._goes_unserved(contact, now)

    def _goes_unserved(self, contact: int, now: float) -> None:
        """Let a customer go who found no room or gave up; perhaps another attempt follows."""
        self.end[contact] = now
        following = self.next_if_abandoned[contact]
        if following != NOBODY:
            self._triggers(following, now + self.delay_if_abandoned[contact])

    def _claim(self, contact: int, line: Line) -> tuple[int, int]:
        """Return the affinity of a contact that can be met, and the agent that it is about."""
        if self.affinity[contact] == ANYONE:
            return ANYONE, NOBODY
        previous = self.served_by.get(self.ticket[contact], NOBODY)
        agent = self.agents.get(previous)
        if agent is None:
            return ANYONE, NOBODY
        if self.affinity[contact] == SAME:
            met = agent.due and line in agent.team.serves
        else:
            met = line.others_are_due(previous)
        return (self.affinity[contact], previous) if met else (ANYONE, NOBODY)

    def _waits_by_claim(
        self, contact: int, line: Line, affinity: int, previous: int, now: float
    ) -> None:
        place = (True, self.priority[contact], now, contact)
        if affinity == ANYONE:
            line.join(place)
        elif affinity == SAME:
            line.join_only(place, previous)
        else:
            line.join_all_but(place, previous)
        if self.patience[contact] < NEVER:
            self._will_give_up(contact, now)

    def _last_resort(self, line: Line, affinity: int, previous: int, now: float) -> Agent | None:
        """Return who takes a contact though nobody has capacity: an interrupted agent, or −1."""
        agent = self._agent_to_interrupt(line, affinity, previous)
        if agent is None:
            return line.overflow
        self._makes_room(agent, line, now)
        return agent

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
        if agent.yields and line.deferrable:
            agent.team.holders[agent.number] = agent
        if self.remaining and contact in self.remaining:  # a look at an empty one is faster
            self._resumes(agent, contact, line, now)
            return
        self.start[contact] = now
        self.agent[contact] = agent.number
        end = now + self.work[contact] / agent.speed
        if spare is None:
            spare = Moment(end, contact, line.on_work_ends, agent)
        else:
            spare.time, spare.number, spare.callbacks = end, contact, line.on_work_ends
        agent.in_hand[contact] = spare
        heappush(self.agenda, (end, WORK_ENDS, contact, spare))

    def _resumes(self, agent: Agent, contact: int, line: Line, now: float) -> None:
        self.resumed[contact] = now
        end = now + self.remaining.pop(contact) / agent.speed
        if math.isnan(self.end[contact]):
            self.agent[contact] = agent.number
            moment = self.clock.at(WORK_ENDS, Moment(end, contact, line.on_work_ends, agent))
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
        if self.resumed and contact in self.resumed:
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
        """Let an agent fill its hands."""
        if agent.stopped or agent.yields:
            self._weighs_its_queues(agent, now, spare)
            return
        while agent.load < 1:
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

    # Work stops and goes on.

    def _weighs_its_queues(self, agent: Agent, now: float, spare: Moment | None) -> None:
        """Do the same for an agent who has work to go on with, or may stop some for live work."""
        starts_over = True
        while starts_over:
            starts_over = False
            for line in agent.team.serves:
                contact = self._finds(agent, line, now)
                if contact != NOBODY:
                    self._begins(agent, contact, line, now, spare)
                    # A single contact that takes all of an agent leaves nothing to look for.
                    starts_over, spare = agent.load < 1 or len(agent.in_hand) > 1, None
                    break
        if agent.load < 1:
            agent.team.offers(agent)

    def _finds(self, agent: Agent, line: Line, now: float) -> int:
        """Return the contact that an agent takes from a line, having made room for it, or −1."""
        if agent.load + line.occupies <= FULL:
            for contact in agent.stopped:
                if self.lines[self.queue[contact]] is line:
                    agent.stopped.remove(contact)
                    return contact
            return line.take(agent.number)
        if not line.has_waiting() or self._fixed_load(agent, line) + line.occupies > FULL:
            return NOBODY
        contact = line.take(agent.number)
        if contact != NOBODY:
            self._makes_room(agent, line, now)
        return contact

    def _fixed_load(self, agent: Agent, line: Line) -> float:
        """Return the load that an agent would keep if it stopped what may stop for a line's sake.

        It is infinite if there is nothing to stop.
        """
        stoppable = agent.team.stoppable.get(line)
        if stoppable is None:
            return NEVER
        fixed, all_of_it = 0.0, True
        for contact in agent.in_hand:
            held = self.lines[self.queue[contact]]
            if held in stoppable:
                all_of_it = False
            else:
                fixed += held.occupies
        return NEVER if all_of_it else fixed

    def _agent_to_interrupt(self, line: Line, affinity: int, previous: int) -> Agent | None:
        """Return who can interrupt its work for a contact of a line, the best first, or None."""
        candidates = [
            (fixed, agent.since, agent.number)
            for team in line.teams
            if line in team.stoppable
            for agent in self._holders(team)
            if (agent.number == previous) == (affinity == SAME)
            and (fixed := self._fixed_load(agent, line)) + line.occupies <= FULL
        ]
        return self.agents[min(candidates)[2]] if candidates else None

    def _holders(self, team: Team) -> Iterator[Agent]:
        """Yield who of a team holds deferrable work, which only those on duty do; forget others."""
        for agent in list(team.holders.values()):
            if any(self.lines[self.queue[contact]].deferrable for contact in agent.in_hand):
                yield agent
            else:
                del team.holders[agent.number]

    def _makes_room(self, agent: Agent, line: Line, now: float) -> None:
        """Stop what an agent took last and may stop for a line, until it has capacity for it."""
        stoppable = agent.team.stoppable[line]
        for contact in reversed(list(agent.in_hand)):
            if agent.load + line.occupies <= FULL:
                break
            held = self.lines[self.queue[contact]]
            if held in stoppable:
                self._stops(agent, contact, held, now)

    def _stops(self, agent: Agent, contact: int, line: Line, now: float) -> None:
        """Let a contact rest with an agent until its turn comes again."""
        moment = agent.in_hand.pop(contact)
        moment.call_off()
        self.remaining[contact] = (moment.time - now) * agent.speed
        self._notes_stint(agent, contact, now)
        agent.load = agent.load - line.occupies if agent.in_hand else 0.0
        agent.stopped.append(contact)

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
            self.lines[self.queue[contact]].loses(contact)
            self._goes_unserved(contact, now)
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
        for contact in list(agent.in_hand):
            line = self.lines[self.queue[contact]]
            if line.deferrable:
                self._stops(agent, contact, line, now)

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
            self._is_offered(place, self.lines[queue], now)

    def _is_offered(self, place: Place, line: Line, now: float) -> None:
        """Let whoever can take a contact that has been let in before; or it waits in its place."""
        taker = line.agent_with_capacity()
        if taker is None and line.has_resort:
            taker = self._last_resort(line, ANYONE, NOBODY, now)
        if taker is None:
            line.join(place)
            return
        self.waits[place[3]] = GONE
        self._takes(taker, place[3], line, now)
