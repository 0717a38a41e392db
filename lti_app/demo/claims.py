"""What stands in an id_token."""

import secrets
from typing import Any
from urllib.parse import quote

from lti_app.demo import names
from lti_app.demo.profiles import choice
from lti_app.demo.profiles.standard import Message, Standard
from lti_app.demo.records import (
    Launch,
    course_by_id,
    line_item_of,
    link,
    person_by_id,
    role_of,
    tool_by_id,
)
from lti_app.demo.state import issuer, now, store


def message_of(launch: Launch) -> Message:
    """Everything around a launch."""
    opened = link(launch.link_id) if launch.link_id else None
    item = store().row(
        "SELECT * FROM line_item WHERE link_id = ? AND coupled ORDER BY id", launch.link_id
    )
    return Message(
        launch=launch,
        tool=tool_by_id(launch.tool_id),
        person=person_by_id(launch.person_id),
        course=course_by_id(launch.course_id),
        role=role_of(launch.person_id, launch.course_id),
        link=opened,
        line_item=line_item_of(item) if item else None,
    )


def build(message: Message, nonce: str | None) -> dict[str, Any]:
    """The claims of a message, as the tool's profile has them."""
    profile = choice.by_slug(message.tool.profile)
    claims = {
        **_envelope(message, profile, nonce),
        **_person(message, profile),
        **_place(message, profile),
        **_services(message, profile),
    }
    if message.launch.message_type == names.DEEP_LINK:
        settings = profile.deep_linking_settings(message.launch, message.tool)
        claims[names.DEEP_LINKING_SETTINGS] = settings
    return profile.adjust(claims, message)


def _envelope(message: Message, profile: Standard, nonce: str | None) -> dict[str, Any]:
    at = int(now())
    return {
        "iss": issuer(),
        "aud": message.tool.client_id,
        "iat": at,
        "exp": at + profile.id_token_seconds,
        "nonce": nonce or secrets.token_hex(16),
        names.CLAIM + "message_type": message.launch.message_type,
        names.CLAIM + "version": "1.3.0",
        names.CLAIM + "deployment_id": message.tool.deployment_ids[0],
        names.CLAIM + "target_link_uri": target(message),
    }


def target(message: Message) -> str:
    """The target_link_uri of a message."""
    if message.link is not None:
        return message.link.target_link_uri or message.tool.target_link_uri
    return message.tool.deep_linking_uri or message.tool.target_link_uri


def _person(message: Message, profile: Standard) -> dict[str, Any]:
    person = message.person
    claims: dict[str, Any] = {"sub": profile.public_id(person)}
    claims[names.CLAIM + "roles"] = profile.roles(person, message.role)
    return {**claims, **shared(message)}


def shared(message: Message) -> dict[str, str]:
    """Name and e-mail, as far as the person and the tool's settings allow."""
    person, tool = message.person, message.tool
    claims = {}
    if tool.share_names and not person.private:
        claims["given_name"] = person.given_name
        claims["family_name"] = person.family_name
        claims["name"] = person.name
    if tool.share_email and not person.private:
        claims["email"] = person.email
    return claims


def _place(message: Message, profile: Standard) -> dict[str, Any]:
    course, launch = message.course, message.launch
    claims: dict[str, Any] = {
        names.CLAIM + "context": {
            "id": profile.public_id(course),
            "label": course.label,
            "title": course.title(launch.locale),
            "type": [names.COURSE_TYPE],
        },
        names.CLAIM + "launch_presentation": {
            "locale": launch.locale,
            "document_target": launch.document_target,
            "return_url": f"{issuer()}/return?launch={launch.uid}",
        },
        names.CLAIM + "tool_platform": platform(profile),
        names.CLAIM + "custom": _custom(message, profile),
    }
    if message.link is not None:
        claims[names.CLAIM + "resource_link"] = {
            "id": profile.public_id(message.link),
            "title": message.link.title,
            "description": message.link.description,
        }
    return claims


def platform(profile: Standard) -> dict[str, str]:
    """Who we say that we are."""
    return {
        "guid": "demo-lms",
        "product_family_code": profile.family,
        "version": "1.0",
        "name": "Demo-LMS",
        "url": issuer(),
    }


def _custom(message: Message, profile: Standard) -> dict[str, Any]:
    given = dict(message.tool.custom)
    if message.link is not None:
        given |= message.link.custom
    return profile.custom(given, variables(message, profile))


def variables(message: Message, profile: Standard) -> dict[str, str | None]:
    """The substitution variables and their values in this message."""
    opened, course, known = message.link, message.course, shared(message)
    values = {
        "User.id": profile.public_id(message.person),
        "Person.name.full": known.get("name"),
        "Person.email.primary": known.get("email"),
        "Person.address.timezone": "Europe/Amsterdam",
        "Context.id": profile.public_id(course),
        "Context.title": course.title(message.launch.locale),
        "Context.label": course.label,
        "Context.id.history": _history(course.history),
        "ResourceLink.id": profile.public_id(opened) if opened else None,
        "ResourceLink.title": opened.title if opened else None,
    }
    if profile.slug == "standard" and opened is not None:
        values["ResourceLink.id.history"] = _history(opened.history)
    return values


def _history(entries: list[str]) -> str:
    return ",".join(quote(entry, safe="") for entry in entries)


def _services(message: Message, profile: Standard) -> dict[str, Any]:
    tool, course = message.tool, message.course
    scopes = [scope for scope in names.AGS_SCOPES if scope in tool.scopes]
    claims: dict[str, Any] = {}
    if scopes:
        endpoint: dict[str, Any] = {"scope": scopes}
        endpoint["lineitems"] = profile.line_items_url(course, tool)
        if message.line_item is not None:
            endpoint["lineitem"] = profile.line_item_url(course, message.line_item)
        claims[names.AGS_CLAIM] = endpoint
    if names.MEMBERSHIP_SCOPE in tool.scopes:
        claims[names.NRPS_CLAIM] = {
            "context_memberships_url": profile.members_url(course, tool),
            "service_versions": ["2.0"],
        }
    return claims
