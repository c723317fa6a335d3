"""A comparison as a JSON document, whose keys are a contract with other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supportsim.report.documents import Document, finite, run_document

if TYPE_CHECKING:
    from supportsim.studies import Comparison, Run
    from supportsim.studies.compare import Compared


def comparison_document(comparison: Comparison) -> Document:
    """Return the differences and verdicts of all alternatives, with null for what is unknown.

    A variance reduction without end, where nothing of the noise is left, is null as well.
    """
    base = run_document(comparison.base)
    return {
        **{key: base[key] for key in ("scenario", "version", "engine", "seed", "replications")},
        "confidence": comparison.confidence,
        "measures": list(comparison.measures),
        "base": _judged(comparison.base),
        "alternatives": [
            {
                "name": name,
                "scenario": run.scenario.name,
                "differences": [
                    _difference(one) for one in comparison.differences if one.alternative == name
                ],
                **_judged(run),
            }
            for name, run in comparison.alternatives.items()
        ],
    }


def _judged(run: Run) -> Document:
    document = run_document(run)
    return {key: document[key] for key in ("verdicts", "all_match")}


def _difference(one: Compared) -> Document:
    found, pair = one.difference, one.difference.pair
    document = {
        "id": one.asked.id,
        "unit": one.asked.measure.unit,
        "base": finite(pair.base),
        "alternative": finite(pair.alternative),
        "difference": finite(pair.difference),
        "interval": [finite(found.low), finite(found.high)],
        "p_value": finite(found.p_value),
        "differs": found.differs,
        "variance_reduction": finite(pair.variance_reduction),
    }
    return document | ({"reason": one.reason} if one.reason else {})
