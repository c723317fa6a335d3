"""What-ifs against one base: paired differences, and the verdicts side by side."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from supportsim.benchmarks import Figure
from supportsim.errors import InputError, quoted
from supportsim.measures import Asked, find, lacks
from supportsim.scenario import Scenario, load
from supportsim.scenario.fields import Model, Row, plain
from supportsim.stats import Difference, Pair, pair_of, simultaneous
from supportsim.studies.run import Progress, Run, figures_of, run
from supportsim.studies.study_files import Study, check_paths, read_study
from supportsim.studies.workers import check_workers

BASE = "base"
"""What the base is called beside its alternatives."""

HEADLINES = ("first_response_time", "wait", "abandonment", "resolution_time", "backlog_open")
"""Measures of each channel that are compared where no published figure is judged."""

_UNKNOWN = Pair(math.nan, math.nan, math.nan, math.nan, math.nan, 0)


class AlternativeSettings(Model):
    """One alternative: another file, or changes of the base, or changes of that file."""

    name: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    """What to call it; its file or its changes unless given."""
    file: Annotated[str, Field(min_length=1)] | None = None
    """Path of its scenario; the base's unless given."""
    changes: Annotated[Mapping[str, Any], Field(alias="set")] = {}
    """Values to use instead of that scenario's, by dotted path in quotes."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.file is None and not self.changes:
            raise ValueError('has to have a file, or changes as in set = {"teams.desk.agents" = 3}')
        check_paths(self.changes)
        return self


class CompareSettings(Model):
    """What to compare with the base, and how."""

    alternatives: Row[AlternativeSettings] = ()
    """The alternatives."""
    measures: Row[str] = ()
    """Ids of the measures to compare; those that the published figures judge unless given."""
    confidence: Annotated[float, Field(gt=0, lt=1)] = 0.95
    """Confidence with which all intervals hold at once, and no test is wrong."""


@dataclass(frozen=True)
class Compared:
    """One measure of one alternative against the base.

    Attributes
    ----------
    alternative
        Name of the alternative.
    asked
        The measure.
    difference
        The difference, among all that were asked for.
    reason
        Why it is not known; empty if it is.
    """

    alternative: str
    asked: Asked
    difference: Difference
    reason: str


@dataclass(frozen=True, eq=False)
class Comparison:
    """A base and its alternatives, simulated from the same random numbers.

    Attributes
    ----------
    base
        The base.
    alternatives
        By name, in the order asked for.
    measures
        Ids of the measures that are compared.
    confidence
        Joint confidence of all intervals and tests.
    notes
        What of an alternative's settings was not used or is not the base's, by its name.
    """

    base: Run
    alternatives: Mapping[str, Run]
    measures: tuple[str, ...]
    confidence: float
    notes: Mapping[str, tuple[str, ...]]

    @property
    def runs(self) -> dict[str, Run]:
        """The base and the alternatives by name."""
        return {BASE: self.base, **self.alternatives}

    @cached_property
    def differences(self) -> tuple[Compared, ...]:
        """Each measure of each alternative, the alternatives one after the other."""
        asked = [
            (name, measure, lacks(measure, other.scenario))
            for name, other in self.alternatives.items()
            for measure in self.measures
        ]
        pairs = [
            _UNKNOWN if lacking else self._pair(measure, self.alternatives[name])
            for name, measure, lacking in asked
        ]
        found = simultaneous(pairs, self.confidence)
        return tuple(
            Compared(name, self.base.asked[measure], one, lacking or _unknown(one.pair))
            for (name, measure, lacking), one in zip(asked, found, strict=True)
        )

    def _pair(self, measure: str, other: Run) -> Pair:
        sides = [[r.observations[measure] for r in one.replications] for one in (self.base, other)]
        return pair_of(self.base.asked[measure].measure, *sides)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader of the results should know, beginning with whom it is about."""
        told: dict[str, list[str]] = {}
        for name, one in self.runs.items():
            for text in (*self.notes.get(name, ()), *one.warnings):
                told.setdefault(text, []).append(name)
        everybody = list(self.runs)
        return tuple(
            f"{'all scenarios' if names == everybody else ', '.join(names)}: {text}"
            for text, names in told.items()
        )


def _unknown(pair: Pair) -> str:
    """Return why nothing is known of a difference; empty if something is."""
    if math.isnan(pair.difference):
        return "no replication says anything about it"
    return "one replication gives no interval" if math.isnan(pair.error) else ""


def compare(
    base: Scenario,
    alternatives: Mapping[str, Scenario],
    *,
    figures: Iterable[Figure] | None = None,
    measures: Iterable[str] = (),
    confidence: float = 0.95,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Compare alternatives with a base under common random numbers.

    The base is simulated once. All alternatives are run with its seed and as many replications as
    it had, also where it decides that itself (``"auto"``); all are judged by its figures.

    Parameters
    ----------
    base
        The base.
    alternatives
        By name.
    figures
        The published figures to judge all of them by; by default those that the base names.
    measures
        Ids of the measures to compare; by default those of the figures or, if there are none, the
        `HEADLINES` of each channel.
    confidence
        Joint confidence of all intervals and tests.
    workers
        Processes to share the replications among, as in `run`; the result does not depend on it.
    progress
        Called after each replication of any scenario.

    Raises
    ------
    InputError
        If there is no alternative, or no such measure in the base.
    """
    check_workers(workers)
    if not alternatives:
        raise InputError(
            "there is nothing to compare with; name another scenario, or change keys of the base "
            "as in --set teams.desk.agents=3"
        )
    figures = tuple(figures_of(base) if figures is None else figures)
    measures = tuple(dict.fromkeys(measures)) or _usual_measures(base, figures)
    for measure in measures:
        find(measure, base)
    count, scenarios = base.run.replications, 1 + len(alternatives)
    expected = base.run.max_replications if count == "auto" else count
    simulated = run(
        base,
        figures=figures,
        measures=measures,
        workers=workers,
        progress=_part(progress, 0, expected * scenarios),
    )
    count = len(simulated.replications)
    runs, notes = {}, {}
    for number, (name, scenario) in enumerate(alternatives.items(), start=1):
        paired, notes[name] = _paired_with(base, scenario, count)
        runs[name] = run(
            paired,
            figures=figures,
            measures=[measure for measure in measures if not lacks(measure, paired)],
            workers=workers,
            progress=_part(progress, number * count, scenarios * count),
        )
    return Comparison(simulated, runs, measures, confidence, notes)


def _part(progress: Progress | None, before: int, in_all: int) -> Progress | None:
    """Return the progress of one run as that of a part of all."""
    return (lambda done, _total: progress(before + done, in_all)) if progress else None


def _usual_measures(base: Scenario, figures: Iterable[Figure]) -> tuple[str, ...]:
    judged = [one.measure for one in figures if one.measure and not lacks(one.measure, base)]
    if judged:
        return tuple(dict.fromkeys(judged))
    usual = [f"{channel}.{name}" for channel in base.channels for name in HEADLINES]
    return tuple(measure for measure in usual if not lacks(measure, base))


def _paired_with(
    base: Scenario, scenario: Scenario, count: int
) -> tuple[Scenario, tuple[str, ...]]:
    """Return a scenario with the base's seed and its number of replications, and what that means.

    Other settings of the run that are not the base's are noted as well, and so are other figures.
    """
    own, notes = scenario.run, []
    if own.seed != base.run.seed:
        notes.append(f"run with the base's seed {base.run.seed}, not with its own {own.seed}")
    if own.replications not in (base.run.replications, count):
        notes.append(f"run with the base's {count} replications, not with {own.replications}")
    notes += [
        f"its run.{key} is not the base's, which makes a difference of its own"
        for key in ("start", "warm_up", "window")
        if getattr(own, key) != getattr(base.run, key)
    ]
    if scenario.benchmarks.use != base.benchmarks.use:
        notes.append("judged by the base's published figures, not by its own")
    asked = {"run.seed": base.run.seed, "run.replications": count}
    return scenario.replace(asked), tuple(notes)


def read_comparison(
    base: Scenario | Path | str, options: Mapping[str, Any], common: Mapping[str, Any]
) -> tuple[Study[CompareSettings], dict[str, Scenario]]:
    """Return a base with how to compare it, and the alternatives by name.

    Parameters
    ----------
    base
        A scenario, the path of its file, or that of a study file.
    options
        Settings that count more than those of the study file, as in `CompareSettings`; paths in
        them begin here, not where the file is.
    common
        Changes of the base and of all alternatives, such as another seed.

    Raises
    ------
    InputError
        If something cannot be read, or an alternative is there twice.
    """
    asked = read_study(base, "compare", CompareSettings, options, common)

    def change(changes: Mapping[str, Any]) -> Scenario:
        if asked.path is None:
            return asked.scenario.replace(changes)
        return load(asked.path, {**asked.changes, **changes})

    folder = Path()
    if not isinstance(base, Scenario) and "alternatives" not in options:
        folder = Path(base).parent
    return asked, _read(asked.settings.alternatives, change, folder, common)


def _read(
    given: Iterable[AlternativeSettings],
    change: Callable[[Mapping[str, Any]], Scenario],
    folder: Path,
    common: Mapping[str, Any],
) -> dict[str, Scenario]:
    """Return alternatives by name; `change` returns the base with some keys changed."""
    given = tuple(given)
    stems = Counter([BASE, *(Path(one.file).stem for one in given if one.file)])
    alternatives: dict[str, Scenario] = {}
    for one in given:
        name = one.name or _name(one, stems)
        check_name(name, alternatives)
        if one.file:
            alternatives[name] = load(folder / one.file, {**common, **one.changes})
        else:
            alternatives[name] = change(one.changes)
    return alternatives


def check_name(name: str, taken: Collection[str]) -> None:
    """Make sure that an alternative's name tells it from the base and the others.

    Raises
    ------
    InputError
        If it does not.
    """
    if name == BASE or name in taken:
        whose = "what the base is called" if name == BASE else "there twice"
        raise InputError(f"alternatives: {quoted(name, 200)} is {whose}; give each its own name")


def _name(given: AlternativeSettings, stems: Counter[str]) -> str:
    """Return an alternative's name: its file, by the path if others end alike, and its changes."""
    parts = []
    if given.file:
        stem = Path(given.file).stem
        parts.append(stem if stems[stem] == 1 else given.file)
    for key, value in given.changes.items():
        text = value if isinstance(value, str) else json.dumps(plain(value), default=str)
        parts.append(f"{key}={text}")
    return "; ".join(parts)
