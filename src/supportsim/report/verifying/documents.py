"""A verification as a JSON document, whose keys are a contract with other programs, and a frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supportsim.report.documents import Document, finite
from supportsim.validation import CONFIDENCE, NOTICED, POWER
from supportsim.versions import engine, version

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from supportsim.validation import Case, Published, Row, Verification


def verification_document(verification: Verification) -> Document:
    """Return every case with its scenario, and every measure of it with what was simulated."""
    return {
        "version": version(),
        "engine": engine(),
        "suite": verification.suite,
        "seed": verification.seed,
        "confidence": CONFIDENCE,
        "error_noticed": NOTICED,
        "power": POWER,
        "cases": [
            {
                **_told(case),
                "scenario": case.scenario(verification.seed).model_dump(
                    mode="json", by_alias=True, exclude_unset=True
                ),
                "measures": [_measure(row) for row in verification.rows if row.case is case],
            }
            for case in verification.cases
        ],
        "published": [_published(one) for one in verification.published],
        "passed": verification.passed,
    }


def cases_document(cases: Iterable[Case]) -> Document:
    """Return what some cases are, without simulating anything."""
    return {
        "version": version(),
        "cases": [
            {
                **_told(case),
                "quick": case.quick,
                "measures": [{"id": name, "exact": value} for name, value in case.exact.items()],
            }
            for case in cases
        ],
    }


def verification_frame(verification: Verification) -> pd.DataFrame:
    """Return a row for each measure of each case.

    Columns: case, measure, unit, exact, simulated, low, high (the interval, which holds together
    with all others), error and half_width (over the exact value), verdict, formula, source.
    """
    import pandas as pd

    return pd.DataFrame.from_records(
        [
            {
                "case": row.case.id,
                "measure": row.asked.id,
                "unit": row.asked.measure.unit,
                "exact": row.exact,
                "simulated": row.simulated.mean,
                "low": row.simulated.low,
                "high": row.simulated.high,
                "error": row.relative_error,
                "half_width": row.relative_half_width,
                "verdict": row.verdict,
                "formula": row.case.formula,
                "source": row.case.source,
            }
            for row in verification.rows
        ]
    )


def published_frame(published: Iterable[Published]) -> pd.DataFrame:
    """Return a row for each published value: what it is, what the formula gives, and whether so."""
    import pandas as pd

    return pd.DataFrame.from_records([_published(one) for one in published])


def _told(case: Case) -> Document:
    return {
        "id": case.id,
        "title": case.title,
        "formula": case.formula,
        "source": case.source,
        "replications": case.document["run"]["replications"],
    }


def _measure(row: Row) -> Document:
    return {
        "id": row.asked.id,
        "unit": row.asked.measure.unit,
        "exact": row.exact,
        "simulated": finite(row.simulated.mean),
        "interval": [finite(row.simulated.low), finite(row.simulated.high)],
        "error": finite(row.relative_error),
        "half_width": finite(row.relative_half_width),
        "error_noticed": finite(row.noticed),
        "verdict": row.verdict,
    }


def _published(one: Published) -> Document:
    return {
        "id": one.id,
        "title": one.title,
        "published": one.value,
        "computed": one.compute(),
        "decimals": one.decimals,
        "verdict": "pass" if one.agrees else "off",
        "source": one.source,
    }
