"""All randomness: a scenario and a replication number in, contacts and duties out."""

from supportsim.sampling.roster import draw_roster, routing
from supportsim.sampling.workload import draw_workload

__all__ = ["draw_roster", "draw_workload", "routing"]
