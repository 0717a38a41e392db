"""The fast way of signing gives, byte for byte, what the full way gives."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.credentials import canonical, data_integrity, strict_json, template
from assessments.credentials.facts import StatusPlace
from tests.assessments.credentials import samples

PLAIN = st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=["Cc", "Cs"])
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))
IDS = st.sampled_from(["https://leren.example.org/", "urn:uuid:", "did:web:x:"])
PATHS = st.text("abcdef0123456789-._~:/", min_size=1, max_size=30)


@settings(max_examples=25, deadline=None)
@given(
    id=st.builds(str.__add__, IDS, PATHS),
    subject=st.builds(str.__add__, IDS, PATHS),
    awarded_at=MOMENTS,
    valid_from=MOMENTS,
    valid_until=st.none() | MOMENTS,
    score=st.none() | st.decimals(0, 1, places=4),
    status=st.builds(StatusPlace, st.builds(str.__add__, IDS, PATHS), st.integers(0, 131071)),
)
def test_awards_of_one_achievement(**values: Any) -> None:
    document = samples.unsigned(**values)
    assert template.digest(document) == canonical.canonical_digest(document)


@settings(max_examples=25, deadline=None)
@given(
    name=st.sampled_from(["id", "awardedDate", "validFrom", "validUntil"]),
    text=st.text(PLAIN, max_size=30) | st.builds(str.__add__, IDS, st.text(PLAIN, max_size=20)),
)
def test_any_text_in_a_changing_place_is_digested_or_refused_alike(name: str, text: str) -> None:
    document = samples.unsigned() | {name: text}
    assert _outcome(template.digest, document) == _outcome(canonical.canonical_digest, document)


def _outcome(digest: data_integrity.Digest, document: dict[str, Any]) -> object:
    try:
        return digest(document)
    except strict_json.NotUsable as refusal:
        return refusal.code


@pytest.mark.parametrize(
    "change",
    [
        {"undefinedTerm": "x"},
        {"type": ["VerifiableCredential", "NoSuchType"]},
        {"name": "bell \x07"},
        {"id": "relative"},
    ],
)
def test_safe_mode_holds_on_the_fast_way_too(change: dict[str, Any]) -> None:
    with pytest.raises(strict_json.NotUsable):
        template.digest(samples.unsigned() | change)


def test_two_nodes_with_one_name_stay_one() -> None:
    same = "https://leren.example.org/credentials/1"
    document = samples.unsigned(id=same, subject=same)
    assert template.digest(document) == canonical.canonical_digest(document)


def test_a_changed_value_changes_the_digest() -> None:
    first = samples.unsigned(score=Decimal("0.5"))
    assert template.digest(first) != template.digest(samples.unsigned(score=Decimal("0.6")))
