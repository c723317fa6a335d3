"""The errors that a user of supportsim may want to catch.

All of them are a `SupportSimError`; those that come from what the user wrote are also a
`ValueError`, as in pandas and SciPy.
"""

import difflib
import json
from collections.abc import Iterable


class SupportSimError(Exception):
    """Base of every error that supportsim raises on purpose."""


class InputError(SupportSimError, ValueError):
    """What the user gave is wrong; the message says where, why and what would be right."""


class ScenarioError(InputError):
    """A scenario that cannot be used.

    Parameters
    ----------
    reason
        What is wrong, in one sentence without a full stop.
    key
        Dotted path of the key at fault, such as ``channels.portal.arrivals.per_day``.
    file
        The file that the key was read from; empty for a scenario made in Python.
    hint
        What to write instead, if that can be said.
    """

    def __init__(self, reason: str, *, key: str = "", file: str = "", hint: str = "") -> None:
        self.reason, self.key, self.file, self.hint = reason, key, file, hint
        where = ": ".join(part for part in (file, key) if part)
        message = f"{where}: {reason}" if where else reason
        super().__init__(one_line(f"{message}; {hint}" if hint else message))

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (self.reason, self.key, self.file, self.hint)


def _rebuild(reason: str, key: str, file: str, hint: str) -> ScenarioError:
    return ScenarioError(reason, key=key, file=file, hint=hint)


class BenchmarkError(InputError):
    """A benchmark file that cannot be used, or a benchmark id that does not exist."""


class ConservationError(SupportSimError, AssertionError):
    """A run broke a law that every run must obey: a defect of supportsim, never of the input."""


def one_line(text: str) -> str:
    """Return a text with everything that cannot be printed, line ends included, escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def quoted(text: str, longest: int = 60) -> str:
    """Return a text in double quotes as TOML would write it, shortened."""
    shortened = text if len(text) <= longest else f"{text[: longest - 3]}..."
    return json.dumps(shortened, ensure_ascii=False)


def nearest(word: str, known: Iterable[str]) -> str:
    """Return ``did you mean "…"?`` for the known word closest to `word`, or an empty string."""
    match = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.5)
    return f"did you mean {quoted(match[0])}?" if match else ""


def choices(word: str, known: Iterable[str], such: str = "there are") -> str:
    """Return the known word closest to `word` as a question, or else all that are known."""
    names = list(known)
    listed = [*names[:20], "..."] if len(names) > 20 else names
    return nearest(word, names) or f"{such}: {', '.join(listed) or 'none'}"
