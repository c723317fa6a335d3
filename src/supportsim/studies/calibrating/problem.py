"""What is asked of a calibration: free parameters in a box, and figures to come close to."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from supportsim.benchmarks import Figure, load_registry, unit_factor
from supportsim.benchmarks.verdicts import is_input
from supportsim.errors import InputError, choices, quoted
from supportsim.measures import Asked, find, lacks
from supportsim.scenario import Scenario
from supportsim.scenario.loading import USER_NAMED
from supportsim.studies.calibrating.settings import CalibrateSettings
from supportsim.studies.ranges import Range, read_range
from supportsim.studies.study_files import Study, read_study
from supportsim.tables import Floats
from supportsim.units import MINUTES, parse_duration

OTHER_SEED = 1_000_000
"""Added to the scenario's seed for the fit, unless a seed is given."""

ONE_SIDED = 0.05
"""A figure that only has to be reached, or kept below, is weighed by this part of it."""

EXACT = 0.01
"""A figure without any tolerance is weighed by this part of it."""


@dataclass(frozen=True)
class Parameter:
    """A free parameter.

    A place in its range is told as a share of the way from the lower bound to the upper one, 0 to
    1, on its scale; so all parameters have the same bounds.

    Attributes
    ----------
    key
        Dotted path in the scenario.
    bounds
        Its range.
    own
        The scenario's own value in the range's unit; NaN if it does not say one.
    """

    key: str
    bounds: Range
    own: float

    def number(self, share: float) -> float:
        """Return the number at a share of the way, in the range's unit."""
        return float(self.bounds.at(np.array([share]))[0])

    def share(self, number: float) -> float:
        """Return the share of the way at which a number lies; outside 0 to 1 if it is outside."""
        low, high = self.bounds.low, self.bounds.high
        if self.bounds.scale == "log":
            return math.log(number / low) / math.log(high / low) if number > 0 else -math.inf
        return (number - low) / (high - low)


@dataclass(frozen=True)
class Target:
    """A published figure that the free parameters are to bring about.

    Its residual is how far the simulated figure is from the middle of what was published, in units
    of the tolerance on that side: −1 and 1 are the ends of what is accepted. A published value at
    an end of its tolerance has only to be reached, or kept below, and pulls from outside alone.

    Attributes
    ----------
    figure
        The published figure.
    asked
        The measure that answers it.
    factor
        From the measure's unit to the figure's.
    """

    figure: Figure
    asked: Asked
    factor: float

    def residual(self, simulated: float) -> float:
        """Return the residual of a simulated figure, in the figure's unit."""
        distance = simulated - self._aim[0]
        return distance * self.slope(simulated) if distance else 0.0

    def slope(self, simulated: float) -> float:
        """Return how much the residual changes with the simulated figure."""
        aim, below, above = self._aim
        return 1 / (above if simulated > aim else below)

    @property
    def _aim(self) -> tuple[float, float, float]:
        """The value aimed at, and the tolerance below and above it; infinite for no pull."""
        middle = sum(self.figure.published) / 2
        below, above = middle - self.figure.tolerance.low, self.figure.tolerance.high - middle
        if below > 0 and above > 0:
            return middle, below, above
        if not (below or above):
            size = EXACT * abs(middle) or EXACT
            return middle, size, size
        size = min(below or above, ONE_SIDED * abs(middle) or below or above)
        # Half a unit inside the tolerance there is room for an interval.
        return (middle + size / 2, size, math.inf) if above else (middle - size / 2, math.inf, size)


@dataclass(frozen=True)
class Problem:
    """A calibration to make.

    Attributes
    ----------
    scenario
        The scenario, with its own seed.
    parameters, targets
        What is free, and what it is to bring about.
    left_out
        Figures that were named as a group and do not pull, with the reason.
    settings
        The settings, with a seed.
    """

    scenario: Scenario
    parameters: tuple[Parameter, ...]
    targets: tuple[Target, ...]
    left_out: tuple[tuple[Figure, str], ...]
    settings: CalibrateSettings

    @property
    def seed(self) -> int:
        """The seed of the fit."""
        given = self.settings.seed
        return (self.scenario.run.seed + OTHER_SEED) % 2**63 if given is None else given

    @property
    def warnings(self) -> tuple[str, ...]:
        """What to know before it starts."""
        free, figures = len(self.parameters), len(self.targets)
        if free <= figures:
            return ()
        return (
            f"{free} parameters are free and only {figures} "
            f"{'figure pulls' if figures == 1 else 'figures pull'}: they cannot all be pinned down",
        )

    def written(self, point: Floats) -> dict[str, Any]:
        """Return the values at a point of the box, as the scenario file writes them.

        Parameters
        ----------
        point : shape (parameters,)
            A share of the way for each.
        """
        pairs = zip(self.parameters, point, strict=True)
        return {p.key: p.bounds.written(p.number(float(share))) for p, share in pairs}

    def trial(self, point: Floats) -> Scenario:
        """Return the scenario at a point of the box, with the seed of the fit.

        Raises
        ------
        InputError
            If the values do not go together.
        """
        values = self.written(point)
        try:
            return self.scenario.replace({**values, "run.seed": self.seed})
        except InputError as error:
            together = ", ".join(f"{key} = {value}" for key, value in values.items())
            raise InputError(f"within the bounds, {together} cannot be used: {error}") from error


def read_calibration(
    base: Scenario | Path | str, options: Mapping[str, Any], changes: Mapping[str, Any]
) -> tuple[Study[CalibrateSettings], Problem]:
    """Return the calibration that a scenario and options, or a study file, describe.

    Parameters
    ----------
    base
        A scenario, the path of its file, or that of a study file.
    options
        Settings given otherwise; they count more than the file's.
    changes
        Changes of the scenario, likewise.

    Raises
    ------
    InputError
        If the file, a setting, a key or a figure cannot be used.
    """
    asked = read_study(base, "calibrate", CalibrateSettings, options, changes)
    return asked, pose(asked.scenario, asked.settings, asked.folder)


def pose(scenario: Scenario, settings: CalibrateSettings, folder: Path | None = None) -> Problem:
    """Return the problem that settings describe.

    Parameters
    ----------
    scenario
        The scenario.
    settings
        What is free, and what to match.
    folder
        Where the scenario's own benchmark files are.

    Raises
    ------
    InputError
        If a key or a figure does not exist or cannot be used.
    """
    if settings.seed == scenario.run.seed:
        raise InputError(
            f"seed: {settings.seed} is the scenario's own seed, which is kept for the check on "
            "fresh random numbers; give the fit another one, or none"
        )
    parameters = _parameters(scenario, settings)
    targets, left_out = _targets(scenario, settings, folder)
    return Problem(scenario, parameters, targets, left_out, settings)


def _parameters(scenario: Scenario, settings: CalibrateSettings) -> tuple[Parameter, ...]:
    if not settings.free:
        raise InputError(
            "free: name a key and its bounds, as in channels.portal.patience.mean=1d:8d; without "
            "one there is nothing to fit"
        )
    for key in settings.log:
        if key not in settings.free:
            hint = choices(key, settings.free)
            raise InputError(f"log: {quoted(key)} is not a free parameter; {hint}")
    for key in settings.free:
        above = next((other for other in settings.free if key.startswith(f"{other}.")), None)
        if above is not None:
            raise InputError(f"free: {key} is a part of {above}; free one of them")
    return tuple(
        _parameter(scenario, key, text, key in settings.log) for key, text in settings.free.items()
    )


def _parameter(scenario: Scenario, key: str, text: str, log: bool) -> Parameter:
    if key.partition(".")[0] in ("run", "benchmarks"):
        raise InputError(f"{key}: how to run and judge a scenario is not a parameter to fit")
    bounds = read_range(text, key, "log" if log else "linear")
    if bounds.step is not None:
        raise InputError(
            f"{key}: {quoted(text)} has a step, and a free parameter takes any value between its "
            f"bounds; write {replace(bounds, step=None)}"
        )
    # Bounds that happen to be whole, as in 0:100, do not make the parameter whole.
    bounds = replace(bounds, whole=False)
    for share in (0.0, 1.0, 0.382):
        number = float(bounds.at(np.array([share]))[0])
        try:
            scenario.replace({key: bounds.written(number)})
        except InputError as error:
            whole = "whole number" in str(error)
            hint = "; vary whole numbers with supportsim sweep" if whole else ""
            raise InputError(f"{error}{hint}") from error
    return Parameter(key, bounds, _own(scenario, key, bounds.unit))


def _own(scenario: Scenario, key: str, unit: str) -> float:
    """Return the value that a scenario says for a key, in a unit; NaN if it says none."""
    node: Any = scenario.to_dict()
    for part in key.split("."):
        if isinstance(node, list) and part.isdigit() and int(part) < len(node):
            node = node[int(part)]
        elif isinstance(node, dict) and part in node:
            node = node[part]
        else:
            return math.nan
    if isinstance(node, str) and unit:
        return parse_duration(node) / MINUTES[unit]
    return float(node) if isinstance(node, int | float) and not unit else math.nan


def _targets(
    scenario: Scenario, settings: CalibrateSettings, folder: Path | None
) -> tuple[tuple[Target, ...], tuple[tuple[Figure, str], ...]]:
    if not settings.to:
        raise InputError("to: name the published figures to match, as in portal or portal.csat")
    files = [(folder or Path()) / name for name in scenario.benchmarks.files]
    registry = load_registry(files)
    found, left_out = [], []
    for figure in registry.select(settings.to):
        reason = _lacking(figure, scenario)
        if reason and figure.id in settings.to:
            raise InputError(f"to: {figure.id} is not simulated: {reason}")
        if figure.id not in settings.to and _repeats_input(figure, scenario, settings.free):
            reason = reason or "it only repeats what the scenario says, and none of that is free"
        if reason or figure.measure is None:
            left_out.append((figure, reason))
            continue
        asked = find(figure.measure, scenario)
        found.append(Target(figure, asked, unit_factor(figure, asked.measure.unit)))
    if not found:
        told = "; ".join(f"{figure.id}: {reason}" for figure, reason in left_out[:3])
        raise InputError(f"to: none of {', '.join(settings.to)} can be fitted: {told}")
    return tuple(found), tuple(left_out)


def _lacking(figure: Figure, scenario: Scenario) -> str:
    """Return why a figure is not simulated, or an empty string."""
    if figure.measure is None:
        return f"{figure.status}: {figure.reason}" if figure.reason else figure.status
    return lacks(figure.measure, scenario)


def _repeats_input(figure: Figure, scenario: Scenario, free: Iterable[str]) -> bool:
    """Return whether the scenario sets a figure by keys of which none is free."""
    if not is_input(figure, scenario):
        return False
    return not any(_sets(pattern, key, figure) for pattern in figure.set_by for key in free)


def _sets(pattern: str, key: str, figure: Figure) -> bool:
    """Return whether a key is what a pattern names, a part of it, or what it is a part of.

    A pattern that names a whole channel means what is called there as the figure is.
    """
    named, parts = pattern.split("."), key.split(".")
    if len(named) == 2 and named[0] in USER_NAMED:
        named.append(figure.quantity)
    return all(one in ("*", other) for one, other in zip(named, parts, strict=False))
