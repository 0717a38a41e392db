"""Hazards and steps: what they ask for, what they keep, what they refuse."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lti_app.core.errors import Invalid
from lti_app.core.policy import Actor
from lti_app.core.schema import load
from modules.blocks import registry
from modules.blocks.registry import BlockView, PageContext
from modules.blocks.types.hazards import HazardsBlock
from modules.blocks.types.protocol_step import ProtocolStepBlock
from modules.blocks.types.text import TextBlock

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
PAGE = PageContext("nl", 1, Actor(), NOW)
LABEL = {"nl": "Temperatuur", "en": "Temperature"}
STEP: dict[str, Any] = {
    "text": {"nl": "Meet.", "en": "Measure."},
    "critical": True,
    "expected_minutes": 5,
    "timers": [{"id": "t1", "label": LABEL, "seconds": 300}],
    "readings": [
        {"id": "temp", "label": LABEL, "unit": "°C", "min": "17", "max": "27",
         "advice": {"nl": "Wacht.", "en": "Wait."}},
        {"id": "note", "label": LABEL, "required": False},
    ],
    "materials": [{"nl": "tips", "en": "tips"}],
    "requires": [],
}  # fmt: skip
HAZARDS: dict[str, Any] = {
    "substances": [
        {
            "name": {"nl": "zwavelzuur", "en": "sulfuric acid"},
            "cas": "7664-93-9",
            "concentration": {"nl": "2 M", "en": "2 M"},
            "pictograms": ["GHS05"],
            "signal_word": "danger",
            "statements": [{"code": "H314", "text": {"nl": "brand", "en": "burn"}}],
            "precautions": [{"code": "P301+P330+P331", "text": {"nl": "niet", "en": "not"}}],
        }
    ],
    "ppe": [{"nl": "bril", "en": "goggles"}],
    "sds": {"url": "https://example.org/sds", "date": "2022-01-15"},
    "confirm": {"nl": "Gelezen", "en": "Read"},
}
step, hazards = ProtocolStepBlock(), HazardsBlock()


def view(body: dict[str, Any], state: dict[str, Any]) -> BlockView:
    return BlockView(1, "u", "x", None, body, state, True, False)


def save(form: dict[str, str], state: Any = None, now: datetime = NOW) -> Any:
    return step.save(STEP, state or {}, form, now)


def test_bodies_as_in_the_contract_are_accepted() -> None:
    load(step.schema, STEP)
    load(hazards.schema, HAZARDS)
    load(TextBlock.schema, {"text": {"nl": "a", "en": "b"}})


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"extra": 1}, "extra"),
        ({"text": {"nl": "a"}}, "text"),
        ({"critical": "yes"}, "critical"),
        ({"expected_minutes": True}, "expected_minutes"),
        ({"timers": [{"id": "t", "label": LABEL, "seconds": 0}]}, "timers.0.seconds"),
        ({"timers": [STEP["timers"][0], STEP["timers"][0]]}, "timers"),
        ({"readings": [{"id": "a", "label": LABEL, "min": 17}]}, "readings.0.min"),
        ({"readings": [{"id": "a", "label": LABEL, "min": "9", "max": "3"}]}, "readings.0.min"),
        ({"requires": ["nope"]}, "requires.0"),
    ],
)
def test_a_step_that_is_not_right_is_refused_by_place(change: dict[str, Any], place: str) -> None:
    with pytest.raises(Invalid) as refused:
        load(step.schema, STEP | change)
    assert place in refused.value.fields


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"pictograms": ["GHS10"]}, "substances.0.pictograms.0"),
        ({"cas": "water"}, "substances.0.cas"),
        ({"signal_word": "gevaar"}, "substances.0.signal_word"),
        ({"statements": [{"code": "X1", "text": LABEL}]}, "substances.0.statements.0.code"),
    ],
)
def test_a_label_that_does_not_exist_is_refused(change: dict[str, Any], place: str) -> None:
    body = HAZARDS | {"substances": [HAZARDS["substances"][0] | change]}
    with pytest.raises(Invalid) as refused:
        load(hazards.schema, body)
    assert place in refused.value.fields


@pytest.mark.parametrize(
    "sheet", [{"url": "javascript:x"}, {"date": "2026-02-31"}, {"date": "gisteren"}]
)
def test_a_data_sheet_needs_a_real_address_and_date(sheet: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        load(hazards.schema, HAZARDS | {"sds": sheet})


def test_hazards_are_done_only_when_confirmed() -> None:
    left = {"done_at": NOW.isoformat()}
    confirmed = hazards.save(HAZARDS, left, {"confirm": "1"}, NOW)

    assert not hazards.is_done(HAZARDS, hazards.save(HAZARDS, left, {}, NOW))
    assert hazards.is_done(HAZARDS, confirmed)
    assert hazards.save(HAZARDS, confirmed, {"confirm": "1"}, NOW + timedelta(days=1)) == confirmed
    assert "confirm" in registry.missing(hazards, HAZARDS, {})


def test_a_data_sheet_older_than_three_years_is_said() -> None:
    assert hazards.view(view(HAZARDS, {}), PAGE)["sheet_is_old"]
    young = HAZARDS | {"sds": {"url": None, "date": "2025-01-15"}}
    assert not hazards.view(view(young, {}), PAGE)["sheet_is_old"]
    assert not hazards.view(view(HAZARDS | {"sds": None}, {}), PAGE)["sheet_is_old"]


@pytest.mark.parametrize("text", ["21,5", "21.5", "\N{MINUS SIGN}3,0", "+4", " 20 "])
def test_readings_are_kept_as_typed_with_comma_or_point(text: str) -> None:
    assert save({"reading-temp": text})["readings"]["temp"] == text.strip()


@pytest.mark.parametrize("text", ["warm", "21,5,0", "1e5", "2 1", "--3", "21,"])
def test_what_is_no_number_is_kept_but_does_not_finish_the_step(text: str) -> None:
    state = save({"reading-temp": text}) | {"done_at": NOW.isoformat()}

    assert state["readings"]["temp"] == text
    assert list(step.missing(STEP, state)) == ["reading-temp"]


@pytest.mark.parametrize("text", ["9" * 41, "2\x071", "2\n1"])
def test_what_cannot_be_a_reading_is_refused_at_its_field(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        save({"reading-temp": text})
    assert list(refused.value.fields) == ["reading-temp"]


def test_a_value_beyond_the_limits_is_kept_and_warned_for() -> None:
    state = save({"reading-temp": "30,5"})

    assert state["readings"]["temp"] == "30,5"
    (sentence,) = step.warnings(STEP, state, "nl")
    assert "30,5 °C" in sentence
    assert sentence.endswith("Wacht.")
    assert step.warnings(STEP, save({"reading-temp": "27"}), "nl") == []


def test_a_step_waits_for_its_required_readings() -> None:
    done = {"done_at": NOW.isoformat()}

    assert list(step.missing(STEP, done)) == ["reading-temp"]
    assert step.is_done(STEP, {**done, "readings": {"temp": "21"}})
    assert not step.is_done(STEP, {"readings": {"temp": "21"}})


def test_a_timer_keeps_the_first_start_and_its_earlier_runs() -> None:
    started = save({"timer": "start:t1"})
    again = save({"timer": "start:t1"}, started, NOW + timedelta(minutes=1))
    stopped = save({"timer": "stop:t1"}, again, NOW + timedelta(minutes=2))
    restarted = save({"timer": "start:t1"}, stopped, NOW + timedelta(minutes=3))

    assert again == started
    assert stopped["timers"]["t1"]["started_at"] == NOW.isoformat()
    assert restarted["timers"]["t1"]["earlier"] == [
        [NOW.isoformat(), (NOW + timedelta(minutes=2)).isoformat()]
    ]
    assert save({"timer": "stop:t1"})["timers"]["t1"] == {}


def test_a_timer_that_was_stopped_by_mistake_goes_on_with_what_was_left() -> None:
    started = save({"timer": "start:t1"})
    stopped = save({"timer": "stop:t1"}, started, NOW + timedelta(minutes=2))
    resumed = save({"timer": "resume:t1"}, stopped, NOW + timedelta(minutes=10))
    again = save({"timer": "resume:t1"}, resumed, NOW + timedelta(minutes=11))
    (standing,) = step.view(view(STEP, stopped), PAGE)["timers"]
    later = replace(PAGE, now=NOW + timedelta(minutes=11))
    (running,) = step.view(view(STEP, resumed), later)["timers"]

    assert (standing["state"], standing["clock"]) == ("stopped", "3:00")
    assert (running["state"], running["clock"]) == ("running", "2:00")
    assert running["counts_from"] == NOW + timedelta(minutes=8)
    assert resumed["timers"]["t1"]["started_at"] == NOW.isoformat()
    assert again == resumed
    assert save({"timer": "resume:t1"})["timers"]["t1"] == {}


def test_a_timer_that_is_over_stays_over_when_it_is_resumed() -> None:
    stopped = save({"timer": "stop:t1"}, save({"timer": "start:t1"}), NOW + timedelta(minutes=6))
    resumed = save({"timer": "resume:t1"}, stopped, NOW + timedelta(minutes=9))
    (timer,) = step.view(view(STEP, resumed), replace(PAGE, now=NOW + timedelta(minutes=9)))[
        "timers"
    ]

    assert (timer["state"], timer["clock"]) == ("over", "0:00")


@pytest.mark.parametrize("pressed", ["start:t9", "explode:t1", "t1", "start:"])
def test_a_timer_button_that_does_not_exist_is_refused(pressed: str) -> None:
    with pytest.raises(Invalid):
        save({"timer": pressed})


@pytest.mark.parametrize(
    ("after", "word", "clock"),
    [
        (None, "ready", "5:00"),
        (0, "running", "5:00"),
        (299, "running", "0:01"),
        (900, "over", "0:00"),
    ],
)
def test_a_timer_counts_from_the_start_that_the_server_kept(
    after: int | None, word: str, clock: str
) -> None:
    state = {} if after is None else save({"timer": "start:t1"}, now=NOW - timedelta(seconds=after))
    (timer,) = step.view(view(STEP, state), PAGE)["timers"]

    assert (timer["state"], timer["clock"]) == (word, clock)


def test_a_finished_step_changes_by_correction_with_a_reason_only() -> None:
    state = {"done_at": NOW.isoformat(), "readings": {"temp": "21"}}

    with pytest.raises(Invalid) as refused:
        save({"reading-temp": "22"}, state)
    assert "reason" in refused.value.fields
    with pytest.raises(Invalid):
        save({"reading-temp": "veel", "reason": "weg"}, state)
    corrected = save({"reading-temp": "22", "reason": "verkeerd afgelezen"}, state)
    assert corrected["readings"]["temp"] == "22"
    assert corrected["corrections"][0] | {"at": ""} == {
        "reading": "temp", "from": "21", "to": "22", "reason": "verkeerd afgelezen", "at": ""
    }  # fmt: skip
    assert save({"reading-temp": "21"}, state) == state
