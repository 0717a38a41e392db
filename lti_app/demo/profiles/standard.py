"""A platform that does what the specifications say."""

import base64
import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, url_for
from werkzeug.datastructures import MultiDict

from lti_app.demo import inputs, names
from lti_app.demo.records import Course, Launch, LineItem, Link, Person, Tool
from lti_app.demo.refusals import Refused
from lti_app.demo.state import issuer


@dataclass(frozen=True)
class Message:
    """Everything that a launch message is made of."""

    launch: Launch
    tool: Tool
    person: Person
    course: Course
    role: str | None
    link: Link | None
    line_item: LineItem | None


@dataclass(frozen=True)
class Paging:
    """One page out of a list."""

    url: str
    args: "MultiDict[str, str]"
    start: int
    limit: int | None
    total: int

    @property
    def has_next(self) -> bool:
        """Whether more is left after this page."""
        return self.limit is not None and self.start + self.limit < self.total


class Standard:
    """The rules of the specification; other profiles change single answers."""

    slug = "standard"
    family = "demo-lms"
    authorization_path = "/oidc/authorize"
    token_path = "/oauth2/token"
    jwks_path = "/.well-known/jwks.json"
    configuration_path = "/.well-known/openid-configuration"
    registration_path = "/oidc/register"
    id_token_seconds = 300
    single_use_hints = False
    checks_issuer_of_assertion = True
    unscoped_status = 403
    registered_status = 201
    score_status = 204
    page_size: int | None = 50

    def url(self, path: str) -> str:
        """A path of this platform as an absolute address."""
        return issuer() + path

    # --- identifiers

    def new_client_id(self) -> str:
        """A client_id for a new tool."""
        return f"demo-{secrets.token_hex(8)}"

    def deployment_ids(self, _tool_id: int) -> list[str]:
        """The deployments of a new tool."""
        return [f"deployment-{secrets.token_hex(6)}"]

    def public_id(self, thing: Course | Link | Person) -> str:
        """The id that tools see."""
        return thing.uid

    def finds_by(self) -> str:
        """The column that holds what tools see."""
        return "uid"

    # --- OpenID Connect

    def hint(self, launch: Launch, _link: Link | None) -> str:
        """The lti_message_hint of a launch."""
        return launch.uid

    def hint_uid(self, hint: str) -> str | None:
        """The launch that a hint means."""
        return hint

    def prompt_is_wrong(self, prompt: str | None) -> bool:
        """Whether this prompt is refused."""
        return prompt != "none"

    def needs_state(self) -> bool:
        """Whether an authorisation request without state is refused."""
        return True

    def refuses_on_own_page(self, _code: str) -> bool:
        """Whether a fault is shown here, where OpenID Connect would tell the tool."""
        return False

    def own_page_status(self) -> int:
        """The status of that page."""
        return 400

    # --- claims

    def roles(self, person: Person, role: str | None) -> list[str]:
        """Every role of a person in a course."""
        found = []
        if role == "teacher":
            found += [names.MEMBERSHIP + "Instructor", names.INSTITUTION + "Faculty"]
        if role == "learner":
            found += [names.MEMBERSHIP + "Learner", names.INSTITUTION + "Student"]
        if person.administrator:
            found += [names.INSTITUTION + "Administrator", names.SYSTEM + "Administrator"]
        return found

    def adjust(self, claims: dict[str, Any], _message: Message) -> dict[str, Any]:
        """The last word on the claims."""
        return claims

    def custom(self, given: dict[str, str], known: dict[str, str | None]) -> dict[str, Any]:
        """Custom parameters; a variable without a value arrives literally."""
        return {name: self.substituted(value, known) for name, value in given.items()}

    def substituted(self, value: str, known: dict[str, str | None]) -> str:
        """One custom value with its variable filled in."""
        found = known.get(value.removeprefix("$")) if value.startswith("$") else None
        return value if found is None else found

    def deep_linking_url(self, launch: Launch) -> str:
        """Where the tool posts what the teacher chose."""
        return issuer() + url_for("deep_linking.answer", uid=launch.uid)

    def deep_linking_settings(self, launch: Launch, tool: Tool) -> dict[str, Any]:
        """The settings claim of a deep linking request."""
        return {
            "deep_link_return_url": self.deep_linking_url(launch),
            "accept_types": ["ltiResourceLink", "link"],
            "accept_presentation_document_targets": ["iframe", "window"],
            "accept_multiple": True,
            "accept_lineitem": True,
            "auto_create": True,
            "title": tool.name,
            "data": f"data:{launch.uid}",
        }

    def line_item_of_content(self, title: str, wanted: dict[str, Any]) -> dict[str, Any]:
        """A checked line item for a deep-linked activity."""
        item = {"label": title, **{name: v for name, v in wanted.items() if v is not None}}
        self.check_line_item(item)
        return item

    # --- services

    def line_items_url(self, course: Course, tool: Tool) -> str:
        """The line items of a course."""
        path = url_for("ags.line_items", tool_id=tool.id, course=course.uid)
        return issuer() + path

    def line_item_url(self, course: Course, item: LineItem, part: str = "") -> str:
        """One line item, its scores or its results."""
        path = url_for("ags.line_item", tool_id=item.tool_id, course=course.uid, number=item.id)
        return issuer() + path + part

    def members_url(self, course: Course, tool: Tool) -> str:
        """The members of a course."""
        return issuer() + url_for("nrps.members", tool_id=tool.id, course=course.uid)

    def accepts(self, wanted: str, accept: str) -> bool:
        """Whether an Accept header allows this media type."""
        parts = [part.split(";")[0].strip().lower() for part in accept.split(",")]
        return not accept or bool({wanted, "*/*", "application/*"} & set(parts))

    def wrong_accept(self, wanted: str) -> Refused:
        """What is said about an Accept header that does not fit."""
        return Refused(406, "wrong_media_type", wanted)

    def wrong_content_type(self, wanted: str) -> Refused:
        """What is said about a body of another type."""
        return Refused(415, "wrong_media_type", wanted)

    def refusal(self, refused: Refused, message: str, _media_type: str | None) -> Response:
        """The answer to a service call that cannot be done."""
        body = json.dumps(refused.as_json(message))
        return Response(body, refused.status, refused.headers, mimetype="application/json")

    def token_answer(self, payload: dict[str, Any], status: int) -> Response:
        """What the token endpoint says."""
        answer = Response(json.dumps(payload), status, mimetype="application/json")
        answer.headers["Cache-Control"] = "no-store"
        return answer

    # --- pages of lists

    def page_start(self, args: "MultiDict[str, str]") -> int:
        """Where the page that was asked for begins; our bookmarks care about case."""
        bookmark = args.get("page", "")
        if not bookmark:
            return 0
        try:
            raw = base64.b64decode(bookmark.removeprefix("bookmark:"), validate=True).decode()
        except ValueError as error:
            raise Refused(400, "bad_field", "page") from error
        start = inputs.whole(raw.removeprefix("From:"))
        if start is None or not raw.startswith("From:"):
            raise Refused(400, "bad_field", "page")
        return start

    def bookmark(self, start: int) -> str:
        """The mark of a page."""
        return "bookmark:" + base64.b64encode(f"From:{start}".encode()).decode()

    def link_header(self, paging: Paging) -> str | None:
        """The Link header of a page, with all filters kept."""
        if not paging.has_next or paging.limit is None:
            return None
        args = {name: value for name, value in paging.args.items() if name != "page"}
        mark = self.bookmark(paging.start + paging.limit)
        query = "&".join(f"{name}={inputs.quoted(v)}" for name, v in {**args, "page": mark}.items())
        return f'<{paging.url}?{query}>; rel="next"'

    def members_link_header(self, paging: Paging) -> str | None:
        """The Link header of a page of members."""
        return self.link_header(paging)

    # --- line items and scores

    def line_item_json(self, url: str, item: LineItem, link_id: str | None) -> dict[str, Any]:
        """A line item as tools see it."""
        body = {
            "id": url,
            "scoreMaximum": item.maximum,
            "label": item.label,
            "resourceId": item.resource_id,
            "tag": item.tag,
            "resourceLinkId": link_id,
            **item.extra,
        }
        return {name: value for name, value in body.items() if value not in ("", None)}

    def check_line_item(self, data: dict[str, Any]) -> None:
        """Refuse a line item without a label or with a maximum that is not above zero."""
        if not data.get("label") or len(inputs.text(data, "label")) > 255:
            raise Refused(400, "bad_field", "label")
        maximum = data.get("scoreMaximum")
        if not inputs.is_number(maximum) or not maximum or maximum <= 0:
            raise Refused(400, "bad_field", "scoreMaximum")
        for name in ("resourceId", "tag", "resourceLinkId"):
            inputs.text(data, name, "")

    def check_score(self, data: dict[str, Any]) -> None:
        """Refuse a score that does not follow AGS 2.0."""
        inputs.text(data, "userId")
        inputs.text(data, "comment", "")
        inputs.text(data, "timestamp")
        if data.get("activityProgress") not in names.ACTIVITY_PROGRESS:
            raise Refused(400, "bad_field", "activityProgress")
        if data.get("gradingProgress") not in names.GRADING_PROGRESS:
            raise Refused(400, "bad_field", "gradingProgress")
        if data.get("scoreGiven") is not None:
            if inputs.number(data, "scoreGiven") < 0:
                raise Refused(400, "bad_field", "scoreGiven")
            if inputs.number(data, "scoreMaximum") <= 0:
                raise Refused(400, "bad_field", "scoreMaximum")

    def unknown_user(self, _data: dict[str, Any]) -> Refused:
        """What is said about a score for somebody who cannot get one."""
        return Refused(400, "not_gradable")

    def too_early(self, _item: LineItem, _user_id: str) -> Refused:
        """What is said about a score that is not newer."""
        return Refused(409, "not_newer")

    def is_later(self, new: datetime, old: datetime) -> bool:
        """Whether a score is newer than the one we have."""
        return new > old

    def value_after(
        self, old: float | None, given: float | None, maximum: float | None, progress: str
    ) -> float | None:
        """The fraction in the gradebook after a score; only final scores change it."""
        if progress != "FullyGraded":
            return old
        return given / maximum if given is not None and maximum else None
