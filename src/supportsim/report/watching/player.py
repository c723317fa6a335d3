"""The clock of a watched day: how fast it goes, and what keys do to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from supportsim.tables import Floats

SLOWEST, FASTEST = 1 / 60, 120.0
"""Simulated minutes in a second: real time, and a day in 12 s."""


class Key(StrEnum):
    """What a key is for."""

    PAUSE = "pause"
    FASTER = "faster"
    SLOWER = "slower"
    NEXT = "next"
    BACK = "back"
    QUIT = "quit"


KEYS = {
    " ": Key.PAUSE,
    "+": Key.FASTER,
    "=": Key.FASTER,
    "-": Key.SLOWER,
    "_": Key.SLOWER,
    "l": Key.NEXT,
    "\x1b[C": Key.NEXT,
    "\x1bOC": Key.NEXT,
    "h": Key.BACK,
    "\x1b[D": Key.BACK,
    "\x1bOD": Key.BACK,
    "q": Key.QUIT,
    "Q": Key.QUIT,
}
"""The arrows are what terminals send for them, in either mode."""


@dataclass(frozen=True)
class Player:
    """What is shown of a day, and how it goes on.

    Attributes
    ----------
    begin, end
        The day's edges, minutes.
    time
        What is shown.
    speed
        Simulated minutes in a second.
    paused
        Whether the clock stands.
    quits
        Whether the user has seen enough.
    """

    begin: float
    end: float
    time: float
    speed: float
    paused: bool = False
    quits: bool = False

    @property
    def is_over(self) -> bool:
        """Whether the end of the day is reached."""
        return self.time >= self.end

    def after(self, seconds: float) -> Player:
        """Return the player after some seconds."""
        if self.paused or self.is_over:
            return self
        return replace(self, time=min(self.end, self.time + seconds * self.speed))

    def pressed(self, key: Key, changes: Floats) -> Player:
        """Return the player after a key.

        Parameters
        ----------
        key
            The key.
        changes : float64
            Increasing times at which something happens; steps go from one to the next and pause.
        """
        if key == Key.PAUSE:
            return replace(self, paused=not self.paused)
        if key == Key.FASTER:
            return replace(self, speed=min(2 * self.speed, max(FASTEST, self.speed)))
        if key == Key.SLOWER:
            return replace(self, speed=max(self.speed / 2, min(SLOWEST, self.speed)))
        if key == Key.NEXT:
            place = int(np.searchsorted(changes, self.time, side="right"))
            time = float(changes[place]) if place < len(changes) else self.end
            return replace(self, time=time, paused=True)
        if key == Key.BACK:
            place = int(np.searchsorted(changes, self.time, side="left"))
            time = float(changes[place - 1]) if place else self.begin
            return replace(self, time=time, paused=True)
        return replace(self, quits=True)


def keys_in(text: str) -> tuple[list[Key], str]:
    """Return the keys that a text from a terminal holds, and the beginning of one not yet whole."""
    keys: list[Key] = []
    while text:
        word = next((word for word in KEYS if text.startswith(word)), "")
        if not word and any(known.startswith(text) for known in KEYS):
            return keys, text
        if word:
            keys.append(KEYS[word])
        text = text[max(len(word), 1) :]
    return keys, ""
