"""The static files with which an issuer can be checked on its own domain, without this site."""

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from assessments.credentials import did, publishing, queries, signing
from assessments.credentials.site import Site
from lti_app.people.models import Organisation


@dataclass(frozen=True)
class Written:
    """What was written, and the address at which it has to be served."""

    did: str
    base_url: str
    files: tuple[str, ...]


def write(organisation: Organisation, folder: Path, *, site: Site, now: datetime) -> Written:
    """Write did.json and freshly signed status lists; each file is replaced as a whole.

    Lists count for a week: who serves them has to export at least daily to show what was revoked.
    """
    issuer = site.did_of(organisation)
    signing.ensure_key(organisation, site, now=now)
    publishing.publish(organisation, site, now=now)
    documents: dict[str, Any] = {"did.json": signing.did_document(issuer)}
    for listed in queries.lists_of(organisation.id):
        if listed.issuer_did == issuer:
            name = f"status/{listed.purpose}-{listed.number}.json"
            documents[name] = json.loads(listed.credential or "{}")
    for name, document in documents.items():
        _replace(folder / name, document)
    return Written(issuer, did.base_url(issuer), tuple(documents))


def _replace(path: Path, document: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    waiting = path.with_name(f"{path.name}.new")
    waiting.write_text(json.dumps(document, ensure_ascii=False, indent=2), encoding="utf-8")
    os.replace(waiting, path)
