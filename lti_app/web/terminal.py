"""What commands print: one JSON object for programs, lines for people."""

import json
from collections.abc import Mapping, Sequence
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


def say_all(as_json: bool, name: str, results: Sequence[Mapping[str, Any]]) -> None:
    """Print a list: one JSON object that holds it under `name`, or a line for each."""
    if as_json:
        say(True, {name: results})
        return
    for result in results:
        click.echo("  ".join(f"{key}={value}" for key, value in result.items()))


def refusal(error: DomainError) -> str:
    """Return why a command was refused, as a sentence with the fields that were wrong."""
    reasons = [f"{name}: {' '.join(words)}" for name, words in error.fields.items()]
    found = [] if reasons else [f"({' '.join(str(part) for part in error.args[1:])})"]
    return " ".join([f"Refused: {error.title}.", *reasons, *found, str(error.advice)])
