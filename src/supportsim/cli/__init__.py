"""The command line: parse, call one study, print one report."""

from supportsim.cli import calibrate, catalogues, compare, plan, run, sweep
from supportsim.cli.app import app, main

__all__ = ["app", "calibrate", "catalogues", "compare", "main", "plan", "run", "sweep"]
