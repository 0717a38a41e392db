"""What is measured: the tool on PostgreSQL and Valkey, the peer, the floors; all real processes."""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from flask import Flask
from sqlalchemy import insert, text

from config.settings import Settings
from lti_app import migrate, processes
from lti_app.app import create_app
from lti_app.core.clock import utcnow
from lti_app.core.db import db, unit_of_work
from lti_app.demo import keys
from lti_app.lti import registration
from lti_app.people import queries as people
from lti_app.people.models import Identity, Person
from lti_app.seed.commands import put_all
from tests.bench.platform import CLIENT_ID, DEPLOYMENT, Platform
from tests.support import databases
from tests.support.lms import free_port, wait_for

MODULE = "pipetten-kalibreren"
PEER = Path(".venv/peer").resolve()


@dataclass
class Server:
    """A web server or a worker: its first process, and where it answers."""

    process: "subprocess.Popen[bytes]"
    port: int = 0

    @property
    def pid(self) -> int:
        """The first process of the tree."""
        return self.process.pid


@dataclass
class Tool:
    """One installation of the tool with its own database."""

    environ: dict[str, str]
    web: Server
    app: Flask

    def link(self) -> str:
        """Return the address that opens the module."""
        return f"{self.environ['EXPEDITIE_PUBLIC_URL']}/m/{MODULE}"


@dataclass
class Site:
    """Everything that runs during a bench."""

    folder: Path
    platform: Platform
    postgresql_url: str
    valkey_url: str
    stack: ExitStack
    tools: dict[int, Tool] = field(default_factory=dict)

    def postgresql(self) -> int:
        """Return the process of the database server."""
        found = [p for p in psutil.process_iter(["cmdline"]) if self._is_ours(p)]
        return min(p.pid for p in found)

    def _is_ours(self, process: psutil.Process) -> bool:
        folder = self.postgresql_url.rpartition("host=")[2].replace("%2F", "/")
        return folder in " ".join(process.info["cmdline"] or [])

    def tool(self, persons: int) -> Tool:
        """Return the tool with so many persons in its database; started when it is first asked."""
        if persons not in self.tools:
            self.tools[persons] = self._start_tool(persons)
        return self.tools[persons]

    def _start_tool(self, persons: int) -> Tool:
        port = free_port()
        environ = _clean() | {
            "EXPEDITIE_ENV": "testing",
            "EXPEDITIE_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "EXPEDITIE_DATABASE_URL": databases.another(self.postgresql_url),
            "EXPEDITIE_BROKER_URL": self.valkey_url[:-1] + str(len(self.tools) + 2),
            "EXPEDITIE_INSTANCE_PATH": str(self.folder / f"instance-{persons}"),
        }
        app = create_app(Settings.from_env(environ))
        _fill(app, self.platform, persons)
        web = Server(processes.start_web("127.0.0.1", port, 2, environ), port)
        self._started(web)
        return Tool(environ, web, app)

    def worker(self, tool: Tool, concurrency: int) -> Server:
        """Start a Celery worker of this installation."""
        command = [sys.executable, "-c", "from lti_app.cli import main; main()", "worker"]
        command += ["--concurrency", str(concurrency)]
        process = subprocess.Popen(command, env=tool.environ, start_new_session=True)
        self.stack.callback(processes.end, [process])
        return Server(process)

    def peer(self, **more: str) -> Server:
        """Start the peer."""
        return self._other("tests.bench.peer:application", self._peer_environ() | more)

    def floor(self, **more: str) -> Server:
        """Start a floor."""
        jwk = json.dumps(keys.public_jwk(self.platform.kid, self.platform.pem))
        environ = _clean() | {"BENCH_FLOOR_JWK": jwk}
        return self._other("tests.bench.floor:application", environ | more)

    def _other(self, application: str, environ: dict[str, str]) -> Server:
        port = free_port()
        server = Server(processes.serve(application, "127.0.0.1", port, 2, environ), port)
        self._started(server)
        return server

    def _started(self, server: Server) -> None:
        self.stack.callback(processes.end, [server.process])
        wait_for(f"http://127.0.0.1:{server.port}/healthz", server.process)

    def _peer_environ(self) -> dict[str, str]:
        (self.folder / "private.key").write_text(keys.new_pem())
        described = {
            "default": True,
            "client_id": CLIENT_ID,
            "auth_login_url": f"{self.platform.url}/auth",
            "auth_token_url": f"{self.platform.url}/token",
            "key_set_url": f"{self.platform.url}/jwks",
            "private_key_file": "private.key",
            "deployment_ids": [DEPLOYMENT],
        }
        path = self.folder / "peer.json"
        path.write_text(json.dumps({self.platform.url: [described]}))
        return _clean() | {
            "PYTHONPATH": f"{PEER}{os.pathsep}{Path.cwd()}",
            "BENCH_CACHE_URL": self.valkey_url[:-1] + "1",
            "BENCH_PEER_CONFIGURATION": str(path),
        }


def _clean() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith(("EXPEDITIE_", "BENCH_"))}


def _fill(app: Flask, platform: Platform, persons: int) -> None:
    """Seed the demo, connect the platform, and add its people."""
    with app.app_context():
        migrate.upgrade()
        put_all(utcnow())
        with unit_of_work():
            made = registration.add(
                people.organisation_by_slug("mlo-delta"),
                registration.Platform(
                    issuer=platform.url,
                    client_id=CLIENT_ID,
                    auth_url=f"{platform.url}/auth",
                    token_url=f"{platform.url}/token",
                    jwks_url=f"{platform.url}/jwks",
                    deployment_ids=(DEPLOYMENT,),
                ),
                https_only=False,
                now=utcnow(),
            )
            _add_people(made.organisation_id, f"lti:{made.id}", persons)
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
        db.session.remove()


def _add_people(organisation_id: int, realm: str, count: int) -> None:
    values = {"organisation_id": organisation_id, "created_at": utcnow(), "locale": "nl"}
    made = db.session.scalars(
        insert(Person).returning(Person.id),
        [
            values
            | {
                "name": f"Leerling learner-{number}",
                "email": f"learner-{number}@school.example",
                "alias": f"Deelnemer {number}",
            }
            for number in range(count)
        ],
    ).all()
    rows = [
        {"person_id": id, "realm": realm, "subject": f"learner-{number}"}
        for number, id in enumerate(made)
    ]
    db.session.execute(insert(Identity), rows)


@contextmanager
def running(folder: Path) -> Iterator[Site]:
    """Run the servers that all rows share."""
    with ExitStack() as stack:
        url = stack.enter_context(databases.postgresql())
        valkey = stack.enter_context(databases.valkey())
        platform = Platform(kid=secrets.token_hex(4))
        platform.start()
        stack.callback(platform.stop)
        yield Site(folder, platform, url, valkey, stack)
