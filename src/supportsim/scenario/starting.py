"""The text of a first scenario: commented, short, and honest about whose numbers it has."""

from __future__ import annotations

import json
import math
import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from supportsim.errors import InputError, choices, one_line

LOOK_IN = 20
"""Minutes of each hour that agents of a mere portal have for it."""

LOAD = 0.75
"""How busy the agents are to be where nobody says how many there are."""


@dataclass(frozen=True)
class Kind:
    """What is typical of a channel.

    Attributes
    ----------
    per_day
        Tickets a day unless given.
    minutes
        Agent minutes that a contact takes, work and wrap-up together.
    keys
        The lines of the channel's table, but for its arrivals.
    figures
        Published figures to be compared with.
    """

    per_day: int
    minutes: float
    keys: str
    figures: tuple[str, ...]


KINDS: Mapping[str, Kind] = {
    "portal": Kind(
        5,
        13,
        """\
work = { dist = "lognormal", mean = "3min", cv = 0.7 }         # assumed
wrap_up = "10min"                                              # published for portals
patience = { dist = "gamma", mean = "3.4d", cv = 0.46 }        # assumed: then they help themselves
response_bands = ["1h", "24h", "48h"]                          # report the shares answered by then
""",
        (
            "portal.answered_within_1h",
            "portal.answered_within_24h",
            "portal.answered_within_48h",
            "portal.first_response_time",
            "portal.response_rate",
        ),
    ),
    "email": Kind(
        40,
        7.5,
        """\
work = { dist = "lognormal", mean = "6min", cv = 0.7 }         # typical
wrap_up = "1.5min"                                             # assumed
patience = { dist = "gamma", mean = "5d", cv = 0.5 }           # assumed
response_bands = ["1h", "4h", "24h"]                           # report the shares answered by then
""",
        ("global.response_time.average", "global.cost_per_ticket_range"),
    ),
    "chat": Kind(
        60,
        10,
        """\
live = true
occupies = 0.333                                               # three chats at a time: typical
work = { dist = "lognormal", mean = "9.7min", cv = 0.6 }       # typical
wrap_up = "30s"                                                # assumed
patience = { dist = "exponential", mean = "5min" }             # assumed: then they leave
answer_targets = ["40s"]                                       # report the share picked up by then
""",
        ("global.cost_per_ticket_range",),
    ),
    "phone": Kind(
        80,
        7.35,
        """\
live = true
work = { dist = "lognormal", mean = "6.35min", cv = 0.8 }      # typical
wrap_up = { dist = "exponential", mean = "1min" }              # assumed
patience = { dist = "exponential", mean = "4min" }             # assumed: then they hang up
answer_targets = ["20s"]                                       # report the service level
""",
        ("global.cost_per_ticket_range",),
    ),
}
"""What is typical of each channel. Where it is from: the heads of the shipped scenarios."""

_LOOKS_IN = "# Assumed: they look in at each full hour, and do something else in between.\n"

URGENCY = ("phone", "chat", "email", "portal")


@dataclass(frozen=True)
class Desk:
    """What somebody says of a desk; the rest of its scenario is assumed.

    Attributes
    ----------
    name
        What to call it.
    channels
        Tickets a day by channel, of those in `KINDS`.
    days, hours
        When the team works, as in ``"Mon-Fri"`` and ``("09:00", "17:00")``.
    agents
        How many there are; None for as many as the work keeps reasonably busy.
    cost_per_hour
        What an agent costs.
    assumed
        What of this nobody said: names of channels, ``"days"``, ``"hours"`` and ``"cost"``.
    """

    name: str
    channels: Mapping[str, float]
    days: str = "Mon-Fri"
    hours: tuple[str, str] = ("09:00", "17:00")
    agents: int | None = None
    cost_per_hour: float = 25.0
    assumed: frozenset[str] = frozenset()

    @property
    def looks_in(self) -> bool:
        """Whether its agents look in at each full hour, as those of a mere portal do."""
        return set(self.channels) == {"portal"}

    @property
    def open_at(self) -> str:
        """When the team works, as the file writes it."""
        return f'{{ days = "{self.days}", from = "{self.hours[0]}", to = "{self.hours[1]}" }}'


def check_channel(name: str) -> str:
    """Return the name of a channel that there is a start for.

    Raises
    ------
    InputError
        If there is none.
    """
    if name not in KINDS:
        raise InputError(f"there is no channel {name!r} to begin with; {choices(name, KINDS)}")
    return name


def agents_for(desk: Desk, hours_a_week: float) -> int:
    """Return how many agents are busy for `LOAD` of their time, and at least one."""
    if desk.agents is not None:
        return desk.agents
    minutes = 0.0
    for name, per_day in desk.channels.items():
        kind = KINDS[name]
        share = 1 / 3 if "occupies" in kind.keys else 1.0
        minutes += 7 * per_day * kind.minutes * share
    if desk.looks_in:
        hours_a_week *= LOOK_IN / 60
    return max(1, math.ceil(minutes / 60 / hours_a_week / LOAD))


def starting_text(desk: Desk, hours_a_week: float, file: str) -> str:
    """Return the text of a scenario file.

    Parameters
    ----------
    desk
        What is known of the desk.
    hours_a_week
        Hours of duty of an agent, for the number of agents if that is not known.
    file
        The name of the file, for its head.
    """
    file = shlex.quote(one_line(file))
    agents = agents_for(desk, hours_a_week)
    given = "yours" if desk.agents is not None else f"assumed: busy for about {LOAD:.0%} at most"
    hours = desk.open_at
    shift = hours.replace(" }", f', each_hour = "{LOOK_IN}min" }}') if desk.looks_in else hours
    serves = [name for name in URGENCY if name in desk.channels]
    figures = list(dict.fromkeys(one for name in serves for one in KINDS[name].figures))
    live = any("live = true" in KINDS[name].keys for name in serves)
    first_run, later = ("1w", "1w") if live else ("4w", "3w")
    parts = [
        f"""\
# {desk_title(desk)}
#
#     supportsim run {file}
#
# Where the numbers come from:
#   yours      you gave them
#   typical    of such desks in surveys; your own would be better
#   assumed    nobody gave them. Put in what you know, and see what it changes:
#              supportsim run {file} --set KEY=VALUE
#   predicted  everything that the simulation says of waits, backlog, load and cost

name = {_text(desk.name)}

[run]
start = 2026-01-05       # a Monday
warm_up = "{first_run}"           # simulated first, and not counted
window = "26w"           # what is counted
follow_up = "{later}"         # how long tickets of the window are followed after it
replications = 20        # more of them narrow the intervals
seed = 1

[calendar]
business_hours = [{hours}]  # {_whose(desk, "days", "hours")}
"""
    ]
    for name in serves:
        kind = KINDS[name]
        parts.append(f"[channels.{name}]\n{_arrivals(desk, name)}{kind.keys}")
    parts.append(
        f"""\
[teams.support]
agents = {agents}  # {given}
serves = {json.dumps(serves)}  # the most urgent first
cost_per_hour = {exact(desk.cost_per_hour)}  # {_whose(desk, "cost")}
{_LOOKS_IN if desk.looks_in else ""}shifts = [{shift}]  # {_whose(desk, "days", "hours")}
"""
    )
    told = ",\n".join(f"    {json.dumps(one)}" for one in figures)
    parts.append(
        "# Published figures to compare with: supportsim benchmarks list shows all of them.\n"
        "# They are those of other desks: a miss is a difference from them, not a mistake.\n"
        f"[benchmarks]\nuse = [\n{told},\n]\n"
    )
    return "\n".join(parts)


def desk_title(desk: Desk) -> str:
    """Return a desk in a line, as for the head of its file."""
    told = ", ".join(f"{exact(per_day)} by {name}" for name, per_day in desk.channels.items())
    return f"A first scenario. Tickets a day: {told}."


def _arrivals(desk: Desk, name: str) -> str:
    live = "live = true" in KINDS[name].keys
    share = 1 if live else 0.8
    line = (
        f"# Tickets a day: {_whose(desk, name)}. Their share in business hours: assumed.\n"
        f"arrivals = {{ per_day = {exact(desk.channels[name])}, business_hours_share = {share} }}"
    )
    if not live:
        return f"{line}\n"
    return f'{line}\nopening = {{ hours = [{desk.open_at}], outside = "turned away" }}\n'


def _whose(desk: Desk, *names: str) -> str:
    return "assumed" if all(name in desk.assumed for name in names) else "yours"


def exact(number: float) -> str:
    """Return a number as TOML writes it, with all of its digits and no more."""
    return str(int(number)) if number == int(number) else repr(float(number))


def _text(text: str) -> str:
    """Return a text as TOML writes it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
