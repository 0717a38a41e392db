"""Multibase and Multikey (Controlled Identifiers 1.0, sections 2.4 and 2.2.2)."""

import base64

ED25519_PUBLIC = b"\xed\x01"
"""Multicodec 0xed as an unsigned varint: an Ed25519 public key of 32 bytes follows."""
_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VALUES = {char: value for value, char in enumerate(_ALPHABET)}
_MAX_TEXT = 256
"""Base-58 costs the square of the length; no key or signature of ours is longer."""


class BadMultibase(ValueError):
    """This is not the encoding that was expected."""


def to_base58btc(data: bytes) -> str:
    """Return `z` + base-58-btc."""
    number = int.from_bytes(data, "big")
    digits = ""
    while number:
        number, rest = divmod(number, 58)
        digits = _ALPHABET[rest] + digits
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "z" + "1" * zeros + digits


def from_base58btc(text: str) -> bytes:
    """Decode `z…`, or raise BadMultibase."""
    if not text.startswith("z") or len(text) > _MAX_TEXT:
        raise BadMultibase("not base58btc")
    number = 0
    for char in text[1:]:
        if char not in _VALUES:
            raise BadMultibase("not base58btc")
        number = number * 58 + _VALUES[char]
    zeros = len(text[1:]) - len(text[1:].lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def to_base64url(data: bytes) -> str:
    """Return `u` + base64url without padding."""
    return "u" + base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """Decode `u…` (no padding), or raise BadMultibase."""
    if not text.startswith("u"):
        raise BadMultibase("not base64url")
    body = text[1:]
    try:
        return base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
    except ValueError as error:
        raise BadMultibase("not base64url") from error


def ed25519_multikey(public: bytes) -> str:
    """Return `publicKeyMultibase` of an Ed25519 key (z6Mk…)."""
    return to_base58btc(ED25519_PUBLIC + public)


def ed25519_public(multikey: str) -> bytes:
    """Return the 32 bytes of an Ed25519 Multikey, or raise BadMultibase for any other key."""
    data = from_base58btc(multikey)
    if not data.startswith(ED25519_PUBLIC) or len(data) != 34:
        raise BadMultibase("not an Ed25519 key")
    return data[2:]
