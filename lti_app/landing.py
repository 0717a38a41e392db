"""Where a launch lands: the module, the class, the picker, or a friendly "not yet"."""

from urllib.parse import urlsplit

from flask import url_for

from lti_app.lti import service as lti
from lti_app.lti.launch import DEEP_LINKING, RecordedLaunch
from modules.authoring import queries as authoring


def land(recorded: RecordedLaunch, session_id: str) -> str:
    """Return the path of the first page of this session.

    Which module: the link's own setting, else `custom.module_ref`, else a target `/m/<slug>`.
    """
    return url_for(_endpoint(recorded), session_id=session_id)


def _endpoint(recorded: RecordedLaunch) -> str:
    teaches = recorded.role == "teacher"
    if recorded.launch.message_type == DEEP_LINKING:
        return "picker.choose" if teaches else "learning.not_ready"
    if not _module_of(recorded):
        return "picker.choose" if teaches else "learning.not_ready"
    return "gradebook.class_page" if teaches else "learning.overview"


def _module_of(recorded: RecordedLaunch) -> bool:
    """Find out which module the link opens, and remember it; whether there is one."""
    if recorded.module_ref is not None:
        return True
    if recorded.resource_link_id is None:
        return False
    for slug in (
        recorded.launch.custom.get("module_ref"),
        _slug_in(recorded.launch.target_link_uri),
    ):
        if slug and authoring.current_version(slug, recorded.organisation_id):
            lti.set_module(
                recorded.resource_link_id, slug, organisation_id=recorded.organisation_id
            )
            return True
    return False


def _slug_in(target_link_uri: str) -> str | None:
    first, _sep, slug = urlsplit(target_link_uri).path.strip("/").partition("/")
    return slug if first == "m" and slug and "/" not in slug else None
