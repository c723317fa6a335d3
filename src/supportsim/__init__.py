"""Simulate a customer-support queue and judge it against published benchmarks."""

__version__ = "0.1.0"
