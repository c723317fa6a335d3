"""Words that the screen and the text of a watched day share."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from supportsim.units import DAY

if TYPE_CHECKING:
    from supportsim.studies.moments import ChannelNow

QUEUE_HEADS = ("Waiting", "Longest", "In work", "Stopped", "Open", "Came", "Served", "Unserved")

LEGEND = (
    "Longest: longest wait of those who wait. In work: contacts that agents have in hand. "
    "Stopped: begun, and left for later. Open: open tickets that began in the channel. "
    "Came, served, unserved: contacts since midnight; unserved ones gave up or were not let in."
)


def clock(minutes: float, *, seconds: bool = False) -> str:
    """Return the time of day of a minute, cut to whole minutes or seconds: ``"09:30"``."""
    whole = math.floor(minutes * 60 + 1e-6)
    text = f"{whole // 3600 % 24:02d}:{whole // 60 % 60:02d}"
    return f"{text}:{whole % 60:02d}" if seconds else text


def lasting(minutes: float) -> str:
    """Return how long something has lasted in at most 7 characters; nothing for NaN."""
    if math.isnan(minutes):
        return ""
    if minutes < 1:
        return f"{math.floor(minutes * 60 + 1e-6)} s"
    if minutes < 60:
        return f"{math.floor(minutes)} min"
    if minutes < 2 * DAY:
        return f"{math.floor(minutes / 6) / 10:.1f} h"
    return f"{math.floor(minutes / DAY)} d"


def pace(minutes: float) -> str:
    """Return a speed, as the time that passes in a second: ``"2.5 min"``."""
    if minutes < 1:
        return f"{60 * minutes:.3g} s"
    return f"{minutes:.3g} min" if minutes < 60 else f"{minutes / 60:.3g} h"


def queue_cells(one: ChannelNow) -> tuple[str, ...]:
    """Return what the columns of `QUEUE_HEADS` say of a channel."""
    return (
        f"{one.waiting:,}",
        lasting(one.longest) or "-",
        f"{one.in_work:,}",
        f"{one.stopped:,}",
        f"{one.open_tickets:,}",
        f"{one.came:,}",
        f"{one.served:,}",
        f"{one.unserved:,}",
    )


def shortened(text: str, width: int) -> str:
    """Return a name that takes no more than some characters."""
    return text if len(text) <= width else f"{text[: width - 1]}~"
