"""A moment of a watched day, fitted to a terminal of any size."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
from rich.text import Text

from supportsim.report.watching.words import (
    QUEUE_HEADS,
    clock,
    lasting,
    pace,
    queue_cells,
    shortened,
)
from supportsim.studies.moments import AgentNow, Doing, Held, Moment
from supportsim.tables import NOBODY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from supportsim.report.page import Page
    from supportsim.report.watching.player import Player
    from supportsim.studies.days import Day
    from supportsim.studies.moments import Span

_STYLES = {
    Doing.WORK: "bold",
    Doing.WRAP_UP: "cyan",
    Doing.IDLE: "green",
    Doing.BREAK: "yellow",
    Doing.OFF_DUTY: "dim",
    Doing.VACANT: "red",
}
_KEYS = "space pause  + - speed  l/→ next event  h/← back  q quit"
_RANKS = {Doing.WORK: 0, Doing.WRAP_UP: 0, Doing.OFF_DUTY: 2, Doing.VACANT: 2}
"""Who is shown first where not all can be; others are between."""
_LONGEST_NAME = 14
_LEAST_NAME = 8
_TELLING = ("Waiting", "Longest", "In work", "Open", "Unserved", "Stopped", "Came", "Served")
"""The columns of the queues: the last ones give way where there is no room for all."""


class Screen:
    """Draws moments of a day.

    Parameters
    ----------
    span
        The day's stretch of a replication.
    day
        The day.
    page
        Says what the terminal can show.
    has_keys
        Whether there are keys to explain.
    """

    def __init__(self, span: Span, day: Day, page: Page, *, has_keys: bool) -> None:
        self.span, self.day, self.page, self.has_keys = span, day, page, has_keys
        scenario = span.facts.scenario
        self.channels, self.teams = list(scenario.channels), list(scenario.teams)

    def lines(self, player: Player, width: int, height: int) -> list[Text]:
        """Return the lines of a screen, none wider and no more than fit."""
        moment = self.span.at(min(player.time, float(np.nextafter(player.end, player.begin))))
        keys = _KEYS if self.page.unicode else _KEYS.replace("/→", "").replace("/←", "")
        foot = [self._text(keys, "dim")] if self.has_keys and height > 6 else []
        lines = [*self._head(player, width), Text()]
        room = max(height - len(lines) - len(foot), 0)
        queues = self._queues(moment, width, most=max(room // 2, 3))
        lines += [*queues, Text()]
        lines += self._agents(moment, most=height - len(lines) - len(foot))
        lines = lines[: height - len(foot)]
        if foot:
            lines += [Text()] * (height - len(lines) - 1) + foot
        for line in lines:
            line.truncate(width, overflow="ellipsis" if self.page.unicode else "crop")
            line.no_wrap = True
        return lines

    def _text(self, text: str, style: str = "") -> Text:
        return self.page.text(text, style)

    # --- Head ------------------------------------------------------------------------------------

    def _head(self, player: Player, width: int) -> list[Text]:
        """Return the name and the clock, and below them the day and the speed."""
        minute = player.time - self.day.begin
        time = "24:00:00" if minute >= 24 * 60 else clock(minute, seconds=True)
        state = "over" if player.is_over else "paused" if player.paused else "running"
        speed = f"{pace(player.speed)} a second, {state}"
        name = self.span.facts.scenario.name
        return [
            self._apart(name, time, width, "bold"),
            self._apart(self.day.title, speed, width, ""),
        ]

    def _apart(self, left: str, right: str, width: int, style: str) -> Text:
        """Return two texts at both ends of a line; the left one gives way."""
        line = self._text(left, style)
        line.truncate(max(width - len(right) - 1, 0), pad=True)
        return line.append(" ").append_text(self._text(right, style))

    # --- Queues ----------------------------------------------------------------------------------

    def _queues(self, moment: Moment, width: int, most: int) -> list[Text]:
        """Return the channels, the busiest if there are more than fit."""
        shown = list(moment.channels)
        if len(shown) > most - 1:
            busy = sorted(shown, key=lambda one: (-one.waiting - one.in_work, one.channel))
            shown = sorted(busy[: most - 2], key=lambda one: one.channel)
        rows: list[tuple[str, ...]] = [("Queues", *QUEUE_HEADS)]
        rows += [(self._name(self.channels[one.channel]), *queue_cells(one)) for one in shown]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        kept = _fitting(widths, width)
        longest = min(widths[0], max(width - sum(widths[each] + 1 for each in kept), 1))
        lines = []
        for number, row in enumerate(rows):
            cells = [shortened(row[0], longest).ljust(longest)]
            cells += [row[each].rjust(widths[each]) for each in kept]
            lines.append(self._text(" ".join(cells), "" if number else "bold"))
        if hidden := len(moment.channels) - len(shown):
            lines.append(self._text(f"and {_count(hidden, 'channel')} not shown", "dim"))
        return lines

    # --- Agents ----------------------------------------------------------------------------------

    def _agents(self, moment: Moment, most: int) -> list[Text]:
        """Return every team with its agents; those who do nothing give way to the others first."""
        if most <= 0:
            return []
        by_team: dict[int, list[AgentNow]] = {team: [] for team in range(len(self.teams))}
        for one in moment.agents:
            by_team[one.team].append(one)
        room = max(most - len(by_team), 0)
        agents = list(moment.agents)
        # If not all fit, a line says how many are not shown.
        here = agents if len(agents) <= room else _most_telling(by_team)[: max(room - 1, 0)]
        lines = []
        for team, members in by_team.items():
            lines.append(self._team(team, members))
            lines += [self._agent(one, moment.time) for one in members if one in here]
        hidden = Counter(one.doing for one in agents) - Counter(one.doing for one in here)
        if hidden:
            what = ", ".join(f"{hidden[doing]} {doing}" for doing in Doing if hidden[doing])
            lines = lines[: most - 1]
            lines.append(self._text(f"and {hidden.total()} not shown: {what}", "dim"))
        return lines

    def _team(self, team: int, members: list[AgentNow]) -> Text:
        """Return a heading that says what a team does."""
        doing = Counter(one.doing for one in members if one.number != NOBODY)
        what = ", ".join(f"{doing[each]} {each}" for each in Doing if doing[each])
        if self.span.facts.routing.unlimited[team]:
            what = "without limit"
        line = self._text(f"{self._name(self.teams[team])}: ", "bold")
        return line.append_text(self._text(what or "nobody"))

    def _agent(self, one: AgentNow, now: float) -> Text:
        """Return what an agent is doing, for how long, and with which tickets."""
        if one.number == NOBODY:
            line = self._text(f"  in hand {len(one.contacts):,} ")
        else:
            who = f"position {one.number}" if one.doing == Doing.VACANT else f"agent {one.number}"
            line = self._text(f"  {who:<10} ")
            line.append_text(self._text(f"{one.doing:<8}", _STYLES.get(one.doing, "")))
            line.append_text(self._text(f" {lasting(now - one.since):>6}  "))
        details = [self._contact(each, now) for each in one.contacts]
        if one.overtime and one.number != NOBODY:
            details.append("overtime")
        details += [f"{self._contact(each, now)} stopped" for each in one.stopped]
        return line.append_text(self._text(", ".join(details)))

    def _contact(self, held: Held, now: float) -> str:
        """Return a ticket, its channel, and how long it has been in hand."""
        wrap_up = "wrap-up " if held.wrap_up else ""
        name = self._name(self.channels[held.channel])
        return f"{wrap_up}{name} #{held.ticket} {lasting(now - held.since)}"

    def _name(self, name: str) -> str:
        return shortened(name, _LONGEST_NAME)


def _most_telling(by_team: dict[int, list[AgentNow]]) -> list[AgentNow]:
    """Return all agents, those at work first and those off duty last, and the teams in turns."""
    ranked = [
        (_RANKS.get(one.doing, 1), place, team, one)
        for team, members in by_team.items()
        for place, one in enumerate(sorted(members, key=lambda one: _RANKS.get(one.doing, 1)))
    ]
    return [one for *_, one in sorted(ranked, key=lambda row: row[:3])]


def _fitting(widths: Sequence[int], width: int) -> list[int]:
    """Return which columns of the queues a line can hold, each in whole, beside a name.

    Parameters
    ----------
    widths
        Characters of the names and of each column.
    width
        Characters of a line.
    """
    room, kept = width - min(widths[0], _LEAST_NAME), []
    for head in _TELLING:
        number = 1 + QUEUE_HEADS.index(head)
        room -= widths[number] + 1
        if room < 0:
            break
        kept.append(number)
    return sorted(kept)


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + "s" * (number != 1)
