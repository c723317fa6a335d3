"""All cases of the exact-result suite, in the order in which they are reported."""

from __future__ import annotations

from collections.abc import Iterable

from supportsim.errors import InputError, choices, quoted
from supportsim.validation import duty_hours, impatience, many_agents, one_agent, teams
from supportsim.validation.case import Case

CASES: tuple[Case, ...] = (
    *one_agent.CASES,
    *many_agents.CASES,
    *impatience.CASES,
    *teams.CASES,
    *duty_hours.CASES,
)


def select(only: Iterable[str] = (), *, quick: bool = False) -> tuple[Case, ...]:
    """Return the cases of these ids, or all, or those of the quick suite.

    Raises
    ------
    InputError
        If there is no such case, or both are asked for.
    """
    by_id = {case.id: case for case in CASES}
    wanted = dict.fromkeys(only)
    if wanted and quick:
        raise InputError("quick: give either the quick suite or the ids of cases, not both")
    for name in wanted:
        if name not in by_id:
            raise InputError(f"there is no case {quoted(name)}; {choices(name, by_id)}")
    return tuple(c for c in CASES if (c.id in wanted if wanted else c.quick or not quick))
