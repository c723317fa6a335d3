"""supportsim from Python: ask a question of a scenario, and look at what came out.

import supportsim as ss

result = ss.run("scenarios/portal.toml", changes={"teams.desk.agents": 3})
result.verdicts
"""

from supportsim.api.running import Result, run
from supportsim.scenario import load

__all__ = ["Result", "load", "run"]
