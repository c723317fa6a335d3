"""The application: what every command shares, whatever goes wrong in it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from typer.core import TyperCommand, TyperGroup

from supportsim.cli.voice import fall_silent
from supportsim.errors import InputError, one_line
from supportsim.versions import version

F = TypeVar("F", bound=Callable[..., Any])

DONE, NOT_MATCHED, WRONG_INPUT, INTERRUPTED = 0, 1, 2, 130

# What a wrong option or argument raises. Its own name has no place in Typer that would last.
_UsageError: Any = typer.BadParameter.__base__

FIRST_STEPS = """\
Simulate a customer-support queue and judge it against published benchmarks.

Begin with:
  supportsim init                   write a scenario of your own, step by step
  supportsim run scenario.toml      simulate it, with a verdict on every figure

Then ask what if, and what would be enough:
  supportsim compare scenario.toml --set teams.support.agents=4
  supportsim plan scenario.toml --target "email.answered_within_1h>=0.8"

All commands: supportsim --help. One of them: supportsim run --help."""


_SECTIONS = {
    "Begin": ("init", "validate", "run"),
    "Ask": ("compare", "sweep", "plan", "calibrate"),
    "Look and pass on": ("report", "watch", "trace", "export"),
    "Know": ("measures", "benchmarks", "schema"),
    "Make sure": ("verify", "doctor"),
}
"""The commands in the order in which help lists them."""

_STUDIES = (
    *("vary", "design", "points", "log", "cluster", "free", "to", "starts", "polished"),
    *("confidence", "every", "precision", "max_replications", "months"),
    *("name", "seed", "replications", "workers"),
)
_OPTIONS = {
    "targets": "--target",
    "teams": "--team",
    "measures": "--measure",
    **{name: f"--{name.replace('_', '-')}" for name in _STUDIES},
}
"""The options by the arguments of studies, which messages begin with."""


class _Commands(TyperGroup):
    """The commands, with one clear message and the right exit status for whatever goes wrong."""

    def make_context(self, *arguments: Any, **settings: Any) -> Any:
        with _explained():
            return super().make_context(*arguments, **settings)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the commands in sections; those that are in none come last."""
        named = {name for names in _SECTIONS.values() for name in names}
        rest = [name for name in self.list_commands(ctx) if name not in named]
        width = max(len(name) for name in self.commands)
        for title, names in {**_SECTIONS, "More": rest}.items():
            found = [
                (name.ljust(width), self.commands[name]) for name in names if name in self.commands
            ]
            if found:
                with formatter.section(title):
                    limit = formatter.width - 6 - width
                    formatter.write_dl(
                        [(name, one.get_short_help_str(limit)) for name, one in found]
                    )

    def invoke(self, ctx: Any) -> Any:
        with _explained(ctx):
            try:
                return super().invoke(ctx)
            finally:
                fall_silent()
                sys.stdout.flush()


class _Command(TyperCommand):
    """A command whose help names arguments and choices bare, as they are typed.

    Typer puts braces around what is required, and the types of Python after arguments.
    """

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        return [piece.strip("{}") for piece in super().collect_usage_pieces(ctx)]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        write = formatter.write_dl
        formatter.write_dl = lambda rows, *more, **settings: write(
            [(_bare(name), said) for name, said in rows], *more, **settings
        )
        super().format_options(ctx, formatter)


def _bare(name: str) -> str:
    """Return the name of an argument without its type, and of an option with its choices."""
    return re.sub(r"<(.+)>$", r"\1" if name.startswith("-") else "", name).rstrip()


class App(typer.Typer):
    """Commands with the help of `_Command`."""

    def command(self, *arguments: Any, **settings: Any) -> Callable[[F], F]:
        """Register a command, as Typer does."""
        return super().command(*arguments, **{"cls": _Command, **settings})


@contextmanager
def _explained(context: Any = None) -> Iterator[None]:
    """Say in one line what goes wrong, and exit with the status that belongs to it."""
    try:
        yield
    except InputError as error:
        typer.echo(f"error: {one_line(_as_typed(str(error)))}", err=True)
        raise typer.Exit(WRONG_INPUT) from None
    except _UsageError as error:
        typer.echo(f"error: {one_line(_usage(error, context))}", err=True)
        raise typer.Exit(WRONG_INPUT) from None
    except (KeyboardInterrupt, typer.Abort):
        typer.echo("interrupted", err=True)
        raise typer.Exit(INTERRUPTED) from None
    except BrokenPipeError:
        # The reader of our output, such as `head`, has seen enough.
        _drop_output()
        raise typer.Exit(DONE) from None
    except OSError as error:
        typer.echo(f"error: cannot write: {error.strerror or error}", err=True)
        _drop_output()
        raise typer.Exit(WRONG_INPUT) from None


def _as_typed(said: str) -> str:
    """Return a message about an argument of a study with the name that its option has."""
    name, mark, rest = said.partition(": ")
    if not mark or name not in _OPTIONS:
        return said
    option = _OPTIONS[name]
    if rest == "is missing" and name == "targets":
        rest = f"is missing; for example {option} 'portal.answered_within_24h>=0.8'"
    return f"{option}: {rest}"


def _usage(error: Any, context: Any) -> str:
    """Return what is wrong with the options and arguments, and where to read about them."""
    said = " ".join(error.format_message().split()).replace("Value error, ", "").rstrip(".")
    # What Typer has checked with Pydantic knows the value, but does not always say it.
    for wrong in getattr(error.__cause__, "errors", list)()[:1]:
        value = repr(wrong["input"])
        said += f", not {value}" * (value not in said)
    if error.ctx:
        command = error.ctx.command_path
    else:
        below = context.invoked_subcommand if context else ""
        command = " ".join(filter(None, ["supportsim", below]))
    return f"{said}; see {command} --help"


def _drop_output() -> None:
    """Let what is still to be printed go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def examples(*commands: str) -> str:
    r"""Return the end of a command's help: examples, as they would be typed.

    A line that would be longer than a terminal of 80 columns is broken with ``\`` by its author.
    """
    # The first character keeps Click from wrapping the lines.
    return "\n".join(["\b", "Examples:", *(f"  {command}" for command in commands)])


# Help is plain text: it is shown as it is written, at once, and in any terminal.
app = App(
    name="supportsim",
    cls=_Commands,
    help="Simulate a customer-support queue and judge it against published benchmarks.",
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    epilog=examples(
        "supportsim init scenario.toml",
        "supportsim run scenario.toml",
        "supportsim run scenario.toml --set teams.support.agents=4 --json",
    )
    + "\n\nExit status: 0 done; 1 with --check, a benchmark was not matched, with plan, no "
    "staffing meets the targets, with verify, something disagrees, and with doctor, something is "
    "broken; 2 the input is wrong; 130 interrupted.",
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"supportsim {version()}")
        raise typer.Exit


@app.callback()
def _root(
    context: typer.Context,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        typer.echo(FIRST_STEPS)


def _open_what_is_closed() -> None:
    """Let a closed standard stream, which Python has as None, hold or take nothing.

    Workers inherit it, so that no file of theirs takes its number.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            stream = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115
            os.set_inheritable(stream.fileno(), True)
            setattr(sys, name, stream)


def main() -> None:
    """Run the command line and exit with its status."""
    _open_what_is_closed()
    # Worker processes that an interruption has ended leave semaphores behind. Their tracker removes
    # them, and would otherwise warn on stderr.
    quiet = "ignore::UserWarning:joblib.externals.loky.backend.resource_tracker"
    os.environ["PYTHONWARNINGS"] = ",".join(filter(None, [os.getenv("PYTHONWARNINGS"), quiet]))
    app(prog_name="supportsim")
