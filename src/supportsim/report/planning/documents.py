"""A plan as a JSON document, as frames, and as a folder of files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supportsim.files import to_json, write_together
from supportsim.report.documents import Document, about, finite_row
from supportsim.versions import engine, version

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from supportsim.studies.planning.evaluate import Statement
    from supportsim.studies.planning.plan import Neighbour, Plan


def plan_document(plan: Plan) -> Document:
    """Return what a plan says, with null for what is unknown."""
    return {
        "scenario": plan.given.name,
        "version": version(),
        "engine": engine(),
        "seed": plan.given.run.seed,
        "confidence": plan.rules.confidence,
        "possible": plan.possible,
        "replications": plan.replications,
        "staffings": plan.looked_at,
        "staffing": staffing_rows(plan),
        "cost_a_week": {"now": plan.cost_now, "planned": plan.cost if plan.possible else None},
        "targets": [finite_row(row) for row in target_rows(plan)],
        "neighbours": [finite_row(row) for row in neighbour_rows(plan)],
        "minimality": plan.minimality if plan.possible else "",
        "guarantee": plan.guarantee,
        "reasons": [reason for part in plan.parts for reason in part.why_not],
        "warnings": list(plan.warnings),
    }


def staffing_rows(plan: Plan) -> list[Document]:
    """Return a row for each position."""
    return [
        {
            "key": one.key,
            "team": one.team,
            "shift": one.shift,
            "now": one.now,
            "planned": plan.staffing.get(one.key),
            "hours_a_week": one.hours,
            "cost_a_week": None
            if one.key not in plan.staffing
            else one.cost * plan.staffing[one.key],
        }
        for one in plan.positions
    ]


def target_rows(plan: Plan) -> list[Document]:
    """Return a row for each target; where no staffing would do, with a great many agents."""
    return [_said(one) for one in plan.statements]


def neighbour_rows(plan: Plan) -> list[Document]:
    """Return a row for each position with one agent fewer, about the target that misses most."""
    return [_of_neighbour(one) for one in plan.neighbours]


def _of_neighbour(one: Neighbour) -> Document:
    said = {} if one.worst is None else _said(one.worst)
    return {"key": one.position.key, "heads": one.heads, **said, "verdict": one.judged.answer}


def _said(one: Statement) -> Document:
    estimate = one.estimate
    return {
        "target": one.target.text,
        "measure": one.target.measure,
        "comparison": one.target.comparison,
        "value": one.target.value,
        "unit": one.asked.measure.unit,
        "estimate": estimate.mean,
        "low": estimate.low,
        "high": estimate.high,
        "margin": one.margin.mean,
        "precision": one.precision,
        "replications": one.margin.replications,
        "verdict": one.answer,
    }


def staffing_frame(plan: Plan) -> pd.DataFrame:
    """Return a row for each position, by its key.

    Returns
    -------
    DataFrame
        Columns team, shift (NA for a team whose agents all work the same), now, planned (NA where
        none would do), hours_a_week of a head and cost_a_week of all of them.
    """
    import pandas as pd

    columns = ["key", "team", "shift", "now", "planned", "hours_a_week", "cost_a_week"]
    frame = pd.DataFrame(staffing_rows(plan), columns=columns).set_index("key")
    return frame.astype({"shift": "Int64", "planned": "Int64", "cost_a_week": "float64"})


def targets_frame(plan: Plan) -> pd.DataFrame:
    """Return a row for each target.

    Returns
    -------
    DataFrame
        Columns target, measure, comparison, value, unit, estimate with its interval (low, high;
        of a quantile the share of values on the right side), margin, the precision below which
        the verdict may be either, replications and verdict.
    """
    import pandas as pd

    return pd.DataFrame(target_rows(plan))


def neighbours_frame(plan: Plan) -> pd.DataFrame:
    """Return a row for each position with one agent fewer: its verdict, and the target it misses.

    Returns
    -------
    DataFrame
        Columns key, heads, then those of `targets_frame`.
    """
    import pandas as pd

    return pd.DataFrame(neighbour_rows(plan))


def write_plan(plan: Plan, folder: Path | str) -> None:
    """Write a plan to a folder, with a manifest. The same plan gives the same bytes.

    Raises
    ------
    InputError
        If the folder cannot be written.
    """
    made = about("plan", plan.given)
    write_together(folder, lambda new: _write_all(plan, new), made)


def _write_all(plan: Plan, folder: Path) -> None:
    """Write all files of a plan to an empty folder."""
    from supportsim.report.files import save_pictures
    from supportsim.report.frames import write_csv
    from supportsim.report.pictures import pictures_of_plan

    text = to_json(plan_document(plan))
    (folder / "plan.json").write_text(text, encoding="utf-8", newline="\n")
    write_csv(staffing_frame(plan), folder / "staffing.csv", index=True)
    write_csv(targets_frame(plan), folder / "targets.csv", index=False)
    write_csv(neighbours_frame(plan), folder / "neighbours.csv", index=False)
    save_pictures(pictures_of_plan(plan), folder)
