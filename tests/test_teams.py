"""What teams may say, and what is said about those that are wrong."""

from __future__ import annotations

import datetime as dt
import json
import re
import tomllib
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from supportsim.errors import ScenarioError
from supportsim.scenario import fingerprint, json_schema, load
from supportsim.scenario.hours import Holidays, overlapping
from supportsim.scenario.loading import changed, validate

if TYPE_CHECKING:
    from pathlib import Path

    from supportsim.scenario import Team

SCHEMA = json_schema()
SMALLEST = """\
name = "desk"

[channels.portal]
arrivals = { per_day = 5 }
work = "3min"

[teams.desk]
serves = ["portal"]
"""
PLAIN = """\
agents = 3
shifts = [{ days = "Mon-Fri", from = "09:00", to = "17:00" }]
"""
FULL = """\
agents = 4
shifts = [
    { days = "Mon-Fri", from = "09:00", to = "17:00" },
    { date = 2026-01-10, from = "10:00", to = "14:00", each_hour = "20min" },
]
breaks = [{ from = "12:00", to = "14:00", lasts = "30min" }]
holidays = { country = "DE", subdivision = "BY", more = [2026-12-24] }
absence = { planned = 0.1, unplanned = 0.05, spell = "4d" }
part_time = { share = 0.25, hours = 0.5 }
speed = 1.1
speed_cv = 0.2
hires = [{ date = 2026-03-02, agents = 2 }]
cost_per_hour = 23

[teams.desk.onboarding]
training = "20d"
ramp_up = [{ until = "30d", speed = 0.5 }, { until = "60d", speed = 0.8 }]

[teams.desk.turnover]
per_year = 0.29
notice = "30d"
hiring = "replace"
time_to_hire = { dist = "gamma", mean = "40d", cv = 0.5 }
cost_per_leaver = 12000
"""
TABLE = """\
agent,day,from,to
Anna,Mon-Fri,09:00,13:00
Ben,"Mon,Wed",12:00,20:00
Anna,2026-01-10,10:00,14:00
Anna,Tue,13:00,14:00
"""


def team_of(text: str) -> Team:
    return validate(tomllib.loads(SMALLEST + text)).teams["desk"]


def problems(document: Any) -> list[str]:
    """Return what the JSON Schema has against a document."""
    errors = jsonschema.Draft202012Validator(SCHEMA).iter_errors(
        json.loads(json.dumps(document, default=str))
    )
    return [error.message for error in errors]


# What may be said


def test_a_team_with_everything() -> None:
    document = tomllib.loads(SMALLEST + FULL)
    scenario = validate(document)
    team = scenario.teams["desk"]
    assert team.size == 4
    assert team.shifts[1].date == dt.date(2026, 1, 10)
    assert team.shifts[1].days == ()
    assert team.turnover is not None
    assert team.turnover.time_to_hire.average == 40 * 1440
    assert [step.until for step in team.onboarding.ramp_up] == [43200, 86400]
    assert problems(document) == []
    assert validate(scenario.to_dict()) == scenario
    assert fingerprint(validate(scenario.to_dict())) == fingerprint(scenario)
    assert problems(scenario.to_dict()) == []


@pytest.mark.parametrize(
    ("text", "size"),
    [
        (PLAIN, 3),
        ('shifts = [{ days = "Mon", from = "09:00", to = "17:00", agents = 2 }, '
         '{ days = "Mon", from = "09:00", to = "17:00", agents = 3 }]', 5),
        ('agents = 2\nshifts = [{ days = "Mon", from = "09:00", to = "17:00", agents = 2 }]', 2),
        ('shifts = [{ days = "Mon", from = "09:00", to = "17:00", agent = "Anna" }, '
         '{ days = "Tue", from = "09:00", to = "17:00", agent = "Anna" }, '
         '{ days = "Mon", from = "09:00", to = "17:00", agent = "Ben" }]', 2),
        ('agents = "unlimited"', 0),
    ],
)  # fmt: skip
def test_how_many_agents_there_are_at_the_start(text: str, size: int) -> None:
    assert team_of(text).size == size
    assert problems(tomllib.loads(SMALLEST + text)) == []


def test_a_team_may_begin_with_its_hires() -> None:
    hires = "hires = [{ date = 2026-02-01, agents = 2 }]\n"
    team = team_of(PLAIN.replace("agents = 3", "agents = 0") + hires)
    assert team.size == 0


def test_shifts_that_meet_do_not_overlap() -> None:
    more = ', { days = "Mon", from = "17:00", to = "24:00" }, '
    more += '{ days = "Tue", from = "00:00", to = "09:00" }, '
    more += '{ date = 2026-01-10, from = "09:00", to = "17:00" }]'
    assert len(team_of(PLAIN.replace("]", more)).shifts) == 4


def test_overlaps_are_found_among_weekdays_and_dates() -> None:
    names = [f'{{ agent = "{name}", days = "Mon", from = "09:00", to = "17:00" }}' for name in "AB"]
    shifts = team_of(f"shifts = [{', '.join(names)}]").shifts
    assert overlapping(shifts) == (0, 1)
    assert overlapping(shifts[:1]) is None
    assert overlapping([]) is None


# Shifts in a file


def table_in(folder: Path, text: str) -> Path:
    (folder / "shifts.csv").write_text(text)
    (folder / "desk.toml").write_text(SMALLEST + 'shifts = { csv = "shifts.csv" }\n')
    return folder / "desk.toml"


def test_a_table_of_shifts(tmp_path: Path) -> None:
    scenario = load(table_in(tmp_path, TABLE))
    team = scenario.teams["desk"]
    assert team.size == 2
    rows = [(s.agent, s.days, s.date, s.from_, s.to) for s in team.shifts]
    assert rows == [
        ("Anna", (0, 1, 2, 3, 4), None, 540, 780),
        ("Ben", (0, 2), None, 720, 1200),
        ("Anna", (), dt.date(2026, 1, 10), 600, 840),
        ("Anna", (1,), None, 780, 840),
    ]
    assert problems(tomllib.loads((tmp_path / "desk.toml").read_text())) == []


def test_a_scenario_holds_the_shifts_and_not_the_file(tmp_path: Path) -> None:
    scenario = load(table_in(tmp_path, TABLE))
    document = scenario.to_dict()
    assert document["teams"]["desk"]["shifts"][:3] == [
        {"agent": "Anna", "days": "Mon,Tue,Wed,Thu,Fri", "from": "09:00", "to": "13:00"},
        {"agent": "Ben", "days": "Mon,Wed", "from": "12:00", "to": "20:00"},
        {"agent": "Anna", "date": dt.date(2026, 1, 10), "from": "10:00", "to": "14:00"},
    ]
    assert problems(document) == []
    assert validate(document) == scenario
    assert fingerprint(validate(document)) == fingerprint(scenario)
    later = scenario.replace({"teams.desk.shifts.1.to": "21:00"})
    assert later.teams["desk"].shifts[1].to == 1260


WRONG_TABLES = """
agent,day,from,to
    has no row below its header
agent,from,to|Anna,09:00,17:00
    has no column "day"; it has: agent, from, to
agent,day,from,to|Anna,Mon,,17:00
    , line 2, column "from": the cell is empty
agent,day,from,to|Anna,Mon,09:00,17:00| ,Tue,09:00,17:00
    , line 3, column "agent": the cell is empty
agent,day,from,to|Anna,Mon,09:00
    , line 2, column "to": the cell is empty
agent,day,from,to|Anna,Mon,9:00,17:00
    , line 2, column "from": "9:00" is not a time of day; write it as in "09:00", up to "24:00"
agent,day,from,to|Anna,Mon,09:00,17
    , line 2, column "to": "17" is not a time of day; write it as in "09:00", up to "24:00"
agent,day,from,to|Anna,Mon,09:00,17:00|Anna,Tue,22:00,06:00
    , line 3, column "to": has to be later than from; split hours that run over midnight
agent,day,from,to|Anna,Montag,09:00,17:00
    , line 2, column "day": "Montag" does not name weekdays; write them as in "Mon-Fri" or "Sat,Sun"
agent,day,from,to|Anna,2026-02-30,09:00,17:00
    , line 2, column "day": "2026-02-30" is not a date; write it as in "2026-01-05"
agent,day,from,to|Anna,5.1.2026,09:00,17:00
    , line 2, column "day": "5.1.2026" is not a date; write it as in "2026-01-05"
agent,day,from,to|Anna,Mon,09:00,17:00|Ben,Mon,09:00,17:00|Anna,Sun-Mon,16:00,18:00
    , line 4, column "from": the shift overlaps one of Anna in line 2
agent,day,from,to|Anna,2026-01-05,09:00,17:00|Ben,Mon,09:00,17:00||Anna,Mon,16:59,18:00
    , line 5, column "from": the shift overlaps one of Anna in line 2
agent,day,from,to|Anna,2026-01-05,09:00,17:00|Anna,2026-01-05,16:00,18:00
    , line 3, column "from": the shift overlaps one of Anna in line 2
"""
"""A table, its lines ending in `|`, and below it what is said of it, after the name of the file."""


@pytest.mark.parametrize(
    ("table", "message"),
    [*zip(WRONG_TABLES.split("\n")[1:-1:2], WRONG_TABLES.split("\n")[2::2], strict=True)],
)
def test_wrong_tables_of_shifts(table: str, message: str, tmp_path: Path) -> None:
    path = table_in(tmp_path, table.replace("|", "\n") + "\n")
    with pytest.raises(ScenarioError) as caught:
        load(path)
    begin = f"{path}: teams.desk.shifts: {tmp_path / 'shifts.csv'}"
    said = message.strip()
    assert str(caught.value) == begin + ("" if said.startswith(",") else " ") + said


def test_a_missing_table_of_shifts(tmp_path: Path) -> None:
    path = table_in(tmp_path, TABLE)
    (tmp_path / "shifts.csv").unlink()
    said = re.escape(f"{tmp_path / 'shifts.csv'} cannot be read: No such file")
    with pytest.raises(ScenarioError, match=said):
        load(path)


# What is refused

ARRAY = 'has to be an array [{ days = "Mon-Fri", from = "09:00", to = "17:00" }], '
ARRAY += 'or a file { csv = "shifts.csv" }'
SHIFT = '{ days = "Mon-Fri", from = "09:00", to = "17:00"'
REFUSED = [
    # Shifts
    ({"shifts": {"days": "Mon-Fri", "from": "09:00", "to": "17:00"}},
     f"shifts: {ARRAY}; a single shift stands in brackets, too"),
    ({"shifts": {"csv": 3}}, f"shifts: {ARRAY}"),
    ({"shifts": {"csv": "shifts.csv", "column": "x"}}, f"shifts: {ARRAY}"),
    ({"shifts": {}}, f"shifts: {ARRAY}"),
    ({"shifts": "shifts.csv"}, 'shifts: has to be an array [...], not "shifts.csv"'),
    ({"shifts.0.to": "09:00"},
     "shifts.0: to has to be later than from; split hours that run over midnight"),
    ({"shifts.0.date": dt.date(2026, 1, 5)}, "shifts.0: give either days or a date"),
    ({"shifts.0": {"from": "09:00", "to": "17:00"}}, "shifts.0: give either days or a date"),
    ({"shifts.0": {"date": "2026-01-05", "from": "09:00", "to": "17:00"}},
     "shifts.0.date: has to be a date such as 2026-01-05, without quotes, not \"2026-01-05\""),
    ({"shifts.0.days": ""}, 'shifts.0.days: "" does not name weekdays; write them as in "Mon-Fri" '
     'or "Sat,Sun"'),
    ({"shifts.0.each_hour": "1h"}, 'shifts.0.each_hour: has to be less than "1h", not "1h"'),
    ({"shifts.0": {"days": "Mon", "from": "09:00", "to": "17:00", "agents": 3, "agent": "Anna"}},
     "shifts.0: give agents, a number, or agent, a name, not both"),
    ({"shifts.0": {"days": "Mon", "from": "09:00", "to": "17:00", "agent": ""}},
     "shifts.0.agent: has to be a text that is not empty"),
    ({"shifts": [{"days": "Mon-Fri", "from": "09:00", "to": "17:00"},
                 {"days": "Fri-Sun", "from": "16:00", "to": "18:00"}]}, "shifts overlap"),
    ({"shifts": [{"days": "Mon-Fri", "from": "09:00", "to": "17:00"},
                 {"date": dt.date(2026, 1, 9), "from": "16:00", "to": "18:00"}]},
     "shifts overlap"),
    ({"agents": 1, "shifts": [
        {"days": "Mon", "from": "09:00", "to": "17:00", "agent": "Anna"},
        {"days": "Mon", "from": "16:59", "to": "18:00", "agent": "Anna"}]},
     "shifts of agent Anna overlap"),
    ({"agents": 4, "shifts": [
        {"days": "Mon", "from": "09:00", "to": "17:00", "agents": 2},
        {"days": "Mon", "from": "16:59", "to": "18:00", "agents": 1}]},
     "agents is 4, but the shifts are for 3"),
    ({"agents": 3, "shifts": [
        {"days": "Mon", "from": "09:00", "to": "17:00", "agents": 3},
        {"days": "Mon", "from": "16:59", "to": "18:00"}]},
     "give every shift its agents, or its agent, or none of them"),
    ({"agents": 3, "shifts": []}, "shifts is missing: when are the agents on duty? For around the "
     'clock write [{ days = "Mon-Sun", from = "00:00", to = "24:00" }]'),
    ({"agents": 0, "shifts": [], "hires": [{"date": dt.date(2026, 1, 5), "agents": 1}]},
     "shifts is missing: when are the agents on duty? For around the clock write "
     '[{ days = "Mon-Sun", from = "00:00", to = "24:00" }]'),
    # Breaks
    ({"breaks": [{"from": "12:00", "to": "12:00"}]}, "breaks.0: to has to be later than from"),
    ({"breaks": [{"from": "12:00", "to": "13:00", "lasts": "61min"}]},
     "breaks.0: lasts has to fit between from and to"),
    ({"breaks": [{"from": "12:00", "to": "13:00", "lasts": "0min"}]},
     'breaks.0.lasts: has to be more than "0min", not "0min"'),
    # Holidays
    ({"holidays": {"country": "XX"}}, 'holidays: "XX" is not the ISO code of a country whose '
     'holidays are known; did you mean'),
    ({"holidays": {"country": "de"}}, 'holidays: "de" is not the ISO code of a country whose '
     'holidays are known; did you mean "DE"?'),
    ({"holidays": {"country": "Germany"}}, 'holidays: "Germany" is not the ISO code of a country '
     'whose holidays are known; write it as in "DE"'),
    ({"holidays": {"country": "DE", "subdivision": "BYY"}},
     'holidays: DE has no subdivision "BYY"; did you mean "BY"?'),
    ({"holidays": {"country": "GB", "subdivision": "Bavaria"}},
     'holidays: GB has no subdivision "Bavaria"; there are: ENG, NIR, SCT, WLS'),
    ({"holidays": {"country": "DE", "more": ["2026-12-24"]}}, "holidays.more.0: has to be a date "
     'such as 2026-01-05, without quotes, not "2026-12-24"'),
    # Absence and part-time
    ({"absence": {"planned": 1.1}}, "absence.planned: has to be at most 1, not 1.1"),
    ({"absence": {"unplanned": 1}}, "absence.unplanned: has to be less than 1, not 1"),
    ({"absence": {"unplanned": 0.1, "spell": "6h"}},
     'absence.spell: has to be at least "24h", not "6h"'),
    ({"absence": {"unplanned": 0.8}}, "absence: for so large a share of unplanned absence, spell "
     "has to be at least 4d"),
    ({"part_time": {"share": 0.3, "hours": 1}}, "part_time.hours: has to be less than 1, not 1"),
    ({"part_time": {"share": 0.3}}, "part_time.hours: is missing"),
    ({"part_time": {"share": 3, "hours": 0.5}}, "part_time.share: has to be at most 1, not 3"),
    # Speed
    ({"speed_cv": 1.5}, "speed_cv: has to be at most 1, not 1.5"),
    ({"speed_cv": 0.001}, "speed_cv: has to be 0 or at least 0.01, not 0.001"),
    # Turnover, onboarding, hires
    ({"turnover": {"per_year": -1}}, "turnover.per_year: has to be at least 0, not -1"),
    ({"turnover": {"per_year": 1, "hiring": "forward"}}, 'turnover.hiring: has to be "replace", '
     '"ahead" or "freeze", not "forward"'),
    ({"turnover": {"per_year": 1, "time_to_hire": 30}}, "turnover.time_to_hire: has to be a "
     'duration such as "3min" or a table { dist = "gamma", ... }, not 30'),
    ({"onboarding": {"ramp_up": [{"until": "30d", "speed": 0.5}, {"until": "20d", "speed": 0.8}]}},
     "onboarding: ramp_up has to go forward in time: each until after the last"),
    ({"onboarding": {"ramp_up": [{"until": "30d", "speed": 0}]}},
     "onboarding.ramp_up.0.speed: has to be more than 0, not 0"),
    ({"hires": [{"date": "soon", "agents": 1}]}, "hires.0.date: has to be a date such as "
     '2026-01-05, without quotes, not "soon"'),
    ({"hires": [{"date": dt.date(2026, 1, 5), "agents": 0}]},
     "hires.0.agents: has to be at least 1, not 0"),
    ({"shifts.0.agents": 3, "hires": [{"date": dt.date(2026, 1, 5), "agents": 1}]},
     "hires are for teams whose agents all work the same shifts"),
    # Teams without limit
    *(({"agents": "unlimited", "shifts": [], name: value}, f"a team without limit has no {name}")
      for name, value in [
          ("breaks", [{"from": "12:00", "to": "13:00"}]), ("holidays", {"country": "DE"}),
          ("part_time", {"share": 0.5, "hours": 0.5}), ("turnover", {"per_year": 1}),
          ("hires", [{"date": dt.date(2026, 1, 5), "agents": 1}]), ("speed_cv", 0.1)]),
    ({"agents": "unlimited"}, "a team without limit has no shifts"),
    *(({"agents": "unlimited", "shifts": [], name: value},
       "a team without limit has normal speed, no onboarding, and is never absent")
      for name, value in [("speed", 2), ("absence", {"planned": 0.1}),
                          ("onboarding", {"training": "1d"})]),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "message"), REFUSED)
def test_what_is_said_of_wrong_teams(changes: dict[str, Any], message: str) -> None:
    document = tomllib.loads(SMALLEST + PLAIN)
    changes = {f"teams.desk.{key}": value for key, value in changes.items()}
    with pytest.raises(ScenarioError) as caught:
        validate(changed(document, changes))
    of_key = re.match(r"[a-z_.0-9]+: ", message) is not None
    assert str(caught.value).startswith(f"teams.desk{'.' if of_key else ': '}{message}")


def test_agents_have_to_be_said() -> None:
    text = SMALLEST + PLAIN.replace("agents = 3\n", "")
    with pytest.raises(ScenarioError, match=r"^teams.desk: agents is missing: how many are there"):
        validate(tomllib.loads(text))


# Holidays


def test_days_off_between_two_dates() -> None:
    bavaria = Holidays(country="DE", subdivision="BY", more=(dt.date(2026, 12, 24),))
    days = bavaria.between(dt.date(2026, 12, 24), dt.date(2027, 1, 6))
    assert [day.isoformat() for day in days] == [
        "2026-12-24", "2026-12-25", "2026-12-26", "2027-01-01", "2027-01-06",
    ]  # fmt: skip
    assert Holidays(country="DE").between(dt.date(2027, 1, 6), dt.date(2027, 1, 6)) == []
    assert Holidays(country="USA") != Holidays(country="US")
