"""Whether the words of a credential mean what a reader takes them to mean.

A Data Integrity proof covers the RDF, a reader sees the JSON, and contexts stand between the two:
with words redefined in an inline context, other JSON gives the same RDF and keeps its proof
(VC Data Integrity 1.0, 2.4.1 "Validating Contexts"). So only contexts that we know are accepted,
letter for letter, at the top only, and no JSON-LD keywords or addresses as names beside them.
"""

from typing import Any

from assessments.credentials import documents, dutch_terms
from assessments.credentials.canonical import UnsafeJsonLd

INLINE: tuple[dict[str, Any], ...] = (dutch_terms.CONTEXT,)
"""Inline contexts that we vouch for: the present one, and every edition that was ever signed."""
_KNOWN = {
    documents.VC_V2,
    *documents.OB_CONTEXTS,
    documents.OB_EXTENSIONS,
    documents.DATA_INTEGRITY_V2,
}


def check(document: dict[str, Any]) -> None:
    """Raise UnsafeJsonLd unless every name in the document has the meaning that we know."""
    contexts = document.get("@context")
    entries = contexts if isinstance(contexts, list) else [contexts]
    for position, entry in enumerate(entries):
        if not _is_known(entry) or entry in entries[:position]:
            raise UnsafeJsonLd("unknown_context", entry if isinstance(entry, str) else "inline")
    _check_names({name: value for name, value in document.items() if name != "@context"})


def _is_known(entry: Any) -> bool:
    return entry in _KNOWN if isinstance(entry, str) else entry in INLINE


def _check_names(value: Any) -> None:
    if isinstance(value, list):
        for item in value:
            _check_names(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            if name == "@context":
                raise UnsafeJsonLd("unknown_context", "inside")
            if name.startswith("@") or ":" in name:
                raise UnsafeJsonLd("undefined_term", name)
            _check_names(item)
