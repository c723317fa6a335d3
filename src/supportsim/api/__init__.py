"""supportsim from Python: ask a question of a scenario, and look at what came out.

import supportsim as ss

result = ss.run("scenarios/portal.toml", changes={"teams.desk.agents": 3})
result.verdicts
"""

from supportsim.api.calibrating import CalibrationResult, calibrate
from supportsim.api.comparing import ComparisonResult, compare
from supportsim.api.planning import PlanResult, plan
from supportsim.api.reversing import (
    GrowthPlan,
    HireDate,
    MostTickets,
    latest_hire,
    most_tickets,
    staffing_over_growth,
)
from supportsim.api.running import Result, run
from supportsim.api.sweeping import SweepResult, sweep
from supportsim.api.verifying import VerificationResult, verify
from supportsim.scenario import load

__all__ = [
    "CalibrationResult",
    "ComparisonResult",
    "GrowthPlan",
    "HireDate",
    "MostTickets",
    "PlanResult",
    "Result",
    "SweepResult",
    "VerificationResult",
    "calibrate",
    "compare",
    "latest_hire",
    "load",
    "most_tickets",
    "plan",
    "run",
    "staffing_over_growth",
    "sweep",
    "verify",
]
