"""The page on the command line."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main

from making.notes import NOTE, cell
from supportsim.cli import app

_TAKES = {int: "N", float: "NUMBER", str: "TEXT", Path: "PATH"}


def commands_page() -> str:
    """Return the reference of the commands, with every argument and option."""
    root = typer.main.get_command(app)
    lines = ["# Command line", "", NOTE.strip(), *_described(root), "", "## supportsim", ""]
    lines += _options(root)
    lines += ["", *_epilog(root)]
    for name, command in walk(root, "supportsim"):
        lines += ["", f"## {name}", *_described(command), "", *_usage(name, command)]
        lines += _options(command)
        lines += _epilog(command)
    return "\n".join(_single_blanks(lines)) + "\n"


def walk(group: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Yield each command below a group with its whole name, by the alphabet."""
    for part, command in sorted(group.commands.items()):
        if not command.hidden:
            if hasattr(command, "commands"):
                yield from walk(command, f"{name} {part}")
            else:
                yield f"{name} {part}", command


def _described(command: Any) -> Iterator[str]:
    """Yield what a command is for, and its examples."""
    yield from _paragraphs(command.help)


def _epilog(command: Any) -> Iterator[str]:
    yield from _paragraphs(command.epilog)


def _paragraphs(text: str | None) -> Iterator[str]:
    """Yield the paragraphs of a help text; those behind a backspace keep their lines."""
    for paragraph in (text or "").split("\n\n"):
        whole = paragraph.replace("\\\n", " ")  # a command that goes on in the next line
        lines = [" ".join(line.split()) for line in whole.replace("\b", "").splitlines()]
        told = [line for line in lines if line]
        yield ""
        yield from (map(_example, told) if "\b" in paragraph else [" ".join(told)])


def _example(line: str) -> str:
    """Return a line of help, a command as an item of code, and what is above commands set off."""
    if line.startswith("supportsim "):
        return f"- `{line}`"
    return f"{line}\n" if line.endswith(":") else line


def _usage(name: str, command: Any) -> Iterator[str]:
    arguments = " ".join(_argument(one) for one in command.params if not _is_option(one))
    yield f"`{' '.join(filter(None, (name, '[OPTIONS]', arguments)))}`"
    yield ""


def _argument(argument: Any) -> str:
    metavar = str(argument.metavar or argument.name.upper())
    dots = "..." if argument.nargs == -1 and not metavar.endswith("...") else ""
    return f"{metavar}{dots}" if argument.required else f"[{metavar}]{dots}"


def _options(command: Any) -> Iterator[str]:
    shown = [one for one in command.params if not getattr(one, "hidden", False)]
    if shown:
        yield from ("| option | meaning |", "| --- | --- |")
    for one in sorted(shown, key=_is_option):
        yield f"| {_name(one)} | {cell(one.help or '')}{_default(one)} |"


def _is_option(one: Any) -> bool:
    return str(one.opts[0]).startswith("-")


def _name(one: Any) -> str:
    if not _is_option(one):
        return f"`{one.metavar or one.name.upper()}`"
    names = ", ".join(f"`{name}`" for name in [*one.opts, *one.secondary_opts])
    if one.is_flag:
        return names
    kind = getattr(getattr(one, "type_descriptor", None), "annotation", str)
    return f"{names} `{cell(one.metavar or _TAKES.get(kind, 'VALUE'))}`"


def _default(one: Any) -> str:
    """Return what holds where an option is not given, unless it is nothing."""
    told = one.default not in (None, False, (), []) and not callable(one.default)
    return f" Unless given: `{one.default}`." if _is_option(one) and told else ""


def _single_blanks(lines: list[str]) -> Iterator[str]:
    before = ""
    for number, line in enumerate(lines):
        if line or (before and number < len(lines) - 1):
            yield line
        before = line
