"""What a page of a report is made of, before any of it is HTML."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from supportsim.report.html_report.bars import Bar

ANSWERS = {
    "matches": ("✓", "good"),
    "meets": ("✓", "good"),
    "misses": ("✗", "bad"),
    "fails": ("✗", "bad"),
    "undecided": ("?", "open"),
    "not simulated": ("–", "none"),
}
"""The sign that stands before each verdict, and the class that colours it."""


MOST_OF_HALF = 800
"""CSS pixels above which a picture is too wide for half a page."""


@dataclass(frozen=True)
class Answer:
    """A verdict in a word, with a sign, so that its colour carries nothing of its own.

    Attributes
    ----------
    word
        The verdict.
    note
        What else to know of it.
    """

    word: str
    note: str = ""
    kind: ClassVar[str] = "judged"

    @property
    def sign(self) -> str:
        """The sign before the word."""
        return self._shown[0]

    @property
    def tone(self) -> str:
        """The class that colours it."""
        return self._shown[1]

    @property
    def _shown(self) -> tuple[str, str]:
        return ANSWERS.get(self.word.partition(",")[0], ("", "none"))


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    head
        Its head.
    number
        Whether it holds numbers, which are aligned to the right.
    """

    head: str
    number: bool = False


@dataclass(frozen=True)
class Group:
    """Rows of a table under a heading of their own; an empty one is not shown."""

    title: str
    rows: Sequence[Sequence[str | Answer | Bar]]


@dataclass(frozen=True)
class Table:
    """A table, whose first column heads the rows.

    Attributes
    ----------
    caption
        What it shows.
    columns, groups
        Its columns, and its rows in groups.
    stacked
        Whether each row becomes a card where the screen is narrow; otherwise the table scrolls.
    visible
        Whether the caption is shown, or only read out.
    """

    caption: str
    columns: Sequence[Column]
    groups: Sequence[Group]
    stacked: bool = False
    visible: bool = False
    kind: ClassVar[str] = "table"


def text_table(
    caption: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    numbers: Collection[int] = (),
    judged: int | None = None,
) -> Table:
    """Return a table of texts.

    Parameters
    ----------
    caption, heads, rows
        What it shows, the heads of its columns, and its cells.
    numbers
        The columns that hold numbers.
    judged
        The column that holds verdicts, in capitals or not.
    """
    columns = [Column(head, place in numbers) for place, head in enumerate(heads)]
    cells = [
        [Answer(cell.lower()) if place == judged else cell for place, cell in enumerate(row)]
        for row in rows
    ]
    return Table(caption, columns, [Group("", cells)], stacked=True)


@dataclass(frozen=True)
class Text:
    """A paragraph, with a few words in bold before it."""

    text: str
    lead: str = ""
    aside: bool = False
    kind: ClassVar[str] = "text"


@dataclass(frozen=True)
class Code:
    """Text to copy as it is."""

    text: str
    kind: ClassVar[str] = "code"


@dataclass(frozen=True)
class Facts:
    """Terms and what they are."""

    pairs: Sequence[tuple[str, str]]
    kind: ClassVar[str] = "facts"


@dataclass(frozen=True)
class Plot:
    """A picture, with the table of what it shows.

    Attributes
    ----------
    title, alt
        What it shows, in a few words and in sentences.
    source
        The picture as a data URI.
    width, height
        Its size in CSS pixels.
    table
        The numbers behind it.
    """

    title: str
    alt: str
    source: str
    width: int
    height: int
    table: Table

    @property
    def wide(self) -> bool:
        """Whether it needs the room of two."""
        return self.width > MOST_OF_HALF


@dataclass(frozen=True)
class Plots:
    """Pictures, side by side where there is room, and a table before them, if there is one."""

    plots: Sequence[Plot]
    table: Table | None = None
    kind: ClassVar[str] = "plots"


@dataclass(frozen=True)
class Fold:
    """What is shown when it is asked for."""

    title: str
    blocks: Sequence[Block]
    kind: ClassVar[str] = "fold"


Block = Table | Text | Code | Facts | Plots | Fold


@dataclass(frozen=True)
class Section:
    """A part of a report, with parts of its own.

    Attributes
    ----------
    title
        Its heading.
    blocks
        What stands in it.
    sections
        Its own parts.
    """

    title: str
    blocks: Sequence[Block] = ()
    sections: Sequence[Section] = ()


@dataclass(frozen=True)
class Report:
    """A report.

    Attributes
    ----------
    name
        Whose it is: the name of the scenario.
    study
        What was done, in two words.
    answer
        The answer in one sentence.
    tone
        Whether that is good, bad or open; plain if it is none of these.
    about
        What was simulated, in a sentence or two.
    description
        What the scenario says of itself.
    notes
        What else to know before the tables, with a word before each.
    sections
        Its parts.
    """

    name: str
    study: str
    answer: str
    tone: str
    about: str
    description: str = ""
    notes: Sequence[Text] = ()
    sections: Sequence[Section] = field(default=())
