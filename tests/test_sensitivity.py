"""Sobol indices: against exact ones, by hand, and with intervals that hold what they promise."""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.stats import qmc, sobol_indices

from made_sweeps import made_sweep
from supportsim.errors import InputError
from supportsim.queueing import erlang_c_mean_wait
from supportsim.stats import Indices, grid_indices, saltelli_indices
from supportsim.studies.sweeping import Sweep, sensitivity

if TYPE_CHECKING:
    from supportsim.tables import Floats

ISHIGAMI = np.array([0.3139, 0.4424, 0.0, 0.5576, 0.4424, 0.2437])
"""Exact first-order and total indices, a = 7 and b = 0.1 (Ishigami & Homma 1990)."""

AGENTS, PER_DAY = "teams.desk.agents", "channels.portal.arrivals.per_day"
RATE = "portal.response_rate"
HOURS_24 = "portal.answered_within_24h"


def ishigami(x: Floats) -> Floats:
    found: Floats = np.sin(x[0]) + 7 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0])
    return found


def saltelli(count: int, seed: int) -> Floats:
    """Return Saltelli's points: shape (parameters, matrices, base points)."""
    both = qmc.Sobol(6, rng=seed).random(count)
    a, b = both[:, :3], both[:, 3:]
    mixed = [np.where(np.arange(3) == column, b, a) for column in range(3)]
    return np.moveaxis(np.array([a, b, *mixed]) * 2 * np.pi - np.pi, -1, 0)


def exact(output: Floats) -> Floats:
    return np.zeros((2, *output.shape))


def values(found: Indices) -> Floats:
    return np.concatenate([found.first[:, 0], found.total[:, 0]])


def within(found: Indices, truth: Floats) -> Floats:
    """Return which intervals hold the truth."""
    rows = np.concatenate([found.first, found.total])
    held: Floats = (rows[:, 1] <= truth + 1e-4) & (truth - 1e-4 <= rows[:, 2])
    return held


# --- Exact answers -------------------------------------------------------------------------------


def test_a_fine_grid_agrees_with_ishigami() -> None:
    middles = (np.arange(40) + 0.5) / 40 * 2 * np.pi - np.pi
    output = ishigami(np.array(np.meshgrid(middles, middles, middles, indexing="ij")))
    found = grid_indices(output, exact(output))
    assert values(found) == pytest.approx(ISHIGAMI, abs=0.002)
    assert np.ptp(np.concatenate([found.first, found.total]), axis=1) == pytest.approx(0)


def test_saltelli_agrees_with_ishigami() -> None:
    output = ishigami(saltelli(8192, seed=1))
    found = saltelli_indices(output, exact(output))
    assert values(found) == pytest.approx(ISHIGAMI, rel=0.03, abs=0.013)
    assert within(found, ISHIGAMI).all()
    assert np.ptp(found.first[:, 1:], axis=1).max() < 0.05


def test_saltelli_is_what_scipy_makes_of_the_same_points() -> None:
    output = ishigami(saltelli(256, seed=2))
    made = sobol_indices(
        func={"f_A": output[:1], "f_B": output[1:2], "f_AB": output[2:, None]}, n=256
    )
    expected = np.concatenate([made.first_order, made.total_order])
    assert values(saltelli_indices(output, exact(output))) == pytest.approx(expected, rel=1e-9)


def test_a_linear_function_by_hand() -> None:
    # Over 0, 1, 2 the variance is 2/3: 3x + y has 9 · 2/3 and 2/3 of it, and nothing together.
    x, y, _ = np.meshgrid([0.0, 1, 2], [0.0, 1, 2], [0.0, 1], indexing="ij")
    found = grid_indices(3 * x + y, exact(x))
    assert found.first[:, 0] == pytest.approx([0.9, 0.1, 0])
    assert found.total[:, 0] == pytest.approx([0.9, 0.1, 0])


def test_a_product_is_all_interaction() -> None:
    x, y = np.meshgrid([-1.0, 1], [-1.0, 1], indexing="ij")
    found = grid_indices(x * y, exact(x))
    assert found.first[:, 0] == pytest.approx([0, 0])
    assert found.total[:, 0] == pytest.approx([1, 1])


def test_a_single_parameter_drives_everything() -> None:
    output = np.array([1.0, 2, 5])
    assert values(grid_indices(output, exact(output))) == pytest.approx([1, 1])


@pytest.mark.parametrize("level", [0.0, 0.1, -1e6])
def test_a_constant_has_no_indices(level: float) -> None:
    output = np.full((3, 2), level)
    assert np.isnan(values(grid_indices(output, exact(output)))).all()
    output = np.full((4, 8), level)
    assert np.isnan(values(saltelli_indices(output, exact(output)))).all()


# --- Chance --------------------------------------------------------------------------------------


def noisy_grids(spread: float) -> tuple[Floats, list[Indices], list[Indices]]:
    """Return true indices, and those of noisy outputs with and without their influences."""
    x, y, _ = np.meshgrid(*3 * [np.arange(4.0)], indexing="ij")
    output = 3 * x + y + 0.5 * (x - 1.5) * (y - 1.5)
    found, naive = [], []
    for seed in range(200):
        made = output + spread * np.random.default_rng(seed).normal(size=(10, 4, 4, 4))
        mean = made.mean(axis=0)
        found.append(grid_indices(mean, made - mean))
        naive.append(grid_indices(mean, exact(mean)))
    return values(grid_indices(output, exact(output))), found, naive


def test_intervals_of_a_noisy_grid_hold_the_truth() -> None:
    truth, found, naive = noisy_grids(spread=5.0)
    held = np.mean([within(one, truth) for one in found], axis=0)
    assert held.min() > 0.9
    # 200 studies know a coverage of 95 % to ±3 %; the index of nothing is known to be 0 or more.
    assert held[[0, 1, 3, 4]].max() < 0.99
    # What the noise adds is taken out again: a parameter that does nothing seems to do 12 %.
    assert np.mean([one.total[2, 0] for one in naive]) > 0.1
    assert np.mean([one.total[2, 0] for one in found]) < 0.02
    assert np.mean([values(one) for one in found], axis=0) == pytest.approx(truth, abs=0.015)
    assert np.mean([one.total[2, 1] == 0 for one in found]) > 0.95


def test_intervals_of_saltelli_hold_the_truth() -> None:
    held = []
    for seed in range(150):
        output = ishigami(saltelli(128, seed))
        held.append(within(saltelli_indices(output, exact(output)), ISHIGAMI))
    assert np.mean(held, axis=0).min() > 0.9


def test_noise_is_taken_out_of_saltelli_too() -> None:
    points = saltelli(256, seed=5)
    corrected, naive = [], []
    for seed in range(50):
        noise = np.random.default_rng(seed).normal(size=(10, *points.shape[1:]))
        made = points[0] + 3 * noise
        mean = made.mean(axis=0)
        corrected.append(saltelli_indices(mean, made - mean).total[2])
        naive.append(saltelli_indices(mean, exact(mean)).total[2])
    assert np.mean(naive, axis=0)[0] > 0.15
    assert np.mean(corrected, axis=0)[0] < 0.03
    assert np.mean(np.array(corrected)[:, 1] == 0) > 0.9


def test_noise_alone_has_no_indices_or_wide_intervals() -> None:
    for seed in range(20):
        made = np.random.default_rng(seed).normal(size=(10, 3, 3))
        mean = made.mean(axis=0)
        found = grid_indices(mean, made - mean)
        assert np.isnan(found.total).all() or found.total[:, 1].min() < 0.3


def test_one_replication_gives_no_interval() -> None:
    output = np.array([[1.0, 2], [3, 5]])
    found = grid_indices(output, np.full((1, 2, 2), math.nan))
    assert np.isfinite(found.total[:, 0]).all()
    assert np.isnan(found.total[:, 1:]).all()


# --- An exact queue ------------------------------------------------------------------------------


def test_an_exact_queue_by_brute_force() -> None:
    """A queue for agents: more of them shorten it, more or longer work lengthens it."""
    servers, arrivals, durations = [7, 8, 9], [3.0, 3.5, 4.0, 4.5], [1.2, 1.35, 1.5]
    shape = (len(servers), len(arrivals), len(durations))
    waits = np.array(
        [
            erlang_c_mean_wait(rate, 1 / mean, agents)
            for agents, rate, mean in product(servers, arrivals, durations)
        ]
    ).reshape(shape)
    assert (np.diff(waits, axis=0) < 0).all()
    assert (np.diff(waits, axis=1) > 0).all()
    assert (np.diff(waits, axis=2) > 0).all()
    found = grid_indices(waits, exact(waits))
    everything = [waits[place] for place in np.ndindex(shape)]
    variance = float(np.var(everything))
    for axis in range(3):
        rest = []
        alone = [
            np.mean([waits[p] for p in np.ndindex(shape) if p[axis] == value])
            for value in range(shape[axis])
        ]
        for others in np.ndindex(*(n for other, n in enumerate(shape) if other != axis)):
            along = [waits[(*others[:axis], v, *others[axis:])] for v in range(shape[axis])]
            rest.append(np.var(along))
        assert found.first[axis, 0] == pytest.approx(np.var(alone) / variance)
        assert found.total[axis, 0] == pytest.approx(np.mean(rest) / variance)


# --- Of a sweep ----------------------------------------------------------------------------------


def linear(**settings: object) -> Sweep:
    outputs = {
        "portal.wrap_up": lambda _agents, _per_day: 10.0,
        RATE: lambda agents, per_day: 3 * agents + per_day,
        HOURS_24: lambda agents, per_day: agents + 3 * per_day,
        "portal.cost_per_ticket": lambda agents, _: math.nan if agents == 1 else agents,
    }
    return made_sweep({AGENTS: [0, 1, 2], PER_DAY: [0, 1, 2]}, outputs, **settings)  # type: ignore[arg-type]


def test_rows_say_which_parameter_drives_which_benchmark() -> None:
    rows = sensitivity(linear())
    told = [(row.measure, row.parameter, row.figures) for row in rows]
    assert told == [
        (HOURS_24, PER_DAY, ("portal.answered_within_24h",)),
        (HOURS_24, AGENTS, ("portal.answered_within_24h",)),
        (RATE, AGENTS, ("portal.response_rate",)),
        (RATE, PER_DAY, ("portal.response_rate",)),
        ("portal.wrap_up", AGENTS, ("portal.wrap_up",)),
        ("portal.wrap_up", PER_DAY, ("portal.wrap_up",)),
    ]
    assert [row.first for row in rows[:4]] == pytest.approx([0.9, 0.1, 0.9, 0.1])
    assert rows[0].unit == "share"
    assert rows[0].note == ""
    assert rows[-1].note == "does not vary more than by chance"
    assert math.isnan(rows[-1].total)


def test_a_measure_that_is_unknown_somewhere_says_so() -> None:
    (row, _) = sensitivity(linear(), ["portal.cost_per_ticket"])
    assert row.note == "unknown at 3 of 9 points"
    assert row.figures == ()
    assert math.isnan(row.first)


def test_a_sweep_over_saltelli_points() -> None:
    outputs = {RATE: lambda agents, per_day: 3 * agents + per_day}
    vary = {AGENTS: "0.0:1.0", PER_DAY: "0.0:1.0"}
    rows = sensitivity(made_sweep(vary, outputs, design="saltelli", points=512))
    assert [row.parameter for row in rows] == [AGENTS, PER_DAY]
    assert [row.first for row in rows] == pytest.approx([0.9, 0.1], rel=0.03)
    assert [row.total for row in rows] == pytest.approx([0.9, 0.1], rel=0.03)
    assert rows[0].first_low < 0.9 < rows[0].first_high


def test_points_with_fewer_replications_keep_their_variance() -> None:
    # The middle point alone is uncertain, after 5 replications where the others had 10.
    few = 3 * np.array([2.0, -1, 0, 1, -2])
    rows = sensitivity(linear(noise=lambda n: few if n == 4 else np.zeros(10)), [RATE])

    def parts(output: Floats) -> Floats:
        return np.array([output.mean(axis=1).var(), output.mean(axis=0).var(), output.var()])

    means, error = np.add.outer([0.0, 3, 6], [0.0, 1, 2]), np.zeros((3, 3))
    error[1, 1] = math.sqrt(np.sum(few**2) / 5 / 4)
    fair = parts(means) - parts(error)
    assert [row.first for row in rows] == pytest.approx(fair[:2] / fair[2], rel=1e-9)
    assert rows[0].first > 0.94  # 0.9 of the means as they are
    assert 0 < rows[0].first_low < rows[0].first < rows[0].first_high


@pytest.mark.parametrize("design", ["lhs", "sobol"])
def test_other_designs_cannot_tell(design: str) -> None:
    made = made_sweep({AGENTS: "1:6"}, {RATE: lambda x: x}, design=design, points=8)
    with pytest.raises(InputError, match="saltelli, or over a grid"):
        sensitivity(made)


def test_an_unknown_measure_names_the_nearest() -> None:
    with pytest.raises(InputError, match=r"did you mean \"portal.response_rate\"\?"):
        sensitivity(linear(), ["portal.response_rat"])
