"""Who is away when: holidays, leave and illness, by hand and by their shares."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from small_teams import (
    DAILY,
    MONDAY,
    assert_mean,
    days_of,
    desk,
    duties,
    minutes,
    staff_of,
)
from supportsim.sampling.roster import draw_staff
from supportsim.tables import Activity
from supportsim.units import DAY, WEEK

if TYPE_CHECKING:
    from supportsim.tables import Floats


# Holidays


def test_each_country_has_its_holidays() -> None:
    scenario = desk("52w", start=dt.date(2026, 1, 1), agents=1, shifts=DAILY,
                    holidays={"country": "DE", "subdivision": "BY"})  # fmt: skip
    american = {"agents": 1, "serves": ["portal"], "shifts": DAILY,
                "holidays": {"country": "US", "more": [dt.date(2026, 11, 27)]}}  # fmt: skip
    staff = draw_staff(scenario.replace({"teams.us": american}), 0)
    bavaria = [(1, 1), (1, 6), (4, 3), (4, 6), (5, 1), (5, 14), (5, 25), (6, 4), (10, 3),
               (11, 1), (12, 25), (12, 26)]  # fmt: skip
    america = [(1, 1), (1, 19), (2, 16), (5, 25), (6, 19), (7, 3), (7, 4), (9, 7), (10, 12),
               (11, 11), (11, 26), (11, 27), (12, 25)]  # fmt: skip
    for agent, days in enumerate((bavaria, america)):
        off = [(dt.date(2026, *day) - scenario.run.start).days for day in days]
        assert days_of(staff, Activity.HOLIDAY, agent) == off
        worked = sorted(set(range(int(scenario.run.horizon / DAY) + 7)) - set(off))
        assert days_of(staff, Activity.DUTY, agent) == worked
    assert minutes(staff, Activity.HOLIDAY) == 480 * (len(bavaria) + len(america))


def test_a_shift_over_midnight_belongs_to_the_day_on_which_it_begins() -> None:
    night = [{"days": "Mon-Sun", "from": "20:00", "to": "24:00"},
             {"days": "Mon-Sun", "from": "00:00", "to": "06:00"}]  # fmt: skip
    off = {"country": "DE", "more": [MONDAY + dt.timedelta(1)]}  # Tuesday; the 6th is none in DE
    roster = staff_of("1w", agents=1, shifts=night, holidays=off).roster
    assert duties(roster, 0, 4 * DAY) == [(0, 6), (20, 30), (68, 78), (92, 102)]
    # Before the scenario begins, too.
    off = {"country": "DE", "more": [MONDAY + dt.timedelta(-1)]}
    staff = staff_of("1w", agents=1, shifts=night, holidays=off)
    assert duties(staff.roster, 0, 2 * DAY) == [(20, 30), (44, 54)]
    assert minutes(staff, Activity.HOLIDAY) == 360


# Absence


def test_paid_time_is_duty_and_shrinkage_to_the_minute() -> None:
    plan = minutes(staff_of("52w", agents=20))
    staff = staff_of("52w", agents=20, holidays={"country": "GB", "subdivision": "ENG"},
                     absence={"planned": 0.12, "unplanned": 0.05}, breaks=[
                         {"from": "12:00", "to": "14:00", "lasts": "30min"}])  # fmt: skip
    kinds = [Activity.BREAK, Activity.HOLIDAY, Activity.PLANNED_ABSENCE, Activity.UNPLANNED_ABSENCE]
    parts = [minutes(staff, kind) for kind in kinds]
    assert min(parts) > 0
    assert minutes(staff) == plan
    assert float((staff.roster.off - staff.roster.on).sum()) == plan - sum(parts)


def test_shares_of_leave_and_illness() -> None:
    scenario = desk("104w", agents=400, shifts=DAILY,
                    absence={"planned": 0.12, "unplanned": 0.06, "spell": "2d"})  # fmt: skip
    planned, unplanned = [], []
    for replication in range(8):
        paid = draw_staff(scenario, replication).attendance
        inside = paid.begin < scenario.run.horizon  # there is no absence beyond it
        length = np.where(inside, paid.end - paid.begin, 0)

        def of(*kinds: Activity, paid: Any = paid, length: Floats = length) -> Floats:
            mine = np.isin(paid.activity, kinds)
            return np.bincount(paid.agent[mine], length[mine], minlength=400)

        everything = of(*Activity)
        leave = of(Activity.PLANNED_ABSENCE)
        planned.append(leave / everything)
        # Leave covers up illness: of the days without leave, the share is that of illness.
        unplanned.append(of(Activity.UNPLANNED_ABSENCE) / np.mean(everything - leave))
    assert_mean(planned, 0.12)
    assert_mean(unplanned, 0.06)


def test_illness_comes_in_spells_and_leave_in_weeks() -> None:
    scenario = desk("104w", agents=300, shifts=DAILY,
                    absence={"unplanned": 0.1, "spell": "2.5d"})  # fmt: skip
    lengths = []
    for replication in range(5):
        paid = draw_staff(scenario, replication).attendance
        ill = np.zeros((300, 104 * 7), np.int8)
        mine = paid.activity == Activity.UNPLANNED_ABSENCE
        ill[paid.agent[mine], (paid.begin[mine] // DAY).astype(int)] = 1
        # Spells that neither begin nor end with the run; long ones are a little less likely among
        # them, by a few in ten thousand.
        change = np.diff(ill, axis=1)
        for row in change:
            begins, ends = np.flatnonzero(row == 1), np.flatnonzero(row == -1)
            ends = ends[ends > begins[0]] if len(begins) else ends[:0]
            lengths += (ends - begins[: len(ends)]).tolist()
    assert_mean(lengths, 2.5)
    assert_mean(np.equal(lengths, 1), 1 / 2.5)
    assert_mean(np.less_equal(lengths, 2), 1 - 0.6**2)

    leave = days_of(staff_of("26w", agents=1, shifts=DAILY, absence={"planned": 0.3}),
                    Activity.PLANNED_ABSENCE)  # fmt: skip
    weeks = sorted({day // 7 for day in leave})
    assert leave == [7 * week + day for week in weeks for day in range(7)]
    assert 2 < len(weeks) < 20


def test_absence_has_no_beginning() -> None:
    # The chance is the same on the first day as later: the chain begins in its stationary law.
    scenario = desk("3w", agents=3000, shifts=DAILY, absence={"unplanned": 0.3, "spell": "5d"})
    paid = draw_staff(scenario, 0).attendance
    ill = paid.begin[paid.activity == Activity.UNPLANNED_ABSENCE] // DAY
    counts = np.bincount(ill.astype(int), minlength=21)
    np.testing.assert_array_less(np.abs(counts - 900), 4 * np.sqrt(900 * 0.7))


def test_holidays_come_before_leave_and_leave_before_illness() -> None:
    holidays = {"country": "DE", "more": [MONDAY + dt.timedelta(2)]}
    everything = {"planned": 1, "unplanned": 0.5, "spell": "3d"}
    lunch = [{"from": "12:00", "to": "13:00"}]
    new = {"hires": [{"date": MONDAY, "agents": 1}], "onboarding": {"training": "3d"}}
    staff = staff_of("2w", agents=1, holidays=holidays, absence=everything, breaks=lunch, **new)
    for agent in (0, 1):
        assert days_of(staff, Activity.HOLIDAY, agent) == [2]
        assert days_of(staff, Activity.PLANNED_ABSENCE, agent) == [0, 1, 3, 4, 7, 8, 9, 10, 11]
        assert days_of(staff, Activity.DUTY, agent) == [14, 15, 16, 17, 18]
        assert days_of(staff, Activity.BREAK, agent) == [14, 15, 16, 17, 18]
    staff = staff_of("2w", agents=1, breaks=lunch, **new)
    assert days_of(staff, Activity.TRAINING) == [0, 1, 2]
    assert days_of(staff, Activity.BREAK, agent=1) == [3, 4, 7, 8, 9, 10, 11, 14, 15, 16, 17, 18]


@pytest.mark.parametrize("days", [*range(1, 8), 20])
def test_nobody_seems_to_have_left_when_the_run_ends(days: int) -> None:
    one_hour = [{"days": "Wed", "from": "12:00", "to": "13:00"}]
    horizon = days * DAY + 750
    holidays = {"country": "DE", "more": [MONDAY + dt.timedelta(day) for day in range(40)]}
    for away in ({"absence": {"planned": 1}}, {"holidays": holidays}):
        roster = staff_of(f"{days}d12h30min", shifts=one_hour, **away).roster
        for agent in (0, 1):
            assert horizon < roster.off[roster.agent == agent].max() <= horizon + WEEK
