"""`supportsim watch`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from supportsim.cli.app import app, examples
from supportsim.cli.options import (
    Changes,
    Quiet,
    ScenarioPath,
    Seed,
    Verbose,
    console,
    read_changes,
)
from supportsim.cli.voice import Voice
from supportsim.errors import InputError, quoted

if TYPE_CHECKING:
    from supportsim.studies.moments import Span


@app.command(
    epilog=examples(
        "supportsim watch scenarios/chat.toml --day 3",
        "supportsim watch scenarios/phone.toml --day 2026-03-02 --at 10:30",
        "supportsim watch scenarios/chat.toml --every 30min > day.txt",
    )
)
def watch(
    scenario: ScenarioPath,
    day: Annotated[
        str,
        typer.Option(
            metavar="N|DATE",
            help="Day of the window, from 1 to its last, or any simulated date, warm-up and "
            "follow-up included: 2026-03-05.",
        ),
    ] = "1",
    speed: Annotated[
        str,
        typer.Option(
            metavar="TIME", help="Simulated time that passes in a second; 60 for 60 times as fast."
        ),
    ] = "5min",
    at: Annotated[
        str | None,
        typer.Option(
            metavar="HH:MM",
            help="Time of day to begin at; by default when duty begins, or midnight for text.",
        ),
    ] = None,
    every: Annotated[
        str | None,
        typer.Option(
            metavar="TIME", help="Print the day as text, a snapshot every so often: 30min."
        ),
    ] = None,
    replication: Annotated[
        int, typer.Option(metavar="N", help="Which replication to show, counted from 0.")
    ] = 0,
    changes: Changes = None,
    seed: Seed = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Watch a day: queues, agents and what each of them is doing.

    Where the output is no terminal, the day is printed hour by hour.
    """
    from supportsim.report.exporting.writing import check_replication
    from supportsim.report.watching.live import show_day
    from supportsim.report.watching.once import simulating
    from supportsim.report.watching.snapshots import print_day
    from supportsim.scenario import load
    from supportsim.studies import simulate_once
    from supportsim.studies.days import find_day
    from supportsim.studies.moments import Span
    from supportsim.studies.run import checked_contacts
    from supportsim.studies.timeline import Timeline

    voice = Voice(quiet, verbose)
    loaded = load(scenario, read_changes(changes, seed))
    chosen = find_day(day, loaded)
    minutes_a_second, step = _speed(speed), _every(every or "1h")
    begins = None if at is None else chosen.begin + _clock(at)
    if begins is not None and begins >= chosen.end:
        raise InputError(f"--at: {at} is not simulated on {chosen.date}")
    check_replication(loaded, replication)
    checked_contacts(loaded)
    with simulating(loaded.name, shown=voice.shows_progress):
        facts = simulate_once(loaded, replication)
    span = Span(Timeline(facts), chosen.begin, chosen.end)
    terminal = console()
    if every is not None or not terminal.is_terminal or terminal.is_dumb_terminal:
        about = f"; replication {replication}, seed {loaded.run.seed}"
        print_day(span, chosen, terminal, every=step, begins=begins, about=about)
    else:
        begins = _first_duty(span) if begins is None else begins
        show_day(span, chosen, terminal, begins=begins, speed=minutes_a_second)


def _speed(text: str) -> float:
    """Return the simulated minutes in a second that a text asks for."""
    from supportsim.units import parse_duration

    try:
        minutes = float(text) / 60
    except ValueError:
        try:
            minutes = parse_duration(text)
        except ValueError as error:
            raise InputError(f"--speed: {error}") from None
    if not 0 < minutes <= 24 * 60:
        raise InputError(f"--speed: {quoted(text)} has to be above 0 and up to 24h a second")
    return minutes


def _every(text: str) -> float:
    """Return the minutes between two snapshots."""
    from supportsim.units import parse_duration

    try:
        minutes = parse_duration(text)
    except ValueError as error:
        raise InputError(f"--every: {error}") from None
    if minutes < 1:
        raise InputError(f"--every: {quoted(text)} is too short; write 1min or more")
    return minutes


def _clock(text: str) -> float:
    """Return the minutes after midnight of a time of day."""
    from supportsim.units import parse_clock

    try:
        return parse_clock(text)
    except ValueError as error:
        raise InputError(f"--at: {error}") from None


def _first_duty(span: Span) -> float:
    """Return when the day's first duty begins; the beginning of the day if nobody is on duty."""
    begins = span.facts.roster.on
    here = begins[(begins >= span.begin) & (begins < span.end)]
    return float(here.min()) if len(here) else span.begin
