"""Find the free parameters of portal.toml: patience and replies, and what satisfied customers say.

    python scenarios/fit_portal.py

Least squares (scipy) on fixed random streams: each residual is the distance of a simulated figure
from its published value, in units of the figure's tolerance. Common random numbers make the
residuals smooth enough for finite differences. The scores of customers are straight lines in their
experience, so that the best score follows from the published one. The streams of the fit are not
those of the scenario, so that `supportsim run scenarios/portal.toml` is a check on fresh ones.
"""

from pathlib import Path

import numpy as np
from scipy.optimize import least_squares

from supportsim.scenario import Scenario, load
from supportsim.studies import run

SCENARIO = load(Path(__file__).with_name("portal.toml")).replace(
    {"run.seed": 20260105, "run.replications": 40}
)

# Key, lower and upper bound, start, digits, and how the value is written.
FREE = (
    ("channels.portal.patience.mean", 2.0, 10.0, 4.0, 2, "{}d"),
    ("channels.portal.patience.cv", 0.2, 1.2, 0.6, 2, "{}"),
    ("channels.portal.replies.probability", 0.05, 0.6, 0.3, 3, "{}"),
    ("channels.portal.replies.delay.mean", 0.1, 4.0, 1.0, 2, "{}d"),
)


SCORES = ("csat", "nps", "ces")
"""Measured with the best score that this script finds last."""


def changed(values: np.ndarray) -> Scenario:
    """Return the scenario with the free parameters at given values."""
    changes = {}
    for (key, *_, digits, form), value in zip(FREE, values, strict=True):
        text = form.format(round(float(value), digits + 4))
        changes[key] = text if text.endswith("d") else float(text)
    return SCENARIO.replace(changes)


def residuals(values: np.ndarray) -> np.ndarray:
    """Return the distance of each fitted figure from its published value, in tolerances."""
    result = run(changed(values), workers=-1)
    found = []
    for verdict in result.verdicts:
        figure = verdict.figure
        if verdict.role == "fitted" and figure.quantity not in SCORES:
            reach = (figure.tolerance.high - figure.tolerance.low) / 2
            found.append((verdict.simulated - sum(figure.published) / 2) / reach)
    return np.array(found)


def best_scores(scenario: Scenario) -> dict[str, float]:
    """Return the score of the best experience that makes each mean score the published one."""
    result = run(scenario, workers=-1)
    experience = result.estimates["portal.experience"].mean
    best = {}
    for verdict in result.verdicts:
        score = verdict.figure.quantity
        if score in SCORES:
            worst = getattr(scenario.channels["portal"].satisfaction, score)[0]
            best[score] = worst + (verdict.figure.published[0] - worst) / experience
    return best


def main() -> None:
    """Fit, and print what to write into the scenario."""
    low, high, start = (np.array([row[i] for row in FREE]) for i in (1, 2, 3))
    # Steps of 4 % are wide against the noise that remains after common random numbers.
    fit = least_squares(
        residuals,
        start,
        bounds=(low, high),
        x_scale=start,
        diff_step=np.full(len(FREE), 0.04),
        max_nfev=8,
    )
    print(f"residuals, in tolerances: {np.round(fit.fun, 2)}")
    for (key, *_, digits, form), value in zip(FREE, fit.x, strict=True):
        print(f"{key} = {form.format(round(float(value), digits))}")
    for score, best in best_scores(changed(fit.x)).items():
        print(f"channels.portal.satisfaction.{score}.1 = {best:.4g}")
    print("written into the scenario, check them: supportsim run scenarios/portal.toml")


if __name__ == "__main__":
    main()
