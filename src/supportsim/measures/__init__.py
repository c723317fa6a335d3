"""From a log to numbers: one observation for each measure and replication."""

from supportsim.measures.facts import Facts, Tickets
from supportsim.measures.observing import ALL, Asked, daily_backlog, find, measures_of, observe
from supportsim.measures.registry import MEASURES, Measure
from supportsim.measures.scopes import Observation, Scope

__all__ = [
    "ALL",
    "MEASURES",
    "Asked",
    "Facts",
    "Measure",
    "Observation",
    "Scope",
    "Tickets",
    "daily_backlog",
    "find",
    "measures_of",
    "observe",
]
