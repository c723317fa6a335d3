"""The pictures of each study: what HTML reports, notebooks and folders of results show."""

from supportsim.report.pictures.of_runs import pictures_of_run
from supportsim.report.pictures.of_studies import (
    pictures_of_calibration,
    pictures_of_comparison,
    pictures_of_plan,
    pictures_of_sweep,
)
from supportsim.report.pictures.picture import Picture

__all__ = [
    "Picture",
    "pictures_of_calibration",
    "pictures_of_comparison",
    "pictures_of_plan",
    "pictures_of_run",
    "pictures_of_sweep",
]
