"""Rates that repeat every week: of arrivals, and of business minutes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from supportsim.units import DAY, WEEK

if TYPE_CHECKING:
    from collections.abc import Iterable

    from supportsim.scenario.model import Arrivals, Hours, Scenario
    from supportsim.tables import Flags, Floats


@dataclass(frozen=True, eq=False)
class WeeklyRate:
    """A rate that is constant on each of some pieces of the week.

    Attributes
    ----------
    edges : float64, shape (pieces + 1,)
        Minutes of the week, from 0 (Monday, 00:00) to 10080.
    rates : float64, shape (pieces,)
        Events a minute on each piece.
    phase
        Minute of the week at which the scenario starts.
    """

    edges: Floats
    rates: Floats
    phase: float

    @property
    def _cumulated(self) -> Floats:
        return np.concatenate([[0.0], np.cumsum(self.rates * np.diff(self.edges))])

    @property
    def per_week(self) -> float:
        """Expected events a week."""
        return float(self._cumulated[-1])

    def cumulative(self, times: Floats) -> Floats:
        """Return the expected events from the scenario's start to each time (minutes)."""
        cumulated = self._cumulated
        weeks, minutes = np.divmod(np.asarray(times) + self.phase, WEEK)
        before = np.interp(self.phase, self.edges, cumulated)
        events: Floats = weeks * cumulated[-1] + np.interp(minutes, self.edges, cumulated) - before
        return events

    def at(self, times: Floats) -> Floats:
        """Return the rate at each time (minutes)."""
        minutes = (np.asarray(times) + self.phase) % WEEK
        piece = np.searchsorted(self.edges, minutes, side="right") - 1
        return self.rates[np.minimum(piece, len(self.rates) - 1)]

    def inverse(self, events: Floats) -> Floats:
        """Return the times (minutes) at which the expected events reach given numbers."""
        cumulated = self._cumulated
        before = np.interp(self.phase, self.edges, cumulated)
        weeks, rest = np.divmod(np.asarray(events) + before, cumulated[-1])
        piece = np.searchsorted(cumulated, rest, side="right") - 1
        # Rounding can put `rest` at the very end of the week.
        piece = np.minimum(piece, np.flatnonzero(self.rates)[-1])
        minutes = self.edges[piece] + (rest - cumulated[piece]) / self.rates[piece]
        times: Floats = weeks * WEEK + minutes - self.phase
        return times


def arrival_rate(scenario: Scenario, arrivals: Arrivals) -> WeeklyRate:
    """Return the rate at which a channel's tickets arrive.

    The profile's weights are scaled inside and outside business hours by one factor each, so that
    `per_day` and `business_hours_share` hold exactly.

    Raises
    ------
    ValueError
        If the share asks for arrivals at times to which the profile gives no weight.
    """
    spans = weekly_spans(scenario.calendar.business_hours)
    edges = np.union1d(np.arange(0, WEEK + 1, 60.0), spans.ravel())
    hour = np.minimum(edges[:-1] // 60, 167).astype(np.intp)
    weights = _hourly_weights(arrivals)[hour] * np.diff(edges)
    inside = _within(edges[:-1], spans)
    share = arrivals.business_hours_share
    events = 7 * arrivals.per_day
    if share is None:
        weights = _scaled(weights, events)
    else:
        for part, wanted, where in ((inside, share, "inside"), (~inside, 1 - share, "outside")):
            if wanted > 0 and not part.any():
                raise ValueError(f"the calendar has no time {where} business hours for arrivals")
            if wanted > 0 and not weights[part].any():
                raise ValueError(f"the profile leaves no time {where} business hours for arrivals")
            weights[part] = _scaled(weights[part], wanted * events)
    return WeeklyRate(edges, weights / np.diff(edges), _phase(scenario))


def business_clock(scenario: Scenario) -> WeeklyRate:
    """Return the rate of business minutes: 1 in business hours, 0 outside them."""
    spans = weekly_spans(scenario.calendar.business_hours)
    edges = np.union1d([0.0, WEEK], spans.ravel())
    return WeeklyRate(edges, _within(edges[:-1], spans).astype(np.float64), _phase(scenario))


def weekly_spans(hours: Iterable[Hours]) -> Floats:
    """Return hours as spans of the week, merged and in order.

    Returns
    -------
    float64, shape (spans, 2)
        Begin and end, minutes of the week.
    """
    spans = sorted(
        (day * DAY + begin, day * DAY + end)
        for h in hours
        for day in h.days
        for begin, end in h.stretches()
    )
    merged: list[tuple[float, float]] = []
    for begin, end in spans:
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return np.array(merged, dtype=np.float64).reshape(-1, 2)


def spans_until(hours: Iterable[Hours], scenario: Scenario, horizon: float) -> Floats:
    """Return hours as spans of the scenario's time, from 0 to `horizon`, merged and in order.

    Returns
    -------
    float64, shape (spans, 2)
        Begin and end, minutes since the scenario's start.
    """
    week = weekly_spans(hours)
    starts = np.arange(0, horizon + WEEK, WEEK) - _phase(scenario)
    spans = np.clip((starts[:, None, None] + week).reshape(-1, 2), 0, horizon)
    spans = spans[spans[:, 0] < spans[:, 1]]
    # Hours that run up to midnight go on without a break where the next day's begin.
    apart = np.flatnonzero(spans[1:, 0] > spans[:-1, 1])
    begins = spans[np.concatenate([[0], apart + 1]).astype(np.intp), 0] if len(spans) else []
    ends = spans[np.concatenate([apart, [-1]]).astype(np.intp), 1] if len(spans) else []
    return np.column_stack([begins, ends]).reshape(-1, 2)


def _phase(scenario: Scenario) -> float:
    return scenario.run.start.weekday() * DAY


def _hourly_weights(arrivals: Arrivals) -> Floats:
    """Return the relative rate of each of the 168 hours of the week."""
    if arrivals.by_hour_of_week is not None:
        table: Floats = np.array(arrivals.by_hour_of_week, dtype=np.float64).ravel()
        return table / float(table.max())
    days = arrivals.by_weekday or (1.0,) * 7
    hours = arrivals.by_hour or (1.0,) * 24
    return np.outer(np.divide(days, max(days)), np.divide(hours, max(hours))).ravel()


def _scaled(weights: Floats, total: float) -> Floats:
    """Return weights scaled to a total; all of them 0 where nothing can be scaled."""
    if not weights.any():
        return weights
    shares = weights / weights.max()  # first, so that the sum cannot overflow
    scaled: Floats = shares * (total / shares.sum())
    return scaled


def _within(times: Floats, spans: Floats) -> Flags:
    """Return which times lie in one of the ordered spans, their ends excluded."""
    if not len(spans):
        return np.zeros(len(times), dtype=np.bool_)
    index = np.searchsorted(spans[:, 0], times, side="right") - 1
    inside: Flags = (index >= 0) & (times < spans[index, 1])
    return inside
