"""Simulate a customer-support queue and judge it against published benchmarks.

    import supportsim as ss

    ss.run("scenarios/portal.toml").verdicts

Names are imported when they are first used, so that `import supportsim` takes no time.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from supportsim import errors
    from supportsim.api import (
        CalibrationResult,
        ComparisonResult,
        GrowthPlan,
        HireDate,
        MostTickets,
        PlanResult,
        Result,
        SweepResult,
        VerificationResult,
        calibrate,
        compare,
        latest_hire,
        load,
        most_tickets,
        plan,
        run,
        staffing_over_growth,
        sweep,
        verify,
    )
    from supportsim.benchmarks import audit, load_registry
    from supportsim.report.exporting.tables import read_contacts, read_tickets
    from supportsim.scenario import Scenario

__version__ = "0.1.0"

_HOME = {
    "CalibrationResult": "api",
    "ComparisonResult": "api",
    "GrowthPlan": "api",
    "HireDate": "api",
    "MostTickets": "api",
    "PlanResult": "api",
    "Result": "api",
    "Scenario": "scenario",
    "SweepResult": "api",
    "VerificationResult": "api",
    "audit": "benchmarks",
    "calibrate": "api",
    "compare": "api",
    "latest_hire": "api",
    "load": "api",
    "load_registry": "benchmarks",
    "most_tickets": "api",
    "plan": "api",
    "read_contacts": "report.exporting.tables",
    "read_tickets": "report.exporting.tables",
    "run": "api",
    "staffing_over_growth": "api",
    "sweep": "api",
    "verify": "api",
}

__all__ = [
    "CalibrationResult",
    "ComparisonResult",
    "GrowthPlan",
    "HireDate",
    "MostTickets",
    "PlanResult",
    "Result",
    "Scenario",
    "SweepResult",
    "VerificationResult",
    "audit",
    "calibrate",
    "compare",
    "errors",
    "latest_hire",
    "load",
    "load_registry",
    "most_tickets",
    "plan",
    "read_contacts",
    "read_tickets",
    "run",
    "staffing_over_growth",
    "sweep",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name == "errors":
        return import_module("supportsim.errors")
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
