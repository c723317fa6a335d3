"""Calibration: it finds what is known, says how well, and what cannot be known."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import stats

import supportsim as ss
from small_lines import LINE, PATIENCE, WORK, figure, true_figures, write_line
from supportsim.errors import InputError
from supportsim.studies.calibrating import CalibrateSettings, pose, read_calibration
from supportsim.studies.calibrating.fit import Fit, fit
from supportsim.studies.calibrating.objective import Jacobian, Objective, Trial
from supportsim.studies.calibrating.precision import precision_at
from supportsim.studies.calibrating.problem import Problem

if TYPE_CHECKING:
    from supportsim.tables import Floats

WORK_KEY, PATIENCE_KEY = "channels.line.work.mean", "channels.line.patience.mean"
FREE = {WORK_KEY: "3min:12min", PATIENCE_KEY: "2min:60min"}
SMALL = {"starts": 1, "replications": 8}


def problem_of(path: Path, changes: dict[str, Any] | None = None, **options: Any) -> Problem:
    given = {"free": FREE, "to": ["own"], "log": [PATIENCE_KEY], **SMALL, **options}
    return read_calibration(path, given, changes or {})[1]


def fitted(problem: Problem) -> Fit:
    return fit(Objective(problem, 1, lambda: None))


def tried(problem: Problem, **numbers: float) -> Trial:
    point = np.array([p.share(numbers[p.key.split(".")[-2]]) for p in problem.parameters])
    return Objective(problem, 1, lambda: None).trial(point, problem.settings.replications)


# --- It recovers what is known -------------------------------------------------------------------


def z_scores(path: Path, seeds: range, truth: Floats) -> Floats:
    """Return how far fits with several seeds are from the truth, in their standard errors."""
    found = []
    for seed in seeds:
        problem = problem_of(path, seed=seed)
        result = fitted(problem)
        exact = np.array([p.share(v) for p, v in zip(problem.parameters, truth, strict=True)])
        found.append((result.trial.point - exact) / result.precision.errors)
    return np.array(found)


def check_coverage(z: Floats, reach: float) -> None:
    """The 95 % intervals hold the truth as often as they should, and are not too wide."""
    inside = int(np.count_nonzero(np.abs(z) <= reach))
    # The two parameters of a fit depend on each other: half as many independent ones, at least.
    covered = inside / z.size
    assert covered >= stats.binom.ppf(0.001, z.size // 2, 0.95) / (z.size // 2)
    # With t errors of 7 degrees of freedom the mean square is 7/5; a tenth of the width is seen.
    low, high = stats.chi2.ppf([0.0005, 0.9995], z.size // 2) / (z.size // 2)
    assert low <= np.mean(z**2) / 1.4 <= high


def test_known_parameters_are_found_within_their_intervals(tmp_path: Path) -> None:
    """The published figures are exact (Erlang A); each fit starts from wrong values."""
    z = z_scores(write_line(tmp_path), range(100, 106), np.array([WORK, PATIENCE]))
    check_coverage(z, float(stats.t.ppf(0.975, 7)))


@pytest.mark.slow
def test_intervals_cover_as_they_promise(tmp_path: Path) -> None:
    z = z_scores(write_line(tmp_path), range(1000, 1100), np.array([WORK, PATIENCE]))
    check_coverage(z, float(stats.t.ppf(0.975, 7)))


@pytest.fixture(scope="module")
def line_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("line")
    write_line(folder)
    return folder


@pytest.fixture(scope="module")
def result(line_folder: Path) -> ss.CalibrationResult:
    return ss.calibrate(
        line_folder / "line.toml", free=FREE, to="own", log=PATIENCE_KEY, starts=4, polished=2,
        replications=16, workers=1,
    )  # fmt: skip


def test_the_result_says_what_was_found_and_checks_it_on_other_numbers(
    result: ss.CalibrationResult,
) -> None:
    work, patience = result.parameters.loc[WORK_KEY], result.parameters.loc[PATIENCE_KEY]
    assert work["low"] < WORK < work["high"]
    assert patience["low"] < PATIENCE < patience["high"]
    assert work["before"] == 9
    assert (patience["bounds_low"], patience["bounds_high"]) == (2, 60)
    assert result.scenario.to_dict()["channels"]["line"]["work"]["mean"] == work["value"]
    assert result.scenario.run.seed == 3
    document = result.to_dict()
    assert document["seed"] != 3
    assert document["check"]["seed"] == 3
    assert document["check"]["replications"] == 40
    assert list(result.verdicts["role"]) == ["fitted", "fitted"]
    assert list(result.verdicts["verdict"]) == ["matches", "matches"]
    assert result.all_match
    assert "2 of 2 match" in repr(result)
    again = ss.run(result.scenario.replace({"benchmarks.use": [], "benchmarks.files": [],
                                            "benchmarks.fitted": []}))  # fmt: skip
    rate = again.measures.loc["line.response_rate", "mean"]
    assert rate == result.figures.loc["own.response_rate", "checked"]


def test_every_figure_holds_as_far_as_the_ranges_say_and_no_further(
    result: ss.CalibrationResult, line_folder: Path
) -> None:
    """A grid of the other parameter shows what the profile found, and that it ends there."""
    problem = problem_of(line_folder / "line.toml", replications=16)
    objective = Objective(problem, 1, lambda: None)
    low, high = result.parameters.loc[WORK_KEY, ["holds_low", "holds_high"]]
    assert low < result.parameters.loc[WORK_KEY, "fitted"] < high
    width = high - low

    def best(work: float) -> float:
        shares = [problem.parameters[1].share(minutes) for minutes in np.geomspace(7.5, 13.5, 19)]
        points = [np.array([problem.parameters[0].share(work), share]) for share in shares]
        return min(float(np.max(np.abs(t.residuals))) for t in objective.trials(points, 16))

    # What is told has been seen; it may end a little early.
    for end, side in ((low, -1), (high, 1)):
        assert best(end - side * 0.05 * width) < 1
        assert best(end + side * 0.3 * width) > 1


def test_the_number_of_processes_does_not_matter(line_folder: Path) -> None:
    options: dict[str, Any] = {"free": {WORK_KEY: "3min:12min"}, "to": "own.response_rate"}
    options |= {"starts": 2, "polished": 1, "replications": 8}
    one, two = (
        ss.calibrate(line_folder / "line.toml", workers=workers, **options) for workers in (1, 2)
    )
    assert one.to_json() == two.to_json()


# --- What the figures do not pin down ------------------------------------------------------------

HANDLING = figure("handling_time", 5.0, (4.6, 5.4), unit="min") + figure(
    "occupancy",
    0.694,
    (0.644, 0.744),
    quantity="composition",
    name="busy",
    more='category = "busy"',
).replace("line.occupancy", "team.desk.occupancy")


def test_two_parameters_that_act_through_their_sum_are_named_together(tmp_path: Path) -> None:
    """Work and wrap-up are the agent's time; neither figure tells them apart."""
    text = LINE.replace(
        'work = { dist = "exponential", mean = "9min" }   # too long',
        'work = { dist = "constant", value = "4min" }\nwrap_up = "4min"',
    ).replace('mean = "25min"', 'mean = "500d"')
    free = {"channels.line.work.value": "1min:5min", "channels.line.wrap_up": "1min:5min"}
    path = write_line(tmp_path, HANDLING, text)
    found = ss.calibrate(path, free=free, to="own", starts=1, replications=8, workers=1)
    (sentence,) = found.not_pinned_down
    assert " only together: " in sentence
    assert set(free) == set(sentence.partition(" only ")[0].split(" and "))
    assert found.parameters["low"].isna().all()
    # The sum is what it has to be, and the line along which it stays so is as long as the box.
    assert found.parameters["fitted"].sum() == pytest.approx(5.0, abs=0.1)
    # One goes down to its bound of 1 while the other goes up to 4, or as far as 4.4.
    assert list(found.parameters["holds_low"]) == pytest.approx([1.0, 1.0], abs=0.3)
    assert list(found.parameters["holds_high"]) == pytest.approx([4.3, 4.3], abs=0.3)


def test_more_parameters_than_figures_are_told_before_it_starts(line_folder: Path) -> None:
    problem = problem_of(line_folder / "line.toml", to=["own.response_rate"])
    (warning,) = problem.warnings
    assert warning.startswith("2 parameters are free and only 1 figure pulls")
    assert problem_of(line_folder / "line.toml").warnings == ()


def test_a_bound_in_the_way_is_told(line_folder: Path) -> None:
    result = ss.calibrate(
        line_folder / "line.toml", free={WORK_KEY: "8.5min:12min"}, to="own.response_rate",
        starts=1, replications=8, workers=1,
    )  # fmt: skip
    row = result.parameters.loc[WORK_KEY]
    assert (row["value"], row["at_bound"]) == ("8.5min", "lower")
    assert math.isnan(row["low"])
    assert "at its lower bound" in " ".join(result.warnings)
    assert not result.all_match


def test_a_figure_that_nothing_moves_does_not_pull(tmp_path: Path) -> None:
    arrivals = figure("arrivals_per_day", 180.0, (170.0, 190.0), unit="per day")
    path = write_line(tmp_path, true_figures() + arrivals)
    options: dict[str, Any] = {"free": {WORK_KEY: "3min:12min"}, "starts": 2, "replications": 8}
    result = ss.calibrate(path, to="own", changes={PATIENCE_KEY: "10min"}, workers=1, **options)
    assert result.scenario.benchmarks.fitted == ("own.response_rate", "own.first_response_time")
    assert "own.arrivals_per_day is moved by none" in " ".join(result.warnings)
    assert result.parameters.loc[WORK_KEY, "fitted"] == pytest.approx(WORK, rel=0.03)
    with pytest.raises(InputError, match="none of the free parameters changes anything about"):
        ss.calibrate(path, to="own.arrivals_per_day", workers=1, **options)


# --- The pieces, by hand -------------------------------------------------------------------------


def test_a_score_is_a_straight_line_and_found_in_a_step(tmp_path: Path) -> None:
    """The best score that makes the mean 0.4 follows from the mean experience; exactly."""
    path = write_line(tmp_path, figure("csat", 0.4, (0.38, 0.42)))
    problem = problem_of(
        path, free={"channels.line.satisfaction.csat.1": "0.25:1"}, to=["own"], log=[], seed=77
    )
    result = fitted(problem)
    # The mean score now: from the worst score, 0.2, up to the best, 0.5, by the mean experience.
    now = Objective(problem, 1, lambda: None).trial(np.array([0.25 / 0.75]), 8).simulated[0]
    experience = (now - 0.2) / (0.5 - 0.2)
    assert result.numbers[0] == pytest.approx(0.2 + 0.2 / experience, rel=2e-3)
    assert abs(result.trial.residuals[0]) < 0.01


def test_the_interval_of_a_straight_line_is_exact() -> None:
    """One parameter and one figure y = a + b x: the error of x is that of y over b."""
    rng = np.random.default_rng(5)
    noise = rng.normal(size=(30, 1))
    noise -= noise.mean()
    trial = Trial(np.array([0.4]), np.array([7.0]), noise, np.zeros(1))
    slope = np.array([[2.5]])
    jacobian = Jacobian(slope, slope, np.zeros((30, 1, 1)))
    found = precision_at(trial, np.ones(1), jacobian, (0,))
    assert found.errors[0] == pytest.approx(noise.std(ddof=1) / math.sqrt(30) / 2.5)
    assert found.reach == pytest.approx(stats.t.ppf(0.975, 29))
    assert found.flat == (False,)


def test_the_intervals_are_those_of_refitted_halves() -> None:
    """The sandwich agrees with the jackknife of a linear least-squares fit with random slopes."""
    rng = np.random.default_rng(11)
    slopes = np.array([[3.0, 1.0], [1.0, 2.0], [0.5, -1.0]]) + 0.2 * rng.normal(size=(60, 3, 2))
    values = np.array([1.0, -0.5, 0.8]) + 0.3 * rng.normal(size=(60, 3))

    def solved(keep: Floats) -> Floats:
        return np.linalg.lstsq(slopes[keep].mean(0), -values[keep].mean(0), rcond=None)[0]

    everything = np.arange(60)
    best = solved(everything)
    left_out = np.array([solved(np.delete(everything, n)) for n in everything])
    jackknife = np.sqrt(59 / 60 * np.sum((left_out - left_out.mean(0)) ** 2, axis=0))
    each = values + slopes @ best
    trial = Trial(best, each.mean(0), each - each.mean(0), each.mean(0))
    mean = slopes.mean(0)
    found = precision_at(trial, np.ones(3), Jacobian(mean, mean, slopes - mean), (0, 0))
    assert found.errors == pytest.approx(jackknife, rel=0.03)


def residual(value: float, low: float, high: float, simulated: float, folder: Path) -> float:
    path = write_line(folder, figure("response_rate", value, (low, high)))
    (target,) = problem_of(path).targets
    slope = (target.residual(simulated + 1e-7) - target.residual(simulated - 1e-7)) / 2e-7
    assert target.slope(simulated) == pytest.approx(slope, rel=1e-5, abs=1e-9)
    return target.residual(simulated)


def test_residuals_are_distances_in_tolerances(tmp_path: Path) -> None:
    assert residual(0.6, 0.5, 0.7, 0.65, tmp_path) == pytest.approx(0.5)
    assert residual(0.6, 0.5, 0.7, 0.4, tmp_path) == pytest.approx(-2)
    # A tolerance with more room above than below.
    assert residual(0.6, 0.5, 0.8, 0.7, tmp_path) == pytest.approx(0.5)
    # At least 0.8: it pulls from below, and to a little inside.
    assert residual(0.8, 0.8, 1.0, 0.76, tmp_path) == pytest.approx(-1.5)
    assert residual(0.8, 0.8, 1.0, 0.8, tmp_path) == pytest.approx(-0.5)
    assert residual(0.8, 0.8, 1.0, 0.95, tmp_path) == 0
    # At most 0.2.
    assert residual(0.2, 0.0, 0.2, 0.22, tmp_path) == pytest.approx(2.5)
    assert residual(0.2, 0.0, 0.2, 0.1, tmp_path) == 0
    # No tolerance at all: a hundredth of the value.
    assert residual(0.5, 0.5, 0.5, 0.51, tmp_path) == pytest.approx(2)


def test_places_and_values_on_both_scales(line_folder: Path) -> None:
    work, patience = problem_of(line_folder / "line.toml").parameters
    assert (work.number(0), work.number(1), work.number(0.5)) == (3, 12, 7.5)
    assert patience.number(0.5) == pytest.approx(math.sqrt(2 * 60))
    for parameter in (work, patience):
        for share in (0.0, 0.123, 0.5, 1.0):
            assert parameter.share(parameter.number(share)) == pytest.approx(share)
    assert (work.own, patience.own) == (9, 25)


def test_fitted_values_have_the_digits_that_mean_something(result: ss.CalibrationResult) -> None:
    for _, row in result.parameters.iterrows():
        digits = row["value"].removesuffix("min")
        last = 10.0 ** -len(digits.partition(".")[2])
        assert last / 2 <= (row["high"] - row["low"]) / 20
        assert last >= (row["high"] - row["low"]) / 4000


def test_derivatives_are_those_of_the_figures(line_folder: Path) -> None:
    """Erlang A, differentiated, at the true values."""
    from supportsim.queueing import erlang_a

    problem = problem_of(line_folder / "line.toml", log=[], replications=80)
    objective = Objective(problem, 1, lambda: None)
    truth = (WORK, PATIENCE)
    point = np.array([p.share(v) for p, v in zip(problem.parameters, truth, strict=True)])
    found = objective.jacobian(point, 80, both_sides=True)

    def exact(work: float, patience: float) -> Floats:
        line = erlang_a(200 / 1440, 1 / work, 1, 1 / patience)
        return np.array([1 - line.abandonment_probability, line.mean_wait_served + work])

    wanted = np.column_stack([
        9 * (exact(WORK + 0.01, PATIENCE) - exact(WORK - 0.01, PATIENCE)) / 0.02,
        58 * (exact(WORK, PATIENCE + 0.01) - exact(WORK, PATIENCE - 0.01)) / 0.02,
    ])  # fmt: skip
    spread = found.noise.std(axis=0, ddof=1) / math.sqrt(80)
    slopes = objective.slopes(objective.trial(point, 80))[:, np.newaxis]
    assert np.all(np.abs(found.residuals - wanted * slopes) <= 4 * spread + 0.01 * wanted * slopes)
    assert np.all(spread < 0.05 * np.abs(wanted * slopes))


# --- What cannot be asked ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"free": {}}, "free: name a key and its bounds"),
        ({"to": []}, "to: name the published figures to match"),
        ({"free": {"channels.line.patience.maen": "1d:2d"}}, 'did you mean "mean"'),
        ({"free": {"channels.lime.patience.mean": "1d:2d"}}, 'did you mean "line"'),
        ({"free": {WORK_KEY: "9min:3min"}}, "is reversed; write 3min:9min"),
        ({"free": {WORK_KEY: "3min:3min"}}, "is empty"),
        ({"free": {WORK_KEY: "3:9"}}, 'has to be a text such as "95min"'),
        ({"free": {WORK_KEY: "3min:9min:1min"}}, "a free parameter takes any value"),
        ({"free": {"name": "1:2"}}, "name: has to be a text"),
        ({"free": {"teams.desk.agents": "1:6"}}, "vary whole numbers with supportsim sweep"),
        ({"free": {"run.seed": "1:6"}}, "is not a parameter to fit"),
        ({"free": {"channels.line.transfers.probability": "0:1.5"}}, "transfers.probability"),
        ({"free": {"channels.line.satisfaction.csat.2": "0:1"}}, "there is no item 2"),
        ({"free": {"channels.line.patience": "1d:2d", PATIENCE_KEY: "1d:2d"}}, "free one of them"),
        ({"log": ["x"]}, '"x" is not a free parameter'),
        ({"log": [WORK_KEY], "free": {WORK_KEY: "0min:9min"}}, "has to begin above 0"),
        ({"to": ["own.response_rat"]}, 'did you mean "own.response_rate"'),
        ({"to": ["portal.csat"]}, "portal.csat is not simulated"),
        ({"to": ["portal.company_adoption"]}, "is not simulated: context"),
        ({"to": ["portal"]}, "none of portal can be fitted"),
        ({"seed": 3}, "3 is the scenario's own seed"),
        ({"starts": 0}, "starts: has to be at least 1, not 0"),
        ({"replications": 1}, "replications: has to be at least 8, not 1"),
    ],
)
def test_what_cannot_be_asked_is_told_in_one_line(
    options: dict[str, Any], message: str, line_folder: Path
) -> None:
    given = {"log": [], **options}
    with pytest.raises(InputError) as caught:
        problem_of(line_folder / "line.toml", **given)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_inputs_do_not_pull_unless_they_are_named_or_free(tmp_path: Path) -> None:
    csat = figure("csat", 0.4, (0.38, 0.42)).replace(
        'status = "sim', 'set_by = ["channels.line.satisfaction.csat"]\nstatus = "sim'
    )
    path = write_line(tmp_path, true_figures() + csat)

    def pulling(**options: Any) -> set[str]:
        return {target.figure.id for target in problem_of(path, log=[], **options).targets}

    free = {"channels.line.satisfaction.csat.1": "0.3:1"}
    assert pulling() == {"own.response_rate", "own.first_response_time"}
    assert "own.csat" in pulling(to=["own", "own.csat"])
    assert "own.csat" in pulling(free=free)
    ((left_out, reason),) = problem_of(path, log=[]).left_out
    assert left_out.id == "own.csat"
    assert reason.startswith("it only repeats")


def test_values_that_do_not_go_together_are_told(tmp_path: Path) -> None:
    text = LINE.replace(
        '{ dist = "exponential", mean = "9min" }',
        '{ dist = "uniform", low = "1min", high = "9min" }',
    )
    path = write_line(tmp_path, None, text)
    free = {"channels.line.work.low": "1min:8min", "channels.line.work.high": "2min:9min"}
    problem = pose(ss.load(path), CalibrateSettings(free=free, to=("own",)), tmp_path)
    with pytest.raises(InputError, match=r"^within the bounds, channels\.line\.work\.low = 8min"):
        Objective(problem, 1, lambda: None).trial(np.array([1.0, 0.0]), 8)
