"""What the audit's rules work with: findings, intervals, the figures that speak, plain numbers."""

import functools
import math
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeVar

from supportsim.benchmarks.registry import Figure, Quantity
from supportsim.errors import InputError
from supportsim.units import DAY, MINUTES, WEEK

Key = TypeVar("Key", bound=Hashable)
Kind = Literal["contradiction", "depends on reading", "agreement", "implied"]

# Monday to Friday, 09:00 to 17:00, in minutes since Monday 00:00.
OFFICE_WEEK = tuple((day * DAY + 9 * 60, day * DAY + 17 * 60) for day in range(5))


@dataclass(frozen=True)
class Finding:
    """What figures say about each other.

    Attributes
    ----------
    rule
        The rule that found it.
    kind
        ``"contradiction"``: the figures cannot all hold in the plain sense, which is the calendar
        clock, one population and one way to count costs; ``"depends on reading"``: the publishers
        leave open what is meant, and not every meaning agrees; ``"agreement"``: the figures could
        have differed and do not; ``"implied"``: a number nobody published follows from them.
    figures
        Ids of the figures.
    statement
        The finding in one or two sentences, with the numbers.
    reading
        The meaning under which the figures agree; empty if there is none, or no doubt.
    source
        The formula that was used.
    """

    rule: str
    kind: Kind
    figures: tuple[str, ...]
    statement: str
    reading: str
    source: str


class Span(NamedTuple):
    """A closed interval."""

    low: float
    high: float

    def plus(self, other: "Span") -> "Span":
        """Return the sums of a number of each."""
        return Span(self.low + other.low, self.high + other.high)

    def times(self, other: "Span") -> "Span":
        """Return the products of a number of each, neither of them negative."""
        return Span(self.low * other.low, self.high * other.high)

    def over(self, other: "Span") -> "Span":
        """Return the quotients of a number of each, neither negative, not all of `other` 0."""
        return Span(self.low / other.high, self.high / other.low if other.low > 0 else math.inf)

    def complement(self) -> "Span":
        """Return what is left of 1."""
        return Span(1 - self.high, 1 - self.low)

    def meets(self, other: "Span") -> bool:
        """Return whether the two have a number in common."""
        return not exceeds(self.low, other.high) and not exceeds(other.low, self.high)


def exceeds(number: float, limit: float) -> bool:
    """Return whether `number` is above `limit` by more than rounding in the last digits."""
    return number > limit + 1e-9 * max(1.0, abs(limit))


@dataclass(frozen=True)
class Known:
    """What is published of a quantity, or follows from what is; times are in minutes.

    Where publishers differ, the spans run from the lowest figure to the highest, so that other
    rules find no contradiction that rests on the choice of a publisher.
    """

    published: Span
    accepted: Span
    ids: tuple[str, ...] = ()

    def combined(self, other: "Known", how: Callable[[Span, Span], Span]) -> "Known":
        """Return what `how` makes of both, as published and within the tolerances."""
        return Known(
            how(self.published, other.published),
            how(self.accepted, other.accepted),
            tuple(dict.fromkeys(self.ids + other.ids)),
        )

    def plus(self, other: "Known") -> "Known":
        """Return the sum of both."""
        return self.combined(other, Span.plus)

    def times(self, other: "Known") -> "Known":
        """Return the product of both."""
        return self.combined(other, Span.times)

    def over(self, other: "Known") -> "Known":
        """Return the quotient of both."""
        return self.combined(other, Span.over)

    def complement(self) -> "Known":
        """Return what is left of 1."""
        return Known(self.published.complement(), self.accepted.complement(), self.ids)

    def above(self, other: "Known") -> bool:
        """Return whether the whole tolerance of this is above that of the other."""
        return exceeds(self.accepted.low, other.accepted.high)

    def agrees(self, other: "Known") -> bool:
        """Return whether the tolerances have a number in common."""
        return self.accepted.meets(other.accepted)


def certain(number: float) -> Known:
    """Return what is known of a number that has no tolerance."""
    return Known(Span(number, number), Span(number, number))


def known(figure: Figure) -> Known:
    """Return what one figure says."""
    scale = MINUTES.get(figure.unit, 1.0)
    low, high = figure.published
    return Known(
        Span(scale * low, scale * high),
        Span(scale * figure.tolerance.low, scale * figure.tolerance.high),
        (figure.id,),
    )


def merged(figures: Sequence[Figure]) -> Known:
    """Return what figures of one quantity say together; there is at least one."""
    return functools.reduce(lambda one, other: one.combined(other, _hull), map(known, figures))


def _hull(one: Span, other: Span) -> Span:
    return Span(min(one.low, other.low), max(one.high, other.high))


@dataclass(frozen=True)
class Facts:
    """The figures under audit, and the business hours of a week."""

    figures: tuple[Figure, ...]
    business_hours: Sequence[tuple[float, float]] = OFFICE_WEEK

    def __post_init__(self) -> None:
        edges = [edge for interval in self.business_hours for edge in interval]
        if edges != sorted(edges) or any(not 0 <= edge <= WEEK for edge in edges):
            raise InputError(
                "business hours must be sorted, separate (start, end) pairs of minutes since "
                f"Monday 00:00, up to {WEEK:g}"
            )

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels that any figure speaks of, "all" included, in their order."""
        return tuple(dict.fromkeys(figure.channel for figure in self.figures))

    def about(self, quantity: Quantity, channel: str) -> tuple[Figure, ...]:
        """Return the figures of a quantity and channel that speak of it without a qualification."""
        return tuple(
            figure
            for figure in self.figures
            if figure.quantity == quantity and figure.channel == channel and not figure.subject
        )

    def known(self, quantity: Quantity, channel: str) -> Known | None:
        """Return what all figures of a quantity and channel say together."""
        figures = self.about(quantity, channel)
        return merged(figures) if figures else None


def grouped(pairs: Iterable[tuple[Key, Figure]]) -> dict[Key, list[Figure]]:
    """Return the figures that share a key, in the order of the keys' first figures."""
    groups: dict[Key, list[Figure]] = {}
    for key, figure in pairs:
        groups.setdefault(key, []).append(figure)
    return groups


def business_range(span: float, hours: Sequence[tuple[float, float]]) -> Span:
    """Return the least and the most business minutes in `span` minutes of the calendar.

    A start at an edge of the business hours reaches both. Inside business hours, a later start
    loses at least what its later end gains, and an earlier one gains at least what its end loses;
    outside, a later start can only gain and an earlier one can only lose. So the start can move to
    an edge, in either direction that is wanted.
    """
    starts = [0.0, *(edge for interval in hours for edge in interval)]
    minutes = [
        _business_until(start + span, hours) - _business_until(start, hours) for start in starts
    ]
    return Span(min(minutes), max(minutes))


def _business_until(time: float, hours: Sequence[tuple[float, float]]) -> float:
    """Return the business minutes from Monday 00:00 of the first week until `time`."""
    weeks, rest = divmod(time, WEEK)
    whole = math.fsum(end - start for start, end in hours)
    return weeks * whole + math.fsum(max(0.0, min(rest, end) - start) for start, end in hours)


def plain(number: float) -> str:
    """Return a number with two decimals if that is exact, else with a sensible last digit."""
    if math.isclose(number, round(number, 2)):
        return f"{round(number, 2):.12g}"
    if abs(number) >= 100:
        return f"{number:.0f}"
    return f"{number:.1f}".removesuffix(".0") if abs(number) >= 1 else f"{number:.2g}"


def ranged(span: Span, unit: str = "", scale: float = 1.0) -> str:
    """Return a span for people, each end divided by `scale`: ``"2 to 3 days"``."""
    low, high = plain(span.low / scale), plain(span.high / scale)
    if high == "inf":
        return f"{low} {unit}".rstrip() + " or more"
    return f"{low if low == high else f'{low} to {high}'} {unit}".rstrip()


def share(span: Span) -> str:
    """Return a span of shares in per cent."""
    return ranged(span, "%", 0.01)


def time(span: Span) -> str:
    """Return a span of minutes in minutes, hours or days, by its larger finite end."""
    size = span.high if math.isfinite(span.high) else span.low
    if size >= 2 * DAY:
        return ranged(span, "days", DAY)
    return ranged(span, "min") if 0 < size < 120 else ranged(span, "h", 60)


def listed(items: Sequence[str]) -> str:
    """Return items as a sentence lists them."""
    return " and ".join(filter(None, [", ".join(items[:-1]), items[-1]]))
