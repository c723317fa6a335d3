"""`supportsim init`."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from supportsim.cli.app import app, examples
from supportsim.cli.options import Quiet, Verbose
from supportsim.cli.voice import Voice
from supportsim.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from supportsim.scenario.starting import Desk

CHANNELS = "phone, chat, email and portal"
COST = "25"

T = TypeVar("T")


@app.command(
    epilog=examples(
        "supportsim init",
        "supportsim init desk.toml --channel phone=120 --channel email=60 --agents 5",
        "supportsim init portal.toml --channel portal --hours 08:00-18:00 --yes",
    )
)
def init(
    path: Annotated[
        Path, typer.Argument(metavar="FILE", help="The scenario file to write.", show_default=True)
    ] = Path("scenario.toml"),
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="What to call the scenario.")
    ] = None,
    channels: Annotated[
        list[str] | None,
        typer.Option(
            "--channel",
            metavar="CHANNEL[=N]",
            help=f"A channel, of {CHANNELS}, and its tickets a day. May be repeated.",
        ),
    ] = None,
    agents: Annotated[
        int | None,
        typer.Option(
            metavar="N", help="How many agents there are; else as many as the work keeps busy."
        ),
    ] = None,
    days: Annotated[
        str | None, typer.Option(metavar="DAYS", help="When they work; Mon-Fri unless given.")
    ] = None,
    hours: Annotated[
        str | None,
        typer.Option(metavar="FROM-TO", help="Their hours; 09:00-17:00 unless given."),
    ] = None,
    cost_per_hour: Annotated[
        float | None, typer.Option(metavar="COST", help="What an agent costs; 25 unless given.")
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Ask nothing; take the rest as assumed.")
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Let FILE be one that is there already.")
    ] = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Write a first scenario, commented, that runs at once.

    On a terminal it asks for what is not given; elsewhere, or with --yes, it takes what is usual.
    """
    from supportsim.files import write_whole
    from supportsim.scenario.starting import Desk

    voice = Voice(quiet, verbose)
    _check(path, overwrite=overwrite)
    find = _asking if on_terminal() and not yes else _assuming
    title = find(name, "Name of the scenario", path.stem, str)
    wanted = find(channels, f"Channels, of {CHANNELS}", "email", read_channels)
    per_day = {
        channel: find(given, f"Tickets a day by {channel}", usual, partial(_number, "--channel"))
        for channel, (given, usual) in wanted.items()
    }
    desk = Desk(
        name=title,
        channels=per_day,
        days=find(days, "Days on which the team works", "Mon-Fri", read_days),
        hours=find(hours, "Their hours", "09:00-17:00", read_hours),
        agents=find(agents, "Agents, or ? for as many as the work keeps busy", "?", read_agents),
        cost_per_hour=find(
            cost_per_hour, "Cost of an agent an hour", COST, partial(_number, "--cost-per-hour")
        ),
        assumed=_assumed(find, wanted, days=days, hours=hours, cost=cost_per_hour),
    )
    write_whole(path, text_of(desk, path))
    voice.written(path, "The scenario, with comments on what is yours and what is assumed, is")
    voice.suggest(["run", str(path)])


def _assuming(given: Any, _question: str, usual: str, read: Callable[[Any], T]) -> T:
    """Return what was given, or else what is usual."""
    return read(usual if given is None else given)


def _asking(given: Any, question: str, usual: str, read: Callable[[Any], T]) -> T:
    """Return what was given, or else ask on the terminal until the answer can be used."""
    while given is None:
        try:
            return read(typer.prompt(question, default=usual).strip())
        except InputError as error:
            typer.echo(f"  {error}")
    return read(given)


def _assumed(
    find: Any, wanted: Mapping[str, tuple[str | None, str]], **given: Any
) -> frozenset[str]:
    """Return the names of what nobody said; what was asked was said."""
    if find is _asking:
        return frozenset()
    unsaid = {name for name, value in given.items() if value is None}
    return frozenset(unsaid | {name for name, (number, _) in wanted.items() if number is None})


def on_terminal() -> bool:
    """Return whether there is somebody to ask."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def text_of(desk: Desk, path: Path) -> str:
    """Return the text of a desk's scenario, made sure of: it is valid.

    Raises
    ------
    InputError
        If something about the desk cannot be used.
    """
    import tomllib

    from supportsim.scenario.loading import validate
    from supportsim.scenario.starting import starting_text
    from supportsim.units import parse_clock, parse_weekdays

    begin, end = desk.hours
    week = len(parse_weekdays(desk.days)) * (parse_clock(end) - parse_clock(begin))
    text = starting_text(desk, week / 60, path.name)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InputError(f"--name: {desk.name!r} is not a text that a file can hold") from None
    validate(tomllib.loads(text), "", path.parent)
    return text


def read_channels(given: str | Iterable[str]) -> dict[str, tuple[str | None, str]]:
    """Return channels with their tickets a day, as given and as usual.

    Parameters
    ----------
    given
        Texts such as ``phone=120`` or ``phone``, or several of them with commas in between.

    Raises
    ------
    InputError
        If there is no such channel, it is there twice, or its tickets are no number.
    """
    from supportsim.scenario.starting import KINDS, check_channel

    found: dict[str, tuple[str | None, str]] = {}
    for text in given.split(",") if isinstance(given, str) else given:
        name, equals, number = (part.strip() for part in text.partition("="))
        if check_channel(name) in found:
            raise InputError(f"--channel: {name} is there twice")
        if equals:
            _number("--channel", number)
        found[name] = (number if equals else None, f"{KINDS[name].per_day:g}")
    return found


def read_days(text: str) -> str:
    """Return weekdays as they were written."""
    from supportsim.units import parse_weekdays

    try:
        parse_weekdays(text)
    except ValueError as error:
        raise InputError(f"--days: {error}") from None
    return text


def read_hours(text: str) -> tuple[str, str]:
    """Return beginning and end of hours such as ``09:00-17:00``."""
    from supportsim.units import parse_clock

    begin, _, end = (part.strip() for part in text.partition("-"))
    try:
        if parse_clock(begin) >= parse_clock(end):
            raise ValueError(f'"{text}" ends before it begins')
    except ValueError as error:
        raise InputError(f"--hours: {error}; write them as in 09:00-17:00") from None
    return begin, end


def _number(option: str, given: str | float) -> float:
    try:
        number = float(given)
    except ValueError:
        number = -1.0
    if not 0 <= number < 1e6:
        raise InputError(f"{option}: {str(given)!r} is not a number from 0 to a million")
    return number


def read_agents(given: str | int) -> int | None:
    """Return a number of agents; None for ``?``."""
    text = str(given)
    if text == "?":
        return None
    if not (text.isdecimal() and 0 < int(text) <= 10_000):
        raise InputError(f"--agents: {text!r} is not a number of agents; write 1 or more")
    return int(text)


def _check(path: Path, *, overwrite: bool) -> None:
    """Make sure that a file can be written, before anything is asked.

    Raises
    ------
    InputError
        If it is there already, or cannot be.
    """
    if path.is_dir():
        raise InputError(f"{path}: is a folder; name a file, as in {path / 'scenario.toml'}")
    if path.exists() and not overwrite:
        raise InputError(f"{path}: is there already; name another file, or say --overwrite")
    if not path.parent.is_dir():
        raise InputError(f"{path}: cannot be written: there is no folder {path.parent}")
