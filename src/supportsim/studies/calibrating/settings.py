"""What can be said about a calibration, on the command line, in a study file and in Python."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from supportsim.scenario.fields import Model, Row


class CalibrateSettings(Model):
    """How to find the free parameters of a scenario."""

    free: Mapping[str, str] = {}
    """Bounds of each free parameter by its dotted key, as in `"1d:8d"`."""
    to: Row[str] = ()
    """Ids of the published figures to match, or the first part of them for all such."""
    log: Row[str] = ()
    """Free parameters that are searched by equal factors rather than equal steps."""
    starts: Annotated[int, Field(ge=1, le=10_000)] = 16
    """Points of the box of bounds that are tried first; one of them is the scenario as it is."""
    polished: Annotated[int, Field(ge=1, le=1000)] = 3
    """The best of them, from which least squares goes on."""
    replications: Annotated[int, Field(ge=8, le=100_000)] = 40
    """Replications of every trial of the last fit; earlier ones take a part of them."""
    seed: Annotated[int, Field(ge=0, lt=2**63)] | None = None
    """Seed of the fit. It has to differ from the scenario's own, which is kept for the check."""
