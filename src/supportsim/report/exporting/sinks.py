"""Where an export goes: a file, packed if its name ends on .gz, or standard output."""

from __future__ import annotations

import gzip
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from supportsim.files import whole_file
from supportsim.report.exporting.formats import STDOUT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@contextmanager
def opened(path: Path | str) -> Iterator[BinaryIO]:
    """Open what an export is written to.

    Parameters
    ----------
    path
        A file, which appears whole or not at all; ``-`` for standard output.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    path = Path(path)
    if path == STDOUT:
        sys.stdout.flush()
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with whole_file(path) as file:
        if path.suffix.lower() != ".gz":
            yield file
            return
        # Without name and time, the same contents give the same bytes.
        with gzip.GzipFile("", "wb", compresslevel=6, fileobj=file, mtime=0) as packed:
            yield cast("BinaryIO", packed)


def write_chunks(chunks: Iterable[str], path: Path | str) -> None:
    """Write a text that comes in pieces."""
    with opened(path) as file:
        for chunk in chunks:
            file.write(chunk.encode())
