"""The page on what can be called from Python, made from signatures and docstrings."""

import inspect
import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import supportsim as ss
from making import frames
from making.notes import NOTE, entries, sections
from supportsim import errors
from supportsim.benchmarks import Finding, Registry

_RETURNED = (Finding, Registry)  # by functions; nobody makes them, so that they are not exported


def python_page() -> str:
    """Return the reference of the public functions, classes and errors."""
    lines = ["# Python", "", NOTE, "Everything is in one namespace: `import supportsim as ss`.", ""]
    functions = [name for name in ss.__all__ if inspect.isfunction(getattr(ss, name))]
    classes = [name for name in ss.__all__ if inspect.isclass(getattr(ss, name))]
    lines += ["## Functions"]
    for name in functions:
        lines += ["", f"### {name}", "", *_callable(f"ss.{name}", getattr(ss, name))]
    lines += ["", "## Classes"]
    for name in classes:
        lines += ["", f"### {name}", "", *_documented(getattr(ss, name), ("Parameters",))]
        lines += _members(name, getattr(ss, name))
    for one in _RETURNED:
        name = one.__name__
        lines += ["", f"### {name}", "", *_documented(one), *_members(name, one)]
    keys = "[keys of a benchmark file](figures.md#benchmark-files)"
    lines += ["", f"A `Figure` has the {keys} as attributes."]
    lines += ["", "## Errors", "", "In `ss.errors`; all of them are a `SupportSimError`."]
    for name, error in vars(errors).items():
        if inspect.isclass(error) and issubclass(error, errors.SupportSimError):
            above = ", ".join(f"`{base.__name__}`" for base in error.__bases__)
            lines += ["", f"### {name}", "", f"A kind of {above}.", "", *_documented(error)]
    return "\n".join(lines) + "\n"


def members(owner: type) -> Iterator[tuple[str, Any]]:
    """Yield the public members of a class that the class or its bases in this package define."""
    found: dict[str, Any] = {}
    for one in owner.__mro__:
        if one.__module__.partition(".")[0] != "supportsim":
            continue
        for name, value in vars(one).items():
            is_told = isinstance(value, property | cached_property | classmethod | staticmethod)
            is_public = not name.startswith("_") and (is_told or inspect.isfunction(value))
            if is_public and _plain(value).__doc__:
                found.setdefault(name, value)
    yield from found.items()


def _plain(value: Any) -> Any:
    """Return the function behind a member of a class."""
    if isinstance(value, property):
        return value.fget
    if isinstance(value, cached_property):
        return value.func
    return value.__func__ if isinstance(value, classmethod | staticmethod) else value


def _members(name: str, owner: type) -> Iterator[str]:
    for member, value in members(owner):
        yield from ("", f"#### {name}.{member}", "")
        if isinstance(value, property | cached_property):
            yield from (f"`{_returned(_plain(value))}`", "", *_documented(_plain(value)))
        else:
            yield from _callable(member, _plain(value))
        yield from frames.told(f"{name}.{member}")


def _callable(name: str, function: Any) -> Iterator[str]:
    signature = inspect.signature(function)
    parameters = [one for one in signature.parameters.values() if one.name != "self"]
    plain = [one for one in parameters if one.kind is one.POSITIONAL_OR_KEYWORD]
    named = [one for one in parameters if one.kind is one.KEYWORD_ONLY]
    rest = [f"**{one.name}" for one in parameters if one.kind is one.VAR_KEYWORD]
    assert len(plain) + len(named) + len(rest) == len(parameters), function
    shown = [*map(_parameter, plain), *(["*"] if named else []), *map(_parameter, named), *rest]
    returned = _returned(function)
    arrow = "" if returned == "None" else f" -> {returned}"
    yield f"`{name}({', '.join(shown)}){arrow}`"
    yield ""
    yield from _documented(function)


def _parameter(one: inspect.Parameter) -> str:
    return one.name if one.default is one.empty else f"{one.name}={one.default!r}"


def _returned(function: Any) -> str:
    """Return what a function returns, without the modules of its names."""
    text = inspect.formatannotation(inspect.signature(function).return_annotation)
    return re.sub(r"\b(?:[a-zA-Z_]\w*\.)+(?=\w)", "", text.strip("'"))


def _documented(thing: Any, without: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield a docstring as Markdown: paragraphs, and a list for each section of names."""
    first, parts = sections(thing)
    yield from frames.as_told(first).splitlines()
    for head, body in parts.items():
        if head in without:
            continue
        yield from ("", f"**{head}**", "")
        if head in ("Parameters", "Attributes", "Returns", "Raises"):
            for names, meaning in entries(body):
                called = ", ".join(f"`{name.strip()}`" for name in names.split(","))
                yield f"- {called}: {frames.as_told(meaning)}"
        else:
            yield from frames.as_told(body).strip().splitlines()
