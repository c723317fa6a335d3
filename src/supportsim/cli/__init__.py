"""The command line: parse, call one study, print one report."""

from supportsim.cli import (
    calibrate,
    catalogues,
    compare,
    doctor,
    export,
    init,
    plan,
    report,
    run,
    sweep,
    trace,
    verify,
    watch,
)
from supportsim.cli.app import app, main

__all__ = [
    "app",
    "calibrate",
    "catalogues",
    "compare",
    "doctor",
    "export",
    "init",
    "main",
    "plan",
    "report",
    "run",
    "sweep",
    "trace",
    "verify",
    "watch",
]
