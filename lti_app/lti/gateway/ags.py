"""Assignment and Grade Services 2.0: find or make a line item, post a score.

pylti1p3's value objects write the JSON; the calls, paging and addresses are ours, because its
service reads one page, cannot update, and splits addresses that hold a query wrongly.
"""

import html
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from pylti1p3.grade import Grade
from pylti1p3.lineitem import LineItem as LineItemDto

from lti_app.core.outbox import Retry
from lti_app.lti.gateway import client
from lti_app.lti.models import Registration

LINEITEM = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
LINEITEM_READ = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly"
SCORE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
ITEM_TYPE = "application/vnd.ims.lis.v2.lineitem+json"
CONTAINER_TYPE = "application/vnd.ims.lis.v2.lineitemcontainer+json"
SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"
MAX_PAGES = 50
# Moodle writes curly quotes around rel and &amp; in the address.
_NEXT = re.compile("<([^>]+)>[^,]*?;\\s*rel=[\"\u201c\u201d']?next\\b", re.IGNORECASE)


@dataclass(frozen=True)
class Column:
    """The gradebook column that we want for a link."""

    label: str
    resource_link_id: str
    resource_id: str
    score_maximum: int


@dataclass(frozen=True)
class Score:
    """A final score of one learner (AGS 2.0, 3.4)."""

    user_id: str
    given: float
    maximum: int
    comment: str
    timestamp: datetime
    submitted_at: datetime


def with_path_ending(url: str, ending: str) -> str:
    """Return the address with `ending` added to its path, the query kept behind it."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=parts.path.rstrip("/") + ending))


def with_query(url: str, **values: str) -> str:
    """Return the address with these query values added to what it has."""
    parts = urlsplit(url)
    query = [*parse_qsl(parts.query, keep_blank_values=True), *values.items()]
    return urlunsplit(parts._replace(query=urlencode(query)))


def post_score(registration: Registration, lineitem_url: str, score: Score) -> None:
    """Post a final score; Retry or client.Refused otherwise. 409 means: not later than the last."""
    client.send(
        registration,
        client.Call(
            "POST",
            with_path_ending(lineitem_url, "/scores"),
            (SCORE,),
            content_type=SCORE_TYPE,
            body=score_body(score),
        ),
    )


def score_body(score: Score) -> dict[str, Any]:
    """Return the JSON of a final score: always Completed and FullyGraded, always with a comment.

    Moodle wipes the grade of any score that is not FullyGraded, and the feedback of one without.
    """
    grade = (
        Grade()
        .set_user_id(score.user_id)
        .set_score_given(score.given)
        .set_score_maximum(score.maximum)
        .set_activity_progress("Completed")
        .set_grading_progress("FullyGraded")
        .set_timestamp(iso(score.timestamp))
        .set_comment(score.comment)
    )
    body: dict[str, Any] = json.loads(grade.get_value())
    body["submission"] = {"submittedAt": iso(score.submitted_at)}
    return body


def iso(moment: datetime) -> str:
    """Return ISO 8601 with milliseconds and zone, as AGS 2.0, 3.4.9 wants it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def find_or_create(
    registration: Registration, container_url: str, scopes: list[str], column: Column
) -> str:
    """Return the address of this link's column, made when there is none.

    The caller holds the lock of the link, so that two workers never make two columns.
    """
    if LINEITEM not in scopes:
        raise client.Refused(403, "the platform grants no scope for line items")
    found = _find(registration, container_url, scopes, column)
    return found or _create(registration, container_url, column)


def _find(
    registration: Registration, container_url: str, scopes: list[str], column: Column
) -> str | None:
    # Moodle insists on the readonly scope for GET; never ask for a scope that was not granted.
    wanted = tuple(scope for scope in (LINEITEM, LINEITEM_READ) if scope in scopes)
    url: str | None = with_query(container_url, resource_link_id=column.resource_link_id)
    for _page in range(MAX_PAGES):
        if url is None:
            return None
        call = client.Call("GET", url, wanted, accept=CONTAINER_TYPE)
        answer = client.send(registration, call)
        found = _matching(client.json_of(answer), column)
        if found:
            return found
        url = next_page(url, answer.headers.get("Link", ""))
    raise Retry("the platform's list of line items does not end")


def _matching(items: Any, column: Column) -> str | None:
    """Return the id of the column that is ours; platforms may ignore the filter we sent."""
    for item in items if isinstance(items, list) else []:
        if not isinstance(item, dict):
            continue
        bound = item.get("resourceLinkId") == column.resource_link_id
        ours = item.get("resourceId") in (None, "", column.resource_id)
        if bound and ours and isinstance(item.get("id"), str):
            return str(item["id"])
    return None


def _create(registration: Registration, container_url: str, column: Column) -> str:
    item = (
        LineItemDto()
        .set_label(column.label)
        .set_score_maximum(column.score_maximum)
        .set_resource_id(column.resource_id)
    )
    body = json.loads(item.get_value()) | {"resourceLinkId": column.resource_link_id}
    call = client.Call("POST", container_url, (LINEITEM,), ITEM_TYPE, ITEM_TYPE, body)
    made = client.json_of(client.send(registration, call))
    if not isinstance(made, dict) or not isinstance(made.get("id"), str):
        raise Retry("the platform made a line item but did not say which")
    return str(made["id"])


def next_page(url: str, link_header: str) -> str | None:
    """Return the next page's address, on the same origin only: the bearer goes nowhere else."""
    match = _NEXT.search(html.unescape(link_header))
    if match is None:
        return None
    target = urljoin(url, match[1])
    same = urlsplit(target)[:2] == urlsplit(url)[:2]
    return target if same and target != url else None
