"""Whether an id_token is to be trusted (LTI Security Framework 1.1, 5.1; OpenID Connect 3.1.3.7).

Replaces pylti1p3's MessageLaunch.validate, which accepts replays, tokens without exp, another
registration's token, and reads only the first audience.
"""

import binascii
import hmac
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from lti_app.core.clock import utcnow
from lti_app.lti.errors import TokenExpired, TokenInvalid
from lti_app.lti.gateway import keys
from lti_app.lti.models import Registration

LEEWAY = 60
MAX_AGE = 600
MAX_LENGTH = 64 * 1024
_BROKEN = (ValueError, TypeError, OverflowError, RecursionError, KeyError, AttributeError)


def verify(token: str, registration: Registration, nonce: str) -> dict[str, Any]:
    """Return the claims of a token that this registration's platform signed for this login.

    RS256 only, the key by `kid` from the registered key set only, times within 60 s, the nonce of
    this very login. TokenInvalid, TokenExpired or KeysUnavailable otherwise.
    """
    kid = _key_id(token)
    claims = _decoded(token, keys.candidates(registration, kid), registration)
    _check_audience(claims, registration.client_id)
    _check_nonce(claims, nonce)
    if utcnow().timestamp() - float(claims["iat"]) > MAX_AGE + LEEWAY:
        raise TokenExpired("iat")
    return claims


def _key_id(token: str) -> str:
    if len(token) > MAX_LENGTH:
        raise TokenInvalid("too long")
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, binascii.Error, *_BROKEN) as error:
        raise TokenInvalid("header") from error
    # The algorithm is ours to choose; jku, jwk and x5u headers are never looked at.
    if header.get("alg") != "RS256":
        raise TokenInvalid("alg")
    kid = header.get("kid")
    if not isinstance(kid, str) or not 0 < len(kid) <= 255:
        raise TokenInvalid("kid")
    return kid


def _decoded(token: str, found: list[RSAPublicKey], registration: Registration) -> dict[str, Any]:
    """Decode with the first key that fits; a key set may hold two keys with one id."""
    for position, key in enumerate(found, 1):
        try:
            return _decode(token, key, registration)
        except jwt.InvalidSignatureError as error:
            if position == len(found):
                raise TokenInvalid("signature") from error
    raise TokenInvalid("key")


def _decode(token: str, key: RSAPublicKey, registration: Registration) -> dict[str, Any]:
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=["RS256"],
            audience=registration.client_id,
            issuer=registration.issuer,
            leeway=LEEWAY,
            options={"require": ["exp", "iat", "nonce", "aud", "iss"]},
        )
    except jwt.InvalidSignatureError:
        raise
    except (jwt.ExpiredSignatureError, jwt.ImmatureSignatureError) as error:
        raise TokenExpired(type(error).__name__) from error
    except (jwt.PyJWTError, *_BROKEN) as error:
        raise TokenInvalid(type(error).__name__) from error
    return claims


def _check_audience(claims: dict[str, Any], client_id: str) -> None:
    audience = claims["aud"]
    azp = claims.get("azp")
    if isinstance(audience, list) and len(audience) > 1 and azp is None:
        raise TokenInvalid("azp missing")
    if azp is not None and azp != client_id:
        raise TokenInvalid("azp")


def _check_nonce(claims: dict[str, Any], nonce: str) -> None:
    told = claims["nonce"]
    if not isinstance(told, str) or not hmac.compare_digest(
        told.encode("utf-8", "surrogatepass"), nonce.encode()
    ):
        raise TokenInvalid("nonce")
