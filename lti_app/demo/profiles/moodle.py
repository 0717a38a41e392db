"""A platform that behaves as Moodle 4.5 was seen to behave, odd cases included."""

import json
import secrets
from datetime import datetime
from typing import Any

from flask import Response, request, url_for
from werkzeug.datastructures import MultiDict

from lti_app.demo import inputs, names
from lti_app.demo.profiles.standard import Message, Paging, Standard
from lti_app.demo.records import Course, Launch, LineItem, Link, Person, Tool
from lti_app.demo.refusals import Refused
from lti_app.demo.state import issuer

ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
SCORE_FIELDS = ("userId", "timestamp", "activityProgress", "gradingProgress")
# Moodle writes typographic quotes as UTF-8 bytes; WSGI wants each byte as one character.
OPEN_QUOTE, CLOSE_QUOTE = ("\u201c".encode().decode("latin-1"), "\u201d".encode().decode("latin-1"))


class Moodle(Standard):
    """Moodle's answers where they differ from the specification."""

    slug = "moodle"
    family = "moodle"
    authorization_path = "/mod/lti/auth.php"
    token_path = "/mod/lti/token.php"
    jwks_path = "/mod/lti/certs.php"
    configuration_path = "/mod/lti/openid-configuration.php"
    registration_path = "/mod/lti/openid-registration.php"
    id_token_seconds = 60
    single_use_hints = True
    checks_issuer_of_assertion = False
    unscoped_status = 401
    registered_status = 200
    score_status = 200
    page_size = None

    def new_client_id(self) -> str:
        """Fifteen letters and digits."""
        return "".join(secrets.choice(ALPHABET) for _ in range(15))

    def deployment_ids(self, tool_id: int) -> list[str]:
        """The number of the tool."""
        return [str(tool_id)]

    def public_id(self, thing: Course | Link | Person) -> str:
        """A number as text."""
        return str(thing.id)

    def finds_by(self) -> str:
        """Ids are row numbers."""
        return "id"

    def hint(self, launch: Launch, link: Link | None) -> str:
        """Raw JSON."""
        parts: dict[str, Any] = {"cmid": link.id} if link else {}
        return json.dumps({**parts, "launchid": f"ltilaunch_{launch.uid}"}, separators=(",", ":"))

    def hint_uid(self, hint: str) -> str | None:
        """The launch inside the JSON."""
        try:
            data = inputs.parse_object(hint.encode())
        except (Refused, UnicodeEncodeError):
            return None
        launch = data.get("launchid")
        return launch.removeprefix("ltilaunch_") if isinstance(launch, str) else None

    def prompt_is_wrong(self, prompt: str | None) -> bool:
        """Absent is fine."""
        return prompt not in (None, "none")

    def needs_state(self) -> bool:
        """No."""
        return False

    def refuses_on_own_page(self, code: str) -> bool:
        """A broken request ends on Moodle's own error page."""
        return code in ("invalid_scope", "no_nonce", "bad_hint", "bad_redirect_uri")

    def own_page_status(self) -> int:
        """Moodle's error pages are 404s."""
        return 404

    def roles(self, person: Person, role: str | None) -> list[str]:
        """One context role; an administrator is an instructor everywhere."""
        if person.administrator:
            return [
                names.INSTITUTION + "Administrator",
                names.MEMBERSHIP + "Instructor",
                names.SYSTEM + "Administrator",
            ]
        return [names.MEMBERSHIP + ("Instructor" if role == "teacher" else "Learner")]

    def adjust(self, claims: dict[str, Any], message: Message) -> dict[str, Any]:
        """Moodle's extra claims, and what it leaves out."""
        claims[names.CLAIM + "context"]["type"] = ["CourseSection"]
        ext = {"lms": "moodle-2"}
        if "name" in claims:
            ext = {"user_username": message.person.key, **ext}
        claims[names.CLAIM + "ext"] = ext
        claims[names.CLAIM + "lis"] = {
            "person_sourcedid": "",
            "course_section_sourcedid": message.course.label,
        }
        if names.NRPS_CLAIM in claims:
            claims[names.NRPS_CLAIM]["service_versions"] = ["1.0", "2.0"]
        if message.link is None:
            claims[names.CLAIM + "launch_presentation"] = {"locale": message.launch.locale}
        return claims

    def custom(self, given: dict[str, str], known: dict[str, str | None]) -> dict[str, Any]:
        """Each key lower-cased and as written; a variable without a value is null."""
        substituted: dict[str, Any] = {}
        for name, value in given.items():
            variable = value.removeprefix("$")
            is_known = value.startswith("$") and variable in known
            filled = known[variable] if is_known else value
            substituted["".join(c if c.isalnum() else "_" for c in name.lower())] = filled
            substituted[name] = filled
        return substituted

    def deep_linking_url(self, launch: Launch) -> str:
        """With a query, as Moodle's."""
        return issuer() + url_for(
            "deep_linking.moodle_answer",
            course=launch.course_id,
            id=launch.tool_id,
            sesskey=launch.uid,
        )

    def deep_linking_settings(self, launch: Launch, tool: Tool) -> dict[str, Any]:
        """Only LTI links, and no `data`."""
        return {
            "accept_types": ["ltiResourceLink"],
            "accept_presentation_document_targets": ["frame", "iframe", "window"],
            "accept_copy_advice": False,
            "accept_multiple": True,
            "accept_unsigned": False,
            "auto_create": False,
            "can_confirm": False,
            "deep_link_return_url": self.deep_linking_url(launch),
            "title": tool.name,
            "text": "",
        }

    def line_item_of_content(self, title: str, wanted: dict[str, Any]) -> dict[str, Any]:
        """The maximum is a whole number from 1 to 100; the label is ignored."""
        maximum = wanted.get("scoreMaximum")
        if type(maximum) is not int or not 1 <= maximum <= 100:
            raise Refused(400, "bad_field", "lineItem.scoreMaximum")
        return {**wanted, "label": title}

    def line_items_url(self, course: Course, tool: Tool) -> str:
        """With `?type_id=`."""
        return issuer() + url_for("ags.moodle_line_items", course=course.id, type_id=tool.id)

    def line_item_url(self, course: Course, item: LineItem, part: str = "") -> str:
        """With `?type_id=` after the part."""
        path = url_for("ags.moodle_line_item", course=course.id, number=item.id)
        return f"{issuer()}{path}{part}?type_id={item.tool_id}"

    def members_url(self, course: Course, tool: Tool) -> str:
        """A path with the tool's number."""
        return issuer() + url_for("nrps.moodle_members", course=course.id, tool_id=tool.id)

    def accepts(self, wanted: str, accept: str) -> bool:
        """Exactly that type, and nothing beside it."""
        return accept.strip() == wanted

    def wrong_accept(self, _wanted: str) -> Refused:
        """400, not 406."""
        return Refused(400, "moodle_reason", "No context or unsupported content type")

    def wrong_content_type(self, _wanted: str) -> Refused:
        """400, not 415."""
        return Refused(400, "moodle_reason", "No context or unsupported content type")

    def refusal(self, refused: Refused, _message: str, media_type: str | None) -> Response:
        """The reason stands in the status line; some bodies are an empty list."""
        reasons = {401: "Unauthorized", 405: "Method Not Allowed"}
        reason = reasons.get(refused.status, refused.detail or "Bad Request")
        body = {
            "status": refused.status,
            "reason": reason,
            "request": {
                "method": request.method,
                "url": request.full_path.rstrip("?"),
                "accept": request.headers.get("Accept", ""),
                "contentType": request.content_type or "",
            },
        }
        content = "[]" if media_type else json.dumps(body, indent=4)
        answer = Response(content, mimetype=media_type or "application/json")
        answer.content_type = f"{media_type or 'application/json'}; charset=utf-8"
        answer.status = f"{refused.status} {_status_text(reason)}"
        answer.headers.extend(refused.headers)
        return answer

    def token_answer(self, payload: dict[str, Any], status: int) -> Response:
        """JSON by hand, sent as HTML; texts are not escaped."""
        shown = (f'  "{k}" : {v if isinstance(v, int) else _raw(v)}' for k, v in payload.items())
        return Response("{\n" + ",\n".join(shown) + "\n}", status, mimetype="text/html")

    def page_start(self, args: "MultiDict[str, str]") -> int:
        """`from`."""
        return inputs.whole(args.get("from", "0")) or 0

    def link_header(self, paging: Paging) -> str | None:
        """Four relations with typographic quotes and `&amp;`."""
        if not paging.limit:
            return None
        limit, start, last = paging.limit, paging.start, max(paging.total - paging.limit, 0)
        starts = {"first": 0, "canonical": start}
        if paging.has_next:
            starts["next"] = start + limit
        mark = f"type_id={inputs.quoted(paging.args.get('type_id', ''))}&amp;limit={limit}"
        return ", ".join(
            f"<{paging.url}?{mark}&amp;from={at}>; rel={OPEN_QUOTE}{rel}{CLOSE_QUOTE}"
            for rel, at in {**starts, "last": last}.items()
        )

    def members_link_header(self, paging: Paging) -> str | None:
        """Well written, but the role filter is lost."""
        if not paging.has_next or paging.limit is None:
            return None
        following = paging.start + paging.limit
        return f'<{paging.url}?limit={paging.limit}&from={following}>; rel="next"'

    def line_item_json(self, url: str, item: LineItem, link_id: str | None) -> dict[str, Any]:
        """Empty texts stay; the link is named twice."""
        body: dict[str, Any] = {
            "id": url,
            "label": item.label,
            "scoreMaximum": item.maximum,
            "resourceId": item.resource_id,
            "tag": item.tag,
        }
        if link_id is not None:
            body |= {"resourceLinkId": link_id, "ltiLinkId": link_id}
        if "submissionReview" in item.extra:
            body["submissionReview"] = item.extra["submissionReview"]
        return body

    def check_line_item(self, data: dict[str, Any]) -> None:
        """Both fields must be there; what they hold is hardly looked at."""
        if "label" not in data or "scoreMaximum" not in data:
            raise Refused(400, "moodle_reason", "Bad Request")
        if len(str(data["label"])) > 255:
            # Seen: the database error of a too long label comes out as a gateway error.
            raise Refused(502, "moodle_reason", "Bad Gateway")
        if isinstance(data["scoreMaximum"], bool | list | dict):
            raise Refused(400, "moodle_reason", "Bad Request")

    def check_score(self, data: dict[str, Any]) -> None:
        """Four fields must be there, and a maximum with a score."""
        is_short = any(not isinstance(data.get(name), str) for name in SCORE_FIELDS)
        given, maximum = data.get("scoreGiven"), data.get("scoreMaximum")
        is_half = given is not None and not (inputs.is_number(given) and inputs.is_number(maximum))
        if is_short or is_half or not isinstance(data.get("comment", ""), str | None):
            raise self.unknown_user(data)

    def unknown_user(self, data: dict[str, Any]) -> Refused:
        """The reason repeats the whole body."""
        return Refused(400, "moodle_reason", "Incorrect score received" + json.dumps(data))

    def too_early(self, item: LineItem, user_id: str) -> Refused:
        """Only the status line says why."""
        reason = f"Refusing score with an earlier timestamp for item {item.id} and user {user_id}"
        return Refused(409, "moodle_reason", reason)

    def is_later(self, new: datetime, old: datetime) -> bool:
        """Compared by whole seconds."""
        return int(new.timestamp()) > int(old.timestamp())

    def value_after(
        self, old: float | None, given: float | None, maximum: float | None, progress: str
    ) -> float | None:
        """Anything but a final score wipes the grade."""
        is_final = progress == "FullyGraded" and given is not None
        return given / maximum if is_final and given is not None and maximum else None


def _raw(value: object) -> str:
    return f'"{value}"'


def _status_text(reason: str) -> str:
    safe = reason.encode("ascii", "replace").decode()
    return "".join(c if c.isprintable() else " " for c in safe)[:1000]
