"""A line with one agent around the clock, whose figures are exact: Erlang A."""

from __future__ import annotations

from pathlib import Path

from supportsim.queueing import erlang_a

WORK, PATIENCE, PER_DAY = 6.0, 10.0, 200.0
"""The true means in minutes, and the customers of a day."""

LINE = """\
# A line to calibrate: its true work takes 6 min, its customers wait for 10.
name = "line"   # its name

[run]
warm_up = "6h"
window = "2d"
follow_up = "3h"
replications = 40
seed = 3

[channels.line]
arrivals = { per_day = 200 }   # many
work = { dist = "exponential", mean = "9min" }   # too long
transfers.probability = 0.0  # none

# How long customers wait.
[channels.line.patience]
dist = "exponential"
mean = "25min"

# What they say.
[channels.line.satisfaction]
csat = [
    0.2,  # after the worst experience
    0.5,  # after the best
]

[teams.desk]
agents = 1
serves = ["line"]
shifts = [{ days = "Mon-Sun", from = "00:00", to = "24:00" }]

[benchmarks]
use = ["own"]
files = ["own.toml"]
"""

FIGURE = """\
[[figure]]
id = "own.{name}"
title = "{name}"
definition = "made for a test"
quantity = "{quantity}"
channel = "line"
value = {value!r}
unit = "{unit}"
{more}
tolerance = {{ low = {low!r}, high = {high!r}, reason = "made for a test" }}
publisher = "nobody"
source = "a test"
status = "simulated"
measure = "line.{measure}"
"""


def figure(
    measure: str,
    value: float,
    tolerance: tuple[float, float],
    *,
    name: str = "",
    quantity: str = "",
    unit: str = "share",
    more: str = "",
) -> str:
    """Return a figure as a benchmark file says it."""
    low, high = tolerance
    return FIGURE.format(
        name=name or measure, quantity=quantity or measure, value=value, unit=unit, low=low,
        high=high, measure=measure, more=more,
    )  # fmt: skip


def true_figures() -> str:
    """Return the exact response rate and the exact mean wait of those served."""
    exact = erlang_a(PER_DAY / 1440, 1 / WORK, 1, 1 / PATIENCE)
    # A response ends the wait and the work.
    rate, wait = 1 - exact.abandonment_probability, exact.mean_wait_served + WORK
    return figure("response_rate", rate, (rate - 0.02, rate + 0.02)) + figure(
        "first_response_time", wait, (0.95 * wait, 1.05 * wait), unit="min",
        more='clock = "calendar"',
    )  # fmt: skip


def write_line(folder: Path, figures: str | None = None, text: str = LINE) -> Path:
    """Write the line and its figures, and return the path of the scenario."""
    (folder / "own.toml").write_text(true_figures() if figures is None else figures)
    (folder / "line.toml").write_text(text)
    return folder / "line.toml"
