"""The reverse questions: the most tickets, the latest hire, a growing volume."""

from __future__ import annotations

import datetime as dt
import json
from functools import cache
from typing import Any

import pytest
from scipy.optimize import brentq
from typer.testing import CliRunner

import supportsim as ss
from small_runs import OFFICE, PORTAL
from supportsim.cli import app
from supportsim.errors import InputError
from supportsim.queueing import agents_needed, erlang_a, erlang_c_service_level
from supportsim.scenario import Scenario
from supportsim.scenario.loading import validate
from supportsim.studies.planning.growth import staffing_over_growth
from supportsim.studies.planning.hiring import by_month, hired, latest_hire
from supportsim.studies.planning.most import Most, most_tickets
from supportsim.studies.planning.settings import PlanSettings
from supportsim.studies.planning.targets import read_target
from supportsim.studies.study_files import settings_of

ALWAYS = [{"days": "Mon-Sun", "from": "00:00", "to": "24:00"}]
KEY = "channels.phone.arrivals.per_day"
LEVEL = "phone.service_level_20s>=0.8"


def desk(agents: int = 5, per_day: float = 400, phone: Any = None, **team: Any) -> Scenario:
    work = {"dist": "exponential", "mean": "5min"}
    first = {"live": True, "arrivals": {"per_day": per_day}, "work": work} | (phone or {})
    return validate(
        {
            "name": "desk",
            "run": {"warm_up": "1d", "window": "7d", "follow_up": "1d"},
            "channels": {"phone": first},
            "teams": {"desk": {"agents": agents, "serves": ["phone"], "shifts": ALWAYS} | team},
        }
    )


def settings(*targets: str, **more: Any) -> PlanSettings:
    return settings_of(PlanSettings, "plan", {"targets": list(targets), **more})


# --- The most tickets ----------------------------------------------------------------------------


@cache
def most(per_day: float, agents: int = 5) -> Most:
    asked = settings(LEVEL, precision=0.02)
    return most_tickets(desk(agents, per_day), KEY, asked, workers=1)


def exact(agents: int) -> float:
    """Return the tickets a day at which Erlang C gives 80 % within 20 seconds."""
    top = agents / 5 * 1440
    return float(
        brentq(
            lambda d: erlang_c_service_level(d / 1440, 1 / 5, agents, 1 / 3) - 0.8,
            top / 100,
            0.999 * top,
        )
    )


@pytest.mark.parametrize("per_day", [400, 2000])
def test_the_most_calls_are_those_that_erlang_c_allows(per_day: float) -> None:
    """From below and from above; the precision of 2 % of the level is 1.3 % of the calls."""
    found = most(per_day)
    assert found.holds is not None
    assert found.fails is not None
    low, high = (found.tickets(side.at)["phone"] for side in (found.holds, found.fails))
    assert low < high <= low * 1.0201
    assert low / 1.015 < exact(5) < high * 1.015
    assert found.holds.answer == "meets"
    assert found.fails.answer == "fails"
    assert "phone.service_level_20s>=0.8 fails" in found.limit


def test_the_most_of_impatient_customers_is_what_erlang_a_allows() -> None:
    patience = {"patience": {"dist": "exponential", "mean": "3min"}}
    scenario = desk(5, 700, patience)
    asked = settings("phone.abandonment<=0.05", precision=0.01)
    found = most_tickets(scenario, "all", asked, workers=1, resolution=0.03)
    assert found.holds is not None
    assert found.fails is not None
    answer = brentq(
        lambda d: erlang_a(d / 1440, 1 / 5, 5, 1 / 3).abandonment_probability - 0.05, 100, 3000
    )
    low, high = (found.tickets(side.at)["phone"] for side in (found.holds, found.fails))
    assert low / 1.03 < answer < high * 1.03


def test_all_channels_grow_by_the_same_factor() -> None:
    portal = {**PORTAL, "arrivals": {"counts": [3.0] * 7}}
    document = desk(5, 400).to_dict()
    document["channels"]["portal"] = portal
    document["teams"]["desk"]["serves"] = ["phone", "portal"]
    scenario = validate(document)
    found = most_tickets(scenario, "all", settings(LEVEL), workers=1, resolution=0.5)
    assert found.channels == ("phone", "portal")
    assert found.tickets(2.0) == {"phone": 800, "portal": pytest.approx(6)}


def test_what_no_number_of_tickets_changes() -> None:
    slow, few = desk(5, 400, {"wrap_up": "1min"}), {"max_replications": 8}
    found = most_tickets(slow, KEY, settings("phone.wrap_up<=30s", **few), workers=1)
    assert found.holds is None
    assert "it is not their number" in found.limit
    rest = desk(agents="unlimited", shifts=[], per_day=60)  # type: ignore[arg-type]
    always = most_tickets(rest, KEY, settings("phone.wait<=1min"), workers=1)
    assert always.fails is None
    assert "still hold at 64 times" in always.limit


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("channels.phnoe.arrivals.per_day", 'did you mean "channels.phone.arrivals.per_day"'),
        ("teams.desk.agents", "is not a number of tickets"),
        ("phone", "is not a number of tickets"),
    ],
)
def test_the_key_has_to_count_tickets(key: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        most_tickets(desk(), key, settings(LEVEL))


def test_bad_questions_about_tickets_are_refused() -> None:
    with pytest.raises(InputError, match="resolution"):
        most_tickets(desk(), KEY, settings(LEVEL), resolution=0)
    with pytest.raises(InputError, match="there are no tickets now"):
        most_tickets(desk(per_day=0), KEY, settings(LEVEL))
    with pytest.raises(InputError, match=r'did you mean "phone\.service_level'):
        most_tickets(desk(), KEY, settings("phone.service_levle_20s>=0.8"))


# --- The latest hire -----------------------------------------------------------------------------


@cache
def growing(agents: int = 3) -> Scenario:
    """A desk that meets its target in February, and would not in March: calls double at once."""
    months = [1.0, 1.0] + [2.0] * 10
    phone = {
        "arrivals": {"per_day": 500, "by_month": months},
        "patience": {"dist": "exponential", "mean": "5min"},
    }
    team: dict[str, Any] = {
        "turnover": {
            "per_year": 0,
            "time_to_hire": {"dist": "gamma", "mean": "30d", "cv": 0.5},
        },
        "onboarding": {"training": "10d"},
    }
    scenario = desk(agents, phone=phone, **team)
    return scenario.replace({"run.start": dt.date(2026, 2, 1), "run.warm_up": "0d",
                             "run.window": "6w"})  # fmt: skip


ANSWERED = "phone.answered_within_20s>=0.75"


def test_the_latest_hire_is_trained_when_the_calls_double() -> None:
    """By Erlang A, 2 agents are enough for 273 calls a day in February, and 545 in March need 4.

    The fourth agent has to be trained, which takes 10 days, when March begins or soon after: the
    first days of March may be a little worse if the rest of it is better.
    """
    scenario = growing()
    per_day = 500 / (22 / 12)
    need = [
        agents_needed(volume / 1440, 1 / 5, 1 / 3, 0.75, 1 / 5) for volume in (per_day, 2 * per_day)
    ]
    assert need == [2, 4]
    found = latest_hire(scenario, "desk", 1, settings(ANSWERED), workers=1)
    assert [one.text for one in found.targets] == [
        f"phone.answered_within_20s@2026-0{month}>=0.75" for month in (2, 3)
    ]
    first = found.first_day
    assert first is not None
    assert dt.date(2026, 2, 19) <= first <= dt.date(2026, 3, 12)
    assert found.search_begins == first - dt.timedelta(days=30)
    # Nine of ten gamma times of shape 4 and scale 7.5 days are over after 50.1 days.
    assert found.search_to_be_sure == first - dt.timedelta(days=51)
    assert found.fails is not None
    assert found.holds is not None
    assert found.fails.at == found.holds.at + 1
    assert f"first day {first} at the latest" in found.answer


def test_nobody_has_to_be_hired_or_no_day_is_early_enough() -> None:
    enough = latest_hire(growing(4), "desk", 1, settings(ANSWERED), workers=1)
    assert enough.first_day is None
    assert "nobody has to be hired" in enough.answer
    few = latest_hire(growing(1), "desk", 1, settings(ANSWERED), workers=1)
    assert few.first_day is few.search_begins is None
    assert "no first day of 1 more agent for desk is early enough" in few.answer


def test_targets_on_tickets_hold_month_by_month() -> None:
    scenario = growing()
    texts = (ANSWERED, "phone.answered_within_20s@Mon>=0.7", "team.desk.occupancy<=0.9")
    found = by_month([read_target(text, scenario) for text in texts], scenario)
    assert [one.measure for one in found] == [
        "phone.answered_within_20s@2026-02",
        "phone.answered_within_20s@2026-03",
        "phone.answered_within_20s@Mon 2026-02",
        "phone.answered_within_20s@Mon 2026-03",
        "team.desk.occupancy",
    ]
    assert all(read_target(one.text, scenario) == one for one in found)


def test_hires_come_on_top_of_those_of_the_scenario() -> None:
    first = {"date": dt.date(2026, 2, 3), "agents": 2}
    scenario = growing().replace({"teams.desk.hires": [first]})
    hires = hired(scenario, "desk", 3, 10).teams["desk"].hires
    assert [(str(one.date), one.agents) for one in hires] == [("2026-02-03", 2), ("2026-02-11", 3)]


def test_bad_hires_are_refused() -> None:
    with pytest.raises(InputError, match='did you mean "desk"'):
        latest_hire(growing(), "dekc", 1, settings(ANSWERED))
    with pytest.raises(InputError, match="1 agent or more"):
        latest_hire(growing(), "desk", 0, settings(ANSWERED))
    shifts = [{**OFFICE[0], "agents": 2}]
    with pytest.raises(InputError, match="all work the same shifts"):
        latest_hire(desk(2, shifts=shifts), "desk", 1, settings(LEVEL))


# --- A growing volume ----------------------------------------------------------------------------


def test_each_month_has_the_agents_that_erlang_c_says() -> None:
    factors = (1.0, 1.5, 2.0)
    found = staffing_over_growth(desk(5, 300), settings(LEVEL), factors, workers=1)
    heads = [month.plan.staffing["teams.desk.agents"] for month in found]
    wanted = [agents_needed(300 * f / 1440, 1 / 5, 1 / 3, 0.8) for f in factors]
    assert heads == wanted
    assert [month.tickets for month in found] == [300, 450, 600]
    assert found[1].plan.given.channels["phone"].arrivals.per_day == pytest.approx(450)
    # Each month starts from the month before.
    assert [month.plan.positions[0].now for month in found] == [5, *wanted[:2]]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"growth": "fast"}, "write growth a month"),
        ({"growth": "-100%"}, "write growth a month"),
        ({"growth": "1, 0, 2"}, "write growth a month"),
        ({"growth": "1, 1.1", "months": 3}, "months go with a growth in per cent"),
        ({"months": 3}, "months go with a growth in per cent"),
        ({"hire": "desk=none"}, "write a team and a whole number"),
        ({"hire": "desk=0"}, "write a team and a whole number"),
        ({"hire": "desk", "most": "all"}, "ask one at a time"),
    ],
)
def test_bad_settings_are_refused(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        settings(LEVEL, **change)


def test_settings_say_what_is_asked_for() -> None:
    assert settings(LEVEL, growth="2%", months=2).factors == pytest.approx((1, 1.02, 1.0404))
    assert len(settings(LEVEL, growth="2%").factors) == 13
    assert settings(LEVEL, growth="1, 1.5").factors == (1, 1.5)
    assert settings(LEVEL, hire="desk").team_to_hire == ("desk", 1)
    assert settings(LEVEL, hire="desk=3").team_to_hire == ("desk", 3)
    assert not settings(LEVEL).is_reverse
    assert settings(LEVEL, most="all").is_reverse


# --- What users call -----------------------------------------------------------------------------

DESK = """
name = "desk"
run = { warm_up = "1d", window = "3d", follow_up = "1d" }
[channels.phone]
live = true
arrivals = { per_day = 200 }
work = { dist = "exponential", mean = "5min" }
[teams.desk]
agents = 3
serves = ["phone"]
shifts = [{ days = "Mon-Sun", from = "00:00", to = "24:00" }]
cost_per_hour = 10
"""
QUESTIONS = {
    "most": ["--most", KEY],
    "hire": ["--hire", "desk=2"],
    "growth": ["--growth", "40%", "--months", "1"],
}


COARSE = ["--precision", "0.04"]


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_command_line_answers(question: str, tmp_path: Any) -> None:
    file = tmp_path / "desk.toml"
    file.write_text(DESK, encoding="utf-8")
    options = [
        "plan",
        str(file),
        "--target",
        LEVEL,
        "--workers",
        "1",
        "-q",
        *COARSE,
        *QUESTIONS[question],
    ]
    plain = CliRunner().invoke(app, options)
    assert plain.exit_code == 0, plain.output
    assert max(map(len, plain.stdout.splitlines())) <= 80
    out = tmp_path / "out"
    found = CliRunner().invoke(app, [*options, "--json", "--out", str(out)])
    document = json.loads(found.stdout)
    assert json.loads((out / "answer.json").read_text(encoding="utf-8")) == document
    scenario = ss.load(file)
    asked: Any
    if question == "most":
        asked = ss.most_tickets(scenario, LEVEL, KEY, workers=1, precision=0.04)
        assert "The targets hold with" in plain.stdout
        assert asked.tickets == pytest.approx(document["holds"]["tickets_per_day"])
    elif question == "hire":
        asked = ss.latest_hire(file, [LEVEL], "desk", 2, workers=1, precision=0.04)
        assert "Nobody has to be hired" in plain.stdout
        assert not asked.needed
    else:
        asked = ss.staffing_over_growth(file, LEVEL, "40%", months=1, workers=1, precision=0.04)
        wanted = [agents_needed(calls / 1440, 1 / 5, 1 / 3, 0.8) for calls in (200, 280)]
        assert asked.frame["teams.desk.agents"].tolist() == wanted
        assert asked.frame.tickets_per_day.tolist() == [200, 280]
        assert "280" in plain.stdout
        assert asked.possible
    assert asked.to_dict() == document
    assert repr(asked).startswith("<")


def test_the_command_line_refuses_what_cannot_be_asked(tmp_path: Any) -> None:
    file = tmp_path / "desk.toml"
    file.write_text(DESK, encoding="utf-8")
    for wrong in (["--most", "phone"], ["--hire", "x"], ["--growth", "much"], ["--months", "2"]):
        found = CliRunner().invoke(app, ["plan", str(file), "--target", LEVEL, *wrong])
        assert found.exit_code == 2, wrong
        assert found.stderr.startswith("error: ")
        assert len(found.stderr.strip().splitlines()) == 1
