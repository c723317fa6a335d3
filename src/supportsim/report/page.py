"""A page of text on a console: paragraphs and tables that any terminal can show."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from rich.console import Console

WIDEST = 100
NARROW = 76
"""Characters below which a table may break its numbers into lines."""
_PLAIN = str.maketrans(
    {
        "–": "-",
        "−": "-",
        "±": "+/-",
        "×": "x",
        "·": "*",
        "≤": "<=",
        "≥": ">=",
        "→": "->",
        "λ": "lambda",
    }
    | {"Σ": "sum of", "∫": "integral of", "’": "'", "“": '"', "”": '"', "…": "..."}
)
_ASCII_BOX = box.Box("    \n    \n -- \n    \n    \n    \n    \n    \n", ascii=True)
_GLUE = "\N{NO-BREAK SPACE}"


class Page:
    """Writes to a console what its encoding can hold, no wider than is good to read.

    Text is never taken for markup, and control characters in names do not reach the terminal.

    Parameters
    ----------
    console
        Where to write.
    """

    def __init__(self, console: Console) -> None:
        self.console = console
        self.width = min(console.width, WIDEST)
        self.unicode = console.encoding.lower().startswith("utf")

    def plain(self, text: str) -> str:
        """Return what this console can show of a text."""
        clean = "".join(letter if letter.isprintable() else " " for letter in text)
        if self.unicode:
            return clean
        encoding = self.console.encoding
        return clean.translate(_PLAIN).encode(encoding, "replace").decode(encoding)

    def text(self, text: str, style: str = "") -> Text:
        """Return a text that this console can show."""
        return Text(self.plain(text), style)

    def write(self, text: str = "", style: str = "", *, lead: str = "", indent: int = 0) -> None:
        """Write a paragraph, wrapped at words.

        Parameters
        ----------
        text, style
            The paragraph; without one, an empty line.
        lead
            Words before the text, in bold.
        indent
            Spaces before each line.
        """
        lead = self.plain(lead)
        whole = re.sub(r"(?<=\d) (?=%)", _GLUE, lead + self.plain(text))
        width = max(self.width - indent, 20)
        for line in textwrap.wrap(whole, width, break_on_hyphens=False) or [""]:
            shown = Text(" " * indent + line.replace(_GLUE, " "), style)
            if lead:
                shown.stylize("bold", indent, indent + min(len(lead), len(line)))
                lead = lead[len(line) + 1 :]
            self.console.print(shown, soft_wrap=True)

    def table(self, *columns: str, numbers: int = -1) -> Table:
        """Return an empty table whose first column wraps.

        Parameters
        ----------
        columns
            Their heads.
        numbers
            How many columns after the first are aligned to the right; −1 for all.
        """
        table = Table(
            box=box.SIMPLE_HEAD if self.unicode else _ASCII_BOX,
            show_edge=False,
            pad_edge=False,
            padding=(0, 1, 0, 0),
        )
        for number, column in enumerate(columns):
            right = number > 0 and (numbers < 0 or number <= numbers)
            table.add_column(
                self.text(column),
                justify="right" if right else "left",
                no_wrap=number > 0 and (self.width >= NARROW or not right),
                min_width=14 if number == 0 else None if right else 9,
                overflow="fold",
            )
        return table

    def write_table(self, table: Table, *, gap: bool = True) -> None:
        """Write a table and, unless told otherwise, an empty line."""
        self.console.print(table, width=self.width)
        if gap:
            self.write()
