"""A stretch of one replication in the trace-event format of Perfetto and chrome://tracing.

A team is a process and an agent a thread; what an agent does is a slice. An agent with several
contacts at once has a thread for each of them, and a contact that outlasts a duty is cut where the
duty ends, so that the slices of a thread always lie within each other or apart. Tickets are flows
from one piece of work to the next. The format: "Trace Event Format", Google, 2016.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from supportsim.studies.timeline import Phase, Timeline
from supportsim.tables import NOBODY, Activity, Kind, Outcome, to_datetimes
from supportsim.versions import version

if TYPE_CHECKING:
    from collections.abc import Iterator

    from supportsim.measures import Facts
    from supportsim.tables import Floats, Integers

Event = dict[str, Any]
Track = tuple[int, int, int]
"""Team, agent (−1 for the nameless one, −2 − position for a vacant one), and lane."""

MICROSECONDS = 60_000_000
"""In a minute; the format counts whole microseconds."""

CHANNELS = 1
"""Process of the queues; those of the teams follow. 0 means something else to the viewers."""

FIRST_THREAD = 1001
"""Threads are numbered through all processes, as viewers expect, and apart from these."""

_ACTIVITY = {
    Activity.DUTY: "on duty",
    Activity.BREAK: "break",
    Activity.HOLIDAY: "holiday",
    Activity.PLANNED_ABSENCE: "on leave",
    Activity.UNPLANNED_ABSENCE: "absent",
    Activity.TRAINING: "training",
}


@dataclass(frozen=True, eq=False)
class _Slices:
    """The slices of a trace while it is made: by track, and by ticket those that flows join."""

    tracks: dict[Track, list[Event]] = field(default_factory=lambda: defaultdict(list))
    tickets: dict[int, list[tuple[Track, Event]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, track: Track, one: Event) -> None:
        """Add a slice to a track."""
        self.tracks[track].append(one)


def trace_document(facts: Facts, begin: float, end: float, replication: int = 0) -> Event:
    """Return the trace of a stretch of a replication.

    Parameters
    ----------
    facts
        The replication.
    begin, end
        The stretch, minutes; what reaches beyond it is cut at its edges.
    replication
        Its number, for the record.

    Returns
    -------
    dict
        A document of the trace-event format, in JSON object form. `ts` and `dur` are whole
        microseconds, counted from `begin`.
    """
    trace = _Trace(Timeline(facts), begin, end)
    slices = _Slices()
    trace.add_presence(slices)
    trace.add_vacancies(slices)
    trace.add_work(slices)
    threads = {track: FIRST_THREAD + n for n, track in enumerate(sorted(slices.tracks, key=_place))}
    events = [*_names(facts, threads), *trace.counters()]
    for track, thread in threads.items():
        where = {"pid": _process(track), "tid": thread}
        # Viewers put a slice into the one before it if that is still open.
        ordered = sorted(slices.tracks[track], key=lambda one: (one["ts"], -one["dur"]))
        events += [one | where for one in ordered]
    events += _flows(slices, threads)
    scenario, dates = facts.scenario, trace.dates(np.array([begin, end]))
    return {
        "traceEvents": events,
        "displayTimeUnit": "ms",
        "otherData": {
            "scenario": scenario.name,
            "supportsim": version(),
            "seed": scenario.run.seed,
            "replication": replication,
            "begin": dates[0],
            "end": dates[1],
        },
    }


TRACE_BEGINS = b'{"traceEvents":['
"""What a trace begins with, by which it is told from any other file."""


def trace_json(document: Event) -> str:
    """Return a trace as JSON text, a line an event."""

    def compact(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))

    events = ",\n".join(map(compact, document["traceEvents"]))
    rest = {key: value for key, value in document.items() if key != "traceEvents"}
    return f"{TRACE_BEGINS.decode()}\n{events}\n],{compact(rest)[1:]}\n"


@dataclass(frozen=True, eq=False)
class _Trace:
    timeline: Timeline
    begin: float
    end: float

    @property
    def facts(self) -> Facts:
        return self.timeline.facts

    @cached_property
    def channels(self) -> list[str]:
        """The names of the channels."""
        return list(self.facts.scenario.channels)

    def dates(self, minutes: Floats) -> list[str]:
        """Return the date and time of each minute, to the millisecond."""
        stamps = to_datetimes(minutes, self.facts.scenario.run.start)
        texts: list[str] = np.datetime_as_string(stamps).tolist()
        return texts

    def ts(self, times: Floats) -> list[int]:
        """Return the microseconds of times that are cut at the edges."""
        cut = np.clip(times, self.begin, self.end) - self.begin
        whole: list[int] = np.rint(cut * MICROSECONDS).astype(np.int64).tolist()
        return whole

    def inside(self, begin: Floats, end: Floats) -> Integers:
        """Return the rows of the stretches of which something lies inside, in order of begin."""
        touches = (begin < self.end) & (end > self.begin)
        touches |= (begin == end) & (begin >= self.begin) & (begin < self.end)
        rows = np.flatnonzero(touches)
        return rows[np.argsort(begin[rows], kind="stable")].astype(np.int32)

    def add_presence(self, slices: _Slices) -> None:
        """Add what agents were paid for: duty, breaks, absences, training."""
        paid = self.facts.attendance
        rows = self.inside(paid.begin, paid.end)
        columns = (paid.team[rows], paid.agent[rows], paid.activity[rows])
        for team, agent, activity, *edges in zip(
            *(column.tolist() for column in columns),
            *(self.ts(times[rows]) for times in (paid.begin, paid.end)),
            *(self.dates(times[rows]) for times in (paid.begin, paid.end)),
            strict=True,
        ):
            first, last, *dates = edges
            kind = "duty" if activity == Activity.DUTY else "off duty"
            args = dict(zip(("from", "to"), dates, strict=True))
            slices.add((team, agent, 0), _slice(_ACTIVITY[activity], kind, first, last, args))

    def add_vacancies(self, slices: _Slices) -> None:
        """Add the positions that nobody fills."""
        people = self.facts.employment
        rows = self.inside(people.left, people.filled)
        for team, position, first, last, since in zip(
            people.team[rows].tolist(),
            people.position[rows].tolist(),
            self.ts(people.left[rows]),
            self.ts(people.filled[rows]),
            self.dates(people.left[rows]),
            strict=True,
        ):
            one = _slice("vacant", "vacant", first, last, {"since": since})
            slices.add((team, -2 - position, 0), one)

    def add_work(self, slices: _Slices) -> None:
        """Add work and wrap-up on contacts, cut where a paid stretch begins or ends."""
        pieces = self.timeline.pieces
        rows = self.inside(pieces.begin, pieces.end)
        edges = self._edges()
        columns = (pieces.team, pieces.agent, pieces.lane, pieces.phase, pieces.stint)
        joined: set[int] = set()
        for team, agent, lane, phase, stint, first, last, args in zip(
            *(column[rows].tolist() for column in columns),
            self.ts(pieces.begin[rows]),
            self.ts(pieces.end[rows]),
            self._about(rows),
            strict=True,
        ):
            name, kind = f"{args['channel']} #{args['ticket']}", "work"
            if phase == Phase.WRAP_UP:
                name, kind = f"wrap-up {name}", "wrap_up"
            cuts = [first, *(edge for edge in edges.get(agent, ()) if first < edge < last), last]
            parts = [_slice(name, kind, *part, args) for part in pairwise(cuts)]
            for one in parts:
                slices.add((team, agent, lane), one)
            if phase == Phase.WORK and stint not in joined:
                joined.add(stint)
                slices.tickets[args["ticket"]].append(((team, agent, lane), parts[0]))

    def _edges(self) -> dict[int, list[int]]:
        """Return where the paid stretches of each agent begin and end, in order."""
        paid = self.facts.attendance
        rows = self.inside(paid.begin, paid.end)
        edges: dict[int, set[int]] = defaultdict(set)
        begins, ends = self.ts(paid.begin[rows]), self.ts(paid.end[rows])
        for agent, begin, end in zip(paid.agent[rows].tolist(), begins, ends, strict=True):
            edges[agent] |= {begin, end}
        return {agent: sorted(cuts) for agent, cuts in edges.items()}

    def _about(self, rows: Integers) -> Iterator[Event]:
        """Yield what to tell of pieces of work."""
        pieces, workload, log = self.timeline.pieces, self.facts.workload, self.facts.log
        contact = pieces.contact[rows]
        goes_on = pieces.begin[rows] > log.start[contact]
        goes_on &= pieces.phase[rows] == Phase.WORK
        for number, ticket, channel, kind, outcome, waited, resumed, stopped, *dates in zip(
            contact.tolist(),
            workload.ticket[contact].tolist(),
            self.facts.channel[contact].tolist(),
            workload.kind[contact].tolist(),
            log.outcome[contact].tolist(),
            np.round(log.start[contact] - log.ready[contact], 3).tolist(),
            goes_on.tolist(),
            pieces.stopped[rows].tolist(),
            self.dates(log.ready[contact]),
            self.dates(pieces.begin[rows]),
            self.dates(pieces.end[rows]),
            strict=True,
        ):
            args = {
                "ticket": ticket,
                "contact": number,
                "channel": self.channels[channel],
                "kind": Kind(kind).name.lower(),
                "outcome": Outcome(outcome).name.lower(),
                "waited_min": waited,
                **dict(zip(("ready", "from", "to"), dates, strict=True)),
            }
            yield (
                args
                | ({"resumed": True} if resumed else {})
                | ({"stopped": True} if stopped else {})
            )

    def counters(self) -> Iterator[Event]:
        """Yield the lengths of the queues: at the beginning, and whenever one changes."""
        line = self.timeline
        for number, (channel, settings) in enumerate(self.facts.scenario.channels.items()):
            for state, things, series in (
                ("waiting", "contacts", line.waiting(number)),
                ("in work", "contacts", line.in_work(number)),
                ("stopped", "contacts", line.stopped(number)),
                ("open", "tickets", line.open_tickets(number)),
            ):
                if settings.live and state == "stopped":
                    continue  # live work never stops
                times, counts = series.within(self.begin, self.end)
                # Of several changes within a microsecond the last counts.
                last = dict(zip(self.ts(times), counts.tolist(), strict=True))
                for ts, count in last.items():
                    yield {
                        "name": f"{channel} {state}",
                        "cat": "queue",
                        "ph": "C",
                        "ts": ts,
                        "pid": CHANNELS,
                        "tid": CHANNELS,
                        "args": {things: count},
                    }


def _slice(name: str, kind: str, begin: int, end: int, args: Event) -> Event:
    """Return a slice that does not know its thread yet."""
    return {"name": name, "cat": kind, "ph": "X", "ts": begin, "dur": end - begin, "args": args}


def _process(track: Track) -> int:
    return CHANNELS + 1 + track[0]


def _place(track: Track) -> tuple[int, bool, int, int]:
    """Return where a track stands: by team, agents before positions."""
    team, agent, lane = track
    return team, agent < NOBODY, abs(agent), lane


def _names(facts: Facts, threads: dict[Track, int]) -> Iterator[Event]:
    """Yield the names of processes and threads, and their order."""
    scenario = facts.scenario
    processes = ["channels", *(f"team {name}" for name in scenario.teams)]
    for order, name in enumerate(processes):
        yield _about_process("process_name", CHANNELS + order, {"name": name})
        yield _about_process("process_sort_index", CHANNELS + order, {"sort_index": order})
    for order, (track, thread) in enumerate(threads.items()):
        for kind, args in (
            ("thread_name", {"name": _thread_name(track)}),
            ("thread_sort_index", {"sort_index": order}),
        ):
            yield _about_process(kind, _process(track), args) | {"tid": thread}


def _about_process(kind: str, process: int, args: Event) -> Event:
    return {"name": kind, "ph": "M", "ts": 0, "pid": process, "tid": process, "args": args}


def _thread_name(track: Track) -> str:
    _team, agent, lane = track
    name = f"agent {agent}"
    if agent == NOBODY:
        name = "without limit"
    elif agent < NOBODY:
        name = f"position {-2 - agent}"
    return f"{name}, contact {lane + 1} at once" if lane else name


def _flows(slices: _Slices, threads: dict[Track, int]) -> Iterator[Event]:
    """Yield the way of each ticket that was worked on more than once, in the order of its work.

    Each event lies in the middle of its slice, where no other slice of the thread can catch it.
    """
    for ticket, work in sorted(slices.tickets.items()):
        work.sort(key=lambda each: (each[1]["ts"], each[1]["dur"]))
        for place, (track, one) in enumerate(work if len(work) > 1 else ()):
            phase = "s" if place == 0 else "f" if place == len(work) - 1 else "t"
            yield {
                "name": "ticket",
                "cat": "ticket",
                "ph": phase,
                "id": ticket,
                "ts": one["ts"] + one["dur"] // 2,
                "pid": _process(track),
                "tid": threads[track],
            } | ({} if phase == "s" else {"bp": "e"})
