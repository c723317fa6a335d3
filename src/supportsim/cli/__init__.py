"""The command line: parse, call one study, print one report."""

from supportsim.cli import catalogues, run
from supportsim.cli.app import app, main

__all__ = ["app", "catalogues", "main", "run"]
