"""Study files: what to ask of a scenario, kept in TOML beside it.

A study file names its scenario, may change keys of it, and has a table for the study that it is
for. Options of the command line and arguments in Python go through the same models of settings.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from supportsim.errors import ScenarioError, choices
from supportsim.files import path_of
from supportsim.scenario import Scenario, load
from supportsim.scenario.explaining import explain
from supportsim.scenario.fields import Model
from supportsim.scenario.loading import read_toml

S = TypeVar("S", bound=Model)

STUDIES = ("compare", "sweep", "plan", "calibrate")


@dataclass(frozen=True)
class Question(Generic[S]):
    """A study to make: of which scenario, and how.

    Attributes
    ----------
    scenario
        Path of the scenario's file.
    changes
        Values to use instead of the scenario's, by dotted path.
    settings
        The settings of the study.
    """

    scenario: Path
    changes: dict[str, Any]
    settings: S


@dataclass(frozen=True)
class Study(Generic[S]):
    """A question with its scenario, read and validated.

    Attributes
    ----------
    scenario
        The scenario, with the changes.
    settings
        The settings of the study.
    path
        The scenario's file; None for one that was made in Python.
    changes
        Values used instead of the scenario's own, by dotted path.
    """

    scenario: Scenario
    settings: S
    path: Path | None
    changes: dict[str, Any]

    @property
    def folder(self) -> Path:
        """Where the files that the scenario names are."""
        return Path() if self.path is None else self.path.parent


def given(**options: Any) -> dict[str, Any]:
    """Return the options that were given: those that are not None."""
    return {key: value for key, value in options.items() if value is not None}


def read_study(
    base: Scenario | Path | str,
    study: str,
    model: type[S],
    options: Mapping[str, Any],
    changes: Mapping[str, Any],
) -> Study[S]:
    """Return a study of a scenario, of a scenario file, or as a study file describes it.

    Parameters
    ----------
    base
        A scenario, the path of its file, or that of a study file.
    study, model, options, changes
        As for `read_question`.

    Raises
    ------
    InputError
        If the scenario, the file, a change or a setting cannot be used.
    """
    if not isinstance(base, Scenario):
        asked = read_question(path_of(base, "scenario"), study, model, options, changes)
        loaded = load(asked.scenario, asked.changes)
        return Study(loaded, asked.settings, asked.scenario, asked.changes)
    settings = settings_of(model, study, options)
    return Study(base.replace(changes) if changes else base, settings, None, dict(changes))


def read_question(
    path: Path, study: str, model: type[S], options: Mapping[str, Any], changes: Mapping[str, Any]
) -> Question[S]:
    """Return the study that a scenario file and options, or a study file, describe.

    Parameters
    ----------
    path
        A scenario file; or a study file, which has a key `scenario`, a path from where it is.
    study
        Name of the study's table, such as ``sweep``.
    model
        The model of its settings.
    options
        Settings given otherwise, as on the command line; they count more than the file's.
    changes
        Changes of the scenario, likewise.

    Raises
    ------
    InputError
        If the file or a setting cannot be used.
    """
    document = read_toml(path)
    if "scenario" not in document:
        if any(key in document for key in STUDIES):
            hint = 'name the file of the scenario, as in scenario = "portal.toml"'
            raise ScenarioError("is missing", key="scenario", file=str(path), hint=hint)
        return Question(path, dict(changes), settings_of(model, study, options))
    known = ("scenario", "set", study)
    for key in document:
        if key in STUDIES and key != study:
            reason = f"is for supportsim {key}, not for supportsim {study}"
            raise ScenarioError(reason, key=key, file=str(path))
        if key not in known:
            hint = choices(key, known, "the keys here are")
            raise ScenarioError("there is no such key", key=key, file=str(path), hint=hint)
    named, own, given = document["scenario"], document.get("set", {}), document.get(study, {})
    if not isinstance(named, str):
        raise ScenarioError("has to be the path of a scenario", key="scenario", file=str(path))
    for key, table in (("set", own), (study, given)):
        if not isinstance(table, dict):
            raise ScenarioError("has to be a table {...}", key=key, file=str(path))
    try:
        check_paths(own)
    except ValueError as error:
        raise ScenarioError(str(error), key="set", file=str(path)) from error
    settings = settings_of(model, study, {**given, **options}, str(path), options)
    return Question(path.parent / named, {**own, **changes}, settings)


def check_paths(changes: Mapping[str, Any]) -> None:
    """Make sure that changes are by dotted path, not tables in tables as TOML reads bare keys.

    Raises
    ------
    ValueError
        If they are tables.
    """
    for key, value in changes.items():
        if isinstance(value, Mapping) and "." not in key:
            raise ValueError(
                f'{key} is a table; put the whole path in quotes, as in "teams.desk.agents" = 3'
            )


def settings_of(
    model: type[S],
    study: str,
    given: Mapping[str, Any],
    file: str = "",
    options: Collection[str] = (),
) -> S:
    """Return the settings of a study, validated.

    Parameters
    ----------
    model, study
        The model of the settings, and the study's name.
    given
        The settings.
    file
        The study file that they come from, if any.
    options
        Keys of the settings that do not come from that file.

    Raises
    ------
    InputError
        If a setting is unknown or cannot be used.
    """
    try:
        return model.model_validate(dict(given))
    except ValidationError as error:
        said = explain(error, given, model)
        file = "" if said["key"].partition(".")[0] in options else file
        parts = (study if file else "", said["key"])
        key = ".".join(filter(None, parts)) or study
        raise ScenarioError(said["reason"], key=key, file=file, hint=said["hint"]) from error
