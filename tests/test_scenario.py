"""Loading, freezing, changing and comparing scenarios; and what is said about wrong ones."""

from __future__ import annotations

import pickle
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from supportsim.errors import ScenarioError, SupportSimError
from supportsim.scenario import Scenario, fingerprint, load
from supportsim.scenario.explaining import distributions, keys_at
from supportsim.scenario.loading import changed, validate

if TYPE_CHECKING:
    from collections.abc import Callable

SCENARIOS = Path(__file__).parents[1] / "scenarios"
EXAMPLES = [path for path in sorted(SCENARIOS.glob("*.toml")) if path.suffixes == [".toml"]]

SMALLEST = """\
name = "portal"

[channels.portal]
arrivals = { per_day = 5 }
work = "3min"

[teams.support]
agents = 2
serves = ["portal"]
shifts = [{ days = "Mon-Fri", from = "09:00", to = "17:00" }]
"""

DEFAULTS = """\
name = "portal"
description = ""

[run]
start = 2026-01-05
warm_up = "8w"
window = "52w"
follow_up = "8w"
replications = 20
precision = 0.05
max_replications = 200
seed = 1

[calendar]
business_hours = [{ days = "Mon-Fri", from = "09:00", to = "17:00" }]

[channels.portal]
live = false
occupies = 1
arrivals = { per_day = 5.0 }
work = { dist = "constant", value = "180s" }
wrap_up = "0s"
resolution = 1
response_bands = ["60min", "1d", "2d"]

[teams.support]
agents = 2
serves = ["portal"]
shifts = [{ days = "Mon,Tue,Wed,Thu,Fri", from = "09:00", to = "17:00" }]
speed = 1
cost_per_hour = 0

[benchmarks]
use = []
files = []
fitted = []
"""

FULL = """\
name = "full"
description = "Every table and every kind of value"
run = { start = 2026-01-07, window = "4w", replications = "auto", seed = 7 }
calendar = { business_hours = [{ days = "Sat-Mon", from = "08:00", to = "12:30" }] }
benchmarks = { use = ["portal"], fitted = ["portal.response_rate"] }

[channels.portal]
arrivals = { per_day = 5, business_hours_share = 0.8, by_weekday = [1, 1, 1, 1, 1, 2, 2] }
patience = { dist = "gamma", mean = "3.4d", cv = 0.46 }
work = { dist = "lognormal", median = "3min", sigma = 0.7 }
wrap_up = { dist = "empirical", values = ["1min", "2min30s"] }
replies = { probability = 0.3, delay = { dist = "exponential", rate_per_hour = 0.5 } }
transfers = { probability = 0.2 }
resolution = 0.9
reopening = { probability = 0.05, delay = "2d" }

[channels.phone]
live = true
occupies = 0.5
arrivals = { per_day = 1e2 }
work = { dist = "triangular", low = "1min", mode = "2min", high = "6min" }

[teams.support]
agents = 2
serves = ["phone", "portal"]
shifts = [{ days = "Mon-Fri", from = "09:00", to = "17:00", each_hour = "9min" }]
cost_per_hour = 23

[teams.machine]
agents = "unlimited"
serves = ["portal"]
"""


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "desk.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def of(text: str) -> Scenario:
    return validate(tomllib.loads(text))


def edited(old: str, new: str, text: str = SMALLEST) -> str:
    assert text.count(old) == 1
    return text.replace(old, new)


# Reading


def test_a_loaded_scenario_holds_minutes_and_numbers(file: Callable[[str], Path]) -> None:
    desk = load(file(FULL))
    portal, support = desk.channels["portal"], desk.teams["support"]
    assert list(desk.channels) == ["portal", "phone"]
    assert portal.patience is not None
    assert portal.patience.average == 3.4 * 1440
    assert portal.arrivals.per_day == 5
    assert desk.run.window == 4 * 7 * 1440
    assert desk.run.start.isoformat() == "2026-01-07"
    assert desk.calendar.business_hours[0].days == (0, 5, 6)
    assert (support.shifts[0].from_, support.shifts[0].to) == (540, 1020)
    assert desk.teams["machine"].agents == "unlimited"


def test_times_of_a_run() -> None:
    run = of(edited('name = "portal"', 'name = "x"\nrun = { warm_up = "1w", window = "2w" }')).run
    assert run.window_edges == (10080, 30240)
    assert run.horizon == 30240 + 8 * 10080


def test_what_is_left_out_has_its_default() -> None:
    assert of(SMALLEST) == of(DEFAULTS)
    assert of(SMALLEST).channels["portal"].patience is None


@pytest.mark.parametrize("path", EXAMPLES, ids=[path.name for path in EXAMPLES])
def test_the_example_scenarios_load(path: Path) -> None:
    desk = load(path)
    assert validate(desk.to_dict()) == desk


def test_the_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "desk.toml"
    path.write_text(SMALLEST, encoding="utf-8-sig")
    assert load(path) == of(SMALLEST)


def test_values_can_be_changed_while_loading(file: Callable[[str], Path]) -> None:
    desk = load(str(file(SMALLEST)), {"channels.portal.arrivals.per_day": 8, "run.seed": 3})
    assert desk.channels["portal"].arrivals.per_day == 8
    assert desk.run.seed == 3


# Frozen


def test_nothing_of_a_scenario_can_be_changed_in_place() -> None:
    desk = of(FULL)
    with pytest.raises(ValidationError, match="frozen"):
        desk.name = "other"  # type: ignore[misc]
    with pytest.raises(ValidationError, match="frozen"):
        desk.channels["portal"].arrivals.per_day = 8  # type: ignore[misc]
    with pytest.raises(TypeError):
        desk.channels["chat"] = desk.channels["portal"]  # type: ignore[index]
    with pytest.raises(TypeError):
        desk.teams["support"].shifts[0] = desk.teams["support"].shifts[0]  # type: ignore[index]


def test_equal_scenarios_have_one_hash() -> None:
    assert hash(of(FULL)) == hash(of(FULL))
    assert len({of(FULL), of(FULL), of(SMALLEST)}) == 2


def test_scenarios_survive_pickling() -> None:
    desk = of(FULL)
    copy = pickle.loads(pickle.dumps(desk))
    assert copy == desk
    assert copy.to_dict() == desk.to_dict()
    assert type(copy.channels) is type(desk.channels)


def test_errors_survive_pickling() -> None:
    error = ScenarioError("is wrong", key="run.seed", file="desk.toml", hint="give another")
    copy = pickle.loads(pickle.dumps(error))
    assert str(copy) == str(error) == "desk.toml: run.seed: is wrong; give another"
    assert isinstance(copy, SupportSimError)
    assert isinstance(copy, ValueError)


# Changed


@pytest.mark.parametrize(
    ("path", "value", "old", "new"),
    [
        ("channels.portal.arrivals.per_day", 8, "per_day = 5", "per_day = 8"),
        ("channels.portal.work", "4min", 'work = "3min"', 'work = "4min"'),
        (
            "channels.portal.work",
            {"dist": "gamma", "mean": "1h", "cv": 1},
            'work = "3min"',
            'work = { dist = "gamma", mean = "1h", cv = 1 }',
        ),
        ("run.seed", 5, 'name = "portal"', 'name = "portal"\nrun.seed = 5'),
        (
            "channels.portal.replies",
            {"probability": 0.1, "delay": "1d"},
            "[teams.support]",
            'replies = { probability = 0.1, delay = "1d" }\n[teams.support]',
        ),
        ("teams.support.shifts.0.to", "18:00", "17:00", "18:00"),
        ("teams.support.agents", "unlimited", "agents = 2", 'agents = "unlimited"'),
    ],
)
def test_a_changed_copy_equals_a_changed_file(path: str, value: Any, old: str, new: str) -> None:
    text = edited(old, new)
    if value == "unlimited":
        text = edited('shifts = [{ days = "Mon-Fri", from = "09:00", to = "17:00" }]', "", text)
    desk = of(SMALLEST)
    changes = {path: value} | ({"teams.support.shifts": []} if value == "unlimited" else {})
    assert desk.replace(changes) == of(text)
    assert desk == of(SMALLEST)
    document = tomllib.loads(SMALLEST)
    assert validate(changed(document, changes)) == of(text)
    assert document == tomllib.loads(SMALLEST)


def test_a_whole_channel_can_be_added() -> None:
    channel = {"arrivals": {"per_day": 1}, "work": "1min"}
    changes = {"channels.chat": channel, "teams.support.serves": ["chat", "portal"]}
    assert list(of(SMALLEST).replace(changes).channels) == ["portal", "chat"]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("", '"" is not a path of keys; write it as in "channels.portal.work"'),
        ("run.", '"run." is not a path of keys; write it as in "channels.portal.work"'),
        (".run", '".run" is not a path of keys; write it as in "channels.portal.work"'),
        ("run..seed", '"run..seed" is not a path of keys; write it as in "channels.portal.work"'),
        ("run.sed", 'run.sed: there is no such key; did you mean "seed"?'),
        ("chanels.portal", 'chanels: there is no such key; did you mean "channels"?'),
        (
            "channels.portl.work",
            'channels.portl.work: there is no channel "portl"; did you mean "portal"?',
        ),
        (
            "channels.x.work",
            'channels.x.work: there is no channel "x"; there are: portal',
        ),
        ("teams.x.agents", 'teams.x.agents: there is no team "x"; there are: support'),
        (
            "name.first",
            'name.first: name is a single value and has no key "first"; set name as a whole',
        ),
        (
            "channels.portal.arrivals.per_day.x.y",
            "channels.portal.arrivals.per_day.x.y: channels.portal.arrivals.per_day is a single "
            'value and has no key "x"; set channels.portal.arrivals.per_day as a whole',
        ),
        (
            "teams.support.shifts.1.to",
            "teams.support.shifts.1.to: there is no item 1; there are 1, counted from 0",
        ),
        (
            "teams.support.shifts.-1",
            "teams.support.shifts.-1: there is no item -1; there are 1, counted from 0",
        ),
        (
            "teams.support.shifts.²",
            "teams.support.shifts.²: there is no item ²; there are 1, counted from 0",
        ),
        (
            "channels.portal.patience.mean",
            'channels.portal.patience: has to say which distribution it is, as in dist = "gamma"; '
            f"there are: {', '.join(distributions())}",
        ),
    ],
)
def test_a_path_that_leads_nowhere_is_refused(
    path: str, message: str, file: Callable[[str], Path]
) -> None:
    with pytest.raises(ScenarioError) as caught:
        of(SMALLEST).replace({path: "x"})
    assert str(caught.value) == message
    place = file(SMALLEST)
    with pytest.raises(ScenarioError) as caught:
        load(place, {path: "x"})
    assert str(caught.value) == f"{place}: {message}"


# As a dictionary, and as a fingerprint


@pytest.mark.parametrize("text", [SMALLEST, DEFAULTS, FULL])
def test_a_scenario_is_its_dictionary(text: str) -> None:
    desk = of(text)
    document = desk.to_dict()
    assert validate(document) == desk
    assert document.keys() == tomllib.loads(text).keys()
    document["channels"]["portal"]["arrivals"]["per_day"] = 0
    assert desk == of(text)


def test_what_means_the_same_has_one_fingerprint() -> None:
    assert fingerprint(of(SMALLEST)) == fingerprint(of(DEFAULTS))
    assert fingerprint(of(FULL)) == fingerprint(validate(of(FULL).to_dict()))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("per_day = 5", "per_day = 5.000000000000001"),
        ('"3min"', '"3.0000000000000004min"'),
        ("agents = 2", "agents = 3"),
        ('name = "portal"', 'name = "portal"\nrun.seed = 2'),
        ('name = "portal"', 'name = "portal 2"'),
        ("[teams.support]", 'patience = "1w"\n[teams.support]'),
        ("[teams.support]", '[teams.zero]\nagents = 0\nserves = ["portal"]\n[teams.support]'),
    ],
)
def test_what_means_something_else_has_another_fingerprint(old: str, new: str) -> None:
    assert fingerprint(of(edited(old, new))) != fingerprint(of(SMALLEST))


def test_the_fingerprint_knows_the_order_of_the_teams() -> None:
    head, _, team = SMALLEST.partition("[teams.support]")
    one = of(f"{head}[teams.a]{team}[teams.b]{team}")
    other = of(f"{head}[teams.b]{team}[teams.a]{team}")
    assert fingerprint(one) != fingerprint(other)


# Refused

REFUSALS = r"""
name = "portal" ->
    name: is missing
name = "portal" -> name = 3
    name: has to be a text, not 3
name = "portal" -> name = ""
    name: has to be a text that is not empty
name = "portal" -> nam = "portal"
    nam: there is no such key; did you mean "name"?
name = "portal" -> name = "portal" | run.start = "2026-01-05"
    run.start: has to be a date such as 2026-01-05, without quotes, not "2026-01-05"
name = "portal" -> name = "portal" | run.start = 2026-01-05T09:00:00
    run.start: has to be a date such as 2026-01-05, without quotes, not 2026-01-05 09:00:00
name = "portal" -> name = "portal" | run.replications = "all"
    run.replications: has to be a whole number or "auto", not "all"
name = "portal" -> name = "portal" | run.seed = 9223372036854775808
    run.seed: has to be less than 9223372036854775808, not 9223372036854775808
name = "portal" -> name = "portal" | run.window = "0min"
    run.window: has to be more than "0min", not "0min"
name = "portal" -> name = "portal" | run.window = "1041w"
    run.window: has to be at most "7280d", not "1041w"
name = "portal" -> name = "portal" | benchmarks.us = ["portal"]
    benchmarks.us: there is no such key; did you mean "use"?
name = "portal" -> name = "portal" | benchmarks.use = "portal"
    benchmarks.use: has to be an array [...], not "portal"
name = "portal" -> name = "portal" | benchmarks.files = [2026-01-05]
    benchmarks.files.0: has to be a text, not 2026-01-05

per_day = 5 -> per_dy = 5
    channels.portal.arrivals.per_dy: there is no such key; did you mean "per_day"?
per_day = 5 -> per_day = true
    channels.portal.arrivals.per_day: has to be a finite number, not true
per_day = 5 -> per_day = nan
    channels.portal.arrivals.per_day: has to be a finite number, not nan
per_day = 5 -> per_day = -1
    channels.portal.arrivals.per_day: has to be at least 0, not -1
per_day = 5 -> per_day = 1e7
    channels.portal.arrivals.per_day: has to be at most 1000000, not 10000000.0
per_day = 5 -> per_day = 5, by_hour = [23*1]
    channels.portal.arrivals.by_hour: has to have at least 24 items, not 23
per_day = 5 -> per_day = 5, by_hour = [25*1]
    channels.portal.arrivals.by_hour: has to have at most 24 items, not 25
per_day = 5 -> per_day = 5, by_hour = [24*0]
    channels.portal.arrivals: by_hour has to have a weight above 0
per_day = 5 -> per_day = 5, by_weekday = [6*1]
    channels.portal.arrivals.by_weekday: has to have at least 7 items, not 6
per_day = 5 -> per_day = 5, by_weekday = [6*1, -1]
    channels.portal.arrivals.by_weekday.6: has to be at least 0, not -1
per_day = 5 -> per_day = 5, by_hour_of_week = [[24*1], [23*1]]
    channels.portal.arrivals.by_hour_of_week.1: has to have at least 24 items, not 23
per_day = 5 -> per_day = 5, by_hour_of_week = [[24*1], 1]
    channels.portal.arrivals.by_hour_of_week.1: has to be an array [...], not 1
per_day = 5 -> per_day = 5, business_hours_share = 0.8, by_weekday = [5*0, 2*1]
    channels.portal.arrivals.business_hours_share: the profile leaves no time inside business hours
per_day = 5 -> per_day = 5, business_hours_share = 0.8, by_hour = [9*0, 4*1, 11*0], by_weekday = [1, 6*0]
    channels.portal.arrivals.business_hours_share: the profile leaves no time outside business hours

"3min" -> "3"
    channels.portal.work: "3" is not a duration; write a number and a unit (s, min, h, d, w), as in "95min"
"3min" -> "-3min"
    channels.portal.work: "-3min" is not a duration; write a number and a unit
"3min" -> "1e400d"
    channels.portal.work: "1e400d" is not a finite duration
"3min" -> 3
    channels.portal.work: has to be a duration such as "3min" or a table { dist = "gamma", ... }, not 3
"3min" -> {}
    channels.portal.work: has to say which distribution it is, as in dist = "gamma"; there are: constant, empirical,
"3min" -> { dist = "gama" }
    channels.portal.work: there is no distribution "gama"; did you mean "gamma"?
"3min" -> { dist = 3 }
    channels.portal.work: dist has to be a text, not 3; there are: constant, empirical,
"3min" -> { dist = "gamma", shap = 2 }
    channels.portal.work.shap: there is no such key; did you mean "shape"?
"3min" -> { dist = "uniform", shape = 2 }
    channels.portal.work.shape: there is no such key; the keys here are: dist, low, high, mean, cv
"3min" -> { dist = "gamma", mean = 3, cv = 1 }
    channels.portal.work.mean: has to be a text such as "95min" or "6h", not 3
"3min" -> { dist = "gamma", mean = "3min", cv = "1" }
    channels.portal.work.cv: has to be a finite number, not "1"

[channels.portal] -> [channels."por.tal"]
    channels."por.tal": "por.tal" is not a name: use letters, digits, - and _, and begin with a letter
[channels.portal] -> [channels."por tal"]
    channels."por tal": "por tal" is not a name: use letters, digits, - and _
[channels.portal] -> [channels."por\ntal"]
    channels."por\ntal": "por\ntal" is not a name: use letters, digits, - and _
[channels.portal] -> [channels."pörtal"]
    channels."pörtal": "pörtal" is not a name: use letters, digits, - and _
[channels.portal] -> [channels.1st]
    channels.1st: "1st" is not a name: use letters, digits, - and _, and begin with a letter
[channels.portal] -> [channels.all]
    channels.all: a channel cannot be named "all": measures are named so
[channels.portal] -> [channels.team]
    channels.team: a channel cannot be named "team": measures are named so
[teams.support] -> [teams."a.b"]
    teams."a.b": "a.b" is not a name: use letters, digits, - and _, and begin with a letter

[teams.support] -> replies = 1 | [teams.support]
    channels.portal.replies: has to be a table {...}, not 1
[teams.support] -> replies = { probability = 0.5 } | [teams.support]
    channels.portal.replies.delay: is missing
[teams.support] -> live = "no" | [teams.support]
    channels.portal.live: has to be true or false, not "no"
[teams.support] -> response_bands = ["1h", "60min"] | [teams.support]
    channels.portal: response_bands names a time twice
[teams.support] -> [channels.chat] | [teams.support]
    channels.chat.arrivals: is missing
[teams.support] -> [channels.chat] | arrivals.per_day = 1 | work = "1s" | [teams.support]
    channels.chat: no team serves this channel; add "chat" to the serves of a team (support)

agents = 2 -> agents = 0
    teams.support.agents: the roster is empty: nobody would ever serve the channel "portal"; give the team at least 1 agent
agents = 2 -> agents = 2.0
    teams.support.agents: has to be a whole number or "unlimited", not 2.0
agents = 2 -> agents = "unlimted"
    teams.support.agents: has to be a whole number or "unlimited", not "unlimted"; did you mean "unlimited"?
agents = 2 -> agents = "unlimited"
    teams.support: a team without limit has no shifts
agents = 2 -> agents = 2 | speed = 0
    teams.support.speed: has to be more than 0, not 0
agents = 2 -> agents = 2 | x = 1
    teams.support.x: there is no such key; the keys here are: agents, serves,
["portal"] -> "portal"
    teams.support.serves: has to be an array [...], not "portal"
["portal"] -> []
    teams.support.serves: has to name at least 1 channel, as nobody transfers to this team
["portal"] -> ["portal", 1]
    teams.support.serves.1: has to be a text, not 1
["portal"] -> ["portal", "portl"]
    teams.support.serves: there is no channel "portl"; did you mean "portal"?
["portal"] -> ["x"]
    teams.support.serves: there is no channel "x"; there are: portal
["portal"] -> ["portal", "portal"]
    teams.support: serves names a channel twice

shifts = -> # shifts =
    teams.support: shifts is missing: when are the agents on duty? For around the clock write [{ days = "Mon-Sun", from = "00:00", to = "24:00" }]
"17:00" }] -> "17:00" }, { days = "Fri-Mon", from = "16:59", to = "18:00" }]
    teams.support: shifts overlap
"17:00" } -> "09:00" }
    teams.support.shifts.0: to has to be later than from; split hours that run over midnight
"17:00" } -> "17:00", each_hour = "60min" }
    teams.support.shifts.0.each_hour: has to be less than "1h", not "60min"
"17:00" } -> "17:00", each_hour = "0min" }
    teams.support.shifts.0.each_hour: has to be at least "1s", not "0min"
"09:00" -> "9:00"
    teams.support.shifts.0.from: "9:00" is not a time of day; write it as in "09:00", up to "24:00"
"09:00" -> 09:00:00
    teams.support.shifts.0.from: has to be a text such as "09:00", not 09:00:00
"Mon-Fri" -> "Mon-Fry"
    teams.support.shifts.0.days: "Mon-Fry" does not name weekdays; write them as in "Mon-Fri" or "Sat,Sun"
"Mon-Fri" -> 1
    teams.support.shifts.0.days: has to be a text such as "Mon-Fri", not 1
"""  # noqa: E501
"""An edit of the smallest scenario, and below it how the message begins, after the file. In an
edit ` | ` ends a line and `24*0` stands for 24 zeros."""


def refusals() -> list[tuple[str, str, str]]:
    lines = [line.strip() for line in REFUSALS.splitlines() if line]
    cases = []
    for edit, message in zip(lines[::2], lines[1::2], strict=True):
        old, _, new = (part.strip() for part in edit.partition("->"))
        new = re.sub(r"(\d+)\*(\d)", lambda m: ", ".join([m[2]] * int(m[1])), new)
        cases.append((old, new.replace(" | ", "\n"), message))
    return cases


@pytest.mark.parametrize(("old", "new", "message"), refusals())
def test_what_is_wrong_is_said_in_one_line(
    old: str, new: str, message: str, file: Callable[[str], Path]
) -> None:
    path = file(edited(old, new))
    with pytest.raises(ScenarioError) as caught:
        load(path)
    said = str(caught.value).removeprefix(f"{path}: ")
    assert said.startswith(message)
    assert said.isprintable()
    assert len(said) < 300
    assert caught.value.key == message.partition(": ")[0]
    assert caught.value.file == str(path)


@pytest.mark.parametrize(
    ("hours", "share", "where"),
    [([], 0, "inside"), ([{"days": "Mon-Sun", "from": "00:00", "to": "24:00"}], 1, "outside")],
)
def test_a_calendar_has_to_have_the_hours_that_the_arrivals_need(
    hours: list[dict[str, str]], share: float, where: str
) -> None:
    desk = of(SMALLEST).replace({"calendar.business_hours": hours})
    key = "channels.portal.arrivals.business_hours_share"
    assert desk.replace({key: share}).channels["portal"].arrivals.business_hours_share == share
    with pytest.raises(ScenarioError) as caught:
        desk.replace({key: 0.8})
    reason = f"the calendar has no time {where} business hours for arrivals"
    assert str(caught.value) == f"{key}: {reason}"


def test_a_team_without_agents_is_legal_beside_another() -> None:
    of(edited("[teams.support]", '[teams.zero]\nagents = 0\nserves = ["portal"]\n[teams.support]'))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "portal.toml").write_text(SMALLEST)
    with pytest.raises(ScenarioError) as caught:
        load(tmp_path / "portl.toml")
    reason = 'cannot be read: No such file or directory; did you mean "portal.toml"?'
    assert str(caught.value) == f"{tmp_path / 'portl.toml'}: {reason}"
    with pytest.raises(ScenarioError, match="cannot be read"):
        load(tmp_path)
    with pytest.raises(ScenarioError, match="cannot be read"):
        load("port\0al.toml")
    (tmp_path / "latin.toml").write_bytes('name = "Grüße"'.encode("latin-1"))
    with pytest.raises(ScenarioError, match="is not UTF-8 text"):
        load(tmp_path / "latin.toml")


def test_without_a_file_the_message_begins_with_the_key() -> None:
    with pytest.raises(ScenarioError) as caught:
        validate({})
    assert str(caught.value) == "name: is missing"


def test_every_key_of_a_distribution_is_known_by_its_kind() -> None:
    document = tomllib.loads(edited('"3min"', '{ dist = "gamma" }'))
    known = keys_at(("channels", "portal", "work"), document)
    assert known == ["dist", "mean", "cv", "shape", "scale"]
