"""The registry holds every published figure, and takes users' files with clear errors."""

import re
import tomllib
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import ValidationError

from supportsim.benchmarks import unit_factor
from supportsim.benchmarks.registry import QUANTITIES, Figure, Quantity, load_registry
from supportsim.errors import BenchmarkError
from supportsim.measures import find
from supportsim.scenario.loading import validate

REGISTRY = load_registry()

PUBLISHED: dict[str, tuple[float | tuple[float, float], str]] = {
    "portal.answered_within_1h": (0.10, "share"),
    "portal.answered_within_24h": (0.60, "share"),
    "portal.answered_within_48h": (0.90, "share"),
    "portal.first_response_time": (6, "h"),
    "portal.resolution_time": ((2, 3), "d"),
    "portal.wrap_up": (10, "min"),
    "portal.response_rate": (0.95, "share"),
    "portal.resolution_rate": (0.95, "share"),
    "portal.csat": (0.92, "share"),
    "portal.nps": (45, "score"),
    "portal.ces": (10, "score"),
    "portal.tickets_per_day": (5, "per day"),
    "portal.backlog": (10, "tickets"),
    "portal.backlog_awaiting": (4, "tickets"),
    "portal.transfers": (0.25, "per ticket"),
    "portal.business_hours_share": (0.80, "share"),
    "portal.cost_per_contact": (5, "currency"),
    "portal.device_share.desktop": (0.60, "share"),
    "portal.device_share.mobile": (0.38, "share"),
    "portal.device_share.tablet": (0.02, "share"),
    "portal.company_adoption": (0.10, "share"),
    "portal.company_adoption_other_page": (0.10, "share"),
    "portal.forum_adoption": (0.02, "share"),
    "portal.multilingual_kb": (0.01, "share"),
    "portal.used_before": (0.77, "share"),
    "self_service.tried_first": (0.66, "share"),
    "self_service.tried_first_hbr": (0.81, "share"),
    "self_service.preferred": (0.67, "share"),
    "self_service.tried_after": (0.01, "share"),
    "self_service.fails_for_lack_of_content": (0.50, "share"),
    "self_service.expected": (0.90, "share"),
    "self_service.fully_used": (0.10, "share"),
    "self_service.article_traffic": (0.90, "share"),
    "self_service.visits_vs_channels": ((2, 4), "times"),
    "self_service.visits_vs_email": (0.3333, "times"),
    "self_service.ticket_share": (0.01, "share"),
    "self_service.cart_abandonment": (0.22, "share"),
    "self_service.mobile_purchase_uplift": (0.79, "share"),
    "escalation.chat_to_email": (0.25, "share"),
    "escalation.phone_to_email": (0.20, "share"),
    "escalation.email_to_phone": (0.05, "share"),
    "peak.chat": ((11, 15), "hour of day"),
    "peak.phone": (11, "hour of day"),
    "global.first_contact_resolution": (0.74, "share"),
    "global.csat": (0.86, "share"),
    "global.ces": (5.5, "score"),
    "global.nps": (32, "score"),
    "global.cost_per_ticket": (15.56, "currency"),
    "global.cost_per_ticket_range": ((2.93, 49.69), "currency"),
    "global.cost_per_minute": (1.60, "currency"),
    "global.agent_turnover": (0.29, "share"),
    "global.customer_churn": (0.3333, "share"),
    "global.channels_used": (0.49, "share"),
    "global.expect_reply_15min": (0.12, "share"),
    "global.expect_reply_4h": (0.46, "share"),
    "global.response_time.fastest": (1, "min"),
    "global.response_time.average": ((10, 720), "min"),
    "global.response_time.slowest": (8, "d"),
    "global.messages_before_reply": (1.15, "per ticket"),
    "global.switch_after": (0.40, "share"),
    "global.unanswered": (0.50, "share"),
    "global.agent_cannot_resolve": (0.42, "share"),
    "global.chat_agents_many_systems": (0.80, "share"),
}

SET_BY = {
    "portal.tickets_per_day": (
        "channels.portal.arrivals.per_day",
        "channels.portal.arrivals.counts",
    ),
    # What a channel leaves out is set as well: to a flat profile, to no wrap-up, to no transfers.
    "portal.business_hours_share": ("channels.portal.arrivals",),
    "portal.wrap_up": ("channels.portal",),
    "portal.transfers": ("channels.portal",),
    "portal.resolution_rate": ("channels.portal.resolution",),
    "portal.cost_per_contact": ("teams.*.cost_per_hour",),
    "portal.device_share.desktop": ("channels.portal.devices",),
    "portal.device_share.mobile": ("channels.portal.devices",),
    "portal.device_share.tablet": ("channels.portal.devices",),
    # Whatever an experience is, the ends of the scale say what customers make of it.
    "portal.csat": ("satisfaction.csat", "channels.portal.satisfaction.csat"),
    "portal.nps": ("satisfaction.nps", "channels.portal.satisfaction.nps"),
    "portal.ces": ("satisfaction.ces", "channels.portal.satisfaction.ces"),
    "global.csat": ("satisfaction.csat", "channels.*.satisfaction.csat"),
    "global.nps": ("satisfaction.nps", "channels.*.satisfaction.nps"),
    "global.ces": ("satisfaction.ces",),  # that of all is on the desk's scale
    # One share for both: the two values exclude each other.
    "self_service.tried_first": ("self_service.tried_first",),
    "self_service.tried_first_hbr": ("self_service.tried_first",),
    "self_service.ticket_share": ("channels.*.arrivals",),
    "escalation.chat_to_email": ("channels.chat.escalation",),
    "escalation.phone_to_email": ("channels.phone.escalation",),
    "escalation.email_to_phone": ("channels.email.escalation",),
    "peak.chat": ("channels.chat.arrivals",),
    "peak.phone": ("channels.phone.arrivals",),
    "global.cost_per_minute": ("teams.*.cost_per_hour",),
    "global.agent_turnover": ("teams.*.turnover.per_year",),
    "global.messages_before_reply": ("channels.*.bumps",),
}

CONTEXT = {
    # What companies and customers do outside the desk.
    "portal.company_adoption", "portal.company_adoption_other_page", "portal.forum_adoption",
    "portal.multilingual_kb", "portal.used_before", "self_service.preferred",
    "self_service.tried_after", "self_service.fails_for_lack_of_content", "self_service.expected",
    "self_service.fully_used", "self_service.article_traffic", "self_service.visits_vs_channels",
    "self_service.visits_vs_email", "self_service.cart_abandonment",
    "self_service.mobile_purchase_uplift", "global.channels_used",
    # Keys of a scenario that no measure gives back.
    "global.customer_churn", "global.expect_reply_15min", "global.expect_reply_4h",
    "global.switch_after", "global.agent_cannot_resolve", "global.chat_agents_many_systems",
    # Extremes.
    "global.response_time.fastest", "global.response_time.slowest",
}  # fmt: skip

MINE = """
[[figure]]
id = "ours.csat"
title = "Our satisfaction"
definition = "Our customers who are satisfied, of those asked."
quantity = "csat"
channel = "email"
value = 0.8
unit = "share"
tolerance = { low = 0.75, high = 0.85, reason = "a small survey" }
publisher = "We"
source = "our own survey"
status = "not simulated yet"
reason = "there is no measure"
"""


def write(folder: Path, text: str) -> Path:
    file = folder / "mine.toml"
    file.write_text(text, encoding="utf-8")
    return file


def figure(**changes: Any) -> Figure:
    return Figure.model_validate({**tomllib.loads(MINE)["figure"][0], **changes})


def test_every_published_figure_is_there_and_no_other():
    found = {
        figure_id: (
            (figure.low, figure.high) if figure.value is None else figure.value,
            figure.unit,
        )
        for figure_id, figure in REGISTRY.items()
    }
    assert found == PUBLISHED


def test_only_what_a_scenario_sets_is_an_input():
    assert {name: figure.set_by for name, figure in REGISTRY.items() if figure.set_by} == SET_BY


def test_every_figure_is_simulated_but_for_those_that_no_queue_can_tell():
    by_status = {name: figure.status for name, figure in REGISTRY.items()}
    assert {name for name, status in by_status.items() if status == "context"} == CONTEXT
    assert set(by_status.values()) == {"simulated", "context"}


ANY = {"arrivals": {"per_day": 5}, "work": "5min"}
PEAK = {"arrivals": {"per_day": 50, "peaks": {"x": {"from": "11:00", "to": "12:00", "factor": 2}}}}

WHOLE_DESK = validate(
    {
        "name": "everything that is published",
        "channels": {
            "portal": ANY
            | {
                "devices": {"desktop": 0.6, "mobile": 0.38, "tablet": 0.02},
                "satisfaction": {"csat": [0, 1], "nps": [-100, 100], "ces": [0, 12]},
            },
            "chat": ANY | PEAK | {"live": True, "escalation": {"to": "email", "probability": 0.25}},
            "phone": ANY | PEAK | {"live": True, "escalation": {"to": "email", "probability": 0.2}},
            "email": ANY
            | {
                "escalation": {"to": "phone", "probability": 0.05},
                "bumps": {"probability": 0.2, "delay": "1d"},
            },
        },
        "teams": {
            "desk": {
                "agents": 1,
                "serves": ["portal", "chat", "phone", "email"],
                "shifts": [{"days": "Mon-Fri", "from": "09:00", "to": "17:00"}],
                "cost_per_hour": 96,
                "turnover": {"per_year": 0.29},
            }
        },
        "self_service": {"tried_first": 0.66, "answered": 0.5},
        "satisfaction": {"csat": [0, 1], "nps": [-100, 100], "ces": [0, 10]},
    }
)
"""A desk of which every figure can be measured that is simulated at all."""


@pytest.mark.parametrize("name", sorted(set(REGISTRY) - CONTEXT))
def test_a_simulated_figure_has_a_measure_of_its_channel_and_unit(name):
    figure = REGISTRY[name]
    asked = find(figure.measure, WHOLE_DESK)
    assert asked.owner == ("all" if figure.channel == "self_service" else figure.channel)
    unit_factor(figure, asked.measure.unit)  # it refuses what cannot be compared
    clock = figure.judged_clock or figure.clock
    assert clock == "none" or asked.measure.clock == clock


def test_a_figure_that_stays_context_says_which_key_has_it():
    keys = {
        "global.customer_churn": "customers.leave_after_bad_experience",
        "global.expect_reply_15min": "customers.expectations",
        "global.expect_reply_4h": "customers.expectations",
        "global.switch_after": "channels.*.switching",
        "global.agent_cannot_resolve": "channels.*.tools.blocked",
        "global.chat_agents_many_systems": "channels.chat.tools.slowed",
    }
    for name, key in keys.items():
        assert key in REGISTRY[name].reason


def test_what_sets_a_figure_is_a_key_of_the_scenario():
    paths = list(keys_of(WHOLE_DESK.to_dict()))
    left_out = {"channels.portal.resolution", "channels.portal.arrivals.counts"}
    patterns = {pattern for figure in REGISTRY.values() for pattern in figure.set_by} - left_out
    for pattern in patterns:
        assert any(is_key(path, pattern) for path in paths), pattern


def keys_of(table, above=()):
    for key, value in table.items():
        yield (*above, key)
        if isinstance(value, dict):
            yield from keys_of(value, (*above, key))


def is_key(path, pattern):
    parts = pattern.split(".")
    return len(path) == len(parts) and all(
        part in ("*", key) for part, key in zip(parts, path, strict=True)
    )


def test_the_two_values_for_self_service_exclude_each_other():
    one, other = REGISTRY["self_service.tried_first"], REGISTRY["self_service.tried_first_hbr"]
    assert one.measure == other.measure
    assert one.tolerance.high < other.tolerance.low


def test_the_first_response_is_judged_in_business_hours_and_says_why():
    first = REGISTRY["portal.first_response_time"]
    assert first.clock == "not stated"
    assert first.judged_clock == "business hours"
    assert first.measure == "portal.first_response_time_business"
    assert "business hours" in first.note


def test_both_backlogs_name_their_reading():
    assert REGISTRY["portal.backlog"].read_as == "backlog_open"
    assert REGISTRY["portal.backlog_awaiting"].read_as == "backlog_awaiting"


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("portal.answered_within_24h", 0.57, 0.63),
        ("portal.response_rate", 0.93, 0.97),
        ("portal.first_response_time", 5, 7),
        ("portal.resolution_time", 2, 3),
        ("portal.tickets_per_day", 4.75, 5.25),
        ("portal.wrap_up", 9.5, 10.5),
        ("portal.transfers", 0.225, 0.275),
        ("portal.backlog", 8, 12),
        ("portal.backlog_awaiting", 3, 5),
    ],
)
def test_tolerances(name, low, high):
    tolerance = REGISTRY[name].tolerance
    assert (tolerance.low, tolerance.high) == pytest.approx((low, high))


def test_published_is_a_pair():
    assert REGISTRY["portal.csat"].published == (0.92, 0.92)
    assert REGISTRY["portal.resolution_time"].published == (2, 3)


def test_every_quantity_and_every_key_is_documented():
    assert set(QUANTITIES) == set(get_args(Quantity))
    assert all(field.description for field in Figure.model_fields.values())


def test_quantities_are_all_in_use_or_for_users():
    used = {figure.quantity for figure in REGISTRY.values()}
    assert set(QUANTITIES) - used == {"handling_time"}


def test_texts_name_no_path():
    for figure in REGISTRY.values():
        assert not re.search(r"(?<!\w)/\w", figure.model_dump_json())


def test_figures_are_frozen():
    with pytest.raises(ValidationError):
        REGISTRY["portal.csat"].value = 1.0


class TestSelect:
    def test_ids_and_groups_in_the_registrys_order_each_once(self):
        names = ["peak", "portal.device_share", "portal.csat", "peak.chat"]
        assert [figure.id for figure in REGISTRY.select(names)] == [
            "portal.csat",
            "portal.device_share.desktop",
            "portal.device_share.mobile",
            "portal.device_share.tablet",
            "peak.chat",
            "peak.phone",
        ]

    def test_nothing(self):
        assert REGISTRY.select([]) == ()

    @pytest.mark.parametrize(
        ("name", "hint"),
        [
            ("portl", 'did you mean "portal"?'),
            ("portal.cast", 'did you mean "portal.csat"?'),
            ("global.response_tme", 'did you mean "global.response_time"?'),
        ],
    )
    def test_unknown_names_get_the_nearest(self, name, hint):
        with pytest.raises(BenchmarkError, match=re.escape(f'"{name}"; {hint}')):
            REGISTRY.select([name])

    def test_channel(self):
        ids = {figure.id for figure in REGISTRY.channel("portal")}
        assert "self_service.ticket_share" in ids
        assert "portal.csat" in ids
        assert "global.csat" not in ids
        assert REGISTRY.channel("fax") == ()


class TestUserFiles:
    def test_are_added_after_the_builtin_ones(self, tmp_path):
        registry = load_registry([write(tmp_path, MINE)])
        assert list(registry) == [*REGISTRY, "ours.csat"]
        assert repr(registry) == f"Registry of {len(REGISTRY) + 1} figures"

    def test_may_stand_alone(self, tmp_path):
        assert list(load_registry([str(write(tmp_path, MINE))], builtin=False)) == ["ours.csat"]

    def test_may_be_empty_and_have_a_byte_order_mark(self, tmp_path):
        assert len(load_registry([write(tmp_path, "\ufeff# nothing yet")], builtin=False)) == 0

    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            ("publisher =", "publsher =", 'ours.csat: publsher: unknown key; did you mean "publ'),
            ("high = 0.85", "hgh = 0.85", 'tolerance.hgh: unknown key; did you mean "high"?'),
            ('publisher = "We"\n', "", "ours.csat: publisher: is missing"),
            ('id = "ours.csat"\n', "", "mine.toml: figure 1: id: is missing"),
            ('"ours.csat"', '"Our score"', "Our score: id: must be names joined by dots"),
            ('"ours.csat"', '"portal.csat"', "portal.csat: the id is already used in the built-in"),
            ("value = 0.8", 'value = "80 %"', "value: must be a number, not '80 %'"),
            ("value = 0.8", "value = true", "value: must be a number, not True"),
            ("value = 0.8", "value = nan", "value: must be a finite number, not nan"),
            ("low = 0.75", "low = -inf", "tolerance.low: must be a finite number"),
            ("value = 0.8", "value = 0.9", "the tolerance, 0.75 to 0.85, does not contain the p"),
            ("value = 0.8", "low = 0.7\nhigh = 0.8", "contain the published 0.7 to 0.8"),
            ("value = 0.8", "low = 0.8", "give either `value`, or both `low` and `high`"),
            ("value = 0.8", "", "give either `value`, or both `low` and `high`"),
            ("value = 0.8", "value = 0.8\nhigh = 0.9", "give either `value`"),
            ("value = 0.8", "low = 0.9\nhigh = 0.8", "`low` (0.9) is above `high` (0.8)"),
            ("value = 0.8", 'value = 0.8\nwithin = "1 fortnight"', 'within: "1 fortnight" is not'),
            ('"csat"', '"cast"', "quantity: 'cast' is not known; did you mean \"csat\"?"),
            ('"csat"', '"?"', "quantity: '?' is not one of 'answered_within'"),
            ('"share"', "3", "unit: 3 is not one of 'share'"),
            ('"share"', '"h"', 'the unit of "csat" is share, not "h"'),
            ('"csat"', '"answered_within"', '"answered_within" needs `within`'),
            ('"csat"', '"escalation"', '"escalation" needs `to`'),
            ('"csat"', '"composition"', '"composition" needs `category`'),
            ('reason = "there is no measure"', "", "needs a `reason`"),
            ('"not simulated yet"', '"simulated"', 'if, and only if, its `status` is "simulated"'),
            ("value = 0.8", 'value = 0.8\nmeasure = "email.csat"', "only if, its `status`"),
            ("value = 0.8", 'value = 0.8\nset_by = "x"', "set_by: must be a list, not 'x'"),
            ("value = 0.8", 'value = 0.8\nset_by = ["no key"]', "set_by.0: must be names"),
            ("value = 0.8", 'value = 0.8\nreadings = ["backlog_open"]', "only a \"backlog\" has"),
            ("value = 0.8", 'value = 0.8\nread_as = "backlog_open"', "must be one of `readings`"),
            ("tolerance = {", "tolerance = 3 #", "tolerance: must be a table"),
            ("[[figure]]", "[[figures]]", 'figures: unknown key; did you mean "figure"?'),
            ("[[figure]]", "[figure]", "write each figure under a line [[figure]]"),
            (MINE, "figure = [1]", "write each figure under a line [[figure]]"),
            ('"We"', '""', "publisher: must be a text that is not empty"),
            ("value = 0.8", "value = ", "is not valid TOML"),
            ("value = 0.8", "value = " + "9" * 5000, "is not valid TOML"),
            ("value = 0.8", "value = " + "9" * 400, "value: "),
            ("value = 0.8", "value = " + "[" * 5000, "is not valid TOML"),
            ("value = 0.8", "value = 2026-01-05", "value: must be a number"),
        ],
    )  # fmt: skip
    def test_a_bad_one_gets_one_clear_message(self, tmp_path, old, new, message):
        assert old in MINE
        file = write(tmp_path, MINE.replace(old, new, 1))
        with pytest.raises(BenchmarkError, match=re.escape(message)) as caught:
            load_registry([file])
        assert str(caught.value).startswith(f"{file}: ")
        assert "\n" not in str(caught.value)

    def test_the_same_id_twice(self, tmp_path):
        with pytest.raises(BenchmarkError, match=r"ours\.csat: the id is already used in"):
            load_registry([write(tmp_path, MINE + MINE)], builtin=False)

    @pytest.mark.parametrize("name", ["absent.toml", ""])
    def test_one_that_cannot_be_read(self, tmp_path, name):
        with pytest.raises(BenchmarkError, match="cannot be read"):
            load_registry([tmp_path / name])

    def test_one_that_is_not_text(self, tmp_path):
        file = tmp_path / "mine.toml"
        file.write_bytes(b"\xff\xfe\x00")
        with pytest.raises(BenchmarkError, match="is not a UTF-8 text file"):
            load_registry([file])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"quantity": "resolution_time", "unit": "h"},
            "needs a `clock`",
        ),
        (
            {"quantity": "wrap_up", "unit": "min", "value": -1.0},
            "cannot be negative",
        ),
    ],
)
def test_a_figure_made_in_python_is_checked_too(changes, message):
    with pytest.raises(ValidationError, match=message):
        figure(**changes)
