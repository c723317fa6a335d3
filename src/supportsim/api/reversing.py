"""The reverse questions of a plan, as notebooks and scripts ask them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from supportsim.api.asking import Answer, all_changes, listed
from supportsim.report.planning.notebook import growth_html, hire_html, most_html
from supportsim.report.planning.reverse_documents import (
    growth_document,
    growth_rows,
    hire_document,
    most_document,
)
from supportsim.report.progress import progress_bar
from supportsim.studies.planning.growth import staffing_over_growth as _over_growth
from supportsim.studies.planning.hiring import latest_hire as _latest_hire
from supportsim.studies.planning.most import RESOLUTION
from supportsim.studies.planning.most import most_tickets as _most_tickets
from supportsim.studies.planning.settings import PlanSettings
from supportsim.studies.study_files import read_study

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from supportsim.scenario import Scenario
    from supportsim.studies.planning.growth import Month
    from supportsim.studies.planning.hiring import LatestHire
    from supportsim.studies.planning.most import Most


class MostTickets(Answer):
    """The most tickets a day that a desk can take.

    Parameters
    ----------
    most
        The answer that it shows.
    """

    def __init__(self, most: Most) -> None:
        self._most = most

    @property
    def tickets(self) -> dict[str, float] | None:
        """Tickets a day by channel with which all targets hold; None if they never do."""
        holds = self._most.holds
        return None if holds is None else self._most.tickets(holds.at)

    @property
    def factor(self) -> float | None:
        """How many times the tickets of the scenario that is; None if the targets never hold."""
        return None if self._most.holds is None else self._most.holds.at

    @property
    def answer(self) -> str:
        """What limits it, in a sentence."""
        return self._most.limit

    @property
    def _found(self) -> Most:
        return self._most

    def to_dict(self) -> dict[str, Any]:
        """Return the answer, with both sides of it, as a dictionary that JSON can hold."""
        return most_document(self._most)

    def __repr__(self) -> str:
        return f"<Most tickets of {self._most.scenario.name!r}: {self.tickets}; {self.answer}>"

    def _repr_html_(self) -> str:
        return most_html(self._most)


class HireDate(Answer):
    """The latest date by which to hire.

    Parameters
    ----------
    hire
        The answer that it shows.
    """

    def __init__(self, hire: LatestHire) -> None:
        self._hire = hire

    @property
    def needed(self) -> bool:
        """Whether anybody has to be hired at all."""
        return self._hire.without.answer != "meets"

    @property
    def first_day(self) -> dt.date | None:
        """The latest first day; None if nobody has to be hired, or no day is early enough."""
        return self._hire.first_day

    @property
    def search_begins(self) -> dt.date | None:
        """The first day less the mean time to hire; None without either."""
        return self._hire.search_begins

    @property
    def answer(self) -> str:
        """The answer, in a sentence."""
        return self._hire.answer

    @property
    def _found(self) -> LatestHire:
        return self._hire

    def to_dict(self) -> dict[str, Any]:
        """Return the answer, with both sides of it, as a dictionary that JSON can hold."""
        return hire_document(self._hire)

    def __repr__(self) -> str:
        return f"<Latest hire for {self._hire.scenario.name!r}: {self.answer}>"

    def _repr_html_(self) -> str:
        return hire_html(self._hire)


class GrowthPlan(Answer):
    """The staffing of each month of a growing volume.

    Parameters
    ----------
    months
        The months that it shows.
    """

    def __init__(self, months: Sequence[Month]) -> None:
        self._months = months

    @property
    def possible(self) -> bool:
        """Whether every month has a staffing that meets the targets."""
        return self._months[-1].plan.possible

    @property
    def frame(self) -> pd.DataFrame:
        """A row for each month.

        Columns factor, tickets_per_day, heads of all planned positions, cost_a_week, and one for
        each position, by its key; NA where no staffing would do.
        """
        import pandas as pd

        rows = growth_rows(self._months)
        keys = [position.key for position in self._months[0].plan.positions]
        made = [
            {name: row[name] for name in ("month", "factor", "tickets_per_day", "heads")}
            | {"cost_a_week": row["cost_a_week"]}
            | {key: (row["staffing"] or {}).get(key) for key in keys}
            for row in rows
        ]
        frame = pd.DataFrame(made).set_index("month")
        whole = dict.fromkeys(("heads", *keys), "Int64")
        return frame.astype({**whole, "cost_a_week": "float64"})

    @property
    def _found(self) -> Sequence[Month]:
        return self._months

    def to_dict(self) -> dict[str, Any]:
        """Return the months as a dictionary that JSON can hold."""
        return growth_document(self._months)

    def __repr__(self) -> str:
        heads = [row["heads"] for row in growth_rows(self._months)]
        return f"<Growth of {self._months[0].plan.given.name!r}: agents {heads}>"

    def _repr_html_(self) -> str:
        return growth_html(self._months)


def most_tickets(
    scenario: str | Path | Scenario,
    targets: str | Sequence[str],
    key: str = "all",
    *,
    resolution: float = RESOLUTION,
    workers: int | None = None,
    changes: Mapping[str, Any] | None = None,
    progress: bool = False,
    **settings: Any,
) -> MostTickets:
    """Find the most tickets a day with which a desk, staffed as it is, meets targets.

    Parameters
    ----------
    scenario
        A scenario, or the path of its file.
    targets
        What has to hold, as in ``["phone.answered_within_20s>=0.8"]``.
    key
        The arrivals of a channel, as in ``"channels.phone.arrivals.per_day"``, or ``"all"`` for
        those of all channels, by the same factor.
    resolution
        How far apart, relative to the volume, what holds and what does not may be.
    workers
        Processes to use, −1 for all cores; as many as the work is worth unless given.
    changes
        Values to use instead of the scenario's, by dotted path.
    progress
        Whether to show a progress bar.
    settings
        Of a plan: confidence, precision, max_replications, every.

    Raises
    ------
    InputError
        If the scenario, a target, the key or a setting cannot be used.
    """
    desk, asked = _read(scenario, targets, {**settings, "most": key}, changes)
    with progress_bar(desk.name, shown=progress, doing="Planning") as advance:
        return MostTickets(
            _most_tickets(
                desk, key, asked, resolution=resolution, workers=workers, progress=advance
            )
        )


def latest_hire(
    scenario: str | Path | Scenario,
    targets: str | Sequence[str],
    team: str,
    agents: int = 1,
    *,
    workers: int | None = None,
    changes: Mapping[str, Any] | None = None,
    progress: bool = False,
    **settings: Any,
) -> HireDate:
    """Find the latest first day of more agents such that targets hold in every month.

    Parameters
    ----------
    team, agents
        How many more agents of which team.
    scenario, targets, workers, changes, progress, settings
        As for `most_tickets`.

    Raises
    ------
    InputError
        If the scenario, a target, the team or a setting cannot be used.
    """
    given = {**settings, "hire": f"{team}={agents}"}
    desk, asked = _read(scenario, targets, given, changes)
    with progress_bar(desk.name, shown=progress, doing="Planning") as advance:
        return HireDate(
            _latest_hire(desk, *asked.team_to_hire, asked, workers=workers, progress=advance)
        )


def staffing_over_growth(
    scenario: str | Path | Scenario,
    targets: str | Sequence[str],
    growth: str | Sequence[float],
    *,
    months: int | None = None,
    workers: int | None = None,
    changes: Mapping[str, Any] | None = None,
    progress: bool = False,
    **settings: Any,
) -> GrowthPlan:
    """Plan the staffing of a desk whose volume grows, month by month.

    Parameters
    ----------
    growth
        Growth a month, as in ``"2%"``; or how many times the tickets of now each month has, as in
        ``[1, 1.1, 1.3]``.
    months
        With a growth in per cent, how many months to plan for after the first; 12 unless given.
    scenario, targets, workers, changes, progress, settings
        As for `most_tickets`; and `teams`, as for a plan.

    Raises
    ------
    InputError
        If the scenario, a target, the growth or a setting cannot be used.
    """
    if not isinstance(growth, str) and isinstance(growth, Iterable):
        growth = ", ".join(map(str, growth))
    given = {**settings, "growth": growth} | ({} if months is None else {"months": months})
    desk, asked = _read(scenario, targets, given, changes)
    with progress_bar(desk.name, shown=progress, doing="Planning") as advance:
        return GrowthPlan(
            _over_growth(desk, asked, asked.factors, workers=workers, progress=advance)
        )


def _read(
    scenario: str | Path | Scenario,
    targets: str | Sequence[str],
    settings: Mapping[str, Any],
    changes: Mapping[str, Any] | None,
) -> tuple[Scenario, PlanSettings]:
    given = {**settings, "targets": listed(targets)}
    if "teams" in given:
        given["teams"] = listed(given["teams"])
    study = read_study(scenario, "plan", PlanSettings, given, all_changes(changes))
    return study.scenario, study.settings
