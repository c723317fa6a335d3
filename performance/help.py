"""How long `supportsim --help` takes, as a ratio to `python -c "import typer"` in the same run.

    python performance/help.py [runs]

The two take turns, so that whatever else the machine does slows both, and medians are compared.
The limit is 0.4 s on an idle machine of two cores; `python -X importtime -m supportsim --help` says
where the time goes.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

RUNS = 11
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "import typer": [sys.executable, "-c", "import typer"],
    "supportsim --help": [sys.executable, "-m", "supportsim", "--help"],
    "supportsim run --help": [sys.executable, "-m", "supportsim", "run", "--help"],
}


def seconds(command: list[str]) -> float:
    """Return how long a command takes from its start to its end."""
    begin = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


def main() -> None:
    """Print the median of each command, and its ratio to importing Typer."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(runs + 1):
        for name, command in COMMANDS.items():
            times[name].append(seconds(command))
    # The first turn fills the caches.
    medians = {name: statistics.median(found[1:]) for name, found in times.items()}
    print(f"{'command':<24}{'median of ' + str(runs):>16}{'fastest':>10}{'ratio':>8}")
    for name, median in medians.items():
        ratio = median / medians["import typer"]
        print(f"{name:<24}{median:>14.3f} s{min(times[name]):>8.3f} s{ratio:>8.2f}")


if __name__ == "__main__":
    main()
