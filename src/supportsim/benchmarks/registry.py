"""The registry of published figures: what was published, by whom, and what would match it.

The built-in figures are TOML files beside this module; users add files of the same form.
"""

import logging
import reprlib
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails

from supportsim.errors import BenchmarkError, nearest
from supportsim.units import parse_duration

_LOG = logging.getLogger(__name__)

Unit = Literal[
    "share", "min", "h", "d", "per day", "per ticket", "tickets",
    "currency", "score", "times", "hour of day",
]  # fmt: skip
Clock = Literal["calendar", "business hours", "not stated", "none"]
Status = Literal["simulated", "not simulated yet", "context"]
Reading = Literal["backlog_open", "backlog_awaiting"]
Quantity = Literal[
    "answered_within", "first_response_time", "resolution_time", "response_rate",
    "resolution_rate", "unanswered", "backlog", "arrivals_per_day", "share_of_tickets",
    "business_hours_share", "peak_hour", "transfers", "escalation", "first_contact_resolution",
    "messages_before_reply", "wrap_up", "handling_time", "cost_per_contact", "cost_per_ticket",
    "cost_per_minute", "csat", "nps", "ces", "agent_turnover", "composition", "adoption",
    "habit", "usage_ratio",
]  # fmt: skip

_TIMES: tuple[Unit, ...] = ("min", "h", "d")
QUANTITIES: Mapping[Quantity, tuple[tuple[Unit, ...], str]] = {
    "answered_within": (("share",), "tickets answered within a threshold, of all tickets"),
    "first_response_time": (_TIMES, "mean time to the first response, over answered tickets"),
    "resolution_time": (_TIMES, "mean time from open to resolved, over resolved tickets"),
    "response_rate": (("share",), "tickets that get a reply at all, of all tickets"),
    "resolution_rate": (("share",), "tickets that are resolved, of all tickets"),
    "unanswered": (("share",), "tickets that never get a reply, of all tickets"),
    "backlog": (("tickets",), "mean number of tickets in the backlog, however the page counts it"),
    "arrivals_per_day": (("per day",), "mean number of tickets that arrive in a day"),
    "share_of_tickets": (
        ("share",),
        "tickets that arrive by the channel, of those of all channels",
    ),
    "business_hours_share": (("share",), "tickets that arrive in business hours, of all tickets"),
    "peak_hour": (("hour of day",), "time of day at which most tickets arrive"),
    "transfers": (("per ticket",), "mean number of transfers of a ticket before it is resolved"),
    "escalation": (("share",), "contacts passed on to another channel, of those of the channel"),
    "first_contact_resolution": (("share",), "tickets resolved by their first contact"),
    "messages_before_reply": (("per ticket",), "mean number of messages before the first reply"),
    "wrap_up": (_TIMES, "mean work that is left after the contact has ended"),
    "handling_time": (_TIMES, "mean agent time that a ticket takes"),
    "cost_per_contact": (("currency",), "mean cost of a contact"),
    "cost_per_ticket": (("currency",), "mean cost of a ticket until it is resolved"),
    "cost_per_minute": (("currency",), "cost of a minute of an agent's handling"),
    "csat": (("share",), "customers who say that they are satisfied"),
    "nps": (("score",), "net promoter score, -100 to 100"),
    "ces": (("score",), "customer effort score, on the publisher's scale"),
    "agent_turnover": (("share",), "agents who leave in a year"),
    "composition": (("share",), "one category's part of a whole; the parts add up to 1"),
    "adoption": (("share",), "companies that offer the subject"),
    "habit": (("share",), "people who do, expect or report the subject"),
    "usage_ratio": (("times",), "use of the channel as a multiple of the use of the subject"),
}

_Text = Annotated[str, Field(min_length=1)]
_Measure = Annotated[str, Field(pattern=r"^[\w-]+(\.[\w-]+)+$")]
_KeyPattern = Annotated[str, Field(pattern=r"^([\w-]+|\*)(\.([\w-]+|\*))+$")]
_CONFIG = ConfigDict(frozen=True, strict=True, extra="forbid", allow_inf_nan=False)


class Tolerance(BaseModel):
    """What a simulated interval must lie in to match a published figure."""

    model_config = _CONFIG

    low: float = Field(description="Lowest value that still matches, in the figure's unit.")
    high: float = Field(description="Highest value that still matches, in the figure's unit.")
    reason: _Text = Field(description="Why the published figure leaves this much room.")


class Figure(BaseModel):
    """One published figure.

    A number is published either as a `value` or as a range from `low` to `high`.
    """

    model_config = _CONFIG

    id: str = Field(
        description="Name of the figure, group first: `portal.csat`.",
        pattern=r"^[a-z0-9_-]+(\.[a-z0-9_-]+)+$",
    )
    title: _Text = Field(description="What a support manager would call it.")
    definition: _Text = Field(description="Who or what is counted, of which population.")
    quantity: Quantity = Field(description="What is published, in the words of `QUANTITIES`.")
    channel: _Text = Field(description='The channel it speaks of, or "all".')
    unit: Unit = Field(description='Unit of every number of the figure; "share" is 0 to 1.')
    clock: Clock = Field(
        default="none", description='The clock that a time is published on; "none" for no time.'
    )
    publisher: _Text = Field(description="Who states the figure.")
    source: _Text = Field(description="Where it was read, and the source named there.")
    value: float | None = Field(default=None, description="The number, unless it is a range.")
    low: float | None = Field(default=None, description="The lower end of a published range.")
    high: float | None = Field(default=None, description="The upper end of a published range.")
    tolerance: Tolerance = Field(description="What counts as a match.")
    status: Status = Field(description="Whether supportsim simulates the figure.")
    reason: str = Field(default="", description="Why it is not simulated, if it is not.")
    measure: _Measure | None = Field(
        default=None, description="The measure that answers the figure: `portal.response_rate`."
    )
    judged_clock: Clock | None = Field(
        default=None, description="The clock it is judged on, where the page states none."
    )
    set_by: tuple[_KeyPattern, ...] = Field(
        default=(),
        strict=False,  # TOML has arrays, not tuples
        description="Scenario keys (`*` for any name) that make the figure an input.",
    )
    within: str | None = Field(default=None, description='The threshold of a band, as in "24h".')
    to: str | None = Field(default=None, description="The channel that an escalation goes to.")
    subject: str = Field(
        default="",
        description="What the quantity is about, where quantity and channel alone do not say.",
    )
    category: str = Field(
        default="",
        description="The part of a whole; the parts of one subject in one channel add up to 1.",
    )
    readings: tuple[Reading, ...] = Field(
        default=(),
        strict=False,
        description="What a backlog may count, where the page leaves it open; empty for any.",
    )
    read_as: Reading | None = Field(default=None, description="The reading that is judged.")
    note: str = Field(default="", description="What a reader of the number should know.")

    @field_validator("within")
    @classmethod
    def _is_duration(cls, text: str | None) -> str | None:
        if text is not None:
            parse_duration(text)
        return text

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        for problem in (_number_problem(self), _meaning_problem(self), _status_problem(self)):
            if problem:
                raise ValueError(problem)
        return self

    @property
    def published(self) -> tuple[float, float]:
        """The published range; both ends are equal for a single value."""
        if self.value is not None:
            return self.value, self.value
        assert self.low is not None  # the validator has seen to it
        assert self.high is not None
        return self.low, self.high


def _number_problem(figure: Figure) -> str:
    """Return what is wrong with the figure's numbers, or an empty string."""
    has_range = (figure.low is not None, figure.high is not None)
    if has_range != ((False, False) if figure.value is not None else (True, True)):
        return "give either `value`, or both `low` and `high`"
    low, high = figure.published
    if low > high:
        return f"`low` ({low:g}) is above `high` ({high:g})"
    if low < 0 and figure.unit not in ("score", "share"):  # the audit knows the scales of these
        return f"a figure in {figure.unit} cannot be negative, as {low:g} is"
    if not figure.tolerance.low <= low <= high <= figure.tolerance.high:
        return (
            f"the tolerance, {figure.tolerance.low:g} to {figure.tolerance.high:g}, does not "
            f"contain the published {low:g}" + (f" to {high:g}" if high > low else "")
        )
    return ""


def _meaning_problem(figure: Figure) -> str:
    """Return what keeps the figure's attributes from making sense, or an empty string."""
    units = QUANTITIES[figure.quantity][0]
    if figure.unit not in units:
        return f'the unit of "{figure.quantity}" is {" or ".join(units)}, not "{figure.unit}"'
    if figure.quantity == "answered_within" and figure.within is None:
        return '"answered_within" needs `within`, as in "24h"'
    if figure.quantity in ("first_response_time", "resolution_time") and figure.clock == "none":
        return f'"{figure.quantity}" needs a `clock`, "not stated" if the publisher gives none'
    if figure.quantity == "escalation" and not figure.to:
        return '"escalation" needs `to`, the channel that it goes to'
    if figure.quantity == "composition" and not figure.category:
        return '"composition" needs `category`, the part of the whole'
    if figure.readings and figure.quantity != "backlog":
        return 'only a "backlog" has `readings`'
    if figure.read_as and figure.read_as not in figure.readings:
        return "`read_as` must be one of `readings`"
    return ""


def _status_problem(figure: Figure) -> str:
    """Return what is wrong with how the figure is judged, or an empty string."""
    if (figure.status == "simulated") != (figure.measure is not None):
        return 'a figure has a `measure` if, and only if, its `status` is "simulated"'
    if figure.status != "simulated" and not figure.reason:
        return f'a figure with the status "{figure.status}" needs a `reason`'
    return ""


class Registry(Mapping[str, Figure]):
    """Figures by id, in the order in which they were read; read-only."""

    def __init__(self, figures: Iterable[Figure]) -> None:
        self._figures = {figure.id: figure for figure in figures}

    def __getitem__(self, figure_id: str) -> Figure:
        return self._figures[figure_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._figures)

    def __len__(self) -> int:
        return len(self._figures)

    def __repr__(self) -> str:
        return f"Registry of {len(self)} figures"

    def select(self, names: Iterable[str]) -> tuple[Figure, ...]:
        """Return the named figures, each once, in the registry's order.

        Parameters
        ----------
        names
            Ids, such as ``"portal.csat"``, or groups of ids, such as ``"portal"``.

        Raises
        ------
        BenchmarkError
            If a name is neither; the message names the nearest one that is.
        """
        groups = {group for figure_id in self for group in _groups(figure_id)}
        chosen: set[str] = set()
        for name in names:
            if name in self:
                chosen.add(name)
            elif name in groups:
                chosen.update(figure_id for figure_id in self if name in _groups(figure_id))
            else:
                hint = nearest(name, groups.union(self))
                raise BenchmarkError(
                    f'there is no benchmark figure or group "{name}"' + (hint and f"; {hint}")
                )
        return tuple(figure for figure in self.values() if figure.id in chosen)

    def channel(self, name: str) -> tuple[Figure, ...]:
        """Return the figures that speak of the channel `name`, whatever group they are in."""
        return tuple(figure for figure in self.values() if figure.channel == name)


def _groups(figure_id: str) -> list[str]:
    """Return the groups that a figure is in: ``a`` and ``a.b`` for ``a.b.c``."""
    parts = figure_id.split(".")
    return [".".join(parts[:length]) for length in range(1, len(parts))]


def load_registry(extra_files: Sequence[Path | str] = (), *, builtin: bool = True) -> Registry:
    """Return the built-in figures, followed by those of the user's files.

    Parameters
    ----------
    extra_files
        TOML files with one ``[[figure]]`` table for each figure.
    builtin
        Whether to begin with the figures that come with supportsim.

    Raises
    ------
    BenchmarkError
        If a file cannot be read, or a figure in it cannot be used; the message names the file, the
        figure and the key.
    """
    found: dict[str, tuple[str, Figure]] = {}
    files = [*(_builtin_texts() if builtin else ()), *map(_read, extra_files)]
    for file, text in files:
        for figure in _parse(text, file):
            if figure.id in found:
                raise BenchmarkError(
                    f"{file}: {figure.id}: the id is already used in {found[figure.id][0]}"
                )
            found[figure.id] = (file, figure)
    return Registry(figure for _, figure in found.values())


def _builtin_texts() -> Iterator[tuple[str, str]]:
    folder = resources.files("supportsim.benchmarks").joinpath("data")
    for name in ("portal.toml", "self_service.toml", "all_channels.toml"):
        yield f"the built-in {name}", folder.joinpath(name).read_text(encoding="utf-8")


def _read(file: Path | str) -> tuple[str, str]:
    try:
        text = Path(file).read_text(encoding="utf-8-sig")
        _LOG.info("read %s", file)
        return str(file), text
    except OSError as error:
        raise BenchmarkError(f"{file}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise BenchmarkError(f"{file}: is not a UTF-8 text file") from None


def _parse(text: str, file: str) -> Iterator[Figure]:
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also numbers and nesting beyond Python's limits
        raise BenchmarkError(f"{file}: is not valid TOML: {error}") from None
    for key in document:
        if key != "figure":
            hint = nearest(key, ["figure"])
            raise BenchmarkError(f"{file}: {key}: unknown key" + (hint and f"; {hint}"))
    entries = document.get("figure", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise BenchmarkError(f"{file}: figure: write each figure under a line [[figure]]")
    for number, entry in enumerate(entries, start=1):
        try:
            yield Figure.model_validate(entry)
        except ValidationError as error:
            name = entry.get("id")
            where = name if isinstance(name, str) and name else f"figure {number}"
            raise BenchmarkError(f"{file}: {where}: {_sentence(error)}") from None


def _sentence(error: ValidationError) -> str:
    """Return the error that helps most, as one sentence.

    A misspelt key is also a missing one: the misspelling is what to tell.
    """
    details = error.errors()
    first = min(details, key=lambda detail: detail["type"] != "extra_forbidden")
    key = ".".join(map(str, first["loc"]))
    return f"{key}: {_reason(first)}" if key else _reason(first)


_WANTED = {
    "float_type": "a number",
    "finite_number": "a finite number",
    "string_type": "a text in quotes",
    "string_too_short": "a text that is not empty",
    "string_pattern_mismatch": 'names joined by dots, as in "portal.csat"',
    "tuple_type": "a list",
    "model_type": "a table, as in { low = 1, high = 2 }",
}


def _reason(detail: ErrorDetails) -> str:
    kind, given = detail["type"], detail["input"]
    context: dict[str, Any] = detail.get("ctx", {})
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        model = Tolerance if len(detail["loc"]) > 1 else Figure
        hint = nearest(str(detail["loc"][-1]), model.model_fields)
        return "unknown key" + (hint and f"; {hint}")
    if kind == "value_error":
        return str(context["error"])
    if kind == "literal_error":
        hint = nearest(given, _choices(detail)) if isinstance(given, str) else ""
        return f"{reprlib.repr(given)} is not " + (
            f"known; {hint}" if hint else f"one of {context['expected']}"
        )
    wanted = _WANTED.get(kind)
    return f"must be {wanted}, not {reprlib.repr(given)}" if wanted else detail["msg"]


def _choices(detail: ErrorDetails) -> tuple[str, ...]:
    vocabularies = {"quantity": Quantity, "unit": Unit, "status": Status}
    vocabularies |= dict.fromkeys(("clock", "judged_clock"), Clock)
    vocabularies |= dict.fromkeys(("readings", "read_as"), Reading)
    return get_args(vocabularies[str(detail["loc"][0])])
