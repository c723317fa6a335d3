"""Lets `python -m supportsim` do what the command `supportsim` does."""

from supportsim.cli import main

main()
