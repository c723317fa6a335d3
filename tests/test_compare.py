"""The comparison of alternatives with a base, from Python: numbers, reports, files and mistakes."""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from rich.console import Console

import supportsim as ss
from small_runs import PHONE, PORTAL, TEAM, document, small_scenario
from supportsim.errors import InputError
from supportsim.report import print_comparison
from supportsim.scenario.loading import validate
from supportsim.stats import pair_of, simultaneous
from supportsim.studies import Comparison, compare, run

WAIT = "portal.wait"
FIRST = "portal.first_response_time"

BUSY = """
name = "busy desk"
[run]
warm_up = "1w"
window = "2w"
follow_up = "1w"
replications = 30
[channels.portal]
arrivals = { per_day = 140 }
work = { dist = "exponential", mean = "4h" }
patience = { dist = "exponential", mean = "1d" }
[teams.desk]
agents = 20
serves = ["portal"]
shifts = [{ days = "Mon-Sun", from = "00:00", to = "24:00" }]
"""


@pytest.fixture
def busy(tmp_path: Path) -> Path:
    path = tmp_path / "busy.toml"
    path.write_text(BUSY, encoding="utf-8")
    return path


@cache
def small_comparison() -> Comparison:
    """Return a small desk against one more agent, another price, and nothing at all."""
    base = small_scenario()
    changes: dict[str, dict[str, Any]] = {
        "more": {"teams.desk.agents": 2},
        "dearer": {"teams.desk.cost_per_hour": 46},
        "nothing": {"run.warm_up": "168h"},
    }
    return compare(base, {name: base.replace(one) for name, one in changes.items()}, workers=1)


def text_of(comparison: Comparison, width: int = 80) -> str:
    console = Console(width=width, record=True, highlight=False, markup=False, emoji=False)
    with console.capture() as captured:
        print_comparison(comparison, console)
    return captured.get()


class TestDifferences:
    @pytest.mark.parametrize(
        "change",
        [
            {"run.warm_up": "7d"},
            {"channels.portal.wrap_up": "600s"},
            {"channels.portal.occupies": 1.0},
            {"run.seed": 99},
            {"run.replications": 7},
        ],
    )
    def test_what_changes_nothing_makes_no_difference_at_all(self, change: dict[str, Any]) -> None:
        frame = ss.compare(small_scenario(), change, workers=1).frame
        assert len(frame) > 10
        known = frame[frame["reason"] == ""]
        assert (known[["difference", "low", "high"]] == 0).all(axis=None)
        assert (known["p_value"] == 1).all()
        assert not known["differs"].any()
        pd.testing.assert_series_equal(frame["base"], frame["mean"], check_names=False)

    def test_they_are_those_of_the_two_runs(self) -> None:
        base = small_scenario()
        more = base.replace({"teams.desk.agents": 2})
        found = ss.compare(base, {"more": more}, measures=FIRST, workers=1).frame.iloc[0]
        means = [run(one, workers=1).estimates[FIRST].mean for one in (base, more)]
        assert [found["base"], found["mean"]] == means
        assert found["difference"] == means[1] - means[0]

    def test_one_more_agent_shows_at_least_three_times_as_clearly(self, busy: Path) -> None:
        result = ss.compare(busy, {"teams.desk.agents": 21}, measures=WAIT, workers=1)
        paired = result.frame.iloc[0]
        assert paired["differs"]
        assert paired["high"] < 0
        narrower = math.sqrt(paired["variance_reduction"])
        # Against a run of other seeds, whose replications have nothing to do with the base's.
        sides = [run(ss.load(busy), workers=1)]
        sides.append(run(ss.load(busy, {"teams.desk.agents": 21, "run.seed": 2}), workers=1))
        independent = pair_of(
            sides[0].asked[WAIT].measure,
            *([one.observations[WAIT] for one in side.replications] for side in sides),
        )
        (alone,) = simultaneous([independent], 0.95)
        measured = (alone.high - alone.low) / (paired["high"] - paired["low"])
        assert measured > 3
        # It is what the reduction says, as well as 30 replications can tell.
        assert narrower == pytest.approx(measured, rel=0.4)

    def test_a_constant_difference_is_certain(self) -> None:
        found = ss.compare(
            small_scenario(),
            {"dearer": {"teams.desk.cost_per_hour": 46}},
            measures=["team.desk.labour_cost"],
            workers=1,
        ).frame.iloc[0]
        assert found["low"] == found["difference"] == found["high"] > 0
        assert (found["p_value"], found["differs"]) == (0, True)
        assert found["mean"] == pytest.approx(2 * found["base"])

    def test_automatic_replications_are_the_base_s(self) -> None:
        changes = {"run.replications": "auto", "run.precision": 0.5, "run.max_replications": 30}
        base = small_scenario().replace(changes)
        other = base.replace({"teams.desk.agents": 2, "run.precision": 0.9})
        result = compare(base, {"more": other}, workers=1)
        count = len(result.base.replications)
        assert 3 <= count <= 30
        assert count == len(run(base, workers=1).replications)
        assert count == len(result.alternatives["more"].replications)
        assert result.base.stopped
        assert result.notes == {"more": ()}

    def test_the_number_of_processes_changes_nothing(self) -> None:
        changes = {"teams.desk.agents": 2}
        one, two = (ss.compare(small_scenario(), changes, workers=n).to_json() for n in (1, 2))
        assert one == two

    def test_one_replication_gives_no_interval(self) -> None:
        result = ss.compare(small_scenario(), {"teams.desk.agents": 2}, replications=1, workers=1)
        found = result.frame
        assert found["low"].isna().all()
        assert found["differs"].isna().all()
        assert "one replication gives no interval" in set(found["reason"])
        json.dumps(result.to_dict(), allow_nan=False)


class TestMeasures:
    def test_unless_asked_for_they_are_those_of_the_figures(self) -> None:
        result = small_comparison()
        judged = {one.measure for one in result.base.figures if one.measure in result.base.asked}
        assert set(result.measures) == judged
        assert len(result.differences) == 3 * len(judged)

    def test_without_figures_they_are_the_most_useful_ones(self, busy: Path) -> None:
        result = ss.compare(busy, {"teams.desk.agents": 21}, replications=2, workers=1)
        names = ["first_response_time", "wait", "abandonment", "resolution_time", "backlog_open"]
        assert list(result.frame["measure"]) == [f"portal.{name}" for name in names]
        assert result.verdicts.empty
        assert "simulated figure" not in text_of(result._comparison)

    def test_any_may_be_asked_for_once(self) -> None:
        asked = ["portal.answered_within_90min", WAIT, WAIT]
        result = ss.compare(small_scenario(), {"run.seed": 1}, measures=asked, workers=1)
        assert list(result.frame["measure"]) == asked[:2]

    def test_one_that_an_alternative_lacks_is_said(self) -> None:
        team = {**TEAM, "serves": ["phone", "portal"]}
        both = document(channels={"portal": PORTAL, "phone": PHONE}, teams={"desk": team})
        result = ss.compare(
            validate(both), small_scenario(), measures=["phone.wait", WAIT], workers=1
        )
        lost, kept = result.frame.to_dict("records")
        assert lost["reason"] == "this scenario has no measure phone.wait"
        assert math.isnan(lost["difference"])
        assert pd.isna(lost["differs"])
        assert kept["reason"] == ""
        told = " ".join(text_of(result._comparison).split())
        assert "(phone): this scenario has no measure phone.wait" in told
        assert "this scenario has no measure phone.wait" in result._repr_html_()
        (alternative,) = result.to_dict()["alternatives"]
        assert alternative["differences"][0]["difference"] is None
        assert alternative["differences"][0]["differs"] is None
        assert len(result.plot()) == 2
        plt.close("all")


MORE = {"teams.desk.agents": 2}


class TestGivingAlternatives:
    def names(self, alternatives: Any, **options: Any) -> list[str]:
        options = {"measures": WAIT, "workers": 1, "replications": 2, **options}
        return list(ss.compare(small_scenario(), alternatives, **options).scenarios)[1:]

    def test_one(self) -> None:
        assert self.names(MORE) == ["teams.desk.agents=2"]
        assert self.names(small_scenario()) == ["small desk"]

    def test_several(self, busy: Path) -> None:
        given = [MORE, small_scenario(), busy, str(busy.parent / "busy.toml")]
        assert self.names(given[:3]) == ["teams.desk.agents=2", "small desk", "busy"]
        with pytest.raises(InputError, match=r"busy.toml\" is there twice"):
            self.names(given)

    def test_by_name(self, busy: Path) -> None:
        given = {"a": busy, "b": small_scenario(), "c": MORE, "d": {"run.window": "2w"}}
        assert self.names(given) == ["a", "b", "c", "d"]

    def test_numbers_may_be_those_of_numpy(self) -> None:
        result = ss.compare(
            small_scenario(), {"more": {"teams.desk.agents": np.int64(2)}}, workers=1
        )
        assert result.scenarios["more"].teams["desk"].agents == 2

    def test_a_seed_and_replications_for_all(self, busy: Path) -> None:
        other = small_scenario()
        result = ss.compare(other, [busy, other], seed=8, replications=3, workers=1, measures=WAIT)
        assert {one.run.seed for one in result.scenarios.values()} == {8}
        assert {one.run.replications for one in result.scenarios.values()} == {3}
        assert not [text for text in result.warnings if "run with" in text]

    def test_what_is_not_the_base_s_is_said(self) -> None:
        base = small_scenario()
        other = base.replace(
            {"run.seed": 9, "run.replications": 5, "run.window": "2w", "benchmarks.use": []}
        )
        result = compare(base, {"other": other}, workers=1)
        assert result.notes["other"] == (
            "run with the base's seed 3, not with its own 9",
            "run with the base's 2 replications, not with 5",
            "its run.window is not the base's, which makes a difference of its own",
            "judged by the base's published figures, not by its own",
        )
        assert "Warning: other: run with the base's seed 3" in text_of(result)
        assert [v.figure.id for v in result.alternatives["other"].verdicts] == [
            v.figure.id for v in result.base.verdicts
        ]

    def test_progress_counts_all_of_them(self) -> None:
        seen: list[tuple[int, int]] = []
        base = small_scenario()
        others = {str(n): base.replace({"run.seed": n}) for n in (1, 2)}
        compare(base, others, workers=1, progress=lambda *counts: seen.append(counts))
        assert seen == [(n, 6) for n in range(1, 7)]

    @pytest.mark.parametrize(
        ("alternatives", "expected"),
        [
            (None, "there is nothing to compare with"),
            ([], "there is nothing to compare with"),
            ([{}], "has to have a file, or changes"),
            ([3], "an alternative is a scenario, the path of a file, or changes"),
            (
                [MORE, {"teams.desk.agents": 2}],
                'alternatives: "teams.desk.agents=2" is there twice',
            ),
            ({"base": MORE}, 'alternatives: "base" is what the base is called'),
            ({"teams.desk.agnts": 2}, r'there is no such key; did you mean "agents"\?'),
            ({"teams.dsk.agents": 2}, r'there is no team "dsk"; did you mean "desk"\?'),
            ({"more": {"teams": {"desk": {"agents": 3}}}}, "put the whole path in quotes"),
            ("no.toml", r"no\.toml: cannot be read: No such file"),
        ],
    )
    def test_mistakes(self, alternatives: Any, expected: str) -> None:
        with pytest.raises(InputError, match=expected):
            self.names(alternatives)

    @pytest.mark.parametrize(
        ("options", "expected"),
        [
            ({"measures": "portal.wiat"}, "did you mean"),
            ({"measures": ["prtal.wait"]}, 'did you mean "portal"'),
            ({"measures": ["portal.voicemails"]}, "portal.voicemails"),
            ({"confidence": 0.0}, "confidence: has to be more than 0, not 0"),
            ({"confidence": 1}, "confidence: has to be less than 1, not 1"),
            ({"confidence": math.nan}, "confidence: has to be a finite number"),
            ({"workers": 0}, "workers: give 1 or more"),
            ({"replications": 0}, "run.replications"),
        ],
    )
    def test_wrong_options(self, options: dict[str, Any], expected: str) -> None:
        with pytest.raises(InputError, match=expected):
            self.names(MORE, **options)


class TestStudyFile:
    STUDY = """
        scenario = "busy.toml"
        [set]
        "run.replications" = 2
        [compare]
        measures = ["portal.wait"]
        confidence = 0.9
        [[compare.alternatives]]
        name = "one more"
        set = { "teams.desk.agents" = 21 }
        [[compare.alternatives]]
        file = "other.toml"
        set = { "run.window" = "2w", "channels.portal.work" = { dist = "fixed", value = "1h" } }
    """

    @pytest.fixture
    def study(self, busy: Path) -> Path:
        (busy.parent / "other.toml").write_text(BUSY, encoding="utf-8")
        path = busy.parent / "study.toml"
        path.write_text(self.STUDY.replace('"fixed", value', '"constant", mean'), encoding="utf-8")
        return path

    def test_it_says_everything(self, study: Path) -> None:
        result = ss.compare(study, workers=1)
        document = result.to_dict()
        assert (document["confidence"], document["replications"]) == (0.9, 2)
        assert document["measures"] == ["portal.wait"]
        names = [one["name"] for one in document["alternatives"]]
        assert names[0] == "one more"
        assert names[1].startswith("other; run.window=2w; channels.portal.work={")
        assert result.scenarios["one more"].teams["desk"].agents == 21
        assert result.scenarios["one more"].run.replications == 2
        assert result.scenarios[names[1]].channels["portal"].work.average == 60

    def test_arguments_count_more(self, study: Path) -> None:
        result = ss.compare(
            study, {"x": {"teams.desk.agents": 22}}, confidence=0.8, replications=3, workers=1
        )
        document = result.to_dict()
        assert (document["confidence"], document["replications"]) == (0.8, 3)
        assert [one["name"] for one in document["alternatives"]] == ["x"]

    @pytest.mark.parametrize(
        ("old", "new", "expected"),
        [
            (
                "file =",
                "fiel =",
                'compare.alternatives.1.fiel: there is no such key; did you mean "f',
            ),
            ("confidence = 0.9", "confidence = 1.5", "compare.confidence: has to be less than 1"),
            (
                "confidence = 0.9",
                'confidence = "0.9"',
                "compare.confidence: has to be a finite num",
            ),
            ('name = "one more"', "name = 3", "compare.alternatives.0.name: has to be a text"),
            (
                '"teams.desk.agents" = 21',
                "teams.desk.agents = 21",
                "teams is a table; put the whole",
            ),
            (
                'set = { "teams.desk.agents" = 21 }',
                "",
                "compare.alternatives.0: has to have a file",
            ),
            (
                "[compare]",
                "[sweep]\n[compare]",
                "sweep: is for supportsim sweep, not for supportsim c",
            ),
            (
                "[[compare.alternatives]]",
                "[[compare.alternative]]",
                "there is no such key; did you me",
            ),
        ],
    )
    def test_mistakes_name_file_and_key(
        self, study: Path, old: str, new: str, expected: str
    ) -> None:
        text = study.read_text(encoding="utf-8")
        assert old in text
        study.write_text(text.replace(old, new), encoding="utf-8")
        with pytest.raises(InputError) as caught:
            ss.compare(study)
        assert str(caught.value).startswith(f"{study}: ")
        assert expected in str(caught.value)
        assert "\n" not in str(caught.value)
