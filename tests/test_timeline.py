"""The timeline of a replication: by hand, against loops over the log, and against the measures."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest

from supportsim.measures import find, observe
from supportsim.studies import simulate_once
from supportsim.studies.moments import AgentNow, ChannelNow, Doing, Held, Span
from supportsim.studies.timeline import Phase, Timeline, steps
from supportsim.tables import NOBODY, Activity, Outcome
from supportsim.units import DAY
from test_measures_naive import SCENARIO as EVERYTHING
from watched_days import CHAT, EMAIL, FORM, PHONE, TUESDAY, WEDNESDAY, desk_by_hand

# --- By hand -------------------------------------------------------------------------------------

# Ticket, agent, lane, begin, end, phase, whether the work was left for later.
PIECES: list[tuple[int, int, int, float, float, Phase, bool]] = [
    (7, NOBODY, 0, 100, 101, Phase.WORK, False),
    (8, NOBODY, 1, 100, 101, Phase.WORK, False),
    (9, NOBODY, 0, 200, 200, Phase.WORK, False),
    (10, 2, 0, 470, 490, Phase.WORK, False),
    (0, 0, 0, 540, 560, Phase.WORK, True),
    (1, 0, 0, 560, 580, Phase.WORK, False),
    (1, 0, 0, 580, 585, Phase.WRAP_UP, False),
    (0, 0, 0, 585, 625, Phase.WORK, False),
    (0, 0, 0, 625, 635, Phase.WRAP_UP, False),
    (2, 1, 0, 630, 640, Phase.WORK, False),
    (3, 1, 1, 632, 652, Phase.WORK, False),
    (2, 1, 0, 640, 642, Phase.WRAP_UP, False),
    (3, 1, 1, 652, 655, Phase.WRAP_UP, False),
    (4, 0, 0, 710, 730, Phase.WORK, False),
    (4, 0, 0, 730, 735, Phase.WRAP_UP, False),
    (4, 1, 0, 735, 765, Phase.WORK, False),
    (4, 1, 0, 785, 800, Phase.WORK, False),
    (5, 0, 0, 1010, 1020, Phase.WORK, True),
    (5, 0, 0, DAY + 540, DAY + 560, Phase.WORK, False),
]


def test_pieces_of_a_day_worked_out_by_hand() -> None:
    timeline = desk_by_hand()
    pieces = timeline.pieces
    columns = (
        timeline.facts.workload.ticket[pieces.contact],
        pieces.agent,
        pieces.lane,
        pieces.begin - TUESDAY,
        pieces.end - TUESDAY,
        pieces.phase,
        pieces.stopped,
    )
    found = list(zip(*(column.tolist() for column in columns), strict=True))
    assert found == PIECES
    assert pieces.team.tolist() == [1, 1, 1] + [0] * (len(PIECES) - 3)


def test_stopped_work_of_a_day_worked_out_by_hand() -> None:
    pauses = desk_by_hand().pauses
    assert pauses.contact.tolist() == [0, 7]
    assert pauses.agent.tolist() == [0, 0]
    assert pauses.begin.tolist() == [TUESDAY + 560, TUESDAY + 1020]
    assert pauses.end.tolist() == [TUESDAY + 585, WEDNESDAY + 540]


def test_queues_of_a_day_worked_out_by_hand() -> None:
    timeline = desk_by_hand()
    times, counts = timeline.waiting(EMAIL).within(TUESDAY, WEDNESDAY)
    assert (times - TUESDAY).tolist() == [0, 500, 540, 735, 785, 1010]
    # Who is taken at once never waits, but something happened.
    assert counts.tolist() == [0, 1, 0, 0, 0, 0]
    times, counts = timeline.in_work(CHAT).within(TUESDAY, WEDNESDAY)
    assert (times - TUESDAY).tolist() == [0, 630, 632, 642, 655]
    assert counts.tolist() == [0, 1, 2, 1, 0]
    assert timeline.waiting(CHAT).average(TUESDAY, WEDNESDAY) == pytest.approx(5 / DAY)
    assert timeline.stopped(EMAIL).average(TUESDAY, WEDNESDAY) == pytest.approx((25 + 420) / DAY)
    assert timeline.stopped(EMAIL).at(WEDNESDAY) == 1
    assert timeline.stopped(EMAIL).at(WEDNESDAY + 540) == 0
    # Ticket 4 began in the phone and is open until the reply is done.
    times, counts = timeline.open_tickets(PHONE).within(TUESDAY, WEDNESDAY)
    opened = dict(zip((times - TUESDAY).tolist(), counts.tolist(), strict=True))
    assert opened == {0: 0, 470: 1, 490: 0, 560: 1, 580: 0, 710: 1, 800: 0}


def test_moments_of_a_day_worked_out_by_hand() -> None:
    span = Span(desk_by_hand(), TUESDAY, WEDNESDAY)

    def agents(minute: float) -> tuple[AgentNow, ...]:
        return span.at(TUESDAY + minute).agents

    def held(ticket: int, channel: int, since: float, wrap_up: bool = False) -> Held:
        return Held(ticket, channel, TUESDAY + since, wrap_up)

    machine, vacant = 1, AgentNow(0, 2, Doing.VACANT, TUESDAY + 480)
    # At 9:21 the call has just stopped the email; agent 1 comes at ten.
    busy, off, empty, idle = agents(561)
    assert busy == AgentNow(
        *(0, 0, Doing.WORK, TUESDAY + 560), (held(1, PHONE, 560),), (held(0, EMAIL, 560),)
    )
    assert (off.doing, off.number, empty) == (Doing.OFF_DUTY, 1, vacant)
    assert (idle.team, idle.doing, idle.contacts) == (machine, Doing.IDLE, ())
    # At 10:33 agent 1 has two chats, at 10:40 one of them in wrap-up.
    assert agents(633)[1].contacts == (held(2, CHAT, 630), held(3, CHAT, 632))
    assert agents(640)[1].contacts == (held(2, CHAT, 640, True), held(3, CHAT, 632))
    assert agents(633)[0].doing == Doing.WRAP_UP
    assert agents(653)[1].doing == Doing.WRAP_UP
    # The break begins at 12:00 and goes on with a call; from 12:15 it is one.
    assert agents(719)[0].overtime is False
    assert agents(720)[0] == AgentNow(
        *(0, 0, Doing.WORK, TUESDAY + 710), (held(4, PHONE, 710),), overtime=True
    )
    assert agents(735)[0] == AgentNow(0, 0, Doing.BREAK, TUESDAY + 735)
    assert agents(750)[0] == AgentNow(0, 0, Doing.IDLE, TUESDAY + 750)
    assert agents(800)[1] == AgentNow(0, 1, Doing.IDLE, TUESDAY + 800)
    # In the evening the email lies with its agent.
    assert agents(1300)[:3] == (
        AgentNow(0, 0, Doing.OFF_DUTY, TUESDAY + 1020, (), (held(5, EMAIL, 1020),)),
        AgentNow(0, 1, Doing.OFF_DUTY, TUESDAY + 1020),
        vacant,
    )
    assert [one.number for one in agents(479)] == [0, 1, 2, NOBODY]
    # Who has left finishes the call, and the position is vacant all the same.
    gone = AgentNow(0, 2, Doing.WORK, TUESDAY + 470, (held(10, PHONE, 470),), overtime=True)
    assert agents(485)[2:4] == (gone, vacant)
    assert agents(490)[2] == vacant
    both = agents(100)[-1]
    assert both.contacts == (held(7, FORM, 100), held(8, FORM, 100))
    assert agents(101)[-1].doing == Doing.IDLE
    late = Span(desk_by_hand(), WEDNESDAY, WEDNESDAY + DAY).at(WEDNESDAY + 600)
    assert [one.doing for one in late.agents[:2]] == [Doing.IDLE, Doing.ABSENT]
    assert late.agents[0].since == WEDNESDAY + 560


def test_the_queues_of_a_moment_worked_out_by_hand() -> None:
    span = Span(desk_by_hand(), TUESDAY, WEDNESDAY)
    queues = {one.channel: one for one in span.at(TUESDAY + 530).channels}
    assert queues[EMAIL] == ChannelNow(EMAIL, 1, 0, 0, 30.0, 1, 1, 0, 0)
    chats = queues[CHAT]
    assert (chats.came, chats.served, chats.unserved) == (1, 0, 1)
    assert math.isnan(chats.longest)
    end = {one.channel: one for one in span.at(TUESDAY + 1100).channels}
    assert (end[EMAIL].came, end[EMAIL].served, end[EMAIL].stopped) == (4, 3, 1)
    # What happens, in order: every time in the head of `watched_days`.
    minutes = (span.changes - TUESDAY).tolist()
    assert minutes == [
        *(100, 101, 200, 400, 405, 420, 470, 480, 490, 500, 540, 560, 580, 585, 600, 625, 630),
        *(632, 635, 640, 642, 652, 655, 710, 720, 730, 735, 750, 765, 785, 800, 1010, 1020),
    ]


def test_steps_take_what_happens_at_once_together() -> None:
    number = steps(np.array([1.0, 2.0, 2.0, np.nan]), np.array([2.0, np.inf, 5.0]))
    assert number.times.tolist() == [1, 2, 5]
    assert number.counts.tolist() == [1, 2, 1]
    assert [number.at(t) for t in (0.9, 1, 1.9, 2, 4.9, 5, 99)] == [0, 1, 1, 2, 2, 1, 1]
    assert number.average(0, 10) == pytest.approx((1 + 2 * 3 + 5) / 10)
    none = steps(np.zeros(0), np.zeros(0))
    assert none.at(3.0) == 0
    assert none.within(1.0, 2.0)[1].tolist() == [0]


# --- A desk with everything ----------------------------------------------------------------------


@cache
def everything() -> Timeline:
    return Timeline(simulate_once(EVERYTHING, 1))


def test_everything_happens_on_that_desk() -> None:
    timeline = everything()
    pieces = timeline.pieces
    assert pieces.lane.max() == 1
    assert np.count_nonzero(pieces.stopped & (pieces.phase == Phase.WRAP_UP)) > 0
    assert np.count_nonzero(timeline.pauses.agent == NOBODY) > 0
    assert np.count_nonzero(timeline.pauses.agent != NOBODY) > 50
    assert np.isin(list(Activity), timeline.facts.attendance.activity).sum() >= 5
    assert np.isin(list(Outcome), timeline.facts.log.outcome).all()


def test_occupancy_from_the_timeline_is_the_measure() -> None:
    timeline = everything()
    facts, pieces = timeline.facts, timeline.pieces
    window = facts.window
    names = list(EVERYTHING.teams)
    measured = observe(
        facts,
        [
            find(f"team.{name}.{what}", EVERYTHING)
            for name in names
            for what in ("occupancy", "overtime")
        ],
    )
    share = np.array(facts.routing.occupies)[facts.workload.queue[pieces.contact]]
    duties = sorted(
        zip(facts.roster.agent.tolist(), facts.roster.on.tolist(), facts.roster.off, strict=True)
    )
    for number, name in enumerate(names):
        on_duty = over = 0.0
        for row in np.flatnonzero(pieces.team == number):
            begin = max(pieces.begin[row], window[0])
            end = min(pieces.end[row], window[1])
            inside = sum(
                max(0.0, min(end, off) - max(begin, on))
                for agent, on, off in duties
                if agent == pieces.agent[row]
            )
            on_duty += share[row] * inside
            over += share[row] * (max(0.0, end - begin) - inside)
        assert on_duty > 1000
        assert measured[f"team.{name}.occupancy"].numerator == pytest.approx(on_duty, abs=1e-3)
        assert measured[f"team.{name}.overtime"].numerator == pytest.approx(over, abs=1e-3)


def test_open_tickets_from_the_timeline_are_the_measure() -> None:
    timeline = everything()
    names = list(EVERYTHING.channels)
    measured = observe(timeline.facts, [find(f"{name}.backlog_open", EVERYTHING) for name in names])
    for number, name in enumerate(names):
        seen = measured[f"{name}.backlog_open"]
        average = timeline.open_tickets(number).average(*timeline.facts.window)
        assert average == pytest.approx(seen.numerator / seen.denominator, rel=1e-9)
        # The steps themselves say the same as the exact integral.
        times, counts = timeline.open_tickets(number).within(*timeline.facts.window)
        area = float(np.sum(counts * np.diff(np.append(times, timeline.facts.window[1]))))
        length = timeline.facts.window[1] - timeline.facts.window[0]
        assert area / length == pytest.approx(average, rel=1e-9)


def test_the_number_waiting_is_that_of_littles_law() -> None:
    timeline = everything()
    log, horizon = timeline.facts.log, EVERYTHING.run.horizon
    for number in range(len(EVERYTHING.channels)):
        waits = 0.0
        for row in np.flatnonzero(timeline.facts.channel == number):
            over = np.fmin(np.fmin(log.start[row], log.end[row]), horizon)
            if not math.isnan(log.ready[row]):
                waits += over - max(log.ready[row], 0.0) if over > 0 else 0.0
        average = timeline.waiting(number).average(0.0, horizon)
        assert average * horizon == pytest.approx(waits, rel=1e-9)


def test_agents_minutes_are_those_in_hand() -> None:
    timeline = everything()
    handled = timeline.facts.handled
    pieces = timeline.pieces
    per_contact = np.bincount(
        pieces.contact, weights=pieces.end - pieces.begin, minlength=len(handled)
    )
    np.testing.assert_allclose(per_contact, handled, atol=1e-9)
    for number in range(len(EVERYTHING.channels)):
        minutes = handled[timeline.facts.channel == number].sum()
        horizon = EVERYTHING.run.horizon
        assert timeline.in_work(number).average(0, horizon) * horizon == pytest.approx(minutes)


def test_pieces_of_one_agent_and_lane_never_overlap() -> None:
    pieces = everything().pieces
    last: dict[tuple[int, int, int], float] = {}
    rows = zip(
        *(c.tolist() for c in (pieces.team, pieces.agent, pieces.lane, pieces.begin, pieces.end)),
        strict=True,
    )
    for team, agent, lane, begin, end in rows:
        key = team, agent, lane
        assert begin >= last.get(key, -math.inf)
        last[key] = end


def naive_queues(timeline: Timeline, channel: int, time: float, midnight: float) -> ChannelNow:
    """Return what the log says of a queue, contact by contact."""
    facts, log = timeline.facts, timeline.facts.log
    waiting, in_work, stopped, came, served, unserved = 0, 0, 0, 0, 0, 0
    longest = math.nan
    in_hand = {
        int(c)
        for c, begin, end in zip(log.stints.contact, log.stints.begin, log.stints.end, strict=True)
        if begin <= time < end
    }
    for row in range(len(log)):
        if (
            facts.routing.channel[facts.workload.queue[row]] != channel
            or not log.ready[row] <= time
        ):
            continue
        came += bool(log.ready[row] >= midnight)
        touched, gone = bool(log.start[row] <= time), bool(log.end[row] <= time)
        if gone and log.end[row] >= midnight:
            served += log.outcome[row] == Outcome.SERVED
            unserved += log.outcome[row] != Outcome.SERVED
        if not touched and not gone:
            waiting += 1
            longest = np.fmax(longest, time - log.ready[row])
        elif touched and row in in_hand:
            in_work += 1
        elif touched and not log.freed[row] <= time:
            stopped += 1
    opened = observe_open(timeline, channel, time)
    return ChannelNow(
        *(channel, waiting, in_work, stopped, longest, opened, came, int(served), int(unserved))
    )


def observe_open(timeline: Timeline, channel: int, time: float) -> int:
    """Return how many tickets of a channel are open: begun, and neither closed nor resolved."""
    up, down = timeline.facts.spells(channel, awaiting=False)
    return sum(1 for each in up if each <= time) - sum(1 for each in down if each <= time)


def naive_agents(timeline: Timeline, time: float) -> dict[int, tuple[str, set[int], set[int]]]:
    """Return what each employed agent is at, with the tickets in hand and the stopped ones."""
    facts, log = timeline.facts, timeline.facts.log
    stints = log.stints
    found = {}
    people = facts.employment
    last_duty = {
        int(agent): max(facts.roster.off[facts.roster.agent == agent])
        for agent in np.unique(facts.roster.agent)
    }
    latest: dict[int, int] = {}
    for row in range(len(stints)):
        if stints.begin[row] <= time:
            latest[int(stints.contact[row])] = row
    for agent in people.agent.tolist():
        mine = [
            row
            for row in range(len(stints))
            if stints.agent[row] == agent and stints.begin[row] <= time < stints.end[row]
        ]
        if not (people.hired[agent] <= time < people.left[agent]) and not mine:
            continue
        tickets = {int(facts.workload.ticket[stints.contact[row]]) for row in mine}
        stopped = {
            int(facts.workload.ticket[contact])
            for contact, row in latest.items()
            if stints.agent[row] == agent
            and stints.end[row] <= time
            and not log.freed[contact] <= time
            and last_duty[agent] > time
        }
        what = "off duty"
        paid = facts.attendance
        for row in np.flatnonzero(paid.agent == agent):
            if paid.begin[row] <= time < paid.end[row]:
                what = Activity(int(paid.activity[row])).name.lower()
        if mine:
            wraps_up = all(log.end[stints.contact[row]] <= time for row in mine)
            what = "wrap-up" if wraps_up else "work"
        found[agent] = what, tickets, stopped
    return found


WORDS = {
    Doing.WORK: "work",
    Doing.WRAP_UP: "wrap-up",
    Doing.IDLE: "duty",
    Doing.BREAK: "break",
    Doing.HOLIDAY: "holiday",
    Doing.LEAVE: "planned_absence",
    Doing.ABSENT: "unplanned_absence",
    Doing.TRAINING: "training",
    Doing.OFF_DUTY: "off duty",
}


@pytest.mark.parametrize("day", [3, 9, 15, 27])
def test_moments_are_those_of_a_loop(day: int) -> None:
    timeline = everything()
    begin = day * DAY
    span = Span(timeline, begin, begin + DAY)
    # Now and then at the very instant of a change.
    changes = span.changes[:: max(1, len(span.changes) // 4)].tolist()
    for time in [begin, *changes, *(begin + 60.0 * hour + 7 for hour in (8, 11, 12, 13, 18))]:
        moment = span.at(time)
        for one in moment.channels:
            naive = naive_queues(timeline, one.channel, time, begin)
            np.testing.assert_equal(vars(one), vars(naive))
        naive_now = naive_agents(timeline, time)
        employed = [one for one in moment.agents if one.doing != Doing.VACANT]
        assert [one.number for one in sorted(employed, key=lambda a: a.number)] == sorted(naive_now)
        for agent in employed:
            what, tickets, stopped = naive_now[agent.number]
            assert WORDS[agent.doing] == what
            assert {held.ticket for held in agent.contacts} == tickets
            assert {held.ticket for held in agent.stopped} == stopped
            assert agent.since <= time or math.isnan(agent.since)
        people = timeline.facts.employment
        vacant = np.count_nonzero((people.left <= time) & ~(people.filled <= time))
        assert vacant == len(moment.agents) - len(employed)
