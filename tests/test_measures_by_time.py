"""Measures restricted to tickets that arrived at some times of the day, the week or the year."""

from __future__ import annotations

import datetime as dt
import pickle
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

from supportsim.errors import InputError
from supportsim.measures import ALL, Facts, find, lacks, measures_of, observe
from supportsim.measures.times import Times, parse_times
from supportsim.studies import simulate_once
from supportsim.units import DAY
from test_measures_naive import SCENARIO, naive

if TYPE_CHECKING:
    from test_measures_naive import Ticket

START = SCENARIO.run.start
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@cache
def facts() -> Facts:
    return simulate_once(SCENARIO, 0)


def arrived(ticket: Ticket) -> dt.datetime:
    midnight = dt.datetime.combine(START, dt.time())
    return midnight + dt.timedelta(minutes=ticket.opened)


SLOT = [("09:00", "09:30"), ("12:15", "14:00"), ("00:00", "24:00")]


@pytest.mark.parametrize("channel", ["phone", "email", ALL])
@pytest.mark.parametrize(("begin", "end"), SLOT)
@pytest.mark.parametrize("days", ["", "Mon-Thu ", "Sat,Sun "])
def test_tickets_are_counted_again_one_by_one(
    channel: str, begin: str, end: str, days: str
) -> None:
    """Weekdays and times of day by the standard library, not by ours."""
    wanted = {"": WEEKDAYS, "Mon-Thu ": WEEKDAYS[:4], "Sat,Sun ": WEEKDAYS[5:]}[days]
    mine = [
        ticket
        for ticket in naive(0).in_window()
        if channel in (ALL, ticket.channel)
        and WEEKDAYS[arrived(ticket).weekday()] in wanted
        and begin <= f"{arrived(ticket):%H:%M}" < end
    ]
    assert mine
    at = f"@{days}{begin}-{end}"
    ids = [f"{channel}.{name}{at}" for name in ("answered_within_5min", "resolution_rate")]
    ids += [f"{channel}.{name}{at}" for name in ("first_response_time_median", "cost_per_ticket")]
    found = observe(facts(), [find(one, SCENARIO) for one in ids])
    ratios = [(found[one].numerator, found[one].denominator) for one in ids]
    within = sum(ticket.wait <= 5 for ticket in mine)
    resolved = sum(ticket.was_resolved for ticket in mine)
    assert ratios[0] == (within, len(mine))
    assert ratios[1] == (resolved, len(mine))
    waits = sorted(ticket.wait for ticket in mine if not np.isnan(ticket.wait))
    np.testing.assert_allclose(np.sort(found[ids[2]].sample), waits, rtol=1e-12)
    assert ratios[3][1] == resolved
    assert ratios[3][0] == pytest.approx(sum(ticket.cost for ticket in mine))


def test_contacts_belong_to_the_time_at_which_their_ticket_arrived() -> None:
    """A reply in the afternoon to a ticket of the morning is one of the morning's contacts."""
    asked = find("email.wait@08:00-12:00", SCENARIO)
    log = facts().log
    contacts = [
        row
        for ticket in naive(0).in_window()
        if 8 <= arrived(ticket).hour < 12
        for row in ticket.path
        if naive(0).channel_of(row) == "email" and not np.isnan(log.end[row])
    ]
    served = [row for row in contacts if not np.isnan(log.start[row])]
    late = [row for row in served if log.ready[row] % DAY >= 12 * 60]
    assert len(late) > 10
    total = sum(float(log.start[row] - log.ready[row]) for row in served)
    found = observe(facts(), [asked])[asked.id]
    assert found.denominator == len(served)
    assert found.numerator == pytest.approx(total)


@pytest.mark.parametrize(
    "parts",
    [
        [f"{m // 60:02d}:{m % 60:02d}-{(m + 30) // 60:02d}:{(m + 30) % 60:02d}"
         for m in range(0, 1440, 30)],
        [*WEEKDAYS],
        ["Mon-Fri 00:00-12:00", "Mon-Fri 12:00-24:00", "Sat,Sun"],
        ["2026-03"],
    ],
    ids=["half-hours", "weekdays", "mixed", "month"],
)  # fmt: skip
def test_parts_of_the_week_add_up_to_the_whole(parts: list[str]) -> None:
    whole = [
        one
        for one in measures_of(SCENARIO)
        if one.owner in (*SCENARIO.channels, ALL) and not one.measure.not_by_times
    ]
    assert len(whole) > 100
    ids = [f"{one.id}@{part}" for one in whole for part in parts]
    found = observe(facts(), [*whole, *(find(one, SCENARIO) for one in ids)])
    for one in whole:
        pieces = [found[f"{one.id}@{part}"] for part in parts]
        if one.measure.estimator == "quantile":
            together = np.sort(np.concatenate([piece.sample for piece in pieces]))
            np.testing.assert_array_equal(together, np.sort(found[one.id].sample), one.id)
            continue
        for sums in ("numerator", "denominator"):
            total = sum(getattr(piece, sums) for piece in pieces)
            assert total == pytest.approx(getattr(found[one.id], sums), abs=1e-6), one.id


def test_a_month_is_one_of_the_calendar() -> None:
    start = dt.date(2026, 1, 5)
    minutes = np.arange(0, 400 * DAY, 700.0)
    dates = [dt.datetime.combine(start, dt.time()) + dt.timedelta(minutes=m) for m in minutes]
    march = parse_times("2026-03").hold(minutes, start)
    assert march.tolist() == [date.year == 2026 and date.month == 3 for date in dates]
    assert 60 < march.sum() < 66
    before = np.array([-DAY - 1, -DAY, -1.0, -0.5])
    assert parse_times("Sun").hold(before, start).tolist() == [False, True, True, True]


def test_the_end_of_a_time_belongs_to_the_next() -> None:
    times = np.array([539.999999, 540.0, 569.999999, 570.0]) + 3 * DAY
    assert parse_times("09:00-09:30").hold(times, START).tolist() == [False, True, True, False]


def test_an_id_says_what_it_is() -> None:
    asked = find("phone.service_level_20s@Mon-Fri 09:00-09:30", SCENARIO)
    assert asked.measure.title == "service level, 20s, arrived Mon-Fri 09:00-09:30"
    assert asked.times == Times(540.0, 570.0, (0, 1, 2, 3, 4))
    assert pickle.loads(pickle.dumps(asked)).measure.title == asked.measure.title
    texts = ("2026-03", "Mon", "Mon,Wed-Fri,Sun 00:00-12:00", "2026-03 Sat 23:00-24:00")
    assert [str(parse_times(text)) for text in texts] == [*texts]
    assert parse_times("12:00-13:00 Mon 2026-03") == parse_times("2026-03 Mon 12:00-13:00")


BAD = {
    "phone.service_level_20s@": '"" are no times',
    "phone.service_level_20s@noon": '"noon" does not name weekdays',
    "phone.service_level_20s@9:00-10:00": '"9:00" is not a time of day',
    "phone.service_level_20s@09:00": '"09:00" is one time of day',
    "phone.service_level_20s@09:00-09:00": "is empty",
    "phone.service_level_20s@22:00-06:00": "split times that run over midnight",
    "phone.service_level_20s@Mon Tue": '"Mon Tue" are no times',
    "phone.service_level_20s@09:00-10:00@11:00-12:00": "is not a time of day",
    "phone.service_level_20s@2026-13": "are no times",
    "phone.service_level_20s@2027-03": "no such times in its window: 2027-03",
    "phone.service_levle_20s@09:00-10:00": 'did you mean "phone.service_level_',
    "phnoe.service_level_20s@09:00-10:00": 'did you mean "phone"',
    "team.desk.occupancy@09:00-10:00": "it is about agents",
    "all.labour_cost_per_ticket@09:00-10:00": "it is about agents",
    "email.backlog_open@09:00-10:00": "it is an average over time",
    "email.arrivals_per_day@09:00-10:00": "it is a number a day",
    "email.backlog_clear_time@09:00-10:00": "it is about tickets that were open at the start",
    "email.deflection@09:00-10:00": "it is about customers with a question",
}


@pytest.mark.parametrize("measure_id", BAD)
def test_what_cannot_be_meant_is_refused(measure_id: str) -> None:
    with pytest.raises(InputError) as error:
        find(measure_id, SCENARIO)
    assert BAD[measure_id] in str(error.value)
    assert "\n" not in str(error.value)


def test_a_measure_may_be_lacking() -> None:
    assert lacks("phone.service_level_20s@09:00-10:00", SCENARIO) == ""
    assert "such times" in lacks("phone.service_level_20s@2027-03", SCENARIO)
