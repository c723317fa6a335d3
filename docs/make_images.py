"""Draw the images of the pages from the scenarios.

python docs/make_images.py
"""

from pathlib import Path

from matplotlib.figure import Figure

import supportsim as ss

FOLDER = Path(__file__).parent
SCENARIO = FOLDER.parent / "scenarios" / "portal.toml"
REPLICATIONS = 40


def main() -> None:
    """Write every image, small enough for a page and without anything that changes by the day."""
    result = ss.run(SCENARIO, replications=REPLICATIONS)
    figure = Figure(figsize=(7.0, 4.0), layout="constrained")
    result.plot_first_response(ax=figure.subplots())
    path = FOLDER / "images" / "first-response.png"
    figure.savefig(path, dpi=110, facecolor="white", metadata={"Software": None})


if __name__ == "__main__":
    main()
