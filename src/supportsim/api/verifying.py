"""A verification, as notebooks and scripts see it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from supportsim import validation
from supportsim.files import check_writable, to_json
from supportsim.report import verification_document, verification_html, write_verification
from supportsim.report.progress import progress_bar
from supportsim.report.verifying.tables import bottom_line

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import pandas as pd

    from supportsim.validation import Verification


class VerificationResult:
    """What came of simulating scenarios whose answer theory knows.

    Parameters
    ----------
    verification
        The verification that it shows.
    """

    def __init__(self, verification: Verification) -> None:
        self._verification = verification

    @property
    def passed(self) -> bool:
        """Whether every simulated measure agrees with theory, and every formula with print."""
        return self._verification.passed

    @cached_property
    def frame(self) -> pd.DataFrame:
        """A row for each measure of each case: exact, simulated, interval, verdict, source."""
        from supportsim.report.verifying.documents import verification_frame

        return verification_frame(self._verification)

    @cached_property
    def published(self) -> pd.DataFrame:
        """A row for each published value of a formula, beside what the formula gives."""
        from supportsim.report.verifying.documents import published_frame

        return published_frame(self._verification.published)

    def to_dict(self) -> dict[str, Any]:
        """Return the cases and their measures as a dictionary that JSON can hold."""
        return verification_document(self._verification)

    def to_json(self) -> str:
        """Return the cases and their measures as JSON text."""
        return to_json(self.to_dict())

    def save(self, folder: str | Path) -> None:
        """Write JSON, CSV and Markdown to a folder, all of them or none.

        Raises
        ------
        InputError
            If the folder cannot be written.
        """
        check_writable(folder, "verify")
        write_verification(self._verification, folder)

    def __repr__(self) -> str:
        return f"<VerificationResult: {bottom_line(self._verification)}>"

    def _repr_html_(self) -> str:
        return verification_html(self._verification)


def verify(
    only: str | Iterable[str] = (),
    *,
    quick: bool = False,
    seed: int = 1,
    workers: int | None = None,
    progress: bool = False,
) -> VerificationResult:
    """Simulate scenarios whose answer theory knows, and compare.

    All of them take a few minutes, the quick suite half a minute or less.

    Parameters
    ----------
    only
        Id of a case, or several; all unless given.
    quick
        Whether to take only the quick suite, a case for each of the classic formulas.
    seed
        Seed of all cases.
    workers
        Processes to use, −1 for all cores; as many as the work is worth unless given. The result
        does not depend on it.
    progress
        Whether to show a progress bar.

    Raises
    ------
    InputError
        If there is no such case, or the seed is out of range.
    """
    chosen = (only,) if isinstance(only, str) else tuple(only)
    with progress_bar("exact results", shown=progress, doing="Verifying") as advance:
        return VerificationResult(
            validation.verify(chosen, quick=quick, seed=seed, workers=workers, progress=advance)
        )
