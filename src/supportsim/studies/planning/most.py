"""The most tickets a day that a desk can take."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from supportsim.errors import InputError, choices, quoted
from supportsim.scenario.calendar import mean_per_week
from supportsim.studies.load import expected_contacts
from supportsim.studies.planning.intervals import expand
from supportsim.studies.planning.targets import Target, read_target
from supportsim.studies.planning.trying import Line, Tried
from supportsim.studies.run import MOST_CONTACTS
from supportsim.units import format_duration

if TYPE_CHECKING:
    from supportsim.scenario import Scenario
    from supportsim.studies.planning.settings import PlanSettings
    from supportsim.studies.run import Progress

EVERY_CHANNEL = "all"
"""What stands for the arrivals of all channels."""

RESOLUTION = 0.02
"""How far apart, relative to the volume, what holds and what does not have to be."""

FINEST = 0.001
"""The least resolution: finer ones would take too many trials."""

_FURTHEST = 64.0
"""How many times more, or fewer, tickets than the scenario's are tried."""


@dataclass(frozen=True, eq=False)
class Most:
    """The most tickets that a desk can take.

    Attributes
    ----------
    scenario
        The desk.
    channels
        Names of the channels whose tickets become more, or fewer, all by the same factor.
    targets
        The targets.
    confidence
        Probability with which all that is said of them is true.
    holds, fails
        The largest factor at which all targets are shown to hold, and the smallest at which they
        are not, with what is known of the desk there; None where none was found.
    tried
        All that was tried, in order.
    """

    scenario: Scenario
    channels: tuple[str, ...]
    targets: tuple[Target, ...]
    confidence: float
    holds: Tried | None
    fails: Tried | None
    tried: tuple[Tried, ...]

    def tickets(self, factor: float) -> dict[str, float]:
        """Return the tickets a day of each of the channels at a factor, on average over the run."""
        return {name: per_day(self.scenario, name) * factor for name in self.channels}

    @property
    def limit(self) -> str:
        """What limits the answer, in a sentence."""
        if self.holds is None:
            assert self.fails is not None
            return (
                f"the targets do not hold even at {self.fails.at:.3g} of the tickets: it is not "
                "their number that is in the way"
            )
        if self.fails is None:
            return (
                f"the targets still hold at {self.holds.at:g} times the tickets, the most that "
                "was tried"
            )
        failing = [one.target.text for one in self.fails.statements if one.answer != "meets"]
        shown = "fails" if self.fails.answer == "fails" else "is not shown to hold"
        what = ", ".join(failing) or "a channel would have nobody who serves it: it"
        return f"at {self.fails.at / self.holds.at - 1:.1%} more, {what} {shown}"


def most_tickets(
    scenario: Scenario,
    key: str,
    settings: PlanSettings,
    *,
    resolution: float = RESOLUTION,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Most:
    """Find the most tickets that a desk can take such that all targets hold.

    The number is doubled or halved until one is known at which they hold and one at which they do
    not, and then the gap is closed by bisection, on a logarithmic scale. More tickets are taken
    never to help.

    Parameters
    ----------
    scenario
        The desk, with its staffing.
    key
        The arrivals of a channel, as in ``channels.phone.arrivals.per_day``; ``all`` for those of
        all channels, by the same factor.
    settings
        The targets, and how sure to be; the teams that it names do not matter.
    resolution
        Relative gap to close, from 0.001 to 1.
    workers, progress
        As for a plan.

    Raises
    ------
    InputError
        If the key, a target or the resolution cannot be used.
    """
    channels = channels_of(scenario, key)
    if not FINEST <= resolution <= 1:
        raise InputError(f"resolution: has to be from {FINEST:g} to 1, not {resolution:g}")
    targets = targets_of(scenario, settings)
    line = Line(
        lambda factor: scaled(scenario, channels, factor), targets, settings, workers, progress
    )
    low, high = _bracket(line, scenario, channels)
    while low and high and high / low > 1 + resolution:
        middle = math.sqrt(low * high)
        if line.holds(middle):
            low = middle
        else:
            high = middle
    return Most(
        scenario,
        channels,
        targets,
        settings.confidence,
        line.at(low) if low else None,
        line.at(high) if high else None,
        tuple(line.tried),
    )


def _bracket(line: Line, scenario: Scenario, channels: tuple[str, ...]) -> tuple[float, float]:
    """Return a factor that holds, and one that does not; 0 for one that was not found."""
    factor, step = 1.0, 2.0 if line.holds(1.0) else 0.5
    while 1 / _FURTHEST < factor < _FURTHEST:
        following = factor * step
        contacts = sum(expected_contacts(scaled(scenario, channels, following)).values())
        if contacts > MOST_CONTACTS:
            break
        if line.holds(following) != (step == 2.0):
            return min(factor, following), max(factor, following)
        factor = following
    return (factor, 0.0) if step == 2.0 else (0.0, factor)


def targets_of(scenario: Scenario, settings: PlanSettings) -> tuple[Target, ...]:
    """Return the targets of some settings, with `every` one for each stretch of the day."""
    targets = tuple(read_target(text, scenario) for text in settings.targets)
    if settings.every is None:
        return targets
    return expand(targets, format_duration(settings.every), scenario)


def channels_of(scenario: Scenario, key: str) -> tuple[str, ...]:
    """Return the channels whose tickets a key counts.

    Raises
    ------
    InputError
        If it is neither ``all`` nor the arrivals of a channel, or there would be no tickets
        whatever their factor.
    """
    known = {f"channels.{name}.arrivals.per_day": name for name in scenario.channels}
    if key != EVERY_CHANNEL and key not in known:
        hint = choices(key, [*known, EVERY_CHANNEL])
        raise InputError(f"{quoted(key)} is not a number of tickets; {hint}")
    named = scenario.channels if key == EVERY_CHANNEL else [known[key]]
    some = tuple(name for name in named if per_day(scenario, name) > 0)
    if not some:
        raise InputError(f"{key}: there are no tickets now, and no factor makes more of them")
    return some


def per_day(scenario: Scenario, channel: str) -> float:
    """Return the tickets a day of a channel, as the scenario gives them, on average over the run.

    Where the scenario gives them for a mean day, that is the number.
    """
    arrivals = scenario.channels[channel].arrivals
    return arrivals.per_day or mean_per_week(scenario, arrivals) / 7


def scaled(scenario: Scenario, channels: tuple[str, ...], factor: float) -> Scenario:
    """Return a scenario with a factor times the tickets in some channels."""
    changes: dict[str, Any] = {}
    for name in channels:
        arrivals, path = scenario.channels[name].arrivals, f"channels.{name}.arrivals"
        if arrivals.counts is None:
            assert arrivals.per_day is not None
            changes[f"{path}.per_day"] = arrivals.per_day * factor
        else:
            changes[f"{path}.counts"] = [count * factor for count in arrivals.counts]
    return scenario.replace(changes)
