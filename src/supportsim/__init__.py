"""Simulate a customer-support queue and judge it against published benchmarks.

    import supportsim as ss

    ss.run("scenarios/portal.toml").verdicts

Names are imported when they are first used, so that `import supportsim` takes no time.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from supportsim import errors
    from supportsim.api import Result, load, run
    from supportsim.benchmarks import audit, load_registry
    from supportsim.scenario import Scenario

__version__ = "0.1.0"

_HOME = {
    "Result": "api",
    "Scenario": "scenario",
    "audit": "benchmarks",
    "load": "api",
    "load_registry": "benchmarks",
    "run": "api",
}

__all__ = ["Result", "Scenario", "audit", "errors", "load", "load_registry", "run"]


def __getattr__(name: str) -> Any:
    if name == "errors":
        return import_module("supportsim.errors")
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
