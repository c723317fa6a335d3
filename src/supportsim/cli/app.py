"""The application: what every command shares, whatever goes wrong in it."""

from __future__ import annotations

import os
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from supportsim.errors import InputError
from supportsim.versions import version

DONE, NOT_MATCHED, WRONG_INPUT, INTERRUPTED = 0, 1, 2, 130


class _Commands(TyperGroup):
    """The commands, with one clear message and the right exit status for whatever goes wrong."""

    def invoke(self, ctx: Any) -> Any:
        try:
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()
        except InputError as error:
            typer.echo(f"error: {error}", err=True)
            raise typer.Exit(WRONG_INPUT) from None
        except KeyboardInterrupt:
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


def _drop_output() -> None:
    """Let what is still to be printed go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


app = typer.Typer(
    name="supportsim",
    cls=_Commands,
    help="Simulate a customer-support queue and judge it against published benchmarks.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    epilog="Exit status: 0 done; 1 with --check, a benchmark was not matched, and with plan, no "
    "staffing meets the targets; 2 the input is wrong; 130 interrupted.",
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"supportsim {version()}")
        raise typer.Exit


@app.callback()
def _root(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line and exit with its status."""
    # Worker processes that an interruption has ended leave semaphores behind. Their tracker removes
    # them, and would otherwise warn on stderr.
    quiet = "ignore::UserWarning:joblib.externals.loky.backend.resource_tracker"
    os.environ["PYTHONWARNINGS"] = ",".join(filter(None, [os.getenv("PYTHONWARNINGS"), quiet]))
    app()
