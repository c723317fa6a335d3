"""From numbers over replications to estimates with honest intervals."""

from supportsim.stats.estimates import (
    Estimate,
    estimate,
    influences,
    quantile_estimate,
    ratio_estimate,
)
from supportsim.stats.pairing import Difference, Pair, holm, pair_of, simultaneous
from supportsim.stats.precision import enough_replications, relative_half_width
from supportsim.stats.sensitivity import Indices, grid_indices, saltelli_indices
from supportsim.stats.warm_up import SHORTEST, mser5

__all__ = [
    "SHORTEST",
    "Difference",
    "Estimate",
    "Indices",
    "Pair",
    "enough_replications",
    "estimate",
    "grid_indices",
    "holm",
    "influences",
    "mser5",
    "pair_of",
    "quantile_estimate",
    "ratio_estimate",
    "relative_half_width",
    "saltelli_indices",
    "simultaneous",
]
