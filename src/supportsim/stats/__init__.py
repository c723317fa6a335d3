"""From numbers over replications to estimates with honest intervals."""

from supportsim.stats.estimates import (
    Estimate,
    estimate,
    influences,
    quantile_estimate,
    ratio_estimate,
)
from supportsim.stats.precision import enough_replications, relative_half_width
from supportsim.stats.warm_up import SHORTEST, mser5

__all__ = [
    "SHORTEST",
    "Estimate",
    "enough_replications",
    "estimate",
    "influences",
    "mser5",
    "quantile_estimate",
    "ratio_estimate",
    "relative_half_width",
]
