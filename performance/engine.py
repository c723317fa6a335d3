"""How fast the engine is, as ratios to other code timed in the same run.

    python performance/engine.py            # 200,000 customers, about a minute
    python performance/engine.py --customers 20000

Prints, for M/M/10 at 90 % load: the engine's customers per second over those of idiomatic SimPy
code; the bytes per contact in the tables; the cost of sampling and measures over the engine's; and
what twice the customers cost. Machines are noisy: runs alternate, and medians are compared.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Generator

import numpy as np
import simpy

from supportsim.engine import simulate
from supportsim.measures import Facts, daily_backlog, measures_of, observe
from supportsim.sampling import draw_roster, draw_workload, routing
from supportsim.scenario.calendar import business_clock
from supportsim.scenario.loading import validate
from supportsim.tables import Roster, Routing, Workload

Process = Generator[simpy.Event, None, None]

SERVERS = 10
LOAD = 0.9


def idiomatic(customers: int) -> list[tuple[float, float, float]]:
    """Return when each customer of M/M/10 arrived, started and left.

    Written as SimPy's own examples are: a process for each customer, a `Resource`, numbers drawn
    as they are needed. It notes what the engine's log holds.
    """
    rng = np.random.default_rng(1)
    log: list[tuple[float, float, float]] = []

    def customer(env: simpy.Environment, desk: simpy.Resource) -> Process:
        arrived = env.now
        with desk.request() as request:
            yield request
            started = env.now
            yield env.timeout(rng.exponential(1.0))
        log.append((arrived, started, env.now))

    def source(env: simpy.Environment, desk: simpy.Resource) -> Process:
        for _ in range(customers):
            yield env.timeout(rng.exponential(1 / (SERVERS * LOAD)))
            env.process(customer(env, desk))

    env = simpy.Environment()
    env.process(source(env, simpy.Resource(env, capacity=SERVERS)))
    env.run()
    return log


def tables(customers: int) -> tuple[Workload, Roster, Routing]:
    """Return the same model as tables for the engine."""
    rng = np.random.default_rng(1)
    ready = np.cumsum(rng.exponential(1 / (SERVERS * LOAD), customers))
    zeros, codes = np.zeros(customers), np.zeros(customers, np.int8)
    nothing = np.full(customers, -1, np.int32)
    workload = Workload(
        ticket=np.arange(customers, dtype=np.int32),
        queue=codes,
        kind=codes,
        priority=codes,
        affinity=codes,
        resolves=np.ones(customers, np.bool_),
        ready=ready,
        patience=np.full(customers, np.inf),
        work=rng.exponential(1.0, customers),
        wrap_up=zeros,
        next_if_served=nothing,
        delay_if_served=zeros,
        next_if_abandoned=nothing,
        delay_if_abandoned=zeros,
    )
    agents, ones = np.arange(SERVERS, dtype=np.int32), np.ones(SERVERS)
    team = np.zeros(SERVERS, np.int8)
    roster = Roster(agents, team, 0 * ones, ones * (float(ready[-1]) + 1000), ones)
    return workload, roster, Routing(((0,),), (1.0,), (True,), (False,))


def timed(function: Callable[[], object]) -> float:
    """Return the processor seconds that a call takes."""
    start = time.process_time()
    function()
    return time.process_time() - start


def shares(customers: int) -> tuple[float, float, float, float]:
    """Return the seconds of sampling, engine and measures, and bytes a contact, of a scenario."""
    days = 100
    scenario = validate(
        {
            "name": "M/M/10",
            "run": {"warm_up": "0d", "window": f"{days}d", "follow_up": "0d"},
            "channels": {
                "phone": {
                    "live": True,
                    "arrivals": {"per_day": customers / days},
                    "patience": {"dist": "exponential", "mean": "30min"},
                    "work": {
                        "dist": "exponential",
                        "mean": f"{SERVERS * LOAD * 1440 * days / customers}min",
                    },
                }
            },
            "teams": {
                "desk": {
                    "agents": SERVERS,
                    "serves": ["phone"],
                    "shifts": [{"days": "Mon-Sun", "from": "00:00", "to": "24:00"}],
                }
            },
        }
    )
    times = [time.process_time()]
    workload, roster = draw_workload(scenario, 0), draw_roster(scenario)
    times.append(time.process_time())
    log = simulate(workload, roster, routing(scenario), scenario.run.horizon)
    times.append(time.process_time())
    clock = business_clock(scenario)
    window = scenario.run.window_edges
    facts = Facts(workload, log, roster, routing(scenario), window, clock, (0.0,))
    observe(facts, scenario, measures_of(scenario))
    daily_backlog(facts, scenario)
    times.append(time.process_time())
    size = (workload.nbytes + log.nbytes + log.stints.nbytes) / len(workload)
    sampling, engine, measures = np.diff(times)
    return float(sampling), float(engine), float(measures), size


def main() -> None:
    """Print the ratios."""
    parser = argparse.ArgumentParser(description="Time the engine.")
    parser.add_argument("--customers", type=int, default=200_000)
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    customers: int = options.customers

    one, two = tables(customers), tables(2 * customers)
    ours, theirs, doubled = [], [], []
    for _ in range(options.runs):
        theirs.append(timed(lambda: idiomatic(customers)))
        ours.append(timed(lambda: simulate(*one)))
        doubled.append(timed(lambda: simulate(*two)))
    speedup = statistics.median(t / o for t, o in zip(theirs, ours, strict=True))
    growth = statistics.median(d / o for d, o in zip(doubled, ours, strict=True))
    fastest = customers / statistics.median(ours), customers / statistics.median(theirs)
    print(f"engine / idiomatic SimPy      {speedup:5.2f} times the customers per second")
    print(f"                              ({fastest[0]:,.0f} against {fastest[1]:,.0f})")
    print(f"twice the customers           {growth:5.2f} times the time")

    parts = np.array([shares(customers) for _ in range(options.runs)])
    sampling, engine, measures, size = np.median(parts, axis=0)
    print(f"(sampling + measures) / engine {(sampling + measures) / engine:4.2f}")
    print(f"bytes per contact in the tables {size:.0f}")


if __name__ == "__main__":
    main()
