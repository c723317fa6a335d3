"""With what results were made."""

from __future__ import annotations

import platform
from importlib import import_module


def version() -> str:
    """Return the version of supportsim."""
    # Not an import statement: the package exports rooms above this one, out of reach of imports.
    return str(import_module("supportsim").__version__)


def engine() -> str:
    """Return the name and the version of the simulation engine."""
    return f"simpy {version_of('simpy')}"


def made_with() -> dict[str, str]:
    """Return the versions on which the numbers of a result depend."""
    return {
        "version": version(),
        "engine": engine(),
        "python": platform.python_version(),
        **{name: version_of(name) for name in ("numpy", "scipy", "simpy")},
    }


def version_of(package: str) -> str:
    """Return the version of an installed package."""
    from importlib import metadata  # which takes a fifth of the time of `supportsim --help`

    return metadata.version(package)
