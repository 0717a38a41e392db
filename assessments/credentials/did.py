"""did:web and did:key: names of issuers, and the documents that hold their public keys.

did:web method specification; Controlled Identifiers 1.0; DID Core 1.0.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote

from assessments.credentials import documents, multibase
from assessments.credentials.data_integrity import iso

_DID_WEB = re.compile(r"did:web:[A-Za-z0-9.%_-]+(:[A-Za-z0-9._~%-]+)*")
_HOST = re.compile(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?")
_SEGMENT = re.compile(r"[A-Za-z0-9._~-]+")
_LOOPBACK = re.compile(
    r"(localhost|.*\.localhost|127\.[0-9.]+|0\.0\.0\.0)(:[0-9]+)?", re.IGNORECASE
)
_ADDRESS = re.compile(r"[0-9.]+(:[0-9]+)?")
MAX_LENGTH = 500


class BadDid(ValueError):
    """This is not a DID that we can use; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class PublishedKey:
    """One public key in a DID document."""

    fragment: str
    public: bytes
    may_assert: bool = True
    revoked_at: datetime | None = None


def default_for(host: str, slug: str) -> str:
    """Return `did:web:HOST:issuers:SLUG`, the name of an issuer that uses our host."""
    return f"did:web:{quote(host, safe='')}:issuers:{quote(slug, safe='-._~')}"


def check_web(did: str, *, production: bool) -> None:
    """Raise BadDid unless this did:web can be resolved, in production by the whole world."""
    host = host_of(did)
    if production and (_LOOPBACK.fullmatch(host) or _ADDRESS.fullmatch(host) or "." not in host):
        raise BadDid("did_not_public")


def host_of(did: str) -> str:
    """Return host and port of a did:web, or raise BadDid."""
    if len(did) > MAX_LENGTH or not _DID_WEB.fullmatch(did):
        raise BadDid("not_did_web")
    host = unquote(did.split(":")[2])
    if not _HOST.fullmatch(host):
        raise BadDid("not_did_web")
    return host.lower()


def base_url(did: str) -> str:
    """Return the address of the folder in which did.json stands (did:web, "Read (Resolve)")."""
    host = host_of(did)
    segments = [unquote(segment) for segment in did.split(":")[3:]]
    if any(segment in (".", "..") or not _SEGMENT.fullmatch(segment) for segment in segments):
        raise BadDid("not_did_web")
    # The method always uses https; only a development host on loopback has no certificate.
    scheme = "http" if _LOOPBACK.fullmatch(host) else "https"
    path = "/".join(quote(segment, safe="-._~") for segment in segments or [".well-known"])
    return f"{scheme}://{host}/{path}"


def document_url(did: str) -> str:
    """Return the address at which a did:web is resolved."""
    return f"{base_url(did)}/did.json"


def document(did: str, keys: Sequence[PublishedKey]) -> dict[str, Any]:
    """Return the DID document with these keys as Multikey entries."""
    asserting = [f"{did}#{key.fragment}" for key in keys if key.may_assert]
    return {
        "@context": [documents.DID_V1, documents.MULTIKEY_V1],
        "id": did,
        "verificationMethod": [_method(did, key) for key in keys],
        "assertionMethod": asserting,
    }


def _method(did: str, key: PublishedKey) -> dict[str, Any]:
    entry = {
        "id": f"{did}#{key.fragment}",
        "type": "Multikey",
        "controller": did,
        "publicKeyMultibase": multibase.ed25519_multikey(key.public),
    }
    return entry | ({"revoked": iso(key.revoked_at)} if key.revoked_at else {})


def key_document(did: str) -> dict[str, Any]:
    """Return the document that a did:key (Ed25519) stands for, or raise BadDid."""
    multikey = did.removeprefix("did:key:")
    try:
        public = multibase.ed25519_public(multikey)
    except multibase.BadMultibase as error:
        raise BadDid("not_did_key") from error
    return document(did, [PublishedKey(multikey, public)])


def find_key(controller: dict[str, Any], did: str, method_id: str) -> tuple[bytes, datetime | None]:
    """Return the public key that this DID document allows to make assertions, or raise BadDid.

    The second value is the moment from which the key is no longer to be trusted, if any.
    """
    if controller.get("id") != did:
        raise BadDid("did_document_of_other")
    method = _entry(controller, method_id)
    if not _may_assert(controller, method_id):
        raise BadDid("key_not_allowed")
    if method.get("type") != "Multikey" or method.get("controller") != did:
        raise BadDid("key_not_supported")
    try:
        public = multibase.ed25519_public(str(method.get("publicKeyMultibase")))
    except multibase.BadMultibase as error:
        raise BadDid("key_not_supported") from error
    return public, _revoked(method)


def _entry(controller: dict[str, Any], method_id: str) -> dict[str, Any]:
    methods = controller.get("verificationMethod")
    embedded = controller.get("assertionMethod")
    for listed in (methods, embedded):
        for entry in listed if isinstance(listed, list) else []:
            if isinstance(entry, dict) and _absolute(controller, entry.get("id")) == method_id:
                return entry
    raise BadDid("key_unknown")


def _may_assert(controller: dict[str, Any], method_id: str) -> bool:
    listed = controller.get("assertionMethod")
    ids = [
        entry.get("id") if isinstance(entry, dict) else entry
        for entry in (listed if isinstance(listed, list) else [listed])
    ]
    return any(_absolute(controller, found) == method_id for found in ids)


def _absolute(controller: dict[str, Any], reference: object) -> str:
    """DID Core 1.0, 3.2.2: a relative DID URL is taken from the document's own id."""
    text = reference if isinstance(reference, str) else ""
    return f"{controller.get('id')}{text}" if text.startswith("#") else text


def _revoked(method: dict[str, Any]) -> datetime | None:
    value = method.get("revoked")
    if value is None:
        return None
    try:
        return datetime.fromisoformat(str(value))
    except ValueError as error:
        raise BadDid("key_not_supported") from error
