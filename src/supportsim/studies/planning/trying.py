"""Whether a desk as it is meets its targets, and where along a line of desks that ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from supportsim.studies.planning.evaluate import Answer, Statement, Trials
from supportsim.studies.planning.parts import Part, parts_of
from supportsim.studies.planning.plan import rules_of
from supportsim.studies.planning.staffing import Position

if TYPE_CHECKING:
    from supportsim.scenario import Scenario
    from supportsim.studies.planning.settings import PlanSettings
    from supportsim.studies.planning.targets import Target
    from supportsim.studies.run import Progress

MOST_TRIALS = 20
"""Desks that a question tries, at most: each verdict has this part of the allowed error. Six
doublings and ten halvings for the most tickets, and two more than halve 20 years into days."""

FIRST_STAGE = 8
"""Replications of each desk, at most, before anything is said of it."""


@dataclass(frozen=True, eq=False)
class Tried:
    """What is known of a desk.

    Attributes
    ----------
    at
        Where on the line of desks it is.
    answer
        Whether it meets all targets.
    statements
        What is known of each target, in their order; empty where nobody would serve a channel.
    """

    at: float
    answer: Answer
    statements: tuple[Statement, ...]

    @property
    def replications(self) -> int:
        """The most replications that any target took."""
        return max((one.margin.replications for one in self.statements), default=0)


@dataclass(eq=False)
class Line:
    """Desks along a line, each tried once, on the same random numbers.

    Attributes
    ----------
    desk
        From a number to the desk there.
    targets
        The targets.
    settings
        How sure to be.
    workers, progress
        As for a plan.
    tried
        What is known, in the order in which it was tried.
    """

    desk: Callable[[float], Scenario]
    targets: Sequence[Target]
    settings: PlanSettings
    workers: int | None = None
    progress: Progress | None = None
    tried: list[Tried] = field(default_factory=list)
    simulated: int = 0

    def holds(self, at: float) -> bool:
        """Return whether the desk at a number is shown to meet all targets."""
        known = {one.at: one for one in self.tried}
        if at not in known:
            known[at] = self._try(at)
            self.tried.append(known[at])
        return known[at].answer == "meets"

    def at(self, number: float) -> Tried:
        """Return what is known of the desk at a number that was tried."""
        return next(one for one in self.tried if one.at == number)

    def _try(self, at: float) -> Tried:
        scenario = self.desk(at)
        statements: dict[int, Statement] = {}
        answers: list[Answer] = []
        parts = parts_of(scenario, self.targets, _everybody(scenario))
        for part in parts:
            # Nothing is planned: the part's staffing is what it is.
            alone = Part(part.scenario, part.targets, ())
            rules = rules_of(alone, self.settings, MOST_TRIALS * len(parts))
            # At a close call it does not matter on which side the end is.
            rules = replace(rules, first_stage=min(rules.first_stage, FIRST_STAGE), halvings=0)
            trials = Trials(alone, (), rules, self.workers, self.progress, {}, self.simulated)
            judged = trials.judge(())
            self.simulated = trials.simulated
            answers.append(judged.answer)
            numbers = [number for number, _ in part.targets]
            statements |= dict(zip(numbers, judged.statements, strict=False))
            if judged.answer == "fails":
                break
        answer: Answer = "fails" if "fails" in answers else "meets"
        if answer == "meets" and "undecided" in answers:
            answer = "undecided"
        return Tried(at, answer, tuple(statements[number] for number in sorted(statements)))


def _everybody(scenario: Scenario) -> list[Position]:
    """Return a position of each team, so that no part of the desk is without one."""
    return [
        Position(f"teams.{name}", name, None, team.size, team.size, team.size, 0.0, 0.0)
        for name, team in scenario.teams.items()
    ]
