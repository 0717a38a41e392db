"""Signing messages, rightly and, when a test asks for it, wrongly."""

import base64
import hmac
import json
import secrets
from typing import Any

import jwt

from lti_app.demo import keys
from lti_app.demo.refusals import Refused
from lti_app.demo.state import store

KEY_CHOICES = ("current", "retired", "unknown", "none", "hs256")


def sign(claims: dict[str, Any], overrides: dict[str, Any] | None = None) -> str:
    """A signed JWT; overrides change claims, header and key."""
    asked = overrides or {}
    kid, pem = _key(str(asked.get("key", "current")))
    header: dict[str, Any] = {"typ": "JWT", "alg": "RS256", "kid": kid}
    header = changed(header, asked.get("header", {}))
    return _signed(header, changed(claims, asked.get("claims", {})), pem, asked.get("key"))


def changed(values: dict[str, Any], overrides: dict[str, Any]) -> dict[str, Any]:
    """The values with overrides; {"$remove": true} takes one away."""
    merged = {**values, **overrides}
    return {name: value for name, value in merged.items() if value != {"$remove": True}}


def _key(choice: str) -> tuple[str, str]:
    if choice == "retired":
        found = keys.retired(store())
        if found is None:
            raise Refused(409, "no_retired_key")
        return found
    if choice == "unknown":
        return secrets.token_hex(10), keys.new_pem()
    return keys.current(store())


def _signed(header: dict[str, Any], claims: dict[str, Any], pem: str, choice: object) -> str:
    """Made by hand, because a library would refuse to write most of what tests want."""
    if choice == "none":
        header = {**header, "alg": "none"}
    if choice == "hs256":
        header = {**header, "alg": "HS256"}
    content = f"{_part(header)}.{_part(claims)}"
    return f"{content}.{_signature(content.encode(), pem, choice)}"


def _signature(content: bytes, pem: str, choice: object) -> str:
    if choice == "none":
        return ""
    if choice == "hs256":
        # The classic confusion: the public key used as a shared secret.
        return _encoded(hmac.digest(keys.public_pem(pem), content, "sha256"))
    return _encoded(jwt.get_algorithm_by_name("RS256").sign(content, keys.loaded(pem)))


def _part(values: dict[str, Any]) -> str:
    return _encoded(json.dumps(values, separators=(",", ":")).encode())


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
