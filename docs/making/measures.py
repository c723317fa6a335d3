"""The page on measures."""

from making.notes import NOTE
from supportsim.measures import MEASURES
from supportsim.report.documents import placeholders

OWNERS = {
    "channel": (
        "Of channels",
        "Ids read `<channel>.<measure>`, and `all.<measure>` for all channels together.",
    ),
    "team": (
        "Of teams",
        "Ids read `team.<name>.<measure>`, and `all.<measure>` for all teams together, where there "
        "are several.",
    ),
    "desk": ("Of the whole desk", "Ids read `all.<measure>`."),
}


def measures_page() -> str:
    """Return the reference of the measures."""
    lines = [
        "# Measures",
        "",
        NOTE,
        f"In names, {placeholders()}",
        "Times are in minutes, shares are 0 to 1. All measures are over tickets that arrived in",
        "the measured window and were followed to their end, or over the window itself. What means",
        "nothing in a scenario is not measured there: the turnover of a team that nobody leaves.",
        "",
        "A measure of channels may be restricted to tickets that arrived at some times, which",
        "stand after an `@` at the end of its id: times of day, as in",
        "`phone.service_level_20s@09:00-09:30`, weekdays, as in `@Mon-Fri`, a month, as in",
        "`@2026-03`, or several of these, as in `@Mon-Fri 09:00-09:30`. Contacts count by when",
        "their ticket arrived. Times are those of the scenario's clock, on which every day has 24",
        "hours: there is no summer time. Averages over time, such as a backlog, numbers a day, and",
        "what is about self-service cannot be restricted, and neither can measures of teams.",
    ]
    for owner, (title, ids) in OWNERS.items():
        measures = [measure for measure in MEASURES if measure.owner == owner]
        if measures:
            lines += ["", f"## {title}", "", ids]
        for measure in measures:
            lines += [
                "",
                f"### `{measure.name}`",
                "",
                f"{measure.title[:1].upper()}{measure.title[1:]}.",
                "",
                "| unit | population | clock | estimator | formula |",
                "| --- | --- | --- | --- | --- |",
                f"| {measure.unit} | {measure.population} | {measure.clock} | "
                f"{measure.estimator} | {measure.formula} |",
            ]
    return "\n".join(lines) + "\n"
