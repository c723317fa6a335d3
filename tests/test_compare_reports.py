"""A comparison on a terminal, in a notebook, as a document, as a plot and as files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

import supportsim as ss
from small_runs import small_scenario
from supportsim.errors import InputError
from supportsim.studies import compare
from test_compare import WAIT, small_comparison, text_of


class TestReports:
    def test_the_terminal(self) -> None:
        text = text_of(small_comparison())
        assert max(map(len, text.splitlines())) <= 80
        assert "3. nothing\nExactly as in the base: every measure\n" in text
        assert "of 42 differences from the base are shown to be more than chance, with" in text
        assert "base: " in text
        assert "more: " in text
        changed = small_comparison().alternatives["dearer"].verdicts
        base = small_comparison().base.verdicts
        count = sum(own.answer != old.answer for own, old in zip(changed, base, strict=True))
        assert text.count("MISS*") >= count > 0

    @pytest.mark.parametrize("width", [40, 80, 120])
    def test_the_terminal_with_many_alternatives(self, width: int) -> None:
        base = small_scenario()
        many = {f"seed {n}": base.replace({"run.seed": n}) for n in range(10, 19)}
        text = text_of(compare(base, many, workers=1), width)
        assert max(map(len, text.splitlines())) <= width
        assert "9. seed 18" in text
        assert "9: seed 18" in " ".join(text.split())

    def test_the_frame(self) -> None:
        frame = ss.compare(small_scenario(), {"teams.desk.agents": 2}, workers=1).frame
        known = frame[frame["reason"] == ""]
        assert (known["low"] <= known["difference"]).all()
        assert (known["difference"] <= known["high"]).all()
        np.testing.assert_allclose(known["mean"] - known["base"], known["difference"], atol=1e-9)
        assert frame.dtypes["differs"] == "boolean"

    def test_the_verdicts_side_by_side(self) -> None:
        result = ss.compare(small_scenario(), {"more": {"teams.desk.agents": 2}}, workers=1)
        alone = ss.run(small_scenario(), changes={"teams.desk.agents": 2}, workers=1).verdicts
        assert list(result.verdicts["more"]) == list(alone["verdict"])
        simulated = result.verdicts["more simulated"]
        pd.testing.assert_series_equal(simulated, alone["simulated"], check_names=False)

    def test_the_page_of_a_notebook_escapes_what_users_named(self) -> None:
        html = ss.compare(
            small_scenario(), {"<b>more": {"teams.desk.agents": 2}}, workers=1
        )._repr_html_()
        assert "&lt;b&gt;more" in html
        assert "<b>more" not in html
        assert "Exactly as in the base" in html

    def test_the_document_has_no_number_that_json_lacks(self) -> None:
        result = ss.compare(small_scenario(), {"teams.desk.cost_per_hour": 46}, workers=1)
        document = json.loads(result.to_json())
        assert document["base"]["all_match"] is False
        (alternative,) = document["alternatives"]
        assert {one["id"] for one in alternative["differences"]} == set(document["measures"])
        assert len(alternative["verdicts"]) == len(document["base"]["verdicts"])

    def test_the_plot_has_a_panel_for_each_measure_that_changes(self) -> None:
        result = ss.compare(small_scenario(), {"a$b": {"teams.desk.cost_per_hour": 46}}, workers=1)
        changed = result.frame[result.frame["difference"] != 0]
        axes = result.plot()
        figure = axes[0].figure
        figure.canvas.draw()
        assert len(axes) == len(changed) > 0
        assert plt.get_fignums()
        plt.close("all")
        mine = plt.figure(figsize=(9, 9)).subplots(2)
        assert [one.figure for one in result.plot(mine[1])] == [mine[1].figure] * len(changed)
        plt.close("all")

    def test_the_plot_of_no_change_at_all(self) -> None:
        axes = ss.compare(small_scenario(), {"run.seed": 9}, measures=WAIT, workers=1).plot()
        assert len(axes) == 1
        plt.close("all")

    def test_files_are_the_same_bytes_each_time(self, tmp_path: Path) -> None:
        for name in ("one", "two"):
            result = ss.compare(small_scenario(), {"teams.desk.agents": 2}, workers=1)
            result.save(tmp_path / name)
        names = ["comparison.csv", "comparison.json", "differences.png", "manifest.json"]
        names.append("verdicts.csv")
        assert sorted(path.name for path in (tmp_path / "one").iterdir()) == sorted(names)
        for name in names:
            one, two = ((tmp_path / folder / name).read_bytes() for folder in ("one", "two"))
            assert one == two
        frame = pd.read_csv(tmp_path / "one" / "comparison.csv")
        np.testing.assert_array_equal(frame["difference"], result.frame["difference"])
        manifest = json.loads((tmp_path / "one" / "manifest.json").read_text(encoding="utf-8"))
        assert list(manifest["scenarios"]) == ["base", "teams.desk.agents=2"]
        assert len(manifest["scenarios"]["base"]["fingerprint"]) == 64

    def test_a_folder_that_cannot_be_written(self, tmp_path: Path) -> None:
        (tmp_path / "taken").write_text("precious", encoding="utf-8")
        result = ss.compare(small_scenario(), {"teams.desk.agents": 2}, measures=WAIT, workers=1)
        with pytest.raises(InputError, match="is a file, not a folder"):
            result.save(tmp_path / "taken")
