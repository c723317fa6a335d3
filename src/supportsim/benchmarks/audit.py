"""The audit of published figures against each other.

Two figures contradict each other if no numbers within their tolerances obey the law that binds
them. The rules know quantities, channels and units, never an id, so they judge any registry; a
rule that lacks a figure does not speak.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from supportsim.benchmarks.audit_backlog import backlogs, two_values
from supportsim.benchmarks.audit_costs import (
    cost_against_time,
    ticket_covers_contact,
    wrap_up_in_handling,
)
from supportsim.benchmarks.audit_facts import OFFICE_WEEK, Facts, Finding, Kind
from supportsim.benchmarks.audit_rules import (
    complementary_shares,
    escalation_caps,
    numbers_on_their_scale,
    parts_of_a_whole,
    resolved_are_answered,
    shares_of_channels,
    total_volume,
)
from supportsim.benchmarks.audit_times import (
    bands_and_mean,
    bands_in_order,
    response_before_resolution,
)
from supportsim.benchmarks.registry import Figure

__all__ = ["OFFICE_WEEK", "RULES", "Finding", "Kind", "audit"]

RULES: tuple[Callable[[Facts], Iterator[Finding]], ...] = (
    bands_in_order,
    bands_and_mean,
    backlogs,
    two_values,
    escalation_caps,
    cost_against_time,
    wrap_up_in_handling,
    ticket_covers_contact,
    complementary_shares,
    resolved_are_answered,
    parts_of_a_whole,
    numbers_on_their_scale,
    response_before_resolution,
    total_volume,
    shares_of_channels,
)


def audit(
    figures: Iterable[Figure], business_hours: Sequence[tuple[float, float]] | None = None
) -> tuple[Finding, ...]:
    """Return what the figures say about each other, rule by rule.

    Parameters
    ----------
    figures
        The figures to hold against each other, such as ``load_registry().values()``.
    business_hours
        Sorted, separate (start, end) intervals of a week, in minutes since Monday 00:00; Monday to
        Friday from 09:00 to 17:00 unless given.

    Raises
    ------
    InputError
        If the business hours are not such intervals.
    """
    facts = Facts(tuple(figures), OFFICE_WEEK if business_hours is None else business_hours)
    return tuple(finding for rule in RULES for finding in rule(facts))
