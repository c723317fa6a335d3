"""The shipped scenarios: each is judged by the figures that apply to it, with honest roles."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

import pytest
from rich.console import Console

import supportsim as ss
from supportsim.report import print_run
from supportsim.studies import Run, run

FOLDER = Path(__file__).parents[1] / "scenarios"
NAMES = sorted(path.stem for path in FOLDER.glob("*.toml") if "." not in path.stem)


@cache
def played(name: str, replications: int | None = None) -> Run:
    scenario = ss.load(FOLDER / f"{name}.toml")
    if replications:
        scenario = scenario.replace({"run.replications": replications})
    return run(scenario, workers=-1)


def judged(result: Run) -> dict[str, tuple[str, str]]:
    """Return answer and role of every figure that is simulated."""
    verdicts = (verdict for verdict in result.verdicts if verdict.answer != "not simulated")
    return {verdict.figure.id: (verdict.answer, verdict.role) for verdict in verdicts}


def printed(result: Run) -> list[str]:
    stream = io.StringIO()
    print_run(result, Console(file=stream, width=80))
    return stream.getvalue().splitlines()


def test_there_is_a_scenario_for_every_job() -> None:
    assert NAMES == ["chat", "churn", "email", "omnichannel", "phone", "portal"]


@pytest.mark.parametrize("name", NAMES)
def test_every_number_of_a_scenario_has_its_origin_in_the_head_of_the_file(name: str) -> None:
    head = (FOLDER / f"{name}.toml").read_text(encoding="utf-8").partition("\nname = ")[0]
    assert f"supportsim run scenarios/{name}.toml" in head
    for origin in ("input", "predicted"):
        assert f"#   {origin} " in head
    assert "assumed" in head or "chosen" in head


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "phone",
            {
                "escalation.phone_to_email": ("matches", "input"),
                "peak.phone": ("matches", "input"),
                "global.cost_per_ticket_range": ("matches", "predicted"),
                "global.cost_per_minute": ("matches", "input"),
            },
        ),
        (
            "chat",
            {
                "escalation.chat_to_email": ("matches", "input"),
                "peak.chat": ("matches", "input"),
                "global.cost_per_ticket_range": ("matches", "predicted"),
                "global.cost_per_minute": ("matches", "input"),
            },
        ),
        (
            "email",
            {
                "escalation.email_to_phone": ("matches", "input"),
                "global.response_time.average": ("matches", "predicted"),
                "global.messages_before_reply": ("matches", "fitted"),
                "global.first_contact_resolution": ("matches", "fitted"),
                "global.cost_per_minute": ("matches", "input"),
                "global.cost_per_ticket": ("matches", "fitted"),
                "global.cost_per_ticket_range": ("matches", "fitted"),
                "global.unanswered": ("misses", "predicted"),
            },
        ),
    ],
)
def test_single_channels_match_what_applies_to_them(
    name: str, expected: dict[str, tuple[str, str]]
) -> None:
    assert judged(played(name)) == expected


def test_the_call_centre_meets_the_usual_targets() -> None:
    estimates = played("phone").estimates
    assert estimates["phone.service_level_20s"].mean == pytest.approx(0.8, abs=0.03)
    assert estimates["phone.abandonment"].mean == pytest.approx(0.05, abs=0.02)


def test_a_quarter_of_the_churning_team_leaves() -> None:
    result = played("churn", 10)
    turnover = result.estimates["all.agent_turnover"]
    assert turnover.low <= 0.29 <= turnover.high
    assert result.estimates["team.support.vacancies"].low > 0
    staff = result.replications[0].staff
    assert set(staff) == {
        f"team.support.{name}" for name in ("headcount", "vacancies", "effective_capacity")
    }


def test_the_whole_desk_is_judged_by_every_figure_that_applies_to_it() -> None:
    result = played("omnichannel", 4)
    verdicts = judged(result)
    groups = {name.split(".")[0] for name in verdicts}
    assert groups == {"portal", "escalation", "peak", "global", "self_service"}
    for name in (
        "escalation.chat_to_email", "escalation.phone_to_email", "escalation.email_to_phone",
        "peak.chat", "peak.phone", "portal.business_hours_share", "global.agent_turnover",
        "global.cost_per_ticket", "global.cost_per_minute", "portal.cost_per_contact",
        "global.first_contact_resolution", "global.csat", "global.ces", "global.nps",
    ):  # fmt: skip
        assert name in verdicts
    assert len(verdicts) >= 37
    misses = {name for name, (answer, _) in verdicts.items() if answer == "misses"}
    assert misses <= {"global.unanswered", "global.agent_turnover"}
    assert result.estimates["all.arrivals_per_day"].mean == pytest.approx(500, rel=0.01)


def test_the_whole_desk_is_reported_within_two_screens() -> None:
    result = played("omnichannel", 4)
    lines = printed(result)
    assert len(lines) <= 100
    assert max(map(len, lines)) <= 80
    heads = [line.split()[1] for line in lines if line.startswith("── ")]
    assert heads == ["portal", "chat", "phone", "email", "all"]
    text = " ".join(lines)
    for verdict in result.verdicts:
        if verdict.answer == "misses":
            assert verdict.figure.title in text


@pytest.mark.slow
def test_nine_tenths_of_the_whole_desk_s_verdicts_match() -> None:
    answers = [answer for answer, _ in judged(played("omnichannel")).values()]
    assert answers.count("matches") >= 0.9 * len(answers)
