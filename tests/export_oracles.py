"""What tests of exports share: hostile names, and a slow, plain account of what happened."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from functools import cache
from typing import TYPE_CHECKING, Any

from frozendict import frozendict
from hypothesis import strategies as st

from larger_runs import four_channel_run
from small_runs import document, small_scenario
from supportsim.measures import Facts
from supportsim.scenario.loading import validate
from supportsim.studies import simulate_once
from supportsim.tables import Kind, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

HOSTILE = [
    *("=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "'=1", "''", "＝1"),
    *(
        "<script>alert(1)</script>",
        "a|b",
        "`x`",
        "&amp;",
        "]]>",
        '"quoted"',
        "a,b;c",
        "\x07bell",
        "a\x00b",
    ),
    *(
        "NA",
        "null",
        "",
        " ",
        "1",
        "True",
        "nan",
        "\u202edlrow",
        "\ufffe",
        "𝄞",
        "#12 @me :smile: $x$",
    ),
    *(
        "http://example.org",
        "www.example.org",
        "12. one",
        "3) x",
        "- two",
        "---",
        "a\r\nb",
        "**bold**",
        "\\",
    ),
]
names = st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(exclude_categories=["Cs"])))
"""Names that no scenario file may give a channel, and some that it may."""


@cache
def small_facts() -> Facts:
    return simulate_once(small_scenario(), 0)


@cache
def few_facts() -> Facts:
    """Return a desk with the tickets of a few days."""
    run = {"warm_up": "0d", "window": "4d", "follow_up": "0d", "replications": 1, "seed": 3}
    return simulate_once(validate(document(run=run)), 0)


@cache
def four_channel_facts() -> Facts:
    return simulate_once(four_channel_run().scenario, 0)


def renamed(facts: Facts, name: str, channel: str, team: str) -> Facts:
    """Return the facts of a desk of one channel and one team with other names, unchecked."""
    scenario = facts.scenario.model_copy(
        update={
            "name": name,
            "channels": frozendict({channel: next(iter(facts.scenario.channels.values()))}),
            "teams": frozendict({team: next(iter(facts.scenario.teams.values()))}),
        }
    )
    return dataclasses.replace(facts, scenario=scenario)


def told(facts: Facts) -> Iterator[tuple[Any, ...]]:
    """Yield ticket, contact, activity, transition, time and agent of every event, by contact.

    Written from the words of the docstring of `events_of`, one contact after the other.
    """
    log, start = facts.log, dt.datetime.combine(facts.scenario.run.start, dt.time())
    stints: dict[int, list[tuple[float, float, int]]] = {}
    for contact, agent, begin, end in zip(
        log.stints.contact.tolist(),
        log.stints.agent.tolist(),
        log.stints.begin.tolist(),
        log.stints.end.tolist(),
        strict=True,
    ):
        stints.setdefault(contact, []).append((begin, end, agent))

    def at(minutes: float) -> dt.datetime:
        return start + dt.timedelta(milliseconds=round(minutes * 60_000))

    for contact in range(len(log)):
        if math.isnan(log.ready[contact]):
            continue
        ticket = int(facts.workload.ticket[contact])
        kind = Kind(facts.workload.kind[contact]).name.lower()
        yield ticket, contact, kind, "schedule", at(log.ready[contact]), None
        if log.outcome[contact] in (Outcome.ABANDONED, Outcome.REJECTED, Outcome.TURNED_AWAY):
            yield ticket, contact, kind, "withdraw", at(log.end[contact]), None
        end = at(log.end[contact]) if not math.isnan(log.end[contact]) else dt.datetime.max
        work, wrap_up = [], []
        for place, (begin, until, agent) in enumerate(sorted(stints.get(contact, []))):
            who = None if agent < 0 else agent
            if place == 0 or at(begin) < end:
                work.append((at(begin), min(at(until), end), who))
            if at(until) > end:
                wrap_up.append((max(at(begin), end), at(until), who))
        done = not math.isnan(log.end[contact]) and bool(work)
        freed = not math.isnan(log.freed[contact])
        for activity, pieces, complete in ((kind, work, done), ("wrap_up", wrap_up, freed)):
            for place, (begun, ended, who) in enumerate(pieces):
                if place == 0:
                    yield ticket, contact, activity, "start", begun, who
                elif (pieces[place - 1][1], pieces[place - 1][2]) != (begun, who):
                    yield ticket, contact, activity, "suspend", *pieces[place - 1][1:]
                    yield ticket, contact, activity, "resume", begun, who
                if complete and place == len(pieces) - 1:
                    yield ticket, contact, activity, "complete", ended, who
