"""Audit rules on shares, escalations and volumes."""

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
)

COMPLEMENT = "the answered and the unanswered are all there are"
SUBSET = "a ticket that is resolved has been answered"
WHOLE = "the parts of a whole add up to 1"
SCALES = "a share is from 0 to 1, a net promoter score from -100 to 100"
ESCALATION = "a contact that is escalated is not resolved by the first contact"
VOLUME = "total = part / its share"
CHANNELS = "a ticket arrives by one channel"


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


def shares_of_channels(facts: Facts) -> Iterator[Finding]:
    """Check that the channels' shares of tickets add up to 1 at most."""
    parts = {
        channel: part
        for channel in facts.channels
        if channel != "all"
        and (part := facts.known("share_of_tickets", channel))
        and part.published.meets(Span(0, 1))  # the scale is another rule's
    }
    if len(parts) < 2:
        return
    total = _total(parts.values())
    yield Finding(
        "shares of channels",
        "contradiction" if total.above(certain(1)) else "agreement",
        total.ids,
        f"{listed(list(parts))} take {share(total.published)} of the tickets of all channels.",
        "",
        CHANNELS,
    )
