"""Safe mode: what a signature would not cover is refused, not dropped."""

import hashlib
import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.credentials import canonical, documents, strict_json
from tests.assessments.credentials import samples

PROPERTY = "https://leren.example.org/terms#linked"


def a_document(**changes: Any) -> dict[str, Any]:
    return {
        "@context": [documents.VC_V2, documents.OB_V3, documents.OB_EXTENSIONS],
        "id": "https://leren.example.org/credentials/1",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": "did:web:x", "type": ["Profile"], "name": "X"},
        "name": "n",
    } | changes


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"undefinedTerm": 1}, "undefined_term"),
        ({"@strange": "x"}, "undefined_term"),
        ({"id": "relative"}, "relative_reference"),
        ({"id": ""}, "relative_reference"),
        ({"id": "//elsewhere.example/x"}, "relative_reference"),
        ({"id": "../../x"}, "relative_reference"),
        ({"id": "https://a b/<"}, "relative_reference"),
        ({"type": ["VerifiableCredential", "NoSuchType"]}, "relative_reference"),
        ({"name": "bell \x07"}, "unsafe_character"),
        ({"name": "non-character \ufffe"}, "unsafe_character"),
        ({"name": "half \ud83d"}, "unsafe_character"),
        ({"name": {"@value": "x", "@direction": "rtl"}}, "undefined_term"),
        ({"name": {"@value": "x", "@language": "not a language"}}, "not_an_iri"),
        ({"name": 2**60}, "unsafe_number"),
        ({"name": float("nan")}, "unsafe_number"),
        ({"@context": [documents.VC_V2, "https://evil.example/context"]}, "unknown_context"),
        ({"@context": [documents.VC_V2, {"@base": "https://x/"}]}, "context_feature"),
        ({"@context": [documents.VC_V2, {"@import": "https://x/"}]}, "context_feature"),
        ({"@context": 5}, "not_json_ld"),
        ({"@context": [documents.VC_V2, {"name": "https://x/other"}]}, "not_json_ld"),
        ({"id": {}}, "not_json_ld"),
        ({"@context": []}, "undefined_term"),
    ],
)
def test_what_cannot_be_signed_is_refused(change: dict[str, Any], code: str) -> None:
    with pytest.raises(strict_json.NotUsable) as refusal:
        canonical.canonical_nquads(a_document(**change))

    assert refusal.value.code == code


def test_a_document_that_says_nothing_is_refused() -> None:
    with pytest.raises(canonical.UnsafeJsonLd) as refusal:
        canonical.canonical_nquads({"@context": [documents.VC_V2]})

    assert refusal.value.code == "nothing_said"


def test_many_blank_nodes_are_refused_before_the_expensive_part() -> None:
    evidence = [{"type": ["Evidence"], "name": "x"} for _ in range(70)]

    with pytest.raises(canonical.UnsafeJsonLd) as refusal:
        canonical.canonical_nquads(a_document(evidence=evidence))

    assert refusal.value.code == "too_many_blank_nodes"


def test_nodes_that_all_look_alike_are_refused_before_they_cost_years() -> None:
    clique = [
        {"id": f"_:n{one}", PROPERTY: [{"id": f"_:n{two}"} for two in range(12) if two != one]}
        for one in range(12)
    ]
    twins = [{PROPERTY: [{PROPERTY: "same"} for _ in range(9)]} for _ in range(2)]
    for linked in (clique, twins):
        started = time.monotonic()
        with pytest.raises(canonical.UnsafeJsonLd) as refusal:
            canonical.canonical_nquads(a_document(**{PROPERTY: linked}))

        assert refusal.value.code == "too_many_blank_nodes"
        assert time.monotonic() - started < 2


def test_very_many_contexts_or_values_are_refused() -> None:
    contexts = [documents.VC_V2, *[documents.OB_V3] * 40]
    values = json.dumps({"a": ["x"] * 4000})

    with pytest.raises(canonical.UnsafeJsonLd):
        canonical.canonical_nquads(a_document(**{"@context": contexts}))
    with pytest.raises(strict_json.NotUsable):
        strict_json.parse(values)


def test_parts_that_are_equal_but_stand_apart_are_no_problem() -> None:
    evidence = [{"type": ["Evidence"], "name": "same"} for _ in range(12)]

    assert canonical.canonical_nquads(a_document(evidence=evidence)).count("same") == 12


def test_the_order_of_keys_does_not_matter() -> None:
    document = a_document()
    turned = dict(reversed(document.items()))

    assert canonical.canonical_nquads(document) == canonical.canonical_nquads(turned)


def test_line_separators_inside_a_text_do_not_break_a_statement() -> None:
    lines = canonical.canonical_nquads(a_document(name="a\u2028b\u0085c\nd")).encode().split(b"\n")

    assert all(line.endswith(b" .") for line in lines if line)


def test_all_shipped_contexts_are_whole() -> None:
    for url in [documents.VC_V2, *documents.OB_CONTEXTS, documents.DID_V1, documents.MULTIKEY_V1]:
        assert documents.is_known(url)
        assert "@context" in documents.load(url)["document"]


def test_a_context_that_is_not_shipped_is_never_fetched() -> None:
    with pytest.raises(documents.UnknownContext):
        documents.load("https://www.w3.org/2018/credentials/v1")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b'{"a": 1, "a": 2}', "duplicate_key"),
        (b'{"a": NaN}', "unsafe_number"),
        (b'{"a": 1e999}', "unsafe_number"),
        (b'{"a": 9007199254740993}', "unsafe_number"),
        (b'{"a": ' + b"9" * 6000 + b"}", "unsafe_number"),
        (b'{"a": 1e20}', "unsafe_number"),
        (b'"text"', "not_object"),
        (b"{", "not_json"),
        (b"\xff\xfe", "not_json"),
        (b'{"a":' + b"[" * 20000 + b"]" * 20000 + b"}", "not_json"),
        (b" " * (strict_json.MAX_BYTES + 1), "too_large"),
    ],
)
def test_json_that_is_read_differently_elsewhere_is_refused(text: bytes, code: str) -> None:
    with pytest.raises(strict_json.NotUsable) as refusal:
        strict_json.parse(text)

    assert refusal.value.code == code


def test_deep_nesting_is_refused() -> None:
    value: Any = "x"
    for _ in range(40):
        value = {"a": value}

    with pytest.raises(strict_json.NotUsable) as refusal:
        strict_json.screen(value)

    assert refusal.value.code == "too_deep"


def test_whole_numbers_are_read_as_javascript_reads_them() -> None:
    assert strict_json.parse('{"a": 1.0, "b": 2.5}') == {"a": 1, "b": 2.5}
    assert isinstance(strict_json.parse('{"a": 1.0}')["a"], int)


@given(st.text(st.characters(exclude_categories=())))
@settings(max_examples=60, deadline=None)
def test_any_text_is_signed_and_verified_or_refused_clearly(text: str) -> None:
    document = samples.unsigned() | {"name": text}
    try:
        canonical.canonical_nquads(document)
    except strict_json.NotUsable as refusal:
        assert refusal.code == "unsafe_character"
        assert any(strict_json.is_unsafe(char) for char in text)
    else:
        assert not any(strict_json.is_unsafe(char) for char in text)


def test_threads_that_read_many_contexts_at_once_do_not_break_each_other() -> None:
    def read(number: int) -> bytes:
        # A context of its own each time, so that PyLD's caches are full and change all the while.
        own = {f"term{number}": f"https://leren.example.org/terms#{number}"}
        contexts = [documents.VC_V2, documents.OB_V3, documents.OB_EXTENSIONS, own]
        return canonical.canonical_digest(a_document(**{"@context": contexts}))

    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(read, range(120)))
    assert len(found) == 1  # contexts alone say nothing


@settings(max_examples=30, deadline=None)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=["Cc"])))
def test_what_is_remembered_is_what_the_whole_way_gives(name: str) -> None:
    document = a_document(name=name)
    whole = hashlib.sha256(canonical.canonical_nquads(document).encode()).digest()
    assert canonical.canonical_digest(document) == whole
    assert canonical.canonical_digest(json.loads(json.dumps(document))) == whole


def test_a_document_without_end_is_refused_before_it_is_remembered() -> None:
    nested: dict[str, Any] = a_document()
    for _level in range(3000):
        nested = {"evidence": nested}
    with pytest.raises(strict_json.NotUsable):
        canonical.canonical_digest(nested)
