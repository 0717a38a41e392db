"""Status lists: giving out positions, and publishing the bits (Bitstring Status List 1.0)."""

import hashlib
import json
import random
from datetime import datetime, timedelta
from functools import lru_cache

from assessments.credentials import (
    credential,
    data_integrity,
    queries,
    signing,
    status_bits,
)
from assessments.credentials.models import REVOCATION, SUSPENSION, StatusList
from assessments.credentials.site import Site
from lti_app.core import outbox
from lti_app.core.db import db
from lti_app.core.tokens import random_id
from lti_app.people.models import Organisation

TOPIC = "status.publish"
VALID = timedelta(days=7)
"""A verifier with a copy can bridge an outage of a week."""
RESIGN_AFTER = timedelta(hours=20)
FULL_AT = status_bits.ENTRIES * 8 // 10
"""At 80 % a new list is opened."""


def reserve(organisation: Organisation, site: Site, *, now: datetime) -> tuple[StatusList, int]:
    """Return a list and a position in it that nobody had before and nobody gets again."""
    issuer = site.did_of(organisation)
    listed = queries.open_list(organisation.id, issuer, below=FULL_AT)
    if listed is None:  # several may ask for the first one at once
        queries.lock_organisation(organisation.id)
        listed = queries.open_list(organisation.id, issuer, below=FULL_AT)
    if listed is None:
        listed = _open(organisation, site)
    position = _order(listed.seed)[listed.used]
    listed.used += 1
    return listed, position


def publish(organisation: Organisation, site: Site, *, now: datetime) -> None:
    """Sign all lists of this organisation anew; what is served changes in one transaction."""
    for listed in queries.lists_of(organisation.id):
        publish_one(listed, site, now=now)


def publish_one(listed: StatusList, site: Site, *, now: datetime) -> None:
    """Sign one list with the bits that follow from the awards."""
    unsigned = credential.status_list(
        listed.url,
        listed.issuer_did,
        purpose=listed.purpose,
        encoded=status_bits.encode(queries.marked(listed)),
        window=(now, now + VALID),
    )
    key = signing.key_for_list(listed.organisation, listed.issuer_did, site, now=now)
    signed = data_integrity.sign(unsigned, signing.signer(key), created=now)
    listed.credential = json.dumps(signed, ensure_ascii=False, separators=(",", ":"))
    listed.etag = hashlib.sha256(listed.credential.encode()).hexdigest()[:32]
    listed.signed_at, listed.valid_until = now, now + VALID


def ask(organisation_id: int, *, now: datetime) -> None:
    """Have the lists of this organisation published soon; several changes become one."""
    outbox.post(
        TOPIC,
        key=f"status:{organisation_id}",
        payload={"organisation_id": organisation_id},
        now=now,
        organisation_id=organisation_id,
    )


def _open(organisation: Organisation, site: Site) -> StatusList:
    """Make the lists of both purposes under one number; return the one that gives out positions.

    The caller holds the lock of the organisation.
    """
    number = queries.last_list_number() + 1
    seed = random_id(16)
    made = [
        StatusList(
            organisation=organisation,
            issuer_did=site.did_of(organisation),
            purpose=purpose,
            number=number,
            url=site.status_url(organisation, purpose, number),
            seed=seed,
            used=0,
        )
        for purpose in (REVOCATION, SUSPENSION)
    ]
    db.session.add_all(made)
    db.session.flush()
    return made[0]


@lru_cache(maxsize=16)
def _order(seed: str) -> list[int]:
    """Return all positions in the order in which this list gives them out."""
    positions = list(range(status_bits.ENTRIES))
    # Hides the order of issuing; guessing a position gives nobody anything.
    random.Random(seed).shuffle(positions)
    return positions
