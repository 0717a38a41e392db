"""The files of `deploy/` and the how-to name only commands, settings and files that exist."""

import re
import shlex
from configparser import ConfigParser
from pathlib import Path

import click
import pytest

from config.settings import KNOWN, PREFIX
from lti_app.cli import cli

ROOT = Path(__file__).parents[2]
DEPLOY = sorted((ROOT / "deploy").iterdir())
UNITS = [path for path in DEPLOY if path.suffix in (".service", ".timer")]
HOWTO = ROOT / "docs" / "howto" / "production.md"
COMMAND = re.compile(r"\.venv/bin/expeditie ([^\"#\n&|]+)")


def _name(path: Path) -> str:
    return path.name


def _words(path: Path) -> list[list[str]]:
    return [shlex.split(found) for found in COMMAND.findall(path.read_text())]


def _exists(words: list[str]) -> bool:
    command: click.Command | None = cli
    context = click.Context(cli)
    for word in words:
        if word.startswith("--"):
            assert command is not None
            return any(word in option.opts for option in command.params)
        if isinstance(command, click.Group):
            command = command.get_command(context, word)
        if command is None:
            return False
    return command is not cli


@pytest.mark.parametrize("path", [*UNITS, HOWTO], ids=_name)
def test_every_command_and_its_first_option_exist(path: Path) -> None:
    for words in _words(path):
        assert _exists(words), f"{path.name}: expeditie {' '.join(words)}"


def test_the_check_of_commands_sees_a_wrong_one() -> None:
    assert _exists(["run", "--processes", "4"])
    assert not _exists(["run", "--nonsense"])
    assert not _exists(["database", "upgrade"])


@pytest.mark.parametrize("path", [*DEPLOY, HOWTO], ids=_name)
def test_every_setting_that_is_named_exists(path: Path) -> None:
    named = re.findall(rf"\b{PREFIX}([A-Z_]+)", path.read_text())
    assert set(named) <= KNOWN, f"{path.name}: {set(named) - KNOWN}"


@pytest.mark.parametrize("path", UNITS, ids=_name)
def test_every_unit_is_whole(path: Path) -> None:
    unit = ConfigParser(strict=False, interpolation=None)
    unit.read(path)
    assert unit["Unit"]["Description"]
    if path.suffix == ".service":
        assert unit["Service"]["User"] == "expeditie"
        assert unit["Service"]["EnvironmentFile"] == "/etc/expeditie.env"
    else:
        assert path.with_suffix(".service").exists()


@pytest.mark.parametrize("place", ["Caddyfile", "nginx.conf"])
def test_the_proxy_keeps_the_counters_inside(place: str) -> None:
    text = (ROOT / "deploy" / place).read_text()
    assert "/metrics" in text
    assert "127.0.0.1:5000" in text
