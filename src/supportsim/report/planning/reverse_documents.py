"""Answers to the reverse questions as JSON documents and frames."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from supportsim.files import to_json, write_together
from supportsim.report.documents import Document, about, finite
from supportsim.versions import engine, version

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from supportsim.scenario import Scenario
    from supportsim.studies.planning.growth import Month
    from supportsim.studies.planning.hiring import LatestHire
    from supportsim.studies.planning.most import Most
    from supportsim.studies.planning.trying import Tried


def most_document(most: Most) -> Document:
    """Return the most tickets that a desk can take, with null for what is unknown."""

    def side(tried: Tried | None) -> Document | None:
        if tried is None:
            return None
        tickets = {name: round(number, 9) for name, number in most.tickets(tried.at).items()}
        return {"factor": tried.at, "tickets_per_day": tickets} | _tried(tried)

    return {
        **_head(most.scenario, most.confidence),
        "question": "most tickets",
        "answer": most.limit,
        "holds": side(most.holds),
        "fails": side(most.fails),
        "tried": [{"factor": one.at} | _verdict(one) for one in most.tried],
    }


def hire_document(hire: LatestHire) -> Document:
    """Return the latest date by which to hire, with null for what is unknown."""
    from supportsim.studies.planning.hiring import day

    def side(tried: Tried | None) -> Document | None:
        if tried is None:
            return None
        first = None if math.isinf(tried.at) else str(day(hire.scenario, tried.at))
        return {"first_day": first} | _tried(tried)

    def date(given: object) -> str | None:
        return None if given is None else str(given)

    return {
        **_head(hire.scenario, hire.confidence),
        "question": "latest hire",
        "team": hire.team,
        "agents": hire.agents,
        "answer": hire.answer,
        "needed": hire.without.answer != "meets",
        "first_day": date(hire.first_day),
        "search_begins": date(hire.search_begins),
        "search_begins_for_nine_of_ten": date(hire.search_to_be_sure),
        "without": side(hire.without),
        "holds": side(hire.holds),
        "fails": side(hire.fails),
    }


def growth_document(months: Sequence[Month]) -> Document:
    """Return the staffing of each month of a growing volume."""
    first = months[0].plan
    return {
        **_head(first.given, first.rules.confidence),
        "question": "growth",
        "possible": months[-1].plan.possible,
        "months": growth_rows(months),
    }


def growth_rows(months: Sequence[Month]) -> list[Document]:
    """Return a row for each month: its volume, heads by position, and their cost a week."""
    return [
        {
            "month": one.number,
            "factor": one.factor,
            "tickets_per_day": round(one.tickets, 9),
            "staffing": dict(one.plan.staffing) if one.plan.possible else None,
            "heads": sum(one.plan.staffing.values()) if one.plan.possible else None,
            "cost_a_week": one.plan.cost if one.plan.possible else None,
            "reasons": [reason for part in one.plan.parts for reason in part.why_not],
        }
        for one in months
    ]


def write_answer(study: str, document: Document, scenario: Scenario, folder: Path | str) -> None:
    """Write an answer to a folder, with a manifest. The same answer gives the same bytes.

    Raises
    ------
    InputError
        If the folder cannot be written.
    """
    made = about(study, scenario)

    def write(new: Path) -> None:
        (new / "answer.json").write_text(to_json(document), encoding="utf-8", newline="\n")

    write_together(folder, write, made)


def _head(scenario: Scenario, confidence: float) -> Document:
    return {
        "scenario": scenario.name,
        "version": version(),
        "engine": engine(),
        "seed": scenario.run.seed,
        "confidence": confidence,
    }


def _verdict(tried: Tried) -> Document:
    return {"verdict": tried.answer, "replications": tried.replications}


def _tried(tried: Tried) -> Document:
    """Return what is known of each target."""
    targets = [
        {
            "target": one.target.text,
            "estimate": finite(one.estimate.mean),
            "low": finite(one.estimate.low),
            "high": finite(one.estimate.high),
            "verdict": one.answer,
            "replications": one.margin.replications,
        }
        for one in tried.statements
    ]
    return _verdict(tried) | {"targets": targets}
