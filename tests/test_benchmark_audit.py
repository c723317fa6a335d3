"""The audit finds the known contradictions, and those of registries it has never seen."""

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supportsim.benchmarks.audit import OFFICE_WEEK, Finding, audit
from supportsim.benchmarks.audit_facts import Span, business_range, plain, ranged, time
from supportsim.benchmarks.registry import QUANTITIES, Figure, load_registry
from supportsim.errors import InputError

BUILTIN = audit(load_registry().values())
DAY, WEEK = 1440, 10080


def figure(figure_id: str, quantity: str, channel: str, value: Any, **more: Any) -> Figure:
    """Return a figure with no more tolerance than is given as `slack`."""
    low, high = value if isinstance(value, tuple) else (value, value)
    slack = more.pop("slack", 0)
    unit = QUANTITIES[quantity][0][0]
    published = {"value": value} if low == high else {"low": low, "high": high}
    is_time = quantity in ("first_response_time", "resolution_time")
    defaults = {
        "id": f"x.{figure_id}",
        "title": figure_id,
        "definition": figure_id,
        "quantity": quantity,
        "channel": channel,
        "unit": unit,
        "clock": "calendar" if is_time else "none",
        "publisher": "Us",
        "source": "a page",
        "status": "context",
        "reason": "made up",
        "tolerance": {"low": low - slack, "high": high + slack, "reason": "made up"},
    }
    return Figure.model_validate({**defaults, **published, **more})


def band(threshold: str, share: float, channel: str = "fax", **more: Any) -> Figure:
    name = f"within_{threshold}"
    return figure(name, "answered_within", channel, share, within=threshold, **more)


def one(findings: tuple[Finding, ...], rule: str, *ids: str) -> Finding:
    """Return the only finding of a rule about all of these figures."""
    (found,) = [
        finding for finding in findings if finding.rule == rule and set(ids) <= set(finding.figures)
    ]
    return found


def contradicting_rules(figures: list[Figure], **more: Any) -> set[str]:
    return {found.rule for found in audit(figures, **more) if found.kind == "contradiction"}


class TestBuiltin:
    def test_every_contradiction_and_no_other(self):
        assert [
            (found.rule, found.figures[-1]) for found in BUILTIN if found.kind == "contradiction"
        ] == [
            ("bands and mean", "portal.first_response_time"),
            ("two values", "self_service.tried_first_hbr"),
            ("cost against time", "portal.wrap_up"),
        ]

    def test_bands_put_the_mean_at_10_6_hours_on_the_calendar(self):
        found = one(BUILTIN, "bands and mean")
        assert "10.6 h or more on the calendar clock" in found.statement
        assert "6 h is possible there" in found.statement
        assert found.reading == "6 h counts business hours"

    @pytest.mark.parametrize(
        ("name", "kind", "reading"),
        [
            ("portal.backlog", "agreement", "10 counts the open tickets"),
            (
                "portal.backlog_awaiting",
                "depends on reading",
                "4 counts the tickets that await a first response",
            ),
        ],
    )
    def test_littles_law_tells_the_backlogs_apart(self, name, kind, reading):
        found = one(BUILTIN, "Little's law", name)
        assert (found.kind, found.reading) == (kind, reading)
        assert "make at least 9.5 open tickets (2 to 3 days for the 95 % res" in found.statement
        assert "at least 2.1 tickets that await" in found.statement

    def test_two_backlogs_depend_on_the_reading(self):
        found = one(BUILTIN, "two values", "portal.backlog", "portal.backlog_awaiting")
        assert found.kind == "depends on reading"
        assert found.reading.startswith("10 counts the open tickets and 4 counts the tickets that")

    def test_two_sources_disagree(self):
        found = one(BUILTIN, "two values", "self_service.tried_first")
        assert "66 % (LiveAgent)" in found.statement
        assert "81 % (Harvard Business Review)" in found.statement

    def test_escalation_caps(self):
        found = one(BUILTIN, "escalation cap")
        assert found.kind == "agreement"
        for words in ("75 % on chat", "80 % on phone", "74 % is published", "1 % of tickets below"):
            assert words in found.statement

    def test_costs(self):
        assert "9.7 min" in one(BUILTIN, "cost against time", "global.cost_per_ticket").statement
        found = one(BUILTIN, "cost against time", "global.cost_per_ticket_range")
        assert "1.8 to 31.1 min" in found.statement
        found = one(BUILTIN, "cost against time", "portal.cost_per_contact")
        assert "5 a contact at 1.6 a minute pay for 3.1 min" in found.statement
        assert "10 min of wrap-up alone cost 16." in found.statement
        assert "30 an hour" in found.reading

    def test_total_volume(self):
        found = one(BUILTIN, "volume")
        assert found.kind == "implied"
        assert "about 500 a day" in found.statement

    def test_the_rest(self):
        kinds = {found.rule: found.kind for found in BUILTIN}
        assert kinds["complementary shares"] == "depends on reading"
        assert kinds["ordered shares"] == "agreement"
        assert kinds["parts of a whole"] == "agreement"
        assert kinds["response before resolution"] == "agreement"
        assert "scale" not in kinds
        assert "bands in order" not in kinds

    def test_statements_are_sentences_about_figures_that_exist(self):
        registry = load_registry()
        for found in BUILTIN:
            assert found.statement.endswith(".")
            assert not re.search(r"\d\.\d{3}|\binf\b|\bnan\b|None", found.statement)
            assert found.source
            assert len(set(found.figures)) == len(found.figures)
            assert set(found.figures) <= set(registry)

    def test_around_the_clock_there_is_no_way_out(self):
        found = one(audit(load_registry().values(), [(0, WEEK)]), "bands and mean")
        assert (found.kind, found.reading) == ("contradiction", "")


# One figure of everything, on other channels and with other numbers, all of them possible at once.
CONSISTENT = {
    "1h": band("1h", 0.4),
    "8h": band("8h", 0.8),
    "rate": figure("rate", "response_rate", "fax", 0.9),
    "unanswered": figure("unanswered", "unanswered", "fax", 0.1),
    "resolved": figure("resolved", "resolution_rate", "fax", 0.85),
    "first": figure("first", "first_response_time", "fax", 360.0),
    "stay": figure("stay", "resolution_time", "fax", 36.0, unit="h"),
    "arrivals": figure("arrivals", "arrivals_per_day", "fax", 40),
    "open": figure("open", "backlog", "fax", 60, readings=["backlog_open"]),
    "awaiting": figure("awaiting", "backlog", "fax", 12, readings=["backlog_awaiting"]),
    "part": figure("part", "share_of_tickets", "fax", 0.2),
    "part_sms": figure("part_sms", "share_of_tickets", "sms", 0.7),
    "total": figure("total", "arrivals_per_day", "all", 200),
    "fcr": figure("fcr", "first_contact_resolution", "sms", 0.6),
    "fcr_all": figure("fcr_all", "first_contact_resolution", "all", 0.65),
    "sms_fax": figure("sms_fax", "escalation", "sms", 0.2, to="fax"),
    "sms_phone": figure("sms_phone", "escalation", "sms", 0.1, to="phone"),
    "minute": figure("minute", "cost_per_minute", "all", 2.0),
    "contact": figure("contact", "cost_per_contact", "fax", 12),
    "ticket": figure("ticket", "cost_per_ticket", "fax", 20),
    "wrap_up": figure("wrap_up", "wrap_up", "fax", 5),
    "handling": figure("handling", "handling_time", "fax", 0.09, unit="h"),
    "red": figure("red", "composition", "fax", 0.3, subject="colour", category="red"),
    "blue": figure("blue", "composition", "fax", 0.7, subject="colour", category="blue"),
    "nps": figure("nps", "nps", "fax", -20),
}


def changed(*others: Figure, **values: Any) -> list[Figure]:
    """Return the consistent figures with other values for some."""
    figures = {key: figure.model_dump(exclude_none=True) for key, figure in CONSISTENT.items()}
    for key, value in values.items():
        figures[key]["value"] = value
        figures[key]["tolerance"] |= {"low": value, "high": value}
    return [*map(Figure.model_validate, figures.values()), *others]


class TestOtherRegistries:
    def test_consistent_figures_do_not_contradict(self):
        kinds = {found.kind for found in audit(CONSISTENT.values())}
        assert kinds == {"agreement", "implied"}

    def test_every_rule_but_the_two_that_need_a_fault_speaks(self):
        assert {found.rule for found in audit(CONSISTENT.values())} == {
            "bands and mean",
            "Little's law",
            "escalation cap",
            "cost against time",
            "wrap-up in handling",
            "ordered costs",
            "complementary shares",
            "ordered shares",
            "parts of a whole",
            "response before resolution",
            "volume",
            "shares of channels",
        }

    @pytest.mark.parametrize(
        ("figures", "rule"),
        [
            (changed(**{"1h": 0.81}), "bands in order"),
            (changed(**{"8h": 0.92}), "bands in order"),
            (changed(first=60.0), "bands and mean"),
            (changed(open=50), "Little's law"),
            (changed(awaiting=70, rate=1, resolved=1, unanswered=0), "Little's law"),
            (changed(awaiting=2), "Little's law"),
            (changed(figure("other", "csat", "fax", 0.5), figure("csat", "csat", "fax", 0.6)),
             "two values"),
            (changed(fcr=0.75), "escalation cap"),
            (changed(fcr_all=0.75), "escalation cap"),
            (changed(contact=9), "cost against time"),
            (changed(handling=0.2), "cost against time"),
            (changed(wrap_up=5.8), "wrap-up in handling"),
            (changed(ticket=11), "ordered costs"),
            (changed(part_sms=0.9), "shares of channels"),
            (changed(unanswered=0.2), "complementary shares"),
            (changed(resolved=0.95), "ordered shares"),
            (changed(blue=0.6), "parts of a whole"),
            (changed(nps=-120), "scale"),
            (changed(figure("csat", "csat", "fax", 92)), "scale"),
            (changed(total=300), "volume"),
        ],
    )  # fmt: skip
    def test_a_fault_is_found_by_its_rule_alone(self, figures, rule):
        assert contradicting_rules(figures) == {rule}

    def test_response_after_resolution(self):
        figures = [
            figure("first", "first_response_time", "fax", 120, clock="business hours"),
            figure("stay", "resolution_time", "fax", 60, clock="business hours"),
        ]
        assert contradicting_rules(figures) == {"response before resolution"}
        figures[1] = figure("stay", "resolution_time", "fax", 60)
        assert audit(figures) == ()  # two clocks do not compare

    @pytest.mark.parametrize("dropped", CONSISTENT)
    def test_a_missing_figure_silences_and_never_accuses(self, dropped):
        rest = [figure for key, figure in CONSISTENT.items() if key != dropped]
        assert contradicting_rules(rest) == set()

    def test_nothing_says_nothing(self):
        assert audit([]) == ()

    def test_ranges_and_tolerances_give_room(self):
        figures = [band("1h", 0.5), band("10h", 1.0), figure("rate", "response_rate", "fax", 1)]
        tight = figure("first", "first_response_time", "fax", 25)
        assert contradicting_rules([*figures, tight]) == {"bands and mean"}
        loose = figure("first", "first_response_time", "fax", 25, slack=5)
        (found,) = audit([*figures, loose])
        assert found.kind == "agreement"
        assert found.statement.endswith("25 min is published, which the tolerances allow.")
        wide = figure("first", "first_response_time", "fax", (25, 60))
        assert contradicting_rules([*figures, wide]) == set()

    def test_the_floor_and_the_ceiling_take_the_favourable_ends_of_all_tolerances(self):
        figures = [
            band("1h", 0.4, slack=0.1),
            band("10h", 0.8, slack=0.1),
            figure("rate", "response_rate", "fax", 0.8, slack=0.1),
        ]
        # As published 0.5 to 5.5 h; at the ends, (0.7 - 0.5) / 0.7 h and (0.3 + 0.6 × 10) / 0.9 h.
        for minutes, contradicts in [(17, True), (18, False), (419, False), (421, True)]:
            mean = figure("mean", "first_response_time", "fax", minutes)
            assert bool(contradicting_rules([*figures, mean])) is contradicts

    def test_a_bounded_tail_bounds_the_mean_from_above(self):
        figures = [band("1h", 0.5), band("10h", 1.0), figure("rate", "response_rate", "fax", 1)]
        late = figure("first", "first_response_time", "fax", 331)
        found = one(audit([*figures, late]), "bands and mean")
        assert found.kind == "contradiction"
        assert "0.5 to 5.5 h" in found.statement  # (30 + 300) / 60 at most
        assert contradicting_rules([band("1h", 0.5), band("10h", 1.0), late]) == set()

    def test_only_a_stated_clock_is_judged(self):
        figures = [band("24h", 0.1), band("96h", 1.0), figure("rate", "response_rate", "fax", 1)]
        mean = {"figure_id": "m", "quantity": "first_response_time", "channel": "fax"}
        for clock, minutes, contradicts in [
            ("calendar", 600, True),
            ("business hours", 600, False),
            ("business hours", 31 * 60, True),  # at most 4 days of 8 hours for nine in ten
            ("calendar", 31 * 60, False),
        ]:
            stated = figure(**mean, value=minutes, clock=clock)
            found = one(audit([*figures, stated]), "bands and mean")
            assert (found.kind == "contradiction") is contradicts
            assert found.reading == ""
        unstated = one(
            audit([*figures, figure(**mean, value=600, clock="not stated")]), "bands and mean"
        )
        assert (unstated.kind, unstated.reading) == ("contradiction", "10 h counts business hours")

    def test_bands_in_business_hours_are_left_alone(self):
        figures = [
            band("8h", 0.9, clock="business hours"),
            band("24h", 0.5),
            figure("rate", "response_rate", "fax", 0.9),
        ]
        assert contradicting_rules(figures) == set()

    def test_a_backlog_that_fits_no_reading(self):
        figures = [
            figure("arrivals", "arrivals_per_day", "fax", 10),
            figure("stay", "resolution_time", "fax", (2880, 4320)),
            figure("first", "first_response_time", "fax", 720),
        ]
        for size, kind in [
            (25, "depends on reading"),
            (5, "depends on reading"),
            (10, "contradiction"),
            (40, "contradiction"),
        ]:
            found = one(
                audit([*figures, figure("backlog", "backlog", "fax", size)]), "Little's law"
            )
            assert found.kind == kind
            assert "20 to 30 open tickets" in found.statement
            assert "5 tickets that await a first response" in found.statement

    @pytest.mark.parametrize(
        ("resolved", "size", "contradicts"),
        [
            (0.5, 130, False),  # the other half may be open for any time
            (0.5, 12, False),
            (0.5, 11, True),
            (1, 130, True),
            (1, 24, False),
            (1, 23, True),
            (None, 130, True),
            (None, 24, False),
        ],
    )
    def test_the_resolved_are_a_floor_under_the_open_tickets(self, resolved, size, contradicts):
        figures = [
            figure("arrivals", "arrivals_per_day", "fax", 24),
            figure("stay", "resolution_time", "fax", DAY),
            figure("backlog", "backlog", "fax", size, readings=["backlog_open"]),
        ]
        if resolved is not None:
            figures.append(figure("resolved", "resolution_rate", "fax", resolved))
            figures.append(figure("rate", "response_rate", "fax", resolved))
        assert contradicting_rules(figures) == ({"Little's law"} if contradicts else set())
        found = one(audit(figures), "Little's law")
        assert ("at least 12 open tickets" if resolved == 0.5 else "24 open") in found.statement

    def test_a_contact_pays_for_its_handling_unless_a_ticket_takes_several(self):
        figures = [
            figure("minute", "cost_per_minute", "all", 2),
            figure("contact", "cost_per_contact", "fax", 12),
            figure("handling", "handling_time", "fax", 10),
        ]
        assert contradicting_rules(figures) == {"cost against time"}
        found = one(audit(figures), "cost against time", "x.handling")
        assert "10 min of handling at 2 a minute alone cost 20." in found.statement
        assert found.reading.startswith("a ticket takes several contacts, or")
        covered = audit([*figures, figure("ticket", "cost_per_ticket", "fax", 24)])
        kinds = {found.figures[0]: found.kind for found in covered if "x.handling" in found.figures}
        assert kinds == {"x.ticket": "agreement", "x.contact": "depends on reading"}
        short = [*figures, figure("ticket", "cost_per_ticket", "fax", 18)]
        assert contradicting_rules(short) == {"cost against time"}
        loose = figure("handling", "handling_time", "fax", 10, slack=4)
        assert contradicting_rules([*figures[:2], loose]) == set()

    def test_costs_and_work_of_two_scopes_do_not_compare(self):
        figures = [
            figure("ticket", "cost_per_ticket", "all", 5),
            figure("contact", "cost_per_contact", "fax", 12),
            figure("wrap_up", "wrap_up", "fax", 9),
            figure("handling", "handling_time", "all", 6),
        ]
        assert audit(figures) == ()

    def test_shares_of_channels_leave_room_for_tolerances_and_other_rules(self):
        fax = figure("fax", "share_of_tickets", "fax", 0.6)
        for sms, rules in [
            (figure("sms", "share_of_tickets", "sms", 0.5), {"shares of channels"}),
            (figure("sms", "share_of_tickets", "sms", 0.5, slack=0.1), set()),
            (figure("sms", "share_of_tickets", "sms", 1.2), {"scale"}),
            (figure("all", "share_of_tickets", "all", 1), set()),
            (figure("twice", "share_of_tickets", "fax", 0.5, slack=0.1), set()),
        ]:
            assert contradicting_rules([fax, sms]) == rules

    def test_two_backlogs_of_which_one_is_impossible(self):
        figures = [
            figure("arrivals", "arrivals_per_day", "fax", 10),
            figure("stay", "resolution_time", "fax", 1440),
            figure("backlog", "backlog", "fax", 10),
            figure("more", "backlog", "fax", 30),
        ]
        assert contradicting_rules(figures) == {"Little's law", "two values"}

    def test_two_values_of_other_meaning_or_within_tolerance(self):
        assert not audit([band("1h", 0.5), band("2h", 0.6)])
        assert not audit([figure("a", "csat", "fax", 0.5), figure("b", "csat", "sms", 0.6)])
        near = [figure(name, "csat", "fax", value, slack=0.05)
                for name, value in (("a", 0.5), ("b", 0.6))]  # fmt: skip
        assert not audit(near)
        same = [band("60min", 0.5), band("1h", 0.6, id="x.other")]
        assert contradicting_rules(same) == {"two values"}

    def test_other_rules_take_the_side_of_neither_publisher(self):
        too = figure("contact_too", "cost_per_contact", "fax", 8)
        for figures in (changed(too), [too, *changed()]):
            assert contradicting_rules(figures) == {"two values"}

    def test_a_range_over_a_range(self):
        figures = [
            figure("ticket", "cost_per_ticket", "fax", (10, 20)),
            figure("minute", "cost_per_minute", "all", (1, 2)),
        ]
        (found,) = audit(figures)
        assert "10 to 20 a ticket at 1 to 2 a minute pay for 5 to 20 min" in found.statement

    def test_a_figure_of_a_special_subject_is_not_the_channels_own(self):
        fastest = figure("fastest", "first_response_time", "fax", 1, subject="fastest company")
        assert audit([band("1h", 0.1), band("9h", 0.9), fastest]) == ()

    def test_a_mean_above_some_caps_only(self):
        figures = [
            figure("fcr", "first_contact_resolution", "all", 0.8),
            figure("sms", "escalation", "sms", 0.5, to="fax"),
            figure("fax", "escalation", "fax", 0.1, to="sms"),
        ]
        (found,) = audit(figures)
        assert found.kind == "agreement"
        assert "above the cap on sms" in found.statement

    def test_business_hours_must_be_in_order(self):
        with pytest.raises(InputError, match="sorted, separate"):
            audit([], [(600, 900), (0, 60)])


def minutes_open(hours: list[tuple[int, int]]) -> np.ndarray:
    """Return the business minutes before each minute of four weeks, counted one by one."""
    week = np.zeros(WEEK)
    for start, end in hours:
        week[start:end] = 1
    return np.concatenate([[0.0], np.cumsum(np.tile(week, 4))])


WEEKS = st.lists(st.integers(0, 168), min_size=2, max_size=8, unique=True).map(
    lambda edges: [
        (60 * start, 60 * end)
        for start, end in zip(sorted(edges)[::2], sorted(edges)[1::2], strict=False)
    ]
)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(hours=WEEKS, span=st.integers(0, 2 * WEEK))
def test_business_range_is_the_extreme_over_every_start(hours, span):
    before = minutes_open(hours)
    inside = before[span : span + WEEK] - before[:WEEK]
    assert business_range(span, hours) == (inside.min(), inside.max())


@pytest.mark.parametrize(
    ("span", "expected"),
    [(60, (0, 60)), (1440, (0, 480)), (2880, (0, 960)), (64 * 60, (0, 1440)), (WEEK, (2400, 2400))],
)
def test_business_range_of_an_office_week(span, expected):
    assert business_range(span, OFFICE_WEEK) == expected


@settings(derandomize=True, max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    size=st.integers(1, 60),
    scale=st.sampled_from([30, 500, 3000]),
    silent=st.integers(0, 30),
    hours=WEEKS,
    thresholds=st.sets(st.integers(0, 6000), min_size=1, max_size=5),
    with_rate=st.booleans(),
)
def test_a_sample_never_contradicts_itself(seed, size, scale, silent, hours, thresholds, with_rate):
    rng = np.random.default_rng(seed)
    asked = rng.integers(0, WEEK, size)
    waits = np.minimum(np.ceil(rng.exponential(scale, size)).astype(int), 2 * WEEK)
    before = minutes_open(hours)
    in_hours = before[asked + waits] - before[asked]
    everyone = size + silent
    figures = [
        band(f"{threshold}min", float((waits <= threshold).sum() / everyone))
        for threshold in thresholds
    ]
    if with_rate:
        figures.append(figure("rate", "response_rate", "fax", size / everyone))
    for clock, times in (("calendar", waits), ("business hours", in_hours)):
        mean = figure("mean", "first_response_time", "fax", float(times.mean()), clock=clock)
        assert contradicting_rules([*figures, mean], business_hours=hours) == set()


@pytest.mark.parametrize(
    ("number", "text"),
    [(10.6316, "10.6"), (9.725, "9.7"), (15.56, "15.56"), (500.0000001, "500"), (16.0, "16"),
     (0.03456, "0.035"), (1234.567, "1235"), (0.1 + 0.2, "0.3"), (45, "45"), (7.04, "7.04")],
)  # fmt: skip
def test_numbers_are_written_for_people(number, text):
    assert plain(number) == text


def test_spans_are_written_for_people():
    assert ranged(Span(2, 3), "tickets") == "2 to 3 tickets"
    assert time(Span(10, 10)) == "10 min"
    assert time(Span(0, float("inf"))) == "0 h or more"
    assert time(Span(2 * DAY, 3 * DAY)) == "2 to 3 days"
