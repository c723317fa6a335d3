"""Staffing for a volume that grows month by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from supportsim.errors import InputError
from supportsim.studies.planning.most import EVERY_CHANNEL, channels_of, per_day, scaled
from supportsim.studies.planning.plan import Plan, plan

if TYPE_CHECKING:
    from supportsim.scenario import Scenario
    from supportsim.studies.planning.settings import PlanSettings
    from supportsim.studies.run import Progress


@dataclass(frozen=True, eq=False)
class Month:
    """The staffing of a month.

    Attributes
    ----------
    number
        Number of the month; 0 for the volume as it is.
    factor
        How many times the tickets of the scenario there are.
    tickets
        Tickets a day of all channels.
    plan
        The plan.
    """

    number: int
    factor: float
    tickets: float
    plan: Plan


def staffing_over_growth(
    scenario: Scenario,
    settings: PlanSettings,
    factors: Sequence[float],
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> tuple[Month, ...]:
    """Plan the staffing for a volume that grows month by month.

    Each month is planned for as if its volume stayed: over the whole window of the scenario, whose
    seasons, growth and turnover go on in it. All months have the same random numbers, and each
    month's scenario has the staffing of the month before.

    Parameters
    ----------
    scenario
        The desk.
    settings
        The targets, and how sure to be.
    factors
        How many times the tickets of the scenario each month has, above 0.
    workers, progress
        As for a plan.

    Returns
    -------
    tuple of Month
        The last one may be impossible; then none follows.

    Raises
    ------
    InputError
        If a factor, a target or a team cannot be used.
    """
    if not factors:
        raise InputError("growth: there is no month to plan")
    for factor in factors:
        if not 0 < factor < float("inf"):
            raise InputError(
                f"growth: the volume has to stay above 0, not {factor:g} of what it is"
            )
    channels = channels_of(scenario, EVERY_CHANNEL)
    tickets = sum(per_day(scenario, name) for name in channels)
    months: list[Month] = []
    now = scenario
    for number, factor in enumerate(factors):
        if number:
            now = months[-1].plan.scenario
        # The factor is relative to the first month, whose volume the staffing does not change.
        before = factors[number - 1] if number else 1.0
        now = scaled(now, channels, factor / before)
        made = plan(now, settings, workers=workers, progress=progress)
        months.append(Month(number, factor, tickets * factor, made))
        if not made.possible:
            break
    return tuple(months)
