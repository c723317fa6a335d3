"""The command line: parse, call one study, print one report."""

from __future__ import annotations

import os
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from supportsim import __version__
from supportsim.errors import InputError, choices

if TYPE_CHECKING:
    from rich.console import Console

    from supportsim.scenario import Scenario, Team

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
    epilog="Exit status: 0 done; 1 with --check, a benchmark was not matched; 2 the input is "
    "wrong; 130 interrupted.",
)
benchmarks = typer.Typer(
    help="Look at the published figures, and at how they fit together.", no_args_is_help=True
)
app.add_typer(benchmarks, name="benchmarks")

ScenarioPath = Annotated[Path, typer.Argument(metavar="SCENARIO", help="A scenario file (TOML).")]
Changes = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Change a value of the scenario, as in channels.portal.arrivals.per_day=8. "
        "May be repeated.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of tables.")]
FigureFiles = Annotated[
    list[Path] | None,
    typer.Option("--file", metavar="FILE", help="Your own benchmark file. May be repeated."),
]


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"supportsim {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    pass


@app.command()
def run(
    scenario: ScenarioPath,
    changes: Changes = None,
    seed: Annotated[int | None, typer.Option(help="Use another seed.")] = None,
    replications: Annotated[
        str | None,
        typer.Option(metavar="N|auto", help="Use another number of replications."),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(help="Processes to use; by default as many as the work is worth."),
    ] = None,
    as_json: AsJson = False,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write verdicts, tables and plots there.")
    ] = None,
    every_measure: Annotated[
        bool, typer.Option("--measures", help="Print every measure, not only the most useful.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Exit with 1 unless every simulated figure matches.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
) -> None:
    """Simulate a scenario and give a verdict on every published figure.

    For example: supportsim run scenarios/portal.toml --set channels.portal.arrivals.per_day=8
    """
    from supportsim.report import check_writable, print_run, run_document, to_json, write_run
    from supportsim.report.progress import progress_bar
    from supportsim.studies import figures_of
    from supportsim.studies import run as simulate

    asked = _changes(changes)
    if seed is not None:
        asked["run.seed"] = seed
    if replications is not None:
        asked["run.replications"] = _value(replications)
    loaded = _load(scenario, asked)
    figures = figures_of(loaded, scenario.parent)
    if out is not None:
        check_writable(out)
    shown = sys.stderr.isatty() and not quiet
    with progress_bar(loaded.name, shown=shown) as progress:
        result = simulate(loaded, figures=figures, workers=workers, progress=progress)
    if out is not None:
        write_run(result, out)
    if as_json:
        sys.stdout.write(to_json(run_document(result)))
        for note in (result.stopped, *(f"warning: {warning}" for warning in result.warnings)):
            if note:
                typer.echo(note, err=True)
    else:
        print_run(result, _console(), every_measure=every_measure)
    if out is not None:
        typer.echo(f"Results are in {out}", err=as_json)
    if check and not result.all_match:
        raise typer.Exit(NOT_MATCHED)


@app.command()
def validate(scenario: ScenarioPath, changes: Changes = None) -> None:
    """Check a scenario file without simulating it."""
    from supportsim.studies import figures_of
    from supportsim.studies.load import offered_loads

    loaded = _load(scenario, _changes(changes))
    figures = figures_of(loaded, scenario.parent)
    typer.echo(
        f"{scenario} is valid: channels {', '.join(loaded.channels)}; "
        f"teams {', '.join(map(_team, loaded.teams.items()))}; {len(figures)} published figures"
    )
    for load in offered_loads(loaded):
        never = ", more than can be served unless some give up" if load.utilisation >= 1 else ""
        typer.echo(
            f"offered load of {', '.join(load.teams)} by {', '.join(load.channels)}: "
            f"{load.utilisation:.0%}{never}"
        )


@app.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors that complete from it."""
    from supportsim.report import to_json
    from supportsim.scenario import json_schema

    sys.stdout.write(to_json(json_schema()))


@app.command()
def measures(as_json: AsJson = False) -> None:
    """List what is measured: unit, population, clock, estimator and formula of each measure."""
    from supportsim.report import measures_document, print_measures, to_json

    if as_json:
        sys.stdout.write(to_json(measures_document()))
    else:
        print_measures(_console())


@benchmarks.command("list")
def list_figures(
    channel: Annotated[
        str | None, typer.Option(help="Only the figures of this channel; all for those of all.")
    ] = None,
    files: FigureFiles = None,
    as_json: AsJson = False,
) -> None:
    """List the published figures, with tolerance and source."""
    from supportsim.benchmarks import load_registry
    from supportsim.report import figures_document, print_figures, to_json

    registry = load_registry(files or ())
    figures = tuple(registry.values()) if channel is None else registry.channel(channel)
    if not figures:
        known = sorted({figure.channel for figure in registry.values()})
        hint = choices(str(channel), known)
        raise InputError(f"no figure is about the channel {channel!r}; {hint}")
    if as_json:
        sys.stdout.write(to_json(figures_document(figures)))
    else:
        print_figures(figures, _console())


@benchmarks.command("audit")
def audit_figures(
    files: FigureFiles = None,
    only: Annotated[
        bool, typer.Option("--only-mine", help="Leave the built-in figures out.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Find published figures that cannot all be true, and the reading under which they agree."""
    from supportsim.benchmarks import audit, load_registry
    from supportsim.report import findings_document, print_findings, to_json

    findings = audit(load_registry(files or (), builtin=not only).values())
    if as_json:
        sys.stdout.write(to_json(findings_document(findings)))
    else:
        print_findings(findings, _console())


def _team(named: tuple[str, Team]) -> str:
    """Return a team's name and how many agents it has at the start."""
    name, team = named
    if team.agents == "unlimited":
        return f"{name} (unlimited)"
    return f"{name} ({team.size} agent{'s' * (team.size != 1)})"


def _load(path: Path, changes: dict[str, Any]) -> Scenario:
    from supportsim.scenario import load

    return load(path, changes)


def _changes(texts: list[str] | None) -> dict[str, Any]:
    """Return the changes that `--set KEY=VALUE` options ask for."""
    changes = {}
    for text in texts or ():
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise InputError(f"--set: write KEY=VALUE, not {text!r}")
        changes[key.strip()] = _value(value.strip())
    return changes


def _value(text: str) -> Any:
    """Return a value as TOML would read it; what TOML cannot read is a text without quotes."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError):
        return text


def _console() -> Console:
    from rich.console import Console

    class Terminal(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    width = None if sys.stdout.isatty() else 80
    return Terminal(width=width, highlight=False, markup=False, emoji=False)


def main() -> None:
    """Run the command line and exit with its status."""
    app()
