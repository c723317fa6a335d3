"""Sweeps: designs, results against separate runs, tables, and what is refused."""

from __future__ import annotations

import json
import math
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from scipy.stats import qmc

import supportsim as ss
from small_runs import OFFICE, document, small_scenario
from supportsim.errors import InputError
from supportsim.files import to_json
from supportsim.report import sweep_document, write_sweep
from supportsim.report.sweeping.frames import pivot_frame, sweep_frame
from supportsim.report.sweeping.tables import ranked, short_names, summary_lines
from supportsim.scenario.loading import validate
from supportsim.stats import influences
from supportsim.studies import run
from supportsim.studies.sweeping import Sweep, SweepSettings, sweep
from supportsim.studies.sweeping.design import MOST_POINTS, as_numbers, design_points

if TYPE_CHECKING:
    from supportsim.scenario import Scenario

AGENTS, PER_DAY = "teams.desk.agents", "channels.portal.arrivals.per_day"
RESOLUTION = "portal.resolution_time"
PATIENCE = "channels.portal.patience.mean"


def points(**settings: Any) -> list[dict[str, Any]]:
    return design_points(SweepSettings(**settings), seed=1)


@cache
def tiny_scenario() -> Scenario:
    """Return a desk that is simulated in a few milliseconds."""
    run = {"warm_up": "0d", "window": "1w", "follow_up": "0d", "replications": 2, "seed": 3}
    return validate(document(run=run))


@cache
def small_sweep() -> Sweep:
    vary = {AGENTS: range(1, 4), PER_DAY: [3, 8]}
    return sweep(small_scenario(), SweepSettings(vary=vary), workers=1)


class TestDesigns:
    """Counts, bounds, balance, whole numbers, scales."""

    def test_a_grid_has_every_combination_the_last_changing_first(self) -> None:
        found = points(vary={AGENTS: "1:3", PER_DAY: [3, 8.5]})
        pairs = [(point[AGENTS], point[PER_DAY]) for point in found]
        assert pairs == [(1, 3), (1, 8.5), (2, 3), (2, 8.5), (3, 3), (3, 8.5)]

    def test_values_may_come_in_many_forms(self) -> None:
        same: list[Any] = ["1:3", (1, 3), range(1, 4), [1, 2, 3], np.arange(1, 4), "1,2,3"]
        expected = [{AGENTS: 1}, {AGENTS: 2}, {AGENTS: 3}]
        assert [points(vary={AGENTS: given}) for given in same] == [expected] * len(same)
        assert points(vary={PATIENCE: ("1d", "3d", "1d")}) == points(vary={PATIENCE: "1d,2d,3d"})
        nested = {"teams": {"desk": {"agents": "1:3"}}}
        assert points(vary=nested) == expected

    @pytest.mark.parametrize("design", ["lhs", "sobol"])
    def test_points_are_spread_evenly_within_the_bounds(self, design: str) -> None:
        found = points(
            vary={AGENTS: "1:4", PER_DAY: (2.0, 10.0), PATIENCE: "1d:8d"}, design=design, points=64
        )
        assert len(found) == 64
        assert Counter(point[AGENTS] for point in found) == dict.fromkeys(range(1, 5), 16)
        assert {type(point[AGENTS]) for point in found} == {int}
        for key, low, high in ((PER_DAY, 2, 10), (PATIENCE, 1440, 8 * 1440)):
            numbers = np.array([as_numbers(point)[key] for point in found])
            # One point in each of 64 equal parts.
            parts = np.floor(64 * (numbers - low) / (high - low) + 1e-4)
            assert sorted(parts) == list(range(64))

    def test_a_sobol_design_may_have_any_number_of_points(self) -> None:
        vary = {PER_DAY: "2.0:10.0", PATIENCE: "1d:8d"}
        found = points(vary=vary, design="sobol", points=100)
        assert found == points(vary=vary, design="sobol", points=128)[:100]
        assert len({tuple(point.values()) for point in found}) == 100

    def test_a_list_has_the_same_part_for_each_value(self) -> None:
        found = points(vary={PATIENCE: ["1d", "2d", "5d"]}, design="lhs", points=30)
        assert Counter(point[PATIENCE] for point in found) == {"1d": 10, "2d": 10, "5d": 10}

    def test_a_saltelli_design_is_a_b_and_a_with_columns_of_b(self) -> None:
        vary = {AGENTS: "1:4", PER_DAY: (2.0, 10.0), PATIENCE: "1d:8d"}
        found = points(vary=vary, design="saltelli", points=16)
        assert len(found) == 16 * (3 + 2)
        a, b, *mixed = (found[start : start + 16] for start in range(0, 80, 16))
        assert len(mixed) == 3
        for number, key in enumerate(vary):
            for row in range(16):
                assert mixed[number][row] == {**a[row], key: b[row][key]}
        # A and B are halves of one sequence of twice the dimensions: balanced together.
        both = np.array(
            [
                [*as_numbers(one).values(), *as_numbers(other).values()]
                for one, other in zip(a, b, strict=True)
            ]
        )
        for column, (low, high) in enumerate(2 * [(0.5, 4.5), (2, 10), (1440, 8 * 1440)]):
            shares = (both[:, column] - low) / (high - low)
            assert np.mean(shares) == pytest.approx(0.5, abs=0.07)
        assert a != b

    def test_sobol_indices_of_a_known_function_come_out(self) -> None:
        # y = 3 u + v of uniform u and v: first order and total are 0.9 and 0.1.
        found = points(vary={"u": "0.0:1.0", "v": "0.0:1.0"}, design="saltelli", points=512)
        y = np.array([3 * point["u"] + point["v"] for point in found]).reshape(4, 512)
        a, b, mixed = y[0], y[1], y[2:]
        variance = np.concatenate([a, b]).var()
        first = [np.mean(b * (one - a)) / variance for one in mixed]
        total = [np.mean((a - one) ** 2) / 2 / variance for one in mixed]
        assert first == pytest.approx([0.9, 0.1], abs=0.02)
        assert total == pytest.approx([0.9, 0.1], abs=0.02)

    def test_a_logarithmic_scale_has_equal_factors(self) -> None:
        found = points(vary={PER_DAY: "1.0:16.0"}, design="lhs", points=40, log=[PER_DAY])
        numbers = np.array([point[PER_DAY] for point in found])
        counts = np.histogram(numbers, [1, 2, 4, 8, 16.001])[0]
        assert counts.tolist() == [10, 10, 10, 10]
        grid = points(vary={PER_DAY: "1:8:2"}, log=[PER_DAY])
        assert [point[PER_DAY] for point in grid] == [1, 2, 4, 8]

    @pytest.mark.parametrize("design", ["lhs", "sobol", "saltelli"])
    def test_the_seed_decides(self, design: Any) -> None:
        settings = SweepSettings(vary={PER_DAY: (2.0, 10.0)}, design=design, points=8)
        assert design_points(settings, 1) == design_points(settings, 1)
        assert design_points(settings, 1) != design_points(settings, 2)

    def test_discrepancy_is_lower_than_of_random_points(self) -> None:
        vary = {PER_DAY: (0.0, 1.0), "v": (0.0, 1.0)}
        rng = np.random.default_rng(1)
        at_random = [qmc.discrepancy(rng.random((64, 2))) for _ in range(20)]
        for design in ("lhs", "sobol"):
            found = [list(p.values()) for p in points(vary=vary, design=design, points=64)]
            assert qmc.discrepancy(found) < min(at_random)

    def test_values_as_numbers(self) -> None:
        found = as_numbers({"a": 3, "b": 0.5, "c": "1.5h", "d": "portal", "e": True, "f": [1]})
        assert [found[key] for key in "abc"] == [3, 0.5, 90]
        assert all(math.isnan(found[key]) for key in "def")


class TestRefused:
    """Settings that contradict each other, and scenarios that cannot be."""

    @pytest.mark.parametrize(
        ("settings", "reason"),
        [
            ({}, "vary: name a key"),
            ({"vary": {AGENTS: "1:3"}, "points": 3}, "points: a grid has as many"),
            ({"vary": {AGENTS: "1:3"}, "design": "lhs"}, "points: say how many"),
            (
                {"vary": {AGENTS: "1:3"}, "design": "saltelli", "points": 100},
                "power of 2.*64 or 128, not 100",
            ),
            ({"vary": {AGENTS: "1:300", PER_DAY: "1:300"}}, "90,000 points, more than 20,000"),
            (
                {"vary": {AGENTS: "1:3"}, "design": "saltelli", "points": 8192},
                "24,576 points",
            ),
            ({"vary": {PER_DAY: "1.0:3.0"}}, f"{PER_DAY}: the range 1:3 says no step"),
            ({"vary": {AGENTS: "1:3"}, "log": ["teams.desk.agent"]}, f'mean "{AGENTS}"'),
            ({"vary": {AGENTS: [1, 3]}, "log": [AGENTS]}, "only a range has a scale"),
            ({"vary": {"a": [1], "a.b": [1]}}, "a.b is a part of a"),
        ],
    )
    def test_settings(self, settings: dict[str, Any], reason: str) -> None:
        with pytest.raises(InputError, match=reason):
            points(**settings)
        assert MOST_POINTS == 20_000

    @pytest.mark.parametrize(
        ("options", "reason"),
        [
            ({"vary": {AGENTS: 3}}, f'"{AGENTS}": has to be values or a range, as in .*, not 3'),
            ({"vary": {AGENTS: (1, 2, 3, 4)}}, "a tuple is a range"),
            ({"vary": {AGENTS: [1], "teams": {"desk.agents": [2]}}}, f"{AGENTS} is there twice"),
            ({"vary": {AGENTS: [1]}, "design": "gird"}, 'design: has to be .*, not "gird"'),
            ({"vary": {AGENTS: [1]}, "points": 0}, "points: has to be at least 1, not 0"),
            ({"vary": {AGENTS: []}}, f"{AGENTS}: there is no value"),
            ({"vary": {AGENTS: "6:1"}}, f"{AGENTS}: the range .* is reversed"),
            ({"vary": {AGENTS: "1:1"}}, f"{AGENTS}: the range .* is empty"),
            ({"vary": {AGENTS: [1, 1]}}, f"{AGENTS}: the value 1 is there twice"),
            ({"vary": {AGENTS: [2, 1.5]}}, f"{AGENTS} = 1.5: has to be a whole number"),
            ({"vary": {AGENTS: [2, -1]}}, f"{AGENTS} = -1: has to be at least 0 or .*, not -1"),
            ({"vary": {"teams.desk.agnts": [2]}}, 'no such key; did you mean "agents"'),
            ({"vary": {"teams.dsk.agents": [2]}}, 'no team "dsk"; did you mean "desk"'),
            (
                {"vary": {PER_DAY: [5, 1e6]}, "changes": {"run.window": "8w"}},
                rf"point 1 \({PER_DAY} = 1000000.0\): a replication would have",
            ),
            ({"vary": {AGENTS: [1]}, "changes": {AGENTS: 3}}, f"{AGENTS}: is set to 3 and varied"),
            ({"vary": {"run.seed": [1, 2]}, "seed": 3}, "run.seed: is set to 3 and varied"),
            (
                {"vary": {AGENTS: [1]}, "measures": "portal.first_respond_time"},
                'no measure .*; did you mean "portal.first_response_time"',
            ),
            (
                {"vary": {AGENTS: [1]}, "measures": "portal.csat"},
                "this scenario has no ",
            ),
            ({"vary": {AGENTS: [1]}, "workers": 0}, "workers"),
            ({"vary": {AGENTS: [1]}, "cluster": "here"}, "cluster: "),
        ],
    )
    def test_before_anything_is_written(
        self, tmp_path: Path, options: dict[str, Any], reason: str
    ) -> None:
        out = tmp_path / "out"
        with pytest.raises(InputError, match=reason) as caught:
            ss.sweep(tiny_scenario(), out=out, **options)
        assert "\n" not in str(caught.value)
        assert not out.exists()

    def test_figures_whose_unit_does_not_fit(self, tmp_path: Path) -> None:
        from supportsim.studies import figures_of

        (one,) = (f for f in figures_of(tiny_scenario()) if f.id == "portal.response_rate")
        wrong = one.model_copy(update={"unit": "d"})
        out = tmp_path / "out"
        with pytest.raises(InputError, match="its unit is 'd'"):
            sweep(tiny_scenario(), SweepSettings(vary={AGENTS: [1]}), figures=[wrong], out=out)
        assert not out.exists()


class TestResults:
    """Every number is that of a separate run."""

    def test_each_point_is_a_run(self) -> None:
        found = small_sweep()
        assert [point.number for point in found.points] == list(range(6))
        for point in found.points:
            alone = run(small_scenario().replace(point.values), workers=1)
            assert set(point.results) == set(alone.estimates)
            for name, estimate in alone.estimates.items():
                result = point.results[name]
                numbers = (result.mean, result.low, result.high, result.replications)
                expected = (estimate.mean, estimate.low, estimate.high, estimate.replications)
                assert numbers == pytest.approx(expected, rel=0, abs=0, nan_ok=True)
                observations = [r.observations[name] for r in alone.replications]
                drawn = influences(alone.asked[name].measure, observations)
                assert result.influences == pytest.approx(drawn, rel=0, abs=0, nan_ok=True)
            verdicts = {verdict.figure.id: verdict.answer for verdict in alone.verdicts}
            assert point.verdicts == verdicts
            assert point.all_match == alone.all_match

    def test_workers_change_nothing(self) -> None:
        vary = {AGENTS: range(1, 4), PER_DAY: [3, 8]}
        two = sweep(small_scenario(), SweepSettings(vary=vary), workers=2)
        assert to_json(sweep_document(two)) == to_json(sweep_document(small_sweep()))
        assert repr(two.points) == repr(small_sweep().points)

    def test_measures_may_be_chosen(self) -> None:
        names = ("portal.answered_within_7h", "portal.backlog_open")
        vary = {AGENTS: [2]}
        found = sweep(small_scenario(), SweepSettings(vary=vary, measures=names), workers=1)
        assert tuple(found.asked) == tuple(found.points[0].results) == names
        # Verdicts do not depend on it.
        everything = sweep(small_scenario(), SweepSettings(vary=vary), workers=1)
        assert found.points[0].verdicts == everything.points[0].verdicts

    def test_a_measure_that_only_some_points_have(self) -> None:
        vary = {"channels.portal.devices": [{"desktop": 1.0}, {"desktop": 0.5, "mobile": 0.5}]}
        found = sweep(tiny_scenario(), SweepSettings(vary=vary), workers=1)
        without, with_it = (p.results["portal.device_share_mobile"] for p in found.points)
        assert math.isnan(without.mean)
        assert (without.replications, without.influences) == (0, ())
        assert (with_it.replications, len(with_it.influences)) == (2, 2)
        assert len(sweep_frame(found)) == 2 * len(found.asked)

    def test_automatic_replications(self) -> None:
        scenario = small_scenario().replace(
            {"run.replications": "auto", "run.max_replications": 3, "run.precision": 0.9}
        )
        found = sweep(scenario, SweepSettings(vary={AGENTS: [1, 2]}), workers=1)
        assert all(p.results["portal.response_rate"].replications == 3 for p in found.points)


class TestTables:
    """The tidy table, the pivot, the document, the words."""

    def test_a_row_for_each_point_and_measure(self) -> None:
        found = small_sweep()
        frame = sweep_frame(found)
        assert list(frame.columns) == [
            *("point", AGENTS, PER_DAY, "measure", "unit", "mean", "ci95_low", "ci95_high"),
            *("replications", "benchmark", "published", "verdict"),
        ]
        assert len(frame) == 6 * len(found.asked)
        row = frame[(frame["point"] == 3) & (frame["measure"] == RESOLUTION)]
        result = found.points[3].results[RESOLUTION]
        assert row.iloc[0].to_dict() == {
            "point": 3,
            AGENTS: 2,
            PER_DAY: 8,
            "measure": RESOLUTION,
            "unit": "min",
            "mean": result.mean,
            "ci95_low": result.low,
            "ci95_high": result.high,
            "replications": 2,
            "benchmark": RESOLUTION,
            "published": "2880 to 4320",
            "verdict": found.points[3].verdicts[RESOLUTION],
        }
        assert set(frame[frame["measure"] == "team.desk.occupancy"]["verdict"]) == {""}

    def test_the_pivot_keeps_the_order_of_the_design(self) -> None:
        found = small_sweep()
        name = "portal.backlog_open"
        table = pivot_frame(found, name)
        assert (list(table.index), list(table.columns)) == ([1, 2, 3], [3, 8])
        means = [point.results[name].mean for point in found.points]
        assert table.to_numpy().ravel().tolist() == means
        vary = {PATIENCE: ["3d", "1d"]}
        one = sweep(tiny_scenario(), SweepSettings(vary=vary, measures=(name,)), workers=1)
        table = pivot_frame(one, name)
        assert list(table.index) == ["3d", "1d"]
        assert table[name].tolist() == [point.results[name].mean for point in one.points]
        vary = {PATIENCE: ["3d", "1d"], AGENTS: [2, 1], PER_DAY: [5]}
        three = sweep(tiny_scenario(), SweepSettings(vary=vary, measures=(name,)), workers=1)
        table = pivot_frame(three, name)
        assert list(table.index) == [("3d", 2), ("3d", 1), ("1d", 2), ("1d", 1)]
        assert table[5].tolist() == [point.results[name].mean for point in three.points]

    def test_values_that_are_no_numbers_have_their_texts(self) -> None:
        late = [{"days": "Mon-Fri", "from": "12:00", "to": "20:00"}]
        vary = {"teams.desk.shifts": [OFFICE, late]}
        found = sweep(tiny_scenario(), SweepSettings(vary=vary), workers=1)
        column = sweep_frame(found)["teams.desk.shifts"]
        assert [json.loads(text) for text in column.unique()] == [OFFICE, late]
        assert sweep_document(found)["points"][1]["values"] == {"teams.desk.shifts": late}
        assert math.isnan(found.points[0].numbers["teams.desk.shifts"])

    def test_the_document_is_json_and_says_what_the_points_say(self) -> None:
        found = small_sweep()
        document = json.loads(to_json(sweep_document(found)))
        assert (document["design"], document["parameters"]) == ("grid", [AGENTS, PER_DAY])
        point = document["points"][5]
        assert point["values"] == {AGENTS: 3, PER_DAY: 8}
        means = {one["id"]: one["mean"] for one in point["measures"]}
        for name, result in found.points[5].results.items():
            assert means[name] == (None if math.isnan(result.mean) else result.mean)
        answers = {one["id"]: one["verdict"] for one in point["verdicts"]}
        assert answers == found.points[5].verdicts

    def test_several_figures_of_one_measure_share_a_row(self) -> None:
        from supportsim.studies import figures_of

        (one,) = (f for f in figures_of(tiny_scenario()) if f.id == RESOLUTION)
        other = one.model_copy(update={"id": "mine.resolution", "low": 10.0, "high": 20.0})
        settings = SweepSettings(vary={AGENTS: [1]}, measures=(RESOLUTION,))
        found = sweep(tiny_scenario(), settings, figures=[one, other], workers=1)
        (row,) = sweep_frame(found).to_dict("records")
        assert row["benchmark"] == f"{RESOLUTION}; mine.resolution"
        assert row["published"] == f"2880 to 4320; {10 * 1440:g} to {20 * 1440:g}"
        assert row["verdict"] == "; ".join(found.points[0].verdicts.values())

    def test_short_names_are_unique(self) -> None:
        keys = ["a.b.mean", "a.c.mean", "d.agents"]
        assert short_names(keys) == {
            "a.b.mean": "b.mean",
            "a.c.mean": "c.mean",
            "d.agents": "agents",
        }
        assert short_names(["mean", "a.mean"])["a.mean"] == "a.mean"

    def test_the_points_that_match_and_the_cheapest_of_them(self) -> None:
        from supportsim.studies import figures_of

        (one,) = (f for f in figures_of(small_scenario()) if f.id == "portal.response_rate")
        wide = one.tolerance.model_copy(update={"low": -9.0, "high": 9.0})
        anything = one.model_copy(update={"tolerance": wide})
        settings = SweepSettings(vary={AGENTS: [3, 1, 2]})
        found = sweep(small_scenario(), settings, figures=[anything], workers=1)
        assert found.matching == found.points
        said, cheapest = summary_lines(found)
        assert said.startswith("3 of 3 points meet the simulated figure: point 0 (agents 3)")
        assert cheapest.startswith("The cheapest of them is point 1 (agents 1): ")
        costs = [point.results["team.desk.labour_cost"].mean for point in found.points]
        assert min(costs) == costs[1]

    def test_no_point_matches(self) -> None:
        found = small_sweep()
        assert not found.matching
        best = ranked(found)[0]
        assert best.judged.count("misses") == min(p.judged.count("misses") for p in found.points)
        assert summary_lines(found)[0].startswith(
            "No point is shown to meet all 14 simulated figures; nearest"
        )

    def test_nothing_to_judge(self) -> None:
        scenario = validate(document(benchmarks={}, run={"window": "1w", "replications": 1}))
        found = sweep(scenario, SweepSettings(vary={AGENTS: [1, 2]}), workers=1)
        assert summary_lines(found) == ["No published figure is simulated by this scenario"]
        assert not found.points[0].all_match


class TestPython:
    """The object that a notebook gets."""

    def test_answers_what_it_is_asked(self, tmp_path: Path) -> None:
        vary = {AGENTS: range(1, 4), PER_DAY: [3, 8]}
        found = ss.sweep(small_scenario(), vary, workers=1, out=tmp_path)
        pd.testing.assert_frame_equal(found.frame, sweep_frame(small_sweep()))
        assert found.pivot("portal.backlog_open").shape == (3, 2)  # noqa: PD010
        assert found.to_dict() == sweep_document(small_sweep())
        assert json.loads(found.to_json()) == json.loads(to_json(found.to_dict()))
        assert repr(found).startswith("<Sweep of 'small desk', 6 points: No point is shown to meet")
        html = found._repr_html_()
        assert html.count("<tr>") == 7
        drives = found.sensitivity("portal.backlog_open")
        assert set(drives["parameter"]) == {AGENTS, PER_DAY}
        assert found.plot("portal.backlog_open").get_title()
        assert found.plot_sensitivity("portal.backlog_open").patches
        plt.close("all")
        with pytest.raises(InputError, match="is not a measure of this sweep; did you mean"):
            found.pivot("portal.backlog_opn")  # noqa: PD010

    def test_files_are_those_of_the_table(self, tmp_path: Path) -> None:
        vary = {AGENTS: range(1, 4), PER_DAY: [3, 8]}
        ss.sweep(small_scenario(), vary, workers=1, out=tmp_path)
        table = pd.read_csv(tmp_path / "sweep.csv", keep_default_na=False, na_values=[""])
        expected = sweep_frame(small_sweep()).replace("", None)
        pd.testing.assert_frame_equal(table, expected, check_dtype=False, check_exact=True)
        manifest = json.loads((tmp_path / "manifest.json").read_text("utf-8"))
        assert {"sweep.csv", "sensitivity.csv"} < set(manifest["files"])
        assert any(name.endswith(".png") for name in manifest["files"])

    def test_seed_replications_and_changes_are_those_of_the_points(self) -> None:
        name = "portal.response_rate"
        found = ss.sweep(
            tiny_scenario(),
            {AGENTS: [2]},
            seed=8,
            replications=3,
            changes={PER_DAY: 9},
            measures=name,
        )
        changes = {AGENTS: 2, PER_DAY: 9, "run.seed": 8, "run.replications": 3}
        alone = run(tiny_scenario().replace(changes), workers=1).estimates[name]
        (row,) = found.frame.to_dict("records")
        assert (row["mean"], row["ci95_low"], row["replications"]) == (alone.mean, alone.low, 3)

    def test_progress_is_counted(self) -> None:
        seen: list[tuple[int, int]] = []
        settings = SweepSettings(vary={AGENTS: [1, 2]})
        sweep(tiny_scenario(), settings, workers=1, progress=lambda *now: seen.append(now))
        assert seen == [(0, 2), (1, 2), (2, 2)]


class TestStudyFiles:
    """The same from a file."""

    def test_a_study_file_says_all_that_options_can(self, tmp_path: Path) -> None:
        (tmp_path / "desk.toml").write_text(
            """
            name = "desk"
            [run]
            window = "1w"
            replications = 2
            [channels.portal]
            arrivals = { per_day = 5 }
            patience = { dist = "exponential", mean = "5d" }
            work = "3min"
            [teams.desk]
            agents = 1
            serves = ["portal"]
            shifts = [{ days = "Mon-Fri", from = "09:00", to = "17:00" }]
            """,
            encoding="utf-8",
        )
        study = tmp_path / "study.toml"
        study.write_text(
            f"""
            scenario = "desk.toml"
            [set]
            "run.seed" = 5
            [sweep]
            design = "lhs"
            points = 4
            log = ["{PER_DAY}"]
            measures = ["portal.backlog_open"]
            [sweep.vary]
            teams.desk.agents = "1:4"
            "{PER_DAY}" = "1.0:9.0"
            """,
            encoding="utf-8",
        )
        from_file = ss.sweep(study)
        loaded = ss.load(tmp_path / "desk.toml")
        options: dict[str, Any] = {"design": "lhs", "points": 4, "log": PER_DAY, "seed": 5}
        vary = {AGENTS: "1:4", PER_DAY: (1.0, 9.0)}
        same = ss.sweep(loaded, vary, measures=["portal.backlog_open"], **options)
        pd.testing.assert_frame_equal(from_file.frame, same.frame)
        assert len(ss.sweep(study, points=3).frame) == 3
        study.write_text('scenario = "desk.toml"\n[sweep]\nvaries = {}\n', encoding="utf-8")
        with pytest.raises(InputError, match=r'study.toml: sweep.varies.*did you mean "vary"'):
            ss.sweep(study)


def test_writes_the_same_bytes_again(tmp_path: Path) -> None:
    write_sweep(small_sweep(), tmp_path / "one")
    write_sweep(small_sweep(), tmp_path / "two")
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    assert {"manifest.json", "sweep.csv"} < set(names)
