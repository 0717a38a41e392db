"""Every setting of an installation, read once from the environment, all problems told at once."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from config.profiles import PROFILES, Profile

PREFIX = "EXPEDITIE_"
LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "[::1]", "::1")


class SettingsError(Exception):
    """The environment does not describe a usable installation; `problems` lists every reason."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("The settings are not right:\n- " + "\n- ".join(problems))


@dataclass(frozen=True)
class Settings:
    """One installation. See `shared` names in the how-to `docs/howto/settings.md`."""

    env: str
    public_url: str
    database_url: str
    broker_url: str
    instance_path: Path
    secret_key: str = field(repr=False)
    master_key: bytes = field(repr=False)
    """32 bytes that seal the signing keys and tokens at rest (AES-256-GCM)."""
    proxy_hops: int = 0
    """How many trusted reverse proxies stand in front and set X-Forwarded-*."""
    allow_private_hosts: bool = False
    """Development only: outside calls may go to loopback and private addresses."""
    cache_url: str = ""
    media_url: str = ""
    mail_url: str = ""
    demo_port: int = 5001
    outbox_lease: int = 300
    """Seconds that a worker may hold a message; then another one takes it over."""
    oidc: Mapping[str, str] = field(default_factory=dict)
    retention_days: Mapping[str, int] = field(default_factory=dict)
    """How long each class of data is kept; 0 is for ever."""

    @property
    def is_production(self) -> bool:
        """Whether real people depend on this installation."""
        return self.env == "production"

    @property
    def public_host(self) -> str:
        """Host and port as in `public_url`; the host part of the default did:web."""
        return urlsplit(self.public_url).netloc

    @classmethod
    def from_env(cls, environ: Mapping[str, str], *, root: Path | None = None) -> Settings:
        """Read all settings, or raise SettingsError that lists every problem at once."""
        return _Reader(environ, root or Path.cwd()).settings()


KNOWN = {
    *("ENV", "PUBLIC_URL", "DATABASE_URL", "BROKER_URL", "CACHE_URL", "SECRET_KEY", "MASTER_KEY"),
    *("MEDIA_URL", "MAIL_URL", "PROXY_HOPS", "ALLOW_PRIVATE_HOSTS", "PORT", "DEMO_PORT"),
    *("OUTBOX_LEASE", "INSTANCE_PATH", "RETENTION_PRACTICE", "RETENTION_AUDIT"),
    "RETENTION_UNDELIVERED",
}
RETENTION = {"practice": 730, "audit": 1825, "undelivered": 90}
"""Days. Practice: two years after the last activity."""


class _Reader:
    """Reads the variables one by one and remembers what was wrong with each."""

    def __init__(self, environ: Mapping[str, str], root: Path) -> None:
        self.values = {k[len(PREFIX) :]: v for k, v in environ.items() if k.startswith(PREFIX)}
        self.root = root
        self.problems: list[str] = []

    def settings(self) -> Settings:
        self._refuse_unknown()
        profile = self._profile()
        instance = Path(self.values.get("INSTANCE_PATH") or self.root / "instance")
        settings = Settings(
            env=profile.name,
            public_url=self._public_url(profile),
            database_url=self._database_url(instance),
            broker_url=self._broker_url(),
            instance_path=instance,
            secret_key=self._secret_key(profile, instance),
            master_key=self._master_key(profile, instance),
            proxy_hops=self._integer("PROXY_HOPS", 0, 0, 10),
            allow_private_hosts=self._flag("ALLOW_PRIVATE_HOSTS", profile.allow_private_hosts),
            cache_url=self.values.get("CACHE_URL", ""),
            media_url=self.values.get("MEDIA_URL", ""),
            mail_url=self.values.get("MAIL_URL", ""),
            demo_port=self._integer("DEMO_PORT", 5001, 1, 65535),
            outbox_lease=self._integer("OUTBOX_LEASE", 300, 5, 3600),
            retention_days=self._retention_days(),
            oidc={k: v for k, v in self.values.items() if k.startswith("OIDC_")},
        )
        self._check_production(settings)
        if self.problems:
            raise SettingsError(self.problems)
        return settings

    def _retention_days(self) -> dict[str, int]:
        return {
            name: self._integer(f"RETENTION_{name.upper()}", days, 0, 36500)
            for name, days in RETENTION.items()
        }

    def _refuse_unknown(self) -> None:
        for name in sorted(self.values):
            if name not in KNOWN and not name.startswith("OIDC_"):
                self.problems.append(f"{PREFIX}{name} is not a setting; is it a typing error?")

    def _profile(self) -> Profile:
        name = self.values.get("ENV", "development")
        if name not in PROFILES:
            self.problems.append(
                f"{PREFIX}ENV is '{name}'; it must be one of {', '.join(PROFILES)}"
            )
        return PROFILES.get(name, PROFILES["development"])

    def _public_url(self, profile: Profile) -> str:
        port = self._integer("PORT", 5000, 1, 65535)
        url = self.values.get(
            "PUBLIC_URL", "" if profile.secrets_required else f"http://localhost:{port}"
        )
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
            self.problems.append(
                f"{PREFIX}PUBLIC_URL must be an address such as https://leren.school.nl, "
                f"without a path; it is '{url}'"
            )
        return url.rstrip("/")

    def _database_url(self, instance: Path) -> str:
        url = self.values.get("DATABASE_URL", f"sqlite:///{instance / 'expeditie.db'}")
        if url.startswith(("postgresql://", "postgres://")):
            url = "postgresql+psycopg://" + url.split("://", 1)[1]
        if not url.startswith(("sqlite:", "postgresql+psycopg:")):
            self.problems.append(f"{PREFIX}DATABASE_URL must be sqlite:/// or postgresql://")
        return url

    def _broker_url(self) -> str:
        url = self.values.get("BROKER_URL", "filesystem://")
        schemes = (
            "filesystem:",
            "redis:",
            "rediss:",
            "redis+socket:",
            "amqp:",
            "amqps:",
            "memory:",
        )
        if not url.startswith(schemes):
            self.problems.append(
                f"{PREFIX}BROKER_URL must start with redis:// or amqp://, "
                "or be left out for the file-system broker"
            )
        return url

    def _secret_key(self, profile: Profile, instance: Path) -> str:
        value = self.values.get("SECRET_KEY", "")
        if not value and not profile.secrets_required:
            return _kept_secret(instance, "secret_key")
        if len(value) < 32:
            self.problems.append(
                f"{PREFIX}SECRET_KEY must be at least 32 characters of random text"
            )
        return value

    def _master_key(self, profile: Profile, instance: Path) -> bytes:
        value = self.values.get("MASTER_KEY", "")
        if not value and not profile.secrets_required:
            value = _kept_secret(instance, "master_key")
        try:
            key = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
        except ValueError:
            key = b""
        if len(key) != 32:
            self.problems.append(
                f"{PREFIX}MASTER_KEY must be 32 random bytes in URL-safe base64, made by "
                "python -c 'import secrets; print(secrets.token_urlsafe(32))'"
            )
        return key

    def _integer(self, name: str, default: int, low: int, high: int) -> int:
        text = self.values.get(name, str(default))
        if text.isascii() and text.isdigit() and low <= int(text) <= high:
            return int(text)
        self.problems.append(
            f"{PREFIX}{name} must be a whole number from {low} to {high}; it is '{text}'"
        )
        return default

    def _flag(self, name: str, default: bool) -> bool:
        text = self.values.get(name, "1" if default else "0")
        if text not in ("0", "1"):
            self.problems.append(f"{PREFIX}{name} must be 0 or 1; it is '{text}'")
        return text == "1"

    def _check_production(self, settings: Settings) -> None:
        if not settings.is_production:
            return
        parts = urlsplit(settings.public_url)
        if parts.scheme != "https":
            self.problems.append(f"{PREFIX}PUBLIC_URL must be https in production")
        if parts.hostname in LOOPBACK_HOSTS:
            self.problems.append(
                f"{PREFIX}PUBLIC_URL must not be this machine itself in production"
            )
        if settings.allow_private_hosts:
            self.problems.append(f"{PREFIX}ALLOW_PRIVATE_HOSTS must be 0 in production")
        if settings.proxy_hops < 1:
            self.problems.append(
                f"{PREFIX}PROXY_HOPS must say how many TLS proxies stand in front (at least 1) "
                "in production"
            )


def _kept_secret(instance: Path, name: str) -> str:
    """A random secret of a development installation, kept beside its database."""
    path = instance / name
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        instance.mkdir(parents=True, exist_ok=True)
        value = secrets.token_urlsafe(32)
        try:
            with open(path, "x", opener=_private) as file:
                file.write(value)
        except FileExistsError:  # another process was first
            return path.read_text().strip()
        return value


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
