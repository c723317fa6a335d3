"""What event logs call channels, teams, agents, kinds of contact and steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from supportsim.tables import Kind, Outcome

if TYPE_CHECKING:
    from supportsim.measures import Facts

KINDS = [kind.name.lower() for kind in Kind]
OUTCOMES = [outcome.name.lower() for outcome in Outcome]


@dataclass(frozen=True)
class Names:
    """Names by number.

    Attributes
    ----------
    channels
        The channel of each queue.
    team_of
        The team of each agent, by the agent's number.
    """

    channels: list[str]
    team_of: list[str]

    @classmethod
    def of(cls, facts: Facts) -> Names:
        """Return the names that a replication speaks of."""
        channels, teams = list(facts.scenario.channels), list(facts.scenario.teams)
        return cls(
            channels=[channels[number] for number in facts.routing.channel],
            team_of=[teams[number] for number in facts.employment.team.tolist()],
        )
