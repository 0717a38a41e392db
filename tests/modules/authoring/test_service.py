"""Importing, publishing and exporting; what is published stays as it is."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from lti_app.core import audit, events
from lti_app.core.clock import utcnow
from lti_app.core.db import db
from modules.authoring import documents, queries, service
from modules.authoring.events import ModuleVersionPublished
from modules.authoring.models import Block, MediaFile, ModuleVersion
from modules.authoring.problems import BadPackage
from tests.modules.authoring.documents import changed, document, packed, words
from tests.modules.conftest import Library
from tests.support.make import Make


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_an_imported_module_is_published_and_comes_out_byte_for_byte(library: Library) -> None:
    version = library.publish()
    db.session.expunge_all()

    found = queries.current_version("proef-module", None)

    assert found is not None and found.id == version.id
    assert found.state == "published"
    assert found.minutes == 90
    assert [block.position for block in queries.whole(found.id).blocks] == [0, 1, 2, 3, 4]
    assert service.export_package(found) == packed()
    assert found.frozen_sha256 == documents.digest_of(found)


def test_the_same_package_again_changes_nothing(library: Library) -> None:
    first = library.publish()
    rows = [count(model) for model in (ModuleVersion, Block, audit.AuditEntry)]

    again = library.publish()

    assert again.id == first.id
    assert [count(model) for model in (ModuleVersion, Block, audit.AuditEntry)] == rows


def test_other_content_needs_another_version_number(library: Library) -> None:
    library.publish()

    with pytest.raises(service.VersionTaken) as refused:
        library.publish(document(title=words("Anders")))
    db.session.rollback()
    assert "proef-module 1.0.0" in refused.value.fields["version"][0]

    newer = library.publish(document(title=words("Anders"), version="1.0.1"))
    library.publish(document(title=words("Oud"), version="0.9.9"))
    current = queries.current_version("proef-module", None)
    assert current is not None and current.id == newer.id
    assert count(MediaFile) == 1


def test_a_slug_of_another_organisation_is_taken(library: Library) -> None:
    library.publish()

    with pytest.raises(service.SlugTaken):
        library.publish(organisation="bionoord")


def test_a_bad_package_leaves_nothing_behind(library: Library) -> None:
    with pytest.raises(BadPackage):
        library.publish(changed("sections.0.blocks.0.body", {}))
    db.session.rollback()
    assert count(ModuleVersion) == 0
    assert count(MediaFile) == 0


def test_publishing_is_told_once(library: Library, make: Make, app: Flask) -> None:
    told: list[ModuleVersionPublished] = []
    before = events._subscriptions
    events.configure({**before, ModuleVersionPublished: (told.append,)})
    try:
        owner = make.organisation()
        draft = service.import_package(packed(), owner, None, utcnow(), publish=False)
        assert (draft.state, draft.frozen_sha256, told) == ("draft", None, [])
        assert queries.current_version("proef-module", None) is None
        service.import_package(packed(), owner, None, utcnow())
        assert told == [ModuleVersionPublished(draft.id)]
    finally:
        events.configure(before)
    with pytest.raises(service.VersionIsFrozen):
        service.publish_version(draft, actor_id=None, now=utcnow())


def change_title(version: ModuleVersion) -> None:
    version.title = words("Gewijzigd")


def change_body(version: ModuleVersion) -> None:
    version.blocks[0].body = {"text": words("Gewijzigd")}


def back_to_draft(version: ModuleVersion) -> None:
    version.state = "draft"


def remove_version(version: ModuleVersion) -> None:
    db.session.delete(version)


def remove_block(version: ModuleVersion) -> None:
    db.session.delete(version.blocks[-1])


def change_outcome(version: ModuleVersion) -> None:
    version.outcomes[0].text = words("Gewijzigd")


def change_alt(version: ModuleVersion) -> None:
    version.media[0].alt = words("Gewijzigd")


def change_picture(version: ModuleVersion) -> None:
    version.media[0].file.content = b"other"


def add_block(version: ModuleVersion) -> None:
    first = version.blocks[0]
    db.session.add(
        Block(
            version=version,
            section=first.section,
            uuid="x",
            position=99,
            type="text",
            required=True,
            points=0,
            body={},
        )
    )


@pytest.mark.parametrize(
    "attempt",
    [change_title, change_body, back_to_draft, remove_version, remove_block, change_outcome,
     change_alt, change_picture, add_block],
)  # fmt: skip
def test_a_published_version_cannot_be_written(
    library: Library, attempt: Callable[[ModuleVersion], None]
) -> None:
    version = library.publish()

    with pytest.raises(service.VersionIsFrozen):
        attempt(version)
        db.session.flush()
    db.session.rollback()

    assert service.export_package(version) == packed()


def test_a_version_can_be_retired_and_nothing_else(library: Library) -> None:
    version = library.publish()
    service.retire_version(version, actor_id=None, now=utcnow())
    db.session.commit()

    assert queries.current_version("proef-module", None) is None
    assert service.export_package(version) == packed()


def test_a_draft_can_be_changed(library: Library, make: Make) -> None:
    draft = service.import_package(packed(), make.organisation(), None, utcnow(), publish=False)
    draft.title = words("Gewijzigd")
    draft.blocks[0].body = {"text": words("Gewijzigd")}
    db.session.commit()
    assert queries.whole(draft.id).title == words("Gewijzigd")


def test_a_private_module_is_for_its_own_organisation(library: Library, make: Make) -> None:
    version = library.publish()
    version.module.visibility = "private"
    db.session.commit()
    other = make.organisation("bionoord", "company")

    assert queries.current_version("proef-module", None) is None
    assert queries.current_version("proef-module", other.id) is None
    assert queries.current_version("proef-module", version.organisation_id) is not None
    assert queries.usable(other.id) == []


@pytest.mark.parametrize(
    ("search", "found"),
    [("", 1), ("PROEF", 1), ("próberen", 1), ("kan het", 1), ("%", 0), ("_", 0), ("zebra", 0)],
)
def test_search_ignores_case_and_accents_and_takes_words_literally(
    library: Library, search: str, found: int
) -> None:
    library.publish()
    assert len(queries.usable(None, search)) == found
