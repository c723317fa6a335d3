"""What the work of a team costs: the time that is paid as planned, and the work beyond it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from supportsim.tables import NOBODY, Floats, Integers

if TYPE_CHECKING:
    from supportsim.measures.facts import Facts


def labour_cost(facts: Facts, team: int | None = None) -> float:
    """Return what the work of a team, or of all of them, in the window costs.

    Agents are paid for the time that is planned (duty, breaks, leave, training), and for the time
    in which they work besides: for whole minutes, however many contacts they have at once, but not
    twice for work in a paid break. A team without limit has no other time than that of its work,
    of which each contact takes a share of an agent.
    """
    teams = list(facts.scenario.teams.values())
    planned, _duty = facts.staff.paid(facts.window)
    on_time, _over = facts.worked
    minutes = np.where(facts.routing.unlimited, on_time, planned + _unplanned(facts, team))
    cost: Floats = minutes / 60 * np.array([one.cost_per_hour for one in teams])
    return float(cost.sum() if team is None else cost[team])


def _unplanned(facts: Facts, only: int | None) -> Floats:
    """Return how many minutes of the window agents worked in no time that is paid, by team."""
    paid, duty, stints = facts.attendance, facts.roster, facts.log.stints
    agent = np.concatenate([paid.agent, duty.agent, stints.agent])
    team = np.concatenate([paid.team, duty.team, facts.stint_team])
    begin = np.clip(np.concatenate([paid.begin, duty.on, stints.begin]), *facts.window)
    end = np.clip(np.concatenate([paid.end, duty.off, stints.end]), *facts.window)
    planned = np.arange(len(agent)) < len(paid) + len(duty)
    mine = (agent != NOBODY) & (end > begin)
    if only is not None:
        mine &= team == only
    agent, team, begin, end, planned = (x[mine] for x in (agent, team, begin, end, planned))
    besides = covered(agent, begin, end)
    besides[planned] -= covered(agent[planned], begin[planned], end[planned])
    teams = len(facts.scenario.teams)
    return np.bincount(team, weights=besides, minlength=teams).astype(np.float64)


def covered(agent: Integers, begin: Floats, end: Floats) -> Floats:
    """Return how much each stretch [begin, end] adds to the time that its agent's others cover.

    The sum over an agent's stretches is the length of their union.
    """
    minutes = np.zeros(len(agent))
    if not len(agent):
        return minutes
    order = np.lexsort((begin, agent))
    # Agents one after another on one axis: what went before on it is of the same agent, or over.
    low = float(begin.min())
    shift = agent[order] * (float(end.max()) - low + 1) - low
    until = np.maximum.accumulate(end[order] + shift)
    since = np.maximum(begin[order], np.append(-np.inf, until[:-1]) - shift)
    minutes[order] = np.clip(end[order] - since, 0, None)
    return minutes
