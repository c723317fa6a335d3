"""Verdicts as JUnit XML and as Markdown: valid, in agreement with --check, and text is text."""

from __future__ import annotations

import dataclasses
from itertools import combinations, product
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from lxml import etree
from markdown_it import MarkdownIt

from export_oracles import HOSTILE, names
from larger_runs import four_channel_run, judged, judged_as
from small_runs import small_run
from supportsim.benchmarks import load_registry
from supportsim.benchmarks.verdicts import Verdict
from supportsim.report.exporting.junit import junit_text
from supportsim.report.exporting.markdown import as_text, markdown_text
from supportsim.report.exporting.xml_text import possible

if TYPE_CHECKING:
    from supportsim.studies import Run

JUNIT = etree.XMLSchema(etree.parse(Path(__file__).parent / "schemas" / "junit-10.xsd"))
FIGURE = load_registry()["portal.answered_within_1h"]
ANSWERS = ("matches", "misses", "undecided", "not simulated")


def with_answers(*answers: str) -> Run:
    """Return a run with a verdict of each answer."""
    verdicts = [
        Verdict(FIGURE, "not simulated", "none", reason="not in this scenario")
        if answer == "not simulated"
        else judged(FIGURE, answer)
        for answer in answers
    ]
    return judged_as(small_run(), *verdicts)


def named(text: str) -> Run:
    """Return a run whose scenario and figure have a name, unchecked."""
    figure = FIGURE.model_copy(update={"title": text, "source": text, "channel": text, "id": text})
    left_out = Verdict(figure, "not simulated", "none", reason=text)
    scenario = small_run().scenario.model_copy(update={"name": text})
    run = judged_as(small_run(), judged(figure, "misses"), left_out)
    return judged_as(dataclasses.replace(run, scenario=scenario), *run.verdicts)


def read(run: Run) -> etree._Element:
    root = etree.fromstring(junit_text(run).encode())
    assert JUNIT.validate(root), JUNIT.error_log
    return root


@pytest.mark.parametrize(
    "answers", [some for count in range(5) for some in combinations(ANSWERS, count)]
)
def test_junit_fails_exactly_where_check_does(answers: tuple[str, ...]) -> None:
    run = with_answers(*answers)
    root = read(run)
    counts = {
        name: sum(int(suite.get(name)) for suite in root)
        for name in ("tests", "failures", "errors")
    }
    assert (counts["failures"] + counts["errors"] > 0) == (not run.all_match)
    assert counts["failures"] == answers.count("misses")
    nothing = not set(answers) - {"not simulated"}
    assert counts["errors"] == answers.count("undecided") + nothing
    assert counts["tests"] == len(answers) + nothing
    assert len(root.findall(".//skipped")) == answers.count("not simulated")


def test_junit_says_what_was_simulated() -> None:
    run = four_channel_run()
    root = read(run)
    cases = {case.get("name").split(":")[0]: case for case in root.iter("testcase")}
    assert set(cases) == {verdict.figure.id for verdict in run.verdicts}
    held = {"misses": "failure", "undecided": "error", "not simulated": "skipped"}
    for verdict in run.verdicts:
        case = cases[verdict.figure.id]
        assert case.get("classname") == f"supportsim.{verdict.figure.channel}"
        parts = [part.tag for part in case]
        assert parts == ([] if verdict.answer == "matches" else [held[verdict.answer]])
        if verdict.answer == "not simulated":
            assert case[0].get("message") == verdict.reason
    for suite in root.iterfind("testsuite"):
        about = {one.get("name"): one.get("value") for one in suite.iter("property")}
        assert (about["seed"], about["replications"]) == ("3", "2")
        output = suite.findtext("system-out").splitlines()
        assert len(output) == int(suite.get("tests"))
        assert suite.findtext("system-err").splitlines() == list(run.warnings)
        for name, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
            assert int(suite.get(name)) == len(list(suite.iter(tag)))


def test_junit_by_hand() -> None:
    message = read(with_answers("undecided")).find(".//error").get("message")
    assert message.startswith("undecided: simulated ")
    assert ", accepted 7–13, published 10 %" in message


def test_what_ant_requires_is_there() -> None:
    """Its schema is not among ours; it wants more of a suite than Jenkins does, in this order."""
    root = read(four_channel_run())
    assert not root.attrib
    for number, suite in enumerate(root):
        assert {"package", "hostname", "time"} <= set(suite.attrib)
        assert (suite.get("id"), suite.get("timestamp")) == (str(number), "2026-01-05T00:00:00")
        tags = [part.tag for part in suite]
        count = int(suite.get("tests"))
        assert tags == ["properties", *["testcase"] * count, "system-out", "system-err"]
        for case in suite.iterfind("testcase"):
            assert set(case.attrib) == {"classname", "name", "time"}
            assert all("type" in part.attrib for part in case if part.tag != "skipped")


def test_the_same_run_gives_the_same_text() -> None:
    for text in (junit_text, markdown_text):
        assert text(with_answers(*ANSWERS)) == text(with_answers(*ANSWERS))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_are_text_in_junit(text: str) -> None:
    check_junit(text)


@settings(deadline=None, max_examples=50)
@given(names)
def test_any_name_is_text_in_junit(text: str) -> None:
    check_junit(text)


def check_junit(text: str) -> None:
    root = read(named(text))
    assert root[0].get("name") == possible(f"{text}: {text}")
    failure, skipped = root.iter("failure", "skipped")
    assert skipped.get("message") == possible(text)
    assert failure.getparent().get("name").startswith(possible(f"{text}: {text}"))
    last = (failure.text or "").split("clock: calendar\n", 1)[1]
    assert last == possible(text).replace("\r\n", "\n").replace("\r", "\n")


# --- Markdown ----------------------------------------------------------------------------------

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def shown(text: str) -> list[tuple[str, str]]:
    """Return the blocks of a Markdown text that hold text, and the text that a reader sees."""
    blocks = []
    opened = ""
    for token in MARKDOWN.parse(text):
        if token.type.endswith("_open"):
            opened = token.tag
        elif token.type == "inline":
            seen = ""
            for part in token.children or []:
                if part.type in ("text", "text_special"):
                    seen += part.content
                elif part.type == "html_inline":
                    assert part.content == "<!-- -->"
                else:
                    assert part.type in ("strong_open", "strong_close"), part
            blocks.append((opened, seen))
        elif token.type == "html_block":
            blocks.append(("html", token.content.strip()))
    return blocks


def line(text: str) -> str:
    """Return what a text is when it is shown in one line."""
    letters = (
        " " if one.isspace() else one if one.isprintable() else ascii(one)[1:-1] for one in text
    )
    return "".join(letters).strip()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_are_text_in_markdown(text: str) -> None:
    check_markdown(text)


@settings(deadline=None, max_examples=100)
@given(names)
def test_any_name_is_text_in_markdown(text: str) -> None:
    check_markdown(text)


def check_markdown(text: str) -> None:
    blocks = shown(markdown_text(named(text)))
    heading = next(seen for kind, seen in blocks if kind == "h3")
    assert heading.startswith(f"❌ {line(text)}: 0 of 1 simulated figure")
    cells = [seen for kind, seen in blocks if kind == "td"]
    assert cells == [line(text), "10 %", "7–13", cells[3], "predicted", "❌ misses"]
    left_out = blocks[-2]
    assert left_out == ("p", f"{line(text)}, 10 %: {line(text)}".strip())
    assert [seen for kind, seen in blocks if kind == "html"] == [
        "<details><summary>Not simulated: 1</summary>",
        "</details>",
    ]


@pytest.mark.parametrize(("sign", "rest"), list(product("@#:", "a1/_")))
def test_nobody_is_mentioned_and_nothing_linked(sign: str, rest: str) -> None:
    """GitHub looks for mentions, numbers and addresses in what Markdown leaves as text."""
    assert f"{sign}{rest}" not in as_text(f"x {sign}{rest}")
    assert line(f"{sign}{rest}") == shown(as_text(f"{sign}{rest}"))[0][1]


def test_markdown_by_hand() -> None:
    text = markdown_text(with_answers("matches", "undecided", "not simulated"))
    lines = text.splitlines()
    assert lines[0].startswith("### ❔ small desk: 1 of 2 simulated figures match: 1 undecided")
    assert lines[2].startswith("2 replications of 3 weeks from 2026-01-05, after 1 week of warm-up")
    table = [one for one in lines if one.startswith("|")]
    assert table[0] == "| Figure | Published | Accepted | Simulated (95 %) | Role | Verdict |"
    assert table[2].startswith("| Answered within 1 hour | 10 % | 7–13 | ")
    assert table[2].endswith(" | predicted | ✅ matches |")
    assert "❔ **undecided**" in table[3]
    assert text.endswith("</details>\n")


def test_markdown_of_every_channel() -> None:
    run = four_channel_run()
    blocks = shown(markdown_text(run))
    titles = [seen for place, (kind, seen) in enumerate(blocks) if kind == "td"][::6]
    assert len(titles) == sum(verdict.answer != "not simulated" for verdict in run.verdicts)
