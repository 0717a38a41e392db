"""The platform's keys: fetched once, refetched for a new one, never taken from elsewhere."""

from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from flask import Flask
from flask.testing import FlaskClient
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from sqlalchemy import select

from lti_app.core.clock import utcnow
from lti_app.core.db import db, unit_of_work
from lti_app.lti import tool_keys
from lti_app.lti.gateway import keys
from lti_app.lti.models import PlatformKeys
from tests.support.lms import Lms, Tool, full_launch
from tests.support.make import Make


@pytest.fixture
def tool(lms: Lms, make: Make) -> Tool:
    lms.heal()
    return lms.connect(make.organisation())


def _fetches(lms: Lms) -> int:
    requests = lms.call("GET", "log")["requests"]
    return sum("jwks" in str(request) or "certs" in str(request) for request in requests)


def test_a_warm_launch_calls_nobody(client: FlaskClient, lms: Lms, tool: Tool) -> None:
    full_launch(client, lms, tool)
    lms.fault(service="jwks", kind="down")
    assert full_launch(client, lms, tool).status_code == 303


def test_another_process_uses_the_keys_that_were_fetched(
    client: FlaskClient, lms: Lms, tool: Tool
) -> None:
    full_launch(client, lms, tool)
    lms.fault(service="jwks", kind="down")
    keys.forget()
    assert full_launch(client, lms, tool).status_code == 303


def test_a_rotated_key_works_at_once(client: FlaskClient, lms: Lms, tool: Tool) -> None:
    full_launch(client, lms, tool)
    lms.call("POST", "keys/rotate", {"keep_old": False})
    with unit_of_work():  # the last fetch is more than a minute ago
        db.session.scalars(select(PlatformKeys)).one().attempted_at = utcnow() - timedelta(
            minutes=2
        )
    assert full_launch(client, lms, tool).status_code == 303


def test_an_unknown_key_is_looked_up_once_a_minute(
    client: FlaskClient, lms: Lms, tool: Tool
) -> None:
    full_launch(client, lms, tool)
    before = db.session.scalars(select(PlatformKeys)).one().attempted_at
    for _number in range(5):
        answer = full_launch(client, lms, tool, header={"kid": "nobody"})
        assert answer.headers["X-Error-Code"] == "keys_unavailable"
    db.session.expire_all()
    assert db.session.scalars(select(PlatformKeys)).one().attempted_at == before


@pytest.mark.parametrize("kind", ["down", "status"])
def test_without_keys_the_launch_is_refused_in_words(
    client: FlaskClient, lms: Lms, tool: Tool, kind: str
) -> None:
    lms.fault(service="jwks", kind=kind, status=500)
    answer = full_launch(client, lms, tool)
    assert (answer.status_code, answer.headers["X-Error-Code"]) == (401, "keys_unavailable")


def test_old_keys_are_good_for_a_day_when_new_ones_cannot_be_had(
    client: FlaskClient, lms: Lms, tool: Tool
) -> None:
    full_launch(client, lms, tool)
    lms.fault(service="jwks", kind="down")
    long_ago = utcnow() - timedelta(hours=3)
    with unit_of_work():
        row = db.session.scalars(select(PlatformKeys)).one()
        row.fetched_at = row.fresh_until = row.attempted_at = long_ago
    keys.forget()
    assert full_launch(client, lms, tool).status_code == 303


def _jwk(bits: int = 2048, **changed: Any) -> dict[str, Any]:
    public = rsa.generate_private_key(public_exponent=65537, key_size=bits).public_key()
    return RSAAlgorithm.to_jwk(public, as_dict=True) | {"kid": "k"} | changed


def test_only_signing_keys_of_a_good_size_are_used() -> None:
    curve = ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256R1()).public_key(), as_dict=True)
    wrong: list[Any] = [
        _jwk(1024),
        _jwk(use="enc"),
        _jwk(alg="RS512"),
        _jwk(kid=3),
        _jwk(n="!"),
        {"kty": "oct", "k": "AAAA", "kid": "k"},
        curve | {"kid": "k"},
        "key",
        None,
    ]
    assert keys.usable_keys({"keys": wrong}) == {}
    assert list(keys.usable_keys({"keys": [_jwk(use="sig", alg="RS256")]})) == ["k"]


@pytest.mark.parametrize(
    ("header", "seconds"), [("", 3600), ("max-age=5", 60), ("public, max-age=99999999", 86400)]
)
def test_the_platform_says_how_long_its_keys_are_fresh(header: str, seconds: int) -> None:
    assert keys.lifetime({"Cache-Control": header}).total_seconds() == seconds


def test_the_tools_own_keys_rotate_and_stay_published(app: Flask, client: FlaskClient) -> None:
    with unit_of_work():
        tool_keys.ensure(utcnow())
        tool_keys.ensure(utcnow())
    first = [key["kid"] for key in client.get("/lti/jwks.json").get_json()["keys"]]
    with unit_of_work():
        kid = tool_keys.rotate(utcnow())
    second = client.get("/lti/jwks.json").get_json()["keys"]
    assert len(first) == 2
    assert kid == first[1]
    assert [key["kid"] for key in second][:2] == first
    assert len(second) == 3
    assert not any("d" in key for key in second)
