"""The plan of a day whose calls come and go, against the exact forward equations of its queue."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy.linalg import expm

from supportsim.queueing import erlang_a
from supportsim.queueing._pieces import Piece, piece_step
from supportsim.queueing.day import after_leaving
from supportsim.scenario.loading import validate
from supportsim.studies.planning.plan import Plan, plan
from supportsim.studies.planning.settings import PlanSettings
from supportsim.studies.study_files import settings_of

LEVEL, WITHIN = 0.8, 2.0
SERVICE, PATIENCE = 6.0, 5.0
CALLS = [24, 40, 70, 66, 44, 28]
"""Calls in each hour from 9 to 15 o'clock, on every day."""
SHIFTS = [("09:00", "13:00"), ("11:00", "15:00")]
PRECISION = 0.03
"""Margins below it the plan may judge either way; an agent more or less is worth 0.1."""


@cache
def planned() -> Plan:
    by_hour = [0] * 9 + CALLS + [0] * 9
    shifts: list[dict[str, Any]] = [
        {"days": "Mon-Sun", "from": begin, "to": end, "agents": 6} for begin, end in SHIFTS
    ]
    scenario = validate(
        {
            "name": "day",
            "run": {"warm_up": "0d", "window": "14d", "follow_up": "1d"},
            "channels": {
                "phone": {
                    "live": True,
                    "arrivals": {"per_day": sum(CALLS), "by_hour": by_hour},
                    "work": {"dist": "exponential", "mean": f"{SERVICE}min"},
                    "patience": {"dist": "exponential", "mean": f"{PATIENCE}min"},
                }
            },
            "teams": {"desk": {"serves": ["phone"], "shifts": shifts, "cost_per_hour": 20}},
        }
    )
    asked = {
        "targets": [f"phone.answered_within_{WITHIN:g}min>={LEVEL}"],
        "every": "30min",
        "precision": PRECISION,
        "max_replications": 80,
    }
    return plan(scenario, settings_of(PlanSettings, "plan", asked), workers=1)


def on_duty(heads: list[int]) -> list[int]:
    """Return the agents of each half-hour from 9 to 15 o'clock."""
    begins = [int(begin[:2]) for begin, _ in SHIFTS]
    return [
        sum(h for h, begin in zip(heads, begins, strict=True) if begin <= 9 + slot / 2 < begin + 4)
        for slot in range(12)
    ]


def exact(agents: list[int]) -> np.ndarray:
    """Return the share of the calls of each half-hour that are answered within the time.

    The number of calls waiting or in service is carried over the day minute by minute, from its
    forward equations. A call that finds n others is answered once enough of them, and of nobody
    behind, have gone: its wait follows from a chain of its own, with the agents who are on duty
    then. Agents who go finish what they have in hand, and all shifts change at once, so that who
    is left behind by a shift that ends is no more than its share of the busy.
    """
    largest, mu, theta = 60, 1 / SERVICE, 1 / PATIENCE
    now = np.zeros(largest + 1)
    now[0] = 1.0
    levels = []
    for slot, crew in enumerate(agents):
        if slot and crew < agents[slot - 1]:
            now = now @ leaving(agents[slot - 1], agents[slot - 1] - crew, largest)
        step = piece_step(Piece(CALLS[slot // 2] / 60, crew, 1.0), largest, mu, theta)
        half = piece_step(Piece(CALLS[slot // 2] / 60, crew, 0.5), largest, mu, theta)
        total, then = 0.0, agents[slot + 1] if slot + 1 < len(agents) else 0
        for minute in range(30):  # those who arrive in it count as at its middle
            total += float(now @ half.moves @ answered(crew, then, 29.5 - minute, largest))
            now = now @ step.moves
        levels.append(total / 30)
    return np.array(levels)


@cache
def answered(crew: int, then: int, left: float, largest: int) -> np.ndarray:
    """Return the chance to be answered in time of who finds 0 … `largest` calls there.

    Parameters
    ----------
    crew, then, left
        Agents on duty now, and in `left` minutes.
    """
    mu, theta = 1 / SERVICE, 1 / PATIENCE

    def generator(agents: int) -> np.ndarray:
        # States 0 … largest − 1: how many are ahead in the queue; then answered, and given up.
        size = largest + 2
        rates = np.zeros((size, size))
        for ahead in range(largest):
            rates[ahead, ahead - 1 if ahead else largest] += agents * mu + ahead * theta
            if not ahead:
                rates[0, largest] = agents * mu
            rates[ahead, largest + 1] += theta
        np.fill_diagonal(rates, -rates.sum(axis=1))
        return rates

    first = min(left, WITHIN)
    moves = expm(generator(crew) * first)
    if left < WITHIN:
        change = np.eye(largest + 2)
        gain = max(then - crew, 0)
        for ahead in range(largest):  # new agents take the first in the queue at once
            change[ahead] = 0.0
            change[ahead, ahead - gain if ahead >= gain else largest] = 1.0
        moves = moves @ change @ expm(generator(then) * (WITHIN - left))
    chances = np.ones(largest + 1)
    for found in range(crew, largest + 1):
        chances[found] = moves[min(found - crew, largest - 1), largest]
    return chances


def leaving(before: int, gone: int, largest: int) -> np.ndarray:
    """Return how the calls become fewer as agents take theirs into overtime."""
    return np.asarray(after_leaving(before, gone, largest))


def test_every_half_hour_meets_its_target_within_its_interval() -> None:
    found = planned()
    assert found.possible
    assert len(found.targets) == 12
    for one in found.statements:
        assert one.answer == "meets"
        assert one.estimate.high >= LEVEL, one.target.text


def test_every_half_hour_meets_it_by_the_exact_equations() -> None:
    found = planned()
    heads = [found.staffing[f"teams.desk.shifts.{number}.agents"] for number in range(2)]
    levels = exact(on_duty(heads))
    assert levels.min() >= LEVEL - PRECISION
    # The simulation is right about each half-hour, not only on the right side.
    simulated = np.array([one.estimate.mean for one in found.statements])
    np.testing.assert_allclose(simulated, levels, atol=0.03)


def test_one_agent_fewer_in_any_shift_misses_a_half_hour() -> None:
    found = planned()
    heads = [found.staffing[f"teams.desk.shifts.{number}.agents"] for number in range(2)]
    for shift in range(2):
        fewer = [number - (place == shift) for place, number in enumerate(heads)]
        assert exact(on_duty(fewer)).min() < LEVEL + PRECISION
    assert all(one.judged.answer == "fails" for one in found.neighbours)


@pytest.mark.parametrize("crew", [4, 9])
def test_the_equations_agree_with_erlang_a_in_the_long_run(crew: int) -> None:
    """An oracle of the oracle: a day at a constant rate."""
    mu, theta, rate = 1 / SERVICE, 1 / PATIENCE, 1.0
    step = piece_step(Piece(rate, crew, 600.0), 60, mu, theta)
    steady = np.eye(61)[0] @ step.moves
    level = float(steady @ answered(crew, crew, 30.0, 60))
    assert level == pytest.approx(erlang_a(rate, mu, crew, theta).service_level(WITHIN), abs=1e-4)
