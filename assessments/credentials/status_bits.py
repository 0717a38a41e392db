"""The compressed bits of a status list (Bitstring Status List 1.0, sections 3.1 to 3.3)."""

import gzip
import zlib
from collections.abc import Iterable

from assessments.credentials import multibase

ENTRIES = 131_072
"""The least the specification allows, so that one holder hides among many (section 6.1)."""
MAX_ENTRIES = 8 * ENTRIES
_MAX_TEXT = 512 * 1024


class BadStatusList(ValueError):
    """This is not a usable status list; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def encode(marked: Iterable[int]) -> str:
    """Return `u` + base64url(gzip(bits)) with these positions set, the leftmost bit being 0."""
    bits = bytearray(ENTRIES // 8)
    for index in marked:
        if not 0 <= index < ENTRIES:
            raise BadStatusList("index_out_of_range")
        bits[index >> 3] |= 0x80 >> (index & 7)
    # No time stamp in the header: the same bits are always the same text.
    return multibase.to_base64url(gzip.compress(bytes(bits), mtime=0))


def is_marked(encoded: str, index: int) -> bool:
    """Whether the bit at this position is set; BadStatusList when that cannot be said."""
    bits = _expand(encoded)
    if not 0 <= index < len(bits) * 8:
        raise BadStatusList("index_out_of_range")
    return bool(bits[index >> 3] & (0x80 >> (index & 7)))


def _expand(encoded: str) -> bytes:
    """Decompress with a limit: a few kilobytes can hold gigabytes of zeros."""
    if len(encoded) > _MAX_TEXT:
        raise BadStatusList("status_list_malformed")
    try:
        packed = multibase.from_base64url(encoded)
        inflater = zlib.decompressobj(wbits=31)  # gzip header
        bits = inflater.decompress(packed, MAX_ENTRIES // 8 + 1)
    except (multibase.BadMultibase, zlib.error) as error:
        raise BadStatusList("status_list_malformed") from error
    if len(bits) > MAX_ENTRIES // 8 or not inflater.eof:
        raise BadStatusList("status_list_malformed")
    if len(bits) * 8 < ENTRIES:
        raise BadStatusList("status_list_too_short")
    return bits
