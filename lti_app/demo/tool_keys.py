"""Checking what a tool signed, with the keys that it publishes."""

import threading
import time
from typing import Any

import jwt
import requests
from jwt.types import Options

from lti_app.demo import inputs
from lti_app.demo.records import Tool
from lti_app.demo.refusals import Refused
from lti_app.demo.state import now, store

KEPT_SECONDS = 300
REFETCH_SECONDS = 1
LARGEST_SET = 200_000
LEEWAY = 5
_kept: dict[str, tuple[float, list[dict[str, Any]]]] = {}
_lock = threading.Lock()


class BadToken(Exception):
    """A JWT of a tool that cannot be trusted; `reason` is for its maker."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def verified(tool: Tool, token: str) -> dict[str, Any]:
    """The claims of a JWT that this tool signed and that is of this moment."""
    kid = _kid(token)
    try:
        claims = _decoded(token, _key(tool, kid, fresh=False))
    except BadToken:
        # The tool may have published a new key, even under the old name.
        claims = _decoded(token, _key(tool, kid, fresh=True))
    _check_time(claims)
    return claims


def use_once(kind: str, tool: Tool, value: object) -> None:
    """Note a `jti` or `nonce`; a second use is refused."""
    if not isinstance(value, str) or not inputs.is_clean(value) or not 0 < len(value) <= 512:
        raise BadToken(f"{kind} is missing")
    at = now()
    store().run("DELETE FROM used_once WHERE at < ?", at - 7200)
    added = store().run(
        "INSERT OR IGNORE INTO used_once (kind, value, at) VALUES (?, ?, ?)",
        *(f"{kind}:{tool.id}", value, at),
    )
    if not added:
        raise BadToken(f"{kind} was used before")


def _kid(token: str) -> str:
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        raise BadToken("not a JWT") from error
    if header.get("alg") != "RS256":
        raise BadToken("alg must be RS256")
    kid = header.get("kid")
    if not isinstance(kid, str) or not kid:
        raise BadToken("kid must be provided in JWT header")
    return kid


def _decoded(token: str, key: jwt.PyJWK) -> dict[str, Any]:
    options: Options = {"verify_aud": False, "verify_exp": False, "verify_iat": False}
    try:
        return jwt.decode(token, key, algorithms=["RS256"], options=options)
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        raise BadToken("signature verification failed") from error


def _key(tool: Tool, kid: str, *, fresh: bool) -> jwt.PyJWK:
    for jwk in _key_set(tool, fresh=fresh):
        if jwk.get("kid") == kid and jwk.get("use", "sig") == "sig":
            return _public_key(jwk)
    raise BadToken("kid invalid, unable to lookup correct key")


def _public_key(jwk: dict[str, Any]) -> jwt.PyJWK:
    if jwk.get("kty") != "RSA":
        raise BadToken("the key is no RSA key")
    try:
        return jwt.PyJWK(jwk, "RS256")
    except (jwt.PyJWTError, ValueError, TypeError, KeyError) as error:
        raise BadToken("the key cannot be read") from error


def _key_set(tool: Tool, *, fresh: bool) -> list[dict[str, Any]]:
    with _lock:
        at, keys = _kept.get(tool.jwks_uri, (0.0, []))
    oldest = REFETCH_SECONDS if fresh else KEPT_SECONDS
    if keys and time.monotonic() - at < oldest:
        return keys
    keys = _fetched(tool.jwks_uri)
    with _lock:
        _kept[tool.jwks_uri] = (time.monotonic(), keys)
    return keys


def _fetched(address: str) -> list[dict[str, Any]]:
    if not address:
        raise BadToken("the tool has no jwks_uri")
    try:
        with requests.get(address, timeout=(3, 5), allow_redirects=False, stream=True) as answer:
            raw = answer.raw.read(LARGEST_SET + 1, decode_content=True)
            status = answer.status_code
    except (requests.RequestException, OSError) as error:
        raise BadToken("the key set of the tool cannot be fetched") from error
    if status != 200 or len(raw) > LARGEST_SET:
        raise BadToken(f"the key set of the tool answered {status}")
    try:
        keys = inputs.parse_object(raw).get("keys")
    except Refused as error:
        raise BadToken("the key set of the tool is no JSON") from error
    return [key for key in keys if isinstance(key, dict)] if isinstance(keys, list) else []


def _check_time(claims: dict[str, Any]) -> None:
    issued, expires, at = claims.get("iat"), claims.get("exp"), now()
    if not inputs.is_time(issued) or not inputs.is_time(expires):
        raise BadToken("iat and exp must be numbers")
    if expires <= at - LEEWAY:
        raise BadToken("Expired token")
    if issued > at + LEEWAY:
        raise BadToken("iat is in the future")
    if expires - issued > 3600:
        raise BadToken("exp is more than an hour after iat")


def is_for(claims: dict[str, Any], audiences: set[str]) -> bool:
    """Whether one of these is in `aud`."""
    aud = claims.get("aud")
    named = aud if isinstance(aud, list) else [aud]
    return any(isinstance(each, str) and each in audiences for each in named)


def unverified(token: str, name: str) -> str:
    """One claim of a JWT that nobody has checked yet; empty when there is none."""
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError, RecursionError):
        return ""
    value = claims.get(name)
    return value[:255] if isinstance(value, str) and inputs.is_clean(value) else ""
