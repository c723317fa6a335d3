"""Why a target cannot be met by any number of agents: what agents cannot change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from supportsim.measures import Asked
from supportsim.sampling.routing import opening_hours
from supportsim.scenario.calendar import arrival_rate, spans_until
from supportsim.studies.planning.evaluate import Judged, Statement, Trials
from supportsim.units import format_duration

if TYPE_CHECKING:
    from supportsim.scenario import Channel, Scenario
    from supportsim.tables import Floats

_OUTSIDE = {"wait": "wait until it opens", "voicemail": "leave a message", "turned away": "go"}

_OF_ANSWERS = ("answered_within_", "first_response_time", "resolution_time")
"""What is over only when the work on a ticket is."""


def why_impossible(trials: Trials, most: Judged | None) -> tuple[str, ...]:
    """Return why targets fail even with a great many agents: a sentence for each of them.

    Parameters
    ----------
    trials
        What was simulated, with the guess that the search began with.
    most
        The verdict on a great many agents.
    """
    if most is None:
        return ()
    told = []
    begun = {one.target: one for one in trials.judge(trials.guess).statements}
    for one in most.statements:
        if one.answer == "undecided":
            told.append(
                f"{one.target.text}: whether a great many agents meet it is undecided after "
                f"{most.replications} replications; allow more, or a coarser precision"
            )
        elif one.answer == "fails":
            reasons = list(_reasons(trials.part.scenario, one, begun.get(one.target)))
            because = "; ".join(reasons) or "something other than the number of agents hinders it"
            told.append(f"{one.target.text}: {because}")
    return tuple(told)


def _reasons(scenario: Scenario, most: Statement, begun: Statement | None) -> Iterator[str]:
    """Yield what hinders a target, as far as simple checks tell."""
    if np.isnan(most.margin.mean):
        yield (
            f"nothing was measured in {most.margin.replications} replications: nobody came whom "
            "it is about, or nobody of them was answered"
        )
    if begun is not None and np.isfinite(begun.margin.mean):
        apart = most.margin.half_width + begun.margin.half_width
        if begun.margin.mean - most.margin.mean > apart:
            yield "more agents make it worse, so that it limits agents rather than asks for them"
            return
        if abs(begun.margin.mean - most.margin.mean) <= most.margin.half_width / 10:
            yield "the number of agents makes no difference to it"
    channel = scenario.channels.get(most.asked.owner)
    if channel is not None:
        yield from _of_channel(scenario, most.asked.owner, channel)
        yield from _of_work(channel, most.asked, most.target.value)


def _of_channel(scenario: Scenario, name: str, channel: Channel) -> Iterator[str]:
    """Yield which customers no number of agents reaches."""
    closed = 0.0
    if channel.opening is not None:
        closed = _share_outside(scenario, channel, opening_hours(scenario, channel.opening.hours))
        if closed > 0:
            then = _OUTSIDE[channel.opening.outside]
            yield f"{closed:.1%} of customers come when {name} is closed, and {then}"
    serving = {n: team for n, team in scenario.teams.items() if name in team.serves}
    if any(team.agents == "unlimited" for team in serving.values()):
        return
    hours = [shift for team in serving.values() for shift in team.shifts]
    away = _share_outside(scenario, channel, spans_until(hours, scenario, scenario.run.horizon + 1))
    if away > closed + 1e-6:
        yield f"{away:.1%} come when nobody of {' and '.join(serving)} is on duty"
    if channel.lines is not None:
        yield f"only {channel.lines} customers can be on its lines at once"


def _share_outside(scenario: Scenario, channel: Channel, spans: Floats) -> float:
    """Return the share of a channel's tickets of the window that come outside some spans."""
    rate = arrival_rate(scenario, channel.arrivals)
    edges = np.array(scenario.run.window_edges)
    total = float(np.diff(rate.cumulative(edges))[0])
    if not total:
        return 0.0
    clipped = np.clip(spans, *edges)
    inside = float(np.sum(rate.cumulative(clipped[:, 1]) - rate.cumulative(clipped[:, 0])))
    return float(np.clip(1 - inside / total, 0, 1))


def _of_work(channel: Channel, asked: Asked, bound: float) -> Iterator[str]:
    """Yield whether the work alone takes longer than the target allows."""
    if channel.live or not asked.measure.name.startswith(_OF_ANSWERS):
        return
    allowed = asked.detail if asked.measure.placeholder == "time" else bound
    work = channel.work.average
    if work >= allowed / 2:
        yield (
            f"the answer is out when the work on it ends, which takes {_rounded(work)} on average"
        )


def _rounded(minutes: float) -> str:
    return format_duration(float(f"{minutes:.3g}"))
