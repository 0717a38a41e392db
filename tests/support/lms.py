"""The demo LMS as a real process, and a driver that speaks to it as tests need."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from flask.testing import FlaskClient

from lti_app import processes
from lti_app.core.clock import utcnow
from lti_app.core.db import unit_of_work
from lti_app.lti import registration
from lti_app.lti.models import Registration
from lti_app.people.models import Organisation

_numbers = count(1)
CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"


def free_port() -> int:
    """Return a port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Tool:
    """A tool as the LMS knows it, with our own registration of it."""

    client_id: str
    link: dict[str, Any]
    registration: Registration


@dataclass(frozen=True)
class Lms:
    """A running demo LMS."""

    url: str

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Call its local API; an error of the LMS fails the test with its words."""
        answer = requests.request(method, f"{self.url}/api/{path}", json=body, timeout=20)
        assert answer.ok, f"{path}: {answer.status_code} {answer.text[:500]}"
        return answer.json() if answer.content else None

    def connect(
        self,
        organisation: Organisation,
        *,
        tool_url: str = "http://localhost:5000",
        served: str = "",
        profile: str = "standard",
        target: str = "",
        line_item: bool = True,
        approved: bool = True,
        **more: Any,
    ) -> Tool:
        """Register a fresh tool on both sides, with one link in the course.

        `served` is where the LMS really finds the tool's keys, when that is another address.
        """
        described = self.call(
            "POST",
            "tools",
            {
                "key": f"tool-{os.getpid()}-{next(_numbers)}-{time.time_ns()}",
                "name": "Expeditie",
                "profile": profile,
                "initiate_login_uri": f"{tool_url}/lti/login",
                "redirect_uris": [f"{tool_url}/lti/launch"],
                "jwks_uri": f"{served or tool_url}/lti/jwks.json",
                "target_link_uri": f"{tool_url}/lti/launch",
            }
            | more,
        )
        link: dict[str, Any] = {
            "client_id": described["client_id"],
            "course": "mlo-lab",
            "title": "Pipetten kalibreren",
            "target_link_uri": target or f"{tool_url}/lti/launch",
        }
        if line_item:
            link["line_item"] = {"label": "Pipetten kalibreren", "scoreMaximum": 100}
        with unit_of_work():
            made = registration.add(
                organisation, _platform(described, approved), https_only=False, now=utcnow()
            )
        return Tool(described["client_id"], self.call("POST", "links", link), made)

    def launch(self, tool: Tool, **wanted: Any) -> dict[str, Any]:
        """Start a launch and sign its id_token; see the LMS's `POST /api/launch`."""
        body = {"client_id": tool.client_id, "link": tool.link["id"]} | wanted
        if wanted.get("message_type") == "LtiDeepLinkingRequest":
            body.pop("link")
        found: dict[str, Any] = self.call("POST", "launch", body)
        return found

    def scores(self, tool: Tool, course: str = "mlo-lab") -> list[dict[str, Any]]:
        """Return the marks in this tool's columns."""
        book = self.call("GET", f"gradebook/{course}")
        return [mark for mark in book["scores"] if mark["link"] == tool.link["id"]]

    def fault(self, **what: Any) -> None:
        """Switch a fault on."""
        self.call("POST", "faults", what)

    def heal(self) -> None:
        """Switch all faults off."""
        self.call("DELETE", "faults")


def _platform(described: dict[str, Any], approved: bool) -> registration.Platform:
    names = ("issuer", "client_id", "auth_url", "token_url", "jwks_url")
    deployments = tuple(described["deployment_ids"]) if approved else ()
    return registration.Platform(
        **{name: described[name] for name in names}, deployment_ids=deployments
    )


@contextmanager
def running(folder: Path, tool_url: str, port: int | None = None) -> Iterator[Lms]:
    """Run the demo LMS under gunicorn until the block ends."""
    number = port or free_port()
    url = f"http://127.0.0.1:{number}"
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("EXPEDITIE_", "COV"))} | {
        "DEMO_LMS_ISSUER": url,
        "DEMO_LMS_STORAGE": str(folder),
        "DEMO_LMS_TOOL_URL": tool_url,
    }
    process = processes.start_demo_lms(number, environ)
    try:
        wait_for(f"{url}/", process)
        yield Lms(url)
    finally:
        processes.end([process])


def wait_for(url: str, process: "subprocess.Popen[bytes]", seconds: float = 40) -> None:
    """Wait until this address answers; fail when the process ends first."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert process.poll() is None, "the process ended while starting"
        try:
            if requests.get(url, timeout=5).status_code < 500:
                return
        except (requests.ConnectionError, requests.Timeout):
            time.sleep(0.1)
    raise AssertionError(f"{url} did not answer")


@dataclass
class Login:
    """A login that the tool began: what it asked of the platform."""

    state: str
    nonce: str
    answer: Any


def begin(client: FlaskClient, initiation: dict[str, Any], **headers: str) -> Login:
    """Send the platform's login initiation to the tool, as a browser would."""
    path = urlsplit(initiation["url"]).path
    answer = client.post(path, data=initiation["params"], headers=headers)
    assert answer.status_code == 302, answer.text
    asked = parse_qs(urlsplit(answer.headers["Location"]).query)
    return Login(asked["state"][0], asked["nonce"][0], answer)


def full_launch(client: FlaskClient, lms: Lms, tool: Tool, **wanted: Any) -> Any:
    """Log in and launch; return the tool's answer to the launch (303 when it opened)."""
    first = lms.launch(tool, **wanted)
    login = begin(client, first["initiation"])
    signed = lms.launch(tool, nonce=login.nonce, **wanted)
    form = {"state": login.state, "id_token": signed["id_token"]}
    return client.post("/lti/launch", data=form)
