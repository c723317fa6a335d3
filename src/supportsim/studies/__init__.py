"""What supportsim can be asked: each study is a few lines over the rooms above."""

from supportsim.studies.compare import Comparison, compare
from supportsim.studies.run import Run, figures_of, run, simulate_once

__all__ = ["Comparison", "Run", "compare", "figures_of", "run", "simulate_once"]
