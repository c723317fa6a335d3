"""How many contacts a ticket has on average, in which channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from supportsim.scenario.channel import Channel
    from supportsim.scenario.model import Scenario
    from supportsim.tables import Floats

FOR_EVER = 0.99
"""How many of the tickets that go from channel to channel go on once more (a spectral radius), from
which on they are taken to do so for ever: a ticket would take a hundred steps."""


def passed_on(scenario: Scenario) -> Floats:
    """Return the chance that a conversation goes on in another channel.

    Returns
    -------
    float64, shape (channels, channels)
        From the row's channel to the column's, in the order of the file.
    """
    number = {name: place for place, name in enumerate(scenario.channels)}
    onward = np.zeros((len(number), len(number)))
    for name, channel in scenario.channels.items():
        for way in channel.escalation:
            onward[number[name], number[way.to]] += way.probability
    return onward


def messages_left(scenario: Scenario) -> Floats:
    """Return in which channel a customer who finds another one closed leaves a message: 1, else 0.

    Returns
    -------
    float64, shape (channels, channels)
        From the row's channel to the column's, in the order of the file.
    """
    number = {name: place for place, name in enumerate(scenario.channels)}
    left = np.zeros((len(number), len(number)))
    for name, channel in scenario.channels.items():
        if channel.opening and channel.opening.voicemail_to is not None:
            left[number[name], number[channel.opening.voicemail_to]] = 1.0
    return left


def conversations_per_ticket(scenario: Scenario) -> Floats:
    """Return the expected conversations in each channel of a ticket that begins in another.

    A ticket has one in its own channel, and one more for each escalation; nobody gives up.

    Returns
    -------
    float64, shape (channels, channels)
        Of a ticket of the row's channel in the column's.
    """
    onward = passed_on(scenario)
    return np.linalg.inv(np.eye(len(onward)) - onward).astype(np.float64)


def contacts_of_conversation(channel: Channel) -> tuple[float, float]:
    """Return the expected contacts of a conversation in a channel: in all, and transferred ones.

    Its first contact, and each transferred one, is passed on with probability q. The one that is
    not ends the search: it escalates with probability e, has to be taken up once more with
    probability b (if it does not escalate), and else, as after any other contact, another one
    follows with probability c: a reply, or a resolution that is reopened.
    """
    q = channel.transfers.probability if channel.transfers else 0.0
    e = sum(way.probability for way in channel.escalation)
    b = channel.tools.blocked if channel.tools else 0.0
    p = channel.replies.probability if channel.replies else 0.0
    reopened = channel.reopening.probability if channel.reopening else 0.0
    c = p + (1 - p) * channel.resolution * reopened
    # The contact that ends the search, one more if it was blocked, and then what customers ask.
    after = (1 - e) * (b + c / (1 - c))
    moved = q / (1 - q)
    return 1 + moved + after, moved


def deflected(scenario: Scenario, channel: str) -> float:
    """Return the chance that self-service answers a customer of a channel."""
    service = scenario.self_service
    if service is None or (service.channels and channel not in service.channels):
        return 0.0
    own = service.own_language
    article = own * service.answered + (1 - own) * service.answered_otherwise
    forum = service.forum.asked * service.forum.answered if service.forum else 0.0
    return service.tried_first * (article + (1 - article) * forum)
