"""The Python interface: what a notebook user calls."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

import supportsim as ss
from larger_runs import changing_run, four_channel_run, judged_as, many_verdicts
from small_runs import PORTAL, document, small_run, small_scenario, two_channel_run
from supportsim.api import Result
from supportsim.errors import BenchmarkError, InputError, ScenarioError
from supportsim.files import to_json
from supportsim.report import run_document

FILE = """
name = "from a file"
[run]
warm_up = "1w"
window = "2w"
follow_up = "1w"
replications = 3
[channels.portal]
arrivals = { per_day = 4 }
work = { dist = "exponential", mean = "3min" }
[teams.desk]
agents = 1
serves = ["portal"]
shifts = [{ days = "Mon-Fri", from = "09:00", to = "17:00" }]
[benchmarks]
use = ["mine"]
files = ["mine.toml"]
"""
BENCHMARK = """
[[figure]]
id = "mine.volume"
title = "Tickets <b>a day</b>"
definition = "Tickets that arrive in a day."
quantity = "arrivals_per_day"
channel = "portal"
value = 4
unit = "per day"
tolerance = { low = 1, high = 9, reason = "a guess" }
publisher = "us"
source = "our own count"
status = "simulated"
measure = "portal.arrivals_per_day"
set_by = ["channels.portal.arrivals.per_day"]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "desk.toml"
    path.write_text(FILE)
    (tmp_path / "mine.toml").write_text(BENCHMARK)
    return path


def test_runs_a_file_with_the_benchmarks_beside_it(file: Path) -> None:
    result = ss.run(file, workers=1)
    assert list(result.verdicts.index) == ["mine.volume"]
    assert result.verdicts.loc["mine.volume", "role"] == "input"
    assert result.all_match
    assert result.scenario.name == "from a file"
    assert ss.run(str(file), workers=1).to_json() == result.to_json()


def test_changes_seed_and_replications_apply_to_files_and_scenarios(file: Path) -> None:
    for scenario in (file, ss.load(file).replace({"benchmarks.use": []})):
        changes = {"channels.portal.arrivals.per_day": 2, "benchmarks": {}}
        result = ss.run(scenario, changes=changes, seed=7, replications=2, workers=1)
        assert result.scenario.run.seed == 7
        assert result.scenario.channels["portal"].arrivals.per_day == 2
        assert (result.measures["replications"] == 2).all()


def test_automatic_replications(file: Path) -> None:
    changes = {"run.max_replications": 4, "run.precision": 0.01}
    result = ss.run(file, changes=changes, replications="auto", workers=1)
    assert result.to_dict()["replications"] <= 4


def test_the_result_does_not_depend_on_the_workers() -> None:
    scenario = small_scenario()
    assert ss.run(scenario, workers=2).to_json() == Result(small_run()).to_json()


@pytest.mark.parametrize("workers", [0, -2])
def test_impossible_workers_are_refused(workers: int) -> None:
    with pytest.raises(InputError, match="workers: give 1 or more"):
        ss.run(small_scenario(), workers=workers)


def test_wrong_input_is_one_clear_error(file: Path) -> None:
    with pytest.raises(ScenarioError, match=r"desk\.toml"):
        ss.run(file, changes={"channels.portal.arrivals.per_dya": 8})
    with pytest.raises(ScenarioError, match="cannot be read"):
        ss.run(file.with_name("nowhere.toml"))
    with pytest.raises(BenchmarkError, match="nothing"):
        ss.run(small_scenario(), changes={"benchmarks.use": ["nothing"]})


def test_frames_and_documents() -> None:
    result = Result(small_run())
    assert isinstance(result.verdicts, pd.DataFrame)
    assert result.verdicts is result.verdicts
    assert result.measures.loc["portal.response_rate", "mean"] == pytest.approx(
        small_run().estimates["portal.response_rate"].mean
    )
    assert result.to_dict() == run_document(small_run())
    assert json.loads(result.to_json()) == json.loads(to_json(run_document(small_run())))
    assert result.warnings == small_run().warnings
    assert result.all_match == small_run().all_match


def test_tickets_and_contacts_of_a_replication() -> None:
    result = Result(small_run())
    for number, replication in enumerate(small_run().replications):
        assert result.tickets(number)["in_window"].sum() == replication.tickets
        contacts, tickets = result.contacts(number), result.tickets(number)
        assert contacts["ticket"].nunique() == len(tickets)
        served = contacts[contacts["outcome"] == "served"].groupby("ticket").size()
        counted = tickets.set_index("ticket")["contacts"]
        assert np.array_equal(served.reindex(counted.index, fill_value=0), counted)


@pytest.mark.parametrize("number", [-1, 2, 99])
def test_a_replication_that_does_not_exist_is_refused(number: int) -> None:
    result = Result(small_run())
    for table in (result.tickets, result.contacts):
        with pytest.raises(InputError, match=f"there is no replication {number}.*from 0 to 1"):
            table(number)


def test_plots_choose_the_first_channel_and_refuse_unknown_ones() -> None:
    result = Result(two_channel_run())
    for plot in (result.plot_first_response, result.plot_backlog):
        ax = plot()
        assert isinstance(ax, Axes)
        assert "portal" in ax.get_title()
        assert "phone" in plot("phone").get_title()
        assert plot("phone", ax) is ax
        with pytest.raises(InputError, match=r"no channel 'portl'; did you mean \"portal\"\?"):
            plot("portl")
        with pytest.raises(InputError, match="there are: portal, phone"):
            plot("zzz")
    assert isinstance(result.plot_verdicts(), Axes)
    # Made with pyplot, so that a notebook shows them.
    assert len(plt.get_fignums()) == 5
    plt.close("all")


def test_staff_is_a_tidy_frame_and_a_plot() -> None:
    result = Result(changing_run())
    assert result.staff is result.staff
    assert list(result.staff.columns) == ["day", "team", "measure", "mean", "low", "high"]
    assert set(result.staff["measure"]) == {"headcount", "vacancies", "effective_capacity"}
    several = Result(four_channel_run())
    assert "phone" in several.plot_staff().get_title()  # the only team that people leave
    assert "desk" in Result(small_run()).plot_staff().get_title()
    ax = several.plot_staff("experts")
    assert "experts" in ax.get_title()
    assert several.plot_staff("experts", ax) is ax
    with pytest.raises(InputError, match=r"no team 'phon'; did you mean \"phone\"\?"):
        several.plot_staff("phon")
    with pytest.raises(InputError, match="the team 'machine' is without limit"):
        several.plot_staff("machine")
    scenario = small_scenario().replace(
        {"teams.desk": {"agents": "unlimited", "serves": ["portal"]}}
    )
    unlimited = ss.run(scenario, replications=1, workers=1)
    assert len(unlimited.staff) == 0
    with pytest.raises(InputError, match="every team is without limit"):
        unlimited.plot_staff()
    assert len(plt.get_fignums()) == 3
    plt.close("all")


def test_frames_of_many_measures() -> None:
    result = Result(four_channel_run())
    assert list(result.measures.index) == list(four_channel_run().estimates)
    for name in ("chat.service_level_40s", "team.phone.agent_turnover", "all.headcount"):
        assert name in result.measures.index
    assert result.measures.loc["chat.service_level_40s", "title"] == "service level, 40s"
    assert set(result.tickets(0)["channel"]) == {"portal", "chat", "phone", "email"}
    assert set(result.contacts(0)["channel"]) == {"portal", "chat", "phone", "email"}


def test_html_of_several_channels_is_grouped_by_them() -> None:
    verdicts = many_verdicts(48, ["matches", "misses"])
    html = Result(judged_as(four_channel_run(), *verdicts))._repr_html_()
    heads = [f'colspan="7">{name}</th>' for name in ("portal", "chat", "phone", "email", "all")]
    assert [html.index(head) for head in heads] == sorted(html.index(head) for head in heads)
    assert html.count('<td class="words misses">misses</td>') == 24
    assert f"<summary>Not simulated: {len(verdicts) - 48} figures</summary>" in html
    for one in verdicts:
        assert one.figure.title in html
    assert html.count("<table>") == html.count("</table>") == 1
    assert html.count("<tbody>") == html.count("</tbody>") == 5
    assert "colspan" not in Result(small_run())._repr_html_()


def test_saves_everything_or_says_why_not(tmp_path: Path) -> None:
    result = Result(small_run())
    result.save(tmp_path / "results")
    assert (tmp_path / "results" / "manifest.json").is_file()
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="is a file"):
        result.save(str(tmp_path / "file"))


def test_repr_is_one_line_with_the_verdicts() -> None:
    text = repr(Result(small_run()))
    assert text.startswith("<Result of 'small desk', 2 replications: ")
    assert "\n" not in text
    assert "11 not simulated" in text


def test_html_is_escaped_and_complete(file: Path) -> None:
    name = "<script>alert(1)</script>"
    html = ss.run(file, changes={"name": name}, workers=1)._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "Tickets &lt;b&gt;a day&lt;/b&gt;" in html
    assert '<td class="words matches">matches</td>' in html
    html = Result(small_run())._repr_html_()
    for verdict in small_run().verdicts:
        assert verdict.figure.title in html
    assert "background" not in html  # neither light nor dark is presumed


def test_a_progress_bar_is_shown_on_request_only(capfd: pytest.CaptureFixture[str]) -> None:
    ss.run(small_scenario(), workers=1)
    assert capfd.readouterr() == ("", "")
    ss.run(small_scenario(), workers=1, progress=True)
    out, err = capfd.readouterr()
    assert out == ""
    assert "Simulating" in err or err.strip() == ""


def test_importing_supportsim_is_light_and_lists_its_names() -> None:
    code = "import sys, supportsim; print([m for m in sys.modules if m.startswith('supportsim')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['supportsim']"
    assert set(ss.__all__) <= set(dir(ss))
    for name in ss.__all__:
        assert getattr(ss, name) is not None
    assert ss.errors.InputError is InputError
    with pytest.raises(AttributeError, match="no attribute 'rum'"):
        ss.rum  # noqa: B018


def test_the_version_is_a_literal_that_the_build_reads() -> None:
    text = Path(ss.__file__).read_text("utf-8")
    assert f'__version__ = "{ss.__version__}"' in text
    project = Path(ss.__file__).parents[2] / "pyproject.toml"
    if project.exists():
        version = tomllib.loads(project.read_text("utf-8"))["tool"]["hatch"]["version"]["path"]
        assert version == "src/supportsim/__init__.py"


def test_scenario_made_in_python_needs_no_file() -> None:
    scenario = ss.Scenario.model_validate(document(channels={"portal": PORTAL}))
    assert ss.run(scenario, workers=1).to_json() == Result(small_run()).to_json()


def test_a_result_can_be_pickled_and_numbers_may_be_numpys() -> None:
    import pickle

    import numpy as np

    result = Result(two_channel_run())
    again = pickle.loads(pickle.dumps(result))
    assert again.to_json() == result.to_json()
    team = next(iter(result.scenario.teams))
    changed = result.scenario.replace({f"teams.{team}.agents": np.int64(3)})
    assert changed.teams[team].agents == 3
    with pytest.raises(InputError, match=r"no replication 0\.5"):
        result.tickets(0.5)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="no replication '0'"):
        result.tickets("0")  # type: ignore[arg-type]
    assert len(result.tickets(np.int64(0))) == len(result.tickets(0))  # type: ignore[arg-type]
