"""Checking with what this installation knows: its own issuers, lists and awards."""

from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from assessments.credentials import checking, queries, signing, strict_json, template
from assessments.credentials.checking import Check, Sources, Verdict
from assessments.credentials.models import Award
from assessments.credentials.site import Site

_OWN_STATES = {"revoked": "revoked", "suspended": "suspended"}


def own_sources() -> Sources:
    """Return DID documents and lists from our own database; nothing is fetched."""
    # A credential and its list have one issuer: its document is made once for each check.
    return Sources(did_document=cache(signing.did_document), status_list=_own_list)


def of_text(content: bytes | str, sources: Sources, *, site: Site, now: datetime) -> Verdict:
    """Return the verdict on what somebody brought."""
    try:
        document = strict_json.parse(content)
    except strict_json.NotUsable as error:
        return checking.without_answer(error)
    return _with_our_record(checking.check(document, sources, now=now), site)


def of_award(given: Award, *, now: datetime) -> Verdict:
    """Return the verdict on one of our own awards, made anew each time."""
    sources = replace(own_sources(), digest=template.digest)
    found = checking.check(strict_json.parse(given.credential or "{}"), sources, now=now)
    return _as_recorded(found, given)


def _own_list(url: str) -> dict[str, Any] | None:
    listed = queries.status_list_by_url(url)
    if listed is None or listed.credential is None:
        return None
    return strict_json.parse(listed.credential)


def _with_our_record(found: Verdict, site: Site) -> Verdict:
    """Our own record is newer than a published list: it counts from the moment of the decision."""
    name = str(found.document.get("id"))
    if not found.is_authentic or not name.startswith(site.credential_url("")):
        return found
    given = queries.find_award(urlsplit(name).path.rsplit("/", 1)[-1])
    if given is None:
        return found
    if found.document != strict_json.parse(given.credential or "{}"):
        changed = Check("well_formed", "failed", "not_as_issued")
        return replace(found, state="refused", checks=(changed,))
    return _as_recorded(found, given)


def _as_recorded(found: Verdict, given: Award) -> Verdict:
    state = _OWN_STATES.get(given.state)
    if state is None or not found.is_authentic or found.state == "refused":
        return found
    others = tuple(check for check in found.checks if check.step != "status")
    return replace(found, state=state, checks=(*others, Check("status", "failed", state)))
