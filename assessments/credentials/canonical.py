"""From JSON-LD to the bytes that are signed: strict expansion, then RDFC-1.0.

PyLD drops undefined terms in silence and resolves relative IRIs against a made-up base: such
statements would be shown but not signed. `expand` therefore does what jsonld.js calls safe mode
(Open Badges 3.0, section on Linked Data proofs): whatever would be dropped or made up is refused.
PyLD's own canoniser differs from RDFC-1.0 on control characters; pyoxigraph does that part.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from functools import lru_cache
from threading import Lock
from typing import Any

from pyld import jsonld
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    serialize,
)

from assessments.credentials import documents, poison, strict_json

_RELATIVE = "relative-reference:"
_BASE = f"{_RELATIVE}//here/"
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]*")
"""What N-Quads can carry between < and >; PyLD leaves anything else out without a word."""
MOST_KEPT = 400
"""Documents whose digest is remembered; each takes some 10 kB."""
_ONE_AT_A_TIME = Lock()
MAX_CONTEXTS = 32
"""Each costs time, also when it is the same one again."""
_REFUSED_IN_CONTEXTS = ("@base", "@import", "@direction", "@language")


class UnsafeJsonLd(strict_json.NotUsable):
    """Something in the document would not be covered by the signature."""


def canonical_digest(document: dict[str, Any]) -> bytes:
    """Return the SHA-256 of the canonical N-Quads; NotUsable when anything is unsafe.

    The same document has the same digest, so what this process looked at before is remembered, by
    its very text; a refusal is not.
    """
    strict_json.screen(document)  # first: what is nested without end cannot even be written
    return _digest_of(json.dumps(document))


@lru_cache(maxsize=MOST_KEPT)
def _digest_of(text: str) -> bytes:
    return hashlib.sha256(canonical_nquads(json.loads(text)).encode()).digest()


def canonical_nquads(document: dict[str, Any]) -> str:
    """Return the canonical N-Quads of a document, or raise NotUsable when anything is unsafe."""
    strict_json.screen(document)
    return canonicalise(quads_of(document))


def quads_of(document: dict[str, Any]) -> list[Quad]:
    """Return the RDF of a screened document; its blank nodes have names of no meaning."""
    # PyLD shares a cache between threads without a lock, and breaks when two change it at once.
    with _ONE_AT_A_TIME:
        dataset = _to_rdf(expand(document))
    return list(_quads(dataset))


def _refuse_poison(quads: list[Quad]) -> None:
    if poison.count_blank_nodes(quads) > poison.MAX_BLANK_NODES:
        raise UnsafeJsonLd("too_many_blank_nodes")
    if poison.count_lookalikes(quads) > poison.MAX_LOOKALIKES:
        raise UnsafeJsonLd("too_many_blank_nodes", "lookalikes")


def expand(document: dict[str, Any]) -> list[Any]:
    """Expand in safe mode, only with contexts that are shipped with us."""
    _screen_contexts(document)
    if _count_contexts(document) > MAX_CONTEXTS:
        raise UnsafeJsonLd("context_feature", "too many contexts")

    def refuse(term: object) -> None:
        raise UnsafeJsonLd("undefined_term", str(term or ""))

    try:
        expanded: list[Any] = jsonld.expand(
            document, {"base": _BASE, "documentLoader": documents.load}, refuse
        )
    except (jsonld.JsonLdError, RecursionError, TypeError, ValueError, AttributeError) as error:
        raise _reason(error) from error
    if len(expanded) != 1:
        raise UnsafeJsonLd("nothing_said")
    _check_nodes(expanded)
    return expanded


def _reason(error: BaseException) -> strict_json.NotUsable:
    """Find our own refusal inside PyLD's chain of errors."""
    step: BaseException | None = error
    while step is not None:
        if isinstance(step, strict_json.NotUsable):
            return step
        if isinstance(step, documents.UnknownContext):
            return UnsafeJsonLd("unknown_context", step.url)
        step = step.__cause__ or getattr(step, "cause", None) or step.__context__
    return UnsafeJsonLd("not_json_ld", getattr(error, "code", None) or type(error).__name__)


def _screen_contexts(value: Any, *, inside: bool = False) -> None:
    """Refuse context features on which processors disagree or that fetch (JSON-LD 1.1, 4.1)."""
    if isinstance(value, dict):
        for key, item in value.items():
            if inside and key in _REFUSED_IN_CONTEXTS:
                raise UnsafeJsonLd("context_feature", key)
            _screen_contexts(item, inside=inside or key == "@context")
    elif isinstance(value, list):
        for item in value:
            _screen_contexts(item, inside=inside)


def _count_contexts(value: Any) -> int:
    """Count the contexts that a document applies, wherever they stand."""
    if isinstance(value, list):
        return sum(_count_contexts(item) for item in value)
    if not isinstance(value, dict):
        return 0
    own = value.get("@context", [])
    inner = sum(_count_contexts(item) for item in value.values())
    return inner + (len(own) if isinstance(own, list) else 1)


def _check_nodes(value: Any) -> None:
    """Refuse identifiers and types that were relative, and what to_rdf would leave out."""
    if isinstance(value, list):
        for item in value:
            _check_nodes(item)
    elif isinstance(value, dict):
        _check_identifiers(value)
        for key, item in value.items():
            if not key.startswith("@") and not is_iri(key) or key == "@direction":
                raise UnsafeJsonLd("undefined_term", key)
            if key != "@value":
                _check_nodes(item)


def _check_identifiers(node: dict[str, Any]) -> None:
    types = node.get("@type", [])
    names = list(types) if isinstance(types, list) else [types]
    if "@id" in node:
        names.append(node["@id"])
    for iri in names:
        if iri == "@json":
            continue
        if not isinstance(iri, str) or not (is_iri(iri) or iri.startswith("_:")):
            raise UnsafeJsonLd("relative_reference", str(iri or "").removeprefix(_BASE))


def is_iri(text: str) -> bool:
    """Whether this is an absolute IRI that N-Quads can carry."""
    return not text.startswith((_RELATIVE, "_:")) and _IRI.fullmatch(text) is not None


def _to_rdf(expanded: list[Any]) -> dict[str, list[dict[str, Any]]]:
    try:
        dataset: dict[str, list[dict[str, Any]]] = jsonld.to_rdf(
            expanded, {"base": _BASE, "documentLoader": documents.load}
        )
    except (jsonld.JsonLdError, RecursionError, TypeError, ValueError) as error:
        raise _reason(error) from error
    return dataset


def _quads(dataset: dict[str, list[dict[str, Any]]]) -> Iterator[Quad]:
    for name, triples in dataset.items():
        graph = DefaultGraph() if name == "@default" else _resource(name)
        for triple in triples:
            try:
                yield Quad(
                    _resource(triple["subject"]["value"]),
                    NamedNode(triple["predicate"]["value"]),
                    _object(triple["object"]),
                    graph,
                )
            except ValueError as error:
                raise UnsafeJsonLd("not_an_iri", str(error)) from error


def _resource(value: str) -> NamedNode | BlankNode:
    return BlankNode(value[2:]) if value.startswith("_:") else NamedNode(value)


def _object(term: dict[str, Any]) -> NamedNode | BlankNode | Literal:
    if term["type"] != "literal":
        return _resource(term["value"])
    if term.get("language"):
        return Literal(term["value"], language=term["language"])
    return Literal(term["value"], datatype=NamedNode(term["datatype"]))


def canonicalise(quads: list[Quad]) -> str:
    """Return the canonical N-Quads (RDFC-1.0), or raise UnsafeJsonLd when that takes too long."""
    _refuse_poison(quads)
    dataset = Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    lines = serialize(dataset, format=RdfFormat.N_QUADS)
    if lines is None:  # pragma: no cover - only when written to a file
        return ""
    # Split on the byte: str.splitlines would also split on U+0085 and U+2028 inside texts. UTF-8
    # bytes sort as code points do, which is the order RDFC-1.0 asks for.
    return b"".join(sorted(line + b"\n" for line in lines.split(b"\n") if line)).decode()
