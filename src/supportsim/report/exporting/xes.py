"""An event log in XES (IEEE Std 1849-2016): a trace for each ticket."""

from __future__ import annotations

import math
from itertools import accumulate, chain
from typing import TYPE_CHECKING

import numpy as np

from supportsim.report.exporting.events import Activity, Events, Step, events_of
from supportsim.report.exporting.naming import KINDS, Names
from supportsim.report.exporting.xml_text import quoted
from supportsim.report.frames import tickets_frame
from supportsim.scenario import fingerprint
from supportsim.versions import version

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from supportsim.measures import Facts

WRAP_UP = "wrap_up"
"""What the activity after a contact is called; those of contacts are called by their kinds."""
TRANSITIONS = {
    Step.QUEUED: "schedule",
    Step.STARTED: "start",
    Step.SUSPENDED: "suspend",
    Step.RESUMED: "resume",
    Step.COMPLETED: "complete",
    Step.ABANDONED: "withdraw",
    Step.REJECTED: "withdraw",
    Step.TURNED_AWAY: "withdraw",
}
"""The transition of the standard lifecycle model that each step is."""
_ENDS = {
    Step.COMPLETED: "served",
    Step.ABANDONED: "abandoned",
    Step.REJECTED: "rejected",
    Step.TURNED_AWAY: "turned_away",
}
_BATCH = 5_000
"""Tickets written at once."""

_HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849.2016" xes.features="">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<global scope="trace">
<string key="concept:name" value="unknown"/>
<string key="channel" value="unknown"/>
<string key="outcome" value="unknown"/>
<boolean key="in_window" value="false"/>
</global>
<global scope="event">
<string key="concept:name" value="unknown"/>
<string key="concept:instance" value="unknown"/>
<string key="lifecycle:transition" value="unknown"/>
<date key="time:timestamp" value="1970-01-01T00:00:00.000+00:00"/>
<string key="channel" value="unknown"/>
</global>
<classifier name="Activity" scope="event" keys="concept:name"/>
<classifier name="ActivityAndTransition" scope="event" keys="concept:name lifecycle:transition"/>
<classifier name="ActivityAndChannel" scope="event" keys="concept:name channel"/>
<classifier name="Ticket" scope="trace" keys="concept:name"/>
"""


def xes_chunks(facts: Facts, replication: int = 0) -> Iterator[str]:
    """Yield an event log in XES, piece by piece.

    A trace is a ticket, an activity instance a contact (named by its kind) or the wrap-up after
    it, with the transitions of the standard lifecycle model. XES wants times with an offset to UTC;
    a scenario has local times and no time zone, so they are written as they are, as if in UTC.

    Parameters
    ----------
    facts
        One replication.
    replication
        Its number, which the log states.
    """
    names = Names.of(facts)
    events = events_of(facts)
    tickets = tickets_frame(facts, facts.scenario)
    firsts = np.searchsorted(events.ticket, np.arange(len(tickets) + 1))
    yield _HEAD + _about(facts, replication)
    for begin in range(0, len(tickets), _BATCH):
        heads = _traces(tickets.iloc[begin : begin + _BATCH])
        edges = firsts[begin : begin + len(heads) + 1]
        written = _events(facts, events.rows(slice(edges[0], edges[-1])), names)
        sizes = np.diff(edges).tolist()
        ends = accumulate(sizes)
        yield "".join(
            chain.from_iterable(
                ("<trace>\n", head, *written[end - size : end], "</trace>\n")
                for head, size, end in zip(heads, sizes, ends, strict=True)
            )
        )
    yield "</log>\n"


def _about(facts: Facts, replication: int) -> str:
    """Return what the log says of itself."""
    scenario = facts.scenario
    return (
        f'<string key="concept:name" value={quoted(scenario.name)}/>\n'
        '<string key="lifecycle:model" value="standard"/>\n'
        f'<string key="version" value={quoted(version())}/>\n'
        f'<int key="seed" value="{scenario.run.seed}"/>\n'
        f'<int key="replication" value="{replication}"/>\n'
        f'<string key="fingerprint" value={quoted(fingerprint(scenario))}/>\n'
    )


def _traces(tickets: pd.DataFrame) -> list[str]:
    """Return the attributes of each ticket."""
    columns = ["ticket", "channel", "outcome", "in_window"]
    measured = ["first_response_min", "resolution_min", "handled_min", "cost"]
    return [
        f'<string key="concept:name" value="{ticket}"/>\n'
        f'<string key="channel" value={quoted(channel)}/>\n'
        f'<string key="outcome" value="{outcome}"/>\n'
        f'<boolean key="in_window" value="{str(in_window).lower()}"/>\n'
        + "".join(
            f'<float key="{key}" value="{value!r}"/>\n'
            for key, value in zip(measured, values, strict=True)
            if math.isfinite(value)
        )
        for (ticket, channel, outcome, in_window), values in zip(
            zip(*(tickets[name].tolist() for name in columns), strict=True),
            zip(*(tickets[name].tolist() for name in measured), strict=True),
            strict=True,
        )
    ]


def _events(facts: Facts, events: Events, names: Names) -> list[str]:
    """Return each event."""
    kinds = [f'<event>\n<string key="concept:name" value="{kind}"/>\n' for kind in KINDS]
    wrap_up = f'<event>\n<string key="concept:name" value="{WRAP_UP}"/>\n'
    activities = [*kinds, wrap_up]
    activity = np.where(
        events.activity == Activity.WRAP_UP, len(kinds), facts.workload.kind[events.contact]
    )
    channels = [f'<string key="channel" value={quoted(name)}/>\n' for name in names.channels]
    steps = [
        f'<string key="lifecycle:transition" value="{TRANSITIONS[step]}"/>\n'
        + (f'<string key="outcome" value="{_ENDS[step]}"/>\n' if step in _ENDS else "")
        for step in Step
    ]
    agents = [
        f'<string key="org:resource" value="agent {number}"/>\n'
        f'<string key="org:group" value={quoted(team)}/>\n</event>\n'
        for number, team in enumerate(names.team_of)
    ]
    agents.append("</event>\n")  # nobody is number −1
    return [
        f'{activities[act]}<string key="concept:instance" value="{contact}"/>\n{steps[step]}'
        f'<date key="time:timestamp" value="{time}+00:00"/>\n{channels[queue]}{agents[agent]}'
        for act, contact, step, time, queue, agent in zip(
            activity.tolist(),
            events.contact.tolist(),
            events.step.tolist(),
            np.datetime_as_string(events.time, unit="ms").tolist(),
            facts.workload.queue[events.contact].tolist(),
            events.agent.tolist(),
            strict=True,
        )
    ]
