"""How fast the engine is, as ratios to other code timed in the same run.

    python performance/engine.py            # 200,000 customers, a few minutes
    python performance/engine.py --customers 20000

Prints the customers that the engine serves in a second over those of idiomatic SimPy code: for
M/M/10 at 90 % load, which is the model of that code, and for a desk with two channels and two
teams, without and with calls that interrupt email. Then, for M/M/10: what twice the customers cost,
the cost of sampling and measures over the engine's, and the bytes per contact in the tables.
Machines are noisy: runs alternate, and medians are compared.
"""

import argparse
import functools
import statistics
import time
from collections.abc import Callable, Generator
from typing import Any

import numpy as np
import numpy.typing as npt
import simpy

from supportsim.engine import simulate
from supportsim.measures import Facts, daily_backlog, measures_of, observe
from supportsim.sampling import (
    draw_customers,
    draw_messages,
    draw_staff,
    draw_visits,
    draw_workload,
    routing,
)
from supportsim.scenario.loading import validate
from supportsim.tables import Codes, Floats, Roster, Routing, Workload

Process = Generator[simpy.Event, None, None]

SERVERS = 10
LOAD = 0.9
DEMANDED = 80 / 45
"""What two channels and two teams have to reach: times the customers of idiomatic SimPy code."""

PHONE, EMAIL = 0, 1


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


def one_channel(customers: int) -> tuple[Workload, Roster, Routing]:
    """Return the same model as tables for the engine."""
    rng = np.random.default_rng(1)
    ready = np.cumsum(rng.exponential(1 / (SERVERS * LOAD), customers))
    workload = contacts(ready, work=rng.exponential(1.0, customers))
    team = np.zeros(SERVERS, np.int8)
    return workload, always_there(team, workload), Routing(((0,),), (1.0,), (True,), (False,))


def two_channels(customers: int, *, interrupts: bool) -> tuple[Workload, Roster, Routing]:
    """Return a desk with as many agents and the same load as tables for the engine.

    Half of the customers call, and wait as long as three contacts take on average; the others
    write emails. Six agents take calls, and emails when nobody calls; four take emails only. A
    fifth of the work is wrap-up.
    """
    rng = np.random.default_rng(1)
    queue = rng.integers(2, size=customers, dtype=np.int8)
    workload = contacts(
        np.cumsum(rng.exponential(1 / (SERVERS * LOAD), customers)),
        queue=queue,
        patience=np.where(queue == PHONE, rng.exponential(3.0, customers), np.inf),
        work=rng.exponential(0.8, customers),
        wrap_up=rng.exponential(0.2, customers),
    )
    routes = Routing(
        serves=((PHONE, EMAIL), (EMAIL,)),
        occupies=(1.0, 1.0),
        deferrable=(False, True),
        unlimited=(False, False),
        interrupts=(interrupts, False),
    )
    return workload, always_there(np.array([0] * 6 + [1] * 4, np.int8), workload), routes


def contacts(ready: Floats, **columns: npt.NDArray[Any]) -> Workload:
    """Return contacts that arrive by themselves and trigger no others."""
    number = len(ready)
    zeros, codes = np.zeros(number), np.zeros(number, np.int8)
    nothing = np.full(number, -1, np.int32)
    plain: dict[str, Any] = {
        "ticket": np.arange(number, dtype=np.int32),
        "queue": codes,
        "kind": codes,
        "priority": codes,
        "affinity": codes,
        "resolves": np.ones(number, np.bool_),
        "ready": ready,
        "patience": np.full(number, np.inf),
        "wrap_up": zeros,
        "next_if_served": nothing,
        "delay_if_served": zeros,
        "next_if_abandoned": nothing,
        "delay_if_abandoned": zeros,
        "next_if_turned_away": nothing,
    }
    return Workload(**plain | columns)


def always_there(team: Codes, workload: Workload) -> Roster:
    """Return agents of these teams, on duty until all is done."""
    agents, ones = np.arange(len(team), dtype=np.int32), np.ones(len(team))
    return Roster(agents, team, 0 * ones, ones * (float(workload.ready[-1]) + 1000), ones)


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
    workload, staff, routes = draw_workload(scenario, 0), draw_staff(scenario, 0), routing(scenario)
    customers_known, visits = draw_customers(scenario, 0), draw_visits(scenario, 0)
    further = draw_messages(scenario, 0)
    times.append(time.process_time())
    log = simulate(workload, staff.roster, routes, scenario.run.horizon)
    times.append(time.process_time())
    people = staff.employment, staff.attendance, customers_known, visits, further
    facts = Facts(scenario, workload, log, staff.roster, routes, *people)
    observe(facts, measures_of(scenario))
    daily_backlog(facts)
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

    plain, doubled = one_channel(customers), one_channel(2 * customers)
    desks = {
        "M/M/10": plain,
        "two channels, two teams": two_channels(customers, interrupts=False),
        "the same, calls interrupt": two_channels(customers, interrupts=True),
    }
    theirs, twice = [], []
    ours: dict[str, list[float]] = {name: [] for name in desks}
    for _ in range(options.runs):
        theirs.append(timed(lambda: idiomatic(customers)))
        for name, desk in desks.items():
            ours[name].append(timed(functools.partial(simulate, *desk)))
        twice.append(timed(lambda: simulate(*doubled)))
    usual = customers / statistics.median(theirs)
    for name, seconds in ours.items():
        speedup = statistics.median(t / o for t, o in zip(theirs, seconds, strict=True))
        rate = customers / statistics.median(seconds)
        print(
            f"engine / idiomatic SimPy      {speedup:5.2f} times the customers per second: {name}"
        )
        print(f"                              ({rate:,.0f} against {usual:,.0f} of M/M/10)")
        if name == "two channels, two teams":
            met = "met" if speedup >= DEMANDED else "MISSED"
            print(f"    demanded                  {DEMANDED:5.2f} or more: {met}")
    growth = statistics.median(d / o for d, o in zip(twice, ours["M/M/10"], strict=True))
    print(f"twice the customers           {growth:5.2f} times the time")

    parts = np.array([shares(customers) for _ in range(options.runs)])
    sampling, engine, measures, size = np.median(parts, axis=0)
    print(f"(sampling + measures) / engine{(sampling + measures) / engine:5.2f}")
    print(f"bytes per contact in the tables {size:.0f}")


if __name__ == "__main__":
    main()
