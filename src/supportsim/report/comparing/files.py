"""A comparison as a folder of files, written whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supportsim.files import to_json, write_together
from supportsim.report.comparing.documents import comparison_document
from supportsim.scenario import fingerprint
from supportsim.versions import made_with

if TYPE_CHECKING:
    from pathlib import Path

    from supportsim.scenario import Scenario
    from supportsim.studies import Comparison


def write_comparison(comparison: Comparison, folder: Path | str) -> None:
    """Write a comparison's differences, verdicts and plot to a folder, with a manifest.

    The same comparison gives the same bytes.

    Parameters
    ----------
    comparison
        The comparison.
    folder
        Where to write; made if it does not exist.

    Raises
    ------
    InputError
        If the folder cannot be written.
    """
    about = {
        "study": "compare",
        **made_with(),
        "seed": comparison.base.scenario.run.seed,
        "replications": len(comparison.base.replications),
        "confidence": comparison.confidence,
        "scenarios": {name: _about(run.scenario) for name, run in comparison.runs.items()},
    }
    write_together(folder, lambda new: _write_all(comparison, new), about)


def _about(scenario: Scenario) -> dict[str, object]:
    return {
        "fingerprint": fingerprint(scenario),
        "scenario": scenario.model_dump(mode="json", by_alias=True, exclude_unset=True),
    }


def _write_all(comparison: Comparison, folder: Path) -> None:
    """Write all files of a comparison to an empty folder."""
    from supportsim.report.comparing.frames import differences_frame, side_by_side_frame
    from supportsim.report.files import save_pictures
    from supportsim.report.frames import write_csv
    from supportsim.report.pictures import pictures_of_comparison

    (folder / "comparison.json").write_text(
        to_json(comparison_document(comparison)), encoding="utf-8", newline="\n"
    )
    write_csv(differences_frame(comparison), folder / "comparison.csv", index=False)
    if comparison.base.figures:
        write_csv(side_by_side_frame(comparison), folder / "verdicts.csv", index=True)
    save_pictures(pictures_of_comparison(comparison), folder)
