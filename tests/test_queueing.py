import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.linalg import expm

from supportsim.queueing import (
    agents_needed,
    cobham_mean_waits,
    erlang_a,
    erlang_b,
    erlang_c,
    erlang_c_mean_queue,
    erlang_c_mean_wait,
    erlang_c_service_level,
    finite_queue,
    mg1_mean_wait,
    periodic_queue,
    preemptive_mean_times,
    square_root_servers,
)

RNG = np.random.default_rng(20260105)
RANDOM_QUEUES = [
    (float(RNG.uniform(0.5, 6)), float(RNG.uniform(0.3, 2)), int(RNG.integers(1, 8)))
    for _ in range(8)
]
STABLE_QUEUES = [(rate * 0.9 * mu * c / 6, mu, c) for rate, mu, c in RANDOM_QUEUES]


def close(value, rel=1e-9, least=1e-13):
    return pytest.approx(value, rel=rel, abs=least)


def birth_death(births, deaths):
    """Stationary distribution of a birth-death chain, from its generator."""
    size = len(births)
    generator = np.diag(births[:-1], 1) + np.diag(deaths[1:], -1)
    generator -= np.diag(generator.sum(axis=1))
    system = generator.T.copy()
    system[-1] = 1.0
    return np.linalg.solve(system, np.eye(size)[-1])


def with_patience(rate, mu, c, theta, largest):
    n = np.arange(largest + 1)
    deaths = mu * np.minimum(n, c) + theta * np.maximum(n - c, 0)
    return n, birth_death(np.full(largest + 1, rate), deaths)


class TestErlangB:
    @pytest.mark.parametrize(
        ("servers", "load", "expected"),
        [(0, 3.0, 1.0), (1, 1.0, 1 / 2), (2, 1.0, 1 / 5), (3, 2.0, 4 / 19), (4, 0.0, 0.0)],
    )
    def test_by_hand(self, servers, load, expected):
        assert erlang_b(servers, load) == close(expected)

    def test_known_value(self):
        assert erlang_b(10, 5) == pytest.approx(0.018385, abs=5e-7)

    @pytest.mark.parametrize(("servers", "load"), [(10, 4.46), (20, 12.03), (100, 84.06)])
    def test_traffic_tables_at_one_percent(self, servers, load):
        # The tables give the load at a blocking of 1 % to two decimals.
        assert erlang_b(servers, load - 0.005) < 0.01 < erlang_b(servers, load + 0.005)

    @pytest.mark.parametrize(("rate", "mu", "c"), RANDOM_QUEUES)
    def test_generator(self, rate, mu, c):
        share = birth_death(np.full(c + 1, rate), mu * np.arange(c + 1))
        assert erlang_b(c, rate / mu) == close(share[-1])

    def test_many_servers(self):
        # With load = servers, B tends to sqrt(2 / (π c)).
        assert erlang_b(10**6, 1e6) == pytest.approx(math.sqrt(2 / (math.pi * 1e6)), rel=1e-3)
        assert erlang_b(500, 1.0) == 0.0


class TestErlangC:
    def test_known_values(self):
        assert erlang_c(10, 8) == pytest.approx(0.409180, abs=5e-7)
        assert erlang_c(2, 1) == close(1 / 3)
        assert erlang_c(1, 0.7) == close(0.7)

    @pytest.mark.parametrize(("servers", "load"), [(0, 0), (3, 3), (3, 7.5)])
    def test_everybody_waits_without_spare_servers(self, servers, load):
        assert erlang_c(servers, load) == 1.0

    def test_published_call_centre(self):
        # Garnett, Mandelbaum and Reiman (2002), table 1, without abandonment: 50 agents, 48 calls
        # a minute, one minute of service. Wait 20.8 s, its 90th percentile 58.1 s, queue 17.
        assert round(60 * erlang_c_mean_wait(48, 1, 50), 1) == 20.8
        assert round(erlang_c_mean_queue(48, 1, 50)) == 17
        below, above = (erlang_c_service_level(48, 1, 50, s / 60) for s in (58.05, 58.25))
        assert below < 0.9 < above

    @pytest.mark.parametrize(("rate", "mu", "c"), STABLE_QUEUES)
    def test_generator(self, rate, mu, c):
        n = np.arange(600)
        share = birth_death(np.full(600, rate), mu * np.minimum(n, c))
        assert erlang_c(c, rate / mu) == close(share[c:].sum())
        assert erlang_c_mean_queue(rate, mu, c) == close(share @ np.maximum(n - c, 0), least=1e-11)

    @pytest.mark.parametrize(("rate", "mu", "c"), STABLE_QUEUES)
    def test_service_level_is_the_distribution_of_the_wait(self, rate, mu, c):
        assert erlang_c_service_level(rate, mu, c, 0) == close(1 - erlang_c(c, rate / mu))
        t = np.linspace(0, 60 / (c * mu - rate), 60_001)
        late = [1 - erlang_c_service_level(rate, mu, c, float(x)) for x in t]
        assert np.trapezoid(late, t) == pytest.approx(erlang_c_mean_wait(rate, mu, c), rel=1e-6)

    def test_one_server_is_mm1(self):
        assert erlang_c_mean_wait(0.8, 1.0, 1) == close(0.8 / 0.2)

    def test_unstable(self):
        for function in (erlang_c_mean_wait, erlang_c_mean_queue):
            with pytest.raises(ValueError, match="unstable: a load of 3 needs more than 3 servers"):
                function(3.0, 1.0, 3)
        with pytest.raises(ValueError, match="unstable"):
            erlang_c_service_level(3.0, 1.0, 3, 1.0)


class TestFiniteQueue:
    @pytest.mark.parametrize(("rate", "mu", "c"), RANDOM_QUEUES)
    @pytest.mark.parametrize("room", [0, 1, 9])
    def test_generator(self, rate, mu, c, room):
        n = np.arange(c + room + 1)
        share = birth_death(np.full(len(n), rate), mu * np.minimum(n, c))
        waiting = share @ np.maximum(n - c, 0)
        entered = 1 - share[-1]
        result = finite_queue(rate, mu, c, c + room)
        assert result.blocking == close(share[-1])
        assert result.delay_probability == close(share[c:-1].sum() / entered)
        assert result.mean_queue == close(waiting)
        assert result.mean_wait == close(waiting / (rate * entered))
        assert result.occupancy == close(rate * entered / (mu * c))

    def test_limits(self):
        assert finite_queue(8, 1, 10, 10).blocking == close(erlang_b(10, 8))
        wide = finite_queue(8, 1, 10, 500)
        assert wide.mean_wait == close(erlang_c_mean_wait(8, 1, 10))
        assert wide.delay_probability == close(erlang_c(10, 8))

    def test_capacity_below_servers(self):
        with pytest.raises(ValueError, match="capacity must be 3 or more, not 2"):
            finite_queue(1, 1, 3, 2)


PATIENT = [
    (*queue, theta) for queue, theta in zip(RANDOM_QUEUES, [0.05, 0.3, 1, 4] * 2, strict=True)
]


class TestErlangA:
    def test_published_call_centre(self):
        # Garnett, Mandelbaum and Reiman (2002), table 1, with a mean patience of two minutes:
        # 3.1 % abandon, wait 3.7 s, its 90th percentile 12.5 s, queue 3, utilisation 93 %.
        result = erlang_a(48, 1, 50, 1 / 2)
        assert round(100 * result.abandonment_probability, 1) == 3.1
        assert round(60 * result.mean_wait, 1) == 3.7
        assert round(result.mean_queue) == 3
        assert round(100 * result.occupancy) == 93
        assert result.wait_within(12.4 / 60) < 0.9 < result.wait_within(12.55 / 60)

    @pytest.mark.parametrize(("rate", "mu", "c", "theta"), [*PATIENT, (4.0, 1.0, 0, 0.5)])
    def test_generator(self, rate, mu, c, theta):
        n, share = with_patience(rate, mu, c, theta, 400)
        queue = share @ np.maximum(n - c, 0)
        result = erlang_a(rate, mu, c, theta)
        assert result.delay_probability == close(share[c:].sum())
        assert result.mean_queue == close(queue)
        assert result.mean_wait == close(queue / rate)
        assert result.abandonment_probability == close(theta * queue / rate)
        if c:
            assert result.occupancy == close(share @ np.minimum(n, c) / c)
        else:
            assert math.isnan(result.occupancy)
            assert math.isnan(result.mean_wait_served)
            assert result.service_level(1.0) == 0.0

    @pytest.mark.parametrize(("rate", "mu", "c", "theta"), PATIENT)
    def test_waits_of_a_customer_followed_through_the_queue(self, rate, mu, c, theta):
        # Position k has k - 1 customers ahead; the customer moves up, is served from position 1,
        # or gives up. Two absorbing states collect the served and the given up.
        largest = 200
        _, share = with_patience(rate, mu, c, theta, c + largest)
        k = np.arange(largest + 1)
        forward = c * mu + k * theta
        chain = np.zeros((largest + 3, largest + 3))
        chain[k, k] = -(forward + theta)
        chain[k[1:], k[1:] - 1] = forward[1:]
        chain[0, largest + 1] = forward[0]
        chain[k, largest + 2] = theta
        start = np.append(share[c:], (0.0, 0.0))
        result = erlang_a(rate, mu, c, theta)
        for t in (0.0, 0.1, 1.0, 5.0):
            end = start @ expm(chain * t)
            at_once = share[:c].sum()
            assert result.service_level(t) == close(at_once + end[-2])
            assert result.wait_within(t) == close(at_once + end[-2] + end[-1])
        inner = chain[:-2, :-2]
        served = at_once - share[c:] @ np.linalg.solve(inner, chain[:-2, -2])
        late = share[c:] @ np.linalg.solve(inner, np.linalg.solve(inner, chain[:-2, -2]))
        assert result.mean_wait_served == close(late / served)

    @pytest.mark.parametrize(
        ("rate", "c", "theta"), [(480, 500, 0.5), (700, 500, 0.01), (90, 600, 2)]
    )
    def test_several_hundred_servers(self, rate, c, theta):
        # Detailed balance in logarithms, all states added up.
        n = np.arange(1, 40_000)
        steps = np.log(rate / (np.minimum(n, c) + theta * np.maximum(n - c, 0)))
        logs = np.append(0.0, np.cumsum(steps))
        share = np.exp(logs - logs.max())
        share /= share.sum()
        result = erlang_a(rate, 1.0, c, theta)
        assert result.delay_probability == pytest.approx(share[c:].sum(), rel=1e-9)
        queue = share[c:] @ np.arange(len(share) - c)
        assert result.mean_queue == pytest.approx(queue, rel=1e-9)

    @pytest.mark.parametrize(("rate", "mu", "c"), STABLE_QUEUES)
    def test_patience_without_end_is_erlang_c(self, rate, mu, c):
        result = erlang_a(rate, mu, c, 1e-11)
        wait = erlang_c_mean_wait(rate, mu, c)
        level = erlang_c_service_level(rate, mu, c, 0.5)
        assert result.delay_probability == close(erlang_c(c, rate / mu), rel=1e-7)
        assert result.mean_wait == close(wait, rel=1e-7)
        assert result.mean_wait_served == close(wait, rel=1e-7)
        assert result.service_level(0.5) == close(level, rel=1e-7)

    def test_no_patience_is_erlang_b(self):
        result = erlang_a(8, 1, 10, 1e9)
        assert result.abandonment_probability == pytest.approx(erlang_b(10, 8), rel=1e-6)

    def test_patience_like_service_is_infinitely_many_servers(self):
        # With θ = μ the number in the system is Poisson.
        result = erlang_a(8, 1, 10, 1)
        poisson = [math.exp(-8) * 8**n / math.factorial(n) for n in range(10)]
        assert result.delay_probability == close(1 - sum(poisson))

    def test_more_servers_never_longer_waits(self):
        results = [erlang_a(20, 1, c, 0.3) for c in range(45)]
        waits = [result.mean_wait for result in results]
        levels = [result.service_level(0.2) for result in results]
        assert waits == sorted(waits, reverse=True)
        assert levels == sorted(levels)

    def test_far_tail_of_the_wait(self):
        result = erlang_a(5, 1, 3, 2)
        assert result.wait_within(1e4) == 1.0
        assert result.service_level(1e4) == close(1 - result.abandonment_probability)

    def test_too_many_states(self):
        with pytest.raises(ValueError, match="abandonment_rate 1e-08 is so low"):
            erlang_a(2.0, 1.0, 1, 1e-8)


class TestStaffing:
    @pytest.mark.parametrize("theta", [0.0, 0.01, 0.5])
    @pytest.mark.parametrize("load", [0.3, 3.0, 17.3, 48.0])
    @pytest.mark.parametrize("target", [0.05, 0.8, 0.999])
    def test_fewest(self, theta, load, target):
        def level(c):
            if theta:
                return erlang_a(2 * load, 2.0, c, theta).service_level(0.1)
            return erlang_c_service_level(2 * load, 2.0, c, 0.1) if c > load else 0.0

        needed = agents_needed(2 * load, 2.0, 0.1, target, theta)
        assert level(needed) >= target
        assert all(level(c) < target for c in range(needed))

    def test_square_root_rule_is_near_the_exact_number(self):
        for load in (5.0, 30.0, 200.0, 1000.0):
            for delay in (0.05, 0.2, 0.5, 0.8):
                exact = next(c for c in range(int(load), 2000) if erlang_c(c, load) <= delay)
                assert abs(square_root_servers(load, delay) - exact) <= 1

    def test_square_root_rule_is_always_stable(self):
        assert square_root_servers(100.0, 1 - 1e-12) == 101

    @pytest.mark.parametrize("share", [0.0, 1.0, math.nan])
    def test_bad_shares(self, share):
        with pytest.raises(ValueError, match="target must be above 0 and below 1"):
            agents_needed(1, 1, 1, share)
        with pytest.raises(ValueError, match="delay_probability must be above 0 and below 1"):
            square_root_servers(1, share)


CLASSES = ([0.2, 0.1, 0.3], [0.5, 2.0, 1.5], [0.0, 1.0, 2.5])


class TestSingleServer:
    def test_textbook_cases(self):
        rho = 0.8
        assert mg1_mean_wait(rho, 1.0, 1.0) == close(rho / (1 - rho))
        assert mg1_mean_wait(rho, 1.0, 0.0) == close(rho / (2 * (1 - rho)))
        # Erlang-2 service: 3/4 of the wait in M/M/1.
        assert mg1_mean_wait(rho, 1.0, math.sqrt(0.5)) == close(0.75 * rho / (1 - rho))
        assert mg1_mean_wait(0.0, 1.0, 1.0) == 0.0

    def test_md1_by_its_embedded_chain(self):
        # Numbers left behind by departures: at least one gone, a Poisson number come.
        rho, size = 0.6, 120
        come = np.array([math.exp(-rho) * rho**k / math.factorial(k) for k in range(size)])
        moves = np.zeros((size, size))
        for n in range(size):
            low = max(n - 1, 0)
            moves[n, low:] = come[: size - low]
        share = np.linalg.matrix_power(moves, 4096)[0]
        left_behind = share @ np.arange(size) / share.sum()
        assert mg1_mean_wait(rho, 1.0, 0.0) == close(left_behind / rho - 1.0)

    def test_priorities_do_not_change_the_work(self):
        rates, means, cvs = map(np.array, CLASSES)
        loads = rates * means
        second = (rates * means**2 * (1 + cvs**2)).sum()
        waits = cobham_mean_waits(*CLASSES)
        conserved = loads.sum() / (1 - loads.sum()) * second / 2
        assert loads @ waits == close(conserved)
        assert list(waits) == sorted(waits)

    def test_equal_classes_average_to_one_class(self):
        waits = cobham_mean_waits([0.1, 0.25, 0.35], [1.2] * 3, [0.4] * 3)
        mean = waits @ [0.1, 0.25, 0.35] / 0.7
        assert mean == close(mg1_mean_wait(0.7, 1.2, 0.4))
        one = preemptive_mean_times([0.7], [1.2], [0.4])
        assert one[0] == close(mg1_mean_wait(0.7, 1.2, 0.4) + 1.2)

    @pytest.mark.parametrize("preemptive", [False, True])
    def test_two_exponential_classes_by_generator(self, preemptive):
        rates, mus, size = (0.15, 0.2), (1.0, 0.8), 22
        # (urgent, others, who is served); preemption serves others only without any urgent.
        states = [(0, 0, 0)] + [
            (i, j, k)
            for i in range(size)
            for j in range(size)
            for k in (1, 2)
            if (i, j)[k - 1] and not (preemptive and k == 2 and i)
        ]
        index = {state: number for number, state in enumerate(states)}
        flow = np.zeros((len(states), len(states)))

        def served(i, j, now):
            if preemptive or now == 0 or (i, j)[now - 1] == 0:
                return 1 if i else 2 if j else 0
            return now

        for (i, j, k), number in index.items():
            if i + 1 < size:
                flow[number, index[i + 1, j, served(i + 1, j, k)]] += rates[0]
            if j + 1 < size:
                flow[number, index[i, j + 1, served(i, j + 1, k)]] += rates[1]
            if k:
                left = (i - (k == 1), j - (k == 2))
                flow[number, index[(*left, served(*left, 0))]] += mus[k - 1]
        flow -= np.diag(flow.sum(axis=1))
        system = flow.T.copy()
        system[-1] = 1.0
        share = np.linalg.solve(system, np.eye(len(states))[-1])
        numbers = share @ np.array([state[:2] for state in states])
        means = [1 / mu for mu in mus]
        if preemptive:
            times = preemptive_mean_times(rates, means, [1, 1])
        else:
            times = cobham_mean_waits(rates, means, [1, 1]) + means
        assert numbers / rates == pytest.approx(times, rel=1e-6)

    def test_unstable(self):
        for function in (cobham_mean_waits, preemptive_mean_times):
            with pytest.raises(ValueError, match=r"one server cannot carry a load of 1\.1"):
                function([0.5, 0.6], [1, 1], [1, 1])
        with pytest.raises(ValueError, match="unstable"):
            mg1_mean_wait(1.0, 1.0, 0.0)

    def test_bad_classes(self):
        with pytest.raises(ValueError, match="service_cvs has 1 numbers but arrival_rates 2"):
            cobham_mean_waits([0.1, 0.1], [1, 1], [1])
        with pytest.raises(ValueError, match="service_means must be above 0"):
            cobham_mean_waits([0.1], [0.0], [1])
        with pytest.raises(ValueError, match="arrival_rates must be a sequence"):
            cobham_mean_waits([], [], [])


def day_by_differential_equations(pieces, mu, theta, crew, room):
    """Means of a periodic queue, integrating the states (started, waiting) day after day."""
    states = [(s, m) for s in range(crew + 1) for m in range(room + 1)]
    index = {state: number for number, state in enumerate(states)}
    generators = []
    for rate, agents, _ in pieces:
        flow = np.zeros((len(states), len(states)))

        def add(state, other, speed, flow=flow):
            if other in index:
                flow[index[state], index[other]] += speed
                flow[index[state], index[state]] -= speed

        for s, m in states:
            taken = (s + 1, m) if agents > s else (s, m + 1)
            add((s, m), taken, rate)
            if agents and s:
                add((s, m), (s, m - 1) if m else (s - 1, m), mu * min(s, agents))
            if m:
                add((s, m), (s, m - 1), theta * m)
        generators.append(flow)
    number = np.array([s + m for s, m in states], dtype=float)
    waiting = np.array([m for _, m in states], dtype=float)
    share = np.zeros(len(states))
    share[0] = 1.0
    before = np.zeros(2)
    for _ in range(200):
        totals = np.zeros(2)
        for (_, agents, duration), flow in zip(pieces, generators, strict=True):
            if agents:  # the crew comes on duty and takes what waits
                taken = np.zeros_like(share)
                for (s, m), mass in zip(states, share, strict=True):
                    up = min(m, crew - s)
                    taken[index[s + up, m - up]] += mass
                share = taken
            solution = solve_ivp(
                lambda _, y, flow=flow: np.concatenate(
                    (y[:-2] @ flow, (y[:-2] @ number, y[:-2] @ waiting))
                ),
                (0.0, duration),
                np.append(share, (0.0, 0.0)),
                method="DOP853",
                rtol=1e-10,
                atol=1e-13,
            )
            share = solution.y[:-2, -1]
            totals = totals + solution.y[-2:, -1]
        if np.allclose(totals, before, rtol=1e-10, atol=0):
            break
        before = totals
    return totals / sum(duration for *_, duration in pieces)


def columns(pieces):
    return tuple(zip(*pieces, strict=True))


class TestPeriodicQueue:
    @pytest.mark.parametrize(("rate", "mu", "c"), [*STABLE_QUEUES, (0.95, 1.0, 1)])
    @pytest.mark.parametrize("durations", [[1.0], [3.0, 400.0]])
    def test_always_on_duty_is_erlang_c(self, rate, mu, c, durations):
        pieces = len(durations)
        result = periodic_queue([rate] * pieces, [c] * pieces, durations, mu)
        wait = erlang_c_mean_wait(rate, mu, c)
        assert result.mean_wait == close(wait)
        assert result.mean_time == close(wait + 1 / mu)
        assert result.mean_waiting == close(erlang_c_mean_queue(rate, mu, c))
        assert result.served == close(rate * sum(durations))
        assert result.abandoned == 0.0

    @pytest.mark.parametrize(("rate", "mu", "c", "theta"), PATIENT)
    def test_always_on_duty_with_patience_is_erlang_a(self, rate, mu, c, theta):
        result = periodic_queue([rate], [c], [7.0], mu, theta)
        expected = erlang_a(rate, mu, c, theta)
        assert result.mean_wait == close(expected.mean_wait)
        assert result.mean_in_work == close(c * expected.occupancy)
        assert result.abandoned == close(7 * rate * expected.abandonment_probability)

    @pytest.mark.parametrize(
        ("pieces", "mu", "theta"),
        [
            ([(0.5, 1, 8.0), (0.05, 0, 16.0)], 1.1, 0.0),
            ([(0.5, 1, 8.0), (0.05, 0, 16.0)], 0.8, 0.1),
            ([(0.05, 0, 9.0), (0.9, 2, 4.0), (0.5, 2, 4.0), (0.2, 0, 7.0)], 0.3, 0.05),
        ],
    )
    def test_a_day_by_differential_equations(self, pieces, mu, theta):
        crew = max(agents for _, agents, _ in pieces)
        number, waiting = day_by_differential_equations(pieces, mu, theta, crew, 45)
        result = periodic_queue(*columns(pieces), mu, theta)
        assert result.mean_in_system == pytest.approx(number, rel=1e-7)
        assert result.mean_waiting == pytest.approx(waiting, rel=1e-7)

    def test_crews_of_different_sizes_by_differential_equations(self):
        # Any agent on duty goes on with a stopped ticket, so the number of tickets is enough.
        pieces, mu, size = [(0.5, 2, 5.0), (0.3, 1, 3.0), (0.1, 0, 16.0)], 0.6, 70
        n = np.arange(size)
        share, before = np.eye(size)[0], 0.0
        for _ in range(200):
            total = 0.0
            for rate, agents, duration in pieces:
                births = np.where(n < size - 1, rate, 0.0)
                deaths = mu * np.minimum(n, agents)

                def change(_, y, births=births, deaths=deaths):
                    p = y[:-1]
                    dp = -(births + deaths) * p
                    dp[1:] += (births * p)[:-1]
                    dp[:-1] += (deaths * p)[1:]
                    return np.append(dp, p @ n)

                start = np.append(share, 0.0)
                solution = solve_ivp(change, (0.0, duration), start, rtol=1e-10, atol=1e-13)
                share, total = solution.y[:-1, -1], total + solution.y[-1, -1]
            if math.isclose(total, before, rel_tol=1e-10):
                break
            before = total
        result = periodic_queue(*columns(pieces), mu)
        assert result.mean_in_system == pytest.approx(total / 24, rel=1e-7)
        assert math.isnan(result.mean_waiting)
        assert math.isnan(result.mean_wait)

    WEEK = ([0.9, 0.1] * 5 + [0.05], [2, 0] * 5 + [0], [8.0, 16.0] * 5 + [48.0])

    @pytest.mark.parametrize("theta", [0.0, 0.03])
    def test_conservation(self, theta):
        result = periodic_queue(*self.WEEK, 0.7, theta)
        assert result.arrivals == close(0.9 * 40 + 0.1 * 80 + 0.05 * 48)
        assert result.served + result.abandoned == close(result.arrivals)
        assert result.served == close(0.7 * result.mean_in_work * 168)
        assert result.mean_in_system == close(result.mean_time * result.arrivals / 168)
        assert result.mean_in_system > result.mean_waiting + result.mean_in_work

    @pytest.mark.parametrize("theta", [0.0, 0.03])
    @pytest.mark.parametrize("start", [1, 4, 10])
    def test_the_period_may_begin_anywhere_and_be_cut_anywhere(self, theta, start):
        week = list(zip(*self.WEEK, strict=True))
        turned = week[start:] + week[:start]
        cut = [
            (rate, agents, part * length) for rate, agents, length in turned for part in (0.3, 0.7)
        ]
        expected = periodic_queue(*self.WEEK, 0.7, theta)
        assert periodic_queue(*columns(cut), 0.7, theta).mean_time == pytest.approx(
            expected.mean_time, rel=1e-9
        )

    def test_the_unit_of_time_does_not_matter(self):
        rates, agents, durations = map(np.array, self.WEEK)
        hours = periodic_queue(rates, agents, durations, 0.7, 0.03)
        minutes = periodic_queue(rates / 60, agents, durations * 60, 0.7 / 60, 0.03 / 60)
        assert minutes.mean_time == close(60 * hours.mean_time)
        assert minutes.served == close(hours.served)

    def test_more_agents_never_longer_times(self):
        rates, agents, durations = self.WEEK
        times = [
            periodic_queue(rates, [a * c for a in agents], durations, 0.7, 0.03).mean_time
            for c in range(6)
        ]
        assert times == sorted(times, reverse=True)

    def test_nobody_on_duty(self):
        # Everybody gives up: the number waiting is that of a queue with unlimited servers.
        result = periodic_queue([3.0, 0.5], [0, 0], [2.0, 6.0], 1.0, 0.2)
        assert result.mean_waiting == close(9.0 / 8.0 / 0.2)
        assert result.mean_wait == close(1 / 0.2)
        assert result.abandoned == close(9.0)
        assert result.served == 0.0

    def test_enough_agents_for_everybody(self):
        result = periodic_queue([3.0, 0.5], [60, 60], [2.0, 6.0], 1.0)
        assert result.mean_time == close(1.0)
        assert result.mean_wait == pytest.approx(0.0, abs=1e-12)

    def test_an_hour_without_arrivals(self):
        result = periodic_queue([1.0, 0.0], [1, 0], [8.0, 16.0], 2.0)
        assert result.served == close(8.0)

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (([1.0], [1], [8.0], 1.0), "unstable: 8 tickets a period, .* can carry 8"),
            (([1.0, 0.0], [1], [8.0, 2.0], 1.0), "agents has 1 numbers but rates 2"),
            (([], [], [], 1.0), "rates must be a sequence of one number or more"),
            (([0.0], [1], [8.0], 1.0), "no ticket ever arrives"),
            (([1.0], [1], [0.0], 2.0), "durations must be above 0"),
            (([1.0], [1.5], [8.0], 2.0), "agents must be an int, not 1.5"),
            (([1.0], [-1], [8.0], 2.0), "agents must be 0 or more, not -1"),
            (([math.nan], [1], [8.0], 2.0), "rates must be finite and 0 or more"),
            (([1.0] * 2, [1, 2], [8.0] * 2, 2.0, 0.1), "all numbers above 0 must be the same"),
        ],
    )
    def test_bad_input(self, arguments, message):
        with pytest.raises(ValueError, match=message):
            periodic_queue(*arguments)

    def test_too_many_tickets(self):
        with pytest.raises(ValueError, match="more than 50 tickets may be waiting"):
            periodic_queue([0.9], [1], [8.0], 1.0, most_tickets=50)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: erlang_b(2.0, 1), "servers must be an int, not 2.0"),
        (lambda: erlang_b(-1, 1), "servers must be 0 or more, not -1"),
        (lambda: erlang_c(2, -1), "load must be finite and 0 or more, not -1"),
        (lambda: erlang_c(2, math.nan), "load must be finite and 0 or more, not nan"),
        (lambda: erlang_c_mean_wait(1, 0, 2), "service_rate must be finite and above 0, not 0"),
        (lambda: erlang_c_service_level(1, 1, 2, -1), "within must be finite and 0 or more"),
        (lambda: erlang_a(1, 1, 2, 0), "abandonment_rate must be finite and above 0, not 0"),
        (lambda: erlang_a(1, 1, 2, 1).service_level(-1), "within must be finite and 0 or more"),
        (lambda: erlang_a(1, 1, 2, 1).wait_within(-1e9), "within must be finite and 0 or more"),
        (lambda: agents_needed(0, 1, 1, 0.5), "arrival_rate must be finite and above 0, not 0"),
        (lambda: square_root_servers(math.inf, 0.5), "load must be finite and above 0, not inf"),
        (lambda: mg1_mean_wait(0.5, 1, -1), "service_cv must be finite and 0 or more, not -1"),
    ],
)
def test_bad_numbers(call, message):
    with pytest.raises(ValueError, match=message):
        call()
