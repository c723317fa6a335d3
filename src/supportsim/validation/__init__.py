"""Exact results: scenarios whose answer theory knows, for users to verify their installation by.

The same cases are run by the tests and make the table of the validation page.
"""

from supportsim.validation.case import Case
from supportsim.validation.published import PUBLISHED, Published
from supportsim.validation.registry import CASES, select
from supportsim.validation.verification import (
    CONFIDENCE,
    NOTICED,
    POWER,
    Row,
    Verification,
    verify,
    verify_cases,
)

__all__ = [
    "CASES",
    "CONFIDENCE",
    "NOTICED",
    "POWER",
    "PUBLISHED",
    "Case",
    "Published",
    "Row",
    "Verification",
    "select",
    "verify",
    "verify_cases",
]
