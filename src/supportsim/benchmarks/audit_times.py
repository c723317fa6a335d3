"""Audit rules on response times: bands, the means that they allow, response and resolution."""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from supportsim.benchmarks.audit_facts import (
    Facts,
    Finding,
    Kind,
    Known,
    Span,
    business_range,
    exceeds,
    grouped,
    known,
    listed,
    merged,
    share,
    time,
)
from supportsim.benchmarks.registry import Figure
from supportsim.units import format_duration, parse_duration

DISTRIBUTION = "a cumulative share never decreases with its threshold"
MEAN_BOUNDS = (
    "E[T] = ∫ P(T > t) dt, with every answer at the earliest or the latest moment in its band"
)
ORDER = "a ticket is not resolved before its first response"

Band = tuple[float, Known]  # threshold in minutes, share answered within it


def bands_in_order(facts: Facts) -> Iterator[Finding]:
    """Check that bands increase with their threshold, up to the response rate at most."""
    for channel in facts.channels:
        bands, rate = _bands(facts, channel), facts.known("response_rate", channel)
        for (edge, band), (later_edge, later) in pairwise(bands):
            if _falls(band, later):
                limit = f"within {format_duration(later_edge)}"
                yield _clash(channel, edge, band, later, limit)
        for edge, band in bands:
            if rate and band.above(rate):
                yield _clash(channel, edge, band, rate, "at all")


def _falls(band: Known, later: Known) -> bool:
    """Return whether a later band is the smaller one.

    The tolerances play no part: rounding to the same step cannot reverse an order.
    """
    return exceeds(band.published.low, later.published.high)


def _clash(channel: str, edge: float, band: Known, limit: Known, limited: str) -> Finding:
    return Finding(
        "bands in order",
        "contradiction",
        band.ids + limit.ids,
        f"On {channel}, {share(band.published)} are answered within {format_duration(edge)}, "
        f"but only {share(limit.published)} {limited}.",
        "",
        DISTRIBUTION,
    )


def bands_and_mean(facts: Facts) -> Iterator[Finding]:
    """Check the mean first response against the bounds that the bands put on it."""
    for channel in facts.channels:
        bands, rate = usable_bands(facts, channel), facts.known("response_rate", channel)
        if bands:
            for figure in facts.about("first_response_time", channel):
                yield _judge_mean(figure, bands, rate, facts)


def _judge_mean(figure: Figure, bands: Sequence[Band], rate: Known | None, facts: Facts) -> Finding:
    in_hours = [business_range(edge, facts.business_hours) for edge, _ in bands]
    bounds = {
        "calendar": calendar_mean(bands, rate),
        "business-hours": _mean_bounds(in_hours, bands, rate),
    }
    fits = {clock: known(figure).agrees(bound) for clock, bound in bounds.items()}
    clock = "business-hours" if figure.clock == "business hours" else "calendar"
    mean = time(known(figure).published)
    within = [f"{share(band.published)} within {format_duration(edge)}" for edge, band in bands]
    statement = (
        f"On {figure.channel}, {listed(within)} of all questions"
        + (f", with {share(rate.published)} answered at all," if rate else "")
        + f" put the mean first response at {time(bounds[clock].published)} on the {clock} clock; "
        f"{mean} is published"
    )
    kind: Kind = "agreement" if fits[clock] else "contradiction"
    reading = ""
    if fits[clock] and not known(figure).published.meets(bounds[clock].published):
        statement += ", which the tolerances allow"
    if not fits[clock] and figure.clock == "not stated" and fits["business-hours"]:
        statement += (
            ". On the business-hours clock they put it at "
            f"{time(bounds['business-hours'].published)}, so {mean} is possible there"
        )
        reading = f"{mean} counts business hours"
    return Finding(
        "bands and mean",
        kind,
        (*bounds[clock].ids, figure.id),
        f"{statement}.",
        reading,
        MEAN_BOUNDS,
    )


def _bands(facts: Facts, channel: str) -> list[Band]:
    """Return the bands of a channel on the calendar clock, by threshold."""
    groups = grouped(
        (parse_duration(figure.within or ""), figure)
        for figure in facts.about("answered_within", channel)
        if figure.clock != "business hours"  # their thresholds do not compare with the others
    )
    return [(edge, merged(groups[edge])) for edge in sorted(groups)]


def usable_bands(facts: Facts, channel: str) -> list[Band]:
    """Return the bands of a channel, or none if they are no distribution or nobody is answered."""
    bands, rate = _bands(facts, channel), facts.known("response_rate", channel)
    if not bands or any(_falls(band, later) for (_, band), (_, later) in pairwise(bands)):
        return []
    last = bands[-1][1]
    answered = rate or last
    return bands if answered.accepted.low > 0 and not last.above(answered) else []


def calendar_mean(bands: Sequence[Band], rate: Known | None) -> Known:
    """Return the mean first response that bands allow on the calendar clock."""
    return _mean_bounds([Span(edge, edge) for edge, _ in bands], bands, rate)


def _mean_bounds(edges: Sequence[Span], bands: Sequence[Band], rate: Known | None) -> Known:
    """Return the means that bands allow, as published and at the ends of the tolerances.

    Without a response rate, those answered within the last threshold are sure to be answered: the
    floor is then the one over these. Where some are answered after the last threshold, nothing
    bounds the mean from above.
    """
    last = bands[-1][1]
    answered = rate or last
    closed = rate is not None and not exceeds(rate.published.high, last.published.low)

    def bounds(shares: list[Span], answered: Span) -> Span:
        steps = [*(min(span.high, answered.low) for span in shares), answered.low]
        floor = _mean([edge.low for edge in edges], steps)
        if not closed:
            return Span(floor, math.inf)
        steps = [0.0, *(span.low for span in shares[:-1]), answered.high]
        return Span(floor, _mean([edge.high for edge in edges], steps))

    return Known(
        bounds([band.published for _, band in bands], answered.published),
        bounds([band.accepted for _, band in bands], answered.accepted),
        tuple(name for _, band in bands for name in band.ids) + (rate.ids if rate else ()),
    )


def _mean(times: Sequence[float], steps: Sequence[float]) -> float:
    """Return the mean of `times`, each taken by the share between two steps of a distribution."""
    shares = [upper - lower for lower, upper in pairwise(steps)]
    return math.fsum(time * part for time, part in zip(times, shares, strict=True)) / steps[-1]


def response_before_resolution(facts: Facts) -> Iterator[Finding]:
    """Check that the mean first response is no later than the mean resolution."""
    for channel in facts.channels:
        for first in facts.about("first_response_time", channel):
            for resolved in facts.about("resolution_time", channel):
                if first.clock != resolved.clock:
                    continue
                early, late = known(first), known(resolved)
                yield Finding(
                    "response before resolution",
                    "contradiction" if early.above(late) else "agreement",
                    early.ids + late.ids,
                    f"On {channel}, the mean first response comes after {time(early.published)} "
                    f"and the mean resolution after {time(late.published)}.",
                    "",
                    ORDER,
                )
