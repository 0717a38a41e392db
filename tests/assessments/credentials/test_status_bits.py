"""The bits of a status list."""

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.credentials import multibase, status_bits


@given(st.sets(st.integers(0, status_bits.ENTRIES - 1), max_size=20))
@settings(max_examples=25, deadline=None)
def test_what_is_marked_is_read_back(marked: set[int]) -> None:
    encoded = status_bits.encode(marked)

    assert all(status_bits.is_marked(encoded, index) for index in marked)
    assert not status_bits.is_marked(encoded, min(set(range(30)) - marked))


def test_the_first_bit_is_the_most_significant() -> None:
    packed = multibase.from_base64url(status_bits.encode([0, 15]))

    assert gzip.decompress(packed)[:2] == b"\x80\x01"


def test_the_same_bits_are_the_same_text() -> None:
    assert status_bits.encode([5, 3]) == status_bits.encode([3, 5])


@pytest.mark.parametrize(
    ("encoded", "code"),
    [
        ("", "status_list_malformed"),
        ("m", "status_list_malformed"),
        ("u", "status_list_malformed"),
        ("uAAAA", "status_list_malformed"),
        ("u" + "A" * 600_000, "status_list_malformed"),
        (multibase.to_base64url(gzip.compress(bytes(100))), "status_list_too_short"),
        (multibase.to_base64url(gzip.compress(bytes(50_000_000))), "status_list_malformed"),
        (status_bits.encode([])[:40], "status_list_malformed"),
    ],
)
def test_other_lists_are_refused(encoded: str, code: str) -> None:
    with pytest.raises(status_bits.BadStatusList) as refusal:
        status_bits.is_marked(encoded, 1)

    assert refusal.value.code == code


@pytest.mark.parametrize("index", [-1, status_bits.ENTRIES])
def test_positions_outside_the_list_are_refused(index: int) -> None:
    with pytest.raises(status_bits.BadStatusList):
        status_bits.encode([index])
    with pytest.raises(status_bits.BadStatusList):
        status_bits.is_marked(status_bits.encode([]), index)
