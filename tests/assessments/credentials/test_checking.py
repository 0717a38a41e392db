"""The verdict on credentials: ours, tampered, expired, revoked, somebody else's."""

import copy
from datetime import timedelta
from typing import Any

import pytest

from assessments.credentials import (
    checking,
    credential,
    data_integrity,
    did,
    documents,
    status_bits,
)
from assessments.credentials.checking import Sources, Unavailable
from assessments.credentials.strict_json import NotUsable
from tests.assessments.credentials import samples
from tests.assessments.credentials.samples import NOW


def verdict(document: dict[str, Any], sources: Sources | None = None) -> tuple[str, str]:
    found = checking.check(document, sources or samples.sources(), now=NOW)
    return found.state, found.reason


def test_a_good_credential_is_valid() -> None:
    found = checking.check(samples.signed(), samples.sources(), now=NOW)

    assert found.state == "valid"
    assert found.is_authentic
    assert [check.step for check in found.checks] == [
        *("well_formed", "kind", "issuer", "signature", "window", "status")
    ]


def test_an_expired_credential_is_still_authentic() -> None:
    document = samples.signed(valid_until=NOW - timedelta(days=1))

    found = checking.check(document, samples.sources(), now=NOW)

    assert (found.state, found.is_authentic) == ("expired", True)


def test_a_credential_from_the_future_is_not_yet_valid() -> None:
    assert verdict(samples.signed(valid_from=NOW + timedelta(days=1)))[0] == "not_yet_valid"


def test_a_marked_credential_is_revoked() -> None:
    sources = samples.sources(listed=samples.status_list([samples.INDEX]))

    assert verdict(samples.signed(), sources) == ("revoked", "revoked")


def test_a_suspension_list_suspends() -> None:
    url = "https://leren.example.org/credentials/status/suspension/1"
    document = samples.unsigned()
    document["credentialStatus"] |= {"statusPurpose": "suspension", "statusListCredential": url}
    document = data_integrity.sign(document, samples.signer(), created=NOW)
    listed = credential.status_list(
        url,
        samples.ISSUER_DID,
        purpose="suspension",
        encoded=status_bits.encode([samples.INDEX]),
        window=(NOW, NOW + timedelta(days=1)),
    )
    listed = data_integrity.sign(listed, samples.signer(), created=NOW)
    dids = {samples.ISSUER_DID: samples.did_document()}

    assert verdict(document, Sources(dids.get, {url: listed}.get)) == ("suspended", "suspended")


def tampered(**changes: Any) -> dict[str, Any]:
    return copy.deepcopy(samples.signed()) | changes


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (tampered(name="Doctor"), "signature_wrong"),
        (tampered(grade="10"), "undefined_term"),
        (tampered(proof=None), "no_proof"),
        (tampered(proof=[{"type": "Ed25519Signature2020"}]), "other_cryptosuite"),
        (tampered(issuer="did:web:evil.example"), "issuer_unknown"),
        (tampered(issuer="https://evil.example"), "issuer_not_supported"),
        (tampered(issuer=None), "issuer_not_supported"),
        (tampered(issuer="did:web:a/b"), "issuer_unknown"),
        (tampered(issuer="did:key:z6"), "not_did_key"),
        (tampered(type=["VerifiableCredential"]), "not_a_badge"),
        (tampered(credentialSubject={"id": "urn:x:1"}), "no_achievement"),
        (tampered(validFrom="yesterday"), "incomplete"),
        (tampered(**{"@context": ["https://www.w3.org/2018/credentials/v1"]}), "not_vc_2"),
        (tampered(**{"@context": [documents.VC_V2]}), "undefined_term"),
        ({}, "not_vc_2"),
    ],
)
def test_what_is_not_as_it_was_signed_is_refused(document: dict[str, Any], code: str) -> None:
    state, reason = verdict(document)

    assert state in ("refused", "unknown")
    assert reason == code


def test_a_proof_with_another_purpose_or_key_is_refused() -> None:
    document = samples.signed()
    other = document["proof"][0] | {"proofPurpose": "authentication"}
    foreign = document["proof"][0] | {"verificationMethod": "did:web:evil.example#1"}

    assert verdict(document | {"proof": [other]}) == ("refused", "other_purpose")
    assert verdict(document | {"proof": [foreign]}) == ("refused", "signed_by_other")


def test_a_key_that_is_not_published_signs_nothing() -> None:
    signer = samples.signer(samples.OTHER_KEY)
    document = data_integrity.sign(samples.unsigned(), signer, created=NOW)

    assert verdict(document) == ("refused", "key_unknown")


def test_a_retired_key_still_counts_and_a_revoked_key_does_not() -> None:
    old = did.PublishedKey(samples.fragment(), samples.public())
    new = did.PublishedKey(samples.fragment(samples.OTHER_KEY), samples.public(samples.OTHER_KEY))
    stolen = did.PublishedKey(samples.fragment(), samples.public(), revoked_at=NOW)

    rotated = samples.sources(samples.did_document(new, old))
    revoked = samples.sources(samples.did_document(stolen, new))

    assert verdict(samples.signed(), rotated)[0] == "valid"
    assert verdict(samples.signed(), revoked) == ("refused", "key_revoked")


def test_a_did_key_issuer_needs_no_document() -> None:
    name = f"did:key:{samples.fragment()}"
    unsigned = samples.unsigned()
    unsigned["issuer"]["id"] = name
    del unsigned["credentialStatus"]
    document = data_integrity.sign(unsigned, samples.signer(issuer=name), created=NOW)

    assert verdict(document, Sources(nothing, nothing))[0] == "valid"


def nothing(_name: str) -> dict[str, Any] | None:
    return None


def unavailable(_name: str) -> dict[str, Any] | None:
    raise Unavailable("no connection")


def test_a_source_that_is_down_means_unknown_not_valid_and_not_revoked() -> None:
    dids = {samples.ISSUER_DID: samples.did_document()}

    assert verdict(samples.signed(), Sources(unavailable, nothing)) == (
        "unknown",
        "issuer_unavailable",
    )
    assert verdict(samples.signed(), Sources(dids.get, unavailable)) == (
        *("unknown", "status_unavailable"),
    )
    assert verdict(samples.signed(), Sources(dids.get, nothing))[0] == "unknown"


def resigned(**changes: Any) -> dict[str, Any]:
    return samples.status_list([], **changes)


@pytest.mark.parametrize(
    "listed",
    [
        samples.status_list() | {"name": "changed"},
        {"@context": [documents.VC_V2]},
        resigned(issuer="did:web:evil.example"),
        resigned(validUntil="2026-01-01T00:00:00Z"),
        resigned(type=["VerifiableCredential"], credentialSubject={"id": "urn:x:1"}),
        resigned(
            credentialSubject={
                "id": "urn:x:1",
                "type": "BitstringStatusList",
                "statusPurpose": "suspension",
                "encodedList": status_bits.encode([]),
            }
        ),
    ],
)
def test_a_status_list_that_cannot_be_trusted_means_unknown(listed: dict[str, Any]) -> None:
    assert verdict(samples.signed(), samples.sources(listed=listed))[0] == "unknown"


@pytest.mark.parametrize(
    "entry",
    [
        "x",
        {"type": "1EdTechRevocationList", "id": "https://x.nl/"},
        {"statusListIndex": "-1"},
        {"statusListIndex": "9999999999"},
        {"statusListIndex": "٣"},
        {"statusPurpose": "message"},
    ],
)
def test_other_kinds_of_status_mean_unknown(entry: Any) -> None:
    document = samples.unsigned()
    if isinstance(entry, dict):
        entry = document["credentialStatus"] | entry
    changed = samples.signed() | {"credentialStatus": entry}

    assert verdict(changed)[0] in ("refused", "unknown")


def test_what_is_not_json_gets_a_verdict_too() -> None:
    error = NotUsable("not_json")

    assert checking.without_answer(error).state == "refused"
    assert not checking.without_answer(error).is_authentic


def _redefined(document: dict[str, Any]) -> None:
    """Let a shown name take its place in the RDF of another statement, as a forger would."""
    own = document["@context"][3]
    inner = own["EducredentialAchievement"]["@context"]
    achievement = document["credentialSubject"]["achievement"]
    own["n1"] = own["nameIn"]
    own["nameIn"] = {
        "@id": inner["assessmentType"]["@id"],
        "@container": "@index",
        "@type": "@vocab",
    }
    own["Arts"] = inner["assessmentType"]["@context"]["testing"]
    achievement["n1"] = achievement["nameIn"]
    achievement["nameIn"] = {"nl": "Arts"}
    del achievement["assessmentType"]


def test_words_that_were_given_another_meaning_are_refused() -> None:
    document = copy.deepcopy(samples.signed())
    _redefined(document)

    assert verdict(document) == ("refused", "unknown_context")


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["@context"].append({"x": "https://x.example/"}),
        lambda d: d["@context"].append(documents.DID_V1),
        lambda d: d["@context"].append(documents.OB_EXTENSIONS),
        lambda d: d["credentialSubject"].update({"@context": {}}),
        lambda d: d.update({"@graph": []}),
        lambda d: d["credentialSubject"].update({"https://schema.org/name": "Arts"}),
    ],
    ids=["inline", "other", "twice", "inside", "keyword", "address"],
)
def test_what_a_signature_need_not_cover_is_refused(change: Any) -> None:
    document = copy.deepcopy(samples.signed())
    change(document)

    assert verdict(document)[0] == "refused"
    assert verdict(document)[1] in ("unknown_context", "undefined_term")
