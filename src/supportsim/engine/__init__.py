"""Who waits for whom: a workload and a roster in, a log out, without a random number or a file."""

from supportsim.engine.check import check
from supportsim.engine.simulation import simulate

__all__ = ["check", "simulate"]
