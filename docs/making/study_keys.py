"""The page on study files."""

from making.notes import NOTE, cell
from supportsim.scenario.fields import Model
from supportsim.studies.calibrating.settings import CalibrateSettings
from supportsim.studies.compare import AlternativeSettings, CompareSettings
from supportsim.studies.planning.settings import PlanSettings
from supportsim.studies.sweeping.settings import SweepSettings

TABLES: dict[str, type[Model]] = {
    "[compare]": CompareSettings,
    "[[compare.alternatives]]": AlternativeSettings,
    "[sweep]": SweepSettings,
    "[plan]": PlanSettings,
    "[calibrate]": CalibrateSettings,
}


def studies_page() -> str:
    """Return the reference of the keys of study files."""
    lines = [
        "# Study files",
        "",
        NOTE,
        "A study file keeps a question beside its scenario. It names the scenario, may change keys",
        "of it, and has the table of one study. Options on the command line count more than what",
        "the file says.",
        "",
        "| key | meaning |",
        "| --- | --- |",
        '| `scenario` | Path of the scenario from where the file is, as in `"portal.toml"`. |',
        "| `[set]` | Values to use instead of the scenario's, by dotted path in quotes. |",
    ]
    for heading, model in TABLES.items():
        lines += ["", f"## {heading.strip('[]')}", "", cell(model.__doc__ or ""), ""]
        lines += [f"In the file: `{heading}`.", ""]
        lines += ["| key | default | meaning |", "| --- | --- | --- |"]
        for name, about in model.model_fields.items():
            given = about.default not in (None, (), {}) and not about.is_required()
            default = f"`{_toml(about.default)}`" if given else ""
            meaning = cell(about.description or "")
            lines.append(f"| `{about.alias or name}` | {default} | {meaning} |")
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)
