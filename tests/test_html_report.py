"""HTML reports: what they say, that they say it to everybody, and how they are written."""

from __future__ import annotations

import math
import re
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import supportsim as ss
from html_pages import KINDS, LONG, page, parsed, tree
from small_runs import PORTAL, TEAM, document, small_run
from supportsim.cli import app
from supportsim.errors import InputError
from supportsim.report import pictures
from supportsim.report.html_report import report_of, write_html
from supportsim.report.html_report.bars import Bar, bar
from supportsim.report.html_report.of_run import run_sections
from supportsim.report.html_report.parameters import UNITS, as_toml, described, flat, written
from supportsim.report.html_report.writing import render
from supportsim.scenario import fingerprint, json_schema, load
from supportsim.scenario.loading import validate
from supportsim.studies import run

URI = re.compile(r"data:image/svg\+xml,([A-Za-z0-9!$'()*+,\-./:;=?@_~]|%[0-9A-F]{2})+")
"""A picture as a URI, of nothing but the characters that RFC 3986 lets stand in one."""
SCENARIOS = Path(__file__).parents[1] / "scenarios"
SHIPPED = sorted(path for path in SCENARIOS.glob("*.toml") if len(path.suffixes) == 1)


class TestBars:
    """Drawings of 160 by 22, with an edge of 8 and ±2.5 half-widths: 28.8 for a half-width."""

    def test_places_worked_by_hand(self) -> None:
        drawn = bar((5.5, 4.0, 7.0), (5.0, 7.0), (6.0,), "undecided", "in words")
        # The middle, 6, stands at 80; a half-width is 1.
        assert drawn == Bar(
            band=(51.2, 108.8),
            published=(80.0,),
            line=(22.4, 108.8),
            ends=(22.4, 108.8),
            point=65.6,
            beyond=0,
            answer="undecided",
            label="in words",
        )

    @pytest.mark.parametrize(("mean", "beyond", "point"), [(90.0, 1, 152.0), (-90.0, -1, 8.0)])
    def test_what_is_far_away_stands_at_the_edge(
        self, mean: float, beyond: int, point: float
    ) -> None:
        drawn = bar((mean, mean, mean), (5.0, 7.0), (6.0,), "misses", "")
        assert isinstance(drawn, Bar)
        assert (drawn.beyond, drawn.point, drawn.line) == (beyond, point, (point, point))
        assert drawn.ends == ()

    def test_without_an_interval_there_is_no_line(self) -> None:
        drawn = bar((6.0, math.nan, math.nan), (5.0, 7.0), (5.0, 7.0), "undecided", "")
        assert isinstance(drawn, Bar)
        assert drawn.line is None
        assert drawn.published == (51.2, 108.8)

    def test_without_an_estimate_there_is_none(self) -> None:
        assert bar((math.nan,) * 3, (5.0, 7.0), (6.0,), "undecided", "") == ""

    def test_a_tolerance_without_an_end_or_a_width(self) -> None:
        open_above = bar((6.0, 5.5, 6.5), (5.0, math.inf), (5.0,), "matches", "")
        assert isinstance(open_above, Bar)
        assert open_above.band == (80.0, 152.0)
        assert open_above.point == pytest.approx(80 + 72 / 2.5)
        exact = bar((5.0, 5.0, 5.0), (5.0, 5.0), (5.0,), "matches", "")
        assert isinstance(exact, Bar)
        assert exact.point == 80.0


class TestParameters:
    @pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
    def test_the_scenario_as_a_file_says_the_same(self, path: Path) -> None:
        scenario = load(path)
        again = validate(tomllib.loads(as_toml(scenario)))
        assert fingerprint(again) == fingerprint(scenario)

    @pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
    def test_every_key_has_a_unit_and_a_meaning(self, path: Path) -> None:
        values = dict(flat(load(path).model_dump(mode="json", by_alias=True)))
        kinds = {k.removesuffix(".dist"): v for k, v in values.items() if k.endswith(".dist")}
        for key in values:
            unit, meaning = described(key, kinds)
            assert unit, key
            assert meaning or key.endswith((".dist", ".name")), key

    def test_units_worked_by_hand(self) -> None:
        kinds = {"channels.portal.work": "lognormal"}
        units = {
            "run.window": "duration",
            "run.start": "date",
            "run.seed": "none",
            "calendar.business_hours.0.from": "time of day",
            "channels.portal.arrivals.per_day": "tickets a day",
            "channels.portal.transfers.probability": "share, 0 to 1",
            "channels.portal.work.mean": "duration",
            "channels.portal.work.sigma": "of the logarithm",
            "channels.portal.live": "yes or no",
            "channels.portal.response_bands": "duration",
            "teams.desk.cost_per_hour": "currency an hour",
            "name": "text",
        }
        assert {key: described(key, kinds)[0] for key in units} == units

    def test_a_number_without_a_unit_of_its_own_is_a_share(self) -> None:
        """A new key that holds a number has to be given a unit."""
        for table in [json_schema(), *json_schema()["$defs"].values()]:
            for name, value in table.get("properties", {}).items():
                inner = value.get("items", value)
                if inner.get("type") in ("number", "integer") and name not in UNITS:
                    ends = (
                        inner.get("minimum", inner.get("exclusiveMinimum")),
                        inner.get("maximum", inner.get("exclusiveMaximum")),
                    )
                    assert ends == (0, 1), name

    def test_values_as_toml_writes_them(self) -> None:
        values = [True, 3, 0.25, "70.17599999999999h", ["1h", "2h"], [[1.0, 2.5]], "09:00"]
        assert [written(value) for value in values] == [
            *("true", "3", "0.25", "70.176h", '["1h", "2h"]', "[[1, 2.5]]", "09:00")
        ]

    def test_every_value_is_in_the_page(self) -> None:
        told = {
            row.children[0].text: row.children[1].text
            for row in tree("run").all("tr")
            if len(row.children) == 4
        }
        values = flat(small_run().scenario.model_dump(mode="json", by_alias=True))
        for key, value in values:
            assert told[key] == written(value)


class TestContent:
    def test_the_answer_comes_first_and_is_a_sentence(self) -> None:
        (answer,) = [
            one for one in tree("run").all("p") if "answer" in one.attributes.get("class", "")
        ]
        answers = [one.answer for one in small_run().verdicts if one.answer != "not simulated"]
        assert answer.text.startswith(
            f"small desk matches {answers.count('matches')} of {len(answers)} published figures"
        )
        assert answer.text.endswith(".")

    def test_each_figure_has_its_verdict_and_its_drawing(self) -> None:
        table = next(one for one in tree("run").all("table") if one.all("svg"))
        rows = {row.children[0].text: row for row in table.all("tr") if row.all("svg")}
        judged = [one for one in small_run().verdicts if one.answer != "not simulated"]
        assert len(rows) == len(judged)
        for verdict in judged:
            (row,) = [r for title, r in rows.items() if title.startswith(verdict.figure.title)]
            (drawing,) = row.all("svg")
            assert verdict.answer in row.children[5].text
            assert row.children[6].text == verdict.role
            assert drawing.attributes["aria-label"].endswith(f": {verdict.answer}")

    def test_every_picture_is_there_with_its_table(self) -> None:
        figures = tree("run").all("figure")
        wanted = [one for one in pictures.pictures_of_run(small_run()) if one.stem != "verdicts"]
        assert len(figures) == len(wanted)
        by_title = {one.all("figcaption")[0].text: one for one in figures}
        for picture in wanted:
            (image,) = by_title[picture.title].all("img")
            assert image.attributes["alt"] == picture.alt
            assert image.attributes["alt"]
            assert URI.fullmatch(image.attributes["src"])
            frame = picture.table()
            assert len(by_title[picture.title].all("tr")) == 1 + len(frame)

    def test_it_says_how_to_make_it_again(self) -> None:
        text = tree("run").text
        assert "supportsim run small.toml" in text
        assert fingerprint(small_run().scenario) in text
        assert ss.__version__ in text

    def test_every_estimate_is_in_it(self) -> None:
        table = next(one for one in tree("run").all("table") if "measures" in one.text[:60])
        rows = [row for row in table.all("tr") if len(row.children) == 3]
        known = [one for one in small_run().estimates.values() if not math.isnan(one.mean)]
        assert len(rows) == len(known) + 1

    def test_a_scenario_without_figures_tells_what_customers_see(self) -> None:
        plain = run(validate(document(benchmarks={})), workers=1)
        answer = report_of(plain).answer
        assert answer.startswith(
            "small desk simulates no published figure; on portal customers wait"
        )

    def test_nothing_is_served(self) -> None:
        """A channel without tickets and a team without limit have a report, too."""
        none = {**PORTAL, "arrivals": {"per_day": 0}}
        team = {"agents": "unlimited", "serves": ["portal"]}
        desk = run(validate(document(channels={"portal": none}, teams={"desk": team})), workers=1)
        found = parsed(render(report_of(desk)))
        assert "No ticket begins on this channel" in found.text
        assert "Headcount: without limit" in found.text
        assert "Parameters" in found.text

    def test_every_team_has_its_headcount(self) -> None:
        """As a picture where agents come and go, and else in a sentence."""
        assert "Headcount: 1, all the time" in tree("run").text
        leaving = {**TEAM, "turnover": {"per_year": 0.3}}
        desk = run(validate(document(teams={"desk": leaving})), workers=1)
        section = next(one for one in run_sections(desk, []) if one.title == "Teams")
        assert not any("Headcount" in str(one) for one in section.sections[0].blocks)
        assert "Staff of desk" in [one.title for one in pictures.pictures_of_run(desk)]

    def test_one_replication(self) -> None:
        one = run(small_run().scenario.replace({"run.replications": 1}), workers=1)
        found = parsed(render(report_of(one)))
        assert "undecided" in found.text


class TestForEverybody:
    """What people need who do not see the page, or only in grey."""

    @pytest.mark.parametrize("kind", KINDS)
    def test_structure(self, kind: str) -> None:
        found = tree(kind)
        (html,) = found.all("html")
        assert html.attributes["lang"] == "en"
        levels = [int(one.tag[1]) for one in found.all("h1", "h2", "h3", "h4")]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
        for image in found.all("img"):
            assert image.attributes["alt"]
        for head in found.all("th"):
            assert head.attributes["scope"] in ("col", "row", "rowgroup")
        for table in found.all("table"):
            assert table.all("caption")[0].text
        for drawing in found.all("svg"):
            assert drawing.attributes["role"] == "img"
            assert drawing.attributes["aria-label"]
        for figure in found.all("figure"):
            assert figure.all("details")[0].all("table")

    @pytest.mark.parametrize("kind", KINDS)
    def test_links_lead_somewhere_in_the_page(self, kind: str) -> None:
        found = tree(kind)
        ids = [one.attributes["id"] for one in found.all(*TAGS) if "id" in one.attributes]
        assert len(set(ids)) == len(ids)
        for link in found.all("a"):
            assert link.attributes["href"].removeprefix("#") in ids
        skip = found.all("a")[0]
        assert skip.attributes["href"] == "#content"

    def test_cards_are_still_tables(self) -> None:
        table = next(one for one in tree("run").all("table") if one.all("svg"))
        assert table.attributes["role"] == "table"
        assert {one.attributes["role"] for one in table.all("td")} == {"cell"}
        assert {one.attributes["role"] for one in table.all("tr")} == {"row"}


TAGS = ("main", "section", "h1", "h2", "h3", "div", "table", "figure", "details", "header")


class TestNothingFromOutside:
    @pytest.mark.parametrize("kind", KINDS)
    def test_no_address_and_no_script(self, kind: str) -> None:
        found = tree(kind)
        everything = found.all(
            *TAGS, "a", "img", "svg", "path", "rect", "circle", "meta", "td", "th"
        )
        for element in everything:
            for name, value in element.attributes.items():
                assert not name.startswith("on")
                if name in ("src", "href"):
                    assert value.startswith(("#", "data:image/svg+xml,"))
                assert name != "style"
        assert not found.all("script", "link", "iframe", "object", "form", "base")
        # Not even the names of XML's namespaces look like addresses of pages.
        assert "http:" not in page("run")
        (policy,) = [m for m in found.all("meta") if "http-equiv" in m.attributes]
        assert policy.attributes["content"].startswith("default-src 'none'; img-src data:;")

    def test_texts_of_the_scenario_are_texts(self) -> None:
        found = tree("hostile")
        assert not found.all("script", "b", "i")
        shown = "<script>alert(1)</script> & \"q\" 'a' "
        assert found.all("h1")[0].text.startswith(shown.strip())
        assert found.all("title")[0].text.startswith(shown.strip())
        for letter in "\x00\x1b\u202e":
            assert letter not in page("hostile")

    def test_names_of_alternatives_are_texts(self) -> None:
        found = tree("comparison")
        assert not found.all("b")
        assert found.all("h3")[0].text == f"<b>{LONG}</b>"


@pytest.fixture
def few_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out most pictures where they are not what is tested: they take time."""
    for name in ("run", "comparison", "sweep", "plan", "calibration"):
        whole = getattr(pictures, f"pictures_of_{name}")
        monkeypatch.setattr(
            pictures, f"pictures_of_{name}", lambda one, whole=whole: whole(one)[:1]
        )


def test_the_same_result_gives_the_same_bytes(tmp_path: Path) -> None:
    path = tmp_path / "again.html"
    write_html(small_run(), path, "supportsim run small.toml")
    assert path.read_bytes() == page("run").encode()


@pytest.mark.usefixtures("few_pictures")
class TestWriting:
    def test_an_earlier_report_is_replaced(self, tmp_path: Path) -> None:
        path = tmp_path / "report.html"
        for command in ("first", "second"):
            write_html(small_run(), path, command)
        assert "second" in path.read_text(encoding="utf-8")
        assert list(tmp_path.iterdir()) == [path]

    def test_another_file_is_not_unless_asked_for(self, tmp_path: Path) -> None:
        path = tmp_path / "thesis.html"
        path.write_text("<p>years of work</p> on supportsim report", encoding="utf-8")
        with pytest.raises(InputError, match="is no report; name another file"):
            ss.run(small_run().scenario).report(path)
        assert path.read_text(encoding="utf-8").startswith("<p>years of work</p>")
        write_html(small_run(), path, overwrite=True)
        assert "small desk" in path.read_text(encoding="utf-8")

    @pytest.mark.parametrize("name", ["", "missing/report.html"])
    def test_where_nothing_can_be_written(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(InputError, match=r"is a folder|there is no folder"):
            write_html(small_run(), tmp_path / name)

    def test_from_python(self, tmp_path: Path) -> None:
        result = ss.run(small_run().scenario)
        result.report(tmp_path / "a.html")
        result.report(str(tmp_path / "b.html"))
        assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


GOOD: dict[str, Any] = document(teams={"desk": {**TEAM, "agents": 2}})


def invoke(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "small desk.toml"
    path.write_text(as_toml(validate(GOOD)), encoding="utf-8")
    return path


@pytest.mark.usefixtures("few_pictures")
class TestCommandLine:
    def test_report_and_run_write_the_same_page(self, scenario: Path, tmp_path: Path) -> None:
        options = [scenario, "--set", "run.window=2w", "--seed", "5", "--replications", "3"]
        first, second = tmp_path / "first.html", tmp_path / "second.html"
        made = invoke("report", *options, "-o", first, "--workers", "1")
        assert (made.exit_code, made.stderr) == (0, "")
        assert made.stdout.endswith(f"The report is in {first}\n")
        also = invoke("run", *options, "--report", second, "--json", "--out", tmp_path / "out")
        assert also.exit_code == 0
        assert also.stderr.endswith(f"The report is in {second}\n")
        texts = [path.read_text(encoding="utf-8") for path in (first, second)]
        as_run = (
            f"run '{scenario}' --set run.window=2w --seed 5 --replications 3 --report report.html"
        )
        assert as_run in parsed(texts[1]).text
        as_report = as_run.replace("run '", "report '", 1).replace("--report ", "-o ")
        assert as_report in parsed(texts[0]).text
        both = [text.replace("&#39;", "'") for text in texts]
        assert both[0].replace(as_report, "") == both[1].replace(as_run, "")

    def test_what_is_wrong_leaves_an_earlier_report(self, scenario: Path, tmp_path: Path) -> None:
        path = tmp_path / "report.html"
        write_html(small_run(), path)
        before = path.read_bytes()
        for wrong in (
            ["report", tmp_path / "none.toml", "-o", path],
            ["report", scenario, "--set", "teams.desk.agents=-1", "-o", path],
            ["run", scenario, "--set", "nothing=1", "--report", path],
            ["compare", scenario, "--report", path],
            ["sweep", scenario, "--vary", "nothing=1:2", "--report", path],
            ["plan", scenario, "--target", "nothing>=1", "--report", path],
            ["calibrate", scenario, "--free", "nothing=1:2", "--to", "portal", "--report", path],
        ):
            failed = invoke(*wrong)
            assert failed.exit_code == 2, wrong
            assert path.read_bytes() == before

    @pytest.mark.parametrize(
        "words",
        [
            ["run"],
            ["compare", "--set", "teams.desk.agents=1"],
            ["sweep", "--vary", "teams.desk.agents=1:2"],
            ["plan", "--target", "portal.response_rate>=0.5"],
            [
                "calibrate",
                "--free",
                "channels.portal.patience.mean=1d:9d",
                "--to",
                "portal.wrap_up",
            ],
        ],
        ids=lambda words: words[0],
    )
    def test_no_command_takes_its_scenario_for_a_report(
        self, scenario: Path, words: list[str]
    ) -> None:
        before = scenario.read_bytes()
        command, *options = words
        refused = invoke(command, scenario, *options, "--report", scenario)
        assert refused.exit_code == 2
        assert "is what the results are made from" in refused.stderr
        assert scenario.read_bytes() == before

    def test_no_file_of_figures_is_taken_for_a_report(self, tmp_path: Path) -> None:
        """Not even by those who want another file to be replaced."""
        scenario, figures = tmp_path / "desk.toml", tmp_path / "figures.toml"
        used = validate({**GOOD, "benchmarks": {"files": ["figures.toml"]}})
        scenario.write_text(as_toml(used), encoding="utf-8")
        figures.write_text("figure = []\n", encoding="utf-8")
        refused = invoke("report", scenario, "-o", figures, "--overwrite")
        assert refused.exit_code == 2
        assert "is what the results are made from" in refused.stderr
        assert figures.read_text(encoding="utf-8") == "figure = []\n"

    @pytest.mark.parametrize(
        ("words", "study"),
        [
            (["compare", "--set", "teams.desk.agents=1"], "Comparison"),
            (["sweep", "--vary", "teams.desk.agents=1:2"], "Sweep"),
            (
                ["plan", "--target", "portal.response_rate>=0.5", "--precision", "0.3"],
                "Staffing plan",
            ),
            (
                [
                    *("plan", "--target", "portal.response_rate>=0.5", "--precision", "0.3"),
                    *("--most", "channels.portal.arrivals.per_day"),
                ],
                "The most tickets that the desk can take",
            ),
        ],
        ids=lambda one: one[0] if isinstance(one, list) else one,
    )
    def test_every_study_has_a_report(
        self, scenario: Path, tmp_path: Path, words: list[str], study: str
    ) -> None:
        path = tmp_path / "out.html"
        command, *options = words
        done = invoke(command, scenario, *options, "--report", path)
        assert done.exit_code in (0, 1), done.output
        found = parsed(path.read_text(encoding="utf-8"))
        assert found.all("title")[0].text == f"small desk – {study}"
        assert f"supportsim {command} '{scenario}'" in found.text


@pytest.mark.usefixtures("few_pictures")
def test_a_calibration_has_a_report(tmp_path: Path) -> None:
    found = ss.calibrate(
        validate(GOOD),
        free={"channels.portal.patience.mean": "1d:9d"},
        to="portal.response_rate",
        starts=2,
        polished=1,
        replications=8,
        workers=1,
    )
    found.report(tmp_path / "out.html")
    found = parsed((tmp_path / "out.html").read_text(encoding="utf-8"))
    assert found.all("title")[0].text == "small desk – Calibration"
    assert "channels.portal.patience.mean" in found.text
