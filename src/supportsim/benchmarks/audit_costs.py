"""Audit rules on costs, and on the work that they pay for."""

from collections.abc import Iterator

from supportsim.benchmarks.audit_facts import Facts, Finding, Kind, Known, known, ranged, time

COSTING = "cost = time × cost of a unit of time"
PARTS = "wrap-up is part of the handling"
CONTACTS = "a ticket takes at least one contact"


def cost_against_time(facts: Facts) -> Iterator[Finding]:
    """Turn costs into minutes, and check that they cover the wrap-up and the handling."""
    for channel in facts.channels:
        minute = facts.known("cost_per_minute", channel) or facts.known("cost_per_minute", "all")
        if minute is None or minute.published.low <= 0:
            continue
        for figure in facts.about("cost_per_ticket", channel):
            each = known(figure)
            minutes = each.over(minute)
            yield Finding(
                "cost against time",
                "implied",
                minutes.ids,
                f"{ranged(each.published)} a ticket at {ranged(minute.published)} a minute pay "
                f"for {ranged(minutes.published)} min of handling.",
                "",
                COSTING,
            )
        contact = facts.known("cost_per_contact", channel)
        if contact:
            yield _contact_cost(channel, contact, minute, facts.known("wrap_up", channel))
        handling = facts.known("handling_time", channel)
        ticket = facts.known("cost_per_ticket", channel)
        if handling and ticket:
            yield _handling_cost(channel, handling, minute, ticket, "ticket")
        if handling and contact:
            # Handling may be that of a ticket. Its cost tells whether several contacts explain it.
            covered = ticket is not None and not handling.times(minute).above(ticket)
            yield _handling_cost(channel, handling, minute, contact, "contact", covered=covered)


def _contact_cost(channel: str, contact: Known, minute: Known, wrap_up: Known | None) -> Finding:
    minutes = contact.over(minute)
    statement = (
        f"On {channel}, {ranged(contact.published)} a contact at {ranged(minute.published)} a "
        f"minute pay for {ranged(minutes.published)} min"
    )
    if wrap_up is None:
        return Finding("cost against time", "implied", minutes.ids, f"{statement}.", "", COSTING)
    cost = wrap_up.times(minute)
    reading = ""
    if cost.above(contact):
        rate = ranged(contact.over(wrap_up).published, scale=1 / 60)
        reading = f"the costs follow different rules: {rate} an hour at most covers the wrap-up"
    return Finding(
        "cost against time",
        "contradiction" if reading else "agreement",
        minutes.ids + wrap_up.ids,
        f"{statement}; the {time(wrap_up.published)} of wrap-up alone cost "
        f"{ranged(cost.published)}.",
        reading,
        COSTING,
    )


def _handling_cost(
    channel: str, handling: Known, minute: Known, paid: Known, payer: str, covered: bool = False
) -> Finding:
    """Compare the cost of handling with what is paid; `covered` if a ticket's cost covers it."""
    cost = handling.times(minute)
    kind: Kind = "agreement"
    reading = ""
    if cost.above(paid):
        kind = "depends on reading" if covered else "contradiction"
        reading = "the costs follow different rules"
        if payer == "contact":
            reading = f"a ticket takes several contacts, or {reading}"
    return Finding(
        "cost against time",
        kind,
        paid.ids + cost.ids,
        f"On {channel}, {ranged(paid.published)} a {payer} is published; "
        f"{time(handling.published)} of handling at {ranged(minute.published)} a minute alone cost "
        f"{ranged(cost.published)}.",
        reading,
        COSTING,
    )


def wrap_up_in_handling(facts: Facts) -> Iterator[Finding]:
    """Check that the wrap-up is no longer than the handling that it is part of."""
    for channel in facts.channels:
        wrap_up = facts.known("wrap_up", channel)
        handling = facts.known("handling_time", channel)
        if wrap_up and handling:
            yield Finding(
                "wrap-up in handling",
                "contradiction" if wrap_up.above(handling) else "agreement",
                wrap_up.ids + handling.ids,
                f"On {channel}, the mean wrap-up takes {time(wrap_up.published)} and the mean "
                f"handling, of which it is part, {time(handling.published)}.",
                "",
                PARTS,
            )


def ticket_covers_contact(facts: Facts) -> Iterator[Finding]:
    """Check that a ticket costs no less than one contact."""
    for channel in facts.channels:
        ticket = facts.known("cost_per_ticket", channel)
        contact = facts.known("cost_per_contact", channel)
        if ticket and contact:
            yield Finding(
                "ordered costs",
                "contradiction" if contact.above(ticket) else "agreement",
                ticket.ids + contact.ids,
                f"On {channel}, a ticket costs {ranged(ticket.published)} and a contact "
                f"{ranged(contact.published)}.",
                "",
                CONTACTS,
            )
