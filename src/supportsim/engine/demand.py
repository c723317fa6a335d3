"""What a broken law does."""

import numpy as np

from supportsim.errors import ConservationError
from supportsim.tables import Flags

SLACK = 1e-6
"""Minutes by which sums of rounded times may differ."""


def demand(holds: Flags | bool, law: str) -> None:
    """Raise a `ConservationError` that names a law and the rows in which it does not hold, if any.

    A `law` says what somebody did who broke it.
    """
    if not np.all(holds):
        rows = np.flatnonzero(~np.atleast_1d(holds))[:5]
        raise ConservationError(f"{law} (rows {rows.tolist()})")
