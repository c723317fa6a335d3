"""Running the cases, and what makes one pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from scipy import stats

from supportsim.errors import InputError
from supportsim.measures import Asked, Observation, find, observe
from supportsim.scenario import Scenario
from supportsim.stats import Estimate, quantile_estimate, ratio_estimate
from supportsim.studies.load import expected_contacts
from supportsim.studies.run import WORTH_A_PROCESS, simulate_once
from supportsim.studies.workers import check_workers, in_order
from supportsim.validation.case import SEEDS, Case
from supportsim.validation.published import PUBLISHED, Published
from supportsim.validation.registry import select

CONFIDENCE = 0.99
"""With which all intervals of a verification hold at once."""

NOTICED = 0.03
"""The relative error that has to be noticed ..."""

POWER = 0.95
"""... with this probability."""

AT_A_TIME = 5
"""Replications that a process is given at a time."""

Progress = Callable[[int, int], None]
Verdict = Literal["pass", "off", "too wide"]


@dataclass(frozen=True)
class Row:
    """A measure of a case: its exact value and what was simulated.

    Attributes
    ----------
    case
        The case.
    asked
        The measure.
    exact
        The value that theory says.
    simulated
        The estimate, whose interval holds together with those of all other rows.
    error
        Standard error of the estimate.
    """

    case: Case
    asked: Asked
    exact: float
    simulated: Estimate
    error: float

    @property
    def relative_error(self) -> float:
        """How far the estimate is from the exact value, over the exact value."""
        return (self.simulated.mean - self.exact) / self.exact

    @property
    def relative_half_width(self) -> float:
        """Half the width of the interval over the exact value."""
        return self.simulated.half_width / self.exact

    @property
    def noticed(self) -> float:
        """The relative error that would be noticed, with probability `POWER`.

        If the expectation of the estimate is off by so much, then the exact value lies outside the
        interval unless chance moves the estimate back by more than that many standard errors.
        """
        return self.relative_half_width + float(stats.norm.ppf(POWER)) * self.error / self.exact

    @property
    def verdict(self) -> Verdict:
        """Whether the exact value lies in the interval, and the interval is narrow enough to tell.

        An interval within which an error of 3 % could hide proves nothing.
        """
        slack = 1e-9 * self.exact  # for what does not vary: sums are rounded
        if not self.simulated.low - slack <= self.exact <= self.simulated.high + slack:
            return "off"
        return "pass" if self.noticed <= NOTICED else "too wide"


@dataclass(frozen=True)
class Verification:
    """What came of verifying some cases.

    Attributes
    ----------
    rows
        A row for each measure of each case, in order.
    published
        Published values of formulas, and whether the formula gives it.
    seed
        The suite's seed.
    suite
        Which cases: ``full``, ``quick`` or ``chosen``.
    """

    rows: tuple[Row, ...]
    published: tuple[Published, ...]
    seed: int
    suite: str

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        """The cases, in order."""
        return tuple({row.case.id: row.case for row in self.rows}.values())

    @property
    def failed(self) -> tuple[Row, ...]:
        """The rows that do not pass."""
        return tuple(row for row in self.rows if row.verdict != "pass")

    @property
    def disagreeing(self) -> tuple[Published, ...]:
        """The published values that a formula does not give."""
        return tuple(one for one in self.published if not one.agrees)

    @property
    def passed(self) -> bool:
        """Whether everything passes."""
        return not self.failed and not self.disagreeing


def verify(
    only: Iterable[str] = (),
    *,
    quick: bool = False,
    seed: int = 1,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Verification:
    """Simulate the cases of which theory knows the answer, and compare.

    Parameters
    ----------
    only
        Ids of cases; all unless given.
    quick
        Whether to take those of the quick suite only, a case for each of the classic formulas.
    seed
        Seed of all of them.
    workers
        Processes to share the replications among; −1 for all cores; None for as many as the work
        is worth. The result does not depend on it.
    progress
        Called with the replications done and the number of all.

    Raises
    ------
    InputError
        If there is no such case, or the seed is out of range.
    """
    only = tuple(only)
    cases = select(only, quick=quick)
    suite = "chosen" if only else "quick" if quick else "full"
    rows = verify_cases(cases, seed=seed, workers=workers, progress=progress)
    return Verification(rows, () if only else PUBLISHED, seed, suite)


def verify_cases(
    cases: Sequence[Case],
    *,
    seed: int = 1,
    workers: int | None = None,
    progress: Progress | None = None,
) -> tuple[Row, ...]:
    """Return the rows of some cases, all of whose intervals hold together; see `verify`."""
    check_workers(workers)
    if not isinstance(seed, int) or not 0 <= seed < SEEDS:
        raise InputError(f"seed: give a whole number from 0 to {SEEDS - 1}, not {seed!r}")
    scenarios = [case.scenario(seed) for case in cases]
    asked = [
        tuple(find(name, scenario) for name in case.exact)
        for case, scenario in zip(cases, scenarios, strict=True)
    ]
    if workers is None:
        contacts = sum(_count(one) * sum(expected_contacts(one).values()) for one in scenarios)
        workers = -1 if contacts > WORTH_A_PROCESS else 1
    calls = list(_calls(scenarios, asked))
    total, done = sum(map(_count, scenarios)), 0
    observed: list[list[dict[str, Observation]]] = [[] for _ in cases]
    numbers = (number for number, _ in calls)
    results = in_order(_observed, (arguments for _, arguments in calls), workers)
    for number, some in zip(numbers, results, strict=True):
        observed[number] += some
        done += len(some)
        if progress:
            progress(done, total)
    confidence = 1 - (1 - CONFIDENCE) / max(1, sum(map(len, asked)))
    return tuple(
        _row(case, one, [of[one.id] for of in seen], confidence)
        for case, measures, seen in zip(cases, asked, observed, strict=True)
        for one in measures
    )


_Call = tuple[Scenario, range, tuple[Asked, ...]]


def _calls(
    scenarios: Iterable[Scenario], asked: Iterable[tuple[Asked, ...]]
) -> Iterator[tuple[int, _Call]]:
    """Yield what to simulate, a few replications at a time, with the number of the case."""
    for number, (scenario, measures) in enumerate(zip(scenarios, asked, strict=True)):
        count = _count(scenario)
        for first in range(0, count, AT_A_TIME):
            yield number, (scenario, range(first, min(first + AT_A_TIME, count)), measures)


def _count(scenario: Scenario) -> int:
    """Return the number of replications of a case's scenario, which is never "auto"."""
    return int(scenario.run.replications)


def _observed(
    scenario: Scenario, replications: range, asked: tuple[Asked, ...]
) -> list[dict[str, Observation]]:
    """Simulate replications as every study does, and return what is compared of each."""
    return [observe(simulate_once(scenario, number), asked) for number in replications]


def _row(case: Case, asked: Asked, seen: list[Observation], confidence: float) -> Row:
    measure = asked.measure
    if measure.estimator == "quantile":
        estimate = quantile_estimate([one.sample for one in seen], measure.level, confidence)
    else:
        numerators = np.array([one.numerator for one in seen])
        denominators = np.array([one.denominator for one in seen])
        estimate = ratio_estimate(numerators, denominators, confidence)
    reach = float(stats.t.ppf((1 + confidence) / 2, max(1, len(seen) - 1)))
    return Row(case, asked, case.exact[asked.id], estimate, estimate.half_width / reach)
