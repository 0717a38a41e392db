"""The Open Badges 3.0 credential of an award, and the status list credential, before signing.

Contexts are only those of W3C and 1EdTech plus inline objects: a context of our own would make
every credential die with our host. EU elements: Council Recommendation 2022/C 243/02, Annex I.
"""

import base64
import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from assessments.credentials import documents, dutch_terms, narrative
from assessments.credentials.data_integrity import iso
from assessments.credentials.facts import (
    AchievementFacts,
    AlignmentFacts,
    AwardFacts,
    EvidenceFacts,
    IssuerFacts,
)
from lti_app.core.localized import LocalizedText, pick

LANGUAGE = "nl"
"""Open Badges strings have one language; the other one goes along in `nameIn` and the like."""
OTHER = "en"
ACHIEVEMENT_TYPES = {"extracurricular": "Badge", "regular": "Badge"}
"""Never `MicroCredential`: that needs 240 study load hours and an examination board."""
JSON_SCHEMA = (
    "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
)
STATUS_TTL = 300_000
"""Milliseconds that a verifier may keep a status list (Bitstring Status List 1.0, section 2.2)."""
_BADGE = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96"><path fill="#0b5c66" \
d="M48 2l40 23v46L48 94 8 71V25z"/><path fill="#fff" d="M41 20h14v5h-2v15l16 27q3 7-5 7H32q-8 \
0-5-7l16-27V25h-2z"/><path fill="#3aa6a0" d="M42 51h12l11 18H31z"/></svg>"""


def build(issuer: IssuerFacts, achievement: AchievementFacts, award: AwardFacts) -> dict[str, Any]:
    """Return the unsigned OpenBadgeCredential (Open Badges 3.0, VC Data Model 2.0)."""
    credential = {
        "@context": [
            documents.VC_V2,
            documents.OB_V3,
            documents.OB_EXTENSIONS,
            dutch_terms.CONTEXT,
        ],
        "id": award.id,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": pick(achievement.name, LANGUAGE),
        "issuer": _issuer(issuer),
        "awardedDate": iso(award.awarded_at),
        "validFrom": iso(award.valid_from),
        "credentialSubject": _subject(achievement, award),
        "evidence": [_evidence(evidence) for evidence in award.evidence],
        "credentialSchema": [{"id": JSON_SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
        "credentialStatus": _status(award),
    }
    if award.valid_until is not None:
        credential["validUntil"] = iso(award.valid_until)
    return {name: value for name, value in credential.items() if value != []}


def status_list(
    url: str, issuer: str, *, purpose: str, encoded: str, window: tuple[datetime, datetime]
) -> dict[str, Any]:
    """Return the unsigned status list credential (Bitstring Status List 1.0, section 2.2)."""
    valid_from, valid_until = window
    return {
        "@context": [documents.VC_V2],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": iso(valid_from),
        "validUntil": iso(valid_until),
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": encoded,
            "ttl": STATUS_TTL,
        },
    }


def percentage(score: Decimal) -> str:
    """Write a fraction as a percentage with at most one decimal: 0.8333 is "83.3"."""
    rounded = (score * 100).quantize(Decimal("0.1"))
    return f"{rounded:f}".removesuffix(".0")


def _issuer(issuer: IssuerFacts) -> dict[str, Any]:
    address = {"type": ["Address"], "addressCountryCode": issuer.country_code}
    if issuer.region:
        address["addressRegion"] = issuer.region
    profile = {"id": issuer.did, "type": ["Profile"], "name": issuer.name, "address": address}
    return profile | ({"url": issuer.url} if issuer.url else {})


def _subject(achievement: AchievementFacts, award: AwardFacts) -> dict[str, Any]:
    result: dict[str, Any] = {
        "type": ["Result"],
        "resultDescription": _part_id(achievement, "score"),
        "status": "Completed",
    }
    if award.score is not None:
        result["value"] = percentage(award.score)
    return {
        "id": award.subject,
        "type": ["AchievementSubject"],
        "achievement": _achievement(achievement),
        "result": [result],
    }


def _achievement(achievement: AchievementFacts) -> dict[str, Any]:
    criteria: dict[str, Any] = {
        "narrative": narrative.criteria(achievement, LANGUAGE),
        "narrativeIn": {OTHER: narrative.criteria(achievement, OTHER)},
    }
    if achievement.criteria_url:
        criteria["id"] = achievement.criteria_url
    creator = {"creator": _issuer(achievement.creator)} if achievement.creator else {}
    return creator | {
        "id": f"urn:uuid:{achievement.uuid}",
        "type": ["Achievement", dutch_terms.TYPE],
        "achievementType": ACHIEVEMENT_TYPES[achievement.kind],
        "name": pick(achievement.name, LANGUAGE),
        "nameIn": {OTHER: pick(achievement.name, OTHER)},
        "description": pick(achievement.description, LANGUAGE),
        "descriptionIn": {OTHER: pick(achievement.description, OTHER)},
        "inLanguage": LANGUAGE,
        "version": achievement.version,
        "image": {"id": badge_image(), "type": "Image"},
        "criteria": criteria,
        "resultDescription": _result_descriptions(achievement),
        "alignment": _alignments(achievement),
        **_dutch(achievement),
    }


def _dutch(achievement: AchievementFacts) -> dict[str, Any]:
    """Return what the Dutch terms say about how it was assessed and how long it takes."""
    return {
        "assessmentType": achievement.assessment_type,
        "participationType": achievement.participation_type,
        "supervisionType": achievement.supervision_type,
        "identityChecked": achievement.identity_checked,
        "timeInvestment": max(1, round(achievement.workload_minutes / 60)),
    }


def _result_descriptions(achievement: AchievementFacts) -> list[dict[str, Any]]:
    score = {
        "id": _part_id(achievement, "score"),
        "type": ["ResultDescription"],
        "name": "Score",
        "resultType": "Percent",
        "valueMin": "0",
        "valueMax": "100",
    }
    outcomes = [
        {
            "id": _part_id(achievement, f"outcome:{outcome.code}"),
            "type": ["ResultDescription"],
            "name": f"{outcome.code}: {pick(outcome.text, LANGUAGE)}",
            "resultType": "Status",
        }
        for outcome in achievement.outcomes
    ]
    return [score, *outcomes]


def _part_id(achievement: AchievementFacts, part: str) -> str:
    """Name a part of the achievement, the same for everyone who holds it."""
    return f"urn:uuid:{uuid.uuid5(uuid.UUID(achievement.uuid), part)}"


def _alignments(achievement: AchievementFacts) -> list[dict[str, Any]]:
    level, quality = achievement.level, achievement.quality
    found = list(achievement.alignments)
    if level.nlqf is not None:
        name: LocalizedText = {"nl": f"NLQF-niveau {level.nlqf}"}
        found.append(
            AlignmentFacts(name, "https://www.nlqf.nl/", "NLQF", "ext:NLQF", str(level.nlqf))
        )
    if level.eqf is not None:
        url = f"http://data.europa.eu/snb/eqf/{level.eqf}"
        name = {"nl": f"EQF-niveau {level.eqf}"}
        found.append(AlignmentFacts(name, url, "EQF", "ext:EQF", str(level.eqf)))
    if quality.url:
        found.append(
            AlignmentFacts(quality.name, quality.url, "QualityAssurance", "ext:QualityAssurance")
        )
    return [_alignment(alignment) for alignment in found]


def _alignment(alignment: AlignmentFacts) -> dict[str, Any]:
    entry = {
        "type": ["Alignment"],
        "targetName": pick(alignment.name, LANGUAGE),
        "targetUrl": alignment.url,
        "targetFramework": alignment.framework,
        "targetType": alignment.type,
    }
    return entry | ({"targetCode": alignment.code} if alignment.code else {})


def _evidence(evidence: EvidenceFacts) -> dict[str, Any]:
    return {
        "type": ["Evidence"],
        "name": pick(evidence.name, LANGUAGE),
        "narrative": pick(evidence.narrative, LANGUAGE),
        "genre": evidence.genre,
    }


def _status(award: AwardFacts) -> dict[str, Any]:
    """One entry: the Open Badges 3.0 schema allows a single status, not a list of them."""
    return {
        "id": f"{award.status.list_url}#{award.status.index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(award.status.index),
        "statusListCredential": award.status.list_url,
    }


def badge_image() -> str:
    """Return the picture of a badge as a data URI, so that it lives as long as the credential."""
    return f"data:image/svg+xml;base64,{base64.b64encode(_BADGE.encode()).decode()}"
