"""Secrets at rest: AES-256-GCM under the master key, bound to what they belong to."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask, current_app

_NONCE = 12


class SealBroken(Exception):
    """The sealed bytes were changed, belong elsewhere, or the master key is another one."""


def install(app: Flask, master_key: bytes) -> None:
    """Give this application the key that seals."""
    app.extensions["expeditie_sealing"] = AESGCM(master_key)


def seal(plain: bytes, context: str) -> bytes:
    """Return nonce + ciphertext that only opens with the same `context`."""
    nonce = os.urandom(_NONCE)
    return nonce + _cipher().encrypt(nonce, plain, context.encode())


def unseal(sealed: bytes, context: str) -> bytes:
    """Return what was sealed, or raise SealBroken."""
    try:
        return _cipher().decrypt(sealed[:_NONCE], sealed[_NONCE:], context.encode())
    except InvalidTag:
        raise SealBroken(context) from None


def _cipher() -> AESGCM:
    cipher: AESGCM = current_app.extensions["expeditie_sealing"]
    return cipher
