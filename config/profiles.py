"""The three kinds of installation: only what differs between them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Profile:
    """Defaults of one kind of installation."""

    name: str
    secrets_required: bool
    allow_private_hosts: bool


PROFILES = {
    "development": Profile("development", secrets_required=False, allow_private_hosts=True),
    "testing": Profile("testing", secrets_required=False, allow_private_hosts=True),
    "production": Profile("production", secrets_required=True, allow_private_hosts=False),
}
