"""The one HTTP client: time-outs, size limit, no private addresses unless development allows it."""

import ipaddress
import logging
import socket
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from flask import Flask, current_app
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool
from urllib3.exceptions import HTTPError, TimeoutError

from lti_app import __version__

log = logging.getLogger(__name__)

TIMEOUT = (3.05, 10)
"""Seconds to connect, seconds between two bytes."""
TOTAL = 15
"""Seconds for a whole body: a dripping answer must not hold a worker."""
MAX_BODY = 5 * 1024 * 1024


class OutboundError(Exception):
    """The call could not be made or answered properly; `reason` is safe to show."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Answer:
    """What came back, read whole and bounded."""

    status: int
    reason: str
    headers: Any
    body: bytes
    url: str


def install(app: Flask, *, public_url: str, allow_private_hosts: bool) -> None:
    """Make the pooled client of this application."""
    session = requests.Session()
    adapter = _GuardedAdapter(allow_private_hosts, pool_connections=20, pool_maxsize=20)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.trust_env = False
    # Canvas demands a User-Agent, and Moodle sites behind a firewall refuse requests without one.
    session.headers["User-Agent"] = f"Expeditie/{__version__} (+{public_url})"
    app.extensions["expeditie_outbound"] = session


def session() -> requests.Session:
    """Return the shared, guarded session (for `lti_app.lti.gateway` and `request`)."""
    shared: requests.Session = current_app.extensions["expeditie_outbound"]
    return shared


def request(method: str, url: str, *, max_body: int = MAX_BODY, **kwargs: Any) -> Answer:
    """Make one call without following redirects; OutboundError when there is no usable answer."""
    started = time.monotonic()
    try:
        with session().request(
            method, url, timeout=TIMEOUT, allow_redirects=False, stream=True, **kwargs
        ) as response:
            body = _read(response, max_body)
            answer = Answer(response.status_code, response.reason, response.headers, body, url)
    except (requests.RequestException, HTTPError) as error:
        raise OutboundError(_why(error)) from error
    log.info(
        "outbound call",
        extra={
            "method": method,
            "host": urlsplit(url).netloc,
            "status": answer.status,
            "ms": round((time.monotonic() - started) * 1000),
        },
    )
    return answer


def get(url: str, **kwargs: Any) -> Answer:
    """GET this address; see `request`."""
    return request("GET", url, **kwargs)


def _read(response: requests.Response, limit: int) -> bytes:
    body = bytearray()
    deadline = time.monotonic() + TOTAL
    while chunk := response.raw.read1(8192, decode_content=True):
        body += chunk
        if time.monotonic() > deadline:
            raise OutboundError(f"the answer took longer than {TOTAL} seconds")
        if len(body) > limit:
            raise OutboundError(f"the answer was larger than {limit} bytes")
    return bytes(body)


def _why(error: Exception) -> str:
    if isinstance(error, PrivateAddress):
        return "the address is private, loopback or link-local"
    if isinstance(error, requests.Timeout | TimeoutError):
        return "no answer in time"
    if isinstance(error, requests.exceptions.SSLError):
        return "the certificate is not trusted"
    if isinstance(error, requests.ConnectionError):
        return "no connection"
    return f"the call failed ({type(error).__name__})"


class PrivateAddress(requests.RequestException):
    """The host resolves to an address that we must not reach (server-side request forgery)."""


class _GuardedAdapter(HTTPAdapter):
    """Refuses hosts that resolve to private addresses, unless development allows them."""

    def __init__(self, allow_private: bool, **kwargs: Any) -> None:
        self.allow_private = allow_private
        super().__init__(**kwargs)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Check each connection's peer as well: a name may resolve twice, to two addresses."""
        super().init_poolmanager(*args, **kwargs)
        if not self.allow_private:
            self.poolmanager.pool_classes_by_scheme = {
                "https": _GuardedPool,
                "http": _GuardedPool,
            }

    def send(
        self, request: requests.PreparedRequest, *args: Any, **kwargs: Any
    ) -> requests.Response:
        """Check the address, then send."""
        if not self.allow_private:
            _refuse_private(request.url or "")
        return super().send(request, *args, **kwargs)


class _GuardedConnection(HTTPSConnection):
    """A connection to a public address, or none at all (DNS rebinding)."""

    def _new_conn(self) -> socket.socket:
        connected = super()._new_conn()
        if not _is_public(connected.getpeername()[0]):
            connected.close()
            raise PrivateAddress("not a public address")
        return connected


class _GuardedPool(HTTPSConnectionPool):
    ConnectionCls = _GuardedConnection


def _is_public(address: object) -> bool:
    return ipaddress.ip_address(str(address).split("%")[0]).is_global


def _refuse_private(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https":
        raise PrivateAddress("only https is allowed")
    try:
        port = parts.port or 443
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, ValueError) as error:
        raise requests.ConnectionError(str(error)) from error
    for *_rest, address in found:
        if not _is_public(address[0]):
            raise PrivateAddress("not a public address")
