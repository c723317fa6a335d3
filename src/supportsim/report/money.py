"""What a run says of money: what the teams cost, and what a contact or a ticket does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from supportsim.report.published import figures_on

if TYPE_CHECKING:
    from supportsim.benchmarks import Figure
    from supportsim.stats import Estimate
    from supportsim.studies import Run

KINDS = {
    "contacts": "on contacts",
    "idle": "on duty, waiting for work",
    "off_duty": "paid but off duty",
    "overtime": "overtime",
    "replacing": "replacing leavers",
}
"""What money is spent on, in words."""

_OF_A_UNIT = ("cost_per_contact", "cost_per_ticket", "cost_per_minute", "labour_cost_per_ticket")
"""Measures of what one of something costs."""


@dataclass(frozen=True)
class UnitCost:
    """What one contact, ticket or minute costs.

    Attributes
    ----------
    measure
        Id of the measure.
    title
        What it is, in words.
    estimate
        As simulated, in the scenario's currency.
    figures
        What was published of it.
    """

    measure: str
    title: str
    estimate: Estimate
    figures: tuple[Figure, ...]


def costs_of_teams(run: Run) -> dict[str, dict[str, float]]:
    """Return what each team costs a day, by kind; see `KINDS`.

    Means over the replications, in the scenario's currency. Teams that cost nothing are left out.
    """
    found = {}
    for name, team in run.scenario.teams.items():
        labour = _mean(run, f"team.{name}.labour_cost")
        if team.agents == "unlimited":
            kinds = {"contacts": labour}
        else:
            each = team.cost_per_hour
            paid = each * _mean(run, f"team.{name}.paid_hours")
            duty = each * 24 * _mean(run, f"team.{name}.headcount_on_duty")
            busy = duty * _mean(run, f"team.{name}.occupancy")
            kinds = {
                "contacts": busy,
                "idle": duty - busy,
                "off_duty": paid - duty,
                "overtime": labour - paid,
                "replacing": _mean(run, f"team.{name}.turnover_cost"),
            }
        total = sum(kinds.values())
        if total > 0:
            # What is 0 but for rounding is 0.
            tiny = 1e-9 * total
            found[name] = {kind: kinds.get(kind, 0.0) for kind in KINDS}
            found[name] = {k: v if abs(v) > tiny else 0.0 for k, v in found[name].items()}
    return found


def unit_costs(run: Run) -> list[UnitCost]:
    """Return what a contact, a ticket or a minute costs, for each channel and for all.

    A minute only where something is published of it. Where there is one channel, it says all.
    """
    found = []
    for name, asked in run.asked.items():
        measure, figures = asked.measure, figures_on(run, name)
        estimate = run.estimates[name]
        known = measure.name in _OF_A_UNIT and estimate.mean > 0 and asked.times is None
        repeated = (
            asked.owner == "all" and measure.owner == "channel" and len(run.scenario.channels) == 1
        )
        if known and (figures or not (repeated or measure.name == "cost_per_minute")):
            found.append(
                UnitCost(name, f"{asked.owner}: {measure.title}", estimate, tuple(figures))
            )
    return found


def _mean(run: Run, measure: str) -> float:
    """Return the mean of a measure; 0 if the scenario does not have it or nothing was seen."""
    return float(np.nan_to_num(run.estimates[measure].mean)) if measure in run.estimates else 0.0
