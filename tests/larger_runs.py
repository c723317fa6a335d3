"""Runs of larger desks for the tests of reports: four channels, and teams that people leave."""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import TYPE_CHECKING, Any

from small_runs import PHONE, PORTAL, TEAM, document
from supportsim.benchmarks import Figure, Verdict, load_registry
from supportsim.scenario.loading import validate
from supportsim.studies import Run, run

if TYPE_CHECKING:
    from collections.abc import Sequence

TURNOVER: dict[str, Any] = {
    "per_year": 6,
    "time_to_hire": {"dist": "exponential", "mean": "10d"},
}
EMAIL: dict[str, Any] = {"arrivals": {"per_day": 20}, "work": "6min"}
CHAT: dict[str, Any] = {**PHONE, "occupies": 0.5, "answer_targets": ["40s"]}
TEAMS: dict[str, Any] = {
    "desk": TEAM,
    "phone": {**TEAM, "agents": 4, "serves": ["phone", "chat"], "turnover": TURNOVER},
    "experts": {**TEAM, "agents": 3, "serves": ["email"], "absence": {"unplanned": 0.1}},
    "machine": {"agents": "unlimited", "serves": ["email"], "cost_per_hour": 1},
}


@cache
def four_channel_run() -> Run:
    """Return a run with the channels portal, chat, phone and email, and four teams."""
    changes = {
        "name": "four channels",
        "channels": {"portal": PORTAL, "chat": CHAT, "phone": PHONE, "email": EMAIL},
        "teams": TEAMS,
        "run": {"warm_up": "1w", "window": "2w", "follow_up": "1w", "replications": 2, "seed": 3},
    }
    return run(validate(document(**changes)), workers=1)


@cache
def changing_run() -> Run:
    """Return a run of one channel, whose team of four loses somebody every two weeks or so."""
    team = {**TEAM, "agents": 4, "turnover": TURNOVER}
    settings = {"warm_up": "1w", "window": "5w", "follow_up": "1w", "replications": 4, "seed": 3}
    return run(validate(document(teams={"desk": team}, run=settings)), workers=1)


def judged_as(made: Run, *verdicts: Verdict) -> Run:
    """Return a run with these verdicts."""
    changed = dataclasses.replace(made)
    changed.__dict__["verdicts"] = verdicts
    return changed


def judged(figure: Figure, answer: str, role: str = "predicted") -> Verdict:
    """Return a verdict on a figure whose interval lies as the answer says."""
    tolerance = figure.tolerance
    half = (tolerance.high - tolerance.low) / 2
    middle = {
        "matches": (tolerance.low + tolerance.high) / 2,
        "misses": tolerance.high + 3 * half,
        "undecided": tolerance.high,
    }[answer]
    needed = 40 if answer == "undecided" else None
    numbers = (middle, middle - half / 7, middle + half / 7)
    return Verdict(figure, answer, role, *numbers, needed)  # type: ignore[arg-type]


def many_verdicts(count: int, answers: Sequence[str] = ("matches",)) -> tuple[Verdict, ...]:
    """Return verdicts on so many figures of all channels and kinds, and on others of context."""
    registry = load_registry()
    of_market = [figure for figure in registry.values() if figure.id.startswith("self_service")]
    figures = [figure for figure in registry.values() if figure not in of_market]
    alike = [figure for figure in figures if figure.id.startswith("portal")]
    copies = [
        one.model_copy(update={"id": f"{channel}.{one.id}", "channel": channel})
        for one in alike
        for channel in ("email", "phone", "chat")
    ]
    figures = [*figures[: count * 3 // 4], *copies[: count - count * 3 // 4]]
    roles = ("predicted", "input", "fitted")
    chosen = [
        judged(figure, answers[number % len(answers)], roles[number % 3])
        for number, figure in enumerate(figures)
    ]
    left_out = [
        Verdict(figure, "not simulated", "none", reason=figure.status) for figure in of_market
    ]
    return (*chosen, *left_out)
