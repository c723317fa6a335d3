"""How soon the tickets of a channel get a first response, over the replications."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from supportsim.report.series import Band, ratios
from supportsim.units import DAY, parse_duration

if TYPE_CHECKING:
    from supportsim.benchmarks import Figure
    from supportsim.studies import Run
    from supportsim.tables import Floats

_LONGEST_BAND = 2 * DAY
"""Stands for the longest response band of a channel that has none."""


def published_bands(run: Run, channel: str) -> list[tuple[float, Figure]]:
    """Return the published shares answered within some time, with that time in minutes."""
    return [
        (parse_duration(figure.within), figure)
        for figure in run.figures
        if figure.within and (figure.measure or "").startswith(f"{channel}.answered_within_")
    ]


def longest_time(run: Run, channel: str) -> float:
    """Return the minutes up to which responses are shown: beyond the longest response band."""
    bands = run.scenario.channels[channel].response_bands
    published = [1.1 * time for time, _ in published_bands(run, channel)]
    return max([1.5 * max(bands, default=_LONGEST_BAND), *published])


def answered_within(run: Run, channel: str, minutes: Floats) -> Band:
    """Return the share answered within each time, and its interval."""
    answered = np.array(
        [
            np.searchsorted(np.sort(one.responses(channel)), minutes, side="right")
            for one in run.replications
        ],
        dtype=np.float64,
    )
    name = f"{channel}.response_rate"
    tickets = np.array([one.observations[name].denominator for one in run.replications])
    return ratios(answered, tickets)
