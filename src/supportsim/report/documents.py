"""Results as JSON documents, whose keys are a contract with other programs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from supportsim.measures import MEASURES
from supportsim.scenario import fingerprint
from supportsim.versions import engine, made_with, version

if TYPE_CHECKING:
    from collections.abc import Iterable

    from supportsim.benchmarks import Figure, Finding, Verdict
    from supportsim.scenario import Scenario
    from supportsim.studies import Run

Document = dict[str, Any]

OWNERS = {"channel": "<channel>.", "team": "team.<name>.", "desk": "all."}
"""What ids of measures begin with, by what they are measured for."""

_PLACEHOLDERS = {
    "{time}": "any duration, as in answered_within_24h",
    "{channel}": "another channel, as in escalated_to_email",
    "{device}": "a device of the channel, as in device_share_mobile",
}


def run_document(run: Run) -> Document:
    """Return what a run says: every measure and every verdict, with null for what is unknown."""
    return {
        "scenario": run.scenario.name,
        "version": version(),
        "engine": engine(),
        "seed": run.scenario.run.seed,
        "replications": len(run.replications),
        "measures": [
            {
                "id": name,
                "unit": run.asked[name].measure.unit,
                "mean": finite(estimate.mean),
                "ci95": [finite(estimate.low), finite(estimate.high)],
            }
            for name, estimate in run.estimates.items()
        ],
        "verdicts": [_verdict(verdict) for verdict in run.verdicts],
        "all_match": run.all_match,
    }


def _verdict(verdict: Verdict) -> Document:
    figure = verdict.figure
    document = {
        "id": figure.id,
        **_published(figure),
        "simulated": finite(verdict.simulated),
        "ci95": [finite(verdict.low), finite(verdict.high)],
        "verdict": verdict.answer,
        "role": verdict.role,
        "clock": verdict.clock,
        "source": figure.source,
    }
    return document | ({"reason": verdict.reason} if verdict.answer == "not simulated" else {})


def _published(figure: Figure) -> Document:
    low, high = figure.published
    return {
        "published": low if low == high else [low, high],
        "tolerance": [finite(figure.tolerance.low), finite(figure.tolerance.high)],
    }


def about(study: str, scenario: Scenario, **more: Any) -> Document:
    """Return what a manifest says of a study: what it was made of, and with; nothing that changes.

    Parameters
    ----------
    study
        Which study it is.
    scenario
        The scenario.
    more
        What else its results depend on.
    """
    return {
        "study": study,
        **made_with(),
        "seed": scenario.run.seed,
        "fingerprint": fingerprint(scenario),
        "scenario": scenario.model_dump(mode="json", by_alias=True, exclude_unset=True),
        **more,
    }


def measures_document() -> Document:
    """Return what is measured, as each measure declares it."""
    return {
        "version": version(),
        "measures": [
            {
                "id": OWNERS[one.owner] + one.name,
                "title": one.title,
                "unit": one.unit,
                "population": one.population,
                "clock": one.clock,
                "estimator": one.estimator,
                "formula": one.formula,
            }
            for one in MEASURES
        ],
    }


def placeholders() -> str:
    """Return what the words in braces in the names of measures stand for."""
    present = [word for word in _PLACEHOLDERS if any(word in one.name for one in MEASURES)]
    return "; ".join(f"{word} stands for {_PLACEHOLDERS[word]}" for word in present) + "."


def figures_document(figures: Iterable[Figure]) -> Document:
    """Return published figures, with what matches them and where they were read."""
    return {
        "version": version(),
        "figures": [
            {
                "id": figure.id,
                "title": figure.title,
                "definition": figure.definition,
                "channel": figure.channel,
                "unit": figure.unit,
                "clock": figure.clock,
                "judged_clock": figure.judged_clock,
                **_published(figure),
                "tolerance_reason": figure.tolerance.reason,
                "status": figure.status,
                "reason": figure.reason,
                "measure": figure.measure,
                "publisher": figure.publisher,
                "source": figure.source,
                "note": figure.note,
            }
            for figure in figures
        ],
    }


def findings_document(findings: Iterable[Finding]) -> Document:
    """Return the findings of an audit."""
    return {
        "version": version(),
        "findings": [
            {
                "rule": finding.rule,
                "kind": finding.kind,
                "figures": list(finding.figures),
                "statement": finding.statement,
                "reading": finding.reading,
                "source": finding.source,
            }
            for finding in findings
        ],
    }


def finite(value: float) -> float | None:
    """Return a number as JSON can hold it: None for NaN and infinity."""
    return value if math.isfinite(value) else None


def finite_row(row: Document) -> Document:
    """Return a row as JSON can hold it: None for numbers that are not finite, lists for pairs."""
    return {key: _known(value) for key, value in row.items()}


def _known(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_known(one) for one in value]
    return finite(value) if isinstance(value, float) else value
