"""What an installation consists of, and whether it works."""

from __future__ import annotations

import locale
import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module, metadata
from typing import Literal

from supportsim.versions import engine, version

State = Literal["fine", "missing", "broken", "note"]

PACKAGE = "supportsim"
_FOR_DEVELOPERS = ("dev", "docs")
_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9._-]+)\s*(?:\[[^]]*\])?\s*\(?([^;)]*)\)?\s*(?:;(.*))?")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes
    ----------
    part
        What it belongs to, such as ``"packages"``.
    name, said
        What it is, and what is so.
    state
        `fine`, `missing` if it is an extra that is not installed, `broken` if something needs it
        and it does not work, and `note` for what only may matter.
    remedy
        What to do about it.
    """

    part: str
    name: str
    said: str
    state: State = "fine"
    remedy: str = ""

    @property
    def broken(self) -> bool:
        """Whether something does not work."""
        return self.state == "broken"


@dataclass(frozen=True)
class Requirement:
    """A package that is needed.

    Attributes
    ----------
    package
        Its name.
    minimum
        The oldest version that will do; empty for any.
    extra
        The extra that needs it; empty for supportsim itself.
    """

    package: str
    minimum: str
    extra: str

    @property
    def wanted(self) -> str:
        """The package as pip wants it, which works from a clone, too."""
        return f"{self.package}>={self.minimum}" if self.minimum else self.package


def examine(*, trial: bool = True) -> list[Finding]:
    """Look at an installation: versions, packages, extras, machine and terminal.

    Parameters
    ----------
    trial
        Whether to simulate a small desk, too.
    """
    return [
        *_versions(),
        *_packages(),
        *_machine(),
        *_terminal(),
        *([_trial()] if trial else []),
    ]


def requirements() -> list[Requirement]:
    """Return the packages that supportsim and its extras need, as its metadata says."""
    found = []
    for text in metadata.requires(PACKAGE) or ():
        form = _REQUIREMENT.fullmatch(text)
        if form is None:
            continue
        minimum = re.search(r">=\s*([0-9.]+)", form[2])
        extra = re.search(r"extra\s*==\s*['\"]([^'\"]+)['\"]", form[3] or "")
        needed = Requirement(form[1], minimum[1] if minimum else "", extra[1] if extra else "")
        if needed.extra not in _FOR_DEVELOPERS:
            found.append(needed)
    return found


def at_least(installed: str, minimum: str) -> bool:
    """Return whether a version is not older than another one, by their numbers."""

    def numbers(text: str) -> list[int]:
        release = re.match(r"[0-9]+(?:\.[0-9]+)*", text)
        return [int(part) for part in release[0].split(".")] if release else []

    one, other = numbers(installed), numbers(minimum)
    length = max(len(one), len(other))
    return one + [0] * (length - len(one)) >= other + [0] * (length - len(other))


def _versions() -> Iterator[Finding]:
    yield Finding("versions", "supportsim", version())
    yield Finding("versions", "engine", engine())
    needed = metadata.metadata(PACKAGE)["Requires-Python"].removeprefix(">=")
    python = platform.python_version()
    if at_least(python, needed):
        yield Finding("versions", "Python", f"{python} ({sys.executable})")
    else:
        yield Finding("versions", "Python", python, "broken", f"install Python {needed} or later")


def _packages() -> Iterator[Finding]:
    needed = requirements()
    for one in needed:
        if not one.extra:
            yield _package(one, "packages", "broken", f"run pip install --upgrade '{one.wanted}'")
    for one in needed:
        if one.extra:
            command = f"run pip install '{PACKAGE}[{one.extra}]'"
            yield _package(one, f"extra {one.extra}", "missing", command)


def _package(needed: Requirement, part: str, if_not: State, remedy: str) -> Finding:
    """Return what is so of a package: its version is told, and it can be imported."""
    name = needed.package
    try:
        installed = metadata.version(name)
    except metadata.PackageNotFoundError:
        return Finding(part, name, "not installed", if_not, remedy)
    if not at_least(installed, needed.minimum):
        said = f"{installed}, older than {needed.minimum}"
        return Finding(part, name, said, "broken", remedy)
    try:
        import_module(name.replace("-", "_").lower())
    except Exception as error:  # whatever it is that a broken package raises
        said = f"{installed}, cannot be imported: {type(error).__name__}: {error}"
        return Finding(part, name, said, "broken", f"run pip install --force-reinstall {name}")
    return Finding(part, name, installed)


def _machine() -> Iterator[Finding]:
    system = f"{platform.system()} {platform.release()}, {platform.machine()}"
    yield Finding("machine", "system", system)
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    yield Finding("machine", "cores", f"{usable or 1} of {os.cpu_count() or 1} usable")
    folder = tempfile.gettempdir()
    try:
        with tempfile.TemporaryFile():
            free = shutil.disk_usage(folder).free / 1e9
        yield Finding("machine", "temporary files", f"{folder}, {free:.1f} GB free")
    except OSError as error:
        said = f"{folder}: {error.strerror or error}"
        yield Finding("machine", "temporary files", said, "broken", "set TMPDIR to another folder")


def _terminal() -> Iterator[Finding]:
    if sys.stdout.isatty():
        size = shutil.get_terminal_size()
        yield Finding("terminal", "output", f"a terminal of {size.columns} columns")
    else:
        yield Finding("terminal", "output", "a pipe or file: 80 columns, no colour")
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        if name in os.environ:
            yield Finding("terminal", name, repr(os.environ[name]))
    encoding = sys.stdout.encoding or "unknown"
    if encoding.lower().replace("-", "").startswith("utf"):
        yield Finding("terminal", "encoding", encoding)
    else:
        said = f"{encoding}: signs beyond it are written in another way"
        yield Finding("terminal", "encoding", said, "note", "set PYTHONUTF8=1")
    yield Finding("terminal", "locale", ".".join(one or "C" for one in locale.getlocale()))


def _trial() -> Finding:
    """Simulate a desk of which theory knows the mean number of customers, and compare."""
    from supportsim.scenario.loading import validate
    from supportsim.studies.run import run

    always = [{"days": "Mon-Sun", "from": "00:00", "to": "24:00"}]
    desk = {
        "name": "trial",
        "run": {"warm_up": "1d", "window": "2w", "follow_up": "1d", "replications": 4},
        "channels": {
            "a": {"arrivals": {"per_day": 144}, "work": {"dist": "exponential", "mean": "5min"}}
        },
        "teams": {"t": {"agents": 1, "serves": ["a"], "shifts": always}},
    }
    try:
        found = run(validate(desk), workers=1).estimates["a.backlog_open"]
    except Exception as error:  # whatever does not work
        said = f"failed: {type(error).__name__}: {error}"
        return Finding("trial", "simulation", said, "broken", "see supportsim verify")
    # M/M/1 at half load: 1 customer on average.
    said = f"M/M/1 at half load: {found.mean:.2f} customers on average, 1 in theory"
    if abs(found.mean - 1) < 0.15:
        return Finding("trial", "simulation", said)
    return Finding("trial", "simulation", said, "broken", "see supportsim verify")
