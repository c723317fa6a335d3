"""Calibration: find the free parameters under which simulated figures match published ones."""

from supportsim.studies.calibrating.calibration import Calibration, calibrate
from supportsim.studies.calibrating.problem import Problem, pose, read_calibration
from supportsim.studies.calibrating.settings import CalibrateSettings
from supportsim.studies.calibrating.writing import Draft, draft

__all__ = [
    "CalibrateSettings",
    "Calibration",
    "Draft",
    "Problem",
    "calibrate",
    "draft",
    "pose",
    "read_calibration",
]
