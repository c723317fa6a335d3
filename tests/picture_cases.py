"""Every plot that there is, as pictures of results whose numbers are made up."""

from __future__ import annotations

from functools import cache, partial

import pandas as pd

from made_runs import made_calibration, made_comparison, made_run, made_week
from made_sweeps import made_sweep
from supportsim.report.pictures import (
    Picture,
    pictures_of_comparison,
    pictures_of_run,
    pictures_of_sweep,
)
from supportsim.report.plots.calibrating import (
    figures_size,
    parameters_size,
    plot_figures,
    plot_parameters,
)
from supportsim.report.plots.planning import plot_required, required_size

AGENTS, PER_DAY = "teams.desk.agents", "channels.portal.arrivals.per_day"
SHARE = "portal.answered_within_24h"


@cache
def pictures() -> dict[str, Picture]:
    """Return a picture of every plot, by the name of its baseline."""
    found = {
        picture.stem: picture
        for picture in pictures_of_run(made_run())
        # The others are of the same plots.
        if picture.about in ("", "portal", "team.calls") or picture.stem == "arrivals_phone"
    }
    found |= {one.stem: one for one in pictures_of_comparison(made_comparison())}
    found |= {f"sweep_{kind}": one for kind, one in _of_sweeps().items()}
    week, calibration = made_week(), made_calibration()
    found["required"] = _bare("required", required_size(week), partial(plot_required, week))
    found["parameters"] = _bare(
        "parameters", parameters_size(calibration), partial(plot_parameters, calibration)
    )
    found["figures"] = _bare(
        "figures", figures_size(calibration), partial(plot_figures, calibration)
    )
    return found


def _of_sweeps() -> dict[str, Picture]:
    line = made_sweep({PER_DAY: [3, 5, 8, 12]}, {SHARE: lambda n: 0.7 - n / 50}, half_width=0.02)
    grid = made_sweep(
        {AGENTS: [1, 2, 3, 4], PER_DAY: [3, 5, 8]},
        {SHARE: lambda agents, n: 0.5 + agents / 20 - n / 80},
        half_width=0.02,
    )
    of_line, of_grid = pictures_of_sweep(line), pictures_of_sweep(grid)
    return {"line": of_line[-1], "map": of_grid[-1], "sensitivity": of_grid[0]}


def _bare(stem: str, size: tuple[float, float], draw: partial) -> Picture:  # type: ignore[type-arg]
    return Picture(stem, stem, stem, size, draw, pd.DataFrame)
