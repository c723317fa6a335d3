"""The page on what can be called from Python, made from signatures and docstrings."""

import inspect
import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import supportsim as ss
from making.notes import NOTE
from supportsim import errors

_SECTIONS = ("Parameters", "Attributes", "Returns", "Raises", "Notes", "References", "Examples")


def python_page() -> str:
    """Return the reference of the public functions, classes and errors."""
    lines = ["# Python", "", NOTE, "Everything is in one namespace: `import supportsim as ss`.", ""]
    functions = [name for name in ss.__all__ if inspect.isfunction(getattr(ss, name))]
    classes = [name for name in ss.__all__ if inspect.isclass(getattr(ss, name))]
    lines += ["## Functions"]
    for name in functions:
        lines += ["", f"### {name}", *_callable(f"ss.{name}", getattr(ss, name))]
    lines += ["", "## Classes"]
    for name in classes:
        lines += ["", f"### {name}", "", *_documented(getattr(ss, name), ("Parameters",))]
        for member, value in members(getattr(ss, name)):
            lines += ["", f"#### {name}.{member}", *_member(f"{member}", value)]
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


def _member(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, property | cached_property):
        yield from ("", *_documented(_plain(value)))
    else:
        yield from _callable(name, _plain(value))


def _callable(name: str, function: Any) -> Iterator[str]:
    signature = inspect.signature(function)
    wanted = [_parameter(one) for one in signature.parameters.values() if one.name != "self"]
    star = (
        ["*"] if any(one.kind is one.KEYWORD_ONLY for one in signature.parameters.values()) else []
    )
    first = [text for kind, text in wanted if not kind]
    named = [text for kind, text in wanted if kind]
    yield from ("", f"`{name}({', '.join([*first, *star, *named])})`", "")
    yield from _documented(function)


def _parameter(one: inspect.Parameter) -> tuple[bool, str]:
    """Return whether a parameter has to be named, and how it stands in the signature."""
    marks = {one.VAR_POSITIONAL: "*", one.VAR_KEYWORD: "**"}
    default = "" if one.default is one.empty else f"={one.default!r}"
    return one.kind is one.KEYWORD_ONLY, f"{marks.get(one.kind, '')}{one.name}{default}"


def _documented(thing: Any, without: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield a docstring as Markdown: paragraphs, and a list for each section of names."""
    text = inspect.getdoc(thing) or ""
    heads = "|".join(_SECTIONS)
    parts = re.split(rf"^({heads})\n-+\n", text, flags=re.MULTILINE)
    yield from _markdown(parts[0]).strip().splitlines()
    for head, body in zip(parts[1::2], parts[2::2], strict=True):
        if head in without:
            continue
        yield from ("", f"**{head}**", "")
        if head in ("Parameters", "Attributes", "Raises"):
            for names, meaning in _entries(body):
                called = ", ".join(f"`{name.strip()}`" for name in names.split(","))
                yield f"- {called}: {_markdown(meaning)}"
        else:
            yield from _markdown(body).strip().splitlines()


def _entries(body: str) -> Iterator[tuple[str, str]]:
    """Yield the entries of a section, each a name with what is indented below it."""
    for entry in re.split(r"^(?=\S)", body, flags=re.MULTILINE)[1:]:
        names, _, meaning = entry.partition("\n")
        yield names.partition(" : ")[0], " ".join(meaning.split())


def _markdown(text: str) -> str:
    return text.replace("``", "`")
