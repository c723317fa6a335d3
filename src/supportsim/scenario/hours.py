"""Hours of the week, of duty and of rest, and the days on which nobody works."""

import datetime as dt
import math
import re
import warnings
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, ValidationInfo, model_validator

from supportsim.errors import choices, nearest, quoted
from supportsim.scenario.csv_files import at, read_rows
from supportsim.scenario.fields import ClockTime, Duration, Model, Row, Weekdays, shown
from supportsim.units import MINUTES, parse_clock, parse_weekdays


class Hours(Model):
    """The same hours on some days of every week."""

    days: Weekdays
    """Weekdays, as in `"Mon-Fri"` or `"Sat,Sun"`."""
    from_: ClockTime = Field(alias="from")
    """Time of day at which they begin."""
    to: ClockTime
    """Time of day at which they end, up to `"24:00"`."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.to <= self.from_:
            raise ValueError("to has to be later than from; split hours that run over midnight")
        return self

    def stretches(self) -> list[tuple[float, float]]:
        """Return the stretches of a day, minutes after midnight."""
        return [(self.from_, self.to)]


def _without_default(schema: dict[str, Any]) -> None:
    del schema["default"]


class Shift(Hours):
    """Hours of duty, whole or a part of every hour, of all of a team or of some."""

    # The default cannot be written in a file: no text stands for no days.
    days: Weekdays = Field(default=(), validate_default=False, json_schema_extra=_without_default)
    """Weekdays, as in `"Mon-Fri"` or `"Sat,Sun"`; or give `date`."""
    date: dt.date | None = None
    """The one day of the shift, instead of `days`."""
    each_hour: Annotated[Duration, Field(ge=MINUTES["s"], lt=60)] | None = None
    """For agents who give support a part of their time: how long of every hour, counted from the
    beginning of the shift, they are on duty."""
    agents: Annotated[int, Field(ge=0, le=10_000)] | None = None
    """How many of the team work this shift and no other. Without it all of them do."""
    agent: Annotated[str, Field(min_length=1)] | None = None
    """Name of the one agent who works this shift, as in a table of shifts."""

    @model_validator(mode="after")
    def _check_days(self) -> Self:
        if bool(self.days) == (self.date is not None):
            raise ValueError("give either days or a date")
        if self.agents is not None and self.agent is not None:
            raise ValueError("give agents, a number, or agent, a name, not both")
        return self

    def stretches(self) -> list[tuple[float, float]]:
        """Return the stretches of duty of a day, minutes after midnight."""
        if self.each_hour is None:
            return super().stretches()
        starts = range(math.ceil((self.to - self.from_) / 60))
        begins = [self.from_ + 60.0 * hour for hour in starts]
        return [(begin, min(begin + self.each_hour, self.to)) for begin in begins]


class ShiftTable(Model):
    """A table of shifts in a file beside the scenario."""

    csv: str
    """A CSV file with the columns agent (a name), day (weekdays such as `Mon` or `Mon-Fri`, or a
    date such as `2026-01-05`), from and to (times of day): a shift a row."""


def shifts_given(given: Any, info: ValidationInfo) -> Any:
    """Return the shifts of `{ csv = "shifts.csv" }`, a file beside the scenario, and others as is.

    Raises
    ------
    ValueError
        If a table names no file, or the file is not one of shifts.
    """
    if not isinstance(given, Mapping):
        return given
    if set(given) != {"csv"} or not isinstance(given["csv"], str):
        but = "a single shift stands in brackets, too" if "from" in given else ""
        raise ValueError(
            'has to be an array [{ days = "Mon-Fri", from = "09:00", to = "17:00" }], '
            'or a file { csv = "shifts.csv" }' + (but and f"; {but}")
        )
    return read_shifts(Path((info.context or {}).get("folder", ".")) / given["csv"])


def read_shifts(path: Path) -> list[Shift]:
    """Return the shifts in a CSV file with the columns agent, day, from and to, row by row.

    Raises
    ------
    ValueError
        If the file cannot be read, a cell is not what it should be, or shifts of an agent overlap:
        the message names the file, the line and the column.
    """
    shifts: dict[str, list[Shift]] = defaultdict(list)
    lines: dict[str, list[int]] = defaultdict(list)
    rows = read_rows(path, ["agent", "day", "from", "to"])
    for line, cells in rows:
        column = "day"
        try:
            day = _day_of(cells["day"])
            begin, end = (parse_clock(cells[column := key]) for key in ("from", "to"))
            if end <= begin:
                raise ValueError("has to be later than from; split hours that run over midnight")
        except ValueError as error:
            raise ValueError(f"{at(path, line, column)}: {error}") from error
        agent = cells["agent"]
        hours = {"agent": agent, "from": cells["from"], "to": cells["to"]}
        shifts[agent].append(Shift.model_validate({**day, **hours}))
        lines[agent].append(line)
    for agent, rows_of in lines.items():
        if found := overlapping(shifts[agent]):
            one, other = (rows_of[number] for number in found)
            place = at(path, other, "from")
            raise ValueError(f"{place}: the shift overlaps one of {agent} in line {one}")
    taken = {agent: iter(found) for agent, found in shifts.items()}
    return [next(taken[cells["agent"]]) for _, cells in rows]


def _day_of(text: str) -> dict[str, Any]:
    """Return the key of a shift that a cell of the column day stands for."""
    if not any(character.isdigit() for character in text):
        parse_weekdays(text)
        return {"days": text}
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            raise ValueError
        return {"date": dt.date.fromisoformat(text)}
    except ValueError:
        raise ValueError(f'{quoted(text)} is not a date; write it as in "2026-01-05"') from None


def overlapping(shifts: Sequence[Shift]) -> tuple[int, int] | None:
    """Return the numbers of two shifts that are on duty at the same time; None if no two are.

    A dated shift adds to those of its weekday.
    """
    weekly: dict[int, list[tuple[float, float, int]]] = defaultdict(list)
    dated: dict[dt.date, list[tuple[float, float, int]]] = defaultdict(list)
    for number, shift in enumerate(shifts):
        spans = [(begin, end, number) for begin, end in shift.stretches()]
        if shift.date is not None:
            dated[shift.date] += spans
        for day in shift.days:
            weekly[day] += spans
    days = [*weekly.values(), *(spans + weekly[day.weekday()] for day, spans in dated.items())]
    for spans in days:
        for (_, end, one), (begin, _, other) in pairwise(sorted(spans)):
            if begin < end:
                return min(one, other), max(one, other)
    return None


def each_agents_shifts(shifts: Iterable[Shift]) -> list[list[Shift]]:
    """Return the shifts of each agent, or of each group of agents with the same ones.

    Shifts with a number of agents make a group each; those with an agent's name belong to that
    agent; others are everybody's.
    """
    groups: dict[object, list[Shift]] = {}
    for number, shift in enumerate(shifts):
        key = number if shift.agents is not None else shift.agent
        groups.setdefault(key, []).append(shift)
    return list(groups.values())


class Break(Model):
    """A rest in every stretch of duty that contains it; the agents of a team take turns."""

    from_: ClockTime = Field(alias="from")
    """Time of day at which the first agent begins it."""
    to: ClockTime
    """Time of day at which the last agent ends it."""
    lasts: Annotated[Duration, Field(gt=0)] | None = None
    """How long each agent rests. Without it all of them rest from beginning to end."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.to <= self.from_:
            raise ValueError("to has to be later than from")
        if self.lasts is not None and self.lasts > self.to - self.from_:
            raise ValueError("lasts has to fit between from and to")
        return self


class Holidays(Model):
    """The public holidays of a country."""

    country: str
    """Its ISO 3166 code, as in `"DE"`."""
    subdivision: str | None = None
    """State or province with holidays of its own, as in `"BY"`."""
    more: Row[dt.date] = ()
    """Further days on which nobody works, such as the holidays of a single town."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        known = supported_countries()
        if self.country not in known:
            hint = nearest(self.country.upper(), known) or 'write it as in "DE"'
            code = "is not the ISO code of a country whose holidays are known"
            raise ValueError(f"{shown(self.country)} {code}; {hint}")
        if self.subdivision is not None and self.subdivision not in known[self.country]:
            hint = choices(self.subdivision, known[self.country])
            raise ValueError(f"{self.country} has no subdivision {shown(self.subdivision)}; {hint}")
        return self

    def between(self, first: dt.date, last: dt.date) -> list[dt.date]:
        """Return the days off from `first` to `last`, both included, in order.

        Some calendars follow the moon and are known for a few decades only; other years have the
        holidays that are known.
        """
        import holidays  # it takes a tenth of a second to import, and few scenarios need it

        years = range(first.year, last.year + 1)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # about such years
            public: Any = holidays.country_holidays(self.country, self.subdivision, years=years)
        return sorted(day for day in {*public, *self.more} if first <= day <= last)


def supported_countries() -> dict[str, list[str]]:
    """Return the codes of the countries whose holidays are known, with those of their parts."""
    import holidays

    return holidays.list_supported_countries()
