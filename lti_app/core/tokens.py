"""Random identifiers and the digests under which secrets are stored."""

import hashlib
import secrets


def random_id(nbytes: int = 16) -> str:
    """Return `nbytes` random bytes as URL-safe text (16 bytes: 22 characters)."""
    return secrets.token_urlsafe(nbytes)


def digest(secret: str) -> str:
    """Return the SHA-256 of a random secret in hex. Not for passwords."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
