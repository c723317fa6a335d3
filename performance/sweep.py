"""How fast a sweep is, as ratios to other code timed in the same run.

    python performance/sweep.py             # the sweep of the README, some minutes
    python performance/sweep.py --weeks 8   # a shorter one

Sweeps six numbers of agents and four of tickets a day over a year of the portal scenario, with 20
replications. Prints what a sweep costs over its bare replications, in processor time: choosing and
checking points, measures, estimates, verdicts and files; the speed that a second worker process
adds, in time on the clock, so that an idle machine with two cores is needed; and how long it takes.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from supportsim.report import write_sweep
from supportsim.scenario import Scenario, load
from supportsim.studies import simulate_once
from supportsim.studies.sweeping import SweepSettings, sweep

PORTAL = Path(__file__).parents[1] / "scenarios" / "portal.toml"
SETTINGS = SweepSettings(
    vary={
        "teams.desk.agents": "1:6",
        "channels.portal.arrivals.per_day": [3, 5, 8, 12],
    }
)
MOST_SECONDS = 180
"""What the sweep may take on two cores."""
LEAST_SPEEDUP = 1.6
"""How many times as fast two workers have to be as one."""


def timed(function: Callable[[], object], clock: Callable[[], float]) -> float:
    """Return the seconds of a clock that a call takes."""
    start = clock()
    function()
    return clock() - start


def bare(scenario: Scenario) -> None:
    """Simulate every replication of every point, and look at nothing."""
    for agents in range(1, 7):
        for per_day in (3, 5, 8, 12):
            changes = {"teams.desk.agents": agents, "channels.portal.arrivals.per_day": per_day}
            changed = scenario.replace(changes)
            for number in range(int(changed.run.replications)):
                simulate_once(changed, number)


def swept(scenario: Scenario, workers: int) -> None:
    """Sweep with a number of workers, and write everything."""
    with tempfile.TemporaryDirectory() as folder:
        sweep(scenario, SETTINGS, workers=workers, out=Path(folder), finish=write_sweep)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weeks", type=int, default=52)
    parser.add_argument("--replications", type=int, default=20)
    options = parser.parse_args()
    scenario = load(
        PORTAL,
        {"run.window": f"{options.weeks}w", "run.replications": options.replications},
    )
    simulation = timed(lambda: bare(scenario), time.process_time)
    whole = timed(lambda: swept(scenario, 1), time.process_time)
    one = timed(lambda: swept(scenario, 1), time.perf_counter)
    two = timed(lambda: swept(scenario, 2), time.perf_counter)
    print(f"sweep / bare replications     {whole / simulation:5.2f} times the processor time")
    met = "met" if one / two >= LEAST_SPEEDUP else "MISSED"
    print(f"two workers / one             {one / two:5.2f} times the speed")
    print(f"    demanded                  {LEAST_SPEEDUP:5.2f} or more: {met}")
    print(f"two workers, on the clock     {two:5.0f} s")
    if options.weeks >= 52 and options.replications >= 20:
        print(f"    demanded                  {MOST_SECONDS:5d} or less: ", end="")
        print("met" if two <= MOST_SECONDS else "MISSED")


if __name__ == "__main__":
    main()
