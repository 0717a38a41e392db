"""`expeditie demo`: the tool, one worker with beat, and the demo LMS, connected to each other."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import click
import requests
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select

from config.settings import Settings
from lti_app import migrate, processes
from lti_app.core.clock import utcnow
from lti_app.core.db import db, unit_of_work
from lti_app.lti import registration
from lti_app.lti.models import Registration
from lti_app.people import queries as people
from lti_app.people import service as people_service
from lti_app.seed import commands as seeding
from modules.authoring import queries as authoring

ORGANISATION = "mlo-delta"
FIRST_MODULE = "pipetten-kalibreren"


@click.command("demo")
@with_appcontext
def demo() -> None:
    """Start everything for a trial: the tool, one worker with beat, and the demo LMS."""
    settings: Settings = current_app.extensions["expeditie_settings"]
    if settings.is_production:
        raise LookupError("the demo does not run in production")
    sys.exit(run(settings))


def run(settings: Settings) -> int:
    """Prepare the database, start all processes, connect them, and stay until Ctrl-C."""
    host = urlsplit(settings.public_url)
    port = int(os.environ.get("EXPEDITIE_PORT") or host.port or 5000)
    processes.free_or_exit("127.0.0.1", port)
    processes.free_or_exit("127.0.0.1", settings.demo_port)
    migrate.upgrade()
    seeding.put_all(utcnow())
    started = _start(settings, port)
    try:
        _wait(f"http://127.0.0.1:{port}/healthz", started)
        _wait(f"{_lms(settings)}/", started)
        tool = connect(settings, _lms(settings))
        click.echo(welcome(settings, tool))
    except (requests.RequestException, RuntimeError) as error:
        processes.end(started)
        click.echo(f"Refused: the demo did not start: {error}", err=True)
        return 1
    db.session.remove()
    return processes.keep(started)


def _lms(settings: Settings) -> str:
    return f"http://127.0.0.1:{settings.demo_port}"


def _start(settings: Settings, port: int) -> "list[subprocess.Popen[bytes]]":
    environ = dict(os.environ) | {
        "EXPEDITIE_ENV": settings.env,
        "EXPEDITIE_PUBLIC_URL": settings.public_url,
        "EXPEDITIE_INSTANCE_PATH": str(settings.instance_path),
    }
    lms = {key: value for key, value in os.environ.items() if not key.startswith("EXPEDITIE_")} | {
        "DEMO_LMS_ISSUER": _lms(settings),
        "DEMO_LMS_STORAGE": str(settings.instance_path / "demo-lms"),
        "DEMO_LMS_TOOL_URL": settings.public_url,
    }
    return [
        processes.start_web("127.0.0.1", port, 2, environ),
        processes.start_worker(environ),
        processes.start_demo_lms(settings.demo_port, lms),
    ]


def _wait(url: str, started: "list[subprocess.Popen[bytes]]") -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if any(process.poll() is not None for process in started):
            raise RuntimeError("a process ended while starting; its message stands above")
        try:
            if requests.get(url, timeout=5).status_code < 500:
                return
        except (requests.ConnectionError, requests.Timeout):
            time.sleep(0.2)
    raise RuntimeError(f"{url} did not answer within a minute")


def connect(settings: Settings, lms: str, profile: str = "standard") -> Mapping[str, Any]:
    """Register the demo LMS through the same service as `platform add`, and add its links."""
    public = settings.public_url
    tool = _post(
        f"{lms}/api/tools",
        {
            "key": f"expeditie-{profile}",
            "name": "Expeditie",
            "profile": profile,
            "initiate_login_uri": f"{public}/lti/login",
            "redirect_uris": [f"{public}/lti/launch"],
            "jwks_uri": f"{public}/lti/jwks.json",
            "target_link_uri": f"{public}/lti/launch",
            "deep_linking_uri": f"{public}/lti/launch",
        },
    )
    with unit_of_work():
        owner = _register(tool)
        versions = authoring.usable(owner)
    for version in sorted(versions, key=lambda v: v.module.slug != FIRST_MODULE):
        _add_link(lms, tool, public, version)
    return tool


def _register(tool: Mapping[str, Any]) -> int:
    """Add the registration unless an earlier run did; return whose it is."""
    organisation = people.organisation_by_slug(ORGANISATION)
    query = select(Registration.id).where(
        Registration.issuer == tool["issuer"], Registration.client_id == tool["client_id"]
    )
    if db.session.scalar(query) is not None:
        return organisation.id
    platform = registration.Platform(
        issuer=tool["issuer"],
        client_id=tool["client_id"],
        auth_url=tool["auth_url"],
        token_url=tool["token_url"],
        jwks_url=tool["jwks_url"],
        deployment_ids=tuple(tool["deployment_ids"]),
    )
    registration.add(organisation, platform, https_only=False, now=utcnow())
    return organisation.id


def _add_link(lms: str, tool: Mapping[str, Any], public: str, version: Any) -> None:
    slug = version.module.slug
    _post(
        f"{lms}/api/links",
        {
            "key": f"{tool['key']}-{slug}",
            "client_id": tool["client_id"],
            "course": "mlo-lab",
            "title": version.title["nl"],
            "target_link_uri": f"{public}/m/{slug}",
            "line_item": {"label": version.title["nl"], "scoreMaximum": 100},
        },
    )


def _post(url: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
    answer = requests.post(url, json=body, timeout=20)
    if not answer.ok:
        raise RuntimeError(f"{url} answered {answer.status_code}: {answer.text[:300]}")
    found: Mapping[str, Any] = answer.json()
    return found


def welcome(settings: Settings, tool: Mapping[str, Any]) -> str:
    """Return the lines that tell a newcomer where to click."""
    now = utcnow()
    with unit_of_work():
        organisation = people.organisation_by_slug(ORGANISATION)
        admin = people.members(organisation.id, "admin")[0]
        token = people_service.make_sign_in_link(admin, organisation.id, "admin", now=now)
    lms = _lms(settings)
    return "\n".join(
        [
            "",
            "  Expeditie is running. Open the demo LMS and click “Open als student”:",
            f"    Demo LMS        {lms}/",
            f"    Gradebook       {lms}/courses/mlo-lab/gradebook",
            f"    Catalogue       {settings.public_url}/modules",
            f"    Check a badge   {settings.public_url}/verify",
            f"    Administrator   {settings.public_url}/sign-in/{token}  (works once, 15 minutes)",
            "  Ctrl-C stops all of it.",
            "",
        ]
    )
