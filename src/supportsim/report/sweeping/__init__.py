"""Sweeps for people and programs."""
