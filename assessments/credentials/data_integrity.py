"""The cryptosuite eddsa-rdfc-2022 (VC Data Integrity EdDSA Cryptosuites 1.0, section 3.2)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from assessments.credentials import multibase, template
from assessments.credentials.canonical import canonical_digest
from assessments.credentials.strict_json import NotUsable

CRYPTOSUITE = "eddsa-rdfc-2022"
PROOF_TYPE = "DataIntegrityProof"
PURPOSE = "assertionMethod"
MAX_PROOFS = 3
_SIGNATURE_BYTES = 64
Digest = Callable[[dict[str, Any]], bytes]
"""`canonical_digest`, or `template.digest` for what we made ourselves."""


class BadProof(Exception):
    """A proof that cannot be accepted; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Signer:
    """A private key and the verification method under which its public half is published."""

    verification_method: str
    key: Ed25519PrivateKey


def iso(moment: datetime) -> str:
    """Write a moment as xsd:dateTime with second precision in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def sign(document: dict[str, Any], signer: Signer, *, created: datetime) -> dict[str, Any]:
    """Return the document with its proof, always as an array of one (Open Badges 3.0 schema)."""
    if "proof" in document:
        raise BadProof("already_signed")
    options = {
        "type": PROOF_TYPE,
        "cryptosuite": CRYPTOSUITE,
        "created": iso(created),
        "verificationMethod": signer.verification_method,
        "proofPurpose": PURPOSE,
    }
    signature = signer.key.sign(_hash_data(document, options, template.digest))
    return document | {"proof": [options | {"proofValue": multibase.to_base58btc(signature)}]}


def proofs(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the proofs of a secured document; BadProof when there is none or one is malformed."""
    found = document.get("proof")
    many = found if isinstance(found, list) else [found]
    if found is None or not many:
        raise BadProof("no_proof")
    if len(many) > MAX_PROOFS:
        raise BadProof("too_many_proofs")
    if not all(isinstance(proof, dict) for proof in many):
        raise BadProof("malformed_proof")
    return [proof for proof in many if isinstance(proof, dict)]


def verify(
    document: dict[str, Any],
    proof: dict[str, Any],
    public: bytes,
    digest: Digest = canonical_digest,
) -> None:
    """Return when this proof was made over this very document with this key, else raise BadProof.

    Whether the key belongs to the issuer is for the caller to find out.
    """
    check_shape(proof)
    signature = _signature(proof)
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    try:
        data = _hash_data(unsecured, options, digest)
    except NotUsable as error:
        raise BadProof(error.code) from error
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
    except (InvalidSignature, ValueError) as error:
        raise BadProof("signature_wrong") from error


def check_shape(proof: dict[str, Any]) -> None:
    """Raise BadProof unless this is an eddsa-rdfc-2022 assertion proof."""
    if proof.get("type") != PROOF_TYPE or proof.get("cryptosuite") != CRYPTOSUITE:
        raise BadProof("other_cryptosuite")
    if proof.get("proofPurpose") != PURPOSE:
        raise BadProof("other_purpose")
    if not isinstance(proof.get("verificationMethod"), str):
        raise BadProof("malformed_proof")


def _signature(proof: dict[str, Any]) -> bytes:
    value = proof.get("proofValue")
    try:
        signature = multibase.from_base58btc(value) if isinstance(value, str) else b""
    except multibase.BadMultibase as error:
        raise BadProof("malformed_proof") from error
    if len(signature) != _SIGNATURE_BYTES:
        raise BadProof("malformed_proof")
    return signature


def _hash_data(document: dict[str, Any], options: dict[str, Any], digest: Digest) -> bytes:
    """Section 3.2.4: the hash of the proof configuration, then that of the document."""
    # Section 3.2.5: the configuration is read with the contexts of the document.
    configuration = options | {"@context": document.get("@context")}
    return digest(configuration) + digest(document)
