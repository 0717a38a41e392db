"""The peer: PyLTI1p3 2.0.0 in Flask, used as its README and its Flask example say.

Flask-Caching on Valkey as launch data storage, the configuration in a JSON file, the platform's key
set fetched at each launch (or kept, with BENCH_PEER_KEEPS_KEYS, the README's "Cache for Public
Key"). It stores nobody and shows one line.
"""

import os

from flask import Flask
from flask.typing import ResponseReturnValue
from flask_caching import Cache
from pylti1p3.contrib.flask import (
    FlaskCacheDataStorage,
    FlaskMessageLaunch,
    FlaskOIDCLogin,
    FlaskRequest,
)
from pylti1p3.tool_config import ToolConfJsonFile

application = Flask(__name__)
application.config.from_mapping(
    SECRET_KEY="replace-me",
    CACHE_TYPE="RedisCache",
    CACHE_REDIS_URL=os.environ["BENCH_CACHE_URL"],
    CACHE_DEFAULT_TIMEOUT=600,
)
cache = Cache(application)
_CONFIGURATION = os.environ["BENCH_PEER_CONFIGURATION"]
_KEEPS_KEYS = bool(os.environ.get("BENCH_PEER_KEEPS_KEYS"))


@application.route("/login/", methods=["GET", "POST"])
def login() -> ResponseReturnValue:
    """Send the browser to the platform."""
    request = FlaskRequest()
    target = request.get_param("target_link_uri")
    storage = FlaskCacheDataStorage(cache)
    begun = FlaskOIDCLogin(request, ToolConfJsonFile(_CONFIGURATION), launch_data_storage=storage)
    return begun.redirect(target)


@application.route("/launch/", methods=["POST"])
def launch() -> ResponseReturnValue:
    """Check the launch and say who came."""
    storage = FlaskCacheDataStorage(cache)
    message = FlaskMessageLaunch(
        FlaskRequest(), ToolConfJsonFile(_CONFIGURATION), launch_data_storage=storage
    )
    if _KEEPS_KEYS:
        message.set_public_key_caching(storage, cache_lifetime=7200)
    return f"Welcome {message.get_launch_data().get('name', '')}"
