"""The page on published figures and benchmark files."""

from itertools import groupby

from making.notes import NOTE, cell
from supportsim.benchmarks import Figure, load_registry
from supportsim.benchmarks.registry import QUANTITIES, Tolerance
from supportsim.report.numbers import format_published, format_tolerance


def figures_page() -> str:
    """Return the reference of the published figures, and of the files that hold them."""
    lines = [
        "# Published figures",
        "",
        NOTE,
        "What is published, by whom, and what a simulated interval has to lie in to match it. A",
        "scenario names the figures that it is judged by under `[benchmarks] use`, by id or by the",
        "first part of the ids of several, such as `portal`.",
        "*Simulated* names the measure that answers a figure; where there is none, it says why.",
    ]
    for group, members in groupby(load_registry().values(), lambda one: one.id.partition(".")[0]):
        lines += ["", f"## {group}"]
        for figure in members:
            lines += ["", f"### `{figure.id}`", "", *_figure(figure)]
    return "\n".join([*lines, *_file_keys(), *_quantities()]) + "\n"


def _figure(figure: Figure) -> list[str]:
    reason = figure.tolerance.reason.rstrip(".")
    rows = [
        ("published", f"{format_published(figure)}, {figure.publisher}"),
        ("accepted", f"{format_tolerance(figure)}: {reason}"),
        ("clock", "" if figure.clock == "none" else _clock(figure)),
        ("simulated", f"`{figure.measure}`" if figure.measure else figure.reason),
        ("input if set", ", ".join(f"`{key}`" for key in figure.set_by)),
        ("source", figure.source),
        ("note", figure.note),
    ]
    head, *table = [f"| {name} | {cell(value)} |" for name, value in rows if value]
    return [f"{figure.title}. {figure.definition}", "", head, "| --- | --- |", *table]


def _clock(figure: Figure) -> str:
    judged = f", judged as {figure.judged_clock}" if figure.judged_clock else ""
    return f"{figure.clock}{judged}"


def _file_keys() -> list[str]:
    """Return the keys of a `[[figure]]` in a benchmark file."""
    lines = ["", "## Benchmark files", "", "A file of your own has a `[[figure]]` for each figure,"]
    lines += ["with these keys.", "", "| key | given | meaning |", "| --- | --- | --- |"]
    for key, about in Figure.model_fields.items():
        given = "always" if about.is_required() else "if there is one"
        lines.append(f"| `{key}` | {given} | {cell(about.description or '')} |")
    lines += ["", "The `tolerance` is a table.", "", "| key | meaning |", "| --- | --- |"]
    for key, about in Tolerance.model_fields.items():
        lines.append(f"| `{key}` | {cell(about.description or '')} |")
    return lines


def _quantities() -> list[str]:
    lines = ["", "## Quantities", "", "What a `quantity` may be, and in which units.", ""]
    lines += ["| quantity | units | meaning |", "| --- | --- | --- |"]
    for name, (units, meaning) in QUANTITIES.items():
        lines.append(f"| `{name}` | {', '.join(units)} | {cell(meaning)} |")
    return lines
