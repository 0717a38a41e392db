"""Everything that is stored about one person: for programs, and for the person."""

import io
import json
import zipfile
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from lti_app.core.localized import LANGUAGES, pick
from lti_app.people.models import Person
from lti_app.privacy import queries
from lti_app.privacy.holdings import HOLDINGS

SCHEMA = "expeditie-person-1"
NAMES = {"nl": "lees-mij.html", "en": "read-me.html"}


def archive(person: Person, *, now: datetime) -> bytes:
    """Return a ZIP: `person.json`, a readable page in each language, and the proofs as files.

    `person.json` is {"schema", "made_at", "organisation", "modules", "data": {table: [row, ...]}};
    times are ISO 8601 in UTC, decimals are text, digests of secrets are left out.
    """
    data = as_data(person, now=now)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("person.json", json.dumps(data, ensure_ascii=False, indent=1))
        for language, name in NAMES.items():
            file.writestr(name, page(data, language))
        for given in queries.awards(person.id):
            if given.credential:
                file.writestr(f"credentials/{given.public_id}.json", given.credential)
    return target.getvalue()


def as_data(person: Person, *, now: datetime) -> dict[str, Any]:
    """Return everything as plain values."""
    return {
        "schema": SCHEMA,
        "made_at": now.isoformat(),
        "organisation": person.organisation.name,
        "modules": {
            str(enrolment.id): enrolment.module_version.title
            for enrolment in queries.enrolments(person.id)
        },
        "data": {
            holding.model.__tablename__: [
                {name: _plain(value) for name, value in row.items()}
                for row in queries.rows(holding, person.id)
            ]
            for holding in reversed(HOLDINGS)
        },
    }


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def page(data: dict[str, Any], language: str) -> str:
    """Return the same as a page to read, in this language."""
    assert language in LANGUAGES
    with force_locale(language):
        parts = [
            (str(holding.what), data["data"][holding.model.__tablename__])
            for holding in reversed(HOLDINGS)
        ]
        modules = {key: pick(title, language) for key, title in data["modules"].items()}
        template = current_app.jinja_env.get_template("privacy/export.html")
        return template.render(language=language, data=data, parts=parts, modules=modules, _=_)
