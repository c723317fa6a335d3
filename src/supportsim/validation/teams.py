"""Two channels and agents of several skills, solved as Markov chains."""

from __future__ import annotations

from supportsim.queueing import interrupting_team, n_model
from supportsim.validation.case import (
    Case,
    Table,
    channel,
    desk,
    exponential,
    live,
    per_minute,
    team,
)

GARNETT_SKILLS = (
    'O. Garnett and A. Mandelbaum (2000), "An introduction to skills-based routing and its '
    'operational complexities"'
)
CHAIN = "steady state of the Markov chain that the rules define, in supportsim.queueing.teams"

_PER_DAY, _WORK, _PLACES = (540.0, 360.0), (4.8, 4.32), (3, 6)


def _interrupting() -> dict[str, float]:
    rates = (per_minute(_PER_DAY[0]), per_minute(_PER_DAY[1]))
    found = interrupting_team(rates, (1 / _WORK[0], 1 / _WORK[1]), 3, _PLACES)
    return {
        "phone.wait": found.mean_wait[0],
        "email.wait": found.mean_wait[1],
        "email.first_response_time": found.mean_time[1],
        "email.handling_time": _WORK[1],
    }


def _interrupting_desk() -> Table:
    channels = {
        "phone": live(_PER_DAY[0], exponential(_WORK[0]), places=_PLACES[0]),
        "email": channel(_PER_DAY[1], exponential(_WORK[1]), places=_PLACES[1]),
    }
    return desk(channels, {"desk": team(3, "phone", "email", interrupts=True)}, window="18d")


_TALK, _PATIENCE, _ROOM = (6.0, 7.2), (18.0, 24.0), (4, 5)


def _n_rates(agents: tuple[int, int]) -> tuple[float, float]:
    """Return the tickets a day of each channel."""
    both = sum(agents)
    return 0.7 * both * 240, 0.45 * both * 240


def _n_model(agents: tuple[int, int], urgent: int) -> dict[str, float]:
    phone, chat = _n_rates(agents)
    found = n_model(
        (per_minute(phone), per_minute(chat)),
        (1 / _TALK[0], 1 / _TALK[1]),
        agents,
        _ROOM,
        (1 / _PATIENCE[0], 1 / _PATIENCE[1]),
        urgent=urgent,
    )
    values = {
        "team.calls.occupancy": found.occupancy[0],
        "team.both.occupancy": found.occupancy[1],
    }
    for number, name in enumerate(("phone", "chat")):
        values[f"{name}.backlog_awaiting"] = found.mean_queue[number]
        values[f"{name}.abandonment_of_contacts"] = found.abandonment[number]
    return values


def _n_desk(agents: tuple[int, int], urgent: int) -> Table:
    names = ("phone", "chat")
    channels = {
        name: live(rate, exponential(talk), patience=exponential(patience), places=places)
        for name, rate, talk, patience, places in zip(
            names, _n_rates(agents), _TALK, _PATIENCE, _ROOM, strict=True
        )
    }
    teams = {
        "calls": team(agents[0], "phone"),
        "both": team(agents[1], names[urgent], names[1 - urgent]),
    }
    return desk(channels, teams, window="7d")


CASES = (
    Case(
        "interrupting-team",
        "three agents who interrupt emails for calls, and keep what they stopped",
        "Markov chain of calls, emails and stopped emails",
        CHAIN,
        _interrupting_desk(),
        _interrupting,
    ),
    Case(
        "skills",
        "an agent for calls and one for both channels, who takes calls first",
        "N-model, Markov chain",
        GARNETT_SKILLS,
        _n_desk((1, 1), 0),
        lambda: _n_model((1, 1), 0),
    ),
    Case(
        "skills-chats-first",
        "two agents for calls and two for both channels, who take chats first",
        "N-model, Markov chain",
        GARNETT_SKILLS,
        _n_desk((2, 2), 1),
        lambda: _n_model((2, 2), 1),
    ),
)
