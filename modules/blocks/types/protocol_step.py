"""Protocol step: one thing to do at the bench, with timers and readings."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_app.core.errors import Invalid
from lti_app.core.localized import pick
from lti_app.core.schema import hostile_character
from modules.blocks import readings, timers
from modules.blocks.registry import BlockView, Body, PageContext, Reference, State
from modules.blocks.step_body import ProtocolStepBody

LONGEST_READING = 40
LONGEST_REASON = 300
MOST_CORRECTIONS = 50


class ProtocolStepBlock:
    """Done when its readings are there and the learner says so."""

    slug = "protocol_step"
    label = _l("Step")
    graded = False
    is_bench_work = True
    schema = ProtocolStepBody
    template = "blocks/protocol_step.html"
    print_template = "blocks/protocol_step_print.html"

    def is_done(self, body: Body, state: State) -> bool:
        """Every reading filled in, and the step ticked off."""
        return not self.missing(body, state) and bool(state.get("done_at"))

    def missing(self, body: Body, state: State) -> dict[str, list[str]]:
        """The readings that are still empty, or are no number."""
        known = state.get("readings", {})
        found = {
            f"reading-{reading['id']}": _lacks(reading, known.get(reading["id"], ""))
            for reading in body.get("readings") or []
        }
        return {name: [sentence] for name, sentence in found.items() if sentence}

    def references(self, body: Body) -> Sequence[Reference]:
        """The blocks that must be done before this step opens."""
        return [
            Reference(f"requires.{place}", block, must_precede=True, locks=True)
            for place, block in enumerate(body.get("requires") or [])
        ]

    def minutes(self, body: Body) -> int:
        """How long the author thinks that it takes."""
        return int(body.get("expected_minutes") or 0)

    def save(self, body: Body, state: State, form: Mapping[str, str], now: datetime) -> State:
        """Keep readings and timers; a step that is done changes by correction only."""
        changed = _changed_readings(body, state, form)
        new = (
            _correct(state, changed, form, now) if state.get("done_at") else _write(state, changed)
        )
        return timers.press(body.get("timers") or [], new, form.get("timer"), now)

    def warnings(self, body: Body, state: State, language: str) -> list[str]:
        """A sentence for each value beyond its limits, with the author's advice."""
        known = state.get("readings", {})
        found = []
        for reading in body.get("readings") or []:
            text = readings.warning(reading, known.get(reading["id"], ""), language)
            if text:
                found.append(f"{text} {pick(reading.get('advice'), language)}".strip())
        return found

    def view(self, block: BlockView, page: PageContext) -> dict[str, Any]:
        """Timers as they stand now, and readings with limits, value and warning."""
        known = block.state.get("readings", {})
        return {
            "timers": [
                timers.view(found, block.state, page.now)
                for found in block.body.get("timers") or []
            ],
            "readings": [
                _reading_view(found, known.get(found["id"], ""), block, page.language)
                for found in block.body.get("readings") or []
            ],
            "reading_facts": _facts,
            "corrections": _corrections(block, page.language),
        }


def _facts(readings_shown: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    return [
        (found["plain_label"], f"{found['value'] or '–'} {found.get('unit') or ''}".strip())
        for found in readings_shown
    ]


def _corrections(block: BlockView, language: str) -> list[dict[str, Any]]:
    labels = {
        found["id"]: pick(found["label"], language) for found in block.body.get("readings") or []
    }
    return [
        {
            **entry,
            "label": labels.get(entry["reading"], entry["reading"]),
            "at": datetime.fromisoformat(entry["at"]),
        }
        for entry in block.state.get("corrections", [])
    ]


def _reading_view(
    reading: Mapping[str, Any], value: str, block: BlockView, language: str
) -> dict[str, Any]:
    name = f"reading-{reading['id']}"
    shown = block.typed.get(name, value)
    return {
        **reading,
        "name": name,
        "plain_label": pick(reading["label"], language),
        "value": shown,
        "limits": readings.limits(reading, language),
        "warning": readings.warning(reading, shown, language),
        "error": " ".join(block.errors.get(name, ())),
    }


def _lacks(reading: Mapping[str, Any], text: str) -> str:
    if text and readings.parse(text) is None:
        return str(_("Type a number, such as 21,5."))
    return "" if text or not reading.get("required", True) else str(_("Fill in what you measured."))


def _changed_readings(body: Body, state: State, form: Mapping[str, str]) -> dict[str, str]:
    # Half a number is kept too: it is on its way, and nothing that was typed may be lost.
    known = state.get("readings", {})
    changed: dict[str, str] = {}
    for reading in body.get("readings") or []:
        name = f"reading-{reading['id']}"
        text = form.get(name, known.get(reading["id"], "")).strip()
        if len(text) > LONGEST_READING or hostile_character(text, allow_newlines=False):
            raise Invalid(fields={name: [_("Type a number, such as 21,5.")]})
        if text != known.get(reading["id"], ""):
            changed[reading["id"]] = text
    return changed


def _write(state: State, changed: Mapping[str, str]) -> State:
    return {**state, "readings": {**state.get("readings", {}), **changed}} if changed else state


def _correct(
    state: State, changed: Mapping[str, str], form: Mapping[str, str], now: datetime
) -> State:
    # What was recorded stays readable: a correction is an entry with a reason (EU GMP 4.9).
    if not changed:
        return state
    reason = form.get("reason", "").strip()
    if not reason or len(reason) > LONGEST_REASON or not reason.isprintable():
        raise Invalid(fields={"reason": [_("Say in one sentence why you correct this.")]})
    wrong = {name: readings.parse(text) is None for name, text in changed.items()}
    if any(wrong.values()):
        said = [str(_("Type a number, such as 21,5."))]
        raise Invalid(fields={f"reading-{name}": said for name in wrong if wrong[name]})
    entries = [
        {
            "reading": name,
            "from": state.get("readings", {}).get(name, ""),
            "to": text,
            "reason": reason,
            "at": now.isoformat(),
        }
        for name, text in changed.items()
    ]
    made = [*state.get("corrections", []), *entries]
    if len(made) > MOST_CORRECTIONS:
        raise Invalid(fields={"reason": [_("There are too many corrections. Ask your teacher.")]})
    return {**_write(state, changed), "corrections": made}
