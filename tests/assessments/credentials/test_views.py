"""Public pages: shared or silent, readable by people and programs, and a check of anything."""

import io
import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.credentials import checking, service
from assessments.credentials.models import Award
from lti_app.core import outbox
from lti_app.core.clock import utcnow
from lti_app.core.db import db
from tests.assessments.credentials import samples
from tests.assessments.credentials.conftest import Proofs

HTML = {"Accept": "text/html", "Accept-Language": "en"}
VC = {"Accept": "application/vc+ld+json"}


def page(client: FlaskClient, path: str, **headers: str) -> Any:
    # A context of its own: what an earlier request of this test left behind must not help.
    db.session.commit()
    with client.application.app_context():
        return client.get(path, headers=HTML | headers)


def test_a_private_proof_and_no_proof_look_the_same(client: FlaskClient, proofs: Proofs) -> None:
    private = page(client, f"/credentials/{proofs.award().public_id}")
    absent = page(client, "/credentials/AAAAAAAAAAAAAAAAAAAAAA")

    assert (private.status_code, absent.status_code) == (404, 404)
    assert private.headers["X-Error-Code"] == absent.headers["X-Error-Code"] == "proof_not_shared"
    assert "Pipettes" not in private.text


def test_a_private_proof_gives_no_json_either(client: FlaskClient, proofs: Proofs) -> None:
    path = f"/credentials/{proofs.award().public_id}"

    assert client.get(path, headers=VC).status_code == 404
    assert client.get(f"{path}.json").status_code == 404


def test_a_shared_proof_answers_an_employer(client: FlaskClient, proofs: Proofs) -> None:
    shown = page(client, f"/credentials/{proofs.shared().public_id}")

    assert shown.status_code == 200
    for text in ("Real and valid", "Mlo Delta", "Calculated online.", "Not the pipetting."):
        assert text in shown.text
    assert "Ada Bos" not in shown.text
    assert "noindex" in shown.headers["X-Robots-Tag"]


def test_a_shared_proof_reads_in_dutch(client: FlaskClient, proofs: Proofs) -> None:
    shown = page(client, f"/credentials/{proofs.shared().public_id}?lang=nl")

    assert "Online gerekend." in shown.text


def test_the_name_is_shown_when_the_holder_wants_it(client: FlaskClient, proofs: Proofs) -> None:
    shown = page(client, f"/credentials/{proofs.shared(name_shown=True).public_id}")

    assert "Ada Bos" in shown.text


def test_a_program_gets_the_signed_text(client: FlaskClient, proofs: Proofs) -> None:
    shared = proofs.shared()

    negotiated = client.get(f"/credentials/{shared.public_id}", headers=VC)
    named = client.get(f"/credentials/{shared.public_id}.json")

    assert negotiated.mimetype == named.mimetype == "application/vc+ld+json"
    assert negotiated.text == named.text == shared.credential
    assert negotiated.headers["Access-Control-Allow-Origin"] == "*"


def test_what_is_published_is_enough_to_verify(client: FlaskClient, proofs: Proofs) -> None:
    shared = proofs.shared()
    document = client.get(f"/credentials/{shared.public_id}.json").get_json(force=True)
    entry = document["credentialStatus"]
    path = entry["statusListCredential"].removeprefix("http://localhost:5000")
    dids = {
        document["issuer"]["id"]: client.get("/issuers/mlo-delta/did.json").get_json(force=True)
    }
    lists = {entry["statusListCredential"]: client.get(path).get_json(force=True)}

    found = checking.check(document, checking.Sources(dids.get, lists.get), now=utcnow())

    assert found.state == "valid"


def test_a_revoked_proof_says_so_and_never_why(client: FlaskClient, proofs: Proofs) -> None:
    shared = proofs.shared()
    service.revoke(shared, reason="misconduct", actor_id=None, now=utcnow())
    db.session.commit()

    shown = page(client, f"/credentials/{shared.public_id}")

    assert "Revoked" in shown.text
    assert "misconduct" not in shown.text.lower()


def test_a_status_list_is_cached_and_open_to_all(client: FlaskClient, proofs: Proofs) -> None:
    given = proofs.award()
    path = f"/credentials/status/revocation/{given.status_list.number}"

    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    service.revoke(given, reason="error", actor_id=None, now=utcnow())
    db.session.commit()
    outbox.deliver_due()
    changed = client.get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status_code, again.status_code, changed.status_code) == (200, 304, 200)
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert "max-age" in first.headers["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    [
        "/credentials/status/revocation/99",
        "/credentials/status/other/1",
        "/credentials/status/revocation/x",
        "/credentials/status/revocation/99999999999999999999",
        "/issuers/nobody/did.json",
        "/credentials/%00",
        "/credentials/x.pdf",
        "/credentials/" + "a" * 3000,
    ],
)
def test_what_is_not_there_is_a_404(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code in (400, 404)


def test_an_issuer_without_awards_has_a_document(client: FlaskClient, proofs: Proofs) -> None:
    proofs.school()

    found = client.get("/issuers/mlo-delta/did.json").get_json(force=True)

    assert found["id"] == "did:web:localhost%3A5000:issuers:mlo-delta"
    assert found["assertionMethod"] == [found["verificationMethod"][0]["id"]]


def verify(client: FlaskClient, text: str) -> Any:
    return client.post("/verify", data={"credential": text}, headers=HTML)


def test_a_pasted_proof_is_checked(client: FlaskClient, proofs: Proofs) -> None:
    given = proofs.award()

    good = verify(client, given.credential or "")
    bad = verify(client, (given.credential or "").replace("Pipetten: rekenen", "Alles"))

    assert (good.status_code, bad.status_code) == (200, 200)
    assert "Real and valid" in good.text and "Not the pipetting." in good.text
    assert "Not a proof that can be trusted" in bad.text


def test_the_answer_can_be_left_for_the_form_in_the_other_language(
    client: FlaskClient, proofs: Proofs
) -> None:
    answer = verify(client, proofs.award().credential or "")

    assert 'href="/verify?lang=en"' in answer.text
    assert 'action="/verify"' in client.get("/verify?lang=en").text


def test_an_uploaded_proof_is_checked(client: FlaskClient, proofs: Proofs) -> None:
    content = (proofs.award().credential or "").encode()

    answer = client.post(
        "/verify", data={"file": (io.BytesIO(content), "proof.json")}, headers=HTML
    )

    assert "Real and valid" in answer.text


def test_a_revoked_proof_is_refused_before_the_list_is_published(
    client: FlaskClient, proofs: Proofs
) -> None:
    given = proofs.award()
    service.revoke(given, reason="error", actor_id=None, now=utcnow())
    db.session.commit()

    assert "Revoked" in verify(client, given.credential or "").text


def test_a_proof_of_somebody_else_is_unknown_not_false(client: FlaskClient) -> None:
    answer = verify(client, json.dumps(samples.signed()))

    assert answer.status_code == 200
    assert "We cannot say" in answer.text


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [
        ("", 422, "not_json"),
        ("hello", 422, "not_json"),
        ("[]", 422, "not_object"),
        ("{}", 422, "not_vc_2"),
        ('{"a":1,"a":2}', 422, "duplicate_key"),
        ("x" * 70_000, 413, "too_large"),
        ("\ud800", 422, "not_json"),
        (json.dumps({"@context": ["https://www.w3.org/ns/credentials/v2"]}), 422, "nothing_said"),
    ],
)
def test_rubbish_is_refused_in_words(
    client: FlaskClient, text: str, status: int, code: str
) -> None:
    answer = client.post(
        "/verify", data={"credential": text.encode("utf-8", "surrogatepass")}, headers=HTML
    )

    assert (answer.status_code, answer.headers["X-Error-Code"]) == (status, code)
    assert "notice" in answer.text


def test_unknown_and_doubled_fields_are_refused(client: FlaskClient) -> None:
    assert client.post("/verify", data={"other": "x"}).status_code == 422
    assert client.post("/verify", data={"credential": ["a", "b"]}).status_code == 422
    assert client.post("/verify", data=b"\xff\xfe", content_type="text/plain").status_code == 422


SIGNED = json.dumps(samples.signed())


@given(st.integers(0, len(SIGNED) - 1), st.characters(exclude_categories=["Cs"]))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_single_changed_character_is_an_accident(
    client: FlaskClient, place: int, char: str
) -> None:
    changed = SIGNED[:place] + char + SIGNED[place + 1 :]

    assert verify(client, changed).status_code < 500


def test_the_empty_form_works(client: FlaskClient) -> None:
    assert "Paste the proof" in page(client, "/verify").text


# In a session


def test_a_holder_sees_shares_and_downloads_a_proof(proofs: Proofs, client: FlaskClient) -> None:
    award = proofs.award()
    holder = proofs.make.signed(person=award.person)

    listed = holder.get("proof", headers=HTML)
    shown = holder.get(f"proof/{award.public_id}", headers=HTML)
    file = holder.get(f"proof/{award.public_id}/credential.json")
    sent = holder.post(f"proof/{award.public_id}/share", {"share": "on", "name_shown": "1"})

    assert "Pipettes: calculating" in listed.text
    assert "Share proof" in shown.text and "Real and valid" in shown.text
    assert file.text == award.credential
    assert "attachment" in file.headers["Content-Disposition"]
    assert sent.status_code == 303
    assert "Ada Bos" in page(client, f"/credentials/{award.public_id}").text
    assert "Link to copy" in holder.get(f"proof/{award.public_id}", headers=HTML).text


def test_sharing_can_be_stopped(proofs: Proofs, client: FlaskClient) -> None:
    award = proofs.shared()
    holder = proofs.make.signed(person=award.person)

    holder.post(f"proof/{award.public_id}/share", {"share": "off"})

    assert page(client, f"/credentials/{award.public_id}").status_code == 404


@pytest.mark.parametrize("form", [{}, {"share": "maybe"}, {"share": "on", "name_shown": "x"}])
def test_a_faulty_choice_is_refused(proofs: Proofs, form: dict[str, str]) -> None:
    award = proofs.award()
    holder = proofs.make.signed(person=award.person)

    assert holder.post(f"proof/{award.public_id}/share", form).status_code == 422


def test_nobody_else_gets_in(proofs: Proofs) -> None:
    award = proofs.award()
    other = proofs.make.signed(person=proofs.make.person(proofs.school()))
    company = proofs.make.organisation("bionoord", "company")
    foreign = proofs.make.signed(role="admin", person=proofs.make.person(company))

    for signed in (other, foreign):
        for path in ("", "/credential.json"):
            assert signed.get(f"proof/{award.public_id}{path}").status_code == 403
        assert signed.post(f"proof/{award.public_id}/share", {"share": "on"}).status_code == 403
        assert signed.get(f"proof/awards/{award.public_id}").status_code == 403
        for verb in ("revoke", "suspend", "restore"):
            path = f"proof/awards/{award.public_id}/{verb}"
            assert signed.post(path, {"reason": "error"}).status_code == 403
    assert other.get("proof/awards").status_code == 403
    db.session.refresh(award)
    assert (award.state, award.visibility) == ("signed", "private")


def administrator(proofs: Proofs) -> Any:
    return proofs.make.signed(role="admin", person=proofs.make.person(proofs.school(), "Admin"))


def test_an_administrator_suspends_restores_and_revokes(proofs: Proofs) -> None:
    award = proofs.award()
    admin = administrator(proofs)
    path = f"proof/awards/{award.public_id}"

    assert "Pipettes" in admin.get("proof/awards", headers=HTML).text
    states = []
    for verb in ("suspend", "restore", "revoke"):
        assert (
            admin.post(
                f"{path}/{verb}", {"reason": "error"} if verb != "restore" else {}
            ).status_code
            == 303
        )
        db.session.refresh(award)
        states.append(award.state)
        assert admin.get(path, headers=HTML).status_code == 200

    assert states == ["suspended", "signed", "revoked"]
    assert admin.post(f"{path}/restore").status_code == 409
    assert admin.post(f"{path}/revoke", {"reason": "error"}).status_code == 409
    assert admin.post(f"{path}/revoke", {"reason": "because"}).status_code == 422


def unsigned(proofs: Proofs) -> Award:
    award = proofs.award()
    award.state, award.credential, award.visibility = "considered", None, "link"
    db.session.commit()
    return award


def test_a_proof_that_is_being_signed_says_so(proofs: Proofs, client: FlaskClient) -> None:
    award = unsigned(proofs)
    holder = proofs.make.signed(person=award.person)

    assert "being signed" in holder.get(f"proof/{award.public_id}", headers=HTML).text
    assert holder.get(f"proof/{award.public_id}/credential.json").status_code == 409
    assert page(client, f"/credentials/{award.public_id}").status_code == 409


def test_pages_are_empty_in_a_friendly_way(proofs: Proofs) -> None:
    holder = proofs.make.signed(person=proofs.make.person(proofs.school()))

    assert "No proofs yet" in holder.get("proof", headers=HTML).text
    assert "No proofs yet" in administrator(proofs).get("proof/awards", headers=HTML).text


def test_our_own_credential_must_be_letter_for_letter_what_was_signed(
    client: FlaskClient, proofs: Any
) -> None:
    document = json.loads(proofs.shared().credential)
    document["credentialSubject"]["achievement"]["type"].reverse()

    answer = client.post("/verify?lang=en", data={"credential": json.dumps(document)})

    assert "It is not, letter for letter, what the issuer signed." in answer.text
