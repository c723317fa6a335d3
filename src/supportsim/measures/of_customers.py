"""Measures of customers: devices, expectations, satisfaction, and how they help themselves."""

from __future__ import annotations

from typing import Literal

import numpy as np

from supportsim.errors import quoted
from supportsim.measures.measure import (
    Measure,
    Needs,
    all_of,
    channels_say,
    mean,
    per_day,
    scenario_says,
    share,
)
from supportsim.measures.of_contacts import has_costs
from supportsim.measures.of_tickets import TICKETS
from supportsim.measures.scopes import ALL, Observation, Scope, channels_of
from supportsim.scenario import Channel, Scenario
from supportsim.scenario.channel import Experience
from supportsim.tables import Visit

_QUESTIONS = (
    "customers with a question in the window, in channels whose customers may try self-service: "
    "tickets, and those answered by self-service"
)
_VISITS = "visits to self-service in the window"

Scale = Literal["csat", "nps", "ces"]


# --- Devices -------------------------------------------------------------------------------------


def _device_share(scope: Scope, device: float) -> Observation:
    known = scope.facts.customers
    if known is None:
        return Observation(0.0, 0.0)
    return share(known.device[scope.chosen] == int(device))


# --- Expectations --------------------------------------------------------------------------------

_EXPECTATIONS: Needs = scenario_says(lambda s: s.customers.expectations, "customers.expectations")
_LEAVING: Needs = scenario_says(
    lambda s: s.customers.leave_after_bad_experience, "customers.leave_after_bad_experience"
)
_VALUE: Needs = scenario_says(lambda s: s.customers.value, "customers.value")


def _customers_lost(scope: Scope, _: float) -> Observation:
    leaving = scope.scenario.customers.leave_after_bad_experience
    return per_day(leaving * float(scope.facts.bad[scope.chosen].sum()), scope)


def _value_lost(scope: Scope, _: float) -> Observation:
    lost = _customers_lost(scope, _)
    return Observation(lost.numerator * scope.scenario.customers.value, lost.denominator)


# --- Satisfaction --------------------------------------------------------------------------------


_OWN_SCALES = "worst + (best − worst) × experience; for all, each ticket on its channel's scale"
_DESKS_SCALE = (
    "worst + (best − worst) × experience; for all, every ticket on the desk's scale, whatever the "
    "scales of the channels: scores on different scales have no mean"
)


def _ends(scenario: Scenario, owner: str, scale: Scale) -> list[tuple[float, ...] | None]:
    """Return what customers of each channel say after the worst and the best experience.

    The channel's own scale if it has one, or else the desk's. A share and a net promoter score are
    on the same scale everywhere, whatever their ends, but an effort score is on any: all channels
    together have no scale but the desk's.
    """
    ends: tuple[float, ...] | None = getattr(scenario.satisfaction, scale)
    if owner == ALL and scale == "ces":
        return [ends] * len(scenario.channels)
    own = [channel.satisfaction for channel in channels_of(scenario, owner).values()]
    return [ends if one is None else getattr(one, scale) or ends for one in own]


def _has_tickets(channel: Channel) -> bool:
    """Return whether a channel has tickets of its own, not only those that escalate to it."""
    return bool(channel.arrivals.per_day or channel.arrivals.counts or channel.backlog)


def _survey(scope: Scope, scale: Scale) -> Observation:
    """Return what customers say; nothing is known of those whose channel has no scale."""
    names = list(scope.scenario.channels)
    owner = ALL if scope.channel is None else names[scope.channel]
    ends = [one or (np.nan, np.nan) for one in _ends(scope.scenario, owner, scale)]
    number = scope.tickets.channel if scope.channel is None else np.zeros(len(scope.tickets), int)
    worst, best = np.array(ends).T[:, number]
    return mean(worst + (best - worst) * scope.facts.experience[scope.chosen])


def _has_scale(scale: Scale) -> Needs:
    def needs(scenario: Scenario, owner: str, _detail: float) -> str:
        channels = channels_of(scenario, owner).values()
        ends = zip(channels, _ends(scenario, owner, scale), strict=True)
        if all(known for channel, known in ends if owner != ALL or _has_tickets(channel)):
            return ""
        own = "" if owner == ALL else f"channels.{owner}.satisfaction.{scale} or "
        return f"{own}satisfaction.{scale}"

    return needs


_EXPERIENCE: Needs = channels_say(lambda c: c.experience != Experience(), "experience")


# --- Self-service --------------------------------------------------------------------------------


def _self_service(scenario: Scenario, owner: str, _detail: float) -> str:
    service = scenario.self_service
    if service is None:
        return "self_service"
    may = service.channels or scenario.channels
    return "" if owner == ALL or owner in may else f"{quoted(owner)} in self_service.channels"


_FORUM: Needs = scenario_says(
    lambda s: s.self_service and s.self_service.forum, "self_service.forum"
)
_ANSWERED = (Visit.ARTICLE, Visit.FORUM)


def _visits(scope: Scope) -> int:
    return int(np.count_nonzero(scope.visits))


def _deflected(scope: Scope) -> int:
    return scope.visits_that(*_ANSWERED)


def _of_questions(scope: Scope, count: int) -> Observation:
    names, service = list(scope.scenario.channels), scope.scenario.self_service
    may = (service and service.channels) or names
    eligible = np.array([name in may for name in names])[scope.tickets.channel]
    return Observation(float(count), float(np.count_nonzero(eligible) + _deflected(scope)))


def _deflection_value(scope: Scope, _: float) -> Observation:
    total = 0.0
    for number in scope.channels:
        one = Scope(scope.facts, channel=number)
        deflected = _deflected(one)
        if deflected and not len(one.tickets):
            return Observation(0.0, 0.0)  # nobody knows what a ticket would have cost
        total += deflected * float(one.tickets.cost.sum()) / max(1, len(one.tickets))
    return per_day(total, scope)


OF_CUSTOMERS: tuple[Measure, ...] = (
    Measure(
        "device_share_{device}",
        "channel",
        "customers on {device}",
        "share",
        TICKETS,
        "none",
        "tickets from the device / tickets",
        _device_share,
        needs=lambda _scenario, owner, _detail: (
            "devices of all channels together" if owner == ALL else ""
        ),
        details=lambda channel: channel.devices,
    ),
    Measure(
        "expectation_met",
        "channel",
        "customers answered as soon as they expected",
        "share",
        TICKETS,
        "calendar",
        "Σ chance that the customer did not expect the first response sooner than it came / "
        "tickets; none for tickets without one",
        lambda scope, _: mean(scope.facts.met[scope.chosen]),
        needs=_EXPECTATIONS,
    ),
    Measure(
        "bad_experience",
        "channel",
        "customers with a bad experience",
        "share",
        TICKETS,
        "calendar",
        "(unresolved tickets + Σ chance over the others that the expectation was not met) / "
        "tickets",
        lambda scope, _: mean(scope.facts.bad[scope.chosen]),
        needs=_EXPECTATIONS,
    ),
    Measure(
        "customers_lost",
        "channel",
        "customers who leave after a bad experience",
        "per day",
        TICKETS,
        "calendar",
        "bad experiences × share of customers who leave after one / days of the window",
        _customers_lost,
        needs=all_of(_EXPECTATIONS, _LEAVING),
    ),
    Measure(
        "value_lost",
        "channel",
        "value of the customers who leave",
        "currency per day",
        TICKETS,
        "calendar",
        "customers who leave × what a customer is worth / days of the window",
        _value_lost,
        needs=all_of(_EXPECTATIONS, _LEAVING, _VALUE),
    ),
    Measure(
        "experience",
        "channel",
        "experience, from 0 (worst) to 1 (best)",
        "index",
        TICKETS,
        "calendar",
        "Σ 2^(−wait for the first response / time that halves it) × factors for no response, no "
        "resolution, each transfer and each further contact that the customer made / tickets",
        lambda scope, _: mean(scope.facts.experience[scope.chosen]),
        needs=_EXPERIENCE,
    ),
    Measure(
        "csat",
        "channel",
        "customer satisfaction",
        "share",
        TICKETS,
        "calendar",
        _OWN_SCALES,
        lambda scope, _: _survey(scope, "csat"),
        needs=_has_scale("csat"),
    ),
    Measure(
        "nps",
        "channel",
        "net promoter score",
        "score",
        TICKETS,
        "calendar",
        _OWN_SCALES,
        lambda scope, _: _survey(scope, "nps"),
        needs=_has_scale("nps"),
    ),
    Measure(
        "ces",
        "channel",
        "customer effort score",
        "score",
        TICKETS,
        "calendar",
        _DESKS_SCALE,
        lambda scope, _: _survey(scope, "ces"),
        needs=_has_scale("ces"),
    ),
    Measure(
        "visits_per_day",
        "channel",
        "visits to self-service",
        "per day",
        _VISITS,
        "calendar",
        "visits / days of the window",
        lambda scope, _: per_day(_visits(scope), scope),
        needs=_self_service,
    ),
    Measure(
        "self_service_tried",
        "channel",
        "customers who try self-service first",
        "share",
        _QUESTIONS,
        "none",
        "visits / (tickets + deflected)",
        lambda scope, _: _of_questions(scope, _visits(scope)),
        needs=_self_service,
        by_arrival=False,
    ),
    Measure(
        "self_service_answered",
        "channel",
        "visits that self-service answers",
        "share",
        _VISITS,
        "none",
        "visits answered by an article or the forum / visits",
        lambda scope, _: Observation(float(_deflected(scope)), float(_visits(scope))),
        needs=_self_service,
        by_arrival=False,
    ),
    Measure(
        "deflected_per_day",
        "channel",
        "questions that never become tickets",
        "per day",
        _VISITS,
        "calendar",
        "visits answered by an article or the forum / days of the window",
        lambda scope, _: per_day(_deflected(scope), scope),
        needs=_self_service,
    ),
    Measure(
        "deflected_by_forum",
        "channel",
        "questions that the forum answers",
        "per day",
        _VISITS,
        "calendar",
        "visits answered by the forum / days of the window",
        lambda scope, _: per_day(scope.visits_that(Visit.FORUM), scope),
        needs=all_of(_self_service, _FORUM),
    ),
    Measure(
        "deflection",
        "channel",
        "questions that self-service answers",
        "share",
        _QUESTIONS,
        "none",
        "deflected / (tickets + deflected)",
        lambda scope, _: _of_questions(scope, _deflected(scope)),
        needs=_self_service,
        by_arrival=False,
    ),
    Measure(
        "deflection_value",
        "channel",
        "handling that self-service saves",
        "currency per day",
        _VISITS,
        "agent",
        "deflected × mean handling cost of a ticket of the same channel / days of the window",
        _deflection_value,
        needs=all_of(_self_service, has_costs),
    ),
)
