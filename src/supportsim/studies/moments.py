"""One moment of a replication: how long the queues are, and what each agent is doing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from supportsim.studies.timeline import Phase, Steps, Timeline
from supportsim.tables import NOBODY, Activity, Flags, Floats, Integers, Outcome

if TYPE_CHECKING:
    from supportsim.measures import Facts


class Doing(StrEnum):
    """What an agent, or a position, is at."""

    WORK = "at work"
    WRAP_UP = "wrap-up"
    IDLE = "idle"
    BREAK = "break"
    HOLIDAY = "holiday"
    LEAVE = "on leave"
    ABSENT = "absent"
    TRAINING = "training"
    OFF_DUTY = "off duty"
    VACANT = "vacant"


_OF_ACTIVITY = {
    Activity.DUTY: Doing.IDLE,
    Activity.BREAK: Doing.BREAK,
    Activity.HOLIDAY: Doing.HOLIDAY,
    Activity.PLANNED_ABSENCE: Doing.LEAVE,
    Activity.UNPLANNED_ABSENCE: Doing.ABSENT,
    Activity.TRAINING: Doing.TRAINING,
}


@dataclass(frozen=True)
class Held:
    """A contact that an agent has in hand, or has stopped working on.

    Attributes
    ----------
    ticket, channel
        Numbers of its ticket and channel.
    since
        When the agent last took it, began its wrap-up, or stopped, minutes.
    wrap_up
        Whether only wrap-up is being done.
    """

    ticket: int
    channel: int
    since: float
    wrap_up: bool = False


@dataclass(frozen=True)
class AgentNow:
    """What an agent is doing, or that a position is vacant.

    Attributes
    ----------
    team, number
        Numbers of the team and of the agent: −1 for the nameless one of a team without limit;
        for a vacant position its number.
    doing
        What.
    since
        Since when, minutes; NaN if not known.
    contacts, stopped
        What the agent has in hand, and what waits for this agent to go on.
    overtime
        Whether duty is over already.
    """

    team: int
    number: int
    doing: Doing
    since: float
    contacts: tuple[Held, ...] = ()
    stopped: tuple[Held, ...] = ()
    overtime: bool = False


@dataclass(frozen=True)
class ChannelNow:
    """The queue of a channel.

    Attributes
    ----------
    channel
        Its number.
    waiting, in_work, stopped
        Contacts that wait untouched, that agents have in hand, and that lie begun and stopped.
    longest
        How long the contact that has waited longest has done so, minutes; NaN if none waits.
    open_tickets
        Tickets that began in this channel and are open.
    came, served, unserved
        Contacts since the beginning of the day that came, were served, and gave up or were not let
        in.
    """

    channel: int
    waiting: int
    in_work: int
    stopped: int
    longest: float
    open_tickets: int
    came: int
    served: int
    unserved: int


@dataclass(frozen=True)
class Moment:
    """The desk at one time.

    Attributes
    ----------
    time
        Minutes since the scenario's start.
    channels
        Every channel, in order.
    agents
        Everyone employed and every vacant position, by team and number.
    """

    time: float
    channels: tuple[ChannelNow, ...]
    agents: tuple[AgentNow, ...]


@dataclass(frozen=True, eq=False)
class Span:
    """A stretch of a timeline, of which single moments can be asked for quickly.

    Attributes
    ----------
    timeline
        The timeline.
    begin, end
        The stretch, minutes.
    """

    timeline: Timeline
    begin: float
    end: float

    @property
    def facts(self) -> Facts:
        """The replication."""
        return self.timeline.facts

    def at(self, time: float) -> Moment:
        """Return the desk at a time of the stretch, after everything of that instant."""
        channels = range(len(self.facts.scenario.channels))
        agents = [*self._agents(time), *self._vacant(time)]
        agents.sort(key=lambda one: (one.team, one.doing == Doing.VACANT, one.number))
        return Moment(time, tuple(self._channel(c, time) for c in channels), tuple(agents))

    @cached_property
    def changes(self) -> Floats:
        """The times at which anything changes in the stretch, in order."""
        log, stints = self.facts.log, self.facts.log.stints
        paid = self.facts.attendance
        columns = (log.ready, log.end, stints.begin, stints.end, paid.begin, paid.end)
        times = np.unique(np.concatenate(columns))
        return times[(times > self.begin) & (times < self.end)]

    # --- Queues ----------------------------------------------------------------------------------

    @cached_property
    def _steps(self) -> list[tuple[Steps, Steps, Steps, Steps]]:
        line = self.timeline
        return [
            (line.waiting(c), line.in_work(c), line.stopped(c), line.open_tickets(c))
            for c in range(len(self.facts.scenario.channels))
        ]

    @cached_property
    def _today(self) -> list[tuple[Floats, Floats, Floats, Floats, Floats]]:
        """By channel, when contacts came, when waits began and ended, and customers were freed."""
        log, channel = self.facts.log, self.facts.channel
        over = np.fmin(log.start, log.end)
        over = np.where(np.isnan(over), np.inf, over)
        served = log.outcome == Outcome.SERVED
        here = (log.ready < self.end) & (over >= self.begin)
        came = (log.ready >= self.begin) & (log.ready < self.end)
        gone = (log.end >= self.begin) & (log.end < self.end)
        found = []
        for number in range(len(self.facts.scenario.channels)):
            mine = channel == number
            waits = mine & here
            found.append(
                (
                    np.sort(log.ready[mine & came]),
                    log.ready[waits],
                    over[waits],
                    np.sort(log.end[mine & gone & served]),
                    np.sort(log.end[mine & gone & ~served]),
                )
            )
        return found

    def _channel(self, channel: int, time: float) -> ChannelNow:
        waiting, in_work, stopped, open_tickets = self._steps[channel]
        came, ready, over, served, unserved = self._today[channel]
        waits = ready[(ready <= time) & (over > time)]
        return ChannelNow(
            channel=channel,
            waiting=waiting.at(time),
            in_work=in_work.at(time),
            stopped=stopped.at(time),
            longest=time - float(waits.min()) if len(waits) else np.nan,
            open_tickets=open_tickets.at(time),
            came=int(np.searchsorted(came, time, "right")),
            served=int(np.searchsorted(served, time, "right")),
            unserved=int(np.searchsorted(unserved, time, "right")),
        )

    # --- Agents ----------------------------------------------------------------------------------

    @cached_property
    def _pieces(self) -> Integers:
        """Rows of the pieces in the stretch, by begin."""
        pieces = self.timeline.pieces
        return _rows((pieces.begin < self.end) & (pieces.end > self.begin))

    @cached_property
    def _pauses(self) -> Integers:
        pauses = self.timeline.pauses
        return _rows((pauses.begin < self.end) & (pauses.end > self.begin))

    @cached_property
    def _paid(self) -> Integers:
        paid = self.facts.attendance
        return _rows((paid.begin < self.end) & (paid.end > self.begin))

    @cached_property
    def _last_busy(self) -> tuple[dict[int, Floats], dict[int, Floats]]:
        """By agent, when stints ended and when paid stretches ended, in order, up to the end."""
        stints, paid = self.facts.log.stints, self.facts.attendance
        return (
            _by_agent(stints.agent, stints.end, stints.begin < self.end),
            _by_agent(paid.agent, paid.end, paid.begin < self.end),
        )

    def _agents(self, time: float) -> list[AgentNow]:
        """Return what everyone employed at a time is doing, and the teams without limit."""
        contacts = self._contacts(time)
        stopped = self._stopped(time)
        paid = self.facts.attendance
        rows = self._paid
        rows = rows[(paid.begin[rows] <= time) & (paid.end[rows] > time)]
        activity = {
            int(paid.agent[row]): (Activity(int(paid.activity[row])), float(paid.begin[row]))
            for row in rows
        }
        people = self.facts.employment
        employed = _rows((people.hired <= time) & (people.left > time))
        team_of = dict(
            zip(people.agent[employed].tolist(), people.team[employed].tolist(), strict=True)
        )
        # Who has left may still be finishing a conversation.
        team_of |= {agent: team for (team, agent) in contacts if agent != NOBODY}
        found = [
            self._agent(
                (team, agent),
                time,
                activity.get(agent),
                contacts.get((team, agent), ()),
                stopped.get(agent, ()),
            )
            for agent, team in team_of.items()
        ]
        for team, unlimited in enumerate(self.facts.routing.unlimited):
            if unlimited:
                held = contacts.get((team, NOBODY), ())
                since = min((one.since for one in held), default=np.nan)
                found.append(AgentNow(team, NOBODY, _at_work(held), since, held))
        return found

    def _agent(
        self,
        who: tuple[int, int],
        time: float,
        activity: tuple[Activity, float] | None,
        contacts: tuple[Held, ...],
        stopped: tuple[Held, ...],
    ) -> AgentNow:
        on_duty = activity is not None and activity[0] == Activity.DUTY
        if contacts:
            doing = _at_work(contacts)
            since = min(one.since for one in contacts)
            return AgentNow(*who, doing, since, contacts, stopped, overtime=not on_duty)
        stints_ended, paid_ended = self._last_busy
        since = _last(stints_ended.get(who[1]), time)
        if activity is None:
            since = np.fmax(since, _last(paid_ended.get(who[1]), time))
            return AgentNow(*who, Doing.OFF_DUTY, float(since), (), stopped)
        since = float(np.fmax(since, activity[1]))
        return AgentNow(*who, _OF_ACTIVITY[activity[0]], since, (), stopped)

    def _contacts(self, time: float) -> dict[tuple[int, int], tuple[Held, ...]]:
        """Return what is in hand, by team and agent, in the order in which it was taken."""
        pieces, rows = self.timeline.pieces, self._pieces
        rows = rows[(pieces.begin[rows] <= time) & (pieces.end[rows] > time)]
        found: dict[tuple[int, int], tuple[Held, ...]] = {}
        for row in rows[np.argsort(pieces.lane[rows], kind="stable")].tolist():
            key = int(pieces.team[row]), int(pieces.agent[row])
            wraps_up = pieces.phase[row] == Phase.WRAP_UP
            held = self._held(int(pieces.contact[row]), float(pieces.begin[row]), wraps_up)
            found[key] = (*found.get(key, ()), held)
        return found

    def _stopped(self, time: float) -> dict[int, tuple[Held, ...]]:
        """Return what was stopped, by who will go on with it."""
        pauses, rows = self.timeline.pauses, self._pauses
        rows = rows[(pauses.begin[rows] <= time) & (pauses.end[rows] > time)]
        found: dict[int, tuple[Held, ...]] = {}
        for row in rows[np.argsort(pauses.begin[rows], kind="stable")].tolist():
            agent = int(pauses.agent[row])
            held = self._held(int(pauses.contact[row]), float(pauses.begin[row]), False)
            found[agent] = (*found.get(agent, ()), held)
        return found

    def _held(self, contact: int, since: float, wraps_up: bool) -> Held:
        ticket = int(self.facts.workload.ticket[contact])
        return Held(ticket, int(self.facts.channel[contact]), since, bool(wraps_up))

    def _vacant(self, time: float) -> list[AgentNow]:
        """Return the positions that somebody left and nobody fills yet."""
        people = self.facts.employment
        rows = _rows((people.left <= time) & (people.filled > time))
        return [
            AgentNow(
                int(people.team[row]),
                int(people.position[row]),
                Doing.VACANT,
                float(people.left[row]),
            )
            for row in rows
        ]


def _at_work(contacts: tuple[Held, ...]) -> Doing:
    if not contacts:
        return Doing.IDLE
    return Doing.WRAP_UP if all(one.wrap_up for one in contacts) else Doing.WORK


def _rows(chosen: Flags) -> Integers:
    return np.flatnonzero(chosen).astype(np.int32)


def _by_agent(agent: Integers, times: Floats, chosen: Flags) -> dict[int, Floats]:
    """Return the chosen times of each agent, in order."""
    agent, times = agent[chosen], times[chosen]
    order = np.lexsort((times, agent))
    agents, first = np.unique(agent[order], return_index=True)
    return dict(zip(agents.tolist(), np.split(times[order], first)[1:], strict=True))


def _last(times: Floats | None, until: float) -> float:
    """Return the last of some ordered times up to a given one; NaN if there is none."""
    place = 0 if times is None else int(np.searchsorted(times, until, "right"))
    return float(times[place - 1]) if times is not None and place else float("nan")
