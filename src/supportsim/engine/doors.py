"""Doors: opening hours, and room for only so many."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from supportsim.engine.clock import Moment
    from supportsim.engine.lines import Place
    from supportsim.tables import Floats


class Door:
    """What those who knock at a line with opening hours or limits find.

    `standing` is the number of contacts that were let in and whose customer nobody has released;
    `waiting` the number that wait, among them those that came back for what remains of the work
    and those that wait `outside` until the door opens, if they do.
    """

    __slots__ = ("edges", "limit", "outside", "places", "standing", "waiting", "waits_outside")

    def __init__(
        self, opening: Floats | None, limit: float, places: float, waits_outside: bool
    ) -> None:
        # When the door opens, closes, opens, ...
        self.edges: list[float] | None = None if opening is None else opening.ravel().tolist()
        self.limit = limit
        self.places = places
        self.standing = 0
        self.waiting = 0
        self.waits_outside = waits_outside
        self.outside: list[Place] = []

    def is_open(self, now: float) -> bool:
        """Return whether it is open."""
        return self.edges is None or bisect_right(self.edges, now) % 2 == 1

    def openings(self) -> list[float]:
        """Return when it opens to those who wait outside."""
        return self.edges[::2] if self.waits_outside and self.edges is not None else []

    def is_full(self) -> bool:
        """Return whether as many as may stand in the line do so."""
        return self.standing >= self.limit

    def has_place(self) -> bool:
        """Return whether one more contact may wait."""
        return self.waiting < self.places

    def releases(self, _: Moment) -> None:
        """Note that an agent released a customer."""
        self.standing -= 1
