"""Calibrations for people and programs."""
