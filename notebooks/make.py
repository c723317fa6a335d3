"""Execute the notebooks and keep them with their outputs.

    python notebooks/make.py              all of them
    python notebooks/make.py 01 03        some, by the beginning of their names

Each notebook is written as text, `NN_name.py`, in jupytext's percent format, which is what is
reviewed; `NN_name.ipynb` is made of it, with outputs, so that it reads on a code host. The cell
with the tag `parameters` says how much is simulated; its metadata `quick` says with how much less
the tests execute it.
"""

import sys
from collections.abc import Iterable
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).parent
TIMEOUT = 1200


def texts(beginnings: Iterable[str] = ("",)) -> list[Path]:
    """Return the notebooks whose names begin so, as text files."""
    found = sorted(FOLDER.glob("[0-9][0-9]_*.py"))
    return [path for path in found if path.name.startswith(tuple(beginnings))]


def executed(text: Path, *, quick: bool = False) -> nbformat.NotebookNode:
    """Return a notebook with the outputs of its cells.

    Parameters
    ----------
    text
        Its text file.
    quick
        Whether to simulate as little as its `parameters` cell allows for.
    """
    notebook = jupytext.read(text)
    for cell in notebook.cells:
        if quick and "parameters" in cell.metadata.get("tags", ()):
            cell.source = cell.metadata["quick"]
    client = NotebookClient(
        notebook,
        timeout=TIMEOUT,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(FOLDER)}},
    )
    client.execute()
    return tidy(notebook)


def tidy(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return a notebook without what differs from machine to machine, and with ids of cells."""
    notebook.metadata = nbformat.from_dict(
        {
            "jupytext": {"formats": "ipynb,py:percent"},
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"
    return notebook


def main() -> None:
    """Execute the notebooks that the command line names and write them."""
    for text in texts(sys.argv[1:] or [""]):
        print(text.stem, flush=True)
        nbformat.write(executed(text), text.with_suffix(".ipynb"))


if __name__ == "__main__":
    main()
