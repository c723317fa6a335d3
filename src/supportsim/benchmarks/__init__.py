"""Published figures, verdicts on them, and an audit of the figures against each other."""

from supportsim.benchmarks.audit import Finding, audit
from supportsim.benchmarks.registry import Figure, Registry, load_registry
from supportsim.benchmarks.verdicts import Verdict, judge, unit_factor

__all__ = [
    "Figure",
    "Finding",
    "Registry",
    "Verdict",
    "audit",
    "judge",
    "load_registry",
    "unit_factor",
]
