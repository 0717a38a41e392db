"""The commands that check a file and that write an issuer's own folder."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from assessments.credentials import cli, data_integrity, service
from lti_app.core.clock import utcnow
from lti_app.core.db import db
from tests.assessments.credentials import samples
from tests.assessments.credentials.conftest import Proofs


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A place for files, apart from the database's."""
    made = tmp_path / "files"
    made.mkdir()
    return made


def run(app: Flask, *arguments: object) -> Result:
    command, *rest = (str(argument) for argument in arguments)
    named = {command.name: command for command in cli.commands}
    return app.test_cli_runner().invoke(named[command], rest)


def write(path: Path, document: Any) -> Path:
    path.write_text(document if isinstance(document, str) else json.dumps(document), "utf-8")
    return path


def test_our_own_credential_is_valid_offline(app: Flask, proofs: Proofs, folder: Path) -> None:
    file = write(folder / "proof.json", proofs.award().credential)

    said = run(app, "credential", "verify", file)
    machine = run(app, "credential", "verify", file, "--json")

    assert (said.exit_code, machine.exit_code) == (0, 0)
    assert "Pipet" in said.output
    assert json.loads(machine.output)["state"] == "valid"


def test_a_revoked_or_changed_credential_is_refused_in_a_sentence(
    app: Flask, proofs: Proofs, folder: Path
) -> None:
    given = proofs.award()
    file = write(folder / "proof.json", given.credential)
    changed = write(folder / "changed.json", (given.credential or "").replace("rekenen", "alles"))
    service.revoke(given, reason="error", actor_id=None, now=utcnow())
    db.session.commit()

    revoked = run(app, "credential", "verify", file, "--json")
    tampered = run(app, "credential", "verify", changed)

    assert (revoked.exit_code, json.loads(revoked.output)["state"]) == (1, "revoked")
    assert tampered.exit_code == 1
    assert tampered.output.strip()


def test_somebody_elses_credential_needs_their_documents(app: Flask, folder: Path) -> None:
    listed = samples.status_list(
        validFrom="2020-01-01T00:00:00Z", validUntil="2099-01-01T00:00:00Z"
    )
    proof = samples.unsigned(valid_from=samples.NOW.replace(year=2020))
    file = write(
        folder / "proof.json",
        data_integrity.sign(proof, samples.signer(), created=samples.NOW),
    )
    did = write(folder / "did.json", samples.did_document())
    status = write(folder / "status.json", listed)

    alone = run(app, "credential", "verify", file, "--json")
    helped = run(app, "credential", "verify", file, "--did", did, "--status", status, "--json")

    assert (alone.exit_code, json.loads(alone.output)["reason"]) == (1, "issuer_unknown")
    assert (helped.exit_code, json.loads(helped.output)["state"]) == (0, "valid")


def test_a_host_that_cannot_be_reached_means_unknown(app: Flask, folder: Path) -> None:
    signed = json.dumps(samples.signed()).replace(
        "did:web:leren.example.org", "did:web:127.0.0.1%3A9"
    )
    file = write(folder / "proof.json", signed)

    said = run(app, "credential", "verify", file, "--fetch", "--json")

    assert (said.exit_code, json.loads(said.output)["state"]) == (1, "unknown")


@pytest.mark.parametrize("text", ["", "hello", "[]", "{}", "\x00", "[" * 5000])
def test_rubbish_is_refused(app: Flask, folder: Path, text: str) -> None:
    said = run(app, "credential", "verify", write(folder / "x.json", text))

    assert said.exit_code == 1
    assert said.exception is None or isinstance(said.exception, SystemExit)


def test_wrong_use_is_exit_status_2(app: Flask, folder: Path) -> None:
    bad = write(folder / "x.json", "hello")

    assert run(app, "credential", "verify", folder / "absent.json").exit_code == 2
    assert run(app, "credential", "verify", bad, "--did", bad).exit_code == 2


def test_the_exported_folder_is_enough_to_check(app: Flask, proofs: Proofs, folder: Path) -> None:
    proofs.school().did = "did:web:mlo-delta.example"
    db.session.commit()
    given = proofs.award()

    said = run(app, "issuer", "export", "mlo-delta", folder, "--json")

    written = json.loads(said.output)
    number = given.status_list.number
    assert written["serve_at"] == "https://mlo-delta.example/.well-known"
    assert set(written["files"]) == {
        "did.json",
        f"status/revocation-{number}.json",
        f"status/suspension-{number}.json",
    }
    did = json.loads((folder / "did.json").read_text())
    assert did["id"] == "did:web:mlo-delta.example"


def test_an_unknown_issuer_is_refused(app: Flask, folder: Path) -> None:
    for command in (["export", "nobody", folder], ["rotate-key", "nobody"]):
        said = run(app, "issuer", *command)
        assert said.exit_code == 1
        assert "Refused" in said.output


def test_a_key_is_rotated(app: Flask, proofs: Proofs) -> None:
    proofs.award()

    said = run(app, "issuer", "rotate-key", "mlo-delta", "--json")

    assert json.loads(said.output)["state"] == "next"
