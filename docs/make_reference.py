"""Write the pages of the reference that are made from the code, and the JSON Schema.

    python docs/make_reference.py

A test compares them with what the code says.
"""

from pathlib import Path

from making.commands import commands_page
from making.figures import figures_page
from making.keys import scenario_page
from making.measures import measures_page
from making.python_api import python_page
from making.study_keys import studies_page

from supportsim.files import to_json
from supportsim.scenario import json_schema

FOLDER = Path(__file__).parent


def pages() -> dict[str, str]:
    """Return the text of every page by its path below this folder."""
    return {
        "reference/command-line.md": commands_page(),
        "reference/scenario.md": scenario_page(),
        "reference/studies.md": studies_page(),
        "reference/measures.md": measures_page(),
        "reference/figures.md": figures_page(),
        "reference/python.md": python_page(),
        "scenario.schema.json": to_json(json_schema()),
    }


if __name__ == "__main__":
    for file, text in pages().items():
        (FOLDER / file).write_text(text, encoding="utf-8")
