"""The cheapest staffing of a part of a desk, and the proof that no cheaper one does.

More agents are taken never to hurt. Then whatever is above a staffing that meets the targets meets
them, and whatever is below one that fails fails, so that few staffings need to be looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from operator import gt

from supportsim.studies.planning.evaluate import Judged, Trials
from supportsim.studies.planning.staffing import Position, Staffing, cost_of, teams_of_target

MOST_SEARCHED = 3
"""Positions up to which cheaper staffings are all ruled out; of more, only the neighbours are."""

MOST_LOOKED_AT = 80
"""Staffings of a part after which ruling out comes to an end."""

Box = tuple[Staffing, Staffing]
"""All staffings between two."""

_ROUNDING = 1e-9
"""Share of a cost that is nothing but rounding."""


@dataclass(frozen=True, eq=False)
class Found:
    """What the search of a part came to.

    Attributes
    ----------
    best
        Cheapest staffings that meet the targets, all of the same cost, in the order in which they
        were found; empty if no number of agents would do.
    most
        The verdict on a great many agents, where even they fail.
    ruled_out
        Whether every cheaper staffing is shown to fail.
    """

    best: tuple[Judged, ...]
    most: Judged | None
    ruled_out: bool


def neighbours_of(trials: Trials, staffing: Staffing) -> tuple[Judged | None, ...]:
    """Return the verdicts on one agent fewer in each position; None where there is none."""
    fewer = [_fewer(staffing, number, trials.part.positions) for number in range(len(staffing))]
    return tuple(None if one is None else trials.judge(one) for one in fewer)


def search(trials: Trials) -> Found:
    """Return the cheapest staffing of a part."""
    return _Search(trials).run()


def rough_answer(trials: Trials) -> Staffing:
    """Return about where the answer lies, by a walk on random numbers that no verdict uses.

    It begins at the guess, and that is returned if the walk leads nowhere.
    """
    walk = _Search(trials, rough=True)
    enough, _ = walk._grow(trials.guess)
    return trials.guess if enough is None else walk._shrink(enough)


@dataclass(eq=False)
class _Search:
    trials: Trials
    rough: bool = False
    meeting: list[Staffing] = field(default_factory=list)
    failing: list[Staffing] = field(default_factory=list)
    undecided: list[Staffing] = field(default_factory=list)

    def run(self) -> Found:
        enough, most = self._grow(self.trials.guess)
        if enough is None:
            return Found((), most, ruled_out=False)
        best = self._shrink(enough)
        ruled_out = len(best) <= MOST_SEARCHED and self._rule_out_cheaper()
        least = min(map(self._cost, self.meeting))
        ties = [one for one in self.meeting if self._cost(one) <= least * (1 + _ROUNDING)]
        # A cheaper one may have turned up meanwhile.
        best = best if best in ties else ties[0]
        ordered = [best, *(one for one in ties if one != best)]
        ruled_out = ruled_out and not self.undecided
        return Found(tuple(map(self.trials.judge, ordered)), None, ruled_out)

    def _cost(self, staffing: Staffing) -> float:
        return cost_of(self.trials.part.positions, staffing)

    def _meets(self, staffing: Staffing) -> bool:
        """Return whether a staffing meets the targets, by what is known or by simulation."""
        known = self._known(staffing)
        if known is not None:
            return known
        if self.rough:
            meets = self.trials.rough_margin(staffing) >= 0
            (self.meeting if meets else self.failing).append(staffing)
            return meets
        answer = self.trials.judge(staffing).answer
        of_answer = {"meets": self.meeting, "fails": self.failing, "undecided": self.undecided}
        of_answer[answer].append(staffing)
        return answer == "meets"

    def _known(self, staffing: Staffing) -> bool | None:
        """Return whether a staffing is known to meet the targets, or not to; None for neither."""
        if any(_at_least(staffing, other) for other in self.meeting):
            return True
        if any(_at_least(other, staffing) for other in self.failing):
            return False
        return False if staffing in self.undecided else None

    # --- To a staffing that meets the targets ----------------------------------------------------

    def _grow(self, staffing: Staffing) -> tuple[Staffing | None, Judged | None]:
        """Return a staffing from this one upwards that meets the targets.

        If there is none, return the verdict on a great many agents, but of a rough walk.
        """
        ceiling, step = None, 1
        while not self._meets(staffing):
            if step == 4:
                # Before going far, see whether it leads anywhere.
                ceiling = tuple(
                    min(3 * heads + 20, one.high)
                    for heads, one in zip(staffing, self.trials.part.positions, strict=True)
                )
                if not self._meets(ceiling):
                    return None, None if self.rough else self.trials.judge(ceiling)
            lacking = self._lacking(staffing)
            staffing = tuple(h + step * (n in lacking) for n, h in enumerate(staffing))
            if ceiling is not None and any(map(gt, staffing, ceiling)):
                return ceiling, None
            step *= 2
        return staffing, None

    def _lacking(self, staffing: Staffing) -> set[int]:
        """Return the positions whose agents answer those whom failing targets are about."""
        positions = self.trials.part.positions
        if self.rough:
            return set(range(len(positions)))
        teams = {
            team
            for one in self.trials.judge(staffing).statements
            if one.answer != "meets"
            for team in teams_of_target(self.trials.part.scenario, one.target)
        }
        lacking = {n for n, one in enumerate(positions) if one.team in teams}
        return lacking or set(range(len(positions)))

    # --- Down to one with no agent too many ------------------------------------------------------

    def _shrink(self, staffing: Staffing) -> Staffing:
        """Return a staffing from this one downwards of which no agent can be spared."""
        if len(staffing) > 1:
            staffing = self._descend(staffing, lambda one, by: tuple(max(0, h - by) for h in one))
        spared = [0] * len(staffing)
        while True:
            # In turn, the dearest first, so that no position gives more than its part.
            order = sorted(
                range(len(staffing)),
                key=lambda n: (spared[n], -self.trials.part.positions[n].cost),
            )
            for number in order:
                fewer = _fewer(staffing, number, self.trials.part.positions)
                if fewer is not None and self._meets(fewer):
                    if len(staffing) == 1:
                        return self._descend(fewer, lambda one, by: (max(0, one[0] - by),))
                    staffing, spared[number] = fewer, spared[number] + 1
                    break
            else:
                return staffing

    def _descend(self, staffing: Staffing, lower: Callable[[Staffing, int], Staffing]) -> Staffing:
        """Return the lowest staffing on a way downwards that meets the targets."""
        met, step = 0, 1
        while self._meets(lower(staffing, met + step)) and any(lower(staffing, met)):
            met, step = met + step, 2 * step
        failed = met + step
        while failed - met > 1:
            middle = (met + failed) // 2
            met, failed = (
                (middle, failed) if self._meets(lower(staffing, middle)) else (met, middle)
            )
        return lower(staffing, met)

    # --- And no cheaper one that does ------------------------------------------------------------

    def _rule_out_cheaper(self) -> bool:
        """Look at all staffings that cost less than the best one, by branch and bound.

        A box of staffings whose upper corner fails, fails altogether. It is divided where that
        corner meets the targets, or comes so close at a rough look that a verdict would be dear.
        Staffings that cost the same are looked at, too, if the rules say so.

        Returns
        -------
        bool
            Whether all were looked at.
        """
        positions = self.trials.part.positions
        slack = _ROUNDING if self.trials.rules.ties else -_ROUNDING
        boxes: list[Box] = [(tuple(p.low for p in positions), tuple(p.high for p in positions))]
        while boxes:
            if len(self.trials.judged) > MOST_LOOKED_AT:
                return False
            low, high = boxes.pop()
            room = min(map(self._cost, self.meeting)) * (1 + slack) - self._cost(low)
            if room < 0:
                continue
            high = tuple(
                min(top, bottom + int(room / one.cost))
                for top, bottom, one in zip(high, low, positions, strict=True)
            )
            if self._may_hold_one(low, high):
                boxes += self._divided(low, high)
        return True

    def _may_hold_one(self, low: Staffing, high: Staffing) -> bool:
        """Return whether a box may hold a staffing that meets the targets."""
        if low != high and self._known(high) is None and self.trials.rough_margin(high) > -1:
            return True
        return self._meets(high)

    def _divided(self, low: Staffing, high: Staffing) -> list[Box]:
        """Return boxes that hold what a box may still have to offer.

        Whatever is above one of the cheapest known costs more than it; else, halves.
        """
        least = min(map(self._cost, self.meeting)) * (1 + _ROUNDING)
        for best in self.meeting:
            if _at_least(high, best) and self._cost(best) <= least:
                bottom, boxes = low, []
                for n, heads in enumerate(best):
                    if heads > bottom[n]:
                        boxes.append((bottom, _with(high, n, heads - 1)))
                    bottom = _with(bottom, n, max(bottom[n], heads))
                return boxes
        costs = [one.cost for one in self.trials.part.positions]
        widths = [(h - g) * cost for h, g, cost in zip(high, low, costs, strict=True)]
        n = widths.index(max(widths))
        middle = (low[n] + high[n]) // 2
        return [(_with(low, n, middle + 1), high), (low, _with(high, n, middle))]


def _at_least(one: Staffing, other: Staffing) -> bool:
    """Return whether one staffing has no fewer agents than another in any position."""
    return all(a >= b for a, b in zip(one, other, strict=True))


def _fewer(staffing: Staffing, number: int, positions: Sequence[Position]) -> Staffing | None:
    """Return a staffing with one agent fewer in a position; None if that has no fewer."""
    if staffing[number] <= positions[number].low:
        return None
    return _with(staffing, number, staffing[number] - 1)


def _with(staffing: Staffing, number: int, heads: int) -> Staffing:
    """Return a staffing with another number of agents in one position."""
    return (*staffing[:number], heads, *staffing[number + 1 :])


def more_hurt(judged: Iterable[Judged]) -> tuple[Staffing, Staffing] | None:
    """Return a staffing that meets the targets and one with more agents that does not, if any.

    There is none as long as more agents never hurt.
    """
    known = list(judged)
    meeting = [one.staffing for one in known if one.answer == "meets"]
    failing = [one.staffing for one in known if one.answer == "fails"]
    pairs = ((fewer, more) for fewer in meeting for more in failing if _at_least(more, fewer))
    return next(pairs, None)
