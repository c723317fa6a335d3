"""JSON documents and data frames: the keys and columns are a contract."""

from __future__ import annotations

import dataclasses
import json
import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from larger_runs import changing_run, four_channel_run
from small_runs import document, small_run, small_scenario, two_channel_run
from supportsim import __version__
from supportsim.benchmarks import audit, load_registry
from supportsim.files import to_json
from supportsim.measures import MEASURES
from supportsim.report.documents import (
    figures_document,
    findings_document,
    measures_document,
    run_document,
)
from supportsim.report.frames import (
    contacts_frame,
    measures_frame,
    staff_frame,
    tickets_frame,
    verdicts_frame,
    write_csv,
)
from supportsim.scenario.loading import validate
from supportsim.studies import run, simulate_once

if TYPE_CHECKING:
    from pathlib import Path

REGISTRY = load_registry()
VERDICT_KEYS = [
    *("id", "published", "tolerance", "simulated", "ci95", "verdict", "role", "clock", "source"),
]


def test_run_document_has_exactly_the_keys_of_the_contract() -> None:
    result = small_run()
    made = run_document(result)
    assert list(made) == [
        *("scenario", "version", "engine", "seed", "replications", "measures", "verdicts"),
        "all_match",
    ]
    assert made["scenario"] == "small desk"
    assert made["version"] == __version__
    assert made["engine"].startswith("simpy 4.")
    assert (made["seed"], made["replications"], made["all_match"]) == (3, 2, result.all_match)
    assert [measure["id"] for measure in made["measures"]] == list(result.estimates)
    assert all(list(measure) == ["id", "unit", "mean", "ci95"] for measure in made["measures"])
    assert [one["id"] for one in made["verdicts"]] == [v.figure.id for v in result.verdicts]
    for one in made["verdicts"]:
        if one["verdict"] == "not simulated":
            assert list(one) == [*VERDICT_KEYS, "reason"]
            assert (one["simulated"], one["ci95"], one["role"]) == (None, [None, None], "none")
            assert one["reason"]
        else:
            assert list(one) == VERDICT_KEYS
            assert one["ci95"][0] <= one["simulated"] <= one["ci95"][1]


def test_run_document_says_what_was_published() -> None:
    made = {one["id"]: one for one in run_document(small_run())["verdicts"]}
    assert made["portal.resolution_time"]["published"] == [2, 3]
    assert made["portal.answered_within_24h"]["published"] == 0.6
    assert made["portal.answered_within_24h"]["tolerance"] == [0.57, 0.63]
    assert made["portal.first_response_time"]["clock"] == "business hours"
    assert made["portal.response_rate"]["role"] == "fitted"
    assert "satisfaction.csat" in made["portal.csat"]["reason"]
    assert made["portal.company_adoption"]["reason"].startswith("context")


def test_unknown_numbers_are_null_and_the_text_is_strict_json() -> None:
    quiet = document(
        channels={"portal": {"arrivals": {"per_day": 0}, "work": "3min"}},
        run={"window": "1w", "replications": 1},
    )
    text = to_json(run_document(run(validate(quiet), workers=1)))

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    made = json.loads(text, parse_constant=refuse)
    measures = {measure["id"]: measure for measure in made["measures"]}
    assert measures["portal.first_response_time"]["mean"] is None
    assert measures["portal.first_response_time"]["ci95"] == [None, None]
    with pytest.raises(ValueError, match="JSON compliant"):
        to_json({"mean": math.nan})


def test_json_is_the_same_every_time_and_keeps_letters() -> None:
    again = run(small_scenario(), workers=1)
    assert to_json(run_document(again)) == to_json(run_document(small_run()))
    assert to_json({"b": "é", "a": [1]}) == '{\n  "b": "é",\n  "a": [\n    1\n  ]\n}\n'


def test_documents_of_lists_are_complete() -> None:
    figures = figures_document(REGISTRY.values())
    assert [one["id"] for one in figures["figures"]] == list(REGISTRY)
    assert {"tolerance", "source", "status", "measure"} <= set(figures["figures"][0])
    findings = audit(REGISTRY.values())
    made = findings_document(findings)["findings"]
    fields = [field.name for field in dataclasses.fields(findings[0])]
    assert [[*one] for one in made] == [fields] * len(findings)
    assert [one["id"].rpartition(".")[2] for one in measures_document()["measures"]] == [
        measure.name for measure in MEASURES
    ]
    for listed in (figures, findings_document(findings), measures_document()):
        assert json.loads(to_json(listed)) == listed


def test_measures_frame() -> None:
    result = small_run()
    frame = measures_frame(result)
    assert frame.index.name == "id"
    assert list(frame.index) == list(result.estimates)
    assert list(frame.columns) == [
        *("title", "unit", "clock", "estimator", "mean", "low", "high", "replications"),
    ]
    assert all(frame[name].dtype == np.float64 for name in ("mean", "low", "high"))
    assert frame["replications"].dtype == np.int64
    estimate = result.estimates["portal.response_rate"]
    assert frame.loc["portal.response_rate", "mean"] == estimate.mean
    assert frame.loc["portal.response_rate", "low"] == estimate.low


def test_verdicts_frame() -> None:
    result = small_run()
    frame = verdicts_frame(result)
    assert frame.index.name == "id"
    assert list(frame.columns) == [
        *("title", "published_low", "published_high", "tolerance_low", "tolerance_high", "unit"),
        *("simulated", "low", "high", "verdict", "role", "clock", "replications_to_settle"),
        "source",
    ]
    assert frame["replications_to_settle"].dtype == pd.Int64Dtype()
    assert frame["simulated"].dtype == np.float64
    assert frame.loc["portal.resolution_time", "published_low"] == 2
    assert frame.loc["portal.resolution_time", "published_high"] == 3
    assert np.isnan(frame.loc["portal.csat", "simulated"])
    assert frame["verdict"].tolist() == [verdict.answer for verdict in result.verdicts]
    empty = verdicts_frame(dataclasses.replace(result, figures=()))
    assert len(empty) == 0
    assert list(empty.columns) == list(frame.columns)


def test_staff_frame_has_a_row_for_each_day_team_and_measure() -> None:
    result = changing_run()
    frame = staff_frame(result)
    assert list(frame.columns) == ["day", "team", "measure", "mean", "low", "high"]
    assert frame["day"].iloc[0] == pd.Timestamp("2026-01-05")
    assert pd.api.types.is_datetime64_dtype(frame["day"])
    assert set(frame["team"]) == {"desk"}
    for measure in ("headcount", "vacancies", "effective_capacity"):
        daily = np.array([one.staff[f"team.desk.{measure}"] for one in result.replications])
        mine = frame[frame["measure"] == measure]
        assert mine["day"].is_monotonic_increasing
        assert np.allclose(mine["mean"], daily.mean(axis=0))
    assert (frame["low"] <= frame["mean"]).all()
    assert (frame["mean"] <= frame["high"]).all()
    assert (frame["low"] < frame["high"]).any()


def test_staff_frame_leaves_teams_without_limit_out() -> None:
    frame = staff_frame(four_channel_run())
    assert list(frame["team"].unique()) == ["desk", "phone", "experts"]
    unlimited = {"desk": {"agents": "unlimited", "serves": ["portal"]}}
    settings = {"warm_up": "0w", "window": "1w", "replications": 1}
    made = run(validate(document(teams=unlimited, run=settings)), workers=1)
    assert list(staff_frame(made).columns) == list(frame.columns)
    assert len(staff_frame(made)) == 0


def test_ids_of_measures_say_what_they_are_of() -> None:
    ids = [one["id"] for one in measures_document()["measures"]]
    assert "<channel>.escalated_to_{channel}" in ids
    assert "team.<name>.occupancy" in ids
    assert "all.labour_cost_per_ticket" in ids


def test_tickets_frame_agrees_with_the_measures() -> None:
    result = two_channel_run()
    scenario = result.scenario
    frame = tickets_frame(simulate_once(scenario, 0), scenario)
    assert list(frame.columns) == [
        *("ticket", "channel", "opened", "answered", "resolved", "closed"),
        *("first_response_min", "first_response_business_min", "resolution_min", "outcome"),
        *("contacts", "transfers", "replies", "reopenings", "retries", "escalations"),
        *("follow_ups", "switches", "voicemails", "handled_min", "wrap_up_min", "cost"),
        "in_window",
    ]
    assert set(frame["channel"]) == {"portal", "phone"}
    assert set(frame["outcome"]) <= {"resolved", "unresolved", "abandoned", "open"}
    assert frame["in_window"].dtype == np.bool_
    assert all(
        pd.api.types.is_datetime64_dtype(frame[name])
        for name in ("opened", "answered", "resolved", "closed")
    )
    assert frame["opened"].min() >= pd.Timestamp("2026-01-05")
    for channel in scenario.channels:
        mine = frame[frame["in_window"] & (frame["channel"] == channel)]
        seen = result.replications[0].observations
        assert len(mine) == seen[f"{channel}.response_rate"].denominator
        assert mine["answered"].notna().sum() == seen[f"{channel}.response_rate"].numerator
        assert (mine["outcome"] == "abandoned").sum() == seen[f"{channel}.abandonment"].numerator
        assert (mine["outcome"] == "resolved").sum() == seen[f"{channel}.resolution_rate"].numerator
        business = mine["first_response_business_min"].sum()
        expected = seen[f"{channel}.first_response_time_business"].numerator
        assert business == pytest.approx(expected)
    minutes = (frame["answered"] - frame["opened"]).dt.total_seconds() / 60
    assert np.allclose(minutes, frame["first_response_min"], atol=1e-4, equal_nan=True)


def test_contacts_frame_holds_workload_and_log() -> None:
    scenario = small_scenario()
    facts = simulate_once(scenario, 0)
    frame = contacts_frame(facts, scenario)
    assert len(frame) == len(facts.log)
    assert frame.columns.is_unique
    assert set(frame["channel"]) == {"portal"}
    assert set(frame["kind"]) == {"initial", "reply", "transfer"}
    assert {"planned", "ready", "start", "end", "freed", "agent", "outcome", "work"} <= set(frame)
    served = frame[frame["outcome"] == "served"]
    assert (served["start"] >= served["ready"]).all()
    assert (frame.loc[frame["kind"] == "reply", "planned"].isna()).all()


def test_csv_reads_back_equal(tmp_path: Path) -> None:
    frame = measures_frame(small_run())
    write_csv(frame, tmp_path / "measures.csv", index=True)
    back = pd.read_csv(tmp_path / "measures.csv", index_col="id")
    pd.testing.assert_frame_equal(back, frame, check_exact=True)

    scenario = small_scenario()
    tickets = tickets_frame(simulate_once(scenario, 0), scenario)
    write_csv(tickets, tmp_path / "tickets.csv", index=False)
    times = ["opened", "answered", "resolved", "closed"]
    back = pd.read_csv(tmp_path / "tickets.csv", parse_dates=times, date_format="ISO8601")
    pd.testing.assert_frame_equal(back.astype(tickets.dtypes), tickets, check_exact=True)


def test_csv_holds_no_formula(tmp_path: Path) -> None:
    texts = ["=1+1", "+1", "-1", "@x", "\tx", "plain", "a=b", ""]
    frame = pd.DataFrame({"text": texts, "number": np.arange(-4.0, 4.0)}, index=texts)
    write_csv(frame, tmp_path / "x.csv", index=True)
    back = pd.read_csv(tmp_path / "x.csv", keep_default_na=False)
    expected = ["'=1+1", "'+1", "'-1", "'@x", "'\tx", "plain", "a=b", ""]
    assert back["text"].tolist() == expected
    assert back["index"].tolist() == expected
    assert back["number"].tolist() == frame["number"].tolist()
