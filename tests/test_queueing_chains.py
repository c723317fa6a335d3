"""Tests of the solved chains: days, retrials and teams."""

import itertools
import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from supportsim.queueing import (
    cobham_mean_waits,
    day_queue,
    erlang_a,
    erlang_b,
    erlang_c,
    erlang_c_mean_queue,
    finite_queue,
    interrupting_team,
    n_model,
    preemptive_mean_times,
    retrial_queue,
)
from supportsim.queueing._chain import steady_state


def close(value, rel=1e-9, least=1e-12):
    return pytest.approx(value, rel=rel, abs=least)


def dense_steady_state(start, moves):
    """The same from a dense generator, its null vector by singular values."""
    states, open_states = {start: 0}, [start]
    rates = []
    while open_states:
        state = open_states.pop()
        for rate, following in moves(state):
            if rate:
                if following not in states:
                    states[following] = len(states)
                    open_states.append(following)
                rates.append((states[state], states[following], rate))
    generator = np.zeros((len(states),) * 2)
    for here, there, rate in rates:
        generator[here, there] += rate
        generator[here, here] -= rate
    null = np.linalg.svd(generator.T)[2][-1]
    return list(states), null / null.sum()


class TestSteadyState:
    def test_too_far_apart(self):
        moves = {"a": [(1, "b"), (1e-14, "c")], "b": [(1, "a")], "c": [(1, "d")], "d": []}
        moves["d"] = [(1, "c"), (1e-14, "a")]
        with pytest.raises(ValueError, match="so far apart that the steady state"):
            steady_state("a", moves.get)

    def test_birth_and_death(self):
        states, shares = steady_state(
            0, lambda n: [(2.0 if n < 5 else 0.0, n + 1), (3.0 * n, n - 1)]
        )
        assert states == [0, 1, 2, 3, 4, 5]
        assert shares[-1] == close(erlang_b(5, 2 / 3))

    def test_nothing_ever_happens(self):
        states, shares = steady_state("still", lambda _: [])
        assert states == ["still"]
        assert shares.tolist() == [1.0]

    def test_moves_in_place_change_nothing(self):
        _, shares = steady_state(0, lambda n: [(1.0, 1 - n), (7.0, n)])
        assert shares == close([0.5, 0.5])


# --- A day ---------------------------------------------------------------------------------------


def day_by_differential_equations(pieces, leaving, mu, theta, size):
    """Number with agents on duty (and waiting) and number in overtime, both followed."""
    n = np.arange(size)
    share, overtime, before, rows = np.eye(size)[0], 0.0, 0, []
    for (rate, agents, duration), gone in zip(pieces, leaving, strict=True):
        moved = np.zeros(size)
        for number, mass in enumerate(share):
            busy = min(number, before)
            ways = math.comb(before, gone)
            for taken in range(min(busy, gone) + 1):
                chance = math.comb(busy, taken) * math.comb(before - busy, gone - taken) / ways
                moved[number - taken] += mass * chance
                overtime += mass * chance * taken
        share, taken_in_all = moved, share @ n - moved @ n
        births = np.where(n < size - 1, rate, 0.0)
        waiting = np.maximum(n - agents, 0)
        deaths = mu * (n - waiting) + theta * waiting

        def change(_, y, births=births, deaths=deaths, agents=agents, waiting=waiting):
            p, late = y[:size], y[size]
            dp = -(births + deaths) * p
            dp[1:] += (births * p)[:-1]
            dp[:-1] += (deaths * p)[1:]
            all_busy = p[agents:].sum()
            return np.concatenate(
                (dp, [-mu * late, p @ waiting, p @ (n - waiting), late, all_busy])
            )

        start = np.concatenate((share, [overtime], np.zeros(4)))
        end = solve_ivp(change, (0, duration), start, method="DOP853", rtol=1e-10, atol=1e-13).y
        share, overtime = end[:size, -1], end[size, -1]
        rows.append((*(end[size + 1 :, -1] / duration), share @ n + overtime, taken_in_all))
        before = agents
    return np.array(rows).T


DAY = [(0.8, 2, 3.0), (3.0, 5, 2.0), (2.5, 3, 2.0), (2.5, 4, 1.0), (0.5, 1, 2.0), (0.4, 0, 1.5)]
LEAVING = [0, 2, 2, 3, 3, 1]


class TestDayQueue:
    @pytest.mark.parametrize("theta", [0.0, 0.4])
    @pytest.mark.parametrize("leaving", [LEAVING, [0, 0, 2, 0, 3, 1]])
    def test_a_day_by_differential_equations(self, theta, leaving):
        expected = day_by_differential_equations(DAY, leaving, 0.9, theta, 60)
        result = day_queue(*zip(*DAY, strict=True), 0.9, theta, leaving=leaving)
        for found, value in zip(
            (
                result.mean_waiting,
                result.mean_in_work,
                result.mean_in_overtime,
                result.delay_probability,
                result.present_at_end,
                result.into_overtime,
            ),
            expected,
            strict=True,
        ):
            assert found == pytest.approx(value, rel=1e-7, abs=1e-9)

    def test_only_as_many_leave_as_needed_unless_told(self):
        result = day_queue(*zip(*DAY, strict=True), 0.9, 0.4)
        same = day_queue(*zip(*DAY, strict=True), 0.9, 0.4, leaving=[0, 0, 2, 0, 3, 1])
        assert result.mean_waiting.tolist() == same.mean_waiting.tolist()

    @pytest.mark.parametrize("theta", [0.0, 0.4])
    def test_customers_are_conserved(self, theta):
        result = day_queue(*zip(*DAY, strict=True), 0.9, theta, leaving=LEAVING)
        gone = np.cumsum(result.served + result.abandoned)
        assert result.present_at_end == close(np.cumsum(result.arrivals) - gone)
        assert result.arrivals.tolist() == [rate * length for rate, _, length in DAY]

    @pytest.mark.parametrize("leaving", [LEAVING, None])
    def test_patience_like_service_is_infinitely_many_servers(self, leaving):
        # Whoever is there leaves at one rate, served or not: staffing makes no difference.
        mu, there, expected = 0.7, 0.0, []
        for rate, _, length in DAY:
            there = rate / mu + (there - rate / mu) * math.exp(-mu * length)
            expected.append(there)
        result = day_queue(*zip(*DAY, strict=True), mu, mu, leaving=leaving)
        assert result.present_at_end == close(expected)

    def test_the_same_for_long_is_erlang_a(self):
        result = day_queue([10.0] * 2, [12] * 2, [60.0, 5.0], 1.0, 0.5)
        steady = erlang_a(10, 1, 12, 0.5)
        assert result.delay_probability[1] == close(steady.delay_probability)
        assert result.mean_waiting[1] == close(steady.mean_queue)
        assert result.abandoned[1] == close(5 * 10 * steady.abandonment_probability)
        assert result.mean_in_overtime.tolist() == [0.0, 0.0]

    def test_the_same_for_long_and_no_patience_is_erlang_c(self):
        result = day_queue([3.0] * 2, [4] * 2, [400.0, 5.0], 1.0)
        assert result.delay_probability[1] == close(erlang_c(4, 3))
        assert result.mean_waiting[1] == close(erlang_c_mean_queue(3, 1, 4))
        assert result.abandoned.tolist() == [0.0, 0.0]

    def test_a_crew_that_relieves_another_takes_only_who_waits(self):
        # All of one crew are busy and leave; those in service go on with them, in overtime.
        result = day_queue([40.0, 0.0], [3, 100], [10.0, 2.0], 1.0, 1.0, leaving=[0, 3])
        assert result.mean_in_overtime[1] == close(3 * -math.expm1(-2) / 2, rel=1e-6)
        assert result.mean_waiting[1] == close(0, least=1e-6)

    def test_cutting_pieces_changes_nothing(self):
        cut = [(*row[:2], row[2] * part) for row in DAY for part in (0.3, 0.7)]
        leaving = [number for gone in LEAVING for number in (gone, 0)]
        whole = day_queue(*zip(*DAY, strict=True), 0.9, 0.4, leaving=LEAVING)
        parts = day_queue(*zip(*cut, strict=True), 0.9, 0.4, leaving=leaving)
        assert parts.abandoned.reshape(-1, 2).sum(axis=1) == close(whole.abandoned)
        assert parts.served.reshape(-1, 2).sum(axis=1) == close(whole.served)

    def test_the_unit_of_time_does_not_matter(self):
        rates, agents, lengths = map(np.array, zip(*DAY, strict=True))
        hours = day_queue(rates, agents, lengths, 0.9, 0.4, leaving=LEAVING)
        minutes = day_queue(rates / 60, agents, lengths * 60, 0.9 / 60, 0.4 / 60, leaving=LEAVING)
        assert minutes.mean_waiting == close(hours.mean_waiting)
        assert minutes.abandoned == close(hours.abandoned)

    def test_more_agents_never_longer_queues(self):
        rates, agents, lengths = zip(*DAY, strict=True)
        queues = [
            day_queue(rates, [number + more for number in agents], lengths, 0.9, 0.4).mean_waiting
            for more in range(5)
        ]
        assert (np.diff(queues, axis=0) < 0).all()

    def test_more_customers_than_first_guessed(self):
        result = day_queue([15.0], [1], [6.0], 1.0)
        assert result.present_at_end == close(90 - result.served)
        with pytest.raises(ValueError, match="more than 50 customers may be there at once"):
            day_queue([15.0], [1], [6.0], 1.0, most_customers=50)

    @pytest.mark.parametrize(
        ("more", "message"),
        [
            ({"durations": [1.0]}, "durations has 1 numbers but rates 2"),
            ({"durations": [1.0, 0.0]}, "durations must be above 0"),
            ({"rates": [0.0, 0.0]}, "nobody ever arrives"),
            ({"agents": [2, 1.5]}, "agents must be an int, not 1.5"),
            ({"service_rate": 0.0}, "service_rate must be finite and above 0"),
            ({"abandonment_rate": -1.0}, "abandonment_rate must be finite and 0 or more"),
            ({"leaving": [0]}, "leaving has 1 numbers but agents 2"),
            ({"leaving": [1, 1]}, "leaving must be 0 to 0 here, not 1"),
            ({"leaving": [0, 0]}, "leaving must be 1 to 2 here, not 0"),
            ({"leaving": [0, 3]}, "leaving must be 1 to 2 here, not 3"),
            ({"tail": 0.0}, "tail must be above 0 and below 1"),
        ],
    )
    def test_bad_input(self, more, message):
        arguments = {
            "rates": [1.0, 1.0],
            "agents": [2, 1],
            "durations": [1.0, 1.0],
            "service_rate": 1.0,
        }
        with pytest.raises(ValueError, match=message):
            day_queue(**(arguments | more))


# --- Retrials ------------------------------------------------------------------------------------


class TestRetrialQueue:
    @pytest.mark.parametrize("load", [0.3, 0.6, 0.8])
    @pytest.mark.parametrize("retry", [0.2, 1.0, 30.0])
    def test_one_server_and_all_persist(self, load, retry):
        # Falin and Templeton (1997), section 1.2: closed forms of the M/M/1 retrial queue.
        result = retrial_queue(load, 1.0, 1, 1, retry, 1.0)
        assert result.mean_orbit == close(load**2 * (1 + retry) / ((1 - load) * retry), rel=1e-8)
        assert result.blocking == close(load, rel=1e-8)
        assert result.served == close(1.0, rel=1e-8)

    @pytest.mark.parametrize(("c", "room"), [(1, 0), (4, 0), (4, 3)])
    def test_nobody_tries_again(self, c, room):
        result = retrial_queue(3.0, 0.9, c, c + room, 2.0, 0.0)
        expected = finite_queue(3.0, 0.9, c, c + room)
        assert result.blocking == close(expected.blocking)
        assert result.mean_queue == close(expected.mean_queue)
        assert result.mean_busy == close(c * expected.occupancy)
        assert result.served == close(1 - expected.blocking)
        assert result.attempts == 1.0
        assert result.mean_orbit == 0.0
        assert math.isnan(result.retry_blocking)

    def test_nobody_tries_again_is_erlang_b_and_erlang_a(self):
        assert retrial_queue(8, 1, 10, 10, 3, 0.0).blocking == close(erlang_b(10, 8))
        patient = retrial_queue(8, 1, 10, 90, 3, 0.0, 0.5)
        assert patient.mean_queue == close(erlang_a(8, 1, 10, 0.5).mean_queue)

    def test_trying_again_at_once_is_waiting(self):
        result = retrial_queue(2.0, 1.0, 3, 3, 1e6, 1.0)
        assert result.mean_orbit == pytest.approx(erlang_c_mean_queue(2, 1, 3), rel=1e-4)
        assert result.blocking == pytest.approx(erlang_c(3, 2), rel=1e-4)

    def test_trying_again_much_later_is_more_poisson_arrivals(self):
        # J. W. Cohen (1957): attempts come at a rate r = λ + θ r B(r/μ), as new customers would.
        rate = 2.0
        for _ in range(200):
            rate = 2.0 + 0.6 * rate * erlang_b(3, rate)
        result = retrial_queue(2.0, 1.0, 3, 3, 1e-3, 0.6)
        assert result.attempts == pytest.approx(rate / 2.0, rel=1e-3)
        assert result.blocking == pytest.approx(erlang_b(3, rate), rel=1e-3)
        assert result.retry_blocking == pytest.approx(result.blocking, rel=2e-3)

    @pytest.mark.parametrize("theta", [0.0, 0.5])
    def test_generator(self, theta):
        rate, mu, c, capacity, retry, again, most = 2.0, 0.8, 2, 4, 0.6, 0.5, 40
        size = capacity + 1
        n, orbit = np.arange(size), np.arange(most + 1)
        up, down = np.eye(size, k=1), np.eye(size, k=-1)
        more, less = np.eye(most + 1, k=1), np.eye(most + 1, k=-1)
        stay, at_top = np.eye(most + 1), np.diag((n == capacity) * 1.0)
        gone = theta * np.maximum(n - c, 0)
        flow = (
            np.kron(rate * up + np.diag(mu * np.minimum(n, c) + (1 - again) * gone) @ down, stay)
            + again * np.kron(rate * at_top + np.diag(gone) @ down, more)
            + np.kron(up + (1 - again) * at_top, np.diag(retry * orbit) @ less)
        )
        flow -= np.diag(flow.sum(axis=1))
        system = flow.T.copy()
        system[-1] = 1.0
        share = np.linalg.solve(system, np.eye(len(system))[-1]).reshape(size, most + 1)
        result = retrial_queue(rate, mu, c, capacity, retry, again, theta, tail=1e-14)
        mean_orbit = share.sum(axis=0) @ orbit
        assert result.blocking == close(share[-1].sum())
        assert result.mean_orbit == close(mean_orbit)
        assert result.retry_blocking == close(share[-1] @ orbit / mean_orbit)
        assert result.mean_queue == close(share.sum(axis=1) @ np.maximum(n - c, 0))
        assert result.mean_busy == close(share.sum(axis=1) @ np.minimum(n, c))

    @pytest.mark.parametrize("again", [0.3, 0.9, 1.0])
    def test_customers_are_conserved(self, again):
        result = retrial_queue(2.5, 1.0, 3, 5, 0.7, again, 0.4)
        blocked = result.blocking + result.retry_blocking * (result.attempts - 1)
        given_up = 0.4 * result.mean_queue / 2.5
        assert 1 - result.served == close((1 - again) * (blocked + given_up), least=1e-10)
        assert result.attempts - 1 == close(again * (blocked + given_up))

    def test_the_more_persist_the_fuller(self):
        results = [retrial_queue(3.0, 1.0, 4, 4, 2.0, share / 10) for share in range(11)]
        for values in (
            [result.blocking for result in results],
            [result.mean_orbit for result in results],
            [result.served for result in results],
        ):
            assert values == sorted(values)

    def test_the_unit_of_time_does_not_matter(self):
        hours = retrial_queue(2.5, 1.0, 3, 5, 0.7, 0.6, 0.4)
        minutes = retrial_queue(2.5 / 60, 1 / 60, 3, 5, 0.7 / 60, 0.6, 0.4 / 60)
        assert minutes.mean_orbit == close(hours.mean_orbit)
        assert minutes.served == close(hours.served)

    @pytest.mark.parametrize(
        ("more", "message"),
        [
            ({"arrival_rate": 0}, "arrival_rate must be finite and above 0"),
            ({"retry_rate": 0}, "retry_rate must be finite and above 0"),
            ({"servers": 0}, "servers must be 1 or more"),
            ({"capacity": 1}, "capacity must be 2 or more, not 1"),
            ({"persistence": 1.1}, "persistence must be 0 to 1, not 1.1"),
            ({"persistence": math.nan}, "persistence must be 0 to 1, not nan"),
            ({"abandonment_rate": -1}, "abandonment_rate must be finite and 0 or more"),
            ({"persistence": 1.0, "arrival_rate": 2.0}, "all persist, and a load of 2"),
            ({"persistence": 1.0, "most_in_orbit": 9}, "more than 9 customers may be in orbit"),
        ],
    )
    def test_bad_input(self, more, message):
        arguments = {
            "arrival_rate": 1.5,
            "service_rate": 1.0,
            "servers": 2,
            "capacity": 2,
            "retry_rate": 1.0,
            "persistence": 0.5,
        }
        with pytest.raises(ValueError, match=message):
            retrial_queue(**(arguments | more))


# --- Teams ---------------------------------------------------------------------------------------


def n_model_by_agents(arrive, serve, agents, places, impatient, urgent):
    """The same with every agent a person: what each does, and who has been idle how long."""
    team = [0] * agents[0] + [1] * agents[1]

    def let_go(jobs, idle, queues, agent):
        for taken in (0,) if team[agent] == 0 else (urgent, 1 - urgent):
            if queues[taken]:
                jobs = (*jobs[:agent], taken, *jobs[agent + 1 :])
                return jobs, idle, tuple(q - (k == taken) for k, q in enumerate(queues))
        return (*jobs[:agent], None, *jobs[agent + 1 :]), (*idle, agent), queues

    def moves(state):
        jobs, idle, queues = state
        for klass in (0, 1):
            able = [agent for agent in idle if klass == 0 or team[agent] == 1]
            if able:
                taker = able[0]
                begun = (*jobs[:taker], klass, *jobs[taker + 1 :])
                left = tuple(agent for agent in idle if agent != taker)
                yield arrive[klass], (begun, left, queues)
            elif queues[klass] < places[klass]:
                longer = tuple(q + (k == klass) for k, q in enumerate(queues))
                yield arrive[klass], (jobs, idle, longer)
            if queues[klass]:
                shorter = tuple(q - (k == klass) for k, q in enumerate(queues))
                yield impatient[klass] * queues[klass], (jobs, idle, shorter)
        for agent, job in enumerate(jobs):
            if job is not None:
                yield serve[job], let_go(jobs, idle, queues, agent)

    everybody = tuple(range(len(team)))
    states, shares = dense_steady_state(((None,) * len(team), everybody, (0, 0)), moves)
    queue = shares @ np.array([queues for *_, queues in states])
    helping = shares @ [sum(j == 0 for j in jobs[agents[0] :]) for jobs, *_ in states]
    first = shares @ [sum(j == 0 for j in jobs) for jobs, *_ in states]
    busy = [
        shares
        @ [
            sum(j is not None for j, t in zip(jobs, team, strict=True) if t == k) / agents[k]
            for jobs, *_ in states
        ]
        for k in (0, 1)
    ]
    return queue, busy, helping / first


class TestNModel:
    @pytest.mark.parametrize("agents", [(1, 1), (2, 1), (1, 2)])
    @pytest.mark.parametrize("urgent", [0, 1])
    def test_every_agent_a_person(self, agents, urgent):
        arguments = ((1.1, 0.7), (1.0, 0.6), agents, (2, 3), (0.3, 0.1))
        queue, busy, helped = n_model_by_agents(*arguments, urgent)
        result = n_model(*arguments, urgent=urgent)
        assert result.mean_queue == close(queue)
        assert result.occupancy == close(busy)
        assert result.helped == close(helped)

    @pytest.mark.parametrize("room", [0, 5])
    @pytest.mark.parametrize("agents", [(1, 1), (0, 3), (2, 3)])
    def test_without_the_second_class_it_is_one_team(self, agents, room):
        result = n_model((1.8, 1e-13), (0.9, 1.0), agents, (room, 0))
        expected = finite_queue(1.8, 0.9, sum(agents), sum(agents) + room)
        assert result.rejected[0] == close(expected.blocking)
        assert result.delay_probability[0] == close(expected.delay_probability)
        assert result.mean_wait[0] == close(expected.mean_wait)

    def test_without_the_second_class_and_with_patience_it_is_erlang_a(self):
        result = n_model((1.8, 1e-13), (0.9, 1.0), (1, 1), (60, 0), (0.5, 0.5))
        expected = erlang_a(1.8, 0.9, 2, 0.5)
        assert result.mean_wait[0] == close(expected.mean_wait)
        assert result.abandonment[0] == close(expected.abandonment_probability)
        assert result.helped == close(0.5)  # longest idle, and alike

    def test_without_the_first_class_the_first_team_is_idle(self):
        result = n_model((1e-13, 1.8), (1.0, 0.9), (2, 2), (0, 4))
        expected = finite_queue(1.8, 0.9, 2, 6)
        assert result.rejected[1] == close(expected.blocking)
        assert result.mean_wait[1] == close(expected.mean_wait)
        assert result.occupancy == close([0.0, expected.occupancy])

    @pytest.mark.parametrize("urgent", [0, 1])
    def test_without_the_first_team_it_is_one_agent_with_priorities(self, urgent):
        rates, means = [0.35, 0.25], [1.0, 1.25]
        result = n_model((0.35, 0.25), (1.0, 0.8), (0, 1), (70, 70), urgent=urgent)
        order = [urgent, 1 - urgent]
        waits = cobham_mean_waits([rates[k] for k in order], [means[k] for k in order], [1, 1])
        assert result.mean_wait[order] == close(waits, rel=1e-7)
        assert math.isnan(result.occupancy[0])
        assert result.helped == 1.0

    def test_customers_are_conserved(self):
        rates, mus, theta = np.array([2.0, 1.0]), np.array([1.0, 0.8]), np.array([0.3, 0.2])
        result = n_model((2.0, 1.0), (1.0, 0.8), (2, 2), (6, 6), (0.3, 0.2))
        served = rates * (1 - result.rejected) * (1 - result.abandonment)
        assert result.mean_queue == close(rates * (1 - result.rejected) * result.mean_wait)
        assert result.abandonment == close(theta * result.mean_wait)
        assert (served / mus).sum() == close(2 * result.occupancy.sum())

    def test_urgency_helps_the_urgent(self):
        first, second = (
            n_model((2.0, 1.0), (1.0, 0.8), (2, 2), (6, 6), urgent=urgent).mean_wait
            for urgent in (0, 1)
        )
        assert first[0] < second[0]
        assert first[1] > second[1]

    @pytest.mark.parametrize(
        ("more", "message"),
        [
            ({"arrival_rates": (0.0, 1.0)}, "arrival_rates must be finite and above 0"),
            ({"service_rates": (1.0, 0.0)}, "service_rates must be finite and above 0"),
            ({"abandonment_rates": (1.0, -1.0)}, "abandonment_rates must be finite and 0 or more"),
            ({"arrival_rates": (1.0,)}, "has 2 numbers but arrival_rates 1"),
            ({"agents": (1, 0)}, "agents must be 1 or more, not 0"),
            ({"agents": (-1, 1)}, "agents must be 0 or more, not -1"),
            ({"places": (1, 0.5)}, "places must be an int"),
            ({"urgent": 2}, "urgent must be 0 or 1, not 2"),
        ],
    )
    def test_bad_input(self, more, message):
        arguments = {
            "arrival_rates": (1.0, 1.0),
            "service_rates": (1.0, 1.0),
            "agents": (1, 1),
            "places": (1, 1),
        }
        with pytest.raises(ValueError, match=message):
            n_model(**(arguments | more))


def interrupting_by_agents(arrive, serve, agents, places):
    """The same with every agent a person: urgent "u", less urgent "o", urgent over stopped "s"."""

    def change(jobs, agent, job):
        return (*jobs[:agent], job, *jobs[agent + 1 :])

    def moves(state):
        jobs, one, two = state
        idle = [agent for agent, job in enumerate(jobs) if job == " "]
        soft = [agent for agent, job in enumerate(jobs) if job == "o"]
        if idle:
            yield arrive[0], (change(jobs, idle[0], "u"), one, two)
            yield arrive[1], (change(jobs, idle[0], "o"), one, two)
        else:
            if soft:
                yield arrive[0], (change(jobs, soft[-1], "s"), one, two)
            elif one < places[0]:
                yield arrive[0], (jobs, one + 1, two)
            if two < places[1]:
                yield arrive[1], (jobs, one, two + 1)
        for agent, job in enumerate(jobs):
            if job in "us" and one:
                yield serve[0], (jobs, one - 1, two)
            elif job == "s":
                yield serve[0], (change(jobs, agent, "o"), one, two)
            elif job in "uo" and two:
                yield serve["uo".index(job)], (change(jobs, agent, "o"), one, two - 1)
            elif job in "uo":
                yield serve["uo".index(job)], (change(jobs, agent, " "), one, two)

    states, shares = dense_steady_state(((" ",) * agents, 0, 0), moves)
    queue = [shares @ [state[k] for state in states] for k in (1, 2)]
    return queue, shares @ [state[0].count("s") for state in states]


class TestInterruptingTeam:
    @pytest.mark.parametrize("agents", [1, 2, 3])
    def test_every_agent_a_person(self, agents):
        arguments = ((0.5 * agents, 0.4 * agents), (1.0, 0.7), agents, (2, 3))
        queue, stopped = interrupting_by_agents(*arguments)
        result = interrupting_team(*arguments)
        assert result.mean_queue == close(queue)
        assert result.mean_stopped == close([0.0, stopped])

    def test_one_agent_is_preemptive_resume(self):
        result = interrupting_team((0.3, 0.35), (1.0, 0.9), 1, (60, 120))
        times = preemptive_mean_times([0.3, 0.35], [1, 1 / 0.9], [1, 1])
        assert result.mean_time == close(times)

    @pytest.mark.parametrize("agents", [1, 2, 4])
    @pytest.mark.parametrize("room", [0, 3])
    def test_the_urgent_see_nobody_else(self, agents, room):
        rate = 0.8 * agents
        result = interrupting_team((rate, 0.5), (1.0, 0.7), agents, (room, 4))
        expected = finite_queue(rate, 1.0, agents, agents + room)
        assert result.rejected[0] == close(expected.blocking)
        assert result.mean_wait[0] == close(expected.mean_wait)
        assert result.mean_time[0] == close(expected.mean_wait + 1.0)

    def test_without_the_urgent_it_is_one_class(self):
        result = interrupting_team((1e-13, 1.5), (1.0, 0.7), 3, (0, 5))
        expected = finite_queue(1.5, 0.7, 3, 8)
        assert result.rejected[1] == close(expected.blocking)
        assert result.mean_wait[1] == close(expected.mean_wait)
        assert result.mean_time[1] == close(expected.mean_wait + 1 / 0.7)
        assert result.mean_stopped[1] == close(0.0)

    def test_stopped_work_waits_for_its_agent_even_if_another_is_idle(self):
        # Were stopped work taken over, all work at one speed would finish as in M/M/2.
        result = interrupting_team((0.6, 0.6), (1.0, 1.0), 2, (60, 60))
        there = 0.6 * result.mean_time.sum()
        assert there > 1.01 * (erlang_c_mean_queue(1.2, 1.0, 2) + 1.2)

    def test_more_agents_never_longer_times(self):
        times = [
            interrupting_team((0.9, 0.9), (1.0, 1.0), agents, (20, 20)).mean_time
            for agents in (2, 3, 4)
        ]
        assert all((after < before).all() for before, after in itertools.pairwise(times))

    def test_bad_input(self):
        with pytest.raises(ValueError, match="agents must be 1 or more, not 0"):
            interrupting_team((1.0, 1.0), (1.0, 1.0), 0, (1, 1))
        with pytest.raises(ValueError, match="service_rates must be finite and above 0"):
            interrupting_team((1.0, 1.0), (0.0, 1.0), 1, (1, 1))
        with pytest.raises(ValueError, match="places must be 0 or more"):
            interrupting_team((1.0, 1.0), (1.0, 1.0), 1, (1, -1))
