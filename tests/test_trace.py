"""Traces: by hand, by an independent checker of the format, against the log, and as a file."""

from __future__ import annotations

import gzip
import json
from collections import Counter, defaultdict
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from supportsim.cli import app
from supportsim.report.watching.trace import trace_document, trace_json
from supportsim.studies import simulate_once
from supportsim.studies.timeline import Timeline
from supportsim.units import DAY
from test_measures_naive import SCENARIO as EVERYTHING
from watched_days import NAME, TUESDAY, WEDNESDAY, desk_by_hand

if TYPE_CHECKING:
    from pathlib import Path

Event = dict[str, Any]
MINUTE = 60_000_000


# --- The rules of the format ---------------------------------------------------------------------

# Trace Event Format, Google, 2016: what each kind of event has to have.
REQUIRED = {
    "X": {"name", "cat", "ph", "ts", "dur", "pid", "tid", "args"},
    "M": {"name", "ph", "pid", "args"},
    "C": {"name", "ph", "ts", "pid", "args"},
    "s": {"name", "cat", "ph", "id", "ts", "pid", "tid"},
    "t": {"name", "cat", "ph", "id", "ts", "pid", "tid"},
    "f": {"name", "cat", "ph", "id", "ts", "pid", "tid"},
}
METADATA = {
    "process_name": ("name", str),
    "thread_name": ("name", str),
    "process_sort_index": ("sort_index", int),
    "thread_sort_index": ("sort_index", int),
}


def broken_rules(text: str) -> list[str]:
    """Return what is wrong with a trace: it knows the format and nothing of how it was made."""

    def no_constant(name: str) -> None:
        raise AssertionError(f"{name} is not JSON")

    document = json.loads(text, parse_constant=no_constant)
    events: list[Event] = document["traceEvents"]
    wrong = [f"no kind of event: {e}" for e in events if e.get("ph") not in REQUIRED]
    wrong += [f"incomplete: {e}" for e in events if not REQUIRED[e["ph"]] <= set(e)]
    wrong += [
        f"{key} is not a whole number from 0 on: {e}"
        for e in events
        for key in ("ts", "dur", "pid", "tid", "id")
        if key in e and not (type(e[key]) is int and e[key] >= 0)
    ]
    return wrong or [*_names(events), *_nesting(events), *_flows(events), *_counters(events)]


def _names(events: list[Event]) -> list[str]:
    """Every process and thread has one name, and a thread belongs to one process."""
    wrong, named = [], Counter[tuple[str, int, int]]()
    home: dict[int, int] = {}
    for e in events:
        if e["ph"] == "M":
            key, kind = METADATA[e["name"]]
            if not isinstance(e["args"][key], kind):
                wrong.append(f"not a {kind}: {e}")
            named[e["name"], e["pid"], e["tid"] if e["name"].startswith("thread") else 0] += 1
        elif e["ph"] in "Xstf":
            if home.setdefault(e["tid"], e["pid"]) != e["pid"]:
                wrong.append(f"a thread of two processes: {e}")
            if not named["thread_name", e["pid"], e["tid"]]:
                wrong.append(f"a thread without a name: {e}")
        if not named["process_name", e["pid"], 0] and e["ph"] != "M":
            wrong.append(f"a process without a name: {e}")
    return wrong + [f"named twice: {key}" for key, count in named.items() if count > 1]


def _nesting(events: list[Event]) -> list[str]:
    """Slices of a thread are within each other or apart, and come in the order of opening."""
    wrong, open_until = [], defaultdict[tuple[int, int], list[int]](list)
    latest: dict[tuple[int, int], int] = {}
    for e in events:
        if e["ph"] != "X":
            continue
        thread = e["pid"], e["tid"]
        if e["ts"] < latest.get(thread, 0):
            wrong.append(f"out of order: {e}")
        latest[thread] = e["ts"]
        stack = open_until[thread]
        while stack and stack[-1] <= e["ts"]:
            stack.pop()
        if stack and e["ts"] + e["dur"] > stack[-1]:
            wrong.append(f"outlasts the slice around it: {e}")
        stack.append(e["ts"] + e["dur"])
    return wrong


def _flows(events: list[Event]) -> list[str]:
    """A flow begins once, ends once, goes forward, and each of its steps lies in a slice."""
    wrong, flows = [], defaultdict[tuple[str, str, int], list[Event]](list)
    slices = defaultdict[tuple[int, int], list[tuple[int, int]]](list)
    for e in events:
        if e["ph"] in "stf":
            flows[e["cat"], e["name"], e["id"]].append(e)
        elif e["ph"] == "X":
            slices[e["pid"], e["tid"]].append((e["ts"], e["ts"] + e["dur"]))
    for key, steps in flows.items():
        if "".join(e["ph"] for e in steps) != "s" + "t" * (len(steps) - 2) + "f":
            wrong.append(f"not from s over t to f: {key}")
        if [e["ts"] for e in steps] != sorted(e["ts"] for e in steps):
            wrong.append(f"goes back in time: {key}")
        for e in steps:
            if not any(b <= e["ts"] <= end for b, end in slices[e["pid"], e["tid"]]):
                wrong.append(f"not in a slice: {e}")
            if e["ph"] != "s" and e.get("bp") != "e":
                wrong.append(f"binds to the next slice, not to the one around it: {e}")
    return wrong


def _counters(events: list[Event]) -> list[str]:
    wrong, latest = [], {}
    for e in (e for e in events if e["ph"] == "C"):
        if not (e["args"] and all(type(v) is int and v >= 0 for v in e["args"].values())):
            wrong.append(f"not a count: {e}")
        if e["ts"] <= latest.get((e["pid"], e["name"]), -1):
            wrong.append(f"a counter out of order: {e}")
        latest[e["pid"], e["name"]] = e["ts"]
    return wrong


def sliced(document: Event) -> dict[str, list[tuple[str, float, float]]]:
    """Return name, begin and end in minutes of the slices of each thread, by name."""
    names = {
        (e["pid"], e["tid"]): e["args"]["name"]
        for e in document["traceEvents"]
        if e["name"] == "thread_name"
    }
    found = defaultdict(list)
    for e in document["traceEvents"]:
        if e["ph"] == "X":
            begin, end = e["ts"] / MINUTE, (e["ts"] + e["dur"]) / MINUTE
            found[names[e["pid"], e["tid"]]].append((e["name"], begin, end))
    return dict(found)


# --- By hand -------------------------------------------------------------------------------------


@cache
def tuesday() -> Event:
    return trace_document(desk_by_hand().facts, TUESDAY, WEDNESDAY, replication=3)


def test_slices_of_a_day_worked_out_by_hand() -> None:
    assert sliced(tuesday()) == {
        "agent 0": [
            ("on duty", 540, 720),
            ("email #0", 540, 560),
            ("phone #1", 560, 580),
            ("wrap-up phone #1", 580, 585),
            ("email #0", 585, 625),
            ("wrap-up email #0", 625, 635),
            ("phone #4", 710, 720),  # cut where duty ends
            ("break", 720, 750),
            ("phone #4", 720, 730),
            ("wrap-up phone #4", 730, 735),
            ("on duty", 750, 1020),
            ("email #5", 1010, 1020),
        ],
        "agent 1": [
            ("on duty", 600, 1020),
            ("chat #2", 630, 640),
            ("wrap-up chat #2", 640, 642),
            ("email #4", 735, 765),
            ("email #4", 785, 800),
        ],
        "agent 1, contact 2 at once": [("chat #3", 632, 652), ("wrap-up chat #3", 652, 655)],
        "agent 2": [("on duty", 420, 480), ("phone #10", 470, 480), ("phone #10", 480, 490)],
        "position 2": [("vacant", 480, 1440)],
        "without limit": [("form #7", 100, 101), ("form #9", 200, 200)],
        "without limit, contact 2 at once": [("form #8", 100, 101)],
    }


def test_what_a_slice_tells() -> None:
    emails = [e["args"] for e in tuesday()["traceEvents"] if e["name"] == "email #0"]
    assert emails[0] == {
        "ticket": 0,
        "contact": 0,
        "channel": "email",
        "kind": "initial",
        "outcome": "served",
        "waited_min": 40.0,
        "ready": "2026-01-06T08:20:00.000",
        "from": "2026-01-06T09:00:00.000",
        "to": "2026-01-06T09:20:00.000",
        "stopped": True,
    }
    assert emails[1]["resumed"] is True
    assert "stopped" not in emails[1]
    last = next(e for e in tuesday()["traceEvents"] if e["name"] == "email #5")
    assert last["args"]["stopped"] is True


def test_flows_of_a_day_worked_out_by_hand() -> None:
    document = tuesday()
    threads = {
        e["tid"]: e["args"]["name"] for e in document["traceEvents"] if e["name"] == "thread_name"
    }
    flows = [
        (e["id"], e["ph"], threads[e["tid"]], e["ts"] / MINUTE)
        for e in document["traceEvents"]
        if e["ph"] in "stf"
    ]
    assert flows == [
        (0, "s", "agent 0", 550),  # the email, stopped
        (0, "f", "agent 0", 605),  # and resumed
        (4, "s", "agent 0", 715),
        (4, "t", "agent 1", 750),
        (4, "f", "agent 1", 792.5),
    ]


def test_counters_of_a_day_worked_out_by_hand() -> None:
    counts = defaultdict(list)
    for e in tuesday()["traceEvents"]:
        if e["ph"] == "C":
            counts[e["name"]].append((e["ts"] / MINUTE, next(iter(e["args"].values()))))
    assert counts["chat waiting"] == [(0, 0), (400, 1), (405, 0), (630, 0), (632, 0)]
    assert counts["email stopped"] == [(0, 0), (560, 1), (585, 0), (1020, 1)]
    assert counts["form in work"] == [(0, 0), (100, 2), (101, 0), (200, 0)]
    assert len(counts) == 4 + 4 + 3 + 3  # live work never stops


def test_the_next_day_begins_with_what_lay() -> None:
    document = trace_document(desk_by_hand().facts, WEDNESDAY, WEDNESDAY + DAY)
    assert sliced(document)["agent 0"] == [("on duty", 540, 1020), ("email #5", 540, 560)]
    assert sliced(document)["agent 1"] == [("absent", 540, 1020)]
    assert sliced(document)["position 2"] == [("vacant", 0, 1440)]
    first = [e for e in document["traceEvents"] if e["name"] == "email stopped"]
    assert (first[0]["ts"], first[0]["args"]["contacts"]) == (0, 1)
    # Over both days the email is one flow.
    both = trace_document(desk_by_hand().facts, TUESDAY, WEDNESDAY + DAY)
    assert [e["ph"] for e in both["traceEvents"] if e.get("id") == 5] == ["s", "f"]


def test_a_trace_says_what_it_is_of() -> None:
    document = json.loads(trace_json(tuesday()))
    about = document["otherData"]
    assert about["scenario"] == NAME
    assert (about["replication"], about["seed"]) == (3, 4)
    assert (about["begin"], about["end"]) == ("2026-01-06T00:00:00.000", "2026-01-07T00:00:00.000")
    assert document == tuesday()


# --- A desk with everything ----------------------------------------------------------------------


@cache
def everything() -> Event:
    facts = simulate_once(EVERYTHING, 1)
    return trace_document(facts, 3 * DAY + 600.5, 17 * DAY - 333.3)


def test_traces_keep_the_rules_of_the_format() -> None:
    assert broken_rules(trace_json(tuesday())) == []
    assert broken_rules(trace_json(everything())) == []
    kinds = Counter(e["ph"] for e in everything()["traceEvents"])
    assert min(kinds[ph] for ph in "XMCstf") > 20


def test_the_checker_finds_what_is_wrong() -> None:
    def broken(change: dict[str, Any], where: dict[str, Any], count: int = 1) -> list[str]:
        document = json.loads(trace_json(tuesday()))
        for e in document["traceEvents"]:
            if count and where.items() <= e.items():
                e.update(change)
                count -= 1
        return broken_rules(json.dumps(document))

    assert broken({"dur": 11 * MINUTE}, {"name": "chat #2"})
    assert broken({"ts": 0.5}, {"ph": "C"})
    assert broken({"ph": "f"}, {"ph": "s"})
    assert broken({"tid": 1001}, {"name": "form #7"})
    assert broken({"ts": 1}, {"ph": "f", "id": 4})
    assert broken({"args": {}}, {"ph": "C"})
    assert broken({"pid": 77}, {"ph": "X"})


def test_slices_are_those_of_the_log() -> None:
    facts = simulate_once(EVERYTHING, 1)
    begin, end = 3 * DAY + 600.5, 17 * DAY - 333.3
    minutes: dict[int, float] = defaultdict(float)
    for e in everything()["traceEvents"]:
        if e["ph"] == "X" and e["cat"] in ("work", "wrap_up"):
            minutes[e["args"]["contact"]] += e["dur"] / MINUTE
    stints = facts.log.stints
    expected: dict[int, float] = defaultdict(float)
    for contact, first, last in zip(stints.contact, stints.begin, stints.end, strict=True):
        inside = min(last, end) - max(first, begin)
        if inside > 0:
            expected[int(contact)] += inside
    assert set(expected) == set(minutes)
    for contact, spent in expected.items():
        assert minutes[contact] == pytest.approx(spent, abs=1e-6)
    # Tickets with several stints of work in the stretch, and only they, are flows.
    work = Counter[int]()
    for row in range(len(stints)):
        contact = stints.contact[row]
        works = stints.begin[row] < np.fmin(stints.end[row], facts.log.end[contact])
        until = np.fmin(stints.end[row], facts.log.end[contact])
        if works and stints.begin[row] < end and until > begin:
            work[int(facts.workload.ticket[contact])] += 1
    steps = Counter(e["id"] for e in everything()["traceEvents"] if e["ph"] in "stf")
    assert steps == {ticket: count for ticket, count in work.items() if count > 1}


def test_counters_are_the_queues_of_the_timeline() -> None:
    facts = simulate_once(EVERYTHING, 1)
    begin, end = 3 * DAY + 600.5, 17 * DAY - 333.3
    line = Timeline(facts)
    for number, channel in enumerate(EVERYTHING.channels):
        events = [e for e in everything()["traceEvents"] if e["name"] == f"{channel} waiting"]
        times = [*(e["ts"] / MINUTE for e in events), end - begin]
        area = sum(
            e["args"]["contacts"] * (after - before)
            for e, before, after in zip(events, times, times[1:], strict=False)
        )
        average = line.waiting(number).average(begin, end)
        assert area / (end - begin) == pytest.approx(average, rel=1e-6)


# --- The command ---------------------------------------------------------------------------------

SMALL = """
name = "small"
[run]
warm_up = "1w"
window = "2w"
follow_up = "1w"
[channels.portal]
arrivals = { per_day = 20, business_hours_share = 0.8 }
work = "13min"
transfers = { probability = 0.4 }
[teams.desk]
agents = 2
serves = ["portal"]
shifts = [{ days = "Mon-Fri", from = "09:00", to = "17:00" }]
"""


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "small.toml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def invoke(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["trace", *map(str, arguments)])


def test_the_command_writes_a_day(scenario: Path, tmp_path: Path) -> None:
    out = tmp_path / "trace.json"
    result = invoke(scenario, "-o", out, "--day", "3")
    assert result.exit_code == 0, result.output
    assert "Wednesday 2026-01-14, day 3 of the window" in result.stdout
    assert broken_rules(out.read_text(encoding="utf-8")) == []
    again = tmp_path / "again.json"
    assert invoke(scenario, "-o", again, "--day", "2026-01-14").exit_code == 0
    assert again.read_bytes() == out.read_bytes()
    assert invoke(scenario, "-o", again, "--day", "3", "--replication", "1").exit_code == 0
    assert again.read_bytes() != out.read_bytes()


def test_a_trace_is_packed_or_goes_to_standard_output(scenario: Path, tmp_path: Path) -> None:
    out, packed = tmp_path / "trace.json", tmp_path / "trace.json.gz"
    for path in (out, packed, packed):  # an earlier packed one is replaced
        assert invoke(scenario, "-o", path, "--day", "3", "--quiet").output == ""
    assert gzip.decompress(packed.read_bytes()) == out.read_bytes()
    assert invoke(scenario, "-o", "-", "--day", "3").stdout_bytes == out.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *("small.toml", "trace.json", "trace.json.gz")
    ]


def test_the_command_writes_several_days(scenario: Path, tmp_path: Path) -> None:
    out = tmp_path / "trace.json"
    assert invoke(scenario, "-o", out, "--from", "2", "--to", "2026-01-15").exit_code == 0
    text = out.read_text(encoding="utf-8")
    assert broken_rules(text) == []
    about = json.loads(text)["otherData"]
    assert (about["begin"], about["end"]) == ("2026-01-13T00:00:00.000", "2026-01-16T00:00:00.000")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--day", "15"], "--day: there is no day 15 in the window; write a number from 1 to 14"),
        (["--day", "0"], "--day: there is no day 0 in the window"),
        (["--day", "9" * 5000], "--day: there is no day 999"),
        (["--day", "-1"], '--day: "-1" is not a day'),
        (["--day", "x\ny"], '--day: "x\\ny" is not a day'),
        (["--day", "2026-02-30"], '--day: "2026-02-30" is not a day'),
        (["--day", "2027-01-01"], "--day: 2027-01-01 is not simulated; this scenario goes from"),
        (["--day", "2", "--from", "1"], "--day: is one day; leave it out, or --from and --to"),
        (["--to", "2"], "--to: needs --from"),
        (["--from", "", "--to", "2"], '--from: "" is not a day'),
        (["--from", "1", "--to", ""], '--to: "" is not a day'),
        (["--day", "1", "--from", ""], "--day: is one day"),
        (["--from", "3", "--to", "2"], "--to: 2026-01-13 is before --from, 2026-01-14"),
        (["--from", "3", "--to", "99"], "--to: there is no day 99 in the window"),
        (["--replication", "20"], "there is no replication 20; they are numbered from 0 to 19"),
        (["--replication", "-1"], "there is no replication -1"),
        (["--set", "teams.desk.agents=-1"], "teams.desk.agents"),
    ],
)
def test_a_wrong_day_is_one_message(
    scenario: Path, tmp_path: Path, arguments: list[str], message: str
) -> None:
    out = tmp_path / "trace.json"
    out.write_text('{"traceEvents":[precious', encoding="utf-8")
    result = invoke(scenario, "-o", out, *arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
    assert out.read_text(encoding="utf-8") == '{"traceEvents":[precious'


def test_an_earlier_trace_is_replaced_and_no_other_file(scenario: Path, tmp_path: Path) -> None:
    out, mine = tmp_path / "trace.json", tmp_path / "package.json"
    assert invoke(scenario, "-o", out).exit_code == 0
    first = out.read_bytes()
    assert invoke(scenario, "-o", out, "--day", "2").exit_code == 0
    assert out.read_bytes() != first
    mine.write_text('{"name": "mine"}', encoding="utf-8")
    result = invoke(scenario, "-o", mine)
    assert result.exit_code == 2
    assert "is there already and is no trace; name another file" in result.stderr
    assert mine.read_text(encoding="utf-8") == '{"name": "mine"}'


def test_a_place_that_cannot_be_written_is_one_message(scenario: Path, tmp_path: Path) -> None:
    for out, message in (
        (tmp_path, "is a folder; name a file in it"),
        (tmp_path / "none" / "trace.json", "cannot be written: there is no folder"),
        (scenario, "is what the results are made from"),
    ):
        result = invoke(scenario, "-o", out)
        assert result.exit_code == 2
        assert message in result.stderr
        assert result.stderr.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["small.toml"]
    assert scenario.read_text(encoding="utf-8") == SMALL
