"""Factories: what a test needs to exist, made by the services that make it in earnest."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from lti_app.core.clock import utcnow
from lti_app.core.db import db
from lti_app.lti import registration, service
from lti_app.lti.models import Context, Participation, Registration, ResourceLink
from lti_app.people import service as people
from lti_app.people.models import Organisation, Person
from lti_app.web import sessions

_numbers = count(1)


@dataclass
class Signed:
    """A browser with an open session: `signed.get("learn/")` opens /s/<id>/learn/."""

    client: FlaskClient
    session: sessions.WebSession
    person: Person
    csrf: str

    def path(self, rest: str) -> str:
        """Return the address of a page of this session."""
        return rest if rest.startswith("/") else f"/s/{self.session.id}/{rest}"

    def get(self, rest: str, **kw: Any) -> Any:
        """GET a page of this session."""
        return self.client.get(self.path(rest), **kw)

    def post(self, rest: str, data: dict[str, Any] | None = None, **kw: Any) -> Any:
        """POST a form of this session, with its CSRF token."""
        return self.client.post(
            self.path(rest), data={"csrf_token": self.csrf} | (data or {}), **kw
        )


@dataclass
class Make:
    """Makes things that exist; every call commits."""

    app: Flask
    organisations: dict[str, Organisation] = field(default_factory=dict)

    def organisation(self, slug: str = "mlo-delta", kind: str = "school") -> Organisation:
        """Return the organisation with this slug, made when it is missing."""
        if slug not in self.organisations:
            name = slug.replace("-", " ").title()
            self.organisations[slug] = people.add_organisation(slug, kind, name, now=utcnow())
            db.session.commit()
        return self.organisations[slug]

    def person(
        self, organisation: Organisation | None = None, name: str | None = "Ada Bos"
    ) -> Person:
        """Return a new person."""
        owner = organisation or self.organisation()
        arrival = people.Arrival("local", f"person-{next(_numbers)}", name)
        person = people.arrive(arrival, owner.id, now=utcnow())
        db.session.commit()
        return person

    def registration(self, organisation: Organisation | None = None) -> Registration:
        """Return a new registration with deployment "1" approved."""
        number = next(_numbers)
        made = registration.add(
            organisation or self.organisation(),
            registration.Platform(
                issuer=f"http://127.0.0.1:9/{number}",
                client_id=f"client-{number}",
                auth_url="http://127.0.0.1:9/auth",
                token_url="http://127.0.0.1:9/token",
                jwks_url="http://127.0.0.1:9/jwks",
                deployment_ids=("1",),
            ),
            https_only=False,
            now=utcnow(),
        )
        db.session.commit()
        return made

    def link(
        self, module_ref: str | None = None, organisation: Organisation | None = None
    ) -> ResourceLink:
        """Return a new resource link in a new course."""
        made = self.registration(organisation)
        deployment = service.add_deployment(made, "1", "active", now=utcnow())
        owner = made.organisation_id
        context = Context(
            deployment_id=deployment.id, organisation_id=owner, context_id="c1", title="Lab 1"
        )
        db.session.add(context)
        db.session.flush()
        link = ResourceLink(
            deployment_id=deployment.id,
            organisation_id=owner,
            context_id=context.id,
            resource_link_id="l1",
            title="Pipetten",
            module_ref=module_ref,
            scopes=[],
        )
        db.session.add(link)
        db.session.commit()
        return link

    def signed(
        self,
        role: str = "learner",
        link: ResourceLink | None = None,
        person: Person | None = None,
        data: dict[str, Any] | None = None,
    ) -> Signed:
        """Return a browser in which this person has an open session."""
        who = person or self.person()
        if link is not None:
            self._participate(link, who, role)
        opening = sessions.Opening(
            person_id=who.id,
            organisation_id=who.organisation_id,
            role=role,
            context_id=link.context_id if link else None,
            resource_link_id=link.id if link else None,
            data=data or {"launch": True},
        )
        session, secret = sessions.open_session(opening, now=utcnow())
        db.session.commit()
        client = self.app.test_client()
        client.set_cookie(sessions.COOKIE, secret, path=f"/s/{session.id}/")
        return Signed(client, session, who, sessions.csrf_token(session))

    def _participate(self, link: ResourceLink, person: Person, role: str) -> None:
        db.session.add(
            Participation(
                organisation_id=link.organisation_id,
                context_id=link.context_id,
                person_id=person.id,
                role="teacher" if role == "teacher" else "learner",
                roles=[],
                seen_at=utcnow(),
            )
        )
        db.session.commit()
