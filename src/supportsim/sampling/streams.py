"""Random numbers by name, so that what one part draws never depends on what another drew."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from supportsim.tables import Floats


@dataclass(frozen=True)
class Streams:
    """The random numbers of one replication.

    A stream is keyed by seed, replication and name alone. The numbers of a stream come in order:
    the first n are the same however many are drawn.
    """

    seed: int
    replication: int

    def generator(self, name: str) -> np.random.Generator:
        """Return the stream called `name` at its beginning."""
        key = f"{self.seed}/{self.replication}/{name}"
        entropy = int.from_bytes(hashlib.sha256(key.encode()).digest(), "little")
        return np.random.Generator(np.random.PCG64(entropy))

    def uniforms(self, name: str, count: int) -> Floats:
        """Return the first `count` numbers of a stream, uniform on [0, 1)."""
        return self.generator(name).random(count)
