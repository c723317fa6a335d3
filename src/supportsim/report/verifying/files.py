"""A verification as a folder of files, written whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supportsim.files import to_json, write_together
from supportsim.report.verifying.documents import verification_document, verification_frame
from supportsim.report.verifying.markup import verification_markdown
from supportsim.versions import made_with

if TYPE_CHECKING:
    from pathlib import Path

    from supportsim.validation import Verification

STUDY = "verify"


def write_verification(verification: Verification, folder: Path | str) -> None:
    """Write a verification as JSON, CSV and Markdown to a folder, with a manifest.

    The same verification gives the same bytes.

    Raises
    ------
    InputError
        If the folder cannot be written.
    """
    about = {
        "study": STUDY,
        **made_with(),
        "seed": verification.seed,
        "suite": verification.suite,
        "cases": [case.id for case in verification.cases],
    }
    write_together(folder, lambda new: _write_all(verification, new), about)


def _write_all(verification: Verification, folder: Path) -> None:
    """Write all files of a verification to an empty folder."""
    from supportsim.report.frames import write_csv

    texts = {
        "verification.json": to_json(verification_document(verification)),
        "verification.md": verification_markdown(verification),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    write_csv(verification_frame(verification), folder / "verification.csv", index=False)
