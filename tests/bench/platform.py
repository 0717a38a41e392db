"""A learning platform for load: signs id_tokens, publishes its key, takes scores."""

import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt

from lti_app.demo import keys, names

CLIENT_ID = "bench-client"
DEPLOYMENT = "1"
COURSE, LINK = "course-1", "link-1"


@dataclass
class Platform:
    """One platform with one course and one link in it."""

    pem: str = field(default_factory=keys.new_pem)
    kid: str = "bench-key"
    scores: int = 0
    key_fetches: int = 0
    last_score_at: float = 0.0
    server: Any = None

    def start(self) -> None:
        """Serve in threads of this process; its cost is never part of a figure."""
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Serve no longer."""
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self) -> str:
        """Our address, and issuer."""
        return f"http://127.0.0.1:{self.server.server_port}"

    def id_token(self, tool: str, subject: str, nonce: str) -> str:
        """Sign a resource link launch of this learner, of the size that platforms send."""
        key = keys.loaded(self.pem)
        claims = self._claims(tool, subject, nonce)
        return jwt.encode(claims, key, "RS256", headers={"kid": self.kid})

    def _claims(self, tool: str, subject: str, nonce: str) -> dict[str, Any]:
        at = int(time.time())
        name = f"Leerling {subject}"
        return {
            "iss": self.url,
            "aud": CLIENT_ID,
            "sub": subject,
            "iat": at,
            "exp": at + 300,
            "nonce": nonce,
            "name": name,
            "given_name": "Leerling",
            "family_name": subject,
            "email": f"{subject}@school.example",
            names.CLAIM + "message_type": names.RESOURCE_LINK,
            names.CLAIM + "version": "1.3.0",
            names.CLAIM + "deployment_id": DEPLOYMENT,
            names.CLAIM + "target_link_uri": tool,
            names.CLAIM + "roles": [names.MEMBERSHIP + "Learner"],
            **self._place(),
        }

    def _place(self) -> dict[str, Any]:
        return {
            names.CLAIM + "context": {
                "id": COURSE,
                "label": "LAB1",
                "title": "Labvaardigheden",
                "type": [names.COURSE_TYPE],
            },
            names.CLAIM + "resource_link": {"id": LINK, "title": "Pipetten kalibreren"},
            names.CLAIM + "launch_presentation": {
                "locale": "nl",
                "document_target": "iframe",
                "return_url": f"{self.url}/return",
            },
            names.CLAIM + "tool_platform": {"guid": "bench", "product_family_code": "moodle"},
            names.CLAIM + "custom": {f"variable_{n}": "x" * 40 for n in range(8)},
            names.AGS_CLAIM: {
                "scope": names.AGS_SCOPES,
                "lineitems": f"{self.url}/lineitems",
                "lineitem": f"{self.url}/lineitems/1",
            },
        }


def _handler(platform: Platform) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            platform.key_fetches += 1
            self._answer({"keys": [keys.public_jwk(platform.kid, platform.pem)]})

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.path == "/token":
                self._answer({"access_token": secrets.token_hex(8), "expires_in": 3600})
                return
            platform.scores += 1
            platform.last_score_at = time.monotonic()
            self._answer({})

        def _answer(self, body: dict[str, Any]) -> None:
            content = json.dumps(body).encode()
            head = (
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(content)}\r\n\r\n"
            )
            self.wfile.write(head.encode() + content)

        def log_message(self, *_values: Any) -> None:
            """Say nothing."""

    return Handler
