"""How a module page embeds an assessment and a data set, and what a pass means for the module."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from assessments.attempts import queries as attempts
from assessments.attempts import sheet, text
from assessments.attempts.assessment import AssessmentSchema, assessment_from
from assessments.datasets import queries as dataset_queries
from assessments.datasets import service as datasets
from assessments.datasets.schemas import DatasetSchema, dataset_from
from assessments.datasets.secret import pepper
from assessments.gradebook import queries as gradebook
from assessments.gradebook.events import AssessmentPassed
from lti_app.core.clock import utcnow
from lti_app.core.db import db
from modules.authoring.models import Block
from modules.blocks.registry import BlockView, Body, PageContext, Reference, State
from modules.learning import service as learning
from modules.learning.models import Enrolment


class AssessmentBlock:
    """Questions with attempts; done when the pass mark is met."""

    slug = "assessment"
    label = _l("Assessment")
    graded = True
    schema = AssessmentSchema
    template = "attempts/block_assessment.html"

    def is_done(self, body: Body, state: State) -> bool:
        """Passed: that is when the block was ticked off."""
        return bool(state.get("done_at"))

    def references(self, body: Body) -> Sequence[Reference]:
        """The data set comes before the questions about it."""
        dataset = body.get("dataset")
        return [Reference("dataset", dataset, must_precede=True)] if dataset else []

    def view(self, block: BlockView, page: PageContext) -> dict[str, Any]:
        """Where the learner stands; in a preview the questions themselves."""
        assessment = assessment_from(block.body)
        shown: dict[str, Any] = {"assessment": assessment, "percent": sheet.percent}
        if page.enrolment_id is None:
            md = text.writer(page.language, block.media)
            return shown | {"questions": sheet.questions(assessment, md), "is_preview": True}
        made = attempts.attempts(page.enrolment_id, block.id)
        maximum = assessment.maximum
        return shown | {
            "is_preview": False,
            "open_attempt": made[-1] if made and made[-1].is_open else None,
            "handed_in": [attempt for attempt in made if not attempt.is_open],
            "result": gradebook.result(page.enrolment_id, block.id),
            "attempts_left": None if maximum is None else max(0, maximum - len(made)),
        }


class DatasetBlock:
    """The learner's own measurements; done when the learner says so."""

    slug = "dataset"
    label = _l("Measurements")
    graded = False
    schema = DatasetSchema
    template = "attempts/block_dataset.html"

    def is_done(self, body: Body, state: State) -> bool:
        """Seen, says the learner."""
        return bool(state.get("done_at"))

    def view(self, block: BlockView, page: PageContext) -> dict[str, Any]:
        """The newest data set of this learner, made at the first visit; an example in a preview."""
        intro = dataset_from(block.body).get("intro")
        if page.enrolment_id is None:
            tables = datasets.sample(block.body, page.language)
            return {"intro": intro, "tables": tables, "instance_id": None}
        data = dataset_queries.latest(page.enrolment_id, block.id)
        if data is None:
            enrolment = db.session.get_one(Enrolment, page.enrolment_id)
            row = db.session.get_one(Block, block.id)
            data = datasets.obtain(enrolment, row, 1, pepper=pepper(), now=page.now)
        tables = dataset_queries.printed(data, page.language)
        return {"intro": intro, "tables": tables, "instance_id": data.id}


def on_passed(event: AssessmentPassed) -> None:
    """A passed assessment is a finished block."""
    enrolment = db.session.get_one(Enrolment, event.enrolment_id)
    block = db.session.get_one(Block, event.block_id)
    learning.complete_block(enrolment, block, utcnow())
