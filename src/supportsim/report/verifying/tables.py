"""A verification on a terminal, and what its numbers look like everywhere."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from supportsim.report.page import Page
from supportsim.validation import CONFIDENCE, NOTICED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from supportsim.validation import Case, Published, Row, Verification

HEADS = ("Exact", "Simulated", "Error", "Interval", "Verdict")


def print_verification(verification: Verification, console: Console) -> None:
    """Print each measure with its exact value, what was simulated, and whether that is the same."""
    page = Page(console)
    for case in verification.cases:
        page.write(f"{case.title} ({case.formula})", lead=f"{case.id}  ")
        table = page.table("", *HEADS, numbers=4)
        for row in verification.rows:
            if row.case is case:
                table.add_row(*map(page.text, (measure_of(row), *cells_of(row), shown(row))))
        page.write_table(table)
    if verification.published:
        page.write("Published values of the formulas", "bold")
        table = page.table("", "Published", "Computed", "Verdict", numbers=2)
        for one in verification.published:
            table.add_row(*map(page.text, (one.title, *published_cells(one))))
        page.write_table(table)
    page.write(explanation(verification))
    page.write()
    page.write(bottom_line(verification), "bold")


def print_cases(cases: Sequence[Case], console: Console) -> None:
    """Print what some cases are: id, title, formula, source, and the exact values."""
    page = Page(console)
    for case in cases:
        also = ", also in the quick suite" if case.quick else ""
        page.write(f"{case.title}{also}", lead=f"{case.id}  ")
        page.write(f"{case.formula}. {case.source}", "dim", indent=4)
        exact = ", ".join(f"{name} {number(value)}" for name, value in case.exact.items())
        page.write(f"= {exact}", indent=4)
        page.write()
    quick = sum(case.quick for case in cases)
    page.write(f"{_many(len(cases), 'case')}, {quick} of them in the quick suite", "bold")


def measure_of(row: Row) -> str:
    """Return the id of a row's measure, with its unit if that is a time: ``"email.wait, min"``."""
    return row.asked.id + (", min" if row.asked.measure.unit == "min" else "")


def cells_of(row: Row) -> tuple[str, str, str, str]:
    """Return the exact value, the simulated one, and its error and half-width over the exact."""
    return (
        number(row.exact),
        number(row.simulated.mean),
        f"{_percent(row.relative_error):+.2f} %".replace("-", "−"),
        f"±{_percent(row.relative_half_width):.2f} %",
    )


def published_cells(one: Published) -> tuple[str, str, str]:
    """Return a published value, what the formula gives, and whether that is the same."""
    computed = f"{one.compute():.{one.decimals + 2}f}"
    return f"{one.value:.{one.decimals}f}", computed, "pass" if one.agrees else "FAIL: off"


def shown(row: Row) -> str:
    """Return the verdict on a row, which stands out without colour if it is not a pass."""
    return row.verdict if row.verdict == "pass" else f"FAIL: {row.verdict}"


def number(value: float) -> str:
    """Return a number with four significant digits."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    decimals = max(0, 3 - math.floor(math.log10(abs(value))))
    return f"{value:,.{decimals}f}"


def explanation(verification: Verification) -> str:
    """Return in words what the verdicts mean."""
    return (
        f"A measure passes if its exact value lies in the interval of the simulated one, and the "
        f"interval is so narrow that an error of {100 * NOTICED:g} % would be noticed. The "
        f"{len(verification.rows)} intervals hold all at once with {100 * CONFIDENCE:g} %: chance "
        f"alone fails one seed in {1 / (1 - CONFIDENCE):.0f}. This is seed {verification.seed}."
    )


def bottom_line(verification: Verification) -> str:
    """Return in a sentence whether everything passes, and what does not."""
    measures, cases = len(verification.rows), len(verification.cases)
    whole = f"{_many(measures, 'measure')} of {_many(cases, 'case')}"
    if verification.passed:
        known = len(verification.published)
        told = f", and {known} published values with the formulas" if known else ""
        return f"Verified: {whole} agree{'s' * (measures == 1)} with theory{told}"
    names = [f"{row.case.id} {row.asked.id}" for row in verification.failed]
    names += [one.id for one in verification.disagreeing]
    return f"FAILED: {len(names)} of {whole}: {', '.join(names)}"


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"


def _percent(share: float) -> float:
    return round(100 * share, 2) + 0.0
