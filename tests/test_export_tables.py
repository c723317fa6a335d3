"""Tickets and contacts as CSV and Parquet: what is read is what was written."""

from __future__ import annotations

import gzip
import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import supportsim as ss
from export_oracles import HOSTILE, few_facts, four_channel_facts, names, renamed, small_facts
from small_runs import document
from supportsim.errors import InputError
from supportsim.report.exporting.formats import BEGINS, Contents, Format, format_of
from supportsim.report.exporting.tables import (
    CONTACT_TYPES,
    TICKET_TYPES,
    read_contacts,
    read_tickets,
    write_table,
)
from supportsim.report.frames import contacts_frame, tickets_frame, unguarded, write_csv
from supportsim.scenario.loading import validate
from supportsim.studies import simulate_once

if TYPE_CHECKING:
    from collections.abc import Callable

    from supportsim.measures import Facts

READ = {
    Contents.TICKETS: (read_tickets, tickets_frame),
    Contents.CONTACTS: (read_contacts, contacts_frame),
}


def assert_reads_back(facts: Facts, path: Path, contents: Contents) -> None:
    write_table(facts, path, contents, format_of(path))
    read, frame = READ[contents]
    pd.testing.assert_frame_equal(read(path), frame(facts, facts.scenario), check_exact=True)


@pytest.mark.parametrize("contents", list(Contents))
@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz", "t.parquet"])
def test_reads_back_equal(tmp_path: Path, name: str, contents: Contents) -> None:
    assert_reads_back(four_channel_facts(), tmp_path / name, contents)


@pytest.mark.parametrize("name", ["t.csv", "t.parquet"])
@settings(deadline=None, max_examples=20)
@given(channel=names)
def test_reads_back_equal_with_any_name(
    tmp_path_factory: pytest.TempPathFactory, name: str, channel: str
) -> None:
    facts = renamed(few_facts(), "x", channel, "desk")
    folder = tmp_path_factory.getbasetemp()
    for contents in Contents:
        assert_reads_back(facts, folder / name, contents)


@pytest.mark.parametrize("name", ["t.csv", "t.parquet"])
@pytest.mark.parametrize(
    ("contents", "types"),
    [(Contents.TICKETS, TICKET_TYPES), (Contents.CONTACTS, CONTACT_TYPES)],
)
def test_nothing_has_the_same_types(
    tmp_path: Path, name: str, contents: Contents, types: dict[str, str]
) -> None:
    quiet = document()
    quiet["channels"] = {"portal": {**quiet["channels"]["portal"], "arrivals": {"per_day": 1e-9}}}
    write_table(simulate_once(validate(quiet), 0), tmp_path / name, contents, format_of(Path(name)))
    read = READ[contents][0](tmp_path / name)
    pd.testing.assert_frame_equal(read, read.astype(types))
    assert (list(read.columns), len(read), read.index.dtype) == (list(types), 0, "int64")
    if name == "t.parquet":
        alone = pd.read_parquet(tmp_path / name)
        pd.testing.assert_frame_equal(alone.astype(types), alone)


def test_both_have_the_same_columns_for_any_reader(tmp_path: Path) -> None:
    """Contacts name each other by number: the number is a column, not an index of pandas alone."""
    for name in ("t.csv", "t.parquet"):
        write_table(few_facts(), tmp_path / name, Contents.CONTACTS, format_of(Path(name)))
    read = pq.read_table(tmp_path / "t.parquet")
    text = (tmp_path / "t.csv").read_text("utf-8")
    assert read.column_names == text.partition("\n")[0].split(",")
    assert text.encode().startswith(BEGINS[Format.CSV]), "an earlier one is known by its beginning"
    assert read["contact"].to_pylist() == list(range(read.num_rows))


def test_types_are_as_documented() -> None:
    facts = four_channel_facts()
    for frame, types in (
        (tickets_frame(facts, facts.scenario), TICKET_TYPES),
        (contacts_frame(facts, facts.scenario), CONTACT_TYPES),
    ):
        pd.testing.assert_frame_equal(frame.astype(types), frame)
        assert list(frame.columns) == list(types)


def test_pandas_alone_reads_times_and_numbers(tmp_path: Path) -> None:
    facts = four_channel_facts()
    write_table(facts, tmp_path / "t.csv", Contents.TICKETS, Format.CSV)
    read = pd.read_csv(tmp_path / "t.csv", parse_dates=["opened", "answered"])
    expected = tickets_frame(facts, facts.scenario)
    for name in ("opened", "answered"):
        assert (read[name].dropna() == expected[name].dropna()).all()
    assert np.allclose(read["cost"], expected["cost"], rtol=1e-12)
    assert read["in_window"].equals(expected["in_window"])


def test_the_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.csv.gz", "a.parquet", "b.csv.gz", "b.parquet"):
        write_table(four_channel_facts(), tmp_path / name, Contents.CONTACTS, format_of(Path(name)))
    for ending in ("csv.gz", "parquet"):
        assert (tmp_path / f"a.{ending}").read_bytes() == (tmp_path / f"b.{ending}").read_bytes()


def test_parquet_without_pyarrow_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("supportsim.report.exporting.tables.find_spec", lambda _: None)
    for act in (
        lambda: write_table(
            small_facts(), tmp_path / "t.parquet", Contents.TICKETS, Format.PARQUET
        ),
        lambda: read_tickets(tmp_path / "t.parquet"),
    ):
        with pytest.raises(InputError, match=r"pip install 'supportsim\[parquet\]'"):
            act()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("read", [ss.read_tickets, ss.read_contacts])
def test_what_is_no_such_table_is_refused(
    tmp_path: Path, read: Callable[[Path], pd.DataFrame]
) -> None:
    (tmp_path / "t.csv").write_text("a,b\n1,2\n")
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "t.parquet")
    (tmp_path / "u.csv").write_bytes(b"")
    (tmp_path / "v.parquet").write_text("no Parquet")
    for name in ("t.csv", "t.parquet", "t.xes", "u.csv", "v.parquet", "missing.csv"):
        with pytest.raises(InputError, match=name):
            read(tmp_path / name)
    with pytest.raises(InputError, match="path: give the path of a file"):
        read(None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        ("t.csv.gz", lambda text: gzip.compress(text)[:-100]),
        ("t.csv.gz", lambda text: gzip.compress(text)[:20] + 100 * b"\xff"),
        ("t.csv", lambda text: text.replace(b"\n1,", b"\n99999999999999999999,")),
        ("t.csv", lambda text: text.replace(b"\n1,", b"\n1,1,1,")),
        ("t.csv", lambda text: text.replace(b"2026-01-", b"2026-91-", 1)),
    ],
)
@pytest.mark.filterwarnings("ignore:Could not infer format")
def test_a_spoilt_table_is_refused_in_one_line(
    tmp_path: Path, name: str, spoil: Callable[[bytes], bytes]
) -> None:
    write_table(few_facts(), tmp_path / "t.csv", Contents.TICKETS, Format.CSV)
    (tmp_path / name).write_bytes(spoil((tmp_path / "t.csv").read_bytes()))
    with pytest.raises(InputError, match=f"{name}: (is no such table|cannot be read)") as found:
        read_tickets(tmp_path / name)
    assert "\n" not in str(found.value)


def test_texts_that_spreadsheets_would_execute_are_guarded() -> None:
    texts = [*HOSTILE, "Excel", "'"]
    file = io.BytesIO()
    frame = pd.DataFrame({"=title": texts, "number": -np.arange(len(texts)), "mixed": 1})
    frame["mixed"] = frame["mixed"].astype(object)
    frame.loc[0, "mixed"], frame.loc[1, "mixed"] = "-1", -1.5
    write_csv(frame, file, index=False)
    read = pd.read_csv(io.BytesIO(file.getvalue()), keep_default_na=False, dtype=str)
    assert list(read.columns) == ["'=title", "number", "mixed"]
    for text in read["'=title"]:
        assert not text.startswith(tuple("=+-@\t\r\n＝＋－＠"))
    assert [unguarded(text) for text in read["'=title"]] == texts
    assert read["number"].tolist() == [str(-place) for place in range(len(texts))]
    assert read["mixed"].tolist()[:3] == ["'-1", "-1.5", "1"]


@settings(deadline=None, max_examples=50)
@given(st.lists(names, min_size=1))
def test_guarding_can_be_undone(texts: list[str]) -> None:
    file = io.BytesIO()
    write_csv(pd.DataFrame({"text": texts}), file, index=True)
    read = pd.read_csv(io.BytesIO(file.getvalue()), keep_default_na=False, dtype={"text": str})
    assert read["text"].map(unguarded).tolist() == texts
