"""Facts, keys and credentials for the tests of this slice."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assessments.credentials import (
    credential,
    data_integrity,
    did,
    multibase,
    status_bits,
)
from assessments.credentials.checking import Sources
from assessments.credentials.facts import (
    AchievementFacts,
    AlignmentFacts,
    AwardFacts,
    EvidenceFacts,
    IssuerFacts,
    LevelFacts,
    OutcomeFacts,
    QualityFacts,
    StatusPlace,
)

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
ISSUER_DID = "did:web:leren.example.org:issuers:mlo-delta"
LIST_URL = "https://leren.example.org/credentials/status/revocation/1"
KEY = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(b"\x09" * 32)
INDEX = 4711


def public(key: Ed25519PrivateKey = KEY) -> bytes:
    """Return the raw public key."""
    return key.public_key().public_bytes_raw()


def fragment(key: Ed25519PrivateKey = KEY) -> str:
    """Return the fragment under which this key is published."""
    return multibase.ed25519_multikey(public(key))


def signer(key: Ed25519PrivateKey = KEY, issuer: str = ISSUER_DID) -> data_integrity.Signer:
    """Return the signer of the sample issuer."""
    return data_integrity.Signer(f"{issuer}#{fragment(key)}", key)


def achievement(**changes: Any) -> AchievementFacts:
    """Return a sample achievement."""
    values: dict[str, Any] = {
        "uuid": "0b8a5e3c-7c1e-4f25-9a43-3a2f5f1d9c11",
        "kind": "extracurricular",
        "version": "1.0.0",
        "name": {"nl": "Pipetten kalibreren: rekenen", "en": "Calibrating pipettes: calculating"},
        "description": {"nl": "Rekent aan eigen meetgegevens.", "en": "Calculates with own data."},
        "assessed": {"nl": "Online rekenopdracht.", "en": "Online calculation."},
        "not_assessed": {"nl": "Het pipetteren zelf.", "en": "The pipetting itself."},
        "learner_identification": {"nl": "Ingelogd via school.", "en": "Signed in through school."},
        "outcomes": (OutcomeFacts("A1", {"nl": "Berekent µL ± 0,5 %", "en": "Calculates µL"}),),
        "workload_minutes": 240,
        "assessment_type": "testing",
        "participation_type": "online",
        "supervision_type": "unsupervised with no identity verification",
        "identity_checked": False,
        "quality": QualityFacts(
            {"nl": "Eigen toetsing", "en": "Own review"},
            {"nl": "Door twee docenten nagekeken.", "en": "Checked by two teachers."},
            "https://leren.example.org/kwaliteit",
        ),
        "level": LevelFacts(4, 4),
        "alignments": (
            AlignmentFacts(
                {"nl": "apparatuur kalibreren", "en": "calibrate equipment"},
                "http://data.europa.eu/esco/skill/0b8a5e3c",
                "ESCO",
                "ext:EscoSkill",
            ),
        ),
        "criteria_url": "https://leren.example.org/modules/pipetten-kalibreren",
    }
    return AchievementFacts(**(values | changes))


def award(**changes: Any) -> AwardFacts:
    """Return a sample award."""
    values: dict[str, Any] = {
        "id": "https://leren.example.org/credentials/AbCdEfGhIjKlMnOpQrStUv",
        "subject": "urn:uuid:3f0c2b6e-55bb-4d8e-8d0e-0b3f3c3d7a10",
        "awarded_at": NOW - timedelta(hours=1),
        "valid_from": NOW - timedelta(hours=1),
        "status": StatusPlace(LIST_URL, INDEX),
        "score": Decimal("0.8333"),
        "evidence": (
            EvidenceFacts(
                {"nl": "Module 1.0.0", "en": "Module 1.0.0"},
                {"nl": "sha256:00ff", "en": "sha256:00ff"},
                "module",
            ),
        ),
    }
    return AwardFacts(**(values | changes))


def issuer(**changes: Any) -> IssuerFacts:
    """Return the sample issuer."""
    values: dict[str, Any] = {
        "did": ISSUER_DID,
        "name": "MLO Delta",
        "country_code": "NL",
        "region": "Gelderland",
    }
    return IssuerFacts(**(values | changes))


def unsigned(**changes: Any) -> dict[str, Any]:
    """Return the sample credential without a proof."""
    return credential.build(issuer(), achievement(), award(**changes))


def signed(**changes: Any) -> dict[str, Any]:
    """Return the sample credential with its proof."""
    return data_integrity.sign(unsigned(**changes), signer(), created=NOW)


def did_document(*keys: did.PublishedKey) -> dict[str, Any]:
    """Return the DID document of the sample issuer."""
    return did.document(ISSUER_DID, keys or [did.PublishedKey(fragment(), public())])


def status_list(marked: list[int] | None = None, **changes: Any) -> dict[str, Any]:
    """Return the signed status list of the sample issuer."""
    unsigned_list = credential.status_list(
        LIST_URL,
        ISSUER_DID,
        purpose="revocation",
        encoded=status_bits.encode(marked or []),
        window=(NOW - timedelta(minutes=5), NOW + timedelta(days=7)),
    )
    return data_integrity.sign(unsigned_list | changes, signer(), created=NOW)


def sources(
    document: dict[str, Any] | None = None, listed: dict[str, Any] | None = None
) -> Sources:
    """Return what a verifier may look at: one DID document and one status list."""
    dids = {ISSUER_DID: document or did_document()}
    lists = {LIST_URL: listed or status_list()}
    return Sources(did_document=dids.get, status_list=lists.get)
