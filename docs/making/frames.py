"""What the columns of a result's frames are, told where the frame is asked for."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from making.notes import entries, sections
from supportsim.report import frames
from supportsim.report.calibrating import documents as calibrating
from supportsim.report.comparing import frames as comparing
from supportsim.report.exporting.tables import CONTACT_TYPES, TICKET_TYPES
from supportsim.report.planning import documents as planning
from supportsim.report.sweeping import frames as sweeping
from supportsim.report.verifying import documents as verifying

_MAKERS: dict[str, Callable[..., Any]] = {
    "Result.verdicts": frames.verdicts_frame,
    "Result.measures": frames.measures_frame,
    "Result.staff": frames.staff_frame,
    "Result.tickets": frames.tickets_frame,
    "Result.contacts": frames.contacts_frame,
    "ComparisonResult.frame": comparing.differences_frame,
    "ComparisonResult.verdicts": comparing.side_by_side_frame,
    "SweepResult.frame": sweeping.sweep_frame,
    "SweepResult.pivot": sweeping.pivot_frame,
    "SweepResult.sensitivity": sweeping.sensitivity_frame,
    "PlanResult.staffing": planning.staffing_frame,
    "PlanResult.targets": planning.targets_frame,
    "PlanResult.neighbours": planning.neighbours_frame,
    "CalibrationResult.parameters": calibrating.parameters_frame,
    "CalibrationResult.figures": calibrating.figures_frame,
    "CalibrationResult.verdicts": frames.verdicts_frame,
    "VerificationResult.frame": verifying.verification_frame,
    "VerificationResult.published": verifying.published_frame,
}
_COLUMNS: dict[str, list[str]] = {
    "Result.verdicts": frames.VERDICT_COLUMNS,
    "Result.tickets": list(TICKET_TYPES),
    "Result.contacts": list(CONTACT_TYPES),
    "ComparisonResult.frame": comparing.COLUMNS,
    "CalibrationResult.verdicts": frames.VERDICT_COLUMNS,
}
_POINTER = re.compile(r"; see `report\.[\w.]+`| See `studies\.[\w.]+`\.")


def as_told(text: str) -> str:
    """Return a docstring as Markdown, without the names of functions that only the code knows."""
    return _POINTER.sub("", text.replace("``", "`")).replace("`targets_frame`", "`targets`")


def told(member: str) -> Iterator[str]:
    """Yield what is in the frame that a member such as ``Result.verdicts`` returns, if it does."""
    if member not in _MAKERS:
        return
    first, parts = sections(_MAKERS[member])
    _, _, more = first.partition("\n\n")
    meaning = entries(parts["Returns"])[0][1] if "Returns" in parts else " ".join(more.split())
    if meaning:
        yield from ("", as_told(meaning))
    if member in _COLUMNS:
        yield from ("", f"Columns: {', '.join(f'`{name}`' for name in _COLUMNS[member])}.")
