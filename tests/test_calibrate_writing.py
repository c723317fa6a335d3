"""The fitted scenario's file: every line as it was, but for the values."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

import pytest

import supportsim as ss
from small_lines import LINE, write_line
from supportsim.errors import InputError
from supportsim.studies.calibrating.writing import Draft, draft, with_values

PORTAL = Path(__file__).parents[1] / "scenarios" / "portal.toml"
MIXED = """\
# head
a.b = 1  # dotted

[t]  # table
x = { y = { z = "1d" }, w = 2 }  # inline
rows = [
    0.1,  # first
    # between
    0.2,  # second
]

# about the deep one
[t.deep]
  indented = 5   # kept

# about the list
[[t.list]]
q = 1
[[t.list]]
q = 2  # the other
[u]
v = 1
[t.late]  # out of order
k = "2h"
"""


INLINE = 'x = { y = { z = "1d" }, w = 2 }  # inline'


def changed_lines(before: str, after: str) -> list[tuple[str, str]]:
    """Return the lines that differ, where no line was added."""
    pairs = zip(before.splitlines(), after.splitlines(), strict=True)
    return [(old, new) for old, new in pairs if old != new]


@pytest.mark.parametrize(
    ("path", "value", "old", "new"),
    [
        ("a.b", 2.5, "a.b = 1  # dotted", "a.b = 2.5  # dotted"),
        ("t.x.y.z", "3d", INLINE, INLINE.replace("1d", "3d")),
        ("t.rows.1", 0.7, "    0.2,  # second", "    0.7,  # second"),
        ("t.deep.indented", 6, "  indented = 5   # kept", "  indented = 6   # kept"),
        ("t.list.1.q", 3, "q = 2  # the other", "q = 3  # the other"),
        ("t.late.k", "3h", 'k = "2h"', 'k = "3h"'),
    ],
)  # fmt: skip
def test_one_value_changes_and_nothing_else(path: str, value: Any, old: str, new: str) -> None:
    assert changed_lines(MIXED, with_values(MIXED, {path: value})) == [(old, new)]


@pytest.mark.parametrize(
    ("path", "value", "line", "after"),
    [
        ("a.c", 2, "a.c = 2", "a.b = 1  # dotted"),
        ("t.deep.new", 0.5, "  new = 0.5", "  indented = 5   # kept"),
        ("t.deep.d.e", "1d", '  d.e = "1d"', "  indented = 5   # kept"),
        ("t.late.new", "1d", 'new = "1d"', 'k = "2h"'),
        ("u.f", ["a", "b"], 'f = ["a", "b"]', "v = 1"),
    ],
)
def test_a_new_key_comes_after_the_last_of_its_table(
    path: str, value: Any, line: str, after: str
) -> None:
    lines = with_values(MIXED, {path: value}).splitlines()
    where = lines.index(line)
    assert lines[where - 1] == after
    assert lines[:where] + lines[where + 1 :] == MIXED.splitlines()


def test_a_new_key_comes_ahead_of_the_comments_on_the_next_table() -> None:
    text = "[t]\nrows = [\n    1,\n]  # rows\n\n# about u\n[t.u]\nv = 1\n"
    after = text.replace("# rows\n", "# rows\nnew = 2\n")
    assert with_values(text, {"t.new": 2}) == after


def test_a_table_in_several_places_can_have_new_keys_too() -> None:
    after = with_values(MIXED, {"t.new": 2})
    assert sorted(filter(None, after.splitlines())) == sorted(
        filter(None, [*MIXED.splitlines(), "new = 2"])
    )


def test_new_keys_in_braces_and_new_tables() -> None:
    text = with_values(MIXED, {"t.x.y.n": 1, "t.x.n": 2, "z.y": ["a", "b", "c"]})
    assert 'x = { y = { z = "1d", n = 1 }, w = 2, n = 2 }  # inline' in text.splitlines()
    assert text.endswith('\n[z]\ny = [\n    "a",\n    "b",\n    "c",\n]\n')


def test_an_array_that_grows_keeps_its_lines() -> None:
    text = PORTAL.read_text(encoding="utf-8")
    known = list(tomllib.loads(text)["benchmarks"]["fitted"])
    after = with_values(text, {"benchmarks.fitted": [*known, "portal.response_rate"]})
    assert after == text.replace(
        '    "portal.ces",\n', '    "portal.ces",\n    "portal.response_rate",\n'
    )


def test_windows_lines_and_byte_order_marks_stay() -> None:
    text = "\ufeff" + LINE.replace("\n", "\r\n")
    after = with_values(text, {"channels.line.work.mean": "6min", "channels.line.patience.cv": 1.0})
    assert after.startswith("\ufeff# A line")
    assert after.count("\r\n") == after.count("\n") == LINE.count("\n") + 1
    assert 'mean = "6min" }   # too long\r\n' in after


def test_the_portal_scenario_changes_only_where_it_is_told() -> None:
    text = PORTAL.read_text(encoding="utf-8")
    values = {
        "channels.portal.patience.mean": "2.5d", "channels.portal.satisfaction.csat.1": 0.5,
        "channels.portal.replies.delay.mean": "7h", "channels.portal.arrivals.per_day": 6.5,
    }  # fmt: skip
    pairs = changed_lines(text, with_values(text, values))
    assert [new for _, new in pairs] == [
        "arrivals = { per_day = 6.5, business_hours_share = 0.80 }",
        'mean = "2.5d"',
        'delay = { dist = "lognormal", mean = "7h", cv = 1.0 }',
        "csat = [0.45, 0.5]",
    ]


def test_a_text_that_would_say_anything_else_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tomlkit.dumps", lambda _document: "[t]\na = 2\nb = 1\n")
    with pytest.raises(InputError, match=r"^f\.toml: t\.a cannot be set without changing other"):
        with_values("[t]\na = 1\n", {"t.a": 2}, "f.toml")


# --- The file ------------------------------------------------------------------------------------


def drafted(folder: Path, name: str = "fitted.toml", **changes: Any) -> Draft:
    return draft(folder / name, write_line(folder), changes, overwrite=False)


def test_the_file_says_what_was_fitted_and_can_be_loaded(tmp_path: Path) -> None:
    target = drafted(tmp_path)
    target.write({"channels.line.patience.mean": "9.5min"}, ["own.response_rate"])
    written = (tmp_path / "fitted.toml").read_text()
    assert [line for line in written.splitlines() if line not in LINE.splitlines()] == [
        'mean = "9.5min"',
        'fitted = ["own.response_rate"]',
    ]
    scenario = ss.load(tmp_path / "fitted.toml")
    assert (
        scenario.channels["line"].patience
        == ss.load(tmp_path / "line.toml", {"channels.line.patience.mean": "9.5min"})
        .channels["line"]
        .patience
    )
    assert scenario.benchmarks.fitted == ("own.response_rate",)


def test_other_changes_are_written_too(tmp_path: Path) -> None:
    source = write_line(tmp_path)
    target = draft(tmp_path / "f.toml", source, {"teams.desk.agents": 2}, overwrite=False)
    target.write({"channels.line.patience.mean": "9.5min"}, [])
    assert ss.load(tmp_path / "f.toml").teams["desk"].agents == 2


def test_the_scenario_itself_is_only_overwritten_on_demand(tmp_path: Path) -> None:
    source = write_line(tmp_path)
    (tmp_path / "link.toml").symlink_to(source)
    for name in ("line.toml", "link.toml", "../" + tmp_path.name + "/line.toml"):
        with pytest.raises(InputError, match="is the scenario itself"):
            draft(tmp_path / name, source, {}, overwrite=False)
    target = draft(source, source, {}, overwrite=True)
    target.write({"channels.line.patience.mean": "9.5min"}, [])
    assert source.read_text() == LINE.replace('"25min"', '"9.5min"')
    target = draft(source, source, {}, overwrite=True)
    source.write_text(LINE + "# mine\n")
    with pytest.raises(InputError, match=r"was changed while the fit ran.*mean = 8min"):
        target.write({"channels.line.patience.mean": "8min"}, [])
    assert source.read_text() == LINE + "# mine\n"


def test_only_an_earlier_fit_of_the_same_scenario_is_replaced(tmp_path: Path) -> None:
    for values in ("9.5min", "8min"):
        drafted(tmp_path).write({"channels.line.patience.mean": values}, ["own.response_rate"])
    fitted = (tmp_path / "fitted.toml").read_text()
    assert '"8min"' in fitted
    others = ["mine", LINE, fitted.replace("name = ", "name = 'other' #"), "benchmarks = 3"]
    for text in others:
        (tmp_path / "other.toml").write_text(text)
        with pytest.raises(InputError, match="is no fit of this scenario; write to another file"):
            drafted(tmp_path, "other.toml")
        assert (tmp_path / "other.toml").read_text() == text
    draft(tmp_path / "other.toml", tmp_path / "line.toml", {}, overwrite=True)
    (tmp_path / "other.toml").write_text("")
    drafted(tmp_path, "other.toml")


def test_places_that_cannot_be_written_are_refused_before_the_fit(tmp_path: Path) -> None:
    for name, message in (
        ("nowhere/fitted.toml", "there is no folder"),
        (".", "is a folder; name a file"),
        ("sub/fitted.toml", r"names own\.toml, which is not beside it"),
    ):
        (tmp_path / "sub").mkdir(exist_ok=True)
        with pytest.raises(InputError, match=message):
            drafted(tmp_path, name)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["line.toml", "own.toml", "sub"]


def test_a_failure_to_write_tells_the_fitted_values(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = drafted(tmp_path)
    (tmp_path / "fitted.toml").write_text("before")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match=r"No space left.*line\.patience\.mean = 9\.5min"):
        target.write({"channels.line.patience.mean": "9.5min"}, [])
    assert (tmp_path / "fitted.toml").read_text() == "before"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["fitted.toml", "line.toml", "own.toml"]
