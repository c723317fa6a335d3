"""Whether a staffing meets the targets: simulated until that is known, and never twice."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from supportsim.errors import ScenarioError
from supportsim.measures import Asked, find, observe
from supportsim.stats import Estimate, ratio_estimate
from supportsim.stats.selection import sign_of_mean
from supportsim.studies.load import expected_contacts
from supportsim.studies.planning.parts import Part
from supportsim.studies.planning.staffing import Staffing, by_key, staffed
from supportsim.studies.planning.targets import Target, statement, weight
from supportsim.studies.run import WORTH_A_PROCESS, Progress, simulate_once
from supportsim.studies.workers import in_order

if TYPE_CHECKING:
    from supportsim.scenario import Scenario
    from supportsim.tables import Floats

Answer = Literal["meets", "fails", "undecided"]

HALVINGS = 3
"""How often the precision is halved for a margin that is within it, if the budget allows."""

PILOT, PILOTS = 1_000_000, 3
"""Number of the first replication that is used for a rough look, and how many there are."""

_TASK = 20_000
"""Contacts that one task of a worker process has at least, so that handing it over is worth it."""

_EVEN = math.pi**2 / 3 - 1
"""Sum of 1 / (1 + |d|)² over all whole numbers d."""


@dataclass(frozen=True)
class Rules:
    """How sure a plan has to be.

    Attributes
    ----------
    confidence
        Probability with which all that is said to be shown is true.
    error
        Probability with which a verdict on the staffings of a part may be wrong.
    precision
        Margins below it may be judged either way: absolute for shares, relative to the target's
        value for all else; None for 0.01 and 0.02.
    first_stage
        Replications of each staffing before anything is said of it.
    most
        Most replications of a staffing.
    halvings
        How often the precision is halved for a margin that is within it, if `most` allows.
    ties
        Whether staffings that cost the same as the cheapest one are looked at, to choose of them.
    """

    confidence: float
    error: float
    precision: float | None
    first_stage: int
    most: int
    halvings: int = HALVINGS
    ties: bool = True

    def indifference(self, target: Target, asked: Asked) -> float:
        """Return the margin, in the unit of margins, below which either verdict is right."""
        if asked.measure.unit == "share" or asked.measure.estimator == "quantile":
            return self.precision or 0.01
        return (self.precision or 0.02) * (abs(target.value) or 1.0)


@dataclass(frozen=True, eq=False)
class Statement:
    """What is known of a target under a staffing.

    Attributes
    ----------
    target, asked
        The target, and its measure.
    answer
        Whether it is met.
    margin
        By how much, in the measure's unit (shares of the values for a quantile), with an interval;
        NaN if nothing was measured.
    precision
        The margin below which the answer may be either: the one asked for, or a finer one that was
        reached.
    """

    target: Target
    asked: Asked
    answer: Answer
    margin: Estimate
    precision: float

    @property
    def close(self) -> bool:
        """Whether the margin is within the precision, so that the answer might as well be other."""
        return self.answer == "undecided" or abs(self.margin.mean) < self.precision

    @property
    def estimate(self) -> Estimate:
        """The measure itself; for a quantile the share of values on the right side of the bound."""
        one, sign = self.margin, 1.0 if self.target.comparison == ">=" else -1.0
        if self.asked.measure.estimator == "quantile":
            level = self.asked.measure.level
            base, sign = (level if self.target.comparison == "<=" else 1 - level), 1.0
        else:
            base = self.target.value
        ends = sorted((base + sign * one.low, base + sign * one.high))
        return Estimate(base + sign * one.mean, ends[0], ends[1], one.replications)


@dataclass(frozen=True, eq=False)
class Judged:
    """The verdict on a staffing.

    Attributes
    ----------
    staffing
        Heads of each position.
    answer
        Whether it meets all targets.
    statements
        What is known of each target; empty where nobody would serve a channel.
    values
        The statements of each replication and target over the target's mean weight, which is what
        the verdict was made of.
    """

    staffing: Staffing
    answer: Answer
    statements: tuple[Statement, ...]
    values: Floats

    @property
    def replications(self) -> int:
        """How many replications were simulated."""
        return len(self.values)


@dataclass(eq=False)
class Trials:
    """Judges staffings of a part of a desk, each once, all on the same random numbers.

    Attributes
    ----------
    part
        The part.
    guess
        A staffing that does not depend on the random numbers of verdicts. The further another is
        from it, the less error it may have, so that the errors of all staffings, looked at or not,
        add up to no more than what is allowed: whichever ones the search comes by.
    rules
        How sure to be.
    workers
        Processes; None for as many as the work is worth.
    progress
        Called after each replication.
    """

    part: Part
    guess: Staffing
    rules: Rules
    workers: int | None = None
    progress: Progress | None = None
    judged: dict[Staffing, Judged] = field(default_factory=dict)
    simulated: int = 0

    def __post_init__(self) -> None:
        self.targets = tuple(target for _, target in self.part.targets)
        self.asked = tuple(find(one.measure, self.part.scenario) for one in self.targets)
        self.contacts = sum(expected_contacts(self.part.scenario).values())
        self._watched: dict[Staffing, tuple[Floats, Floats]] = {}
        self._rough: dict[Staffing, float] = {}

    def judge(self, staffing: Staffing) -> Judged:
        """Return whether a staffing meets the targets."""
        if staffing not in self.judged:
            self.judged[staffing] = self._judge(staffing)
        return self.judged[staffing]

    def scenario(self, staffing: Staffing) -> Scenario:
        """Return the part of the desk with a staffing."""
        return staffed(self.part.scenario, by_key(self.part.positions, staffing))

    def rough_margin(self, staffing: Staffing) -> float:
        """Return the least margin over its precision in few replications, on other numbers.

        That is for finding where to look: no verdict is made of it. It is infinitely low where
        nothing is measured.
        """
        if staffing not in self._rough:
            try:
                new = list(self._simulated(self.scenario(staffing), range(PILOT, PILOT + PILOTS)))
            except ScenarioError:  # nobody would ever serve a channel
                self._rough[staffing] = -math.inf
            else:
                sums, weights = (np.sum([one[n] for one in new], axis=0) for n in (0, 1))
                margins = np.divide(
                    sums, weights, out=np.full_like(sums, -np.inf), where=weights > 0
                )
                precisions = map(self.rules.indifference, self.targets, self.asked)
                self._rough[staffing] = float(np.min(margins / list(precisions)))
        return self._rough[staffing]

    def value(self, staffing: Staffing, replication: int, target: int) -> float:
        """Return what one replication of a staffing says of a target, in the unit of margins."""
        if replication >= len(self._watched[staffing][0]):
            more = min(replication + self.rules.first_stage, self.rules.most)
            self._watch(self.scenario(staffing), staffing, max(more, replication + 1))
        statements, weights = self._watched[staffing]
        first = weights[: self.rules.first_stage, target].mean()
        return float(statements[replication, target] / first)

    def error_of(self, staffing: Staffing) -> float:
        """Return the probability with which the verdict on one target may be wrong."""
        error = self.rules.error / len(self.targets)
        for heads, guess in zip(staffing, self.guess, strict=True):
            error /= _EVEN * (1 + abs(heads - guess)) ** 2
        return error

    def _judge(self, staffing: Staffing) -> Judged:
        try:
            scenario = self.scenario(staffing)
        except ScenarioError:  # nobody would ever serve a channel
            return Judged(staffing, "fails", (), np.zeros((0, len(self.targets))))
        count = self.rules.first_stage
        while True:
            statements, weights = self._watch(scenario, staffing, count)
            first = weights[: self.rules.first_stage].mean(axis=0)
            values = np.divide(statements, first, out=np.zeros_like(statements), where=first != 0)
            settled = [
                self._settle(values[:, one], staffing, one) if first[one] else _nothing_measured()
                for one in range(len(self.targets))
            ]
            waiting = [one.needed for one in settled if one.needed]
            failed = any(one.answer == "fails" and not one.needed for one in settled)
            if failed or not waiting or len(values) >= self.rules.most:
                break
            # At most as many again, so that a first impression does not cost too much.
            wanted = min(max(min(waiting), count + 2), 2 * count)
            count = min(wanted, self.rules.most)
        answers = [one.answer for one in settled]
        answer: Answer = "fails" if "fails" in answers else "meets"
        if answer == "meets" and "undecided" in answers:
            answer = "undecided"
        known = (
            Statement(
                target,
                asked,
                one.answer,
                ratio_estimate(statements[:, n], weights[:, n], self.rules.confidence),
                one.precision,
            )
            for n, (target, asked, one) in enumerate(
                zip(self.targets, self.asked, settled, strict=True)
            )
        )
        return Judged(staffing, answer, tuple(known), values)

    def _settle(self, values: Floats, staffing: Staffing, target: int) -> _Settled:
        """Return what replications say of a target, at a finer precision where it is a close call.

        Each halving of the precision has half the error of the one before.
        """
        precision = self.rules.indifference(self.targets[target], self.asked[target])
        error = self.error_of(staffing)
        reached = _Settled("undecided", precision, 0)
        for _ in range(self.rules.halvings + 1):
            error /= 2
            sign = sign_of_mean(values, precision, error, self.rules.first_stage)
            if not sign.sign:
                return _Settled(reached.answer, reached.precision, sign.needed)
            reached = _Settled("meets" if sign.sign > 0 else "fails", precision, 0)
            if abs(float(values.mean())) >= precision:
                break
            precision /= 2
        return reached

    def _watch(self, scenario: Scenario, staffing: Staffing, count: int) -> tuple[Floats, Floats]:
        """Return the statements and weights of at least so many replications and each target."""
        shape = (0, len(self.targets))
        statements, weights = self._watched.get(staffing, (np.zeros(shape), np.zeros(shape)))
        if len(statements) < count:
            new = list(self._simulated(scenario, range(len(statements), count)))
            statements = np.concatenate([statements, [one[0] for one in new]])
            weights = np.concatenate([weights, [one[1] for one in new]])
            self._watched[staffing] = statements, weights
        return statements, weights

    def _simulated(
        self, scenario: Scenario, numbers: range
    ) -> Iterator[tuple[list[float], list[float]]]:
        """Yield the statements and weights of replications, in order."""
        together = max(1, min(math.ceil(_TASK / max(self.contacts, 1)), len(numbers)))
        workers = self.workers
        if workers is None:
            workers = -1 if len(numbers) * self.contacts > WORTH_A_PROCESS else 1
        tasks = (
            (scenario, numbers[begin : begin + together], self.targets, self.asked)
            for begin in range(0, len(numbers), together)
        )
        expected = self.simulated + len(numbers)
        for several in in_order(say, tasks, workers):
            self.simulated += len(several)
            if self.progress:
                self.progress(self.simulated, expected)
            yield from several


@dataclass(frozen=True)
class _Settled:
    """What replications say of a target: the answer, how precisely, and how many might say more."""

    answer: Answer
    precision: float
    needed: int


def _nothing_measured() -> _Settled:
    return _Settled("fails", 0.0, 0)


def say(
    scenario: Scenario, numbers: Iterable[int], targets: Sequence[Target], asked: Sequence[Asked]
) -> list[tuple[list[float], list[float]]]:
    """Simulate replications and return the statement and the weight of each target in each."""
    said = []
    for number in numbers:
        observations = observe(simulate_once(scenario, number), asked)
        mine = [observations[one.id] for one in asked]
        pairs = list(zip(targets, asked, mine, strict=True))
        said.append(
            (
                [statement(target, one, observation) for target, one, observation in pairs],
                [weight(one, observation) for _, one, observation in pairs],
            )
        )
    return said
