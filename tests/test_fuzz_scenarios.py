"""Whatever a scenario file says, `load` returns a usable scenario or raises one clear error."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supportsim.cli import main
from supportsim.errors import ScenarioError
from supportsim.scenario import Scenario, fingerprint, load
from supportsim.scenario.calendar import arrival_rate, spans_until
from supportsim.scenario.explaining import distributions
from supportsim.scenario.loading import validate

if TYPE_CHECKING:
    from collections.abc import Iterable

PORTAL = (Path(__file__).parents[1] / "scenarios" / "portal.toml").read_text(encoding="utf-8")
BUSY = """\
name = "busy"
run = { start = 2026-01-07, warm_up = "1w", window = "4w", replications = "auto", seed = 7 }
calendar = { business_hours = [{ days = "Sat-Mon", from = "08:00", to = "12:30" }] }
benchmarks = { use = ["portal"], fitted = ["portal.response_rate"] }

[channels.portal]
arrivals = { per_day = 5, business_hours_share = 0.8, by_weekday = [1, 1, 1, 1, 1, 2, 2] }
patience = { dist = "weibull", mean = "3.4d", cv = 0.46 }
work = { dist = "lognormal", median = "3min", sigma = 0.7 }
wrap_up = { dist = "empirical", values = ["1min", "2min30s"], mean = "2min", cv = 0.1 }
replies = { probability = 0.3, delay = { dist = "exponential", rate_per_hour = 0.5 } }
transfers = { probability = 0.2, delay = { dist = "uniform", low = "0min", high = "1h" } }
reopening = { probability = 0.05, delay = { dist = "gamma", shape = 2, scale = "1d" } }

[channels.phone]
live = true
occupies = 0.5
arrivals = { per_day = 1e2 }
work = { dist = "triangular", low = "1min", mode = "2min", high = "6min" }

[teams.support]
agents = 2
serves = ["phone", "portal"]
shifts = [{ days = "Mon-Fri", from = "09:00", to = "17:00", each_hour = "9min" }]

[teams.machine]
agents = "unlimited"
serves = ["portal"]
"""
FULL = """\
name = "everything"
run = { start = 2026-01-07, warm_up = "0w", window = "2w", follow_up = "1w" }
satisfaction = { csat = [0.2, 1.0], nps = [-50, 60], ces = [1, 7], source = "assumed" }

[calendar]
business_hours = [{ days = "Mon-Fri", from = "09:00", to = "17:00" }]
holidays = { country = "DE", subdivision = "BY", more = [2026-01-08] }

[self_service]
channels = ["chat"]
tried_first = 0.66
answered = 0.4
own_language = 0.9
answered_otherwise = 0.1
forum = { asked = 0.1, answered = 0.5 }

[customers]
expectations = [{ within = "15min", share = 0.12 }, { within = "4h", share = 0.46 }]
leave_after_bad_experience = 0.33
value = 100

[channels.chat]
live = true
occupies = 0.33
work = "11min"
lines = 30
places = 10
priorities = [0.05, 0.2]
patience = { dist = "exponential", mean = "5min" }
redial = { probability = 0.5, delay = "10min", at_most = 2 }
switching = { to = "email", probability = 0.4, after = "60min" }
tools = { slowed = 0.8, slowdown = 1.2, blocked = 0.1, delay = "5min" }
escalation = [{ to = "email", probability = 0.2, delay = "5min" }]
transfers = { probability = 0.1, to_team = "experts" }
answer_targets = ["40s"]
experience = { halved_by_wait = "5min", if_unresolved = 0.4, per_transfer = 0.9, per_contact = 0.9 }

[channels.chat.opening]
hours = [{ days = "Mon-Fri", from = "08:00", to = "18:00" }]
outside = "voicemail"
voicemail_to = "email"

[channels.chat.arrivals]
per_day = 30
business_hours_share = 0.8
peaks = { noon = { from = "11:00", to = "15:00", factor = 2 } }
by_month = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3]
growth_per_year = 0.2
on_holidays = 0.3
busyness_cv = 0.1

[channels.email]
arrivals = { counts = [3, 4, 5, 6, 7, 1, 1], every = "1d", busyness_cv = 0.2 }
backlog = { tickets = 5, age = { dist = "exponential", mean = "1d" } }
devices = { desktop = 0.6, mobile = 0.4 }
bumps = { probability = 0.3, delay = "6h" }
work = "5min"

[teams.support]
agents = 3
serves = ["chat", "email"]
interrupts = true
shifts = [{ days = "Mon-Fri", from = "09:00", to = "17:00" }]
breaks = [{ from = "12:00", to = "14:00", lasts = "30min" }]
holidays = { country = "US", subdivision = "CA" }
absence = { planned = 0.1, unplanned = 0.05, spell = "3d" }
part_time = { share = 0.3, hours = 0.5 }
speed = 1.1
speed_cv = 0.2
cost_per_hour = 30
hires = [{ date = 2026-01-12, agents = 2 }]
turnover = { per_year = 0.29, notice = "30d", hiring = "ahead", time_to_hire = "40d" }
onboarding = { training = "2w", ramp_up = [{ until = "30d", speed = 0.5 }] }

[teams.experts]
shifts = [
    { days = "Mon-Wed", from = "09:00", to = "17:00", agents = 1 },
    { date = 2026-01-15, from = "09:00", to = "17:00", agents = 1 },
]
"""
DOCUMENTS = [tomllib.loads(PORTAL), tomllib.loads(BUSY), tomllib.loads(FULL)]

Place = tuple[str | int, ...]

TEXTS = [
    "", "0min", "1s", "1e-320min", "1e308w", "1e308min1e308min", "1e400d", "5200w", "9" * 400 + "s",
    "-3min", "nanmin", "٣min", "24:00", "00:00", "Mon-Sun", "Sun-Mon", "auto", "unlimited", "all",
    "a.b", "a\nb", "\x00", "\x7f\u2028\ufeff", "é" * 1000, *distributions(),
]  # fmt: skip
NUMBERS = [
    0, 1, -1, 2**63, -(2**63), 10**400, 0.0, -0.0, 0.5, 1.0, 5e-324, 1e-9, 1e308,
    float("nan"), float("inf"), -float("inf"), True, False,
]  # fmt: skip
DATES = [dt.date(1, 1, 1), dt.date(9999, 12, 31), dt.time(23, 59, 59), dt.datetime(2026, 1, 5, 9)]
KEYS = ["dist", "mean", "cv", "shape", "scale", "low", "high", "csv", "column", "unit", "x", "a.b"]

scalars = st.one_of(
    st.sampled_from(TEXTS), st.sampled_from(NUMBERS), st.sampled_from(DATES),
    st.integers(), st.floats(), st.text(max_size=20),
)  # fmt: skip
keys = st.one_of(st.sampled_from(KEYS), st.text(max_size=5))
values = st.one_of(
    st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=8) | st.dictionaries(keys, inner, max_size=4),
        max_leaves=8,
    ),
    st.builds(lambda item, size: [item] * size, scalars, st.sampled_from([7, 24, 5000])),
)


likely_numbers = st.one_of(st.floats(0, 1), st.integers(0, 40), st.sampled_from(NUMBERS))
likely_texts = st.one_of(
    st.sampled_from(TEXTS),
    st.builds("{}{}".format, st.floats(0, 1e6), st.sampled_from(["s", "min", "h", "d", "w"])),
    st.builds("{:02d}:{:02d}".format, st.integers(0, 24), st.integers(0, 59)),
)


def likely(value: Any) -> st.SearchStrategy[Any]:
    """Return values that could stand where `value` stands."""
    if isinstance(value, bool):
        return st.booleans()
    if isinstance(value, int | float):
        return likely_numbers
    return likely_texts if isinstance(value, str) else values


def places(node: Any, above: Place = ()) -> list[Place]:
    """Return the paths to everything in a document."""
    items: Iterable[Any] = node.items() if isinstance(node, dict) else enumerate(node)
    found: list[Place] = []
    for key, value in items:
        found.append((*above, key))
        if isinstance(value, dict | list):
            found += places(value, (*above, key))
    return found


ACTIONS = ("tweak", "tweak", "set", "drop", "rename", "add", "wrap")


@st.composite
def mutants(draw: st.DrawFn, actions: tuple[str, ...] = ACTIONS, most: int = 3) -> dict[str, Any]:
    """Return a valid document with a few things changed."""
    document: dict[str, Any] = json.loads(json.dumps(draw(st.sampled_from(DOCUMENTS)), default=str))
    document["run"]["start"] = dt.date(2026, 1, 5)
    for _ in range(draw(st.integers(1, most))):
        place: Any = draw(st.sampled_from(places(document) or [("name",)]))
        *above, last = place
        node: Any = document
        for key in above:
            node = node[key]
        what = draw(st.sampled_from(actions))
        if what == "tweak":
            node[last] = draw(likely(node[last] if isinstance(node, list) else node.get(last)))
        elif what == "drop":
            node.pop(last, *([] if isinstance(node, list) else [None]))
        elif what == "rename" and isinstance(node, dict) and last in node:
            node[draw(keys)] = node.pop(last)
        elif what == "add" and isinstance(node, dict):
            node[draw(keys)] = draw(values)
        elif what == "wrap" and isinstance(node, dict):
            node[last] = draw(st.sampled_from([[node.get(last, 1)], {"x": node.get(last, 1)}]))
        else:
            node[last] = draw(values)
    return document


def toml(value: Any) -> str:
    """Return a value as TOML writes it."""
    match value:
        case bool():
            return str(value).lower()
        case int():
            return hex(value) if value > 2**64 else str(value)
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case dt.date() | dt.time():
            return value.isoformat()
        case list():
            return f"[{', '.join(map(toml, value))}]"
        case dict():
            return f"{{{', '.join(f'{toml(key)} = {toml(item)}' for key, item in value.items())}}}"
    return repr(value)


def written(document: dict[str, Any]) -> str:
    return "".join(f"{toml(key)} = {toml(value)}\n" for key, value in document.items())


def attempt(content: str | bytes) -> Scenario | None:
    """Load a file with this content and check whatever comes out of it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "desk.toml"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        try:
            desk = load(path)
        except ScenarioError as error:
            message = str(error)
            assert message.startswith(f"{path}: ")
            assert message.isprintable()
            assert len(message) < 1500
            return None
    assert_usable(desk)
    return desk


def assert_usable(desk: Scenario) -> None:
    """Assert that sampling can work with a scenario: nothing negative, endless or undefined."""
    copy = validate(desk.to_dict())
    assert copy == desk
    assert fingerprint(copy) == fingerprint(desk)
    u = np.array([0.0, 1e-300, 0.25, 0.5, 1 - 2**-53])
    for channel in desk.channels.values():
        rate = arrival_rate(desk, channel.arrivals)
        assert np.isfinite(rate.total)
        assert np.all(rate.rates >= 0)
        parts = (channel.replies, channel.transfers, channel.reopening)
        delays = [part.delay for part in parts if part is not None]
        for distribution in (channel.work, channel.wrap_up, channel.patience, *delays):
            if distribution is not None:
                drawn = distribution.quantile(u)
                assert np.all(np.isfinite(drawn))
                assert np.all(np.diff(drawn, prepend=0) >= 0)
                assert np.isfinite(distribution.average)
    for team in desk.teams.values():
        spans = spans_until(team.shifts, desk, 20160)
        assert np.all(np.diff(spans.ravel()) > 0)
        assert len(spans) or not team.shifts


@settings(max_examples=300, deadline=None, derandomize=True)
@given(mutants() | mutants(("tweak",), 1))
def test_a_changed_document_loads_or_is_refused(document: dict[str, Any]) -> None:
    text = written(document)
    assert written(tomllib.loads(text)) == text
    attempt(text)


def test_the_unchanged_documents_load() -> None:
    for document in DOCUMENTS:
        assert attempt(written(document)) == validate(document)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    st.sampled_from([PORTAL, BUSY]),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 9), st.text(max_size=3)), max_size=3),
)
def test_a_misspelt_file_loads_or_is_refused(
    text: str, edits: list[tuple[float, int, str]]
) -> None:
    for place, dropped, added in edits:
        begin = int(place * len(text))
        text = text[:begin] + added + text[begin + dropped :]
    attempt(text)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.one_of(st.text(), st.binary(max_size=200)))
def test_anything_is_refused(content: str | bytes) -> None:
    assert attempt(content) is None


MONSTERS = {
    "array in array": "a = " + 20_000 * "[" + 20_000 * "]",
    "deep array": "name = " + 150 * "[" + 150 * "]",
    "table in table": "a = " + 20_000 * "{ a = " + "1" + 20_000 * " }",
    "dotted keys": ".".join(2_000 * ["a"]) + " = 1",
    "dotted channel": "channels" + 2_000 * ".portal" + " = 1",
    "many channels": "".join(f'[channels.c{n}]\nwork = "1min"\n' for n in range(5_000)),
    "many keys": "".join(f"k{n} = 1\n" for n in range(20_000)),
    "long key": f"{'k' * 1_000_000} = 1",
    "long name": f'name = "{"x" * 1_000_000}"',
    "digits": f"run = {{ seed = {'9' * 5_000} }}",
    "hexadecimal digits": f"run = {{ seed = 0x{'f' * 100_000} }}",
    "large per day": BUSY.replace("per_day = 5,", f"per_day = 0x{'f' * 5_000},"),
    "long duration": BUSY.replace('"1min"', f'"{"1" * 100_000}min"'),
    "parts of a duration": BUSY.replace('"1min"', f'"{"1min" * 100_000}x"'),
    "carriage returns": BUSY.replace("\n", "\r"),
    "null characters": "\0" * 1_000,
    "UTF-16": BUSY.encode("utf-16"),
}


@pytest.mark.parametrize("content", MONSTERS.values(), ids=MONSTERS)
def test_a_monstrous_file_is_refused(content: str | bytes) -> None:
    if content != MONSTERS["carriage returns"]:
        assert attempt(content) is None
    else:
        attempt(content)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(mutants(), st.text(max_size=30), values)
def test_changes_by_path_are_made_or_refused(document: Any, path: str, value: Any) -> None:
    desk = validate(DOCUMENTS[1])
    paths = [path, *(".".join(map(str, place)) for place in places(document)[::7])]
    for each in paths:
        with contextlib.suppress(ScenarioError):
            assert_usable(desk.replace({each: value}))


# The command line


def command(*arguments: str, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(sys, "argv", ["supportsim", *arguments])
    with pytest.raises(SystemExit) as caught:
        main()
    assert isinstance(caught.value.code, int)
    return caught.value.code


COMMANDS = [
    *((f"text {n}", BUSY.replace('"1min"', toml(text))) for n, text in enumerate(TEXTS)),
    *((f"number {n}", PORTAL.replace("per_day = 5", f"per_day = {toml(number)}"))
      for n, number in enumerate(NUMBERS)),
    *(item for item in MONSTERS.items() if len(item[1]) < 110_000),
]  # fmt: skip


@pytest.mark.parametrize(
    "content", [text for _, text in COMMANDS], ids=[name for name, _ in COMMANDS]
)
def test_validate_says_yes_or_what_is_wrong(
    content: str | bytes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "desk.toml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    status = command("validate", str(path), monkeypatch=monkeypatch)
    out, err = capsys.readouterr()
    if status == 0:
        assert "is valid" in out
        assert err == ""
        load(path)
    else:
        assert status == 2
        assert out == ""
        assert err.startswith(f"error: {path}: ")
        assert err.count("\n") == 1
        with pytest.raises(ScenarioError):
            load(path)


def test_the_command_itself_ends_with_the_status(tmp_path: Path) -> None:
    for content, status in ((PORTAL, 0), ("name = 3", 2)):
        path = tmp_path / "desk.toml"
        path.write_text(content, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "supportsim", "validate", str(path)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == status
        assert "Traceback" not in done.stderr
        assert done.stderr.count("\n") == (status == 2)
