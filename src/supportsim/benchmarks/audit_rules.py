"""Audit rules on shares, escalations, costs and volumes."""

import functools
from collections.abc import Iterable, Iterator, Mapping

from supportsim.benchmarks.audit_facts import (
    Facts,
    Finding,
    Kind,
    Known,
    Span,
    certain,
    exceeds,
    grouped,
    known,
    listed,
    merged,
    ranged,
    share,
    time,
)

COMPLEMENT = "the answered and the unanswered are all there are"
SUBSET = "a ticket that is resolved has been answered"
WHOLE = "the parts of a whole add up to 1"
SCALES = "a share is from 0 to 1, a net promoter score from -100 to 100"
ESCALATION = "a contact that is escalated is not resolved by the first contact"
COSTING = "cost = time × cost of a unit of time"
VOLUME = "total = part / its share"


def complementary_shares(facts: Facts) -> Iterator[Finding]:
    """Check that the answered and the unanswered add up to 1."""
    for channel in facts.channels:
        rate = facts.known("response_rate", channel)
        own = facts.known("unanswered", channel)
        unanswered = own or facts.known("unanswered", "all")
        if rate is None or unanswered is None:
            continue
        left = rate.complement()
        agree = left.agrees(unanswered)
        # Two scopes may differ and both be true.
        differ: Kind = "contradiction" if own else "depends on reading"
        scope = f"on {channel}" if own else "over all channels"
        yield Finding(
            "complementary shares",
            "agreement" if agree else differ,
            rate.ids + unanswered.ids,
            f"A response rate of {share(rate.published)} on {channel} leaves "
            f"{share(left.published)} unanswered; {share(unanswered.published)} is published "
            f"{scope}.",
            "" if agree or own else f"one speaks of {channel} alone, the other of all channels",
            COMPLEMENT,
        )


def resolved_are_answered(facts: Facts) -> Iterator[Finding]:
    """Check that no more tickets are resolved than get a reply."""
    for channel in facts.channels:
        resolved = facts.known("resolution_rate", channel)
        answered = facts.known("response_rate", channel)
        if resolved and answered:
            yield Finding(
                "ordered shares",
                "contradiction" if resolved.above(answered) else "agreement",
                resolved.ids + answered.ids,
                f"On {channel}, {share(resolved.published)} of the tickets are resolved and "
                f"{share(answered.published)} answered.",
                "",
                SUBSET,
            )


def parts_of_a_whole(facts: Facts) -> Iterator[Finding]:
    """Check that the shares of one subject's categories add up to 1."""
    parts = grouped(
        ((figure.quantity, figure.channel, figure.subject), figure)
        for figure in facts.figures
        if figure.category
    )
    for (_, channel, subject), figures in parts.items():
        categories = grouped((figure.category, figure) for figure in figures)
        if len(categories) < 2:
            continue  # one part says nothing of the others
        total = _total(merged(group) for group in categories.values())
        yield Finding(
            "parts of a whole",
            "agreement" if total.agrees(certain(1)) else "contradiction",
            total.ids,
            f"On {channel}, the shares of {listed(list(categories))}"
            + (f" by {subject}" if subject else "")
            + f" add up to {share(total.published)}.",
            "",
            WHOLE,
        )


def _total(parts: Iterable[Known]) -> Known:
    return functools.reduce(Known.plus, parts)


def numbers_on_their_scale(facts: Facts) -> Iterator[Finding]:
    """Check that shares and net promoter scores are on their scale."""
    for figure in facts.figures:
        if figure.unit == "share":
            scale = Span(0, 1)
        elif figure.quantity == "nps":
            scale = Span(-100, 100)
        else:
            continue
        number = known(figure).published
        if exceeds(scale.low, number.low) or exceeds(number.high, scale.high):
            text = share if figure.unit == "share" else ranged
            yield Finding(
                "scale",
                "contradiction",
                (figure.id,),
                f"{figure.title} is published as {text(number)}; it can only be {text(scale)}.",
                "",
                SCALES,
            )


def escalation_caps(facts: Facts) -> Iterator[Finding]:
    """Check that the first contact resolves no more than is not escalated."""
    caps = _caps(facts)
    for channel in facts.channels:
        resolved = facts.known("first_contact_resolution", channel)
        if resolved is None:
            continue
        if channel in caps:
            yield _own_cap(channel, resolved, caps[channel])
        elif channel == "all" and caps:
            yield _caps_of_all(resolved, caps)


def _caps(facts: Facts) -> dict[str, Known]:
    """Return the share that each channel does not escalate, over all targets."""
    caps = {}
    for channel in facts.channels:
        targets = grouped((figure.to, figure) for figure in facts.about("escalation", channel))
        if targets:
            caps[channel] = _total(merged(group) for group in targets.values()).complement()
    return caps


def _own_cap(channel: str, resolved: Known, cap: Known) -> Finding:
    return Finding(
        "escalation cap",
        "contradiction" if resolved.above(cap) else "agreement",
        resolved.ids + cap.ids,
        f"Escalation caps first-contact resolution on {channel} at {share(cap.published)}; "
        f"{share(resolved.published)} is published.",
        "",
        ESCALATION,
    )


def _caps_of_all(resolved: Known, caps: Mapping[str, Known]) -> Finding:
    """Compare the mean over all channels with each channel's cap: it must not be above all."""
    above = all(resolved.above(cap) for cap in caps.values())
    tight = min(caps, key=lambda channel: caps[channel].published.high)
    room = caps[tight].published.high - resolved.published.high
    each = [f"{share(cap.published)} on {channel}" for channel, cap in caps.items()]
    if above:
        ending = "above every cap"
    elif room < 0:
        ending = f"above the cap on {tight}, so that other channels must make up for it"
    else:
        ending = f"{share(Span(room, room))} of tickets below the tightest cap, on {tight}"
    return Finding(
        "escalation cap",
        "contradiction" if above else "agreement",
        resolved.ids + tuple(name for cap in caps.values() for name in cap.ids),
        f"Escalation caps first-contact resolution at {listed(each)}. "
        f"{share(resolved.published)} is published over all channels, {ending}.",
        "channels without a published escalation lift the mean" if above else "",
        ESCALATION,
    )


def cost_against_time(facts: Facts) -> Iterator[Finding]:
    """Turn costs into minutes, and check that they cover the wrap-up."""
    for channel in facts.channels:
        minute = facts.known("cost_per_minute", channel) or facts.known("cost_per_minute", "all")
        if minute is None or minute.published.low <= 0:
            continue
        for figure in facts.about("cost_per_ticket", channel):
            ticket = known(figure)
            minutes = ticket.over(minute)
            yield Finding(
                "cost against time",
                "implied",
                minutes.ids,
                f"{ranged(ticket.published)} a ticket at {ranged(minute.published)} a minute pay "
                f"for {ranged(minutes.published)} min of handling.",
                "",
                COSTING,
            )
        contact = facts.known("cost_per_contact", channel)
        if contact:
            yield _contact_cost(channel, contact, minute, facts.known("wrap_up", channel))


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


def total_volume(facts: Facts) -> Iterator[Finding]:
    """Work out the arrivals of all channels from those of one and its share."""
    everywhere = facts.known("arrivals_per_day", "all")
    for channel in facts.channels:
        arrivals = facts.known("arrivals_per_day", channel)
        part = facts.known("share_of_tickets", channel)
        if arrivals is None or part is None or part.published.low <= 0:
            continue
        total = arrivals.over(part)
        kind: Kind = "implied"
        ids = total.ids
        statement = (
            f"{ranged(arrivals.published)} tickets a day on {channel} are "
            f"{share(part.published)} of all, which makes about {ranged(total.published)} a day "
            "over all channels"
        )
        if everywhere:
            kind = "agreement" if total.agrees(everywhere) else "contradiction"
            ids += everywhere.ids
            statement += f"; {ranged(everywhere.published)} is published"
        yield Finding("volume", kind, ids, f"{statement}.", "", VOLUME)
