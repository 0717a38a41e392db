"""An installation as real processes that can be killed: web processes, workers, one database."""

import os
import signal
import subprocess
import time
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from flask import Flask

from config.settings import Settings
from lti_app import migrate, processes
from lti_app.app import create_app
from lti_app.core.clock import utcnow
from lti_app.core.db import unit_of_work
from lti_app.lti import tool_keys
from tests.support.lms import Lms, Tool, free_port, wait_for

LEASE = 5
"""Seconds; a worker that is killed in a test holds its messages no longer."""
PATIENCE = 60
"""Seconds until a browser gives up; a web process that was killed is started again meanwhile."""


class Interrupted(Exception):
    """The connection broke off and nobody else could be asked."""


@dataclass
class Installation:
    """Web processes and workers on one database and one broker; the test is a third party."""

    folder: Path
    database: str
    broker: str
    ports: list[int] = field(default_factory=lambda: [free_port()])
    webs: "dict[int, subprocess.Popen[bytes]]" = field(default_factory=dict)
    workers: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    @property
    def public_url(self) -> str:
        """The address that the platform knows."""
        return f"http://localhost:{self.ports[0]}"

    @property
    def environ(self) -> dict[str, str]:
        """The environment of every process."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("EXPEDITIE_", "COV"))}
        return kept | {
            "EXPEDITIE_ENV": "testing",
            "EXPEDITIE_PUBLIC_URL": self.public_url,
            "EXPEDITIE_INSTANCE_PATH": str(self.folder),
            "EXPEDITIE_DATABASE_URL": self.database,
            "EXPEDITIE_BROKER_URL": self.broker,
            "EXPEDITIE_OUTBOX_LEASE": str(LEASE),
        }

    def prepare(self) -> Flask:
        """Make the database ready; return an application on it."""
        app = create_app(Settings.from_env(self.environ))
        with app.app_context():
            migrate.upgrade()
            with unit_of_work():
                tool_keys.ensure(utcnow())
        return app

    def start_web(self, port: int) -> None:
        """Start the web process of this port and wait until it answers."""
        self.webs[port] = processes.start_web("127.0.0.1", port, 1, self.environ)
        wait_for(f"http://127.0.0.1:{port}/healthz", self.webs[port])

    def start_worker(self, *, beat: bool = True) -> None:
        """Start one more worker."""
        self.workers.append(processes.start_worker(self.environ, beat=beat))

    def kill_web(self, port: int) -> None:
        """End a web process and its children at once, whatever they were doing."""
        _kill(self.webs.pop(port))

    def kill_worker(self) -> None:
        """End the oldest worker and its beat at once."""
        _kill(self.workers.pop(0))

    def end(self) -> None:
        """End everything that still runs."""
        processes.end([*self.webs.values(), *self.workers])


def _kill(process: "subprocess.Popen[bytes]") -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@dataclass
class Browser:
    """A browser behind a proxy that asks the next web process when a connection breaks off."""

    installation: Installation
    cookies: dict[str, str] = field(default_factory=dict)
    interruptions: int = 0

    def send(self, method: str, path: str, **more: Any) -> requests.Response:
        """Send a request to whichever web process answers."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            for port in self.installation.ports:
                try:
                    return self._once(method, f"http://127.0.0.1:{port}{path}", **more)
                except (requests.ConnectionError, requests.Timeout):
                    self.interruptions += 1
            time.sleep(0.1)
        raise Interrupted(path)

    def _once(self, method: str, url: str, **more: Any) -> requests.Response:
        headers = {
            "Host": f"localhost:{self.installation.ports[0]}",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        answer = requests.request(
            method, url, headers=headers, allow_redirects=False, timeout=30, **more
        )
        for line in answer.raw.headers.getlist("Set-Cookie"):
            self.cookies |= {name: m.value for name, m in SimpleCookie(line).items()}
        return answer

    def launch(self, lms: Lms, tool: Tool, **wanted: Any) -> requests.Response:
        """Log in, launch, and open the page behind it."""
        first = lms.launch(tool, **wanted)["initiation"]
        path = urlsplit(first["url"]).path
        login = self.send("POST", path, data=first["params"])
        assert login.status_code == 302, login.text[:500]
        asked = parse_qs(urlsplit(login.headers["Location"]).query)
        signed = lms.launch(tool, nonce=asked["nonce"][0], **wanted)
        form = {"state": asked["state"][0], "id_token": signed["id_token"]}
        opened = self.send("POST", "/lti/launch", data=form)
        if opened.status_code != 303:
            return opened
        place = urlsplit(opened.headers["Location"])
        return self.send("GET", f"{place.path}?{place.query}")
