"""Measures of tickets: how they arrive, wait for a response, and come to their end."""

from __future__ import annotations

import numpy as np

from supportsim.measures.measure import (
    Measure,
    Needs,
    average,
    channels_say,
    mean,
    mean_of_parts,
    per_day,
    sample,
    share,
)
from supportsim.measures.scopes import ALL, Observation, Scope
from supportsim.measures.timing import ROUNDING, time_average
from supportsim.scenario import Scenario
from supportsim.units import DAY

TICKETS = "tickets that arrived in the window"
ANSWERED = "those of them with a first response"
RESOLVED = "those of them that were resolved"


def _share_of_tickets(scope: Scope, _: float) -> Observation:
    return Observation(float(len(scope.tickets)), float(np.count_nonzero(scope.arrived)))


def _one_of_several(scenario: Scenario, owner: str, _detail: float) -> str:
    if owner == ALL:
        return "a channel apart from all of them"
    return "" if len(scenario.channels) > 1 else "another channel"


def _in_business_hours(scope: Scope, _: float) -> Observation:
    return share(scope.facts.clock.at(scope.tickets.opened) > 0)


def _peak_hour(scope: Scope, _: float) -> Observation:
    opened = scope.tickets.opened
    if not len(opened):
        return sample(())
    by_hour = np.bincount((opened % DAY // 60).astype(np.intp), minlength=24)
    busiest = np.flatnonzero(by_hour == by_hour.max())
    # The number of tickets has nothing to do with hours: over replications each gets its turn.
    return sample((np.array([busiest[len(opened) % len(busiest)] + 0.5]),))


_HAS_A_PEAK: Needs = channels_say(
    lambda c: (
        c.arrivals.peaks
        or c.arrivals.by_hour
        or c.arrivals.by_hour_of_week
        or (c.arrivals.counts and c.arrivals.every < DAY)
    ),
    "arrivals.peaks, by_hour, by_hour_of_week or counts",
)


def _answered_within(scope: Scope, time: float) -> Observation:
    within = sum(np.count_nonzero(waits <= time + ROUNDING) for waits in scope.responses)
    return Observation(float(within), float(len(scope.tickets)))


def _first_contact_resolution(scope: Scope, _: float) -> Observation:
    once = scope.resolved & (scope.tickets.contacts == 1)
    return share(once[~np.isnan(scope.tickets.answered)])


def _transfers(scope: Scope, _: float) -> Observation:
    return mean(scope.tickets.transfers[scope.resolved].astype(np.float64))


def _backlog(scope: Scope, *, awaiting: bool) -> Observation:
    up, down = scope.facts.spells(scope.channel, awaiting=awaiting)
    return average(time_average(up, down, scope.edges), scope)


def _backlog_clear_time(scope: Scope, _: float) -> Observation:
    mine = scope.facts.backlog & np.isin(scope.facts.tickets.channel, scope.channels)
    over = scope.facts.first_wait_over[mine]
    end = scope.facts.window[1]
    return Observation(float(np.nan_to_num(over, nan=end).clip(0, end).max(initial=0.0)), 1.0)


OF_TICKETS: tuple[Measure, ...] = (
    Measure(
        "arrivals_per_day",
        "channel",
        "tickets arriving",
        "per day",
        TICKETS,
        "calendar",
        "tickets / days of the window",
        lambda scope, _: per_day(len(scope.tickets), scope),
    ),
    Measure(
        "share_of_tickets",
        "channel",
        "share of all channels' tickets",
        "share",
        "tickets of all channels that arrived in the window",
        "none",
        "tickets of the channel / tickets of all channels",
        _share_of_tickets,
        needs=_one_of_several,
    ),
    Measure(
        "business_hours_share",
        "channel",
        "arrivals in business hours",
        "share",
        TICKETS,
        "calendar",
        "tickets that arrived in business hours / tickets",
        _in_business_hours,
    ),
    Measure(
        "peak_hour",
        "channel",
        "busiest hour of the day",
        "hour of day",
        TICKETS,
        "calendar",
        "median over replications of the middle of the hour of the day in which most tickets of "
        "the window arrived; of several such hours one, whichever the number of tickets picks",
        _peak_hour,
        "quantile",
        0.5,
        needs=_HAS_A_PEAK,
        by_arrival=False,
    ),
    Measure(
        "answered_within_{time}",
        "channel",
        "answered within {time}",
        "share",
        TICKETS,
        "calendar",
        "tickets whose first response came within the time / tickets",
        _answered_within,
        details=lambda channel: (*channel.response_bands, *channel.answer_targets),
        more_agents="raise",
    ),
    Measure(
        "first_response_time",
        "channel",
        "time to first response, mean",
        "min",
        ANSWERED,
        "calendar",
        "Σ (first response − arrival) / tickets with a first response",
        lambda scope, _: mean_of_parts(scope.responses),
        more_agents="lower",
    ),
    Measure(
        "first_response_time_median",
        "channel",
        "time to first response, median",
        "min",
        ANSWERED,
        "calendar",
        "median of first response − arrival",
        lambda scope, _: sample(scope.responses),
        "quantile",
        0.5,
        more_agents="lower",
    ),
    Measure(
        "first_response_time_p90",
        "channel",
        "time to first response, 90th percentile",
        "min",
        ANSWERED,
        "calendar",
        "90th percentile of first response − arrival",
        lambda scope, _: sample(scope.responses),
        "quantile",
        0.9,
        more_agents="lower",
    ),
    Measure(
        "first_response_time_business",
        "channel",
        "time to first response, mean",
        "min",
        ANSWERED,
        "business hours",
        "Σ business minutes from arrival to first response / tickets with one",
        lambda scope, _: mean_of_parts(scope.business_responses),
        more_agents="lower",
    ),
    Measure(
        "first_response_time_business_median",
        "channel",
        "time to first response, median",
        "min",
        ANSWERED,
        "business hours",
        "median of business minutes from arrival to first response",
        lambda scope, _: sample(scope.business_responses),
        "quantile",
        0.5,
        more_agents="lower",
    ),
    Measure(
        "first_response_time_business_p90",
        "channel",
        "time to first response, 90th percentile",
        "min",
        ANSWERED,
        "business hours",
        "90th percentile of business minutes from arrival to first response",
        lambda scope, _: sample(scope.business_responses),
        "quantile",
        0.9,
        more_agents="lower",
    ),
    Measure(
        "response_rate",
        "channel",
        "tickets with a first response",
        "share",
        TICKETS,
        "none",
        "tickets with a first response / tickets",
        lambda scope, _: share(~np.isnan(scope.tickets.answered)),
        more_agents="raise",
    ),
    Measure(
        "unanswered",
        "channel",
        "tickets never answered",
        "share",
        TICKETS,
        "none",
        "tickets without a first response / tickets",
        lambda scope, _: share(np.isnan(scope.tickets.answered)),
        more_agents="lower",
    ),
    Measure(
        "messages_before_reply",
        "channel",
        "messages before the first response",
        "per ticket",
        ANSWERED,
        "none",
        "Σ (1 + further messages sent before the first response) / tickets with a first response",
        lambda scope, _: mean(scope.facts.messages[scope.chosen]),
        needs=channels_say(lambda c: c.bumps, "bumps"),
    ),
    Measure(
        "abandonment",
        "channel",
        "tickets given up before a response",
        "share",
        TICKETS,
        "none",
        "tickets whose customer gave up, was turned away or found the lines busy, and tried no "
        "more before a first response / tickets",
        lambda scope, _: share(scope.tickets.abandoned),
        more_agents="lower",
    ),
    Measure(
        "redials",
        "channel",
        "further attempts of customers who did not get through",
        "per ticket",
        TICKETS,
        "none",
        "redials, in whatever channel / tickets",
        lambda scope, _: mean(scope.tickets.retries.astype(np.float64)),
        needs=channels_say(lambda c: c.redial, "redial"),
    ),
    Measure(
        "switched",
        "channel",
        "tickets that went to another channel after waiting",
        "share",
        TICKETS,
        "none",
        "tickets whose customer tried another channel after waiting in vain or finding the lines "
        "busy / tickets",
        lambda scope, _: share(scope.tickets.switches > 0),
        needs=channels_say(lambda c: c.switching, "switching"),
    ),
    Measure(
        "voicemails",
        "channel",
        "tickets that became a message",
        "share",
        TICKETS,
        "none",
        "tickets whose customer found the channel closed and left a message / tickets",
        lambda scope, _: share(scope.tickets.voicemails > 0),
        needs=channels_say(lambda c: c.opening and c.opening.voicemail_to, "opening.voicemail_to"),
    ),
    Measure(
        "resolution_time",
        "channel",
        "time from arrival to resolution, mean",
        "min",
        RESOLVED,
        "calendar",
        "Σ (last resolution − arrival) / resolved tickets",
        lambda scope, _: mean(scope.tickets.resolved - scope.tickets.opened),
        more_agents="lower",
    ),
    Measure(
        "resolution_rate",
        "channel",
        "tickets resolved",
        "share",
        TICKETS,
        "none",
        "resolved tickets / tickets",
        lambda scope, _: share(scope.resolved),
        more_agents="raise",
    ),
    Measure(
        "first_contact_resolution",
        "channel",
        "resolved by the first contact",
        "share",
        ANSWERED,
        "none",
        "tickets resolved by their only served contact, at whichever attempt and in whichever "
        "channel their customer got through / tickets with a first response",
        _first_contact_resolution,
    ),
    Measure(
        "transfers",
        "channel",
        "transfers before resolution",
        "per ticket",
        RESOLVED,
        "none",
        "transferred contacts / resolved tickets",
        _transfers,
    ),
    Measure(
        "follow_ups",
        "channel",
        "taken up again for want of connected systems",
        "per ticket",
        TICKETS,
        "none",
        "contacts that an agent had to take up once more / tickets",
        lambda scope, _: mean(scope.tickets.follow_ups.astype(np.float64)),
        needs=channels_say(lambda c: c.tools and c.tools.blocked, "tools.blocked"),
    ),
    Measure(
        "backlog_open",
        "channel",
        "open tickets",
        "tickets",
        "all tickets",
        "calendar",
        "∫ tickets neither resolved nor given up dt / length of the window",
        lambda scope, _: _backlog(scope, awaiting=False),
        "time average",
        more_agents="lower",
    ),
    Measure(
        "backlog_awaiting",
        "channel",
        "tickets awaiting a first response",
        "tickets",
        "all tickets",
        "calendar",
        "∫ tickets neither answered nor given up dt / length of the window",
        lambda scope, _: _backlog(scope, awaiting=True),
        "time average",
        more_agents="lower",
    ),
    Measure(
        "backlog_clear_time",
        "channel",
        "time until the first backlog is cleared",
        "min",
        "tickets that were open at the start",
        "calendar",
        "time from the start until the last of them was answered or given up, at most the end of "
        "the window",
        _backlog_clear_time,
        needs=channels_say(lambda c: c.backlog, "backlog"),
        by_arrival=False,
        more_agents="lower",
    ),
)
