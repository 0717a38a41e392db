"""What commands print: one JSON object for programs, lines for people."""

import json
from collections.abc import Mapping
from typing import Any

import click

from lti_app.core.errors import DomainError


def say(as_json: bool, result: Mapping[str, Any]) -> None:
    """Print the result of a command on standard output."""
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False, default=str))
        return
    width = max((len(key) for key in result), default=0)
    for key, value in result.items():
        click.echo(f"{key.ljust(width)}  {value}")


def refusal(error: DomainError) -> str:
    """Return why a command was refused, as a sentence with the fields that were wrong."""
    reasons = [f"{name}: {' '.join(words)}" for name, words in error.fields.items()]
    found = [] if reasons else [f"({' '.join(str(part) for part in error.args[1:])})"]
    return " ".join([f"Refused: {error.title}.", *reasons, *found, str(error.advice)])
