"""Names of issuers and their documents."""

from typing import Any

import pytest

from assessments.credentials import did
from tests.assessments.credentials import samples


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("did:web:mlo-delta.nl", "https://mlo-delta.nl/.well-known/did.json"),
        ("did:web:x.nl:issuers:mlo-delta", "https://x.nl/issuers/mlo-delta/did.json"),
        ("did:web:x.nl%3A8443:a", "https://x.nl:8443/a/did.json"),
        ("did:web:localhost%3A5000:issuers:a", "http://localhost:5000/issuers/a/did.json"),
    ],
)
def test_a_did_says_where_its_document_is(name: str, url: str) -> None:
    assert did.document_url(name) == url


def test_the_default_name_is_under_our_host() -> None:
    assert (
        did.default_for("localhost:5000", "mlo-delta")
        == "did:web:localhost%3A5000:issuers:mlo-delta"
    )


@pytest.mark.parametrize(
    "name",
    [
        "did:web:",
        "did:key:x",
        "web:x",
        "did:web:x/y",
        "did:web:a@b",
        "did:web:x:..",
        "did:web:x:a%2Fb",
    ]
    + [
        "did:web:x:%2e%2e",
        "did:web:" + "a" * 600,
        "did:web:x%20y",
        "did:web:x#y",
        "did:web:x:a%00",
    ],
)
def test_names_that_could_lead_elsewhere_are_refused(name: str) -> None:
    with pytest.raises(did.BadDid):
        did.document_url(name)


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost%3A5000", "127.0.0.1%3A5000", "10.0.0.8", "intranet", "a.localhost"],
)
def test_production_never_signs_as_a_host_that_nobody_can_reach(host: str) -> None:
    name = f"did:web:{host}:issuers:a"

    did.check_web(name, production=False)
    with pytest.raises(did.BadDid) as refusal:
        did.check_web(name, production=True)

    assert refusal.value.code == "did_not_public"


def test_a_did_key_is_its_own_document() -> None:
    name = f"did:key:{samples.fragment()}"

    found = did.find_key(did.key_document(name), name, f"{name}#{samples.fragment()}")

    assert found == (samples.public(), None)


def method(**changes: Any) -> dict[str, Any]:
    document = samples.did_document()
    document["verificationMethod"][0] |= changes
    return document


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (samples.did_document() | {"id": "did:web:other"}, "did_document_of_other"),
        (samples.did_document() | {"verificationMethod": []}, "key_unknown"),
        (samples.did_document() | {"verificationMethod": "x"}, "key_unknown"),
        (samples.did_document() | {"assertionMethod": []}, "key_not_allowed"),
        (samples.did_document() | {"assertionMethod": None}, "key_not_allowed"),
        (method(type="JsonWebKey"), "key_not_supported"),
        (method(controller="did:web:other"), "key_not_supported"),
        (method(publicKeyMultibase="zDn"), "key_not_supported"),
        (method(revoked="soon"), "key_not_supported"),
    ],
)
def test_only_a_key_that_the_document_allows_is_used(document: dict[str, Any], code: str) -> None:
    with pytest.raises(did.BadDid) as refusal:
        did.find_key(document, samples.ISSUER_DID, f"{samples.ISSUER_DID}#{samples.fragment()}")

    assert refusal.value.code == code


def test_relative_references_in_a_document_are_followed() -> None:
    document = samples.did_document()
    document["verificationMethod"][0]["id"] = f"#{samples.fragment()}"
    document["assertionMethod"] = [f"#{samples.fragment()}"]

    public, _ = did.find_key(
        document, samples.ISSUER_DID, f"{samples.ISSUER_DID}#{samples.fragment()}"
    )

    assert public == samples.public()
