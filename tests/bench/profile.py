"""`python -m tests.bench.profile`: where the time of a launch goes, by pyinstrument."""

import sys
import tempfile
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from flask.testing import FlaskClient
from pyinstrument import Profiler

from tests.bench import site
from tests.bench.platform import CLIENT_ID

LAUNCHES = 300


def launch(client: FlaskClient, place: site.Site, target: str, subject: str) -> None:
    """Log in, launch and open the page, without a socket."""
    form = {"iss": place.platform.url, "client_id": CLIENT_ID, "login_hint": subject}
    more = {"target_link_uri": target, "lti_message_hint": "hint"}
    login = client.post("/lti/login", data=form | more)
    asked = parse_qs(urlsplit(login.location).query)
    token = place.platform.id_token(target, subject, asked["nonce"][0])
    answer = {"state": asked["state"][0], "id_token": token}
    opened = client.post("/lti/launch", data=answer)
    assert client.get(opened.location).status_code == 200


def main() -> None:
    """Print the tree of calls."""
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        with site.running(Path(folder)) as place:
            tool = place.tool(1000)
            client = tool.app.test_client()
            for number in range(20):
                launch(client, place, tool.link(), f"learner-{number}")
            with Profiler(interval=0.0005) as profiler:
                for number in range(LAUNCHES):
                    launch(client, place, tool.link(), f"learner-{number}")
            print(profiler.output_text(show_all=False, color=False, timeline=False))


if __name__ == "__main__":
    sys.exit(main())
