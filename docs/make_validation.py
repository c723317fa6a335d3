"""Write the page of exact results from a run of the full suite.

    python docs/make_validation.py            simulates it, which takes a few minutes
    python docs/make_validation.py FOLDER     takes what `supportsim verify --out FOLDER` wrote

A test compares the page's cases and exact values with the code; a slow one all its numbers.
"""

import json
import sys
import tempfile
from pathlib import Path

from supportsim.report import write_verification
from supportsim.validation import verify

PAGE = Path(__file__).parent / "validation.md"

INTRODUCTION = """\
# Validation

This page is made by `docs/make_validation.py`; do not edit it.

Where theory knows the answer, the simulation has to give it. `supportsim verify` simulates small
desks that queueing theory has solved, by a formula or by the steady state of a Markov chain, and
compares every measure that theory knows. The desks are ordinary scenarios: they are drawn,
simulated and measured by the same code as yours, and the tests of the project run the same cases.

- `supportsim verify --quick`: the classic formulas, half a minute
- `supportsim verify`: all of them, a few minutes
- `supportsim verify --only erlang-b`: one case
- `supportsim verify --seed 2`: other random numbers

The exit status is 0 if everything agrees and 1 if not; `--json` and `--out` keep the numbers.

## How a measure passes

Two demands have to be met. The exact value lies in the interval of the simulated one; and that
interval is so narrow that an error of 3 % would be noticed, with 95 % probability, for an
interval that is wide enough holds any value and proves nothing. *Error* and *interval* are in per
cent of the exact value. The intervals hold simultaneously (Bonferroni), so that a program without
error passes with 99 of 100 seeds. Seeds are numbered from 1 and were not chosen; each case has
random numbers of its own.

That the suite can fail is tested too: with work that takes 3 % longer, with customers who are
served in the wrong order, with priorities turned round, and with a formula of Erlang's that is
off, it does.

## What was simulated

"""

CONCLUSION = """
## What else is compared

Some exact results need tables that no scenario gives, and are left to the tests of the engine
alone: a day of half-hours with agents who come and go at each, priorities within a queue, whom of
two teams a customer goes to. What the laws of staffing say about turnover, vacancies, absence and
breaks, and what a second, naive implementation of the engine says about thousands of random
desks, is tested apart. Every run of any scenario is checked against the laws of conservation and
Little's law. How patience, replies, reopenings and satisfaction are modelled is not a matter of
theory: see [the model](explanation/model.md) and [its limits](explanation/limits.md).
"""


def page(tables: str) -> str:
    """Return the page around the tables of a verification."""
    return INTRODUCTION + tables + CONCLUSION


def main(folder: Path | None = None) -> None:
    """Write the page from a folder of results, or from a new run.

    Raises
    ------
    SystemExit
        If not everything was verified, with the first seed.
    """
    with tempfile.TemporaryDirectory() as name:
        if folder is None:
            folder = Path(name)
            write_verification(verify(), folder)
        made = json.loads((folder / "verification.json").read_text(encoding="utf-8"))
        if (made["suite"], made["seed"]) != ("full", 1):
            raise SystemExit("the page shows the full suite with seed 1")
        text = page((folder / "verification.md").read_text(encoding="utf-8"))
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
