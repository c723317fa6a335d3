"""Every plot looks as it did: an image of each, compared by matplotlib's own measure.

The images are without texts, legends and automatic layout, so that they do not depend on how fonts
are drawn; what the texts say is asserted in `test_pictures.py`. After a change that is meant, renew
them with `python tests/test_plot_images.py`, and look at them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure as Canvas
from matplotlib.legend import Legend
from matplotlib.testing.compare import compare_images
from matplotlib.text import Text

from picture_cases import pictures
from supportsim.report.plots import house_style

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from supportsim.report.pictures import Picture

BASELINE = Path(__file__).parent / "baseline"
TOLERANCE = 2.0
"""Root mean square over the pixels, of 255, that versions of matplotlib may differ by."""
NAMES = list(pictures())


def textless(picture: Picture) -> Axes:
    """Draw a picture without texts and legends, in a layout that does not depend on them."""
    with house_style():
        figure = Canvas(figsize=(4, 3), dpi=72)
        ax = figure.add_subplot()
    picture.draw(ax)
    for legend in figure.findobj(Legend):
        legend.set_visible(False)
    for text in figure.findobj(Text):
        text.set_visible(False)
    return ax


def save(ax: Axes, path: Path) -> Path:
    figure = ax.get_figure(root=True)
    assert figure is not None
    with house_style():
        figure.savefig(path, metadata={"Software": None})
    return path


def difference(name: str, ax: Axes, folder: Path) -> float:
    """Return how far what is drawn is from its baseline; 0 if it is within the tolerance."""
    actual = save(ax, folder / f"{name}.png")
    found = compare_images(str(BASELINE / f"{name}.png"), str(actual), TOLERANCE, in_decorator=True)
    return 0.0 if found is None else float(found["rms"])


@pytest.mark.parametrize("name", NAMES)
def test_it_looks_as_it_did(name: str, tmp_path: Path) -> None:
    ax = textless(pictures()[name])
    assert difference(name, ax, tmp_path) == 0, f"look at {tmp_path}/{name}.png"


@pytest.mark.parametrize("name", NAMES)
def test_nothing_in_the_legend_could_be_lost_unseen(name: str, tmp_path: Path) -> None:
    ax = textless(pictures()[name])
    for artist in telling(ax):
        artist.set_visible(False)
        assert difference(name, ax, tmp_path) > TOLERANCE, artist
        artist.set_visible(True)


def telling(ax: Axes) -> list[Artist]:
    """Return what is drawn and named in the legend; of a map, the map."""
    lines = [line for line in ax.lines if len(np.asarray(line.get_xdata()))]
    others = [one for one in (*ax.collections, *ax.patches) if one.get_window_extent().width > 0]
    named = [one for one in (*lines, *others) if not str(one.get_label()).startswith("_")]
    return [*named, *ax.images, *ax.findobj(QuadMesh)]


def test_there_is_no_image_without_a_plot() -> None:
    assert {path.stem for path in BASELINE.glob("*.png")} == set(NAMES)
    assert sum(path.stat().st_size for path in BASELINE.glob("*.png")) < 200_000


if __name__ == "__main__":
    BASELINE.mkdir(exist_ok=True)
    for old in BASELINE.glob("*.png"):
        old.unlink()
    for stem, one in pictures().items():
        save(textless(one), BASELINE / f"{stem}.png")
