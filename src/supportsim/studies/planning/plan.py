"""The plan: the cheapest staffing that meets the targets, and what shows that it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from supportsim.errors import InputError
from supportsim.stats.selection import Selection, kim_nelson
from supportsim.studies.load import expected_contacts
from supportsim.studies.planning.evaluate import Judged, Rules, Statement, Trials
from supportsim.studies.planning.intervals import expand
from supportsim.studies.planning.parts import Part, parts_of
from supportsim.studies.planning.required import first_guess
from supportsim.studies.planning.search import Found, more_hurt, neighbours_of, rough_answer, search
from supportsim.studies.planning.staffing import Position, cost_of, positions_of, staffed
from supportsim.studies.planning.targets import Target, read_target
from supportsim.studies.planning.why import why_impossible
from supportsim.studies.workers import check_workers
from supportsim.units import format_duration

if TYPE_CHECKING:
    from supportsim.scenario import Scenario
    from supportsim.studies.planning.settings import PlanSettings
    from supportsim.studies.run import Progress

MOST_CONTACTS = 1e7
"""Contacts that the replications of a staffing have together, unless told otherwise."""

FEW, MANY = 40, 2000
"""Bounds of the replications of a staffing, unless told otherwise."""

SCARCE = 5 * FEW
"""Most replications of a staffing up to which time is saved: the precision is halved but once at a
close call, and one of the cheapest staffings is enough."""


@dataclass(frozen=True, eq=False)
class PartPlan:
    """The plan of one part of a desk, whose targets and teams have nothing to do with others.

    Attributes
    ----------
    part
        The part.
    guess
        Heads of each position to begin with, by theory and a rough look.
    found
        What the search came to.
    chosen
        Which of the staffings that are equally cheap was selected.
    selection
        How it was selected; None if there was no other.
    neighbours
        For each position, the verdict on one agent fewer there; None where it has none.
    looked_at
        How many staffings were simulated.
    replications
        How many replications that took.
    hurt
        A staffing that meets the targets and a larger one that fails, if any was found.
    why_not
        Where no number of agents would do, why.
    """

    part: Part
    guess: tuple[int, ...]
    found: Found
    chosen: int
    selection: Selection | None
    neighbours: tuple[Judged | None, ...]
    looked_at: int
    replications: int
    hurt: tuple[tuple[int, ...], tuple[int, ...]] | None
    why_not: tuple[str, ...]

    @property
    def best(self) -> Judged | None:
        """The verdict on the staffing that was chosen; None if none would do."""
        return self.found.best[self.chosen] if self.found.best else None


@dataclass(frozen=True)
class Neighbour:
    """A staffing with one agent fewer in one position.

    Attributes
    ----------
    position
        The position.
    heads
        How many it has there.
    judged
        The verdict on it.
    worst
        What is known of the target that it misses by most, in relation to the precision; None
        where nobody would be left to serve a channel.
    """

    position: Position
    heads: int
    judged: Judged
    worst: Statement | None


@dataclass(frozen=True, eq=False)
class Plan:
    """The cheapest staffing of a desk that meets its targets.

    Attributes
    ----------
    given
        The scenario as it was.
    targets
        The targets, with `every` one for each stretch of the day.
    positions
        What was planned.
    rules
        How sure it is; `error` is that of a part.
    parts
        The plans of the parts.
    """

    given: Scenario
    targets: tuple[Target, ...]
    positions: tuple[Position, ...]
    rules: Rules
    parts: tuple[PartPlan, ...]

    @property
    def possible(self) -> bool:
        """Whether a staffing that meets the targets was found."""
        return all(part.best is not None for part in self.parts)

    @cached_property
    def staffing(self) -> dict[str, int]:
        """Planned heads, by the key of the position; of parts without a plan nothing."""
        return {
            position.key: heads
            for part in self.parts
            if part.best is not None
            for position, heads in zip(part.part.positions, part.best.staffing, strict=True)
        }

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario with the planned staffing.

        Raises
        ------
        InputError
            If there is none.
        """
        if not self.possible:
            raise InputError("no staffing meets the targets: there is no planned scenario")
        return staffed(self.given, self.staffing)

    @property
    def cost_now(self) -> float:
        """What the planned positions cost a week at present."""
        return cost_of(self.positions, tuple(one.now for one in self.positions))

    @property
    def cost(self) -> float:
        """What the plan costs a week."""
        return sum(one.cost * self.staffing.get(one.key, one.now) for one in self.positions)

    @property
    def statements(self) -> tuple[Statement, ...]:
        """What is known of each target under the plan; or, where none would do, at the most."""
        known: dict[int, Statement] = {}
        for one in self.parts:
            judged = one.best or one.found.most
            if judged is not None:
                numbers = (number for number, _ in one.part.targets)
                known |= dict(zip(numbers, judged.statements, strict=True))
        return tuple(known[number] for number in sorted(known))

    @property
    def neighbours(self) -> tuple[Neighbour, ...]:
        """One agent fewer, in each position that has any."""
        made = []
        for one in self.parts:
            if one.best is None:
                continue
            rows = zip(one.part.positions, one.neighbours, strict=True)
            for number, (position, judged) in enumerate(rows):
                if judged is not None:
                    heads = judged.staffing[number]
                    made.append(Neighbour(position, heads, judged, _worst(judged, self.rules)))
        return tuple(made)

    @property
    def replications(self) -> int:
        """How many replications were simulated in all."""
        return sum(one.replications for one in self.parts)

    @property
    def looked_at(self) -> int:
        """How many staffings of parts were simulated in all."""
        return sum(one.looked_at for one in self.parts)

    @property
    def guarantee(self) -> str:
        """What is guaranteed, in a sentence."""
        return (
            f"with a probability of at least {self.rules.confidence:.6g} every target that is said "
            "to be met, and every staffing that is said to fail, is said so rightly, but for "
            "margins below the precision; more agents are taken never to hurt"
        )

    @property
    def minimality(self) -> str:
        """What is shown of cheaper staffings, in a sentence."""
        told = [said for one in self.neighbours for said in one.judged.statements]
        close = ", but for margins below the precision" if any(one.close for one in told) else ""
        if all(one.found.ruled_out for one in self.parts):
            return f"Every cheaper staffing is shown to fail{close}."
        if all(one.judged.answer == "fails" for one in self.neighbours):
            return (
                f"One agent fewer in any position is shown to fail{close}; cheaper mixtures of "
                "positions were not all ruled out."
            )
        return "It is not shown to be the cheapest: some staffings are undecided."

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader of the plan should know."""
        told = []
        for part in self.parts:
            if part.hurt:
                fewer, more = ("+".join(map(str, heads)) for heads in part.hurt)
                keys = ", ".join(one.key for one in part.part.positions)
                told.append(
                    f"more agents hurt a target ({keys}: {fewer} meets, {more} fails), which the "
                    "search takes never to happen; the plan meets the targets, but may not be the "
                    "cheapest"
                )
            if part.selection is not None and not part.selection.sure:
                told.append(
                    f"{len(part.found.best)} staffings are equally cheap, and the one with the "
                    "largest margin was not told apart for sure"
                )
        close = [one.target.text for one in self.statements if self.possible and one.close]
        if close:
            told.append(
                f"{', '.join(close)}: the margin is smaller than the precision; the target may "
                "just be missed"
            )
        told += [
            f"{one.heads} for {one.position.key} may just meet {one.worst.target.text}: its margin "
            "is smaller than the precision"
            for one in self.neighbours
            if one.worst is not None and one.worst.close
        ]
        return tuple(told)


def plan(
    scenario: Scenario,
    settings: PlanSettings,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Plan:
    """Find the cheapest staffing that meets targets.

    Parameters
    ----------
    scenario
        The scenario.
    settings
        The targets, and how sure to be.
    workers
        Processes; −1 for all cores, None for as many as the work is worth. The result does not
        depend on it.
    progress
        Called after each replication.

    Raises
    ------
    InputError
        If a target or a team cannot be used.

    Notes
    -----
    Whether a staffing meets a target is a test of the sign of a mean over replications, which ends
    as soon as it can (`stats.selection.sign_of_mean`). The errors of all verdicts together have
    half of 1 − confidence, the choice among equally cheap staffings the other half.
    """
    check_workers(workers)
    targets = tuple(read_target(text, scenario) for text in settings.targets)
    # Before targets are divided, so that messages speak of them as they were written.
    positions = positions_of(scenario, targets, settings.teams)
    parts_of(scenario, targets, positions)
    if settings.every is not None:
        targets = expand(targets, format_duration(settings.every), scenario)
    parts = parts_of(scenario, targets, positions)
    guess = first_guess(scenario, targets, positions)
    plans: list[PartPlan] = []
    for part in parts:
        rules = rules_of(part, settings, len(parts))
        start = tuple(guess[one.key] for one in part.positions)
        trials = Trials(part, start, rules, workers, progress)
        trials.simulated = sum(one.replications for one in plans)
        plans.append(_plan_of(trials))
    return Plan(scenario, targets, positions, rules, tuple(plans))


def rules_of(part: Part, settings: PlanSettings, parts: int) -> Rules:
    """Return how sure the plan of a part has to be."""
    most = settings.max_replications
    if most is None:
        contacts = max(sum(expected_contacts(part.scenario).values()), 1)
        most = round(min(max(MOST_CONTACTS / contacts, FEW), MANY))
    # A longer first stage knows the variance better, and costs more where little would do.
    first_stage = min(20 if most >= MANY else 10, most)
    error = (1 - settings.confidence) / 2 / parts
    rules = Rules(settings.confidence, error, settings.precision, first_stage, most)
    return rules if most > SCARCE else replace(rules, halvings=1, ties=False)


def _plan_of(trials: Trials) -> PartPlan:
    before = trials.simulated
    trials.guess = rough_answer(trials)
    found = search(trials)
    chosen, selection = _select(trials, found.best)
    neighbours = neighbours_of(trials, found.best[chosen].staffing) if found.best else ()
    why_not = () if found.best else why_impossible(trials, found.most)
    return PartPlan(
        trials.part,
        trials.guess,
        found,
        chosen,
        selection,
        neighbours,
        len(trials.judged),
        trials.simulated - before,
        more_hurt(trials.judged.values()),
        why_not,
    )


def _select(trials: Trials, best: Sequence[Judged]) -> tuple[int, Selection | None]:
    """Return which of several staffings has the largest margin on the target that is tightest.

    That is the target whose least margin under any of them, over its precision, is the least.
    """
    if len(best) < 2:
        return 0, None
    rules = trials.rules
    widths = [rules.indifference(*one) for one in zip(trials.targets, trials.asked, strict=True)]
    margins = [
        min(judged.statements[n].margin.mean for judged in best) / width
        for n, width in enumerate(widths)
    ]
    tightest = margins.index(min(margins))
    selection = kim_nelson(
        lambda system, replication: trials.value(best[system].staffing, replication, tightest),
        len(best),
        widths[tightest],
        rules.error / len(trials.targets),
        rules.first_stage,
        rules.most,
    )
    return selection.best, selection


def _worst(judged: Judged, rules: Rules) -> Statement | None:
    """Return what is known of the target that is missed by most."""
    failing = [one for one in judged.statements if one.answer == judged.answer]
    return min(
        failing,
        key=lambda one: one.margin.mean / rules.indifference(one.target, one.asked),
        default=None,
    )
