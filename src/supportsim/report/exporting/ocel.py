"""An object-centric event log in the JSON format of OCEL 2.0 (ocel-standard.org)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from supportsim.report.exporting.events import Activity, Events, Step, events_of
from supportsim.report.exporting.naming import KINDS, OUTCOMES, Names
from supportsim.report.frames import tickets_frame

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import numpy.typing as npt
    import pandas as pd

    from supportsim.measures import Facts

EVENT_TYPES = {
    Activity.CONTACT: {
        Step.QUEUED: "join queue",
        Step.STARTED: "start work",
        Step.SUSPENDED: "suspend work",
        Step.RESUMED: "resume work",
        Step.COMPLETED: "release customer",
        Step.ABANDONED: "give up",
        Step.REJECTED: "find lines busy",
        Step.TURNED_AWAY: "find channel closed",
    },
    Activity.WRAP_UP: {
        Step.STARTED: "start wrap-up",
        Step.SUSPENDED: "suspend wrap-up",
        Step.RESUMED: "resume wrap-up",
        Step.COMPLETED: "finish wrap-up",
    },
}
OBJECT_TYPES: dict[str, dict[str, str]] = {
    "channel": {"name": "string"},
    "team": {"name": "string"},
    "agent": {"speed": "float"},
    "ticket": {
        "outcome": "string",
        "in_window": "boolean",
        "first_response_min": "float",
        "resolution_min": "float",
        "handled_min": "float",
        "cost": "float",
    },
    "contact": {"kind": "string", "outcome": "string"},
}
"""The attributes of objects, and their types."""
EVENT_ATTRIBUTES = {"kind": "string"}
_ALWAYS = "1970-01-01T00:00:00.000+00:00"
"""The time of attributes that do not change, as the standard has it."""
_BATCH = 20_000
"""Lines written at once."""


def ocel_chunks(facts: Facts) -> Iterator[str]:
    """Yield an object-centric event log in OCEL 2.0 JSON, piece by piece.

    Objects are channels, teams, agents, tickets and the contacts that joined a queue; a customer
    is not known beyond one ticket. An event is a step of a contact; it is related to the contact,
    to its ticket and channel, and to the agent who did it and the team. Values are texts, whatever
    their type, as the standard's schema wants it; times are the scenario's, as if in UTC.

    Parameters
    ----------
    facts
        One replication.
    """
    names = Names.of(facts)
    types = [type_ for steps in EVENT_TYPES.values() for type_ in steps.values()]
    yield '{\n"eventTypes": [\n'
    yield ",\n".join(_type(name, EVENT_ATTRIBUTES) for name in types)
    yield '\n],\n"objectTypes": [\n'
    yield ",\n".join(_type(name, attributes) for name, attributes in OBJECT_TYPES.items())
    yield '\n],\n"objects": [\n'
    yield from _joined(_objects(facts, names))
    yield '\n],\n"events": [\n'
    yield from _joined(_events(facts, names))
    yield "\n]\n}\n"


def _joined(batches: Iterable[list[str]]) -> Iterator[str]:
    """Yield lines with commas between them, batch by batch."""
    between = ""
    for batch in batches:
        if batch:
            yield between + ",\n".join(batch)
            between = ",\n"


def _type(name: str, attributes: Mapping[str, str]) -> str:
    return _json(
        {"name": name, "attributes": [{"name": n, "type": t} for n, t in attributes.items()]}
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _objects(facts: Facts, names: Names) -> Iterator[list[str]]:
    """Yield the objects, some at a time."""
    for kind, known in (("channel", facts.scenario.channels), ("team", facts.scenario.teams)):
        yield [_object(_json(f"{kind}-{name}"), kind, [("name", _json(name))]) for name in known]
    yield [
        _object(
            f'"agent-{number}"',
            "agent",
            [("speed", f'"{speed}"')],
            [(_json(f"team-{team}"), "member of")],
        )
        for number, (team, speed) in enumerate(
            zip(names.team_of, facts.employment.speed.tolist(), strict=True)
        )
    ]
    tickets = tickets_frame(facts, facts.scenario)
    for begin in range(0, len(tickets), _BATCH):
        yield _tickets(tickets.iloc[begin : begin + _BATCH])
    joined = np.flatnonzero(~np.isnan(facts.log.ready))
    for begin in range(0, len(joined), _BATCH):
        yield _contacts(facts, joined[begin : begin + _BATCH], names)


def _object(
    name: str,
    kind: str,
    attributes: Iterable[tuple[str, str]],
    related: Iterable[tuple[str, str]] = (),
) -> str:
    """Return an object whose attributes do not change.

    Parameters
    ----------
    name
        What identifies it, as JSON.
    kind
        Its type.
    attributes
        Names of attributes, and their values as JSON.
    related
        What identifies other objects, as JSON, and how they are related.
    """
    held = ",".join(
        [f'{{"name":"{key}","time":"{_ALWAYS}","value":{value}}}' for key, value in attributes]
    )
    others = ",".join(
        [f'{{"objectId":{other},"qualifier":"{qualifier}"}}' for other, qualifier in related]
    )
    return f'{{"id":{name},"type":"{kind}","attributes":[{held}],"relationships":[{others}]}}'


def _tickets(tickets: pd.DataFrame) -> list[str]:
    """Return tickets as objects; what is not known of one is left out."""
    columns = list(OBJECT_TYPES["ticket"])
    rows = zip(*(_texts(tickets[name]) for name in columns), strict=True)
    channels = tickets["channel"].map(lambda name: _json(f"channel-{name}"))
    return [
        _object(
            f'"ticket-{ticket}"',
            "ticket",
            [(key, value) for key, value in zip(columns, row, strict=True) if value],
            [(channel, "arrived through")],
        )
        for ticket, channel, row in zip(
            tickets["ticket"].tolist(), channels.tolist(), rows, strict=True
        )
    ]


def _texts(column: pd.Series[Any]) -> list[str]:
    """Return the values of a column as texts in JSON; empty where there is none."""
    if column.dtype == bool:
        return ['"true"' if value else '"false"' for value in column.tolist()]
    return ["" if value != value else f'"{value}"' for value in column.tolist()]


def _contacts(facts: Facts, chosen: npt.NDArray[np.intp], names: Names) -> list[str]:
    """Return contacts as objects."""
    kinds, outcomes = list(map(_json, KINDS)), list(map(_json, OUTCOMES))
    channels = [_json(f"channel-{name}") for name in names.channels]
    return [
        _object(
            f'"contact-{contact}"',
            "contact",
            [("kind", kinds[kind]), ("outcome", outcomes[outcome])],
            [(f'"ticket-{ticket}"', "part of"), (channels[queue], "through")],
        )
        for contact, ticket, kind, outcome, queue in zip(
            chosen.tolist(),
            facts.workload.ticket[chosen].tolist(),
            facts.workload.kind[chosen].tolist(),
            facts.log.outcome[chosen].tolist(),
            facts.workload.queue[chosen].tolist(),
            strict=True,
        )
    ]


def _events(facts: Facts, names: Names) -> Iterator[list[str]]:
    """Yield the events in the order of time, some at a time."""
    events = events_of(facts)
    events = events.rows(np.lexsort((events.step, events.activity, events.contact, events.time)))
    types = [[_json(EVENT_TYPES[activity].get(step)) for step in Step] for activity in Activity]
    kinds = [_json(kind) for kind in KINDS]
    channels = [_json(f"channel-{name}") for name in names.channels]
    agents = [
        f',{{"objectId":"agent-{number}","qualifier":"done by"}},'
        f'{{"objectId":{_json(f"team-{team}")},"qualifier":"done in"}}]}}'
        for number, team in enumerate(names.team_of)
    ]
    agents.append("]}")  # nobody is number −1
    for begin in range(0, len(events), _BATCH):
        some: Events = events.rows(slice(begin, begin + _BATCH))
        yield [
            f'{{"id":"event-{number}","type":{types[activity][step]},"time":"{time}+00:00",'
            f'"attributes":[{{"name":"kind","value":{kinds[kind]}}}],"relationships":['
            f'{{"objectId":"contact-{contact}","qualifier":"step of"}},'
            f'{{"objectId":"ticket-{ticket}","qualifier":"belongs to"}},'
            f'{{"objectId":{channels[queue]},"qualifier":"through"}}{agents[agent]}'
            for number, (activity, step, time, kind, contact, ticket, queue, agent) in enumerate(
                zip(
                    some.activity.tolist(),
                    some.step.tolist(),
                    np.datetime_as_string(some.time, unit="ms").tolist(),
                    facts.workload.kind[some.contact].tolist(),
                    some.contact.tolist(),
                    some.ticket.tolist(),
                    facts.workload.queue[some.contact].tolist(),
                    some.agent.tolist(),
                    strict=True,
                ),
                start=begin,
            )
        ]
