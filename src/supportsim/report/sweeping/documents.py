"""A sweep as a JSON document, whose keys are a contract with other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic_core import to_jsonable_python

from supportsim.report.documents import Document, finite
from supportsim.versions import engine, version

if TYPE_CHECKING:
    from supportsim.studies.sweeping import Point, Sweep


def sweep_document(sweep: Sweep) -> Document:
    """Return the measures and verdicts of every point, with null for what is unknown."""
    settings = sweep.settings.model_dump(mode="json", include={"design", "points", "log"})
    return {
        "scenario": sweep.scenario.name,
        "version": version(),
        "engine": engine(),
        "seed": sweep.scenario.run.seed,
        **settings,
        "parameters": list(sweep.parameters),
        "points": [_point(sweep, point) for point in sweep.points],
        "matching": [point.number for point in sweep.matching],
    }


def _point(sweep: Sweep, point: Point) -> Document:
    return {
        "point": point.number,
        "values": to_jsonable_python(dict(point.values)),
        "measures": [
            {
                "id": name,
                "unit": sweep.asked[name].measure.unit,
                "mean": finite(result.mean),
                "ci95": [finite(result.low), finite(result.high)],
                "replications": result.replications,
            }
            for name, result in point.results.items()
        ],
        "verdicts": [{"id": name, "verdict": answer} for name, answer in point.verdicts.items()],
        "all_match": point.all_match,
        "warnings": list(point.warnings),
    }
