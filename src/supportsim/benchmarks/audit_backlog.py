"""Audit rules on backlogs (Little's law) and on figures that are published with two values."""

import math
from collections.abc import Iterator, Mapping
from itertools import combinations, product
from typing import NamedTuple, get_args

from supportsim.benchmarks.audit_facts import (
    Facts,
    Finding,
    Kind,
    Known,
    Span,
    certain,
    grouped,
    known,
    listed,
    merged,
    ranged,
    share,
    time,
)
from supportsim.benchmarks.audit_times import calendar_mean, usable_bands
from supportsim.benchmarks.registry import Figure, Reading
from supportsim.units import DAY, parse_duration

LITTLE = "Little's law, L = λW (Little 1961, Operations Research 9(3), 383-387)"
SAME = "one quantity of one population has one value"
COUNTED: Mapping[Reading, str] = {
    "backlog_open": "open tickets",
    "backlog_awaiting": "tickets that await a first response",
}


class Size(NamedTuple):
    """The backlog that a reading implies, and how to say so."""

    tickets: Known
    text: str


def backlogs(facts: Facts) -> Iterator[Finding]:
    """Check that a backlog is the arrival rate times the time a ticket counts towards it."""
    for channel in facts.channels:
        arrivals, sizes = facts.known("arrivals_per_day", channel), backlog_sizes(facts, channel)
        if arrivals and sizes:
            for figure in facts.about("backlog", channel):
                yield _judge_backlog(figure, arrivals, sizes)


def _judge_backlog(figure: Figure, arrivals: Known, sizes: Mapping[Reading, Size]) -> Finding:
    readings, fitting = _readings(figure), _fitting(figure, sizes)
    number = ranged(known(figure).published)
    kind: Kind = "agreement" if len(fitting) == len(readings) else "depends on reading"
    ending = "it can count the " + " or the ".join(COUNTED[reading] for reading in fitting)
    if not fitting:
        kind, ending = "contradiction", "that is neither" if len(readings) > 1 else "that is not it"
    ids = dict.fromkeys(name for reading in readings for name in sizes[reading].tickets.ids)
    return Finding(
        "Little's law",
        kind,
        (figure.id, *ids),
        f"On {figure.channel}, {ranged(arrivals.published)} tickets a day make "
        f"{listed([sizes[reading].text for reading in readings])}. "
        f"A backlog of {number} is published: {ending}.",
        f"{number} counts the {COUNTED[fitting[0]]}" if fitting else "",
        LITTLE,
    )


def _readings(figure: Figure) -> tuple[Reading, ...]:
    return figure.readings or get_args(Reading)


def _fitting(figure: Figure, sizes: Mapping[Reading, Size]) -> list[Reading]:
    """Return the readings that Little's law does not rule out, the one that is judged first."""
    fitting = [
        reading
        for reading in _readings(figure)
        if reading not in sizes or sizes[reading].tickets.agrees(known(figure))
    ]
    return sorted(fitting, key=lambda reading: reading != figure.read_as)


def backlog_sizes(facts: Facts, channel: str) -> dict[Reading, Size]:
    """Return the backlog that each reading implies; nothing if arrivals or times are missing."""
    arrivals = facts.known("arrivals_per_day", channel)
    bands, rate = usable_bands(facts, channel), facts.known("response_rate", channel)
    first = facts.about("first_response_time", channel)
    resolved = [
        figure
        for figure in facts.about("resolution_time", channel)
        if figure.clock != "business hours"  # says nothing of the calendar time in the backlog
    ]
    if arrivals is None or not (bands or first or resolved):
        return {}
    # A mean is a floor under the wait on any clock: business hours are part of the calendar.
    wait = merged(first) if first else certain(0)
    if bands:
        wait = wait.combined(calendar_mean(bands, rate), _later)
    answered = rate or (bands[-1][1] if bands else certain(1))
    per_minute = arrivals.over(certain(DAY))
    least = per_minute.times(answered).times(wait)

    stay = merged(resolved) if resolved else None
    ever = facts.known("resolution_rate", channel)
    if stay is None:
        is_open = least.combined(least, _open_ended)
    elif ever is None:
        is_open = per_minute.times(stay)
    else:
        is_open = per_minute.times(ever).times(stay)
        if ever.published.low < 1:  # the others may be open for any time
            is_open = is_open.combined(is_open, _open_ended)
    awaiting = least.combined(is_open, _up_to)  # those that await a response are open, too
    # Only a calendar mean over all tickets is the time of Little's law; one over the answered
    # leaves out how long the others wait.
    exact = answered.published.low >= 1 and {figure.clock for figure in first} == {"calendar"}
    if exact:
        wait = merged(first)
        awaiting = least.combined(per_minute.times(wait), _up_to)
    return {
        "backlog_open": Size(is_open, _open_text(is_open, stay, ever)),
        "backlog_awaiting": Size(awaiting, _awaiting_text(awaiting, wait, answered, exact)),
    }


def _later(one: Span, other: Span) -> Span:
    return Span(max(one.low, other.low), max(one.high, other.high))


def _open_ended(one: Span, _: Span) -> Span:
    return Span(one.low, math.inf)


def _up_to(least: Span, most: Span) -> Span:
    return Span(least.low, max(least.low, most.high))


def _open_text(count: Known, stay: Known | None, resolved: Known | None) -> str:
    size = count.published
    if stay is None:
        return f"{ranged(size)} {COUNTED['backlog_open']}"
    if math.isfinite(size.high) or resolved is None:
        return f"{ranged(size)} {COUNTED['backlog_open']} ({time(stay.published)} each)"
    return (
        f"at least {ranged(Span(size.low, size.low))} {COUNTED['backlog_open']} "
        f"({time(stay.published)} for the {share(resolved.published)} resolved)"
    )


def _awaiting_text(count: Known, wait: Known, answered: Known, exact: bool) -> str:
    size, each = count.published, wait.published
    if size.low == 0:
        return f"as many or fewer {COUNTED['backlog_awaiting']}"
    if exact:
        return f"{ranged(size)} {COUNTED['backlog_awaiting']} ({time(each)} each)"
    return (
        f"at least {ranged(Span(size.low, size.low))} {COUNTED['backlog_awaiting']} "
        f"({time(Span(each.low, math.inf))} for the {share(answered.published)} answered)"
    )


def two_values(facts: Facts) -> Iterator[Finding]:
    """Find one quantity with two values that no tolerance reconciles."""
    for same in grouped((_meaning(figure), figure) for figure in facts.figures).values():
        for one, other in combinations(same, 2):
            apart = one.readings and other.readings and not {*one.readings} & {*other.readings}
            # Backlogs with no reading in common are said to be different quantities.
            if not apart and not known(one).agrees(known(other)):
                yield _two_values(one, other, _different_readings(facts, one, other))


def _meaning(figure: Figure) -> tuple[object, ...]:
    return (
        figure.quantity,
        figure.channel,
        figure.clock,
        None if figure.within is None else parse_duration(figure.within),
        figure.to,
        figure.subject,
        figure.category,
    )


def _different_readings(facts: Facts, one: Figure, other: Figure) -> tuple[Reading, Reading] | None:
    """Return different readings of two backlogs that Little's law allows, if there are such."""
    if one.quantity != "backlog":
        return None
    sizes = backlog_sizes(facts, one.channel)
    pairs = product(_fitting(one, sizes), _fitting(other, sizes))
    return next((pair for pair in pairs if pair[0] != pair[1]), None)


def _two_values(one: Figure, other: Figure, readings: tuple[Reading, Reading] | None) -> Finding:
    reading = ""
    if readings:
        counts = [
            f"{ranged(known(figure).published)} counts the {COUNTED[name]}"
            for figure, name in zip((one, other), readings, strict=True)
        ]
        reading = listed(counts)
    return Finding(
        "two values",
        "depends on reading" if readings else "contradiction",
        (one.id, other.id),
        f'"{one.title}" is {_value(one)} ({one.publisher}), "{other.title}" is {_value(other)} '
        f"({other.publisher}), for the same quantity.",
        reading,
        SAME,
    )


def _value(figure: Figure) -> str:
    """Return what was published, with its unit."""
    span = known(figure).published
    if figure.unit == "share":
        return share(span)
    if figure.unit in ("min", "h", "d"):
        return time(span)
    return ranged(span, "" if figure.unit in ("currency", "score") else figure.unit)
