"""JSON-LD contexts that are shipped with us; nothing is ever fetched, nothing else is accepted.

The files are byte for byte what W3C and 1EdTech publish. A context that comes from elsewhere could
change the meaning of what was signed (VC Data Integrity 1.0, section 2.4.1 "Validating Contexts").
"""

import hashlib
import json
from functools import cache
from importlib.resources import files
from typing import Any

VC_V2 = "https://www.w3.org/ns/credentials/v2"
OB_V3 = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
OB_EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
DID_V1 = "https://www.w3.org/ns/did/v1"
MULTIKEY_V1 = "https://w3id.org/security/multikey/v1"
DATA_INTEGRITY_V2 = "https://w3id.org/security/data-integrity/v2"

_OB = "https://purl.imsglobal.org/spec/ob/v3p0"
_SHIPPED: dict[str, tuple[str, str]] = {
    VC_V2: (
        "credentials-v2.json",
        "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
    ),
    OB_V3: (
        "ob-v3p0-context-3.0.3.json",
        "ef2fa9c7846dce233cc166b43639027278be4ee44f00bb1d45c75de2dd0cd761",
    ),
    f"{_OB}/context-3.0.2.json": (
        "ob-v3p0-context-3.0.2.json",
        "00666ad080ba407687ed1846b7f5e7495f5019042b202a727de47c48a1755c53",
    ),
    f"{_OB}/context-3.0.1.json": (
        "ob-v3p0-context-3.0.1.json",
        "5f3d9dd6288ef437ff8286cf95ffbff609c748a66f24a1e9450c45ca64be1571",
    ),
    f"{_OB}/context.json": (
        "ob-v3p0-context.json",
        "9f1c8f9f361ba2994b9b50701f41149919542c50c7b7455b2846d87959295d72",
    ),
    OB_EXTENSIONS: (
        "ob-v3p0-extensions.json",
        "87c06c81bc2317663bf288d740d94fddd2818c4342b186270ff6371dfaa63f93",
    ),
    DID_V1: (
        "did-v1.json",
        "62c1054bf404d6dd3a4b26b64f830fd72095f6a26edc4469908c94351352ce5f",
    ),
    MULTIKEY_V1: (
        "multikey-v1.json",
        "ba2c182de2d92f7e47184bcca8fcf0beaee6d3986c527bf664c195bbc7c58597",
    ),
    DATA_INTEGRITY_V2: (
        "data-integrity-v2.json",
        "67f21e6e33a6c14e5ccfd2fc7865f7474fb71a04af7e94136cb399dfac8ae8f4",
    ),
}
OB_CONTEXTS = tuple(url for url in _SHIPPED if url.startswith(_OB) and url != OB_EXTENSIONS)
"""Every served edition of the Open Badges 3.0 context that we can check against."""


class UnknownContext(Exception):
    """A context that is not shipped with us; `url` says which."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url


def is_known(url: str) -> bool:
    """Whether this context is shipped with us."""
    return url in _SHIPPED


@cache
def context(url: str) -> dict[str, Any]:
    """Return the shipped context, or raise UnknownContext; a changed file is an error at once."""
    if url not in _SHIPPED:
        raise UnknownContext(url)
    name, digest = _SHIPPED[url]
    content = files("assessments.credentials").joinpath("contexts", name).read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        raise RuntimeError(f"the shipped context {name} was changed")
    document: dict[str, Any] = json.loads(content)
    return document


def load(url: str, _options: dict[str, Any] | None = None) -> dict[str, Any]:
    """Be the document loader of PyLD."""
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": url,
        "document": context(url),
    }
