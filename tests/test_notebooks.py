"""The notebooks: their texts run, and what is kept of them is what the texts say."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import TYPE_CHECKING

import jupytext
import nbformat
import pytest

if TYPE_CHECKING:
    from types import ModuleType

FOLDER = Path(__file__).parents[1] / "notebooks"
TEXTS = sorted(FOLDER.glob("[0-9][0-9]_*.py"))


def make() -> ModuleType:
    """Return the script that makes the notebooks."""
    spec = importlib.util.spec_from_file_location("make_notebooks", FOLDER / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_notebook_is_there_twice() -> None:
    names = [path.stem for path in TEXTS]
    assert [name[:2] for name in names] == ["01", "02", "03", "04", "05"]
    assert names == [path.stem for path in sorted(FOLDER.glob("*.ipynb"))]


@pytest.mark.parametrize("text", TEXTS, ids=lambda path: path.stem)
def test_what_is_kept_is_what_the_text_says_and_it_ran(text: Path) -> None:
    written = jupytext.read(text).cells
    kept = nbformat.read(text.with_suffix(".ipynb"), as_version=4)
    nbformat.validate(kept)
    assert [(c.cell_type, c.source) for c in kept.cells] == [
        (c.cell_type, c.source) for c in written
    ]
    code = [cell for cell in kept.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    outputs = [output for cell in code for output in cell.outputs]
    assert outputs
    assert not any(one.output_type == "error" or one.get("name") == "stderr" for one in outputs)
    assert_plots_are_shown(kept)


def assert_plots_are_shown(notebook: nbformat.NotebookNode) -> None:
    """Assert that every cell that draws shows a picture, not only the first one."""
    drawing = [cell for cell in notebook.cells if re.match(r"ax(es)? = ", cell.source)]
    assert drawing
    for cell in drawing:
        assert any("image/png" in one.get("data", {}) for one in cell.outputs), cell.source


@pytest.mark.parametrize("text", TEXTS, ids=lambda path: path.stem)
def test_a_notebook_runs_in_a_reduced_size(text: Path) -> None:
    notebook = make().executed(text, quick=True)
    outputs = [one for cell in notebook.cells for one in cell.get("outputs", ())]
    assert not any(one.get("name") == "stderr" for one in outputs)
    assert_plots_are_shown(notebook)
