"""What the credential says, and that others read it as we mean it."""

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from assessments.credentials import credential, data_integrity, documents
from tests.assessments.credentials import samples

ROOT = Path(__file__).parents[3]
DATA = ROOT / "tests" / "data"
NODE = next(
    (path for path in [Path(sys.executable).parent / "node"] if path.exists()),
    Path("/usr/bin/node"),
)


@pytest.mark.parametrize("name", ["ob_v3p0_achievementcredential_schema", "extracurricular"])
def test_the_credential_keeps_to_the_published_schema(name: str) -> None:
    schema = json.loads((DATA / f"{name}.json").read_text())

    problems = jsonschema.Draft201909Validator(schema).iter_errors(samples.signed())

    assert [error.message for error in problems] == []


def test_it_says_what_was_and_what_was_not_assessed_in_two_languages() -> None:
    criteria = samples.unsigned()["credentialSubject"]["achievement"]["criteria"]

    assert "Het pipetteren zelf." in criteria["narrative"]
    assert "The pipetting itself." in criteria["narrativeIn"]["en"]


def test_it_is_never_called_a_microcredential_and_names_no_person() -> None:
    text = json.dumps(samples.signed())

    assert "MicroCredential" not in text
    assert "@school" not in text
    assert samples.unsigned()["credentialSubject"]["id"].startswith("urn:uuid:")


def test_only_public_contexts_are_used() -> None:
    contexts = [item for item in samples.unsigned()["@context"] if isinstance(item, str)]

    assert contexts == [documents.VC_V2, documents.OB_V3, documents.OB_EXTENSIONS]


def test_a_hidden_grade_is_not_in_the_credential() -> None:
    shown = samples.unsigned()["credentialSubject"]["result"][0]
    hidden = samples.unsigned(score=None)["credentialSubject"]["result"][0]

    assert shown["value"] == "83.3"
    assert "value" not in hidden


@pytest.mark.parametrize(
    ("score", "text"), [("1", "100"), ("0.7", "70"), ("0.8333", "83.3"), ("0", "0")]
)
def test_scores_are_written_as_percentages(score: str, text: str) -> None:
    assert credential.percentage(Decimal(score)) == text


def judged(document: dict[str, Any], listed: dict[str, Any] | None = None) -> dict[str, Any]:
    """Ask the npm verifier, which nobody here wrote."""
    given = {url: documents.context(url) for url in (documents.VC_V2, documents.OB_V3)}
    given |= {url: documents.context(url) for url in (documents.OB_EXTENSIONS, documents.DID_V1)}
    given |= {documents.MULTIKEY_V1: documents.context(documents.MULTIKEY_V1)}
    given |= {
        samples.ISSUER_DID: samples.did_document(),
        # This verifier reads the clock itself for the list.
        samples.LIST_URL: listed or timeless_list(),
    }
    run = subprocess.run(
        [str(NODE), str(ROOT / "tests" / "npm" / "verify.mjs")],
        input=json.dumps(
            {"credential": document, "documents": given, "now": samples.NOW.isoformat()}
        ),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    answer: dict[str, Any] = json.loads(run.stdout)
    return answer


def timeless_list(marked: list[int] | None = None) -> dict[str, Any]:
    return samples.status_list(
        marked, validFrom="2020-01-01T00:00:00Z", validUntil="2099-01-01T00:00:00Z"
    )


class TestAnIndependentVerifier:
    """Digital Bazaar's JavaScript, from the lock file."""

    def test_accepts_ours(self) -> None:
        assert judged(samples.signed()) == {"verified": True, "marked": [], "errors": []}

    def test_accepts_every_kind_of_character(self) -> None:
        name = 'µL ± 0,5 % “é” \U0001f9ea \u2028 \u0085 \\ " \t tab \n line \r return \u200f rtl'
        facts = samples.achievement(name={"nl": name, "en": name})
        unsigned = credential.build(samples.issuer(), facts, samples.award())
        document = data_integrity.sign(unsigned, samples.signer(), created=samples.NOW)

        assert judged(document)["verified"] is True

    def test_refuses_a_tampered_one(self) -> None:
        assert judged(samples.signed() | {"name": "Doctor"})["verified"] is False

    def test_refuses_a_revoked_one(self) -> None:
        answer = judged(samples.signed(), timeless_list([samples.INDEX]))

        assert (answer["verified"], answer["marked"]) == (False, ["revocation"])

    def test_refuses_a_status_list_that_was_changed(self) -> None:
        answer = judged(samples.signed(), timeless_list() | {"name": "x"})

        assert answer["verified"] is False
