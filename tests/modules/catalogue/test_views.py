"""The public catalogue: what it shows, and what it does not."""

from flask.testing import FlaskClient

from lti_app.core.db import db
from tests.modules.authoring.documents import PNG, PNG_FILE, document, words
from tests.modules.conftest import Library

SHA = PNG_FILE.removeprefix("media/").partition(".")[0]


def test_the_catalogue_lists_and_searches(client: FlaskClient, library: Library) -> None:
    library.publish()
    library.publish(document(slug="tweede", title=words("Iets over zuren")))

    everything = client.get("/modules?lang=nl").text
    some = client.get("/modules?q=zuren&lang=en").text
    nothing = client.get("/modules?q=zebra")

    assert "Proefmodule" in everything and "Iets over zuren" in everything
    assert "Iets over zuren (en)" in some and "Proefmodule" not in some
    assert nothing.status_code == 200
    assert 'data-page="catalogue.index" data-role="public"' in everything


def test_a_module_page_says_what_it_asks_and_gives(client: FlaskClient, library: Library) -> None:
    library.publish()

    page = client.get("/modules/proef-module?lang=en")

    assert page.status_code == 200
    for piece in ("Kan het. (en)", "1.5", "NLQF 4", "Mlo Delta", "CC-BY-4.0", "/m/proef-module"):
        assert piece in page.text
    assert "nl" in client.get("/modules/proef-module?lang=nl").text


def test_a_private_or_unknown_module_is_not_there(client: FlaskClient, library: Library) -> None:
    version = library.publish()
    version.module.visibility = "private"
    db.session.commit()

    for path in ("/modules/proef-module", "/m/proef-module", "/modules/nope", "/m/%2e%2e"):
        assert client.get(path).status_code == 404
    assert "Proefmodule" not in client.get("/modules").text


def test_the_launch_address_leads_to_the_page(client: FlaskClient, library: Library) -> None:
    library.publish()
    moved = client.get("/m/proef-module")
    assert (moved.status_code, moved.location) == (303, "/modules/proef-module")


def test_a_picture_is_served_for_ever_and_does_nothing(
    client: FlaskClient, library: Library
) -> None:
    library.publish()

    picture = client.get(f"/media/{SHA}")
    again = client.get(f"/media/{SHA}", headers={"If-None-Match": f'"{SHA}"'})

    assert (picture.data, picture.mimetype) == (PNG, "image/png")
    assert "immutable" in picture.headers["Cache-Control"]
    assert picture.headers["X-Content-Type-Options"] == "nosniff"
    assert picture.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert again.status_code == 304 and again.data == b""
    assert client.get(f"/media/{'0' * 64}").status_code == 404
    assert client.get("/media/short").status_code == 404


def test_a_module_without_level_or_badge_has_a_page_too(
    client: FlaskClient, library: Library
) -> None:
    library.publish(document(level=None, extensions={}, pass_mark=None, attribution=[]))
    assert client.get("/modules/proef-module").status_code == 200
