"""Rates over the time of a scenario: of arrivals, and of business minutes."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy import special

from supportsim.units import DAY, WEEK, YEAR, format_duration

if TYPE_CHECKING:
    from collections.abc import Iterable

    from supportsim.scenario.model import Arrivals, Hours, Scenario
    from supportsim.tables import Flags, Floats

Places = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Rate:
    """A rate that is constant on each of some pieces of the scenario's time, and 0 outside them.

    Attributes
    ----------
    edges : float64, shape (pieces + 1,)
        Minutes since the scenario's start, in order.
    rates : float64, shape (pieces,)
        Events a minute on each piece.
    """

    edges: Floats
    rates: Floats

    @cached_property
    def _cumulated(self) -> Floats:
        # Where there are longer doubles, the rounding errors of many pieces do not add up.
        events = np.cumsum(self.rates * np.diff(self.edges), dtype=np.longdouble)
        return np.concatenate([[0.0], events.astype(np.float64)])

    @property
    def total(self) -> float:
        """Expected events over all pieces."""
        return float(self._cumulated[-1])

    def cumulative(self, times: Floats) -> Floats:
        """Return the expected events up to each time (minutes); NaN up to NaN."""
        events: Floats = np.interp(times, self.edges, self._cumulated)
        return events

    def at(self, times: Floats) -> Floats:
        """Return the rate at each time (minutes): at an edge, that of the piece which begins."""
        times = np.asarray(times, dtype=np.float64)
        piece = np.searchsorted(self.edges, times, side="right") - 1
        inside = (piece >= 0) & (piece < len(self.rates))
        found = np.where(inside, self.rates[np.where(inside, piece, 0)], 0.0)
        return np.where(np.isnan(times), np.nan, found)

    def inverse(self, events: Floats) -> Floats:
        """Return the times (minutes) at which the expected events reach given numbers.

        Where the rate is 0 for a while, that is the end of the while; inf for more events than are
        expected at all. Times are in the order of their events.
        """
        cumulated = self._cumulated
        some = np.flatnonzero(np.diff(cumulated))
        events = np.asarray(events, dtype=np.float64)
        if not len(some):
            return np.full(events.shape, np.inf)
        # The last piece with events holds the very last one as well.
        piece = np.minimum(np.searchsorted(cumulated, events, side="right") - 1, some[-1])
        minutes = self.edges[piece] + (events - cumulated[piece]) / self.rates[piece]
        times = np.minimum(minutes, self.edges[piece + 1])  # a rounding error apart
        return np.where(events > cumulated[-1], np.inf, times)

    def times(self, factors: Floats) -> Rate:
        """Return the rate multiplied by a factor for each day of the scenario, the first from 0."""
        first, last = self.edges[[0, -1]]
        midnights = np.arange(DAY, DAY * len(factors), DAY)
        inner = midnights[(midnights > first) & (midnights < last)]
        edges = np.union1d(self.edges, inner)
        return Rate(edges, self.at(edges[:-1]) * factors[_days(edges[:-1])])


@lru_cache(maxsize=16)  # every replication asks for the same ones several times
def arrival_rate(scenario: Scenario, arrivals: Arrivals) -> Rate:
    """Return the rate at which a channel's tickets arrive, from the start to the horizon.

    The profile of the week is scaled inside and outside business hours by one factor each, so that
    `per_day` and `business_hours_share` hold exactly in every week without season, growth and
    holidays. With them, the times inside and outside business hours, of which holidays are not a
    part, are scaled once more, so that over the whole run the share is the same as without them
    and the number of tickets stays.

    Raises
    ------
    ValueError
        If the profile leaves no time for arrivals, or none where the share asks for them, or the
        counts end before the run does.
    """
    if arrivals.counts is not None:
        counted = _counted_rate(scenario.run.horizon, arrivals)
        return _shaped(counted, scenario, arrivals) if arrivals.has_shape else counted
    week, weekly, open_ = _profile(scenario, arrivals)
    edges, piece = _unrolled(week, scenario)
    plain, day, off = weekly[piece], _days(edges[:-1]), days_off(scenario)
    rates = plain * _growth(edges, arrivals)
    rates *= _by_month(scenario, arrivals, len(off))[day]
    rates *= np.where(off, arrivals.on_holidays, 1.0)[day]
    if arrivals.business_hours_share is not None:
        lengths, inside = np.diff(edges), open_[piece]
        rates *= _share_kept(plain * lengths, inside, rates * lengths, inside & ~off[day])
    return Rate(edges, rates)


def mean_per_week(scenario: Scenario, arrivals: Arrivals) -> float:
    """Return the expected tickets a week, over the whole run; raises as `arrival_rate` does."""
    return arrival_rate(scenario, arrivals).total / scenario.run.horizon * WEEK


def business_clock(scenario: Scenario) -> Rate:
    """Return the rate of business minutes: 1 in business hours, 0 outside and on holidays."""
    spans = weekly_spans(scenario.calendar.business_hours)
    week = np.union1d(np.arange(0, WEEK + 1, DAY), spans.ravel())
    edges, piece = _unrolled(week, scenario)
    open_ = within(week[:-1], spans)[piece] & ~days_off(scenario)[_days(edges[:-1])]
    return Rate(edges, open_.astype(np.float64))


def days_off(scenario: Scenario) -> Flags:
    """Return which days of the run, from the first to that of its end, are the calendar's holidays.

    Returns
    -------
    bool, shape (days,)
    """
    days = int(scenario.run.horizon // DAY) + 1
    off = np.zeros(days, dtype=np.bool_)
    if scenario.calendar.holidays is not None:
        first = scenario.run.start.toordinal()
        last = min(first + days - 1, dt.date.max.toordinal())
        dates = scenario.calendar.holidays.between(scenario.run.start, dt.date.fromordinal(last))
        off[[date.toordinal() - first for date in dates]] = True
    return off


def weekly_spans(hours: Iterable[Hours]) -> Floats:
    """Return hours as spans of the week, merged and in order; shifts of a single date have none.

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
    """Return the minute of the week at which the scenario starts."""
    return scenario.run.start.weekday() * DAY


def _days(times: Floats) -> Places:
    """Return the number of the day in which each time lies, from 0."""
    return (times // DAY).astype(np.intp)


def _unrolled(week: Floats, scenario: Scenario) -> tuple[Floats, Places]:
    """Return a week of pieces, repeated from the scenario's start to its horizon.

    Parameters
    ----------
    week : float64, shape (pieces of the week + 1,)
        Edges, minutes of the week from 0 to 10080, all midnights among them.

    Returns
    -------
    edges : float64, shape (pieces + 1,)
        Minutes since the scenario's start, from 0 to the horizon.
    piece : shape (pieces,)
        The piece of the week that each of them is.
    """
    phase, end = _phase(scenario), scenario.run.horizon
    starts = np.arange((end + phase) // WEEK + 1) * WEEK - phase
    begins = (starts[:, None] + week[:-1]).ravel()
    chosen = np.flatnonzero((begins >= 0) & (begins < end))
    return np.append(begins[chosen], end), chosen % (len(week) - 1)


def _profile(scenario: Scenario, arrivals: Arrivals) -> tuple[Floats, Floats, Flags]:
    """Return the arrivals of a week without season, growth and holidays.

    Returns
    -------
    edges : float64, shape (pieces + 1,)
        Minutes of the week.
    rates : float64, shape (pieces,)
        Tickets a minute.
    inside : bool, shape (pieces,)
        Which pieces lie in business hours.
    """
    spans = weekly_spans(scenario.calendar.business_hours)
    peaks = arrivals.peaks.values()
    of_day = np.array([[peak.from_, peak.to] for peak in peaks]).ravel()
    of_peaks = (np.arange(0, WEEK, DAY)[:, None] + of_day).ravel()
    edges = np.unique(np.concatenate([np.arange(0, WEEK + 1, 60.0), spans.ravel(), of_peaks]))
    begins, lengths = edges[:-1], np.diff(edges)
    weights = _hourly_weights(arrivals)[(begins // 60).astype(np.intp)] * lengths
    for peak in peaks:
        weights[(begins % DAY >= peak.from_) & (begins % DAY < peak.to)] *= peak.factor
    if not weights.any():
        raise ValueError("the profile leaves no time for arrivals")
    inside = within(begins, spans)
    share = arrivals.business_hours_share
    events = 7 * (1.0 if arrivals.per_day is None else arrivals.per_day)
    if share is None:
        weights = _scaled(weights, events)
    else:
        for part, wanted, where in ((inside, share, "inside"), (~inside, 1 - share, "outside")):
            if wanted > 0 and not part.any():
                raise ValueError(f"the calendar has no time {where} business hours for arrivals")
            if wanted > 0 and not weights[part].any():
                raise ValueError(f"the profile leaves no time {where} business hours for arrivals")
            weights[part] = _scaled(weights[part], wanted * events)
    return edges, weights / lengths, inside


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


def _growth(edges: Floats, arrivals: Arrivals) -> Floats:
    """Return by how much growth multiplies the tickets of each piece: its mean over the piece."""
    log_growth = math.log1p(arrivals.growth_per_year) / YEAR
    within: Floats = special.exprel(log_growth * np.diff(edges))
    return np.exp(log_growth * edges[:-1]) * within


def _by_month(scenario: Scenario, arrivals: Arrivals, days: int) -> Floats:
    """Return the factor of the month for each day of the run."""
    if arrivals.by_month is None:
        return np.ones(days)
    weights = np.divide(arrivals.by_month, max(arrivals.by_month))
    dates = np.datetime64(scenario.run.start, "D") + np.arange(days)
    months = dates.astype("datetime64[M]").astype(np.intp) % 12  # they count from January 1970
    factors: Floats = (weights / weights.mean())[months]
    return factors


def _share_kept(plain: Floats, open_: Flags, events: Floats, inside: Flags) -> Floats:
    """Return factors that give business hours the share of events that they have in plain weeks.

    Parameters
    ----------
    plain, events : float64, shape (pieces,)
        Expected tickets without and with season, growth and holidays.
    open_, inside : bool, shape (pieces,)
        Which pieces are business hours without and with holidays.

    Returns
    -------
    float64, shape (pieces,)
        All of them 1 if nothing differs. They leave the sum of the events as it is.
    """
    factors = np.ones(len(plain))
    if not (plain.any() and events.any()):
        return factors
    grown = events.sum() / plain.sum()
    for before, part, where in ((open_, inside, "inside"), (~open_, ~inside, "outside")):
        wanted, found = plain[before].sum(), events[part].sum()
        if wanted > 0 and not found > 0:
            raise ValueError(f"season and holidays leave no time {where} business hours")
        if found > 0:
            factors[part] = wanted / found * grown
    return factors


def _counted_rate(end: float, arrivals: Arrivals) -> Rate:
    """Return the rate of a channel whose expected tickets are counted out interval by interval."""
    assert arrivals.counts is not None
    counts = np.array(arrivals.counts, dtype=np.float64)
    a_week = round(WEEK / arrivals.every)
    needed = max(math.ceil(end * a_week / WEEK - 1e-9), 1)
    if len(counts) < needed and len(counts) % a_week:
        covered, run = (format_duration(m) for m in (len(counts) * arrivals.every, end))
        raise ValueError(
            f"counts cover {covered} of the run's {run}; give {needed} of them, "
            f"or whole weeks to be repeated, {a_week} a week"
        )
    edges = np.append(np.arange(needed) * WEEK / a_week, end)
    return Rate(edges, np.resize(counts, needed) * (a_week / WEEK))


def _shaped(counted: Rate, scenario: Scenario, arrivals: Arrivals) -> Rate:
    """Return a rate with the tickets of each interval of another, and the profile's shape in it."""
    week, weekly, _ = _profile(scenario, arrivals)
    profile, piece = _unrolled(week, scenario)
    edges = np.union1d(profile, counted.edges)
    lengths = np.diff(edges)
    shape = weekly[piece][np.searchsorted(profile, edges[:-1], side="right") - 1] * lengths
    interval = np.searchsorted(counted.edges, edges[:-1], side="right") - 1
    wanted = counted.rates * np.diff(counted.edges)
    found = np.bincount(interval, weights=shape, minlength=len(wanted))
    if np.any((wanted > 0) & (found == 0)):
        raise ValueError("the profile leaves no time for the tickets of an interval of counts")
    factors = np.divide(wanted, found, out=np.zeros(len(wanted)), where=found > 0)
    return Rate(edges, shape * factors[interval] / lengths)


def within(times: Floats, spans: Floats) -> Flags:
    """Return which times lie in one of the ordered spans, their ends excluded."""
    if not len(spans):
        return np.zeros(len(times), dtype=np.bool_)
    index = np.searchsorted(spans[:, 0], times, side="right") - 1
    inside: Flags = (index >= 0) & (times < spans[index, 1])
    return inside
