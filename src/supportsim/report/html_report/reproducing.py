"""How to make the numbers of a report again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supportsim.report.html_report.content import Block, Code, Facts, Section, Text
from supportsim.report.html_report.parameters import parameters_of
from supportsim.scenario import fingerprint
from supportsim.versions import made_with

if TYPE_CHECKING:
    from supportsim.scenario import Scenario


def closing_sections(scenario: Scenario, command: str, **more: str) -> list[Section]:
    """Return the parts that end every report: its parameters, and how to make it again.

    Parameters
    ----------
    scenario
        The scenario.
    command
        The command that made it; empty if there was none.
    more
        What else its numbers depend on, by a word for it.
    """
    blocks: list[Block] = []
    if command:
        blocks += [Text("With the same files, this command gives the same numbers:"), Code(command)]
    else:
        blocks.append(
            Text(
                "With the scenario as a file, which stands at the end of the parameters above, "
                "and the seed below, the same numbers come out."
            )
        )
    versions = made_with()
    tools = [f"{name} {number}" for name, number in versions.items() if name != "version"]
    facts = [
        ("Seed", str(scenario.run.seed)),
        *((name.replace("_", " ").capitalize(), told) for name, told in more.items()),
        ("Fingerprint of the scenario", fingerprint(scenario)),
        ("supportsim", versions["version"]),
        ("Made with", ", ".join(tools)),
    ]
    blocks += [
        Facts(facts),
        Text(
            "The number of processes changes nothing. Every replication draws from streams of its "
            "own, by name, so that any of them can be made again alone.",
            aside=True,
        ),
    ]
    return [
        Section("Parameters", parameters_of(scenario)),
        Section("How to reproduce it", blocks),
    ]
