"""From a log to numbers: one observation for each measure and replication."""

from supportsim.measures.facts import Facts
from supportsim.measures.measure import Measure
from supportsim.measures.observing import (
    Asked,
    daily_backlog,
    daily_staff,
    find,
    lacks,
    measures_of,
    observe,
)
from supportsim.measures.registry import MEASURES
from supportsim.measures.scopes import ALL, Observation, Scope
from supportsim.measures.tickets import Tickets
from supportsim.measures.weekly import hours_seen, weekly

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
    "daily_staff",
    "find",
    "hours_seen",
    "lacks",
    "measures_of",
    "observe",
    "weekly",
]
