"""What is shown of a credential, the panel on the overview, and that nothing lacks words."""

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from assessments.credentials import display, panel, queries, wording
from lti_app.core.db import db
from tests.assessments.credentials import samples
from tests.assessments.credentials.conftest import Proofs

SLICE = Path(display.__file__).parent


def test_both_languages_are_read_from_one_credential() -> None:
    dutch = display.shown(samples.signed(), "nl")
    english = display.shown(samples.signed(), "en")

    assert (dutch.name, english.name) == (
        *("Pipetten kalibreren: rekenen", "Calibrating pipettes: calculating"),
    )
    assert (dutch.results, english.results) == (("83,3 %",), ("83.3 %",))
    assert ("- A1: Berekent µL ± 0,5 %",) in dutch.criteria
    assert ("What was not assessed",) in english.criteria
    assert {"Wat is beoordeeld", "Leeruitkomsten"} <= dutch.headings
    assert dutch.outcomes == english.outcomes == ()  # the criteria say them


def test_outcomes_that_the_criteria_do_not_name_are_shown_apart() -> None:
    document = samples.signed()
    document["credentialSubject"]["achievement"]["criteria"] = {"narrative": "Een toets."}

    assert display.shown(document, "nl").outcomes == ("A1: Berekent µL ± 0,5 %",)


@given(
    st.dictionaries(
        st.sampled_from(["name", "issuer", "credentialSubject", "awardedDate", "validUntil"]),
        st.recursive(
            st.none() | st.text() | st.integers(),
            lambda inner: (
                st.lists(inner, max_size=2)
                | st.dictionaries(
                    st.sampled_from(["achievement", "criteria", "result", "name", "nameIn", "id"]),
                    inner,
                )
            ),
            max_leaves=8,
        ),
    )
)
@settings(max_examples=80, deadline=None)
def test_strange_parts_are_left_out(document: dict[str, Any]) -> None:
    assert isinstance(display.shown(document, "nl").name, str)


def test_every_code_has_words() -> None:
    sources = "\n".join(
        (SLICE / f"{name}.py").read_text()
        for name in ("checking", "canonical", "strict_json", "data_integrity", "did", "status_bits")
    )
    codes = set(
        re.findall(
            r"(?:NotUsable|UnsafeJsonLd|BadProof|BadDid|BadStatusList)\(\s*\"([a-z_0-9]+)\"",
            sources,
        )
    )
    codes |= set(re.findall(r"\"(?:ok|failed|unknown)\", \"([a-z_0-9]+)\"", sources))
    codes |= set(re.findall(r"_failed\(\s*\"[a-z_]+\", \"([a-z_0-9]+)\"", sources))

    without = (
        codes - set(wording.REASONS) - {"already_signed", "did_not_public", "status_list_of_other"}
    )

    assert len(codes) > 30
    assert not without


@pytest.mark.parametrize(("language", "text"), [("nl", "Pipetten"), ("en", "Pipettes")])
def test_the_panel_shows_the_proof(app: Flask, proofs: Proofs, language: str, text: str) -> None:
    award = proofs.award()
    plain = proofs.enrolment(proofs.version("plain", extensions={}))
    waiting = proofs.enrolment(proofs.version("waiting"))

    with app.test_request_context(f"/s/x/learn?lang={language}"):
        g.session_id = "x"
        shown = panel.panel(award.enrolment_id, language)
        absent = panel.panel(plain.id, language)
        later = panel.panel(waiting.id, language)
        nobody = panel.panel(99999, language)

    assert text in shown
    assert "signed" in later or "ondertekend" in later
    assert (absent, nobody) == ("", "")


def test_a_list_of_awards_is_one_query(app: Flask, proofs: Proofs) -> None:
    person = proofs.award().person
    proofs.award(proofs.enrolment(proofs.version("second"), person))
    organisation_id, person_id = person.organisation_id, person.id
    db.session.expunge_all()
    statements: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *a: statements.append(a[2]))

    found = queries.awards_of_person(person_id, organisation_id)
    names = [
        (a.achievement.module_version.title, a.organisation.name, a.person.name) for a in found
    ]

    assert len(names) == 2
    assert len([text for text in statements if text.startswith("SELECT")]) == 1
