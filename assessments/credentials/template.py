"""Signing fast: documents of one achievement differ in a few values, so they are expanded once.

The RDF of a document is made by PyLD, in safe mode, with a mark in the place of each such value.
For the next document of the same shape only the marks are replaced; RDFC-1.0 then runs on the whole
dataset as always. A test over invented values holds this to the full way of `canonical`. Only for
documents that we make ourselves: what others bring goes the full way.
"""

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from assessments.credentials import canonical, strict_json

_IDENTIFIERS = ("id", "verificationMethod")
_PLACES: tuple[tuple[str | int, ...], ...] = (
    ("id",),
    ("verificationMethod",),
    ("credentialSubject", "id"),
    ("credentialStatus", "id"),
    ("created",),
    ("awardedDate",),
    ("validFrom",),
    ("validUntil",),
    ("credentialStatus", "statusListIndex"),
    ("credentialSubject", "result", 0, "value"),
)
MOST_KEPT = 64
_MARK = f"mark-{secrets.token_hex(8)}"
"""In no document: nobody outside this process knows it."""
_Term = NamedNode | BlankNode | Literal | Triple


def digest(document: dict[str, Any]) -> bytes:
    """Return the same as `canonical.canonical_digest`, for a document of our own making."""
    strict_json.screen(document)
    return _digest_of(json.dumps(document))


@lru_cache(maxsize=MOST_KEPT)
def _digest_of(text: str) -> bytes:
    marked, values = _marked(json.loads(text))
    quads = [_filled(quad, values) for quad in _expanded(json.dumps(marked))]
    return hashlib.sha256(canonical.canonicalise(quads).encode()).digest()


@lru_cache(maxsize=MOST_KEPT)
def _expanded(text: str) -> tuple[Quad, ...]:
    return tuple(canonical.quads_of(json.loads(text)))


def _marked(document: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Put marks into the document; return it, and what they stand for."""
    values = {}
    for number, (place, name, value) in enumerate(list(_places(document))):
        # The kind of an identifier stays: JSON-LD may read a known prefix in another way.
        kind = value.partition(":")[0] + ":" if name in _IDENTIFIERS else ""
        mark = f"{kind}{_MARK}-{number}"
        place[name], values[mark] = mark, value
    return document, values


def _places(document: dict[str, Any]) -> Iterator[tuple[Any, Any, str]]:
    """Yield where a value stands that differs between documents of one shape, as text."""
    for path in _PLACES:
        place: Any = document
        for step in path[:-1]:
            place = _step(place, step)
        value = _step(place, path[-1])
        if isinstance(value, str) and (path[-1] not in _IDENTIFIERS or canonical.is_iri(value)):
            yield place, path[-1], value


def _step(place: Any, step: str | int) -> Any:
    if isinstance(step, int):
        return place[step] if isinstance(place, list) and len(place) > step else None
    return place.get(step) if isinstance(place, dict) else None


def _filled(quad: Quad, values: Mapping[str, str]) -> Quad:
    try:
        subject, thing = _value(quad.subject, values), _value(quad.object, values)
    except ValueError as error:
        raise canonical.UnsafeJsonLd("not_an_iri", str(error)) from error
    if subject is quad.subject and thing is quad.object:
        return quad
    assert not isinstance(subject, Literal)
    return Quad(subject, quad.predicate, thing, quad.graph_name)


def _value(term: _Term, values: Mapping[str, str]) -> _Term:
    if isinstance(term, NamedNode) and term.value in values:
        return NamedNode(values[term.value])
    if isinstance(term, Literal) and term.value in values:
        if term.language:
            return Literal(values[term.value], language=term.language)
        return Literal(values[term.value], datatype=term.datatype)
    return term
