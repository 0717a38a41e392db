"""Settings: all problems at once, no production without its secrets."""

from pathlib import Path

import pytest

from config.settings import Settings, SettingsError

KEY = "bWFzdGVyLWtleS1tYXN0ZXIta2V5LW1hc3Rlci1rZXk"


def _read(tmp_path: Path, **values: str) -> Settings:
    named = {f"EXPEDITIE_{name}": value for name, value in values.items()}
    return Settings.from_env(named, root=tmp_path)


def test_a_newcomer_needs_no_settings(tmp_path: Path) -> None:
    settings = _read(tmp_path)
    assert settings.public_url == "http://localhost:5000"
    assert settings.database_url.startswith("sqlite:///")
    assert settings.broker_url == "filesystem://"
    assert len(settings.master_key) == 32


def test_secrets_of_a_trial_are_kept_and_private(tmp_path: Path) -> None:
    assert _read(tmp_path).secret_key == _read(tmp_path).secret_key
    assert (tmp_path / "instance" / "secret_key").stat().st_mode & 0o077 == 0


def test_secrets_do_not_show_when_settings_are_printed(tmp_path: Path) -> None:
    settings = _read(tmp_path)
    assert settings.secret_key not in repr(settings)
    assert str(settings.master_key) not in repr(settings)


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        _read(tmp_path, ENV="live", PROXY_HOPS="two", DATABSE_URL="x", BROKER_URL="kafka://x")
    text = str(refused.value)
    for name in ("ENV", "PROXY_HOPS", "DATABSE_URL", "BROKER_URL"):
        assert f"EXPEDITIE_{name}" in text


def test_production_refuses_to_start_without_its_secrets_and_https(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        _read(tmp_path, ENV="production", PUBLIC_URL="http://localhost", ALLOW_PRIVATE_HOSTS="1")
    text = " ".join(refused.value.problems)
    for word in (
        "SECRET_KEY",
        "MASTER_KEY",
        "https",
        "itself",
        "ALLOW_PRIVATE_HOSTS",
        "PROXY_HOPS",
    ):
        assert word in text


def test_production_starts_with_everything_it_needs(tmp_path: Path) -> None:
    settings = _read(
        tmp_path,
        ENV="production",
        PUBLIC_URL="https://leren.example",
        SECRET_KEY="s" * 40,
        MASTER_KEY=KEY,
        PROXY_HOPS="1",
        DATABASE_URL="postgresql://db/expeditie",
    )
    assert settings.is_production
    assert settings.database_url == "postgresql+psycopg://db/expeditie"
    assert not settings.allow_private_hosts


@pytest.mark.parametrize("url", ["leren.example", "https://", "ftp://x", "https://x.nl/pad"])
def test_a_public_url_that_is_no_address_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(SettingsError, match="PUBLIC_URL"):
        _read(tmp_path, PUBLIC_URL=url)


def test_the_lease_of_a_message_is_a_setting_with_limits(tmp_path: Path) -> None:
    assert _read(tmp_path).outbox_lease == 300
    assert _read(tmp_path, OUTBOX_LEASE="20").outbox_lease == 20
    with pytest.raises(SettingsError, match="OUTBOX_LEASE must be a whole number from 5"):
        _read(tmp_path, OUTBOX_LEASE="1")
