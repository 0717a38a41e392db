"""A learner with a browser in a course, as tests of the pages meet one."""

import re
from typing import Any

from sqlalchemy import select

from lti_app.core.db import db
from lti_app.lti.models import ResourceLink
from lti_app.people.models import Person
from modules.authoring.models import Block, ModuleVersion
from modules.learning.models import BlockProgress, Enrolment
from tests.support.make import Make, Signed


class Learner:
    """Somebody who opened the module at one place of a course."""

    def __init__(
        self, make: Make, version: ModuleVersion, link: ResourceLink | None = None,
        person: Person | None = None,
    ) -> None:  # fmt: skip
        self.link = link or make.link(version.module.slug)
        self.signed: Signed = make.signed("learner", self.link, person)
        self.blocks = {block.type: block.id for block in version.blocks}

    def get(self, rest: str = "") -> Any:
        """GET a page below /learn, in Dutch."""
        return self.signed.get(f"learn{rest}", query_string={"lang": "nl"})

    def post(self, rest: str, data: dict[str, str] | None = None, **more: Any) -> Any:
        """POST a form below /learn."""
        return self.signed.post(f"learn{rest}", data, **more)

    def block(self, kind: str) -> str:
        """The address of the block of this type."""
        return f"/blocks/{self.blocks[kind]}"

    def finish(self, kind: str, data: dict[str, str] | None = None) -> Any:
        """Press "Klaar, verder" on the block of this type."""
        return self.post(f"{self.block(kind)}/done", data)

    @property
    def enrolment(self) -> Enrolment:
        """The one enrolment of this learner."""
        db.session.expire_all()
        return db.session.scalars(
            select(Enrolment).where(Enrolment.person_id == self.signed.person.id)
        ).one()

    def progress(self, kind: str) -> BlockProgress:
        """What is recorded in the block of this type."""
        return db.session.scalars(
            select(BlockProgress)
            .join(Block, Block.id == BlockProgress.block_id)
            .where(BlockProgress.enrolment_id == self.enrolment.id, Block.type == kind)
        ).one()


def primary_buttons(html: str) -> list[str]:
    """The words on the primary buttons and links of a page."""
    found = re.findall(
        r'class="button(?: button--big)?"[^>]*>(?:<svg.*?</svg>)?\s*([^<]+)', html, re.S
    )
    return [words.strip() for words in found]
