"""The floor: two requests that do nothing, or nothing but verify the signature of a token."""

import os
from functools import cache
from urllib.parse import urlencode

import jwt
from flask import Flask, redirect, request
from flask.typing import ResponseReturnValue

application = Flask(__name__)


@cache
def _key() -> jwt.PyJWK:
    return jwt.PyJWK.from_json(os.environ["BENCH_FLOOR_JWK"])


@application.post("/login/")
def login() -> ResponseReturnValue:
    """Send the browser to the platform."""
    asked = {"state": "s", "nonce": "n", "redirect_uri": request.form["target_link_uri"]}
    return redirect(f"{request.form['iss']}/auth?{urlencode(asked)}")


@application.post("/launch/")
def launch() -> ResponseReturnValue:
    """Look at nothing, or at the signature."""
    if os.environ.get("BENCH_FLOOR_VERIFIES"):
        jwt.decode(
            request.form["id_token"],
            _key(),
            algorithms=["RS256"],
            options={"verify_aud": False},
        )
    return "ok"
