"""Commands that simulate nothing: scenario files, measures and published figures."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from supportsim.cli.app import app
from supportsim.cli.options import AsJson, Changes, ScenarioPath, console, read_changes
from supportsim.errors import InputError, choices

if TYPE_CHECKING:
    from supportsim.scenario import Team

benchmarks = typer.Typer(
    help="Look at the published figures, and at how they fit together.", no_args_is_help=True
)
app.add_typer(benchmarks, name="benchmarks")

FigureFiles = Annotated[
    list[Path] | None,
    typer.Option("--file", metavar="FILE", help="Your own benchmark file. May be repeated."),
]


@app.command()
def validate(scenario: ScenarioPath, changes: Changes = None) -> None:
    """Check a scenario file without simulating it."""
    from supportsim.scenario import load
    from supportsim.studies import figures_of
    from supportsim.studies.load import offered_loads

    loaded = load(scenario, read_changes(changes))
    figures = figures_of(loaded, scenario.parent)
    typer.echo(
        f"{scenario} is valid: channels {', '.join(loaded.channels)}; "
        f"teams {', '.join(map(_team, loaded.teams.items()))}; {len(figures)} published figures"
    )
    for group in offered_loads(loaded):
        never = ", more than can be served unless some give up" if group.utilisation >= 1 else ""
        typer.echo(
            f"offered load of {', '.join(group.teams)} by {', '.join(group.channels)}: "
            f"{group.utilisation:.0%}{never}"
        )


@app.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors that complete from it."""
    from supportsim.files import to_json
    from supportsim.scenario import json_schema

    sys.stdout.write(to_json(json_schema()))


@app.command()
def measures(as_json: AsJson = False) -> None:
    """List what is measured: unit, population, clock, estimator and formula of each measure."""
    from supportsim.files import to_json
    from supportsim.report import measures_document, print_measures

    if as_json:
        sys.stdout.write(to_json(measures_document()))
    else:
        print_measures(console())


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
    from supportsim.files import to_json
    from supportsim.report import figures_document, print_figures

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
    from supportsim.files import to_json
    from supportsim.report import findings_document, print_findings

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
