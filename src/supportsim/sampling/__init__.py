"""All randomness: a scenario and a replication number in; contacts, people and duties out."""

from supportsim.sampling.demand import draw_customers, draw_messages, draw_visits
from supportsim.sampling.roster import Staff, draw_roster, draw_staff
from supportsim.sampling.routing import routing
from supportsim.sampling.workload import draw_workload

__all__ = [
    "Staff",
    "draw_customers",
    "draw_messages",
    "draw_roster",
    "draw_staff",
    "draw_visits",
    "draw_workload",
    "routing",
]
