"""Markov chains with finitely many states, given by what can happen in each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np
from scipy.sparse import coo_array, eye_array
from scipy.sparse.linalg import splu

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from supportsim.tables import Floats

State = TypeVar("State", bound="Hashable")

_ENDING = 1e-10
"""Rate at which following a chain ends, relative to its fastest move."""

_SAME, _MOST_ROUNDS = 1e-13, 100


def steady_state(
    start: State, moves: Callable[[State], Iterable[tuple[float, State]]]
) -> tuple[list[State], Floats]:
    """Return the states that a chain comes to, and the share of the time that it spends in each.

    Parameters
    ----------
    start
        Where the chain begins.
    moves
        Rate and next state of all that can happen in a state. Rates of 0 are left out.

    Returns
    -------
    list of states, shares
        `start` first; the shares sum up to 1.

    Raises
    ------
    ValueError
        If the chain is so close to falling into parts that the shares cannot be told.

    Notes
    -----
    Follows the chain for an exponential time, long beside that between two moves, again and again:
    a linear system that is never singular, whatever the states that are seldom seen.
    """
    number = {start: 0}
    states = [start]
    entries: list[tuple[float, int, int]] = []
    for here, state in enumerate(states):  # the list grows as states are found
        for rate, following in moves(state):
            if rate > 0:
                there = number.setdefault(following, len(states))
                if there == len(states):
                    states.append(following)
                entries += ((rate, there, here), (-rate, here, here))
    shares = np.zeros(len(states))
    shares[0] = 1.0
    if len(states) == 1:
        return states, shares
    rates, rows, columns = (np.array(column) for column in zip(*entries, strict=True))
    ending = _ENDING * rates.max()
    flow = coo_array((rates, (rows, columns)), shape=(len(states),) * 2)
    followed = splu((ending * eye_array(len(states)) - flow).tocsc())
    for _ in range(_MOST_ROUNDS):
        later = followed.solve(shares)
        later /= later.sum()
        change = float(np.abs(later - shares).sum())
        shares = later
        if change <= _SAME:
            return states, shares
    raise ValueError("the rates are so far apart that the steady state is out of reach")
