"""What the tests of modules share: one graded block type, and a small published module."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from lti_app.core.clock import utcnow
from lti_app.core.db import db
from modules.authoring import service
from modules.authoring.models import ModuleVersion
from modules.blocks.registry import BLOCK_TYPES
from tests.modules.authoring.documents import ExamBlock, packed
from tests.support.make import Make


@pytest.fixture
def exam(app: Flask) -> Iterator[ExamBlock]:
    """A graded block type, so that these tests do not need the assessments package."""
    kinds = list(BLOCK_TYPES)
    block = ExamBlock()
    BLOCK_TYPES.configure([*kinds, block])
    yield block
    BLOCK_TYPES.configure(kinds)


class Library:
    """Puts modules on the shelf."""

    def __init__(self, make: Make) -> None:
        self.make = make

    def publish(self, content: Any = None, organisation: str = "mlo-delta") -> ModuleVersion:
        """Import and publish this document, or the small module."""
        owner = self.make.organisation(organisation)
        data = packed(content) if not isinstance(content, bytes) else content
        version = service.import_package(data, owner, None, utcnow())
        db.session.commit()
        return version


@pytest.fixture
def library(make: Make, exam: ExamBlock) -> Library:
    """`library.publish()` publishes the small module."""
    return Library(make)
