"""Commands that simulate nothing: scenario files, measures and published figures."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from supportsim.cli import completing
from supportsim.cli.app import App, app, examples
from supportsim.cli.hints import sets
from supportsim.cli.options import (
    AsJson,
    Changes,
    Quiet,
    ScenarioPath,
    Verbose,
    console,
    read_changes,
)
from supportsim.cli.voice import Voice
from supportsim.errors import InputError, choices

if TYPE_CHECKING:
    from supportsim.scenario import Team

benchmarks = App(
    help="List the published figures, or audit how they fit together.",
    invoke_without_command=True,
    rich_markup_mode=None,
    epilog=examples("supportsim benchmarks list --channel portal", "supportsim benchmarks audit"),
)
app.add_typer(benchmarks, name="benchmarks")

FigureFiles = Annotated[
    list[Path] | None,
    typer.Option("--file", metavar="FILE", help="Your own benchmark file. May be repeated."),
]


@benchmarks.callback()
def _benchmarks(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command(
    epilog=examples(
        "supportsim validate scenarios/portal.toml",
        "supportsim validate scenarios/portal.toml --set teams.desk.agents=1",
    )
)
def validate(
    scenario: ScenarioPath,
    changes: Changes = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Check a scenario file, and how busy its teams would be."""
    from supportsim.scenario import load
    from supportsim.studies import figures_of
    from supportsim.studies.load import offered_loads

    voice = Voice(quiet, verbose)
    loaded = load(scenario, read_changes(changes))
    figures = figures_of(loaded, scenario.parent)
    typer.echo(
        f"{scenario} is valid: channels {', '.join(loaded.channels)}; "
        f"teams {', '.join(map(_team, loaded.teams.items()))}; "
        f"{len(figures)} published figure{'s' * (len(figures) != 1)}"
    )
    for group in offered_loads(loaded):
        never = ", more than can be served unless some give up" if group.utilisation >= 1 else ""
        typer.echo(
            f"offered load of {', '.join(group.teams)} by {', '.join(group.channels)}: "
            f"{group.utilisation:.0%}{never}"
        )
    voice.suggest(["run", str(scenario), *sets(changes)])


@app.command(epilog=examples("supportsim schema > scenario.schema.json"))
def schema(quiet: Quiet = False, verbose: Verbose = False) -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from supportsim.files import to_json
    from supportsim.scenario import json_schema

    Voice(quiet, verbose, as_json=True)
    sys.stdout.write(to_json(json_schema()))


@app.command(epilog=examples("supportsim measures", "supportsim measures --json"))
def measures(as_json: AsJson = False, quiet: Quiet = False, verbose: Verbose = False) -> None:
    """List what is measured, with units and formulas."""
    from supportsim.files import to_json
    from supportsim.report import measures_document, print_measures

    Voice(quiet, verbose, as_json)
    if as_json:
        sys.stdout.write(to_json(measures_document()))
    else:
        print_measures(console())


@benchmarks.command(
    "list",
    epilog=examples(
        "supportsim benchmarks list --channel portal", "supportsim benchmarks list --json"
    ),
)
def list_figures(
    channel: Annotated[
        str | None,
        typer.Option(
            metavar="CHANNEL",
            help="Only the figures of this channel; all for those of all.",
            autocompletion=completing.channels,
        ),
    ] = None,
    files: FigureFiles = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """List the published figures, with tolerance and source."""
    from supportsim.benchmarks import load_registry
    from supportsim.files import to_json
    from supportsim.report import figures_document, print_figures

    Voice(quiet, verbose, as_json)
    registry = load_registry(files or ())
    figures = tuple(registry.values()) if channel is None else registry.channel(channel)
    if not figures:
        known = sorted({figure.channel for figure in registry.values()})
        hint = choices(str(channel), known)
        raise InputError(f"no figure is about the channel {channel!r}; {hint}")
    if as_json:
        sys.stdout.write(to_json(figures_document(figures)))
    else:
        print_figures(figures, console())


@benchmarks.command(
    "audit",
    epilog=examples("supportsim benchmarks audit", "supportsim benchmarks audit --json"),
)
def audit_figures(
    files: FigureFiles = None,
    only: Annotated[
        bool, typer.Option("--only-mine", help="Leave the built-in figures out.")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Find published figures that cannot all be true.

    Where there is a reading under which they agree, it is told.
    """
    from supportsim.benchmarks import audit, load_registry
    from supportsim.files import to_json
    from supportsim.report import findings_document, print_findings

    Voice(quiet, verbose, as_json)
    findings = audit(load_registry(files or (), builtin=not only).values())
    if as_json:
        sys.stdout.write(to_json(findings_document(findings)))
    else:
        print_findings(findings, console())


def _team(named: tuple[str, Team]) -> str:
    """Return a team's name and how many agents it has at the start."""
    name, team = named
    if team.agents == "unlimited":
        return f"{name} (unlimited)"
    return f"{name} ({team.size} agent{'s' * (team.size != 1)})"
