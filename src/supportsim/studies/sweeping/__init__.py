"""A scenario simulated at many points: every combination of some values, or a spread of them."""

from supportsim.studies.sweeping.sensitivity import Drive, sensitivity
from supportsim.studies.sweeping.settings import Design, SweepSettings
from supportsim.studies.sweeping.study import read_sweep, sweep
from supportsim.studies.sweeping.sweep import Outcome, Point, Result, Sweep

__all__ = [
    "Design",
    "Drive",
    "Outcome",
    "Point",
    "Result",
    "Sweep",
    "SweepSettings",
    "read_sweep",
    "sensitivity",
    "sweep",
]
