"""Browsers that launch: as little client as possible, four at a time, a connection per launch."""

import http.client
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.bench.platform import CLIENT_ID, DEPLOYMENT, Platform

IN_FLIGHT = 4
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Browser:
    """One connection with its cookies."""

    def __init__(self, port: int, cookies: dict[str, str] | None = None) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies = dict(cookies or {})

    def send(
        self, method: str, path: str, form: dict[str, str] | None = None, **headers: str
    ) -> tuple[int, str, str]:
        """Send one request; return status, Location and body."""
        body = urlencode(form) if form is not None else None
        sent = {"Sec-Fetch-Dest": "iframe", "Accept-Language": "nl", "Accept": "text/html"}
        sent |= _FORM if form is not None else {}
        sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.connection.request(method, path, body, sent | headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _sign, value = cookie.split(";", 1)[0].partition("=")
            self.cookies[name] = value
        return answer.status, answer.headers.get("Location", ""), text

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()


def launch(
    port: int, platform: Platform, subject: str, *, login: str, page: bool, target: str = ""
) -> None:
    """Log in and launch as this person; go on to the page that the launch opens."""
    returning = {"expeditie_probe": "1", "expeditie_browser": f"mark-of-{subject}"}
    browser = Browser(port, returning)
    tool = target or f"http://127.0.0.1:{port}/launch/"
    form = {
        "iss": platform.url,
        "client_id": CLIENT_ID,
        "login_hint": subject,
        "target_link_uri": tool,
        "lti_message_hint": "hint",
        "lti_deployment_id": DEPLOYMENT,
    }
    status, location, text = browser.send("POST", login, form)
    assert status == 302, (status, text[:500])
    asked = parse_qs(urlsplit(location).query)
    token = platform.id_token(tool, subject, asked["nonce"][0])
    answer = {"state": asked["state"][0], "id_token": token}
    status, location, text = browser.send(
        "POST", urlsplit(asked["redirect_uri"][0]).path or "/launch/", answer
    )
    assert status == (303 if page else 200), (status, text[:500])
    if page:
        status, _location, text = browser.send("GET", location)
        assert status == 200 and 'data-launch="ok"' in text, (status, text[:500])
    browser.close()


def each(act: Callable[[str], None], subjects: Iterable[str]) -> int:
    """Do this for all of these people, four at a time; return how many it was."""
    with ThreadPoolExecutor(IN_FLIGHT) as pool:
        return sum(1 for _done in pool.map(act, subjects))


def people(first: int, count: int, among: int) -> Iterator[str]:
    """Yield `count` subjects spread over `among` people."""
    for number in range(first, first + count):
        yield f"learner-{number * 7919 % among}"
