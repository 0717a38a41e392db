"""Signing and verifying with eddsa-rdfc-2022."""

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.credentials import data_integrity, multibase
from tests.assessments.credentials import samples


def verified(document: dict[str, Any]) -> str:
    """Return "" or the code of the refusal."""
    try:
        for proof in data_integrity.proofs(document):
            data_integrity.verify(document, proof, samples.public())
    except data_integrity.BadProof as refusal:
        return refusal.code
    return ""


def test_what_was_signed_verifies() -> None:
    assert verified(samples.signed()) == ""


def test_the_proof_is_an_array_as_the_schema_wants() -> None:
    assert isinstance(samples.signed()["proof"], list)


def test_a_signed_document_is_not_signed_again() -> None:
    with pytest.raises(data_integrity.BadProof):
        data_integrity.sign(samples.signed(), samples.signer(), created=samples.NOW)


def every_text(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every text in a document."""
    if isinstance(value, dict):
        return [found for key, item in value.items() for found in every_text(item, (*path, key))]
    if isinstance(value, list):
        return [found for n, item in enumerate(value) for found in every_text(item, (*path, n))]
    return [path] if isinstance(value, str) else []


@pytest.mark.parametrize(
    "path",
    [path for path in every_text(samples.signed()) if path[0] != "@context"],
    ids=lambda path: ".".join(str(step) for step in path),
)
def test_every_changed_text_is_noticed(path: tuple[Any, ...]) -> None:
    changed = copy.deepcopy(samples.signed())
    place: Any = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] += "x"

    assert verified(changed) != ""


@pytest.mark.parametrize(
    "change",
    [
        {"evidence": []},
        {"validUntil": "2099-01-01T00:00:00Z"},
        {"proof": []},
        {"proof": None},
        {"proof": "x"},
        {"proof": [{}] * 4},
        {"proof": [5]},
    ],
)
def test_added_and_removed_parts_are_noticed(change: dict[str, Any]) -> None:
    assert verified(samples.signed() | change) != ""


@pytest.mark.parametrize(
    "value", ["", "z", "zzz", "m" + "A" * 86, "z" + "1" * 5000, "z0OIl", 5, None]
)
def test_malformed_signatures_are_refused_and_cost_nothing(value: object) -> None:
    document = samples.signed()
    proof = document["proof"][0] | {"proofValue": value}

    assert verified(document | {"proof": [proof]}) == "malformed_proof"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text() | st.floats(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=6,
    ),
    st.sampled_from(["name", "issuer", "evidence", "credentialSubject", "@context", "proof", "id"]),
)
@settings(max_examples=80, deadline=None)
def test_rubbish_anywhere_is_refused_without_an_accident(rubbish: Any, place: str) -> None:
    assert isinstance(verified(samples.signed() | {place: rubbish}), str)


@given(st.binary(max_size=80))
def test_multibase_keeps_every_byte(data: bytes) -> None:
    assert multibase.from_base58btc(multibase.to_base58btc(data)) == data
    assert multibase.from_base64url(multibase.to_base64url(data)) == data


@pytest.mark.parametrize("text", ["", "x", "z6Mk", "z" + "6" * 300, "u===", "ué"])
def test_other_encodings_are_refused(text: str) -> None:
    with pytest.raises(multibase.BadMultibase):
        multibase.ed25519_public(text)


def test_base64url_refuses_rubbish() -> None:
    for text in ("m", "ué", "uA"):
        with pytest.raises(multibase.BadMultibase):
            multibase.from_base64url(text)


def test_a_published_test_key_is_read() -> None:
    """VC Data Integrity EdDSA Cryptosuites 1.0, appendix B: the key of the test vectors."""
    multikey = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ1XJPt4swbTQ2"

    assert multibase.ed25519_multikey(multibase.ed25519_public(multikey)) == multikey
