"""A demo LMS per test, and a small real tool that publishes its keys over HTTP."""

import json
import re
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    generate_private_key,
)
from flask import Flask
from flask.testing import FlaskClient
from jwt.algorithms import RSAAlgorithm
from werkzeug.serving import make_server
from werkzeug.test import TestResponse
from werkzeug.wrappers import Request, Response

from lti_app.demo.app import create_platform

ISSUER = "http://127.0.0.1:5001"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
AGS = "https://purl.imsglobal.org/spec/lti-ags/scope/"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
SCOPES = [AGS + each for each in ("lineitem", "lineitem.readonly", "result.readonly", "score")]


class RealTool:
    """A tool of which the platform can fetch the keys."""

    def __init__(self, key: RSAPrivateKey, url: str) -> None:
        self.key, self.url, self.kid = key, url, "tool-key-1"

    def key_set(self) -> dict[str, Any]:
        jwk = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**jwk, "kid": self.kid, "use": "sig", "alg": "RS256"}]}

    def sign(self, claims: dict[str, Any], **how: Any) -> str:
        at = int(time.time())
        body = {"iat": at, "exp": at + 60, **claims}
        body = {name: value for name, value in body.items() if value is not None}
        headers = how.get("headers", {"kid": self.kid})
        return jwt.encode(body, how.get("key", self.key), how.get("alg", "RS256"), headers)


@pytest.fixture(scope="session")
def tool_key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="session")
def tool(tool_key: RSAPrivateKey) -> Iterator[RealTool]:
    def answer(environ: Any, start: Any) -> Any:
        body = json.dumps(known.key_set()) if Request(environ).path == "/jwks.json" else "no"
        return Response(body, mimetype="application/json")(environ, start)

    server = make_server("127.0.0.1", 0, answer, threaded=True)
    known = RealTool(tool_key, f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield known
    server.shutdown()
    thread.join()
    server.server_close()


class Lms:
    """The platform as tools, tests and browsers see it."""

    def __init__(self, app: Flask, tool: RealTool) -> None:
        self.app, self.tool, self.client = app, tool, app.test_client()

    def post(self, path: str, **data: Any) -> Any:
        answer = self.client.post(path, json=data)
        assert answer.status_code < 300, answer.text
        return answer.json

    def get(self, path: str) -> Any:
        return self.client.get(path).json

    def register(self, **more: Any) -> Any:
        addresses = {
            "initiate_login_uri": f"{self.tool.url}/login",
            "redirect_uris": [f"{self.tool.url}/launch"],
            "jwks_uri": f"{self.tool.url}/jwks.json",
            "target_link_uri": f"{self.tool.url}/launch",
        }
        return self.post("/api/tools", **{"key": "tool", "name": "Tool", **addresses, **more})

    def link(self, **more: Any) -> Any:
        item = {"scoreMaximum": 100}
        wanted = {"key": "pipette", "title": "Pipetten", "line_item": item, **more}
        return self.post("/api/links", **wanted)

    def assertion(self, known: Any, **changes: Any) -> str:
        claims = {
            "iss": known["client_id"],
            "sub": known["client_id"],
            "aud": known["token_url"],
            "jti": secrets.token_hex(8),
            **changes,
        }
        return self.tool.sign(claims)

    def ask_token(self, known: Any, assertion: str, scopes: list[str]) -> TestResponse:
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion,
            "scope": " ".join(scopes),
        }
        return self.client.post(urlsplit(known["token_url"]).path, data=form)

    def token(self, known: Any, scopes: list[str] | None = None) -> str:
        answer = self.ask_token(known, self.assertion(known), scopes or [*SCOPES, NRPS])
        assert answer.status_code == 200, answer.text
        return str(json.loads(answer.text)["access_token"])

    def call(self, method: str, url: str, token: str, **how: Any) -> TestResponse:
        parts = urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        headers = {"Authorization": f"Bearer {token}"}
        if "accept" in how:
            headers["Accept"] = how["accept"]
        body = json.dumps(how["body"]) if "body" in how else None
        kind = how.get("type", "application/vnd.ims.lis.v2.lineitem+json") if body else None
        return self.client.open(path, method=method, data=body, content_type=kind, headers=headers)

    def score(self, item: str, token: str, **body: Any) -> TestResponse:
        parts = urlsplit(item)
        url = parts._replace(path=parts.path + "/scores").geturl()
        whole = {
            "timestamp": "2026-11-21T10:00:00.000Z",
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded",
            **body,
        }
        return self.call(
            "POST", url, token, body=whole, type="application/vnd.ims.lis.v1.score+json"
        )

    def authorise(self, known: Any, started: Any, **changes: Any) -> TestResponse:
        params = {
            "scope": "openid",
            "response_type": "id_token",
            "response_mode": "form_post",
            "prompt": "none",
            "client_id": known["client_id"],
            "redirect_uri": f"{self.tool.url}/launch",
            "login_hint": started["params"]["login_hint"],
            "lti_message_hint": started["params"]["lti_message_hint"],
            "state": "state-1",
            "nonce": "nonce-1",
            **changes,
        }
        sent = {name: value for name, value in params.items() if value is not None}
        return self.client.get(urlsplit(known["auth_url"]).path, query_string=sent)

    def claims(self, known: Any, id_token: str) -> dict[str, Any]:
        keys = jwt.PyJWKSet.from_dict(self.client.get(urlsplit(known["jwks_url"]).path).json)
        key = keys[jwt.get_unverified_header(id_token)["kid"]]
        return dict(jwt.decode(id_token, key, ["RS256"], audience=known["client_id"]))


def form_of(page: str) -> dict[str, str]:
    """The fields of the form on a page, with its address under `action`."""
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', page)
    fields = {unescape(name): unescape(value) for name, value in found}
    action = re.search(r'<form method="post" action="([^"]*)"', page)
    return {**fields, "action": unescape(action.group(1)) if action else ""}


@pytest.fixture
def read_form() -> Callable[[str], dict[str, str]]:
    return form_of


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_platform(issuer=ISSUER, storage=tmp_path_factory.mktemp("demo-lms"))


@pytest.fixture
def platform(tmp_path: Path, built: Flask) -> Iterator[Flask]:
    # One application, and a copy of its seeded file for each test: that is ten times faster.
    seeded = built.config["DEMO_STORAGE"]
    shutil.copy(seeded, tmp_path / "demo-lms.db")
    built.config["DEMO_STORAGE"] = tmp_path / "demo-lms.db"
    built.config["DEMO_CLOCK"] = time.time
    yield built
    built.config["DEMO_STORAGE"] = seeded


@pytest.fixture
def lms(platform: Flask, tool: RealTool) -> Lms:
    return Lms(platform, tool)


@pytest.fixture
def browser(platform: Flask) -> FlaskClient:
    return platform.test_client()
