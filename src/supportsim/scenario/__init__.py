"""What the user writes: a scenario file, validated and frozen."""

from supportsim.scenario.loading import fingerprint, json_schema, load
from supportsim.scenario.model import Channel, Scenario, Team

__all__ = ["Channel", "Scenario", "Team", "fingerprint", "json_schema", "load"]
