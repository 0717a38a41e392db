"""A small module as data, to be changed by tests."""

import hashlib
from copy import deepcopy
from typing import Any

from lti_app.core.registry import Registry
from lti_app.core.schema import StrictSchema
from modules.authoring import archive, strict_json
from modules.blocks.registry import (
    BlockType,
    BlockView,
    Body,
    PageContext,
    Reference,
    State,
)
from modules.blocks.types.hazards import HazardsBlock
from modules.blocks.types.protocol_step import ProtocolStepBlock
from modules.blocks.types.text import TextBlock

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 30
PNG_FILE = f"media/{hashlib.sha256(PNG).hexdigest()}.png"


def uuid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def words(text: str) -> dict[str, str]:
    return {"nl": text, "en": f"{text} (en)"}


class ExamBody(StrictSchema):
    """Nothing to say."""


class ExamBlock:
    """A graded block, so that outcomes can be assessed without the assessments package."""

    slug = "exam"
    label = "Exam"
    graded = True
    schema = ExamBody
    template = "blocks/text.html"

    def is_done(self, body: Body, state: State) -> bool:
        return bool(state.get("done_at"))

    def view(self, block: BlockView, page: PageContext) -> dict[str, Any]:
        return {"text": {"nl": "Toets", "en": "Exam"}}

    def references(self, body: Body) -> list[Reference]:
        return []


def kinds() -> Registry[BlockType]:
    registry: Registry[BlockType] = Registry("block type")
    registry.configure([TextBlock(), HazardsBlock(), ProtocolStepBlock(), ExamBlock()])
    return registry


DOCUMENT: dict[str, Any] = {
    "schema_version": 1,
    "slug": "proef-module",
    "version": "1.0.0",
    "title": words("Proefmodule"),
    "summary": words("Een module om te proberen."),
    "languages": ["nl", "en"],
    "licence": "CC-BY-4.0",
    "attribution": [{"name": "Ada Proef", "role": "author"}],
    "pass_mark": "0.7",
    "level": {"nlqf": 4, "eqf": 4},
    "validity_months": None,
    "outcomes": [{"code": "A1", "text": words("Kan het."), "assessed_by": [uuid(4)]}],
    "sections": [
        {
            "id": uuid(100),
            "title": words("Lezen"),
            "mode": "online",
            "minutes": 30,
            "blocks": [
                {
                    "id": uuid(1),
                    "type": "text",
                    "title": words("Begin"),
                    "required": True,
                    "points": "0",
                    "body": {"text": words("Lees $V = m Z$ ![](media:fig-1)")},
                },
                {
                    "id": uuid(2),
                    "type": "hazards",
                    "required": True,
                    "points": "0",
                    "body": {"substances": [], "confirm": words("Gelezen")},
                },
            ],
        },
        {
            "id": uuid(200),
            "title": words("Doen"),
            "mode": "bench",
            "minutes": 60,
            "blocks": [
                {
                    "id": uuid(3),
                    "type": "protocol_step",
                    "title": words("Meet de temperatuur"),
                    "required": True,
                    "points": "0",
                    "body": {
                        "text": words("Meet."),
                        "expected_minutes": 10,
                        "timers": [{"id": "t1", "label": words("Wacht"), "seconds": 60}],
                        "readings": [
                            {"id": "temp", "label": words("Temperatuur"), "unit": "°C",
                             "min": "17", "max": "27", "advice": words("Wacht even.")}
                        ],
                        "requires": [uuid(2)],
                    },
                },
                {
                    "id": uuid(4),
                    "type": "exam",
                    "title": words("Toets"),
                    "required": True,
                    "points": "10",
                    "body": {},
                },
                {
                    "id": uuid(5),
                    "type": "future_thing",
                    "title": words("Later"),
                    "required": False,
                    "points": "0",
                    "body": {"anything": [1, {"goes": "here"}]},
                },
            ],
        },
    ],
    "media": [
        {
            "id": "fig-1",
            "file": PNG_FILE,
            "mime": "image/png",
            "alt": words("Een grafiek"),
            "licence": "CC-BY-4.0",
            "source": None,
        }
    ],
    "extensions": {"note": {"anything": words("Blijft bewaard")}},
}  # fmt: skip


def document(**changes: Any) -> dict[str, Any]:
    return deepcopy(DOCUMENT) | changes


def changed(path: str, value: Any) -> dict[str, Any]:
    """The document with the value at "sections.0.minutes" replaced; None keys are created."""
    new = document()
    *way, last = path.split(".")
    place: Any = new
    for step in way:
        place = place[int(step)] if isinstance(place, list) else place[step]
    place[int(last) if isinstance(place, list) else last] = value
    return new


def packed(content: Any = None, media: dict[str, bytes] | None = None) -> bytes:
    data = content if isinstance(content, bytes) else strict_json.write(content or document())
    return archive.write({"module.json": data, **({PNG_FILE: PNG} if media is None else media)})
