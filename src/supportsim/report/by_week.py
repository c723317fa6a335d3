"""Numbers of each hour of the week, over the replications: arrivals, waits, duty and work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from supportsim.benchmarks import unit_factor
from supportsim.measures import hours_seen
from supportsim.measures.weekly import HOURS
from supportsim.report.numbers import format_published
from supportsim.report.series import Band
from supportsim.scenario.calendar import weekly_spans
from supportsim.stats import ratio_estimate
from supportsim.studies.planning.demand import part_of_slots, typical_week
from supportsim.studies.planning.required import has_theory, more_for_later, requirement
from supportsim.studies.planning.targets import Target
from supportsim.units import MINUTES

if TYPE_CHECKING:
    from supportsim.benchmarks import Figure
    from supportsim.studies import Run
    from supportsim.tables import Flags, Floats

_DAY = 24


@dataclass(frozen=True, eq=False)
class Duty:
    """Agents of a team at each hour of the week, averages over the hour.

    Attributes
    ----------
    on_duty, busy
        Simulated, with intervals; busy are those who work on a contact, as the share of them that
        it takes.
    required : shape (168,)
        What theory asks for; see `studies.planning.required`. A live customer finds nobody or
        somebody, and so those for live work count in full where a shift lasts a part of the hour;
        those for work that can be put off count for that part.
    figures
        The published figures on live channels from which that follows; where there are none, one
        customer in five may have to wait.
    """

    on_duty: Band
    busy: Band
    required: Floats
    figures: tuple[Figure, ...]

    @property
    def short(self) -> Flags:
        """When fewer are on duty than are required, by more than half an agent."""
        lacking: Flags = self.on_duty[0] < self.required - 0.5
        return lacking


def wait_by_hour(run: Run, channel: str) -> Band:
    """Return the mean minutes to first response by the hour of arrival, shape (168,)."""
    return _ratio(run, f"{channel}.waited", f"{channel}.answered")


def arrivals_by_hour(run: Run, channel: str) -> Band:
    """Return the mean number of tickets that arrive in each hour, shape (168,)."""
    return _per_hour(run, f"{channel}.arrivals", 1.0)


def intended_arrivals(run: Run, channel: str) -> Floats:
    """Return the tickets that the scenario asks for in each hour of the window's mean week."""
    pieces = typical_week(run.scenario)[list(run.scenario.channels).index(channel)]
    tickets: Floats = pieces.reshape(HOURS, -1).sum(axis=1)
    return tickets


def occupancy_by_hour(run: Run, team: str) -> Band:
    """Return the share of duty that is spent on contacts in each hour, shape (168,)."""
    return _ratio(run, f"team.{team}.work", f"team.{team}.duty")


def duty_by_hour(run: Run, team: str) -> Duty:
    """Return the agents of a team on duty, busy and required at each hour of the week."""
    of_channels = {
        name: _figures_that_staff(run, name)
        for name in run.scenario.teams[team].serves
        if run.scenario.channels[name].live
    }
    targets = [
        target
        for name, figures in of_channels.items()
        for target in (
            [_target(run, one) for one in figures]
            # No theory knows what this one needs, and so the square-root rule says.
            or [Target(f"{name}.arrivals_per_day", ">=", 0.0, "")]
        )
    ]
    need = requirement(run.scenario, targets, team, _DAY)
    part = part_of_slots(weekly_spans(run.scenario.teams[team].shifts), _DAY)
    return Duty(
        _per_hour(run, f"team.{team}.duty", MINUTES["h"]),
        _per_hour(run, f"team.{team}.work", MINUTES["h"]),
        need.live + more_for_later(need, part) * part,
        tuple(figure for figures in of_channels.values() for figure in figures),
    )


def required_for(run: Run, team: str, duty: Duty) -> str:
    """Return in words what the agents required follow from."""
    live = [name for name in run.scenario.teams[team].serves if run.scenario.channels[name].live]
    parts = [
        f"for {one.title.lower()} {format_published(one)} on {one.channel}" for one in duty.figures
    ]
    channels = {run.asked[one.measure or ""].owner for one in duty.figures}
    rest = [name for name in live if name not in channels]
    if rest:
        parts.append(f"so that one customer in five waits on {' and '.join(rest)}")
    if len(live) < len(run.scenario.teams[team].serves):
        parts.append("to get done what can be put off")
    # A second tier serves no channel of its own.
    return "; ".join(parts) or "to get done what is transferred to it"


def by_day(hours: Floats) -> Floats:
    """Return the hours of a week as a row for each weekday, shape (7, 24)."""
    return hours.reshape(-1, _DAY)


def _figures_that_staff(run: Run, channel: str) -> list[Figure]:
    """Return the published figures that say how many agents a live channel needs."""
    judged = [figure for figure in run.figures if figure.measure in run.asked]
    return [
        figure
        for figure in judged
        if run.asked[figure.measure or ""].owner == channel
        and has_theory(run.asked[figure.measure or ""])
    ]


def _target(run: Run, figure: Figure) -> Target:
    """Return the target that a published figure makes."""
    asked = run.asked[figure.measure or ""]
    value = sum(figure.published) / 2 / unit_factor(figure, asked.measure.unit)
    comparison = ">=" if asked.measure.more_agents == "raise" else "<="
    return Target(asked.id, comparison, value, figure.title)  # type: ignore[arg-type]


def _ratio(run: Run, numerator: str, denominator: str) -> Band:
    pairs = (
        np.array([one.weekly[name] for one in run.replications])
        for name in (numerator, denominator)
    )
    return _estimates(*pairs)


def _per_hour(run: Run, name: str, unit: float) -> Band:
    sums = np.array([one.weekly[name] for one in run.replications])
    return _estimates(sums, np.broadcast_to(unit * hours_seen(run.scenario), sums.shape))


def _estimates(numerators: Floats, denominators: Floats) -> Band:
    """Return the ratio of each pair of columns, and its interval."""
    columns = zip(numerators.T, denominators.T, strict=True)
    made = [ratio_estimate(above, below) for above, below in columns]
    rows = np.array([(one.mean, one.low, one.high) for one in made])
    return rows[:, 0], rows[:, 1], rows[:, 2]
