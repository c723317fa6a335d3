"""What will be asked of the desk: arrivals, and the script of every ticket.

A ticket's script is drawn before the simulation, because what the ticket will need does not depend
on how long it waits. The engine only decides when.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from supportsim.sampling.demand import origins
from supportsim.sampling.scripts import draw_scripts
from supportsim.sampling.streams import Streams
from supportsim.scenario.model import Scenario
from supportsim.tables import NOBODY, Workload


def draw_workload(scenario: Scenario, replication: int) -> Workload:
    """Return the contacts of one replication, from the scenario's start to its horizon.

    Tickets are numbered channel by channel in the order of their arrival; the contacts of a ticket
    stand together, those that may follow others after them.

    Parameters
    ----------
    scenario
        The desk.
    replication
        Number of the replication, from 0. It can be drawn alone: no other one matters.
    """
    streams = Streams(scenario.run.seed, replication)
    tickets = rows = 0
    scripts: list[dict[str, Any]] = []
    for origin in origins(scenario, streams):
        drawn = draw_scripts(scenario, origin, streams).columns()
        drawn["ticket"] = drawn["ticket"] + np.int32(tickets)
        for name in ("next_if_served", "next_if_abandoned", "next_if_turned_away"):
            follows = drawn[name] != NOBODY
            drawn[name] = np.where(follows, drawn[name] + np.int32(rows), np.int32(NOBODY))
        scripts.append(drawn)
        tickets += len(origin.opened)
        rows += len(drawn["ticket"])
    return Workload(**{k: np.concatenate([one[k] for one in scripts]) for k in scripts[0]})
