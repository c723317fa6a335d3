"""What supportsim can be asked: each study is a few lines over the rooms above."""

from supportsim.studies.run import Run, figures_of, run, simulate_once

__all__ = ["Run", "figures_of", "run", "simulate_once"]
