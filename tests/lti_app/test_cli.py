"""The commands say what they did, or why not, with the right exit status."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PLATFORM = [
    "platform", "add", "--organisation", "mlo-delta", "--issuer", "https://lms.example",
    "--client-id", "abc", "--auth-url", "https://lms.example/auth",
    "--token-url", "https://lms.example/token", "--jwks-url", "https://lms.example/jwks",
]  # fmt: skip


class Installation:
    """A migrated installation of its own, used by its command."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
        """Run `expeditie` with these arguments."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("EXPEDITIE_", "COV"))}
        named = {"EXPEDITIE_INSTANCE_PATH": str(self.folder)}
        return subprocess.run(
            [str(Path(sys.executable).parent / "expeditie"), *arguments],
            env=kept | named | more,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def json(self, *arguments: str) -> dict[str, object]:
        """Run a command with --json and return what it printed."""
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        found: dict[str, object] = json.loads(done.stdout)
        return found


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    made = Installation(tmp_path_factory.mktemp("installation"))
    assert made.run("db", "upgrade").returncode == 0
    return made


def test_seeding_twice_changes_nothing(installation: Installation) -> None:
    first, second = installation.json("seed"), installation.json("seed")
    assert first == second
    assert "mlo-delta" in str(first["organisations"])
    assert "pipetten-kalibreren" in str(first["modules"])


def test_a_platform_is_added_once_and_says_what_to_fill_in(installation: Installation) -> None:
    installation.run("seed")
    made = installation.json(*PLATFORM, "--deployment-id", "1")
    assert made["redirect_uri"] == "http://localhost:5000/lti/launch"
    assert str(made["initiate_login_uri"]).startswith("http://localhost:5000/lti/login")
    assert {"jwks_uri", "deep_linking_uri", "registration_id"} <= set(made)
    again = installation.run(*PLATFORM)
    assert again.returncode == 1
    assert "connected already" in again.stderr
    listed = installation.json("platform", "list")
    assert listed["state"] == "active"


def test_a_platform_without_a_good_address_is_refused(installation: Installation) -> None:
    wrong = [a.replace("https://lms.example/jwks", "javascript:x") for a in PLATFORM]
    done = installation.run(*wrong)
    assert done.returncode == 1
    assert "jwks_url" in done.stderr
    assert "Traceback" not in done.stderr


def test_wrong_use_has_status_two(installation: Installation) -> None:
    assert installation.run("platform", "add").returncode == 2
    assert installation.run("nonsense").returncode == 2


def test_a_missing_thing_has_status_one_and_a_sentence(installation: Installation) -> None:
    for command in (["platform", "suspend", "99"], ["module", "export", "none", "/tmp/x.zip"]):
        done = installation.run(*command)
        assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr
        assert done.stderr.startswith("Refused:")


def test_an_organisation_is_added_and_its_administrator_signs_in(
    installation: Installation,
) -> None:
    made = installation.json("organisation", "add", "vavo", "--type", "school", "--name", "Vavo")
    assert made["slug"] == "vavo"
    link = installation.json("organisation", "sign-in", "vavo")
    assert "/sign-in/" in str(link["url"])


def test_keys_rotate(installation: Installation) -> None:
    assert "active_kid" in installation.run("keys", "rotate").stdout


def test_wrong_settings_are_told_in_words(installation: Installation) -> None:
    done = installation.run("seed", EXPEDITIE_PROXY_HOPS="many", EXPEDITIE_TYPO="1")
    assert done.returncode == 1
    assert "EXPEDITIE_PROXY_HOPS" in done.stderr and "EXPEDITIE_TYPO" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_in_use_is_told_in_words(installation: Installation) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = installation.run("run", "--port", port)
    assert done.returncode == 1
    assert f"Port {port}" in done.stderr


def test_backup_and_restore_say_what_they_did_and_why_not(
    installation: Installation, tmp_path: Path
) -> None:
    installation.run("seed")
    file = str(tmp_path / "backup.zip")
    made = installation.json("backup", file)
    again = installation.run("backup", file)
    assert (again.returncode, "exists" in again.stderr) == (1, True)

    full = installation.run("restore", file)
    assert (full.returncode, "not empty" in full.stderr) == (1, True)
    keys = {
        f"EXPEDITIE_{name.upper()}": (installation.folder / name).read_text()
        for name in ("master_key", "secret_key")
    }
    fresh = Installation(tmp_path / "fresh")
    restored = fresh.run("restore", file, "--json", **keys)
    assert restored.returncode == 0, restored.stderr
    assert json.loads(restored.stdout)["rows"] == made["rows"]
    missing = fresh.run("restore", str(tmp_path / "nothing.zip"), **keys)
    assert (missing.returncode, missing.stderr.startswith("Refused:")) == (1, True)
