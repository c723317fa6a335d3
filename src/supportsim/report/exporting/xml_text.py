"""Text that XML 1.0 can hold."""

from __future__ import annotations

import re
from xml.sax.saxutils import quoteattr

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What is no Char of XML 1.0, fifth edition, section 2.2, not even as a reference."""


def possible(text: str) -> str:
    r"""Return a text in which characters that XML forbids are written out, as in ``\x07``."""
    return _FORBIDDEN.sub(lambda found: ascii(found[0])[1:-1], text)


def quoted(text: str) -> str:
    """Return a text as the value of an attribute, in quotes.

    Tabs and line ends are written as references: a reader would take them for spaces otherwise.
    """
    return quoteattr(possible(text))
