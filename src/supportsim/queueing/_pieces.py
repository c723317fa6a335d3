"""A birth-death chain over a stretch of time in which its rates are constant.

A matrix exponential carries the number of tickets over such a piece exactly. The only
approximation is a largest number, and what that loses is counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.linalg import expm

if TYPE_CHECKING:
    from supportsim.tables import Floats

IN_SYSTEM, IN_WORK, WAITING, ALL_BUSY, LOST = range(5)
"""The columns of `Step.sums`: tickets, whether all agents are busy, and arrivals lost."""


class Piece(NamedTuple):
    """A stretch of time: arrivals per unit of time, agents on duty, and its length."""

    rate: float
    agents: int
    duration: float


class Step(NamedTuple):
    """What a stretch of time does to a chain, from each of its states."""

    moves: Floats
    """Probability of each state at the end, shape (states, states)."""
    sums: Floats
    """Expected integrals over the stretch, shape (states, 5), columns as the constants above."""


def piece_step(piece: Piece, largest: int, service_rate: float, abandonment_rate: float) -> Step:
    """Carry the numbers 0 … largest of tickets over one piece.

    One exponential of the generator with the quantities to integrate beside it gives both the
    transition probabilities and the integrals. Those quantities are scaled down to a norm of 1:
    larger ones would make the exponential halve its step, and lose digits, for nothing.
    """
    n = np.arange(largest + 1)
    in_work = np.minimum(n, piece.agents)
    waiting = n - in_work
    deaths = service_rate * in_work + abandonment_rate * waiting
    births = np.full(largest + 1, piece.rate)
    births[-1] = 0.0
    size = largest + 1
    lost = piece.rate * (n == largest)
    counted = np.stack((n, in_work, waiting, n >= piece.agents, lost), axis=1)
    columns = counted.shape[1]
    block = np.zeros((size + columns, size + columns))
    block[:size, :size] = np.diag(births[:-1], 1) + np.diag(deaths[1:], -1)
    block[n, n] = -(births + deaths)
    scale = np.maximum(counted.sum(axis=0), 1.0) * piece.duration
    block[:size, size:] = counted / scale
    power = expm(block * piece.duration)
    return Step(power[:size, :size], power[:size, size:] * scale)
