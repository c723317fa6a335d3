"""Event logs in XES and OCEL 2.0: valid, and the same cases and events when read back."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import os
import subprocess
import venv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from lxml import etree

from export_oracles import HOSTILE, few_facts, four_channel_facts, names, renamed, small_facts, told
from larger_runs import TEAMS
from small_runs import document
from supportsim.report.exporting.events import Activity, Step, events_of
from supportsim.report.exporting.ocel import EVENT_TYPES, OBJECT_TYPES, ocel_chunks
from supportsim.report.exporting.sinks import write_chunks
from supportsim.report.exporting.xes import TRANSITIONS, xes_chunks
from supportsim.report.exporting.xml_text import possible
from supportsim.report.frames import tickets_frame
from supportsim.scenario.loading import validate
from supportsim.studies import simulate_once
from supportsim.tables import NOBODY, Kind

if TYPE_CHECKING:
    from supportsim.measures import Facts

HERE = Path(__file__).parent
XES = etree.XMLSchema(etree.parse(HERE / "schemas" / "xes-1849-2016.xsd"))
OCEL = json.loads((HERE / "schemas" / "ocel20.schema.json").read_text("utf-8"))


def interrupted_facts() -> Facts:
    """Return a desk whose email is interrupted by calls and by the end of the day."""
    phone = {"live": True, "arrivals": {"per_day": 40}, "work": "4min", "wrap_up": "1min"}
    email = {"arrivals": {"per_day": 12}, "work": "40min", "wrap_up": "20min", "patience": "1d"}
    desk = {**TEAMS["desk"], "serves": ["phone", "email"], "interrupts": True}
    run = {"warm_up": "0d", "window": "1w", "follow_up": "0d", "replications": 1, "seed": 5}
    changes = {"channels": {"phone": phone, "email": email}, "teams": {"desk": desk}, "run": run}
    return simulate_once(validate(document(**changes, benchmarks={})), 0)


def rows(facts: Facts) -> list[tuple[Any, ...]]:
    """Return the events of some facts as `told` tells them."""
    events = events_of(facts)
    return [
        (
            ticket,
            contact,
            "wrap_up" if activity == Activity.WRAP_UP else Kind(kind).name.lower(),
            TRANSITIONS[Step(step)],
            time,
            None if agent == NOBODY else agent,
        )
        for ticket, contact, activity, kind, step, time, agent in zip(
            events.ticket.tolist(),
            events.contact.tolist(),
            events.activity.tolist(),
            facts.workload.kind[events.contact].tolist(),
            events.step.tolist(),
            events.time.tolist(),
            events.agent.tolist(),
            strict=True,
        )
    ]


@pytest.mark.parametrize("make", [small_facts, four_channel_facts, interrupted_facts])
def test_events_are_those_of_a_plain_account(make: Any) -> None:
    facts = make()
    assert sorted(rows(facts), key=str) == sorted(told(facts), key=str)


def test_the_desk_that_is_interrupted_has_every_step() -> None:
    events = events_of(interrupted_facts())
    steps = set(zip(events.activity.tolist(), events.step.tolist(), strict=True))
    suspending = {Step.STARTED, Step.SUSPENDED, Step.RESUMED, Step.COMPLETED}
    assert {(activity, step) for activity in Activity for step in suspending} <= steps
    assert (Activity.CONTACT, Step.ABANDONED) in steps


@pytest.mark.parametrize("make", [small_facts, four_channel_facts, interrupted_facts])
def test_steps_follow_one_another_and_add_up_to_the_work(make: Any) -> None:
    facts = make()
    events = events_of(facts)
    begun: dict[tuple[int, int], dt.datetime] = {}
    busy = 0.0
    last: tuple[int, dt.datetime] = (-1, dt.datetime.min)
    for ticket, contact, activity, step, time in zip(
        events.ticket.tolist(),
        events.contact.tolist(),
        events.activity.tolist(),
        events.step.tolist(),
        events.time.tolist(),
        strict=True,
    ):
        assert last <= (ticket, time)
        last = ticket, time
        if step in (Step.STARTED, Step.RESUMED):
            assert (contact, activity) not in begun
            begun[contact, activity] = time
        elif step in (Step.SUSPENDED, Step.COMPLETED):
            busy += (time - begun.pop((contact, activity))).total_seconds() / 60
    stints = facts.log.stints
    unfinished = {contact for contact, _ in begun}
    known = ~np.isin(stints.contact, list(unfinished))
    total = (stints.end - stints.begin)[known].sum()
    some = sum((stints.end - stints.begin)[~known])
    assert total - 0.01 <= busy <= total + some + 0.01


def read_xes(text: bytes) -> tuple[dict[str, dict[str, Any]], list[tuple[Any, ...]]]:
    """Return the traces of a log by name, and its events as `told` tells them."""
    root = etree.fromstring(text)
    assert XES.validate(root), XES.error_log
    traces, events = {}, []
    for trace in root.iterfind("trace"):
        about = {one.get("key"): one.get("value") for one in trace if one.tag != "event"}
        traces[about["concept:name"]] = about
        for event in trace.iterfind("event"):
            told = {one.get("key"): one.get("value") for one in event}
            time = dt.datetime.fromisoformat(told["time:timestamp"])
            assert time.utcoffset() == dt.timedelta()
            who = told.get("org:resource")
            events.append(
                (
                    int(about["concept:name"]),
                    int(told["concept:instance"]),
                    told["concept:name"],
                    told["lifecycle:transition"],
                    time.replace(tzinfo=None),
                    None if who is None else int(who.removeprefix("agent ")),
                )
            )
    return traces, events


def xes(facts: Facts) -> bytes:
    return "".join(xes_chunks(facts, 3)).encode()


def ocel(facts: Facts) -> dict[str, Any]:
    read = json.loads("".join(ocel_chunks(facts)))
    jsonschema.validate(read, OCEL, format_checker=jsonschema.FormatChecker())
    return dict(read)


@pytest.mark.parametrize("make", [small_facts, four_channel_facts, interrupted_facts])
def test_xes_holds_the_tickets_and_their_events(make: Any) -> None:
    facts = make()
    traces, events = read_xes(xes(facts))
    assert events == rows(facts)
    frame = tickets_frame(facts, facts.scenario)
    assert list(traces) == [str(ticket) for ticket in frame["ticket"]]
    for name in ("channel", "outcome"):
        assert [trace[name] for trace in traces.values()] == frame[name].tolist()
    for name in ("first_response_min", "cost"):
        read = [float(trace.get(name, "nan")) for trace in traces.values()]
        assert np.array_equal(read, frame[name], equal_nan=True)


def test_xes_keeps_the_rules_that_no_schema_states() -> None:
    """Keys of classifiers are global, every component has what is global, prefixes are declared."""
    root = etree.fromstring(xes(four_channel_facts()))
    prefixes = {one.get("prefix") for one in root.iterfind("extension")}
    for scope, parts in (("trace", root.iterfind("trace")), ("event", root.iter("event"))):
        required = {one.get("key") for one in root.find(f"global[@scope='{scope}']")}
        for classifier in root.iterfind(f"classifier[@scope='{scope}']"):
            assert set(classifier.get("keys").split()) <= required
        for part in parts:
            keys = {one.get("key") for one in part if one.tag != "event"}
            assert required <= keys
            assert {key.split(":")[0] for key in keys if ":" in key} <= prefixes
    about = {one.get("key"): one.get("value") for one in root if one.get("key")}
    assert (about["concept:name"], about["replication"]) == ("four channels", "3")


def test_the_schemas_refuse_what_is_wrong() -> None:
    text = xes(few_facts())
    for right, bad in (
        (b'key="concept:name"', b'key="concept name"'),
        (b"+00:00", b""),
        (b'<classifier name="Activity"', b'<classifier name="An activity"'),
        (b'key="outcome"', b'key="channel"'),
        (b"<boolean", b"<bool"),
    ):
        assert not XES.validate(etree.fromstring(text.replace(right, bad)))
    read = ocel(few_facts())
    for wrong in (
        {**read, "events": [{"id": "1", "type": "x"}]},
        {**read, "objects": [{"id": "1", "type": "x", "attributes": [{"name": "n"}]}]},
        {**read, "eventTypes": [{"name": "x"}]},
        {name: value for name, value in read.items() if name != "objects"},
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, OCEL)


@pytest.mark.parametrize("make", [small_facts, four_channel_facts, interrupted_facts])
def test_ocel_holds_the_same_events_of_the_same_tickets(make: Any) -> None:
    facts = make()
    read = ocel(facts)
    steps = {
        name: ("wrap_up" if activity == Activity.WRAP_UP else None, TRANSITIONS[step])
        for activity, names_ in EVENT_TYPES.items()
        for step, name in names_.items()
    }
    events = []
    for event in read["events"]:
        related = {one["qualifier"]: one["objectId"] for one in event["relationships"]}
        activity, transition = steps[event["type"]]
        kind = event["attributes"][0]["value"]
        agent = related.get("done by")
        time = dt.datetime.fromisoformat(event["time"])
        assert time.utcoffset() == dt.timedelta()
        ticket, contact = (
            int(related[qualifier].split("-")[1]) for qualifier in ("belongs to", "step of")
        )
        who = None if agent is None else int(agent.removeprefix("agent-"))
        events.append(
            (ticket, contact, activity or kind, transition, time.replace(tzinfo=None), who)
        )
    assert [event[4] for event in events] == sorted(event[4] for event in events)
    assert sorted(events, key=str) == sorted(rows(facts), key=str)


def test_ocel_refers_to_what_it_declares() -> None:
    read = ocel(four_channel_facts())
    objects = {one["id"]: one for one in read["objects"]}
    assert len(objects) == len(read["objects"])
    assert len({one["id"] for one in read["events"]}) == len(read["events"])
    for things, types in (
        (read["events"], read["eventTypes"]),
        (read["objects"], read["objectTypes"]),
    ):
        declared = {one["name"]: {a["name"] for a in one["attributes"]} for one in types}
        for thing in things:
            assert {one["name"] for one in thing["attributes"]} <= declared[thing["type"]]
            for one in thing["relationships"]:
                assert one["objectId"] in objects
                assert one["objectId"].split("-")[0] in OBJECT_TYPES
    scenario = four_channel_facts().scenario
    assert {f"channel-{name}" for name in scenario.channels} <= set(objects)
    assert {f"team-{name}" for name in scenario.teams} <= set(objects)
    contact = next(one for one in read["objects"] if one["type"] == "contact")
    assert [one["qualifier"] for one in contact["relationships"]] == ["part of", "through"]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_text(name: str) -> None:
    check_names(name, name, name)


@settings(deadline=None, max_examples=20)
@given(name=names, channel=names, team=names)
def test_any_names_are_text(name: str, channel: str, team: str) -> None:
    check_names(name, channel, team)


def check_names(name: str, channel: str, team: str) -> None:
    facts = renamed(few_facts(), name, channel, team)
    text = xes(facts)
    traces, _ = read_xes(text)
    root = etree.fromstring(text)
    assert root.find("string[@key='concept:name']").get("value") == possible(name)
    assert {trace["channel"] for trace in traces.values()} == {possible(channel)}
    groups = {one.get("value") for one in root.iterfind(".//string[@key='org:group']")}
    assert groups == {possible(team)}
    read = ocel(facts)
    kept = [one["attributes"][0]["value"] for one in read["objects"][:2]]
    assert kept == [channel, team]
    assert f"team-{team}" in {one["objectId"] for one in read["events"][1]["relationships"]}


def test_characters_that_xml_forbids_are_written_out() -> None:
    assert possible("a\x00\x07\ufffe\tb\n𝄞") == "a\\x00\\x07\\ufffe\tb\n𝄞"
    assert etree.fromstring(f"<a>{possible(chr(0x1F))}</a>").text == "\\x1f"


def test_the_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    for name, chunks in (
        ("one.xes.gz", xes_chunks(small_facts())),
        ("two.xes.gz", xes_chunks(small_facts())),
        ("plain.xes", xes_chunks(small_facts())),
    ):
        write_chunks(chunks, tmp_path / name)
    one, two = ((tmp_path / name).read_bytes() for name in ("one.xes.gz", "two.xes.gz"))
    assert one == two
    assert gzip.decompress(one) == (tmp_path / "plain.xes").read_bytes()


def test_a_log_without_tickets_is_valid() -> None:
    quiet = document()
    quiet["channels"] = {"portal": {**quiet["channels"]["portal"], "arrivals": {"per_day": 1e-9}}}
    facts = simulate_once(validate(quiet), 0)
    assert len(facts.tickets) == 0
    assert read_xes(xes(facts)) == ({}, [])
    assert ocel(facts)["events"] == []


READ_BACK = """
import json, sys, warnings
warnings.simplefilter("ignore")
import pm4py
log = pm4py.read_xes(sys.argv[1])
log = log[["case:concept:name", "concept:instance", "concept:name", "lifecycle:transition",
           "time:timestamp", "org:resource"]]
log["time:timestamp"] = log["time:timestamp"].dt.strftime("%Y-%m-%dT%H:%M:%S.%f")
ocel = pm4py.read_ocel2_json(sys.argv[2])
related = ocel.relations[ocel.relations["ocel:type"] == "ticket"]
print(json.dumps({
    "xes": log.astype(object).where(log.notna(), None).values.tolist(),
    "events": len(ocel.events), "objects": ocel.objects["ocel:type"].value_counts().to_dict(),
    "tickets": related["ocel:oid"].tolist(), "o2o": len(ocel.o2o),
}))
"""


@pytest.mark.slow
def test_pm4py_reads_the_same_cases_and_events(tmp_path: Path) -> None:
    """Read both logs with pm4py, in an environment of its own: its licence is not ours (AGPL).

    PM4PY_PYTHON may name a Python that has it.
    """
    python = os.environ.get("PM4PY_PYTHON")
    if python is None:
        venv.create(tmp_path / "pm4py", with_pip=True)
        python = str(tmp_path / "pm4py" / "bin" / "python")
        subprocess.run([python, "-m", "pip", "install", "-q", "pm4py"], check=True)
    facts = four_channel_facts()
    write_chunks(xes_chunks(facts), tmp_path / "log.xes")
    write_chunks(ocel_chunks(facts), tmp_path / "log.json")
    (tmp_path / "read.py").write_text(READ_BACK)
    made = subprocess.run(
        [python, "read.py", "log.xes", "log.json"],
        cwd=tmp_path,
        capture_output=True,
        check=True,
        text=True,
        env={**os.environ, "PYTHONPATH": ""},
    )
    read = json.loads(made.stdout.splitlines()[-1])
    expected = [
        [
            str(ticket),
            str(contact),
            activity,
            transition,
            time.isoformat(timespec="microseconds"),
            None if agent is None else f"agent {agent}",
        ]
        for ticket, contact, activity, transition, time, agent in rows(facts)
    ]
    assert read["xes"] == expected
    document = ocel(facts)
    assert read["events"] == len(document["events"])
    tickets = [f"ticket-{ticket}" for ticket, *_ in rows(facts)]
    assert sorted(read["tickets"]) == sorted(tickets)
    # pm4py leaves out objects that no event is related to, such as agents who found nothing to do.
    met = {one["objectId"] for event in document["events"] for one in event["relationships"]}
    objects = [one for one in document["objects"] if one["id"] in met]
    types = [one["type"] for one in objects]
    assert read["objects"] == {kind: types.count(kind) for kind in set(types)}
    assert read["o2o"] == sum(len(one["relationships"]) for one in objects)
