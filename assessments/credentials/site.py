"""Where this installation stands in the world, as far as issuers care."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import current_app

from assessments.credentials import did
from lti_app.people.models import Organisation


@dataclass(frozen=True)
class Site:
    """Our public address, and whether real people depend on it."""

    public_url: str
    production: bool = False

    @property
    def host(self) -> str:
        """Host and port, as in the default did:web."""
        return urlsplit(self.public_url).netloc

    def did_of(self, organisation: Organisation) -> str:
        """Return the name under which this organisation issues: its own, else one on our host."""
        return organisation.did or did.default_for(self.host, organisation.slug)

    def credential_url(self, public_id: str) -> str:
        """Return the address and `id` of a credential."""
        return f"{self.public_url}/credentials/{public_id}"

    def module_url(self, slug: str) -> str:
        """Return the public page of a module."""
        return f"{self.public_url}/modules/{slug}"

    def status_url(self, organisation: Organisation, purpose: str, number: int) -> str:
        """Return where a status list is read: on our host, else on the issuer's own domain.

        With its own domain an issuer serves the folder that `expeditie issuer export` writes.
        """
        issuer = self.did_of(organisation)
        if issuer == did.default_for(self.host, organisation.slug):
            return f"{self.public_url}/credentials/status/{purpose}/{number}"
        return f"{did.base_url(issuer)}/status/{purpose}-{number}.json"


def current_site() -> Site:
    """Return where this installation stands."""
    settings = current_app.extensions["expeditie_settings"]
    return Site(settings.public_url, settings.is_production)
